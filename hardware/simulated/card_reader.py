"""A SAM-V reader that answers the frames a real one answers: on a pseudo terminal, so that the real driver opens it by its path,
or in memory as a Transport.

It shares the frame codec with the driver (the codec itself is held to published frames in the tests). Faults are set as
attributes or queued with `misbehave`. The pseudo terminal is POSIX only and raises OSError elsewhere.
"""

import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from hardware.faults import DeviceFault, FaultCode
from hardware.id_card import frames, layouts
from hardware.id_card.frames import FrameParser
from hardware.readings import IdCard

Fault = Literal["noise", "wrong checksum", "silence", "short", "long length", "command damaged", "unplugged"]
"""What one answer may suffer: bytes before it, a broken checksum, none at all, cut off, a length beyond its end, the
reader's own complaint that the command came damaged, or the cable pulled in the middle of it."""

LINE_SPEED = 11_520
"""Bytes a second at 115,200 baud, 8N1."""
_SERIAL = bytes([5, 0, 3, 0]) + b"".join(n.to_bytes(4, "little") for n in (20261101, 1, 4242))


class CardReaderLogic:
    """What the reader says to each command; no wire. Used from one thread, `lay`, `lift` and `misbehave` from any."""

    def __init__(self) -> None:
        self._card: IdCard | None = None
        self._selected = False
        self.must_be_lifted = False
        """Some models do not select the same card again until it was lifted."""
        self._spent = False
        self.status: dict[tuple[int, int], int] = {}
        """A SW3 to answer instead, by (CMD, PARA): {(0x20, 0x02): 0x81} refuses every selection."""
        self.photo = b""
        """The 1024 bytes of a picture to give with cards that bring none."""
        self.heard: list[tuple[int, int]] = []
        """Every command since the start, as (CMD, PARA)."""
        self._faults: deque[Fault | None] = deque()

    def lay(self, card: IdCard) -> None:
        """Put a card on the reader."""
        self._card, self._selected, self._spent = card, False, False

    def lift(self) -> None:
        """Take the card away."""
        self._card, self._selected, self._spent = None, False, False

    def misbehave(self, *faults: Fault | None) -> None:
        """Let the coming answers suffer these, one each, in this order; None = nothing."""
        self._faults.extend(faults)

    def next_fault(self) -> Fault | None:
        """What the answer in hand is to suffer."""
        return self._faults.popleft() if self._faults else None

    def answer(self, body: bytes) -> bytes:
        """The reply frame to one command body."""
        asked = (body[0], body[1])
        self.heard.append(asked)
        if asked in self.status:
            return _reply(self.status[asked])
        card = self._card
        match asked:
            case (0x10, 0xFF) | (0x11, 0xFF):
                return _reply(0x90)
            case (0x12, 0xFF):
                return _reply(0x90, _SERIAL)
            case (0x20, 0x01):
                self._selected = False
                return _reply(0x9F, bytes(4)) if card else _reply(0x80)
            case (0x20, 0x02):
                self._selected = card is not None and not self._spent
                return _reply(0x90, bytes(8)) if self._selected else _reply(0x81)
            case (0x30, _) if card is None or not self._selected:
                return _reply(0x41)
            case (0x30, 0x01 | 0x10) if card is not None:
                self._spent = self.must_be_lifted
                return _reply(0x90, self._base(card, fingerprint=asked[1] == 0x10))
            case (0x30, 0x03) if card is not None and card.newest_address:
                return _reply(0x90, layouts.encode_newest_address(card.newest_address))
            case (0x30, 0x03):
                return _reply(0x91)
            case (0x30, 0x05):
                return _reply(0x90, bytes(28))
            case _:
                return _reply(0x21)

    def _base(self, card: IdCard, *, fingerprint: bool) -> bytes:
        # No open encoder of the chip's picture format exists: the photo is 1024 bytes that are plainly none.
        photo = card.photo_wlt or self.photo or b"SPECIMEN".ljust(frames.PHOTO_SIZE, b"\0")
        text = layouts.encode(card)
        sizes = len(text).to_bytes(2, "big") + len(photo).to_bytes(2, "big")
        # Invented people left no fingerprints: the third length is 0.
        return sizes + (b"\0\0" if fingerprint else b"") + text + photo


def _reply(status: int, data: bytes = b"") -> bytes:
    return frames.frame(bytes([0, 0, status]) + data)


def _spoilt(answer: bytes, fault: Fault | None) -> bytes:
    match fault:
        case "noise":
            return b"\x00\xff\xaa\xaa\x96" + answer
        case "wrong checksum":
            return answer[:-1] + bytes([answer[-1] ^ 0x5A])
        case "silence":
            return b""
        case "short" | "unplugged":
            return answer[: len(answer) // 2]
        case "long length":
            return answer[:5] + (frames.LONGEST - 1).to_bytes(2, "big") + answer[7:]
        case "command damaged":
            return _reply(0x10)
        case None:
            return answer


class MemoryLine:
    """The reader in memory, as a Transport: as fast as can be, no port, every system."""

    def __init__(self, logic: CardReaderLogic) -> None:
        self._logic = logic
        self._parser = FrameParser()
        self._answers = bytearray()
        self._news = threading.Condition()
        self._closed = False
        self.plugged = True

    def write(self, data: bytes) -> None:
        """See Transport."""
        with self._news:
            self._refuse()
            self._parser.feed(data)
            while (body := self._parser.next_body()) is not None:
                fault = self._logic.next_fault()
                self._answers += _spoilt(self._logic.answer(body), fault)
                self.plugged = self.plugged and fault != "unplugged"

    def read(self, size: int, timeout: float) -> bytes:
        """See Transport."""
        with self._news:
            self._news.wait_for(lambda: self._answers or self._closed or not self.plugged, timeout)
            if not self._answers:
                self._refuse()
            heard = bytes(self._answers[:size])
            del self._answers[:size]
            return heard

    def close(self) -> None:
        """See Transport."""
        with self._news:
            self._closed = True
            self._answers.clear()
            self._news.notify_all()

    def unplug(self) -> None:
        """Pull the cable."""
        with self._news:
            self.plugged = False
            self._news.notify_all()

    def _refuse(self) -> None:
        if self._closed:
            raise DeviceFault(FaultCode.CANCELLED, "the line was closed")
        if not self.plugged:
            raise DeviceFault(FaultCode.NOT_CONNECTED, "unplugged")


class SimulatedCardReader(CardReaderLogic):
    """The reader on a pseudo terminal. `path` is what a serial driver opens."""

    def __init__(self, paced: bool = False, piece: int | None = None, link: Path | None = None) -> None:
        """`paced` sends at the speed of a real line; `piece` sends answers in pieces of so many bytes.

        `link` becomes a link to the terminal, as udev makes one for a device: the same name when it is plugged in again.
        """
        super().__init__()
        self._paced, self._piece, self._link = paced, piece, link
        self.path = ""
        self.sent = 0
        """Bytes of answers so far."""
        self.thinking: Callable[[tuple[int, int]], float] = lambda asked: 0.0
        """Seconds before the answer to (CMD, PARA); what is asked meanwhile is answered after it."""
        self.stray = b""
        """Noise on the line while it thinks, before every answer."""
        self.plugged = False
        self._wake = -1
        self._pulling = threading.Lock()
        self.plug_in()

    def plug_in(self) -> None:
        """Put the cable (back) in: a new terminal, behind the same link where there is one."""
        import pty  # exists on POSIX only; the module must import on Windows
        import tty

        self.unplug()
        master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)     # a line nobody reads loses bytes, it does not stop the reader
        self.path = os.ttyname(slave)
        if self._link is not None:
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(self.path)
            self.path = str(self._link)
        wake_read, self._wake = os.pipe()
        self.plugged = True
        self._thread = threading.Thread(target=self._serve, args=(master, slave, wake_read), name="simulated card reader", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Pull the cable: the line is dead from now on."""
        with self._pulling:      # whoever hears the line die may close this while it is still being pulled in another thread
            if self._wake >= 0:
                with suppress(BrokenPipeError):      # it was pulled in the middle of an answer
                    os.write(self._wake, b"x")
                self._thread.join(timeout=2)
                os.close(self._wake)
                self._wake = -1

    def close(self) -> None:
        """Stop and let the pseudo terminal go; safe to call twice."""
        self.unplug()

    def _serve(self, master: int, slave: int, wake: int) -> None:
        parser = FrameParser()
        try:
            while True:
                ready, _, _ = select.select([master, wake], [], [])
                if wake in ready:
                    return
                parser.feed(os.read(master, 4096))
                while (body := parser.next_body()) is not None:
                    fault = self.next_fault()
                    self._send(master, self.stray)
                    if select.select([wake], [], [], self.thinking((body[0], body[1])))[0]:
                        return
                    self._send(master, _spoilt(self.answer(body), fault))
                    if fault == "unplugged":
                        return
        finally:
            self.plugged = False
            if self._link is not None:
                self._link.unlink(missing_ok=True)
            for descriptor in (master, slave, wake):
                os.close(descriptor)

    def _send(self, master: int, data: bytes) -> None:
        step = self._piece or (64 if self._paced else len(data) or 1)
        began = time.monotonic()
        for at in range(0, len(data), step):
            piece = data[at : at + step]
            if self._paced:      # a piece is there when its last byte has crossed the line
                time.sleep(max(0.0, began + (at + len(piece)) / LINE_SPEED - time.monotonic()))
            with suppress(BlockingIOError):
                self.sent += os.write(master, piece)
