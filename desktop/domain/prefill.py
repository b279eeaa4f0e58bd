"""Answers and where they come from: hand > chip > platform > recognised > derived > copied > default.

A lower source never overwrites a higher one; a disagreement becomes a Problem. Pure: cards, pages and pushes arrive here as plain facts.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from desktop.domain import identity, same_person, spelling
from desktop.domain.checks import ANYTHING, choices_of, masked, usable
from desktop.domain.codes import Codes
from desktop.domain.pack import Alias, Field, Person, Question, ThemePack
from desktop.domain.problem import Problem, Side
from desktop.domain.rules import Evaluator, as_answer, compiled
from desktop.domain.working_days import Calendar


class Source(StrEnum):
    """Where an answer came from, strongest first."""

    HAND = "hand"                # typed or chosen by the clerk
    CHIP = "chip"                # read from an ID card's chip
    PLATFORM = "platform"        # pushed back by a department
    RECOGNISED = "recognised"    # read from a paper under the camera
    DERIVED = "derived"          # computed from other answers
    COPIED = "copied"            # the same as another answer
    DEFAULT = "default"          # the pack's or the station's usual value


class Answer(BaseModel):
    """One field's or question's value with its provenance.

    Values are strings on the wire and in the store: dates ISO 8601, booleans "true"/"false", choices as printed,
    regions as six digits.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    value: str
    source: Source
    confidence: float = 1.0
    origin: str = ""
    """The fact behind it: `chip:mother.name`, `paper:marriage_certificate.cert_no`, `derive:…`, `copy:applicant_phone`."""
    evidence_id: str | None = None
    """The page it was read from."""
    box: tuple[float, float, float, float] | None = None
    """x, y, width, height on that page picture, as fractions of its width and height (0..1)."""
    by: str = ""
    at: datetime | None = None


class Fact(BaseModel):
    """One thing a card, a paper, a department or the station said, before it is known which field wants it.

    `name` is `<kind>:<subject>.<key>`: `chip:mother.number`, `paper:marriage_certificate.husband.name`,
    `paper:household_register_home.address`, `code:birth_certificate.cert_no`, `push:m_hukou.newborn_id_no`, `station:region`.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    value: str
    confidence: float = 1.0
    evidence_id: str | None = None
    box: tuple[float, float, float, float] | None = None

    @field_validator("value")
    @classmethod
    def _spelled(cls, value: str, info: ValidationInfo) -> str:
        """Here, and nowhere before it: whoever makes a fact has it in its one spelling."""
        return spelling.spelled(spelling.kind_of_key(info.data.get("name", "")), value)


Role = str
"""Whose card or page it is: a role of the pack's people."""

Read = tuple[str, float, tuple[float, float, float, float] | None]
"""One field of a page: value, confidence, box as fractions."""

SURE = 0.98
"""Below this a recognised value wants a second look: measured, marks 6 % of the fields and catches 85 % of the errors."""

OWN_NAME = 0.9
"""How much it supports a reading that it is, character for character, the window's own name."""

_RANK = {source: rank for rank, source in enumerate(Source)}
_SAID = {Source.HAND, Source.CHIP, Source.PLATFORM, Source.RECOGNISED}
"""Sources that say something of their own; the others only follow."""
_FOLLOWS = {"derive", "copy", "lookup", "default", "station", "hint"}
_WITH_ROLE = {"id_card_front", "id_card_back", "household_register_home", "household_register_member"}
_COMMAS = str.maketrans("，,;；", "、、、、")
_DAY_ONLY = len("2026-11-18")
_FACTS = {"chip", "paper", "code", "push", "hint"}
_OF_SOMEBODY = {"chip", "paper", "hint"}
_CAPTURED = "已采集"
"""What a form says of a picture or signature it holds."""
_YES_OR_NO = {"是": "true", "yes": "true", "1": "true", "true": "true", "否": "false", "no": "false", "0": "false", "false": "false"}
_SEXES = {"1": "男", "2": "女"}
_ROUNDS = 12
"""More than the longest chain of answers that follow from each other."""


# --- what cards and pages say ---------------------------------------------------------------------------------------------------

def facts_from_card(card: Mapping[str, str | None], role: Role, evidence_id: str | None = None) -> tuple[Fact, ...]:
    """A chip's fields (keys of `oncedesk idcard read`) as facts `chip:<role>.<key>`; empty ones say nothing."""
    return tuple(Fact(name=f"chip:{role}.{key}", value=value, evidence_id=evidence_id) for key, value in card.items() if value)


def facts_from_page(doc_type: str, fields: Mapping[str, Read], role: Role | None = None,
                    evidence_id: str | None = None) -> tuple[Fact, ...]:
    """A page's fields (keys of `oncedesk read`) as facts `paper:<doc_type>[.<role>].<key>`.

    A register's home page bears a role only where a pack asks for more than one register. The two people of a marriage certificate
    become `husband` and `wife` by their numbers, else by the surer of their printed sexes; where both are of one sex, neither is told.
    """
    facts = []
    for key, (value, confidence, box) in fields.items():
        subject, name = "", key
        if doc_type == "marriage_certificate" and key[-2:] in {"_1", "_2"}:
            subject, name = _spouse(fields, key[-1]), key[:-2]
            if not subject:
                continue
        elif doc_type in _WITH_ROLE and role:
            subject = role
        if value:
            facts.append(Fact(name=f"paper:{doc_type}{'.' if subject else ''}{subject}.{name}", value=value, confidence=confidence,
                              evidence_id=evidence_id, box=box))
    return tuple(facts)


def _spouse(fields: Mapping[str, Read], number: str) -> str:
    """`husband` or `wife`, by the surer of both spouses' sexes; empty where none was read, or two are of one sex and both sure."""
    sure, sex = _sex_of_spouse(fields, number)
    other_sure, other_sex = _sex_of_spouse(fields, "2" if number == "1" else "1")
    if sex == other_sex and (sure == other_sure or min(sure, other_sure) >= SURE):
        return ""
    is_man = sex == "男" if sure >= other_sure else other_sex == "女"
    return "husband" if is_man else "wife"


def _sex_of_spouse(fields: Mapping[str, Read], number: str) -> tuple[float, str]:
    """How sure, and 男, 女 or nothing. A right number says it; the print is one character, easily misread."""
    if by_number := identity.sex_of(fields.get(f"id_number_{number}", ("",))[0]):
        return 1.0, by_number
    value, sure, _ = fields.get(f"sex_{number}", ("", 0.0, None))
    return (sure, value[0]) if value[:1] in {"男", "女"} else (0.0, "")


def people(pack: ThemePack, answers: Mapping[str, Answer], evaluator: Evaluator) -> dict[Role, tuple[str, str]]:
    """Who is known so far of those who take part: role -> (name, number), either may be empty."""
    known = {}
    for person in pack.people:
        name, number = answers.get(person.name_key), answers.get(person.number_key)
        if (name or number) and evaluator.ask(person.when).truth:
            known[person.role] = (name.value if name else "", number.value if number else "")
    return known


def whose(pack: ThemePack, name: str, number: str, sex: str, known: Mapping[Role, tuple[str, str]], evaluator: Evaluator) -> Role | None:
    """Whose card or page it is: by number, else by name, else the first who is still open. None = the clerk must say.

    `sex` as 男/女 or the GB/T 2261.1 digit. Open is who may take part and claims a card of this sex, as long as the number is not known.
    """
    for role, (_, other) in known.items():
        if number and same_person.same_number(number, other):
            return role
    by_name = [role for role, (other, theirs) in known.items() if name and same_person.same_text(name, other) and not (number and theirs)]
    if len(by_name) == 1:
        return by_name[0]
    sex = _SEXES.get(sex, sex)
    return next((person.role for person in pack.people
                 if (not person.sex or person.sex == sex) and not known.get(person.role, ("", ""))[1]
                 and evaluator.ask(person.when).truth is not False and _claims(person, evaluator)), None)


def _claims(person: Person, evaluator: Evaluator) -> bool:
    """Whether a card of nobody known is this person's. Before the questions are answered the sex alone must do, where it tells."""
    truth = evaluator.ask(person.claims).truth
    return truth is True or (truth is None and bool(person.sex))


def resolve_role(pack: ThemePack, role: str, values: Mapping[str, str]) -> Role | None:
    """`applicant` -> `mother`, once it is known who applies; a role that stands for nobody else is itself. None = not yet known."""
    alias = next((alias for alias in pack.aliases if alias.role == role), None)
    return alias.means.get(values.get(alias.question, "")) if alias else role


# --- facts become answers ---------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Setting:
    """What surrounds a case: tables, the station's own values and the days."""

    calendar: Calendar
    codes: Codes
    today: date
    applied_on: date
    station: Mapping[str, str] = field(default_factory=dict)
    """`region` (county, six digits), `window`, `hall`, `phone`."""
    matters: tuple[str, ...] = ()
    """Ids of the matters that are chosen, in the pack's order."""
    captured: Collection[str] = ()
    """Slots that hold a page, a read chip or a signature."""
    wanted: tuple[str, ...] = ()
    """Ids of the matters the family asked for, also those the rules left out of `matters`. Empty = as `matters`."""


@dataclass(frozen=True)
class Filled:
    """All answers that can be given, and where sources disagree."""

    answers: dict[str, Answer]
    problems: tuple[Problem, ...]
    """By the key of the field or question; of what no field holds, by the topic's own key."""
    values: dict[str, str]
    faulty: Collection[str]
    """Keys whose answer is not of its type or none of the choices: shown, and unknown to the rules."""
    evaluator: Evaluator
    """Asks further rules against exactly these answers."""


def needs_look(answer: Answer) -> bool:
    """Whether a clerk should compare it with the paper (请核对)."""
    return answer.source is Source.RECOGNISED and answer.confidence < SURE


def fill(pack: ThemePack, facts: tuple[Fact, ...], hand: Mapping[str, Answer], setting: Setting) -> Filled:
    """Every answer from facts, the hand and each other, until nothing changes any more. A later fact of a name replaces an earlier one."""
    said = {fact.name: fact for fact in facts}
    values: dict[str, str] = {}
    answers: dict[str, Answer] = {}
    faulty: set[str] = set()
    county = setting.station.get("region", "") or pack.county.code
    evaluator = Evaluator(values, setting.calendar, setting.codes, setting.today, setting.applied_on,
                          setting.station.get("region", ""), setting.matters, setting.wanted, faulty=faulty, places=pack.places)
    plan = _plan(pack)
    rivals: dict[str, list[Answer]] = {}
    open_keys: set[str] = {step.entry.key for step in plan}
    for _ in range(_ROUNDS):
        for step in plan:
            key = step.entry.key
            if key not in open_keys:
                continue
            open_keys.discard(key)
            rivals[key] = found = list(_candidates(pack, step, said, hand, answers, values, evaluator, setting))
            best = found[0] if len(found) == 1 else min(found, key=lambda answer: _RANK[answer.source], default=None)
            before = values.get(key), key in faulty
            if best is None:
                answers.pop(key, None)
            else:
                answers[key] = _backed(pack, step.entry, best, found, said, setting)
            if best and (step.free or usable(step.entry, best.value, setting.codes,
                                             choices_of(step.entry, county, values, setting.codes))):
                values[key] = best.value
                faulty.discard(key)
            else:
                values.pop(key, None)
                (faulty.add if best else faulty.discard)(key)
            if before != (values.get(key), key in faulty):
                open_keys |= step.followers            # those that come later in the plan are met in this very round
        if not open_keys:
            break
    problems = [problem for key, found in rivals.items() if len(found) > 1
                for problem in _disagreements(pack.by_key[key], answers[key], found)]
    problems += _contradictions(pack, said, [{answer.origin for answer in found} for found in rivals.values()], evaluator, setting.codes)
    return Filled({key: answers[key] for key in pack.by_key if key in answers}, tuple(problems), values, faulty, evaluator)


@dataclass(frozen=True)
class _Way:
    """One source taken apart: `chip:applicant.number`."""

    source: str
    kind: str
    rest: str
    fact: str
    """The name of the fact it speaks of, with {} for a role that depends on an answer: `chip:{}.number`."""
    alias: Alias | None

    def said_by(self, values: Mapping[str, str]) -> str:
        """The name of the fact; empty as long as it is not known whose."""
        if self.alias is None:
            return self.fact
        role = self.alias.means.get(values.get(self.alias.question, ""))
        return self.fact.format(role) if role else ""


@dataclass(frozen=True)
class _Step:
    """One field or question with its sources taken apart, and the keys whose answers follow from it."""

    entry: Field | Question
    sources: tuple["_Way", ...]
    followers: frozenset[str]
    free: bool
    """Every text will do."""


@lru_cache(maxsize=64)
def _plan(pack: ThemePack) -> tuple[_Step, ...]:
    """Fields and questions, those that others follow from first as far as there is no circle."""
    ways = {key: tuple(_way(pack, said) for source in entry.sources for said in _with_its_code(source))
            for key, entry in pack.by_key.items()}
    leaning = {key: _leans_on(entry, ways[key]) for key, entry in pack.by_key.items()}
    order: list[str] = []
    entered: set[str] = set()

    def enter(key: str) -> None:
        if key in entered or key not in leaning:
            return
        entered.add(key)
        for other in sorted(leaning[key]):
            enter(other)
        order.append(key)

    for key in pack.by_key:
        enter(key)
    return tuple(_Step(pack.by_key[key], ways[key], frozenset(other for other, keys in leaning.items() if key in keys),
                       pack.by_key[key].type in ANYTHING) for key in order)


def _with_its_code(source: str) -> tuple[str, ...]:
    """What a paper prints its bar code may say too, or otherwise; no pack has to name it."""
    return (source, f"code:{source.removeprefix('paper:')}") if source.startswith("paper:") else (source,)


def _way(pack: ThemePack, source: str) -> _Way:
    kind, _, rest = source.partition(":")
    fact = rest if kind == "hint" else source
    if kind in _OF_SOMEBODY:
        for alias in pack.aliases:
            for start in ":.":
                if (part := f"{start}{alias.role}.") in fact:
                    return _Way(source, kind, rest, fact.replace(part, f"{start}{{}}."), alias)
    return _Way(source, kind, rest, fact, None)


def _candidates(pack: ThemePack, step: _Step, said: Mapping[str, Fact], hand: Mapping[str, Answer], answers: Mapping[str, Answer],
                values: Mapping[str, str], evaluator: Evaluator, setting: Setting) -> Iterator[Answer]:
    entry = step.entry
    when = _asked_when(entry)
    shown = evaluator.ask(when).truth if when else True
    if shown is False:
        return
    typed = hand.get(entry.key)
    if typed and (written := spelling.spelled("text", typed.value)):       # nothing written is no answer
        value = printed(entry, typed.value, setting.codes) or written
        yield typed if value == typed.value else typed.model_copy(update={"value": value})
    if shown is None:                                 # nothing fills a blank of which it is not known whether it is asked
        return
    held = typed is not None
    for way in step.sources:
        if held and way.kind in _FOLLOWS and isinstance(entry, Field):
            continue                                  # weaker than what is held, and no voice in a disagreement
        if way.kind in _FACTS and way.said_by(values) not in said:
            continue
        if answer := _from(pack, way, entry, said, answers, values, evaluator, setting):
            held = held or answer.source in _SAID
            yield answer


def _asked_when(entry: Field | Question) -> str:
    """CEL; empty = always."""
    when = entry.when if isinstance(entry, Question) else entry.show_when
    return "" if when == "true" else when


def _from(pack: ThemePack, way: _Way, entry: Field | Question, said: Mapping[str, Fact], answers: Mapping[str, Answer],
          values: Mapping[str, str], evaluator: Evaluator, setting: Setting) -> Answer | None:
    key, codes, source, rest = entry.key, setting.codes, way.source, way.rest
    match way.kind:
        case "chip" | "paper" | "code" | "push" | "hint":
            fact = said.get(way.said_by(values))
            value = printed(entry, fact.value, codes) if fact else None
            if not fact or not value:
                return None
            kinds = {"chip": Source.CHIP, "push": Source.PLATFORM, "hint": Source.DERIVED}
            return Answer(key=key, value=value, source=kinds.get(way.kind, Source.RECOGNISED), confidence=fact.confidence, origin=fact.name,
                          evidence_id=fact.evidence_id, box=fact.box)
        case "derive":
            derived = as_answer(evaluator.ask(rest).value)
            return Answer(key=key, value=derived, source=Source.DERIVED, origin=source) if derived is not None else None
        case "copy":
            other = answers.get(rest)
            return other.model_copy(update={"key": key, "source": Source.COPIED, "origin": source}) if other else None
        case "lookup":
            table, _, argument = rest.rstrip(")").partition("(")
            asked = answers.get(argument)
            value = codes.look_up(table, asked.value, setting.station.get("region", "")) if asked else None
            return Answer(key=key, value=value, source=Source.DERIVED, origin=source) if value else None
        case "station":
            value = printed(entry, setting.station.get(rest, ""), codes)
            return Answer(key=key, value=value, source=Source.DEFAULT, origin=source) if value else None
        case "matters":
            ticked = "、".join(matter.ticked_as or matter.name for matter in pack.matters if matter.id in setting.matters)
            return Answer(key=key, value=ticked, source=Source.DERIVED, origin=source) if ticked else None
        case "slot":
            return Answer(key=key, value=_CAPTURED, source=Source.DERIVED, origin=source) if rest in setting.captured else None
        case _:
            return Answer(key=key, value=rest, source=Source.DEFAULT, origin=source)


def _leans_on(entry: Field | Question, ways: tuple[_Way, ...]) -> set[str]:
    keys: set[str] = set(compiled(_asked_when(entry)).keys) if _asked_when(entry) else set()
    for way in ways:
        if way.kind == "derive":
            keys.update(compiled(way.rest).keys)
        elif way.kind == "copy":
            keys.add(way.rest)
        elif way.kind == "lookup":
            keys.add(way.rest.rstrip(")").partition("(")[2])
        elif way.alias:
            keys.add(way.alias.question)
    return keys


def printed(entry: Field | Question, value: str, codes: Codes) -> str | None:
    """A value as an answer: in its one spelling and the words of the form, codes by their list, places as six digits.

    Every answer passes here, whoever gave it. None = it says nothing here.
    """
    value = spelling.spelled(spelling.kind_of(entry), value)
    if entry.type == "multi":
        return _several(entry, value, codes)
    if entry.codeset:
        return _listed(value, codes.printed.get(entry.codeset, {}))
    match entry.type:
        case "region":
            code = spelling.spelled("code", value)
            return code if code.isdigit() and len(code) == 6 else codes.region_in(value)
        case "bool":
            return _YES_OR_NO.get(value.lower(), value)
        case "choice" if value not in entry.choices:
            return _in_any_set(_listed(value, dict(zip(entry.choices, entry.choices, strict=True))), entry.choices, codes)
        case _:
            return value


def _listed(value: str, printed_as: Mapping[str, str]) -> str:
    """Of a list: also what differs from one of its entries in width, blanks or brackets only."""
    if value in printed_as:
        return printed_as[value]
    bare = spelling.folded(value)
    alike = {words for other, words in printed_as.items() if spelling.folded(other) == bare}
    return alike.pop() if len(alike) == 1 else value


def _several(entry: Field | Question, value: str, codes: Codes) -> str | None:
    """Choices joined by 、, each once, in the order of the list."""
    known = codes.printed.get(entry.codeset, {}) if entry.codeset else dict(zip(entry.choices, entry.choices, strict=True))
    said = list(dict.fromkeys(_listed(part.strip(), known) for part in value.translate(_COMMAS).split("、") if part.strip()))
    return "、".join(sorted(said, key=lambda part: entry.choices.index(part) if part in entry.choices else len(entry.choices))) or None


def _in_any_set(value: str, choices: tuple[str, ...], codes: Codes) -> str:
    """A choice list without a code set: a value of another spelling is still found when some set knows it (家庭户口 -> 家庭户)."""
    for spellings in codes.printed.values():
        if spellings.get(value) in choices:
            return spellings[value]
    return value


def _backed(pack: ThemePack, entry: Field | Question, best: Answer, found: list[Answer], said: Mapping[str, Fact],
            setting: Setting) -> Answer:
    """Two papers that say the same make each other surer, also where only one of them fills the field. One page has one voice.

    So does the window's own name where the pack would take it, too: the hospital that stands on the certificate is the one it stands in.
    """
    if best.source is not Source.RECOGNISED:
        return best
    voices = [(answer.evidence_id or answer.origin, answer.confidence) for answer in found
              if answer.source is Source.RECOGNISED and _same(entry, answer.value, best.value)]
    topic, fact = same_person.topic_of(pack).get(best.origin), said.get(best.origin)
    if topic and fact:
        voices += [(other.evidence_id or name, other.confidence) for name in topic.facts
                   if (other := said.get(name)) and topic.alike(fact.value, other.value, setting.codes)]
    if entry.type == "text":
        voices += [(source, OWN_NAME) for source in entry.sources if source.startswith("station:")
                   and same_person.same_text(setting.station.get(source.removeprefix("station:"), ""), best.value)]
    loudest: dict[str, float] = {}
    for place, confidence in voices:
        loudest[place] = max(confidence, loudest.get(place, 0.0))
    doubt = 1.0
    for confidence in loudest.values():
        doubt *= 1.0 - confidence
    sure = round(1.0 - doubt, 6)
    return best.model_copy(update={"confidence": sure}) if sure > best.confidence else best


def _disagreements(entry: Field | Question, best: Answer, found: list[Answer]) -> Iterator[Problem]:
    """At most one per key, the gravest: of sure ones, else of those to be looked at, the strongest source that says otherwise.

    Nothing is said of a doubtful reading that the hand corrected. What follows from cards and papers counts against the answer
    to a question, because the question was only asked before they were there.
    """
    for rival in sorted(found, key=lambda answer: (needs_look(answer), _RANK[answer.source])):
        if _same(entry, rival.value, best.value) or not _speaks(entry, rival) or not _speaks(entry, best):
            continue
        if best.source is Source.HAND and needs_look(rival):
            continue
        if entry.type == "datetime" and len(rival.value) == _DAY_ONLY and best.value.startswith(rival.value):
            continue                                  # the paper names the day, the hand added the minute
        sides = (_side(best), _side(rival))
        grave = rival.source in {Source.CHIP, Source.PLATFORM} or (rival.source is Source.RECOGNISED and best.source is not Source.HAND)
        if any(side.doubtful for side in sides):      # perhaps only misread: what fills a field must be looked at, the rest may be
            grave = sides[0].doubtful and isinstance(entry, Field)
        yield _problem(sides, entry.key, entry.called, (masked(entry, best.value), masked(entry, rival.value)), grave=grave)
        return


def _contradictions(pack: ThemePack, said: Mapping[str, Fact], heard: list[set[str]], evaluator: Evaluator,
                    codes: Codes) -> Iterator[Problem]:
    """What papers say differently of one person where no field or question hears both; one per thing said, sure before doubtful.

    Of another number nothing more is said: sex and birth follow from it.
    """
    strangers: set[tuple[Role, str | None, str | None]] = set()
    for topic in same_person.topics(pack):
        facts = sorted((said[name] for name in topic.facts if name in said), key=lambda fact: fact.confidence < SURE)
        told = evaluator.ask(topic.person.when).truth is False
        for other in facts[1:]:
            first = facts[0]
            between = (topic.person.role, first.evidence_id, other.evidence_id)
            if topic.alike(first.value, other.value, codes) or (first.evidence_id and first.evidence_id == other.evidence_id):
                continue
            if topic.kind == "number":
                strangers.add(between)
            if told or (topic.kind in {"sex", "birth"} and between in strangers) or any({first.name, other.name} <= both for both in heard):
                continue
            told = True
            sides = tuple(Side(value=topic.shown(fact.value, codes), origin=fact.name, evidence_id=fact.evidence_id, box=fact.box,
                               doubtful=fact.confidence < SURE) for fact in (first, other))
            yield _problem(sides, topic.key, topic.label, (topic.masked(first.value, codes), topic.masked(other.value, codes)),
                           grave=not any(side.doubtful for side in sides))


def _problem(sides: tuple[Side, ...], key: str, label: str, shown: tuple[str, str], *, grave: bool) -> Problem:
    return Problem(code="sources.look" if any(side.doubtful for side in sides) else "sources.disagree",
                   severity="error" if grave else "warning", key=key, sides=sides,
                   params={"label": label, "value": shown[0], "other": shown[1]})


def _side(answer: Answer) -> Side:
    return Side(value=answer.value, origin=answer.origin, evidence_id=answer.evidence_id, box=answer.box, doubtful=needs_look(answer))


def _same(entry: Field | Question, value: str, other: str) -> bool:
    return same_person.same_number(value, other) if entry.type == "id_number" else same_person.same_text(value, other)


def _speaks(entry: Field | Question, answer: Answer) -> bool:
    return answer.source in _SAID or (isinstance(entry, Question) and answer.source is Source.DERIVED)
