"""Every code a person may meet has its sentence and its remedy in resources/wording.toml, and no sentence waits for a code that is gone.

Codes are collected from the source itself, so a new one without a sentence fails here.
"""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest

from desktop import wording
from desktop.domain import evaluate
from desktop.domain.case import CaseStatus, MatterState
from desktop.domain.roles import ROLES
from desktop.flows.people import PersonState
from desktop.flows.views import SyncState
from desktop.recognition.reading import DOC_TYPES
from desktop.shelf import RESOURCES, read_packs
from desktop.sync.platform_client import CODES
from hardware.faults import FaultCode
from hardware.readings import Light
from tests import make_fault_codes

HOUSE = Path(evaluate.__file__).parents[2]
ROOMS = ("desktop", "db", "hardware")
CODE = re.compile(r"[a-z]\w*\.[a-z]\w*")
CARRIERS = {"Problem", "Finding", "Seen", "Owned", "SlipRefused", "SettingsError", "StoreFault", "StoreLocked", "NoScreen",
            "SignInRefused", "DayRefused", "DateRefused", "NotAPicture", "PlatformError", "Verdict", "Glance", "CapturedPage", "Link",
            "CountyRefused", "PeopleRefused", "_refuse", "_refused"}
"""What is made with a code as an argument."""
NAMES = {"code", "verdict", "reason", "fault", "error", "last_error", "_code"}
"""Arguments and variables that hold a code."""
@cache
def tables() -> dict[str, dict[str, str]]:
    return tomllib.loads((resources.files("resources") / "wording.toml").read_text(encoding="utf-8"))


@cache
def sources() -> tuple[tuple[Path, ast.Module], ...]:
    paths = [path for room in ROOMS for path in sorted((HOUSE / room).rglob("*.py"))]
    return tuple((path, ast.parse(path.read_text("utf-8"))) for path in paths)


def _checks() -> list[str]:
    """Ids of the station's checks, without what follows a colon."""
    calls = (node for _, tree in sources() for node in ast.walk(tree)
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Check")
    first = (part.value for call in calls for part in ast.walk(call.args[0]) if isinstance(part, ast.Constant))
    return sorted({str(name).partition(":")[0] for name in first})


STATES: dict[str, list[str]] = {
    "case_status": [*CaseStatus], "matter_state": [*MatterState], "doc_type": [*DOC_TYPES], "role": [*ROLES],
    "user_state": [*get_args(PersonState)],
    "sync": [*get_args(SyncState)], "case_step": ["eligibility", "papers", "form", "applicant", "done"],
    "light": [*get_args(Light.__annotations__["state"])], "device_kind": [*get_args(Light.__annotations__["kind"])],
    "check": _checks(), "failure": ["file", "key", "kind", "log", "version"],
}
"""Words of states: `<group>.<value>`; they need no remedy."""


def texts(node: ast.AST | None) -> Iterator[str]:
    """Every code written in an expression: also in both arms of a conditional."""
    for part in ast.walk(node) if node is not None else ():
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and CODE.fullmatch(part.value):
            yield part.value


def codes_of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args, keywords=keywords):
            if name in CARRIERS:
                yield from (code for argument in args for code in texts(argument))
            yield from (code for keyword in keywords if keyword.arg in NAMES for code in texts(keyword.value))
            if name in {"say", "remedy", "show_code"} and args:
                yield from texts(args[0])
        case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value) if name in NAMES:
            yield from texts(value)
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            yield from (code for target, value in zip(targets, values, strict=True)
                        if isinstance(target, ast.Name) and target.id in NAMES for code in texts(value))
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name in NAMES:
            yield from texts(value)
        case ast.FunctionDef(name="fault" | "fault_code" | "code" | "weakness"):     # answers with a code
            yield from (code for part in ast.walk(node) if isinstance(part, ast.Return) for code in texts(part.value))


def raised_or_made() -> dict[str, str]:
    """code -> the file that says it."""
    return {code: str(path.relative_to(HOUSE)) for path, tree in sources() for node in ast.walk(tree) for code in codes_of(node)}


def told() -> dict[str, str]:
    """Everything a person may be told, by code, with where it comes from."""
    found = raised_or_made()
    found |= dict.fromkeys((code.value for code in FaultCode), "hardware/faults.py")
    found |= dict.fromkeys(CODES, "desktop/sync/platform_client.py")
    found |= {code: "db/faults.py" for path, tree in sources() if path.name == "faults.py" and path.parent.name == "db"
              for node in ast.walk(tree) if isinstance(node, ast.Dict) for code in texts(node)}
    packs = read_packs(RESOURCES / "themes")
    found |= {rule.problem: f"{pack.id}@{pack.version}" for pack in packs.packs for rule in (*pack.conditions, *pack.exclusions)
              if rule.problem}
    return found


def test_the_collector_finds_codes_of_every_kind() -> None:
    found = told()
    for code in ("device.busy", "printer.paper_out", "platform.refused", "field.required", "id_number.length", "material.missing",
                 "case.not_signed", "case.signature_stale", "sign_in.locked", "day.same_person", "store.full", "evidence.damaged",
                 "backup.damaged", "page.blurred", "page.none", "picture.empty", "recognition.no_engine", "role.not_allowed",
                 "card.whose", "calendar.missing", "check.disk_low", "case.not_found", "theme.unknown", "page.not_asked",
                 "platform.not_set_up", "day.log_altered", "condition.not_met", "exclusion.met", "platform.broken"):
        assert code in found, code


def test_every_code_a_person_may_meet_has_a_sentence_and_says_what_to_do() -> None:
    silent = {code: where for code, where in told().items()
              if not tables().get(code, {}).get("say") or not tables()[code].get("do")}
    assert silent == {}


@pytest.mark.parametrize("group", STATES)
def test_every_state_has_a_word(group: str) -> None:
    assert [value for value in STATES[group] if f"{group}.{value}" not in tables()] == []


def test_no_sentence_waits_for_a_code_that_is_gone() -> None:
    states = {f"{group}.{value}" for group, values in STATES.items() for value in values}
    assert sorted(set(tables()) - set(told()) - states) == []


def test_sentences_are_plain_text_in_chinese_with_placeholders_that_can_be_filled() -> None:
    for code, table in tables().items():
        assert set(table) <= {"say", "do"}, code
        for text in table.values():
            assert re.search(r"[\u4e00-\u9fff]", text), code
            assert text == text.strip(), code
            assert all(name is None or re.fullmatch(r"[a-z_]+", name) for _, name, _, _ in string.Formatter().parse(text)), code


NEVER_TOLD = {"PackError", "Senseless", "Unknown", "PersonalData"}
"""A broken pack is named with file and key, a senseless rule within it; the other two are mistakes in our own code."""


def test_every_exception_of_rules_flows_store_and_road_carries_a_code() -> None:
    without = []
    for path, tree in sources():
        room = path.relative_to(HOUSE).parts
        if room[0] == "db" or room[:2] in {("desktop", name) for name in ("domain", "flows", "sync", "recognition")}:
            kinds = [node for node in tree.body if isinstance(node, ast.ClassDef)
                     and any(isinstance(base, ast.Name) and base.id in {"Exception", "LookupError", "ValueError"} for base in node.bases)]
            without += [kind.name for kind in kinds
                        if not any(isinstance(part, ast.Name | ast.Attribute) and isinstance(part.ctx, ast.Store)
                                   and "code" in {getattr(part, "id", ""), getattr(part, "attr", "")} for part in ast.walk(kind))]
    assert sorted(set(without) - NEVER_TOLD) == []


def test_every_fault_has_a_short_code_of_its_own_that_ends_its_sentence() -> None:
    shorts = [wording.short(code) for code in tables()]
    assert len(set(shorts)) == len(shorts)
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}", short) for short in shorts)
    for code in wording.faults():
        assert wording.say(code).endswith(f"（代码 {wording.short(code)}）"), code


@pytest.mark.parametrize("code", ["field.required", "material.missing", "id_number.length", "page.glare", "case.not_signed",
                                  "day.same_person", "sign_in.wrong", "sync.none", "light.fault", "clock.standing", "device.cancelled"])
def test_what_is_to_be_done_about_a_case_shows_none(code: str) -> None:
    assert "代码" not in wording.say(code)


def test_a_short_code_never_changes_while_its_code_stands() -> None:
    assert (wording.short("store.full"), wording.short("platform.busy")) == ("9CRH", "01YH"), "read out on telephones, printed in handbooks"


def test_the_catalogue_of_short_codes_is_what_the_program_says_today() -> None:
    assert make_fault_codes.catalogue() == make_fault_codes.HELP.read_text("utf-8"), "run python -m tests.make_fault_codes"


def test_an_unknown_code_still_says_something_a_clerk_can_pass_on() -> None:
    assert "made.up" in wording.say("made.up")
    assert wording.remedy("made.up")
