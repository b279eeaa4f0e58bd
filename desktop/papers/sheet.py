"""What a paper needs to know of a case: one frozen value, so that papers ask nobody anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from desktop.domain.themes import ThemePack


@dataclass(frozen=True)
class MaterialLine:
    """One row of the material list on a paper."""

    number: int
    name: str
    form: str
    """As printed: 原件, 原件和复印件, 电子表单 …"""
    copies: str
    """As printed: 1 份 …"""
    pages: int
    """Pages captured."""
    handling: str
    """核验退还 or 收取."""
    defect: str = ""
    """On a correction notice: what is wrong."""
    remedy: str = ""
    """On a correction notice: how to put it right."""


@dataclass(frozen=True)
class CaseSheet:
    """A committed case as its papers show it. Values are full, not masked: each paper masks what it must."""

    pack: ThemePack
    case_number: str
    document_number: str
    """文号, e.g. 〔2026〕00017号 with its prefix."""
    hall: str
    window: str
    clerk: str
    applicant_name: str
    applicant_number: str
    applicant_phone: str
    applicant_relation: str
    matters: tuple[str, ...]
    """Names of the matters asked for, in order."""
    materials: tuple[MaterialLine, ...]
    answers: dict[str, str]
    """Field key -> value as the form should print it (regions and codes already as text)."""
    applied_at: datetime
    accepted_at: datetime | None
    """Aware; shown in the hall's local time (Asia/Shanghai)."""
    due_date: date | None
    due_is_provisional: bool = False
    delivery: str = ""
    results: tuple[str, ...] = ()
    """What comes of each matter in this case; empty = what the pack says of it without looking at the case."""
    query_url: str = ""
    phone: str = ""
    complaint_phone: str = "12345"
    signature_png: bytes | None = field(default=None, repr=False)
    signed_at: datetime | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Evidence slot -> the picture (PNG or JPEG) that a blank of type image prints."""
    corrections_until: date | None = None
    demo: bool = False
    """Papers of demo mode carry 演示样张 across the page."""
    issued_at: datetime | None = None
    """When a correction notice goes out, if not on the spot (aware)."""


@dataclass(frozen=True)
class DayLine:
    """One row of the day-end table: a theme's counts."""

    theme: str
    accepted: int
    evidence_complete: int
    receipts_printed: int
    sent: int
    waiting: int
    returned: int
    finding: str = ""
    """What does not balance, in words; empty when it does."""


@dataclass(frozen=True)
class DayCase:
    """One case of the day for the XLSX and the sealed log; the applicant is masked."""

    case_number: str
    theme: str
    applicant: str
    clerk: str
    window: str
    accepted_at: datetime
    due_date: date | None
    status: str
    sync_state: str
    attempts: int
    last_error: str
    receipt_printed: bool


@dataclass(frozen=True)
class DaySheet:
    """The day-end: what the supervisor signs."""

    day: date
    hall: str
    window: str
    closed_by: str
    reviewed_by: str
    closed_at: datetime
    lines: tuple[DayLine, ...]
    cases: tuple[DayCase, ...]
    journal_head: str
    """SM3 of the last journal row of the day, hexadecimal."""
    journal_count: int
    differences: tuple[str, ...] = ()
    demo: bool = False
    previous_seal: str = ""
    """The seal of the day closed before (see day_end.seal_of), hexadecimal; empty for the first."""
