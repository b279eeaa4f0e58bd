"""The four sides of a quad: how well the picture bears each out, and where exactly each runs. Knows nothing of papers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hardware.opencv import cv2
from hardware.readings import Image

Corners = NDArray[np.float32]
"""Shape (4, 2): x, y in pixels, clockwise, the first nearest the picture's top left."""
Floats = NDArray[np.float32]

STEP = 3.0
"""Least difference between the strips beside a side (8-bit Lab) that counts on a calm desk."""
STEP_SURE = 7.0
"""Difference that counts on any desk."""
CHROMA = 1.5
"""Weight of the colour axes: one unit of them is seen as easily as two and a half of 8-bit lightness."""
_AT = np.linspace(0.08, 0.92, 25, dtype=np.float32)
_BESIDE = np.array([3, 4.5, 6, 8], dtype=np.float32)
_STRIPS = np.stack([_BESIDE, -_BESIDE, -_BESIDE - 8])
"""Distances inwards at which a side is sampled: inside, outside, and farther out, to see how restless the ground is."""
_NEAR = np.maximum(0, 1 - np.abs(np.arange(25)[:, None] - np.arange(25)[None]) / 7).astype(np.float32)


def support(lab: Image, quad: Corners) -> tuple[float, float]:
    """Of a smoothed 8-bit Lab picture: what the weakest side is worth, 0..1, and the share of sides that are steps, not lines.

    A side on the picture's border counts neither way if there are two neighbouring ones at most; else all is worth 0.
    """
    height, width = lab.shape[:2]
    start, along = quad[:, None, :], (np.roll(quad, -1, axis=0) - quad)[:, None, :]
    points = start + _AT[None, :, None] * along                                                  # (4, 25, 2)
    normal = np.concatenate([-along[..., 1], along[..., 0]], axis=1)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-3)                    # inwards, as corners run clockwise
    spots = points[:, :, None, None] + _STRIPS[..., None] * normal[:, None, None, None]          # (4, 25, 3, 4, 2)
    x, y = points[..., 0] - 3 * normal[:, :1], points[..., 1] - 3 * normal[:, 1:]
    present = ((x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)).mean(axis=1) <= 0.5
    absent = np.flatnonzero(~present)
    if len(absent) > 2 or (len(absent) == 2 and (absent[1] - absent[0]) % 2 == 0):
        return 0.0, 0.0
    columns = np.clip(np.rint(spots[..., 0]).astype(np.intp), 0, width - 1)
    rows = np.clip(np.rint(spots[..., 1]).astype(np.intp), 0, height - 1)
    strips = lab[rows, columns].astype(np.float32).mean(axis=3) * np.array([1, CHROMA, CHROMA], np.float32)
    inside, outside, far = strips[:, :, 0], strips[:, :, 1], strips[:, :, 2]
    change = inside - outside
    restless = np.median(np.linalg.norm(outside - far, axis=2), axis=1)
    needed = np.clip(1.5 * restless, STEP, STEP_SURE)[:, None]
    whole = np.median(change, axis=1, keepdims=True)                    # one colour of paper on one of desk …
    nearby = np.einsum("ij,njc->nic", _NEAR, change)                    # … or each stretch on its own
    share = np.max([(_along(change, way) > needed).mean(axis=1) for way in (whole, nearby)], axis=0)[present]
    step = (_along(inside - far, whole) > 0.5 * _along(change, whole)).mean(axis=1)[present] > 0.5
    return float(share.min()), float(step.mean())


def refined(image: Image, quad: Corners, reach: float) -> Corners:
    """Fit each side again on the full picture: the sharpest change along the normal.

    `reach` pixels outwards and more than twice that inwards, because an outline often takes the paper's shadow with it. The quad
    as it was where the picture shows no better.
    """
    ahead = np.roll(quad, -1, axis=0) - quad
    lengths = np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-3)
    along = (ahead / lengths).astype(np.float32)
    outwards = np.stack([along[:, 1], -along[:, 0]], axis=1)
    steps = np.arange(-min(2.4 * reach, 0.08 * float(lengths.min())), reach + 1, 1.0, dtype=np.float32)
    at = np.linspace(0.08, 0.92, 72, dtype=np.float32)
    middle = quad[:, None] + at[None, :, None] * ahead[:, None]                                  # (4, 72, 2)
    spots = middle[:, :, None] + steps[None, None, :, None] * outwards[:, None, None]
    profile = np.zeros((4 * len(at), len(steps), 3), np.float32)
    for shift in (-2.0, 0.0, 2.0):      # three parallel cuts, against noise
        moved = (spots + shift * along[:, None, None]).reshape(4 * len(at), len(steps), 2).astype(np.float32)
        profile += cv2.remap(image, moved, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    wide = cv2.blur(profile, (4, 1))
    change = np.abs(wide[:, 4:] - wide[:, :-4]).sum(axis=2).reshape(4, len(at), -1)
    best = change.argmax(axis=2)
    strong = np.take_along_axis(change, best[..., None], axis=2)[..., 0] > 30
    # wide[i] is the mean of profile[i-2 .. i+1]: the step between wide[b] and wide[b+4] stands at b + 1.5
    edges = middle + (steps[best] + 1.5)[..., None] * outwards[:, None]
    lines = [_line(edges[n][strong[n]].astype(np.float32), along[n], quad[n]) for n in range(4)]
    fitted = crossings(lines)
    return quad if fitted is None or float(np.abs(fitted - quad).max()) > 3.5 * reach else fitted


def crossings(lines: list[Floats]) -> Corners | None:
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


def _along(change: Floats, way: Floats) -> Floats:
    """How far each sample changes in the direction given, (4, 25)."""
    size = np.maximum(np.linalg.norm(way, axis=2, keepdims=True), 1e-3)
    return np.asarray((change * (way / size)).sum(axis=2), dtype=np.float32)


def _line(edge: Floats, along: Floats, start: Floats) -> NDArray[Any]:
    """Through the points of one side, strays left out; the side as it was where there are too few."""
    if len(edge) < 24:
        return np.array([*along, *start], np.float32)
    line = cv2.fitLine(edge, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    off = np.abs((edge - line[2:]) @ np.array([-line[1], line[0]], np.float32))
    if (off < 2.5).sum() >= 20:
        line = cv2.fitLine(edge[off < 2.5], cv2.DIST_L2, 0, 0.01, 0.01).ravel()
    return np.asarray(line)
