"""What waits for the province, and what it said."""

from desktop.flows.desk import Desk
from desktop.flows.views import Session, SyncPill, SyncRow


class Follow:
    """The outbox as the clerk sees it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def pill(self) -> SyncPill:
        """For the top bar."""
        raise NotImplementedError

    def rows(self) -> tuple[SyncRow, ...]:
        """Waiting and refused first, then the last sent ones."""
        raise NotImplementedError

    def retry(self, session: Session, case_uuid: str) -> None:
        """Due now instead of later."""
        raise NotImplementedError
