"""Filling the one form: every change is a saved draft."""

from desktop.flows.desk import Desk
from desktop.flows.views import CaseView, Session


class Fill:
    """Open a case, answer questions and fields, undo."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def open(self, session: Session, case_uuid: str) -> CaseView:
        """The case as it stands."""
        raise NotImplementedError

    def answer(self, session: Session, case_uuid: str, key: str, value: str) -> CaseView:
        """Take a value by hand and save it at once; "" takes the hand's answer back (lower sources show again)."""
        raise NotImplementedError

    def confirm(self, session: Session, case_uuid: str, key: str) -> CaseView:
        """The clerk compared a 请核对 value with the paper and found it right."""
        raise NotImplementedError

    def undo(self, session: Session, case_uuid: str) -> CaseView:
        """Take the last change back; one card or page fill is one step."""
        raise NotImplementedError

    def leave_at(self, session: Session, case_uuid: str, step: str) -> None:
        """Remember the step: eligibility, papers, form, applicant, done."""
        raise NotImplementedError

    def select_matter(self, session: Session, case_uuid: str, matter_id: str, selected: bool) -> CaseView:
        """Take an optional matter in or out."""
        raise NotImplementedError
