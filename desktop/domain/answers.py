"""What is answered when a PC is set up, and who works here, as values. Reading them from a file and keeping them: station/setup.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """Somebody who is to work here."""

    login: str
    name: str
    role: str
    active: bool = True
    pin_hash: str = field(default="", repr=False)
    """Empty = not known here; of somebody who is known already the PIN stays."""
    pin_is_temporary: bool = False
    """Somebody else chose the PIN: it is good for choosing one's own."""


@dataclass(frozen=True)
class Answers:
    """What a file of answers or the first start says. Nothing in it has been kept yet."""

    settings: Mapping[str, object]
    """Keys and values of settings.toml."""
    administrator: Person | None = None
    people: tuple[Person, ...] = ()
    county_key: str = ""
    """The county's public key, 64 hexadecimal digits; empty = none is trusted yet."""
    pins: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Login -> PIN, as far as they are known."""

    @property
    def everybody(self) -> tuple[Person, ...]:
        """The administrator and the others."""
        return (*((self.administrator,) if self.administrator else ()), *self.people)


@dataclass(frozen=True)
class Difference:
    """One thing that is otherwise than it was answered. Tokens are never in it."""

    key: str
    """A key of settings.toml, `people.<login>` or `county_key`."""
    before: str
    """Empty = nothing."""
    after: str
