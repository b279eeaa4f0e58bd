"""Where the store's key lives: the system's keyring when there is a real one, else a file of mode 0600 in the home.

`store.key` in the home says which: 64 hexadecimal characters are the key itself, `keyring:<id>` its name there.
Honestly: the key file protects a database that was copied alone; it does not protect a folder or a disk that was
copied whole. Only the keyring (bound to the system account) does that. The key is never printed and never logged.
"""

import contextlib
import os
import re
import secrets
from pathlib import Path

import keyring
from keyring.errors import KeyringError

from db.faults import StoreFault, StoreLocked, from_os
from db.vault import fsync, fsync_folder

KEY_FILE = "store.key"
_SERVICE = "oncedesk"
_KEYRING_NOTE = re.compile(r"keyring:([0-9a-f]{32})")
_KEY = re.compile(r"[0-9a-f]{64}")


def load_or_create_key(home: Path, use_keyring: bool = True) -> bytes:
    """The 32-byte key of a home; made at its first start, never where a database already lies.

    Raises StoreLocked: `store.key_missing` when the database is there and its key is not, `store.keyring` when the
    keyring does not answer.
    """
    note = home / KEY_FILE
    try:
        kept = note.read_text("ascii").strip()
    except FileNotFoundError:
        if any(path.stat().st_size for path in home.glob("*.db")):
            raise StoreLocked("store.key_missing") from None
        return install_key(home, secrets.token_bytes(32), use_keyring=use_keyring)
    except OSError as error:
        raise from_os(error) from error
    except UnicodeDecodeError as error:
        raise StoreLocked("store.key_missing") from error
    if _KEY.fullmatch(kept):
        return bytes.fromhex(kept)
    if found := _KEYRING_NOTE.fullmatch(kept):
        return _from_keyring(found[1])
    raise StoreLocked("store.key_missing")


def install_key(home: Path, key: bytes, *, use_keyring: bool = True) -> bytes:
    """Keep this key for a home that has none, e.g. after a restore. Returns the key that is kept.

    When two programs start at once the first one's key wins. Raises StoreFault.
    """
    note_text = key.hex()
    if use_keyring and _real_keyring():
        name = secrets.token_hex(16)
        try:
            keyring.set_password(_SERVICE, name, key.hex())
        except KeyringError as error:
            raise StoreLocked("store.keyring") from error
        if _from_keyring(name) != key:
            raise StoreLocked("store.keyring")
        note_text = f"keyring:{name}"
    part = home / f"{KEY_FILE}.{secrets.token_hex(4)}.part"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(note_text)
        fsync(part)
        with contextlib.suppress(FileExistsError):
            os.link(part, home / KEY_FILE)  # unlike a rename it never replaces a key that is already there
        part.unlink()
        fsync_folder(home)
    except OSError as error:
        raise from_os(error) from error
    return load_or_create_key(home, use_keyring)


def key_place(home: Path) -> str:
    """`keyring`, `file` or `none`: for `doctor`, which tells what that protects against."""
    try:
        kept = (home / KEY_FILE).read_text("ascii").strip()
    except FileNotFoundError:
        return "none"
    except OSError as error:
        raise from_os(error) from error
    return "keyring" if kept.startswith("keyring:") else "file"


def _from_keyring(name: str) -> bytes:
    try:
        kept = keyring.get_password(_SERVICE, name)
    except KeyringError as error:
        raise StoreLocked("store.keyring") from error
    if kept is None:
        raise StoreLocked("store.key_missing")
    if not _KEY.fullmatch(kept):
        raise StoreFault("store.keyring")
    return bytes.fromhex(kept)


def _real_keyring() -> bool:
    """Windows, macOS, Secret Service and KWallet score 4 and more; missing, null and plain-text ones below 1."""
    return bool(keyring.get_keyring().priority >= 1)
