"""Dry run of a new version: what it would say otherwise of cases that were taken under the old one. Changes nothing, shows no value."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from desktop.domain.codes import Codes
from desktop.domain.evaluate import Evaluation, evaluate
from desktop.domain.pack import ThemePack
from desktop.domain.prefill import Answer, Fact
from desktop.domain.working_days import Calendar

Kind = Literal["eligibility", "matter", "material", "field", "problem", "due"]


@dataclass(frozen=True)
class TakenCase:
    """A case as it was taken, without the rules' verdicts."""

    name: str
    """Its number, or another name that is not a person's."""
    on: date
    facts: tuple[Fact, ...] = ()
    hand: Mapping[str, Answer] | None = None
    slots: frozenset[str] = frozenset()
    deselected: frozenset[str] = frozenset()
    accepted_on: date | None = None
    confirmed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Effect:
    """One thing the new version would change for one case."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Replayed:
    """One case under both versions."""

    name: str
    effects: tuple[Effect, ...]


def replay(old: ThemePack, new: ThemePack, case: TakenCase, calendar: Calendar, codes: Codes, station: Mapping[str, str]) -> Replayed:
    """The case under both versions on the day it was taken; answers to keys a version lacks are told, not used."""
    before = _evaluated(old, case, calendar, codes, station)
    after = _evaluated(new, case, calendar, codes, station)
    return Replayed(case.name, (*_eligibility(before, after), *_matters(old, new), *_materials(before, after), *_fields(old, new, case),
                                *_problems(before, after), *_due(before, after)))


def _evaluated(pack: ThemePack, case: TakenCase, calendar: Calendar, codes: Codes, station: Mapping[str, str]) -> Evaluation:
    hand = {key: answer for key, answer in (case.hand or {}).items() if key in pack.by_key}
    known = {matter.id for matter in pack.matters}
    return evaluate(pack, case.facts, hand, case.slots, case.on, calendar, codes, station, case.confirmed, case.accepted_on,
                    case.deselected & known)


_TOLD = {"yes": "符合", "no": "不符合", "unknown": "尚不能判断"}


def _eligibility(before: Evaluation, after: Evaluation) -> list[Effect]:
    if before.eligibility == after.eligibility:
        return []
    against = [verdict.rule.text for verdict in (*after.conditions, *after.exclusions) if verdict.against]
    why = f"（{'；'.join(against)}）" if against else ""
    return [Effect("eligibility", f"办理条件：{_TOLD[before.eligibility]} → {_TOLD[after.eligibility]}{why}")]


def _matters(old: ThemePack, new: ThemePack) -> list[Effect]:
    return _gained([matter.name for matter in old.matters], [matter.name for matter in new.matters], "matter", "事项")


def _materials(before: Evaluation, after: Evaluation) -> list[Effect]:
    asked, now = ([state.material.name for state in seen.materials if state.required] for seen in (before, after))
    effects = _gained(asked, now, "material", "要交")
    held = {slot.slot for state in before.materials if state.required for slot in state.slots}
    lacking = [slot.label for state in after.materials if state.required and state.material.name in asked
               for slot in state.slots if not slot.enough and slot.slot not in held]
    return [*effects, *(Effect("material", f"要补 {label}") for label in dict.fromkeys(lacking))]


def _fields(old: ThemePack, new: ThemePack, case: TakenCase) -> list[Effect]:
    """Typed answers the new form has no place for."""
    lost = [key for key in case.hand or {} if key in old.by_key and key not in new.by_key]
    return [Effect("field", f"“{old.by_key[key].label}”新版没有这一项，原来填的不再使用") for key in lost]


def _problems(before: Evaluation, after: Evaluation) -> list[Effect]:
    """Fields that would have to be filled or corrected; materials and conditions are told above."""
    known = {(problem.key, problem.code) for problem in before.problems}
    fresh: dict[str, None] = {}
    for problem in after.problems:
        if problem.severity == "error" and problem.key and (problem.key, problem.code) not in known:
            fresh[problem.params.get("label", problem.key)] = None
    return [Effect("problem", f"“{label}”要补填或改正") for label in fresh]


def _due(before: Evaluation, after: Evaluation) -> list[Effect]:
    first, second = before.due, after.due
    if first and second and first.due != second.due:
        return [Effect("due", f"承诺办结：{first.due} → {second.due}")]
    return []


def _gained(before: Collection[str], after: Collection[str], kind: Kind, word: str) -> list[Effect]:
    return [*(Effect(kind, f"{word} {name}（新增）") for name in after if name not in before),
            *(Effect(kind, f"{word} {name}（取消）") for name in before if name not in after)]
