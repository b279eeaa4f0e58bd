"""The file of answers a PC is set up from: read and checked whole, every mistake named at once. Keeping them: setup.py.

resources/answers.toml is the blank one; filled in, its upper part is a settings.toml.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop import wording
from desktop.domain.answers import Answers, Person
from desktop.domain.pin import weakness
from desktop.domain.problem import Problem
from desktop.domain.roles import ROLES
from desktop.settings import COUNTY, Settings, SettingsError, mistakes_of, own_keys, read_table
from desktop.shelf import RESOURCES
from desktop.text_file import NotText, read_text

REQUIRED = ("hall", "window", "window_code", "region")
"""What no window may take from the built-in settings: they stand for an invented hall."""
_BESIDE = ("administrator", "people", "county_key", "pin_file")
"""What may stand in answers and goes into no settings."""
_BLANK = RESOURCES / "answers.toml"
_END = "# ---- "
_LINE = re.compile(r"(?:# )?([a-z_]+) = .*")
_HEAD = "# 由 oncedesk station setup 或首次启动写入，可以手工改；存成 UTF-8。前面有 # 的行不起作用，用县里的或程序自带的。\n"
_LOGIN = re.compile(r"[^\s\x00-\x1f]{1,40}")
_PUBLIC_KEY = re.compile(r"[0-9a-f]{64}")


class AnswersRefused(Exception):
    """The answers cannot be used: `problems` says everything that is wrong with them. Nothing was kept."""

    code = "setup.refused"

    def __init__(self, file: Path, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{file}: {', '.join(f'{one.key} {one.code}' for one in problems)}")
        self.file = file
        self.problems = problems


def blank() -> str:
    """A file of answers to be filled in."""
    return _BLANK.read_text("utf-8")


def read_answers(path: Path, settings: Settings, token: str = "") -> Answers:
    """The answers of a file, TOML or JSON, on top of what this PC's county has set. Raises AnswersRefused, with all mistakes.

    `token`: the province's, where it is not to stand in the file.
    """
    try:
        table = _json(path) if path.suffix == ".json" else read_table(path)
    except SettingsError as error:
        raise AnswersRefused(path, (problem_of(error),)) from error
    if token:
        table["terminal_token"] = token
    found: list[SettingsError | Problem] = []
    answers = _answers(table, path, found)
    found += mistakes_in(answers, path, settings)
    if found:
        once: dict[str | None, Problem] = {}
        for one in map(problem_of, found):
            once.setdefault(one.key, one)
        raise AnswersRefused(path, tuple(once.values()))
    return answers


def mistakes_in(answers: Answers, path: Path, settings: Settings, required: Iterable[str] = REQUIRED) -> list[SettingsError | Problem]:
    """Everything that is wrong with these answers, as far as they themselves tell. `path` is where they stand."""
    table = answers.settings
    given = {key for key, value in table.items() if str(value).strip()}
    found: list[SettingsError | Problem] = []
    found += (SettingsError("settings.empty", path, key) for key in required if key not in {*given, *_of_county(settings.home)})
    found += mistakes_of(table, path, settings, (*own_keys(), *_BESIDE))
    found += (Problem(code="setup.unprintable", key=key, params={"key": key}) for key, value in table.items()
              if isinstance(value, str) and not value.isprintable())
    if "platform_url" in given:
        found += (SettingsError("settings.empty", path, key) for key in ("terminal_id", "terminal_token") if key not in given)
    if answers.county_key and not _PUBLIC_KEY.fullmatch(answers.county_key):
        found.append(Problem(code="setup.county_key", key="county_key", params={"key": "county_key"}))
    for person in answers.everybody:
        found += _wrong_with(person, path, answers)
    return found


def without_pin(answers: Answers, known: Iterable[str]) -> list[Problem]:
    """Those who are not here yet and were given no PIN."""
    return [Problem(code="setup.no_pin", key=f"people.{person.login}", params={"login": person.login})
            for person in answers.everybody if person.login not in {*known, *answers.pins}]


def settings_text(table: Mapping[str, object]) -> str:
    """settings.toml with these values; everything else stands there as a comment."""
    lines = [_HEAD]
    for line in blank().partition(_END)[0].split("\n\n", 1)[1].splitlines():
        setting = _LINE.fullmatch(line)
        if setting and setting[1] in table:
            lines.append(f"{setting[1]} = {_toml(table[setting[1]])}")
        else:
            lines.append(f"# {line}" if setting and not line.startswith("#") else line)
    return "\n".join(lines).rstrip() + "\n"


def _answers(table: Mapping[str, Any], path: Path, found: list[SettingsError | Problem]) -> Answers:
    administrator = None
    if "administrator" in table:
        administrator = _person(table["administrator"], "administrator", path, found, role="administrator")
    listed = table.get("people", [])
    if not isinstance(listed, list):
        found.append(SettingsError("settings.wrong_type", path, "people", known="[[people]]"))
        listed = []
    people = [_person(one, f"people[{number}]", path, found) for number, one in enumerate(listed, 1)]
    if administrator is None and "administrator" not in table:
        found.append(SettingsError("settings.empty", path, "administrator"))
    county_key = table.get("county_key", "")
    if not isinstance(county_key, str):
        found.append(SettingsError("settings.wrong_type", path, "county_key", known='county_key = "…"'))
        county_key = ""
    answers = Answers({key: value for key, value in table.items() if key not in _BESIDE}, administrator,
                      tuple(person for person in people if person), county_key.lower())
    return replace(answers, pins=_pins(table, path, answers, found))


def _person(table: object, place: str, path: Path, found: list[SettingsError | Problem], role: str = "") -> Person | None:
    if not isinstance(table, dict):
        found.append(SettingsError("settings.wrong_type", path, place, known=f"[{place.partition('[')[0]}]"))
        return None
    keys = ("login", "name") if role else ("login", "name", "role")
    for key, value in table.items():
        if key == "pin":
            found.append(Problem(code="setup.pin_in_answers", key=f"{place}.pin", params={"key": f"{place}.pin"}))
        elif key not in keys:
            found.append(SettingsError("settings.unknown_key", path, f"{place}.{key}", known=", ".join(keys)))
        elif not isinstance(value, str):
            found.append(SettingsError("settings.wrong_type", path, f"{place}.{key}", known=f'{key} = "…"'))
    lacking = [key for key in keys if key not in table or table[key] == ""]
    found += (SettingsError("settings.empty", path, f"{place}.{key}") for key in lacking)
    if lacking or not all(isinstance(table[key], str) for key in keys):
        return None
    return Person(table["login"], table["name"], role or table["role"], pin_is_temporary=not role)


def _pins(table: Mapping[str, Any], path: Path, answers: Answers, found: list[SettingsError | Problem]) -> dict[str, str]:
    named = table.get("pin_file", "")
    if not named:
        return {}
    if not isinstance(named, str):
        found.append(SettingsError("settings.wrong_type", path, "pin_file", known='pin_file = "…"'))
        return {}
    file = path.parent / named
    try:
        pins = read_table(file)
    except SettingsError as error:
        found.append(error)
        return {}
    logins = [person.login for person in answers.everybody]
    for login, pin in pins.items():
        if login not in logins:
            found.append(SettingsError("settings.unknown_key", file, login, known=", ".join(logins)))
        elif not isinstance(pin, str):
            found.append(SettingsError("settings.wrong_type", file, login, known=f'{login} = "…"'))
    return {login: pin for login, pin in pins.items() if isinstance(pin, str)}


def _wrong_with(person: Person, path: Path, answers: Answers) -> Iterator[SettingsError | Problem]:
    place = f"people.{person.login}"
    if not _LOGIN.fullmatch(person.login) or not person.login.isprintable():
        yield Problem(code="setup.login", key=place, params={"login": person.login})
    elif [one.login for one in answers.everybody].count(person.login) > 1:
        yield Problem(code="setup.login_twice", key=place, params={"login": person.login})
    if not person.name.strip() or not person.name.isprintable():
        yield SettingsError("settings.empty", path, f"{place}.name")
    if person.role not in ROLES:
        yield SettingsError("settings.unknown_key", path, f"{place}.role", known=", ".join(ROLES))
    if person.login in answers.pins and (code := weakness(answers.pins[person.login], person.login)) is not None:
        yield Problem(code=code, key=f"{place}.pin")


def problem_of(mistake: SettingsError | Problem) -> Problem:
    """A mistake as a value that words can be found for."""
    if isinstance(mistake, Problem):
        return mistake
    return Problem(code=mistake.code, key=mistake.key, params=wording.params_of(mistake))


def _json(path: Path) -> dict[str, Any]:
    try:
        table = json.loads(read_text(path))
    except NotText as error:
        raise SettingsError(error.code, path) from error
    except OSError as error:
        raise SettingsError("file.unreadable", path) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError("settings.not_json", path, line=str(getattr(error, "lineno", "…"))) from error
    if not isinstance(table, dict):
        raise SettingsError("settings.not_json", path, line="1")
    return table


def _of_county(home: Path) -> dict[str, Any]:
    return read_table(home / COUNTY) if (home / COUNTY).exists() else {}


def _toml(value: object) -> str:
    """A value as TOML writes it, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_toml(key)} = {_toml(inner)}' for key, inner in value.items())} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    # A JSON string of printable characters is a TOML one.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
