"""The three roles, and what each may do. The one home of both; asked by the flows, never by a widget that hides a button."""

from typing import Literal, get_args

Role = Literal["clerk", "supervisor", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)
"""From the one who may least."""

_LEADS: frozenset[Role] = frozenset({"supervisor", "administrator"})
_RUNS: frozenset[Role] = frozenset({"administrator"})
_MAY: dict[str, frozenset[Role]] = {
    "case.reveal": _LEADS,
    "case.export": _LEADS,
    "day.close": frozenset(ROLES),
    "day.review": _LEADS,
    "users.add": _RUNS,
    "users.bar": _RUNS,
    "users.readmit": _RUNS,
    "users.role": _RUNS,
    "users.reset_pin": _RUNS,
    "station.set_up": _RUNS,
    "county.take": _RUNS,
    "clock.confirm": _LEADS,
    "devices.choose": _LEADS,
    "backup.make": _LEADS,
    "rating.read": _LEADS,
    "station.renew": _RUNS,
    "station.begin_anew": _RUNS,
    "slips.make": _RUNS,
    "themes.reread": _LEADS,
}
"""Who may do what."""


def may(role: str, act: str) -> bool:
    """Whether a role may do it. An act or a role that nobody wrote down: no."""
    return role in _MAY.get(act, frozenset())
