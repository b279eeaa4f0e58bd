"""The four sides of a quad: how well the picture bears each out, and where exactly each runs. Knows nothing of papers."""

from typing import NamedTuple

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
_FAINT, _MOST = 4.0, 0.72
"""Difference (8-bit Lab, channels together) that may be a paper's side on one of its own colour, and the share of it that must show."""
_AT = np.linspace(0.08, 0.92, 25, dtype=np.float32)
_BESIDE = np.array([3, 4.5, 6, 8], dtype=np.float32)
_STRIPS = np.concatenate([_BESIDE, -_BESIDE, -_BESIDE - 8, _BESIDE + 8])
"""Distances inwards at which a side is sampled: inside, outside, farther out (how restless the ground is) and farther in."""
_ALONG = np.linspace(0.06, 0.94, 72, dtype=np.float32)
_NEAR = np.maximum(0, 1 - np.abs(np.arange(25)[:, None] - np.arange(25)[None]) / 7).astype(np.float32)
_WEIGHTS = np.array([1, CHROMA, CHROMA], np.float32) / len(_BESIDE)


class Support(NamedTuple):
    """What a picture says of a quad; shares, 0..1."""

    weakest: float
    """Of the samples of its least certain side, those that show an edge."""
    steps: float
    """Of its sides, those that part two colours; the others are lines on one ground, or shadows."""
    clean: NDArray[np.bool_]
    """Which sides have the paper just inside them; the others enclose a shadow or a strip of desk as well."""
    present: NDArray[np.bool_]
    """Which sides lie in the picture; the paper goes on beyond the others."""
    shares: Floats
    """Of each side's samples those that show an edge; 1 for a side beyond the picture."""

    @property
    def is_papers(self) -> bool:
        """Whether the sides are where a paper ends, and not a frame printed on it."""
        return int(self.clean.sum()) >= 3 and self.steps >= 0.75


NONE = Support(0.0, 0.0, np.zeros(4, bool), np.zeros(4, bool), np.zeros(4, np.float32))


def support(lab: Image, quad: Corners) -> Support:
    """Judge a clockwise quad on a smoothed 8-bit Lab picture.

    A side on the picture's border counts neither way if there are two neighbouring ones at most; else all is worth nothing.
    """
    height, width = lab.shape[:2]
    along = (np.roll(quad, -1, axis=0) - quad).astype(np.float32)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)                                       # inwards
    normal /= np.maximum(np.hypot(normal[:, :1], normal[:, 1:]), 1e-3)
    points = quad[:, None] + _AT[None, :, None] * along[:, None]                                 # (4, 25, 2)
    just_out = points - 3 * normal[:, None]
    present = ((just_out >= 0) & (just_out <= (width - 1, height - 1))).all(axis=2).mean(axis=1) >= 0.5
    absent = np.flatnonzero(~present)
    if len(absent) > 2 or (len(absent) == 2 and (absent[1] - absent[0]) % 2 == 0):
        return NONE
    spots = points[:, :, None] + _STRIPS[:, None] * normal[:, None, None] + 0.5                  # (4, 25, 16, 2)
    columns = np.clip(spots[..., 0].astype(np.int32), 0, width - 1)
    rows = np.clip(spots[..., 1].astype(np.int32), 0, height - 1)
    strips = lab.reshape(-1, 3)[rows * width + columns].reshape(4, 25, 4, 4, 3).sum(axis=3, dtype=np.int32) * _WEIGHTS
    inside, outside, far, deep = (strips[:, :, n] for n in range(4))
    change = inside - outside
    restless = _middle(_size(outside - far))
    needed = np.clip(1.5 * restless, STEP, STEP_SURE)[:, None]
    whole = _middle(change)[:, None]                                    # one colour of paper on one of desk …
    nearby = np.einsum("ij,njc->nic", _NEAR, change)                    # … or each stretch on its own
    ahead = _along(change, whole)
    share = np.maximum((ahead > needed).mean(axis=1), (_along(change, nearby) > needed).mean(axis=1))
    share[~present] = 1
    steps = (_along(inside - far, whole) > 0.5 * ahead).mean(axis=1)[present] > 0.5
    clean = (_size(_middle(inside - deep)) < 0.7 * _size(whole[:, 0])) | ~present
    return Support(float(share.min()), float(steps.mean()), clean, present, share.astype(np.float32))


def through(points: Floats, quad: Corners) -> Corners | None:
    """The quad of the four lines through the middle parts of an outline's sides: rounded corners and dents do not count.

    `points` (n, 2) of the outline; None where a side has too few or no four corners come of it.
    """
    ahead = np.roll(quad, -1, axis=0) - quad
    lengths = np.maximum(np.linalg.norm(ahead, axis=1), 1e-3)
    along = ahead / lengths[:, None]
    off = points[None] - quad[:, None]                                                           # (4, n, 2)
    at = (off * along[:, None]).sum(axis=2) / lengths[:, None]
    beside = np.abs(off[..., 0] * along[:, None, 1] - off[..., 1] * along[:, None, 0])
    weight = ((at > 0.12) & (at < 0.88) & (beside < np.maximum(4.0, 0.035 * lengths)[:, None])).astype(np.float32)
    if weight.sum(axis=1).min() < 8:
        return None
    return crossings(_lines(np.broadcast_to(points, (4, *points.shape)), weight))


def refined(image: Image, quad: Corners, reach: float, seen: Support) -> Corners:
    """Fit each side again on the full picture: first the straight line that most of it changes across, then its exact place.

    `reach` pixels either way, and twice that inwards for a side that is not clean, because an outline often takes the paper's
    shadow with it. The quad as it was where the picture shows no better.
    """
    ahead = np.roll(quad, -1, axis=0) - quad
    lengths = np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-3)
    along = (ahead / lengths).astype(np.float32)
    outwards = np.stack([along[:, 1], -along[:, 0]], axis=1)
    inwards = min(2.4 * reach, 0.08 * float(lengths.min()))
    steps = np.arange(-round(inwards), round(reach) + 1, dtype=np.float32)
    middle = quad[:, None] + _ALONG[None, :, None] * ahead[:, None]                              # (4, 72, 2)
    spots = middle[:, :, None] + steps[None, None, :, None] * outwards[:, None, None]
    profile = np.zeros((4 * len(_ALONG), len(steps), 3), np.float32)
    for shift in (-2.0, 0.0, 2.0):      # three parallel cuts, against noise
        moved = (spots + shift * along[:, None, None]).reshape(4 * len(_ALONG), len(steps), 2).astype(np.float32)
        profile += cv2.remap(image, moved[..., 0], moved[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    start = _straight(_change(profile, 6), steps, np.where(seen.clean, -1.2 * reach, -inwards))
    near = np.abs(steps[None, None] - start[..., None]) <= 4
    change = np.where(near, _change(profile, 4), 0.0)                   # the step stands half a pixel before its index
    best = change.argmax(axis=2)
    strong = np.take_along_axis(change, best[..., None], axis=2)[..., 0] > 12
    edges = (middle + (steps[best] - 0.5)[..., None] * outwards[:, None]).astype(np.float32)
    strong &= (strong.sum(axis=1, keepdims=True) >= 20) & seen.present[:, None]      # a side too faint to be found again stays
    lines = _lines(edges, strong.astype(np.float32))
    kept = ~strong.any(axis=1)
    lines[kept] = np.concatenate([along, quad], axis=1)[kept]
    fitted = crossings(lines)
    return quad if fitted is None or float(np.abs(fitted - quad).max()) > 3.5 * reach else fitted


def around(lab: Image, quad: Corners, reach: float) -> Corners | None:
    """The nearest four long sides outside a clockwise quad that is printed on something larger; None where one has none.

    `lab` 8-bit and smoothed, `reach` in its pixels. Faint sides count as well as strong ones: what matters is that most of one is there.
    """
    ahead = np.roll(quad, -1, axis=0) - quad
    along = (ahead / np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-3)).astype(np.float32)
    outwards = np.stack([along[:, 1], -along[:, 0]], axis=1)
    steps = np.arange(3, round(reach) + 1, dtype=np.float32)
    middle = quad[:, None] + _ALONG[None, :, None] * ahead[:, None]                              # (4, 72, 2)
    spots = (middle[:, :, None] + steps[None, None, :, None] * outwards[:, None, None]).reshape(-1, len(steps), 2).astype(np.float32)
    weighed = lab.astype(np.float32) * np.array([1, CHROMA, CHROMA], np.float32)
    profile = np.asarray(cv2.remap(weighed, spots[..., 0], spots[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
    strong = _change(profile, 4) > _FAINT
    strong[:, :, 1:] |= strong[:, :, :-1]                               # a side may run between two steps
    ends = np.arange(2, len(steps) - 2, 2)
    first, last = (one.ravel() for one in np.meshgrid(ends, ends))
    level = np.abs(first - last) <= max(6.0, 0.12 * len(steps))
    first, last = first[level], last[level]
    index = np.rint(first[:, None] + (last - first)[:, None] * np.linspace(0, 1, len(_ALONG))[None, ::2]).astype(np.intp)
    share = strong[:, np.arange(0, len(_ALONG), 2)[None], index].mean(axis=2)                    # (4, lines)
    far = (first + last) / 2
    points = np.zeros((4, 2, 2), np.float32)
    for side in range(4):
        good = np.flatnonzero(share[side] >= _MOST)
        if not len(good):
            return None
        near = good[far[good] <= far[good].min() + 5]
        best = near[share[side, near].argmax()]
        for n, (at, step) in enumerate(((0, first[best]), (-1, last[best]))):
            points[side, n] = middle[side, at] + steps[step] * outwards[side]
    return crossings(_lines(points, np.ones((4, 2), np.float32)))


def _change(profile: Floats, width: int) -> Floats:
    """Between the `width` pixels before and after each step, all channels together, (4, 72, steps)."""
    size = profile.shape[1]
    sums = np.cumsum(np.pad(profile, ((0, 0), (width + 1, width - 1), (0, 0)), mode="edge"), axis=1)
    total = sums[:, width:] - sums[:, :-width]                          # total[i] = profile[i-width .. i-1]
    apart = np.abs(total[:, width:width + size] - total[:, :size]).sum(axis=2) / width
    return np.asarray(apart.reshape(4, -1, size), dtype=np.float32)


def _straight(change: Floats, steps: Floats, least: NDArray[np.float64]) -> Floats:
    """Per side the line, as steps outwards at each sample (4, 72), that crosses most change: faint but long beats strong but short.

    No end lies below `least`.
    """
    dulled = np.sqrt(change)
    ends = np.arange(0, len(steps), 2)
    first, last = (one.ravel() for one in np.meshgrid(ends, ends))
    level = np.abs(steps[first] - steps[last]) <= 0.5 * float(steps[-1] - steps[0])
    first, last = first[level], last[level]
    lines = first[:, None] + (last - first)[:, None] * np.linspace(0, 1, len(_ALONG))[None]
    index = np.rint(lines[:, ::3]).astype(np.intp)                                               # (lines, 24)
    score = dulled[:, np.arange(0, len(_ALONG), 3)[None], index].sum(axis=2)                     # (4, lines)
    score[np.minimum(steps[first], steps[last])[None] < least[:, None]] = -1
    best = score.argmax(axis=1)
    return np.asarray(steps[0] + lines[best], dtype=np.float32)


def crossings(lines: Floats) -> Corners | None:
    """Where line n-1 meets line n; None when two neighbours are almost parallel. `lines` (4, 4): dx, dy, x, y."""
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
    return np.asarray((change * way).sum(axis=2) / np.maximum(_size(way), 1e-3), dtype=np.float32)


def _size(colours: Floats) -> Floats:
    return np.asarray(np.sqrt((colours * colours).sum(axis=-1)), dtype=np.float32)


def _middle(samples: Floats) -> Floats:
    """The median along axis 1 of 25; several times quicker than NumPy's."""
    return np.asarray(np.sort(samples, axis=1)[:, samples.shape[1] // 2], dtype=np.float32)


def _lines(points: Floats, weight: Floats) -> Floats:
    """The line through each side's points, (4, 4): dx, dy, x, y; `points` (4, n, 2), `weight` (4, n), 0 = not of this side.

    Points far off count less each round.
    """
    now = weight
    for _ in range(4):
        total = np.maximum(now.sum(axis=1), 1e-6)
        middle = (points * now[..., None]).sum(axis=1) / total[:, None]
        off = points - middle[:, None]
        xx, yy, xy = ((off[..., a] * off[..., b] * now).sum(axis=1) for a, b in ((0, 0), (1, 1), (0, 1)))
        turned = 0.5 * np.arctan2(2 * xy, xx - yy)
        way = np.stack([np.cos(turned), np.sin(turned)], axis=1)
        away = np.abs(off[..., 0] * way[:, None, 1] - off[..., 1] * way[:, None, 0])
        now = weight / np.maximum(1.0, away)
    return np.concatenate([way, middle], axis=1).astype(np.float32)
