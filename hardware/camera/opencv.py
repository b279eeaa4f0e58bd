"""Cameras that OpenCV opens: a UVC document camera by index or name, or a video file played as if it were one."""

import platform
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from hardware.camera.pump import Pump, Taken
from hardware.faults import DeviceFault, FaultCode
from hardware.opencv import cv2
from hardware.readings import Frame, Image, Still

OPEN = 25.0
"""Seconds to open and give the first picture: Media Foundation on Windows may take 20."""
ANSWER = 3.0
WARM_UP = 4
"""Pictures dropped at first, while exposure and focus settle."""
QUALITY = 95
MISSED = 20
"""So many failed reads in a row mean that the camera is gone."""
FILE_RATE = 10.0
"""A file plays at most so many pictures a second; more only costs."""


class OpencvCamera:
    """A camera or file behind cv2.VideoCapture. OpenCV gives pixels, so the still is encoded here (JPEG, quality 95).

    `preview` and `still` take at most 3 s, opening at most 25 s.
    """

    def __init__(self, source: int | Path, backend: int = cv2.CAP_ANY, size: tuple[int, int] = (3264, 2448)) -> None:
        """`source` is a camera's index or a video file; `size` is what a camera is asked for, it may give another."""
        if isinstance(source, Path) and not source.is_file():
            raise DeviceFault(FaultCode.NOT_CONNECTED, f"no such file: {source}")
        self._source, self._backend, self._size = source, backend, size
        self._last: Frame | None = None
        self._last_width = 0
        self._pump = Pump(self._pictures, "opencv camera")
        try:
            self._pump.newest(OPEN)
        except DeviceFault:
            self._pump.close()
            raise

    def preview(self, width: int) -> Frame:
        """See DocumentCamera. The same Frame again when no newer picture came."""
        taken = self._pump.newest(ANSWER)
        if self._last is None or (self._last.sequence, self._last_width) != (taken.sequence, width):
            self._last, self._last_width = _frame(taken, width), width
        return self._last

    def still(self) -> Still:
        """See DocumentCamera. A picture that came after the call."""
        picture = self._pump.next(ANSWER).picture
        done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        if not done:
            raise DeviceFault(FaultCode.BAD_ANSWER, "the picture cannot be written as JPEG")
        return Still(jpeg.tobytes(), picture.shape[1], picture.shape[0])

    def close(self) -> None:
        """Let the camera go."""
        self._pump.close()

    def _pictures(self, closed: threading.Event) -> Iterator[Image]:
        capture = self._open()
        rest = 0.0
        try:
            if isinstance(self._source, Path):
                rest = 1 / min(max(capture.get(cv2.CAP_PROP_FPS), 1.0), FILE_RATE)
            else:
                for _ in range(WARM_UP):
                    capture.grab()
            missed = 0
            while not closed.is_set():
                began = time.monotonic()
                good, picture = capture.read()
                if good:
                    missed = 0
                    yield cast("Image", picture)
                else:
                    missed += 1
                    self._after_miss(capture, missed)
                closed.wait(max(0.0, (rest if good else 0.05) - (time.monotonic() - began)))
        except cv2.error as e:
            raise DeviceFault(FaultCode.BAD_ANSWER, str(e)) from e
        finally:
            capture.release()

    def _open(self) -> cv2.VideoCapture:
        if isinstance(self._source, Path):
            capture = cv2.VideoCapture(str(self._source))
        else:
            if platform.system() == "Linux" and not _node(self._source).exists():
                # OpenCV would try every backend it has and write an error block for each.
                raise DeviceFault(FaultCode.NOT_CONNECTED, f"no camera {self._source}")
            capture = cv2.VideoCapture(self._source, self._backend)
        if not capture.isOpened():
            capture.release()
            raise DeviceFault(FaultCode.NOT_CONNECTED, f"{self._source} does not open")
        if not isinstance(self._source, Path):
            # This order works most often: the pixel format decides which sizes there are, the size which rates.
            for setting, value in (
                (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
                (cv2.CAP_PROP_FRAME_WIDTH, self._size[0]),
                (cv2.CAP_PROP_FRAME_HEIGHT, self._size[1]),
                (cv2.CAP_PROP_FPS, 10),
                (cv2.CAP_PROP_BUFFERSIZE, 1),
            ):
                capture.set(setting, value)
        return capture

    def _after_miss(self, capture: cv2.VideoCapture, missed: int) -> None:
        if isinstance(self._source, Path) and missed == 1:
            capture.set(cv2.CAP_PROP_POS_FRAMES, 0)      # a recording of a desk plays for ever
        elif missed >= (2 if isinstance(self._source, Path) else MISSED):
            raise DeviceFault(FaultCode.NO_FRAME, "no picture can be read any more")


def _node(index: int) -> Path:
    return Path(f"/dev/video{index}")


def _frame(taken: Taken[Image], width: int) -> Frame:
    height, full = taken.picture.shape[:2]
    size = (width, max(1, round(height * width / full)))
    picture = cv2.resize(taken.picture, size, interpolation=cv2.INTER_AREA) if width < full else taken.picture
    return Frame(cast("Image", picture), taken.sequence, (full, height))


def cameras() -> list[tuple[str, int, int]]:
    """(name, index, backend) of every camera attached, by cv2-enumerate-cameras; empty when that is not installed."""
    try:
        from cv2_enumerate_cameras import enumerate_cameras  # an extra, and it may be missing
    except ImportError:
        return []
    backend = {"Windows": cv2.CAP_MSMF, "Linux": cv2.CAP_V4L2, "Darwin": cv2.CAP_AVFOUNDATION}.get(platform.system())
    if backend is None:
        return []
    return [(camera.name, camera.index, backend) for camera in enumerate_cameras(backend)]


def camera_named(name: str) -> tuple[int, int]:
    """(index, backend) of the camera called so; NOT_CONNECTED when there is none. Order is never trusted, names are."""
    for found, index, backend in cameras():
        if found == name:
            return index, backend
    raise DeviceFault(FaultCode.NOT_CONNECTED, f"no camera called {name}")
