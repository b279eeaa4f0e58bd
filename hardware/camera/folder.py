"""Pictures that another program puts on the disk: a folder watched for new ones, or one picture file.

The way in for cameras whose maker gives no more than a program that saves files. The files stay where they are.
"""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from hardware.camera import jpeg
from hardware.camera.live import Views, still_of
from hardware.faults import DeviceFault, FaultCode
from hardware.readings import Frame, Image, Still

WAIT = 20.0
"""Seconds `still` waits for the clerk to press the button of the maker's program."""
EVERY = 0.25
"""Seconds between two looks; a file that did not change from one look to the next is complete."""
KINDS = frozenset({".jpg", ".jpeg", ".png"})
LARGEST = 64 * 1024 * 1024
_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB\x60\x82"


class FolderCamera:
    """folder:/where/the/program/saves. `still` gives the newest picture completed after the call, each file once.

    `preview` shows the newest there is (NO_FRAME in an empty folder). PNG files are encoded to JPEG of quality 95.
    """

    def __init__(self, folder: Path, wait: float = WAIT) -> None:
        """Looks twice (a quarter of a second): what lies there already is shown, but never given as a still."""
        self._folder, self._wait = folder, wait
        self._marks: dict[str, tuple[int, int]] = {}
        self._judged: dict[str, tuple[int, int]] = {}
        self._looked = 0.0
        self._newest: bytes | None = None
        self._sequence = 0
        self._views = Views()
        self._closed = threading.Event()
        self._look()
        self._closed.wait(EVERY)
        self._look()

    def preview(self, width: int) -> Frame:
        """See DocumentCamera. Milliseconds: it does not wait for a picture."""
        self._check_open()
        if time.monotonic() - self._looked >= EVERY:
            self._look()
        if self._newest is None:
            raise DeviceFault(FaultCode.NO_FRAME, "no picture in the folder yet")
        return self._views.frame(self._newest, self._sequence, width)

    def still(self) -> Still:
        """See DocumentCamera. Waits at most 20 s (or as the address says) for a new file, through a folder that comes back."""
        asked, deadline = self._sequence, time.monotonic() + self._wait
        while True:
            self._closed.wait(max(0.0, self._looked + EVERY - time.monotonic()))
            self._check_open()
            fault = DeviceFault(FaultCode.NO_FRAME, "no new picture came into the folder")
            try:
                self._look()
            except DeviceFault as gone:
                fault = gone
            if self._newest is not None and self._sequence > asked:
                return still_of(self._newest)
            if time.monotonic() > deadline:
                raise fault

    def close(self) -> None:
        """Watch no longer; a still that waits in another thread ends with CANCELLED."""
        self._closed.set()

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise DeviceFault(FaultCode.CANCELLED, "the folder is watched no longer")

    def _look(self) -> None:
        """Take in the newest picture that is new and did not change since the last look."""
        now = _files(self._folder)
        steady = [name for name, mark in now.items() if self._marks.get(name) == mark and self._judged.get(name) != mark]
        self._marks, self._looked = now, time.monotonic()
        found = False
        for name in sorted(steady, key=lambda name: (now[name][0], name), reverse=True):
            if not found:
                try:
                    self._newest = load(self._folder / name)
                    self._sequence += 1
                    found = True
                except OSError:      # still locked by the program that writes it, or gone again
                    continue
                except DeviceFault:
                    pass             # no picture, or half of one; looked at again when it changes
            self._judged[name] = now[name]


class PictureFile:
    """picture:/page.jpg: one picture that lies under the camera for ever; read anew when the file changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._views = Views()
        self._mark = (0, 0)
        self._picture = b""
        self._sequence = 0
        self._closed = False
        self._read()

    def preview(self, width: int) -> Frame:
        """See DocumentCamera."""
        return self._views.frame(self._read(), self._sequence, width)

    def still(self) -> Still:
        """See DocumentCamera. The file's own bytes, where it is a JPEG."""
        return still_of(self._read())

    def close(self) -> None:
        """Nothing is held."""
        self._closed = True

    def _read(self) -> bytes:
        if self._closed:
            raise DeviceFault(FaultCode.CANCELLED, "the picture was closed")
        try:
            about = self._path.stat()
            if (mark := (about.st_mtime_ns, about.st_size)) != self._mark:
                self._picture, self._mark, self._sequence = load(self._path), mark, self._sequence + 1
        except OSError as e:
            raise DeviceFault(FaultCode.NOT_CONNECTED, f"{self._path}: {e.strerror}") from e
        return self._picture


def load(path: Path) -> bytes:
    """A picture file as JPEG bytes: a JPEG untouched, a PNG encoded.

    OSError when it cannot be read; BAD_ANSWER for what is no whole picture, over 64 MB or over 100 megapixels. The size is
    read from the header before anything is decoded.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > LARGEST:
            raise DeviceFault(FaultCode.BAD_ANSWER, "the file is far too large for a page")
        data = file.read(LARGEST)
    if data.startswith(_PNG):
        width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
        if width * height > jpeg.MOST_PIXELS or not data.rstrip(b"\0\r\n").endswith(_PNG_END):
            raise DeviceFault(FaultCode.BAD_ANSWER, f"half a PNG, or one of {width} x {height}")
        return jpeg.encoded(_decoded(data, width))
    _decoded(data, jpeg.size_of(data)[0])
    return data


def _decoded(data: bytes, width: int) -> Image:
    return jpeg.reduced(data, width, width)


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    """Name -> (time of change, size) of the picture files in a folder."""
    try:
        with os.scandir(folder) as entries:
            found = {}
            for entry in entries:
                with suppress(FileNotFoundError):      # taken away since the folder was opened
                    if Path(entry.name).suffix.lower() in KINDS and entry.is_file():
                        about = entry.stat()
                        found[entry.name] = (about.st_mtime_ns, about.st_size)
            return found
    except OSError as e:
        raise DeviceFault(FaultCode.NOT_CONNECTED, f"the folder cannot be read: {e.strerror}") from e
