"""The hall's local time: what papers print and what a day is.

China keeps one time without daylight saving (UTC+8 since 1992), so no time-zone database is needed on the window's PC.
"""

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")


def local(at: datetime) -> datetime:
    """`at` (aware) in the hall's time."""
    return at.astimezone(CHINA)


def day_of(at: datetime) -> date:
    """The hall's calendar day of `at`."""
    return local(at).date()


def second_of(at: datetime) -> int:
    """Seconds of the hall's day that have passed at `at`."""
    there = local(at)
    return there.hour * 3600 + there.minute * 60 + there.second


def bounds(day: date) -> tuple[datetime, datetime]:
    """First moment of the day and of the next one, aware."""
    start = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    return start, start + timedelta(days=1)
