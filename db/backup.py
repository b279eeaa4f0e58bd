"""Backups: one ZIP of the database and the evidence files, all still encrypted with the store's key, and a manifest.

The key is not in it: keep it elsewhere, or the backup opens for nobody.
"""

import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import func, select

from db import attachments, journal
from db.faults import StoreFault, from_os
from db.models import AttachmentRow, CaseRow
from db.store import DB_NAME, Store, connect_encrypted
from db.vault import fsync, fsync_folder

_MANIFEST = "manifest.json"
_ENTRY = re.compile(r"cases\.db|attachments/[0-9a-f]{64}\.[0-9a-f]{8}")


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds. `missing` are digests of evidence whose file was not there any more."""

    path: str
    size: int
    cases: int
    attachments: int
    journal_count: int
    journal_head: str
    missing: tuple[str, ...] = ()


def make(store: Store, out: Path, now: datetime) -> BackupReport:
    """Write a backup of an open store while it goes on being used. Raises StoreFault; `out` is whole or not there."""
    part = out.with_name(out.name + ".part")
    with _disk(), tempfile.TemporaryDirectory(dir=out.parent) as folder:
        copy = Path(folder) / DB_NAME
        store.copy_to(copy)
        # The files of every row in the copy are older than the copy, and files never change.
        with closing(Store.open(copy, store.key)) as copied:
            report, names = _look(copied, out)
        files, missing = {DB_NAME: copy}, []
        for name in names:
            path = store.vault.folder / name
            if path.is_file():
                files[f"attachments/{name}"] = path
            else:
                missing.append(name.partition(".")[0])
        manifest = {"format": 1, "made_at": now.isoformat(), "cases": report.cases, "missing": missing,
                    "journal": {"count": report.journal_count, "head": report.journal_head},
                    "files": {name: _sha256(path) for name, path in files.items()}}
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
            for name, path in files.items():
                archive.write(path, name)
            archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
        fsync(part)
        part.replace(out)
        fsync_folder(out.parent)
        return BackupReport(**{**vars(report), "size": out.stat().st_size, "missing": tuple(missing)})


def check(path: Path, key: bytes) -> BackupReport:
    """Unpack a backup aside and look at everything: pages, journal, each evidence file's digest.

    Raises StoreFault(`backup.damaged`) or StoreLocked when it is another store's key.
    """
    with _disk(), tempfile.TemporaryDirectory(dir=path.parent) as folder:
        return _unpack(path, key, Path(folder))


def restore(path: Path, key: bytes, home: Path) -> BackupReport:
    """Unpack a backup into a home without a store, check it, and only then let it be the store.

    The key must be kept beside it with `keys.install_key`. Raises StoreFault (`store.exists`, `backup.damaged`).
    """
    with _disk():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (home / DB_NAME).exists() or (home / "attachments").exists():
            raise StoreFault("store.exists")
        with tempfile.TemporaryDirectory(dir=home) as folder:
            report = _unpack(path, key, Path(folder))
            if (Path(folder) / "attachments").exists():
                (Path(folder) / "attachments").replace(home / "attachments")
            fsync(Path(folder) / DB_NAME)
            (Path(folder) / DB_NAME).replace(home / DB_NAME)  # last: without it there is no store
            fsync_folder(home)
        return report


def _unpack(path: Path, key: bytes, folder: Path) -> BackupReport:
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            if manifest["format"] != 1 or set(manifest["files"]) != set(archive.namelist()) - {_MANIFEST}:
                raise StoreFault("backup.damaged", "manifest")
            for name, digest in manifest["files"].items():
                if not _ENTRY.fullmatch(name):
                    raise StoreFault("backup.damaged", "entry")
                (folder / name).parent.mkdir(exist_ok=True, mode=0o700)
                with archive.open(name) as packed, (folder / name).open("wb") as file:
                    shutil.copyfileobj(packed, file)
                fsync(folder / name)
                if _sha256(folder / name) != digest:
                    raise StoreFault("backup.damaged", name[:24])
        expected = (manifest["journal"]["count"], manifest["journal"]["head"])
        missing = frozenset(manifest["missing"])
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise StoreFault("backup.damaged", type(error).__name__) from error
    with closing(connect_encrypted(folder / DB_NAME, key)) as connection:
        if connection.execute("PRAGMA cipher_integrity_check").fetchall() or \
                connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise StoreFault("backup.damaged", "pages")
    with closing(Store.open(folder / DB_NAME, key)) as store:
        report, names = _look(store, path)
        with store.reading() as tx:
            if journal.verify(tx, [expected]) is not None:
                raise StoreFault("backup.damaged", "journal")
        lost = []
        for name in names:
            sha256 = name.partition(".")[0]
            try:
                with store.reading() as tx:
                    attachments.get(tx, sha256)
            except StoreFault as fault:
                if fault.code != "evidence.missing" or sha256 not in missing:
                    raise StoreFault("backup.damaged", sha256[:12]) from fault
                lost.append(sha256)
    return BackupReport(**{**vars(report), "missing": tuple(lost)})


def _look(store: Store, path: Path) -> tuple[BackupReport, list[str]]:
    with store.reading() as tx:
        count, head = journal.head(tx)
        names = list(tx.session.exec(select(AttachmentRow.file_name).order_by(AttachmentRow.file_name)))
        made = tx.session.exec(select(func.count()).select_from(CaseRow)).one()
    size = path.stat().st_size if path.exists() else 0
    return BackupReport(str(path), size, made, len(names), count, head), names


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise from_os(error) from error
