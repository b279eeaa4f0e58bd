"""The messages of resources/platform/openapi.yaml as the stand-in province checks them."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ONE_MIB = 1 << 20


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Theme(_Message):
    id: str
    version: str
    title: str


class Applicant(_Message):
    name: str
    id_number: str
    phone: str


class FormAnswer(_Message):
    key: str
    label: str
    value: str
    source: Literal["hand", "chip", "platform", "recognised", "derived", "copied", "default"]


class Matter(_Message):
    matter_id: str
    name: str
    department: str
    prerequisites: list[str]


class Piece(_Message):
    evidence_id: str
    slot: str
    materials: list[str]
    sha256: Sha256
    size: Annotated[int, Field(ge=1, le=20 * ONE_MIB)]
    media_type: Literal["image/jpeg", "image/png", "application/json", "application/pdf"]


class CaseMessage(_Message):
    format: Literal["oncedesk.case/1", "oncedesk.case/2"]
    case_uuid: UUID
    revision: Annotated[int, Field(ge=1)]
    case_number: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    document_number: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = None
    theme: Theme
    region: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    window: str
    clerk: str
    applicant: Applicant
    accepted_at: AwareDatetime
    due_date: date
    form: list[FormAnswer]
    matters: Annotated[list[Matter], Field(min_length=1)]
    evidence: list[Piece]
    signed_digest: str
    demo: bool

    @model_validator(mode="after")
    def _as_its_format_says(self) -> Self:
        if (self.document_number is None) != (self.format == "oncedesk.case/1"):
            raise ValueError("document_number belongs to oncedesk.case/2, and to that one only")
        return self

    @property
    def numbers(self) -> dict[str, str]:
        """What no other case may have, by its member."""
        return {"case_number": self.case_number} | ({"document_number": self.document_number} if self.document_number else {})

    def answer(self, key: str) -> str:
        """A value of the form, "" when it is not there."""
        return next((answer.value for answer in self.form if answer.key == key), "")


class SignOn(_Message):
    terminal_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    installation_id: UUID
    asked: UUID
    ticket: Annotated[str, StringConstraints(max_length=100)]
    window_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
    region: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    store_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    journal_count: Annotated[int, Field(ge=0)]
    journal_head: Sha256
    restored_at: AwareDatetime | None
    program_version: Annotated[str, StringConstraints(max_length=40)]


class SignedOn(_Message):
    terminal_id: str
    installation_id: UUID
    asked: UUID
    ticket: str
    time: AwareDatetime


class TakeOver(_Message):
    """What an administrator of the province says, no terminal: this installation is that terminal now."""

    installation_id: UUID


class Complete(_Message):
    body_sha256: Sha256


class Health(_Message):
    service: Literal["oncedesk-platform"] = "oncedesk-platform"
    version: str = "1.1.0"
    time: AwareDatetime


class Announced(_Message):
    case_uuid: UUID
    revision: int
    body_sha256: Sha256
    missing: list[Sha256]


class EvidenceState(_Message):
    case_uuid: UUID
    sha256: Sha256
    offset: int
    size: int
    complete: bool


class Receipt(_Message):
    receipt_no: str
    case_uuid: UUID
    revision: int
    body_sha256: Sha256
    evidence: list[Sha256]
    received_at: AwareDatetime
    status: Literal["accepted"] = "accepted"


class RevisionState(_Message):
    revision: int
    body_sha256: Sha256
    status: Literal["announced", "accepted", "refused"]
    missing: list[Sha256]
    receipt: Receipt | None = None
    reason_code: str | None = None
    reason: str | None = None


class CaseState(_Message):
    case_uuid: UUID
    revisions: list[RevisionState]


class ProgressEvent(_Message):
    event_id: str
    sequence: Annotated[int, Field(ge=1)]
    case_uuid: UUID
    matter_id: str
    state: str
    at: AwareDatetime
    department: str
    text: str
    result_number: str | None = None
    fields: dict[str, str] = {}


class Progress(_Message):
    events: list[ProgressEvent]
    next: str
    more: bool = False


class Refused(Exception):
    """Any answer that is not a success, as application/problem+json."""

    def __init__(self, status: int, code: str, detail: str = "", headers: dict[str, str] | None = None,
                 **members: object) -> None:
        super().__init__(code)
        self.status = status
        self.headers = headers or {}
        self.body = {"type": f"urn:oncedesk:problem:{code}", "title": code.replace("_", " "), "status": status,
                     "code": code, "detail": detail, **members}
