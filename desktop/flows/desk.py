"""The desk a flow works at: everything that is opened once and shared. Made in app.py, opaque to the window."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from db.faults import StoreFault
from db.store import Store
from desktop.domain.codes import Codes
from desktop.domain.hall_time import day_of
from desktop.domain.station_check import Checked
from desktop.domain.terminal import TerminalStopped
from desktop.domain.trusted_time import TrustedTime
from desktop.domain.working_days import Calendar
from desktop.flows.devices import Devices
from desktop.recognition.read import Recogniser
from desktop.settings import Settings
from desktop.shelf import Packs


@dataclass(frozen=True)
class Link:
    """What is known of the road to the province."""

    online: bool | None
    """None until the first try."""
    last_sync: datetime | None
    error: str = ""
    """A wording code."""


@dataclass(frozen=True)
class Desk:
    """Store, packs, tables, devices, clock and ids."""

    settings: Settings
    store: Store
    packs: Packs
    calendar: Calendar
    codes: Codes
    recogniser: Recogniser
    devices: Devices
    time: TrustedTime
    new_id: Callable[[], str]
    link: Callable[[], Link]
    wake: Callable[[], None]
    """There is something to send: try now."""
    stopped: Callable[[], str]
    """Why this PC may give out no number (a wording code): the province refused it as this terminal. Empty = it may."""
    checks: Callable[[Literal["quick", "all"]], tuple[Checked, ...]] = lambda _: ()
    """The station's list of checks."""
    trouble: Callable[[], str] = lambda: ""
    """The code of what keeps this window from saving as it should, now; empty when nothing does."""

    def may_number(self) -> datetime:
        """The time for a number that is given out now. Raises ClockDoubted, TerminalStopped."""
        if code := self.stopped():
            raise TerminalStopped(code)
        return self.time.sure()

    def clock(self) -> datetime:
        """Now, aware UTC; what is numbered, dated or sealed asks `time.sure` instead."""
        return self.time.now()

    def keep_reserve(self) -> None:
        """Before a picture is taken in: on a disk that is nearly full, small rows and sending go first. Raises StoreFault."""
        if shutil.disk_usage(self.settings.home).free < self.settings.reserve_mb * 1_000_000:
            raise StoreFault("store.reserve")

    def today(self) -> date:
        """The hall's calendar day."""
        return day_of(self.clock())
