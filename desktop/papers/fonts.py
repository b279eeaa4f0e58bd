"""The two embedded faces of every paper: which face draws which character, how wide, and what neither can draw.

Regular is complete; SemiBold is a subset, so heavy text falls back character by character. A character that neither
has is drawn as a box with its code point and reported, never dropped. Built-in CID fonts are never used: they embed
nothing.
"""

import functools
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

import resources

REGULAR = "OncedeskRegular"
HEAVY = "OncedeskHeavy"
TICKED = "☑"
"""Neither face has it: drawn as a box with a tick in it."""
WRITING = threading.Lock()
"""reportlab's faces carry state while a document is written: one at a time."""
_FOLDER = Path(resources.__file__).parent / "fonts"
_FILES = {REGULAR: "NotoSansSC-Regular.ttf", HEAVY: "NotoSansSC-SemiBold.ttf"}


class _Face(TTFont):
    """A face whose text can be copied and searched beyond the Basic Multilingual Plane."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802 (reportlab's name)
        # reportlab 5.1 writes U+2CC56 as <2CC56>; the PDF wants UTF-16, or the name reads as other characters.
        super().addObjects(doc)
        for name, thing in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:") and isinstance(thing.content, str):
                thing.content = re.sub(r"(?<=> <)[0-9A-F]{5,6}(?=>)", _utf16, thing.content)


def _utf16(match: re.Match[str]) -> str:
    return chr(int(match.group(), 16)).encode("utf-16-be").hex().upper()


@dataclass(frozen=True)
class Run:
    """Neighbouring characters drawn by one face; `face` None = one character that no face has."""

    face: str | None
    text: str


@functools.cache
def _characters() -> dict[str, frozenset[int]]:
    """What each face can draw; reads and registers the faces the first time (0.1 s)."""
    faces = {name: _Face(name, str(_FOLDER / file)) for name, file in _FILES.items()}
    for face in faces.values():
        pdfmetrics.registerFont(face)
    return {name: frozenset(face.face.charToGlyph) for name, face in faces.items()}


def register() -> None:
    """Load both faces now, so that the first paper does not wait for them."""
    _characters()


@functools.lru_cache(maxsize=4096)
def runs(text: str, *, heavy: bool = False) -> tuple[Run, ...]:
    """`text` cut by face; tabs and line ends count as spaces (break lines before)."""
    known = _characters()
    faces = (HEAVY, REGULAR) if heavy else (REGULAR,)
    found: list[Run] = []
    for raw in text:
        character = " " if raw in "\t\r\n" else raw
        face = next((face for face in faces if ord(character) in known[face]), None)
        if face is not None and found and found[-1].face == face:
            found[-1] = Run(face, found[-1].text + character)
        else:
            found.append(Run(face, character))
    return tuple(found)


@functools.lru_cache(maxsize=16384)
def width(text: str, size: float, *, heavy: bool = False) -> float:
    """Points that `text` takes in one line."""
    return sum(size * len(run.text) if run.face is None else pdfmetrics.stringWidth(run.text, run.face, size)
               for run in runs(text, heavy=heavy))


@functools.lru_cache(maxsize=4096)
def missing(text: str) -> tuple[str, ...]:
    """The characters no face has, each once, in order: they print as boxes and belong on the clerk's screen."""
    return tuple(dict.fromkeys(run.text for run in runs(text) if run.face is None and run.text != TICKED))


@dataclass(frozen=True)
class Subset:
    """The regular face with a few glyphs only, for a document that is not reportlab's."""

    program: bytes
    """TrueType."""
    glyphs: dict[str, int]
    """Character -> glyph; what the face does not have has none."""
    widths: tuple[int, ...]
    """By glyph, in thousandths of the size."""


def subset(characters: str) -> Subset:
    """The glyphs of these characters (20 ms)."""
    known = _characters()[REGULAR]
    held = [character for character in dict.fromkeys(characters) if ord(character) in known]
    face: Any = cast("TTFont", pdfmetrics.getFont(REGULAR)).face
    with WRITING:
        program = face.makeSubset([0, *map(ord, held)])
    glyphs: dict[str, int] = {}
    widths = [int(face.defaultWidth)]
    numbers = {0: 0}        # characters that share a glyph share its number, as in the program
    for character in held:
        glyphs[character] = numbers.setdefault(face.charToGlyph[ord(character)], len(numbers))
        if glyphs[character] == len(widths):
            widths.append(int(face.getCharWidth(ord(character))))
    return Subset(program, glyphs, tuple(widths))


def code_point(character: str) -> str:
    """`U+20BB7`."""
    return f"U+{ord(character):04X}"


def draw(canvas: Canvas, x: float, y: float, text: str, size: float, *, heavy: bool = False,
         spread: float = 0.0) -> None:
    """Draw one line with its baseline at `y` (points, origin at the lower left as the canvas has it).

    `spread` is added after every character, to fill a line.
    """
    for run in runs(text, heavy=heavy):
        if run.face is None:
            if run.text == TICKED:
                _draw_ticked(canvas, x, y, size)
            else:
                _draw_code_point(canvas, x, y, run.text, size)
            x += size + spread
        else:
            canvas.setFont(run.face, size)
            canvas.drawString(x, y, run.text, charSpace=spread)
            x += pdfmetrics.stringWidth(run.text, run.face, size) + spread * len(run.text)


def _draw_ticked(canvas: Canvas, x: float, y: float, size: float) -> None:
    canvas.setFont(REGULAR, size)
    canvas.drawString(x, y, "□")
    canvas.setFont(REGULAR, size * 0.8)
    canvas.drawString(x + size * 0.14, y + size * 0.08, "✓")


def _draw_code_point(canvas: Canvas, x: float, y: float, character: str, size: float) -> None:
    digits = f"{ord(character):04X}" if ord(character) <= 0xFFFF else f"{ord(character):06X}"
    half = len(digits) // 2
    small = size * (0.42 if half == 2 else 0.36)
    canvas.setLineWidth(size * 0.05)
    canvas.rect(x + size * 0.05, y - size * 0.1, size * 0.9, size * 0.95)
    canvas.setFont(REGULAR, small)
    canvas.drawCentredString(x + size / 2, y + size * 0.45, digits[:half])
    canvas.drawCentredString(x + size / 2, y + size * 0.02, digits[half:])
