"""A receipt as a value: what stands on it, line by line, before anybody thinks of printer bytes."""

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Text:
    """One or more lines of text; wrapped by the printer driver at `columns` half-widths (48 on 72 mm)."""

    text: str
    align: Align = "left"
    size: Literal[1, 2] = 1
    """2 = double width and height."""
    bold: bool = False


@dataclass(frozen=True)
class Pair:
    """A label at the left and a value after it, aligned in a column."""

    label: str
    value: str


@dataclass(frozen=True)
class Rule:
    """A dashed line across the paper."""


@dataclass(frozen=True)
class Qr:
    """A QR code, centred."""

    data: str
    module: int = 6
    """Dots per module."""


@dataclass(frozen=True)
class Feed:
    """Empty lines."""

    lines: int = 1


@dataclass(frozen=True)
class Cut:
    """Cut the paper here."""


Slip = tuple[Text | Pair | Rule | Qr | Feed | Cut, ...]
