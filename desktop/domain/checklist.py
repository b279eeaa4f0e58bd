"""Which papers THIS family needs, which pages prove them, what is still missing. One paper is asked for once, whoever uses it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from desktop.domain.pack import EvidenceSlot, Material, ThemePack
from desktop.domain.prefill import ROLE_BY_ANSWER
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


@dataclass(frozen=True)
class MaterialState:
    """One material with what has been taken of it."""

    material: Material
    required: bool | None
    """None = not yet known."""
    undecided: tuple[str, ...]
    """Keys that would decide it."""
    slots: tuple[SlotState, ...]

    @property
    def complete(self) -> bool:
        """Whether every page of it is there."""
        return all(slot.enough for slot in self.slots)


def slot_name(slot: EvidenceSlot, values: Mapping[str, str]) -> str:
    """The slot's name with aliases resolved as far as the answers go."""
    role = slot.role
    if role in ROLE_BY_ANSWER:
        question, roles = ROLE_BY_ANSWER[role]
        role = roles.get(values.get(question, ""), role)
    return ".".join(part for part in (slot.doc_type, role or slot.tag) if part)


def materials(pack: ThemePack, evaluator: Evaluator, values: Mapping[str, str], captured: Collection[str]) -> tuple[MaterialState, ...]:
    """Every material of the pack in printed order; `captured` are slot names, a read chip is `id_card_chip.<role>`."""
    return tuple(_state(material, evaluator, values, captured) for material in pack.materials)


def _state(material: Material, evaluator: Evaluator, values: Mapping[str, str], captured: Collection[str]) -> MaterialState:
    asked = evaluator.ask(material.when)
    required = asked.truth
    if required is not False and material.skip_when and evaluator.ask(material.skip_when).truth:
        required = False
    return MaterialState(material, required, asked.missing, tuple(_slot(slot, values, captured) for slot in material.slots))


def _slot(slot: EvidenceSlot, values: Mapping[str, str], captured: Collection[str]) -> SlotState:
    name = slot_name(slot, values)
    if name in captured:
        return SlotState(name, slot.label, slot.doc_type, "captured", enough=True)
    chip = slot.doc_type.startswith("id_card") and f"id_card_chip.{name.partition('.')[2]}" in captured
    return SlotState(name, slot.label, slot.doc_type, "chip_only" if chip else "missing", enough=chip and slot.or_chip)


def missing(states: tuple[MaterialState, ...]) -> list[Problem]:
    """One problem for each required material that lacks a page no earlier material asks for already."""
    asked: set[str] = set()
    found = []
    for state in states:
        if not state.required:
            continue
        lacking = [slot for slot in state.slots if not slot.enough and slot.slot not in asked]
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
                 if any(slot_name(wanted, values) in {slot, chip} for wanted in material.slots))
