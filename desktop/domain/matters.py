"""The matters of a theme as a graph: in which order they can be done, what is ready now, what still waits."""

from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter

from desktop.domain.case import MatterState
from desktop.domain.pack import Matter

_OVER = {MatterState.DONE, MatterState.REFUSED, MatterState.NOT_SELECTED}


def cycle(matters: tuple[Matter, ...]) -> tuple[str, ...]:
    """Ids of a circle of prerequisites, first one repeated at the end; empty when there is none."""
    try:
        TopologicalSorter({matter.id: matter.prerequisites for matter in matters}).prepare()
    except CycleError as e:
        return tuple(e.args[1])
    return ()


def order(matters: tuple[Matter, ...], deselected: Collection[str] = ()) -> tuple[tuple[str, ...], ...]:
    """Steps one after the other; the matters of one step may be done side by side. A deselected matter is nobody's prerequisite."""
    chosen = [matter for matter in matters if matter.id not in deselected]
    ids = {matter.id for matter in chosen}
    sorter = TopologicalSorter({matter.id: [p for p in matter.prerequisites if p in ids] for matter in chosen})
    sorter.prepare()
    steps = []
    while sorter.is_active():
        ready = sorter.get_ready()
        steps.append(tuple(matter.id for matter in chosen if matter.id in ready))
        sorter.done(*ready)
    return tuple(steps)


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
