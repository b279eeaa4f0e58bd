"""JPEG headers and reduced decoding."""

import io
import struct

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.camera import jpeg
from hardware.faults import DeviceFault, FaultCode
from hardware.opencv import cv2
from tests.hardware.faulty import code_of

PICTURE = cv2.imencode(".jpg", np.full((480, 640, 3), 128, np.uint8))[1].tobytes()


def test_the_size_is_read_without_decoding() -> None:
    assert jpeg.size_of(PICTURE) == (640, 480)
    assert jpeg.size_of(PICTURE + b"\0\0\r\n") == (640, 480)


@pytest.mark.parametrize("torn", [b"", b"\xff\xd8\xff\xd9", PICTURE[:-5], PICTURE[10:]])
def test_a_torn_picture_is_a_bad_answer(torn: bytes) -> None:
    with pytest.raises(DeviceFault) as fault:
        jpeg.size_of(torn)
    assert fault.value.code is FaultCode.BAD_ANSWER


@given(st.binary(max_size=100))
def test_random_bytes_between_the_marks_give_a_size_or_a_bad_answer(inside: bytes) -> None:
    try:
        width, height = jpeg.size_of(b"\xff\xd8" + inside + b"\xff\xd9")
    except DeviceFault as fault:
        code = fault.code
    else:
        code = FaultCode.BAD_ANSWER
        assert width * height > 0
    assert code is FaultCode.BAD_ANSWER


@pytest.mark.parametrize(("width", "given_width"), [(640, 640), (320, 320), (200, 160), (90, 80), (2000, 640)])
def test_a_preview_is_about_as_wide_as_asked(width: int, given_width: int) -> None:
    assert jpeg.reduced(PICTURE, 640, width).shape[1] == given_width


def test_a_picture_larger_than_any_camera_s_is_not_decoded() -> None:
    bomb = PICTURE.replace(struct.pack(">HH", 480, 640), struct.pack(">HH", 65000, 65000))
    assert code_of(jpeg.size_of, bomb) is FaultCode.BAD_ANSWER


def test_huffman_tables_that_a_usb_camera_leaves_out_are_put_in_and_no_pixel_changes() -> None:
    noisy = jpeg.encoded(np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8))
    bare = noisy
    while (at := bare.find(b"\xff\xc4")) >= 0:
        bare = bare[:at] + bare[at + 2 + int.from_bytes(bare[at + 2 : at + 4], "big") :]
    assert len(bare) < len(noisy)
    whole = jpeg.completed(bare)
    assert np.array_equal(jpeg.reduced(whole, 64, 64), jpeg.reduced(noisy, 64, 64))
    with PIL.Image.open(io.BytesIO(whole)) as opened:
        assert opened.convert("RGB").getbbox() is not None


def test_a_complete_picture_is_left_as_it_is() -> None:
    assert jpeg.completed(PICTURE) is PICTURE
    assert jpeg.completed(b"") == b""
