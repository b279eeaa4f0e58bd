"""Text as dots, for characters that a printer's own Chinese font lacks (rare names: Ext A and beyond).

One character cell is 12 x 24 dots for ASCII and 24 x 24 for the rest, as in the printer's font, so that such a line
stands in line with its neighbours.
"""

import os
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CELL = 12
HEIGHT = 24
LINE = 30
"""Dots from one line to the next at the printer's own line spacing."""


def rare_fonts() -> tuple[Path, ...]:
    """Fonts of this machine that hold Extension B and beyond (the project's own stops at the 8,105 regulated characters).

    Every Chinese Windows has SimSun-ExtB; the rest are the free fonts that Linux distributions carry.
    """
    windows = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
    linux = Path("/usr/share/fonts")
    return (
        windows / "simsunb.ttf", windows / "SimsunExtG.ttf",
        linux / "truetype/hanazono/HanaMinB.ttf", linux / "opentype/noto/NotoSansCJK-Regular.ttc",
    )  # fmt: skip


def face_for(character: str, points: int, bold: bool = False) -> ImageFont.FreeTypeFont | None:
    """The first font that can draw the character; None when this machine has none."""
    own = font(points, bold)
    if has(own, character):
        return own
    return next((face for path in there() if has(face := _face(str(path), points), character)), None)


@cache
def there() -> tuple[Path, ...]:
    """Those of them that are installed."""
    return tuple(path for path in rare_fonts() if path.is_file())


@lru_cache(maxsize=8)
def _face(path: str, points: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, points)


@lru_cache(maxsize=8)
def font(points: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The project's Chinese font at `points` dots."""
    face = "NotoSansSC-SemiBold.ttf" if bold else "NotoSansSC-Regular.ttf"
    return ImageFont.truetype(str(files("resources") / "fonts" / face), points)


def line_image(text: str, columns: int, indent: int, size: int, bold: bool) -> Image.Image:
    """One line, black on white, `columns` cells wide, the text `indent` cells (of size 1) in; `size` 1 or 2."""
    # The line spacing holds for single lines only: a double line is as high as its letters, on paper as here.
    picture = Image.new("L", (columns * CELL, LINE if size == 1 else HEIGHT * size), 255)
    draw = ImageDraw.Draw(picture)
    x = indent * CELL
    for character in text:
        cell = CELL * size * (1 if character.isascii() else 2)
        # 22 of 24 dots: the font's letters keep clear of their neighbours as a printer's do.
        letters = face_for(character, 22 * size, bold)
        if letters is not None:
            draw.text((x + cell // 2, 20 * size), character, fill=0, font=letters, anchor="ms")
        else:
            _draw_code(draw, x, cell, ord(character), size)
        x += cell
    return picture


def has(letters: ImageFont.FreeTypeFont, character: str) -> bool:
    """Whether the font holds the character, and not merely its empty box (the shape of U+10FFFF, which no font has)."""
    return character.isspace() or bytes(letters.getmask(character)) != bytes(letters.getmask("\U0010ffff"))


def _draw_code(draw: ImageDraw.ImageDraw, x: int, cell: int, code: int, size: int) -> None:
    """A character no font here has: its number in a box, three digits over three, so that a person can look it up."""
    draw.rectangle((x, 0, x + cell - 2, HEIGHT * size - 2), outline=0)
    digits = f"{code:06X}"
    for row, part in enumerate((digits[:3], digits[3:])):
        draw.text((x + cell // 2 - 1, (10 + 10 * row) * size), part, fill=0, font=font(10 * size), anchor="ms")


def line_bytes(text: str, columns: int, indent: int, size: int, bold: bool) -> bytes:
    """The line as GS v 0 (normal density): a set bit is a black dot, rows padded to whole bytes."""
    picture = line_image(text, columns, indent, size, bold).point(lambda level: 255 if level < 128 else 0).convert("1")
    across = (picture.width + 7) // 8
    dots = picture.tobytes()
    for real_time in (b"\x10\x04", b"\x10\x05", b"\x10\x14"):
        # A printer obeys these wherever they stand, even inside a picture; one dot more keeps them out.
        dots = dots.replace(real_time, b"\x18" + real_time[1:])
    return b"\x1dv0\x00" + across.to_bytes(2, "little") + picture.height.to_bytes(2, "little") + dots
