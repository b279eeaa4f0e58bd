"""What was accepted, frozen: the value that flows.accept puts into the outbox and sync.wire turns into messages."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SnapshotAnswer(_Frozen):
    """One answer of the form as it was signed."""

    key: str
    label: str
    value: str
    source: str


class SnapshotMatter(_Frozen):
    """One matter the family asked for."""

    id: str
    name: str
    department: str
    prerequisites: tuple[str, ...]


class SnapshotEvidence(_Frozen):
    """One piece of evidence in the manifest; its bytes travel in the second phase."""

    evidence_id: str
    slot: str
    """Which paper of which person, e.g. `marriage_certificate`, `id_card_front.mother`, `signature`."""
    materials: tuple[str, ...]
    """Ids of the materials it proves."""
    sha256: str
    size: int
    media_type: Literal["image/jpeg", "image/png", "application/json", "application/pdf"]


class CaseSnapshot(_Frozen):
    """A case as it was accepted. `case_uuid` + `revision` is the key that makes sending exactly once."""

    case_uuid: str
    revision: int
    case_number: str
    theme_id: str
    theme_version: str
    theme_title: str
    region: str
    window: str
    clerk: str
    applicant_name: str
    applicant_number: str
    applicant_phone: str
    accepted_at: datetime
    due_date: date
    answers: tuple[SnapshotAnswer, ...]
    matters: tuple[SnapshotMatter, ...]
    evidence: tuple[SnapshotEvidence, ...]
    signed_digest: str
    """SHA-256 of exactly the text the applicant signed."""
    document_number: str = ""
    """Empty in those that were accepted before it was sent."""
    demo: bool = False
