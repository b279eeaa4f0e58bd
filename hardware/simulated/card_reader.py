"""A SAM-V reader on a pseudo terminal: answers the frames a real one answers, so the real driver opens it by its path.

It shares the frame codec with the driver (the codec itself is held to published frames in the tests). Faults are set as
attributes or queued with `misbehave`. POSIX only; `serve_pty` raises OSError elsewhere.
"""

import os
import select
import threading
import time
from collections import deque
from contextlib import suppress
from typing import Literal

from hardware.id_card import frames, layouts
from hardware.id_card.frames import FrameParser
from hardware.readings import IdCard

Fault = Literal["noise", "wrong checksum", "silence", "short", "long length", "command damaged"]
"""What one answer may suffer: bytes before it, a broken checksum, none at all, cut off, a length beyond its end, or the
reader's own complaint that the command came damaged."""

LINE_SPEED = 11_520
"""Bytes a second at 115,200 baud, 8N1."""
_SERIAL = bytes([5, 0, 3, 0]) + b"".join(n.to_bytes(4, "little") for n in (20261101, 1, 4242))


class CardReaderLogic:
    """What the reader says to each command; no wire. Used from one thread, `lay` and `lift` from any."""

    def __init__(self) -> None:
        self._card: IdCard | None = None
        self._selected = False
        self.must_be_lifted = False
        """Some models do not find the same card again until it was lifted."""
        self._spent = False
        self.status: dict[tuple[int, int], int] = {}
        """A SW3 to answer instead, by (CMD, PARA): {(0x20, 0x02): 0x81} refuses every selection."""

    def lay(self, card: IdCard) -> None:
        """Put a card on the reader."""
        self._card, self._selected, self._spent = card, False, False

    def lift(self) -> None:
        """Take the card away."""
        self._card, self._selected, self._spent = None, False, False

    def answer(self, body: bytes) -> bytes:
        """The reply frame to one command body."""
        asked = (body[0], body[1])
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
                return _reply(0x9F, bytes(4)) if card and not self._spent else _reply(0x80)
            case (0x20, 0x02):
                self._selected = card is not None and not self._spent
                return _reply(0x90, bytes(8)) if self._selected else _reply(0x81)
            case (0x30, 0x01):
                if card is None or not self._selected:
                    return _reply(0x41)
                self._selected, self._spent = False, self.must_be_lifted
                return _reply(0x90, _base(card))
            case (0x30, 0x03):
                return _reply(0x91)
            case _:
                return _reply(0x21)


def _reply(status: int, data: bytes = b"") -> bytes:
    return frames.frame(bytes([0, 0, status]) + data)


def _base(card: IdCard) -> bytes:
    # No open encoder of the chip's picture format exists: the photo is 1024 bytes that are plainly none.
    photo = card.photo_wlt or b"SPECIMEN".ljust(frames.PHOTO_SIZE, b"\0")
    return len(layouts.encode(card)).to_bytes(2, "big") + len(photo).to_bytes(2, "big") + layouts.encode(card) + photo


class SimulatedCardReader:
    """The reader on a pseudo terminal. `path` is what a serial driver opens."""

    def __init__(self, paced: bool = False, piece: int | None = None) -> None:
        """`paced` sends at the speed of a real line; `piece` sends answers in pieces of so many bytes."""
        import pty  # exists on POSIX only; the module must import on Windows
        import tty

        self._logic = CardReaderLogic()
        self._paced, self._piece = paced, piece
        self._faults: deque[Fault | None] = deque()
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)     # a line nobody reads loses bytes, it does not stop the reader
        self.path = os.ttyname(self._slave)
        self._wake_read, self._wake_write = os.pipe()
        self.plugged = True
        self._thread = threading.Thread(target=self._serve, name="simulated card reader", daemon=True)
        self._thread.start()

    @property
    def status(self) -> dict[tuple[int, int], int]:
        """See CardReaderLogic.status."""
        return self._logic.status

    @property
    def must_be_lifted(self) -> bool:
        """See CardReaderLogic.must_be_lifted."""
        return self._logic.must_be_lifted

    @must_be_lifted.setter
    def must_be_lifted(self, value: bool) -> None:
        self._logic.must_be_lifted = value

    def lay(self, card: IdCard) -> None:
        """Put a card on the reader."""
        self._logic.lay(card)

    def lift(self) -> None:
        """Take the card away."""
        self._logic.lift()

    def misbehave(self, *faults: Fault | None) -> None:
        """Let the coming answers suffer these, one each, in this order; None = nothing."""
        self._faults.extend(faults)

    def unplug(self) -> None:
        """Pull the cable: the line is dead from now on."""
        self.close()

    def close(self) -> None:
        """Stop and let the pseudo terminal go; safe to call twice."""
        if not self.plugged:
            return
        self.plugged = False
        os.write(self._wake_write, b"x")
        self._thread.join(timeout=2)
        for descriptor in (self._master, self._slave, self._wake_read, self._wake_write):
            os.close(descriptor)

    def _serve(self) -> None:
        parser = FrameParser()
        while True:
            ready, _, _ = select.select([self._master, self._wake_read], [], [])
            if self._wake_read in ready:
                return
            parser.feed(os.read(self._master, 4096))
            while (body := parser.next_body()) is not None:
                self._send(self._spoil(self._logic.answer(body)))

    def _spoil(self, answer: bytes) -> bytes:
        match self._faults.popleft() if self._faults else None:
            case "noise":
                return b"\x00\xff\xaa\xaa\x96" + answer
            case "wrong checksum":
                return answer[:-1] + bytes([answer[-1] ^ 0x5A])
            case "silence":
                return b""
            case "short":
                return answer[: len(answer) // 2]
            case "long length":
                return answer[:5] + (frames.LONGEST - 1).to_bytes(2, "big") + answer[7:]
            case "command damaged":
                return _reply(0x10)
            case None:
                return answer

    def _send(self, data: bytes) -> None:
        step = self._piece or (64 if self._paced else len(data) or 1)
        for at in range(0, len(data), step):
            piece = data[at : at + step]
            with suppress(BlockingIOError):
                os.write(self._master, piece)
            if self._paced:
                time.sleep(len(piece) / LINE_SPEED)
