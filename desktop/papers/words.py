"""Stored codes as a paper says them: states and errors from resources/wording.toml, the window's number as a name."""

import tomllib
from functools import cache
from importlib import resources


@cache
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads((resources.files("resources") / "wording.toml").read_text(encoding="utf-8"))


def word(code: str, otherwise: str) -> str:
    """What wording.toml says for `code`; `otherwise` when it says nothing or wants parameters a paper has not."""
    said = _tables().get(code, {}).get("say", otherwise)
    return otherwise if "{" in said else said


def window_name(window: str) -> str:
    """`3号窗口` of the bare number a station is set up with; a name stays as it is."""
    return f"{window}号窗口" if window.isalnum() and window.isascii() else window


def is_address(query: str) -> bool:
    """Whether a query code leads to a web page; without one set up it is the bare case number."""
    return query.startswith(("https://", "http://"))
