"""UVC cameras: names that last over re-plugging, and the order in which one is set up.

No camera hangs here: the capture is a stand-in that answers as OpenCV's backends were seen to do.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.camera import uvc
from hardware.camera.jpeg import encoded
from hardware.camera.uvc import AttachedCamera, UvcCamera, address_of, find
from hardware.faults import FaultCode
from hardware.opencv import cv2
from hardware.readings import Image
from tests.hardware.faulty import code_of

MAIN = AttachedCamera("高拍仪 S500", "0c45:6366", "1-1:1.0", 0, cv2.CAP_V4L2)
PORTRAIT = AttachedCamera("高拍仪 S500", "0c45:6366", "1-2:1.0", 2, cv2.CAP_V4L2)
OTHER = AttachedCamera("Integrated Camera: 50% off? #1 & more", "", "2-1:1.0", 4, cv2.CAP_V4L2)
PIXELS = np.full((48, 64, 3), 128, np.uint8)
SIGNS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
NAMES = st.text(SIGNS, min_size=1, max_size=30).filter(lambda name: not name.isdecimal())
LISTS = st.lists(
    st.builds(AttachedCamera, NAMES, st.sampled_from(["", "0c45:6366", "1bcf:2cd1"]), NAMES, st.integers(0, 9), st.just(cv2.CAP_V4L2)),
    max_size=6, unique_by=lambda camera: camera.lasting,
)  # fmt: skip


class Camera:
    """A capture with the sizes, and the answer to CONVERT_RGB=0, of one model."""

    def __init__(self, sizes: Sequence[tuple[int, int]] = ((640, 480),), raw: Image | None = None, opens: bool = True) -> None:
        self.asked: list[tuple[int, float]] = []
        self.released = False
        self._sizes, self._raw, self._opens = sizes, raw, opens
        self._now = {cv2.CAP_PROP_FRAME_WIDTH: 640.0, cv2.CAP_PROP_FRAME_HEIGHT: 480.0, cv2.CAP_PROP_CONVERT_RGB: 1.0}

    def isOpened(self) -> bool:      # noqa: N802 - OpenCV's name
        return self._opens

    def set(self, setting: int, value: float) -> bool:
        self.asked.append((setting, value))
        self._now[setting] = value
        return True

    def get(self, setting: int) -> float:
        wanted = (int(self._now[cv2.CAP_PROP_FRAME_WIDTH]), int(self._now[cv2.CAP_PROP_FRAME_HEIGHT]))
        given = wanted if wanted in self._sizes else self._sizes[-1]
        return float(given[0] if setting == cv2.CAP_PROP_FRAME_WIDTH else given[1])

    def read(self) -> tuple[bool, Image]:
        return True, PIXELS if self._raw is None or self._now[cv2.CAP_PROP_CONVERT_RGB] else self._raw

    def grab(self) -> bool:
        return True

    def release(self) -> None:
        self.released = True

    @property
    def size(self) -> tuple[int, int]:
        return int(self.get(cv2.CAP_PROP_FRAME_WIDTH)), int(self.get(cv2.CAP_PROP_FRAME_HEIGHT))


def opened(camera: Camera, address: str = "uvc:0") -> UvcCamera:
    return UvcCamera(address, lambda index, backend: cast("cv2.VideoCapture", camera))


def test_an_address_holds_the_name_and_the_usb_id() -> None:
    assert address_of(MAIN, [MAIN, OTHER]) == "uvc:高拍仪 S500?usb=0c45:6366"
    assert address_of(MAIN, [MAIN, PORTRAIT]) == "uvc:高拍仪 S500?usb=0c45:6366&port=1-1:1.0"


@given(LISTS)
def test_every_camera_is_found_again_by_its_address_though_indices_change(cameras: list[AttachedCamera]) -> None:
    moved = [replace(camera, index=9 - camera.index) for camera in reversed(cameras)]
    for camera in cameras:
        assert find(address_of(camera, cameras), moved).lasting == camera.lasting


def test_two_equal_cameras_are_never_taken_for_each_other() -> None:
    address = address_of(PORTRAIT, [MAIN, PORTRAIT])
    assert find(address, [MAIN, PORTRAIT]) is PORTRAIT
    assert code_of(find, address, [MAIN]) is FaultCode.NOT_CONNECTED


def test_a_plain_name_is_enough() -> None:
    assert find("uvc:高拍仪 S500", [OTHER, MAIN]) is MAIN
    assert code_of(find, "uvc:No such", [OTHER, MAIN]) is FaultCode.NOT_CONNECTED


def test_the_port_outlasts_the_number_of_the_device_file(tmp_path: Path) -> None:
    for number, port in ((0, "1-1.4:1.0"), (2, "1-1.4:1.2")):
        (tmp_path / "devices" / port).mkdir(parents=True)
        (tmp_path / f"video{number}").mkdir()
        (tmp_path / f"video{number}" / "device").symlink_to(tmp_path / "devices" / port)
    assert uvc.port_of("/dev/video2", tmp_path) == "1-1.4:1.2"
    assert uvc.port_of(r"\\?\usb#vid_0c45&pid_6366&mi_00#7&1a&0&0000#{e5323777}\global", tmp_path).startswith(r"\\?\usb#vid_0c45")


def test_looking_for_cameras_opens_none_and_raises_nothing() -> None:
    assert all(camera.name and find(address_of(camera, uvc.attached()), uvc.attached()) for camera in uvc.attached())


def test_format_size_rate_and_buffer_are_asked_in_the_order_that_works() -> None:
    camera = Camera(sizes=uvc.SIZES)
    opened(camera).close()
    assert [setting for setting, _ in camera.asked][:6] == [
        cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS, cv2.CAP_PROP_BUFFERSIZE,
        cv2.CAP_PROP_CONVERT_RGB,
    ]  # fmt: skip
    assert camera.released


@pytest.mark.parametrize(
    ("sizes", "chosen"),
    [
        ([(4208, 3120), (3264, 2448), (2592, 1944), (640, 480)], (3264, 2448)),
        ([(2592, 1944), (640, 480)], (2592, 1944)),
        ([(640, 480), (2592, 1944)], (2592, 1944)),          # what is not there gives the nearest, as V4L2 does
        ([(3840, 2160), (1920, 1080), (640, 480)], (3840, 2160)),
        ([(4208, 3120), (800, 600)], (800, 600)),            # nothing that was asked for
        ([(1280, 960), (1024, 768), (4208, 3120)], (1280, 960)),   # the nearest is far too large
    ],
)
def test_the_largest_size_up_to_eight_megapixels_is_chosen(sizes: list[tuple[int, int]], chosen: tuple[int, int]) -> None:
    camera = Camera(sizes)
    assert uvc.choose_size(cast("cv2.VideoCapture", camera)) == chosen
    assert camera.size == chosen


def test_a_size_in_the_address_wins() -> None:
    camera = Camera(sizes=uvc.SIZES)
    opened(camera, "uvc:0?size=1280x720").close()
    assert camera.size == (1280, 720)


@pytest.mark.parametrize("address", ["uvc:0?size=large", "uvc:0?backend=magic"])
def test_a_setting_nobody_knows_is_unsupported(address: str) -> None:
    assert code_of(opened, Camera(), address) is FaultCode.UNSUPPORTED


def test_the_still_is_the_camera_s_own_jpeg_where_the_backend_hands_it_over() -> None:
    sent = encoded(PIXELS)
    buffer = np.frombuffer(sent + bytes(50), np.uint8).reshape(1, -1)      # a driver's buffer is longer than the picture
    camera = opened(Camera(raw=buffer))
    assert camera.still().jpeg == sent
    assert camera.preview(64).full_size == (64, 48)
    camera.close()


@pytest.mark.parametrize("raw", [None, np.zeros((48, 64, 2), np.uint8), np.zeros((1, 6144), np.uint8)])
def test_a_backend_that_hands_no_jpeg_over_gives_pixels_that_are_encoded(raw: Image | None) -> None:
    camera = opened(Camera(raw=raw))
    picture = cv2.imdecode(np.frombuffer(camera.still().jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert np.array_equal(picture, PIXELS)
    camera.close()


def test_a_camera_that_another_program_holds_does_not_open() -> None:
    assert code_of(opened, Camera(opens=False)) is FaultCode.NOT_CONNECTED
