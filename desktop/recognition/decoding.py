"""From bytes to pixels, in a limited process of its own (decode_child.py): a hostile or broken file costs that process at most, never
the window. Also the road of a file from the disk, and the form in which a picture is kept. What lies in the picture is not known here.
"""

import atexit
import json
import math
import mmap
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from desktop.recognition import child
from desktop.recognition.reading import NotAPicture
from hardware.opencv import cv2
from hardware.readings import Image

HEAVIEST = 20 << 20
"""Bytes; a file with more is refused before it is read: the province takes no heavier piece (resources/platform/openapi.yaml)."""
PICTURES = (b"\xff\xd8", b"\x89PNG", b"BM", b"II*\0", b"MM\0*", b"RIFF")
"""How the kinds begin that are decoded: JPEG, PNG, BMP, TIFF, WEBP."""
_PIECE = 1 << 22
_ANSWER = 4096
"""Bytes; no honest answer is longer."""
_REFUSAL = re.compile(r"(picture|pdf)\.[a-z_]{1,30}")
_TIFF = (b"II*\0", b"MM\0*")
_PNG = b"\x89PNG"
_KILLED = 1 if sys.platform == "win32" else -signal.SIGKILL
"""How a process ends that another (or a system short of memory) killed; limits and crashes end it otherwise."""


@dataclass(frozen=True)
class Limits:
    """What one picture may cost."""

    pixels: int = 40_000_000
    """A picture with more is refused by its header."""
    full_up_to: int = 16_000_000
    """Pixels; a larger picture is decoded at half size, which keeps memory bounded and text readable. No PDF page is drawn larger."""
    sheets: int = 40
    """Pages of a PDF, pictures in a TIFF."""
    memory: int = 400_000_000
    """Bytes beyond what the libraries take (a progressive JPEG of 40 megapixels takes 240 million)."""
    seconds: int = 10
    """Of processor time."""
    patience: float = 20.0
    """Seconds by the clock until the process is given up, its start included."""


def is_pdf(data: bytes) -> bool:
    """A PDF may begin with anything for 1,024 bytes; what begins as a picture is a picture."""
    return b"%PDF-" in data[:1024] and not data.startswith(PICTURES)


class Decoder:
    """The process, started when first needed or by `warm`, kept while it is well, started anew after a fault. Any thread may call."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._busy = threading.Lock()       # one picture at a time bounds memory
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._closing = threading.Event()
        self._memory, self._memory_name, self._inherited = _shared(self._limits.full_up_to * 3)

    def warm(self) -> None:
        """Start the process without waiting for it. Raises NotAPicture (`picture.no_decoder`) when it cannot be started."""
        with self._busy:
            self._running()

    def sheets(self, data: bytes) -> int:
        """How many pages a PDF has, or pictures a TIFF; 1 for every other picture (which is not looked at yet). Raises NotAPicture."""
        if not (is_pdf(data) or data.startswith(_TIFF)):
            return 1
        with self._busy:
            told = self._asked(data, "count")
            if not _counts(told, ("sheets",), self._limits.sheets):
                self._distrust()
            return int(told["sheets"])

    def decode(self, data: bytes, sheet: int = 0, *, upright: bool = False, heaviest: int = HEAVIEST) -> tuple[Image, float]:
        """The BGR picture and how many units of the given file each of its pixels stands for. Raises NotAPicture.

        Units are pixels of a picture, points (1/72 inch) of a PDF's page `sheet`. The pixel grid is the file's own: papers are turned by
        what they show. `upright` applies a camera's EXIF turn, for pictures of people.
        """
        if not data:
            raise NotAPicture("picture.empty")
        if len(data) > heaviest:
            raise NotAPicture("picture.too_heavy", f"{len(data)} bytes")
        with self._busy:
            told = self._asked(data, "decode", sheet, upright=upright)
            if not (_counts(told, ("height", "width"), len(self._memory)) and told["height"] * told["width"] * 3 <= len(self._memory)
                    and isinstance(told.get("scale"), float) and 0 < told["scale"] < math.inf):
                self._distrust()
            height, width = told["height"], told["width"]
            return self._copied(height * width * 3).reshape(height, width, 3), told["scale"]

    def _distrust(self) -> NoReturn:
        """What was decoded may have taken the process over: it is ended."""
        self._end()
        raise NotAPicture("picture.broken", "the decoder gave no picture")

    def _copied(self, size: int) -> NDArray[np.uint8]:
        """So many bytes of the shared memory, as our own; it is let go piece by piece, so that the picture is not here twice."""
        copy = np.empty(size, np.uint8)
        for at in range(0, size, _PIECE):
            copy[at:at + _PIECE] = np.frombuffer(self._memory, np.uint8, min(_PIECE, size - at), at)
            if hasattr(mmap, "MADV_DONTNEED"):
                self._memory.madvise(mmap.MADV_DONTNEED, at, _PIECE)
        return copy

    def close(self) -> None:
        """End the process, whatever it is doing; the next call would start another."""
        self._closing.set()
        if (process := self._process) is not None:
            process.kill()      # who waits for its answer lets go
        with self._busy:
            self._end()
            self._closing.clear()

    @property
    def process_id(self) -> int | None:
        """Of the process that runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def _asked(self, data: bytes, do: str, sheet: int = 0, *, upright: bool = False) -> dict[str, Any]:
        """What it answers; asked once more where something else than this file ended the process."""
        head = json.dumps({"do": do, "sheet": sheet, "upright": upright, "size": len(data)}).encode() + b"\n"
        for again in (True, False):
            told, late, began = self._heard_of(head, data)
            if "code" in told:
                raise NotAPicture(told["code"], told["detail"])
            if told:
                return told
            ended = self._end()
            if late or not again or ended != _KILLED or self._closing.is_set():
                break
        if not began:
            raise NotAPicture("picture.no_decoder", f"ended with {ended} before it began")
        raise NotAPicture("pdf.broken" if is_pdf(data) else "picture.broken",
                          "the decoder hung" if late else f"the decoder ended with {ended}")

    def _heard_of(self, head: bytes, data: bytes) -> tuple[dict[str, Any], bool, bool]:
        """One answer ({} = none), whether it was waited for in vain, and whether the process had begun at all."""
        process = self._running()
        assert process.stdin is not None
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        watch = threading.Timer(self._limits.patience, give_up)
        watch.daemon = True
        watch.start()
        told: dict[str, Any] = {}
        try:
            with suppress(OSError, ValueError):     # it died while it was spoken to
                self._ready = self._ready or bool(self._heard(process).get("ready"))
                process.stdin.write(head)
                process.stdin.write(data)
                process.stdin.flush()
                told = self._heard(process)
        finally:
            watch.cancel()
        return told, late.is_set(), self._ready

    def _heard(self, process: "subprocess.Popen[bytes]") -> dict[str, Any]:
        """Its next answer; {} when it has none any more. It is not believed unseen."""
        assert process.stdout is not None
        line = process.stdout.readline(_ANSWER)
        if len(line) < _ANSWER and not line.endswith(b"\n"):
            return {}
        told: Any = None
        with suppress(ValueError, RecursionError):
            told = json.loads(line)
        if not (isinstance(told, dict) and told):
            self._distrust()
        if "code" in told and not (isinstance(told["code"], str) and _REFUSAL.fullmatch(told["code"])
                                   and isinstance(told.get("detail"), str)):
            self._distrust()
        return told

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = self._started()
        return self._process

    def _started(self) -> subprocess.Popen[bytes]:
        # MALLOC_…: glibc would give the memory of each picture back and take it anew, which costs as much as decoding the next.
        return child.start(
            "desktop.recognition.decode_child", self._memory_name, json.dumps(asdict(self._limits)), inherited=self._inherited, quiet=True,
            surroundings={"OPENBLAS_NUM_THREADS": "1", "OPENCV_LOG_LEVEL": "SILENT", "MALLOC_TRIM_THRESHOLD_": str(1 << 28),
                          "MALLOC_MMAP_THRESHOLD_": str(1 << 25)})

    def _end(self) -> int | None:
        """How it had ended, if it had; else it is killed now."""
        process, self._process, self._ready = self._process, None, False
        if process is None:
            return None
        process.kill()
        ended = process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):     # what was not yet written to it goes nowhere
                    pipe.close()
        return ended


def _counts(told: Mapping[str, Any], names: Sequence[str], most: int) -> bool:
    """Whether these are whole numbers from 1."""
    return all(type(told.get(name)) is int and 0 < told[name] <= most for name in names)


def _shared(size: int) -> tuple[mmap.mmap, str, tuple[int, ...]]:
    """Memory for one picture, what the child knows it by, and what the child must inherit. No page of it is taken before it is used."""
    if sys.platform == "win32":
        name = f"oncedesk-{uuid.uuid4()}"
        return mmap.mmap(-1, size, tagname=name), name, ()
    if sys.platform == "linux":
        held = os.memfd_create("oncedesk-picture")
    else:
        with tempfile.TemporaryFile() as file:
            held = os.dup(file.fileno())
    os.ftruncate(held, size)
    return mmap.mmap(held, size), str(held), (held,)


_ours = Decoder()
atexit.register(_ours.close)
warm, sheets, decode = _ours.warm, _ours.sheets, _ours.decode
"""The program's one decoder; see Decoder."""


def process_id() -> int | None:
    """Of the program's one decoder, while it runs."""
    return _ours.process_id


def media_type(data: bytes) -> str:
    """Of what is kept as evidence."""
    return "application/pdf" if is_pdf(data) else "image/png" if data.startswith(_PNG) else "image/jpeg"


def as_evidence(data: bytes, sheet: int = 0) -> bytes:
    """The bytes to keep: those given, if they are a PDF, PNG or JPEG the province takes; else picture `sheet` of them. Raises NotAPicture.

    A BMP, WEBP or picture of a TIFF becomes a PNG with the same pixels (half as many each way beyond Limits.full_up_to). What is still
    too heavy for the province, as a scanner's PNG may be, becomes a JPEG of the highest useful quality.
    """
    if is_pdf(data) or (data.startswith((_PNG, b"\xff\xd8")) and len(data) <= HEAVIEST):
        return data
    image, _ = decode(data, sheet, heaviest=max(len(data), HEAVIEST))
    coded = cv2.imencode(".png", image)[1].tobytes()
    if len(coded) > HEAVIEST:
        coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    if len(coded) <= HEAVIEST:
        return coded
    raise NotAPicture("picture.too_heavy", f"{len(coded)} bytes as JPEG")


def file_bytes(path: Path) -> bytes:
    """A file's bytes, unless they are more than are worth a look. Raises NotAPicture that says why they cannot be had."""
    try:
        with path.open("rb") as file:
            heavy = os.fstat(file.fileno()).st_size > HEAVIEST
            data = b"" if heavy else file.read(HEAVIEST + 1)      # a device or a pipe does not say its size
    except FileNotFoundError as e:
        raise NotAPicture("picture.missing") from e
    except (OSError, ValueError) as e:      # ValueError: no name a file could have
        raise NotAPicture("picture.folder" if _is_folder(path) else "picture.unreadable", type(e).__name__) from e
    if heavy or len(data) > HEAVIEST:
        raise NotAPicture("picture.too_heavy", f"more than {HEAVIEST} bytes")
    return data


def _is_folder(path: Path) -> bool:
    """Windows opens no folder either, but calls it "denied"."""
    with suppress(OSError, ValueError):
        return path.is_dir()
    return False
