"""The encrypted case store: opening it, its transactions, closing it. What is in it: the modules beside this one.

One SQLCipher file in WAL mode with synchronous=FULL. Writing is one connection behind a lock, every transaction
begins with BEGIN IMMEDIATE (several threads and processes may use it); reading has its own query-only connections.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
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
from db.vault import Vault, fsync, fsync_folder

__all__ = ["DB_NAME", "Store", "StoreFault", "StoreLocked", "Tx", "connect", "connect_encrypted"]

DB_NAME = "cases.db"
"""What the store's file is called in a home."""

OLDEST_SQLITE = (3, 51, 3)
"""3.7.0-3.51.2 can lose committed rows in the WAL-reset race (sqlite.org/wal.html#walresetbug)."""

KEY_BYTES = 32
BUSY_SECONDS = 15.0
"""How long to wait for another program's write lock: longer than all migrations take on a slow disk."""
_WRITER_CACHE_KB = 65536
_READER_CACHE_KB = 16384


@dataclass(frozen=True)
class Tx:
    """One open transaction. Only the modules of this room look inside."""

    session: Session = field(repr=False)
    vault: Vault = field(repr=False)
    salt: bytes = field(repr=False)
    """For digests of personal data in the journal."""


class Store:
    """An open case store. Made by `Store.open`."""

    def __init__(self, path: Path, writer: Engine, reader: Engine, vault: Vault, key: bytes) -> None:
        self.path = path
        self.vault = vault
        self.sign_in_waits: dict[str, tuple[int, float]] = {}
        """Wrong tries and the monotonic second from which their delay runs, per user; see users.try_pin."""
        self.key = key
        self._salt = _derive(key, b"oncedesk journal digests")
        self._writer = writer
        self._reader = reader
        self._lock = threading.Lock()
        self._owner: int | None = None

    @classmethod
    def open(cls, path: Path, key: bytes) -> "Store":
        """Open the store, make it when there is none, and bring an older one up to date.

        `key` is 32 raw bytes. Raises StoreLocked (wrong key; the file stays as it is) or StoreFault.
        """
        _check_library(dbapi2.sqlite_version_info)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = _make_private(path)
        except OSError as error:
            raise from_os(error) from error
        writer = _engine(lambda: connect_encrypted(path, key, _WRITER_CACHE_KB), "BEGIN IMMEDIATE", size=1)
        try:
            with _faults():
                schema.bring_up_to_date(
                    writer, None if fresh else lambda name: _copy_beside(path, key, f"before-{name}.db"))
        except BaseException:
            writer.dispose()
            raise
        reader = _engine(lambda: _connect_reader(path, key), "BEGIN", size=4)
        vault = Vault(path.parent / "attachments", _derive(key, b"oncedesk attachments"))
        return cls(path, writer, reader, vault, key)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """BEGIN IMMEDIATE … COMMIT; leaving with an exception rolls back. One at a time, whatever the thread.

        Raises StoreFault; when it is raised by the commit itself the work MAY have been kept (see faults.py).
        """
        if self._owner == threading.get_ident():
            raise RuntimeError("this thread is already inside a transaction: hand its tx on instead")
        with self._lock:
            self._owner = threading.get_ident()
            try:
                with _faults(), Session(self._writer) as session, session.begin():
                    # The write lock is taken now, not at the first statement: what is read inside stays true.
                    session.connection()
                    yield Tx(session, self.vault, self._salt)
            finally:
                self._owner = None

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
        """Close all connections; the last one folds the WAL back into the file."""
        with self._lock:
            self._reader.dispose()
            self._writer.dispose()


def connect(path: Path) -> "dbapi2.Connection":
    """A bare connection without a key, transactions in our own hands."""
    return dbapi2.connect(str(path), isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)


def connect_encrypted(path: Path, key: bytes, cache_kb: int = _READER_CACHE_KB) -> "dbapi2.Connection":
    """A connection with the key and our settings; raises StoreLocked before anything is written."""
    if len(key) != KEY_BYTES:
        raise ValueError("a store key has 32 bytes")
    connection = connect(path)
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


def _connect_reader(path: Path, key: bytes) -> "dbapi2.Connection":
    connection = connect_encrypted(path, key)
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


def _make_private(path: Path) -> bool:
    """Make the empty file readable by us only (WAL and SHM inherit its mode); True when the store is new."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return path.stat().st_size == 0
    return True


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
