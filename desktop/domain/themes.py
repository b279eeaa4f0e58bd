"""From a pack's text to a checked pack, or to every mistake in it with its place; which pack is in force; what a county switches.

No disk: the caller reads the file. What must hold between the parts of a pack is in pack_check.py, what a version changes in pack_diff.py.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import tomli
from pydantic import ValidationError

from desktop.domain import pack_check, pack_text
from desktop.domain.codes import EMPTY, Codes
from desktop.domain.pack import (
    MUST_BE_WRITTEN,
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
from desktop.domain.pack_diff import Change, change_note, diff

__all__ = [
    "Alias", "Applicant", "Branch", "Change", "Choice", "Clause", "Contradiction", "Deadline", "Delivery", "Department", "Document",
    "EvidenceSlot", "Fee", "Field", "FieldType", "Limit", "Material", "Matter", "Mistake", "PackError", "Paper", "Person", "Pledge",
    "Question", "Reduction", "Region", "Rule", "Section", "Service", "Switch", "ThemePack", "change_note", "diff", "in_force",
    "json_schema", "parse_pack", "switched",
]


@dataclass(frozen=True)
class Mistake:
    """One thing wrong with a pack file."""

    origin: str
    """The file."""
    line: int | None
    """None = the file as a whole cannot be read."""
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
    text = text.removeprefix("\ufeff")                # Windows editors put it before UTF-8
    try:
        tables = tomli.loads(text)
        pack = ThemePack.model_validate(_tuples(tables))
    except tomli.TOMLDecodeError as e:
        raise PackError((Mistake(origin, _line_in(str(e), text), "", f"valid TOML ({e})"),)) from e
    except RecursionError as e:
        raise PackError((Mistake(origin, None, "", "valid TOML (brackets nested too deep)"),)) from e
    except ValidationError as e:
        found = [(error["loc"], _expected(error)) for error in e.errors(include_url=False)]
    else:
        found = pack_check.mistakes(pack, codes)
        if not found:
            return pack
    places = pack_text.lines_of(text)
    raise PackError(tuple(Mistake(origin, pack_text.line_of(places, path), _dotted(path), expected) for path, expected in found))


def _tuples(value: Any) -> Any:
    """TOML's lists as the tuples they become: the models are strict."""
    if isinstance(value, dict):
        return {key: _tuples(part) for key, part in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def json_schema() -> dict[str, Any]:
    """JSON Schema of a pack file, for editors."""
    schema = ThemePack.model_json_schema()
    for name, keys in MUST_BE_WRITTEN.items():
        table = schema if name == ThemePack.__name__ else schema["$defs"][name]
        table["required"] = [*table.get("required", ()), *keys]
    return schema


def in_force(packs: tuple[ThemePack, ...], on: date) -> tuple[ThemePack, ...]:
    """One version of each theme: of those whose days hold `on` the one that took effect last. In the order given."""
    newest: dict[str, ThemePack] = {}
    for pack in packs:
        if pack.effective_from <= on and (pack.effective_to is None or on <= pack.effective_to):
            held = newest.get(pack.id)
            if held is None or pack.effective_from > held.effective_from:
                newest[pack.id] = pack
    return tuple(newest.values())


def switched(pack: ThemePack, on: Collection[str]) -> ThemePack:
    """The pack as a county runs it that has turned these switches on. Raises ValueError for a switch the pack does not have."""
    if not on:
        return pack
    if unknown := sorted(set(on) - {switch.id for switch in pack.switches}):
        raise ValueError(f"{pack.id}@{pack.version} has no switch {', '.join(unknown)}")
    turned = [switch for switch in pack.switches if switch.id in on]
    drops = {pair for switch in turned for pair in switch.drops}
    spares = {pair for switch in turned for pair in switch.spares}
    waived = {material: switch.reason for switch in turned for material in switch.waives}
    return pack.model_copy(update={
        "matters": tuple(matter.model_copy(update={"prerequisites": tuple(
            before for before in matter.prerequisites if (matter.id, before) not in drops)}) for matter in pack.matters),
        "materials": tuple(_eased(material, spares, waived.get(material.id, "")) for material in pack.materials)})


def _eased(material: Material, spares: Collection[tuple[str, str]], waived: str) -> Material:
    """A material no matter asks for any longer is skipped with its reason, not taken out: the notice can say why."""
    left = tuple(matter for matter in material.used_by if (material.id, matter) not in spares)
    if waived or (material.used_by and not left):
        return material.model_copy(update={"skip_when": "true", "skip_reason": waived or material.skip_reason})
    return material.model_copy(update={"used_by": left}) if left != material.used_by else material


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
            return pack_check.MISSING
        case "string_pattern_mismatch":
            return f"{_PATTERNS.get(error['ctx']['pattern'], error['msg'])}, not {error['input']!r:.60}"
        case "greater_than_equal":
            return f"at least {error['ctx']['ge']}"
        case "less_than_equal":
            return f"at most {error['ctx']['le']}"
        case _:
            return f"{error['msg']}, not {error['input']!r:.60}"


_PATTERNS = {r"\S": "some text", "^[A-Za-z0-9][A-Za-z0-9_-]*$": "letters, digits, _ and -",
             "^[A-Za-z0-9][A-Za-z0-9._-]*$": "letters, digits, dots, _ and -"}


def _line_in(message: str, text: str) -> int:
    """Where tomllib found the text broken; at its end when something was never closed."""
    place = message.partition("(at line ")[2].partition(",")[0]
    return int(place) if place.isdigit() else len(text.splitlines()) or 1
