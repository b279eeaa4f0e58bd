"""Theme packs as values: what one 一件事 in one region in one version says, as its document prints it.

Only the shape; from text to a checked pack: themes.py, which is also where others import these from.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Clause(_Frozen):
    """A passage of the document, word for word; rules cite it by id."""

    id: str
    text: str


class Document(_Frozen):
    """The government document the pack was made from."""

    number: str
    title: str
    issuer: str
    basis: str = ""
    attachment: str = ""
    published: date | None = None
    trial_from: date | None = None
    formal_from: date | None = None


class Region(_Frozen):
    """GB/T 2260 six digits and the name."""

    code: str
    name: str


class Department(_Frozen):
    """One department that takes part; `lead` marks the 牵头 one."""

    id: str
    name: str
    lead: bool = False


class Matter(_Frozen):
    """One thing a department decides."""

    id: str
    name: str
    department: str
    prerequisites: tuple[str, ...] = ()
    optional: bool = False
    limit: str = ""
    result: str
    delivery: tuple[str, ...] = ()
    clause: str | None = None
    note: str = ""


class Rule(_Frozen):
    """A condition or exclusion: the printed text and the CEL expression that decides it."""

    id: str
    text: str
    when: str
    """CEL over field and question keys; a condition must be true, an exclusion must not."""
    clause: str
    on_fail: Literal["refuse", "warn"] = "refuse"
    open_path: str = ""
    """What stays open to the family when it fails: a matter on its own, another office."""
    problem: str = ""
    """Wording code of the short reason; empty = the printed text says it."""


class Choice(_Frozen):
    """One choice; `code` is what a standard's list calls it, when there is one."""

    value: str
    code: str = ""


FieldType = Literal["text", "choice", "date", "id_number", "phone", "region", "bool"]


class Question(_Frozen):
    """Something the rules need that the form does not ask; asked once, at the greeting."""

    key: str
    label: str
    type: FieldType
    choices: tuple[str, ...] = ()
    codeset: str = ""
    """A code list that tells how the form would print what a chip or paper says."""
    sources: tuple[str, ...] = ()
    help: str = ""
    clause: str | None = None
    ask: Literal["greeting", "papers"] = "greeting"
    """greeting = the clerk asks; papers = only ever filled from cards and papers, shown when missing."""


class EvidenceSlot(_Frozen):
    """One page that proves a material: what kind of paper, of whom."""

    doc_type: str
    """A recognition DocType."""
    role: str = ""
    """mother, father, applicant, settle (the parent whose household the child joins) or empty."""
    tag: str = ""
    """Tells papers of the type `other` apart, e.g. `first_issue_form`; a word of the pack's own."""
    label: str
    """What the clerk is asked to lay down."""
    or_chip: bool = False
    """A chip reading of the same person's card says as much as this page."""


class Material(_Frozen):
    """A paper asked for, with form, copies and the rule WHEN it is asked for."""

    id: str
    name: str
    form: str
    copies: str
    note: str = ""
    when: str = "true"
    """CEL; asked for when it is true."""
    clause: str
    used_by: tuple[str, ...]
    slots: tuple[EvidenceSlot, ...] = ()
    handling: Literal["return", "keep"] = "return"
    """return = looked at and given back (核验退还); keep = handed in (收取)."""
    proposed: bool = False
    skip_when: str = ""
    """CEL; a platform share supplies it."""


class Field(_Frozen):
    """A blank of the one form; `label` exactly as printed."""

    key: str
    label: str
    type: FieldType
    required: str = "yes"
    """`yes`, `no`, or a CEL expression."""
    choices: tuple[str, ...] = ()
    codeset: str = ""
    editable_choice: bool = False
    """The list is local: other values may be typed."""
    sources: tuple[str, ...] = ()
    """Where the value may come from, strongest meaning first; see domain.prefill."""
    checks: tuple[str, ...] = ()
    """Names of checks in domain.rules, e.g. `id_number`, `mobile_or_landline`, `birth_certificate_number`."""
    used_by: tuple[str, ...] = ()
    row_heading: str = ""
    """A heading printed at the left of the row (自领, 邮寄)."""
    show_when: str = ""
    """CEL; the screen hides the field when false (the paper always prints it)."""
    locked: bool = False
    """Never typed at the window: a department pushes it."""
    masked: bool = False
    """Shown masked outside the form itself."""
    width: Literal["half", "full"] = "half"
    """How the printed table lays it out."""
    help: str = ""


class Section(_Frozen):
    """One titled part of the form."""

    id: str
    title: str
    fields: tuple[Field, ...]


class Limit(_Frozen):
    """The promised limit."""

    working_days: int
    text: str
    excluded: tuple[str, ...] = ()
    clause: str


class Deadline(_Frozen):
    """A statutory clock beside the limit."""

    id: str
    text: str
    when: str
    """CEL giving the last day (ISO date) or unknown."""
    clause: str
    severity: Literal["error", "warning", "notice"] = "warning"
    """What it means to be past it; notice = only told, because others than the window keep it."""


class Paper(_Frozen):
    """A paper the theme knows, printed by us or brought by the family."""

    id: str
    title: str
    kind: Literal["form", "acceptance_notice", "correction_notice", "refusal_notice", "receipt", "template"]
    proposed: bool = False
    reason: str = ""


class Delivery(_Frozen):
    """How a result reaches the family."""

    document: str
    options: tuple[str, ...]


class Fee(_Frozen):
    """What it costs, as printed."""

    text: str
    amount: int = 0
    clause: str


class Contradiction(_Frozen):
    """Two statements of one document that do not agree; both kept, with the resolution and its reason."""

    id: str
    statements: tuple[str, ...]
    resolution: str
    clauses: tuple[str, ...] = ()


class ThemePack(_Frozen):
    """One theme in one region in one version."""

    id: str
    version: str
    title: str
    short_title: str
    """What the card on the home screen says: 新生儿出生."""
    icon: str
    region: Region
    county: Region
    document: Document
    effective_from: date
    effective_to: date | None = None
    case_letters: str
    """Two letters of the case number, e.g. XS."""
    clauses: tuple[Clause, ...]
    departments: tuple[Department, ...]
    matters: tuple[Matter, ...]
    conditions: tuple[Rule, ...]
    exclusions: tuple[Rule, ...] = ()
    questions: tuple[Question, ...]
    greeting_fields: tuple[str, ...] = ()
    """Fields of the form that the greeting asks already, because the rules need them."""
    materials: tuple[Material, ...]
    form_title: str
    sections: tuple[Section, ...]
    limit: Limit
    deadlines: tuple[Deadline, ...] = ()
    papers: tuple[Paper, ...] = ()
    delivery: tuple[Delivery, ...] = ()
    fee: Fee
    contradictions: tuple[Contradiction, ...] = ()
    missing_in_document: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """By name and version: equal packs have them alike, and hashing every label would cost more than evaluating a case."""
        return hash((self.id, self.version))

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All fields of the form in printed order."""
        return tuple(field for section in self.sections for field in section.fields)

    @cached_property
    def by_key(self) -> Mapping[str, Field | Question]:
        """Every field and question by its key: questions first, then fields in printed order."""
        entries: tuple[Field | Question, ...] = (*self.questions, *self.fields)
        return {entry.key: entry for entry in entries}

    @cached_property
    def clause_texts(self) -> Mapping[str, str]:
        """Clause id -> its text, word for word."""
        return {clause.id: clause.text for clause in self.clauses}
