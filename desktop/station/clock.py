"""This PC's clock as far as it can be believed. No disk, no network: floor, province and answers are told to it.

While it is in doubt, time stands on at the floor, moved by the uptime: what is saved then is never dated by a clock in doubt.
"""

import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from desktop.domain.trusted_time import BACK, ClockDoubted, Doubt, doubt_of

AGREES = timedelta(minutes=5)
"""How far the province's clock may be from ours to confirm it."""


def uptime() -> float:
    """Seconds since this PC was started, its sleep included where the system counts it; no clock's setting changes it."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class Clock:
    """One for the program: a TrustedTime."""

    def __init__(self, wall: Callable[[], datetime], next_working_day: Callable[[date], date],
                 since_boot: Callable[[], float] = uptime) -> None:
        self._wall = wall
        self._since_boot = since_boot
        self._next_working_day = next_working_day
        self._lock = threading.Lock()
        self._floor: tuple[datetime, float] | None = None
        """The newest row, and the uptime when it was written."""
        self._believed: tuple[datetime, float] | None = None
        """Wall time and uptime of the last look at which the clock was believed."""
        self._province: tuple[datetime, float] | None = None

    def stand_on(self, newest: datetime) -> None:
        """The newest row of the journal, as it is written or found."""
        with self._lock:
            self._floor = newest, self._since_boot()

    def province_says(self, at: datetime) -> None:
        """The province's time, just received. It may confirm this clock, and never moves it."""
        with self._lock:
            self._province = at, self._since_boot()

    def confirmed(self) -> datetime:
        """See TrustedTime. The row that says so becomes the new floor."""
        with self._lock:
            self._floor = self._believed = self._wall(), self._since_boot()
            return self._floor[0]

    def doubt(self) -> Doubt | None:
        """See TrustedTime."""
        with self._lock:
            return self._look()[1]

    def now(self) -> datetime:
        """See TrustedTime."""
        with self._lock:
            return self._look()[0]

    def sure(self) -> datetime:
        """See TrustedTime."""
        with self._lock:
            now, doubt = self._look()
        if doubt is not None:
            raise ClockDoubted(doubt)
        return now

    def uptime(self) -> float:
        """See TrustedTime."""
        return self._since_boot()

    def _look(self) -> tuple[datetime, Doubt | None]:
        wall, up = self._wall(), self._since_boot()
        if self._floor is None:
            return wall, None
        floor, then = self._floor
        doubt = doubt_of(wall, floor, self._next_working_day)
        # A clock that was believed and has gone on as fast as the uptime is still the same clock, also after a week without a row.
        same = doubt is not None and doubt.kind == "ahead" and _agree(self._believed, wall, up, BACK)
        if doubt is not None and not same and not _agree(self._province, wall, up, AGREES):
            self._believed = None
            return floor + timedelta(seconds=max(0.0, up - then)), doubt
        self._believed = wall, up
        return (wall if wall < floor - BACK else max(wall, floor)), None


def _agree(known: tuple[datetime, float] | None, wall: datetime, up: float, within: timedelta) -> bool:
    return known is not None and abs(known[0] + timedelta(seconds=up - known[1]) - wall) <= within
