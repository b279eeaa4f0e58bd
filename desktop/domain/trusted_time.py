"""Whether a clock can be believed: a floor, a ceiling and who may say otherwise. Pure; the clock itself: desktop/station/clock.py.

Floor: the newest journal row. Ceiling: one day past the first working day after it, so that weekends and holidays pass unasked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from desktop.domain.hall_time import day_of

BACK = timedelta(minutes=5)
"""How far a clock may step back: what time servers put right, and a little more."""
BY_CLERK = timedelta(days=15)
"""How far ahead of the newest row a clerk may confirm by typing the date."""


@dataclass(frozen=True)
class Doubt:
    """Why the clock cannot be believed, and who may settle it."""

    kind: Literal["back", "ahead"]
    shown: datetime
    """What the PC's clock says."""
    floor: datetime
    """The newest row of the journal."""
    supervisor: bool
    """Whether a clerk's word is not enough."""

    @property
    def code(self) -> str:
        """The wording code."""
        return "clock.back" if self.kind == "back" else "clock.ahead"


class ClockDoubted(Exception):
    """Something must be numbered, dated or sealed and the clock is in doubt. `shown` and `floor` are the hall's days."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(doubt.code)
        self.code = doubt.code
        self.doubt = doubt
        self.shown = day_of(doubt.shown)
        self.floor = day_of(doubt.floor)


class TrustedTime(Protocol):
    """This PC's clock as far as it can be believed."""

    def now(self) -> datetime:
        """Aware UTC, for rows and waits; never goes back and never follows a clock in doubt."""

    def sure(self) -> datetime:
        """For numbers, dates on papers and seals. Raises ClockDoubted."""

    def doubt(self) -> Doubt | None:
        """Why the clock cannot be believed now."""

    def confirmed(self) -> datetime:
        """A person who may has confirmed what the clock shows, which is returned."""

    def uptime(self) -> float:
        """Seconds since this PC was started, for waits; no clock's setting changes it."""


def doubt_of(wall: datetime, floor: datetime, next_working_day: Callable[[date], date]) -> Doubt | None:
    """Of a clock that nobody confirms. `next_working_day`: the day itself when it is worked, else the first worked one after it."""
    if wall < floor - BACK:
        return Doubt("back", wall, floor, supervisor=day_of(wall) < day_of(floor))
    ceiling = next_working_day(day_of(floor) + timedelta(days=1)) + timedelta(days=1)
    return None if day_of(wall) <= ceiling else Doubt("ahead", wall, floor, supervisor=wall - floor > BY_CLERK)
