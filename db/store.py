"""The encrypted case store: opening it, its transactions, closing it. What is in it: the modules beside this one.

One SQLCipher file in WAL mode with synchronous=FULL. Writing is one connection behind a lock, every transaction
begins with BEGIN IMMEDIATE (several threads and processes may use it); reading has its own query-only connections.
Opening never makes a store and deletes nothing: `create` does the first, and whether it may is the station's to say.
"""

import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2
from sqlmodel import Session

from db import schema
from db.faults import StoreFault, StoreLocked, from_os, from_sqlite
from db.records import JournalRecord
from db.vault import Vault, fsync, fsync_folder

__all__ = ["DB_NAME", "Store", "StoreFault", "StoreLocked", "Tx", "connect", "connect_encrypted"]

_log = logging.getLogger(__name__)

DB_NAME = "cases.db"
"""What the store's file is called in a home."""

OLDEST_SQLITE = (3, 51, 3)
"""3.7.0-3.51.2 can lose committed rows in the WAL-reset race (sqlite.org/wal.html#walresetbug)."""

KEY_BYTES = 32
BUSY_SECONDS = 15.0
"""How long to wait for another program's write lock: longer than all migrations take on a slow disk."""
_BESIDE_BYTES = 65536
"""What SQLite needs beside a file to open it: the index of its WAL has 32 KiB."""
_WRITER_CACHE_KB = 65536
_READER_CACHE_KB = 16384


@dataclass(frozen=True)
class Tx:
    """One open transaction. Only the modules of this room look inside."""

    session: Session = field(repr=False)
    vault: Vault = field(repr=False)
    salt: bytes = field(repr=False)
    """For digests of personal data in the journal."""
    journalled: list[JournalRecord] = field(default_factory=list, repr=False)
    """Rows this transaction added to the journal, oldest first."""


class Store:
    """An open case store. Made by `Store.open`."""

    def __init__(self, path: Path, writer: Engine | None, reader: Engine, vault: Vault, key: bytes,
                 readonly: StoreFault | None = None) -> None:
        self.path = path
        self.readonly = readonly
        """Why nothing can be written (a full or read-only disk); None when it can."""
        self.journalled: Callable[[JournalRecord], None] = lambda _: None
        """Told of the newest row after each commit that wrote one; must not raise."""
        self.vault = vault
        self.key = key
        self._salt = _derive(key, b"oncedesk journal digests")
        self._writer = writer
        self._reader = reader
        self._closing = ExitStack()
        self._owed: list[Callable[[Tx], object]] = []
        self._lock = threading.Lock()
        self._owner: int | None = None

    @classmethod
    def create(cls, path: Path, key: bytes) -> "Store":
        """Make the store, or finish making it; one that is there already is opened. Raises what `open` raises."""
        _check_library(dbapi2.sqlite_version_info)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make_private(path)
        except OSError as error:
            raise from_os(error) from error
        return cls._opened(path, key)

    @classmethod
    def open(cls, path: Path, key: bytes) -> "Store":
        """Open the store and bring an older one up to date; where nothing can be written, to read only.

        `key` is 32 raw bytes. Raises StoreLocked (wrong key; the file stays as it is) or StoreFault: `store.missing`,
        `store.empty`, and what the disk or the file has.
        """
        _check_library(dbapi2.sqlite_version_info)
        try:
            if not path.stat().st_size:
                raise StoreFault("store.empty")
        except FileNotFoundError as error:
            raise StoreFault("store.missing") from error
        except OSError as error:
            raise from_os(error) from error
        try:
            return cls._opened(path, key)
        except StoreFault as fault:
            if (why := _unwritable(path.parent, fault)) is None:
                raise
            return cls._opened_to_read(path, key, why)

    @classmethod
    def _opened(cls, path: Path, key: bytes) -> "Store":
        fresh = path.stat().st_size == 0
        writer = _engine(lambda: connect_encrypted(path, key, _WRITER_CACHE_KB), "BEGIN IMMEDIATE", size=1)
        try:
            with _faults():
                schema.bring_up_to_date(
                    writer, None if fresh else lambda name: _copy_beside(path, key, f"before-{name}.db"))
        except BaseException:
            writer.dispose()
            raise
        reader = _engine(lambda: _connect_reader(path, key), "BEGIN", size=4)
        return cls(path, writer, reader, _vault_of(path, key), key)

    @classmethod
    def _opened_to_read(cls, path: Path, key: bytes, why: StoreFault) -> "Store":
        """Without a WAL the file itself as it lies; with one a copy of both elsewhere, for SQLite would have to write beside them."""
        with ExitStack() as kept:
            wal, there = path.with_name(path.name + "-wal"), path
            try:
                if wal.exists() and wal.stat().st_size:
                    there = Path(kept.enter_context(tempfile.TemporaryDirectory())) / path.name
                    shutil.copyfile(path, there)
                    shutil.copyfile(wal, there.with_name(wal.name))
            except OSError as error:
                raise from_os(error) from error
            reader = _engine(lambda: _connect_reader(there, key, lies_still=there == path), "BEGIN", size=4)
            try:
                with _faults():
                    schema.must_be_current(reader)
            except BaseException:
                reader.dispose()
                raise
            store = cls(path, None, reader, _vault_of(path, key), key, why)
            store._closing = kept.pop_all()
            return store

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """BEGIN IMMEDIATE … COMMIT; leaving with an exception rolls back. One at a time, whatever the thread.

        Raises StoreFault; when it is raised by the commit itself the work MAY have been kept (see faults.py).
        """
        if self._owner == threading.get_ident():
            raise RuntimeError("this thread is already inside a transaction: hand its tx on instead")
        if self._writer is None:
            assert self.readonly is not None, "there is a reason why nothing can be written"
            raise StoreFault(self.readonly.code, self.readonly.detail)
        with self._lock:
            self._owner = threading.get_ident()
            try:
                with _faults(), Session(self._writer) as session, session.begin():
                    # The write lock is taken now, not at the first statement: what is read inside stays true.
                    session.connection()
                    tx = Tx(session, self.vault, self._salt)
                    owed = tuple(self._owed)
                    for write in owed:
                        write(tx)
                    yield tx
                del self._owed[:len(owed)]
                if tx.journalled:
                    self.journalled(tx.journalled[-1])
            finally:
                self._owner = None

    def owe(self, write: Callable[[Tx], object]) -> None:
        """Do this first in the next transaction: for a row that tells what was done while the disk took none.

        Kept in memory until a transaction has kept it. It must not fail, or nothing can be written any more.
        """
        self._owed.append(write)

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """A consistent look at what is committed; writing raises StoreFault(`store.readonly`)."""
        with _faults(), Session(self._reader) as session, session.begin():
            yield Tx(session, self.vault, self._salt)

    def copy_to(self, path: Path) -> None:
        """Copy the database, still encrypted with the same key, to a new file by the backup API, and fsync it."""
        with _faults():
            _copy(self.path, self.key, path)

    def damages(self) -> tuple[str, ...]:
        """What SQLite and SQLCipher find wrong with the file's pages; seconds on a large store. Empty = sound."""
        with _faults(), closing(connect_encrypted(self.path, self.key)) as connection:
            broken_pages = tuple(row[0] for row in connection.execute("PRAGMA cipher_integrity_check"))
            # Over broken pages quick_check would raise instead of telling.
            return broken_pages or tuple(row[0] for row in connection.execute("PRAGMA quick_check") if row[0] != "ok")

    def close(self) -> None:
        """Close all connections; the last one folds the WAL back into the file. What is owed gets its last chance."""
        if self._owed:
            with suppress(StoreFault), self.transaction():
                pass
        if self._owed:
            _log.warning("%d rows are lost: there was no disk to take them", len(self._owed))
        with self._lock:
            self._reader.dispose()
            if self._writer is not None:
                self._writer.dispose()
            self._closing.close()

    def derived(self, purpose: bytes) -> bytes:
        """A 32-byte key of its own for one purpose outside the database, from the store's key (HKDF-SHA256)."""
        return _derive(self.key, purpose)


def connect(path: Path, *, lies_still: bool = False) -> "dbapi2.Connection":
    """A bare connection without a key, transactions in our own hands.

    `lies_still`: nobody can write to the file, so SQLite needs no locks and no files beside it (sqlite.org/uri.html#uriimmutable).
    """
    where = f"{path.absolute().as_uri()}?mode=ro&immutable=1" if lies_still else str(path)
    return dbapi2.connect(where, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS, uri=lies_still)


def connect_encrypted(path: Path, key: bytes, cache_kb: int = _READER_CACHE_KB, *, lies_still: bool = False) -> "dbapi2.Connection":
    """A connection with the key and our settings; raises StoreLocked before anything is written."""
    if len(key) != KEY_BYTES:
        raise ValueError("a store key has 32 bytes")
    connection = connect(path, lies_still=lies_still)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to stderr
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for setting in (f"busy_timeout = {int(BUSY_SECONDS * 1000)}", "journal_mode = WAL", "synchronous = FULL",
                        "foreign_keys = ON", "temp_store = MEMORY", "secure_delete = ON", f"cache_size = -{cache_kb}",
                        "recursive_triggers = ON"):  # else INSERT OR REPLACE would slip past the append-only triggers
            connection.execute(f"PRAGMA {setting}")
    except dbapi2.Error as error:
        connection.close()
        raise from_sqlite(error) or error from error
    return connection


def _connect_reader(path: Path, key: bytes, *, lies_still: bool = False) -> "dbapi2.Connection":
    connection = connect_encrypted(path, key, lies_still=lies_still)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _engine(creator: "Callable[[], dbapi2.Connection]", begin: str, size: int) -> Engine:
    engine = create_engine("sqlite://", creator=creator, module=dbapi2, poolclass=QueuePool, pool_size=size,
                           max_overflow=0 if size == 1 else 8, hide_parameters=True)

    # With the driver's own transactions DDL would commit by itself and a killed migration would be half done.
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, dbapi2.Error) as error:
        fault = from_sqlite(error)
        if fault is None:
            raise
        raise fault from error


def _check_library(version: tuple[int, ...]) -> None:
    if version < OLDEST_SQLITE:
        raise StoreFault("store.too_old", ".".join(map(str, version)))


def _make_private(path: Path) -> None:
    """Make the empty file readable by us only (WAL and SHM inherit its mode), unless it is there."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _unwritable(folder: Path, fault: StoreFault) -> StoreFault | None:
    """What keeps this folder from being written to, when that is what the fault comes from.

    SQLite says CANTOPEN or IOERR where the disk says why, so the disk is asked.
    """
    if fault.code not in {"store.full", "store.readonly", "store.io"}:
        return None
    probe = folder / f".probe-{os.getpid()}"
    try:
        with probe.open("wb") as file:
            file.write(bytes(_BESIDE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        found = from_os(error)
        return None if found.code == "store.io" else found
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
    return None


def _vault_of(path: Path, key: bytes) -> Vault:
    return Vault(path.parent / "attachments", _derive(key, b"oncedesk attachments"))


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(key)


def _copy_beside(path: Path, key: bytes, name: str) -> None:
    folder = path.parent / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    _copy(path, key, folder / name)


def _copy(path: Path, key: bytes, to: Path) -> None:
    part = to.with_name(to.name + ".part")
    try:
        part.unlink(missing_ok=True)
        _make_private(part)
        source, target = connect_encrypted(path, key), connect(part)
        try:
            target.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            source.backup(target)
        finally:
            target.close()
            source.close()
        fsync(part)
        part.replace(to)
        fsync_folder(to.parent)
    except OSError as error:
        raise from_os(error) from error
