"""UVC document cameras: which are attached, their lasting addresses, and the driver that opens one through OpenCV.

Indices change with every re-plugging and no two lists share their order: a camera is known by name, USB id and port.
Not proved here (no camera): the opening itself, and that a backend hands the camera's own JPEG over; see `as_shot`.
"""

import platform
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, quote, unquote

from hardware.camera import jpeg
from hardware.camera.live import LiveCamera, Shot
from hardware.faults import DeviceFault, FaultCode
from hardware.opencv import cv2
from hardware.readings import Image

OPENING = 25.0
"""Seconds to open and give the first picture: Media Foundation on Windows may take 20."""
WARM_UP = 4
"""Pictures dropped at first, while exposure and focus settle."""
SILENCE = 2.0
"""Seconds of failed reads after which the camera is looked for and opened anew."""
RATE = 15
SIZES: Sequence[tuple[int, int]] = (
    (3264, 2448), (3840, 2160), (2592, 1944), (2048, 1536), (1920, 1080), (1600, 1200), (1280, 960), (1280, 720), (640, 480),
)
"""Asked for in turn: some 8 megapixels are enough for a page, more only slows the picture."""
MOST_PIXELS = 3840 * 2160
BACKENDS = {"v4l2": cv2.CAP_V4L2, "msmf": cv2.CAP_MSMF, "dshow": cv2.CAP_DSHOW, "avfoundation": cv2.CAP_AVFOUNDATION}
_USUAL = {"Linux": "v4l2", "Windows": "msmf", "Darwin": "avfoundation"}


@dataclass(frozen=True)
class AttachedCamera:
    """A camera as the system lists it."""

    name: str
    usb: str
    """Vendor and product, four hexadecimal digits each: 0c45:6366; empty where the system does not tell."""
    port: str
    """Where it is plugged in, the same after a restart; tells two equal cameras, or the two heads of one, apart."""
    index: int
    backend: int

    @property
    def lasting(self) -> tuple[str, str, str]:
        """What stays when it is plugged in again; the index does not."""
        return self.name, self.usb, self.port


def attached(backend: str = "") -> tuple[AttachedCamera, ...]:
    """Every camera attached, looked at and not opened, in the order of name, id and port. Milliseconds; poll it for hot-plug."""
    try:
        from cv2_enumerate_cameras import enumerate_cameras, supported_backends
    except ImportError:      # its native part is missing on this system
        return ()
    number = BACKENDS.get(backend or _USUAL.get(platform.system(), ""))
    if number is None or number not in supported_backends:
        return ()
    found = [
        AttachedCamera(one.name or "", f"{one.vid:04x}:{one.pid:04x}" if one.vid is not None and one.pid is not None else "",
                       port_of(one.path or ""), one.index, number)
        for one in enumerate_cameras(number)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda camera: camera.lasting))


def port_of(path: str, system: Path = Path("/sys/class/video4linux")) -> str:
    """The lasting part of a camera's path. On Windows the path itself; /dev/video2 is only a turn, its USB port is 1-1.4:1.0."""
    device = system / Path(path).name / "device"
    return device.resolve().name if path.startswith("/dev/") and device.exists() else path


def address_of(camera: AttachedCamera, among: Iterable[AttachedCamera]) -> str:
    """uvc:NAME?usb=0c45:6366, with &port=… where another one like it is attached. Pure."""
    twins = sum((one.name, one.usb) == (camera.name, camera.usb) for one in among) > 1
    settings = [("usb", camera.usb)] if camera.usb else []
    settings += [("port", camera.port)] if twins else []
    query = "&".join(f"{key}={quote(value, safe=':/')}" for key, value in settings)
    name = camera.name.translate({ord(sign): quote(sign) for sign in "%?#&"})      # the rest stays readable in the settings
    return f"uvc:{name}" + (f"?{query}" if query else "")


def find(address: str, among: Sequence[AttachedCamera]) -> AttachedCamera:
    """The camera meant by an address; NOT_CONNECTED when it is not there. Pure.

    Without a port the first of several equal ones; with a port that one and no other: the portrait camera's place must
    never be taken by the one over the desk.
    """
    name, settings = _parts(address)
    for camera in among:
        wanted = (name, settings.get("usb", camera.usb).lower(), settings.get("port", camera.port))
        if wanted == camera.lasting:
            return camera
    raise DeviceFault(FaultCode.NOT_CONNECTED, f"no camera called {name}")


class UvcCamera(LiveCamera):
    """A camera by its address: uvc:NAME?usb=…&port=…, or uvc:0 by index where nothing better is known.

    More settings: size=1280x720 (else the largest up to 8 megapixels), backend=dshow. Opening takes at most 25 s.
    Stills are the camera's own JPEG where the backend hands it over, else they are encoded at quality 95.
    """

    def __init__(self, address: str, open_capture: Callable[[int, int], cv2.VideoCapture] | None = None) -> None:
        """`open_capture` (index, backend) is OpenCV's unless given."""
        name, settings = _parts(address)
        self._sizes: Sequence[tuple[int, int]] = SIZES
        if size := settings.get("size"):
            width, _, height = size.partition("x")
            if not (width.isdecimal() and height.isdecimal()):
                raise DeviceFault(FaultCode.UNSUPPORTED, f"not a size: {size}")
            self._sizes = ((int(width), int(height)),)
        backend = settings.get("backend", "")
        if backend and backend not in BACKENDS:
            raise DeviceFault(FaultCode.UNSUPPORTED, f"no backend {backend}; known: {', '.join(BACKENDS)}")
        self._backend = backend
        self._address = address
        self._index = int(name) if name.isdecimal() else None
        self._open_capture = open_capture or _open_with_opencv
        super().__init__("uvc camera", OPENING)

    def _pictures(self, closed: threading.Event) -> Iterator[Shot]:
        if self._index is not None:
            capture = self._open_capture(self._index, BACKENDS.get(self._backend, cv2.CAP_ANY))
        else:      # looked for each time: it may be back under another index
            camera = find(self._address, attached(self._backend))
            capture = self._open_capture(camera.index, camera.backend)
        try:
            if not capture.isOpened():
                raise DeviceFault(FaultCode.BUSY if self._index is None else FaultCode.NOT_CONNECTED, "the camera does not open")
            prepare(capture, self._sizes)
            last = time.monotonic()
            while not closed.is_set():
                good, picture = capture.read()
                shot = as_shot(cast("Image", picture)) if good else None
                if shot is not None:
                    last = time.monotonic()
                    yield shot
                elif time.monotonic() - last > SILENCE:
                    raise DeviceFault(FaultCode.NO_FRAME, "no picture can be read any more")
                else:
                    closed.wait(0.02)
        except cv2.error as e:
            raise DeviceFault(FaultCode.BAD_ANSWER, str(e)) from e
        finally:
            capture.release()


def prepare(capture: cv2.VideoCapture, sizes: Sequence[tuple[int, int]] = SIZES) -> None:
    """Settle an opened camera, in the order that works most often: the format decides which sizes there are, the size which rates."""
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    choose_size(capture, sizes)
    capture.set(cv2.CAP_PROP_FPS, RATE)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)      # hand the JPEG over as it is
    for _ in range(WARM_UP):
        capture.grab()
    good, picture = capture.read()
    if good and as_shot(cast("Image", picture)) is None:
        capture.set(cv2.CAP_PROP_CONVERT_RGB, 1)      # raw, but no JPEG: let OpenCV make pixels of it


def choose_size(capture: cv2.VideoCapture, sizes: Sequence[tuple[int, int]] = SIZES) -> tuple[int, int]:
    """Ask for each size, read back what was given, and stop at the first that no later one can better."""
    best = (0, 0)
    for number, asked in enumerate(sizes):
        given = _set_size(capture, asked)
        if _pixels(given) <= max(MOST_PIXELS, _pixels(asked)) and _pixels(given) > _pixels(best):
            best = given
        if best == asked or (best != (0, 0) and all(_pixels(best) >= _pixels(later) for later in sizes[number + 1 :])):
            break
    if best not in {(0, 0), given}:
        _set_size(capture, best)
    return best


def as_shot(picture: Image) -> Shot | None:
    """What a read gave: one row of bytes is the camera's own JPEG (None when torn), three channels are pixels, else None. Pure."""
    if picture.ndim == 3 and picture.shape[2] == 3:
        return picture
    if picture.ndim != 2 or 1 not in picture.shape:
        return None
    data = picture.tobytes().rstrip(b"\0")      # a driver's buffer may be longer than the picture
    try:
        jpeg.size_of(data)
    except DeviceFault:
        return None
    return data


def _set_size(capture: cv2.VideoCapture, size: tuple[int, int]) -> tuple[int, int]:
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
    return int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))


def _pixels(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def _open_with_opencv(index: int, backend: int) -> cv2.VideoCapture:
    if platform.system() == "Linux" and not Path(f"/dev/video{index}").exists():
        # OpenCV would try every backend it has and write an error block for each.
        raise DeviceFault(FaultCode.NOT_CONNECTED, f"no camera {index}")
    return cv2.VideoCapture(index, backend)


def _parts(address: str) -> tuple[str, dict[str, str]]:
    name, _, query = address.partition(":")[2].partition("?")
    return unquote(name), dict(parse_qsl(query))
