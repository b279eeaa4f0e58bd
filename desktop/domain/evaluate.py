"""The rules' front door for flows: everything that can be said of a case now, made anew after every change.

Three-valued all through: a condition is met, not met, or not yet known, with the answers that would decide it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from desktop.domain import burden, checklist, checks, clocks, matters, working_days
from desktop.domain.burden import Burden
from desktop.domain.checklist import MaterialState
from desktop.domain.clocks import Clock, DeadlineState
from desktop.domain.codes import Codes
from desktop.domain.matters import MatterPlan
from desktop.domain.pack import Field, Question, Rule, ThemePack
from desktop.domain.prefill import Answer, Fact, Filled, Setting, fill, needs_look
from desktop.domain.problem import Problem
from desktop.domain.rules import VARIABLES, Evaluator
from desktop.domain.working_days import Calendar, Derivation, NoCalendar, Pause, Standing

Tri = Literal["yes", "no", "unknown"]


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
    reasons: tuple[str, ...] = ()
    """Why it stands against the family, in so many words; empty when the printed text says it."""

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
class LeftOut:
    """A matter the family asked for and cannot have here, though the theme stays open to it."""

    matter: str
    verdict: RuleVerdict


@dataclass(frozen=True)
class MatterClock:
    """A department's own promise as it would run if every one before it took all its time."""

    matter: str
    working_days: int
    start: date | None
    """The day the matter reaches the department; None = a matter before it promises no day."""
    clock: Clock | None
    """None = the start is not known, or no calendar reaches that far."""


@dataclass(frozen=True)
class Evaluation:
    """Everything the rules say of a case."""

    answers: Mapping[str, Answer]
    """Fields and questions, as the case would be filed now."""
    questions: Mapping[str, EntryState]
    fields: Mapping[str, EntryState]
    eligibility: Tri
    """Of the theme as a whole: rules about single matters leave those out and do not count here."""
    conditions: tuple[RuleVerdict, ...]
    exclusions: tuple[RuleVerdict, ...]
    """Without those that speak only of matters nobody asked for."""
    chosen: tuple[str, ...]
    """Ids of the matters this case would do: asked for and not left out. In the pack's order."""
    left_out: tuple[LeftOut, ...]
    matters: tuple[MatterPlan, ...]
    """Every matter of the pack: who does it in this case, after which, in which step."""
    materials: tuple[MaterialState, ...]
    problems: tuple[Problem, ...]
    """Errors first, then in the order of the pack."""
    due: Derivation | None
    """The promised last day counted from acceptance, before that from today; None when no calendar reaches that far or it stands still."""
    standing: Standing | None
    """The promise stands in a pause: which one, and the days counted before it."""
    deadlines: tuple[DeadlineState, ...]
    """Statutory clocks that run or may run."""
    matter_clocks: tuple[MatterClock, ...]
    """Of the chosen matters whose department promises its own days."""
    order: tuple[tuple[str, ...], ...]
    """Chosen matters step by step; those of one step side by side."""
    burden: Burden
    evaluator: Evaluator
    """Asks further rules against exactly these answers."""

    @property
    def complete(self) -> bool:
        """Whether nothing stands in the way of acceptance but the signature."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def verdicts(self) -> tuple[RuleVerdict, ...]:
        """Conditions, then exclusions."""
        return (*self.conditions, *self.exclusions)

    @property
    def unknown_until(self) -> tuple[str, ...]:
        """What is still to be answered before every binding rule is decided, as screens call it, in the order it is asked."""
        labels = {key: label for verdict in self.verdicts if verdict.verdict is None and verdict.rule.on_fail != "warn"
                  for key, label in zip(verdict.missing, verdict.missing_labels, strict=True)}
        return tuple(labels[key] for key in self.evaluator.in_order(labels))

    @property
    def open_paths(self) -> tuple[str, ...]:
        """What stays open to the family where a rule stands against it."""
        return tuple(dict.fromkeys(verdict.rule.open_path for verdict in self.verdicts if verdict.against and verdict.rule.open_path))


def evaluate(pack: ThemePack, facts: Collection[Fact], hand: Mapping[str, Answer], captured_slots: Collection[str], now: date,
             calendar: Calendar, codes: Codes, station: Mapping[str, str], confirmed: Collection[str] = (),
             accepted_on: date | None = None, deselected: Collection[str] = (), pauses: Sequence[Pause] = ()) -> Evaluation:
    """Everything that can be said of a case on the hall's day `now`.

    `facts` in the order they became known; `captured_slots` names pages (`id_card_front.mother`) and read chips (`id_card_chip.mother`);
    `confirmed` are keys whose value the clerk compared and found right; `accepted_on` is the hall's day of acceptance, if accepted;
    `deselected` are matters the family does not ask for; in `pauses` the promises stand still.
    """
    wanted = tuple(matter.id for matter in pack.matters if matter.id not in deselected)
    setting = Setting(calendar, codes, now, accepted_on or now, station, wanted, captured_slots, wanted)
    filled = fill(pack, tuple(facts), hand, setting)
    verdicts = _verdicts(pack, filled, wanted)
    if left_out := _left_out(pack, verdicts, wanted):
        gone = {left.matter for left in left_out}
        setting = replace(setting, matters=tuple(matter for matter in wanted if matter not in gone))
        filled = fill(pack, tuple(facts), hand, setting)     # what follows from the list of matters follows from the narrower one
        verdicts = _settled(verdicts, _verdicts(pack, filled, wanted), left_out, setting.matters)
    chosen = setting.matters
    county = station.get("region", "") or pack.county.code
    undecided = _undecided(verdicts, chosen)
    sure = tuple(matter for matter in chosen if matter not in undecided)
    states = {key: _entry(entry, filled, setting, sure, county, confirmed) for key, entry in pack.by_key.items()}
    papers = checklist.materials(pack, filled.evaluator, filled.values, captured_slots, chosen, undecided)
    deadlines = _deadlines(pack, filled, setting)
    plan = matters.plan(pack, filled.evaluator, chosen)
    due, standing, clock_problems = _due(pack, setting, pauses)
    problems = [
        *(problem for verdict in verdicts for problem in _rule_problems(pack, verdict)),
        *([] if chosen else [Problem(code="matter.none")]),
        *(problem for state in states.values() for problem in state.problems),
        *(problem for problem in filled.problems if problem.key not in pack.by_key and problem.key not in confirmed),
        *checklist.missing(papers),
        *_expired(pack, facts, now),
        *(problem for state in deadlines for problem in _late(state)),
        *clock_problems,
    ]
    answers = {key: state.answer for key, state in states.items() if state.answer}
    return Evaluation(
        answers=answers,
        questions={question.key: states[question.key] for question in pack.questions},
        fields={field.key: states[field.key] for field in pack.fields},
        eligibility=_eligibility(verdicts) if chosen else "no",
        conditions=tuple(verdict for verdict in verdicts if not verdict.exclusion),
        exclusions=tuple(verdict for verdict in verdicts if verdict.exclusion),
        chosen=chosen, left_out=left_out, matters=plan, materials=papers,
        problems=tuple(sorted(problems, key=lambda problem: problem.severity != "error")),
        due=due, standing=standing, deadlines=deadlines, matter_clocks=_matter_clocks(plan, setting, pauses),
        order=tuple(tuple(one.matter.id for one in plan if one.step == step) for step in range(1, max(p.step for p in plan) + 1)),
        burden=burden.count(pack, answers, papers, chosen),
        evaluator=filled.evaluator,
    )


def _entry(entry: Field | Question, filled: Filled, setting: Setting, sure: Collection[str], county: str,
           confirmed: Collection[str]) -> EntryState:
    """`sure`: those of the chosen matters that no open rule can still leave out."""
    answer = filled.answers.get(entry.key)
    choices = checks.choices_of(entry, county, filled.values, setting.codes)
    if isinstance(entry, Field):
        used = checklist.in_use(entry.used_by, setting.matters)
        answer = answer if used else None
        visible = used and (entry.show_when == "true" or filled.evaluator.ask(entry.show_when).truth is True)
        required = visible and checklist.in_use(entry.used_by, sure) and _required(entry, filled)
    else:
        visible = entry.when == "true" or filled.evaluator.ask(entry.when).truth is True
        required = visible and entry.ask == "greeting"
    problems: list[Problem] = []
    look = False
    if answer is None:
        if required:
            problems.append(Problem(code="field.required" if isinstance(entry, Field) else "question.unanswered", key=entry.key,
                                    clause=entry.clause if isinstance(entry, Question) else None, params={"label": entry.called}))
    else:
        problems += checks.problems(entry, answer.value, filled.values, setting.today, setting.codes, choices)
        if entry.key not in confirmed:
            doubtful = needs_look(answer)
            disagree = [problem for problem in filled.problems if problem.key == entry.key] if filled.problems else []
            look = doubtful or bool(disagree)
            problems += disagree
            if doubtful and not any(problem.code == "sources.look" for problem in disagree):
                problems.append(Problem(code="field.look", severity="error" if isinstance(entry, Field) else "warning", key=entry.key,
                                        params={"label": entry.called}))
    if isinstance(entry, Field) and entry.offered:
        offers = {choice: filled.evaluator.ask(when).truth for choice, when in entry.offered.items()}
        choices = tuple(choice for choice in choices if offers.get(choice, True))
        problems += [Problem(code="choice.not_offered", key=entry.key, params={"label": entry.called, "value": value})
                     for value in (answer.value.split("、") if answer else ()) if offers.get(value) is False]
    return EntryState(entry, answer, visible, required, choices, look, tuple(problems))


def _required(field: Field, filled: Filled) -> bool:
    if field.required in {"yes", "no"}:
        return field.required == "yes"
    return filled.evaluator.ask(field.required).truth is True


def _verdicts(pack: ThemePack, filled: Filled, wanted: Collection[str]) -> tuple[RuleVerdict, ...]:
    """Every rule that is to be asked: one about matters only when one of them was asked for."""
    return tuple(_rule(pack, rule, filled, exclusion=exclusion)
                 for exclusion, rules in ((False, pack.conditions), (True, pack.exclusions)) for rule in rules
                 if checklist.in_use(rule.matters, wanted))


def _rule(pack: ThemePack, rule: Rule, filled: Filled, *, exclusion: bool) -> RuleVerdict:
    found = filled.evaluator.ask(rule.when)
    keys = tuple(key for key in found.missing if key not in VARIABLES)
    labels = tuple(pack.by_key[key].called + ("（填法不对）" if key in filled.faulty else "") for key in keys)
    reasons = tuple(reason for reason, when in rule.reasons.items() if filled.evaluator.ask(when).truth) if found.truth is exclusion else ()
    return RuleVerdict(rule, found.truth, keys, labels, pack.clause_texts[rule.clause], exclusion, reasons)


def _left_out(pack: ThemePack, verdicts: Iterable[RuleVerdict], wanted: Collection[str]) -> tuple[LeftOut, ...]:
    """In the pack's order; of several rules that leave a matter out each one is told."""
    against = [verdict for verdict in verdicts if verdict.against and verdict.rule.on_fail == "refuse"]
    return tuple(LeftOut(matter, verdict) for matter in wanted for verdict in against if matter in verdict.rule.matters)


def _undecided(verdicts: Iterable[RuleVerdict], chosen: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Chosen matters that a rule may still leave out, each with the keys that would decide it."""
    found: dict[str, tuple[str, ...]] = {}
    for verdict in verdicts:
        if verdict.verdict is None and verdict.rule.on_fail == "refuse":
            for matter in verdict.rule.matters:
                if matter in chosen:
                    found[matter] = tuple(dict.fromkeys((*found.get(matter, ()), *verdict.missing)))
    return found


def _settled(before: tuple[RuleVerdict, ...], after: tuple[RuleVerdict, ...], left_out: tuple[LeftOut, ...],
             chosen: Collection[str]) -> tuple[RuleVerdict, ...]:
    """Rules about matters stand as they were found, but those that only speak of matters which others left out have nothing more to say."""
    return tuple(first if first.rule.matters else second for first, second in zip(before, after, strict=True)
                 if checklist.in_use(first.rule.matters, chosen) or any(left.verdict is first for left in left_out))


def _eligibility(verdicts: tuple[RuleVerdict, ...]) -> Tri:
    binding = [verdict for verdict in verdicts if verdict.rule.on_fail == "refuse" and not verdict.rule.matters]
    if any(verdict.against for verdict in binding):
        return "no"
    return "unknown" if any(verdict.verdict is None for verdict in binding) else "yes"


def _rule_problems(pack: ThemePack, verdict: RuleVerdict) -> list[Problem]:
    rule = verdict.rule
    params = {"text": rule.text + (f"（{'；'.join(verdict.reasons)}）" if verdict.reasons else ""), "open_path": rule.open_path,
              "matters": "、".join(matter.name for matter in pack.matters if matter.id in rule.matters)}
    severity: Literal["error", "warning"] = "warning" if rule.on_fail == "warn" else "error"
    if verdict.against:
        if rule.on_fail == "correct":
            code = "condition.correct"
        elif rule.matters and rule.on_fail == "refuse":
            code, severity = "matter.left_out", "warning"
        else:
            code = "exclusion.met" if verdict.exclusion else "condition.not_met"
        return [Problem(code=rule.problem or code, severity=severity, clause=rule.clause, params=params)]
    if verdict.verdict is None:
        missing = "、".join(verdict.missing_labels) or "—"
        return [Problem(code="condition.unknown", severity=severity, clause=rule.clause, params={**params, "missing": missing})]
    return []


def _deadlines(pack: ThemePack, filled: Filled, setting: Setting) -> tuple[DeadlineState, ...]:
    states = (clocks.deadline_state(deadline, filled.evaluator, setting.calendar, setting.applied_on)
              for deadline in pack.deadlines if checklist.in_use(deadline.matters, setting.matters))
    return tuple(state for state in states if state.runs is not False)


def _late(state: DeadlineState) -> list[Problem]:
    severity = state.deadline.severity
    if not state.passed or state.last_day is None or severity == "notice":
        return []
    return [Problem(code="deadline.passed", severity=severity, clause=state.deadline.clause,
                    params={"text": state.deadline.text, "last_day": state.last_day.isoformat()})]


def _due(pack: ThemePack, setting: Setting, pauses: Sequence[Pause]) -> tuple[Derivation | None, Standing | None, list[Problem]]:
    try:
        due = working_days.due_after_acceptance(setting.applied_on, pack.limit.working_days, setting.calendar, pauses)
    except NoCalendar as e:
        return None, None, [Problem(code="calendar.missing", params={"year": str(e.year)})]
    except Standing as standing:
        return None, standing, []
    if due.provisional:
        year = str(next(day.day.year for day in due.days if day.provisional))
        return due, None, [Problem(code="calendar.provisional", severity="warning", params={"year": year})]
    return due, None, []


def _matter_clocks(plan: tuple[MatterPlan, ...], setting: Setting, pauses: Sequence[Pause]) -> tuple[MatterClock, ...]:
    """Planned: a matter reaches its department on acceptance, or when the last matter before it is due."""
    found: dict[str, MatterClock] = {}
    for one in sorted(plan, key=lambda one: one.step):
        if not one.chosen or one.matter.working_days is None:
            continue
        ends = [ahead.clock.due if (ahead := found.get(before)) and ahead.clock else None for before in one.prerequisites]
        known = [end for end in ends if end is not None]
        start = max(known, default=setting.applied_on) if len(known) == len(ends) else None
        clock = None
        if start is not None:
            try:
                clock = clocks.matter_clock(start, one.matter.working_days, setting.calendar, pauses)
            except NoCalendar:
                clock = None
        found[one.matter.id] = MatterClock(one.matter.id, one.matter.working_days, start, clock)
    return tuple(found[one.matter.id] for one in plan if one.matter.id in found)


def _expired(pack: ThemePack, facts: Collection[Fact], now: date) -> list[Problem]:
    """Cards whose time is over, once per card and kind of reading. 长期 never is, nor what the pack spares."""
    names = {person.role: person.name for person in pack.people}
    spared = {person.role for person in pack.people if person.expired_card_serves}
    found = {}
    for fact in {fact.name: fact for fact in facts}.values():
        kind, _, rest = fact.name.partition(":")
        if rest.endswith(".valid_to") and fact.value < now.isoformat() and fact.value[:1].isdigit():
            role = rest.removeprefix("id_card_back.").partition(".")[0]
            if role in spared:
                continue
            found[role] = Problem(code="id_card.expired", severity="error" if kind == "chip" else "warning",
                                  params={"role": role, "person": names.get(role, role), "valid_to": fact.value})
    return list(found.values())
