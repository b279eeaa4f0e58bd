"""What is written on a signature's picture: whether there is ink at all and how far it reaches. Pure.

Whether that is enough for somebody's name is decided in desktop.flows.sign.
"""

import io

from PIL import Image

from hardware.faults import DeviceFault, FaultCode

LARGEST = 4096
"""Pixels a side; a signature pad's picture has some 600 x 250."""
DARK = 160
"""Grey levels below this are ink (blue and red ink too), above it paper, frame lines and JPEG noise."""


def opened(picture: bytes) -> Image.Image:
    """A signature's picture in grey on white, whatever the format; BAD_ANSWER when it is none or absurdly large."""
    try:
        with Image.open(io.BytesIO(picture)) as found:
            if max(found.size) > LARGEST:
                raise DeviceFault(FaultCode.BAD_ANSWER, f"a signature of {found.size[0]} x {found.size[1]} pixels")
            ink = found.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as e:
        raise DeviceFault(FaultCode.BAD_ANSWER, f"no picture: {type(e).__name__}") from e
    white = Image.new("RGBA", ink.size, "white")      # pads send black ink on nothing as well as on white
    white.alpha_composite(ink)
    return white.convert("L")


def reach(picture: bytes) -> float:
    """How far the ink reaches, as a share of the picture's longer side: 0 = blank, some 0.02 = a dot, 0.3 and more = a name."""
    grey = opened(picture)
    box = grey.point([255 if level < DARK else 0 for level in range(256)]).getbbox()
    return 0.0 if box is None else max(box[2] - box[0], box[3] - box[1]) / max(grey.size)


def as_png(picture: bytes) -> tuple[bytes, int, int]:
    """(PNG, width, height); a PNG is kept byte for byte, anything else is turned into one without loss."""
    grey = opened(picture)
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return picture, *grey.size
    stream = io.BytesIO()
    grey.save(stream, "PNG")
    return stream.getvalue(), *grey.size
