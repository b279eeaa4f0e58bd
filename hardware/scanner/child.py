"""The far end: `python -m hardware.scanner.child KIND NAME` serves one scanner over standard input and output.

It asks no questions and keeps nothing. When the near end hangs up it lets the scanner go and ends, whatever a library is
doing. `list KIND` in place of a scanner gives what is attached.
"""

import logging
import os
import queue
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import Any, BinaryIO

from hardware.faults import DeviceFault, FaultCode
from hardware.readings import ScanSettings
from hardware.scanner import frames
from hardware.scanner.local import LocalScanner, Stop

log = logging.getLogger(__name__)

PATIENCE = 0.3
"""Seconds the scanning thread has to obey before the scan is broken off from outside."""
ENDING = 1.5
"""Seconds a library has to let go before the process ends all the same."""
OFTEN = 0.1
"""Seconds between two notes of progress."""

Request = dict[str, Any]


class Far:
    """Serves requests one after another; `listen` runs beside it and hears "cancel" at once."""

    def __init__(self, ears: BinaryIO, mouth: BinaryIO, scanner: LocalScanner) -> None:
        self._ears = ears
        self._mouth = mouth
        self._scanner = scanner
        self._stop = Stop()
        self._requests: queue.Queue[Request | None] = queue.Queue()

    def serve(self) -> None:
        """Until the near end hangs up."""
        threading.Thread(target=self._listen, name="listen", daemon=True).start()
        while (request := self._requests.get()) is not None:
            self._answer(request)

    def _listen(self) -> None:
        with suppress(DeviceFault, OSError):
            while (heard := frames.read(self._ears)) is not None:
                request = dict(heard[0])
                if request.get("do") == "cancel":
                    self._stop.wanted.set()
                    threading.Thread(target=self._insist, name="insist", daemon=True).start()
                else:
                    self._stop.clear()
                    self._requests.put(request)
        self._stop.wanted.set()
        self._requests.put(None)
        time.sleep(PATIENCE)
        self._scanner.break_off()
        time.sleep(ENDING)
        os._exit(1)

    def _insist(self) -> None:
        if not self._stop.obeyed.wait(PATIENCE):
            self._scanner.break_off()

    def _answer(self, request: Request) -> None:
        try:
            sources = self._scanner.open()
            self._say({"is": "opened", "sources": list(sources)})
            if request["do"] == "scan":
                self._scan(ScanSettings(**request["settings"]))
            note = {"is": "end"}
        except DeviceFault as fault:
            note = {"is": "fault", "code": fault.code.value, "detail": fault.detail}
        except OSError:
            return      # nobody listens any more
        except Exception as e:      # the process's edge: a library may raise anything
            log.exception("scanner failed")
            note = {"is": "fault", "code": FaultCode.BAD_ANSWER.value, "detail": type(e).__name__}
        finally:
            self._scanner.release()
            self._stop.obeyed.set()
        with suppress(OSError):
            self._say(note)

    def _scan(self, settings: ScanSettings) -> None:
        told = (0, 0.0)
        at = 0.0

        def progress(page: int, share: float) -> None:
            nonlocal told, at
            if (page, share) != told and (share in {0.0, 1.0} or time.monotonic() - at > OFTEN):
                told, at = (page, share), time.monotonic()
                self._say({"is": "progress", "page": page, "share": share})

        for number, page in enumerate(self._scanner.pages(settings, progress, self._stop), 1):
            if self._stop.wanted.is_set():
                raise DeviceFault(FaultCode.CANCELLED)
            note = {"is": "page", "number": number, "width": page.width, "height": page.height, "resolution": page.resolution}
            self._say(note, page.png)
        if self._stop.wanted.is_set():
            raise DeviceFault(FaultCode.CANCELLED)

    def _say(self, note: frames.Note, body: bytes = b"") -> None:
        self._mouth.write(frames.pack(note, body))
        self._mouth.flush()


def main(kind: str, name: str) -> None:
    """Serve, or list what is attached."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)      # Ctrl+C is the near end's business
    # Scanner libraries print; what they print must not fall among the frames.
    ears, mouth = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        if kind == "list":
            threading.Thread(target=_leave_with, args=[ears], daemon=True).start()
            mouth.write(frames.pack({"is": "list", "scanners": [list(one) for one in _found(name)]}))
            mouth.flush()
        else:
            Far(ears, mouth, _scanner(kind, name)).serve()
    except DeviceFault as fault:
        mouth.write(frames.pack({"is": "fault", "code": fault.code.value, "detail": fault.detail}))
        mouth.flush()


def _leave_with(ears: BinaryIO) -> None:
    """A search nobody waits for any more is not worth its end."""
    ears.read()
    os._exit(1)


def _scanner(kind: str, name: str) -> LocalScanner:
    match kind:
        case "sane":
            from hardware.scanner.sane import SaneScanner

            return SaneScanner(name)
        case "twain":
            from hardware.scanner.twain import TwainScanner

            return TwainScanner(name)
        case "wia":
            from hardware.scanner.wia import WiaScanner

            return WiaScanner(name)
        case "specimen":
            from hardware.simulated.scanner import SpecimenScanner

            return SpecimenScanner(name)
    raise DeviceFault(FaultCode.UNSUPPORTED, f"no scanner library {kind!r}")


def _found(kind: str) -> list[tuple[str, str]]:
    match kind:
        case "sane":
            from hardware.scanner import sane

            return sane.found()
        case "twain":
            from hardware.scanner import twain

            return twain.found()
        case "wia":
            from hardware.scanner import wia

            return wia.found()
    return []


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
    os._exit(0)      # no clean-up of the library: a hanging backend would keep the process
