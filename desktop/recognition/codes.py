"""QR and bar codes in a picture, and what the code of a known paper says about its number.

What a code says is text: it is shown, held against a paper's own pattern and never opened, followed or run. Which papers carry a code,
and of which field, stands in resources/papers (`coded`).
"""

import re
from dataclasses import replace

import numpy as np

from desktop.recognition import pages, papers, sense
from desktop.recognition.reading import Code, Page, Point, Reading
from desktop.recognition.sides import Corners
from hardware.opencv import cv2
from hardware.readings import Image

KINDS = {"QRCode": "qr_code", "DataMatrix": "data_matrix", "Code128": "code_128", "Code39": "code_39", "EAN13": "ean_13"}
"""What is looked for, as zxing calls it and as we do. Without those that have neither a check character nor a frame (ITF, Codabar): a
ruled table may look like them."""
HALF_FROM = 1600
"""Pixels of the long side from which half of them are tried first: of 30 codes on camera views 27 are found so, in a sixth of the time."""
LONGEST = 4296
"""Characters, what the largest QR code can hold."""
CODED = 0.99
"""A code corrects or checks itself: what it says is at most not meant for this paper."""


def find(image: Image, *, expected: bool = False) -> tuple[Code, ...]:
    """Every code on a BGR or grey picture, in any direction.

    Looked for at half size, dark on light; when none is found and one is `expected`, again with care: every pixel, also light on dark.
    """
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8) if image.ndim == 3 else image
    small = max(grey.shape) < HALF_FROM
    quick = grey if small else np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    return _read(quick, 1.0 if small else 2.0, careful=False) or (_read(grey, 1.0, careful=True) if expected else ())


def with_codes(image: Image, page: Page) -> Page:
    """The page with the codes that lie on it and what they say, when its paper may carry one; `image` is the picture it was found in."""
    paper = next((one for one in papers.known_papers() if one.doc_type == page.doc_type), None)
    if paper is not None and not paper.coded:
        return page
    found = _on(image, page, expected=paper is not None)
    if not found or paper is None:
        return replace(page, codes=found)
    rule = next(one for one in paper.field if one.key == paper.coded)
    fields, coded = dict(page.fields), {}
    for code in found:
        number, alone = _carried(rule.pattern, code.text)
        read = fields.get(rule.key)
        if number and read is not None and number == read.value:
            if "code" not in read.support:
                fields[rule.key] = replace(read, confidence=max(read.confidence, CODED), support=(*read.support, "code"))
        elif number and alone:
            coded[rule.key] = Reading(number, CODED, box_on(page, code), ("code",))
            # the print stays what it is, as something to look at; where there is none the code speaks for it
            fields[rule.key] = replace(read, confidence=min(read.confidence, sense.WRONG)) if read is not None else coded[rule.key]
    return replace(page, codes=found, fields=fields, coded=coded)


def carried(text: str) -> dict[str, str]:
    """`doc_type.key` -> number, for every paper whose code would say exactly this. {} = a code nobody here knows."""
    return {f"{paper.doc_type}.{paper.coded}": number for paper in papers.known_papers() if paper.coded
            for rule in paper.field if rule.key == paper.coded
            for number, alone in (_carried(rule.pattern, text),) if alone}


def box_on(page: Page, code: Code) -> tuple[float, float, float, float]:
    """x, y, width, height of the code on the page's picture, as fractions."""
    whole = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    flat = cv2.perspectiveTransform(np.array([code.quad], np.float32), cv2.getPerspectiveTransform(np.array(page.quad, np.float32), whole))
    (left, top), (right, bottom) = np.clip(flat[0].min(axis=0), 0, 1), np.clip(flat[0].max(axis=0), 0, 1)
    return float(left), float(top), float(right - left), float(bottom - top)


def around(code: Code) -> tuple[Point, Point, Point, Point]:
    """Corners of what to show of the picture, the code with some paper around it; a bar code's own are those of one scan line."""
    quad = np.array(code.quad, np.float32)
    middle, along = quad.mean(axis=0), (quad[1] - quad[0] + quad[2] - quad[3]) / 2
    long = float(np.linalg.norm(along)) or 1.0
    down = np.array((-along[1], along[0]), np.float32) * max(0.3, float(np.linalg.norm(quad[3] - quad[0] + quad[2] - quad[1])) / 2 / long)
    return pages.as_points(np.array([middle + (x * along + y * down) * 0.6 for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))], np.float32))


def _on(image: Image, page: Page, *, expected: bool) -> tuple[Code, ...]:
    """The codes whose middle lies on the page, in pixels of the picture."""
    quad = np.array(page.quad, np.float32)
    height, width = image.shape[:2]
    left, top = (int(edge) for edge in np.clip(quad.min(axis=0), 0, (width - 1, height - 1)))
    right, bottom = (int(edge) + 1 for edge in np.clip(quad.max(axis=0), 1, (width, height)))
    found = find(image[top:bottom, left:right], expected=expected)
    moved = (replace(code, quad=_moved(code.quad, left, top)) for code in found)
    return tuple(code for code in moved if _inside(code, quad))


def _inside(code: Code, quad: Corners) -> bool:
    x, y = np.mean(code.quad, axis=0)
    return bool(cv2.pointPolygonTest(quad, (float(x), float(y)), measureDist=False) >= 0)


def _moved(quad: tuple[Point, Point, Point, Point], left: int, top: int) -> tuple[Point, Point, Point, Point]:
    a, b, c, d = ((x + left, y + top) for x, y in quad)
    return a, b, c, d


def _carried(pattern: str, text: str) -> tuple[str, bool]:
    """The number of this pattern in the text, and whether the text is nothing else; ("", False) without one or with several."""
    plain = sense.plain(text).upper()
    if re.fullmatch(pattern, plain):
        return plain, True
    numbers = {found.group() for found in re.finditer(rf"(?<![0-9A-Z])(?:{pattern})(?![0-9A-Z])", text.upper())}
    return (numbers.pop(), False) if len(numbers) == 1 else ("", False)


def _read(grey: Image, scale: float, *, careful: bool) -> tuple[Code, ...]:
    import zxingcpp

    formats = [getattr(zxingcpp.BarcodeFormat, name) for name in KINDS]
    found = []
    for one in zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=zxingcpp.BarcodeFormats(formats), try_invert=careful,
                                      try_downscale=careful, text_mode=zxingcpp.TextMode.Plain):
        at = one.position
        a, b, c, d = ((corner.x * scale, corner.y * scale) for corner in (at.top_left, at.top_right, at.bottom_right, at.bottom_left))
        text = "".join(char for char in one.text[:LONGEST] if char.isprintable() or char == "\n").strip()
        if text:
            found.append(Code(KINDS[one.format.name], text, (a, b, c, d)))
    return tuple(found)
