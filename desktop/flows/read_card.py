"""A card on the reader becomes answers."""

from desktop.domain.prefill import Role
from desktop.flows.desk import Desk
from desktop.flows.views import CaseView, Session


class ReadCard:
    """Read an identity card into a case."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def read(self, session: Session, case_uuid: str, role: Role | None = None,
             timeout: float = 10.0) -> tuple[CaseView, Role]:
        """Read one card; role None = decided by sex among the parents not read yet. Raises DeviceFault."""
        raise NotImplementedError
