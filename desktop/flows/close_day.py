"""Day-end: count, seal, export."""

from datetime import date
from pathlib import Path

from desktop.flows.desk import Desk
from desktop.flows.views import DayClosed, DayView, Session


class DayRefused(Exception):
    """`code`: `day.already_closed`, `day.same_person`, `day.not_supervisor` …"""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CloseDay:
    """日终."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def view(self, day: date | None = None) -> DayView:
        """The day in numbers; None = today in the hall's time."""
        raise NotImplementedError

    def close(self, session: Session, reviewer_login: str, reviewer_pin: str, note: str = "",
              day: date | None = None) -> DayClosed:
        """Seal the day with a second person's PIN and write its files; raises DayRefused, SignInRefused."""
        raise NotImplementedError

    def export(self, session: Session, out: Path, day: date | None = None) -> DayClosed:
        """Write the files of a closed day again."""
        raise NotImplementedError
