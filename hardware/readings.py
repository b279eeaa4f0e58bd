"""What devices give: frozen values, no behaviour beyond what the value itself implies."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]
    """BGR picture, shape (height, width, 3), or grey, shape (height, width)."""


def __getattr__(name: str) -> Any:
    # numpy takes longer to import than a card takes to read: only who asks for Image has it.
    if name != "Image":
        raise AttributeError(name)
    import numpy as np
    from numpy.typing import NDArray

    return NDArray[np.uint8]


CardType = Literal["resident", "hmt_permit", "foreigner_2017", "foreigner_2023"]


@dataclass(frozen=True)
class IdCard:
    """One read of an identity card's chip (GA 490; layouts by the type flag at byte 248).

    `sex` is the GB/T 2261.1 digit, `nation` the two GB/T 3304 digits, `valid_to` None with `long_term` for 长期.
    """

    type: CardType
    name: str
    sex: str
    number: str
    birth_date: date | None = None
    nation: str | None = None
    address: str | None = None
    authority: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    long_term: bool = False
    english_name: str | None = None
    country: str | None = None
    pass_number: str | None = None
    times_issued: str | None = None
    newest_address: str | None = None
    """The address appended to the chip after a move; `address` stays the one printed on the card."""
    old_number: str | None = None
    """The 15 characters a foreigner's card of 2023 replaces."""
    photo: bytes = field(default=b"", repr=False)
    """The picture as BMP or JPEG where a maker's library or service gave one; empty = no photo, which is no fault."""
    photo_wlt: bytes = field(default=b"", repr=False)
    """The raw 1024 bytes; only a licensed vendor library can turn them into a picture."""


@dataclass(frozen=True)
class Frame:
    """One preview picture, already reduced for the screen."""

    image: "Image"
    sequence: int
    full_size: tuple[int, int]
    """(width, height) of the picture a still would have."""


@dataclass(frozen=True)
class Still:
    """One full-size capture: the camera's own JPEG bytes, untouched (this is the evidence).

    Of a source that gives pixels only (YUY2, a PNG file, other films than MJPG) a JPEG of quality 95, encoded once.
    """

    jpeg: bytes = field(repr=False)
    width: int
    height: int


@dataclass(frozen=True)
class ScanSettings:
    """How a scanner is to scan."""

    source: str = ""
    """One of the scanner's own sources; empty = the feeder when there is one, else the glass."""
    resolution: int = 300
    """Dots per inch; the scanner takes the nearest it can do."""
    mode: Literal["color", "gray"] = "color"
    duplex: bool = False
    pages: int = 0
    """At most so many; 0 = all that lie there."""


@dataclass(frozen=True)
class ScannedPage:
    """One page from a scanner."""

    number: int
    """From 1 in the order they came."""
    png: bytes = field(repr=False)
    """Lossless, as it came from the scanner: this is the evidence."""
    width: int
    height: int
    resolution: int
    """What the scanner really used."""


@dataclass(frozen=True)
class Stroke:
    """One line of a signature: (x, y, pressure 0..1, seconds since the first touch); x and y in pixels of the signature's picture."""

    points: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True)
class Signature:
    """A signature as a pad gives it."""

    png: bytes = field(repr=False)
    width: int
    height: int
    strokes: tuple[Stroke, ...] = ()
    """Empty where a maker's service gives the picture only."""


@dataclass(frozen=True)
class PrinterStatus:
    """What a receipt printer says of itself (DLE EOT 1-4), or what a queue knows of one."""

    online: bool
    cover_open: bool
    paper_out: bool
    paper_near_end: bool
    error: bool
    cutter: bool = False
    """The knife is stuck; `error` is then True as well."""
    confirms: bool = True
    """False for one that can only be spoken to: nothing above is its own word, and every print ends NOT_CONFIRMED."""


@dataclass(frozen=True)
class Light:
    """One device's health, for the top bar and `oncedesk devices list`."""

    kind: Literal["reader", "camera", "portrait", "scanner", "printer", "paper_printer", "signature", "rating"]
    name: str
    address: str
    state: Literal["ok", "warn", "fault", "absent"]
    fault: str | None = None
    """A FaultCode value when state is not ok."""
    simulated: bool = False
