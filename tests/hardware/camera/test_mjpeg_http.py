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
    cv2.imwrite(str(tmp_path / "larger.jpg"), np.full((960, 1280, 3), 100, np.uint8))
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


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mjpeg_http, "CONNECT", 0.4)
    monkeypatch.setattr(live, "ANSWER", 0.6)
    monkeypatch.setattr(pump, "FRESH", 0.2)
    monkeypatch.setattr(pump, "REOPEN", 0.05)


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (b"--another\r\nContent-Type: image/jpeg\r\n\r\n" + bytes(5000), FaultCode.BAD_ANSWER),
        (b"--picture\r\nContent-Length: 104857600\r\n\r\n" + bytes(70_000), FaultCode.BAD_ANSWER),
        (b"--picture\r\nContent-Length: 4\r\n\r\n\xff\xd8\xff\xd9\r\n", FaultCode.NO_FRAME),
        (b"\0", FaultCode.NO_FRAME),
    ],
    ids=["another boundary", "a part of 100 MB", "torn pictures only", "a byte now and then"],
)
def test_wrong_bytes_are_told_and_the_camera_works_again_when_it_is_well(
    hasty: None, desk: SimulatedCamera, driver: MjpegCamera, wire: bytes, code: FaultCode
) -> None:
    desk.spoil(wire)
    time.sleep(0.4)
    began = time.monotonic()
    assert code_of(driver.still) is code
    assert time.monotonic() - began < 1.5
    desk.spoil()
    assert driver.still().width == 640


def test_a_part_without_a_length_and_without_an_end_is_given_up(hasty: None, desk: SimulatedCamera, driver: MjpegCamera) -> None:
    desk.spoil(b"--picture\r\n\r\n" + bytes(40_000_000))
    time.sleep(0.3)
    assert code_of(driver.still) in {FaultCode.BAD_ANSWER, FaultCode.NO_FRAME}      # whichever of size and time is reached first
    desk.spoil()
    assert driver.still().width == 640


def test_a_service_that_hangs_up_is_called_again(hasty: None, desk: SimulatedCamera, driver: MjpegCamera) -> None:
    for _ in range(3):
        desk.drop()
        assert driver.still().width == 640
    assert desk.viewers == 1


def test_a_service_that_is_switched_off_and_on_again_needs_no_restart(hasty: None, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "empty.jpg"), np.full((480, 640, 3), 90, np.uint8))
    first = SimulatedCamera(tmp_path, rate=20)
    driver = MjpegCamera(f"http://127.0.0.1:{first.port}/")
    first.close()
    time.sleep(0.3)
    assert code_of(driver.preview, 320) is FaultCode.NOT_CONNECTED
    again = SimulatedCamera(tmp_path, rate=20, port=first.port)
    assert driver.still().width == 640
    driver.close()
    again.close()


def test_a_camera_that_changes_its_size_is_followed(desk: SimulatedCamera, driver: MjpegCamera, tmp_path: Path) -> None:
    assert driver.preview(320).full_size == (640, 480)
    desk.show("larger")
    still = driver.still()
    assert (still.width, still.height) == (1280, 960)
    assert driver.preview(320).full_size == (1280, 960)
    assert driver.preview(320).image.shape == (240, 320, 3)


def test_a_slow_camera_is_waited_for(desk: SimulatedCamera, driver: MjpegCamera) -> None:
    desk.pace(1.5)
    driver.still()
    began = time.monotonic()
    assert driver.still().width == 640
    assert 0.2 < time.monotonic() - began < 2


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


def test_a_still_that_cannot_be_decoded_is_none(hasty: None, desk: SimulatedCamera, driver: MjpegCamera) -> None:
    whole = desk.picture(0)
    assert whole is not None
    begins = whole.index(b"\xff\xc0") + 19      # marks and size are sound, all behind them is zeros
    ruined = whole[:begins] + bytes(len(whole) - begins - 2) + b"\xff\xd9"
    desk.spoil(b"".join(b"--picture\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(ruined), ruined) for _ in range(3)))
    time.sleep(0.4)
    assert code_of(driver.still) is FaultCode.BAD_ANSWER
