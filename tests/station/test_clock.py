"""What this PC's clock is believed, and when somebody is asked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.hall_time import CHINA, day_of
from desktop.domain.trusted_time import ClockDoubted
from desktop.domain.working_days import next_working_day
from desktop.shelf import RESOURCES, read_calendar
from desktop.station.clock import Clock

CALENDAR = read_calendar(RESOURCES / "calendar")
FRIDAY = datetime(2026, 11, 27, 17, 0, tzinfo=CHINA)


class Pc:
    """A PC whose clock can be set and which can be left alone."""

    def __init__(self, wall: datetime) -> None:
        self.wall, self.up = wall, 1000.0
        self.clock = Clock(lambda: self.wall.astimezone(UTC), lambda day: next_working_day(day, CALENDAR), lambda: self.up)

    def pass_by(self, step: timedelta) -> None:
        """Time goes by, switched on."""
        self.wall += step
        self.up += step.total_seconds()

    def off_until(self, wall: datetime) -> None:
        """Switched off; what the clock shows when it comes up again."""
        floor = self.clock.now()
        self.wall, self.up = wall, 30.0
        self.clock = Clock(lambda: self.wall.astimezone(UTC), lambda day: next_working_day(day, CALENDAR), lambda: self.up)
        self.clock.stand_on(floor)


@pytest.fixture
def pc() -> Pc:
    made = Pc(FRIDAY)
    made.clock.stand_on(FRIDAY.astimezone(UTC))
    return made


def kind(pc: Pc) -> tuple[str, bool] | None:
    doubt = pc.clock.doubt()
    return None if doubt is None else (doubt.kind, doubt.supervisor)


def test_five_minutes_back_are_the_time_servers_and_more_is_asked(pc: Pc) -> None:
    pc.wall -= timedelta(minutes=5)
    assert kind(pc) is None
    assert pc.clock.now() == FRIDAY, "it never goes back"
    pc.wall -= timedelta(seconds=1)
    assert kind(pc) == ("back", False)


def test_a_day_back_takes_a_supervisor(pc: Pc) -> None:
    pc.wall -= timedelta(days=1)
    assert kind(pc) == ("back", True)


@pytest.mark.parametrize(("back_on", "asked"), [("2026-11-30", None), ("2026-12-01", None), ("2026-12-02", ("ahead", False)),
                                                ("2026-12-12", ("ahead", False)), ("2026-12-13", ("ahead", True)),
                                                ("2031-01-01", ("ahead", True))])
def test_ahead_is_asked_past_the_day_after_the_next_working_day_and_past_fifteen_days_of_a_supervisor(
        pc: Pc, back_on: str, asked: tuple[str, bool] | None) -> None:
    pc.off_until(datetime.combine(date.fromisoformat(back_on), datetime.min.time(), CHINA) + timedelta(hours=8))
    assert kind(pc) == asked


def test_forty_weekends_and_a_spring_festival_offline_call_nobody(pc: Pc) -> None:
    pc.wall = datetime(2025, 11, 28, 17, 0, tzinfo=CHINA)
    pc.clock = Clock(lambda: pc.wall.astimezone(UTC), lambda day: next_working_day(day, CALENDAR), lambda: pc.up)
    pc.clock.stand_on(pc.wall.astimezone(UTC))
    closings = 0
    for number in range(300):
        day = next_working_day(day_of(pc.wall) + timedelta(days=1), CALENDAR)
        closings += (day - day_of(pc.wall)).days > 2
        pc.off_until(datetime.combine(day, datetime.min.time(), CHINA) + timedelta(hours=8))
        assert pc.clock.doubt() is None, day
        assert day_of(pc.clock.sure()) == day
        pc.pass_by(timedelta(hours=9))
        pc.clock.stand_on(pc.clock.sure())
        assert number < 300
    assert closings >= 40


def test_a_window_left_on_over_any_holiday_is_still_believed_without_a_row(pc: Pc) -> None:
    assert pc.clock.doubt() is None
    pc.pass_by(timedelta(days=20))
    assert pc.clock.doubt() is None
    assert pc.clock.sure() == pc.wall


def test_a_clock_set_while_the_window_is_open_is_noticed(pc: Pc) -> None:
    assert pc.clock.sure() == FRIDAY
    pc.pass_by(timedelta(hours=1))
    assert pc.clock.doubt() is None
    pc.wall += timedelta(days=1500)
    with pytest.raises(ClockDoubted) as doubted:
        pc.clock.sure()
    assert doubted.value.code == "clock.ahead"


def test_while_it_is_in_doubt_time_goes_on_from_the_floor_with_the_uptime(pc: Pc) -> None:
    pc.off_until(datetime(2031, 1, 1, tzinfo=CHINA))
    first = pc.clock.now()
    pc.pass_by(timedelta(minutes=3))
    assert pc.clock.now() - first == timedelta(minutes=3)
    assert day_of(pc.clock.now()) == day_of(FRIDAY)


def test_the_province_confirms_a_clock_and_never_moves_it(pc: Pc) -> None:
    pc.off_until(datetime(2027, 1, 20, 8, tzinfo=CHINA))
    pc.clock.province_says((pc.wall + timedelta(minutes=3)).astimezone(UTC))
    assert pc.clock.sure() == pc.wall
    pc.wall -= timedelta(minutes=10)
    assert kind(pc) is not None, "what the province confirmed is not this"
    pc.off_until(datetime(2027, 3, 20, 8, tzinfo=CHINA))
    pc.clock.province_says(datetime(2036, 1, 1, tzinfo=UTC))
    assert kind(pc) == ("ahead", True), "a province with a wrong clock confirms nothing"


def test_after_a_person_confirmed_it_is_believed_also_back_from_a_future_that_never_was(pc: Pc) -> None:
    future = datetime(2031, 1, 1, 9, tzinfo=CHINA)
    pc.off_until(future)
    pc.clock.stand_on(pc.clock.confirmed())
    assert day_of(pc.clock.sure()) == date(2031, 1, 1)
    pc.off_until(FRIDAY + timedelta(days=3))
    assert kind(pc) == ("back", True)
    pc.clock.stand_on(pc.clock.confirmed())
    assert pc.clock.sure() == pc.wall
    pc.pass_by(timedelta(hours=1))
    assert pc.clock.sure() == pc.wall


STEPS = st.lists(st.tuples(st.sampled_from(["on", "off", "set"]), st.floats(-4000, 4000)), min_size=1, max_size=30)


@given(STEPS)
def test_now_never_goes_back_and_no_doubted_time_is_ever_given_for_sure(steps: list[tuple[str, float]]) -> None:
    pc = Pc(FRIDAY)
    pc.clock.stand_on(FRIDAY.astimezone(UTC))
    before = pc.clock.now()
    for how, hours in steps:
        if how == "on":
            pc.pass_by(timedelta(hours=abs(hours)))
        elif how == "off":
            pc.off_until(pc.wall + timedelta(hours=hours))
        else:
            pc.wall += timedelta(hours=hours)
        now = pc.clock.now()
        assert now >= before
        pc.clock.stand_on(before := now)
        if pc.clock.doubt() is None:
            assert abs(pc.clock.sure() - pc.wall) <= timedelta(minutes=5)
        else:
            with pytest.raises(ClockDoubted):
                pc.clock.sure()
