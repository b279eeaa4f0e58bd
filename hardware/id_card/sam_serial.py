"""A resident ID-card reader behind a serial line: when to ask what, how long to wait, when to ask again.

The bytes are frames.py's, the text on the chip is layouts.py's. Find and select come before every read; some models
will not read the same card twice until it was lifted.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

from hardware.devices import Transport
from hardware.faults import DeviceFault, FaultCode
from hardware.id_card import frames, layouts
from hardware.id_card.frames import FrameParser, Reply
from hardware.id_card.polling import read_when_laid
from hardware.readings import IdCard

ANSWER = 2.0
"""Seconds a module may think about a short command: find and select speak with the card as well."""
READ = 3.0
"""Seconds for text and photo: 0.12 s on the wire, up to 2 s between module and card."""
GAP = 0.3
"""Silence inside a frame after which the rest is taken as lost; and between two answers, so that none is taken for another."""
NEWEST = 2.0
"""Seconds for the appended address, which not every module knows."""
SILENCES = 3
"""So often in a row a module may be silent over the appended address before it is not asked for one again."""
SLACK = 8.0
"""Seconds a read may last beyond its timeout: a card laid in the last moment, and everything about it slow."""
TRIES = 3


class SamReader:
    """A SAM-V reader over any Transport. `read` takes at most `timeout` + SLACK even when the reader goes mad."""

    def __init__(self, port: Transport, *, newest: bool = True) -> None:
        """`newest` False = do not ask for the appended address."""
        self._port = port
        self._closed = Event()
        self._knows_newest = newest
        """False once the module refused that command, or was always silent: then nobody waits for it again."""
        self._silences = 0
        self._astray = False
        """True while the answer to an earlier command may still come: it must not be taken for the next one's."""
        self._end = 0.0
        """When what is going on must be over."""

    def read(self, timeout: float) -> IdCard:
        """See IdCardReader. NO_CARD after `timeout`, the card's own fault as soon as waiting cannot mend it."""
        self._end = time.monotonic() + timeout + SLACK
        return read_when_laid(self._read_once, timeout, self._pause)

    def serial_number(self) -> str:
        """See IdCardReader. A module that failed its self-test or is not authorised is SAM_FAILED."""
        self._end = time.monotonic() + SLACK
        self._expect(frames.STATUS, frames.DONE)
        with self._watched():
            return frames.serial_number(self._expect(frames.SERIAL_NUMBER, frames.DONE))

    def close(self) -> None:
        """Let the port go; a waiting `read` ends with CANCELLED."""
        self._closed.set()
        self._port.close()

    def _read_once(self) -> IdCard:
        self._expect(frames.FIND_CARD, frames.FOUND)
        self._expect(frames.SELECT_CARD, frames.DONE)
        # A read is not repeated by itself: after a damaged answer the card must be found and selected anew.
        with self._watched():
            card = layouts.decode(*frames.base_data(self._expect(frames.READ_BASE, frames.DONE, READ, tries=1)))
        # Only citizens and holders of a residence permit have an address on the chip at all.
        return replace(card, newest_address=self._newest_address()) if card.address else card

    def _newest_address(self) -> str | None:
        """The appended address, or None; the card is read already, so only a broken wire is a fault."""
        if not self._knows_newest:
            return None
        try:
            with self._watched():
                reply = self._ask(frames.READ_NEWEST_ADDRESS, NEWEST, tries=1)
                self._silences = 0
                if reply.status != frames.DONE:
                    raise reply.fault()      # 91 = none was appended, which is most cards
                return layouts.newest_address(reply.data)
        except DeviceFault as fault:
            if fault.code in {FaultCode.NOT_CONNECTED, FaultCode.CANCELLED}:
                raise
            self._silences += fault.code is FaultCode.TIMEOUT
            self._knows_newest = fault.code is not FaultCode.UNSUPPORTED and self._silences < SILENCES
            return None

    def _expect(self, command: bytes, status: int, wait: float | None = None, tries: int = TRIES) -> bytes:
        with self._watched():
            reply = self._ask(command, wait or ANSWER, tries)
            if reply.status == frames.EMPTY and command == frames.FIND_CARD:
                raise DeviceFault(FaultCode.BAD_ANSWER, "the late answer to a read")
            if reply.status != status:
                raise reply.fault()
            return reply.data

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Notes a fault that may come of hearing another command's answer, or of not waiting for one's own."""
        try:
            yield
        except DeviceFault as fault:
            self._astray = self._astray or fault.code in {FaultCode.BAD_ANSWER, FaultCode.TIMEOUT}
            raise

    def _ask(self, command: bytes, wait: float, tries: int) -> Reply:
        """One exchange; a damaged answer is asked for again up to `tries` times, silence once."""
        fault: DeviceFault | None = None
        for _ in range(tries):
            self._refuse_when_closed()
            self._drain()
            wait = min(wait, self._end - time.monotonic())
            if wait <= 0:
                break
            self._port.write(command)
            try:
                with self._watched():
                    reply = self._listen(wait)
            except DeviceFault as now:
                silent_again = fault is not None and fault.code is now.code is FaultCode.TIMEOUT
                if silent_again or now.code not in {FaultCode.BAD_ANSWER, FaultCode.TIMEOUT}:
                    raise
                fault = now
                continue
            if reply.status not in frames.COMMAND_DAMAGED:
                return reply
            fault = reply.fault()
        raise fault or DeviceFault(FaultCode.BAD_ANSWER, "no sense in the reader's answers so far")

    def _listen(self, wait: float) -> Reply:
        """The next sound reply within `wait` seconds; TIMEOUT after silence, BAD_ANSWER after noise alone.

        Noise may come before the answer, so it cuts no waiting short; a broken frame was the answer.
        """
        parser = FrameParser()
        deadline = time.monotonic() + wait
        while (left := deadline - time.monotonic()) > 0:
            heard = self._port.read(4096, min(left, GAP) if parser.waiting or parser.broken else left)
            self._refuse_when_closed()
            if heard:
                parser.feed(heard)
            elif parser.waiting:
                parser.give_up()
            elif parser.broken:
                break
            if (body := parser.next_body()) is not None:
                return Reply.of(body)
        if parser.damaged or parser.waiting:
            raise DeviceFault(FaultCode.BAD_ANSWER, "no sound frame in the answer")
        raise DeviceFault(FaultCode.TIMEOUT, "the reader stayed silent")

    def _drain(self) -> None:
        """Throw away what an earlier, abandoned answer left in the line, and wait for what it may still bring; bounded."""
        quiet, self._astray = GAP if self._astray else 0.0, False
        end = time.monotonic() + ANSWER
        while self._port.read(4096, quiet) and time.monotonic() < end:
            self._refuse_when_closed()

    def _pause(self, seconds: float) -> None:
        self._closed.wait(seconds)
        self._refuse_when_closed()

    def _refuse_when_closed(self) -> None:
        if self._closed.is_set():
            raise DeviceFault(FaultCode.CANCELLED, "the reader was closed")
