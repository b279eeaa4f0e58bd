"""What the camera sees when nothing lies there, and a frame with that taken away. The camera does not move; the light does."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hardware.opencv import cv2
from hardware.readings import Image

LONG_SIDE = 800
"""Pixels of the picture kept."""
_LEAST_WEIGHT = 0.25
"""Of a new frame in the mean: an old light is forgotten after some eight frames."""
_CELLS = (32, 24)
_RIM = 2
_LIKE = 0.06
"""Logarithm of brightness within which a cell counts as desk when the light is fitted."""
_GREY = 128.0
_EXPLAINED = 0.4
_NOISE = 2.0
"""Unrest that remains where the right desk was taken away: it measures 0.6 to 0.9, a wrong one leaves 5 and more."""
_STILL = 1.5
"""Mean change of a cell between two looks below which nothing moves."""
CALM = 30
"""Looks, ten a second, before a calm bare frame is learnt from, and between two such frames."""


@dataclass(frozen=True)
class EmptyDesk:
    """The mean of frames in which nothing lay, BGR, learnt one by one: `EmptyDesk.of(first).learned(second)…`."""

    mean: NDArray[np.float32] = field(repr=False)
    """(height, width, 3), long side LONG_SIDE."""
    frames: int = 1

    @classmethod
    def of(cls, frame: Image) -> Self:
        """From one BGR frame of any size."""
        return cls(reduced(frame, LONG_SIDE).astype(np.float32))

    def learned(self, frame: Image) -> "EmptyDesk":
        """With one more frame; one of another shape begins anew."""
        new = reduced(frame, LONG_SIDE).astype(np.float32)
        if new.shape != self.mean.shape:
            return EmptyDesk(new)
        weight = max(1 / (self.frames + 1), _LEAST_WEIGHT)
        return EmptyDesk(np.asarray(cv2.addWeighted(self.mean, 1 - weight, new, weight, 0), dtype=np.float32), self.frames + 1)

    @cached_property
    def _smooth(self) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(np.clip(self.mean, 1, 255), (5, 5), 0), dtype=np.float32)

    @cached_property
    def lab(self) -> Image:
        """The desk itself, smoothed, 8-bit Lab."""
        return np.asarray(cv2.cvtColor(cv2.convertScaleAbs(self._smooth), cv2.COLOR_BGR2Lab), dtype=np.uint8)

    @cached_property
    def _cells(self) -> NDArray[np.float32]:
        return np.asarray(cv2.resize(self._smooth, _CELLS, interpolation=cv2.INTER_AREA), dtype=np.float32)

    def without(self, frame: Image, seen: Image) -> Image | None:
        """A reduced, smoothed frame (BGR, and `seen` = 8-bit Lab) less the desk: Lab, 128 = as when empty; None when it is another desk.

        The light is fitted as a plane over the cells that look like desk, the frame's rim first, so a lamp turned up or moved is no
        paper; a soft shadow stays, but has no sharp sides.
        """
        height, width = frame.shape[:2]
        desk = self._smooth
        if desk.shape[:2] != (height, width):
            desk = np.asarray(cv2.resize(desk, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)
        light = _gain(frame, self._cells)
        if light is None:
            return None
        gain = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR)
        empty = cv2.cvtColor(cv2.convertScaleAbs(cv2.multiply(desk, gain)), cv2.COLOR_BGR2Lab)
        difference = cv2.subtract(seen, empty, dtype=cv2.CV_16S)
        less = np.asarray(cv2.add(difference, np.array([_GREY, _GREY, _GREY, 0.0]), dtype=cv2.CV_8U), dtype=np.uint8)
        # the wrong desk taken away leaves its own pattern besides the one that is there
        return less if _unrest(less) <= max(_NOISE, 0.5 * _unrest(seen)) else None


def reduced(image: Image, long_side: int) -> Image:
    """The picture with a long side of at most `long_side` pixels: halved, which averages and is cheap, then drawn to size."""
    while max(image.shape[:2]) >= 2 * long_side:
        image = np.asarray(cv2.resize(image, (image.shape[1] // 2, image.shape[0] // 2), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    factor = long_side / max(image.shape[:2])
    if factor >= 1:
        return image
    return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


@dataclass(frozen=True)
class Watched:
    """What a live camera has shown of its desk so far. `after` gives the next state, one look later."""

    desk: EmptyDesk | None = None
    calm: int = 0
    """Looks in a row in which nothing moved and nothing was written."""
    last: NDArray[np.uint8] | None = field(default=None, repr=False)

    def after(self, frame: Image, *, bare: bool) -> "Watched":
        """One look more; `bare` = no writing in sight (pages.is_bare). What lies calm and bare for long is the desk, even a mat."""
        cells = np.asarray(cv2.resize(frame, _CELLS, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        still = self.last is not None and float(cv2.absdiff(cells, self.last).mean()) < _STILL
        calm = self.calm + 1 if still and bare else 0
        if calm == 0 or calm % CALM:
            return Watched(self.desk, calm, cells)
        return Watched(EmptyDesk.of(frame) if self.desk is None else self.desk.learned(frame), calm, cells)


def _unrest(lab: Image) -> float:
    """Mean change of lightness across three pixels along the picture's rim."""
    deep = max(4, lab.shape[0] // 12)
    bands = (lab[:deep, :, 0], lab[-deep:, :, 0], lab[:, :deep, 0].T, lab[:, -deep:, 0].T)
    return float(np.mean([cv2.absdiff(band[:, 3:], band[:, :-3]).mean() for band in bands]))


def _gain(frame: Image, then: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """How much brighter the desk is lit now than `then`, both (24, 32, 3): a plane of each channel's logarithm.

    None when most of the rim is not explained so: another desk, or the camera was moved.
    """
    now = cv2.resize(frame, _CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)
    change = np.log((now + 1) / (then + 1)).reshape(-1, 3)
    ys, xs = np.mgrid[-1:1:_CELLS[1] * 1j, -1:1:_CELLS[0] * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(xs), xs, ys], axis=-1).reshape(-1, 3)
    rim = np.ones(_CELLS[::-1], bool)
    rim[_RIM:-_RIM, _RIM:-_RIM] = False
    plane = np.zeros((3, 3), np.float32)
    plane[0] = np.median(change[rim.ravel()], axis=0)
    for _ in range(4):
        off = np.abs(change - terms @ plane).max(axis=1)
        weight = np.where(rim.ravel(), 4.0, 1.0) / (1 + (off / _LIKE) ** 2)
        weighed = terms * weight[:, None]
        plane = np.linalg.solve(weighed.T @ terms + 1e-3 * np.eye(3), weighed.T @ change)
    off = np.abs(change - terms @ plane).max(axis=1)
    if float((off[rim.ravel()] < 3 * _LIKE).mean()) < _EXPLAINED:
        return None
    return np.asarray(np.exp(terms @ plane).reshape(*_CELLS[::-1], 3), dtype=np.float32)
