"""The store's witness: what is known of it outside the database, so that an older or another file in its place shows.

A file of two slots, written in turn after each commit that added to the journal, without fsync: the commit itself is on the disk
by then, so the witness is at most behind, never ahead. Each slot carries a MAC by a key derived from the store's. Where there is a
key ring, a note in it, written at each opening and closing, outlives even the home.
"""

import hmac
import json
import logging
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import keyring
from keyring.errors import KeyringError

from db.faults import from_os
from db.modes import new_file
from desktop.station.files import remove

_log = logging.getLogger(__name__)

FILE = "store.witness"
_SERVICE = "oncedesk"
_MAC, _SLOT = 64, 1024
"""Bytes. Two writers of neighbouring rows use different slots, and a torn slot fails its MAC."""
PURPOSE = b"oncedesk witness"
"""What the MAC's key is derived for."""


@dataclass(frozen=True)
class Testimony:
    """What the witness last saw."""

    store_id: str
    count: int
    """Rows of the journal."""
    head: str
    """Digest of the last one."""
    schema: str
    at: datetime
    """Time of the last row."""

    def text(self) -> str:
        """As it is kept."""
        return json.dumps({**asdict(self), "at": self.at.isoformat()}, sort_keys=True)


def note_of(home: Path) -> Testimony | None:
    """What the key ring remembers of the store of this home; None also when it does not answer."""
    try:
        return next(iter(_read(keyring.get_password(_SERVICE, _name_of(home)) or "")), None)
    except KeyringError:
        _log.warning("the key ring says nothing of the store", exc_info=True)
        return None


def keep_note(home: Path, seen: Testimony | None) -> None:
    """Have the key ring remember it; None = forget, another store takes this one's place."""
    try:
        if seen is not None:
            keyring.set_password(_SERVICE, _name_of(home), seen.text())
        elif keyring.get_password(_SERVICE, _name_of(home)) is not None:
            keyring.delete_password(_SERVICE, _name_of(home))
    except KeyringError:
        _log.warning("the key ring keeps no note of the store", exc_info=True)


def _name_of(home: Path) -> str:
    return f"witness:{sha256(str(home.resolve()).encode()).hexdigest()[:32]}"


def claim(home: Path) -> Testimony | None:
    """What the newest slot says, proved or not; None when there is none. For a store that does not open any more. Raises StoreFault."""
    return max((one for _, content in _slots_of(home / FILE) for one in _read(content)), key=lambda one: one.count, default=None)


def testimony_of(text: str) -> Testimony | None:
    """What `Testimony.text` wrote; None when it is none."""
    return next(iter(_read(text)), None)


class Witness:
    """The file beside the store."""

    def __init__(self, home: Path, key: bytes) -> None:
        self._path = home / FILE
        self._key = key

    def testimony(self) -> Testimony | None:
        """The newest slot whose MAC holds; None when there is none. Raises StoreFault when the file cannot be read."""
        found = [one for mac, content in _slots_of(self._path) if hmac.compare_digest(mac, self._mac(content)) for one in _read(content)]
        return max(found, key=lambda one: one.count, default=None)

    def claims(self) -> frozenset[str]:
        """The stores its slots speak of, whether their MAC holds or not: with another store's key it does not. Raises StoreFault."""
        return frozenset(one.store_id for _, content in _slots_of(self._path) for one in _read(content))

    def note(self, seen: Testimony) -> None:
        """Keep what was seen. Raises StoreFault."""
        content = seen.text().encode()
        slot = self._mac(content) + content
        assert len(slot) <= _SLOT, "ids, a count and a digest"
        try:
            with suppress(FileExistsError):
                os.close(new_file(self._path))
            handle = os.open(self._path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
            try:
                os.lseek(handle, seen.count % 2 * _SLOT, os.SEEK_SET)
                os.write(handle, slot.ljust(_SLOT))
            finally:
                os.close(handle)
        except OSError as error:
            raise from_os(error) from error

    def start_anew(self) -> None:
        """Empty both slots: another store takes this one's place. Raises StoreFault."""
        remove(self._path)

    def _mac(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, sha256).hex().encode()


def _slots_of(path: Path) -> list[tuple[bytes, bytes]]:
    """MAC and content of each."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise from_os(error) from error
    return [(data[place:place + _MAC], data[place + _MAC:place + _SLOT].rstrip()) for place in range(0, len(data), _SLOT)]


def _read(text: str | bytes) -> list[Testimony]:
    """One, or none when it is no testimony."""
    try:
        table = json.loads(text)
        seen = Testimony(**{**table, "at": datetime.fromisoformat(table["at"])})
        return [seen] if seen.at.tzinfo is not None and isinstance(seen.count, int) else []
    except (ValueError, TypeError, KeyError):
        return []
