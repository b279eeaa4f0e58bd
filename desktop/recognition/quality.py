"""Whether a picture of a page is good enough to be kept: sharpness, glare, completeness."""

import numpy as np

from desktop.recognition.reading import Quality
from hardware.opencv import cv2
from hardware.readings import Image

BLURRED = 0.14
"""`sharpness` below which letters run together (motion blur causes most wrong characters)."""
GLARE = 0.006
"""Share of burnt-out pixels above which a field may be hidden."""

DARK = 0.3
"""`light` below which ink and paper are too close to each other."""


def judge(page: Image, touches_edge: bool, natural_long_side: float) -> Quality:
    """Measure a flat BGR page; `natural_long_side` is how many camera pixels its long side had."""
    sharp, burnt = sharpness(page, natural_long_side), glare(page)
    verdict = None
    if touches_edge:
        verdict = "page.cut_off"
    elif light(page) < DARK:
        verdict = "page.dark"
    elif sharp < BLURRED:
        verdict = "page.blank" if is_blank(page) else "page.blurred"
    elif burnt > GLARE:
        verdict = "page.glare"
    return Quality(round(sharp, 3), round(burnt, 4), touches_edge, verdict)


def sharpness(page: Image, natural_long_side: float) -> float:
    """How abruptly ink ends, 0 (smeared) to 1 (crisp): the strongest second differences against the contrast there.

    Measured at no more than 1000 px of the page's long side and never above the camera's own resolution.
    """
    wanted = min(1000.0, natural_long_side)
    shrink = min(1.0, wanted / max(page.shape[:2]))
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY) if page.ndim == 3 else page
    if shrink < 1.0:
        grey = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    calm = cv2.GaussianBlur(grey, (3, 3), 0)
    kernel = np.ones((7, 7), np.uint8)
    contrast = cv2.morphologyEx(calm, cv2.MORPH_GRADIENT, kernel)
    ink = contrast > 45
    if ink.mean() < 0.002:
        return 0.0
    depth = contrast[ink].astype(np.float32)
    bends = (cv2.convertScaleAbs(cv2.Sobel(calm, cv2.CV_16S, *order, ksize=1)) for order in ((2, 0), (0, 2)))
    weaker = min(float(np.median(cv2.dilate(bend, kernel)[ink] / depth)) for bend in bends)       # a smear has one direction
    return min(1.0, weaker / 0.8)


def is_blank(page: Image) -> bool:
    """Whether nothing stands on this side of the paper, not even smeared."""
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY) if page.ndim == 3 else page
    shrink = 160 / max(grey.shape)
    small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    rim = max(2, min(small.shape) // 12)
    inner = small[rim:-rim, rim:-rim]
    return float((cv2.morphologyEx(inner, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8)) > 20).mean()) < 0.01


def glare(page: Image) -> float:
    """Share of the page burnt out in compact spots, 0..1; 0 where the paper itself is as bright as a lamp's spot."""
    small, spots = _burnt(page)
    share = float(spots.mean())
    around = small[(cv2.dilate(spots, np.ones((25, 25), np.uint8)) > 0) & (spots == 0)]
    # white paper under a good lamp is burnt out too, but then its surroundings are almost as bright
    return 0.0 if share == 0.0 or share > 0.8 or around.size == 0 or float(np.median(around)) > 240 else share


def is_burnt(page: Image) -> bool:
    """Whether enough of a BGR page is burnt out, by a lamp's spot or altogether, to hide a value."""
    return float(_burnt(page)[1].mean()) > GLARE


def _burnt(page: Image) -> tuple[Image, Image]:
    """The page in grey, 256 pixels long, and where on it compact spots show nothing (1)."""
    shrink = 256 / max(page.shape[:2])
    coloured = cv2.resize(page, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    small: Image = np.asarray(coloured.min(axis=2) if coloured.ndim == 3 else coloured, dtype=np.uint8)
    spots = cv2.morphologyEx((small >= 253).astype(np.uint8), cv2.MORPH_OPEN, np.ones((4, 4), np.uint8))
    return small, np.asarray(spots, dtype=np.uint8)


def light(image: Image) -> float:
    """How bright the brightest tenth of a BGR frame is, 0 (dark) to 1."""
    grey = cv2.cvtColor(image[::4, ::4], cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image[::4, ::4]
    return float(np.clip(np.percentile(grey, 90) / 255 / 0.6, 0, 1))
