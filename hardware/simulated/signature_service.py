"""The "WebCamera" service with a signature pad on it, on 127.0.0.1: answers the calls of the maker's demo pages, for demo and tests."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hardware.simulated.announced import announce, withdraw


class SimulatedSignatureService:
    """`model` as the driver's address names it. `sign` is the family's hand; `port` lets one come back where another was."""

    def __init__(self, model: str = "GW500A", port: int = 0) -> None:
        self.model = model
        self.remark = ""
        """What the pad asks the family."""
        self.open = False
        """Whether the signing field stands on the pad."""
        self.calls: list[str] = []
        self.code = "0"
        """What serialport=sign answers; anything but "0" refuses."""
        self._data = ""
        self._silent = threading.Event()
        self._serial = model.endswith("R")
        self._line = False
        self._server = _Server(self, port)
        self.port: int = self._server.server_address[1]
        self._announced = f"webcamera://127.0.0.1:{self.port}"
        self.address = f"{self._announced}?pad={model}"
        announce(self._announced)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="simulated signature pad",
                         daemon=True).start()

    def sign(self, picture: bytes) -> None:
        """The family has written; `picture` is what the service will give."""
        self._data = base64.b64encode(picture).decode()

    def stall(self) -> None:
        """Take every call and answer none, until it is closed."""
        self._silent.set()

    def close(self) -> None:
        """Switch it off; safe to call twice."""
        withdraw(self._announced)
        self._server.shutdown()
        self._server.server_close()

    def answer(self, call: str, told: dict[str, Any]) -> dict[str, str] | None:
        """What the service says; None = nothing at all."""
        self.calls.append(call)
        if self._silent.is_set():
            return None
        no = {"code": "-1", "message": "失败"}
        match call:
            case "device=getequipmenttype":
                return {"code": "0", "data": self.model}
            case "serialport=initserialport" if self._serial:
                self._line = {"port", "baud", "parity", "databits", "stopbits"} <= set(told)
                return {"code": "0"} if self._line else no
            case "serialport=deinitserialport" if self._serial:
                self._line = self.open = False
                return {"code": "0"}
            case "serialport=sign":
                if self.code != "0" or (self._serial and not self._line):
                    return {"code": self.code if self.code != "0" else "-1"}
                self.open, self.remark = True, str(told.get("remark", ""))
                return {"code": "0", "message": "弹出签字窗口成功"}
            case "serialport=close":
                self.open = False
                return {"code": "0"}
            case "serialport=getdata" if self._serial and self._line:
                return {"code": "0", "data": self._data} if self._data else no
            case "pendisplay=getsigndata" if not self._serial:
                return {"code": "0", "data": self._data} if self._data else no
        return no


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, service: SimulatedSignatureService, port: int) -> None:
        self.service = service
        super().__init__(("127.0.0.1", port), _Calls)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is no error."""


class _Calls(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        """One call."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        said = self.server.service.answer(self.path.lstrip("/"), json.loads(body or b"{}"))
        if said is None:
            self.rfile.read(1)      # until the caller hangs up
            return
        data = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Every look would be a line; nobody reads them."""
