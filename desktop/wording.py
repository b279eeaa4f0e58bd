"""What a code says to a person: reads resources/wording.toml. No sentence of a screen's own layout lives here."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from datetime import date
from functools import cache
from importlib import resources
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:      # pydantic comes with it; the first paint must not wait
    from desktop.domain.problem import Problem



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
    return _fill(table["say"], params)


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
