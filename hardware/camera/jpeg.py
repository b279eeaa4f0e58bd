"""JPEG without decoding it: is it whole, how large is the picture. And decoding at a fraction of the size. Pure."""

from typing import cast

import numpy as np

from hardware.faults import DeviceFault, FaultCode
from hardware.opencv import cv2
from hardware.readings import Image

_SIZES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_REDUCED = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4,
            8: cv2.IMREAD_REDUCED_COLOR_8}  # fmt: skip


def size_of(jpeg: bytes) -> tuple[int, int]:
    """(width, height) from the header; DeviceFault(BAD_ANSWER) when this is no whole JPEG."""
    if not jpeg.startswith(b"\xff\xd8") or not jpeg.rstrip(b"\0\r\n").endswith(b"\xff\xd9"):
        raise DeviceFault(FaultCode.BAD_ANSWER, "no whole JPEG")
    at = 2
    while at + 9 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if marker in _SIZES:
            height, width = int.from_bytes(jpeg[at + 5 : at + 7], "big"), int.from_bytes(jpeg[at + 7 : at + 9], "big")
            if width and height:
                return width, height
            break
        # 0xFF before a marker is padding; these few markers stand alone, all others carry their length.
        alone = marker == 0x01 or 0xD0 <= marker <= 0xD8
        at += 1 if marker == 0xFF else 2 if alone else 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    raise DeviceFault(FaultCode.BAD_ANSWER, "a JPEG without a size")


def reduced(jpeg: bytes, full_width: int, width: int) -> Image:
    """The picture in BGR, reduced by 1, 2, 4 or 8 to the smallest that is not under three quarters of `width`."""
    factor = max((f for f in _REDUCED if full_width / f >= width * 0.75), default=1)
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), _REDUCED[factor] | cv2.IMREAD_IGNORE_ORIENTATION)
    if picture is None:
        raise DeviceFault(FaultCode.BAD_ANSWER, "a JPEG that cannot be decoded")
    return cast("Image", picture)
