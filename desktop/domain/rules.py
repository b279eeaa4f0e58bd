"""The one evaluator of the packs' expressions (CEL), three-valued: true, false, or not yet known with what is missing.

Expressions name fields and questions by key; the functions they may call are written here, once. Dates travel as ISO strings, so they
compare as text. A value that cannot be computed (an answer still missing, a number that is wrong) makes the expression unknown unless the
rest decides it: `false && unknown` is false. `unknown` itself may be written where a pack knows no value.
"""

import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import cel

from desktop.domain import identity, spelling, working_days
from desktop.domain.codes import EMPTY, Codes
from desktop.domain.working_days import Calendar

# The evaluator logs the message of every exception a function raises, and our functions raise to say "unknown".
logging.getLogger("cel").setLevel(logging.CRITICAL)

VARIABLES = {
    "today": "the hall's day, ISO",
    "applied_on": "the day of application: the day of acceptance once there is one, before that today, ISO",
    "window_region": "the window's county, six digits",
    "matters": "ids of the matters that are chosen, a list: `'m_hukou' in matters`",
    "wanted": "ids of the matters the family asked for, a list; those the rules leave out are still in it",
    "unknown": "never has a value",
}
"""Names every expression may use besides the pack's own keys."""

_PRESENT = re.compile(r"\bpresent\(\s*([A-Za-z_]\w*)\s*\)")
_PREFIX = "present__"
_STANDARD = frozenset({"size", "startsWith", "endsWith", "contains", "matches", "string", "int", "double", "bool"})


class Unknown(ValueError):
    """A function's word for "cannot be said from this"."""


@dataclass(frozen=True)
class Verdict:
    """What an expression came to."""

    value: object
    """None = not yet known."""
    missing: tuple[str, ...] = ()
    """Keys without which it could not be decided, in the order of the pack; empty once it is."""

    @property
    def truth(self) -> bool | None:
        """True, False or not yet known."""
        return self.value if isinstance(self.value, bool) else None


_DECIDED = {"true": Verdict(value=True), "false": Verdict(value=False)}


class Expression:
    """A compiled expression with what it refers to."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.program = cel.compile(_PRESENT.sub(rf"{_PREFIX}\1", source))
        names = self.program.references()
        self.keys = tuple(dict.fromkeys(name.removeprefix(_PREFIX) for name in sorted(names["variables"])))
        self.functions = tuple(name for name in names["functions"] if name[0].isalpha())


@lru_cache(maxsize=4096)
def compiled(source: str) -> Expression:
    """The expression, compiled once for the life of the program. Raises ValueError when it is not CEL."""
    return Expression(source)


class Evaluator:
    """Asks expressions against answers that may still change: `values` is read anew at every question.

    `values` are stored answers (strings; "true"/"false" are booleans); `faulty` are keys whose answer is none, so that even `present`
    cannot be said of them; `places` is the order in which missing keys are named. One evaluator serves one evaluation of one case.
    """

    def __init__(self, values: Mapping[str, str], calendar: Calendar, codes: Codes, today: date, applied_on: date,
                 window_region: str = "", matters: tuple[str, ...] = (), wanted: tuple[str, ...] = (), *,
                 faulty: Collection[str] = (), places: Mapping[str, int] = MappingProxyType({})) -> None:
        self._values, self._faulty, self._places = values, faulty, places
        self._stopped: dict[str, None] = {}
        self._fixed: dict[str, object] = {"today": today.isoformat(), "applied_on": applied_on.isoformat(), "matters": list(matters),
                                         "wanted": list(wanted or matters)}
        if window_region:
            self._fixed["window_region"] = window_region
        self._context = cel.Context({}, functions(calendar, codes))
        self._context.set_variable_resolver(self._resolve)

    def ask(self, source: str) -> Verdict:
        """Evaluate; an expression that cannot be decided gives value None and the keys it lacks."""
        if (decided := _DECIDED.get(source)) is not None:
            return decided
        program = compiled(source).program
        self._stopped.clear()
        try:
            value: object = program.execute(self._context)
        except (RuntimeError, TypeError, ValueError, ArithmeticError):
            value = None
        if value is not None:
            return Verdict(value)
        return Verdict(None, self.in_order(self._stopped))

    def in_order(self, keys: Iterable[str]) -> tuple[str, ...]:
        """As they are asked."""
        return tuple(sorted(keys, key=lambda key: self._places.get(key, 0)))

    def _resolve(self, name: str) -> object:
        value = self._values.get(name)
        if value is not None:
            return value == "true" if value in {"true", "false"} else value
        if name.startswith(_PREFIX):
            name = name.removeprefix(_PREFIX)
            if name not in self._faulty:
                return name in self._values
        elif name in VARIABLES:
            return self._fixed.get(name)
        self._stopped[name] = None                    # CEL only asks for what it could not do without
        return None


def as_answer(value: object) -> str | None:
    """An expression's value as answers are stored: booleans "true"/"false", numbers in digits; None for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) else None


def functions(calendar: Calendar, codes: Codes) -> dict[str, Callable[..., Any]]:
    """What expressions may call. Dates in and out as ISO strings; an argument that makes no sense raises Unknown.

    A year without a calendar raises NoCalendar: either way the expression is not yet known.
    """

    def known(value: Any) -> Any:
        if value is None:
            raise Unknown("no value")
        return value.isoformat() if isinstance(value, date) else value

    return {
        # places
        "province": lambda region: _region(region)[:2],
        "city": lambda region: _region(region)[:4],
        "county": lambda region: _region(region)[:6],
        "region_in": lambda address: known(codes.region_in(address)),
        "region_name": lambda region: codes.region_name(_region(region)),
        # days
        "add_days": lambda day, n: (_day(day) + timedelta(days=n)).isoformat(),
        "add_months": lambda day, n: working_days.add_months(_day(day), n).isoformat(),
        "add_working_days": lambda day, n: working_days.last_of(_day(day), n, calendar).isoformat(),
        "next_working_day": lambda day: working_days.next_working_day(_day(day), calendar).isoformat(),
        "working_days_between": lambda start, end: working_days.working_days_between(_day(start), _day(end), calendar),
        "days_between": lambda start, end: (_day(end) - _day(start)).days,
        "age_on": lambda day, birth: working_days.age_on(_day(birth), _day(day)),
        "month": lambda day: _day(day).month,
        "year": lambda day: _day(day).year,
        # identity numbers
        "id_valid": identity.valid,
        "id_kind": lambda number: identity.kind(spelling.id_number(number)),
        "sex_of": lambda number: known(identity.sex_of(number)),
        "birth_of": lambda number: known(identity.birth_of(number)),
        "region_of": lambda number: known(identity.region_of(number)),
    }


FUNCTIONS = frozenset(functions(Calendar(), EMPTY)) | _STANDARD
"""Names an expression may call; `present(key)` besides, which is true once the key has an answer."""


def _day(text: str) -> date:
    """A day, or the day of a minute."""
    try:
        return date.fromisoformat(text.partition("T")[0])
    except (AttributeError, TypeError, ValueError) as e:
        raise Unknown("not a date") from e


def _region(text: str) -> str:
    if len(text) != 6 or not text.isdigit():
        raise Unknown("not a region")
    return text
