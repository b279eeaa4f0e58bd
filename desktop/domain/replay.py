"""Dry run of a new version: what it would say otherwise of cases that were taken under the old one. Changes nothing, shows no value.

Only what concerns the very case is told: its own matters, in its own order, with its own clocks. How two packs differ: pack_diff.py.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from desktop.domain import pack_words
from desktop.domain.clocks import DeadlineState
from desktop.domain.codes import Codes
from desktop.domain.evaluate import Evaluation, RuleVerdict, evaluate
from desktop.domain.matters import MatterPlan
from desktop.domain.pack import ThemePack
from desktop.domain.prefill import Answer, Fact
from desktop.domain.working_days import Calendar

Kind = Literal["eligibility", "matter", "order", "material", "field", "problem", "due", "deadline", "excluded"]


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
    return Replayed(case.name, (
        *_eligibility(before, after), *_matters(before, after), *_order(before, after), *_materials(before, after),
        *_fields(old, new, case), *_problems(before, after), *_due(old, new, before, after), *_deadlines(old, new, before, after),
        *_gained(old.limit.excluded, new.limit.excluded, "excluded", "不计入时限")))


def _evaluated(pack: ThemePack, case: TakenCase, calendar: Calendar, codes: Codes, station: Mapping[str, str]) -> Evaluation:
    hand = {key: answer for key, answer in (case.hand or {}).items() if key in pack.by_key}
    known = {matter.id for matter in pack.matters}
    return evaluate(pack, case.facts, hand, case.slots, case.on, calendar, codes, station, case.confirmed, case.accepted_on,
                    case.deselected & known)


_TOLD = {"yes": "符合", "no": "不符合", "unknown": "尚不能判断"}


def _eligibility(before: Evaluation, after: Evaluation) -> list[Effect]:
    grounds, now = ([_said(verdict) for verdict in seen.verdicts if verdict.against and _binds(verdict)] for seen in (before, after))
    if before.eligibility != after.eligibility:
        why = f"（{'；'.join(now)}）" if now else ""
        return [Effect("eligibility", f"办理条件：{_TOLD[before.eligibility]} → {_TOLD[after.eligibility]}{why}")]
    if grounds != now and after.eligibility == "no":
        return [Effect("eligibility", f"不符合的原因：{'；'.join(grounds)} → {'；'.join(now)}")]
    return []


def _binds(verdict: RuleVerdict) -> bool:
    """Whether it decides over the theme as a whole."""
    return verdict.rule.on_fail == "refuse" and not verdict.rule.matters


def _said(verdict: RuleVerdict) -> str:
    return verdict.rule.text + (f"（{'；'.join(verdict.reasons)}）" if verdict.reasons else "")


def _matters(before: Evaluation, after: Evaluation) -> list[Effect]:
    """Of the matters the family asked for: which it gets, who does them, how soon."""
    was = _chosen(before)
    effects = []
    for one in after.matters:
        name, first = one.matter.name, was.get(one.matter.id)
        if first and one.chosen:
            effects += _changed(first, one)
        elif first:
            effects.append(f"事项 {name} 不再联办：{_left_out(after, one.matter.id)}")
        elif one.chosen:
            effects.append(f"事项 {name}" + (" 可以联办" if _left_out(before, one.matter.id) else "（新增）"))
        elif (reason := _left_out(before, one.matter.id)) != (reason_now := _left_out(after, one.matter.id)) and reason and reason_now:
            effects.append(f"事项 {name} 不联办的原因：{reason} → {reason_now}")
    there_are = {one.matter.id for one in after.matters}
    effects += [f"事项 {one.matter.name}（取消）" for matter, one in was.items() if matter not in there_are]
    return [Effect("matter", text) for text in effects]


def _chosen(seen: Evaluation) -> dict[str, MatterPlan]:
    return {one.matter.id: one for one in seen.matters if one.chosen}


def _left_out(seen: Evaluation, matter: str) -> str:
    """Why; empty when it is not."""
    return "；".join(_said(left.verdict) for left in seen.left_out if left.matter == matter)


def _changed(first: MatterPlan, one: MatterPlan) -> list[str]:
    found = []
    if first.matter.name != one.matter.name:
        found.append(f"事项 {first.matter.name} 改称 {one.matter.name}")
    if first.department_name != one.department_name:
        found.append(f"事项“{one.matter.name}”由{first.department_name}改由{one.department_name}办理")
    if first.result != one.result:
        found.append(f"事项“{one.matter.name}”的结果：{first.result} → {one.result}")
    promise, promise_now = (f"{plan.matter.working_days}个工作日" if plan.matter.working_days else plan.matter.limit or "没有写明"
                            for plan in (first, one))
    if promise != promise_now:
        found.append(f"事项“{one.matter.name}”的时限：{promise} → {promise_now}")
    return found


def _order(before: Evaluation, after: Evaluation) -> list[Effect]:
    """Which matter waits for which, directly or through others; of a chain only the nearest is told."""
    was, now, names = _waits(before), _waits(after), {one.matter.id: one.matter.name for one in after.matters}
    effects = []
    for matter in (one for one in now if one in was):
        common = was.keys() & now.keys()
        for first, second, word in ((now[matter], was[matter], "要等"), (was[matter], now[matter], "不再等")):
            fresh = (first - second) & common
            through = now if word == "要等" else was
            nearest = [other for other in names if other in fresh and not any(other in through[nearer] for nearer in fresh)]
            effects += [Effect("order", f"“{names[matter]}”{word}“{names[other]}”") for other in nearest]
    return effects


def _waits(seen: Evaluation) -> dict[str, frozenset[str]]:
    """Chosen matter -> all that must be done before it, the nearest and those behind them."""
    found: dict[str, frozenset[str]] = {}
    for one in sorted(_chosen(seen).values(), key=lambda one: one.step):
        found[one.matter.id] = frozenset(one.prerequisites).union(*(found.get(ahead, frozenset()) for ahead in one.prerequisites))
    return found


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
    """Fields that would have to be filled or corrected, rules that ask for a correction or warn; the others are told above."""
    known = {(problem.key, problem.code) for problem in before.problems}
    fresh: dict[str, None] = {}
    for problem in after.problems:
        if problem.severity == "error" and problem.key and (problem.key, problem.code) not in known:
            fresh[problem.params.get("label", problem.key)] = None
    told = {_said(verdict) for verdict in before.verdicts if verdict.against}
    words = {"correct": "请改正", "warn": "提醒"}
    return [*(Effect("problem", f"“{label}”要补填或改正") for label in fresh),
            *(Effect("problem", f"{words[verdict.rule.on_fail]}：{_said(verdict)}") for verdict in after.verdicts
              if verdict.against and verdict.rule.on_fail in words and _said(verdict) not in told)]


def _due(old: ThemePack, new: ThemePack, before: Evaluation, after: Evaluation) -> list[Effect]:
    if before.due and after.due:
        return [Effect("due", f"承诺办结：{before.due.due} → {after.due.due}")] if before.due.due != after.due.due else []
    days, now = old.limit.working_days, new.limit.working_days
    return [Effect("due", f"承诺时限：{days} → {now} 个工作日")] if days != now else []


def _deadlines(old: ThemePack, new: ThemePack, before: Evaluation, after: Evaluation) -> list[Effect]:
    was, now = ({state.deadline.id: state for state in seen.deadlines} for seen in (before, after))
    effects = []
    for key in {**was, **now}:
        first, second = was.get(key), now.get(key)
        if first and second:
            terms, terms_now = pack_words.clock(old, first.deadline), pack_words.clock(new, second.deadline)
            if first.last_day != second.last_day:
                effects.append(f"期限“{second.deadline.text}”：最后一天 {_last(first)} → {_last(second)}")
            elif terms != terms_now:
                effects.append(f"期限“{second.deadline.text}”：{terms} → {terms_now}")
        elif second:
            effects.append(f"期限“{second.deadline.text}”（新增）：最后一天 {_last(second)}")
        elif first:
            effects.append(f"期限“{first.deadline.text}”（取消）")
    return [Effect("deadline", text) for text in effects]


def _last(state: DeadlineState) -> str:
    return str(state.last_day) if state.last_day else "还不知道"


def _gained(before: Collection[str], after: Collection[str], kind: Kind, word: str) -> list[Effect]:
    return [*(Effect(kind, f"{word} {name}（新增）") for name in after if name not in before),
            *(Effect(kind, f"{word} {name}（取消）") for name in before if name not in after)]
