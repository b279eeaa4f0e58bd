"""One desk, one owner: the locks of a home. The system lets them go when a program ends, however it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from db.faults import from_os

WINDOW = "window.lock"
"""Held by the window as long as it is open, and by what may not run beside one: a restore, a new beginning."""
SYNC = "sync.lock"
"""Held by whoever talks to the province."""


class Owned(Exception):
    """Another program holds it. `code`: `station.window_open` or `sync.running`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def owning(home: Path, what: str) -> Iterator[None]:
    """Hold one of the locks. Raises Owned, and StoreFault where the home cannot be written to."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(home / what, mode=0o600, thread_local=False)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Owned("station.window_open" if what == WINDOW else "sync.running") from error
    except OSError as error:
        raise from_os(error) from error
    try:
        yield
    finally:
        lock.release()
