"""What must hold between the parts of a pack: references, rules, sources.

Each mistake is a path into the pack and what was expected there.
"""

import re
from collections import Counter
from collections.abc import Iterator

from desktop.domain import checks, codes, matters, rules
from desktop.domain.pack import Field, Question, ThemePack

Path = tuple[str | int, ...]
Found = tuple[Path, str]

CARD_KEYS = ("type", "name", "english_name", "sex", "nation", "birth_date", "address", "number", "authority", "valid_from", "valid_to",
             "country", "pass_number", "times_issued")
"""What a chip says (design, section 6: keys of `idcard read`)."""
PAPER_KEYS: dict[str, tuple[str, ...]] = {
    "id_card_front": ("name", "sex", "nation", "birth", "address", "id_number"),
    "id_card_back": ("authority", "valid_from", "valid_to"),
    "marriage_certificate": ("holder", "cert_no", "register_date", "name", "sex", "birth", "id_number"),
    "household_register_home": ("household_type", "household_no", "head_name", "address", "issue_date"),
    "household_register_member": ("name", "relation", "sex", "nation", "birth", "birth_place", "native_place", "id_number", "education",
                                  "marital", "occupation", "employer", "height", "blood", "register_date"),
    "birth_certificate": ("cert_no", "child_name", "child_sex", "birth", "birth_time", "gestation", "weight", "length", "birth_place",
                          "hospital", "mother_name", "mother_nation", "mother_id", "father_name", "father_nation", "father_id",
                          "issue_date"),
    "death_certificate": ("cert_no", "name", "sex", "nation", "birth", "age", "id_number", "marital", "address", "death_date",
                          "death_place", "cause", "family_name", "family_phone", "issue_date"),
    "other": (),
}
"""What each kind of paper says (design, section 6: keys of `read`); husband and wife stand for the two of a marriage certificate."""
ROLES = ("mother", "father", "agent", "applicant", "settle")
PAPER_ROLES = {"marriage_certificate": ("husband", "wife")}
STATION_KEYS = ("region", "window", "hall", "phone")
_LOOKUP = re.compile(r"([a-z_]+)\(([a-z0-9_]+)\)")


def mistakes(pack: ThemePack) -> list[Found]:
    """Everything that does not fit together, in the order of the pack."""
    return [*_doubles(pack), *_references(pack), *_expressions(pack), *_entries(pack), *_dates(pack)]


def _doubles(pack: ThemePack) -> Iterator[Found]:
    for name, ids in (("clauses", [c.id for c in pack.clauses]), ("departments", [d.id for d in pack.departments]),
                      ("matters", [m.id for m in pack.matters]), ("materials", [m.id for m in pack.materials]),
                      ("conditions", [r.id for r in pack.conditions]), ("exclusions", [r.id for r in pack.exclusions]),
                      ("questions", [q.key for q in pack.questions]), ("deadlines", [d.id for d in pack.deadlines]),
                      ("papers", [p.id for p in pack.papers]), ("sections", [s.id for s in pack.sections])):
        for position, entry in enumerate(ids):
            if entry in ids[:position]:
                yield (name, position), f"an id or key of its own: {entry} is taken"
    keys = Counter([q.key for q in pack.questions] + [f.key for f in pack.fields])
    for path, field in _fields(pack):
        if keys[field.key] > 1:
            yield (*path, "key"), f"a key of its own: {field.key} is taken"
        if field.key in rules.VARIABLES:
            yield (*path, "key"), f"a key of its own: {field.key} is a word of the rules"


def _references(pack: ThemePack) -> Iterator[Found]:
    clauses = {clause.id for clause in pack.clauses}
    departments = {department.id for department in pack.departments}
    ids = {matter.id for matter in pack.matters}
    cited: list[tuple[Path, str | None]] = [
        *((("matters", i, "clause"), m.clause) for i, m in enumerate(pack.matters)),
        *((("conditions", i, "clause"), r.clause) for i, r in enumerate(pack.conditions)),
        *((("exclusions", i, "clause"), r.clause) for i, r in enumerate(pack.exclusions)),
        *((("questions", i, "clause"), q.clause) for i, q in enumerate(pack.questions)),
        *((("materials", i, "clause"), m.clause) for i, m in enumerate(pack.materials)),
        *((("deadlines", i, "clause"), d.clause) for i, d in enumerate(pack.deadlines)),
        (("limit", "clause"), pack.limit.clause), (("fee", "clause"), pack.fee.clause),
        *((("contradictions", i, "clauses", j), c) for i, entry in enumerate(pack.contradictions) for j, c in enumerate(entry.clauses)),
    ]
    for path, clause in cited:
        if clause is not None and clause not in clauses:
            yield path, f"the id of a clause, not {clause!r}"
    for i, matter in enumerate(pack.matters):
        if matter.department not in departments:
            yield ("matters", i, "department"), f"the id of a department, not {matter.department!r}"
        for j, wanted in enumerate(matter.prerequisites):
            if wanted not in ids:
                yield ("matters", i, "prerequisites", j), f"the id of a matter, not {wanted!r}"
    if all(p in ids for m in pack.matters for p in m.prerequisites) and (circle := matters.cycle(pack.matters)):
        first = next(i for i, matter in enumerate(pack.matters) if matter.id in circle)
        yield ("matters", first, "prerequisites"), f"prerequisites without a circle, not {' -> '.join(circle)}"
    users: list[tuple[Path, tuple[str, ...]]] = [
        *((("materials", i), m.used_by) for i, m in enumerate(pack.materials)), *((path, f.used_by) for path, f in _fields(pack))]
    for path, used_by in users:
        for wanted in used_by:
            if wanted not in ids:
                yield (*path, "used_by"), f"ids of matters, not {wanted!r}"
    keys = {field.key for field in pack.fields}
    for i, key in enumerate(pack.greeting_fields):
        if key not in keys:
            yield ("greeting_fields", i), f"the key of a field, not {key!r}"
    for i, material in enumerate(pack.materials):
        for j, slot in enumerate(material.slots):
            path = ("materials", i, "slots", j)
            if slot.doc_type not in PAPER_KEYS:
                yield (*path, "doc_type"), f"one of {', '.join(PAPER_KEYS)}, not {slot.doc_type!r}"
            if slot.role and slot.role not in ROLES:
                yield (*path, "role"), f"one of {', '.join(ROLES)} or nothing, not {slot.role!r}"
            if slot.doc_type == "other" and not slot.tag:
                yield (*path, "tag"), "a word that tells this paper from other papers of no known type"


def _expressions(pack: ThemePack) -> Iterator[Found]:
    for i, rule in enumerate(pack.conditions):
        yield from _expression(pack, ("conditions", i, "when"), rule.when)
    for i, rule in enumerate(pack.exclusions):
        yield from _expression(pack, ("exclusions", i, "when"), rule.when)
    for i, material in enumerate(pack.materials):
        yield from _expression(pack, ("materials", i, "when"), material.when)
        yield from _expression(pack, ("materials", i, "skip_when"), material.skip_when)
    for path, field in _fields(pack):
        yield from _expression(pack, (*path, "show_when"), field.show_when)
        if field.required not in {"yes", "no"}:
            yield from _expression(pack, (*path, "required"), field.required)
    for i, deadline in enumerate(pack.deadlines):
        yield from _expression(pack, ("deadlines", i, "start"), deadline.start)


def _expression(pack: ThemePack, path: Path, source: str) -> Iterator[Found]:
    if not source:
        return
    try:
        expression = rules.compiled(source)
    except ValueError as e:
        yield path, f"a CEL expression ({' '.join(str(e).split())[:160]})"
        return
    for key in expression.keys:
        if key not in pack.by_key and key not in rules.VARIABLES:
            yield path, f"keys of fields or questions; {key!r} is none"
    for function in expression.functions:
        if function not in rules.FUNCTIONS:
            yield path, f"known functions; {function!r} is none (there are: present, {', '.join(sorted(rules.FUNCTIONS))})"


def _entries(pack: ThemePack) -> Iterator[Found]:
    for i, question in enumerate(pack.questions):
        yield from _sources(pack, ("questions", i), question)
    for path, field in _fields(pack):
        yield from _sources(pack, path, field)
        name, bracket, argument = field.codeset.rstrip(")").partition("(")
        if field.codeset and (name not in (*codes.CODESETS, *codes.LOCAL_LISTS) or (bracket and argument not in pack.by_key)):
            yield (*path, "codeset"), f"one of {', '.join((*codes.CODESETS, *codes.LOCAL_LISTS))}, not {field.codeset!r}"
        if field.type == "choice" and not (field.choices or field.codeset):
            yield (*path, "choices"), "choices or a codeset for a field of type choice"
        for j, call in enumerate(field.checks):
            try:
                name, argument = checks.split(call)
            except ValueError:
                name, argument = call, ""
            if name not in checks.CHECKS:
                yield (*path, "checks", j), f"one of {', '.join(checks.CHECKS)}, not {call!r}"
            elif (name in checks.WITH_ARGUMENT) != bool(argument) or (argument and argument not in pack.by_key):
                yield (*path, "checks", j), f"{name} with the key it compares with" if name in checks.WITH_ARGUMENT else f"{name} alone"


def _sources(pack: ThemePack, path: Path, entry: Field | Question) -> Iterator[Found]:
    for j, source in enumerate(entry.sources):
        place = (*path, "sources", j)
        kind, colon, rest = source.partition(":")
        if not colon or kind not in _FORMS:
            yield place, f"a source like {', '.join(_FORMS.values())}; not {source!r}"
        elif kind == "derive":
            yield from _expression(pack, place, rest)
        elif not _fits(pack, kind, rest):
            yield place, f"{_FORMS[kind]}; not {source!r}"


_FORMS = {
    "chip": "chip:<role>.<key>", "paper": "paper:<doc_type>[.<role>].<key>", "push": "push:<matter>.<key>", "station": "station:<key>",
    "derive": "derive:<CEL>", "copy": "copy:<key>", "default": "default:<value>", "lookup": "lookup:<table>(<key>)",
    "hint": "hint:chip:<role>.<key> or hint:paper:…",
}


def _fits(pack: ThemePack, kind: str, rest: str) -> bool:
    parts = rest.split(".")
    match kind:
        case "chip":
            return len(parts) == 2 and parts[0] in ROLES and parts[1] in CARD_KEYS
        case "paper":
            roles = PAPER_ROLES.get(parts[0], ROLES)
            return parts[-1] in PAPER_KEYS.get(parts[0], ()) and (len(parts) == 2 or (len(parts) == 3 and parts[1] in roles))
        case "push":
            return len(parts) == 2 and parts[0] in {matter.id for matter in pack.matters} and bool(parts[1])
        case "station":
            return rest in STATION_KEYS
        case "copy":
            return rest in pack.by_key
        case "default":
            return bool(rest)
        case "lookup":
            found = _LOOKUP.fullmatch(rest)
            return bool(found) and found[1] in codes.LOOKUPS and found[2] in pack.by_key if found else False
        case _:
            inner, _, fact = rest.partition(":")
            return inner in {"chip", "paper"} and _fits(pack, inner, fact)


def _dates(pack: ThemePack) -> Iterator[Found]:
    if pack.effective_to is not None and pack.effective_to < pack.effective_from:
        yield ("effective_to",), "a day not before effective_from"
    if pack.limit.working_days < 1:
        yield ("limit", "working_days"), "at least 1"


def _fields(pack: ThemePack) -> Iterator[tuple[Path, Field]]:
    for i, section in enumerate(pack.sections):
        for j, field in enumerate(section.fields):
            yield ("sections", i, "fields", j), field
