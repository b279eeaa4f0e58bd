"""What must hold between the parts of a pack: references, ids, clocks, people, switches. Fields, questions, expressions: pack_entries.

Each mistake is a path into the pack and what was expected there.
"""

from collections.abc import Collection, Iterator
from functools import cache
from typing import get_args

from pydantic import BaseModel

from desktop.domain import matters, pack_entries
from desktop.domain.codes import EMPTY, Codes
from desktop.domain.pack import MUST_BE_WRITTEN, ThemePack
from desktop.domain.pack_entries import CARD_KEYS, PAPER_KEYS, WITH_ROLE, Found, Path

__all__ = ["CARD_KEYS", "PAPER_KEYS", "Found", "Path", "mistakes"]


MISSING = "this key must be given"


def mistakes(pack: ThemePack, codes: Codes = EMPTY) -> list[Found]:
    """Everything that does not fit together. With `codes` also values that no code list knows."""
    return [*_unwritten(pack, ()), *_doubles(pack), *_references(pack), *_people(pack), *_slots(pack), *_switches(pack),
            *_numbers(pack), *_reasons(pack), *_shown(pack), *pack_entries.mistakes(pack, codes)]


def _unwritten(part: BaseModel, path: Path) -> Iterator[Found]:
    """Keys whose usual value must stand there all the same."""
    for key in MUST_BE_WRITTEN.get(type(part).__name__, ()):
        if key not in part.model_fields_set:
            yield (*path, key), MISSING
    for key in _parts_of(type(part)):
        value = getattr(part, key)
        if isinstance(value, BaseModel):
            yield from _unwritten(value, (*path, key))
        else:
            for i, one in enumerate(value or ()):
                yield from _unwritten(one, (*path, key, i))


@cache
def _parts_of(model: type[BaseModel]) -> tuple[str, ...]:
    """Keys that hold tables, or lists of tables."""
    return tuple(key for key, field in model.model_fields.items()
                 if any(isinstance(kind, type) and issubclass(kind, BaseModel) for kind in (field.annotation, *get_args(field.annotation))))


def _doubles(pack: ThemePack) -> Iterator[Found]:
    """Ids taken twice. Keys of fields and questions: pack_entries."""
    for name in ("clauses", "departments", "matters", "materials", "conditions", "exclusions", "deadlines", "switches", "services",
                 "reductions", "papers", "sections", "contradictions"):
        ids = [part.id for part in getattr(pack, name)]
        for position, entry in enumerate(ids):
            if entry in ids[:position]:
                yield (name, position, "id"), f"an id of its own: {entry} is taken"
    roles = [*((("people", i, "role"), person.role) for i, person in enumerate(pack.people)),
             *((("aliases", i, "role"), alias.role) for i, alias in enumerate(pack.aliases))]
    for position, (path, role) in enumerate(roles):
        if role in [other for _, other in roles[:position]]:
            yield path, f"a role of its own: {role} is taken"


def _references(pack: ThemePack) -> Iterator[Found]:
    ids = {matter.id for matter in pack.matters}
    departments = {department.id for department in pack.departments}
    clauses = {clause.id for clause in pack.clauses}
    for name in ("matters", "conditions", "exclusions", "questions", "materials", "deadlines", "switches", "services", "reductions"):
        for i, part in enumerate(getattr(pack, name)):
            yield from _known((name, i, "clause"), [part.clause] if part.clause is not None else [], clauses, "the id of a clause")
    for name in ("limit", "fee", "pledge"):
        if part := getattr(pack, name):
            yield from _known((name, "clause"), [part.clause], clauses, "the id of a clause")
    for i, contradiction in enumerate(pack.contradictions):
        yield from _known(("contradictions", i, "clauses"), contradiction.clauses, clauses, "ids of clauses")
    for i, matter in enumerate(pack.matters):
        yield from _known(("matters", i, "department"), [matter.department], departments, "the id of a department")
        yield from _known(("matters", i, "prerequisites"), matter.prerequisites, ids, "ids of matters")
        for j, branch in enumerate(matter.branches):
            yield from _known(("matters", i, "branches", j, "department"), [branch.department], departments, "the id of a department")
    if all(p in ids for m in pack.matters for p in m.prerequisites) and (circle := matters.cycle(pack.matters)):
        first = next(i for i, matter in enumerate(pack.matters) if matter.id in circle)
        yield ("matters", first, "prerequisites"), f"prerequisites without a circle, not {' -> '.join(circle)}"
    for name in ("conditions", "exclusions", "deadlines"):
        for i, part in enumerate(getattr(pack, name)):
            yield from _known((name, i, "matters"), part.matters, ids, "ids of matters")
    for i, material in enumerate(pack.materials):
        yield from _known(("materials", i, "used_by"), material.used_by, ids, "ids of matters")
    for path, field in pack_entries.fields(pack):
        yield from _known((*path, "used_by"), field.used_by, ids, "ids of matters")
    yield from _known(("greeting_fields",), pack.greeting_fields, {field.key for field in pack.fields}, "keys of fields")


def _people(pack: ThemePack) -> Iterator[Found]:
    roles = {person.role for person in pack.people}
    for i, person in enumerate(pack.people):
        for key in ("name_key", "number_key"):
            yield from _known(("people", i, key), [getattr(person, key)], pack.by_key, "the key of a field or question")
    for i, alias in enumerate(pack.aliases):
        yield from _known(("aliases", i, "question"), [alias.question], pack.by_key, "the key of a field or question")
        asked = pack.by_key.get(alias.question)
        if asked and asked.choices:
            yield from _known(("aliases", i, "means"), alias.means, asked.choices, f"answers to {alias.question}")
        yield from _known(("aliases", i, "means"), alias.means.values(), roles, "roles of people")
    for key in ("name_key", "number_key", "phone_key", "relation_key"):
        value = getattr(pack.applicant, key)
        if value or key != "relation_key":
            yield from _known(("applicant", key), [value], pack.by_key, "the key of a field or question")


def _slots(pack: ThemePack) -> Iterator[Found]:
    roles = pack_entries.roles(pack)
    for i, material in enumerate(pack.materials):
        for j, slot in enumerate(material.slots):
            path = ("materials", i, "slots", j)
            yield from _known((*path, "doc_type"), [slot.doc_type], PAPER_KEYS, f"one of {', '.join(PAPER_KEYS)}")
            if slot.role:
                yield from _known((*path, "role"), [slot.role], roles, f"one of {', '.join(roles)} or nothing")
            elif slot.doc_type in WITH_ROLE:
                yield (*path, "role"), f"whose it is: one of {', '.join(roles)}"
            if slot.photo and not slot.persons:
                yield (*path, "persons"), "1 or 2: how many people the photo shows"
            if slot.persons and not slot.photo:
                yield (*path, "photo"), "the photo's size, because persons are given"
            if slot.doc_type == "other" and not (slot.tag or slot.role):
                yield (*path, "tag"), "a word that tells this paper from other papers of no known type"


def _switches(pack: ThemePack) -> Iterator[Found]:
    pairs = [(matter.id, before) for matter in pack.matters for before in matter.prerequisites]
    uses = [(material.id, matter) for material in pack.materials for matter in material.used_by]
    for i, switch in enumerate(pack.switches):
        yield from _known(("switches", i, "drops"), switch.drops, pairs, "pairs of a matter and one of its prerequisites")
        yield from _known(("switches", i, "waives"), switch.waives, [material.id for material in pack.materials], "ids of materials")
        yield from _known(("switches", i, "spares"), switch.spares, uses, "pairs of a material and a matter that uses it")
        if not (switch.drops or switch.waives or switch.spares):
            yield ("switches", i), "something it drops, waives or spares"


def _numbers(pack: ThemePack) -> Iterator[Found]:
    if pack.effective_to is not None and pack.effective_to < pack.effective_from:
        yield ("effective_to",), "a day not before effective_from"
    for i, deadline in enumerate(pack.deadlines):
        if sum(count is not None for count in (deadline.working_days, deadline.days, deadline.months, deadline.hours)) != 1:
            yield ("deadlines", i), "exactly one of working_days, days, months, hours"
    for i, figure in enumerate(pack.reductions):
        if not 0 <= figure.after <= figure.before:
            yield ("reductions", i, "after"), f"a number from 0 to {figure.before}"
    for name in ("region", "county"):
        code = getattr(pack, name).code
        if not (len(code) == 6 and code.isascii() and code.isdigit()):
            yield (name, "code"), f"six digits, not {code!r}"
    if not (len(pack.case_letters) == 2 and pack.case_letters.isascii() and pack.case_letters.isupper()):
        yield ("case_letters",), f"two capital letters, not {pack.case_letters!r}"


def _reasons(pack: ThemePack) -> Iterator[Found]:
    """What is proposed or skipped says why, and no reason is left over; who is refused is told what stays open."""
    for name in ("materials", "papers"):
        for i, part in enumerate(getattr(pack, name)):
            if part.proposed and not part.reason:
                yield (name, i, "reason"), "why it is proposed: what the document names and does not print"
            if part.reason and not part.proposed:
                yield (name, i, "proposed"), "proposed = true, because a reason is given"
    for i, material in enumerate(pack.materials):
        if material.skip_when and not material.skip_reason:
            yield ("materials", i, "skip_reason"), "what supplies it instead"
        if material.skip_reason and not material.skip_when:
            yield ("materials", i, "skip_when"), "when it is skipped, because a reason is given"
    for name in ("conditions", "exclusions"):
        for i, rule in enumerate(getattr(pack, name)):
            if rule.on_fail == "refuse" and not rule.open_path.strip():
                yield (name, i, "open_path"), "what stays open to the family that is refused"


def _shown(pack: ThemePack) -> Iterator[Found]:
    """Somebody leads, there is a form, and what says who somebody is is masked outside the form."""
    if not any(department.lead or department.lead_when for department in pack.departments):
        yield ("departments",), "one that leads: lead = true or lead_when"
    if not any(paper.kind == "form" for paper in pack.papers):
        yield ("papers",), "a paper of the kind form"
    personal = {key for person in pack.people for key in (person.name_key, person.number_key)}
    personal |= {pack.applicant.name_key, pack.applicant.number_key, pack.applicant.phone_key}
    for path, entry in pack_entries.entries(pack):
        if not entry.masked and (entry.key in personal or entry.type in {"id_number", "phone"}):
            yield (*path, "masked"), "masked = true: it says who somebody is"


def _known(path: Path, given: Collection[object], there_are: Collection[object], expected: str) -> Iterator[Found]:
    """One mistake for each given name that is none of those there are; its place in the list follows when there may be several."""
    for i, name in enumerate(given):
        if name not in there_are:
            several = path[-1] in {"prerequisites", "clauses", "matters", "used_by", "greeting_fields", "drops", "waives", "spares"}
            yield (*path, i) if several else path, f"{expected}, not {_words(name)}"


def _words(name: object) -> str:
    return " -> ".join(map(str, name)) if isinstance(name, tuple) else repr(name)
