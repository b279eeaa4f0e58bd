"""The first start of a PC: saying who it is, and who runs it. How that is checked and kept is the station's, which app hands in."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktop.domain.answers import Answers
from desktop.domain.county import Offer
from desktop.domain.problem import Problem


class Looked(Protocol):
    """What one check of this PC found."""

    @property
    def ok(self) -> bool: ...  # noqa: D102 - a protocol's names say it
    @property
    def sentence(self) -> str: ...  # noqa: D102
    @property
    def remedy(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class SetUp:
    """What may be done before there is a store. Each call may take seconds."""

    asks_window: bool
    """Whether nobody has said yet which window this is."""
    read: Callable[[Path], Answers]
    """A file of answers. Raises AnswersRefused, with its problems."""
    mistakes: Callable[[Answers], tuple[Problem, ...]]
    """Of answers that hold no settings, only of the people."""
    region_name: Callable[[str], str]
    offer: Callable[[Path, str], Offer]
    """What a county's file would change; the key that is trusted, if one is known. Raises CountyRefused, StoreFault."""
    keep: Callable[[Answers, Path | None, str], Problem | None]
    """Make this PC so; then take the county's file, its key's fingerprint typed by the administrator. Returns why that was not taken.

    Raises StoreFault.
    """
    checks: Callable[[], tuple[Looked, ...]]
    """How this PC is now."""
