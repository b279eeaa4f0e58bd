"""A small office for tests of signing in and of people: a real store, a PC whose clock, uptime and disk a test moves."""

import ctypes
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from db import journal
from db.store import Store, StoreFault
from desktop.app import open_workplace
from desktop.flows.desk import Desk
from desktop.flows.people import People
from desktop.flows.sign_in import Refused, SignIn, SignInRefused
from desktop.flows.views import Session
from desktop.settings import Settings
from desktop.station.clock import Clock
from tests.homes import NOW

ADMIN, CLERK, SECOND = ("admin", "708152"), ("lin", "274913"), ("hu", "580936")
WRONG = "951332"


class Pc:
    """Time as it is, the clock that may be set wrong, and the uptime."""

    def __init__(self) -> None:
        self.time = 5_000.0
        self.started = 0.0
        self.set_wrong_by = timedelta()

    def wall(self) -> datetime:
        return NOW + timedelta(seconds=self.time) + self.set_wrong_by

    def uptime(self) -> float:
        return self.time - self.started

    def start_anew(self, off: float = 20.0) -> None:
        """Off and on again."""
        self.time += off
        self.started = self.time - 5.0


class Office:
    """One administrator, a second one and a clerk."""

    def __init__(self, desk: Desk, pc: Pc) -> None:
        self.pc = pc
        self.paused: list[float] = []
        self.desk = desk
        self.sign_in = SignIn(desk, self.paused.append)
        self.people = People(desk)

    def restart(self) -> None:
        """The program is ended and started again."""
        self.desk.store.close()
        self._take(Store.open(self.desk.store.path, self.desk.store.key))

    def kill(self) -> None:
        """The program is gone without a word; what it committed lies on the disk."""
        self._take(Store.open(self.desk.store.path, self.desk.store.key))

    def _take(self, store: Store) -> None:
        clock = Clock(self.pc.wall, lambda day: day, self.pc.uptime)
        with store.reading() as tx:
            if (newest := journal.row(tx, journal.head(tx)[0])) is not None:
                clock.stand_on(newest.at)
        self.desk = replace(self.desk, store=store, time=clock)
        self.sign_in, self.people = SignIn(self.desk, self.paused.append), People(self.desk)

    def enter(self, login: str, pin: str) -> Session | SignInRefused:
        try:
            return self.sign_in.enter(login, pin)
        except SignInRefused as refused:
            return refused

    def session(self, who: tuple[str, str]) -> Session:
        return self.sign_in.enter(*who)

    def rows(self, since: int = 0) -> list[tuple[str, dict[str, Any]]]:
        """(what, detail) of the journal after row `since`; who did it stands under `who`."""
        with self.desk.store.reading() as tx:
            return [(row.what, json.loads(row.detail) | {"who": row.who}) for row in journal.rows_from(tx, since + 1)]

    def count(self) -> int:
        """How many rows the journal has."""
        with self.desk.store.reading() as tx:
            return journal.head(tx)[0]

    def user_id(self, login: str) -> str:
        return {ADMIN[0]: "u-1", SECOND[0]: "u-2", CLERK[0]: "u-3"}[login]

    @contextmanager
    def disk(self, how: str) -> Iterator[None]:
        """While inside the disk is `full` or `readonly`, told by SQLite itself."""
        store = self.desk.store
        with store.transaction() as tx:
            pages = tx.session.connection().execute(text("PRAGMA page_count")).scalar_one()
            driver = tx.session.connection().connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA query_only = ON" if how == "readonly" else f"PRAGMA max_page_count = {pages}")
        while _takes(store, f"store.{how}"):
            pass
        try:
            yield
        finally:
            driver.execute("PRAGMA query_only = OFF")
            driver.execute("PRAGMA max_page_count = 4294967294")


def make(home: Path) -> None:
    """An administrator u-1, a second one u-2, a clerk u-3."""
    numbers = iter(range(1, 4))
    with open_workplace(Settings(home=home, keyring=False), lambda: NOW, begin=True) as place:
        sign_in = SignIn(replace(place.desk, new_id=lambda: f"u-{next(numbers)}"))
        admin = sign_in.add_user(None, ADMIN[0], "赵启明", "administrator", ADMIN[1])
        sign_in.add_user(admin, SECOND[0], "胡一帆", "administrator", SECOND[1])
        sign_in.add_user(admin, CLERK[0], "林小满", "clerk", CLERK[1])


def opened(home: Path) -> Iterator[Office]:
    """The office on a working morning."""
    pc = Pc()
    with open_workplace(Settings(home=home, keyring=False), pc.wall, since_boot=pc.uptime) as place:
        office = Office(place.desk, pc)
        yield office
        if office.desk.store is not place.desk.store:
            office.desk.store.close()


def _takes(store: Store, code: str) -> bool:
    """Whether there is still room for a row."""
    try:
        with store.transaction() as tx:
            journal.append(tx, NOW, "system", "disk.filled")
    except StoreFault as fault:
        if fault.code != code:
            raise
        return False
    return True


@contextmanager
def only_to_be_read(folder: Path) -> Iterator[None]:
    """While inside nothing in the folder can be written, by root neither."""
    files = [folder, *folder.rglob("*")]
    modes = [path.stat().st_mode for path in files]
    for path in files:
        path.chmod(0o555 if path.is_dir() else 0o444)
    kept = _override(None)
    try:
        yield
    finally:
        _override(kept)
        for path, mode in zip(files, modes, strict=True):
            path.chmod(mode)


def _override(effective: int | None) -> int:
    """Give this thread these capabilities, or with None take the one to write everywhere (CAP_DAC_OVERRIDE, 1); what it had."""
    libc = ctypes.CDLL(None, use_errno=True)
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    if libc.capget(header, data):
        raise OSError(ctypes.get_errno(), "capget")
    had = int(data[0])
    data[0] = had & ~(1 << 1) if effective is None else effective
    if libc.capset(header, data):
        raise OSError(ctypes.get_errno(), "capset")
    return had


def refused(work: Callable[[], object]) -> str:
    """The code it is refused with, empty when it is done."""
    try:
        work()
    except (Refused, StoreFault) as error:
        return error.code
    return ""
