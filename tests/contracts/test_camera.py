"""The promise of DocumentCamera, held against every driver that can run here."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from hardware.camera import folder, live, pump
from hardware.camera.jpeg import encoded
from hardware.devices import DocumentCamera
from hardware.faults import DeviceFault, FaultCode
from hardware.opencv import cv2
from hardware.registry import open_camera
from hardware.simulated.camera import SimulatedCamera
from tests.contracts.wires import SavingProgram, film
from tests.hardware.faulty import code_of


@dataclass
class Desk:
    """A driver and what stands behind it."""

    camera: DocumentCamera
    holds: Callable[[bytes], bool]
    """Whether the source sent just these JPEG bytes."""
    stop: Callable[[], object] | None = None
    """No more pictures; None for a film."""
    go_on: Callable[[], object] | None = None
    previews_stop: bool = True
    """Whether the preview stops with the pictures, too; a folder goes on showing the newest."""
    after: list[Callable[[], object]] = field(default_factory=list)


STOPPING = ("mjpeg over http", "maker's service", "maker's newer service", "watched folder")
FILMS = ("video file", "other film")


@pytest.fixture(params=[*STOPPING, *FILMS])
def desk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(live, "ANSWER", 1.0)
    monkeypatch.setattr(pump, "FRESH", 0.4)
    match request.param:
        case "video file":
            film(tmp_path / "desk.avi")
            whole = (tmp_path / "desk.avi").read_bytes()
            desk = Desk(open_camera(f"video:{tmp_path / 'desk.avi'}"), holds=lambda still: still in whole)
        case "other film":
            film(tmp_path / "desk.mp4", kind="mp4v")
            desk = Desk(open_camera(f"video:{tmp_path / 'desk.mp4'}"), holds=lambda still: True)
        case "watched folder":
            monkeypatch.setattr(folder, "EVERY", 0.05)
            program = SavingProgram(tmp_path)
            desk = Desk(open_camera(f"folder:{tmp_path}?wait=1"), program.saved.__contains__, program.stop, program.go_on, False)
            desk.after.append(program.close)
        case service:
            cv2.imwrite(str(tmp_path / "empty.jpg"), np.full((480, 640, 3), 128, np.uint8))
            device = SimulatedCamera(tmp_path)
            device.newer = "newer" in service
            address = f"{'http' if service == 'mjpeg over http' else 'webcamera'}://127.0.0.1:{device.port}"
            sent = {device.picture(count) for count in range(3)}
            desk = Desk(open_camera(address), sent.__contains__, device.stall, lambda: device.stall(on=False))
            desk.after.append(device.close)
    yield desk
    desk.camera.close()
    for close in desk.after:
        close()


@pytest.fixture
def camera(desk: Desk) -> DocumentCamera:
    return desk.camera


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


def test_a_still_is_the_source_s_own_jpeg_where_it_has_one(desk: Desk) -> None:
    assert desk.holds(desk.camera.still().jpeg)


def test_a_still_does_not_keep_the_clerk_waiting(camera: DocumentCamera) -> None:
    began = time.monotonic()
    camera.still()
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("desk", STOPPING, indirect=True)
def test_a_camera_that_stops_gives_its_fault_in_time_and_works_again_when_it_is_back(desk: Desk) -> None:
    assert desk.stop is not None
    assert desk.go_on is not None
    desk.camera.preview(320)
    desk.stop()
    time.sleep(0.5)
    began = time.monotonic()
    assert code_of(desk.camera.still) is FaultCode.NO_FRAME
    if desk.previews_stop:
        assert code_of(desk.camera.preview, 320) is FaultCode.NO_FRAME
    assert time.monotonic() - began < 3
    before = desk.camera.preview(320).sequence if not desk.previews_stop else 0
    desk.go_on()
    assert desk.camera.still().width == 640
    assert desk.camera.preview(320).sequence > before


def test_closing_from_another_thread_ends_a_wait(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "ANSWER", 5.0)
    if desk.stop is not None:
        desk.stop()
        time.sleep(0.2)
    caught: list[FaultCode] = []

    def take() -> None:
        try:
            while True:
                desk.camera.still()
        except DeviceFault as fault:
            caught.append(fault.code)

    waiting = threading.Thread(target=take)
    waiting.start()
    time.sleep(0.1)
    began = time.monotonic()
    desk.camera.close()
    waiting.join(3)
    assert not waiting.is_alive()
    assert time.monotonic() - began < 2.5
    assert caught in ([FaultCode.CANCELLED], [FaultCode.NO_FRAME])      # a service may say first that it has no picture


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


def test_a_picture_file_lies_there_until_it_changes(tmp_path: Path) -> None:
    page = tmp_path / "page.jpg"
    page.write_bytes(encoded(np.full((480, 640, 3), 90, np.uint8)))
    camera = open_camera(f"picture:{page}")
    first = camera.preview(320)
    assert camera.preview(320) is first
    assert first.full_size == (640, 480)
    assert camera.still().jpeg == page.read_bytes()
    page.write_bytes(encoded(np.full((240, 320, 3), 190, np.uint8)))
    assert camera.preview(320).sequence > first.sequence
    assert camera.still().jpeg == page.read_bytes()
    page.unlink()
    assert code_of(camera.still) is FaultCode.NOT_CONNECTED
    camera.close()
    assert code_of(camera.preview, 320) is FaultCode.CANCELLED
