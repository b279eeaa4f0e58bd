"""What time it is for a command. One door, so that a test can set the hall's clock."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def today() -> date:
    """The hall's calendar day."""
    from desktop.domain.hall_time import day_of

    return day_of(now())
