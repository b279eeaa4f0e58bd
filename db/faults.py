"""The one exception of this room, and how SQLite's and the disk's error codes become wording codes."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2


class StoreFault(Exception):
    """The store cannot do it. `code` is a key of wording.toml; `detail` is for support and free of personal data.

    Codes: `store.none`, `store.missing`, `store.empty`, `store.behind`, `store.rewritten`, `store.foreign`, `store.full`, `store.io`,
    `store.locked`, `store.too_old`, `store.newer`, `store.older`, `store.damaged`, `store.readonly`, `store.migration`,
    `store.wrong_key`, `store.key_missing`, `store.keyring`, `store.exists`, `evidence.missing`, `evidence.damaged`, `backup.damaged`.

    A transaction that ended with a fault while committing MAY have happened (an fsync error comes after the write):
    trying again must carry the same ids and keys.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


UNWRITABLE = frozenset({"store.full", "store.readonly"})
"""The disk has no room or may not be written to: what lies there can still be read."""


class StoreLocked(StoreFault):
    """The store does not open with this key, or the key is gone. The old file is untouched."""


_SQLITE_CODES = {  # primary result codes, https://sqlite.org/rescode.html
    5: "store.locked",     # SQLITE_BUSY: another process writes for longer than the busy timeout
    6: "store.locked",     # SQLITE_LOCKED
    8: "store.readonly",   # SQLITE_READONLY
    10: "store.io",        # SQLITE_IOERR
    11: "store.damaged",   # SQLITE_CORRUPT
    13: "store.full",      # SQLITE_FULL
    14: "store.io",        # SQLITE_CANTOPEN
    26: "store.wrong_key",  # SQLITE_NOTADB: what SQLCipher says to a wrong key
}


def from_sqlite(error: BaseException) -> StoreFault | None:
    """The fault behind a driver error, or None when it is a mistake in our own code (constraint, SQL)."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, dbapi2.Error):
        return None
    code = _SQLITE_CODES.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    if code is None:
        return None
    detail = str(getattr(cause, "sqlite_errorname", ""))
    return StoreLocked(code, detail) if code == "store.wrong_key" else StoreFault(code, detail)


@contextmanager
def on_disk() -> Iterator[None]:
    """Whatever the disk refuses in here is a StoreFault."""
    try:
        yield
    except OSError as error:
        raise from_os(error) from error


def from_os(error: OSError) -> StoreFault:
    """The fault behind a failed file operation."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    readonly = error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}
    code = "store.full" if full else "store.readonly" if readonly else "store.io"
    return StoreFault(code, errno.errorcode.get(error.errno or 0, "OSError"))
