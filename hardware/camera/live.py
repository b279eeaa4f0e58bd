"""What every camera with a running picture shares: the newest picture reduced for the screen, the next one as a still.

A driver only says how its pictures are got (`_pictures`); JPEG bytes stay bytes, pixels are encoded for the still alone.
"""

import threading
from collections.abc import Iterator
from typing import cast

from hardware.camera import jpeg
from hardware.camera.pump import Pump
from hardware.opencv import cv2
from hardware.readings import Frame, Image, Still

ANSWER = 3.0
"""Seconds `preview` and `still` wait for a picture."""
Shot = bytes | Image
"""One picture as the source gave it: a whole JPEG, or BGR pixels."""


class LiveCamera:
    """A DocumentCamera over `_pictures`. `preview` and `still` take at most 3 s."""

    def __init__(self, name: str, opening: float) -> None:
        """Waits at most `opening` seconds for the first picture; its fault when none comes."""
        self._views = Views()
        self._pump: Pump[Shot] = Pump(self._pictures, name)
        try:
            self._pump.newest(opening)
        except BaseException:
            self.close()
            raise

    def preview(self, width: int) -> Frame:
        """See DocumentCamera. The same Frame again when no newer picture came."""
        taken = self._pump.newest(ANSWER)
        return self._views.frame(taken.picture, taken.sequence, width)

    def still(self) -> Still:
        """See DocumentCamera. A picture that came after the call, so that it shows what lies there now."""
        return still_of(self._pump.next(ANSWER).picture)

    def close(self) -> None:
        """Let the camera go; a call that waits in another thread ends with CANCELLED."""
        self._pump.close()

    def _pictures(self, closed: threading.Event) -> Iterator[Shot]:
        """Open the source, give its pictures until `closed`, let it go; DeviceFault when it fails. Called over and over."""
        raise NotImplementedError


class Views:
    """The last preview made, so that no picture is decoded twice."""

    def __init__(self) -> None:
        self._last: Frame | None = None
        self._width = 0

    def frame(self, shot: Shot, sequence: int, width: int) -> Frame:
        """The picture with this number, about `width` wide."""
        if self._last is None or (self._last.sequence, self._width) != (sequence, width):
            self._last, self._width = _frame(shot, sequence, width), width
        return self._last


def still_of(shot: Shot) -> Still:
    """JPEG bytes as they came; pixels encoded at quality 95. BAD_ANSWER for bytes that cannot be decoded.

    Decoded once, at an eighth (some 20 ms for 5 megapixels): sound marks alone do not make a picture. Wrong picture data that
    still decodes is not noticed here.
    """
    if isinstance(shot, bytes):
        size = jpeg.size_of(shot)
        jpeg.reduced(shot, size[0], 1)
        return Still(jpeg.completed(shot), *size)
    return Still(jpeg.encoded(shot), shot.shape[1], shot.shape[0])


def _frame(shot: Shot, sequence: int, width: int) -> Frame:
    if isinstance(shot, bytes):
        size = jpeg.size_of(shot)
        return Frame(jpeg.reduced(shot, size[0], width), sequence, size)
    height, full = shot.shape[:2]
    small = (width, max(1, round(height * width / full)))
    picture = cv2.resize(shot, small, interpolation=cv2.INTER_AREA) if width < full else shot
    return Frame(cast("Image", picture), sequence, (full, height))
