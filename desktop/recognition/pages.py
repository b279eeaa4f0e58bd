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
from desktop.recognition.sides import Corners, Floats, Support
from hardware.opencv import cv2
from hardware.readings import Image

Pixels = NDArray[Any]

SMALLEST = 0.018
"""Share of the frame below which nothing is a paper; an identity card fills 5 % of a 340 x 255 mm desk."""
SUPPORT = 0.72
"""Share of the weakest side's samples that must show an edge."""
HALF = 0.5
"""As SUPPORT, for the sides around a frame that was found: the frame speaks for them."""
MAX_PAGES = 8
OUTLINES = 150
"""Looked at from one cue; a restless desk has thousands."""
LIVE_CUES = 4
"""Of the cues, how many the live look tries; the next frame comes in a moment."""
LETTERS = 11
"""Marks of a letter's size that make a paper of a quad; the back of an identity card, with least, shows some twenty."""
LETTERS_SURE = 4
"""Enough where all four sides are beyond doubt: letters smear in motion, sides do not."""


ONE_GROUND = 12.0
"""8-bit Lab; a paper's ground differs less within itself, even where light falls off."""
OUTSIDE, FILLED = 0.1, 0.55
"""Shares of a picture's letters and of its area: with more letters outside what was found, or with more found, it may be a scanned page."""
CLUSTER = 8
"""Letters close together, in a space of an identity card's size, that may be a paper not found yet."""


class Found(NamedTuple):
    """A quad that may be a paper, in the reduced picture."""

    support: Support
    area: float
    letters: NDArray[np.bool_]
    """Which of the picture's marks stand in it."""
    full: bool
    """The letters spread over it, so what else is found inside belongs to it."""
    quad: Corners


def find_quads(image: Image, *, reduced_to: int = 800, refine: bool = True, desk: EmptyDesk | None = None) -> list[Corners]:
    """Every paper in a BGR frame, largest first; [] for an empty desk.

    `reduced_to` is the long side searched on; `refine` fits the sides again on the full picture, without it the search is the live
    look's, which gives up sooner; `desk` is what this camera sees
    when nothing lies there: its pattern, mats and joints are then no sides of anything, and a sheet without writing is a paper too.
    """
    small = reduced(image, reduced_to)
    factor = small.shape[1] / image.shape[1]
    marks = _letters(small)
    smooth = np.asarray(cv2.GaussianBlur(small, (5, 5), 0), dtype=np.uint8)
    plain: Image = np.asarray(cv2.cvtColor(smooth, cv2.COLOR_BGR2Lab), dtype=np.uint8)
    less = None if desk is None else desk.without(smooth, plain)
    cues = None if refine else LIVE_CUES
    found = []
    if less is not None and desk is not None:
        written = _clustered(marks, plain.shape)
        found = [one for one in _searched(less, marks, cues, blank=True) if not _is_left_over(desk, plain, one.quad)
                 and ((written and one.letters.sum() >= LETTERS) or _borne_out(plain, one.quad))]
    if less is None or not _explained(marks, found, plain.shape):      # what lay there when the desk was learnt hides in the difference
        found += _searched(plain, marks, cues, blank=False)
    seen = plain if less is None else less
    kept = [_around(seen, one) for one in _chosen(found, marks, seen)]
    return [_finer(image, seen, one, factor) if refine else one.quad / factor for one in kept]


def _searched(lab: Image, marks: Floats, cues: int | None, *, blank: bool) -> list[Found]:
    """Every quad that may be a paper, by one cue after the other until all letters are explained; a `blank` sheet leaves none to miss."""
    found: list[Found] = []
    for cue, mask in enumerate(islice(_masks(lab), cues)):
        for outline in islice(_large(mask), OUTLINES):
            if not _already(found, outline) and (one := _paper(lab, outline, marks, blank=blank)) is not None:
                found.append(one)
        if _explained(marks, found, lab.shape) and (not blank or cue >= 1):
            break
    return found


def _is_left_over(desk: EmptyDesk, plain: Image, quad: Corners) -> bool:
    """Whether a side is that of a sheet that lay there when the desk was learnt: seen on the desk, and in the picture no more."""
    then = sides.support(desk.lab, quad * (desk.lab.shape[1] / plain.shape[1])).shares
    return bool(((then > 0.6) & (sides.support(plain, quad).shares < 0.5)).any())


def _borne_out(plain: Image, quad: Corners) -> bool:
    """Whether the picture itself shows the sides: where a sheet was taken away since the desk was learnt, only the difference does."""
    return sides.support(plain, quad).weakest >= SUPPORT


def is_bare(image: Image) -> bool:
    """Whether nothing in a BGR frame looks like writing: what lies there may be learnt as the desk."""
    small = reduced(image, 800)
    return not _clustered(_letters(small), small.shape)


def marks(image: Image) -> int:
    """How many marks of a letter's size a BGR picture bears, dark on light or light on dark: without them there is nothing to read."""
    small = reduced(image, 800)
    return max(len(_letters(small)), len(_letters(np.asarray(255 - small, np.uint8))))


def may_be_parts(image: Image, quads: list[Corners], *, known: bool) -> bool:
    """Whether the quads may be parts of one flat scan: they fill the BGR picture, or writing goes on around them.

    On the same ground, if one of them is a `known` paper: what is written beside a paper on another ground is not its own.
    """
    if len(quads) > 1 and sum(float(cv2.contourArea(quad)) for quad in quads) > FILLED * image.shape[0] * image.shape[1]:
        return True
    small = reduced(image, 800)
    factor = small.shape[1] / image.shape[1]
    marks = _letters(small)
    outside = np.ones(len(marks), bool)
    for quad in quads:
        outside &= ~_within(marks, quad * factor, 1.05)
    if outside.sum() <= OUTSIDE * len(marks) or not _clustered(marks[outside], small.shape):
        return False
    if not known:
        return True
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2Lab), dtype=np.uint8)
    return any(_framed(lab, quad * factor, (quad + 0.16 * (quad - quad.mean(axis=0))) * factor) for quad in quads)


def touches_edge(quad: Corners, shape: tuple[int, ...]) -> bool:
    """Whether a corner lies beyond the picture (height, width, …) or a whole side along its border."""
    height, width = shape[:2]
    room = np.stack([quad[:, 0], quad[:, 1], width - 1 - quad[:, 0], height - 1 - quad[:, 1]], axis=1) / max(height, width)
    along = np.maximum(room, np.roll(room, -1, axis=0))                 # both ends of a side, to each border
    return bool((room < 0.0015).any() or (along < 0.008).any())


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
    depth = np.maximum(cv2.convertScaleAbs(ground, alpha=0.12), np.uint8(10))
    ink = cv2.compare(cv2.subtract(ground, grey), depth, cv2.CMP_GT)
    _, _, stats, middles = cv2.connectedComponentsWithStats(ink, ltype=cv2.CV_16U)
    size = stats[1:, cv2.CC_STAT_WIDTH:cv2.CC_STAT_HEIGHT + 1]
    short, long = size.min(axis=1), size.max(axis=1)
    good = (long >= 3) & (long <= small.shape[1] // 20) & (short >= 2) & (stats[1:, cv2.CC_STAT_AREA] >= 4) & (long <= 4 * short)
    return np.asarray(middles[1:][good], dtype=np.float32)


def _within(points: Floats, quad: Corners, shrunk: float = 1.0) -> NDArray[np.bool_]:
    """Which points lie in the quad, drawn together about its middle."""
    corners = quad.mean(axis=0) + (quad - quad.mean(axis=0)) * shrunk
    along = (np.roll(corners, -1, axis=0) - corners)[:, None]
    off = points[None] - corners[:, None]
    return np.asarray((along[..., 0] * off[..., 1] - along[..., 1] * off[..., 0] > 0).all(axis=0))


def _spread(letters: Floats, quad: Corners) -> bool:
    return len(letters) > 2 and float(cv2.contourArea(cv2.convexHull(letters))) > 0.5 * float(cv2.contourArea(quad))


def _paper(lab: Image, outline: Pixels, marks: Floats, *, blank: bool) -> Found | None:
    """The outline as a paper, if four sides bear it out and it is written on (or may be `blank`). Cheap doubts come first."""
    size = lab.shape[1::-1]
    rough = _four_corners(outline)
    if rough is None or not _plausible(rough, *size) or not (blank or _within(marks, rough).sum() >= LETTERS_SURE):
        return None
    fitted = sides.through(outline[:: max(1, len(outline) // 200), 0].astype(np.float32), rough)
    quad = rough if fitted is None else _ordered(fitted)
    if fitted is not None and not _plausible(quad, *size):
        return None
    inside = _within(marks, quad, 0.92)
    letters = int(inside.sum())
    if letters < LETTERS_SURE and not blank:
        return None
    seen = sides.support(lab, quad)
    sure = blank or letters >= LETTERS or (seen.weakest > 0.9 and seen.steps == 1.0)
    if seen.weakest < SUPPORT or not sure:
        return None
    return Found(seen, float(cv2.contourArea(quad)), inside, _spread(marks[inside], quad), quad)


def _explained(marks: Floats, found: list[Found], frame: tuple[int, ...]) -> bool:
    """Whether the letters outside the papers surely found lie too thin to make another."""
    left = np.ones(len(marks), bool)
    for one in found:
        if one.support.weakest > 0.9 and one.support.is_papers:
            left &= ~_within(marks, one.quad, 1.05)
    if left.sum() < LETTERS_SURE:
        return True
    if left.all():
        return False
    near = _close_by(marks[left], frame)
    return float(near.max()) < CLUSTER      # a cloth of dots hides the writing among them, so there all cues are tried


def _clustered(marks: Floats, frame: tuple[int, ...]) -> bool:
    """Whether marks stand so close somewhere that they may be writing."""
    near = _close_by(marks, frame)
    return float(near.max()) >= max(CLUSTER, 3 * float(np.median(near)))      # grain is marks everywhere


def _close_by(marks: Floats, frame: tuple[int, ...]) -> Floats:
    """How many marks stand near, in a space of an identity card's size, over the frame (12, 16)."""
    cells = np.zeros((12, 16), np.float32)
    np.add.at(cells, ((marks[:, 1] * 12 / frame[0]).astype(np.intp), (marks[:, 0] * 16 / frame[1]).astype(np.intp)), 1)
    return np.asarray(cv2.blur(cells, (3, 3), borderType=cv2.BORDER_CONSTANT) * 9, dtype=np.float32)


def _masks(lab: Image) -> Iterator[Pixels]:
    """Where papers may end or lie, one cue after the other, the most telling first. Edges take the strongest of three channels."""
    kernel = np.ones((5, 5), np.uint8)
    weighed = cv2.multiply(lab, np.array([1.0, sides.CHROMA, sides.CHROMA, 0.0]))
    yield cv2.dilate(cv2.Canny(weighed, 12, 30), kernel[:3, :3])
    rim = np.concatenate([band.reshape(-1, 3) for band in (lab[:6], lab[-6:], lab[:, :6], lab[:, -6:])])
    off = cv2.absdiff(lab, np.array([*np.median(rim, axis=0), 0.0]))
    distance = cv2.add(cv2.add(off[:, :, 0], off[:, :, 1]), off[:, :, 2])       # saturates at 255
    level, mask = _apart(distance)
    yield mask
    yield _apart(lab[:, :, 0])[1]
    yield cv2.dilate(cv2.Canny(distance, max(8.0, 0.25 * level), max(20.0, 0.6 * level)), kernel[:3, :3])
    yield _apart(lab[:, :, 2])[1]
    yield _apart(lab[:, :, 1])[1]
    yield cv2.dilate(cv2.Canny(weighed, 12, 30), kernel)
    calm = cv2.GaussianBlur(weighed, (9, 9), 2.0)
    yield cv2.dilate(cv2.Canny(calm, 8, 16), kernel)
    hue = cv2.absdiff(lab, np.array([128.0, 128.0, 128.0, 0.0]))
    yield _apart(cv2.add(hue[:, :, 1], hue[:, :, 2]))[1]
    yield cv2.dilate(cv2.Canny(calm, 5, 10), np.ones((7, 7), np.uint8))


def _apart(channel: Pixels) -> tuple[float, Pixels]:
    """The channel parted in two by Otsu's level, specks and gaps removed."""
    kernel = np.ones((5, 5), np.uint8)
    level, mask = cv2.threshold(np.ascontiguousarray(channel), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    closed = cv2.morphologyEx(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), cv2.MORPH_CLOSE, kernel)
    return float(level), cv2.copyMakeBorder(closed[1:-1, 1:-1], 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)


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
    quad: Corners | None = None
    for tolerance in (0.015, 0.03, 0.05, 0.08):
        polygon = cv2.approxPolyDP(hull, tolerance * around, closed=True)
        if len(polygon) == 4:
            quad = polygon[:, 0].astype(np.float32)
        if len(polygon) <= 4:
            break
    if quad is None:
        quad = cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float32)
        if cv2.contourArea(hull) < 0.88 * cv2.contourArea(quad):
            return None
    return _ordered(quad)


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
        if (one.support.weakest > 0.9 and one.full and left <= x and top <= y and x + w <= right and y + h <= bottom
                and cv2.pointPolygonTest(one.quad, (x + w / 2, y + h / 2), measureDist=False) > 0):
            return True
    return False


def _chosen(found: list[Found], marks: Floats, lab: Image) -> list[Found]:
    """Of quads that overlap: the better of near twins, else the outer (a table or a photo lies inside its paper).

    But a mat or a tray holds its papers: what has no letters besides those of the smaller quads in it is none itself.
    """
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: -one.area):
        twin = next((n for n, other in enumerate(kept) if _is_twin(one, other)), None)
        if twin is None:
            kept.append(one)
        elif _merit(one) > _merit(kept[twin]) + 0.02:
            kept[twin] = one
    papers = [one for one in kept if not _holds_others(one, kept, marks, lab)]
    taken: list[Found] = []
    for one in papers:
        if all(_shared(one.quad, other.quad) <= 0.25 * one.area for other in taken):
            taken.append(one)
    return taken[:MAX_PAGES]


def _is_twin(inner: Found, outer: Found) -> bool:
    """Whether both are the same paper: nearly all of it, or all its letters with a strip of desk around them."""
    shared = _shared(inner.quad, outer.quad)
    return shared > 0.9 * outer.area or (shared > 0.95 * inner.area and inner.area > 0.6 * outer.area
                                         and inner.letters.sum() >= 0.95 * outer.letters.sum())


def _merit(one: Found) -> float:
    """Of twins the one without the paper's shadow, though the shadow's rim may be the sharper."""
    return one.support.weakest + 0.6 * float(one.support.clean.mean()) + 0.4 * one.support.steps


def _holds_others(outer: Found, found: list[Found], marks: Floats, lab: Image) -> bool:
    """Whether all its letters stand on papers lying in it.

    The halves of a folded paper, with all corners on its sides, are none, nor is what a printed frame encloses.
    """
    inner = [one for one in found if one.area < 0.9 * outer.area and one.letters.sum() >= LETTERS
             and one.support.steps >= 0.75 and not _framed(lab, one.quad, outer.quad)
             and _shared(one.quad, outer.quad) > 0.8 * one.area
             and sum(cv2.pointPolygonTest(outer.quad, float_pair(corner), measureDist=True) > 5 for corner in one.quad) >= 2]
    if not inner:
        return False
    beside = outer.letters.copy()
    for one in inner:
        beside &= ~_within(marks, one.quad, 1.05)
    return int(beside.sum()) < LETTERS_SURE


def _around(lab: Image, one: Found) -> Found:
    """The paper that a frame or a table is printed on, where its sides can be found around it; else what was found."""
    if one.support.is_papers:
        return one
    reach = 0.35 * float(np.linalg.norm(np.roll(one.quad, -1, axis=0) - one.quad, axis=1).min())
    outer = sides.around(lab, one.quad, reach)
    if outer is None or not _plausible(outer, *lab.shape[1::-1]) or not _framed(lab, one.quad, outer):
        return one
    seen = sides.support(lab, outer)
    return one if seen.weakest < HALF else one._replace(quad=outer, support=seen, area=float(cv2.contourArea(outer)))


def _framed(lab: Image, inner: Corners, outer: Corners) -> bool:
    """Whether the ground of the inner quad goes on between the two: the inner one is a line printed on the outer."""
    height, width = lab.shape[:2]
    grounds = []
    for share in (0.9, 1.0):      # within the inner quad, and half-way to the outer
        ring = inner.mean(axis=0) + share * (inner - inner.mean(axis=0)) if share < 1 else (inner + outer) / 2
        spots = ring[:, None] + np.linspace(0, 1, 40, dtype=np.float32)[None, :, None] * (np.roll(ring, -1, axis=0) - ring)[:, None]
        columns, rows = np.clip(spots[..., 0].astype(np.intp), 0, width - 1), np.clip(spots[..., 1].astype(np.intp), 0, height - 1)
        grounds.append(np.median(lab[rows, columns].astype(np.float32), axis=1))                # (4, 3)
    apart = np.linalg.norm((grounds[0] - grounds[1]) * np.array([1, sides.CHROMA, sides.CHROMA], np.float32), axis=1)
    return bool(np.median(apart) < ONE_GROUND)


def _finer(image: Image, lab: Image, one: Found, factor: float) -> Corners:
    """The corners on the full picture, unless a shadow or a pattern led them where the sides are worth less."""
    rough = one.quad / factor
    fine = sides.refined(image, rough, 5.0 / factor, one.support)
    return fine if sides.support(lab, fine * factor).weakest >= 0.4 else rough


def _shared(one: Corners, other: Corners) -> float:
    area, _ = cv2.intersectConvexConvex(one, other)
    return float(area)


