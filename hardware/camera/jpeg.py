"""JPEG without decoding it: is it whole, how large is the picture. Decoding at a fraction of the size; encoding. Pure."""

from collections.abc import Iterator
from functools import cache
from typing import cast

import numpy as np

from hardware.faults import DeviceFault, FaultCode
from hardware.opencv import cv2
from hardware.readings import Image

QUALITY = 95
"""Of what is encoded here, where a source gives pixels only."""
MOST_PIXELS = 100_000_000
"""No document camera gives more; a header that promises more is a bomb or noise, and is not decoded."""
_SIZES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_TABLES, _SCAN = 0xC4, 0xDA
_REDUCED = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4,
            8: cv2.IMREAD_REDUCED_COLOR_8}  # fmt: skip


def size_of(jpeg: bytes) -> tuple[int, int]:
    """(width, height) from the header; DeviceFault(BAD_ANSWER) when this is no whole JPEG or far too large a picture."""
    if not jpeg.startswith(b"\xff\xd8") or not jpeg.rstrip(b"\0\r\n").endswith(b"\xff\xd9"):
        raise DeviceFault(FaultCode.BAD_ANSWER, "no whole JPEG")
    for marker, at in _segments(jpeg):
        if marker in _SIZES:
            height, width = int.from_bytes(jpeg[at + 5 : at + 7], "big"), int.from_bytes(jpeg[at + 7 : at + 9], "big")
            if width * height > MOST_PIXELS:
                raise DeviceFault(FaultCode.BAD_ANSWER, f"a picture of {width} x {height}")
            if width and height:
                return width, height
            break
    raise DeviceFault(FaultCode.BAD_ANSWER, "a JPEG without a size")


def reduced(jpeg: bytes, full_width: int, width: int) -> Image:
    """The picture in BGR, reduced by 1, 2, 4 or 8 to the smallest that is not under three quarters of `width`."""
    factor = max((f for f in _REDUCED if full_width / f >= width * 0.75), default=1)
    try:
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), _REDUCED[factor] | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as e:
        raise DeviceFault(FaultCode.BAD_ANSWER, str(e)) from e
    if picture is None:
        raise DeviceFault(FaultCode.BAD_ANSWER, "a picture that cannot be decoded")
    return cast("Image", picture)


def encoded(picture: Image) -> bytes:
    """Pixels as JPEG of quality 95."""
    done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise DeviceFault(FaultCode.BAD_ANSWER, "the picture cannot be written as JPEG")
    return jpeg.tobytes()


def completed(jpeg: bytes) -> bytes:
    """The same bytes; only where a USB camera left out the Huffman tables (Motion-JPEG may) the standard ones are put in.

    Without them other programs cannot open the file. No pixel changes.
    """
    for marker, at in _segments(jpeg):
        if marker == _TABLES:
            break
        if marker == _SCAN:
            return jpeg[:at] + _standard_tables() + jpeg[at:]
    return jpeg


def _segments(jpeg: bytes) -> Iterator[tuple[int, int]]:
    """(marker, where its 0xFF stands) of each header segment, up to the start of the scan."""
    at = 2
    while at + 9 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        # 0xFF before a marker is padding; these few markers stand alone, all others carry their length.
        alone = marker == 0x01 or 0xD0 <= marker <= 0xD8
        if marker != 0xFF and not alone:
            yield marker, at
            if marker == _SCAN:
                return
        at += 1 if marker == 0xFF else 2 if alone else 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")


@cache
def _standard_tables() -> bytes:
    """ITU T.81 annex K.3, lifted out of a picture made here: libjpeg writes just these unless told to optimise."""
    made = encoded(np.zeros((16, 16, 3), np.uint8))
    return b"".join(made[at : at + 2 + int.from_bytes(made[at + 2 : at + 4], "big")] for marker, at in _segments(made) if marker == _TABLES)
