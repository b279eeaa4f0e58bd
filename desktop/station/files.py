"""Small files of the station beside the store: written whole or not at all, private, and on the disk before they are relied on."""

import itertools
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from db.faults import from_os
from db.modes import make_folder, new_file
from db.vault import fsync_folder

_BLOCK = 1_000_000


def write_whole(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write or replace: temp file, fsync, rename, fsync of the folder; `mode` None = the folder's. Raises StoreFault."""
    with _written(path, data, mode) as part:
        part.replace(path)


def write_once(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write unless it is there: unlike a rename it never replaces what another program wrote a moment ago. Raises StoreFault."""
    with _written(path, data, mode) as part:
        with suppress(FileExistsError):
            os.link(part, path)
        part.unlink()


def remove(path: Path) -> None:
    """Take a marker away, for good. Raises StoreFault."""
    try:
        path.unlink(missing_ok=True)
        fsync_folder(path.parent)
    except OSError as error:
        raise from_os(error) from error


def aside_of(home: Path, at: datetime) -> Path:
    """Where what is replaced now is kept."""
    return home / "aside" / f"{at:%Y%m%dT%H%M%SZ}"


def reserve(path: Path, size: int) -> None:
    """Make a file that takes `size` bytes of the disk, or none. Raises StoreFault."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            with os.fdopen(new_file(part), "wb") as file:
                if sys.platform != "win32":
                    os.posix_fallocate(file.fileno(), 0, size)
                else:       # there it would be sparse or compressed away
                    for _ in range(0, size, _BLOCK):
                        file.write(secrets.token_bytes(_BLOCK))
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise from_os(error) from error


@contextmanager
def _written(path: Path, data: bytes, mode: int | None) -> Iterator[Path]:
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        make_folder(path.parent)
        try:
            with os.fdopen(new_file(part, mode), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield part
        except OSError:
            part.unlink(missing_ok=True)
            raise
        fsync_folder(path.parent)
    except OSError as error:
        raise from_os(error) from error


def put_aside(home: Path, names: Iterable[str], aside: Path) -> tuple[str, ...]:
    """Move what there is of these files and folders of a home to `aside`, in this order. Deletes nothing. Raises StoreFault.

    What lies there under the same name, from an earlier try that was broken off, stays; the later piece gets a number.
    """
    moved = []
    try:
        for name in names:
            if (home / name).exists():
                make_folder(aside)
                to = next(path for path in _numbered(aside / name) if not path.exists())
                (home / name).rename(to)
                moved.append(name)
        if moved:
            fsync_folder(aside)
            fsync_folder(home)
    except OSError as error:
        raise from_os(error) from error
    return tuple(moved)


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    for number in itertools.count(2):
        yield path.with_name(f"{path.name}.{number}")
