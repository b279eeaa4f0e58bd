"""Not everything is there: one notice that names all of it (行政许可法 32: at once, or within five days)."""

from db import cases, journal, numbers
from desktop.domain.case import CaseEvent, next_status
from desktop.domain.hall_time import day_of
from desktop.flows import case_file, case_view, print_papers
from desktop.flows.case_file import CaseFile
from desktop.flows.desk import Desk
from desktop.flows.views import CaseView, Session


class NothingMissing(Exception):
    """Everything is there: accept instead."""

    code = "correct.nothing_missing"


class Correct:
    """补正告知书."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def notice(self, session: Session, case_uuid: str) -> tuple[CaseView, str]:
        """The case becomes 补正中 and the notice is made; returns its `papers` entry.

        Raises NothingMissing, ClockDoubted, TerminalStopped.
        """
        from desktop.papers.notices import correction_notice

        desk, now = self._desk, self._desk.may_number()
        with desk.store.transaction() as tx:
            file = case_file.load(desk, tx, case_uuid)
            defects = _defects(file)
            if not defects:
                raise NothingMissing
            status = next_status(file.status, CaseEvent.ASK_CORRECTION)
            number = numbers.next_document_number(tx, f"{desk.settings.document_prefix}补", day_of(now).year, desk.settings.number_code)
            cases.update(tx, case_uuid, now, status=status, corrected_at=now)
            journal.append(tx, now, session.user_id, "case.correction_asked", case_uuid, {"materials": sorted(defects)})
            file = case_file.load(desk, tx, case_uuid)
        sheet = print_papers.case_sheet(desk, file, session, document_number=number, defects=defects)
        print_papers.keep(desk, session, case_uuid, {"correction_notice": correction_notice(sheet)})
        with desk.store.reading() as tx:
            file = case_file.load(desk, tx, case_uuid)
            path = next(path for path in case_file.paper_paths(file) if path.endswith("补正告知书.pdf"))
            return case_view.view(desk, file), path


def _defects(file: CaseFile) -> dict[str, tuple[str, str]]:
    """Material id -> what is missing of it, how to put it right."""
    found = {}
    for state in file.evaluation.materials:
        missing = [slot.label for slot in state.slots if slot.wanted and not slot.enough]
        if state.required and missing:
            found[state.material.id] = (f"缺：{'、'.join(missing)}",
                                        f"请带{state.material.form}{state.material.copies}到本窗口补交")
    return found
