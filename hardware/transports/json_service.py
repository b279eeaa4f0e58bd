"""A maker's local service that takes POST /<call> with a JSON object and answers with one, a connection per call.

So the service may go and come back between two calls. What the calls mean is the driver's.
"""

import http.client
import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from threading import Event
from typing import Any

from hardware.faults import DeviceFault, FaultCode

LONGEST = 48 << 20
"""Bytes of an answer; a page of 13 megapixels in base64 takes some 10 million."""


class JsonService:
    """`host` and `port` are not looked at before the first call."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._socket: socket.socket | None = None
        self.closed = Event()

    def ask(self, call: str, body: Mapping[str, Any], timeout: float, *, parting: bool = False) -> dict[str, Any]:
        """The answer. TIMEOUT, NOT_CONNECTED, BAD_ANSWER; CANCELLED once `close` was called, unless it is a `parting` word."""
        try:
            return self._post(call, body, timeout, parting=parting)
        except DeviceFault as fault:
            if self.closed.is_set() and not parting:
                raise DeviceFault(FaultCode.CANCELLED, "the device was closed") from fault
            raise

    def close(self) -> None:
        """Break the call that waits in another thread; safe to call twice."""
        self.closed.set()
        if line := self._socket:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _post(self, call: str, body: Mapping[str, Any], timeout: float, *, parting: bool) -> dict[str, Any]:
        line = http.client.HTTPConnection(self._host, self._port, timeout=timeout)
        try:
            line.connect()
            if not parting:
                self._socket = line.sock
                if self.closed.is_set():
                    raise DeviceFault(FaultCode.CANCELLED, "the device was closed")
            line.request("POST", f"/{call}", json.dumps(body, ensure_ascii=False).encode(),
                         {"Content-Type": "application/json; charset=utf-8"})
            with line.getresponse() as answer:
                status, heard = answer.status, answer.read(LONGEST + 1)
            if status != http.client.OK or len(heard) > LONGEST:
                raise DeviceFault(FaultCode.BAD_ANSWER, f"{call}: status {status}, {len(heard)} bytes")
            said = json.loads(heard)
        except TimeoutError as e:
            raise DeviceFault(FaultCode.TIMEOUT, f"{call}: the service fell silent") from e
        except (OSError, http.client.HTTPException) as e:
            raise DeviceFault(FaultCode.NOT_CONNECTED, f"{call}: {type(e).__name__}") from e
        except (ValueError, RecursionError) as e:
            raise DeviceFault(FaultCode.BAD_ANSWER, f"{call}: no JSON") from e
        finally:
            if not parting:
                self._socket = None
            line.close()
        if not isinstance(said, dict):
            raise DeviceFault(FaultCode.BAD_ANSWER, f"{call}: no object")
        return said
