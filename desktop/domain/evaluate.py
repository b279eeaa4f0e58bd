"""The rules' front door for flows: everything that can be said of a case now, made anew after every change.

Three-valued all through: a condition is met, not met, or not yet known, with the answers that would decide it.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from desktop.domain import burden, checklist, checks, matters, working_days
from desktop.domain.burden import Burden
from desktop.domain.checklist import MaterialState
from desktop.domain.codes import Codes
from desktop.domain.pack import Deadline, Field, Question, Rule, ThemePack
from desktop.domain.prefill import Answer, Fact, Filled, Setting, fill, needs_look
from desktop.domain.problem import Problem
from desktop.domain.rules import VARIABLES, Evaluator
from desktop.domain.working_days import Calendar, Derivation, NoCalendar

Tri = Literal["yes", "no", "unknown"]
_PERSON = {"mother": "母亲", "father": "父亲", "agent": "申领人"}


@dataclass(frozen=True)
class RuleVerdict:
    """One condition or exclusion with its verdict."""

    rule: Rule
    verdict: bool | None
    """Whether the expression holds; an exclusion that holds stands against the family."""
    missing: tuple[str, ...]
    """Keys that would decide it."""
    missing_labels: tuple[str, ...]
    clause_text: str
    exclusion: bool = False

    @property
    def against(self) -> bool:
        """Whether it stands against the family."""
        return self.verdict is self.exclusion


@dataclass(frozen=True)
class EntryState:
    """One field or question as it stands."""

    entry: Field | Question
    answer: Answer | None
    visible: bool
    required: bool
    """Only ever True when visible and known to be required."""
    choices: tuple[str, ...]
    needs_look: bool
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class DeadlineState:
    """One statutory clock."""

    deadline: Deadline
    last_day: date | None
    """None = not yet known."""
    passed: bool


@dataclass(frozen=True)
class Evaluation:
    """Everything the rules say of a case."""

    answers: Mapping[str, Answer]
    """Fields and questions, as the case would be filed now."""
    questions: Mapping[str, EntryState]
    fields: Mapping[str, EntryState]
    eligibility: Tri
    conditions: tuple[RuleVerdict, ...]
    exclusions: tuple[RuleVerdict, ...]
    materials: tuple[MaterialState, ...]
    problems: tuple[Problem, ...]
    """Errors first, then in the order of the pack."""
    due: Derivation | None
    """The promised last day counted from acceptance, before that from today; None when no calendar reaches that far."""
    deadlines: tuple[DeadlineState, ...]
    order: tuple[tuple[str, ...], ...]
    """Matters step by step; those of one step side by side."""
    burden: Burden
    evaluator: Evaluator
    """Asks further rules against exactly these answers."""

    @property
    def complete(self) -> bool:
        """Whether nothing stands in the way of acceptance but the signature."""
        return not any(problem.severity == "error" for problem in self.problems)


def evaluate(pack: ThemePack, facts: Collection[Fact], hand: Mapping[str, Answer], captured_slots: Collection[str], now: date,
             calendar: Calendar, codes: Codes, station: Mapping[str, str], confirmed: Collection[str] = (),
             accepted_on: date | None = None, deselected: Collection[str] = ()) -> Evaluation:
    """Everything that can be said of a case on the hall's day `now`.

    `facts` in the order they became known; `captured_slots` names pages (`id_card_front.mother`) and read chips (`id_card_chip.mother`);
    `confirmed` are keys whose value the clerk compared and found right; `accepted_on` is the hall's day of acceptance, if accepted.
    """
    setting = Setting(calendar, codes, now, accepted_on or now, station)
    filled = fill(pack, tuple(facts), hand, setting)
    county = station.get("region", "") or pack.county.code
    states = {key: _entry(entry, filled, setting, county, confirmed) for key, entry in pack.by_key.items()}
    conditions = tuple(_rule(pack, rule, filled) for rule in pack.conditions)
    exclusions = tuple(_rule(pack, rule, filled, exclusion=True) for rule in pack.exclusions)
    papers = checklist.materials(pack, filled.evaluator, filled.values, captured_slots)
    deadlines = tuple(_deadline(deadline, filled, setting) for deadline in pack.deadlines)
    due, clock_problems = _due(pack, setting)
    problems = [
        *(problem for verdict in (*conditions, *exclusions) for problem in _eligibility_problems(verdict)),
        *(problem for state in states.values() for problem in state.problems),
        *checklist.missing(papers),
        *_expired(facts, now),
        *(problem for state in deadlines for problem in _late(state)),
        *clock_problems,
    ]
    return Evaluation(
        answers=filled.answers,
        questions={question.key: states[question.key] for question in pack.questions},
        fields={field.key: states[field.key] for field in pack.fields},
        eligibility=_eligibility((*conditions, *exclusions)),
        conditions=conditions, exclusions=exclusions, materials=papers,
        problems=tuple(sorted(problems, key=lambda problem: problem.severity != "error")),
        due=due, deadlines=deadlines, order=matters.order(pack.matters, deselected),
        burden=burden.count(pack, filled.answers, papers, frozenset(deselected)),
        evaluator=filled.evaluator,
    )


def _entry(entry: Field | Question, filled: Filled, setting: Setting, county: str, confirmed: Collection[str]) -> EntryState:
    answer = filled.answers.get(entry.key)
    visible, required, choices = True, isinstance(entry, Question) and entry.ask == "greeting", entry.choices
    if isinstance(entry, Field):
        visible = not entry.show_when or filled.evaluator.ask(entry.show_when).truth is True
        required = visible and _required(entry, filled)
        if entry.codeset and not choices:
            codeset, _, argument = entry.codeset.rstrip(")").partition("(")
            choices = setting.codes.list_for(codeset, county, filled.values.get(argument, ""))
    problems: list[Problem] = []
    look = False
    if answer is None:
        if required:
            problems.append(Problem(code="field.required" if isinstance(entry, Field) else "question.unanswered", key=entry.key,
                                    clause=entry.clause if isinstance(entry, Question) else None, params={"label": entry.label}))
    else:
        problems += checks.problems(entry, answer.value, filled.values, setting.today, setting.codes, choices)
        if entry.key not in confirmed:
            disagree = [problem for problem in filled.problems if problem.key == entry.key]
            look = needs_look(answer) or bool(disagree)
            problems += disagree
            if needs_look(answer):
                problems.append(Problem(code="field.look", severity="error" if isinstance(entry, Field) else "warning", key=entry.key,
                                        params={"label": entry.label}))
    return EntryState(entry, answer, visible, required, choices, look, tuple(problems))


def _required(field: Field, filled: Filled) -> bool:
    if field.required in {"yes", "no"}:
        return field.required == "yes"
    return filled.evaluator.ask(field.required).truth is True


def _rule(pack: ThemePack, rule: Rule, filled: Filled, *, exclusion: bool = False) -> RuleVerdict:
    found = filled.evaluator.ask(rule.when)
    keys = tuple(key for key in found.missing if key not in VARIABLES)
    labels = tuple(pack.by_key[key].label for key in keys)
    return RuleVerdict(rule, found.truth, keys, labels, pack.clause_texts[rule.clause], exclusion)


def _eligibility(verdicts: tuple[RuleVerdict, ...]) -> Tri:
    binding = [verdict for verdict in verdicts if verdict.rule.on_fail == "refuse"]
    if any(verdict.against for verdict in binding):
        return "no"
    return "unknown" if any(verdict.verdict is None for verdict in binding) else "yes"


def _eligibility_problems(verdict: RuleVerdict) -> list[Problem]:
    params = {"text": verdict.rule.text, "open_path": verdict.rule.open_path}
    severity: Literal["error", "warning"] = "error" if verdict.rule.on_fail == "refuse" else "warning"
    if verdict.against:
        code = verdict.rule.problem or ("exclusion.met" if verdict.exclusion else "condition.not_met")
        return [Problem(code=code, severity=severity, clause=verdict.rule.clause, params=params)]
    if verdict.verdict is None:
        missing = "、".join(verdict.missing_labels) or "—"
        return [Problem(code="condition.unknown", severity=severity, clause=verdict.rule.clause, params={**params, "missing": missing})]
    return []


def _deadline(deadline: Deadline, filled: Filled, setting: Setting) -> DeadlineState:
    value = filled.evaluator.ask(deadline.start).value
    start = date.fromisoformat(value[:10]) if isinstance(value, str) else None
    last_day = None
    if start and deadline.working_days:
        with suppress(NoCalendar):
            last_day = working_days.last_of(start, deadline.working_days, setting.calendar)
    elif start and deadline.months:
        last_day = working_days.add_months(start, deadline.months)
    elif start:
        last_day = start + timedelta(days=deadline.days or (deadline.hours or 0) // 24)
    return DeadlineState(deadline, last_day, last_day is not None and setting.applied_on > last_day)


def _late(state: DeadlineState) -> list[Problem]:
    severity = state.deadline.severity
    if not state.passed or state.last_day is None or severity == "notice":
        return []
    return [Problem(code="deadline.passed", severity=severity, clause=state.deadline.clause,
                    params={"text": state.deadline.text, "last_day": state.last_day.isoformat()})]


def _due(pack: ThemePack, setting: Setting) -> tuple[Derivation | None, list[Problem]]:
    try:
        due = working_days.due_after_acceptance(setting.applied_on, pack.limit.working_days, setting.calendar)
    except NoCalendar as e:
        return None, [Problem(code="calendar.missing", params={"year": str(e.year)})]
    if due.provisional:
        year = str(next(day.day.year for day in due.days if day.provisional))
        return due, [Problem(code="calendar.provisional", severity="warning", params={"year": year})]
    return due, []


def _expired(facts: Collection[Fact], now: date) -> list[Problem]:
    """Cards whose time is over, once per card and kind of reading. 长期 never is."""
    found = {}
    for fact in {fact.name: fact for fact in facts}.values():
        kind, _, rest = fact.name.partition(":")
        if rest.endswith(".valid_to") and fact.value < now.isoformat() and fact.value[:1].isdigit():
            role = rest.removeprefix("id_card_back.").partition(".")[0]
            found[role] = Problem(code="id_card.expired", severity="error" if kind == "chip" else "warning",
                                  params={"role": role, "person": _PERSON.get(role, role), "valid_to": fact.value})
    return list(found.values())
