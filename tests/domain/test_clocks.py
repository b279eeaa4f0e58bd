"""Clocks through their front door: a pack's deadline, real answers, the shipped calendar."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.clocks import Clock, DeadlineState, deadline_state, lamp, matter_clock
from desktop.domain.codes import EMPTY
from desktop.domain.hall_time import CHINA
from desktop.domain.pack import Deadline
from desktop.domain.rules import Evaluator
from desktop.domain.working_days import Pause, add_months, add_working_days, last_of, working_days_between
from tests.domain.conftest import CALENDAR

TODAY = date(2026, 11, 23)


def clock(answers: Mapping[str, str], on: date | datetime = TODAY, **deadline: Any) -> DeadlineState:
    """The state of a made-up deadline that runs from `born`."""
    made = Deadline.model_validate({"id": "d", "text": "期限", "start": "born", "clause": "c", **deadline})
    return deadline_state(made, Evaluator(answers, CALENDAR, EMPTY, TODAY, TODAY), CALENDAR, on)


def last_day(born: str, **deadline: Any) -> str:
    found = clock({"born": born}, **deadline).last_day
    assert found is not None
    return found.isoformat()


@pytest.mark.parametrize(("born", "last"), [("2026-01-31", "2026-02-28"), ("2026-10-31", "2026-11-30"), ("2026-11-22", "2026-12-22"),
                                            ("2024-01-31", "2024-02-29")])
def test_one_month_ends_on_the_corresponding_day_or_the_months_last(born: str, last: str) -> None:
    assert last_day(born, months=1) == last


@pytest.mark.parametrize(("born", "last"), [("2026-10-01", "2026-12-30"), ("2026-10-02", "2026-12-31"), ("2026-10-03", "2027-01-01"),
                                            ("2026-12-31", "2027-03-31"), ("2026-01-31", "2026-05-01"), ("2026-11-22", "2027-02-20")])
def test_ninety_days_inclusive_take_the_birth_day_as_day_nought_unless_the_pack_counts_it(born: str, last: str) -> None:
    assert last_day(born, days=90) == last
    assert date.fromisoformat(last_day(born, days=90, first_day_counts=True)) == date.fromisoformat(last) - timedelta(days=1)


@pytest.mark.parametrize(("died", "last"), [("2026-09-24", "2026-10-08"), ("2026-11-16", "2026-11-23"), ("2026-11-14", "2026-11-23"),
                                            ("2026-02-07", "2026-02-14")])
def test_a_last_day_on_which_offices_are_closed_moves_to_the_next_working_day(died: str, last: str) -> None:
    assert last_day(died, days=7, rolls=True) == last


def test_a_moved_last_day_says_which_days_it_moved_over() -> None:
    derivation = clock({"born": "2026-09-24"}, days=7, rolls=True).derivation
    assert derivation is not None
    assert [(day.day.isoformat()[5:], day.counts, day.number) for day in derivation.days][-9:] == [
        ("09-30", True, 6), ("10-01", True, 7), ("10-02", False, 7), ("10-03", False, 7), ("10-04", False, 7), ("10-05", False, 7),
        ("10-06", False, 7), ("10-07", False, 7), ("10-08", False, 7)]
    assert derivation.days[-1].reason == "前一日国庆节放假，期满日顺延"


def test_without_rolling_a_last_day_stays_even_on_a_holiday() -> None:
    assert last_day("2026-09-24", days=7) == "2026-10-01"


def test_thirty_working_days_from_birth_give_every_day_and_its_reason() -> None:
    state = clock({"born": "2026-09-18"}, working_days=30)
    assert state.last_day == date(2026, 11, 5)
    assert state.passed
    assert state.derivation is not None
    reasons = {day.day.isoformat(): day.reason for day in state.derivation.days}
    assert reasons["2026-09-20"] == "调休上班（国庆节）"
    assert reasons["2026-10-01"] == "国庆节放假"


def test_a_start_day_that_counts_is_the_first_working_day() -> None:
    assert last_day("2026-09-18", working_days=1, first_day_counts=True) == "2026-09-18"
    assert last_day("2026-09-19", working_days=1, first_day_counts=True) == "2026-09-20"


def test_a_clock_is_past_only_after_its_last_day() -> None:
    assert not clock({"born": "2026-10-23"}, months=1).passed
    assert clock({"born": "2026-10-22"}, months=1).passed


def test_hours_run_from_the_minute_where_it_is_known() -> None:
    state = clock({"born": "2026-11-22T14:30"}, datetime(2026, 11, 23, 14, 30, tzinfo=CHINA), hours=24)
    assert state.last_minute == datetime(2026, 11, 23, 14, 30, tzinfo=CHINA)
    assert state.last_day == date(2026, 11, 23)
    assert not state.passed
    assert clock({"born": "2026-11-22T14:30"}, datetime(2026, 11, 23, 14, 31, tzinfo=CHINA), hours=24).passed
    assert not clock({"born": "2026-11-22T14:30"}, TODAY, hours=24).passed
    assert state.derivation is not None
    assert [day.reason for day in state.derivation.days] == ["14:30起算", "14:30满24小时"]


def test_hours_from_a_day_alone_end_with_the_following_day() -> None:
    state = clock({"born": "2026-11-22"}, hours=24)
    assert (state.last_day, state.last_minute, state.passed) == (date(2026, 11, 23), None, False)


def test_three_hours_may_end_on_the_day_they_began() -> None:
    state = clock({"born": "2026-11-22T09:05"}, hours=3)
    assert state.last_minute == datetime(2026, 11, 22, 12, 5, tzinfo=CHINA)
    assert state.passed


@pytest.mark.parametrize("answers", [{}, {"born": "soon"}, {"born": "2026-02-30"}])
def test_a_start_that_is_not_known_gives_no_last_day(answers: dict[str, str]) -> None:
    state = clock(answers, days=7)
    assert (state.last_day, state.passed, state.derivation, state.provisional) == (None, False, None, False)


def test_a_clock_with_a_condition_runs_only_when_it_holds() -> None:
    born = {"born": "2020-01-01"}
    assert clock({**born, "abnormal": "true"}, days=7, when="abnormal").passed
    for answers, runs in (({**born, "abnormal": "false"}, False), (born, None)):
        state = clock(answers, days=7, when="abnormal")
        assert (state.runs, state.last_day, state.passed) == (runs, None, False)


def test_a_clock_that_reaches_into_a_year_not_yet_published_says_so() -> None:
    assert clock({"born": "2026-11-23"}, working_days=30).provisional
    assert clock({"born": "2026-10-03"}, days=90, rolls=True).provisional
    assert not clock({"born": "2026-10-03"}, days=90).provisional, "calendar days lean on no table"


def test_a_year_before_the_calendar_gives_no_guess_in_working_days_and_an_unsure_day_in_calendar_days() -> None:
    assert clock({"born": "2020-01-01"}, working_days=30).last_day is None
    state = clock({"born": "2020-01-01"}, days=90, rolls=True)
    assert (state.last_day, state.provisional) == (date(2020, 3, 31), True)


def test_a_year_after_the_calendar_is_counted_by_weekends_and_fixed_holidays_and_said_to_be_provisional() -> None:
    state = clock({"born": "2031-01-01"}, working_days=30)
    assert (state.last_day, state.provisional) == (date(2031, 2, 12), True)


@pytest.mark.parametrize("counts", [{"days": 7}, {"months": 1}, {"hours": 24}, {"working_days": 3}, {"days": 1, "rolls": True}])
@pytest.mark.parametrize("born", ["9999-12-31", "0001-01-01", "9999-12-31T23:59"])
def test_a_start_at_the_ends_of_the_calendar_upsets_no_clock(born: str, counts: dict[str, Any]) -> None:
    assert clock({"born": born}, first_day_counts=True, **counts).start is not None


STARTS = st.dates(date(2024, 1, 1), date(2026, 8, 1))
COUNTS = st.one_of(st.fixed_dictionaries({"days": st.integers(1, 120)}), st.fixed_dictionaries({"months": st.integers(1, 4)}),
                   st.fixed_dictionaries({"working_days": st.integers(1, 60)}), st.fixed_dictionaries({"hours": st.integers(1, 96)}))


@given(STARTS, COUNTS, st.booleans(), st.booleans())
def test_every_derivation_is_unbroken_and_ends_on_the_last_day(start: date, counts: dict[str, Any], first: bool, rolls: bool) -> None:
    state = clock({"born": start.isoformat()}, first_day_counts=first, rolls=rolls, **counts)
    assert state.derivation is not None
    days = [day.day for day in state.derivation.days]
    assert state.derivation.due == state.last_day == days[-1]
    assert all(after - before == timedelta(days=1) for before, after in pairwise(days))
    if rolls and "hours" not in counts:
        assert CALENDAR.is_working_day(days[-1])
    if "days" in counts and not rolls:
        assert days[-1] == start + timedelta(days=counts["days"] - first)
        assert state.derivation.days[-1].number == counts["days"]
    if "months" in counts and not (rolls or first):
        assert days[-1] == add_months(start, counts["months"])


# --- a matter's own promise ---------------------------------------------------------------------------------------------

def test_a_matter_that_reaches_its_department_on_a_closed_day_starts_on_the_next_working_day() -> None:
    assert matter_clock(date(2026, 10, 3), 1, CALENDAR).due == date(2026, 10, 9)
    assert matter_clock(date(2026, 10, 8), 1, CALENDAR).due == date(2026, 10, 9)


def test_a_paused_matter_is_told_with_its_reason_and_due_later() -> None:
    pause = Pause(date(2026, 11, 25), date(2026, 11, 26), "等待公安户籍核查")
    found = matter_clock(date(2026, 11, 23), 3, CALENDAR, [pause])
    assert found.due == date(2026, 11, 30)
    assert [(day.day.day, day.number, day.reason) for day in found.days] == [
        (24, 1, "工作日"), (25, 1, "暂停：等待公安户籍核查"), (26, 1, "暂停：等待公安户籍核查"), (27, 2, "工作日"), (28, 2, "周末"),
        (29, 2, "周末"), (30, 3, "工作日")]


def test_a_matter_that_stands_still_has_no_due_date_but_tells_what_was_counted() -> None:
    pause = Pause(date(2026, 11, 25), None, "特别程序")
    found = matter_clock(date(2026, 11, 23), 3, CALENDAR, [pause])
    assert (found.due, found.pause, [day.day.day for day in found.days]) == (None, pause, [24])


def test_a_pause_that_begins_after_the_promise_was_kept_changes_nothing() -> None:
    assert matter_clock(date(2026, 11, 23), 1, CALENDAR, [Pause(date(2026, 11, 25), None, "特别程序")]) == matter_clock(
        date(2026, 11, 23), 1, CALENDAR)


PAUSES = st.lists(st.builds(lambda first, length: Pause(first, first + timedelta(days=length), "特别程序"),
                            st.dates(date(2025, 1, 1), date(2025, 6, 1)), st.integers(0, 20)), max_size=4)
ACCEPTED = st.dates(date(2025, 1, 1), date(2025, 6, 1))


@given(ACCEPTED, st.integers(1, 30), PAUSES)
def test_pauses_only_ever_move_a_due_date_later(accepted: date, n: int, pauses: list[Pause]) -> None:
    plain, paused = matter_clock(accepted, n, CALENDAR), matter_clock(accepted, n, CALENDAR, pauses)
    assert plain.due is not None
    assert paused.due is not None
    assert paused.due >= plain.due
    assert sum(day.counts for day in paused.days) == n
    assert matter_clock(accepted, n, CALENDAR, [*pauses, *pauses[:1]]) == paused, "a day paused twice is paused once"


@given(ACCEPTED, st.integers(1, 30), st.integers(0, 29), st.integers(0, 20))
def test_a_pause_that_begins_in_time_adds_exactly_its_working_days(accepted: date, n: int, after: int, length: int) -> None:
    first = last_of(accepted, min(after, n - 1) + 1, CALENDAR)
    pause = Pause(first, first + timedelta(days=length), "特别程序")
    stood = working_days_between(first - timedelta(days=1), first + timedelta(days=length), CALENDAR)
    assert add_working_days(accepted, n, CALENDAR, [pause]).due == last_of(accepted, n + stood, CALENDAR)


@pytest.mark.parametrize(("today", "colour"), [("2026-11-27", "green"), ("2026-11-26", "green"), ("2026-11-30", "yellow"),
                                               ("2026-12-01", "yellow"), ("2026-12-02", "red"), ("2026-11-29", "green")])
def test_the_lamp_turns_yellow_with_one_working_day_left_and_red_when_overdue(today: str, colour: str) -> None:
    assert lamp(date(2026, 12, 1), date.fromisoformat(today), CALENDAR) == colour


def test_a_weekend_before_the_due_date_leaves_no_working_day_more() -> None:
    assert lamp(date(2026, 11, 30), date(2026, 11, 27), CALENDAR) == "yellow"
    assert lamp(date(2026, 11, 30), date(2026, 11, 26), CALENDAR) == "green"


def test_a_promise_that_reaches_into_2027_is_provisional() -> None:
    found = matter_clock(date(2026, 12, 30), 3, CALENDAR)
    assert isinstance(found, Clock)
    assert found.provisional
