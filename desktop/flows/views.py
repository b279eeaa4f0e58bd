"""What flows hand to the window: frozen values, ready to show. A screen computes nothing from them but layout."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from desktop.domain.problem import Problem
from desktop.domain.roles import Role
from desktop.domain.working_days import Day

Tri = Literal["yes", "no", "unknown"]
SyncState = Literal["none", "waiting", "sent", "refused"]


@dataclass(frozen=True)
class Session:
    """Who sits at the window."""

    user_id: str
    login: str
    name: str
    role: Role


@dataclass(frozen=True)
class ThemeCard:
    """One theme on the home screen."""

    theme_id: str
    version: str
    short_title: str
    region: str
    icon: str
    materials: int
    working_days: int
    matters: tuple[str, ...]
    own_region: bool = True
    """Whether the window stands where the pack holds."""
    region_name: str = ""
    """Whose pack it is, when the window stands elsewhere: 湖南省沅陵县."""


@dataclass(frozen=True)
class CaseRow:
    """One line of a case list. Names are masked unless the reader may see them."""

    case_uuid: str
    case_number: str
    title: str
    theme: str
    status: str
    """A CaseStatus value; its word stands in wording.toml under `case_status.<value>`."""
    step: str
    done: int
    """Fields filled."""
    of: int
    note: str
    """One line: what it waits for."""
    saved_at: datetime
    due_date: date | None
    sync: SyncState
    clerk: str


@dataclass(frozen=True)
class Today:
    """The counters of the home screen."""

    accepted: int
    waiting_to_send: int
    correcting: int
    mean_minutes: float | None
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuestionView:
    """One question of the greeting."""

    key: str
    label: str
    type: str
    choices: tuple[str, ...]
    help: str
    value: str
    source: str
    """A Source value or empty when unanswered."""
    ask: Literal["greeting", "papers"]


@dataclass(frozen=True)
class RuleView:
    """One condition with its verdict."""

    text: str
    verdict: Tri
    missing: tuple[str, ...]
    """Labels of what would decide it."""
    clause_text: str
    warning: bool
    open_path: str
    exclusion: bool = False


@dataclass(frozen=True)
class SlotView:
    """One page asked for."""

    slot: str
    label: str
    doc_type: str
    evidence_id: str | None
    status: Literal["missing", "captured", "chip_only"]
    photo: str = ""
    """The size of the photo that is asked for instead of a paper; empty = a paper."""
    persons: int = 1
    """How many people it shows."""


@dataclass(frozen=True)
class MaterialView:
    """One material with what has been taken of it."""

    material_id: str
    name: str
    form: str
    copies: str
    note: str
    required: Tri
    handling: str
    slots: tuple[SlotView, ...]
    complete: bool
    clause_text: str


@dataclass(frozen=True)
class Cutout:
    """Where on which page a value was read."""

    evidence_id: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class SideView:
    """One of two places that say different things of the same."""

    origin: str
    """What `fill.choose` takes; empty = typed, nothing to choose."""
    origin_text: str
    """In words which paper it is: 结婚证（女方）."""
    shown: str
    doubtful: bool
    """Read without certainty."""
    cutout: Cutout | None
    """None where there is no picture of it: a chip, a value typed."""


@dataclass(frozen=True)
class Contradiction:
    """Two papers that say different things of one person where no blank of the form takes both: compared, then confirmed by its key."""

    key: str
    label: str
    sides: tuple[SideView, ...]
    problem: Problem


@dataclass(frozen=True)
class FieldView:
    """One blank of the form with its value and provenance."""

    key: str
    label: str
    type: str
    choices: tuple[str, ...]
    editable_choice: bool
    required: bool
    locked: bool
    visible: bool
    width: Literal["half", "full"]
    help: str
    value: str
    """The stored value (region: six digits)."""
    shown: str
    """The value as text (region: its name)."""
    source: str
    """A Source value or empty."""
    confidence: float
    needs_look: bool
    """Recognised below the threshold or in disagreement: 请核对."""
    cutout: Cutout | None
    origin_text: str
    """In words: 母亲身份证芯片, 户口簿首页, 与申报人电话相同 …"""
    problems: tuple[Problem, ...]
    sides: tuple[SideView, ...] = ()
    """Where two places disagree: what stands now, and what speaks against it."""


@dataclass(frozen=True)
class SectionView:
    """One titled part of the form."""

    section_id: str
    title: str
    fields: tuple[FieldView, ...]
    filled: int
    required: int


@dataclass(frozen=True)
class PersonView:
    """Somebody who takes part in the case, or may."""

    role: str
    name: str
    """How screens call the person: 母亲."""


@dataclass(frozen=True)
class LeftOut:
    """Why the rules leave a matter out although the family asks for it."""

    text: str
    clause_text: str
    open_path: str


@dataclass(frozen=True)
class MatterView:
    """One matter and where it stands."""

    matter_id: str
    name: str
    department: str
    state: str
    """A MatterState value; its word: wording `matter_state.<value>`."""
    prerequisites: tuple[str, ...]
    selected: bool
    """Whether the family asks for it."""
    optional: bool
    detail: str
    result_number: str
    updated_at: datetime | None
    result: str = ""
    """What comes of it: 户口页."""
    left_out: LeftOut | None = None
    """The case does not do it, although the family asks for it."""


@dataclass(frozen=True)
class PrintView:
    """Where the printing of a receipt or paper stands."""

    kind: str
    """`receipt`, `acceptance_notice` …"""
    state: Literal["none", "done", "unsure"]
    """unsure = some of the last try may be on paper; somebody has to look."""
    copies: int
    """How many went out, or may have."""
    fault: str = ""
    """What the last try ended with."""
    path: str = ""
    """A paper's entry in `papers`."""


@dataclass(frozen=True)
class CaseView:
    """Everything the intake shows of one case; made anew after every change."""

    case_uuid: str
    case_number: str
    theme_id: str
    theme_version: str
    theme_title: str
    short_title: str
    status: str
    step: str
    editable: bool
    questions: tuple[QuestionView, ...]
    conditions: tuple[RuleView, ...]
    eligibility: Tri
    materials: tuple[MaterialView, ...]
    sections: tuple[SectionView, ...]
    problems: tuple[Problem, ...]
    """All that stand, errors first."""
    matters: tuple[MatterView, ...]
    limit_text: str
    due_date: date | None
    due_is_provisional: bool
    clock: tuple[Day, ...]
    """The derivation of the due date, day by day."""
    notices: tuple[str, ...]
    """Hints of the pack: statutory clocks, what is not counted."""
    fields_total: int
    fields_filled: int
    fields_automatic: int
    fields_typed: int
    ready: bool
    """Nothing missing but the signature."""
    signed: bool
    signed_stale: bool
    """Signed, but something changed since."""
    saved_at: datetime
    title: str
    sync: SyncState
    sync_note: str
    papers: tuple[str, ...] = ()
    """File names of printed papers, once accepted."""
    receipt_printed: bool = False
    prints: tuple[PrintView, ...] = ()
    """The receipt and every paper, once there is one."""
    can_undo: bool = False
    return_reason: str = ""
    """Why the province sent it back; the clerk may mend it and accept again."""
    people: tuple[PersonView, ...] = ()
    """Who takes part, or may, as far as is known."""
    extended_to: date | None = None
    """The due date as pauses move it; None = there were none. What was promised stays in `due_date`."""
    standing: str = ""
    """Why the clock stands still now; empty when it runs."""
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def committed(self) -> bool:
        """Accepted here and not come back: nothing of it changes any more."""
        return bool(self.case_number) and not self.editable

    def printing(self, kind: str) -> PrintView:
        """Where the printing of one of them stands."""
        return next((one for one in self.prints if one.kind == kind), PrintView(kind, "none", 0))


@dataclass(frozen=True)
class SheetRow:
    """One line on the applicant's page."""

    label: str
    value: str


@dataclass(frozen=True)
class ApplicantSheet:
    """What the applicant reads and signs; `text` is exactly what is hashed."""

    title: str
    rows: tuple[SheetRow, ...]
    matters: str
    due: str
    consent: str
    text: str = field(repr=False)
    digest: str
    """SHA-256 of `text`, hexadecimal."""


@dataclass(frozen=True)
class CapturedPage:
    """What became of one capture."""

    evidence_id: str
    doc_type: str
    slot: str | None
    """Which slot it filled; None when this paper is not asked for."""
    fields: int
    verdict: str | None
    """Wording code when it should be taken again."""
    code: str = ""
    """What a bar or QR code says that lies on no paper we know (`doc_type` is then `code`): text, nothing is done with it."""


@dataclass(frozen=True)
class Accepted:
    """A committed case."""

    case_number: str
    document_number: str
    due_date: date
    papers: tuple[str, ...]
    """Paths of the PDFs."""


@dataclass(frozen=True)
class SyncRow:
    """One line of the outbox page."""

    case_uuid: str
    case_number: str
    title: str
    state: SyncState
    attempts: int
    next_at: datetime | None
    sent_at: datetime | None
    error: str
    """A wording code or empty."""
    receipt: str


@dataclass(frozen=True)
class SyncPill:
    """The top bar's pill."""

    online: bool | None
    """None until the first try."""
    waiting: int
    refused: int
    last_sync: datetime | None


@dataclass(frozen=True)
class DayView:
    """The day-end screen."""

    day: date
    closed: bool
    accepted: int
    sent: int
    waiting: int
    correcting: int
    refused: int
    receipts_printed: int
    evidence_missing: int
    by_theme: tuple[tuple[str, int, int, int, int, str], ...]
    """theme, accepted, evidence complete, receipts printed, sent, finding."""
    by_hour: tuple[tuple[int, int], ...]
    todo: tuple[tuple[str, str, str], ...]
    """case uuid, title, what is to do."""
    journal_ok: bool
    journal_count: int
    closed_by: str
    reviewed_by: str


@dataclass(frozen=True)
class DayClosed:
    """The files a closed day left."""

    xlsx: str
    pdf: str
    sealed: str
