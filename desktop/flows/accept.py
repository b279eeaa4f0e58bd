"""Acceptance: status, number, outbox row and journal row in one transaction; only then anything is printed."""

from desktop.domain.problem import Problem
from desktop.flows.desk import Desk
from desktop.flows.views import Accepted, Session


class CannotAccept(Exception):
    """What stands in the way."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


class Accept:
    """Commit a case."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def accept(self, session: Session, case_uuid: str) -> Accepted:
        """Commit, then make the papers from the committed case; raises CannotAccept."""
        raise NotImplementedError
