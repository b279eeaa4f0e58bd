"""Small files of the station beside the store: written whole or not at all, private, and on the disk before they are relied on."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from db.faults import from_os
from db.vault import fsync_folder

_BLOCK = 1_000_000


def write_whole(path: Path, data: bytes) -> None:
    """Write or replace: temp file, fsync, rename, fsync of the folder; mode 0600. Raises StoreFault."""
    with _written(path, data) as part:
        part.replace(path)


def write_once(path: Path, data: bytes) -> None:
    """Write unless it is there: unlike a rename it never replaces what another program wrote a moment ago. Raises StoreFault."""
    with _written(path, data) as part:
        with suppress(FileExistsError):
            os.link(part, path)
        part.unlink()


def reserve(path: Path, size: int) -> None:
    """Make a file that takes `size` bytes of the disk, or none. Raises StoreFault."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
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
def _written(path: Path, data: bytes) -> Iterator[Path]:
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
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
