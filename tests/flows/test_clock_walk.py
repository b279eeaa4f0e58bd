"""A clock that jumps about, and the days that are closed meanwhile: every case is sealed once, in no day that nobody has reached."""

import json
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from db import cases, journal, numbers
from db.records import CaseRecord
from desktop.app import Workplace, open_workplace
from desktop.domain.hall_time import day_of
from desktop.domain.trusted_time import ClockDoubted
from desktop.domain.working_days import next_working_day
from desktop.flows.close_day import DayRefused
from desktop.flows.confirm_date import DateRefused
from desktop.flows.sign_in import NotAllowed
from desktop.flows.views import Session
from desktop.settings import Settings
from tests.homes import NOW

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass
class Wall:
    """The PC's clock and the true time beside it."""

    true: datetime = NOW
    wrong_by: timedelta = timedelta()

    def __call__(self) -> datetime:
        return self.true + self.wrong_by


@dataclass
class Hall:
    """An open window at a wall clock."""

    place: Workplace
    wall: Wall
    clerk: Session
    supervisor: Session
    sealed: dict[str, date] = field(default_factory=dict)
    """Case number -> the day it was sealed in."""

    def take_a_case(self) -> str:
        """What acceptance writes of a case into the rows a day is made of. Raises ClockDoubted."""
        desk = self.place.desk
        now = desk.time.sure()
        uuid = desk.new_id()
        with desk.store.transaction() as tx:
            number = numbers.next_case_number(tx, "130529", "XS", day_of(now), "003")
            cases.create(tx, CaseRecord(
                case_uuid=uuid, theme_id="hebei-newborn", theme_version="2023", status="accepted", revision=1, created_at=now,
                updated_at=now, created_by=self.clerk.user_id, window="3", case_number=number, accepted_at=now))
            journal.append(tx, now, self.clerk.user_id, "case.accepted", uuid, {"case_number": number})
        return number

    def close(self, day: date | None = None) -> date:
        """Close a day by two people; its cases, each of which no other day holds. Raises what the flow raises."""
        closed = self.place.flows.close_day.close(self.clerk, "zhao", "135790", day=day)
        lines = [json.loads(line) for line in Path(closed.sealed).read_text("utf-8").splitlines()]
        found = {value for line in lines for value in _numbers(line)}
        day = date.fromisoformat(Path(closed.sealed).name[4:14])
        assert not found & set(self.sealed), "a case stands in two sealed days"
        self.sealed |= dict.fromkeys(found, day)
        return day


def _numbers(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _numbers(inner)
    elif isinstance(value, str) and numbers.is_case_number(value):
        yield value


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the people of a hall."""
    home = tmp_path_factory.mktemp("staffed") / "home"
    with open_workplace(Settings(home=home, keyring=False), clock=lambda: NOW, begin=True) as place:
        admin = place.flows.sign_in.add_user(None, "admin", "管理员", "administrator", "802753")
        place.flows.sign_in.add_user(admin, "wang", "王秀兰", "clerk", "246810")
        place.flows.sign_in.add_user(admin, "zhao", "赵建国", "supervisor", "135790")
    return home


@contextmanager
def opened(home: Path, wall: Wall, people: tuple[Session, Session] | None = None, sealed: dict[str, date] | None = None) -> Iterator[Hall]:
    """A start of the program; the same people may stay signed in."""
    with open_workplace(Settings(home=home, keyring=False), clock=wall) as place:
        sign_in = place.flows.sign_in
        clerk, supervisor = people or (sign_in.enter("wang", "246810"), sign_in.enter("zhao", "135790"))
        yield Hall(place, wall, clerk, supervisor, {} if sealed is None else sealed)


@pytest.fixture
def home(staffed: Path, tmp_path: Path) -> Path:
    shutil.copytree(staffed, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def hall(home: Path) -> Iterator[Hall]:
    with opened(home, Wall()) as made:
        yield made


def test_in_the_year_2031_nothing_is_numbered_or_sealed_until_somebody_says_what_day_it_is(hall: Hall) -> None:
    hall.wall.wrong_by = timedelta(days=1600)
    for act in (hall.take_a_case, hall.close):
        with pytest.raises(ClockDoubted) as doubted:
            act()
        assert doubted.value.code == "clock.ahead"
    with pytest.raises(ClockDoubted):
        hall.place.flows.greet.start(hall.clerk, "hebei-newborn")
    hall.wall.wrong_by = timedelta()
    number = hall.take_a_case()
    hall.close()
    assert list(hall.sealed) == [number]


def test_in_the_year_2020_a_case_is_not_said_to_have_no_theme_but_the_clock_is_named(hall: Hall) -> None:
    hall.wall.wrong_by = -timedelta(days=2200)
    with pytest.raises(ClockDoubted) as doubted:
        hall.place.flows.greet.start(hall.clerk, "hebei-newborn")
    assert doubted.value.code == "clock.back"
    assert hall.place.flows.greet.themes(), "the themes of the last known day are still shown"


def test_a_clerk_confirms_a_fortnight_by_typing_the_date_and_no_more(hall: Hall) -> None:
    confirm, wall = hall.place.flows.confirm_date.confirm, hall.wall
    wall.wrong_by = timedelta(days=10)
    assert hall.place.flows.confirm_date.doubt()
    with pytest.raises(DateRefused, match=r"clock\.other_date"):
        confirm(hall.clerk, day_of(wall.true))
    confirm(hall.clerk, day_of(wall()))
    hall.take_a_case()
    wall.wrong_by = timedelta(days=40)
    with pytest.raises(NotAllowed):
        confirm(hall.clerk, day_of(wall()))
    with pytest.raises(DateRefused, match=r"clock\.no_reason"):
        confirm(hall.supervisor, day_of(wall()), " ")
    confirm(hall.supervisor, day_of(wall()), "停业一个月")
    hall.take_a_case()
    with hall.place.desk.store.reading() as tx:
        said = [row for row in journal.rows_from(tx, 1) if row.what == "clock.confirmed"]
    assert [row.who for row in said] == [hall.clerk.user_id, hall.supervisor.user_id]


def test_a_day_closed_in_a_future_that_was_confirmed_holds_its_cases_alone_when_the_clock_is_put_right(hall: Hall) -> None:
    hall.wall.wrong_by = timedelta(days=1600)
    hall.place.flows.confirm_date.confirm(hall.supervisor, day_of(hall.wall()), "以为是对的")
    first = hall.take_a_case()
    wrong_day = hall.close()
    hall.wall.wrong_by = timedelta()
    with pytest.raises(ClockDoubted, match=r"clock\.back"):
        hall.take_a_case()
    hall.place.flows.confirm_date.confirm(hall.supervisor, day_of(NOW), "日期调错了")
    second = hall.take_a_case()
    right_day = hall.close()
    assert hall.sealed == {first: wrong_day, second: right_day}


def test_a_day_that_is_closed_late_ends_where_the_next_one_began(hall: Hall) -> None:
    monday = day_of(hall.wall())
    first = hall.take_a_case()
    hall.wall.true += DAY
    second = hall.take_a_case()
    hall.close(monday)
    assert hall.sealed == {first: monday}
    hall.close()
    assert hall.sealed[second] == monday + DAY


def test_no_day_that_has_not_come_is_closed(hall: Hall) -> None:
    hall.take_a_case()
    with pytest.raises(DayRefused, match=r"day\.future"):
        hall.close(day_of(NOW) + DAY)


@pytest.mark.parametrize("seed", [1, 2])
def test_two_hundred_jumps_of_the_clock_against_a_model(home: Path, seed: int) -> None:
    """People are honest: they confirm a date that is right, and put a clock right that is not."""
    chance, wall = random.Random(seed), Wall()
    with opened(home, wall) as hall:
        people = hall.clerk, hall.supervisor
    sealed: dict[str, date] = {}
    closed: set[date] = set()
    taken: list[str] = []
    refused = asked = jumps = 0
    while jumps < 200:
        with opened(home, wall, people, sealed) as hall:
            for _ in range(60):
                what = chance.choice(["jump", "jump", "jump", "pass", "case", "case", "close", "settle"])
                if what == "jump":
                    jumps += 1
                    wall.wrong_by = chance.choice([timedelta(), timedelta(days=chance.uniform(-4000, 4000)),
                                                   timedelta(days=chance.uniform(-20, 20)), timedelta(minutes=chance.uniform(-9, 9))])
                elif what == "pass":
                    wall.true += chance.choice([MINUTE, timedelta(hours=9), DAY, 3 * DAY])
                elif what == "settle":
                    if day_of(wall()) != day_of(wall.true):
                        wall.wrong_by = timedelta()
                    asked += hall.place.flows.confirm_date.doubt() is not None
                    hall.place.flows.confirm_date.confirm(hall.supervisor, day_of(wall()), "核对过日历")
                    assert hall.place.flows.confirm_date.doubt() is None
                elif _in_doubt(hall):
                    refused += 1
                    with pytest.raises(ClockDoubted):
                        hall.take_a_case() if what == "case" else hall.close()
                elif what == "case":
                    taken.append(hall.take_a_case())
                elif (today := hall.place.desk.today()) not in closed:
                    assert abs(hall.place.desk.clock() - wall()) <= 5 * MINUTE
                    closed.add(hall.close())
                    assert today in closed
                else:
                    with pytest.raises(DayRefused, match=r"day\.already_closed"):
                        hall.close()
    assert refused > 10, "the walk must have come into doubt"
    assert asked > 5
    wall.wrong_by = timedelta()
    wall.true += DAY
    while day_of(wall()) in closed:
        wall.true += DAY
    with opened(home, wall, people, sealed) as hall:
        hall.place.flows.confirm_date.confirm(hall.supervisor, day_of(wall()), "核对过日历")
        hall.close()
    assert set(sealed) == set(taken), "every case in exactly one sealed day"


def _in_doubt(hall: Hall) -> bool:
    """The rule as it is written down, counted from the newest row of the journal; the window itself is never left on for long here."""
    with hall.place.desk.store.reading() as tx:
        newest = journal.row(tx, journal.head(tx)[0])
    assert newest is not None
    shown = hall.wall()
    return shown < newest.at - 5 * MINUTE or day_of(shown) > _ceiling(hall, newest.at)


def _ceiling(hall: Hall, floor: datetime) -> date:
    return next_working_day(day_of(floor) + DAY, hall.place.desk.calendar) + DAY
