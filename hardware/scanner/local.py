"""What the far end of the scanner's process needs of a scanner library, and the page it gives. No process, no pipe."""

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from PIL import Image

from hardware.readings import ScanSettings

Progress = Callable[[int, float], None]
"""Hears (page from 1, share 0..1)."""


@dataclass(frozen=True)
class LocalPage:
    """A page as PNG; `resolution` in dots per inch, also in the PNG's pHYs."""

    png: bytes = field(repr=False)
    width: int
    height: int
    resolution: int


class Stop:
    """The wish to stop, said by one thread and obeyed by the scanning one."""

    def __init__(self) -> None:
        self.wanted = threading.Event()
        self.obeyed = threading.Event()

    def clear(self) -> None:
        """For a new scan."""
        self.wanted.clear()
        self.obeyed.clear()


class LocalScanner(Protocol):
    """A scanner reached by a library in this very process. DeviceFault is the only exception."""

    def open(self) -> tuple[str, ...]:
        """Take hold of it; what it can scan from. Called before each use, so that no stale connection is kept."""

    def pages(self, settings: ScanSettings, progress: Progress, stop: Stop) -> Iterator[LocalPage]:
        """See PageScanner.scan. Looks at `stop.wanted` as often as the library gives it the chance."""

    def break_off(self) -> None:
        """Called by another thread when `pages` did not obey: whatever the library permits to end a read that waits."""

    def release(self) -> None:
        """Let it go; called after each use."""


def as_page(image: Image.Image, resolution: int) -> LocalPage:
    """The picture as PNG. Fast compression: a page should not wait behind the pressing of the one before."""
    held = io.BytesIO()
    image.save(held, "PNG", compress_level=1, dpi=(resolution, resolution))
    return LocalPage(held.getvalue(), image.width, image.height, resolution)
