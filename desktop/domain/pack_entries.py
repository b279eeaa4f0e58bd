"""What must hold for single fields, questions and expressions of a pack: sources, checks, choices, names in CEL.

Each mistake is a path into the pack and what was expected there; what holds between parts: pack_check.
"""

import re
from collections import Counter
from collections.abc import Iterator

from desktop.domain import cel_kinds, checks, rules
from desktop.domain import codes as code_lists
from desktop.domain.codes import Codes
from desktop.domain.pack import Field, Question, ThemePack

Path = tuple[str | int, ...]
Found = tuple[Path, str]

CARD_KEYS = ("type", "name", "english_name", "sex", "nation", "birth_date", "address", "number", "authority", "valid_from", "valid_to",
             "country", "pass_number", "times_issued", "newest_address", "old_number")
"""What a chip says (design, section 6: keys of `idcard read --newest`)."""
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
WITH_ROLE = frozenset({"id_card_front", "id_card_back", "household_register_member"})
"""Papers that are always somebody's."""
_SPOUSE_KEYS = frozenset({"name", "sex", "birth", "id_number"})
STATION_KEYS = ("region", "window", "hall", "phone", "institution")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LOOKUP = re.compile(r"([a-z_]+)\(([a-z0-9_]+)\)")
_EQUALS = re.compile(r"(?<![\w.)])([A-Za-z_]\w*)\s*[!=]=\s*'([^']*)'")
_AMONG = re.compile(r"(?<![\w.)])([A-Za-z_]\w*)\s+in\s+\[([^\]]*)\]")
_CHOSEN = re.compile(r"'([^']*)'\s+in\s+(?:matters|wanted)\b")
_TEXT = re.compile(r"'([^']*)'")


def mistakes(pack: ThemePack, codes: Codes) -> Iterator[Found]:
    """Everything wrong with fields, questions and expressions."""
    yield from _expressions(pack, codes)
    keys = Counter([question.key for question in pack.questions] + [field.key for field in pack.fields])
    for path, entry in entries(pack):
        yield from _key(path, entry, keys)
        yield from _choices(pack, path, entry)
        yield from _sources(pack, path, entry, codes)
        yield from _checks(pack, path, entry)
        if isinstance(entry, Field):
            yield from _slot(pack, path, entry)


def entries(pack: ThemePack) -> Iterator[tuple[Path, Field | Question]]:
    """Every question and field with its path."""
    for i, question in enumerate(pack.questions):
        yield ("questions", i), question
    yield from fields(pack)


def fields(pack: ThemePack) -> Iterator[tuple[Path, Field]]:
    """Every field with its path."""
    for i, section in enumerate(pack.sections):
        for j, field in enumerate(section.fields):
            yield ("sections", i, "fields", j), field


def roles(pack: ThemePack) -> tuple[str, ...]:
    """Whose cards and papers there may be: people and those who stand for them."""
    return (*(person.role for person in pack.people), *(alias.role for alias in pack.aliases))


def is_fact(pack: ThemePack, name: str) -> bool:
    """Whether a card, paper or department can say this: `chip:mother.number`. Facts name the person, never whom he stands for."""
    kind, _, rest = name.partition(":")
    aliases = {alias.role for alias in pack.aliases}
    return kind in {"chip", "paper", "push"} and _fits(pack, kind, rest) and not aliases.intersection(rest.split(".")[:-1])


def facts_mentioned(pack: ThemePack) -> tuple[str, ...]:
    """Every fact the pack has a use for, of those an alias may stand for each one."""
    sources = [source.removeprefix("hint:") for entry in pack.by_key.values() for source in entry.sources]
    found = [source for source in sources if source.startswith(("chip:", "paper:", "push:"))]
    for alias in pack.aliases:
        found = [source.replace(f"{start}{alias.role}.", f"{start}{role}.") for source in found
                 for start in ((":",) if source.startswith("chip:") else (".",)) for role in dict.fromkeys(alias.means.values())]
    return tuple(dict.fromkeys(found))


def slots_there_may_be(pack: ThemePack) -> tuple[str, ...]:
    """Names of every page, read chip and signature a case of this pack can hold."""
    people = [person.role for person in pack.people]
    means = {alias.role: tuple(alias.means.values()) for alias in pack.aliases}
    pages = [f"{slot.doc_type}.{role}" if role else slot.doc_type for material in pack.materials for slot in material.slots
             for role in (means.get(slot.role, (slot.role,)) if slot.role else (slot.tag,))]
    return (*dict.fromkeys(pages), *(f"id_card_chip.{role}" for role in people), "signature")


def _key(path: Path, entry: Field | Question, keys: Counter[str]) -> Iterator[Found]:
    if not _NAME.fullmatch(entry.key):
        yield (*path, "key"), f"small letters, digits and _, not {entry.key!r}"
    elif keys[entry.key] > 1:
        yield (*path, "key"), f"a key of its own: {entry.key} is taken"
    elif entry.key in rules.VARIABLES:
        yield (*path, "key"), f"a key of its own: {entry.key} is a word of the rules"


def _choices(pack: ThemePack, path: Path, entry: Field | Question) -> Iterator[Found]:
    name, bracket, argument = entry.codeset.rstrip(")").partition("(")
    known = (*code_lists.CODESETS, *code_lists.LOCAL_LISTS)
    if entry.codeset and (name not in known or (bracket and argument not in pack.by_key)):
        yield (*path, "codeset"), f"one of {', '.join(known)}, not {entry.codeset!r}"
    if entry.type in {"choice", "multi"} and not (entry.choices or entry.codeset):
        yield (*path, "choices"), f"choices or a codeset for the type {entry.type}"
    for j, choice in enumerate(entry.alone):
        if entry.type != "multi" or choice not in entry.choices:
            yield (*path, "alone", j), f"choices of this field of type multi, not {choice!r}"
    for choice in entry.offered if isinstance(entry, Field) and entry.choices else ():
        if choice not in entry.choices:
            yield (*path, "offered"), f"choices of this field, not {choice!r}"


def _slot(pack: ThemePack, path: Path, field: Field) -> Iterator[Found]:
    if field.type == "image" and not _held(pack, field.slot):
        yield (*path, "slot"), f"signature, or a slot of a material, not {field.slot!r}"
    if field.type != "image" and field.slot:
        yield (*path, "slot"), "no slot: only an image has one"


def _held(pack: ThemePack, name: str) -> bool:
    return name == "signature" or name in {".".join(part for part in (slot.doc_type, slot.role or slot.tag) if part)
                                           for material in pack.materials for slot in material.slots}


def _checks(pack: ThemePack, path: Path, entry: Field | Question) -> Iterator[Found]:
    for j, call in enumerate(entry.checks):
        try:
            name, argument = checks.split(call)
        except ValueError:
            name, argument = call, ""
        if name not in checks.CHECKS:
            yield (*path, "checks", j), f"one of {', '.join(checks.CHECKS)}, not {call!r}"
        elif (name in checks.WITH_ARGUMENT) != bool(argument) or (argument and argument not in pack.by_key):
            form = f"{name} with the key it compares with" if name in checks.WITH_ARGUMENT else f"{name} alone"
            yield (*path, "checks", j), f"{form}, not {call!r}"


# --- expressions ------------------------------------------------------------------------------------------------------------------

def _expressions(pack: ThemePack, codes: Codes) -> Iterator[Found]:
    places: list[tuple[Path, str]] = []
    for name, keys in (("people", ("when", "claims")), ("conditions", ("when",)), ("exclusions", ("when",)), ("questions", ("when",)),
                       ("materials", ("when",)), ("deadlines", ("start", "when"))):
        places += [((name, i, key), getattr(part, key)) for i, part in enumerate(getattr(pack, name)) for key in keys]
    places += [((name, i, "reasons", reason), when) for name in ("conditions", "exclusions")
               for i, rule in enumerate(getattr(pack, name)) for reason, when in rule.reasons.items()]
    places += [(("matters", i, "branches", j, "when"), branch.when)
               for i, matter in enumerate(pack.matters) for j, branch in enumerate(matter.branches)]
    places += [(("materials", i, "slots", j, "when"), slot.when)
               for i, material in enumerate(pack.materials) for j, slot in enumerate(material.slots)]
    places += [(("departments", i, "lead_when"), department.lead_when) for i, department in enumerate(pack.departments)
               if department.lead_when]
    places += [(("materials", i, "skip_when"), material.skip_when) for i, material in enumerate(pack.materials) if material.skip_when]
    for path, field in fields(pack):
        places.append(((*path, "show_when"), field.show_when))
        places += [((*path, "required"), field.required)] if field.required not in {"yes", "no"} else []
        places += [((*path, "offered", choice), when) for choice, when in field.offered.items()]
    for path, source in places:
        if source != "true":
            yield from _expression(pack, path, source, codes, "day" if path[-1] == "start" else "truth")


def _expression(pack: ThemePack, path: Path, source: str, codes: Codes, wanted: cel_kinds.Kind) -> Iterator[Found]:
    try:
        expression = rules.compiled(source)
    except ValueError as e:
        yield path, f"a CEL expression ({' '.join(str(e).split())[:160]})"
        return
    strange = [key for key in expression.keys if key not in pack.by_key and key not in rules.VARIABLES]
    for key in strange:
        yield path, f"keys of fields or questions; {key!r} is none"
    unknown = [function for function in expression.functions if function not in rules.FUNCTIONS]
    for function in unknown:
        yield path, f"known functions; {function!r} is none (there are: present, {', '.join(sorted(rules.FUNCTIONS))})"
    for matter in _CHOSEN.findall(source):
        if matter not in {known.id for known in pack.matters}:
            yield path, f"ids of matters; {matter!r} is none"
    quoted = False
    compared = [*_EQUALS.findall(source), *((key, text) for key, texts in _AMONG.findall(source) for text in _TEXT.findall(texts))]
    for key, text in compared:
        entry = pack.by_key.get(key)
        if entry and entry.type == "bool":
            quoted = True
            yield path, f"true or false without quotes for {key}, not {text!r}"
        elif entry and not _may_be(entry, text, codes):
            yield path, f"answers that {key} can have; {text!r} is none"
    if not (strange or unknown or quoted):
        try:
            cel_kinds.check(source, wanted, pack.by_key)
        except cel_kinds.Senseless as e:
            yield path, f"a rule that makes sense ({e})"


def _may_be(entry: Field | Question, value: str, codes: Codes) -> bool:
    """Whether the answer can be this text; of local lists and of code lists that are not at hand everything may be."""
    if entry.type != "choice" or (isinstance(entry, Field) and entry.editable_choice):
        return True
    choices = entry.choices or codes.choices.get(entry.codeset, ())
    return not choices or value in choices


# --- sources ----------------------------------------------------------------------------------------------------------------------

def _sources(pack: ThemePack, path: Path, entry: Field | Question, codes: Codes) -> Iterator[Found]:
    for j, source in enumerate(entry.sources):
        place = (*path, "sources", j)
        kind, colon, rest = source.partition(":")
        if not colon or kind not in _FORMS:
            yield place, f"a source like {', '.join(_FORMS.values())}; not {source!r}"
        elif kind == "derive":
            yield from _expression(pack, place, rest, codes, cel_kinds.ANSWERS[entry.type])
        elif not _fits(pack, kind, rest):
            yield place, f"{_FORMS[kind]}; not {source!r}"
        elif kind == "default" and not all(_is_choice(entry, value, codes) for value in _values(entry, rest)):
            yield place, f"a default that {entry.key} can have, not {rest!r}"


def _values(entry: Field | Question, text: str) -> list[str]:
    return text.split("、") if entry.type == "multi" else [text]


def _is_choice(entry: Field | Question, value: str, codes: Codes) -> bool:
    if entry.type == "bool":
        return value in {"true", "false"}
    if entry.type == "multi":
        return not entry.choices or value in entry.choices
    return _may_be(entry, value, codes)


_FORMS = {
    "chip": "chip:<role>.<key>", "paper": "paper:<doc_type>[.<role>].<key>", "push": "push:<matter or share>.<key>",
    "station": "station:<key>", "derive": "derive:<CEL>", "copy": "copy:<key>", "default": "default:<value>",
    "lookup": "lookup:<table>(<key>)", "hint": "hint:chip:<role>.<key> or hint:paper:…", "matters": "matters: and nothing behind it",
    "slot": "slot:signature or slot:<slot of a material>",
}


def _fits(pack: ThemePack, kind: str, rest: str) -> bool:
    parts = rest.split(".")
    match kind:
        case "chip":
            return len(parts) == 2 and parts[0] in roles(pack) and parts[1] in CARD_KEYS
        case "paper":
            return len(parts) in {2, 3} and _paper_says(pack, parts[0], parts[1] if len(parts) == 3 else "", parts[-1])
        case "push":
            return len(parts) == 2 and parts[0] in {"share", *(matter.id for matter in pack.matters)} and bool(parts[1])
        case "station":
            return rest in STATION_KEYS
        case "copy":
            return rest in pack.by_key
        case "default":
            return bool(rest)
        case "lookup":
            found = _LOOKUP.fullmatch(rest)
            return found is not None and found[1] in code_lists.LOOKUPS and found[2] in pack.by_key
        case "matters":
            return not rest
        case "slot":
            return _held(pack, rest)
        case _:
            inner, _, fact = rest.partition(":")
            return inner in {"chip", "paper"} and _fits(pack, inner, fact)


def _paper_says(pack: ThemePack, paper: str, role: str, key: str) -> bool:
    """Whether recognition ever gives this: a paper that is somebody's under its role, the two of a marriage as husband and wife."""
    if key not in PAPER_KEYS.get(paper, ()):
        return False
    if paper == "marriage_certificate":
        return role in {"husband", "wife"} if key in _SPOUSE_KEYS else not role
    if paper in WITH_ROLE:
        return role in roles(pack)
    if role:                                       # of two registers each is somebody's
        return any(slot.doc_type == paper and slot.role for material in pack.materials for slot in material.slots) and role in roles(pack)
    return True
