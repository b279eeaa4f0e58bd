"""What the rules say of a family that is written down in a file: `oncedesk themes evaluate`. Reads no disk and knows no stored case.

The file holds {key: value}, or {"answers", "facts", "slots", "deselected", "confirmed", "accepted_on", "pauses", "switches"}.
"""

import difflib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from desktop.domain import evaluate as rules
from desktop.domain import pack_entries, pack_words
from desktop.domain.checklist import MaterialState
from desktop.domain.clocks import Clock, DeadlineState
from desktop.domain.codes import Codes
from desktop.domain.evaluate import Evaluation, LeftOut, MatterClock, RuleVerdict
from desktop.domain.prefill import Answer, Fact, Source
from desktop.domain.themes import ThemePack, switched
from desktop.domain.working_days import Calendar, Day, Pause

Json = dict[str, Any]
_PARTS = ("answers", "facts", "slots", "deselected", "confirmed", "accepted_on", "pauses", "switches")


@dataclass(frozen=True)
class Family:
    """A case as a file tells it."""

    pack: ThemePack
    """With the file's switches turned on."""
    hand: Mapping[str, Answer]
    facts: tuple[Fact, ...]
    slots: frozenset[str]
    deselected: frozenset[str]
    confirmed: frozenset[str]
    accepted_on: date | None
    pauses: tuple[Pause, ...]


def read_family(text: str, pack: ThemePack) -> Family:
    """Raises ValueError, in Chinese, for text that is no such object, and for keys, facts, slots or ids the pack does not know."""
    try:
        given = json.loads(text)
    except json.JSONDecodeError as e:
        raise ValueError(f"读不出 JSON（{e}）") from e
    if not isinstance(given, dict):
        raise ValueError("应是一个对象，键是字段或问题，值是文字")  # noqa: TRY004 - the file is wrong, not a caller
    if "answers" not in given:        # answers may stand flat beside the other parts, as long as no key of the pack is called so
        parts = {name: given[name] for name in _PARTS if name in given and name not in pack.by_key}
        given = {"answers": {key: value for key, value in given.items() if key not in parts}, **parts}
    answers, facts = _object(given, "answers"), _object(given, "facts")
    slots, deselected, confirmed, switches = (_texts(given, name) for name in ("slots", "deselected", "confirmed", "switches"))
    mentioned = pack_entries.facts_mentioned(pack)
    unknown = [
        *_strange("这一部分", given, _PARTS), *_strange("字段或问题", (*answers, *confirmed), pack.by_key),
        *_strange("来源", (name for name in facts if not pack_entries.is_fact(pack, name)), mentioned),
        *_strange("页面", slots, pack_entries.slots_there_may_be(pack)),
        *_strange("事项", deselected, {matter.id: matter.name for matter in pack.matters}),
        *_strange("开关", switches, {switch.id: switch.text for switch in pack.switches}),
    ]
    if unknown:
        raise ValueError(f"主题包里没有{'；没有'.join(unknown)}")
    wanted = [f"{matter.id}（{matter.name}）" for matter in pack.matters if matter.id in deselected and not matter.optional]
    if wanted:
        raise ValueError(f"deselected：{'、'.join(wanted)}必须办，不能去掉")
    return Family(
        pack=switched(pack, switches),
        hand={key: Answer(key=key, value=_as_text(value), source=Source.HAND) for key, value in answers.items() if value is not None},
        facts=tuple(Fact(name=name, value=_as_text(value)) for name, value in facts.items() if value is not None),
        slots=frozenset(slots), deselected=frozenset(deselected), confirmed=frozenset(confirmed),
        accepted_on=_day(given.get("accepted_on"), "accepted_on"), pauses=_pauses(given))


def judge(family: Family, on: date, calendar: Calendar, codes: Codes, station: Mapping[str, str]) -> Evaluation:
    """Everything the rules say of the family on the hall's day `on`."""
    return rules.evaluate(family.pack, family.facts, family.hand, family.slots, on, calendar, codes, station, family.confirmed,
                          family.accepted_on, family.deselected, family.pauses)


def _strange(what: str, given: Iterable[str], known: Collection[str] | Mapping[str, str]) -> list[str]:
    """Names that are not known, each with the nearest one that is; `known` may give what a name is called in print."""
    called = {printed: name for name, printed in known.items() if isinstance(printed, str)} if isinstance(known, Mapping) else {}
    found = []
    for name in given:
        if name not in known:
            near = [called[name]] if name in called else difflib.get_close_matches(name, known, 1, 0.5)
            found.append(f"{what} {name}" + (f"（最接近的是 {near[0]}）" if near else ""))
    return found


def _object(given: Json, name: str) -> Json:
    value = given.get(name) or {}
    if not isinstance(value, dict):
        raise ValueError(f"{name} 应是一个对象")  # noqa: TRY004 - as above
    return value


def _texts(given: Json, name: str) -> tuple[str, ...]:
    value = given.get(name) or []
    if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise ValueError(f"{name} 应是一列文字")
    return tuple(value)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _day(value: object, name: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as e:
        raise ValueError(f"{name} 应是日期，如 2026-11-23，不是 {value}") from e


def _pauses(given: Json) -> tuple[Pause, ...]:
    entries = given.get("pauses") or []
    if not (isinstance(entries, list) and all(isinstance(entry, dict) and entry.get("start") for entry in entries)):
        raise ValueError('pauses 应是一列 {"start": 日期, "end": 日期或 null, "reason": 文字}')
    pauses = []
    for entry in entries:
        start, end = _day(entry["start"], "pauses.start"), _day(entry.get("end"), "pauses.end")
        if start is None or (end is not None and end < start):
            raise ValueError(f"pauses：{entry['start']} 开始的暂停不能在 {entry.get('end')} 结束")
        pauses.append(Pause(start, end, str(entry.get("reason", ""))))
    return tuple(pauses)


# --- told -------------------------------------------------------------------------------------------------------------------------

def document(family: Family, on: date, found: Evaluation) -> Json:
    """Keys in English and stable; dates stay dates."""
    pack = family.pack
    return {
        "theme": pack.id, "version": pack.version, "title": pack.title, "on": on,
        "eligibility": found.eligibility, "unknown_until": found.unknown_until, "open_paths": found.open_paths,
        "conditions": [_rule(verdict) for verdict in found.conditions], "exclusions": [_rule(verdict) for verdict in found.exclusions],
        "left_out": [_left_out(pack, left) for left in found.left_out], "problems": found.problems,
        "materials": [_material(pack, state, found.chosen) for state in found.materials],
        "matters": [{"id": plan.matter.id, "name": plan.matter.name, "chosen": plan.chosen, "step": plan.step,
                     "department": plan.department_name, "lead": plan.lead, "result": plan.result, "prerequisites": plan.prerequisites,
                     "undecided": plan.undecided} for plan in found.matters],
        "order": found.order, "clocks": _clocks(pack, found), "burden": asdict(found.burden) | {
            "printed": pack.reductions, "pages_spared": found.burden.pages_spared},
        "answers": {key: answer.value for key, answer in found.answers.items()},
        "form": {"title": pack.form_title, "proposed": pack.form_is_proposed}, "papers": [paper.title for paper in pack.papers],
        "notice": notice(pack, found),
    }


def notice(pack: ThemePack, found: Evaluation) -> Json:
    """What a 一次性告知 says to this family: exactly its papers, each page once, and what stays open where a rule stands against it.

    A family that cannot be served by the theme is told why and where to go, and is sent for no paper.
    """
    against = [{"text": verdict.rule.text, "reasons": verdict.reasons, "clause": verdict.clause_text,
                "open_path": verdict.rule.open_path, "only_a_warning": verdict.rule.on_fail == "warn",
                "matters": [matter.name for matter in pack.matters if matter.id in verdict.rule.matters]}
               for verdict in found.verdicts if verdict.against]
    if found.eligibility == "no":
        return {"eligibility": "no", "unknown_until": (), "bring": [], "perhaps": [], "spared": [], "matters": [], "against": against,
                "limit": "", "excluded": (), "due": None, "fee": ""}
    bring, laid = [], set[str]()
    for state in found.materials:
        if state.required:
            wanted = [slot for slot in state.slots if slot.wanted]
            bring.append({"name": state.material.name, "form": state.material.form, "copies": state.material.copies,
                          "note": state.material.note, "kept": state.material.handling == "keep", "proposed": state.material.proposed,
                          "pages": [slot.label for slot in wanted if slot.slot not in laid],
                          "laid_already": [slot.label for slot in wanted if slot.slot in laid]})
            laid.update(slot.slot for slot in wanted)
    return {
        "eligibility": found.eligibility, "unknown_until": found.unknown_until, "bring": bring,
        "perhaps": [{"name": state.material.name, "until": [pack_words.called(pack, key) for key in state.undecided]}
                    for state in found.materials if state.required is None],
        "spared": [{"name": state.material.name, "reason": state.skipped} for state in found.materials if state.skipped],
        "matters": [{"name": plan.matter.name, "department": plan.department_name, "result": plan.result}
                    for plan in found.matters if plan.chosen],
        "against": against,
        "limit": pack.limit.text, "excluded": pack.limit.excluded, "due": found.due.due if found.due else None, "fee": pack.fee.text,
    }


def _rule(verdict: RuleVerdict) -> Json:
    rule = verdict.rule
    return {"id": rule.id, "text": rule.text, "verdict": verdict.verdict, "against": verdict.against,
            "reasons": verdict.reasons, "missing": verdict.missing,
            "missing_labels": verdict.missing_labels, "clause": rule.clause, "clause_text": verdict.clause_text,
            "open_path": rule.open_path, "on_fail": rule.on_fail, "matters": rule.matters}


def _left_out(pack: ThemePack, left: LeftOut) -> Json:
    name = next(matter.name for matter in pack.matters if matter.id == left.matter)
    return {"matter": left.matter, "name": name, "rule": left.verdict.rule.id, "text": left.verdict.rule.text,
            "reasons": left.verdict.reasons, "clause_text": left.verdict.clause_text, "open_path": left.verdict.rule.open_path}


def _material(pack: ThemePack, state: MaterialState, chosen: Collection[str]) -> Json:
    material = state.material
    return {"id": material.id, "name": material.name, "form": material.form, "copies": material.copies, "note": material.note,
            "required": state.required, "skipped": state.skipped, "undecided": state.undecided,
            "undecided_labels": [pack_words.called(pack, key) for key in state.undecided], "clause": material.clause,
            "matters": [matter for matter in material.used_by if matter in chosen], "kept": material.handling == "keep",
            "proposed": material.proposed, "reason": material.reason, "pages": [slot.label for slot in state.slots], "slots": state.slots}


def _clocks(pack: ThemePack, found: Evaluation) -> list[Json]:
    """The theme's promise, the departments' own, the statutory ones; each day by day."""
    due, standing = found.due, found.standing
    days: Sequence[Day] = due.days if due else standing.days if standing else ()
    promised = {"id": "limit", "kind": "promised", "text": pack.limit.text, "start": due.start if due else None,
                "due": due.due if due else None, "provisional": due.provisional if due else None, "passed": None,
                "standing": standing.pause if standing else None, "excluded": pack.limit.excluded, "days": days}
    return [promised, *(_of_matter(pack, one) for one in found.matter_clocks), *(_statutory(state) for state in found.deadlines)]


def _of_matter(pack: ThemePack, one: MatterClock) -> Json:
    matter = next(matter for matter in pack.matters if matter.id == one.matter)
    clock = one.clock or Clock((), None, None)
    return {"id": one.matter, "kind": "matter", "text": matter.limit or f"{one.working_days}个工作日", "start": one.start,
            "due": clock.due, "provisional": clock.provisional, "passed": None, "standing": clock.pause, "days": clock.days}


def _statutory(state: DeadlineState) -> Json:
    derivation = state.derivation
    return {"id": state.deadline.id, "kind": "statutory", "text": state.deadline.text, "start": state.start, "runs": state.runs,
            "due": state.last_day, "minute": state.last_minute, "provisional": state.provisional, "passed": state.passed,
            "severity": state.deadline.severity, "clause": state.deadline.clause, "days": derivation.days if derivation else ()}
