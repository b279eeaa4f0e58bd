"""良田 (Eloam) document cameras through the maker's service on the clerk's computer: live picture and stills over HTTP.

Calls and field names as public front-ends use them with the service's port 38088 (one other build: 6543). Every value in a body is a
string. Older builds answer with `photoBase64`, newer ones with `images[0].base64`. Not proved here with the maker's own service.
"""

import base64
import binascii
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hardware.camera import jpeg
from hardware.camera.live import still_of
from hardware.camera.mjpeg_http import MjpegCamera
from hardware.faults import DeviceFault, FaultCode
from hardware.readings import Frame, Still
from hardware.transports.json_service import JsonService

ANSWER = 8.0
"""Seconds a still may take: the service focuses, takes the picture and encodes it."""
CLOSING = 1.0
PORT = 38088
_BODY = {"filepath": "base64", "rotate": "0", "cutpage": "0", "deskew": "0", "ColorMode": "0", "quality": "1"}
"""Colour, not turned, not cut (older builds call it cutpage, newer ones deskew), 1 = high quality."""


class WebCamera:
    """webcamera://127.0.0.1:38088?camidx=0 (0 main head, 1 portrait head); DeviceFault when the stream gives no picture.

    `photo=images.0.base64` names the field of the picture where a build differs; every other setting goes into the body of
    video=grabimage as it stands (rotate=90, ColorMode=4). The service demands that the stream is open before anything else,
    so it stays open as long as this object. `preview` takes at most 3 s, `still` 8 s, `close` some 3 s.
    """

    def __init__(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "127.0.0.1", parts.port or PORT
        except ValueError as e:
            raise DeviceFault(FaultCode.UNSUPPORTED, "not a camera address") from e
        settings = dict(parse_qsl(parts.query))
        self._fields = tuple(filter(None, (settings.pop("photo", ""), "photoBase64", "images.0.base64")))
        self._camera = settings.pop("camidx", "0")
        self._body = _BODY | {"camidx": self._camera} | settings
        self._service = JsonService(host, port)
        self._stream = MjpegCamera(f"http://{host}:{port}/video=stream&camidx={self._camera}")

    def preview(self, width: int) -> Frame:
        """See DocumentCamera; from the service's stream."""
        return self._stream.preview(width)

    def still(self) -> Still:
        """See DocumentCamera; the JPEG that the service made, byte for byte. NO_FRAME when it says that it has none."""
        answer = self._service.ask("video=grabimage", self._body, ANSWER)
        if str(answer.get("code")) != "0":
            raise DeviceFault(FaultCode.NO_FRAME, f"the service answered code {str(answer.get('code'))[:20]}")
        return still_of(_photo(answer, self._fields))

    def close(self) -> None:
        """Hang up, and tell the service that the camera is free; a still that waits in another thread ends with CANCELLED."""
        if not self._service.closed.is_set():
            self._service.close()
            self._stream.close()
            with suppress(DeviceFault):
                self._service.ask("video=close", {"camidx": self._camera}, CLOSING, parting=True)


def _photo(answer: dict[str, Any], fields: tuple[str, ...]) -> bytes:
    """The picture's bytes; BAD_ANSWER when no field holds a whole JPEG."""
    for field in fields:
        text = _at(answer, field)
        if isinstance(text, str) and text:
            try:
                picture = base64.b64decode("".join(text.rpartition("base64,")[2].split()), validate=True)
            except (binascii.Error, ValueError) as e:
                raise DeviceFault(FaultCode.BAD_ANSWER, f"{field} is no base64") from e
            jpeg.size_of(picture)
            return picture
    raise DeviceFault(FaultCode.BAD_ANSWER, f"no picture in {', '.join(fields)}; the answer holds {', '.join(sorted(answer))[:120]}")


def _at(value: Any, path: str) -> Any:
    """images.0.base64 -> value["images"][0]["base64"]; None where there is nothing."""
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
