"""Whether a pack's expression makes sense before any family comes: each part is of the kind its place wants.

Kinds, not values: texts, days (texts that are ISO days or minutes), numbers, truths, lists. Every branch is looked at, also those a trial
would not reach. What expressions come to is rules.py's; their grammar is cel_words.py's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from desktop.domain import cel_words
from desktop.domain.cel_words import Node
from desktop.domain.pack import Field, Question

Kind = Literal["text", "day", "number", "truth", "list", "any"]
NAMES: Mapping[Kind, str] = {
    "text": "a text", "day": "a day", "number": "a number", "truth": "true or false", "list": "a list", "any": "a value"}

ANSWERS: Mapping[str, Kind] = {
    "text": "any", "choice": "text", "multi": "text", "date": "text", "datetime": "text", "int": "any", "id_number": "text",
    "phone": "text", "region": "text", "bool": "truth", "image": "text"}
"""Field type -> what may be derived for it."""

_VARIABLES: Mapping[str, Kind] = {"today": "day", "applied_on": "day", "window_region": "text", "matters": "list", "wanted": "list",
                                  "unknown": "any", "true": "truth", "false": "truth"}
FUNCTIONS: Mapping[str, tuple[tuple[Kind, ...], Kind]] = {
    "province": (("text",), "text"), "city": (("text",), "text"), "county": (("text",), "text"), "region_in": (("text",), "text"),
    "region_name": (("text",), "text"),
    "add_days": (("day", "number"), "day"), "add_months": (("day", "number"), "day"), "add_working_days": (("day", "number"), "day"),
    "next_working_day": (("day",), "day"), "working_days_between": (("day", "day"), "number"), "days_between": (("day", "day"), "number"),
    "age_on": (("day", "day"), "number"), "month": (("day",), "number"), "year": (("day",), "number"),
    "id_valid": (("text",), "truth"), "id_kind": (("text",), "text"), "sex_of": (("text",), "text"), "birth_of": (("text",), "day"),
    "region_of": (("text",), "text"),
    "contains": (("text", "text"), "truth"), "startsWith": (("text", "text"), "truth"), "endsWith": (("text", "text"), "truth"),
    "matches": (("text", "text"), "truth"), "size": (("text",), "number"), "string": (("any",), "text"), "int": (("any",), "number"),
    "double": (("any",), "number"), "bool": (("any",), "truth"),
}
"""What each function takes (of `a.contains(b)` first a) and gives."""


class Senseless(ValueError):
    """What is wrong, in words: what a part should be."""


def check(source: str, wanted: Kind, entries: Mapping[str, Field | Question]) -> None:
    """Raises Senseless when the expression, which is CEL and names known keys, cannot come to what its place wants."""
    try:
        node = cel_words.parsed(source)
    except ValueError as e:
        raise Senseless("names, texts, numbers, lists, calls and operators, nothing else") from e
    _want(node, wanted, entries)


def _want(node: Node, wanted: Kind, entries: Mapping[str, Field | Question]) -> None:
    found = _kind(node, entries)
    if not _fits(found, wanted):
        raise Senseless(f"{NAMES[wanted]}, not {NAMES[found]}: {_told(node)}")


def _fits(found: Kind, wanted: Kind) -> bool:
    return found == wanted or "any" in {found, wanted} or (found == "day" and wanted == "text")


def _kind(node: Node, entries: Mapping[str, Field | Question]) -> Kind:
    match node.kind:
        case "text":
            return "day" if _is_day(node.word) else "text"
        case "number":
            return "number"
        case "name":
            return _VARIABLES.get(node.word) or _answer(entries.get(node.word))
        case "list":
            for part in node.parts:
                _want(part, "text", entries)
            return "list"
        case "not":
            _want(node.parts[0], "truth", entries)
            return "truth"
        case "&&" | "||":
            for part in node.parts:
                _want(part, "truth", entries)
            return "truth"
        case "in":
            _want(node.parts[0], "text", entries)
            _want(node.parts[1], "list", entries)
            return "truth"
        case "==" | "!=" | "<" | "<=" | ">" | ">=":
            return _compared(node, entries)
        case "if":
            _want(node.parts[0], "truth", entries)
            return _common(node.parts[1:], entries)
        case "call":
            return _called(node, entries)
        case "+":
            return _common(node.parts, entries)
        case _:
            for part in node.parts:
                _want(part, "number", entries)
            return "number"


def _answer(entry: Field | Question | None) -> Kind:
    """Answers are texts, but for yes and no."""
    if entry is None:
        return "any"
    return "truth" if entry.type == "bool" else "day" if entry.type in {"date", "datetime"} else "text"


def _compared(node: Node, entries: Mapping[str, Field | Question]) -> Kind:
    kind = _common(node.parts, entries)
    if node.kind not in {"==", "!="} and kind not in {"text", "day", "number", "any"}:
        raise Senseless(f"days, numbers or texts beside {node.kind}, not {NAMES[kind]}")
    return "truth"


def _common(parts: tuple[Node, ...], entries: Mapping[str, Field | Question]) -> Kind:
    first, second = (_kind(part, entries) for part in parts)
    if first == "any" or second == "any":
        return first if second == "any" else second
    if not (_fits(first, second) or _fits(second, first)):
        raise Senseless(f"two of one kind, not {NAMES[first]} and {NAMES[second]}: {_told(parts[0])}, {_told(parts[1])}")
    return first if first == second else "text"


def _called(node: Node, entries: Mapping[str, Field | Question]) -> Kind:
    if node.word == "present":
        if [part.kind for part in node.parts] != ["name"]:
            raise Senseless("present with one key")
        return "truth"
    takes, gives = FUNCTIONS.get(node.word, ((), "any"))
    if len(node.parts) != len(takes):
        raise Senseless(f"{node.word} with {len(takes)} values, not {len(node.parts)}")
    for part, wanted in zip(node.parts, takes, strict=True):
        _want(part, wanted, entries)
    return gives


def _is_day(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) >= len("2026-11-22") and text[4] == "-"


def _told(node: Node) -> str:
    return f"'{node.word}'" if node.kind == "text" else f"{node.word}(…)" if node.kind == "call" else node.word or node.kind
