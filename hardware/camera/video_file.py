"""A film of a desk played for ever as if it were a camera, through OpenCV. For trials and for the contract suite."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from hardware.camera.live import LiveCamera, Shot
from hardware.camera.uvc import as_shot
from hardware.faults import DeviceFault, FaultCode
from hardware.opencv import cv2

OPENING = 10.0
RATE = 10.0
"""A file plays at most so many pictures a second; more only costs."""


class VideoFile(LiveCamera):
    """NOT_CONNECTED when there is no such film. Of an MJPG film the stills are its own JPEG bytes, of others encoded ones."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise DeviceFault(FaultCode.NOT_CONNECTED, f"no such file: {path}")
        self._path = path
        super().__init__("video file", OPENING)

    def _pictures(self, closed: threading.Event) -> Iterator[Shot]:
        capture = cv2.VideoCapture(str(self._path))
        try:
            if not capture.isOpened():
                raise DeviceFault(FaultCode.NOT_CONNECTED, f"{self._path} does not open")
            if int(capture.get(cv2.CAP_PROP_FOURCC)) == cv2.VideoWriter.fourcc(*"MJPG"):
                capture.set(cv2.CAP_PROP_FORMAT, -1)      # packets as they stand in the file
            rest = 1 / min(max(capture.get(cv2.CAP_PROP_FPS), 1.0), RATE)
            ended = False
            while not closed.is_set():
                began = time.monotonic()
                good, picture = capture.read()
                shot = as_shot(cast("Any", picture)) if good else None
                if shot is not None:
                    yield shot
                elif not good and ended:
                    raise DeviceFault(FaultCode.NO_FRAME, "a film without a picture")
                if not good:
                    capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
                ended = not good
                closed.wait(max(0.0, (rest if good else 0.0) - (time.monotonic() - began)))
        except cv2.error as e:
            raise DeviceFault(FaultCode.BAD_ANSWER, str(e)) from e
        finally:
            capture.release()
