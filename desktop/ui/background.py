"""Work off the UI thread: one lane (a worker thread and its queue) per device, one for the store. No lock elsewhere.

An operation must not touch a widget; its result comes back on the UI thread. This is the window's only home of threads.
"""

import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(eq=False)
class Ask(Generic[T]):
    """One operation on its way; `cancel()` drops its answer (and the work too, if it has not begun)."""

    op: Callable[[], T]
    done: Callable[[T], None] | None
    failed: Callable[[Exception], None] | None
    owner: QObject | None
    cancelled: bool = field(default=False)

    def cancel(self) -> None:
        """Nobody waits any more."""
        self.cancelled = True

    @property
    def wanted(self) -> bool:
        """Whether somebody is still there to hear the answer."""
        return not self.cancelled and (self.owner is None or shiboken6.isValid(self.owner))


class Lane(QObject):
    """One worker thread with its queue; answers arrive in the order of the questions."""

    unhandled = Signal(object)
    """An exception nobody asked to hear of."""
    _settled = Signal(object, object, object)

    def __init__(self, name: str, *, finishes: bool = False) -> None:
        """`finishes`: what was asked is done even when the asker has gone or the window closes (it may be a keystroke)."""
        super().__init__()
        self.name = name
        self._finishes = finishes
        self._queue: SimpleQueue[Ask[Any] | None] = SimpleQueue()
        self._stopped = False
        self._thread: threading.Thread | None = None
        self._settled.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(self, op: Callable[[], T], done: Callable[[T], None] | None = None,
            failed: Callable[[Exception], None] | None = None, owner: QObject | None = None) -> Ask[T]:
        """Do `op` on this lane; then `done(result)` or `failed(error)` on the UI thread.

        The answer is dropped when `owner` is gone; a bound method of a QObject owns itself. Without `failed`, an error
        goes to `unhandled`.
        """
        keeper = owner or next((obj for call in (done, failed)
                                if isinstance(obj := getattr(call, "__self__", None), QObject)), None)
        ask = Ask(op, done, failed, keeper)
        if not self._stopped:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=f"lane-{self.name}", daemon=True)
                self._thread.start()
            self._queue.put(ask)
        return ask

    def stop(self, timeout: float = 3.0) -> bool:
        """Take no more work, end the thread; False when the operation in hand outlasts `timeout` seconds."""
        self._stopped = True
        if self._thread is None:
            return True
        self._queue.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (ask := self._queue.get()) is not None:
            if ask.cancelled or (not self._finishes and (self._stopped or not ask.wanted)):
                continue
            try:
                result, error = ask.op(), None
            except Exception as fault:  # the thread's edge: it travels to the UI thread as a value
                result, error = None, fault
                if self._stopped:
                    log.exception("lane %s: an operation failed while stopping", self.name)
            if not self._stopped:
                self._settled.emit(ask, result, error)

    @Slot(object, object, object)
    def _deliver(self, ask: Ask[Any], result: object, error: Exception | None) -> None:
        if self._stopped or not ask.wanted:
            return
        if error is None:
            if ask.done is not None:
                ask.done(result)
        elif ask.failed is not None:
            if not getattr(error, "code", ""):      # nobody foresaw it: the screen can only say so, the log must know
                log.error("lane %s: an operation failed", self.name, exc_info=error)
            ask.failed(error)
        else:
            log.error("lane %s: an operation failed", self.name, exc_info=error)
            self.unhandled.emit(error)


class Lanes(QObject):
    """Every lane of one window."""

    unhandled = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.store = Lane("store", finishes=True)
        self.reader = Lane("reader")
        self.camera = Lane("camera")
        self.printer = Lane("printer")
        self.recognition = Lane("recognition")
        self.signature = Lane("signature")
        self.rating = Lane("rating")
        self.portrait = Lane("portrait")
        self.scanner = Lane("scanner")
        self.paper_printer = Lane("paper printer")
        self.lights = Lane("lights")      # asking how devices feel must not wait behind a reader that waits for a card
        self.watch = Lane("watch")      # what was plugged in or pulled out, and giving up what a device does: milliseconds
        self.search = Lane("search")      # what is attached at all: seconds
        self.backup = Lane("backup")      # minutes, beside everything else; one that is broken off is made again at the next start
        self._all = (self.store, self.reader, self.camera, self.printer, self.recognition, self.signature, self.rating, self.portrait,
                     self.scanner, self.paper_printer, self.lights, self.watch, self.search, self.backup)
        for lane in self._all:
            lane.unhandled.connect(self.unhandled)

    def of(self, kind: str) -> Lane:
        """The lane of a kind of device."""
        lane: Lane = getattr(self, kind)
        return lane

    def stop(self) -> bool:
        """Stop them all; False when one would not end."""
        # Every lane is asked, whatever the first one says; the store has the time to keep what is on its way.
        ended = [lane.stop(10.0 if lane is self.store else 3.0) for lane in self._all]
        return all(ended)


class Alarm(QObject):
    """Catches what no one caught, on any thread: into the log, and as one signal for the window to say so."""

    raised = Signal()

    def install(self) -> None:
        """Take both hooks (Qt's slots end in sys.excepthook, threads in threading.excepthook)."""
        self._hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._unexpected
        threading.excepthook = lambda args: self._unexpected(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)

    def uninstall(self) -> None:
        """Give both hooks back."""
        sys.excepthook, threading.excepthook = self._hooks

    def _unexpected(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._hooks[0](kind, error, trace)
            return
        log.critical("nobody caught this", exc_info=(kind, error, trace))
        if shiboken6.isValid(self):
            self.raised.emit()
