"""What the province calls things: snapshot -> message, and back. The only place with its names (resources/platform).

No HTTP, no clock, no store. The message of a snapshot is the same bytes for ever: the province compares digests.
"""

import hashlib
import json
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from desktop.domain.case import MatterState
from desktop.domain.snapshot import CaseSnapshot
from desktop.domain.terminal import Asking

CHUNK = 1 << 20
"""The most one request may carry, in bytes."""
SMALLEST_CHUNK = 16 << 10

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
FieldKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
FieldValue = Annotated[str, StringConstraints(max_length=200)]


class _Answer(BaseModel):
    """Strict in what is known ("1" is no number), deaf to what is not."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Health(_Answer):
    """The province is there."""

    service: Literal["oncedesk-platform"]
    version: str
    time: AwareDatetime


class SignedOn(_Answer):
    """The province knows this PC as that terminal."""

    terminal_id: str
    installation_id: UUID
    asked: UUID
    ticket: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    time: AwareDatetime


class Announced(_Answer):
    """Phase one is done; `missing` evidence comes next."""

    case_uuid: UUID
    revision: int
    body_sha256: Digest
    missing: list[Digest]


class EvidenceState(_Answer):
    """How much of one piece is there."""

    case_uuid: UUID
    sha256: Digest
    offset: int
    size: int
    complete: bool


class Receipt(_Answer):
    """The province has the whole case."""

    receipt_no: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,40}$")]
    case_uuid: UUID
    revision: int
    body_sha256: Digest
    evidence: list[Digest]
    received_at: AwareDatetime
    status: Literal["accepted"]


class RevisionState(_Answer):
    """What the province knows of one revision."""

    revision: int
    body_sha256: Digest
    status: str
    receipt: Receipt | None = None


class CaseState(_Answer):
    """What the province knows of one case."""

    case_uuid: UUID
    revisions: list[RevisionState]


class ProgressEvent(_Answer):
    """What a department did with one matter."""

    event_id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    sequence: Annotated[int, Field(ge=1, le=2**53)]
    case_uuid: UUID
    matter_id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    state: Annotated[str, StringConstraints(max_length=100)]
    at: AwareDatetime
    department: Annotated[str, StringConstraints(max_length=200)]
    text: Annotated[str, StringConstraints(max_length=500)]
    result_number: Annotated[str, StringConstraints(max_length=60)] | None = None
    fields: Annotated[dict[FieldKey, FieldValue], Field(max_length=50)] = {}


class Progress(_Answer):
    """One page of events and the cursor to ask with the next time."""

    events: Annotated[list[dict[str, Any]], Field(max_length=1000)]
    """Still unread, see `event`: one bad event must not hide the others."""
    next: Annotated[str, StringConstraints(max_length=200)]
    more: bool = False


class ProblemAnswer(_Answer):
    """application/problem+json."""

    code: str
    detail: str = ""
    missing: list[str] = []
    offset: int | None = None
    reason_code: str = ""
    reason: Annotated[str, StringConstraints(max_length=1000)] = ""


class Message:
    """A case as bytes, with their digest."""

    def __init__(self, body: bytes, snapshot: CaseSnapshot) -> None:
        self.body = body
        self.sha256 = hashlib.sha256(body).hexdigest()
        self.case_uuid = snapshot.case_uuid
        self.revision = snapshot.revision
        self.evidence = {piece.sha256: piece.size for piece in snapshot.evidence}
        """sha256 -> size, each piece once."""


def sign_on(asking: Asking) -> bytes:
    """The province's message for a sign-on."""
    return canonical({**vars(asking), "restored_at": asking.restored_at and asking.restored_at.isoformat()})


def message(snapshot: CaseSnapshot) -> Message:
    """The province's message for a snapshot; one from before there was a document number in it stays in the first format."""
    second = {"document_number": snapshot.document_number} if snapshot.document_number else {}
    return Message(canonical({
        "format": "oncedesk.case/2" if second else "oncedesk.case/1",
        **second,
        "case_uuid": snapshot.case_uuid,
        "revision": snapshot.revision,
        "case_number": snapshot.case_number,
        "theme": {"id": snapshot.theme_id, "version": snapshot.theme_version, "title": snapshot.theme_title},
        "region": snapshot.region,
        "window": snapshot.window,
        "clerk": snapshot.clerk,
        "applicant": {"name": snapshot.applicant_name, "id_number": snapshot.applicant_number,
                      "phone": snapshot.applicant_phone},
        "accepted_at": snapshot.accepted_at.isoformat(),
        "due_date": snapshot.due_date.isoformat(),
        "form": [{"key": answer.key, "label": answer.label, "value": answer.value, "source": answer.source}
                 for answer in snapshot.answers],
        "matters": [{"matter_id": matter.id, "name": matter.name, "department": matter.department,
                     "prerequisites": list(matter.prerequisites)} for matter in snapshot.matters],
        "evidence": [{"evidence_id": piece.evidence_id, "slot": piece.slot, "materials": list(piece.materials),
                      "sha256": piece.sha256, "size": piece.size, "media_type": piece.media_type}
                     for piece in snapshot.evidence],
        "signed_digest": snapshot.signed_digest,
        "demo": snapshot.demo,
    }), snapshot)


def canonical(value: dict[str, Any]) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the same value is the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def event(raw: dict[str, Any]) -> ProgressEvent | None:
    """One event of a page; None when it is not what the contract promises."""
    try:
        return ProgressEvent.model_validate_json(json.dumps(raw))
    except ValidationError:
        return None


_STATES = {
    "acknowledged": MatterState.ACKNOWLEDGED,
    "in_progress": MatterState.IN_PROGRESS,
    "paused": MatterState.PAUSED,
    "done": MatterState.DONE,
    "returned": MatterState.RETURNED,
    "refused": MatterState.REFUSED,
}


def matter_state(said: str) -> MatterState:
    """Our word for the province's; what we do not know stays unknown."""
    return _STATES.get(said, MatterState.UNKNOWN)
