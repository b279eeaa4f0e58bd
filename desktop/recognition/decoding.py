"""From bytes to pixels, in a limited process of its own (decode_child.py): a hostile or broken file costs that process at most, never
the window. Also the road of a file from the disk. What lies in the picture is not known here.
"""

import atexit
import json
import mmap
import os
import subprocess
import sys
import tempfile
import threading
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop.recognition.reading import NotAPicture
from hardware.readings import Image

HEAVIEST = 40_000_000
"""Bytes; a file with more is refused before it is read."""
PICTURES = (b"\xff\xd8", b"\x89PNG", b"BM", b"II*\0", b"MM\0*", b"RIFF")
"""How the kinds begin that are decoded: JPEG, PNG, BMP, TIFF, WEBP."""
_PIECE = 1 << 22
_ANSWER = 4096
"""Bytes; no honest answer is longer."""


@dataclass(frozen=True)
class Limits:
    """What one picture may cost."""

    pixels: int = 40_000_000
    """A picture with more is refused by its header."""
    full_up_to: int = 16_000_000
    """Pixels; a larger picture is decoded at half size, which keeps memory bounded and text readable. No PDF page is drawn larger."""
    sheets: int = 40
    """Pages of a PDF."""
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
        self._memory, self._memory_name, self._inherited = _shared(self._limits.full_up_to * 3)

    def warm(self) -> None:
        """Start the process without waiting for it. Raises NotAPicture (`picture.no_decoder`) when it cannot be started."""
        with self._busy:
            self._running()

    def sheets(self, data: bytes) -> int:
        """How many pages the file has: 1 for a picture (which is not looked at yet). Raises NotAPicture."""
        if not is_pdf(data):
            return 1
        with self._busy:
            return int(self._asked(data, "count")["sheets"])

    def decode(self, data: bytes, sheet: int = 0) -> tuple[Image, float]:
        """The BGR picture and how many units of the given file each of its pixels stands for. Raises NotAPicture.

        Units are pixels of a picture, points (1/72 inch) of a PDF's page `sheet`. The pixel grid is the file's own: a camera's EXIF turn
        is not applied, pages are turned upright by what they show.
        """
        if not data:
            raise NotAPicture("picture.empty")
        if len(data) > HEAVIEST:
            raise NotAPicture("picture.too_heavy", f"{len(data)} bytes")
        with self._busy:
            told = self._asked(data, "decode", sheet)
            height, width = int(told["height"]), int(told["width"])
            size = height * width * 3
            if not (height > 0 and width > 0 and size <= len(self._memory)):
                self._end()
                raise NotAPicture("picture.broken", "the decoder gave no picture")
            return self._copied(size).reshape(height, width, 3), float(told["scale"])

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
        if (process := self._process) is not None:
            process.kill()      # who waits for its answer lets go
        with self._busy:
            self._end()

    @property
    def process_id(self) -> int | None:
        """Of the process that runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def _asked(self, data: bytes, do: str, sheet: int = 0) -> dict[str, Any]:
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
        with suppress(OSError, ValueError):     # it died while it was spoken to, or its last words are no answer
            if not self._ready:
                self._ready = bool(self._heard(process).get("ready"))
            process.stdin.write(json.dumps({"do": do, "sheet": sheet, "size": len(data)}).encode() + b"\n")
            process.stdin.write(data)
            process.stdin.flush()
            told = self._heard(process)
        watch.cancel()
        if "code" in told:
            raise NotAPicture(told["code"], told["detail"])
        if told:
            return told
        started = self._ready
        self._end()
        if not started:
            raise NotAPicture("picture.no_decoder", f"ended with {process.returncode} before it began")
        raise NotAPicture("pdf.broken" if is_pdf(data) else "picture.broken",
                          "the decoder hung" if late.is_set() else f"the decoder ended with {process.returncode}")

    def _heard(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        assert process.stdout is not None
        told: dict[str, Any] = json.loads(process.stdout.readline(_ANSWER))
        return told

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = self._started()
        return self._process

    def _started(self) -> subprocess.Popen[bytes]:
        module = "desktop.recognition.decode_child"
        # The installed program has no -m; it hands "--child MODULE …" to the module (desktop/__main__.py). -P: nothing is imported from
        # the folder the clerk happens to stand in.
        way = ["--child"] if getattr(sys, "frozen", False) else ["-P", "-m"]
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("ONCEDESK_")}
        # MALLOC_…: glibc would give the memory of each picture back and take it anew, which costs as much as decoding the next.
        surroundings |= {"OPENBLAS_NUM_THREADS": "1", "OPENCV_LOG_LEVEL": "SILENT", "MALLOC_TRIM_THRESHOLD_": str(1 << 28),
                         "MALLOC_MMAP_THRESHOLD_": str(1 << 25)}
        if not getattr(sys, "frozen", False):
            surroundings["PYTHONPATH"] = str(Path(__file__).parents[2])
        try:
            return subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, *way, module, self._memory_name, json.dumps(asdict(self._limits))], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=surroundings, pass_fds=self._inherited,
                start_new_session=True, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0))
        except OSError as e:
            raise NotAPicture("picture.no_decoder", str(e)) from e

    def _end(self) -> None:
        process, self._process, self._ready = self._process, None, False
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):     # what was not yet written to it goes nowhere
                    pipe.close()


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
