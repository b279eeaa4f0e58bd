"""良田 (Eloam) signature pads behind the maker's local HTTP service "WebCamera", by default on 127.0.0.1:38088.

GW500A/GW1000A are displays: serialport=sign {pos, remark}, pendisplay=getsigndata, serialport=close. GW500R/GW1000R hang on a
serial line: serialport=initserialport first, serialport=getdata for the picture, serialport=deinitserialport. Bodies hold
strings; answers carry `code` ("0" = done) and `data` (the picture in base64). Source: the maker's own demo pages.
Not proved here: a real pad; whether the service shows a picture before the family pressed 完成 is not documented.
"""

import base64
import binascii
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hardware.faults import DeviceFault, FaultCode
from hardware.readings import Signature
from hardware.signature import ink
from hardware.transports.json_service import JsonService

MODELS = ("GW500A", "GW1000A", "GW500R", "GW1000R")
PORT = 38088
ANSWER = 3.0
"""Seconds one call to the service may take."""
EVERY = 0.4
"""Seconds between two looks whether the family has signed."""
PLACE = {"top": "250", "left": "280", "width": "600", "height": "250"}
"""Where the A pads open their field, as the maker's pages do."""


class WebCameraPad:
    """webcamera://127.0.0.1:38088?pad=GW500A; for an R pad also &port=0&baud=115200 (the service's own number of the port).

    Nothing is touched before it is used, and the service may go and come back. `sign` takes at most `timeout` + 9 s.
    """

    def __init__(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "127.0.0.1", parts.port or PORT
        except ValueError as e:
            raise DeviceFault(FaultCode.UNSUPPORTED, "not a service's address") from e
        told = dict(parse_qsl(parts.query))
        model = told.get("pad", MODELS[0])
        if model not in MODELS:
            raise DeviceFault(FaultCode.UNSUPPORTED, f"known pads: {', '.join(MODELS)}")
        self._serial = model.endswith("R")
        self._line = {"port": told.get("port", "0"), "baud": told.get("baud", "115200"), "parity": "0", "databits": "8", "stopbits": "0"}
        self._service = JsonService(host, port)

    def sign(self, prompt: str, timeout: float) -> Signature:
        """See SignaturePad. `prompt` is shown by the A pads. Service gone while the family writes: NOT_CONNECTED, ask them again."""
        until = time.monotonic() + timeout
        if self._serial:
            self._do("serialport=initserialport", self._line)
        try:
            before = self._picture()      # what lies there from the last family must never become this one's
            self._do("serialport=sign", {} if self._serial else {"pos": PLACE, "remark": prompt})
            while (left := until - time.monotonic()) > 0:
                if (picture := self._picture()) is not None and picture != before and ink.reach(picture):
                    return Signature(*ink.as_png(picture))
                self._service.closed.wait(min(EVERY, left))
            raise DeviceFault(FaultCode.TIMEOUT, "nobody signed")
        finally:
            self._take_down()

    def alive(self) -> str:
        """The model the service names; proves that the service answers, not that a pad hangs on it."""
        model = self._service.ask("device=getequipmenttype", {}, ANSWER).get("data")
        return model if isinstance(model, str) and model else "WebCamera"

    def close(self) -> None:
        """Let the device go; a waiting `sign` ends with CANCELLED and takes its field from the pad."""
        self._service.close()

    def _take_down(self) -> None:
        """Close the field on the pad, whatever happened; the first fault is the one to tell."""
        with suppress(DeviceFault):
            if self._serial:
                self._service.ask("serialport=deinitserialport", {"port": self._line["port"]}, ANSWER, parting=True)
            else:
                self._service.ask("serialport=close", {}, ANSWER, parting=True)

    def _picture(self) -> bytes | None:
        """The signature as the service gives it now; None when there is none yet."""
        answer = self._service.ask("serialport=getdata" if self._serial else "pendisplay=getsigndata", {}, ANSWER)
        data = answer.get("data")
        if str(answer.get("code", "0")) != "0" or not isinstance(data, str) or not data:
            return None
        try:
            return base64.b64decode("".join(data.rpartition("base64,")[2].split()), validate=True)
        except (binascii.Error, ValueError) as e:
            raise DeviceFault(FaultCode.BAD_ANSWER, "the signature is no base64") from e

    def _do(self, call: str, body: Mapping[str, Any]) -> None:
        code = str(self._service.ask(call, body, ANSWER).get("code", "0"))
        if code != "0":
            raise DeviceFault(FaultCode.NOT_CONNECTED, f"{call}: the service answered code {code[:20]}")
