"""The near end: a PageScanner whose library runs in a process of its own, which may hang or crash without harm.

The process is started when first needed and kept while it is well; the scanner itself is held only while it is used. Waits
are bounded: a process that stays silent, or does not stop when told, is killed and the next call starts a new one.
"""

import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import BinaryIO

from hardware.faults import DeviceFault, FaultCode
from hardware.readings import ScannedPage, ScanSettings
from hardware.scanner import frames

log = logging.getLogger(__name__)

Heard = tuple[frames.Note, bytes]

_STILL_WELL = {
    FaultCode.CANCELLED, FaultCode.NO_DOCS, FaultCode.JAMMED, FaultCode.SCANNER_COVER, FaultCode.PAGE_TORN, FaultCode.UNSUPPORTED,
    FaultCode.BUSY, FaultCode.DENIED, FaultCode.SEVERAL,
}
"""Faults of the paper or the wish: the library itself is well, its process may stay."""
_LOOK = 0.2
"""Seconds between two looks at the clock while waiting."""


@dataclass(frozen=True)
class Limits:
    """Seconds of silence after which the scanner's process is given up."""

    opening: float = 30.0
    starting: float = 90.0
    """Until a page's first line: the lamp warms up, the feeder draws the sheet."""
    silence: float = 20.0
    """Between two signs of progress within a page."""
    stopping: float = 1.0
    """From "cancel" to the end of the scan."""


class ProcessScanner:
    """A PageScanner. `kind` is the library (sane, twain, wia, specimen), `name` what it calls the scanner.

    Asks it for its sources at once: NOT_CONNECTED, BUSY, DENIED, UNSUPPORTED, SEVERAL, DLL_MISSING or TIMEOUT when it does not answer.
    """

    def __init__(self, kind: str, name: str, limits: Limits | None = None) -> None:
        self._kind = kind
        self._name = name
        self._limits = limits or Limits()
        self._child: Child | None = None
        self._guard = threading.Lock()
        self._closed = False
        self._cancelled: float | None = None      # when, on the monotonic clock
        self._scanning: object = None
        opened = False
        try:
            self.sources()
            opened = True
        finally:
            if not opened:      # also when the user gave up waiting
                self.close()

    def sources(self) -> tuple[str, ...]:
        """See PageScanner."""
        child, sources = self._opened({"do": "sources"})
        try:
            self._wait(child, self._limits.opening)
        except DeviceFault as fault:
            self._settle(child, fault)
            raise
        return sources

    def scan(self, settings: ScanSettings, progress: Callable[[int, float], None] | None = None) -> Iterator[ScannedPage]:
        """See PageScanner. An iterator that is not read to its end stops the scan when it is let go."""
        mine = self._scanning = object()
        self._cancelled = None
        child, _ = self._opened({"do": "scan", "settings": asdict(settings)})
        ended = False
        patience = self._limits.starting
        try:
            while True:
                note, body = self._wait(child, patience, mine)
                match note.get("is"):
                    case "progress":
                        patience = self._limits.silence if note["share"] > 0 else self._limits.starting
                        if progress is not None:
                            progress(note["page"], note["share"])
                    case "page":
                        patience = self._limits.starting
                        yield ScannedPage(note["number"], body, note["width"], note["height"], note["resolution"])
                    case "end":
                        ended = True
                        return
        except DeviceFault as fault:
            ended = True
            self._settle(child, fault)
            raise
        finally:
            if self._scanning is mine:
                if not ended:      # let go in the middle
                    self._break_off(child)
                self._scanning = self._cancelled = None

    def cancel(self) -> None:
        """See PageScanner. Nothing happens when no scan runs."""
        if self._scanning is not None and self._cancelled is None:
            self._cancelled = time.monotonic()
            child = self._child
            if child is not None:
                child.say({"do": "cancel"})

    def close(self) -> None:
        """See PageScanner. At most some two seconds, then the process is killed."""
        with self._guard:
            self._closed = True
            child, self._child = self._child, None
        if child is not None:
            child.end(self._limits.stopping)

    def _opened(self, request: frames.Note) -> tuple["Child", tuple[str, ...]]:
        """Send a request; the process that took it, and the scanner's sources.

        A process that was kept may hold a dead connection or not know a scanner plugged in since: a new one tries again.
        """
        kept = self._child
        try:
            return self._open(request)
        except DeviceFault as fault:
            if kept is None or self._child is kept or fault.code is FaultCode.CANCELLED:
                raise
        return self._open(request)

    def _open(self, request: frames.Note) -> tuple["Child", tuple[str, ...]]:
        with self._guard:
            if self._closed:
                raise DeviceFault(FaultCode.CANCELLED, "the scanner was closed")
            if self._child is not None and self._child.scanning:
                self._child.end(0)      # an iterator somewhere still holds the scan before this one
                self._child = None
            child = self._child = self._child or Child([self._kind, self._name])
            child.scanning = True
        child.say(request)
        try:
            note, _ = self._wait(child, self._limits.opening)
        except DeviceFault as fault:
            self._settle(child, fault)
            raise
        if note.get("is") != "opened":
            self._drop(child)
            raise DeviceFault(FaultCode.BAD_ANSWER, f"{note.get('is')} in place of opened")
        return child, tuple(note["sources"])

    def _wait(self, child: "Child", patience: float, scan: object = None) -> Heard:
        """The next note; every way it can fail to come is a DeviceFault."""
        began = time.monotonic()
        while True:
            if scan is not None and self._scanning is not scan:
                raise DeviceFault(FaultCode.CANCELLED, "another scan was begun")
            now = time.monotonic()
            if self._cancelled is not None and now - self._cancelled > self._limits.stopping:
                self._drop(child)
                raise DeviceFault(FaultCode.CANCELLED, "it did not stop when told; its process was ended")
            if now - began > patience:
                self._drop(child)
                raise DeviceFault(FaultCode.TIMEOUT, f"silent for {patience:g} s")
            try:
                heard = child.heard.get(timeout=_LOOK)
            except queue.Empty:
                continue
            if heard is None:
                self._drop(child)
                if self._closed:
                    raise DeviceFault(FaultCode.CANCELLED, "the scanner was closed")
                if self._cancelled is not None:
                    raise DeviceFault(FaultCode.CANCELLED)
                # SANE's net backend falls over when its server goes in mid-scan: the clerk's remedy is the connection.
                lost = scan is not None and self._kind == "sane" and self._name.startswith("net:")
                raise DeviceFault(FaultCode.NOT_CONNECTED if lost else FaultCode.DLL_CRASHED,
                                  f"the {self._kind} process ended with {child.status()}")
            note = heard[0]
            if note.get("is") in {"end", "fault"}:
                child.scanning = False
            if note.get("is") == "fault":
                raise DeviceFault(_code(note.get("code")), str(note.get("detail", "")))
            if self._cancelled is None:
                return heard
            if note.get("is") == "end":
                raise DeviceFault(FaultCode.CANCELLED)
            # what was on its way when the scan was cancelled is let fall

    def _settle(self, child: "Child", fault: DeviceFault) -> None:
        if fault.code not in _STILL_WELL or child.scanning:
            self._drop(child)

    def _break_off(self, child: "Child") -> None:
        child.say({"do": "cancel"})
        self._cancelled = self._cancelled or time.monotonic()
        try:
            while child.scanning:
                self._wait(child, self._limits.stopping)
        except DeviceFault as fault:
            self._settle(child, fault)

    def _drop(self, child: "Child") -> None:
        with self._guard:
            if self._child is child:
                self._child = None
        child.end(0)


class Child:
    """The process, and a thread that hears it. `heard` gives what it says, and None once it has ended."""

    def __init__(self, arguments: list[str]) -> None:
        self.scanning = False
        self.heard: queue.Queue[Heard | None] = queue.Queue(maxsize=2)      # so many pages at most wait here
        self._saying = threading.Lock()
        self._over = threading.Event()
        self._process = _start(arguments)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._mouth, self._ears = self._process.stdin, self._process.stdout
        self._hearing = threading.Thread(target=self._hear, args=[self._ears], name="scanner", daemon=True)
        self._hearing.start()

    def say(self, note: frames.Note) -> None:
        """Send a note; that the process is gone is noticed by who waits for its answer."""
        with self._saying, suppress(OSError, ValueError):
            self._mouth.write(frames.pack(note))
            self._mouth.flush()

    def end(self, patience: float) -> None:
        """Hang up; kill what has not ended after `patience` seconds, with all that its library started."""
        with self._saying, suppress(OSError, ValueError):
            self._mouth.close()
        self._over.set()
        with suppress(subprocess.TimeoutExpired):
            if patience:
                self._process.wait(patience)
        if self._process.poll() is None:
            _kill(self._process)
        self._process.wait()
        if threading.current_thread() is not self._hearing:
            self._hearing.join(2)

    def status(self) -> int | None:
        """How the process ended."""
        return self._process.poll()

    def _hear(self, ears: BinaryIO) -> None:
        heard: Heard | None = ({}, b"")
        with ears:
            while heard is not None:
                try:
                    heard = frames.read(ears)
                except (DeviceFault, OSError, ValueError):
                    heard = None
                self._hand_over(heard)

    def _hand_over(self, heard: Heard | None) -> None:
        while True:
            try:
                self.heard.put(heard, timeout=_LOOK)
            except queue.Full:
                if not self._over.is_set():
                    continue
                with suppress(queue.Empty):
                    self.heard.get_nowait()      # nobody will read on; make room for the end
            else:
                return


def _start(arguments: list[str]) -> subprocess.Popen[bytes]:
    # The installed program has no -m; it hands "--child MODULE …" to the module (desktop/__main__.py).
    way = "--child" if getattr(sys, "frozen", False) else "-m"
    quiet = None if log.isEnabledFor(logging.DEBUG) else subprocess.DEVNULL      # libraries chatter
    apart = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    try:
        return subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, way, "hardware.scanner.child", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet,
            start_new_session=True, creationflags=apart,
        )  # fmt: skip
    except OSError as e:
        raise DeviceFault(FaultCode.DLL_CRASHED, f"its process did not start: {e}") from e


def _kill(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)      # backends have reader processes of their own


def _code(text: object) -> FaultCode:
    try:
        return FaultCode(str(text))
    except ValueError:
        return FaultCode.BAD_ANSWER
