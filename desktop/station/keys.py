"""Where the store's key lives: the system's keyring when there is a real one, else a file of mode 0600 in the home.

`store.key` in the home says which: 64 hexadecimal characters are the key itself, `keyring:<id>` its name there.
Honestly: the key file protects a database that was copied alone; it does not protect a folder or a disk that was
copied whole. Only the keyring (bound to the system account) does that. The key is never printed and never logged.
"""

import re
import secrets
from pathlib import Path

import keyring
from keyring.errors import KeyringError

from db.faults import StoreFault, StoreLocked, from_os
from desktop.station.files import write_once

KEY_FILE = "store.key"
_SERVICE = "oncedesk"
_KEYRING_NOTE = re.compile(r"keyring:([0-9a-f]{32})")
_KEY = re.compile(r"[0-9a-f]{64}")


def load_key(home: Path) -> bytes | None:
    """The 32-byte key of a home's store; None when the home has none.

    Raises StoreLocked: `store.key_missing` when what should hold it does not, `store.keyring` when the keyring does not answer.
    """
    try:
        kept = (home / KEY_FILE).read_text("ascii").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise from_os(error) from error
    except UnicodeDecodeError as error:
        raise StoreLocked("store.key_missing") from error
    if _KEY.fullmatch(kept):
        return bytes.fromhex(kept)
    if found := _KEYRING_NOTE.fullmatch(kept):
        return _from_keyring(found[1])
    raise StoreLocked("store.key_missing")


def make_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(32)


def keep_key(home: Path, key: bytes, *, ring: bool) -> bytes:
    """Keep this key for a home that has none, in the key ring or as a file. Raises StoreFault.

    Returns the key that is kept: of two programs that start at once the first one's.
    """
    note = key.hex()
    if ring:
        name = secrets.token_hex(16)
        try:
            keyring.set_password(_SERVICE, name, key.hex())
        except KeyringError as error:
            raise StoreLocked("store.keyring") from error
        if _from_keyring(name) != key:
            raise StoreLocked("store.keyring")
        note = f"keyring:{name}"
    write_once(home / KEY_FILE, note.encode())
    kept = load_key(home)
    assert kept is not None, "just written"
    return kept


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


def real_keyring() -> bool:
    """Windows, macOS, Secret Service and KWallet score 4 and more; missing, null and plain-text ones below 1."""
    return bool(keyring.get_keyring().priority >= 1)
