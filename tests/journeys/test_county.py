"""Five windows of one county and the province: no number is given out twice, offline or online, through restarts and restores.

The numbers are given out as acceptance does, in the transaction that makes the case, over real stores on firm ground; the province is
the stand-in. The same walk without the window's code in the numbers is the control.
"""

import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from db import backup, cases, identity, journal, numbers, outbox
from db.records import CaseRecord
from db.store import Tx
from desktop.domain.hall_time import day_of, local
from desktop.domain.snapshot import CaseSnapshot, SnapshotMatter
from desktop.station.clock import Clock
from desktop.station.ground import firm_ground
from desktop.station.restore import restore
from desktop.station.sign_on import SignOn
from desktop.station.slips import Slip
from desktop.sync.loop import Loop
from desktop.sync.platform_client import PlatformClient, PlatformError
from desktop.sync.puller import Puller
from desktop.sync.sender import Sender
from tests.sandbox.process import TOKEN, Sandbox

COUNTY, LETTERS, PREFIX = "130529", "XS", "示一件事受"
CODES = ("001", "003", "012", "205", "999")
MORNING = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
Numbers = tuple[str, str]
"""Of the case and of its acceptance notice."""
GivesOut = Callable[[Tx, date, str], Numbers]


def with_the_window_in_them(tx: Tx, day: date, code: str) -> Numbers:
    """As flows/accept does."""
    return numbers.next_case_number(tx, COUNTY, LETTERS, day, code), numbers.next_document_number(tx, PREFIX, day.year, code)


def by_serial_alone(tx: Tx, day: date, _: str) -> Numbers:
    """The control: the numbering of before, each store for itself."""
    case, document = with_the_window_in_them(tx, day, "000")
    tail = f"{day:%Y%m%d}{case[19:24]}"
    return f"{COUNTY}{LETTERS}{tail}{numbers.check_digit(COUNTY + tail)}", f"{PREFIX}〔{day.year}〕{int(document[-8:-2]):05d}号"


def _no_slips(_: object) -> Sequence[Slip]:
    raise AssertionError("the home has its key")


class Window:
    """One PC: its home, its clock, what it gave to families. Open until it is closed; may be opened again."""

    def __init__(self, home: Path, code: str, url: str, chance: random.Random, gives_out: GivesOut) -> None:
        self.home, self.code, self.now = home, code, MORNING
        self.given: list[Numbers] = []
        self._url, self._chance, self._gives_out = url, chance, gives_out
        self._opened = ExitStack()
        self._copy: Path | None = None
        self.open()

    def open(self) -> None:
        clock = Clock(lambda: self.now, lambda day: day, self.now.timestamp)
        self.store = self._opened.enter_context(firm_ground(self.home, clock, use_keyring=False, begin=True)).store
        client = self._opened.enter_context(closing(PlatformClient(self._url, f"terminal-{self.code}", TOKEN)))
        self.terminal = SignOn(self.home, self.store, clock.now, terminal_id=f"terminal-{self.code}", window_code=self.code, region=COUNTY,
                               version="0")
        self.sender = Sender(self.store, client, clock.now, self._chance)
        puller = Puller(self.store, client, clock.now, lambda *_: ())
        self.loop = Loop(self.store, client, self.terminal, self.sender, puller, clock.now)

    def close(self) -> None:
        self._opened.close()

    def restart(self) -> None:
        self.close()
        self.open()

    def accept(self) -> None:
        """One family, some minutes after the one before; the hall opens again on the next morning."""
        self.now += timedelta(seconds=self._chance.randint(150, 900))
        if local(self.now).hour >= 17:
            self.now = datetime.combine(self.now.date() + timedelta(days=1), MORNING.timetz())
        uuid_ = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        with self.store.transaction() as tx:
            case, document = self._gives_out(tx, day_of(self.now), self.code)
            cases.create(tx, CaseRecord(
                case_uuid=uuid_, theme_id="hebei-newborn", theme_version="2023", status="accepted", revision=1, created_at=self.now,
                updated_at=self.now, created_by="u1", window=self.code, case_number=case, document_number=document, accepted_at=self.now))
            snapshot = CaseSnapshot(
                case_uuid=uuid_, revision=1, case_number=case, document_number=document, theme_id="hebei-newborn", theme_version="2023",
                theme_title="新生儿", region=COUNTY, window=self.code, clerk="u1", applicant_name="林晓月",
                applicant_number="130529199503150020", applicant_phone="13900000000", accepted_at=self.now, due_date=self.now.date(),
                answers=(), matters=(SnapshotMatter(id="m_hukou", name="户口登记", department="公安部门", prerequisites=()),), evidence=(),
                signed_digest="0" * 64)
            outbox.put(tx, case_uuid=uuid_, revision=1, idempotency_key=f"{uuid_}:1", body=snapshot.model_dump_json(), now=self.now)
            journal.append(tx, self.now, "u1", "case.accepted", uuid_, {"case_number": case})
        self.given.append((case, document))

    def connect(self) -> str:
        """Sign on and send all there is; why it ended early, "" when it did not."""
        try:
            self.loop.connect()
        except PlatformError as error:
            return error.code
        while (done := self.sender.round()).sent or done.refused:
            pass
        return done.halted

    def back_up(self) -> None:
        self._copy = self.home.with_suffix(".zip")
        backup.make(self.store, self._copy, self.now)

    def restore(self, *, leaps: bool = True) -> bool:
        """The disk lost what came after the backup, if there is one. As `oncedesk backup restore` does it, on the same PC."""
        if self._copy is None:
            return False
        self.close()
        aside = self.home.with_name(f"{self.home.name}-aside-{len(list(self.home.parent.iterdir()))}")
        aside.mkdir()
        for name in ("cases.db", "cases.db-wal", "cases.db-shm", "attachments", "store.witness"):
            if (self.home / name).exists():
                (self.home / name).rename(aside / name)
        self.now += timedelta(minutes=self._chance.randint(3, 90))
        restore(self._copy, self.home, _no_slips, Clock(lambda: self.now, lambda day: day), use_keyring=False)
        self.open()
        if not leaps:
            with self.store.transaction() as tx:
                identity.leap_numbers(tx, date(2000, 1, 1), 0)
        return True

    def states(self) -> Counter[str]:
        with self.store.reading() as tx:
            return Counter(outbox.counts(tx))


@contextmanager
def county(folder: Path, chance: random.Random, gives_out: GivesOut) -> Iterator[tuple[Sandbox, list[Window]]]:
    with Sandbox(folder / "province", delay=10_000) as province, ExitStack() as opened:
        windows = [Window(folder / f"window-{code}", code, province.url, chance, gives_out) for code in CODES]
        for window in windows:
            opened.callback(window.close)
        yield province, windows


def walk(province: Sandbox, windows: list[Window], chance: random.Random, acceptances: int) -> Counter[str]:
    """So many acceptances at the windows, in bouts, with all that may come between; what came how often."""
    came = Counter[str]()
    while came["accepted"] < acceptances:
        window = chance.choice(windows)
        for _ in range(min(chance.randint(1, 15), acceptances - came["accepted"])):
            window.accept()
            came["accepted"] += 1
        what = chance.choices(("online", "offline", "restart", "backup", "restore", "province away"), (8, 5, 2, 2, 2, 1))[0]
        came[what] += 1
        match what:
            case "online":
                window.connect()
            case "restart":
                window.restart()
            case "backup":
                window.back_up()
            case "restore":
                came["restored"] += window.restore()
            case "province away":
                province.kill()
                came[window.connect()] += 1
                province.start()
            case _:
                pass
    for window in windows:
        window.connect()
    return came


def equal(given: list[str]) -> list[str]:
    return [number for number, count in Counter(given).items() if count > 1]


def no_number_is_given_twice(folder: Path, seed: int, acceptances: int) -> None:
    chance = random.Random(seed)
    with county(folder, chance, with_the_window_in_them) as (province, windows):
        came = walk(province, windows, chance, acceptances)
        given = [both for window in windows for both in window.given]
        assert len(given) == acceptances
        assert (equal([case for case, _ in given]), equal([document for _, document in given])) == ([], [])
        assert all(numbers.is_case_number(case) for case, _ in given)
        # All that the stores still hold is with the province, and it took every number.
        assert [window.states()["waiting"] + window.states()["refused"] for window in windows] == [0] * len(windows)
        assert equal([str(case["case_number"]) for case in province.cases()["cases"]]) == []
        assert all(came[what] for what in ("online", "offline", "restart", "restored", "province away", "platform.unreachable")), came


@pytest.mark.timeout(600)
def test_a_thousand_acceptances_in_one_county_have_a_thousand_numbers(tmp_path: Path) -> None:
    no_number_is_given_twice(tmp_path, 9, 1000)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(8))
def test_ten_thousand_acceptances_in_one_county_have_ten_thousand_numbers(tmp_path: Path, seed: int) -> None:
    no_number_is_given_twice(tmp_path, seed, 10_000)


def test_the_control_numbers_by_serial_alone_and_the_province_refuses_the_second_of_each(tmp_path: Path) -> None:
    chance = random.Random(9)
    with county(tmp_path, chance, by_serial_alone) as (province, windows):
        walk(province, windows, chance, 60)
        given = [both for window in windows for both in window.given]
        assert len(equal([case for case, _ in given])) > 5
        assert len(equal([document for _, document in given])) > 5
        refused = sum((window.states() for window in windows), Counter[str]())["refused"]
        assert refused > 5


@pytest.mark.parametrize("leaps", [True, False])
def test_the_control_restores_without_a_leap_and_families_hold_the_same_number(tmp_path: Path, leaps: bool) -> None:
    chance = random.Random(9)
    with county(tmp_path, chance, with_the_window_in_them) as (_, [window, *_others]):
        window.accept()
        window.back_up()
        for _ in range(3):
            window.accept()
        window.restore(leaps=leaps)
        for _ in range(3):
            window.accept()
        assert len(equal([case for case, _ in window.given])) == (0 if leaps else 3)
        assert len(equal([document for _, document in window.given])) == (0 if leaps else 3)
