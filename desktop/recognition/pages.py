"""Where papers lie in a frame, and the flat picture of one. Knows edges and colours, no text.

Several cues (lightness, two colour axes, saturation, distance from the desk's colour), each by region and by edge. A
quad is worth what its weakest side is worth, measured as the difference of the strips inside and outside: a line drawn on
the desk is no page.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desktop.recognition import sides
from desktop.recognition.desk import EmptyDesk, reduced
from desktop.recognition.reading import Point
from desktop.recognition.sides import Corners, Floats
from hardware.opencv import cv2
from hardware.readings import Image

Pixels = NDArray[Any]

SMALLEST = 0.018
"""Share of the frame below which nothing is a paper; an identity card fills 5 % of a 340 x 255 mm desk."""
SUPPORT = 0.72
"""Share of the weakest side's samples that must show an edge."""
MAX_PAGES = 8
CANDIDATES = 400
"""Outlines looked at in one frame; a restless desk has thousands, and the likeliest come first."""


LETTERS = 11
"""Marks of a letter's size that make a paper of a quad; the back of an identity card, with least, shows some twenty."""
LETTERS_SURE = 4
"""Enough where all four sides are beyond doubt: letters smear in motion, sides do not."""


class Found(NamedTuple):
    """A quad that may be a paper, in the reduced picture."""

    worth: float
    area: float
    letters: NDArray[np.bool_]
    """Which of the picture's marks stand in it."""
    full: bool
    """The letters spread over it, so what else is found inside belongs to it."""
    quad: Corners


def find_quads(image: Image, *, reduced_to: int = 800, refine: bool = True, desk: EmptyDesk | None = None) -> list[Corners]:
    """Every paper in a BGR frame, largest first; [] for an empty desk.

    `reduced_to` is the long side searched on; `refine` fits the sides again on the full picture; `desk` is what this camera sees
    when nothing lies there: its pattern, mats and joints are then no sides of anything, and a sheet without writing is a paper too.
    """
    small = reduced(image, reduced_to)
    factor = small.shape[1] / image.shape[1]
    marks = _letters(small)
    smooth = np.asarray(cv2.GaussianBlur(small, (5, 5), 0), dtype=np.uint8)
    lab = cv2.cvtColor(smooth, cv2.COLOR_BGR2Lab) if desk is None else desk.without(smooth)
    found: list[Found] = []
    for outline in islice(_outlines(lab), CANDIDATES):
        if _already(found, outline):
            continue
        quad = _four_corners(outline)
        if quad is None or not _plausible(quad, *lab.shape[1::-1]):
            continue
        worth, steps = sides.support(lab, quad)
        if worth < SUPPORT:
            continue
        inside = _within(marks, quad, 0.92)
        enough = LETTERS_SURE if worth > 0.9 and steps == 1.0 else LETTERS
        if inside.sum() >= (0 if desk is not None else enough):
            found.append(Found(worth, float(cv2.contourArea(quad)), inside, _spread(marks[inside], quad), quad))
    kept = _chosen(found, marks)
    scaled = [quad / factor for quad in kept]
    return [sides.refined(image, quad, 5.0 / factor) for quad in scaled] if refine else scaled


def touches_edge(quad: Corners, shape: tuple[int, ...]) -> bool:
    """Whether a corner lies on or beyond the border of the picture (height, width, …)."""
    height, width = shape[:2]
    margin = 0.004 * max(height, width)
    x, y = quad[:, 0], quad[:, 1]
    beyond = (x < margin) | (y < margin) | (x > width - 1 - margin) | (y > height - 1 - margin)
    return bool(beyond.any())


def dewarp(image: Image, quad: Corners, *, shortest: int = 1000, longest: int = 2200) -> Image:
    """The paper alone as a flat BGR picture, not yet upright; its long side between the two limits, in pixels."""
    top, right, bottom, left = (float(np.linalg.norm(quad[(n + 1) % 4] - quad[n])) for n in range(4))
    width, height = max(top, bottom, 8.0), max(left, right, 8.0)
    stretch = min(max(1.0, shortest / max(width, height)), longest / max(width, height))
    size = (max(8, round(width * stretch)), max(8, round(height * stretch)))
    flat = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    homography = cv2.getPerspectiveTransform(quad.astype(np.float32), flat)
    page = cv2.warpPerspective(image, homography, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(page, dtype=np.uint8)


def as_points(quad: Corners, quarter_turns: int = 0) -> tuple[Point, Point, Point, Point]:
    """Corners as plain pairs from the page's own top left, if the page must be turned clockwise by `quarter_turns`."""
    a, b, c, d = (float_pair(quad[(n - quarter_turns) % 4]) for n in range(4))
    return a, b, c, d


def float_pair(corner: NDArray[np.float32]) -> Point:
    """One corner as plain floats."""
    return float(corner[0]), float(corner[1])


def _letters(small: Image) -> Floats:
    """Middles of dark marks of a letter's size, (n, 2): what is printed, not grain, joints or rulings."""
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    ground = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    depth = cv2.max(cv2.convertScaleAbs(ground, alpha=0.12), 10.0)
    ink = cv2.compare(cv2.subtract(ground, grey), depth, cv2.CMP_GT)
    _, _, stats, middles = cv2.connectedComponentsWithStats(ink, ltype=cv2.CV_16U)
    size = stats[1:, cv2.CC_STAT_WIDTH:cv2.CC_STAT_HEIGHT + 1]
    short, long = size.min(axis=1), size.max(axis=1)
    good = (long >= 3) & (long <= small.shape[1] // 20) & (short >= 2) & (stats[1:, cv2.CC_STAT_AREA] >= 4) & (long <= 4 * short)
    return middles[1:][good].astype(np.float32)


def _within(points: Floats, quad: Corners, shrunk: float = 1.0) -> NDArray[np.bool_]:
    """Which points lie in the quad, drawn together about its middle."""
    corners = quad.mean(axis=0) + (quad - quad.mean(axis=0)) * shrunk
    along = (np.roll(corners, -1, axis=0) - corners)[:, None]
    off = points[None] - corners[:, None]
    return np.asarray((along[..., 0] * off[..., 1] - along[..., 1] * off[..., 0] > 0).all(axis=0))


def _spread(letters: Floats, quad: Corners) -> bool:
    return len(letters) > 2 and float(cv2.contourArea(cv2.convexHull(letters))) > 0.5 * float(cv2.contourArea(quad))


def _outlines(lab: Pixels) -> Iterator[Pixels]:
    """The contour of anything large enough, region cues before edge cues."""
    rim = np.concatenate([band.reshape(-1, 3) for band in (lab[:6], lab[-6:], lab[:, :6], lab[:, -6:])])
    off = cv2.absdiff(lab, np.full_like(lab, np.median(rim, axis=0)))
    distance = cv2.add(cv2.add(off[:, :, 0], off[:, :, 1]), off[:, :, 2])       # saturates at 255
    hue = cv2.absdiff(lab, np.full_like(lab, 128))
    channels = [distance, lab[:, :, 0], lab[:, :, 2], lab[:, :, 1], cv2.add(hue[:, :, 1], hue[:, :, 2])]
    kernel = np.ones((5, 5), np.uint8)
    for number, channel in enumerate(channels):
        plane = np.ascontiguousarray(channel)
        level, mask = cv2.threshold(plane, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        closed = cv2.morphologyEx(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), cv2.MORPH_CLOSE, kernel)
        yield from _large(closed)
        yield from _large(cv2.bitwise_not(closed))
        if number < 3:
            edges = cv2.Canny(plane, max(8.0, 0.25 * level), max(20.0, 0.6 * level))
            yield from _large(cv2.dilate(edges, kernel[:3, :3]))
            quiet = cv2.Canny(cv2.GaussianBlur(plane, (0, 0), 2.0), 10, 26)
            yield from _large(cv2.dilate(quiet, kernel))
    calm = cv2.GaussianBlur(lab, (0, 0), 2.0)
    calm = cv2.multiply(calm, np.array([1.0, sides.CHROMA, sides.CHROMA, 0]))
    for low, high, wide in ((8, 16, 5), (5, 10, 7)):
        faint = cv2.Canny(calm, low, high)          # the strongest channel at each pixel
        yield from _large(cv2.dilate(faint, np.ones((wide, wide), np.uint8)))


def _large(mask: Pixels) -> Iterator[Pixels]:
    height, width = mask.shape[:2]
    smallest = SMALLEST * width * height
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    for contour in contours:
        if len(contour) < 0.2 * width:
            continue
        w, h = cv2.boundingRect(contour)[2:]
        if w * h >= smallest and not (w > 0.985 * width and h > 0.985 * height):
            yield contour


def _four_corners(contour: Pixels) -> Corners | None:
    hull = cv2.convexHull(contour)
    around = cv2.arcLength(hull, closed=True)
    outline = contour[:: max(1, len(contour) // 300), 0].astype(np.float32)     # enough for four lines
    for tolerance in (0.015, 0.03, 0.05, 0.08):
        polygon = cv2.approxPolyDP(hull, tolerance * around, closed=True)
        if len(polygon) == 4:
            return _sides_fitted(polygon[:, 0].astype(np.float32), outline)
        if len(polygon) < 4:
            break
    box = cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float32)
    if cv2.contourArea(hull) < 0.88 * cv2.contourArea(box):
        return None
    return _sides_fitted(box, outline)


def _sides_fitted(quad: Corners, outline: Floats) -> Corners:
    """The four lines through the middle parts of the outline's sides: rounded corners and dents do not count."""
    lines: list[Floats] = []
    for n in range(4):
        start, end = quad[n], quad[(n + 1) % 4]
        along = end - start
        length = max(float(np.linalg.norm(along)), 1e-3)
        along = along / length
        offset = outline - start
        at = offset @ along / length
        beside = np.abs(offset @ np.array([-along[1], along[0]], np.float32))
        near = outline[(at > 0.12) & (at < 0.88) & (beside < max(4.0, 0.035 * length))]
        if len(near) < 8:
            return _ordered(quad)
        lines.append(cv2.fitLine(near, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel())
    fitted = sides.crossings(lines)
    return _ordered(quad if fitted is None else fitted)


def _ordered(quad: Corners) -> Corners:
    """Clockwise as seen, the first corner nearest the top left."""
    middle = quad.mean(axis=0)
    turned = quad[np.argsort(np.arctan2(quad[:, 1] - middle[1], quad[:, 0] - middle[0]))]
    return np.roll(turned, -int(np.argmin(turned.sum(axis=1))), axis=0).astype(np.float32)


def _plausible(quad: Corners, width: int, height: int) -> bool:
    if cv2.contourArea(quad) < SMALLEST * width * height or not cv2.isContourConvex(quad):
        return False
    if (quad < -0.03 * width).any() or (quad[:, 0] > 1.03 * width).any() or (quad[:, 1] > 1.03 * height).any():
        return False
    sides = np.roll(quad, -1, axis=0) - quad
    lengths = np.linalg.norm(sides, axis=1)
    if lengths.min() < 0.06 * width or max(lengths[0] / lengths[2], lengths[2] / lengths[0]) > 1.35:
        return False
    if max(lengths[1] / lengths[3], lengths[3] / lengths[1]) > 1.35 or lengths.max() > 4 * lengths.min():
        return False
    unit = sides / lengths[:, None]
    return bool(np.abs((unit * np.roll(unit, -1, axis=0)).sum(axis=1)).max() < 0.42)


def _already(found: list[Found], outline: Pixels) -> bool:
    """Whether the outline is that of a paper surely found, or lies inside one."""
    x, y, w, h = cv2.boundingRect(outline)
    for one in found:
        left, top = one.quad.min(axis=0) - 3
        right, bottom = one.quad.max(axis=0) + 3
        if (one.worth > 0.9 and one.full and left <= x and top <= y and x + w <= right and y + h <= bottom
                and cv2.pointPolygonTest(one.quad, (x + w / 2, y + h / 2), measureDist=False) > 0):
            return True
    return False


def _chosen(found: list[Found], marks: Floats) -> list[Corners]:
    """Of quads that overlap: the better of near twins, else the outer (a table or a photo lies inside its paper).

    But a mat or a tray holds its papers: what has no letters besides those of the smaller quads in it is none itself.
    """
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: -one.area):
        twin = next((n for n, other in enumerate(kept) if _shared(one.quad, other.quad) > 0.8 * other.area), None)
        if twin is None:
            kept.append(one)
        elif one.worth > kept[twin].worth + 0.02:
            kept[twin] = one
    papers = [one for one in kept if not _holds_others(one, kept, marks)]
    taken: list[Found] = []
    for one in papers:
        if all(_shared(one.quad, other.quad) <= 0.25 * one.area for other in taken):
            taken.append(one)
    return [one.quad for one in taken[:MAX_PAGES]]


def _holds_others(outer: Found, found: list[Found], marks: Floats) -> bool:
    inner = [one for one in found if one.area < 0.6 * outer.area and one.letters.sum() >= LETTERS
             and _shared(one.quad, outer.quad) > 0.9 * one.area]
    if not inner:
        return False
    beside = outer.letters.copy()
    for one in inner:
        beside &= ~_within(marks, one.quad, 1.05)
    return int(beside.sum()) < LETTERS_SURE


def _shared(one: Corners, other: Corners) -> float:
    area, _ = cv2.intersectConvexConvex(one, other)
    return float(area)


