"""One material as a department opens it: its pages as pictures on A4 sheets, the words that were read on them underneath.

A copy to read, search, print and file; the untouched pictures it was made from stay the evidence. How the file is written: pdfa.py.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from PIL import Image as Pillow
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import inch, mm

from desktop.domain.hall_time import local
from desktop.papers import fonts, pdfa
from hardware.opencv import cv2
from hardware.readings import Image

QUALITY = 85
SHARPEST, COARSEST = 300, 150
"""Pixels an inch: no card is kept finer, no page of unknown size is drawn larger than the second."""
_SIDE, _TOP, _FOOT = 12 * mm, 14 * mm, 20 * mm
"""Margins that every printer can leave white; the foot holds two lines."""
_GAP = 10 * mm
_SMALL = 8.0
_MARK = "演示样张"
_RISE = 0.12
"""How far above a box's lower side the baseline lies, in box heights: the stand-in glyphs then fill the box."""

Words = tuple[str, tuple[float, float, float, float]]
"""A run of text and its box: x, y, width, height as fractions of the upright page."""


@dataclass(frozen=True)
class Scan:
    """One page of the material, upright."""

    jpeg: bytes = field(repr=False)
    label: str
    """Which page it is: 母亲身份证人像面."""
    words: Sequence[Words] = field(default=(), repr=False)
    size_mm: tuple[float, float] | None = None
    """What the paper measures, where that is known: it is then printed as large as it is."""


def scan(image: Image, label: str, words: Sequence[Words] = (), size_mm: tuple[float, float] | None = None) -> Scan:
    """An upright BGR page picture made ready (20 ms); one of known size is reduced to what printing can show."""
    height, width = image.shape[:2]
    if size_mm is not None and (shrink := max(size_mm) * mm / inch * SHARPEST / max(width, height)) < 1:
        small = cv2.resize(image, (max(1, round(width * shrink)), max(1, round(height * shrink))), interpolation=cv2.INTER_AREA)
        image = np.asarray(small, dtype=np.uint8)
    _, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return Scan(jpeg.tobytes(), label, tuple(words), size_mm)


def material_pdf(name: str, sheets: Sequence[Sequence[Scan]], taken: datetime, *, case_number: str = "", demo: bool = False) -> bytes:
    """A PDF/A-2u with one A4 page for each sheet; scans of one sheet stand below each other.

    `name`: the material as printed on the list; `taken` (aware): when the newest page was, which is also the document's date.
    """
    if not sheets or not all(sheets):
        raise ValueError("a material without a page")
    number = f"办件编号 {case_number}" if case_number else "尚未受理"
    feet = [(_shortened(f"{name}　{'、'.join(one.label for one in sheet)}"),
             f"{number}　影像采集 {local(taken):%Y-%m-%d %H:%M}　第 {place} 页，共 {len(sheets)} 页")
            for place, sheet in enumerate(sheets, 1)]
    writer, face = pdfa.Writer(), pdfa.Face("".join((_MARK, *(line for foot in feet for line in foot))))
    pages = [_page(writer, face, sheet, foot) for sheet, foot in zip(sheets, feet, strict=True)]
    for page in pages if demo else ():
        page.content.append(_joined(b"BT 0.6 g 0 Tr 100 Tz /F 20 Tf", page.width / 2 - 40, page.height - 10 * mm,
                                    b"Td <%b> Tj ET" % face.shown(_MARK)[0]))
    return writer.document(pages, face, pdfa.About(title=name, subject=number, made=taken))


def _page(writer: pdfa.Writer, face: pdfa.Face, sheet: Sequence[Scan], foot: tuple[str, str]) -> pdfa.Page:
    sizes = [_pixels(one.jpeg) for one in sheet]
    lying = len(sheet) == 1 and sheet[0].size_mm is None and sizes[0][0] > sizes[0][1]
    page = pdfa.Page(*(reversed(A4) if lying else A4))
    room = (page.height - _TOP - _FOOT - _GAP * (len(sheet) - 1)) / len(sheet)
    top = page.height - _TOP
    for one, (across, down, grey) in zip(sheet, sizes, strict=True):
        wide, high = _as_drawn(one, across, down, page.width - 2 * _SIDE, room)
        left, bottom = (page.width - wide) / 2, top - high
        page.content.append(_joined(b"q", wide, 0, 0, high, left, bottom, b"cm /I%d Do Q" % len(page.images)))
        page.images.append(writer.picture(one.jpeg, across, down, grey=grey))
        page.content += _layer(face, one.words, left, bottom, wide, high)
        top = bottom - _GAP
    for place, line in enumerate(reversed(foot)):
        codes, _ = face.shown(line)
        page.content.append(_joined(b"BT 0.3 g 0 Tr 100 Tz /F", _SMALL, b"Tf", _SIDE, 8 * mm + 4 * mm * place, b"Td <%b> Tj ET" % codes))
    return page


def _as_drawn(one: Scan, across: int, down: int, wide: float, high: float) -> tuple[float, float]:
    """Width and height in points: true to size where that is known and fits, else as large as fits and is still sharp."""
    largest = max(one.size_mm) * mm / max(across, down) if one.size_mm else inch / COARSEST
    scale = min(largest, wide / across, high / down)
    return across * scale, down * scale


def _layer(face: pdfa.Face, words: Sequence[Words], left: float, bottom: float, wide: float, high: float) -> Iterator[bytes]:
    """The words, invisible, each run as wide and high as its box."""
    for text, (x, y, across, down) in words:
        codes, natural = face.hidden(pdfa.searchable(text))
        size = down * high
        if natural and size > 0 and across > 0:
            yield _joined(b"BT 3 Tr /F", size, b"Tf", 100 * across * wide / (natural * size), b"Tz",
                          left + x * wide, bottom + (1 - y - down + _RISE * down) * high, b"Td <%b> Tj ET" % codes)


def _joined(*parts: bytes | float) -> bytes:
    return b" ".join(part if isinstance(part, bytes) else pdfa.number_of(part) for part in parts)


def _pixels(jpeg: bytes) -> tuple[int, int, bool]:
    """Width, height and whether it is grey; reads the header only."""
    with Pillow.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
        return opened.width, opened.height, opened.mode == "L"


def _shortened(text: str) -> str:
    """So that it ends before the margin of an upright sheet."""
    wide = A4[0] - 2 * _SIDE
    if fonts.width(text, _SMALL) <= wide:
        return text
    while fonts.width(text + "…", _SMALL) > wide:
        text = text[:-1]
    return text + "…"
