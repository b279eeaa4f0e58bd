"""Cases with what belongs to them: answers, facts, matters, confirmed fields, undo steps. Evidence: evidence.py.

Every function takes the open transaction first and gives back frozen values. Nothing here decides anything.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import TypedDict, Unpack

from sqlmodel import col, delete, func, select

from db import search
from db.models import AnswerRow, CaseRow, ConfirmedRow, FactRow, JournalRow, MatterRow, UndoRow, as_record, as_text
from db.records import AnswerRecord, CaseRecord, FactRecord, MatterRecord
from db.store import Tx


class NoSuchCase(LookupError):
    """There is no case with this uuid."""

    code = "case.not_found"


class CaseChange(TypedDict, total=False):
    """What may change of a case; the rest is fixed when it is made."""

    status: str
    revision: int
    window: str
    step: str
    case_number: str | None
    document_number: str | None
    applicant_name: str
    applicant_number: str
    title: str
    accepted_at: datetime | None
    due_date: date | None
    due_is_provisional: bool
    signed_digest: str | None
    signed_at: datetime | None
    receipt_printed_at: datetime | None
    platform_receipt: str | None
    return_reason: str
    corrected_at: datetime | None
    refused_at: datetime | None
    fields_done: int
    fields_total: int


def create(tx: Tx, case: CaseRecord) -> None:
    """Keep a new case; a second one with the same uuid or number raises IntegrityError."""
    row = CaseRow(id=None, **asdict(case))
    tx.session.add(row)
    tx.session.flush()
    search.index(tx, _id(row), case.applicant_name)


def get(tx: Tx, case_uuid: str) -> CaseRecord:
    """The case; raises NoSuchCase."""
    return as_record(CaseRecord, _row(tx, case_uuid))


def find(tx: Tx, case_uuid: str) -> CaseRecord | None:
    """The case, or None when we do not have it (a progress event may speak of another window's)."""
    row = tx.session.exec(select(CaseRow).where(CaseRow.case_uuid == case_uuid)).one_or_none()
    return None if row is None else as_record(CaseRecord, row)


def by_number(tx: Tx, case_number: str) -> CaseRecord | None:
    """The case with this case number, or the one that had it before it was given another."""
    row = tx.session.exec(select(CaseRow).where(CaseRow.case_number == case_number)).one_or_none()
    if row is None:
        had = select(JournalRow.case_uuid).where(JournalRow.what == "case.renumbered",
                                                 func.json_extract(JournalRow.detail, "$.replaces") == case_number)
        row = tx.session.exec(select(CaseRow).where(col(CaseRow.case_uuid).in_(had))).first()
    return None if row is None else as_record(CaseRecord, row)


def update(tx: Tx, case_uuid: str, at: datetime, **change: Unpack[CaseChange]) -> CaseRecord:
    """Change fields and `updated_at`; returns the case as it is then."""
    row = _row(tx, case_uuid)
    for name, value in change.items():
        if name not in CaseChange.__annotations__:
            raise TypeError(f"{name} of a case does not change")
        setattr(row, name, value)
    _touch(row, at)
    tx.session.add(row)
    tx.session.flush()
    if "applicant_name" in change:
        search.index(tx, _id(row), row.applicant_name)
    return as_record(CaseRecord, row)


def newest(tx: Tx, statuses: Collection[str] = (), limit: int = 200, created_by: str | None = None,
           accepted_from: datetime | None = None, accepted_before: datetime | None = None) -> tuple[CaseRecord, ...]:
    """Cases, the last made first; each argument narrows: statuses (none = all), its clerk, when it was accepted."""
    query = select(CaseRow).order_by(col(CaseRow.id).desc()).limit(limit)
    if statuses:
        query = query.where(col(CaseRow.status).in_(statuses))
    if created_by is not None:
        query = query.where(CaseRow.created_by == created_by)
    if accepted_from is not None:
        query = query.where(col(CaseRow.accepted_at) >= accepted_from)
    if accepted_before is not None:
        query = query.where(col(CaseRow.accepted_at) < accepted_before)
    return tuple(as_record(CaseRecord, row) for row in tx.session.exec(query))


def find_text(tx: Tx, text: str, statuses: Collection[str] = (), limit: int = 200) -> tuple[CaseRecord, ...]:
    """Cases that `text` means (see search.py), the last made first; an empty text means all."""
    found = search.find(text)
    if found is None:
        return newest(tx, statuses, limit)
    query = select(CaseRow).where(found).order_by(col(CaseRow.id).desc()).limit(limit)
    if statuses:
        query = query.where(col(CaseRow.status).in_(statuses))
    return tuple(as_record(CaseRecord, row) for row in tx.session.exec(query))


def status_counts(tx: Tx) -> dict[str, int]:
    """How many cases stand in each status."""
    return dict(tx.session.exec(select(CaseRow.status, func.count()).group_by(col(CaseRow.status))).all())


# -- answers ---------------------------------------------------------------------------------------------------------


def put_answer(tx: Tx, case_uuid: str, answer: AnswerRecord) -> None:
    """Keep an answer in the place of the one with the same key; the case counts as saved at `answer.at`."""
    put_answers(tx, case_uuid, (answer,))


def put_answers(tx: Tx, case_uuid: str, answers: Iterable[AnswerRecord]) -> None:
    """Keep several answers at once."""
    row = _row(tx, case_uuid)
    for answer in answers:
        tx.session.merge(AnswerRow(case_uuid=case_uuid, **{**asdict(answer), "box": as_text(answer.box)}))
        _touch(row, answer.at)
    tx.session.flush()


def remove_answer(tx: Tx, case_uuid: str, key: str, at: datetime) -> bool:
    """Take an answer back; False when there was none."""
    row = tx.session.get(AnswerRow, (case_uuid, key))
    if row is None:
        return False
    tx.session.delete(row)
    _touch(_row(tx, case_uuid), at)
    tx.session.flush()
    return True


def answers(tx: Tx, case_uuid: str) -> tuple[AnswerRecord, ...]:
    """All stored answers of a case, by key."""
    query = select(AnswerRow).where(AnswerRow.case_uuid == case_uuid).order_by(col(AnswerRow.key))
    return tuple(as_record(AnswerRecord, row) for row in tx.session.exec(query))


# -- facts -----------------------------------------------------------------------------------------------------------


def add_facts(tx: Tx, case_uuid: str, said: Iterable[FactRecord]) -> None:
    """Keep facts, in the order given; an older fact of the same name stays and comes first in `facts`."""
    row = _row(tx, case_uuid)
    for fact in said:
        tx.session.add(FactRow(id=None, case_uuid=case_uuid, **{**asdict(fact), "box": as_text(fact.box)}))
        tx.session.flush()
        _touch(row, fact.at)
    tx.session.flush()


def remove_facts(tx: Tx, case_uuid: str, evidence_id: str) -> int:
    """Forget what one piece of evidence said; returns how many facts that were."""
    rows = tx.session.exec(select(FactRow).where(FactRow.case_uuid == case_uuid,
                                                 FactRow.evidence_id == evidence_id)).all()
    for row in rows:
        tx.session.delete(row)
    tx.session.flush()
    return len(rows)


def facts(tx: Tx, case_uuid: str) -> tuple[FactRecord, ...]:
    """All facts of a case, oldest first."""
    query = select(FactRow).where(FactRow.case_uuid == case_uuid).order_by(col(FactRow.id))
    return tuple(as_record(FactRecord, row) for row in tx.session.exec(query))


# -- matters ---------------------------------------------------------------------------------------------------------


def put_matters(tx: Tx, case_uuid: str, matters_in_order: Sequence[MatterRecord]) -> None:
    """Set the matters of a case as a whole, in the pack's order."""
    tx.session.exec(delete(MatterRow).where(col(MatterRow.case_uuid) == case_uuid))
    for place, matter in enumerate(matters_in_order):
        tx.session.add(MatterRow(case_uuid=case_uuid, place=place, **asdict(matter)))
    tx.session.flush()


def put_matter(tx: Tx, case_uuid: str, matter: MatterRecord) -> None:
    """Change one matter of a case where it stands; raises LookupError when the case has no such matter."""
    row = tx.session.get(MatterRow, (case_uuid, matter.matter_id))
    if row is None:
        raise LookupError(f"the case has no matter {matter.matter_id}")
    for name, value in asdict(matter).items():
        setattr(row, name, value)
    tx.session.flush()


def matters(tx: Tx, case_uuid: str) -> tuple[MatterRecord, ...]:
    """The matters of a case in the pack's order."""
    query = select(MatterRow).where(MatterRow.case_uuid == case_uuid).order_by(col(MatterRow.place))
    return tuple(as_record(MatterRecord, row) for row in tx.session.exec(query))


# -- confirmed fields and undo ---------------------------------------------------------------------------------------


def confirm(tx: Tx, case_uuid: str, key: str) -> None:
    """The clerk compared this field with the paper and found it right."""
    tx.session.merge(ConfirmedRow(case_uuid=case_uuid, key=key))
    tx.session.flush()


def unconfirm(tx: Tx, case_uuid: str, key: str) -> None:
    """The value has changed: it wants looking at again."""
    tx.session.exec(delete(ConfirmedRow).where(col(ConfirmedRow.case_uuid) == case_uuid,
                                               col(ConfirmedRow.key) == key))


def confirmed(tx: Tx, case_uuid: str) -> frozenset[str]:
    """The fields that were compared and found right."""
    return frozenset(tx.session.exec(select(ConfirmedRow.key).where(ConfirmedRow.case_uuid == case_uuid)))


def undo_push(tx: Tx, case_uuid: str, payload: str, keep: int = 100) -> None:
    """Remember how to take a change back (the flow's own JSON); only the last `keep` steps stay."""
    tx.session.add(UndoRow(id=None, case_uuid=case_uuid, payload=payload))
    tx.session.flush()
    newest_ids = (select(UndoRow.id).where(UndoRow.case_uuid == case_uuid)
                  .order_by(col(UndoRow.id).desc()).limit(keep))
    tx.session.exec(delete(UndoRow).where(col(UndoRow.case_uuid) == case_uuid,
                                          col(UndoRow.id).not_in(newest_ids)))


def undo_pop(tx: Tx, case_uuid: str) -> str | None:
    """The last step's payload, taken off the pile; None when there is nothing to take back."""
    query = select(UndoRow).where(UndoRow.case_uuid == case_uuid).order_by(col(UndoRow.id).desc()).limit(1)
    row = tx.session.exec(query).one_or_none()
    if row is None:
        return None
    tx.session.delete(row)
    tx.session.flush()
    return row.payload


def undo_count(tx: Tx, case_uuid: str) -> int:
    """How many steps can be taken back."""
    return tx.session.exec(select(func.count()).select_from(UndoRow).where(UndoRow.case_uuid == case_uuid)).one()


def undo_clear(tx: Tx, case_uuid: str) -> None:
    """Nothing can be taken back any more, e.g. after acceptance."""
    tx.session.exec(delete(UndoRow).where(col(UndoRow.case_uuid) == case_uuid))


def _row(tx: Tx, case_uuid: str) -> CaseRow:
    row = tx.session.exec(select(CaseRow).where(CaseRow.case_uuid == case_uuid)).one_or_none()
    if row is None:
        raise NoSuchCase(case_uuid)
    return row


def _touch(row: CaseRow, at: datetime) -> None:
    """When it was last saved; never earlier than before, although somebody put the clock back."""
    row.updated_at = max(at, row.updated_at)


def _id(row: CaseRow) -> int:
    assert row.id is not None, "flushed"
    return row.id
