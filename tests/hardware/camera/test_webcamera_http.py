"""良田's local service over loopback: the answers that its builds are known to give, and those that none should."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from hardware.camera import webcamera_http
from hardware.camera.jpeg import encoded
from hardware.camera.webcamera_http import WebCamera
from hardware.faults import DeviceFault, FaultCode
from tests.hardware.faulty import code_of

PICTURE = encoded(np.full((48, 64, 3), 90, np.uint8))
PHOTO = base64.b64encode(PICTURE).decode()
OLDER: dict[str, Any] = {"code": "0", "message": "success", "photoBase64": PHOTO}


class Service(ThreadingHTTPServer):
    """Plays the maker's service: a stream, and one prepared answer to every other call."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Call)
        self.answer: bytes = json.dumps(OLDER).encode()
        self.status = 200
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.streams: list[str] = []
        self.silent = threading.Event()
        self.done = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class Call(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.streams.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=--b")
        self.end_headers()
        while not self.server.done.wait(0.05):
            self.wfile.write(b"----b\r\nContent-Type: image/jpeg\r\n\r\n" + PICTURE + b"\r\n")

    def do_POST(self) -> None:
        self.server.calls.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        if self.server.silent.is_set():
            self.server.done.wait(5)
            return
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.done.set()
    service.shutdown()
    service.server_close()


def opened(service: Service, query: str = "") -> WebCamera:
    return WebCamera(f"webcamera://127.0.0.1:{service.server_address[1]}{query}")


@pytest.fixture
def camera(service: Service) -> Iterator[WebCamera]:
    camera = opened(service)
    yield camera
    camera.close()


@pytest.mark.parametrize(
    "answer",
    [OLDER, OLDER | {"code": 0}, OLDER | {"photoBase64": f"data:image/jpg;base64,{PHOTO}"},
     OLDER | {"photoBase64": PHOTO[:60] + "\r\n" + PHOTO[60:]},
     {"code": "0", "images": [{"base64": PHOTO}]}, {"code": "0", "photoBase64": "", "images": [{"base64": PHOTO}]}],
    ids=["older", "code as number", "data address", "in lines", "newer", "both"],
)  # fmt: skip
def test_the_still_is_the_service_s_jpeg_byte_for_byte(service: Service, camera: WebCamera, answer: dict[str, Any]) -> None:
    service.answer = json.dumps(answer).encode()
    still = camera.still()
    assert (still.jpeg, still.width, still.height) == (PICTURE, 64, 48)


def test_the_stream_is_opened_first_and_every_value_is_a_string(service: Service) -> None:
    camera = opened(service, "?camidx=1&rotate=90&ColorMode=4")
    camera.still()
    camera.close()
    assert service.streams == ["/video=stream&camidx=1"]
    (grab, body), (close, closed) = service.calls
    assert (grab, close, closed) == ("/video=grabimage", "/video=close", {"camidx": "1"})
    assert body == {"filepath": "base64", "rotate": "90", "cutpage": "0", "deskew": "0", "camidx": "1", "ColorMode": "4", "quality": "1"}


def test_another_build_s_field_is_named_in_the_address(service: Service) -> None:
    camera = opened(service, "?photo=data.pictures.0")
    service.answer = json.dumps({"code": "0", "data": {"pictures": [PHOTO]}}).encode()
    assert camera.still().jpeg == PICTURE
    camera.close()


def test_the_preview_comes_from_the_stream(camera: WebCamera) -> None:
    assert camera.preview(64).full_size == (64, 48)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b'{"code": "-1", "message": "no video"}', FaultCode.NO_FRAME), (b"{}", FaultCode.NO_FRAME),
        *((answer, FaultCode.BAD_ANSWER) for answer in (
            b"", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"code": "0"}', b'{"code": "0", "photoBase64": "!!"}',
            b'{"code": "0", "photoBase64": "AAAA"}', b'{"code": "0", "photoBase64": 5, "images": []}',
            b'{"code": "0", "photoBase64": "\xe5\x9b\xbe"}',
        )),
    ],
)  # fmt: skip
def test_an_answer_without_a_picture_gives_its_fault(service: Service, camera: WebCamera, answer: bytes, code: FaultCode) -> None:
    service.answer = answer
    assert code_of(camera.still) is code
    service.answer = json.dumps(OLDER).encode()
    assert camera.still().jpeg == PICTURE


def test_a_call_the_service_does_not_know_is_a_bad_answer(service: Service, camera: WebCamera) -> None:
    service.status = 404
    assert code_of(camera.still) is FaultCode.BAD_ANSWER


def test_a_service_that_is_silent_is_told_in_time(service: Service, camera: WebCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webcamera_http, "ANSWER", 0.3)
    service.silent.set()
    assert code_of(camera.still) is FaultCode.TIMEOUT
    service.silent.clear()
    assert camera.still().jpeg == PICTURE


def test_closing_ends_a_still_that_waits_for_the_service(service: Service, camera: WebCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webcamera_http, "CLOSING", 0.2)
    service.silent.set()
    heard: list[FaultCode] = []

    def take() -> None:
        try:
            camera.still()
        except DeviceFault as fault:
            heard.append(fault.code)

    waiting = threading.Thread(target=take)
    waiting.start()
    time.sleep(0.2)
    began = time.monotonic()
    camera.close()
    waiting.join(3)
    assert heard == [FaultCode.CANCELLED]
    assert time.monotonic() - began < 2


def test_nobody_at_the_address_is_not_connected() -> None:
    assert code_of(WebCamera, "webcamera://127.0.0.1:1") is FaultCode.NOT_CONNECTED
    assert code_of(WebCamera, "webcamera://127.0.0.1:port") is FaultCode.UNSUPPORTED
