"""A blank paper measured in millimetres, drawn with Pillow and the free fonts of resources/fonts.

Knows lines, text, patterns and a stamp; what stands on which paper is in papers.py.
"""

import math
import os
import random
from functools import cache
from pathlib import Path

import barcode  # type: ignore[import-untyped]
import numpy as np
import qrcode  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).resolve().parents[2] / "resources" / "fonts"
DEBIAN = Path(os.environ.get("SPECIMEN_FONTS", "/usr/share/fonts/truetype"))
"""Debian's free Chinese fonts, used when they are there: fonts-arphic-uming, fonts-arphic-ukai, fonts-wqy-zenhei."""
Colour = tuple[int, int, int]
BLACK: Colour = (28, 28, 30)
USUAL = ("Regular", "SemiBold")
_FILES = {"Regular": FONTS / "NotoSansSC-Regular.ttf", "SemiBold": FONTS / "NotoSansSC-SemiBold.ttf",
          "Song": DEBIAN / "arphic" / "uming.ttc", "Kai": DEBIAN / "arphic" / "ukai.ttc",
          "ZenHei": DEBIAN / "wqy" / "wqy-zenhei.ttc"}


class Press(random.Random):
    """A random generator that also says with which faces this press prints; a plain generator prints with the usual two."""

    def __init__(self, seed: str, faces: tuple[str, ...] = USUAL) -> None:
        super().__init__(seed)
        self.faces = faces


def all_faces() -> tuple[str, ...]:
    """Every face whose file is on this machine."""
    return tuple(face for face, file in _FILES.items() if file.exists())


def face_of(rng: random.Random) -> str:
    """One of the press's faces."""
    return rng.choice(rng.faces if isinstance(rng, Press) else USUAL)


@cache
def font(face: str, pixels: int) -> ImageFont.FreeTypeFont:
    """`face` is one of `all_faces()`."""
    return ImageFont.truetype(_FILES[face], pixels)


@cache
def _has(face: str, char: str) -> bool:
    drawn = font(face, 24)
    return face == "Regular" or bytes(drawn.getmask(char)) != bytes(drawn.getmask("\uffff"))


class Sheet:
    """One side of a paper; x, y and sizes in mm, `scale` pixels to the mm. Remembers the fields written on it."""

    def __init__(self, width: float, height: float, scale: float, ground: Colour, rng: random.Random) -> None:
        self.width, self.height, self.scale, self.rng = width, height, scale, rng
        self.label_face = face_of(rng) if isinstance(rng, Press) else "Regular"
        self.image = Image.new("RGB", (round(width * scale), round(height * scale)), ground)
        self.pen = ImageDraw.Draw(self.image)
        self.fields: dict[str, str] = {}
        self.boxes: dict[str, tuple[float, float, float, float]] = {}
        self.codes: list[tuple[str, str]] = []

    def _px(self, *mm: float) -> list[float]:
        return [value * self.scale for value in mm]

    def text(self, x: float, y: float, words: str, size: float = 3.2, *, weight: str = "",
             fill: Colour = BLACK, spread: float = 0.0, centre: bool = False) -> float:
        """Write one line, top left (or top centre) at x, y, `spread` mm between characters; gives the right end."""
        pixels = max(6, round(size * self.scale))
        wanted = weight or self.label_face
        faces = [font(wanted if _has(wanted, char) else "Regular", pixels) for char in words]
        widths = [face.getlength(char) / self.scale + spread for face, char in zip(faces, words, strict=True)]
        left = x - (sum(widths) - spread) / 2 if centre else x
        for face, char, width in zip(faces, words, widths, strict=True):
            self.pen.text((left * self.scale, y * self.scale), char, font=face, fill=fill)
            left += width
        return left - spread

    def value(self, key: str, truth: str, x: float, y: float, words: str | list[str], size: float = 3.2, *,
              weight: str = "", spread: float = 0.0, leading: float = 1.45) -> None:
        """Write a field (one line or several) and remember what a reader should make of it."""
        lines = [words] if isinstance(words, str) else words
        right = x
        for number, line in enumerate(lines):
            right = max(right, self.text(x, y + number * size * leading, line, size, weight=weight, spread=spread))
        height = (len(lines) - 1) * size * leading + size * 1.3
        self.fields[key] = truth
        self.boxes[key] = (x / self.width, y / self.height, (right - x) / self.width, height / self.height)

    def rule(self, x1: float, y1: float, x2: float, y2: float, fill: Colour = BLACK, width: float = 0.2) -> None:
        """A straight line."""
        self.pen.line(self._px(x1, y1, x2, y2), fill=fill, width=max(1, round(width * self.scale)))

    def grid(self, columns: list[float], rows: list[float], fill: Colour = BLACK, width: float = 0.25) -> None:
        """A ruled table over all given x and y."""
        for x in columns:
            self.rule(x, rows[0], x, rows[-1], fill, width)
        for y in rows:
            self.rule(columns[0], y, columns[-1], y, fill, width)

    def waves(self, fill: Colour, pitch: float = 1.6, swing: float = 0.9) -> None:
        """Fine security-print lines over the whole ground."""
        phase = self.rng.uniform(0, 6)
        xs = np.arange(0, self.width + 1, 0.8)
        for row in np.arange(-2, self.height + 2, pitch):
            ys = row + swing * np.sin(xs / 5.5 + phase + row / 7)
            points = [(float(x) * self.scale, float(y) * self.scale) for x, y in zip(xs, ys, strict=True)]
            self.pen.line(points, fill=fill, width=max(1, round(0.09 * self.scale)))

    def wash(self, left: Colour, right: Colour) -> None:
        """Let the ground run from one colour into another."""
        ramp = np.linspace(0, 1, self.image.width)[None, :, None]
        row = np.array(left)[None, None, :] * (1 - ramp) + np.array(right)[None, None, :] * ramp
        self.image.paste(Image.fromarray(np.repeat(row, self.image.height, axis=0).astype(np.uint8)))

    def portrait(self, x: float, y: float, width: float, height: float, ground: Colour) -> None:
        """A nobody: head and shoulders as flat shapes."""
        self.pen.rectangle(self._px(x, y, x + width, y + height), fill=ground)
        skin = (224 - self.rng.randint(0, 25), 190 - self.rng.randint(0, 25), 165)
        coat = (self.rng.randint(40, 110), self.rng.randint(50, 110), self.rng.randint(70, 140))
        middle = x + width / 2

        def place(left: float, top: float, right: float, bottom: float) -> list[float]:
            return self._px(middle + width * left, y + height * top, middle + width * right, y + height * bottom)

        self.pen.ellipse(place(-.24, .10, .24, .40), fill=(45, 38, 36))
        self.pen.rectangle(place(-.09, .5, .09, .72), fill=skin)
        left, top, right, bottom = (round(edge) for edge in self._px(x, y, x + width, y + height))
        shoulders = self.image.crop((left, top, right, bottom))
        ImageDraw.Draw(shoulders).ellipse((shoulders.width * .04, shoulders.height * .66, shoulders.width * .96,
                                           shoulders.height * 1.4), fill=coat)
        self.image.paste(shoulders, (left, top))
        self.pen.ellipse(place(-.20, .18, .20, .58), fill=skin)

    def seal(self, x: float, y: float, radius: float, words: str) -> None:
        """A red round stamp with words along its rim, half transparent like ink."""
        side = round(radius * 2.1 * self.scale)
        layer = Image.new("RGBA", (side, side), (0, 0, 0, 0))
        pen = ImageDraw.Draw(layer)
        red = (208, 44, 40, 150)
        rim = round(0.06 * side)
        pen.ellipse((rim, rim, side - rim, side - rim), outline=red, width=max(2, round(0.8 * self.scale)))
        centre = side / 2
        star = [(centre + (0.16 if n % 2 == 0 else 0.065) * side * math.sin(n * math.pi / 5),
                 centre - (0.16 if n % 2 == 0 else 0.065) * side * math.cos(n * math.pi / 5)) for n in range(10)]
        pen.polygon(star, fill=red)
        face = font("Regular", max(6, round(0.1 * side)))
        for number, char in enumerate(words):
            angle = (number - (len(words) - 1) / 2) * min(0.46, 4.4 / max(1, len(words)))
            stamp = Image.new("RGBA", (round(0.16 * side),) * 2, (0, 0, 0, 0))
            ImageDraw.Draw(stamp).text((stamp.width / 2, stamp.height / 2), char, font=face, fill=red, anchor="mm")
            stamp = stamp.rotate(-math.degrees(angle), resample=Image.Resampling.BICUBIC)
            layer.alpha_composite(stamp, (round(centre + 0.34 * side * math.sin(angle) - stamp.width / 2),
                                          round(centre - 0.34 * side * math.cos(angle) - stamp.height / 2)))
        layer = layer.rotate(self.rng.uniform(-15, 15), resample=Image.Resampling.BICUBIC)
        self.image.paste(layer, (round((x - radius) * self.scale), round((y - radius) * self.scale)), layer)

    def bar_code(self, x: float, y: float, width: float, height: float, words: str) -> None:
        """A Code 128 without its quiet zone, printed on whatever ground is there."""
        (bars,) = barcode.Code128(words).build()
        self._print(x, y, width, height, np.array([[bar == "1" for bar in bars]]))
        self.codes.append(("code_128", words))

    def qr_code(self, x: float, y: float, side: float, words: str) -> None:
        """A QR code without its quiet zone, likewise."""
        drawn = qrcode.QRCode(border=0)
        drawn.add_data(words)
        self._print(x, y, side, side, np.array(drawn.get_matrix()))
        self.codes.append(("qr_code", words))

    def _print(self, x: float, y: float, width: float, height: float, modules: np.ndarray) -> None:
        size = (round(width * self.scale), round(height * self.scale))
        sharp = Image.fromarray(np.kron(modules.astype(np.uint8) * 255, np.ones((8, 8), np.uint8)))
        self.image.paste(BLACK, (round(x * self.scale), round(y * self.scale)), sharp.resize(size, Image.Resampling.BOX))

    def specimen_mark(self, x: float, y: float, size: float = 2.6, fill: Colour = (168, 160, 160)) -> None:
        """Every drawing says that it is none of the real papers."""
        self.text(x, y, "样张", size, fill=fill)
