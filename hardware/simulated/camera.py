"""A document camera as an MJPEG service on 127.0.0.1: shows one specimen picture at a time, as if it lay on the desk.

It also answers video=grabimage and video=close as a maker's local service does (camera/webcamera_http.py). A few noisy copies of each
picture are made once and sent in turn: no two pictures are alike, and it costs little.
"""

import base64
import json
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from hardware.opencv import cv2

EMPTY = "empty"
"""The scene shown when nothing lies there."""
BOUNDARY = "picture"
COPIES = 3
QUALITY = 92
GRAIN = 2.5
"""Standard deviation of the sensor's noise, in grey levels."""
KEPT = 6
"""Scenes whose copies are kept; each takes some 2 MB."""


class SimulatedCamera:
    """Serves http://127.0.0.1:port/. `scenes` are the JPEG files of a folder, by stem."""

    newer = False
    """Answer grabimage as the newer builds of the service do."""

    def __init__(self, folder: Path, rate: float = 8.0, port: int = 0) -> None:
        """`rate`: pictures a second; `port` 0 = any."""
        self.folder = folder
        self._scenes = {path.stem: path for path in sorted(folder.glob("*.jpg"))}
        self._rate = rate
        self._copies: OrderedDict[str, list[bytes]] = OrderedDict()
        self._changed = threading.Condition()
        self._shown: list[bytes] = []
        self._dark = False
        self._spoilt = b""
        self._viewers: set[socket.socket] = set()
        self._closed = False
        self.show(EMPTY)
        self._server = _Server(self, port)
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

    def pace(self, rate: float) -> None:
        """Send so many pictures a second from now on."""
        with self._changed:
            self._rate = rate
            self._changed.notify_all()

    def spoil(self, wire: bytes = b"") -> None:
        """Send these bytes in place of every picture with its head; none = be well again."""
        with self._changed:
            self._spoilt = wire
            self._changed.notify_all()

    def drop(self) -> None:
        """Hang up on everyone who watches, in the middle of a picture as it may be; who calls again is served."""
        with self._changed:
            viewers = tuple(self._viewers)
        for viewer in viewers:
            with suppress(OSError):
                viewer.shutdown(socket.SHUT_RDWR)

    @property
    def viewers(self) -> int:
        """How many watch now."""
        with self._changed:
            return len(self._viewers)

    def close(self) -> None:
        """Stop serving; safe to call twice."""
        with self._changed:
            already, self._closed = self._closed, True
            self._changed.notify_all()
        if not already:
            self.drop()
            self._server.shutdown()
            self._server.server_close()

    def picture(self, count: int) -> bytes | None:
        """The JPEG to send as a stream's `count`th; None when the camera was closed. Waits while stalled."""
        with self._changed:
            while self._dark and not self._closed:
                self._changed.wait(0.5)
            return None if self._closed else self._shown[count % len(self._shown)]

    def wire(self, count: int) -> bytes | None:
        """The same as it goes over the wire, spoilt if so told."""
        jpeg = self.picture(count)
        with self._changed:
            if jpeg is None or self._spoilt:
                return None if jpeg is None else self._spoilt
        head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
        return head.encode() + jpeg + b"\r\n"

    def grab(self) -> dict[str, object]:
        """What the maker's service answers to video=grabimage now."""
        with self._changed:
            if self._dark or not self._viewers:      # without an open stream the service has no picture
                return {"code": "-1", "message": "no video"}
            photo = base64.b64encode(self._shown[0]).decode()
        return {"code": "0", "images": [{"base64": photo}]} if self.newer else {"code": "0", "photoBase64": photo}

    @contextmanager
    def watched_by(self, viewer: socket.socket) -> Iterator[None]:
        """While a stream runs over this socket."""
        with self._changed:
            self._viewers.add(viewer)
        try:
            yield
        finally:
            with self._changed:
                self._viewers.discard(viewer)

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

    def __init__(self, camera: SimulatedCamera, port: int) -> None:
        self.camera = camera
        super().__init__(("127.0.0.1", port), _Stream)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A viewer that hangs up is no error."""


class _Stream(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Send pictures until the viewer hangs up or the camera is closed."""
        camera = self.server.camera
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        self.end_headers()
        count = 0
        with camera.watched_by(self.connection):
            began = time.monotonic()
            while (wire := camera.wire(count)) is not None:
                began = time.monotonic()
                self.wfile.write(wire)
                count += 1
                camera.rest(began)

    def do_POST(self) -> None:
        """One call of the maker's service; its bodies are JSON objects of strings."""
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        calls: dict[str, Callable[[], dict[str, object]]] = {"/video=grabimage": self.server.camera.grab, "/video=close": _done}
        known = calls.get(self.path)
        if known is None or not isinstance(body, dict) or not all(isinstance(value, str) for value in body.values()):
            self.send_error(404)
            return
        answer = json.dumps(known()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Every picture would be a line; nobody reads them."""


def _done() -> dict[str, object]:
    return {"code": "0"}
