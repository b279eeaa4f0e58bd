"""Evidence bytes and their rows: safe on the disk before the row, verified whenever they are read."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import select

from db.faults import StoreFault, from_os
from db.models import AttachmentRow
from db.modes import make_folder
from db.store import Store, Tx
from db.vault import Stored

_PART_AGE = timedelta(minutes=10)
_ORPHAN_AGE = timedelta(hours=24)
_FEW = 10
"""Files without a row that a broken save may leave in a store however small."""


@dataclass(frozen=True)
class Swept:
    """What a sweep put aside, and what it left alone because it was more than a crash leaves behind."""

    parts: int
    orphans: int
    left: int = 0


def put(store: Store, plain: bytes) -> Stored:
    """Make bytes safe on the disk, outside of any transaction; the row comes with `record` or `evidence.add`.

    Bytes that are already there are read back and used again. Raises StoreFault.
    """
    sha256 = hashlib.sha256(plain).hexdigest()
    with store.reading() as tx:
        row = tx.session.get(AttachmentRow, sha256)
        known = None if row is None else Stored(row.sha256, row.size, row.file_name, row.wrapped_key)
    if known is None:
        return _written(store, plain)
    try:
        store.vault.read(sha256, known.file_name, known.wrapped_key)
    except StoreFault as fault:
        if not fault.code.startswith("evidence."):
            raise
        return _written(store, plain, known.file_name)
    return known


def _written(store: Store, plain: bytes, replaces: str = "") -> Stored:
    try:
        return store.vault.write(plain, replaces)
    except StoreFault as fault:
        if fault.code != "store.full" or not store.make_room():
            raise
        return store.vault.write(plain, replaces)


def record(tx: Tx, stored: Stored) -> None:
    """Keep the key of a stored file; keeping it twice changes nothing, a replaced bad file gets the new key."""
    row = tx.session.get(AttachmentRow, stored.sha256)
    if row is None:
        tx.session.add(AttachmentRow(sha256=stored.sha256, file_name=stored.file_name,
                                     wrapped_key=stored.wrapped_key, size=stored.size))
    elif stored.replaces == row.file_name:
        row.file_name, row.wrapped_key = stored.file_name, stored.wrapped_key
    tx.session.flush()


def present(tx: Tx, sha256: str) -> bool:
    """Whether row and file are there; what is in the file, only `get` tells."""
    row = tx.session.get(AttachmentRow, sha256)
    return row is not None and (tx.vault.folder / row.file_name).is_file()


def get(tx: Tx, sha256: str) -> bytes:
    """The plain bytes, their digest checked. Raises StoreFault.

    `evidence.missing`, or `evidence.damaged`: then the file lies in quarantine and must be captured again.
    """
    row = tx.session.get(AttachmentRow, sha256)
    if row is None:
        raise StoreFault("evidence.missing", sha256[:12])
    try:
        return tx.vault.read(sha256, row.file_name, row.wrapped_key)
    except StoreFault as fault:
        if fault.code == "evidence.damaged":
            tx.vault.quarantine(row.file_name)
        raise


def sweep(store: Store, now: datetime, aside: Path) -> Swept:
    """After a crash: put into `aside` what was not finished (after ten minutes) and what has no row (after a day). Deletes nothing.

    The ages leave a second process of the same home alone in the middle of a save. Many files without a row mean that the rows are
    gone, not that a save broke off: then all stay where they are.
    """
    with store.reading() as tx:
        known = set(tx.session.exec(select(AttachmentRow.file_name)))
    try:
        ages = {path: now - datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in store.vault.files()}
        parts = [path for path, age in ages.items() if path.suffix == ".part" and age > _PART_AGE]
        orphans = [path for path, age in ages.items() if path.suffix != ".part" and path.name not in known and age > _ORPHAN_AGE]
        left = len(orphans) if len(orphans) > max(_FEW, len(known)) else 0
        for path in parts if left else (*parts, *orphans):
            make_folder(aside)
            path.replace(aside / path.name)
    except OSError as error:
        raise from_os(error) from error
    return Swept(len(parts), 0 if left else len(orphans), left)
