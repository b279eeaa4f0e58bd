"""One desk, one owner: the locks of a home. The system lets them go when a program ends, however it ends."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from db.faults import StoreFault, from_os
from db.modes import file_mode, make_folder

WINDOW = "window.lock"
"""Held by the window as long as it is open, and by what may not run beside one: a restore, a new beginning."""
SYNC = "sync.lock"
"""Held by whoever talks to the province."""
BACKUP = "backup.lock"
"""Held by whoever writes a backup: the window's schedule or a command."""


class Owned(Exception):
    """Another program holds it. `code`: `station.window_open`, `sync.running` or `backup.running`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def owning(home: Path, what: str, make_room: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Hold one of the locks; for `make_room` see db.store.Store. Raises Owned, and StoreFault where the home cannot be written to."""
    try:
        lock = _acquired(home, what)
    except StoreFault as fault:
        if fault.code != "store.full" or not make_room():
            raise
        lock = _acquired(home, what)
    try:
        yield
    finally:
        lock.release()


def _acquired(home: Path, what: str) -> BaseFileLock:
    try:
        make_folder(home)
        lock = FileLock(home / what, mode=file_mode(home), thread_local=False)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Owned("station.window_open" if what == WINDOW else "sync.running" if what == SYNC else "backup.running") from error
    except OSError as error:
        raise from_os(error) from error
    return lock


def held(home: Path, what: str) -> bool:
    """Whether some program holds it now; makes no file."""
    if not (home / what).exists():
        return False
    try:
        with owning(home, what):
            return False
    except Owned:
        return True


class Seat:
    """The one window's place at a home: its lock. Where no lock can be written nothing else can either, and a window may open to read."""

    def __init__(self, home: Path, make_room: Callable[[], bool]) -> None:
        """`make_room`: see db.store.Store."""
        self._home, self._make_room = home, make_room
        self._held = ExitStack()
        self._ours = False

    def sit(self) -> None:
        """Take it. Raises Owned, and StoreFault where no lock can be written."""
        if self._ours:
            return
        self._held.enter_context(owning(self._home, WINDOW, self._make_room))
        self._ours = True

    def take(self) -> bool:
        """Whether it is ours, or becomes it now."""
        try:
            self.sit()
        except (Owned, StoreFault):
            return False
        return True

    def close(self) -> None:
        """Leave it."""
        self._held.close()
