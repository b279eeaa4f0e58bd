"""The tables. Plain SQLAlchemy types only, so that PostgreSQL could hold them later; times are aware UTC both ways.

A row of these classes never leaves its transaction: the modules beside this one hand out the values of records.py.
`table=True` classes do not validate, so nothing from outside may be poured into them unchecked.
The schema itself is written by hand in migrations/; a test holds both together.
"""

import json
from dataclasses import fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    R = TypeVar("R", bound=DataclassInstance)

Box = tuple[float, float, float, float]


def as_record(kind: "type[R]", row: SQLModel) -> "R":
    """The frozen value of a row: fields of the same name, boxes out of their JSON."""
    values: dict[str, Any] = {each.name: getattr(row, each.name) for each in fields(kind)}
    if values.get("box") is not None:
        values["box"] = tuple(json.loads(values["box"]))
    return kind(**values)


def as_text(box: Box | None) -> str | None:
    """A box as it is stored: a JSON array."""
    return None if box is None else json.dumps(box)


class StoreRow(SQLModel, table=True):
    """Which store this is. One row, id 1."""

    __tablename__ = "store_identity"
    id: int = Field(primary_key=True)
    store_id: str
    leap_day: date | None
    leap_second: int


class UserRow(SQLModel, table=True):
    """Somebody who may sign in."""

    __tablename__ = "users"
    user_id: str = Field(primary_key=True)
    login: str = Field(unique=True)
    name: str
    role: str
    active: bool
    pin_hash: str
    wrong_tries: int
    tried_at: float
    pin_is_temporary: bool


class CaseRow(SQLModel, table=True):
    """One case; `id` orders cases as they were made, whatever the clock said."""

    __tablename__ = "cases"
    id: int | None = Field(default=None, primary_key=True)
    case_uuid: str = Field(unique=True)
    theme_id: str
    theme_version: str
    status: str = Field(index=True)
    revision: int
    created_at: datetime
    updated_at: datetime
    created_by: str
    window: str
    step: str
    case_number: str | None = Field(unique=True)
    document_number: str | None = Field(unique=True)
    applicant_name: str
    applicant_number: str = Field(index=True)
    title: str
    accepted_at: datetime | None = Field(index=True)
    due_date: date | None
    due_is_provisional: bool
    signed_digest: str | None
    signed_at: datetime | None
    receipt_printed_at: datetime | None
    platform_receipt: str | None
    return_reason: str
    corrected_at: datetime | None = Field(index=True)
    refused_at: datetime | None = Field(index=True)
    fields_done: int
    fields_total: int


class AnswerRow(SQLModel, table=True):
    """One stored answer; one per case and key."""

    __tablename__ = "answers"
    case_uuid: str = Field(primary_key=True, foreign_key="cases.case_uuid")
    key: str = Field(primary_key=True)
    value: str
    source: str
    confidence: float
    origin: str
    evidence_id: str | None
    box: str | None
    by: str
    at: datetime


class FactRow(SQLModel, table=True):
    """One thing a card or a paper said; `id` keeps the order in which it was said."""

    __tablename__ = "facts"
    id: int | None = Field(default=None, primary_key=True)
    case_uuid: str = Field(foreign_key="cases.case_uuid", index=True)
    name: str
    value: str
    confidence: float
    evidence_id: str | None
    box: str | None
    at: datetime


class ConfirmedRow(SQLModel, table=True):
    """A field the clerk compared with the paper and found right."""

    __tablename__ = "confirmed"
    case_uuid: str = Field(primary_key=True, foreign_key="cases.case_uuid")
    key: str = Field(primary_key=True)


class UndoRow(SQLModel, table=True):
    """One step that can be taken back; the newest id first."""

    __tablename__ = "undo_steps"
    id: int | None = Field(default=None, primary_key=True)
    case_uuid: str = Field(foreign_key="cases.case_uuid", index=True)
    payload: str


class MatterRow(SQLModel, table=True):
    """One matter of a case; `place` keeps the pack's order."""

    __tablename__ = "matters"
    case_uuid: str = Field(primary_key=True, foreign_key="cases.case_uuid")
    matter_id: str = Field(primary_key=True)
    place: int
    name: str
    department: str
    state: str
    selected: bool
    detail: str
    result_number: str
    updated_at: datetime | None


class AttachmentRow(SQLModel, table=True):
    """The key of one encrypted file. Without this row the file is noise, which is how a file is erased."""

    __tablename__ = "attachments"
    sha256: str = Field(primary_key=True)
    file_name: str = Field(unique=True)
    wrapped_key: bytes = Field(sa_type=LargeBinary)
    size: int


class EvidenceRow(SQLModel, table=True):
    """One captured page or signature of a case; the foreign key makes a case without its scan impossible."""

    __tablename__ = "evidence"
    id: int | None = Field(default=None, primary_key=True)
    evidence_id: str = Field(unique=True)
    case_uuid: str = Field(foreign_key="cases.case_uuid", index=True)
    slot: str
    doc_type: str
    sha256: str = Field(foreign_key="attachments.sha256", index=True)
    size: int
    media_type: str
    at: datetime
    by: str
    quad: str
    rotation: int
    superseded: bool
    lines: str


class OutboxRow(SQLModel, table=True):
    """One thing the province must get; states waiting, sent, refused, replaced. `sending` is never stored."""

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("kind", "case_uuid", "revision"),)
    outbox_id: int | None = Field(default=None, primary_key=True)
    kind: str
    case_uuid: str = Field(foreign_key="cases.case_uuid", index=True)
    revision: int
    idempotency_key: str = Field(unique=True)
    body: str
    state: str = Field(index=True)
    attempts: int
    next_at: datetime
    created_at: datetime
    last_error: str
    last_detail: str
    sent_at: datetime | None
    receipt: str | None


class CursorRow(SQLModel, table=True):
    """How far a stream of the province has been taken in."""

    __tablename__ = "cursors"
    stream: str = Field(primary_key=True)
    position: str
    at: datetime


class ProgressRow(SQLModel, table=True):
    """One progress event of the province; the unique event id is what makes repeats harmless."""

    __tablename__ = "progress_events"
    id: int | None = Field(default=None, primary_key=True)
    event_id: str = Field(unique=True)
    case_uuid: str = Field(index=True)
    matter_id: str
    state: str
    sequence: int
    at: datetime
    received_at: datetime
    applied: bool
    detail: str


class JournalRow(SQLModel, table=True):
    """One row of the chained journal; triggers refuse UPDATE and DELETE."""

    __tablename__ = "journal"
    seq: int = Field(primary_key=True)
    at: datetime = Field(index=True)
    who: str
    what: str
    case_uuid: str | None = Field(index=True)
    detail: str
    previous: str
    digest: str


class JournalHeadRow(SQLModel, table=True):
    """Count and head beside the chain, so that a cut tail shows. One row, id 1."""

    __tablename__ = "journal_head"
    id: int = Field(primary_key=True)
    count: int
    digest: str


class DayRow(SQLModel, table=True):
    """A closed day; triggers refuse UPDATE and DELETE."""

    __tablename__ = "days"
    day: date = Field(primary_key=True)
    closed_at: datetime
    closed_by: str
    reviewed_by: str
    journal_head: str
    journal_count: int
    sheet: str


class SerialRow(SQLModel, table=True):
    """The last number given out of one series."""

    __tablename__ = "serials"
    series: str = Field(primary_key=True)
    last: int


class PrintJobRow(SQLModel, table=True):
    """One thing sent to a printer."""

    __tablename__ = "print_jobs"
    __table_args__ = (UniqueConstraint("case_uuid", "kind", "edition", "copy_number"),)
    id: int | None = Field(default=None, primary_key=True)
    case_uuid: str = Field(foreign_key="cases.case_uuid", index=True)
    kind: str
    edition: str
    copy_number: int
    state: str
    fault: str
    queue_job: str
    by: str
    at: datetime
    ended_at: datetime | None


class RatingRow(SQLModel, table=True):
    """What a family said of the service; one per case, never changed. A supervisor's answer to a bad one beside it."""

    __tablename__ = "ratings"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="ck_ratings_level"),)
    case_uuid: str = Field(primary_key=True, foreign_key="cases.case_uuid")
    level: int
    reasons: str
    text: str
    channel: str
    window: str
    clerk: str
    rated_at: datetime = Field(index=True)
    correction: str
    corrected_by: str
    corrected_at: datetime | None


class SettingRow(SQLModel, table=True):
    """One setting of the machine or of a user."""

    __tablename__ = "settings"
    scope: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    value: str
