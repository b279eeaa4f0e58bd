"""From a pack's text to a checked pack, or to every mistake in it with its place; which pack is in force; what a version changes.

No disk: the caller reads the file. What must hold between the parts of a pack is in pack_check.py.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from desktop.domain import pack_check, pack_text
from desktop.domain.codes import EMPTY, Codes
from desktop.domain.pack import (
    Alias,
    Applicant,
    Branch,
    Choice,
    Clause,
    Contradiction,
    Deadline,
    Delivery,
    Department,
    Document,
    EvidenceSlot,
    Fee,
    Field,
    FieldType,
    Limit,
    Material,
    Matter,
    Paper,
    Person,
    Pledge,
    Question,
    Reduction,
    Region,
    Rule,
    Section,
    Service,
    Switch,
    ThemePack,
)

__all__ = [
    "Alias", "Applicant", "Branch", "Change", "Choice", "Clause", "Contradiction", "Deadline", "Delivery", "Department", "Document",
    "EvidenceSlot", "Fee", "Field", "FieldType", "Limit", "Material", "Matter", "Mistake", "PackError", "Paper", "Person", "Pledge",
    "Question", "Reduction", "Region", "Rule", "Section", "Service", "Switch", "ThemePack", "diff", "in_force", "json_schema",
    "parse_pack",
]


@dataclass(frozen=True)
class Mistake:
    """One thing wrong with a pack file."""

    origin: str
    """The file."""
    line: int | None
    path: str
    """Table and key, e.g. `sections[1].fields[3].required`."""
    expected: str

    def __str__(self) -> str:
        place = f"{self.origin}:{self.line}" if self.line else self.origin
        return f"{place}: {self.path}: {self.expected}" if self.path else f"{place}: {self.expected}"


class PackError(Exception):
    """A pack that cannot be used, with everything that is wrong with it."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


def parse_pack(text: str, origin: str, codes: Codes = EMPTY) -> ThemePack:
    """The pack of a TOML text; `origin` names the file in messages. Raises PackError with every mistake found.

    With `codes` also values are found that no code list knows.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise PackError((Mistake(origin, _line_in(str(e)), "", f"valid TOML ({e})"),)) from e
    try:
        pack = ThemePack.model_validate(tables)
    except ValidationError as e:
        found = [(error["loc"], _expected(error)) for error in e.errors(include_url=False)]
    else:
        found = pack_check.mistakes(pack, codes)
        if not found:
            return pack
    places = pack_text.lines_of(text)
    raise PackError(tuple(Mistake(origin, pack_text.line_of(places, path), _dotted(path), expected) for path, expected in found))


def json_schema() -> dict[str, Any]:
    """JSON Schema of a pack file, for editors."""
    return ThemePack.model_json_schema()


def in_force(packs: tuple[ThemePack, ...], on: date) -> tuple[ThemePack, ...]:
    """One version of each theme: of those whose days hold `on` the one that took effect last. In the order given."""
    newest: dict[str, ThemePack] = {}
    for pack in packs:
        if pack.effective_from <= on and (pack.effective_to is None or on <= pack.effective_to):
            held = newest.get(pack.id)
            if held is None or pack.effective_from > held.effective_from:
                newest[pack.id] = pack
    return tuple(newest.values())


@dataclass(frozen=True)
class Change:
    """One thing that differs between two packs."""

    path: str
    """`materials[mat_poa].when`: parts are named by id or key, not by place."""
    before: str | None
    """None = new."""
    after: str | None
    """None = gone."""


def diff(a: ThemePack, b: ThemePack) -> tuple[Change, ...]:
    """What `b` changes against `a`, in the order of the pack; a moved but unchanged part is no change."""
    return tuple(_differences("", a.model_dump(mode="json"), b.model_dump(mode="json")))


def _differences(path: str, a: Any, b: Any) -> list[Change]:
    if a == b:
        return []
    if isinstance(a, list) and isinstance(b, list) and (named := _named(a)) is not None and (other := _named(b)) is not None:
        a, b = named, other
    if isinstance(a, dict) and isinstance(b, dict):
        return [change for key in (*a, *(key for key in b if key not in a))
                for change in _differences(_join(path, key), a.get(key), b.get(key))]
    return [Change(path, _shown(a), _shown(b))]


def _named(parts: list[Any]) -> dict[str, Any] | None:
    """Parts that have an id or key, by it: `[mat_poa]`."""
    if not all(isinstance(part, dict) and ("id" in part or "key" in part) for part in parts):
        return None
    return {f"[{part.get('id') or part['key']}]": part for part in parts}


def _join(path: str, key: str) -> str:
    return path + key if key.startswith("[") or not path else f"{path}.{key}"


def _shown(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict):
        return str(value.get("label") or value.get("name") or value.get("text") or value.get("title") or value)
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _dotted(path: tuple[str | int, ...]) -> str:
    words = ""
    for part in path:
        words += f"[{part}]" if isinstance(part, int) else f".{part}" if words else part
    return words


def _expected(error: Any) -> str:
    match error["type"]:
        case "extra_forbidden":
            return "no such key here (misspelt?)"
        case "missing":
            return "this key must be given"
        case _:
            return f"{error['msg']}, not {error['input']!r:.60}"


def _line_in(message: str) -> int | None:
    place = message.partition("(at line ")[2].partition(",")[0]
    return int(place) if place.isdigit() else None
