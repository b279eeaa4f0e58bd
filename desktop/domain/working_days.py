"""Working days, months and the way a due date is counted, day by day. No clock: every date is an argument.

行政许可法 82: periods are working days without statutory holidays. 民法典 201-203: the first day does not count, a month ends on the
corresponding day or the month's last one, a last day on a holiday moves to the next working day.
"""

import tomllib
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

_ONE = timedelta(days=1)
FIXED_HOLIDAYS = {(1, 1): "元旦", (5, 1): "劳动节", (10, 1): "国庆节", (10, 2): "国庆节", (10, 3): "国庆节"}
"""(month, day) closed by law in every year since 2000 (全国年节及纪念日放假办法), whatever a year's notice says beside them."""
_FAR = 120
"""More working days than any period of the packs."""


class NoCalendar(Exception):
    """The table says nothing about this year, not even provisionally."""

    code = "calendar.missing"

    def __init__(self, year: int) -> None:
        super().__init__(f"no calendar for {year}")
        self.year = year


@dataclass(frozen=True)
class Year:
    """One year of the table."""

    official: bool
    """False: only weekends are known, the State Council has not published the year yet."""
    source: str
    holidays: Mapping[date, str]
    workdays: Mapping[date, str]
    """Weekend days that are worked (调休), by the holiday they make up for."""


@dataclass(frozen=True, eq=False)
class Calendar:
    """Which days are worked, as far as the table says. A table is read once: it is equal to itself only, and cheap to remember by.

    Years after its last one go by weekends and fixed holidays, provisionally: a window must not stop because a table ends.
    """

    years: Mapping[int, Year] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`; raises NoCalendar."""
        year = self._year(day)
        return day in year.workdays or (day.weekday() < 5 and day not in year.holidays)

    def reason(self, day: date) -> str:
        """Why it counts or not, in the words of the derivation."""
        year = self._year(day)
        if day in year.workdays:
            return f"调休上班（{year.workdays[day]}）"
        if day in year.holidays:
            return f"{year.holidays[day]}放假"
        return "工作日" if day.weekday() < 5 else "周末"

    def provisional(self, day: date) -> bool:
        """Whether the year of `day` is not officially published yet."""
        return not self._year(day).official

    def _year(self, day: date) -> Year:
        known = self.years.get(day.year)
        if known is not None:
            return known
        if not self.years or day.year < max(self.years):
            raise NoCalendar(day.year)
        return _unpublished(day.year)


@cache
def _unpublished(year: int) -> Year:
    return Year(official=False, source="表里没有这一年，暂按周末和固定节日推算",
                holidays={date(year, month, day): name for (month, day), name in FIXED_HOLIDAYS.items()}, workdays={})


@dataclass(frozen=True)
class Pause:
    """Days on which a promise stands still: a special procedure, a department that waits for another one."""

    start: date
    """The first day that does not count."""
    end: date | None
    """The last day that does not count; None = it still stands."""
    reason: str


class Standing(Exception):
    """There is no due date yet: the clock stands in a pause whose end is not known."""

    code = "clock.standing"

    def __init__(self, days: "tuple[Day, ...]", pause: Pause) -> None:
        super().__init__(f"stands since {pause.start}")
        self.days = days
        """What was counted before it."""
        self.pause = pause


@dataclass(frozen=True)
class Day:
    """One day of a derivation."""

    day: date
    counts: bool
    reason: str
    number: int
    """Working days used up to and including it."""
    provisional: bool


@dataclass(frozen=True)
class Derivation:
    """How a due date came about."""

    start: date
    """The day it runs from; as a rule it does not count."""
    days: tuple[Day, ...]
    due: date

    @property
    def provisional(self) -> bool:
        """Whether any day of it leans on a year that is not official."""
        return any(day.provisional for day in self.days)


def parse_calendar(text: str) -> Calendar:
    """A Calendar from resources/calendar/*.toml. Raises ValueError or KeyError when the table is broken."""
    years: dict[int, Year] = {}
    for table in tomllib.loads(text)["year"]:
        years[table["year"]] = year = Year(
            official=table["official"], source=table["source"],
            holidays={day: group["name"] for group in table.get("holiday", ()) for day in group["days"]},
            workdays={day: group["name"] for group in table.get("workday", ()) for day in group["days"]},
        )
        for day in (*year.holidays, *year.workdays):
            if type(day) is not date or day.year != table["year"]:
                raise ValueError(f"{day} is not a day of {table['year']}")
    return Calendar(years)


def add_working_days(start: date, n: int, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Derivation:
    """The n-th working day after `start`, which does not count; paused days do not either. n >= 1.

    Raises NoCalendar, and Standing when the count meets a pause without an end.
    """
    days: list[Day] = []
    day, number = start, 0
    while number < n:
        day += _ONE
        reason = calendar.reason(day)
        counts = calendar.is_working_day(day)
        if counts and (pause := _pause_on(day, pauses)):
            if pause.end is None:
                raise Standing(tuple(days), pause)
            counts, reason = False, f"暂停：{pause.reason}"
        number += counts
        days.append(Day(day, counts, reason, number, calendar.provisional(day)))
    return Derivation(start, tuple(days), day)


def _pause_on(day: date, pauses: Sequence[Pause]) -> Pause | None:
    """The pause a day lies in; of several the one that is still open, because that one decides."""
    found = [pause for pause in pauses if pause.start <= day and (pause.end is None or day <= pause.end)]
    return next((pause for pause in found if pause.end is None), found[0] if found else None)


def last_of(start: date, n: int, calendar: Calendar) -> date:
    """The due date of `add_working_days` without its derivation."""
    day, number = start, 0
    while number < n:
        day += _ONE
        number += calendar.is_working_day(day)
    return day


def due_after_acceptance(accepted: date, n: int, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Derivation:
    """The promised last day: an application taken on a closed day counts as taken on the next working day.

    Raises NoCalendar and Standing, as `add_working_days` does.
    """
    return add_working_days(next_working_day(accepted, calendar), n, calendar, pauses)


def next_working_day(day: date, calendar: Calendar) -> date:
    """`day` itself when it is worked, else the first working day after it."""
    while not calendar.is_working_day(day):
        day += _ONE
    return day


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Working days after `start` up to and including `end`; 0 when `end` is not after `start`.

    Counted from the end, so that a start long before the table begins is still known to be far away: past `_FAR` the count
    so far is given, which is then the least it can be. Raises NoCalendar when the table ends before that.
    """
    day, number = end, 0
    while day > start:
        try:
            number += calendar.is_working_day(day)
        except NoCalendar:
            if number > _FAR:
                return number
            raise
        day -= _ONE
    return number


def add_months(start: date, months: int) -> date:
    """The corresponding day `months` later, else that month's last day (民法典 202)."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def age_on(birth: date, day: date) -> int:
    """Whole years; a year is reached on the birthday itself. 29 February's is 1 March in common years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
