"""Room on the disk of a home: the ballast that is let go when the disk is full, and what keeps this window from saving as it should."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

from db.faults import StoreFault, from_os
from db.store import Store
from desktop.station.files import reserve

_log = logging.getLogger(__name__)

FILE = "ballast"
PLENTY = 6
"""The ballast is made where so many times its size is free."""


class Ballast:
    """A file that only takes room. Let go, it gives small rows and sending a place on a full disk, until somebody has cleared it."""

    def __init__(self, home: Path, size: int) -> None:
        """`size` in bytes; 0 = none is kept."""
        self._path = home / FILE
        self.size = size

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._path.parent

    @property
    def held(self) -> bool:
        """Whether it is there."""
        return self._path.exists()

    def make(self) -> bool:
        """Make it where there is none and plenty of room; whether it is there. Raises StoreFault."""
        if self.held or not self.size:
            return self.held
        if free(self._path.parent) < PLENTY * self.size:
            return False
        reserve(self._path, self.size)
        return True

    def let_go(self) -> bool:
        """Whether there was one. A disk that takes nothing at all keeps it."""
        try:
            self._path.unlink()
        except OSError:
            return False
        _log.warning("the disk is full: the ballast of %d MB is let go", self.size // 1_000_000)
        return True


class Disk:
    """Looks after the disk while the window is open; asked every few seconds, from one thread at a time."""

    def __init__(self, store: Store, ballast: Ballast, least: int, may_write: Callable[[], bool]) -> None:
        """`least`: bytes that captures leave free. `may_write` is asked before a store that was opened to read is written to."""
        self._store, self._ballast, self._least, self._may_write = store, ballast, least, may_write

    def trouble(self) -> str:
        """The code of what is wrong now, empty when all is well; a disk that can be written to again is found here, by trying."""
        if self._store.readonly is not None and not (self._may_write() and self._store.try_to_write()):
            return self._store.readonly.code
        if free(self._store.path.parent) < self._least:
            return "store.reserve"
        try:
            self._ballast.make()
        except StoreFault as fault:
            _log.warning("no ballast: %s", fault)
        return ""


def free(folder: Path) -> int:
    """Bytes this user may still write there. Raises StoreFault."""
    try:
        return shutil.disk_usage(folder).free
    except OSError as error:
        raise from_os(error) from error
