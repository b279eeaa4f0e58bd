"""The far end of decoding.py: a limited process in which strangers' bytes become pixels. Nothing of a case is known here.

One JSON line (and behind it the file's bytes) asks, one JSON line answers; pixels are left in the memory both ends share. May it crash,
hang or swell: the near end kills it and the program goes on. Ends when its standard input does.
Not proved here: the memory limit on Windows (a job object, when pywin32 is installed). Other systems but Linux have the time limit only.
"""

import io
import json
import math
import mmap
import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np
import pypdfium2
from PIL import Image as Pillow
from PIL import TiffImagePlugin, UnidentifiedImageError

from desktop.recognition.decoding import PICTURES, Limits, is_pdf
from desktop.recognition.reading import NotAPicture
from hardware.opencv import cv2
from hardware.readings import Image

if sys.platform != "win32":
    import resource

FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP")
DOTS = 300
"""Per inch, of a page drawn from a PDF; fewer where the page would have too many pixels."""
POINTS = 72
"""Of a PDF, per inch."""
SMALLEST = 16
"""Pixels of the shorter side."""
_SHORT = b"premature end of data segment"
"""What libjpeg says, on standard error only, of a picture whose rest it had to fill with grey."""
_BAND = 256
"""Rows."""

# Pillow only warns of a picture between one and two times its limit; for us both are pictures to refuse.
warnings.simplefilter("error", Pillow.DecompressionBombWarning)


class Decoder:
    """What is asked, done one after another."""

    def __init__(self, limits: Limits, memory: mmap.mmap) -> None:
        self._limits = limits
        self._memory = memory
        self._told = tempfile.TemporaryFile(buffering=0)     # noqa: SIM115 - open as long as the process
        os.dup2(self._told.fileno(), 2)

    def answer(self, asked: Mapping[str, Any], data: bytes) -> dict[str, Any]:
        """{"sheets"}, {"height", "width", "scale"} with the pixels in the shared memory, or {"code", "detail"}."""
        self._told.seek(0)
        self._told.truncate()
        pdf = is_pdf(data)
        try:
            if asked["do"] == "count":
                return {"sheets": self._count(data) if pdf else self._frames(data)}
            image, scale = self._page(data, asked["sheet"]) if pdf else self._picture(data, asked["sheet"], upright=asked["upright"])
        except NotAPicture as e:
            return {"code": e.code, "detail": e.detail[:200]}
        except MemoryError:
            return {"code": "pdf.broken" if pdf else "picture.too_large", "detail": "not enough memory"}
        height, width = image.shape[:2]
        np.frombuffer(self._memory, np.uint8, image.size).reshape(image.shape)[:] = image
        return {"height": height, "width": width, "scale": scale}

    def _picture(self, data: bytes, sheet: int, *, upright: bool) -> tuple[Image, float]:
        header = _header(data, sheet)
        width, height = header.size
        if width * height > self._limits.pixels:
            raise NotAPicture("picture.too_large", f"{width} x {height}")
        if min(width, height) < SMALLEST:
            raise NotAPicture("picture.too_small", f"{width} x {height}")
        if not _ends(data, header.kind):
            raise NotAPicture("picture.cut_short", "the file ends too early")
        halved = width * height > self._limits.full_up_to
        how = cv2.IMREAD_REDUCED_COLOR_2 if halved else cv2.IMREAD_COLOR
        if not upright:
            how |= cv2.IMREAD_IGNORE_ORIENTATION
        if header.transparent:
            how = cv2.IMREAD_UNCHANGED
        try:
            image = _pixels(data, header.frames[sheet], how)
            if image is not None and header.transparent:
                image = _on_white(image, halved=halved)
        except cv2.error as e:
            if e.code == cv2.Error.StsNoMem:
                raise MemoryError from e
            raise NotAPicture("picture.broken", "cannot be decoded") from e
        if image is None:
            raise NotAPicture("picture.broken", "cannot be decoded")
        if header.kind == "JPEG" and self._complained():
            raise NotAPicture("picture.cut_short", "part of the picture is missing")
        return image, 2.0 if halved else 1.0

    def _complained(self) -> bool:
        self._told.seek(0)
        return _SHORT in self._told.read(10_000)

    def _frames(self, data: bytes) -> int:
        frames = len(_header(data).frames)
        if frames > self._limits.sheets:
            raise NotAPicture("picture.too_long", f"{frames} pictures")
        return frames

    def _count(self, data: bytes) -> int:
        with _opened(data) as document:
            sheets = len(document)
        if sheets > self._limits.sheets:
            raise NotAPicture("pdf.too_long", f"{sheets} pages")
        if sheets == 0:
            raise NotAPicture("pdf.broken", "no page")
        return sheets

    def _page(self, data: bytes, sheet: int) -> tuple[Image, float]:
        with _opened(data) as document:
            if not 0 <= sheet < min(len(document), self._limits.sheets):
                raise NotAPicture("pdf.broken", f"no page {sheet + 1}")
            try:
                page = document[sheet]
                width, height = page.get_size()
                if not (math.isfinite(width * height) and min(width, height) >= 1):
                    raise NotAPicture("pdf.broken", f"a page of {width} x {height}")
                scale = min(DOTS / POINTS, math.sqrt(0.99 * self._limits.full_up_to / (width * height)))
                drawn = page.render(scale=scale, rev_byteorder=False, prefer_bgrx=False).to_numpy()
            except pypdfium2.PdfiumError as e:
                raise NotAPicture("pdf.broken", str(e)) from e
            if min(drawn.shape[:2]) < SMALLEST or drawn.shape[0] * drawn.shape[1] > self._limits.full_up_to:
                raise NotAPicture("pdf.broken", f"a page of {width} x {height}")
            return np.asarray(drawn, np.uint8), 1 / scale


class _Header(NamedTuple):
    kind: str | None
    size: tuple[int, int]
    """Width and height."""
    frames: tuple[int, ...]
    """Places of the pictures in a TIFF, as fax programs and scanners write them; of other kinds the first is the picture."""
    transparent: bool


def _header(data: bytes, sheet: int = 0) -> _Header:
    """What a picture says of itself, and of its frame `sheet`; no pixel is decoded."""
    try:
        with Pillow.open(io.BytesIO(data), formats=FORMATS) as opened:
            if not isinstance(opened, TiffImagePlugin.TiffImageFile):
                return _Header(opened.format, opened.size, (0,), opened.has_transparency_data)
            frames = tuple(frame for frame in range(opened.n_frames) if not _is_thumbnail(opened, frame)) or (0,)
            if not 0 <= sheet < len(frames):
                raise NotAPicture("picture.broken", f"no picture {sheet + 1}")
            opened.seek(frames[sheet])
            return _Header(opened.format, opened.size, frames, transparent=False)
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as e:
        raise NotAPicture("picture.too_large", str(e)) from e
    except UnidentifiedImageError as e:
        raise NotAPicture("picture.broken" if data.startswith(PICTURES) else "picture.unknown", "no header of a known kind") from e
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, ArithmeticError, LookupError, TypeError) as e:
        raise NotAPicture("picture.broken", type(e).__name__) from e     # what a broken header makes of Pillow's readers


def _is_thumbnail(opened: TiffImagePlugin.TiffImageFile, frame: int) -> bool:
    """Whether this frame is another one made small (bit 0 of NewSubfileType, TIFF 6.0)."""
    opened.seek(frame)
    kind = opened.tag_v2.get(254, 0)
    return isinstance(kind, int) and bool(kind & 1)


def _pixels(data: bytes, frame: int, how: int) -> Image | None:
    """As OpenCV decodes it."""
    coded = np.frombuffer(data, np.uint8)
    if frame == 0:
        return cast("Image | None", cv2.imdecode(coded, how))
    _, pictures = cv2.imdecodemulti(coded, how, range=(frame, frame + 1))
    return cast("Image", pictures[0]) if pictures else None


def _on_white(image: Image, *, halved: bool) -> Image:
    """What shows through is paper: BGR from BGRA of 8 or 16 bits, laid on white band by band, so that it is not held thrice."""
    if image.dtype == np.uint16:
        image = np.asarray(image >> 8, np.uint8)
    if image.ndim == 3 and image.shape[2] == 4:
        laid = np.empty((*image.shape[:2], 3), np.uint8)
        for top in range(0, len(image), _BAND):
            band = image[top:top + _BAND].astype(np.uint16)
            laid[top:top + _BAND] = (band[:, :, :3] * band[:, :, 3:] + 255 * (255 - band[:, :, 3:]) + 127) // 255
        image = laid
    if image.ndim == 2 or image.shape[2] == 1:
        image = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    return np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8) if halved else image


def _ends(data: bytes, kind: str | None) -> bool:
    """Whether the file has its end mark; decoders fill a missing rest with grey. Phones hang films behind it: it need not be the end."""
    if kind == "JPEG":
        return data.rfind(b"\xff\xd9") > data.find(b"\xff\xda")
    return b"IEND" in data if kind == "PNG" else True


def _opened(data: bytes) -> "pypdfium2.PdfDocument":
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as e:
        wants_password = getattr(e, "err_code", None) in {pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY}
        raise NotAPicture("pdf.locked" if wants_password else "pdf.broken", str(e)) from e


def _shared(name: str, size: int) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=name)
    return mmap.mmap(int(name), size)


def _hold_down(limits: Limits) -> None:
    """No more memory than so much beyond what the libraries took, no core file, nothing of size on the disk."""
    if sys.platform == "win32":
        with suppress(ImportError):
            import win32api
            import win32job

            job = win32job.CreateJobObject(None, "")
            held = win32job.QueryInformationJobObject(job, win32job.JobObjectExtendedLimitInformation)
            held["BasicLimitInformation"]["LimitFlags"] |= win32job.JOB_OBJECT_LIMIT_PROCESS_MEMORY
            held["ProcessMemoryLimit"] = limits.memory
            win32job.SetInformationJobObject(job, win32job.JobObjectExtendedLimitInformation, held)
            win32job.AssignProcessToJobObject(job, win32api.GetCurrentProcess())
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    if sys.platform == "linux":
        now = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * mmap.PAGESIZE
        resource.setrlimit(resource.RLIMIT_AS, (now + limits.memory, now + limits.memory))


def _grant_time(seconds: int) -> None:
    """So much processor time for what comes next; the system ends a process that takes more."""
    if sys.platform != "win32":
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def main(memory: str, limits: str) -> None:
    """Answer until nobody asks any more. `memory` names what both ends share, `limits` is JSON."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)      # Ctrl+C is the near end's business
    held = Limits(**json.loads(limits))
    ears, mouth = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    decoder = Decoder(held, _shared(memory, held.full_up_to * 3))
    _hold_down(held)
    _say(mouth, {"ready": True})
    while line := ears.readline():
        asked = json.loads(line)
        _grant_time(held.seconds)
        _say(mouth, decoder.answer(asked, ears.read(asked["size"])))


def _say(mouth: BinaryIO, told: Mapping[str, Any]) -> None:
    mouth.write(json.dumps(told).encode() + b"\n")
    mouth.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
    os._exit(0)      # no clean-up: nothing is kept here
