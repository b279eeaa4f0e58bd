"""Drawn faces that a face detector takes for faces, and where their features truly are. Nobody: flat shapes with some shade.

A frame of the portrait camera is drawn as it should be seen, then turned, lit and blurred.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFilter

from hardware.opencv import cv2
from hardware.readings import Image

GROUND = (235, 238, 242)
Point = tuple[float, float]


@dataclass(frozen=True)
class Sitter:
    """Where a face truly is, in pixels."""

    eyes: tuple[Point, Point]
    crown: Point
    chin: Point
    width: float


@dataclass(frozen=True)
class Sitting:
    """A BGR frame and who sits in it."""

    image: Image = field(repr=False)
    sitters: tuple[Sitter, ...]


def sitting(places: Sequence[tuple[float, float, float]], seed: str = "face", *, width: int = 1280, height: int = 960, tilt: float = 0.0,
            look: float = 0.0, light: float = 1.0, blur: float = 0.8, pattern: bool = False) -> Sitting:
    """People at (x, y of the face's middle, width of the face), turned clockwise by `tilt` degrees, looking aside by `look` (-1..1)."""
    rng = random.Random(seed)
    drawn = Pillow.new("RGB", (width, height), GROUND)
    if pattern:
        pen = ImageDraw.Draw(drawn)
        for left in range(0, width, 70):
            pen.rectangle((left, 0, left + 34, height), fill=(120, 150, 90))
            pen.rectangle((left + 10, (left * 7) % height, left + 60, (left * 7) % height + 90), fill=(190, 90, 60))
    sitters = []
    for place in places:
        _head(drawn, rng, *place)
    softly = max((wide for _, _, wide in places), default=0.0)
    drawn = drawn.filter(ImageFilter.GaussianBlur(0.01 * softly))
    for place in places:
        drawn = _features(_shaded(drawn, *place, look), *place, look)
    drawn = drawn.filter(ImageFilter.GaussianBlur(0.004 * softly))
    for x, y, wide in places:
        eyes = ((x - 0.21 * wide, y - 0.03 * wide), (x + 0.21 * wide, y - 0.03 * wide))
        sitters.append(Sitter(eyes, (x, y - 0.89 * wide), (x, y + 0.68 * wide), 0.98 * wide))
    image = np.ascontiguousarray(np.asarray(drawn)[:, :, ::-1])
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -tilt, 1.0)
    image = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC)
    image = cv2.GaussianBlur(image, (0, 0), blur).astype(np.float32) * light
    image += np.random.default_rng(rng.randrange(2**31)).normal(0, 2, (height, width, 1)).astype(np.float32)

    def seen(point: Point) -> Point:
        a, b = turn @ (*point, 1.0)
        return float(a), float(b)

    return Sitting(np.clip(image, 0, 255).astype(np.uint8),
                   tuple(Sitter((seen(one.eyes[0]), seen(one.eyes[1])), seen(one.crown), seen(one.chin), one.width) for one in sitters))


def _oval(pen: ImageDraw.ImageDraw, x: float, y: float, across: float, down: float, fill: tuple[int, ...]) -> None:
    pen.ellipse((x - across, y - down, x + across, y + down), fill=fill)


def _head(drawn: Pillow.Image, rng: random.Random, x: float, y: float, wide: float) -> None:
    """One head with shoulders; the face is `wide` wide and 1.37 times as high."""
    shade = rng.uniform(0.88, 1.05)
    skin = tuple(round(part * shade) for part in (222, 182, 156))
    grey = rng.uniform(0.7, 1.6)
    hair = tuple(round(part * grey) for part in (38, 32, 30))
    coat = (rng.randint(30, 110), rng.randint(40, 110), rng.randint(60, 140))
    high = 1.3 * wide
    pen = ImageDraw.Draw(drawn)
    _oval(pen, x, y - 0.10 * high, 0.60 * wide, 0.585 * high, hair)
    shoulders = ((-1.15, 3), (-1.05, .92), (-.3, .70), (.3, .70), (1.05, .92), (1.15, 3))
    pen.polygon([(x + wide * a, y + high * b) for a, b in shoulders], fill=coat)
    pen.rectangle((x - 0.22 * wide, y + 0.3 * high, x + 0.22 * wide, y + 0.8 * high), fill=tuple(round(part * 0.87) for part in skin))
    for side in (-1, 1):
        _oval(pen, x + side * 0.5 * wide, y + 0.03 * high, 0.07 * wide, 0.12 * high, tuple(round(part * 0.92) for part in skin))
    _oval(pen, x, y + 0.03 * high, 0.49 * wide, 0.495 * high, skin)


def _features(drawn: Pillow.Image, x: float, y: float, wide: float, look: float) -> Pillow.Image:
    """Eyes, brows, nose and mouth."""
    high, aside = 1.3 * wide, 0.10 * look * wide
    pen = ImageDraw.Draw(drawn)
    line = max(2, round(0.017 * wide))
    for side in (-1, 1):
        eye_x, eye_y = x + side * 0.21 * wide + aside * 0.6, y - 0.03 * wide
        _oval(pen, eye_x, eye_y, 0.095 * wide, 0.037 * wide, (240, 236, 232))
        _oval(pen, eye_x + aside * 0.3, eye_y, 0.042 * wide, 0.042 * wide, (48, 32, 26))
        _oval(pen, eye_x + aside * 0.3, eye_y, 0.02 * wide, 0.02 * wide, (12, 10, 10))
        _oval(pen, eye_x + 0.012 * wide, eye_y - 0.011 * wide, 0.008 * wide, 0.008 * wide, (250, 250, 250))
        lid = (eye_x - 0.105 * wide, eye_y - 0.046 * wide, eye_x + 0.105 * wide, eye_y + 0.06 * wide)
        pen.arc(lid, 190, 350, fill=(40, 28, 26), width=line)
        brow = [(eye_x + side * a * wide, eye_y - b * wide) for a, b in ((-0.11, 0.1), (0, 0.13), (0.12, 0.09))]
        pen.line(brow, fill=(50, 38, 34), width=2 * line)
        _oval(pen, x + side * 0.045 * wide + 1.8 * aside, y + 0.185 * high, 0.02 * wide, 0.016 * wide, (130, 85, 75))
    lips = ((-.13, .32), (-.04, .30), (0, .308), (.04, .30), (.13, .32), (.05, .352), (-.05, .352))
    pen.polygon([(x + aside + a * wide, y + b * high) for a, b in lips], fill=(176, 92, 88))
    pen.line([(x + aside + a * wide, y + b * high) for a, b in ((-.12, .32), (0, .325), (.12, .32))], fill=(120, 55, 55), width=line)
    return drawn


def _shaded(drawn: Pillow.Image, x: float, y: float, wide: float, look: float) -> Pillow.Image:
    """Darker towards the rim, in the eyes' hollows and under nose and lip."""
    high, aside = 1.3 * wide, 0.10 * look * wide
    corner = round(x - wide), round(y - wide)
    pixels = np.asarray(drawn.crop((*corner, corner[0] + round(2 * wide), corner[1] + round(2 * wide)))).astype(np.float32)
    ys, xs = np.mgrid[0:pixels.shape[0], 0:pixels.shape[1]].astype(np.float32)
    ys, xs = ys + corner[1], xs + corner[0]
    rim = np.clip(((xs - x) / (0.49 * wide)) ** 2 + ((ys - y - 0.03 * high) / (0.495 * high)) ** 2, 0, 1)
    light = np.where(rim < 1, 1 - 0.22 * rim**2, 1)
    hollows = [(side * 0.21 * wide, -0.05 * wide, 0.13 * wide, 0.07 * wide, 0.30) for side in (-1, 1)]
    hollows += [(side * 0.07 * wide + 1.5 * aside, 0.10 * high, 0.03 * wide, 0.14 * high, 0.10) for side in (-1, 1)]
    hollows += [(1.8 * aside, 0.20 * high, 0.11 * wide, 0.03 * high, 0.25), (aside, 0.41 * high, 0.14 * wide, 0.02 * high, 0.18)]
    for a, b, across, down, depth in hollows:
        light *= 1 - depth * np.exp(-(((xs - x - a) / across) ** 2 + ((ys - y - b) / down) ** 2))
    drawn.paste(Pillow.fromarray(np.clip(pixels * light[:, :, None], 0, 255).astype(np.uint8)), corner)
    return drawn
