"""Small files of the station beside the store: written whole or not at all, private, and on the disk before they are relied on."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from db.faults import from_os
from db.vault import fsync_folder


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
