"""Working days against the published calendars, and the vectors of the practice."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain import working_days
from desktop.domain.working_days import (
    Calendar,
    NoCalendar,
    Pause,
    Standing,
    add_months,
    add_working_days,
    due_after_acceptance,
    last_of,
    next_working_day,
    working_days_between,
)
from tests.domain import make_calendar
from tests.domain.conftest import CALENDAR, RESOURCES

VECTORS = {
    "2026-02-12": ("02-13", "02-24", "02-25", "02-26", "02-27", "03-12", "04-01"),
    "2026-02-13": ("02-14", "02-25", "02-26", "02-27", "02-28", "03-13", "04-02"),
    "2026-04-30": ("05-06", "05-08", "05-09", "05-11", "05-12", "05-26", "06-15"),
    "2026-06-18": ("06-22", "06-24", "06-25", "06-26", "06-29", "07-13", "07-31"),
    "2026-09-18": ("09-20", "09-22", "09-23", "09-24", "09-28", "10-16", "11-05"),
    "2026-09-30": ("10-08", "10-10", "10-12", "10-13", "10-14", "10-28", "11-17"),
    "2026-11-23": ("11-24", "11-26", "11-27", "11-30", "12-01", "12-15"),
}


@pytest.mark.parametrize("accepted", VECTORS)
def test_the_nth_working_day_after_acceptance(accepted: str) -> None:
    start = date.fromisoformat(accepted)
    found = [due_after_acceptance(start, n, CALENDAR).due.isoformat()[5:] for n in (1, 3, 4, 5, 6, 16, 30)]
    assert found[:len(VECTORS[accepted])] == list(VECTORS[accepted])


PUBLISHED = make_calendar.calendar(range(2004, 2027))
"""Every year chinesecalendar knows, through the script that makes the shipped table."""
EVERY_DAY = [date(2004, 1, 1) + timedelta(days=i) for i in range((date(2026, 12, 31) - date(2004, 1, 1)).days + 1)]


def test_every_day_from_2004_to_2026_is_worked_when_the_published_calendar_says_so() -> None:
    assert [day for day in EVERY_DAY if PUBLISHED.is_working_day(day) != chinese_calendar.is_workday(day)] == []
    assert [day for day in EVERY_DAY if day.year >= 2024 and CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day)] == []
    assert not any(CALENDAR.provisional(day) for day in EVERY_DAY if day.year >= 2024)


@pytest.mark.parametrize(("n", "step"), [(1, 1), (6, 2), (30, 13)])
def test_due_dates_all_over_the_years_are_those_the_published_calendar_counts(n: int, step: int) -> None:
    known = [day for day in EVERY_DAY[::step] if day < date(2026, 11, 10)]
    wrong = [day for day in known
             if last_of(next_working_day(day, PUBLISHED), n, PUBLISHED) != chinese_calendar.find_workday(n, day)]
    assert wrong == []


def test_counting_from_every_day_agrees_with_the_published_calendars_list() -> None:
    wrong = [day for day in EVERY_DAY[:-12] if working_days_between(day, day + timedelta(days=9), PUBLISHED)
             != len(chinese_calendar.get_workdays(day + timedelta(days=1), day + timedelta(days=9)))]
    assert wrong == []


def test_the_shipped_table_is_what_its_script_makes() -> None:
    assert (RESOURCES / "calendar/china.toml").read_text("utf-8") == make_calendar.text()


def test_a_derivation_names_every_day_and_why_it_counts() -> None:
    derivation = add_working_days(date(2026, 2, 13), 3, CALENDAR)
    reasons = {day.day.isoformat(): (day.counts, day.reason) for day in derivation.days}
    assert reasons["2026-02-14"] == (True, "调休上班（春节）")
    assert reasons["2026-02-17"] == (False, "春节放假")
    assert derivation.days[-1].number == 3
    assert not derivation.provisional


def test_thirty_days_that_reach_into_2027_are_provisional() -> None:
    derivation = add_working_days(date(2026, 11, 23), 30, CALENDAR)
    assert derivation.provisional
    assert derivation.due == date(2027, 1, 5)     # New Year's Day is closed by law
    assert {day.provisional for day in derivation.days if day.day.year == 2026} == {False}


def test_acceptance_on_a_closed_day_counts_as_the_next_working_day() -> None:
    assert due_after_acceptance(date(2026, 2, 15), 1, CALENDAR) == due_after_acceptance(date(2026, 2, 24), 1, CALENDAR)


def test_a_year_before_the_table_is_no_guess() -> None:
    with pytest.raises(NoCalendar):
        add_working_days(date(2023, 12, 20), 5, CALENDAR)


def test_after_the_end_of_the_table_counting_goes_on_by_weekends_and_fixed_holidays_marked_provisional() -> None:
    derivation = add_working_days(date(2027, 12, 30), 3, CALENDAR)
    assert derivation.due == date(2028, 1, 4)
    assert [(str(day.day), day.counts, day.provisional) for day in derivation.days[1:]] == [
        ("2028-01-01", False, True), ("2028-01-02", False, True), ("2028-01-03", True, True), ("2028-01-04", True, True)]
    assert derivation.provisional


def test_a_broken_table_is_refused() -> None:
    with pytest.raises(ValueError, match="not a day of 2026"):
        working_days.parse_calendar(
            '[[year]]\nyear = 2026\nofficial = true\nsource = "x"\n[[year.holiday]]\nname = "x"\ndays = [2027-01-01]')


@pytest.mark.parametrize(("start", "end"), [("2026-01-31", "2026-02-28"), ("2026-10-31", "2026-11-30"), ("2023-01-31", "2023-02-28"),
                                            ("2024-01-31", "2024-02-29"), ("2026-12-15", "2027-01-15")])
def test_a_month_ends_on_the_corresponding_day_or_the_months_last(start: str, end: str) -> None:
    assert add_months(date.fromisoformat(start), 1).isoformat() == end


DAYS = st.dates(date(2024, 1, 1), date(2026, 9, 1))


@given(DAYS, st.integers(1, 60))
def test_adding_and_counting_undo_each_other(start: date, n: int) -> None:
    due = add_working_days(start, n, CALENDAR).due
    assert working_days_between(start, due, CALENDAR) == n
    assert working_days.last_of(start, n, CALENDAR) == due


@given(DAYS, st.integers(0, 400), st.integers(0, 400))
def test_counting_from_a_longer_ago_start_never_gives_less(start: date, earlier: int, later: int) -> None:
    end = start + timedelta(days=later)
    try:
        longer = working_days_between(start - timedelta(days=earlier), end, CALENDAR)
    except NoCalendar:
        return
    assert longer >= min(working_days_between(start, end, CALENDAR), 121)


@given(DAYS, st.integers(1, 60))
def test_a_due_date_is_a_working_day_and_its_derivation_counts_to_it(accepted: date, n: int) -> None:
    derivation = due_after_acceptance(accepted, n, CALENDAR)
    assert CALENDAR.is_working_day(derivation.due)
    assert derivation.days[-1].number == n
    assert derivation.start == next_working_day(accepted, CALENDAR)
    assert due_after_acceptance(derivation.start, n, CALENDAR) == derivation


def test_a_pause_across_a_holiday_and_a_worked_saturday_moves_only_by_its_working_days() -> None:
    pause = Pause(date(2026, 2, 14), date(2026, 2, 23), "补充鉴定")
    derivation = due_after_acceptance(date(2026, 2, 12), 3, CALENDAR, [pause])
    assert derivation.due == date(2026, 2, 25)
    reasons = {day.day.isoformat(): day.reason for day in derivation.days}
    assert reasons["2026-02-14"] == "暂停：补充鉴定", "a worked Saturday is lost to the pause"
    assert reasons["2026-02-16"] == "春节放假", "a day nobody works stays what it is"


def test_a_pause_without_an_end_leaves_no_due_date() -> None:
    pause = Pause(date(2026, 11, 24), None, "特别程序")
    with pytest.raises(Standing) as stands:
        due_after_acceptance(date(2026, 11, 23), 3, CALENDAR, [Pause(date(2026, 11, 24), date(2026, 11, 24), "另一部门"), pause])
    assert stands.value.pause == pause
    assert stands.value.days == ()


def test_an_empty_table_knows_no_day() -> None:
    with pytest.raises(NoCalendar):
        Calendar().is_working_day(date(2026, 1, 1))


def test_a_year_of_age_is_reached_on_the_birthday_itself() -> None:
    assert working_days.age_on(date(2004, 11, 22), date(2026, 11, 22)) == 22
    assert working_days.age_on(date(2004, 11, 23), date(2026, 11, 22)) == 21
    assert working_days.age_on(date(2004, 2, 29), date(2026, 2, 28)) == 21
