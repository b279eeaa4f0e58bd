"""The county's file as a value: what it may hold, and what taking it would change. Its bytes and signature: station/county_file.py."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Literal

from desktop.domain.answers import Difference, Person

SETTINGS, PEOPLE, CALENDAR = "county.toml", "people.json", "calendar/china.toml"
_NAME = re.compile(r"themes/([A-Za-z0-9][A-Za-z0-9_-]{0,63})/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\.toml"
                   r"|codes/([a-z][a-z0-9_-]{0,63})\.(?:toml|csv)")
_OF_WINDOWS = re.compile(r"(?i)con|prn|aux|nul|com[0-9]|lpt[0-9]")
"""Names of devices: no file on a PC with Windows."""


@dataclass(frozen=True)
class CountyFile:
    """One file of a county, its signature found to be that of `key` and its pieces whole."""

    serial: int
    """Goes up with each file."""
    region: str
    made_at: datetime
    key: str
    """The county's public key, 64 hexadecimal digits."""
    digest: str
    """SHA-256 of all that was signed."""
    pieces: Mapping[str, bytes] = field(repr=False)
    """Name, as it will stand in the home -> bytes. Without the people."""
    people: tuple[Person, ...] = field(repr=False)
    data: bytes = field(repr=False)
    """The whole file."""

    @property
    def fingerprint(self) -> str:
        """Of the key."""
        return fingerprint(self.key)


@dataclass(frozen=True)
class PieceChange:
    """What taking would do to one file of the home."""

    name: str
    kind: Literal["new", "changed", "same"]
    sha256: str
    notes: tuple[str, ...] = ()
    """What of a pack or calendar changes, as sentences."""


@dataclass(frozen=True)
class PersonChange:
    """What taking would do to one person."""

    login: str
    kind: Literal["new", "changed", "barred"]


@dataclass(frozen=True)
class Offer:
    """What taking the file would change here."""

    serial: int
    present: int
    """Serial of the file that was taken last; 0 = none yet."""
    region: str
    region_name: str
    made_at: datetime
    fingerprint: str
    trusted: bool
    """Whether this PC knows the key."""
    pieces: tuple[PieceChange, ...] = ()
    people: tuple[PersonChange, ...] = ()
    settings: tuple[Difference, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether anything would be otherwise."""
        return bool(self.people) or any(piece.kind != "same" for piece in self.pieces)


def may_be_named(name: str) -> bool:
    """Whether a county's file may hold a piece of this name."""
    if name in {SETTINGS, PEOPLE, CALENDAR}:
        return True
    found = _NAME.fullmatch(name)
    return found is not None and not any(_OF_WINDOWS.fullmatch(part.partition(".")[0]) for part in found.groups() if part)


def fingerprint(key: str) -> str:
    """What a person compares: `3F2A-91C0-…`, eight groups of four."""
    digest = sha256(bytes.fromhex(key)).hexdigest()[:32].upper()
    return "-".join(digest[at:at + 4] for at in range(0, 32, 4))


def same_fingerprint(typed: str, known: str) -> bool:
    """Whether somebody typed it, however grouped."""
    return re.sub(r"[\s:-]", "", typed).upper() == known.replace("-", "")
