"""Answers and where they come from: hand > chip > platform > recognised > derived > copied > default.

A lower source never overwrites a higher one; a disagreement becomes a Problem.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Source(StrEnum):
    """Where an answer came from, strongest first."""

    HAND = "hand"                # typed or chosen by the clerk
    CHIP = "chip"                # read from an ID card's chip
    PLATFORM = "platform"        # pushed back by a department
    RECOGNISED = "recognised"    # read from a paper under the camera
    DERIVED = "derived"          # computed from other answers
    COPIED = "copied"            # the same as another answer
    DEFAULT = "default"          # the pack's or the station's usual value


class Answer(BaseModel):
    """One field's or question's value with its provenance.

    Values are strings on the wire and in the store: dates ISO 8601, booleans "true"/"false", choices as printed,
    regions as six digits.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    value: str
    source: Source
    confidence: float = 1.0
    origin: str = ""
    """The fact behind it: `chip:mother.name`, `paper:marriage_certificate.cert_no`, `derive:…`, `copy:applicant_phone`."""
    evidence_id: str | None = None
    """The page it was read from."""
    box: tuple[float, float, float, float] | None = None
    """x, y, width, height on that page picture, as fractions of its width and height (0..1)."""
    by: str = ""
    at: datetime | None = None


class Fact(BaseModel):
    """One thing a card, a paper, a department or the station said, before it is known which field wants it.

    `name` is `<kind>:<subject>.<key>`: `chip:mother.number`, `paper:marriage_certificate.husband.name`,
    `paper:household_register_home.address`, `push:m_hukou.newborn_id_no`, `station:region`.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    value: str
    confidence: float = 1.0
    evidence_id: str | None = None
    box: tuple[float, float, float, float] | None = None


Role = Literal["mother", "father", "agent"]
"""Whose card or page it is. `applicant` is an alias resolved through the question `applicant_role`."""
