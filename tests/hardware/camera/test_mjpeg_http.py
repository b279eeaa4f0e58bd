"""The MJPEG driver against the simulated camera's HTTP service."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from hardware.camera import live, mjpeg_http, pump
from hardware.camera.mjpeg_http import MjpegCamera
from hardware.faults import FaultCode
from hardware.opencv import cv2
from hardware.simulated.camera import SimulatedCamera
from tests.hardware.faulty import code_of


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SimulatedCamera]:
    for name, level in (("empty", 200), ("paper", 60)):
        cv2.imwrite(str(tmp_path / f"{name}.jpg"), np.full((480, 640, 3), level, np.uint8))
    camera = SimulatedCamera(tmp_path, rate=20)
    yield camera
    camera.close()


@pytest.fixture
def driver(desk: SimulatedCamera) -> Iterator[MjpegCamera]:
    driver = MjpegCamera(f"http://127.0.0.1:{desk.port}/")
    yield driver
    driver.close()


def test_the_still_is_the_camera_s_own_jpeg_byte_for_byte(desk: SimulatedCamera, driver: MjpegCamera) -> None:
    sent = {desk.picture(count) for count in range(3)}
    still = driver.still()
    assert still.jpeg in sent
    assert (still.width, still.height) == (640, 480)


def test_a_still_shows_what_lies_there_now(desk: SimulatedCamera, driver: MjpegCamera) -> None:
    assert driver.preview(320).image.mean() > 180
    desk.show("paper")
    time.sleep(0.1)
    still = cv2.imdecode(np.frombuffer(driver.still().jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert still is not None
    assert still.mean() < 80


def test_the_sequence_rises_only_with_a_new_picture(desk: SimulatedCamera, driver: MjpegCamera) -> None:
    desk.stall()
    time.sleep(0.15)
    first, second = driver.preview(320), driver.preview(320)
    assert second is first
    desk.stall(on=False)
    time.sleep(0.2)
    assert driver.preview(320).sequence > first.sequence


def test_pictures_differ_as_a_sensor_s_do(desk: SimulatedCamera, driver: MjpegCamera) -> None:
    first = driver.preview(640)
    time.sleep(0.1)
    second = driver.preview(640)
    assert first.sequence != second.sequence
    assert 0 < np.abs(first.image.astype(int) - second.image).mean() < 6


def test_a_camera_that_sends_nothing_any_more_is_told(monkeypatch: pytest.MonkeyPatch, desk: SimulatedCamera, driver: MjpegCamera) -> None:
    monkeypatch.setattr(pump, "FRESH", 0.1)
    monkeypatch.setattr(live, "ANSWER", 0.3)
    desk.stall()
    time.sleep(0.2)
    assert code_of(driver.preview, 320) is FaultCode.NO_FRAME
    assert code_of(driver.still) is FaultCode.NO_FRAME


def test_a_silent_camera_is_asked_anew_and_comes_back(monkeypatch: pytest.MonkeyPatch, desk: SimulatedCamera) -> None:
    monkeypatch.setattr(mjpeg_http, "CONNECT", 0.2)
    monkeypatch.setattr(pump, "FRESH", 0.2)
    monkeypatch.setattr(pump, "REOPEN", 0.05)
    driver = MjpegCamera(f"http://127.0.0.1:{desk.port}/")
    desk.stall()
    time.sleep(0.5)
    assert code_of(driver.preview, 320) is FaultCode.NO_FRAME
    desk.stall(on=False)
    assert driver.still().width == 640
    driver.close()


def test_nobody_at_the_address_is_not_connected() -> None:
    began = time.monotonic()
    assert code_of(MjpegCamera, "http://127.0.0.1:1/") is FaultCode.NOT_CONNECTED
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("status", "kind", "code"), [(404, "text/html", FaultCode.NOT_CONNECTED), (200, "text/html", FaultCode.BAD_ANSWER)]
)
def test_a_page_that_is_no_camera_is_told(status: int, kind: str, code: FaultCode) -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    assert code_of(MjpegCamera, f"http://127.0.0.1:{server.server_address[1]}/") is code
    server.shutdown()
    server.server_close()
