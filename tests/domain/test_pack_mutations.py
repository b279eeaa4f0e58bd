"""Every shipped pack with one key misspelt, removed or pointing nowhere: told with its place, never a traceback, never silence."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from desktop.domain import pack_text
from desktop.domain.pack import MUST_BE_WRITTEN
from desktop.domain.pack_text import Path
from desktop.domain.themes import Mistake, PackError, ThemePack, parse_pack
from tests.domain import made_up
from tests.domain.conftest import RESOURCES

TEXTS = {**{f"{file.parent.name}/{file.name}": file.read_text("utf-8") for file in sorted((RESOURCES / "themes").glob("*/*.toml"))},
         "made-up": made_up.TEXT}
REFERENCES = frozenset({
    "clause", "clauses", "department", "prerequisites", "used_by", "matters", "name_key", "number_key", "phone_key", "question",
    "doc_type", "codeset", "checks", "greeting_fields", "drops", "waives", "spares", "type", "on_fail", "severity", "handling", "ask",
    "width", "slot", "sources", "when", "start", "claims", "show_when", "skip_when", "lead_when", "sex", "effective_from"})
"""Keys whose values mean something to the program: a misspelt one is a mistake at its own line."""
DEFINITIONS = frozenset({"id", "key", "role", "tag"})
"""Keys whose values others may refer to."""


@dataclass(frozen=True)
class Spot:
    """One key of one pack."""

    file: str
    path: Path
    line: int
    """Counted from 1."""
    end: int
    """The last line of its value."""

    @property
    def key(self) -> str:
        return str(self.path[-1])

    def without(self) -> str:
        lines = TEXTS[self.file].splitlines()
        return "\n".join([*lines[:self.line - 1], *[""] * (self.end - self.line + 1), *lines[self.end:]])

    def changed(self, old: str, new: str) -> str:
        """The text with the first such part of the key's own lines changed."""
        lines = TEXTS[self.file].splitlines()
        own = "\n".join(lines[self.line - 1:self.end])
        assert old in own
        return "\n".join([*lines[:self.line - 1], own.replace(old, new, 1), *lines[self.end:]])

    def near(self, line: int | None) -> bool:
        """Whether a line is in the same table."""
        lines = TEXTS[self.file].splitlines()
        first = next((n for n in range(self.line, 0, -1) if lines[n - 1].startswith("[")), 1)
        last = next((n for n in range(self.line + 1, len(lines) + 1) if lines[n - 1].startswith("[")), len(lines) + 1)
        return line is not None and first <= line < last


def _end(lines: list[str], line: int) -> int:
    """Where the value that begins on a line is complete."""
    for end in range(line, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[line - 1:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    raise AssertionError(lines[line - 1])


@cache
def spots() -> tuple[Spot, ...]:
    found = []
    for file, text in TEXTS.items():
        lines = text.splitlines()
        found += [Spot(file, path, line, _end(lines, line)) for path, line in pack_text.lines_of(text).items()
                  if path and isinstance(path[-1], str) and re.match(rf"{re.escape(path[-1])} = ", lines[line - 1])
                  and isinstance(_part(file, path[:-1]), BaseModel)]          # in a mapping the pack's own words are the keys
    return tuple(found)


@cache
def whole(file: str) -> ThemePack:
    return parse_pack(TEXTS[file], file)


def mistakes(text: str, file: str) -> tuple[Mistake, ...]:
    """Empty when it is a pack; anything but PackError is a failure of its own."""
    try:
        parse_pack(text, file)
    except PackError as error:
        return error.mistakes
    return ()


def _part(file: str, path: Path) -> Any:
    part: Any = whole(file)
    for step in path:
        part = getattr(part, step) if isinstance(part, BaseModel) and isinstance(step, str) else part[step]
    return part


def optional(spot: Spot) -> bool:
    """Whether a pack may do without this key."""
    model = type(_part(spot.file, spot.path[:-1]))
    return not model.model_fields[spot.key].is_required() and spot.key not in MUST_BE_WRITTEN.get(model.__name__, ())


MAY_GO = frozenset({
    # words beside what is printed, and how it looks: no family is asked for more or less
    "help", "note", "spoken", "width", "row_heading", "ticked_as", "home_place", "missing_in_document", "basis", "attachment", "published",
    "trial_from", "formal_from", "limit", "delivery", "clauses", "amount", "text", "clause", "elsewhere",
    # said only where it is otherwise than usual, and nothing else in the pack could tell that it was
    "working_days", "effective_to", "rating", "relation_key", "expired_card_serves", "locked", "masked", "lead_when", "alone", "offered",
    # one of two or more that each would do
    "choices", "codeset", "editable_choice", "role", "drops", "waives",
})
"""Keys that may be gone without a word, in some table at least; every other one is missed wherever it stands."""
_HEADER = re.compile(r"^(\[\[?)([a-z_.]+)(\]\]?)")


def headers(file: str) -> list[int]:
    """Lines that open a table."""
    return [number for number, line in enumerate(TEXTS[file].splitlines(), 1) if _HEADER.match(line)]


def test_a_key_that_only_its_companion_misses_is_told_of_too() -> None:
    found = [spot for spot in spots() if optional(spot) and spot.key not in MAY_GO]
    assert {"skip_when", "skip_reason", "reason", "proposed"} <= {spot.key for spot in found}
    assert [spot for spot in found if not mistakes(spot.without(), spot.file)] == []


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_misspelt_header_is_told_at_its_line_unless_the_rest_is_no_toml_any_more(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(list(TEXTS)))
    line = data.draw(st.sampled_from(headers(file)))
    lines = TEXTS[file].splitlines()
    header = _HEADER.match(lines[line - 1])
    assert header is not None
    names = header[2].split(".")
    at = data.draw(st.integers(0, len(names) - 1))
    wrong = [*names]
    wrong[at] = data.draw(st.sampled_from(["x{}", "{}x"])).format(names[at])
    lines[line - 1] = lines[line - 1].replace(".".join(names), ".".join(wrong))
    found = mistakes("\n".join(lines), file)
    assert any((mistake.line == line and wrong[at] in mistake.path) or "valid TOML" in mistake.expected for mistake in found), (
        file, line, wrong, found)


def keys_named(names: frozenset[str]) -> list[Spot]:
    return [spot for spot in spots() if spot.key in names and '"' in spot.changed(spot.key, spot.key).splitlines()[spot.line - 1]]


def test_every_shipped_pack_has_its_keys_among_the_spots() -> None:
    assert len(TEXTS) >= 3
    assert all(sum(spot.file == file for spot in spots()) > 100 for file in TEXTS)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(spots()), st.sampled_from(["x{}", "{}s", "_{}"]))
def test_a_misspelt_key_is_told_at_its_line(spot: Spot, slip: str) -> None:
    found = mistakes(spot.changed(spot.key, slip.format(spot.key)), spot.file)
    assert any(mistake.line == spot.line for mistake in found), (spot, found)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(spots()))
def test_a_removed_key_is_told_in_its_table_unless_it_is_one_of_those_that_may_go(spot: Spot) -> None:
    found = mistakes(spot.without(), spot.file)
    if not optional(spot):
        assert any(spot.near(mistake.line) and spot.key in mistake.path for mistake in found), (spot, found)
    elif spot.key not in MAY_GO:
        assert found, spot
    assert all(mistake.expected and mistake.line and mistake.line <= TEXTS[spot.file].count("\n") + 1 for mistake in found), (spot, found)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(keys_named(REFERENCES)))
def test_a_misspelt_reference_is_told_at_its_line(spot: Spot) -> None:
    found = mistakes(spot.changed('"', '"no such '), spot.file)
    assert any(mistake.line == spot.line for mistake in found), (spot, found)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(keys_named(DEFINITIONS)))
def test_a_renamed_part_is_missed_by_name_wherever_something_refers_to_it(spot: Spot) -> None:
    lines = TEXTS[spot.file].splitlines()
    old = tomllib.loads(lines[spot.line - 1])[spot.key]
    found = mistakes(spot.changed(f'"{old}"', f'"{old}_renamed"'), spot.file)
    assert all(old in mistake.expected or old in mistake.path or spot.near(mistake.line) for mistake in found), (spot, found)
