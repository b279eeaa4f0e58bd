"""A scanner that hands out the pictures of a folder, in the process and over the pipe that real scanners use.

For the demo and for tests. What runs in the scanner's process is SpecimenScanner; SimulatedScanner is the handle here.
"""

import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from PIL import Image

from hardware.faults import DeviceFault, FaultCode
from hardware.readings import ScanSettings
from hardware.scanner import choices
from hardware.scanner.local import LocalPage, Progress, Stop, as_page
from hardware.simulated.announced import announce, withdraw

SOURCES = ("Flatbed", "Automatic Document Feeder")
_STEPS = 20
_SIGN = 0.5
"""Seconds at most between two signs of progress, however slow the page: real scanners send lines all the time."""


class SimulatedScanner:
    """`address` is what open_scanner takes. Glass: the first picture of the folder; feeder: all, in the order of their names.

    `seconds` a page takes; `fault` comes after `good` pages of a scan (any FaultCode, e.g. JAMMED).
    """

    def __init__(self, folder: Path | None = None, seconds: float = 0.6, fault: FaultCode | None = None, good: int = 0) -> None:
        folder = folder or Path(str(files("resources") / "recordings" / "desk"))
        told = {"seconds": str(seconds)} | ({"fault": fault.value, "good": str(good)} if fault else {})
        self.address = f"specimen:{folder}#{urlencode(told)}"
        announce(self.address)

    def close(self) -> None:
        """Take it away; safe to call twice."""
        withdraw(self.address)


class SpecimenScanner:
    """See LocalScanner. The pictures come at their own size: this scanner has one resolution."""

    def __init__(self, name: str) -> None:
        folder, _, query = name.partition("#")
        told = dict(parse_qsl(query))
        self._folder = Path(folder)
        self._seconds = float(told.get("seconds", "0"))
        self._fault = FaultCode(told["fault"]) if "fault" in told else None
        self._good = int(told.get("good", "0"))

    def open(self) -> tuple[str, ...]:
        """See LocalScanner."""
        if not self._folder.is_dir():
            raise DeviceFault(FaultCode.NOT_CONNECTED, "no such folder of specimen pages")
        return SOURCES

    def pages(self, settings: ScanSettings, progress: Progress, stop: Stop) -> Iterator[LocalPage]:
        """See LocalScanner."""
        if settings.duplex:
            raise DeviceFault(FaultCode.UNSUPPORTED, "it cannot scan both sides")
        pictures = sorted(path for path in self._folder.iterdir() if path.suffix in {".jpg", ".png"})
        fed = choices.is_feeder(choices.source_for(settings.source, settings.duplex, SOURCES))
        if not pictures:
            raise DeviceFault(FaultCode.NO_DOCS if fed else FaultCode.PAGE_TORN)
        steps = max(_STEPS, round(self._seconds / _SIGN))
        for number, path in enumerate(pictures[: (settings.pages or None) if fed else 1], 1):
            for step in range(steps + 1):
                if stop.wanted.is_set():
                    raise DeviceFault(FaultCode.CANCELLED)
                if self._fault is not None and number > self._good and step == steps // 2:
                    raise DeviceFault(self._fault)
                progress(number, step / steps)
                time.sleep(self._seconds / steps)
            with Image.open(path) as picture:
                page = picture.convert("L" if settings.mode == "gray" else "RGB")
                resolution = choices.real_resolution(0, max(picture.size), 297)      # as if each were an A4 sheet
            yield as_page(page, resolution)

    def break_off(self) -> None:
        """It obeys at once."""

    def release(self) -> None:
        """Nothing is held."""
