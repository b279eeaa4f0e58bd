"""Acceptance: status, number, outbox row and journal row in one transaction; only then anything is printed."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from db import cases, evidence, journal, numbers, outbox
from db.records import AnswerRecord, MatterRecord
from db.store import Tx
from desktop.domain import matters
from desktop.domain.case import CaseEvent, MatterState, editable, next_status
from desktop.domain.hall_time import day_of
from desktop.domain.problem import Problem
from desktop.domain.snapshot import CaseSnapshot, SnapshotAnswer, SnapshotEvidence, SnapshotMatter
from desktop.domain.terminal import NUMBER_TAKEN
from desktop.domain.working_days import due_after_acceptance
from desktop.flows import case_file, material_papers, print_papers
from desktop.flows.applicant_sheet import sheet_of
from desktop.flows.case_file import MATERIAL_SLOT, PAPER_SLOT, CaseFile
from desktop.flows.desk import Desk
from desktop.flows.views import Accepted, Session

if TYPE_CHECKING:
    from desktop.papers.material_pdf import Scan


class CannotAccept(Exception):
    """What stands in the way."""

    code = "case.cannot_accept"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


class Accept:
    """Commit a case."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def accept(self, session: Session, case_uuid: str) -> Accepted:
        """Commit, then make the papers from the committed case; raises CannotAccept, ClockDoubted, TerminalStopped.

        Doing it again after it went through (a commit may have happened although it ended with a fault) gives the same
        numbers and no second outbox row.
        """
        desk = self._desk
        with desk.store.reading() as tx:
            file = case_file.load(desk, tx, case_uuid)
        if _open(file):
            desk.may_number()
            _refuse_unless_ready(file)
            scans = material_papers.scans_of(desk, file)        # the slow part, while nobody has to wait for the store
            with desk.store.transaction() as tx:
                file = case_file.load(desk, tx, case_uuid)
                if _open(file):
                    _refuse_unless_ready(file)
                    _commit(desk, tx, session, file, scans)
        desk.wake()
        papers = print_papers.ensure_papers(desk, session, case_uuid)
        with desk.store.reading() as tx:
            record = cases.get(tx, case_uuid)
        assert record.case_number is not None, "just committed"
        assert record.document_number is not None, "just committed"
        assert record.due_date is not None, "just committed"
        return Accepted(case_number=record.case_number, document_number=record.document_number,
                        due_date=record.due_date, papers=papers)


def _open(file: CaseFile) -> bool:
    return file.record.accepted_at is None or editable(file.status)


def _refuse_unless_ready(file: CaseFile) -> None:
    problems = [problem for problem in file.evaluation.problems if problem.severity == "error"]
    if file.record.signed_digest is None:
        problems.append(Problem(code="case.not_signed"))
    elif file.record.signed_digest != sheet_of(file).digest:
        problems.append(Problem(code="case.signature_stale"))
    if problems:
        raise CannotAccept(tuple(problems))


def _commit(desk: Desk, tx: Tx, session: Session, file: CaseFile, scans: "Mapping[str, Scan]") -> None:
    now = desk.may_number()
    today = day_of(now)
    record, pack, applicant = file.record, file.pack, file.applicant
    status = next_status(file.status, CaseEvent.ACCEPT)
    # A returned case goes out again under its old numbers, as the next revision. If it was returned because another case has them, it
    # gets new ones, and keeps the day it was accepted on: that is no fault of the family's.
    settings, renumbered = desk.settings, _is_renumbered(file)
    number, document = (None, None) if renumbered else (record.case_number, record.document_number)
    number = number or numbers.next_case_number(tx, settings.region, pack.case_letters, today, settings.number_code)
    document = document or numbers.next_document_number(tx, settings.document_prefix, today.year, settings.number_code)
    accepted_at = record.accepted_at if renumbered and record.accepted_at is not None else now
    due = due_after_acceptance(day_of(accepted_at), pack.limit.working_days, desk.calendar)
    revision = record.revision + 1
    accepted = cases.update(
        tx, record.case_uuid, now, status=status, revision=revision, step="done", case_number=number, document_number=document,
        accepted_at=accepted_at, due_date=due.due, due_is_provisional=due.provisional, return_reason="", receipt_printed_at=None)
    answers = file.evaluation.answers
    chosen = {one.matter.id: MatterState.WAITING if one.chosen else MatterState.NOT_SELECTED for one in file.matters}
    cases.put_answers(tx, record.case_uuid, (
        AnswerRecord(key=answer.key, value=answer.value, source=answer.source, confidence=answer.confidence,
                     origin=answer.origin, evidence_id=answer.evidence_id, box=answer.box,
                     by=answer.by or session.user_id, at=answer.at or now)
        for answer in answers.values()))
    cases.put_matters(tx, record.case_uuid, [
        MatterRecord(matter_id=one.matter.id, name=one.matter.name, department=one.plan.department_name,
                     state=matters.first_state(one.matter, chosen), selected=one.chosen, updated_at=now)
        for one in file.matters])
    snapshot = CaseSnapshot(
        case_uuid=record.case_uuid, revision=revision, case_number=number, document_number=document,
        theme_id=pack.id, theme_version=pack.version, theme_title=pack.title, region=settings.region,
        window=settings.window, clerk=session.user_id, applicant_name=applicant.name, applicant_number=applicant.number,
        applicant_phone=applicant.phone, accepted_at=accepted_at, due_date=due.due,
        answers=tuple(SnapshotAnswer(key=field.key, label=field.label, value=answers[field.key].value, source=answers[field.key].source)
                      for field in pack.fields if file.printed.get(field.key)),
        matters=tuple(SnapshotMatter(id=one.matter.id, name=one.matter.name, department=one.plan.department_name,
                                     prerequisites=one.plan.prerequisites)
                      for one in file.matters if one.chosen),
        evidence=(*(SnapshotEvidence(
            evidence_id=piece.evidence_id, slot=piece.slot, materials=file.materials_of(piece.slot), sha256=piece.sha256,
            size=piece.size, media_type=piece.media_type)
            for piece in file.evidence if not piece.slot.startswith((PAPER_SLOT, MATERIAL_SLOT))),
            *material_papers.file_away(desk, tx, session, file, number, scans)),
        signed_digest=accepted.signed_digest or "", demo=desk.settings.demo)
    # The key is made here, in the transaction of the row it speaks of: sending twice can then be told from two cases.
    outbox.put(tx, case_uuid=record.case_uuid, revision=revision, idempotency_key=f"{record.case_uuid}:{revision}",
               body=json.dumps(snapshot.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":")), now=now)
    for piece in file.evidence:     # papers of an earlier acceptance show another due date
        if piece.slot in {PAPER_SLOT + kind for kind in print_papers.OF_ACCEPTANCE}:
            evidence.supersede(tx, piece.evidence_id)
    cases.undo_clear(tx, record.case_uuid)
    told = {"case_number": number, "revision": revision, "signed_sha256": accepted.signed_digest}
    if renumbered:
        journal.append(tx, now, session.user_id, "case.renumbered", record.case_uuid, told | {"replaces": record.case_number})
    else:
        journal.append(tx, now, session.user_id, "case.accepted", record.case_uuid, told)


def _is_renumbered(file: CaseFile) -> bool:
    return file.sending is not None and file.sending.state == "refused" and file.sending.last_error == NUMBER_TAKEN

