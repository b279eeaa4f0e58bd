"""Receipt printers that speak ESC/POS: ask before, send, wait until it is worked off, ask after.

A printer without paper takes all bytes in silence and prints them after the refill; so nothing counts as printed before
the printer has said so. One that answers GS r says when it is done. One that does not gets the time that the slip's
length takes and WITHOUT_TURN more; it has printed if it said that it is well (DLE EOT) all that while: an inference from its
health, not its word. The bytes are escpos_bytes.py's. Not proved here on paper; tried against the drawn printer.
"""

import time
from collections.abc import Callable
from typing import Protocol

from hardware.devices import Transport
from hardware.faults import DeviceFault, FaultCode
from hardware.printer import escpos_bytes
from hardware.printer.slip import Slip
from hardware.readings import PrinterStatus

ANSWER = 1.0
"""Seconds for one real-time answer; a healthy printer needs milliseconds."""
LOOK = 0.5
"""Seconds between two looks at a printer that is at work."""
LONGEST_PRINT = 30.0
"""Seconds until a printer that is well but never says "done" is given up."""
WITHOUT_TURN = 3.0
"""Seconds of good health asked of a printer that cannot say when it is done (no GS r), beyond the time the printing itself takes:
for a slow start, the cut, and until its sensors tell."""
DOTS_A_SECOND = 150 * 8
"""150 mm/s, what 80 mm printers of the last ten years do at least at their usual setting; a slower one is given WITHOUT_TURN."""


class EscposPrinter:
    """A printer that can answer (network, serial line, USB). Every call ends: `print` within some 45 s, `status` in 4 s."""

    def __init__(self, port: Transport, reopen: Callable[[], Transport] | None = None) -> None:
        """`reopen` opens the port anew: network printers hang up on a connection that idles, which is no fault, and one that
        was switched off is found again when it is back.
        """
        self._port = port
        self._reopen = reopen
        self._closed = False
        self._lost = False
        self._torn = False
        """A job broke off on its way: the printer may still be waiting for the rest of a picture."""
        self._answers_in_turn: bool | None = None
        self._done_seen = False

    def status(self) -> PrinterStatus:
        """See ReceiptPrinter; TIMEOUT when the printer is mute."""
        if self._closed:
            raise DeviceFault(FaultCode.CANCELLED, "the printer was closed")
        try:
            if not self._lost:
                self._drain()
        except DeviceFault as fault:
            if fault.code is not FaultCode.NOT_CONNECTED:
                raise
            self._lost = True
        # Only here, before anything is asked or sent: a job that lost its connection is never taken up again.
        if self._lost:
            self._open_again()
        return self._ask()

    def print(self, slip: Slip) -> None:
        """See ReceiptPrinter. A fault with `sent` False: nothing was printed. NOT_CONFIRMED when bytes went out and nothing
        sure is known of them.
        """
        data = bytes_of(slip)
        if fault := escpos_bytes.fault_of(self.status()):
            raise fault
        if self._answers_in_turn is None:
            self._answers_in_turn = self._knows_turn()
        try:
            self._port.write(escpos_bytes.FLUSH + data if self._torn else data)
            self._wait_until_done(escpos_bytes.dots_of(slip) / DOTS_A_SECOND)
        except DeviceFault as fault:
            unsure = {FaultCode.TIMEOUT, FaultCode.BAD_ANSWER, FaultCode.NOT_CONNECTED}
            self._torn = fault.code in {*unsure, FaultCode.CANCELLED}
            self._lost = self._lost or fault.code is FaultCode.NOT_CONNECTED
            code = FaultCode.NOT_CONFIRMED if fault.code in unsure else fault.code
            raise DeviceFault(code, str(fault), sent=True) from fault
        self._torn = False

    def close(self) -> None:
        """Let the printer go."""
        self._closed = True
        self._port.close()

    def _open_again(self) -> None:
        if self._reopen is None:
            raise DeviceFault(FaultCode.NOT_CONNECTED, "the connection is gone")
        self._port.close()
        self._port = self._reopen()
        self._lost = False
        if self._closed:      # closed from another thread meanwhile
            self._port.close()

    def _ask(self) -> PrinterStatus:
        try:
            return escpos_bytes.parse_status(bytes(self._real_time(kind) for kind in (1, 2, 3, 4)))
        except DeviceFault as fault:
            self._lost = fault.code is FaultCode.NOT_CONNECTED
            raise

    def _wait_until_done(self, printing: float) -> None:
        """Return when all that was sent has been worked off and the printer is well; raise what stopped it.

        Without GS r nothing but time tells that it was worked off: `printing` seconds and WITHOUT_TURN, well in every look.
        """
        deadline = time.monotonic() + LONGEST_PRINT
        if self._answers_in_turn:
            self._port.write(escpos_bytes.REPORT_IN_TURN)
            while not self._in_turn_answer(LOOK):
                self._refuse_unless_well()
                if time.monotonic() > deadline:
                    raise DeviceFault(FaultCode.NOT_CONFIRMED, "well, but never done")
        else:
            well_at = time.monotonic() + printing + WITHOUT_TURN
            while time.monotonic() < well_at:
                self._refuse_unless_well()
                time.sleep(LOOK)
        self._refuse_unless_well()

    def _refuse_unless_well(self) -> None:
        if fault := escpos_bytes.fault_of(self._ask()):
            raise fault

    def _knows_turn(self) -> bool:
        """Whether this printer knows GS r; asked once, while it is idle."""
        self._port.write(escpos_bytes.REPORT_IN_TURN)
        if self._in_turn_answer(ANSWER):
            return True
        # Or somebody's job broke off and the question was taken for a part of its picture.
        self._port.write(escpos_bytes.FLUSH + escpos_bytes.REPORT_IN_TURN)
        return self._in_turn_answer(ANSWER)

    def _in_turn_answer(self, timeout: float) -> bool:
        return self._hear(timeout, in_turn=True) is not None

    def _real_time(self, kind: int) -> int:
        self._port.write(escpos_bytes.status_query(kind))
        answer = self._hear(ANSWER, in_turn=False)
        if answer is None:
            raise DeviceFault(FaultCode.TIMEOUT, f"no answer to DLE EOT {kind}")
        return answer

    def _hear(self, timeout: float, in_turn: bool) -> int | None:
        """The next answer of the kind waited for; bits 1 and 4 tell DLE EOT's from all others. Others are passed over,
        but an answer in turn is remembered: it may come while a real-time one is awaited.
        """
        if in_turn and self._done_seen:
            self._done_seen = False
            return 0
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            for byte in self._port.read(1, left):
                if escpos_bytes.is_status(byte) != in_turn:
                    return byte
                if not in_turn:
                    self._done_seen = True
        return None

    def _drain(self) -> None:
        for _ in range(16):
            if not self._port.read(256, 0):
                break
        self._done_seen = False


class OneWay(Protocol):
    """What takes bytes and never answers."""

    keeps: bool
    """True where what was written can be read again, so that it IS the paper."""

    def write(self, data: bytes) -> None:
        """See Transport."""

    def close(self) -> None:
        """See Transport."""


class OneWayPrinter:
    """A file, or a printer that can only be spoken to (`file:/dev/usb/lp0`, a USB printer without a way back).

    An ordinary file IS the paper: bytes on the disk are a print that happened. A device node cannot answer, so `print`
    sends everything and then says NOT_CONFIRMED, always: the clerk looks whether paper came out.
    """

    def __init__(self, sink: OneWay) -> None:
        self._sink = sink

    def status(self) -> PrinterStatus:
        """Nothing is known to be wrong; `confirms` tells whether that is worth anything."""
        return PrinterStatus(online=True, cover_open=False, paper_out=False, paper_near_end=False, error=False, confirms=self._sink.keeps)

    def print(self, slip: Slip) -> None:
        """See the class."""
        data = bytes_of(slip)
        try:
            self._sink.write(data)
        except DeviceFault as fault:
            raise DeviceFault(fault.code, fault.detail, sent=fault.code is not FaultCode.CANCELLED) from fault
        if not self._sink.keeps:
            raise DeviceFault(FaultCode.NOT_CONFIRMED, "a one-way printer cannot say that it printed", sent=True)

    def close(self) -> None:
        """Let it go."""
        self._sink.close()


def bytes_of(slip: Slip) -> bytes:
    """The slip as the printer wants it; UNSUPPORTED when it cannot be printed."""
    try:
        return escpos_bytes.slip_bytes(slip)
    except ValueError as e:
        raise DeviceFault(FaultCode.UNSUPPORTED, str(e)) from e
