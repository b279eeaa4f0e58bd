"""The promise of DocumentCamera, held against every driver that can run here."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from hardware.devices import DocumentCamera
from hardware.faults import DeviceFault
from hardware.opencv import cv2
from hardware.registry import open_camera
from hardware.simulated.camera import SimulatedCamera
from tests.contracts.wires import film


@pytest.fixture(params=["mjpeg over http", "video file"])
def camera(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DocumentCamera]:
    if request.param == "video file":
        film(tmp_path / "desk.avi")
        driver = open_camera(f"video:{tmp_path / 'desk.avi'}")
        yield driver
        driver.close()
        return
    cv2.imwrite(str(tmp_path / "empty.jpg"), np.full((480, 640, 3), 128, np.uint8))
    device = SimulatedCamera(tmp_path)
    driver = open_camera(f"http://127.0.0.1:{device.port}/")
    yield driver
    driver.close()
    device.close()


@pytest.mark.parametrize("width", [640, 320, 160])
def test_a_preview_is_about_as_wide_as_asked_and_tells_the_full_size(camera: DocumentCamera, width: int) -> None:
    frame = camera.preview(width)
    assert frame.image.dtype == np.uint8
    assert frame.image.shape == (width * 3 // 4, width, 3)
    assert frame.full_size == (640, 480)


def test_the_sequence_never_falls_and_rises_with_new_pictures_only(camera: DocumentCamera) -> None:
    frames = []
    end = time.monotonic() + 0.8
    while time.monotonic() < end:
        frames.append(camera.preview(320))
        time.sleep(0.02)
    numbers = [frame.sequence for frame in frames]
    assert numbers == sorted(numbers)
    assert 2 <= len(set(numbers)) < len(numbers)
    for before, after in pairwise(frames):
        assert (before.sequence == after.sequence) == np.array_equal(before.image, after.image)


def test_a_still_is_a_jpeg_of_the_full_size(camera: DocumentCamera) -> None:
    still = camera.still()
    picture = cv2.imdecode(np.frombuffer(still.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert (still.width, still.height) == (picture.shape[1], picture.shape[0]) == (640, 480)


def test_a_still_does_not_keep_the_clerk_waiting(camera: DocumentCamera) -> None:
    began = time.monotonic()
    camera.still()
    assert time.monotonic() - began < 2


def test_it_may_be_closed_twice_and_then_raises_device_faults_only(camera: DocumentCamera) -> None:
    camera.close()
    camera.close()
    with pytest.raises(DeviceFault):
        camera.preview(320)
    with pytest.raises(DeviceFault):
        camera.still()


def test_a_film_plays_for_ever(tmp_path: Path) -> None:
    film(tmp_path / "short.avi", pictures=2)
    camera = open_camera(f"video:{tmp_path / 'short.avi'}")
    seen = set()
    end = time.monotonic() + 1.2
    while time.monotonic() < end:
        seen.add(camera.preview(64).sequence)
        time.sleep(0.05)
    camera.close()
    assert len(seen) > 5
