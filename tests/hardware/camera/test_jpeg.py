"""JPEG headers and reduced decoding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.camera import jpeg
from hardware.faults import DeviceFault, FaultCode
from hardware.opencv import cv2

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
