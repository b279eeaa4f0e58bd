"""A document camera as an MJPEG service on 127.0.0.1: shows one specimen picture at a time, as if it lay on the desk.

A few noisy copies of each picture are made once and sent in turn: no two pictures are alike, and it costs little.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from hardware.opencv import cv2

EMPTY = "empty"
"""The scene shown when nothing lies there."""
COPIES = 3
QUALITY = 92
GRAIN = 2.5
"""Standard deviation of the sensor's noise, in grey levels."""
KEPT = 6
"""Scenes whose copies are kept; each takes some 2 MB."""


class SimulatedCamera:
    """Serves http://127.0.0.1:port/. `scenes` are the JPEG files of a folder, by stem."""

    def __init__(self, folder: Path, rate: float = 8.0) -> None:
        self._scenes = {path.stem: path for path in sorted(folder.glob("*.jpg"))}
        self._rate = rate
        self._copies: OrderedDict[str, list[bytes]] = OrderedDict()
        self._changed = threading.Condition()
        self._shown: list[bytes] = []
        self._dark = False
        self._closed = False
        self.show(EMPTY)
        self._server = _Server(self)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1},
                         name="simulated camera", daemon=True).start()  # fmt: skip

    @property
    def scenes(self) -> Mapping[str, Path]:
        """Everything that can be laid under the camera, by name."""
        return self._scenes

    def show(self, scene: str) -> None:
        """Lay this under the camera; KeyError when there is no such picture. Up to half a second, once per scene."""
        copies = self._copies.get(scene) or self._make(scene)
        self._copies[scene] = copies
        self._copies.move_to_end(scene)
        while len(self._copies) > KEPT:
            self._copies.popitem(last=False)
        with self._changed:
            self._shown = copies
            self._changed.notify_all()

    def stall(self, on: bool = True) -> None:
        """Keep the connection and send no picture, as a camera whose cable came loose inside."""
        with self._changed:
            self._dark = on
            self._changed.notify_all()

    def close(self) -> None:
        """Stop serving; safe to call twice."""
        with self._changed:
            already, self._closed = self._closed, True
            self._changed.notify_all()
        if not already:
            self._server.shutdown()
            self._server.server_close()

    def picture(self, count: int) -> bytes | None:
        """The JPEG to send as a stream's `count`th; None when the camera was closed. Waits while stalled."""
        with self._changed:
            while self._dark and not self._closed:
                self._changed.wait(0.5)
            return None if self._closed else self._shown[count % len(self._shown)]

    def rest(self, began: float) -> None:
        """Wait until the next picture is due; a new scene ends the wait."""
        with self._changed:
            if not self._closed:
                self._changed.wait(max(0.0, 1 / self._rate - (time.monotonic() - began)))

    def _make(self, scene: str) -> list[bytes]:
        if scene not in self._scenes and scene == EMPTY:
            picture = np.full((1944, 2592, 3), (150, 172, 190), np.uint8)
        else:
            read = cv2.imread(str(self._scenes[scene]))
            if read is None:
                raise KeyError(scene)
            picture = np.asarray(read, np.uint8)
        grain = np.random.default_rng(len(scene))
        height, width = picture.shape[:2]
        copies = []
        for copy in range(COPIES):
            tile = grain.normal(0, GRAIN, (256, 256, 1)).repeat(3, axis=2).round().astype(np.int16)
            across = np.tile(tile, (height // 256 + 1, width // 256 + 1, 1))[:height, :width]
            noisy = cv2.add(picture, across, dtype=cv2.CV_8U)
            done, jpeg = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
            if not done:
                raise ValueError(f"copy {copy} of {scene} cannot be encoded")
            copies.append(jpeg.tobytes())
        return copies


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, camera: SimulatedCamera) -> None:
        self.camera = camera
        super().__init__(("127.0.0.1", 0), _Stream)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A viewer that hangs up is no error."""


class _Stream(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Send pictures until the viewer hangs up or the camera is closed."""
        camera = self.server.camera
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        count = 0
        began = time.monotonic()
        while (jpeg := camera.picture(count)) is not None:
            began = time.monotonic()
            head = f"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            self.wfile.write(head.encode() + jpeg + b"\r\n")
            count += 1
            camera.rest(began)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Every picture would be a line; nobody reads them."""
