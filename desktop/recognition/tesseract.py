"""The second engine: Tesseract with `chi_sim` through pytesseract, for machines where the first cannot be loaded.

It reads about 62 of 100 fields where PP-OCRv6 reads 98, so nothing it reads is ever offered as sure. Chooses between the engines, too.
"""

import threading
from collections.abc import Sequence
from typing import Any

from desktop.recognition.engine import Glyph, Line, NoEngine, PaddleLines, TextEngine, spaced
from hardware.readings import Image

AT_MOST = 0.8
"""Below every threshold for a sure value, and too low to be lifted by what two fields say to each other: all are to be looked at."""
LANGUAGE = "chi_sim"


class TesseractLines:
    """One process for a page; any thread may call."""

    def warm(self) -> None:
        """Find program and language. Raises NoEngine naming what is missing."""
        tesseract = self._module()
        try:
            known = tesseract.get_languages()
        except (tesseract.TesseractNotFoundError, OSError) as e:
            raise NoEngine("tesseract-ocr is not installed") from e
        if LANGUAGE not in known:
            raise NoEngine(f"tesseract-ocr has no {LANGUAGE}")

    def lines(self, image: Image) -> tuple[Line, ...]:
        """Every line on an upright BGR picture, top to bottom. Raises NoEngine."""
        tesseract = self._module()
        try:
            words = tesseract.image_to_data(image[:, :, ::-1], lang=LANGUAGE, config="--psm 11", output_type=tesseract.Output.DICT)
        except (tesseract.TesseractError, tesseract.TesseractNotFoundError, OSError) as e:
            raise NoEngine(f"tesseract: {type(e).__name__}") from e
        return _lines(words)

    def reread(self, image: Image, lines: Sequence[Line]) -> tuple[Line, ...]:
        """The lines as they are: there is no more careful reader here."""
        return tuple(lines)

    def _module(self) -> Any:
        try:
            import pytesseract
        except ImportError as e:
            raise NoEngine("pytesseract is not installed") from e
        return pytesseract


def _lines(words: dict[str, list[Any]]) -> tuple[Line, ...]:
    """Tesseract's table of words as lines with the place of every character."""
    by_line: dict[tuple[int, ...], list[int]] = {}
    for n, text in enumerate(words["text"]):
        if str(text).strip() and float(words["conf"][n]) >= 0:
            by_line.setdefault(tuple(words[part][n] for part in ("block_num", "par_num", "line_num")), []).append(n)
    lines = []
    for members in by_line.values():
        glyphs: list[Glyph] = []
        for n in members:
            score = min(AT_MOST, float(words["conf"][n]) / 100)
            left, right = float(words["left"][n]), float(words["left"][n] + words["width"][n])
            plain = "".join(str(words["text"][n]).split())
            glyphs += [Glyph(glyph.char, glyph.left, glyph.right, score) for glyph in spaced(plain, left, right)]
        top = min(float(words["top"][n]) for n in members)
        bottom = max(float(words["top"][n] + words["height"][n]) for n in members)
        lines.append(Line("".join(glyph.char for glyph in glyphs), sum(glyph.score for glyph in glyphs) / len(glyphs), glyphs[0].left, top,
                          glyphs[-1].right, bottom, tuple(glyphs)))
    return tuple(sorted(lines, key=lambda line: line.top))


class FirstThatLoads:
    """The first engine of several that this machine can load; decided once."""

    def __init__(self, engines: Sequence[TextEngine]) -> None:
        self._engines = engines
        self._lock = threading.Lock()
        self._chosen: TextEngine | None = None

    @property
    def second_choice(self) -> bool:
        """Whether another than the first had to be taken."""
        return self._chosen is not None and self._chosen is not self._engines[0]

    def warm(self) -> None:
        """Load one. Raises NoEngine that names what each is missing."""
        self._engine().warm()

    def lines(self, image: Image) -> tuple[Line, ...]:
        """By the engine that loads. Raises NoEngine."""
        return self._engine().lines(image)

    def reread(self, image: Image, lines: Sequence[Line]) -> tuple[Line, ...]:
        """By the engine that loads. Raises NoEngine."""
        return self._engine().reread(image, lines)

    def _engine(self) -> TextEngine:
        with self._lock:
            missing = []
            for engine in () if self._chosen else self._engines:
                try:
                    engine.warm()
                except NoEngine as e:
                    missing.append(str(e))
                else:
                    self._chosen = engine
                    break
            if self._chosen is None:
                raise NoEngine("; ".join(missing))
            return self._chosen


def every_engine(threads: int = 1) -> FirstThatLoads:
    """What a window reads with: PP-OCRv6, else Tesseract."""
    return FirstThatLoads((PaddleLines(threads), TesseractLines()))
