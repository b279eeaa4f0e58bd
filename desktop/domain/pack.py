"""Theme packs as values: what one 一件事 in one region in one version says, as its document prints it.

Only the shape; from text to a checked pack: themes.py, which is also where others import these from.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Literal

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(pattern=r"\S")]
"""Printed somewhere: not empty, not only space."""
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
"""Others refer to it, and it may stand in a file name."""
Version = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
WorkingDays = Annotated[int, Ge(1), Le(120)]
Count = Annotated[int, Ge(0), Le(10_000)]


class _Frozen(BaseModel):
    """Strict: what TOML calls a text is no number and no day."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Clause(_Frozen):
    """A passage of the document, word for word; rules cite it by id."""

    id: Id
    text: Text


class Document(_Frozen):
    """The government document the pack was made from."""

    number: str
    """Empty where the document bears none."""
    title: Text
    issuer: Text
    basis: str = ""
    attachment: str = ""
    published: date | None = None
    trial_from: date | None = None
    formal_from: date | None = None


class Region(_Frozen):
    """GB/T 2260 six digits and the name."""

    code: str
    name: Text


class Department(_Frozen):
    """One department that takes part; `lead` marks the 牵头 one."""

    id: Id
    name: Text
    lead: bool = False
    lead_when: str = ""
    """CEL: it leads only in these cases (正常死亡 / 非正常死亡)."""


class Branch(_Frozen):
    """Who does a matter and what comes of it in one kind of case: the first branch that is true replaces what the matter says."""

    when: str
    """CEL."""
    department: str
    result: Text


class Matter(_Frozen):
    """One thing a department decides."""

    id: Id
    name: Text
    department: str
    prerequisites: tuple[str, ...] = ()
    optional: bool = False
    limit: str = ""
    working_days: WorkingDays | None = None
    """The department's own promise, counted from the day the matter reaches it."""
    result: Text
    delivery: tuple[str, ...] = ()
    clause: str | None = None
    note: str = ""
    ticked_as: str = ""
    """How the form's own list of matters calls it; empty = by its name."""
    branches: tuple[Branch, ...] = ()


class Rule(_Frozen):
    """A condition or exclusion: the printed text and the CEL expression that decides it."""

    id: Id
    text: Text
    when: str
    """CEL over field and question keys; a condition must be true, an exclusion must not."""
    clause: str
    matters: tuple[str, ...] = ()
    """It speaks of these matters only: failing leaves them out and the theme open. Empty = of the whole theme."""
    on_fail: Literal["refuse", "warn", "correct"] = "refuse"
    """correct = the family can put it right (another agent, another answer): nothing is refused, but it cannot be accepted so."""
    elsewhere: bool = False
    """The document prints it elsewhere than among its conditions (in a remark, on a form)."""
    open_path: str = ""
    """What stays open to the family when it fails: a matter on its own, another office."""
    problem: str = ""
    """Wording code of the short reason; empty = the printed text says it."""
    reasons: Mapping[str, str] = {}
    """Short reason -> CEL: told beside the printed text when the rule stands against the family and it is true (男方未满22周岁)."""


class Choice(_Frozen):
    """One choice; `code` is what a standard's list calls it, when there is one."""

    value: Text
    code: str = ""


FieldType = Literal["text", "choice", "multi", "date", "datetime", "int", "id_number", "phone", "region", "bool", "image"]
"""multi = several of the choices, joined by 、; datetime = ISO 8601 to the minute; image = a picture or signature that a slot holds."""


class Person(_Frozen):
    """Somebody the case knows by name: whose card or page it can be."""

    role: str
    """A word of the pack's own: mother, father, agent, husband, wife, deceased."""
    name: Text
    """How screens call the person: 母亲."""
    name_key: str
    number_key: str
    """The field or question that holds the name, and the identity number."""
    sex: Literal["男", "女", ""] = ""
    when: str = "true"
    """CEL: the person takes part only when true (an agent, when no parent applies)."""
    claims: str = "true"
    """CEL: a card of this sex that nobody's name or number fits is this person's, as long as the person's number is not known."""
    expired_card_serves: bool = False
    """A card past its time still says who this is: nobody renews the card of a dead person."""


class Alias(_Frozen):
    """A role that stands for another one, by the answer to a question: `applicant` for the mother, when the mother applies."""

    role: str
    name: Text
    question: str
    """The field or question whose answer says for whom."""
    means: Mapping[str, str]
    """Answer -> role."""


class Applicant(_Frozen):
    """Which answers say who applies: for the list of cases, the receipt and the province."""

    name_key: str
    number_key: str
    phone_key: str
    relation_key: str = ""


class Question(_Frozen):
    """Something the rules need that the form does not ask; asked once, at the greeting."""

    key: str
    label: Text
    type: FieldType
    choices: tuple[Text, ...] = ()
    alone: tuple[str, ...] = ()
    """Of a multi: choices that go with no other (以上情形都没有)."""
    codeset: str = ""
    """A code list that tells how the form would print what a chip or paper says."""
    sources: tuple[str, ...] = ()
    help: str = ""
    clause: str | None = None
    ask: Literal["greeting", "papers"] = "greeting"
    """greeting = the clerk asks; papers = only ever filled from cards and papers, shown when missing."""
    when: str = "true"
    """CEL; asked only when true."""
    checks: tuple[str, ...] = ()
    """As a field's."""
    masked: bool = False

    @property
    def called(self) -> str:
        """What screens and problems call it, as of a field."""
        return self.label


class EvidenceSlot(_Frozen):
    """One page that proves a material: what kind of paper, of whom."""

    doc_type: str
    """A recognition DocType."""
    role: str = ""
    """One of the pack's people or aliases, or empty."""
    tag: str = ""
    """Tells papers of the type `other` apart, e.g. `first_issue_form`; a word of the pack's own."""
    label: Text
    """What the clerk is asked to lay down."""
    or_chip: bool = False
    """A chip reading of the same person's card says as much as this page."""
    photo: Literal["", "id", "two_inch", "couple"] = ""
    """Not a paper but a photo of people, of this size: 26 x 32, 35 x 49 or 53 x 35 mm."""
    persons: Literal[0, 1, 2] = 0
    """How many people the photo shows; of a photo always said."""
    when: str = "true"
    """CEL; the page is wanted only when true."""


class Material(_Frozen):
    """A paper asked for, with form, copies and the rule WHEN it is asked for."""

    id: Id
    name: Text
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
    reason: str = ""
    """Why it is proposed: what the document names but does not print."""
    skip_when: str = ""
    """CEL; something else supplies it: a platform share, a matter of the same case."""
    skip_reason: str = ""


class Field(_Frozen):
    """A blank of the one form; `label` exactly as printed."""

    key: str
    label: Text
    spoken: str = ""
    """How screens and problems call it where the printed label alone does not say whose: 母亲年龄."""
    type: FieldType
    required: str = "yes"
    """`yes`, `no`, or a CEL expression."""
    choices: tuple[Text, ...] = ()
    alone: tuple[str, ...] = ()
    """Of a multi: choices that go with no other."""
    codeset: str = ""
    editable_choice: bool = False
    """The list is local: other values may be typed."""
    offered: Mapping[str, str] = {}
    """Choice -> CEL: offered only when true (次年 only for births from October on). Choices not named are always offered."""
    sources: tuple[str, ...] = ()
    """Where the value may come from, strongest meaning first; see domain.prefill."""
    checks: tuple[str, ...] = ()
    """Names of checks in domain.rules, e.g. `id_number`, `mobile_or_landline`, `birth_certificate_number`."""
    used_by: tuple[str, ...] = ()
    row_heading: str = ""
    """A heading printed at the left of the row (自领, 邮寄)."""
    slot: str = ""
    """Of an image: the evidence slot that holds it (`other.deceased_photo`, `signature`)."""
    show_when: str = "true"
    """CEL; the screen hides the field when false (the paper always prints it)."""
    locked: bool = False
    """Never typed at the window: a department pushes it."""
    masked: bool = False
    """Shown masked outside the form itself."""
    width: Literal["half", "full"] = "half"
    """How the printed table lays it out."""
    help: str = ""

    @property
    def called(self) -> str:
        """What screens and problems call it."""
        return self.spoken or self.label


class Section(_Frozen):
    """One titled part of the form."""

    id: Id
    title: Text
    fields: tuple[Field, ...]


class Pledge(_Frozen):
    """What those who apply promise by their signature, word for word."""

    text: Text
    clause: str


class Limit(_Frozen):
    """The promised limit."""

    working_days: WorkingDays
    text: Text
    excluded: tuple[str, ...] = ()
    clause: str


class Deadline(_Frozen):
    """A statutory clock beside the limit. Exactly one of the four counts is given."""

    id: Id
    text: Text
    start: str
    """CEL giving the day (or minute) it runs from, ISO 8601."""
    working_days: Annotated[int, Ge(1), Le(1000)] | None = None
    days: Annotated[int, Ge(1), Le(3660)] | None = None
    months: Annotated[int, Ge(1), Le(120)] | None = None
    hours: Annotated[int, Ge(1), Le(8760)] | None = None
    first_day_counts: bool = False
    """Whether the day it runs from is day 1; as a rule it is day 0 (民法典 201)."""
    rolls: bool = False
    """A last day on which offices are closed moves to the next working day (民法典 203)."""
    when: str = "true"
    """CEL; it runs only when true."""
    matters: tuple[str, ...] = ()
    """It runs only while one of these is chosen. Empty = always."""
    clause: str
    severity: Literal["error", "warning", "notice"] = "warning"
    """What it means to be past it; notice = only told, because others than the window keep it."""


class Switch(_Frozen):
    """Something a county may decide otherwise than the document says, because later rules allow it."""

    id: Id
    text: Text
    reason: Text
    clause: str | None = None
    drops: tuple[tuple[str, str], ...] = ()
    """(matter, prerequisite) that no longer holds."""
    waives: tuple[str, ...] = ()
    """Materials no longer asked for."""
    spares: tuple[tuple[str, str], ...] = ()
    """(material, matter): this matter no longer asks for it; others that use it still do."""


class Service(_Frozen):
    """Something offered beside the matters, nothing to decide."""

    id: Id
    name: Text
    text: str = ""
    clause: str | None = None


class Reduction(_Frozen):
    """A burden as the document itself counts it, before and with the one visit."""

    id: Id
    kind: Literal["visits", "papers", "steps", "working_days"]
    text: Text
    before: Count
    after: Count
    clause: str


class Paper(_Frozen):
    """A paper the theme knows, printed by us or brought by the family."""

    id: Id
    title: Text
    kind: Literal["form", "acceptance_notice", "correction_notice", "refusal_notice", "receipt", "template"]
    proposed: bool = False
    reason: str = ""


class Delivery(_Frozen):
    """How a result reaches the family."""

    document: Text
    options: tuple[Text, ...]


class Fee(_Frozen):
    """What it costs, as printed."""

    text: Text
    amount: Annotated[int, Ge(0)] = 0
    clause: str


class Contradiction(_Frozen):
    """Two statements of one document that do not agree; both kept, with the resolution and its reason."""

    id: Id
    statements: tuple[Text, ...]
    resolution: Text
    clauses: tuple[str, ...] = ()


class ThemePack(_Frozen):
    """One theme in one region in one version."""

    id: Id
    version: Version
    title: Text
    short_title: Text
    """What the card on the home screen says: 新生儿出生."""
    icon: Text
    home_place: Count = 50
    """Where it stands on the home screen among the themes of its region: smaller first."""
    region: Region
    county: Region
    document: Document
    effective_from: date
    effective_to: date | None = None
    case_letters: str
    """Two letters of the case number, e.g. XS."""
    clauses: tuple[Clause, ...]
    departments: tuple[Department, ...]
    people: tuple[Person, ...]
    """In the order in which an unknown card is offered to them."""
    aliases: tuple[Alias, ...] = ()
    applicant: Applicant
    matters: tuple[Matter, ...]
    conditions: tuple[Rule, ...]
    exclusions: tuple[Rule, ...] = ()
    questions: tuple[Question, ...]
    greeting_fields: tuple[str, ...] = ()
    """Fields of the form that the greeting asks already, because the rules need them."""
    materials: tuple[Material, ...]
    form_title: Text
    sections: tuple[Section, ...]
    pledge: Pledge | None = None
    limit: Limit
    deadlines: tuple[Deadline, ...] = ()
    switches: tuple[Switch, ...] = ()
    services: tuple[Service, ...] = ()
    reductions: tuple[Reduction, ...] = ()
    papers: tuple[Paper, ...] = ()
    delivery: tuple[Delivery, ...] = ()
    fee: Fee
    rating: Literal["offer", "on_request"] = "offer"
    """offer = after acceptance the family is invited to rate; on_request = only when it asks (after a death nobody is invited)."""
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
    def places(self) -> Mapping[str, int]:
        """Every key -> where it is asked: at the greeting, then what only papers and cards say, then the rest of the form."""
        greeting = [question.key for question in self.questions if question.ask == "greeting"]
        return {key: place for place, key in enumerate(dict.fromkeys((*greeting, *self.greeting_fields, *self.by_key)))}

    @property
    def form_is_proposed(self) -> bool:
        """Whether the document names the form without printing it: screens and papers mark it 样式."""
        return any(paper.kind == "form" and paper.proposed for paper in self.papers)

    @cached_property
    def clause_texts(self) -> Mapping[str, str]:
        """Clause id -> its text, word for word."""
        return {clause.id: clause.text for clause in self.clauses}


MUST_BE_WRITTEN: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "ThemePack": ("greeting_fields",),
    "Department": ("lead",),
    "Matter": ("prerequisites", "optional"),
    "Rule": ("on_fail", "matters", "open_path"),
    "Person": ("sex", "when", "claims"),
    "Question": ("sources", "checks", "ask", "when"),
    "EvidenceSlot": ("or_chip", "when"),
    "Material": ("when", "used_by", "handling"),
    "Field": ("required", "sources", "checks", "used_by", "show_when"),
    "Limit": ("excluded",),
    "Deadline": ("when", "matters", "first_day_counts", "rolls", "severity"),
})
"""Keys that have a usual value and still must stand in a pack's file: without them a family would silently be asked something else."""
