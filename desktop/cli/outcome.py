"""What a command answers: a JSON document, lines for a person, an exit status; or that it cannot be done. Printing is main's.

Exit status: 0 done, 1 done but something was found wrong (also by a device: no paper, no card), 2 wrong use or cannot be done.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

DONE, FOUND, CANNOT = 0, 1, 2

Json = Any


class CannotBeDone(Exception):
    """Said to the user on standard error; exit status 2."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a command found: the JSON document, the lines a person reads, and the exit status."""

    document: Json
    lines: Sequence[str] = ()
    status: int = DONE


def plain(value: object) -> Json:
    """Frozen values as JSON: dates ISO 8601, tuples as arrays, paths as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if hasattr(value, "model_dump"):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return value
