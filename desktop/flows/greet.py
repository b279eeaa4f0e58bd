"""The home screen: themes to start, drafts to go on with, today in numbers."""

from desktop.flows.desk import Desk
from desktop.flows.views import CaseRow, CaseView, Session, ThemeCard, Today


class Greet:
    """From greeting to an open draft."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def themes(self) -> tuple[ThemeCard, ...]:
        """Packs in force today."""
        raise NotImplementedError

    def resumable(self, session: Session) -> tuple[CaseRow, ...]:
        """Cases to go on with, newest first."""
        raise NotImplementedError

    def today(self) -> Today:
        """Today's counters."""
        raise NotImplementedError

    def start(self, session: Session, theme_id: str) -> CaseView:
        """A new draft, pinned to the version in force today; saved before it is shown."""
        raise NotImplementedError
