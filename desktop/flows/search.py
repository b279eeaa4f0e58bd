"""Find cases."""

from desktop.flows.desk import Desk
from desktop.flows.views import CaseRow, Session


class Search:
    """The case list."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def cases(self, session: Session, text: str = "", status: str = "", limit: int = 200) -> tuple[CaseRow, ...]:
        """Newest first; `text` matches case number, applicant name (also pinyin and initials) or ID number."""
        raise NotImplementedError
