"""The desk a flow works at: everything that is opened once and shared. Made in app.py, opaque to the window."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from db.store import Store
from desktop.domain.codes import Codes
from desktop.domain.hall_time import day_of
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

    def may_number(self) -> datetime:
        """The time for a number that is given out now. Raises ClockDoubted, TerminalStopped."""
        if code := self.stopped():
            raise TerminalStopped(code)
        return self.time.sure()

    def clock(self) -> datetime:
        """Now, aware UTC; what is numbered, dated or sealed asks `time.sure` instead."""
        return self.time.now()

    def today(self) -> date:
        """The hall's calendar day."""
        return day_of(self.clock())
