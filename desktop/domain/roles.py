"""The three roles."""

from typing import Literal, get_args

Role = Literal["clerk", "supervisor", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)
"""From the one who may least."""
