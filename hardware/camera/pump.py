"""A thread that keeps only the newest picture of a source, or the fault why none comes. Knows no protocol.

The reading needs its own thread: a camera that is read too seldom gives old pictures out of its queue, and a read that
hangs must not hang the caller.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from hardware.faults import DeviceFault, FaultCode

T = TypeVar("T")
log = logging.getLogger(__name__)

FRESH = 2.0
"""Seconds after which a picture no longer shows what lies on the desk."""
REOPEN = 0.5
"""Seconds of rest before a lost source is opened again."""


@dataclass(frozen=True)
class Taken(Generic[T]):
    """A picture, its number (rising from 1) and when it came (monotonic seconds)."""

    picture: T
    sequence: int
    at: float


class Pump(Generic[T]):
    """Runs `pictures` over and over in a thread: it opens the source, yields its pictures, and raises DeviceFault."""

    def __init__(self, pictures: Callable[[threading.Event], Iterator[T]], name: str) -> None:
        self._pictures = pictures
        self._changed = threading.Condition()
        self._newest: Taken[T] | None = None
        self._fault: DeviceFault | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def newest(self, timeout: float) -> Taken[T]:
        """The newest picture if it is fresh, else the next one; the source's fault as soon as one is known."""
        return self._wait(timeout, lambda taken: time.monotonic() - taken.at < FRESH, patient=False)

    def next(self, timeout: float) -> Taken[T]:
        """The first picture that comes after this call; a source that is being opened again is waited for."""
        asked = time.monotonic()
        return self._wait(timeout, lambda taken: taken.at > asked, patient=True)

    def close(self) -> None:
        """Stop; waits a moment for the thread, which may be stuck in the source."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=2)

    def _wait(self, timeout: float, good: Callable[[Taken[T]], bool], patient: bool) -> Taken[T]:
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                if self._closed.is_set():
                    raise DeviceFault(FaultCode.CANCELLED, "the camera was closed")
                if self._newest and good(self._newest):
                    return self._newest
                left = deadline - time.monotonic()
                if self._fault and (left <= 0 or not patient):
                    raise DeviceFault(self._fault.code, self._fault.detail) from self._fault
                if left <= 0:
                    raise DeviceFault(FaultCode.NO_FRAME, "no picture came in time")
                self._changed.wait(left)

    def _run(self) -> None:
        while not self._closed.is_set():
            fault = DeviceFault(FaultCode.NO_FRAME, "the source ended")
            try:
                for picture in self._pictures(self._closed):
                    self._put(picture)
                    if self._closed.is_set():
                        return
            except DeviceFault as raised:
                fault = raised
            except Exception as unexpected:      # the thread's edge: a picture may hold anything
                log.exception("camera source failed")
                fault = DeviceFault(FaultCode.BAD_ANSWER, type(unexpected).__name__)
            with self._changed:
                self._fault = fault
                self._changed.notify_all()
            self._closed.wait(REOPEN)

    def _put(self, picture: T) -> None:
        with self._changed:
            self._fault = None
            self._newest = Taken(picture, self._newest.sequence + 1 if self._newest else 1, time.monotonic())
            self._changed.notify_all()
