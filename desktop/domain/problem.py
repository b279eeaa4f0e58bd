"""What the clerk can mend: a value, never an exception. Its sentence stands in resources/wording.toml by its code."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Side(BaseModel):
    """One of two places that say different things of the same."""

    model_config = ConfigDict(frozen=True)

    value: str = Field(exclude=True, repr=False)
    """Not masked, so it goes into no JSON and no log."""
    origin: str
    """The fact it was said by (`chip:mother.name`); empty = typed."""
    evidence_id: str | None = None
    box: tuple[float, float, float, float] | None = None
    """The page it was read from and where on it, as fractions; None = not from a page."""
    doubtful: bool = False
    """Read without certainty."""


class Problem(BaseModel):
    """One thing that is wrong, missing or worth a look."""

    model_config = ConfigDict(frozen=True)

    code: str
    """Key in wording.toml, e.g. `id_number.length`, `field.required`, `sources.disagree`."""
    severity: Literal["error", "warning"] = "error"
    """error stops acceptance; warning lets the clerk go on."""
    key: str | None = None
    """The field or question it concerns; None for the case as a whole."""
    clause: str | None = None
    """Id of the pack's clause it rests on."""
    params: dict[str, str] = {}
    """What the sentence needs to be filled in, already masked where it must be."""
    sides: tuple[Side, ...] = ()
    """Of two places that disagree: what stands now, and what speaks against it."""
