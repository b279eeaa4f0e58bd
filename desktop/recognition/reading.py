"""What recognition gives: frozen values. Keys of the fields: design, section 6 (`oncedesk read`)."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from hardware.readings import Image

DocType = Literal["id_card_front", "id_card_back", "marriage_certificate", "household_register_home",
                  "household_register_member", "birth_certificate", "death_certificate", "other"]
DOC_TYPES: tuple[str, ...] = get_args(DocType)

Point = tuple[float, float]


@dataclass(frozen=True)
class Reading:
    """One field as it was read."""

    value: str
    """Normalised: dates ISO 8601, `长期` stays, numbers without spaces."""
    confidence: float
    box: tuple[float, float, float, float]
    """x, y, width, height on the page picture as fractions (0..1)."""
    support: tuple[str, ...] = ()
    """What speaks for the value, or how it came about: `check_digit`, `birth`, `sex`, `readers` (two read the same), `list`, `region`,
    `repaired` (one character exchanged so that the check digit fits), `code` (the paper's own bar code says the same)."""


@dataclass(frozen=True)
class Code:
    """A QR or bar code as it lies in the picture; what it says is text and nothing is ever done with it."""

    kind: str
    """`qr_code`, `data_matrix`, `code_128`, `code_39` or `ean_13`."""
    text: str
    quad: tuple[Point, Point, Point, Point]
    """Corners in pixels of the given picture, clockwise from the code's own top left."""


class TextLine(NamedTuple):
    """Words that stand together on a page, for the text layer of a copy."""

    text: str
    box: tuple[float, float, float, float]
    """x, y, width, height on the upright page picture as fractions (0..1)."""


@dataclass(frozen=True)
class Quality:
    """What the gate measured; `verdict` is a wording code when the page should be taken again, else None."""

    sharpness: float
    glare: float
    """Share of saturated pixels, 0..1."""
    touches_edge: bool
    verdict: str | None = None
    """`page.blurred`, `page.glare`, `page.cut_off` or None."""


@dataclass(frozen=True)
class Page:
    """One paper found in a picture, dewarped and upright."""

    image: Image = field(repr=False)
    """Upright BGR picture of the page alone."""
    quad: tuple[Point, Point, Point, Point]
    """Corners in pixels of the given picture, clockwise from the page's own top left."""
    doc_type: DocType
    fields: dict[str, Reading]
    quality: Quality
    ms: float
    text: str = field(default="", repr=False)
    """Every line recognised, for a second look; never logged."""
    lines: tuple[TextLine, ...] = field(default=(), repr=False)
    """The same with its places; never logged."""
    codes: tuple[Code, ...] = ()
    """What lies on this page; looked for only where a code may be: papers whose file says so, and `other`."""
    coded: dict[str, Reading] = field(default_factory=dict)
    """Fields whose value a code on the page carries, as the code says it; `fields` holds what they are together with the print."""


class NotAPicture(Exception):
    """The bytes cannot be read as a picture or a PDF; `code` is its sentence in wording.toml (`picture.…`, `pdf.…`)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
