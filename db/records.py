"""What leaves the store: frozen values. A database row never leaves its transaction, these do."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class UserRecord:
    """Somebody who may sign in."""

    user_id: str
    login: str
    name: str
    role: str
    active: bool = True
    pin_is_temporary: bool = False
    """Somebody else chose the PIN: it is good for choosing one's own."""


@dataclass(frozen=True)
class CaseRecord:
    """One case without its answers."""

    case_uuid: str
    theme_id: str
    theme_version: str
    status: str
    revision: int
    created_at: datetime
    updated_at: datetime
    created_by: str
    window: str
    step: str = "eligibility"
    """The step of the intake it was left at."""
    case_number: str | None = None
    document_number: str | None = None
    applicant_name: str = ""
    applicant_number: str = ""
    title: str = ""
    """How the list names it, e.g. 某某之子."""
    accepted_at: datetime | None = None
    due_date: date | None = None
    due_is_provisional: bool = False
    signed_digest: str | None = None
    signed_at: datetime | None = None
    receipt_printed_at: datetime | None = None
    platform_receipt: str | None = None
    """The province's receipt number once it said so."""
    return_reason: str = ""
    corrected_at: datetime | None = None
    """When the last correction notice went out."""
    refused_at: datetime | None = None
    """When it was refused (不予受理)."""
    fields_done: int = 0
    """Fields of the form that have a value, as last counted by the flow that changed them."""
    fields_total: int = 0


@dataclass(frozen=True)
class AnswerRecord:
    """One answer with its provenance (see domain.prefill.Answer)."""

    key: str
    value: str
    source: str
    confidence: float
    origin: str
    evidence_id: str | None
    box: tuple[float, float, float, float] | None
    by: str
    at: datetime


@dataclass(frozen=True)
class FactRecord:
    """One thing a card, a paper or a department said (see domain.prefill.Fact)."""

    name: str
    value: str
    confidence: float
    evidence_id: str | None
    box: tuple[float, float, float, float] | None
    at: datetime


@dataclass(frozen=True)
class EvidenceRecord:
    """One piece of evidence; its bytes lie encrypted in the attachments folder under `sha256`."""

    evidence_id: str
    case_uuid: str
    slot: str
    """`id_card_front.mother`, `marriage_certificate`, `signature`, `id_card_chip.mother` …"""
    doc_type: str
    sha256: str
    """Of the plain bytes."""
    size: int
    media_type: str
    at: datetime
    by: str
    quad: str = ""
    """JSON of four corners in the picture, when a page was cut from it; of a PDF {"sheet": from 0, "quad": four corners in points}."""
    rotation: int = 0
    superseded: bool = False
    lines: str = field(default="", repr=False)
    """JSON of what a page says: [[text, [x, y, width, height]], …], boxes as fractions of the upright page."""


@dataclass(frozen=True)
class MatterRecord:
    """One matter of a case and where it stands."""

    matter_id: str
    name: str
    department: str
    state: str
    selected: bool = True
    detail: str = ""
    result_number: str = ""
    updated_at: datetime | None = None


@dataclass(frozen=True)
class OutboxRecord:
    """One thing that must reach the province, exactly once."""

    outbox_id: int
    kind: str
    """`case`."""
    case_uuid: str
    revision: int
    idempotency_key: str
    body: str
    """CaseSnapshot as JSON."""
    state: str
    """waiting, sent, refused, or replaced (refused, and a later revision took its place). `sending` is never stored."""
    attempts: int
    next_at: datetime
    created_at: datetime
    last_error: str = ""
    """A wording code."""
    last_detail: str = ""
    sent_at: datetime | None = None
    receipt: str | None = None


@dataclass(frozen=True)
class JournalRecord:
    """One row of the journal. `digest` = SM3(previous digest + canonical JSON of the row)."""

    seq: int
    at: datetime
    who: str
    what: str
    """`case.created`, `answer.set`, `case.accepted`, `receipt.printed`, `day.closed` …"""
    case_uuid: str | None
    detail: str
    """Canonical JSON without personal data: keys, counts, digests."""
    previous: str
    digest: str


@dataclass(frozen=True)
class DayRecord:
    """A closed day."""

    day: date
    closed_at: datetime
    closed_by: str
    reviewed_by: str
    journal_head: str
    journal_count: int
    sheet: str = field(default="", repr=False)
    """The DaySheet as JSON, kept for ever."""


@dataclass(frozen=True)
class ProgressRecord:
    """One progress event of the province about one matter."""

    event_id: str
    """The province's own; taken once, however often it comes."""
    case_uuid: str
    matter_id: str
    state: str
    """As the province said it."""
    sequence: int
    """The province's order of events about this case; a lower one never moves a matter back."""
    at: datetime
    """The province's time."""
    received_at: datetime
    applied: bool = True
    """False when it came too late and was only noted."""
    detail: str = ""
    """JSON of the rest of the event."""


@dataclass(frozen=True)
class PrintJobRecord:
    """One thing sent to a printer."""

    id: int
    case_uuid: str
    kind: str
    """`receipt`, `acceptance_notice`, `unified_form`, `correction_notice`."""
    edition: str
    """Which state of that paper: the receipt's revision, a PDF's evidence id."""
    copy_number: int
    """From 1; what comes after the first is a reprint."""
    state: str
    """sending, printed, handed_over, seen, unknown or failed; see db.print_jobs."""
    fault: str
    """The FaultCode it ended with."""
    queue_job: str
    """The system queue's name for it."""
    by: str
    at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class ThemeCounts:
    """One theme's cases that were accepted on a day, and where they stand now."""

    theme_id: str
    accepted: int
    receipts_printed: int
    sent: int
    waiting: int
    returned: int


@dataclass(frozen=True)
class DayCounts:
    """A day in numbers."""

    accepted: int
    corrected: int
    refused: int
    receipts_printed: int
    """Of the cases accepted that day."""
    mean_seconds: float | None
    """From the first greeting to acceptance; None without a case."""
    by_theme: tuple[ThemeCounts, ...]
    by_hour: tuple[tuple[int, int], ...]
    """(hour of the hall's day, cases accepted), hours without a case left out."""


@dataclass(frozen=True)
class RatingRecord:
    """What a family said of the service at the window."""

    case_uuid: str
    level: int
    """1 非常满意 … 5 非常不满意."""
    reasons: tuple[str, ...]
    text: str = field(repr=False)
    channel: str
    """screen or keypad."""
    window: str
    clerk: str
    """Who served; a user id."""
    rated_at: datetime
    correction: str = ""
    """What a supervisor found and did about a bad one; empty while it is open."""
    corrected_by: str = ""
    corrected_at: datetime | None = None
