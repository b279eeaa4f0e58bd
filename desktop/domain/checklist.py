"""Which papers THIS family needs, which pages prove them, what is still missing. One paper is asked for once, whoever uses it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from desktop.domain.pack import EvidenceSlot, Material, ThemePack
from desktop.domain.prefill import resolve_role
from desktop.domain.problem import Problem
from desktop.domain.rules import Evaluator


@dataclass(frozen=True)
class SlotState:
    """One page asked for."""

    slot: str
    """`<doc_type>[.<role or tag>]` with the real role once it is known: `id_card_front.mother`, `other.first_issue_form`."""
    label: str
    doc_type: str
    status: Literal["missing", "captured", "chip_only"]
    """chip_only = the card was read by its chip, the page itself was not captured."""
    enough: bool
    """Whether nothing more is wanted for it."""
    wanted: bool = True
    """False = not yet known whether it is; a page known not to be wanted is not listed."""
    photo: str = ""
    """The size of the photo that is asked for instead of a paper; empty = a paper."""
    persons: int = 1
    """How many people it shows."""


@dataclass(frozen=True)
class MaterialState:
    """One material with what has been taken of it."""

    material: Material
    required: bool | None
    """None = not yet known."""
    undecided: tuple[str, ...]
    """Keys that would decide it, or which of its pages are wanted."""
    slots: tuple[SlotState, ...]
    skipped: str = ""
    """Why the family need not bring it although the theme asks for it: what supplies it instead."""

    @property
    def complete(self) -> bool:
        """Whether every page of it is there."""
        return all(slot.enough for slot in self.slots)


def slot_name(pack: ThemePack, slot: EvidenceSlot, values: Mapping[str, str]) -> str:
    """The slot's name with aliases resolved as far as the answers go."""
    role = resolve_role(pack, slot.role, values) or slot.role
    return ".".join(part for part in (slot.doc_type, role or slot.tag) if part)


def materials(pack: ThemePack, evaluator: Evaluator, values: Mapping[str, str], captured: Collection[str],
              chosen: Collection[str], undecided: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> tuple[MaterialState, ...]:
    """Every material of the pack in printed order; `captured` are slot names, a read chip is `id_card_chip.<role>`; `chosen` matters.

    `undecided`: chosen matters of which it is not yet known whether the family can have them, each with the keys that would decide it.
    """
    return tuple(_state(pack, material, evaluator, values, captured, chosen, undecided) for material in pack.materials)


def in_use(used_by: tuple[str, ...], chosen: Collection[str]) -> bool:
    """Whether a chosen matter uses it; what names no matter is used always."""
    for matter in used_by:                    # asked for every blank at every keystroke: a plain loop is the quickest
        if matter in chosen:
            return True
    return not used_by


def _state(pack: ThemePack, material: Material, evaluator: Evaluator, values: Mapping[str, str], captured: Collection[str],
           chosen: Collection[str], open_matters: Mapping[str, tuple[str, ...]]) -> MaterialState:
    required: bool | None = False
    undecided: tuple[str, ...] = ()
    skipped = ""
    if in_use(material.used_by, chosen):
        asked = evaluator.ask(material.when)
        required, undecided = asked.truth, asked.missing
        if required is not False and material.skip_when and evaluator.ask(material.skip_when).truth:
            required, undecided, skipped = False, (), material.skip_reason
        users = [matter for matter in material.used_by if matter in chosen] if open_matters else []
        if required is not False and users and all(matter in open_matters for matter in users):
            required, undecided = None, (*undecided, *(key for matter in users for key in open_matters[matter]))
    slots = []
    for slot in material.slots:
        wanted = evaluator.ask(slot.when)
        if wanted.truth is not False:
            slots.append(_slot(pack, slot, values, captured, wanted=wanted.truth is True))
            undecided += wanted.missing if required is not False else ()
    return MaterialState(material, required, tuple(dict.fromkeys(undecided)), tuple(slots), skipped)


def _slot(pack: ThemePack, slot: EvidenceSlot, values: Mapping[str, str], captured: Collection[str], *, wanted: bool) -> SlotState:
    name = slot_name(pack, slot, values)
    if name in captured:
        return SlotState(name, slot.label, slot.doc_type, "captured", enough=True, wanted=wanted, photo=slot.photo, persons=slot.persons)
    chip = slot.doc_type.startswith("id_card") and f"id_card_chip.{name.partition('.')[2]}" in captured
    return SlotState(name, slot.label, slot.doc_type, "chip_only" if chip else "missing", enough=chip and slot.or_chip, wanted=wanted,
                     photo=slot.photo, persons=slot.persons)


def missing(states: tuple[MaterialState, ...]) -> list[Problem]:
    """One problem for each required material that lacks a page no earlier material asks for already."""
    asked: set[str] = set()
    found = []
    for state in states:
        if not state.required:
            continue
        lacking = [slot for slot in state.slots if slot.wanted and not slot.enough and slot.slot not in asked]
        asked.update(slot.slot for slot in lacking)
        if lacking:
            found.append(Problem(code="material.missing", clause=state.material.clause, params={
                "material": state.material.id, "name": state.material.name, "pages": "、".join(slot.label for slot in lacking),
                "slots": ",".join(slot.slot for slot in lacking)}))
    return found


def proved_by(pack: ThemePack, values: Mapping[str, str], slot: str) -> tuple[str, ...]:
    """Ids of the materials a captured page proves: one paper, several materials."""
    chip = slot.replace("id_card_chip.", "id_card_front.")
    return tuple(material.id for material in pack.materials
                 if any(slot_name(pack, wanted, values) in {slot, chip} for wanted in material.slots))


@dataclass(frozen=True)
class MatrixRow:
    """One material against all matters of the pack."""

    material: Material
    used: tuple[bool, ...]
    """In the order of the pack's matters."""


def matrix(pack: ThemePack) -> tuple[MatrixRow, ...]:
    """Which matter uses which material: one paper, asked for once, serves every matter of its row."""
    return tuple(MatrixRow(material, tuple(in_use(material.used_by, (matter.id,)) for matter in pack.matters))
                 for material in pack.materials)
