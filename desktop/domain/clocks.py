"""Clocks of a case, day by day: the statutory ones a pack names, a matter's own promise, and its lamp.

How single days are counted is working_days.py's; what a late clock means to the family is evaluate.py's. It never asks what day it is:
`on` and `today` are arguments. 民法典 200-203: the first day does not count, hours run from the minute, a last day on which offices are
closed moves.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from desktop.domain.hall_time import CHINA, day_of, local
from desktop.domain.pack import Deadline
from desktop.domain.rules import Evaluator
from desktop.domain.working_days import (
    Calendar,
    Day,
    Derivation,
    NoCalendar,
    Pause,
    Standing,
    add_months,
    add_working_days,
    due_after_acceptance,
    working_days_between,
)

Lamp = Literal["green", "yellow", "red"]
"""red = overdue; yellow = at most one working day left; green = more."""

_ONE = timedelta(days=1)


@dataclass(frozen=True)
class DeadlineState:
    """One statutory clock as it stands."""

    deadline: Deadline
    runs: bool | None
    """What its `when` says; None = not yet known. Only a clock that runs has days or can be past."""
    start: date | datetime | None
    """What it runs from: a minute (aware) where the answer says one; None = not yet known."""
    last_day: date | None
    """None = not yet known, or in a year no calendar knows."""
    last_minute: datetime | None
    """Of a clock in hours that started at a known minute."""
    passed: bool
    derivation: Derivation | None

    @property
    def provisional(self) -> bool:
        """Whether the last day leans on a year that is not officially published yet."""
        return self.derivation is not None and self.derivation.provisional


def deadline_state(deadline: Deadline, evaluator: Evaluator, calendar: Calendar, on: date | datetime) -> DeadlineState:
    """The clock on the hall's day `on`; a moment (aware) also decides clocks that end at a minute.

    Whether one of `deadline.matters` is chosen is the caller's to ask.
    """
    runs = evaluator.ask(deadline.when).truth
    start = _moment(evaluator.ask(deadline.start).value)
    derivation, minute = None, None
    if runs and start is not None:
        with suppress(NoCalendar, OverflowError, ValueError):    # the latter two: past the end of the year 9999
            minute = start + timedelta(hours=deadline.hours) if deadline.hours and isinstance(start, datetime) else None
            derivation = _derivation(_Count(deadline.working_days, deadline.days, deadline.months, deadline.hours,
                                            deadline.first_day_counts, deadline.rolls), start, minute, calendar)
    last_day = derivation.due if derivation else None
    today = day_of(on) if isinstance(on, datetime) else on
    passed = last_day is not None and today > last_day
    if minute is not None and isinstance(on, datetime):
        passed = on > minute
    return DeadlineState(deadline, runs, start, last_day, minute, passed, derivation)


def _moment(value: object) -> date | datetime | None:
    """An ISO day, or a minute in the hall's time; None when it is neither, or not known."""
    if not isinstance(value, str):
        return None
    try:
        if len(value) == 10:
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.replace(tzinfo=CHINA) if moment.tzinfo is None else local(moment)


@dataclass(frozen=True)
class _Count:
    """How a deadline counts; exactly one of the four numbers is given."""

    working_days: int | None
    days: int | None
    months: int | None
    hours: int | None
    first_day_counts: bool
    rolls: bool


@lru_cache(maxsize=256)
def _derivation(by: _Count, start: date | datetime, minute: datetime | None, calendar: Calendar) -> Derivation:
    """Day by day, in the unit the deadline counts in. Raises NoCalendar for working days only.

    Remembered, because a case is evaluated after every keystroke and the day it starts from hardly ever changes.
    """
    day = day_of(start) if isinstance(start, datetime) else start
    if by.hours:
        return _hours(day, start, by.hours, minute)
    if by.working_days:
        counted = add_working_days(day - _ONE if by.first_day_counts else day, by.working_days, calendar)
        return Derivation(day, counted.days, counted.due)
    due = add_months(day, by.months) if by.months else day + timedelta(days=by.days or 0)
    first = day if by.first_day_counts else day + _ONE
    due -= _ONE if by.first_day_counts else timedelta()
    days = [Day(first + timedelta(days=i), counts=True, reason="自然日", number=i + 1, provisional=False)
            for i in range((due - first).days + 1)]
    if by.rolls:
        days[-1:] = _rolled(days[-1], calendar)
    return Derivation(day, tuple(days), days[-1].day)


def _rolled(last: Day, calendar: Calendar) -> Iterator[Day]:
    """The last day, and the days it moves over as long as offices are closed; a year without a calendar leaves it where it is, unsure."""
    day = last.day
    try:
        yield Day(day, counts=True, reason=last.reason, number=last.number, provisional=calendar.provisional(day))
        while not calendar.is_working_day(day):
            reason = calendar.reason(day)
            day += _ONE
            yield Day(day, counts=False, reason=f"前一日{reason}，期满日顺延", number=last.number, provisional=calendar.provisional(day))
    except NoCalendar:
        yield Day(day, counts=day == last.day, reason="没有这一年的工作日历，未判断是否顺延", number=last.number, provisional=True)


def _hours(day: date, start: date | datetime, hours: int, minute: datetime | None) -> Derivation:
    """From minute to minute; from a day alone, as if it began with the day's last minute (which is in the family's favour)."""
    due = day_of(minute) if minute else day + timedelta(days=-(-hours // 24))
    began = f"{start:%H:%M}起算" if isinstance(start, datetime) else "起算日，未记时刻"
    ended = f"{minute:%H:%M}满{hours}小时" if minute else f"至迟于当日满{hours}小时"
    days = [Day(day + timedelta(days=i), counts=i > 0, reason="连续计算", number=i, provisional=False) for i in range((due - day).days + 1)]
    days[0] = Day(day, counts=False, reason=began, number=0, provisional=False)
    if due == day:
        days.append(Day(due, counts=True, reason=ended, number=0, provisional=False))
    else:
        days[-1] = Day(due, counts=True, reason=ended, number=days[-1].number, provisional=False)
    return Derivation(day, tuple(days), due)


@dataclass(frozen=True)
class Clock:
    """A promise in working days, with what has been counted."""

    days: tuple[Day, ...]
    due: date | None
    """None while it stands still."""
    pause: Pause | None
    """The pause it stands in."""

    @property
    def provisional(self) -> bool:
        """Whether any of its days is in a year that is not officially published yet."""
        return any(day.provisional for day in self.days)


def matter_clock(start: date, working_days: int, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Clock:
    """A department's own promise, counted from the day the matter reached it (a closed day = the next working day). Raises NoCalendar."""
    try:
        counted = due_after_acceptance(start, working_days, calendar, pauses)
    except Standing as standing:
        return Clock(standing.days, None, standing.pause)
    return Clock(counted.days, counted.due, None)


def lamp(due: date, today: date, calendar: Calendar) -> Lamp:
    """How it stands with a due date. Raises NoCalendar when the table does not reach from today to the due date."""
    if due < today:
        return "red"
    return "yellow" if working_days_between(today, due, calendar) <= 1 else "green"
