"""Where the store's key lives. Its scope is the data's: who may use the home opens its store, nobody else.

A home below a person's own folders has it in that person's key ring when there is a real one. A home of the machine never has: a
ring would shut out the other accounts. There, on Windows, it is sealed for the machine; else it is a file for those of the home.
`store.key` in the home says which: 64 hexadecimal characters are the key itself, `keyring:<id>:<account>` its name in a ring,
`machine:<hex>` the sealed key. Honestly: a key file protects a database that was copied alone; it does not protect a folder or a
disk that was copied whole. The key is never printed and never logged.
"""

import os
import re
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass
from getpass import getuser
from hashlib import sha256
from pathlib import Path

import keyring
from keyring.errors import KeyringError

from db.faults import StoreFault, StoreLocked, from_os
from db.modes import file_mode
from desktop.station.files import put_aside, write_once, write_whole

KEY_FILE = "store.key"
_SERVICE = "oncedesk"
_RING_NOTE = re.compile(r"keyring:([0-9a-f]{32})(?::([0-9a-f]{8}))?")
_SEALED = re.compile(r"machine:((?:[0-9a-f]{2})+)")
_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class _InRing:
    name: str
    account: str
    """Short hash of the account whose ring it is; empty in notes of earlier versions."""


def load_key(home: Path) -> bytes | None:
    """The 32-byte key of a home's store; None when the home has none.

    Raises StoreLocked: `store.key_missing` when what should hold it does not, `store.key_elsewhere` when another account's ring
    does, `store.keyring` when the ring does not answer, `store.key_sealed` when another PC sealed it.
    """
    kept = _kept(home)
    if kept is None:
        return None
    if (ring := _in_ring(kept)) is not None:
        return _from_ring(ring, home)
    text = _unsealed(found[1]) if (found := _SEALED.fullmatch(kept)) else kept
    if not _KEY.fullmatch(text):
        raise StoreLocked("store.key_missing")
    return bytes.fromhex(text)


def key_or_lost(home: Path) -> bytes | None:
    """As `load_key`, but None for a key that is lost. A ring that is only locked has lost nothing. Raises StoreLocked(`store.keyring`)."""
    try:
        return load_key(home)
    except StoreLocked as fault:
        if fault.code == "store.keyring" and real_keyring():
            raise
        return None


def make_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(32)


def keep_key(home: Path, key: bytes, *, ring: bool) -> bytes:
    """Keep this key for a home that has none. `ring`: what `ring_of` said. Raises StoreFault.

    Returns the key that is kept: of two programs that start at once the first one's.
    """
    note = _note_in_ring(key) if ring else _note_beside(home, key)
    write_once(home / KEY_FILE, note.encode(), _mode(home))
    kept = load_key(home)
    assert kept is not None, "just written"
    return kept


def give_back(home: Path, key: bytes, aside: Path, *, ring: bool) -> None:
    """Keep this key for a home whose own is lost or spoilt; what lay in its place goes aside. Raises StoreFault."""
    if key_or_lost(home) == key:
        return
    put_aside(home, (KEY_FILE,), aside)
    keep_key(home, key, ring=ring)


def settle(home: Path) -> None:
    """Move the key of a machine's home out of one account's ring, where an earlier version put it, to where all accounts find it.

    A kill leaves the old note or the new one, and at most the key in the ring as well. Raises what `load_key` raises, StoreFault.
    """
    ring = _in_ring(_kept(home) or "")
    if ring is None or not machine_wide(home):
        return
    key = _from_ring(ring, home)
    write_whole(home / KEY_FILE, _note_beside(home, key).encode(), _mode(home))
    if load_key(home) == key:
        with suppress(KeyringError):
            keyring.delete_password(_SERVICE, ring.name)


def ring_of(home: Path, *, wanted: bool) -> bool:
    """Whether this home's secrets belong into the account's key ring: it is wanted, there is a real one, and the home is private."""
    return wanted and real_keyring() and not machine_wide(home)


def machine_wide(home: Path) -> bool:
    """Whether a home is the machine's: not below the folders of the account that runs the program, or another account's."""
    home = home.resolve()
    getuid = getattr(os, "getuid", None)
    if getuid is not None and home.exists() and home.stat().st_uid != getuid():
        return True
    return not any(home.is_relative_to(folder) for folder in _own_folders())


def key_place(home: Path) -> str:
    """`keyring`, `machine`, `file` or `none`: for `doctor`, which tells what that protects against."""
    kept = _kept(home)
    if kept is None:
        return "none"
    return next((place for place in ("keyring", "machine") if kept.startswith(f"{place}:")), "file")


def real_keyring() -> bool:
    """Windows, macOS, Secret Service and KWallet score 4 and more; missing, null and plain-text ones below 1."""
    return bool(keyring.get_keyring().priority >= 1)


def _own_folders() -> list[Path]:
    own = [Path(folder) for folder in (os.environ.get("XDG_DATA_HOME"),) if folder]
    with suppress(RuntimeError):        # an account without a folder of its own
        own.append(Path.home())
    return [folder.resolve() for folder in own]


def _kept(home: Path) -> str | None:
    try:
        return (home / KEY_FILE).read_text("ascii").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise from_os(error) from error
    except UnicodeDecodeError as error:
        raise StoreLocked("store.key_missing") from error


def _mode(home: Path) -> int:
    """Who shares the home reads the key, and only its owner changes it."""
    return file_mode(home) & ~0o020


def _note_beside(home: Path, key: bytes) -> str:
    if sys.platform == "win32" and machine_wide(home):
        from desktop.station import dpapi

        return f"machine:{dpapi.seal(key.hex().encode()).hex()}"
    return key.hex()


def _note_in_ring(key: bytes) -> str:
    name = secrets.token_hex(16)
    try:
        keyring.set_password(_SERVICE, name, key.hex())
        kept = keyring.get_password(_SERVICE, name)
    except KeyringError as error:
        raise StoreLocked("store.keyring") from error
    if kept != key.hex():
        raise StoreLocked("store.keyring")
    return f"keyring:{name}:{_account()}"


def _in_ring(kept: str) -> _InRing | None:
    found = _RING_NOTE.fullmatch(kept)
    return None if found is None else _InRing(found[1], found[2] or "")


def _from_ring(ring: _InRing, home: Path) -> bytes:
    # A note of an earlier version names no account; in a home of the machine it is hardly the one that looks in vain.
    elsewhere = ring.account != _account() if ring.account else machine_wide(home)
    try:
        kept = keyring.get_password(_SERVICE, ring.name)
    except KeyringError as error:
        raise StoreLocked("store.key_elsewhere" if ring.account and elsewhere else "store.keyring") from error
    if kept is None:
        raise StoreLocked("store.key_elsewhere" if elsewhere else "store.key_missing")
    if not _KEY.fullmatch(kept):
        raise StoreFault("store.keyring")
    return bytes.fromhex(kept)


def _unsealed(sealed: str) -> str:
    from desktop.station import dpapi

    return dpapi.unseal(bytes.fromhex(sealed)).decode("ascii", "replace")


def _account() -> str:
    """This account in a word that names nobody."""
    getuid = getattr(os, "getuid", None)
    name = f"{os.environ.get('USERDOMAIN', '')}\\{getuser()}" if getuid is None else str(getuid())
    return sha256(name.encode()).hexdigest()[:8]
