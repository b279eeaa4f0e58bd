"""A small home on firm ground: a store with one person, one piece of evidence and some rows; and its slips."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from db import attachments, journal, users
from db.records import UserRecord
from desktop.station.backups import Backups, Schedule
from desktop.station.clock import Clock
from desktop.station.ground import Ground, firm_ground
from desktop.station.recovery import Ask, Recovery, SlipSet
from desktop.station.slips import Slip, read_slip

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""A Monday morning in the hall."""
PAGE = b"a page" * 1000


class SystemKeyring(KeyringBackend):
    """A keyring of the system as the keyring package sees one: of one account, on one PC."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def system() -> Iterator[SystemKeyring]:
    """This account's ring."""
    before, system = keyring.get_keyring(), SystemKeyring()
    keyring.set_keyring(system)
    yield system
    keyring.set_keyring(before)


def clock_at(at: datetime = NOW) -> Clock:
    """A PC's clock that stands; every day is worked."""
    return Clock(lambda: at, lambda day: day, lambda: 0.0)


def no_slips(_: object) -> tuple[Slip, ...]:
    """Nobody is asked."""
    raise AssertionError("no slips are needed here")


@dataclass
class Home:
    """A home whose key lies in a file."""

    path: Path
    slips: list[str] = field(default_factory=list)

    def ground(self, at: datetime = NOW, *, begin: bool = False) -> AbstractContextManager[Ground]:
        """Open it."""
        return firm_ground(self.path, clock_at(at), use_keyring=False, begin=begin)

    def fill(self) -> "Home":
        """A first run, somebody, a page, and slips with their people."""
        with self.ground(begin=True) as ground:
            stored = attachments.put(ground.store, PAGE)
            with ground.store.transaction() as tx:
                users.add(tx, UserRecord(user_id="u1", login="admin", name="管理员", role="administrator"), "314159")
                attachments.record(tx, stored)
                journal.append(tx, NOW, "u1", "user.added")
            recovery = Recovery(self.path, ground.store.key)
            _, words = recovery.share_out(NOW)
            self.slips[:] = words
            recovery.hand_out([each.split()[-1] for each in words])
        return self

    def back_up(self, to: Path, at: datetime = NOW) -> Path:
        """A backup that somebody asked for."""
        with self.ground(at) as ground:
            Backups(self.path, ground.store, Schedule(None, 4, 14), "003", clock_at(at)).make(to, "u1")
        return to

    def rows(self, at: datetime = NOW) -> list[str]:
        """What its journal holds, read on firm ground."""
        with self.ground(at) as ground, ground.store.reading() as tx:
            assert journal.verify(tx) is None
            return [row.what for row in journal.rows_from(tx, 1)]

    def ask(self, *which: int) -> Ask:
        """Has these two people come, the first is 0."""
        def ask(sets: Sequence[SlipSet]) -> Sequence[Slip]:
            assert sets
            return [read_slip(self.slips[person]) for person in which]

        return ask


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Filled."""
    return Home(tmp_path / "home").fill()


@pytest.fixture
def new_home(tmp_path: Path) -> Home:
    """The bare new PC's."""
    return Home(tmp_path / "new")


def listing(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with what it holds."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
