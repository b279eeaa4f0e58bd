"""What the theme browser shows: frozen values, ready to show, every rule and source already in words. Made in browse_themes."""

from dataclasses import dataclass
from typing import Literal

VersionState = Literal["in_force", "earlier", "coming"]


@dataclass(frozen=True)
class VersionRow:
    """One version of a theme in the list."""

    theme_id: str
    version: str
    short_title: str
    region: str
    icon: str
    effective: str
    """The days on which it holds, in words."""
    days: str
    """The same, short."""
    state: VersionState
    """earlier = no longer (or not) in force, coming = its first day is still ahead."""
    added: bool
    """From the county's own folder, not shipped."""


@dataclass(frozen=True)
class MistakeRow:
    """One mistake in a pack file."""

    line: int | None
    path: str
    expected: str


@dataclass(frozen=True)
class BrokenFile:
    """A pack file that cannot be used."""

    file: str
    mistakes: tuple[MistakeRow, ...]
    standing: str
    """What holds in its place, as a sentence."""


@dataclass(frozen=True)
class PackList:
    """Every version of every theme, and the files that are broken."""

    versions: tuple[VersionRow, ...]
    """The window's own region first; the versions of a theme together, newest first."""
    broken: tuple[BrokenFile, ...]
    folder: str
    """Where a county puts its own packs."""


@dataclass(frozen=True)
class ClauseRow:
    """A passage of the document, word for word."""

    clause_id: str
    text: str
    cited_by: str
    """What leans on it, in words; empty when nothing does."""


@dataclass(frozen=True)
class RuleRow:
    """A condition or exclusion with the passage it stands on."""

    text: str
    exclusion: bool
    decided: str
    """How it is decided, in words."""
    expression: str
    """The same as the pack writes it."""
    clause: str
    open_path: str
    on_fail: str


@dataclass(frozen=True)
class QuestionRow:
    """What the greeting asks because the rules need it."""

    label: str
    takes: str
    when: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class MaterialRow:
    """A material with when it is asked for."""

    name: str
    form: str
    copies: str
    handling: str
    note: str
    when: str
    """Empty = always."""
    skipped: str
    """When something else supplies it; empty = never."""
    pages: tuple[str, ...]
    """What is laid under the camera."""
    used_by: tuple[bool, ...]
    """One for each matter, in the order of the pack."""
    clause: str
    proposed: bool
    reason: str


@dataclass(frozen=True)
class FieldRow:
    """A blank of the form with where its value comes from."""

    label: str
    takes: str
    required: str
    sources: tuple[str, ...]
    """Strongest first; empty = typed at the window."""
    note: str
    heading: str
    """Printed at the left of its row."""


@dataclass(frozen=True)
class FormSection:
    """A titled part of the form."""

    title: str
    fields: tuple[FieldRow, ...]


@dataclass(frozen=True)
class GraphMatter:
    """A matter as the graph draws it."""

    matter_id: str
    name: str
    department: str
    lead: bool
    step: int
    """0 = may begin at once."""
    prerequisites: tuple[str, ...]
    loosened: tuple[str, ...]
    """Prerequisites a county may drop."""
    optional: bool
    limit: str
    result: str
    detail: tuple[str, ...]
    """Branches, delivery and notes, line by line."""
    clause: str


@dataclass(frozen=True)
class SwitchRow:
    """Something a county may decide otherwise."""

    text: str
    effect: str
    reason: str


@dataclass(frozen=True)
class ClockRow:
    """A clock of the pack: what the document prints and how it is counted."""

    text: str
    counted: str
    clause: str


@dataclass(frozen=True)
class ContradictionRow:
    """Statements that do not agree, and what the window does."""

    statements: tuple[str, ...]
    resolution: str


@dataclass(frozen=True)
class ChangeRow:
    """One thing a version changes."""

    kind: Literal["new", "gone", "changed", "moved"]
    sentence: str


@dataclass(frozen=True)
class PackView:
    """One version of one theme, whole."""

    row: VersionRow
    title: str
    document: tuple[tuple[str, str], ...]
    """What and its value: number, issuer, dates, file."""
    conditions: tuple[RuleRow, ...]
    questions: tuple[QuestionRow, ...]
    materials: tuple[MaterialRow, ...]
    form_title: str
    form_proposed: str
    """Why the whole form is proposed; empty when the document prints it."""
    sections: tuple[FormSection, ...]
    pledge: str
    matters: tuple[GraphMatter, ...]
    services: tuple[str, ...]
    switches: tuple[SwitchRow, ...]
    limit: str
    excluded: tuple[str, ...]
    clocks: tuple[ClockRow, ...]
    fee: str
    reductions: tuple[str, ...]
    clauses: tuple[ClauseRow, ...]
    contradictions: tuple[ContradictionRow, ...]
    missing: tuple[str, ...]
    before: str
    """The earlier version the changes are against; empty when there is none."""
    changes: tuple[ChangeRow, ...]
