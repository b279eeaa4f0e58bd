"""A receipt printer behind the system's queue (CUPS, Windows): whole jobs in, no word from the printer itself.

The queue knows that it handed a job on, not that paper came out; so a print through it always ends NOT_CONFIRMED and the
clerk looks. That is why a printer that can be reached directly should be.
"""

import threading
import time
from typing import Protocol

from hardware.faults import DeviceFault, FaultCode
from hardware.printer.escpos import bytes_of
from hardware.printer.escpos_bytes import fault_of
from hardware.printer.slip import Slip
from hardware.readings import PrinterStatus

LEAVES = 15.0
"""Seconds in which a receipt has normally left the queue."""
LOOK = 0.3
TITLE = "receipt"


class Queue(Protocol):
    """A queue of the system, as transports/cups_queue.py and windows_queue.py have it."""

    def send(self, data: bytes, title: str, copies: int = 1, *, raw: bool) -> str:
        """One job; returns the queue's name for it."""

    def status(self) -> PrinterStatus:
        """What the queue knows of its printer."""

    def alive(self) -> str:
        """Its own words; QUEUE_STOPPED when it takes no jobs or holds them back."""

    def holds(self, job: str) -> bool:
        """Whether the job has not left the queue yet."""

    def cancel(self, job: str) -> None:
        """Take a job out again."""


class SpooledPrinter:
    """A ReceiptPrinter over a queue."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._closed = threading.Event()

    def status(self) -> PrinterStatus:
        """What the queue knows; `confirms` is False. QUEUE_STOPPED when it holds jobs back."""
        self._refuse_when_closed()
        self._queue.alive()
        return self._queue.status()

    def print(self, slip: Slip) -> None:
        """Hand the slip over, wait until it has left the queue, then say NOT_CONFIRMED.

        A job the queue does not get rid of is taken out again, so that it does not come out later unasked; the fault then
        says so (`sent` is True all the same: some of it may have gone).
        """
        data = bytes_of(slip)
        if fault := fault_of(self.status()):
            raise fault
        job = self._queue.send(data, TITLE, raw=True)
        try:
            left = self._leaves(job)
        except DeviceFault as fault:
            self._queue.cancel(job)
            raise DeviceFault(fault.code, fault.detail, sent=True) from fault
        if not left:
            self._queue.cancel(job)
            raise DeviceFault(FaultCode.QUEUE_STOPPED, f"{job} does not leave the queue", sent=True)
        raise DeviceFault(FaultCode.NOT_CONFIRMED, f"{job} has left the queue", sent=True)

    def _leaves(self, job: str) -> bool:
        deadline = time.monotonic() + LEAVES
        while self._queue.holds(job):
            if time.monotonic() > deadline:
                return False
            self._refuse_when_closed()
            self._queue.alive()
            time.sleep(LOOK)
        return True

    def close(self) -> None:
        """Let the queue go; a print that waits ends."""
        self._closed.set()

    def _refuse_when_closed(self) -> None:
        if self._closed.is_set():
            raise DeviceFault(FaultCode.CANCELLED, "the printer was closed")
