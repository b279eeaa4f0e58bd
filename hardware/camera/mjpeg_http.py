"""A camera that is an MJPEG URL: network cameras and the local services that document-camera makers install.

The still is the camera's own JPEG, byte for byte; only the preview is decoded, no larger than the screen wants it.
"""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from hardware.camera import jpeg
from hardware.camera.live import LiveCamera, Shot
from hardware.camera.multipart import PartReader, boundary_of
from hardware.faults import DeviceFault, FaultCode

CONNECT = 3.0
"""Seconds for the connection and for the first picture after it; also the longest silence in the stream."""
OPENING = 6.0
"""Seconds for all of it at first."""
GULP = 1 << 20
REST = 0.003
"""Seconds to let more bytes gather. A picture in thirty small reads would take Python's lock thirty times from the window's thread."""


class MjpegCamera(LiveCamera):
    """Opens `url` at once: NOT_CONNECTED, TIMEOUT, NO_FRAME or BAD_ANSWER when no picture comes. Reconnects by itself."""

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError as e:
            raise DeviceFault(FaultCode.UNSUPPORTED, "not a camera address") from e
        self._secure = parts.scheme == "https"
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._socket: socket.socket | None = None
        super().__init__("mjpeg camera", OPENING)

    def close(self) -> None:
        """Hang up."""
        if line := self._socket:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)      # wakes the thread that waits for the next bytes
        super().close()

    def _pictures(self, closed: threading.Event) -> Iterator[Shot]:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=CONNECT)
        try:
            connection.connect()
            self._socket = connection.sock
            connection.request("GET", self._path, headers={"Accept": "multipart/x-mixed-replace, */*"})
            with connection.getresponse() as answer:      # its own close: it holds the socket, too
                yield from _stream(answer, closed)
        except TimeoutError as e:
            raise DeviceFault(FaultCode.TIMEOUT, "the camera's service does not answer") from e
        except (OSError, http.client.HTTPException, ValueError) as e:
            raise DeviceFault(FaultCode.NOT_CONNECTED, f"{type(e).__name__}: {e}") from e
        finally:
            connection.close()


def _stream(answer: http.client.HTTPResponse, closed: threading.Event) -> Iterator[bytes]:
    if answer.status != http.client.OK:
        raise DeviceFault(FaultCode.NOT_CONNECTED, f"the camera's service answered {answer.status}")
    reader = PartReader(boundary_of(answer.headers.get("Content-Type", "")))
    last = time.monotonic()
    while not closed.is_set():
        try:
            heard = answer.read1(GULP)
        except TimeoutError as e:
            raise DeviceFault(FaultCode.NO_FRAME, "the stream fell silent") from e
        if not heard:
            raise DeviceFault(FaultCode.NO_FRAME, "the stream ended")
        if len(heard) < GULP:
            time.sleep(REST)
        reader.feed(heard)
        while (part := reader.next_part()) is not None:
            if _is_whole(part):
                yield part
                last = time.monotonic()
        if time.monotonic() - last > 2 * CONNECT:      # bytes drip, or every picture is torn: only a new connection helps
            raise DeviceFault(FaultCode.NO_FRAME, "bytes, but no whole picture")


def _is_whole(part: bytes) -> bool:
    """True for a sound JPEG; a torn picture is left out, the next one is a moment away."""
    try:
        jpeg.size_of(part)
    except DeviceFault:
        return False
    return True
