"""Not everything is there: one notice that names all of it."""

from desktop.flows.desk import Desk
from desktop.flows.views import CaseView, Session


class Correct:
    """补正告知书."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def notice(self, session: Session, case_uuid: str) -> tuple[CaseView, str]:
        """The case becomes 补正中 and the notice is made; returns the PDF's path."""
        raise NotImplementedError
