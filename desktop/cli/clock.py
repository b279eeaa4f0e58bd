"""What time it is for a command. One door, so that a test can set the hall's clock and let the PC run on."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def uptime() -> float:
    """Seconds since this PC was started."""
    from desktop.station.clock import uptime as since_boot

    return since_boot()


def today() -> date:
    """The hall's calendar day."""
    from desktop.domain.hall_time import day_of

    return day_of(now())
