"""Backups: one ZIP of the database and the evidence files, all still encrypted with the store's key, and a manifest.

The key itself is not in it. What the station adds: the key wrapped for the recovery slips, and the home's settings, sealed.
"""

import hashlib
import json
import secrets
import shutil
import tempfile
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import func, select

from db import archive, attachments, identity, journal
from db.faults import StoreFault, StoreLocked, on_disk
from db.models import AttachmentRow, CaseRow
from db.modes import make_folder
from db.store import DB_NAME, Store, connect_encrypted, derive
from db.vault import fsync, fsync_folder

_Manifest: TypeAlias = dict[str, Any]
_SEALED_FOR = b"oncedesk backup settings"
_NONCE_BYTES = 12
_PAGE = 4096
"""Bytes: SQLCipher 4's default."""
_SPARE = 64 * 1024 * 1024
"""Bytes of disk beside what a backup unpacks to: the database's journal, and a copy of it should its schema be older."""


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


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself. Its shape was looked at, its bytes were not: nothing of it is proved before it is unpacked."""

    path: Path
    made_at: datetime
    store_id: str
    """Empty in backups from before it was written down."""
    rows: int
    """Of the journal."""
    digest: str
    """Of the manifest: tells two backups apart."""
    recovery: bytes
    """The wrapped copies of the store's key; empty when there were none."""
    needs: int
    """Bytes of disk to unpack it."""


@dataclass(frozen=True)
class Unpacked:
    """A backup that was unpacked and found sound."""

    report: BackupReport
    beside: Mapping[str, bytes]
    """The home's settings by their names."""


def make(store: Store, out: Path, now: datetime, *, recovery: bytes = b"", beside: Mapping[str, bytes] | None = None) -> BackupReport:
    """Write a backup of an open store while it goes on being used. Raises StoreFault; `out` is whole or not there.

    What is being written ends in `.part` or `.copy`, so that after a kill nobody takes it for a backup.
    """
    part, copy = (out.with_name(out.name + ending) for ending in (".part", ".copy"))
    with on_disk():
        try:
            store.copy_to(copy)
            report, missing = _pack(store, copy, part, out, now, recovery, dict(beside or {}))
            fsync(part)
            part.replace(out)
            fsync_folder(out.parent)
        finally:
            for left in (part, *(copy.with_name(copy.name + ending) for ending in ("", "-wal", "-shm"))):
                left.unlink(missing_ok=True)
        return BackupReport(**{**vars(report), "size": out.stat().st_size, "missing": missing})


def look(path: Path) -> Contents:
    """What a file says of itself when it has the shape of a backup; asks for no key and unpacks nothing.

    Raises StoreFault: `backup.not_ours` for sizes, names or numbers no backup has (a bomb), `backup.damaged` for one cut short.
    """
    with on_disk(), _opened(path) as packed:
        manifest, text = _manifest(packed)
        total = sum(entry.file_size for entry in packed.infolist())
        recovery = packed.read(archive.RECOVERY) if archive.RECOVERY in manifest["files"] else b""
        database = packed.getinfo(DB_NAME).file_size
        return Contents(
            path=path, made_at=datetime.fromisoformat(manifest["made_at"]).astimezone(UTC), store_id=str(manifest.get("store", "")),
            rows=int(manifest["journal"]["count"]), digest=hashlib.sha256(text).hexdigest(), recovery=recovery,
            needs=total + 2 * database + _SPARE)


def must_have_room(contents: Contents, folder: Path) -> None:
    """Raises StoreFault(`backup.no_room`) unless the disk of this folder holds what the backup unpacks to."""
    with on_disk():
        there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
        if shutil.disk_usage(there).free < contents.needs:
            raise StoreFault("backup.no_room", f"{contents.needs // 1_000_000} MB")


def read_back(path: Path) -> None:
    """Read every byte of a backup that was just written and compare it with the manifest; no key. Raises StoreFault."""
    with on_disk(), _opened(path) as packed:
        for name, digest in _manifest(packed)[0]["files"].items():
            with packed.open(name) as entry:
                if _copied(entry, None) != digest:
                    raise StoreFault("backup.damaged", name[:24])


def opens_with(contents: Contents, key: bytes) -> bool:
    """Whether this is the key of the store in it: its first page alone tells. Raises StoreFault."""
    with on_disk(), _opened(contents.path) as packed, tempfile.TemporaryDirectory() as folder, packed.open(DB_NAME) as entry:
        page = Path(folder) / DB_NAME
        page.write_bytes(entry.read(_PAGE))
        try:
            connect_encrypted(page, key, lies_still=True).close()
        except StoreLocked:
            return False
        except StoreFault:
            pass        # the right key, and no second page
        return True


def unpack(contents: Contents, key: bytes, folder: Path) -> Unpacked:
    """Unpack a backup into a folder and look at everything: pages, journal, each evidence file's digest.

    Raises StoreFault (`backup.damaged`, `backup.no_room`), or StoreLocked when it is another store's key: that shows first.
    """
    must_have_room(contents, folder)
    with on_disk():
        make_folder(folder)
        with _opened(contents.path) as packed:
            manifest, text = _manifest(packed)
            if hashlib.sha256(text).hexdigest() != contents.digest:
                raise StoreFault("backup.damaged", "manifest")
            for name in sorted(manifest["files"], key=lambda name: name != DB_NAME):
                _unpack_one(packed, name, manifest["files"][name], folder)
                if name == DB_NAME:
                    connect_encrypted(folder / name, key).close()
        for made in (folder / "attachments", folder):
            if made.exists():
                fsync_folder(made)
        return Unpacked(_proved(contents.path, manifest, key, folder), _settings(folder, key))


def _pack(store: Store, copy: Path, part: Path, out: Path, now: datetime, recovery: bytes,
          beside: dict[str, bytes]) -> tuple[BackupReport, tuple[str, ...]]:
    # The files of every row in the copy are older than the copy, and files never change.
    with closing(Store.open(copy, store.key)) as copied:
        report, names = _look(copied, out)
        with copied.reading() as tx:
            store_id = identity.store_id(tx)
    files: dict[str, Path | bytes] = {DB_NAME: copy}
    missing = []
    for name in names:
        path = store.vault.folder / name
        if path.is_file():
            files[f"attachments/{name}"] = path
        else:
            missing.append(name.partition(".")[0])
    if recovery:
        files[archive.RECOVERY] = recovery
    if beside:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        plain = json.dumps({name: b64encode(content).decode() for name, content in beside.items()}).encode()
        files[archive.SETTINGS] = nonce + AESGCM(derive(store.key, _SEALED_FOR)).encrypt(nonce, plain, None)
    manifest = {"format": 1, "made_at": now.isoformat(), "store": store_id, "cases": report.cases, "missing": missing,
                "journal": {"count": report.journal_count, "head": report.journal_head},
                "files": {name: _sha256(piece) for name, piece in files.items()}}
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, strict_timestamps=False) as packed:
        for name, piece in files.items():
            if isinstance(piece, Path):
                packed.write(piece, name)
            else:
                packed.writestr(name, piece)
        packed.writestr(archive.MANIFEST, json.dumps(manifest, indent=1))
    return report, tuple(missing)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, once its directory was found to be one of ours; whatever is wrong with it while it is read is a damaged backup."""
    archive.must_be_ours(path)
    try:
        with zipfile.ZipFile(path) as packed:
            yield packed
    except (zipfile.BadZipFile, EOFError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise StoreFault("backup.damaged", type(error).__name__) from error


def _manifest(packed: zipfile.ZipFile) -> tuple[_Manifest, bytes]:
    text = packed.read(archive.MANIFEST)
    manifest = json.loads(text)
    files, missing = dict(manifest["files"]), list(manifest["missing"])
    if manifest["format"] != 1 or DB_NAME not in files or not all(isinstance(one, str) for one in (*files.values(), *missing)) or \
            sorted([archive.MANIFEST, *files]) != sorted(packed.namelist()):
        raise StoreFault("backup.damaged", "manifest")
    return manifest, text


def _unpack_one(packed: zipfile.ZipFile, name: str, digest: str, folder: Path) -> None:
    make_folder((folder / name).parent)
    with packed.open(name) as entry, (folder / name).open("wb") as file:
        found = _copied(entry, file)
    fsync(folder / name)
    if found != digest:
        raise StoreFault("backup.damaged", name[:24])


def _copied(entry: IO[bytes], to: IO[bytes] | None) -> str:
    """Copy to the end; the digest of what was copied."""
    digest = hashlib.sha256()
    while piece := entry.read(1 << 20):
        digest.update(piece)
        if to is not None:
            to.write(piece)
    return digest.hexdigest()


def _proved(path: Path, manifest: _Manifest, key: bytes, folder: Path) -> BackupReport:
    with closing(connect_encrypted(folder / DB_NAME, key)) as connection:
        if connection.execute("PRAGMA cipher_integrity_check").fetchall() or \
                connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise StoreFault("backup.damaged", "pages")
    with closing(Store.open(folder / DB_NAME, key)) as store:
        report, names = _look(store, path)
        with store.reading() as tx:
            if journal.verify(tx, [(int(manifest["journal"]["count"]), manifest["journal"]["head"])]) is not None:
                raise StoreFault("backup.damaged", "journal")
        known_missing, lost = frozenset(manifest["missing"]), []
        for name in names:
            sha256 = name.partition(".")[0]
            try:
                with store.reading() as tx:
                    attachments.get(tx, sha256)
            except StoreFault as fault:
                if fault.code != "evidence.missing" or sha256 not in known_missing:
                    raise StoreFault("backup.damaged", sha256[:12]) from fault
                lost.append(sha256)
    return BackupReport(**{**vars(report), "missing": tuple(lost)})


def _settings(folder: Path, key: bytes) -> dict[str, bytes]:
    try:
        sealed = (folder / archive.SETTINGS).read_bytes()
    except FileNotFoundError:
        return {}
    try:
        plain = AESGCM(derive(key, _SEALED_FOR)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        return {str(name): b64decode(content) for name, content in json.loads(plain).items()}
    except (InvalidTag, ValueError, AttributeError) as error:
        raise StoreFault("backup.damaged", "settings") from error


def _look(store: Store, path: Path) -> tuple[BackupReport, list[str]]:
    with store.reading() as tx:
        count, head = journal.head(tx)
        names = list(tx.session.exec(select(AttachmentRow.file_name).order_by(AttachmentRow.file_name)))
        made = tx.session.exec(select(func.count()).select_from(CaseRow)).one()
    size = path.stat().st_size if path.exists() else 0
    return BackupReport(str(path), size, made, len(names), count, head), names


def _sha256(piece: Path | bytes) -> str:
    if isinstance(piece, bytes):
        return hashlib.sha256(piece).hexdigest()
    with piece.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
