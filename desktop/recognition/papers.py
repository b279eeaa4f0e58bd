"""The papers we know, as data (resources/papers/<type>.toml), and how a value is found beside its label.

Knows lines of text and where they stand; what a value means is in sense.py, what the words in a file mean in
resources/papers/id_card_front.toml.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from operator import ne
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from desktop.recognition import sense
from desktop.recognition.engine import Glyph, Line
from desktop.recognition.reading import DocType, Reading

Zone = tuple[float, float, float, float]
"""Left, top, right, bottom as shares of the page."""
EVERYWHERE: Zone = (0.0, 0.0, 1.0, 1.0)
SURELY, BARELY = 0.985, 0.3
"""A line of the first reader below the first is read again; below the second it is no text (a seal, a pattern)."""
NARROW = 0.25
"""Share of the page; a label that may stand only in a smaller zone is known by its place too."""
TALLEST = 2.5
"""Times a label's height; what is taller is a seal read as a letter."""
LONGEST_NAME = 4
"""Characters of a name without a dot; compound surname and two more."""
POOR = 0.6
"""Another line behind a value that was read so badly does not continue it: the rim of a seal."""
REPAIRED = 0.6
"""A number that one exchanged character made right: 请核对."""
CONFIRMED = 0.99
"""What the number, birth date and sex on one paper say to each other is at least so sure."""
UNSURE = 0.9
"""A character below this may be exchanged for a region's, as a proposal."""
BOTH = 0.4
"""What remains of a doubt when two readers read the same."""
NEXT = 0.6
"""Of a line's height; with so much paper after it, another character may stand there."""
ALONE = 0.97
"""What two readers read differently, an address in no known county and a rare or short name are at most so sure."""


class FieldRule(BaseModel):
    """One `[[field]]` of a paper's file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    kind: str
    labels: tuple[str, ...]
    within: Zone = EVERYWHERE
    of: tuple[str, ...] = ()
    nth: int = Field(default=0, ge=0, le=4)
    zone: Zone | None = None
    lines: int = Field(default=1, ge=1, le=6)
    centred: bool = False
    words: str = ""
    pattern: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind not in sense.KINDS:
            raise ValueError(f"kind must be one of {sorted(sense.KINDS)}")
        if self.kind == "choice" and not self.words:
            raise ValueError("a choice names its list of words")
        if self.kind in {"cert_no", "digits"} and not self.pattern:
            raise ValueError(f"{self.kind} needs a pattern")
        return self


class Paper(BaseModel):
    """One file of resources/papers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    doc_type: DocType
    shape: tuple[float, float]
    title: tuple[str, ...]
    tells: tuple[str, ...]
    enough: int
    never: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    coded: str = ""
    portrait: Zone | None = None
    filled: bool = False
    field: tuple[FieldRule, ...]

    @model_validator(mode="after")
    def _coded_is_a_field(self) -> Self:
        if self.coded and not any(rule.key == self.coded and rule.pattern for rule in self.field):
            raise ValueError("coded must be the key of a field with a pattern")
        return self


@cache
def known_papers() -> tuple[Paper, ...]:
    """Every paper type on file. Raises ValueError naming the file that is wrong."""
    papers = []
    for entry in sorted(resources.files("resources").joinpath("papers").iterdir(), key=lambda one: one.name):
        if not entry.name.endswith(".toml") or entry.name.startswith("_"):
            continue
        try:
            papers.append(Paper.model_validate(tomllib.loads(entry.read_text(encoding="utf-8"))))
        except ValueError as e:
            raise ValueError(f"resources/papers/{entry.name}: {e}") from e
    return tuple(papers)


@cache
def word_lists() -> Mapping[str, tuple[str, ...]]:
    """The closed lists of resources/papers/_words.toml."""
    text = resources.files("resources").joinpath("papers", "_words.toml").read_text(encoding="utf-8")
    return {key: tuple(values) for key, values in tomllib.loads(text).items()}


@cache
def county_names() -> Mapping[int, frozenset[str]]:
    """Every county with all that is above it, and with its province alone, by the name's length (resources/codes/regions.csv)."""
    with resources.files("resources").joinpath("codes", "regions.csv").open(encoding="utf-8") as rows:
        known = {row["code"]: (row["name"], row["parent"]) for row in csv.DictReader(rows)}
    divided = {parent for _, parent in known.values()}
    names: dict[int, set[str]] = {}
    for code, (name, parent) in known.items():
        if code in divided or not parent:
            continue
        above, higher = known[parent]
        province = known[higher][0] if higher else ""
        for full in {province + above + name, (province or above) + name}:
            names.setdefault(len(full), set()).add(full)
    return {length: frozenset(group) for length, group in sorted(names.items(), reverse=True)}


@dataclass(frozen=True, eq=False)
class _Spot:
    """One character on the page and the line it came from."""

    glyph: Glyph
    line: Line

    @property
    def middle(self) -> float:
        return (self.line.top + self.line.bottom) / 2

    @property
    def height(self) -> float:
        return self.line.bottom - self.line.top


Row = list[_Spot]


@dataclass(frozen=True, eq=False)
class _Label:
    """A label found on the page."""

    text: str
    left: float
    right: float
    middle: float
    height: float
    spots: tuple[_Spot, ...]

    def level_with(self, other: "_Label") -> bool:
        return abs(self.middle - other.middle) < 0.65 * max(self.height, other.height)


@dataclass(frozen=True)
class _Found:
    """One value with the characters it was read from."""

    rule: FieldRule
    reading: Reading
    spots: tuple[_Spot, ...]


def recognise_type(lines: Sequence[Line], shape: float, wanted: DocType | None = None) -> Paper | None:
    """The paper these lines were printed on, judged by its words; `wanted` only breaks a tie. None = none of ours."""
    text = "\n".join("".join(spot.glyph.char for spot in row) for row in _rows(lines))
    best, most = None, 0.0
    for paper in known_papers():
        if not paper.shape[0] <= shape <= paper.shape[1] or any(word in text for word in paper.never):
            continue
        titles = sum(_occurs(word, text) for word in paper.title)
        count = 3.0 * titles + sum(_occurs(word, text) for word in paper.tells)
        if count < paper.enough:
            continue
        count += 0.5 if paper.doc_type == wanted else 0.0
        if count > most:
            best, most = paper, count
    return best


def could_be_ours(lines: Sequence[Line]) -> bool:
    """Whether a page of no known type prints some words of one: then reading with more care may tell."""
    text = "\n".join("".join(spot.glyph.char for spot in row) for row in _rows(lines))
    return any(2 * sum(_occurs(word, text) for word in (*paper.title, *paper.title, *paper.tells)) >= paper.enough
               for paper in known_papers() if not any(word in text for word in paper.never))


def read_fields(paper: Paper, lines: Sequence[Line], width: int, height: int) -> dict[str, Reading]:
    """Every field of the paper that can be read from these lines; boxes as fractions of width x height."""
    _, found = _found(paper, lines, width, height)
    values = {key: one.reading.value for key, one in found.items()}
    for key, one in found.items():
        if one.rule.kind == "id_number" and not sense.check_digit_fits(values[key]):
            said = {part: values.get(key.replace("id_number", part)) for part in ("birth", "sex")} if "id_number" in key else {}
            runners = tuple((spot.glyph.char, spot.glyph.other) for spot in one.spots)
            if (number := sense.repaired(values[key], runners, said.get("birth"), said.get("sex"))) is not None:
                values[key] = number
                found[key] = replace(one, reading=replace(one.reading, value=number, confidence=REPAIRED, support=("repaired",)))
    readings = {key: one.reading for key, one in found.items()}
    for key, (factor, support) in sense.agreement(values).items():
        was = readings[key]
        if factor > 1 and was.confidence > 0.8:
            readings[key] = replace(was, confidence=max(was.confidence, CONFIRMED), support=(*was.support, *support))
        elif factor < 1:
            readings[key] = replace(was, confidence=round(was.confidence * factor, 4))
    return readings


def doubtful(paper: Paper, lines: Sequence[Line], width: int, height: int) -> tuple[Line, ...]:
    """The lines worth a more careful look: names, values read with a doubt, and where a value is missing all that was read badly."""
    labels, found = _found(paper, lines, width, height)
    wanted: dict[int, Line] = {}
    for one in found.values():
        if one.rule.kind == "name" or one.reading.confidence < SURELY:
            wanted.update({id(spot.line): spot.line for spot in one.spots})
    if len(found) < len(paper.field):
        named = {label.text for label in labels}
        # a label that was read and has no value beside it is a blank; what has no label may be one misread
        if any(rule.key not in found and named.isdisjoint(rule.labels) for rule in paper.field):
            wanted.update({id(line): line for line in lines if BARELY < line.score < SURELY})
    return tuple(line for line in lines if id(line) in wanted and line.corners)


def _found(paper: Paper, lines: Sequence[Line], width: int, height: int) -> tuple[list[_Label], dict[str, _Found]]:
    rows = _rows(lines)
    labels = _labels(paper, rows, width, height)
    taken = {id(spot) for label in labels for spot in label.spots}
    free = [spot for row in rows for spot in row if id(spot) not in taken]
    found: dict[str, _Found] = {}
    for rule in paper.field:
        for spots in _places(paper, rule, labels, free, width, height):
            one = _reading(rule, spots, width, height)
            if one is not None:
                found[rule.key] = one
                break
    return labels, found


def _rows(lines: Sequence[Line]) -> list[Row]:
    """Lines at the same height side by side, top to bottom."""
    rows: list[list[Line]] = []
    for line in sorted((line for line in lines if line.score > BARELY), key=lambda one: one.top + one.bottom):
        last = rows[-1] if rows else []
        lowest = min(one.bottom - one.top for one in (*last, line))
        if last and abs(_middle(last) - (line.top + line.bottom) / 2) < 0.4 * lowest:
            last.append(line)
        else:
            rows.append([line])
    across = [sorted(row, key=lambda one: one.left) for row in rows]
    return [[_Spot(glyph, line) for line in row for glyph in line.glyphs] for row in across]


def _middle(lines: Sequence[Line]) -> float:
    return sum(line.top + line.bottom for line in lines) / (2 * len(lines))


def _labels(paper: Paper, rows: Sequence[Row], width: int, height: int) -> list[_Label]:
    """Every label of the paper on the page, longest first so that none is found inside another."""
    allowed: dict[str, list[Zone]] = {}
    for rule in paper.field:
        for word in (*rule.labels, *rule.of):
            allowed.setdefault(word, []).append(EVERYWHERE if rule.nth or word in rule.of else rule.within)
    for word in paper.stops:
        allowed.setdefault(word, []).append(EVERYWHERE)
    found: list[_Label] = []
    pressed: list[_Label] = []
    for row in rows:
        text = "".join(spot.glyph.char for spot in row).replace("（", "(").replace("）", ")")
        used: set[int] = set()
        by_length = sorted(allowed, key=len, reverse=True)
        # as printed before with a character misread: 父亲姓名 is no misread 母亲姓名
        for word, misread in [(word, 0) for word in by_length] + [(word, 1) for word in by_length if len(word) >= 4]:
            for start in _positions(word, text, misread):
                span = range(start, start + len(word))
                label = _label(word, [row[n] for n in span])
                inside = any(_in_zone(label, zone, width, height) for zone in allowed[word])
                if not inside or not used.isdisjoint(span):
                    continue
                if _stands_alone(row, start, used):
                    used.update(span)
                    found.append(label)
                elif not misread and any((zone[2] - zone[0]) * (zone[3] - zone[1]) < NARROW for zone in allowed[word]):
                    pressed.append(label)
    # a long value may touch the next label; that one is believed where it must stand, and only if it is found nowhere else
    known = {label.text for label in found}
    for rule in paper.field:
        if known.isdisjoint(rule.labels):
            found += [label for label in pressed if label.text in rule.labels][:1]
    several = {word for rule in paper.field if rule.nth or rule.of for word in (*rule.labels, *rule.of)}
    return [label for label in found if label.text in several or not _runs_on(label, rows)
            or all(_runs_on(other, rows) for other in found if other.text == label.text)]


def _runs_on(label: _Label, rows: Sequence[Row]) -> bool:
    """Whether a character follows without a gap: an address that goes on with 民族路 on its second line does not tell the nation."""
    last = label.spots[-1]
    row = next(row for row in rows if last in row)
    at = row.index(last) + 1
    return at < len(row) and row[at].line is last.line and row[at].glyph.left - last.glyph.right < 0.3 * label.height


def _label(word: str, spots: Sequence[_Spot]) -> _Label:
    return _Label(word, spots[0].glyph.left, spots[-1].glyph.right, sum(spot.middle for spot in spots) / len(spots),
                  max(spot.height for spot in spots), tuple(spots))


def _stands_alone(row: Row, start: int, used: set[int]) -> bool:
    """A label begins its line, follows a gap or follows another label; inside running text it is part of a value."""
    if start == 0 or start - 1 in used or row[start - 1].line is not row[start].line:
        return True
    return row[start].glyph.left - row[start - 1].glyph.right > 0.15 * row[start].height


def _in_zone(label: _Label, zone: Zone, width: int, height: int) -> bool:
    x, y = (label.left + label.right) / 2 / width, label.middle / height
    return zone[0] <= x <= zone[2] and zone[1] <= y <= zone[3]


def _occurs(word: str, text: str) -> bool:
    """A word of four characters or more may have one of them misread."""
    return next(iter(_positions(word, text, 1 if len(word) >= 4 else 0)), None) is not None


def _positions(word: str, text: str, misread: int) -> Iterator[int]:
    """Where the word stands in the text, with at most so many characters misread."""
    if not misread:
        start = text.find(word)
        while start >= 0:
            yield start
            start = text.find(word, start + 1)
        return
    for start in range(len(text) - len(word) + 1):
        if sum(map(ne, word, text[start:start + len(word)])) <= misread:
            yield start


def _places(paper: Paper, rule: FieldRule, labels: Sequence[_Label], free: Sequence[_Spot],
            width: int, height: int) -> Iterator[list[Row]]:
    """Where the value may stand, most trusted first: beside a label, then in the zone."""
    for word in rule.labels:
        for label in _own(paper, rule, [one for one in labels if one.text == word], labels, width, height):
            spots = _beside(rule, label, labels, free)
            if spots:
                yield spots
    if rule.zone is not None:
        left, top, right, bottom = rule.zone
        inside = [spot for spot in free if left * width <= (spot.glyph.left + spot.glyph.right) / 2 <= right * width
                  and top * height <= spot.middle <= bottom * height]
        if inside:
            yield _stacked(inside)
            for line in {id(spot.line): spot.line for spot in inside}.values():      # a signature beside a date spoils both
                yield [[spot for spot in inside if spot.line is line]]


def _own(paper: Paper, rule: FieldRule, same: Sequence[_Label], labels: Sequence[_Label], width: int, height: int) -> list[_Label]:
    """Of equal labels those that are this field's: by what stands before them, by their order, or by where they stand."""
    if rule.of:
        anchors = {word for one in paper.field for word in one.of}
        return [label for label in same if _owner(label, [one for one in labels if one.text in anchors]) in rule.of]
    if rule.nth:
        alike = max(one.nth for one in paper.field if one.labels == rule.labels)
        if len(same) == alike:
            return [sorted(same, key=lambda one: (one.middle, one.left))[rule.nth - 1]]
    return [label for label in same if _in_zone(label, rule.within, width, height)]


def _owner(label: _Label, anchors: Sequence[_Label]) -> str:
    """The anchor whose part of the page the label lies in: the last one above it, or of two side by side the one on its left."""
    before = [one for one in anchors if one.middle < label.middle + 0.65 * max(one.height, label.height)]
    if not before:
        return ""
    last = max(before, key=lambda one: one.middle)
    abreast = [one for one in before if one.level_with(last)]
    reach = [one for one in abreast if one.left < label.left + 2 * label.height]
    return max(reach, key=lambda one: one.left).text if reach else min(abreast, key=lambda one: one.left).text


def _beside(rule: FieldRule, label: _Label, labels: Sequence[_Label], free: Sequence[_Spot]) -> list[Row]:
    """The characters right of the label up to the next one, and the lines that continue them."""
    def level(spot: _Spot) -> bool:
        reach = 0.65 * max(spot.height, label.height) if spot.height > 0.65 * label.height else 0.4 * label.height      # small print below
        return abs(spot.middle - label.middle) < reach and spot.height < TALLEST * label.height

    ends = [other.left for other in labels if other is not label and other.left > label.right - 0.3 * label.height
            and abs(other.middle - label.middle) < 0.65 * max(other.height, label.height)]
    end = min(ends, default=float("inf"))
    behind = [spot for spot in free if label.right - 0.35 * label.height <= spot.glyph.left < end]
    row = sorted(filter(level, behind), key=lambda spot: spot.glyph.left)
    if not row and rule.centred:              # the label stands between the lines of its value
        row = _nearest(behind, label)
    while row and row[0].glyph.char in ":：;；.。·,，、|-—_":
        row = row[1:]
    row = _unbroken(row, label)
    if rule.kind == "name":
        row = _one_name(row)
    if not row:
        return []
    if rule.lines == 1:
        return _stacked(row)
    left = row[0].glyph.left
    column = [spot for spot in free if spot.glyph.left >= left - 1.0 * label.height and spot.glyph.left < end]
    stack = _stacked(row)
    for direction in (1, -1) if rule.centred else (1,):
        while len(stack) < rule.lines:
            edge = stack[-1] if direction == 1 else stack[0]
            following = _next_row(edge, column, labels, left, direction)
            if not following:
                break
            stack = [*stack, following] if direction == 1 else [following, *stack]
    return stack


def _nearest(spots: Sequence[_Spot], label: _Label) -> Row:
    """The row nearest the label's height, up to a line above or below."""
    near = [spot for spot in spots if abs(spot.middle - label.middle) < 1.2 * label.height]
    if not near:
        return []
    middle = min(near, key=lambda spot: abs(spot.middle - label.middle)).middle
    return sorted((spot for spot in near if abs(spot.middle - middle) < 0.4 * spot.height), key=lambda spot: spot.glyph.left)


def _next_row(edge: Row, column: Sequence[_Spot], labels: Sequence[_Label], left: float, direction: int) -> Row:
    """The row below (1) or above (-1) that begins at the same place and has no label of its own before it."""
    height = max(spot.height for spot in edge)
    middle = sum(spot.middle for spot in edge) / len(edge)
    row = [spot for spot in column if 0.5 * height < direction * (spot.middle - middle) < 1.75 * height]
    if not row:
        return []
    nearest = min(row, key=lambda spot: direction * spot.middle).middle
    row = sorted((spot for spot in row if abs(spot.middle - nearest) < 0.4 * height), key=lambda spot: spot.glyph.left)
    if abs(row[0].glyph.left - left) > 1.0 * height:
        return []
    if any(label.left < left and abs(label.middle - nearest) < 0.5 * height for label in labels):
        return []
    return _unbroken(row, None)


def _unbroken(row: Row, label: _Label | None) -> Row:
    """Cut the row at a gap no writing has: what follows belongs to another column."""
    kept: Row = []
    for spot in row:
        before = kept[-1].glyph.right if kept else (label.right if label else spot.glyph.left)
        # a label half read (民 without 族) would else be taken into the value on its left
        widest = 9.0 if not kept else 3.0 if kept[-1].line is spot.line else 1.6
        if spot.glyph.left - before > widest * spot.height or (kept and spot.line is not kept[-1].line and spot.line.score < POOR):
            break
        kept.append(spot)
    return kept


def _one_name(row: Row) -> Row:
    """Without what cannot belong to a name: of more characters than one has, those of the first line alone."""
    first = [spot for spot in row if spot.line is row[0].line]
    return first if len(row) > LONGEST_NAME and len(first) >= 2 and all(spot.glyph.char not in "·•." for spot in row) else row


def _stacked(spots: Sequence[_Spot]) -> list[Row]:
    """The same characters as rows, top to bottom, each left to right."""
    rows: list[Row] = []
    for spot in sorted(spots, key=lambda one: one.middle):
        if rows and abs(rows[-1][0].middle - spot.middle) < 0.4 * min(spot.height, rows[-1][0].height):
            rows[-1].append(spot)
        else:
            rows.append([spot])
    return [sorted(row, key=lambda one: one.glyph.left) for row in rows]


def _reading(rule: FieldRule, rows: Sequence[Row], width: int, height: int) -> _Found | None:
    spots = tuple(spot for row in rows for spot in row)
    text = "".join(spot.glyph.char for spot in spots)
    made = sense.of_kind(rule.kind, text, word_lists(), rule.words, rule.pattern)
    if made is None:
        return None
    value, factor = made
    support: tuple[str, ...] = ()
    score = min(spot.glyph.score for spot in spots)
    if all(spot.line.again is not None for spot in spots):
        if _read_alike(rows):
            support, score = ("readers",), score if rule.kind == "name" else 1 - (1 - score) * BOTH
        else:
            score = min(score, ALONE)
    if rule.kind == "name" and (_rare(value) or _cut_short(spots[-1])):
        score = min(score, ALONE)
    if rule.kind == "address":
        value, score, support = _in_a_county(value, score, support, {spot.glyph.char: spot.glyph.score for spot in spots})
    left, right = min(spot.glyph.left for spot in spots), max(spot.glyph.right for spot in spots)
    top, bottom = min(spot.line.top for spot in spots), max(spot.line.bottom for spot in spots)
    box = (max(0.0, left / width), max(0.0, top / height),
           min(1.0, (right - left) / width), min(1.0, (bottom - top) / height))
    return _Found(rule, Reading(value, round(score * factor, 4), box, support), spots)


def _in_a_county(value: str, score: float, support: tuple[str, ...], scores: Mapping[str, float]) -> tuple[str, float, tuple[str, ...]]:
    """An address that begins with a county in full is supported, any other is to be looked at: readers drop rare characters whole.

    Characters read badly are proposed as the county has them.
    """
    for length, names in county_names().items():
        if value[:length] in names:
            return value, score, (*support, "region")
    for length, names in county_names().items():
        near = [name for name in names if len(value) >= length and 0 < sum(map(ne, name, value)) <= 0.4 * length
                and all(a == b or scores.get(b, 1.0) < UNSURE for a, b in zip(name, value, strict=False))]
        if len(near) == 1:
            return near[0] + value[length:], min(score, REPAIRED), ("repaired",)
    return value, min(score, ALONE), support


def _read_alike(rows: Sequence[Row]) -> bool:
    """Whether the first reader read the same characters here as the second, and no more on that line."""
    return all("".join(spot.glyph.char for spot in row if spot.line is line) in (first := "".join((line.again or "").split()))
               and len(first) <= len(line.glyphs) for row in rows for line in {id(spot.line): spot.line for spot in row}.values())


def _rare(name: str) -> bool:
    """Whether a character is outside GB/T 2312 level 1 and 2: the first reader does not know it, and the second knows others like it."""
    try:
        name.replace("·", "").encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def _cut_short(last: _Spot) -> bool:
    """Whether the line goes on by a character's width after its last one: readers drop rare characters whole."""
    return last.glyph is last.line.glyphs[-1] and last.line.right - last.glyph.right > NEXT * last.height
