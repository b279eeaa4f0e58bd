"""Where papers lie in a frame, and the flat picture of one. Knows edges and colours, no text.

Several cues (lightness, two colour axes, saturation, distance from the desk's colour), each by region and by edge. A
quad is worth what its weakest side is worth, measured as the difference of the strips inside and outside: a line drawn on
the desk is no page.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop.recognition.reading import Point
from hardware.opencv import cv2
from hardware.readings import Image

Corners = NDArray[np.float32]
"""Shape (4, 2): x, y in pixels, clockwise, the first nearest the picture's top left."""
Floats = NDArray[np.float32]
Pixels = NDArray[Any]

SMALLEST = 0.018
"""Share of the frame below which nothing is a paper; an identity card fills 5 % of a 340 x 255 mm desk."""
STEP = 7.0
"""Difference between the strips beside a side (8-bit Lab) that counts as an edge of paper."""
SUPPORT = 0.72
"""Share of a side's samples that must show that difference; the weakest side decides."""
MAX_PAGES = 8
_AT = np.linspace(0.1, 0.9, 25, dtype=np.float32)
_DEPTHS = np.array([3, 4.5, 6, 8], dtype=np.float32)


def find_quads(image: Image, *, reduced_to: int = 800, refine: bool = True) -> list[Corners]:
    """Every paper in a BGR frame, largest first; [] for an empty desk.

    `reduced_to` is the long side searched on; `refine` fits the sides again on the full picture.
    """
    factor = min(1.0, reduced_to / max(image.shape[:2]))
    small = image if factor == 1.0 else cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(small, (5, 5), 0)
    lab = cv2.cvtColor(smooth, cv2.COLOR_BGR2Lab)
    colours = lab.astype(np.float32)
    found: list[tuple[float, float, Corners]] = []
    for outline in _outlines(smooth, lab):
        if _already(found, outline):
            continue
        quad = _four_corners(outline)
        if quad is not None and _plausible(quad, *smooth.shape[1::-1]) and (worth := _worth(colours, quad)) >= SUPPORT:
            found.append((worth, float(cv2.contourArea(quad)), quad))
    kept = _outermost(found)
    scaled = [quad / factor for quad in kept]
    return [_refined(image, quad, 5.0 / factor) for quad in scaled] if refine else scaled


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


def _outlines(smooth: Pixels, lab: Pixels) -> Iterator[Pixels]:
    """The contour of anything large enough, region cues before edge cues."""
    saturation = cv2.cvtColor(smooth, cv2.COLOR_BGR2HSV)[:, :, 1]
    rim = np.concatenate([band.reshape(-1, 3) for band in (lab[:6], lab[-6:], lab[:, :6], lab[:, -6:])])
    off = cv2.absdiff(lab, np.full_like(lab, np.median(rim, axis=0)))
    distance = cv2.add(cv2.add(off[:, :, 0], off[:, :, 1]), off[:, :, 2])       # saturates at 255
    channels = [distance, lab[:, :, 0], lab[:, :, 2], lab[:, :, 1], saturation]
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
    fitted = _crossings(lines)
    return _ordered(quad if fitted is None else fitted)


def _crossings(lines: list[Floats]) -> Corners | None:
    """Where line n-1 meets line n; None when two neighbours are almost parallel. A line is (dx, dy, x, y)."""
    corners = []
    for n in range(4):
        ax, ay, px, py = (float(value) for value in lines[n - 1])
        bx, by, qx, qy = (float(value) for value in lines[n])
        cross = ax * by - ay * bx
        if abs(cross) < 0.2:
            return None
        step = ((qx - px) * by - (qy - py) * bx) / cross
        corners.append((px + step * ax, py + step * ay))
    return np.array(corners, np.float32)


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


def _worth(colours: Floats, quad: Corners) -> float:
    """Support of the weakest side, 0..1; sides on the frame's border do not count, if they are two neighbours at most."""
    height, width = colours.shape[:2]
    middle = quad.mean(axis=0)
    worst, absent = 1.0, []
    for n in range(4):
        start, end = quad[n], quad[(n + 1) % 4]
        points = start + _AT[:, None] * (end - start)
        normal = np.array([end[1] - start[1], start[0] - end[0]], np.float32)
        normal /= max(float(np.linalg.norm(normal)), 1e-3)
        if float((middle - points.mean(axis=0)) @ normal) < 0:
            normal = -normal
        outside = points[:, None, :] - normal * _DEPTHS[None, :, None]
        inside = points[:, None, :] + normal * _DEPTHS[None, :, None]
        x, y = outside[:, 0, 0], outside[:, 0, 1]
        if ((x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)).mean() > 0.5:
            absent.append(n)
            continue
        change = (_at(colours, inside) - _at(colours, outside)).mean(axis=1)
        towards = np.median(change, axis=0)
        size = max(float(np.linalg.norm(towards)), 1e-3)
        worst = min(worst, float((change @ (towards / size) > STEP).mean()))
        if worst < SUPPORT:
            return worst
    if len(absent) > 2 or (len(absent) == 2 and (absent[1] - absent[0]) % 2 == 0):
        return 0.0
    return worst


def _at(colours: Floats, points: Floats) -> Floats:
    height, width = colours.shape[:2]
    x = np.clip(np.rint(points[..., 0]).astype(np.intp), 0, width - 1)
    y = np.clip(np.rint(points[..., 1]).astype(np.intp), 0, height - 1)
    return colours[y, x]


def _already(found: list[tuple[float, float, Corners]], outline: Pixels) -> bool:
    """Whether the outline is that of a paper surely found, or lies inside one."""
    x, y, w, h = cv2.boundingRect(outline)
    for worth, _, quad in found:
        left, top = quad.min(axis=0) - 3
        right, bottom = quad.max(axis=0) + 3
        if (worth > 0.9 and left <= x and top <= y and x + w <= right and y + h <= bottom
                and cv2.pointPolygonTest(quad, (x + w / 2, y + h / 2), measureDist=False) > 0):
            return True
    return False


def _outermost(found: list[tuple[float, float, Corners]]) -> list[Corners]:
    """Of quads that overlap: the better of near twins, else the outer (a table or a photo lies inside its paper)."""
    kept: list[tuple[float, float, Corners]] = []
    for worth, area, quad in sorted(found, key=lambda one: -one[1]):
        rival = next((n for n, other in enumerate(kept) if _shared(quad, other[2]) > 0.25 * area), None)
        if rival is None:
            kept.append((worth, area, quad))
        elif area > 0.8 * kept[rival][1] and worth > kept[rival][0] + 0.02:
            kept[rival] = (worth, area, quad)
    return [quad for _, _, quad in kept[:MAX_PAGES]]


def _shared(one: Corners, other: Corners) -> float:
    area, _ = cv2.intersectConvexConvex(one, other)
    return float(area)


def _refined(image: Image, quad: Corners, reach: float) -> Corners:
    """Fit each side again on the full picture: the sharpest change along the normal.

    `reach` pixels outwards and more than twice that inwards, because an outline often takes the paper's shadow with it.
    """
    lines: list[Floats] = []
    shortest = float(np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1).min())
    steps = np.arange(-min(2.4 * reach, 0.08 * shortest), reach + 1, 1.0, dtype=np.float32)
    at = np.linspace(0.08, 0.92, 72, dtype=np.float32)
    for n in range(4):
        start, end = quad[n], quad[(n + 1) % 4]
        along = (end - start) / max(float(np.linalg.norm(end - start)), 1e-3)
        normal = np.array([along[1], -along[0]], np.float32)
        middle = start + at[:, None] * (end - start)
        spots = middle[:, None, :] + steps[None, :, None] * normal
        profile = np.zeros((len(at), len(steps), 3), np.float32)
        for shift in (-2.0, 0.0, 2.0):      # three parallel cuts, against noise
            moved = (spots + shift * along).astype(np.float32)
            profile += cv2.remap(image, np.ascontiguousarray(moved[..., 0]), np.ascontiguousarray(moved[..., 1]),
                                 cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        wide = cv2.blur(profile, (4, 1))
        change = np.abs(wide[:, 4:] - wide[:, :-4]).sum(axis=2)
        best = change.argmax(axis=1)
        strong = change[np.arange(len(at)), best] > 30
        if strong.sum() < 24:
            lines.append(np.array([*along, *start], np.float32))
            continue
        # wide[i] is the mean of profile[i-2 .. i+1]: the step between wide[b] and wide[b+4] stands at b + 1.5 + 0.0
        edge = (middle + (steps[best] + 1.5)[:, None] * normal)[strong].astype(np.float32)
        line = cv2.fitLine(edge, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        off = np.abs((edge - line[2:]) @ np.array([-line[1], line[0]], np.float32))
        if (off < 2.5).sum() >= 20:
            line = cv2.fitLine(edge[off < 2.5], cv2.DIST_L2, 0, 0.01, 0.01).ravel()
        lines.append(np.asarray(line, dtype=np.float32))
    fitted = _crossings(lines)
    if fitted is None or float(np.abs(fitted - quad).max()) > 3.5 * reach:
        return quad
    return fitted
