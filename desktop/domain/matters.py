"""The matters of a theme as a graph: in which order they can be done, what is ready now, what still waits."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from desktop.domain.case import MatterState
from desktop.domain.pack import Matter, ThemePack
from desktop.domain.rules import Evaluator

_OVER = {MatterState.DONE, MatterState.REFUSED, MatterState.NOT_SELECTED}


def cycle(matters: tuple[Matter, ...]) -> tuple[str, ...]:
    """Ids of a circle of prerequisites, first one repeated at the end; empty when there is none."""
    try:
        TopologicalSorter({matter.id: matter.prerequisites for matter in matters}).prepare()
    except CycleError as e:
        return tuple(e.args[1])
    return ()


def order(matters: tuple[Matter, ...], deselected: Collection[str] = ()) -> tuple[tuple[str, ...], ...]:
    """Steps one after the other; the matters of one step may be done side by side. A deselected matter is nobody's prerequisite.

    Raises CycleError, which a checked pack never does.
    """
    left = [matter for matter in matters if matter.id not in deselected]
    waiting = {matter.id for matter in left}
    steps = []
    while left:
        step = tuple(matter.id for matter in left if waiting.isdisjoint(matter.prerequisites))
        if not step:
            raise CycleError("prerequisites in a circle", sorted(waiting))
        steps.append(step)
        waiting.difference_update(step)
        left = [matter for matter in left if matter.id in waiting]
    return tuple(steps)


@dataclass(frozen=True)
class MatterPlan:
    """One matter as this case would go through it."""

    matter: Matter
    chosen: bool
    """False: the family did not ask for it, or the rules leave it out."""
    department: str
    """Who does it in this case, as far as the answers tell; the id. While `undecided` names answers it may still be another."""
    department_name: str
    result: str
    lead: bool
    """Whether that department leads in this case."""
    undecided: tuple[str, ...]
    """Keys that would decide who does it and who leads."""
    prerequisites: tuple[str, ...]
    """Those that hold: of matters that are chosen themselves."""
    step: int
    """Counted from 1; matters of one step side by side. 0 = not chosen."""


def plan(pack: ThemePack, evaluator: Evaluator, chosen: Collection[str]) -> tuple[MatterPlan, ...]:
    """Every matter of the pack in its order."""
    steps = {matter: number for number, step in enumerate(order(pack.matters, [m.id for m in pack.matters if m.id not in chosen]), 1)
             for matter in step}
    return tuple(_planned(pack, matter, evaluator, chosen, steps.get(matter.id, 0)) for matter in pack.matters)


def _planned(pack: ThemePack, matter: Matter, evaluator: Evaluator, chosen: Collection[str], step: int) -> MatterPlan:
    issuer, result = matter.department, matter.result
    undecided: dict[str, None] = {}
    for branch in matter.branches:
        found = evaluator.ask(branch.when)
        undecided |= dict.fromkeys(found.missing)
        if found.truth:
            issuer, result = branch.department, branch.result
            break
    department = next(department for department in pack.departments if department.id == issuer)
    leads = evaluator.ask(department.lead_when or "false")
    return MatterPlan(
        matter=matter, chosen=matter.id in chosen, department=issuer, department_name=department.name, result=result,
        lead=department.lead or leads.truth is True, undecided=(*undecided, *(key for key in leads.missing if key not in undecided)),
        prerequisites=tuple(before for before in matter.prerequisites if before in chosen), step=step)


def ready(matters: tuple[Matter, ...], states: Mapping[str, MatterState]) -> tuple[str, ...]:
    """Matters that wait for a prerequisite no longer: those WAITING (or without a state) whose prerequisites are all done."""
    return tuple(matter.id for matter in matters
                 if states.get(matter.id, MatterState.WAITING) is MatterState.WAITING and not waits_for(matter, states))


def waits_for(matter: Matter, states: Mapping[str, MatterState]) -> tuple[str, ...]:
    """Prerequisites that are not done yet; one the family did not ask for does not hold anything up."""
    return tuple(p for p in matter.prerequisites
                 if states.get(p, MatterState.WAITING) not in {MatterState.DONE, MatterState.NOT_SELECTED})


def first_state(matter: Matter, states: Mapping[str, MatterState]) -> MatterState:
    """Where a matter stands right after acceptance."""
    if states.get(matter.id) is MatterState.NOT_SELECTED:
        return MatterState.NOT_SELECTED
    return MatterState.WAITING if waits_for(matter, states) else MatterState.QUEUED


def all_over(matters: tuple[Matter, ...], states: Mapping[str, MatterState]) -> bool:
    """Whether nothing is left to be done."""
    return all(states.get(matter.id, MatterState.WAITING) in _OVER for matter in matters)
