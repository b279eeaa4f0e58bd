"""One desk, one owner: the locks of a home. The system lets them go when a program ends, however it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from db.faults import from_os
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
def owning(home: Path, what: str) -> Iterator[None]:
    """Hold one of the locks. Raises Owned, and StoreFault where the home cannot be written to."""
    try:
        make_folder(home)
        lock = FileLock(home / what, mode=file_mode(home), thread_local=False)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Owned("station.window_open" if what == WINDOW else "sync.running" if what == SYNC else "backup.running") from error
    except OSError as error:
        raise from_os(error) from error
    try:
        yield
    finally:
        lock.release()
