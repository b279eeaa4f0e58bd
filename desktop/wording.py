"""What a code says to a person: reads resources/wording.toml. No sentence of a screen's own layout lives here.

A fault's sentence ends with its short code, which a clerk can read out on the telephone: resources/help/fault-codes.md lists them all.
"""

from __future__ import annotations

import tomllib
import zlib
from collections import defaultdict
from datetime import date
from functools import cache
from importlib import resources
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:      # pydantic comes with it; the first paint must not wait
    from desktop.domain.problem import Problem

_FAULTS = frozenset({"store", "evidence", "backup", "device", "reader", "camera", "scanner", "printer", "paper_printer", "recognition",
                     "platform", "settings", "table", "file", "station", "sync", "check"})
"""Groups of codes that tell of this PC, its devices, its data or the road to the province; others tell of a case or of what was typed."""
_FAULTS_APART = frozenset({"clock.back", "clock.ahead", "day.journal_broken", "theme.unknown", "case.numbers_used_up", "window.unexpected",
                           "window.part_missing", "window.library_missing", "window.no_display",
                           "picture.no_decoder", "portrait.no_detector", "print.no_paper_printer"})
_NO_FAULTS = frozenset({"device.cancelled"})
"""In those groups, but somebody's own wish."""
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is heard or read as another or as a digit."""


@cache
def _tables() -> dict[str, dict[str, str]]:
    text = (resources.files("resources") / "wording.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def known(code: str) -> bool:
    """Whether wording.toml has a table for the code."""
    return code in _tables()


def say(code: str, **params: object) -> str:
    """The sentence; an unknown code still says something a clerk can pass on."""
    table = _tables().get(code)
    if table is None:
        return f"出现一种尚未登记的情况（{code}）"
    return _fill(table["say"], params) + (f"（代码 {short(code)}）" if is_fault(code) else "")


def is_fault(code: str) -> bool:
    """Whether its sentence shows a short code: something is wrong that somebody else may have to be told."""
    among = (code.partition(".")[0] in _FAULTS or code in _FAULTS_APART) and code not in _NO_FAULTS
    return among and "do" in _tables().get(code, {})


def faults() -> tuple[str, ...]:
    """Every code that shows a short one, as wording.toml has them."""
    return tuple(filter(is_fault, _tables()))


def short(code: str) -> str:
    """Four characters for a code; they stay the same as long as it does."""
    crc = zlib.crc32(code.encode())
    return "".join(_LETTERS[crc >> shift & 31] for shift in (15, 10, 5, 0))


def remedy(code: str, **params: object) -> str:
    """What to do about it; empty when there is nothing to do."""
    table = _tables().get(code)
    if table is None:
        return "请记下括号里的代码，告诉管理员。"
    return _fill(table.get("do", ""), params)


def problem_words(problem: Problem) -> str:
    """A Problem's sentence with its own parameters."""
    return say(problem.code, **problem.params)


def problem_remedy(problem: Problem) -> str:
    """What to do about a Problem."""
    return remedy(problem.code, **problem.params)


def word(group: str, value: str) -> str:
    """A status word: `word("case_status", "draft")` is 草稿; a value nobody has named is shown as it came."""
    table = _tables().get(f"{group}.{value}")
    return table["say"] if table else value


def fault_code(error: BaseException) -> str:
    """The wording code an exception carries (DeviceFault, SignInRefused, DayRefused …), or `window.unexpected`."""
    code = getattr(error, "code", None)
    return str(code) if code else "window.unexpected"


def params_of(error: BaseException) -> dict[str, str]:
    """What an exception brings for the placeholders of its sentence: its public attributes that are words or numbers."""
    return {name: str(value) for name, value in vars(error).items()
            if name != "code" and not name.startswith("_") and isinstance(value, str | int | date | PurePath)}


def _fill(text: str, params: dict[str, object]) -> str:
    return text.format_map(defaultdict(str, {key: str(value) for key, value in params.items()}))
