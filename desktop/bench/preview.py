"""`oncedesk bench preview`: the live picture of an 8-megapixel MJPEG camera, as the window shows it.

Ours: MjpegCamera on the camera's lane, reduced decoding, painted by the window's own CameraView. Beside it, from the same source in the
same run: plain cv2.VideoCapture(url).read(), and a window that reads so in its own thread. Off screen; the camera is another process.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from typing import Any, cast

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from desktop.bench.timing import Timing
from desktop.ui.background import Ask, Lane
from desktop.ui.look import Look
from desktop.ui.widgets.camera_view import CameraView
from desktop.ui.widgets.picture import Pixels
from hardware.camera.mjpeg_http import MjpegCamera
from hardware.faults import DeviceFault, FaultCode
from hardware.opencv import cv2
from hardware.readings import Frame
from hardware.simulated.camera import SimulatedCamera

SIZE = (3264, 2448)
RATE = 30.0
"""Pictures a second that the camera sends at most; of its kind none sends more."""
VIEW = (960, 720)
TARGET_MS = 100.0
"""10 pictures a second."""
STALL_MS = 30.0
LEAST = 4.0
"""Seconds of each measurement; the first second only warms up."""
TICK = 5


def run(seconds: float = LEAST) -> tuple[Timing, ...]:
    """How often a new picture is shown, and how long the window's thread was ever held up meanwhile."""
    seconds = max(LEAST, seconds)
    app = QApplication.instance() or QApplication(["bench", "-platform", "offscreen"])
    with _camera_process() as url:
        read = _plain_read(url, seconds)
        with closing(MjpegCamera(url)) as camera:
            size = len(camera.still().jpeg)
            shown, gaps = _watch(lambda view: _Feed(camera, view), seconds)
        _, idle_gaps = _watch(_Idle, seconds)
        naive_shown, naive_gaps = _watch(lambda view: _NaiveFeed(url, view), seconds)
    del app
    return (
        Timing("a new 8-megapixel picture shown", sum(shown) / len(shown), _p95(shown), "plain cv2.VideoCapture(url).read()",
               sum(read) / len(read), TARGET_MS, {"fps": _fps(shown), "against_fps": _fps(read), "jpeg_bytes": size}),
        Timing("longest hold-up of the window's thread", max(gaps), _p95(gaps), "a window that reads with cv2 in its own thread",
               max(naive_gaps), STALL_MS, {"idle_ms": round(max(idle_gaps)), "against_fps": _fps(naive_shown)}),
    )  # fmt: skip


def serve(folder: str) -> None:
    """The camera's process: says its port and serves until its standard input ends."""
    with closing(SimulatedCamera(Path(folder), rate=RATE)) as camera:
        sys.stdout.write(f"{camera.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


class _Feed(QObject):
    """As the papers screen does it: the next picture is asked for on the camera's lane when the last one has come."""

    def __init__(self, camera: MjpegCamera, view: CameraView) -> None:
        super().__init__()
        self._camera, self._view = camera, view
        self._lane = Lane("camera")
        self._last = 0
        self.failure: Exception | None = None
        self._asked: Ask[Frame] | None = None
        self.ask()

    def ask(self) -> None:
        self._asked = self._lane.run(lambda: self._camera.preview(VIEW[0]), self._came, self._failed, self)

    def stop(self) -> None:
        self._lane.stop()

    def _came(self, frame: Frame) -> None:
        if frame.sequence != self._last:
            self._last = frame.sequence
            self._view.offer(frame.image)
        QTimer.singleShot(TICK, self, self.ask)

    def _failed(self, error: Exception) -> None:
        self.failure = error


class _NaiveFeed(QObject):
    failure: Exception | None = None

    def __init__(self, url: str, view: CameraView) -> None:
        super().__init__()
        self._capture, self._view = cv2.VideoCapture(url), view
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._read)
        self._timer.start(TICK)

    def stop(self) -> None:
        self._timer.stop()
        self._capture.release()

    def _read(self) -> None:
        good, picture = self._capture.read()
        if good:
            self._view.offer(cast("Pixels", cv2.resize(picture, VIEW)))


class _Idle(QObject):
    """Paints without a camera: what the machine itself, busy with other things, does to the window's thread."""

    failure: Exception | None = None

    def __init__(self, view: CameraView) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.timeout.connect(view.update)
        self._timer.start(60)

    def stop(self) -> None:
        self._timer.stop()


class _CountingView(CameraView):
    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.times: list[float] = []

    def paintEvent(self, event: Any) -> None:      # noqa: N802 - Qt's name
        super().paintEvent(event)
        self.times.append(time.perf_counter())


def _watch(start: Callable[[CameraView], _Feed | _NaiveFeed | _Idle], seconds: float) -> tuple[list[float], list[float]]:
    """Milliseconds between pictures painted, and between ticks of the window's thread; the first second is left out."""
    view = _CountingView(Look())
    view.resize(*VIEW)
    view.show()
    feed = start(view)
    ticks: list[float] = []
    beat = QTimer()
    beat.setTimerType(Qt.TimerType.PreciseTimer)
    beat.timeout.connect(lambda: ticks.append(time.perf_counter()))
    beat.start(TICK)
    loop = QEventLoop()
    began = time.perf_counter()
    QTimer.singleShot(round((seconds + 1) * 1000), loop.quit)
    loop.exec()
    beat.stop()
    feed.stop()
    view.hide()
    if feed.failure is not None:
        raise feed.failure
    return _gaps(view.times, began + 1), _gaps(ticks, began + 1)


def _gaps(times: list[float], since: float) -> list[float]:
    """In milliseconds; NO_FRAME where too little came to speak of."""
    gaps = [(after - before) * 1000 for before, after in pairwise(t for t in times if t >= since)]
    if len(gaps) < 2:
        raise DeviceFault(FaultCode.NO_FRAME, "the source gave hardly a picture")
    return gaps


def _fps(gaps: list[float]) -> int:
    return round(len(gaps) / sum(gaps) * 1000)


def _p95(gaps: list[float]) -> float:
    return quantiles(gaps, n=20)[-1]


def _plain_read(url: str, seconds: float) -> list[float]:
    capture = cv2.VideoCapture(url)
    times: list[float] = []
    began = time.perf_counter()
    while time.perf_counter() < began + seconds + 1:
        if capture.read()[0]:
            times.append(time.perf_counter())
    capture.release()
    return _gaps(times, began + 1)


@contextmanager
def _camera_process() -> Iterator[str]:
    """An 8-megapixel camera over a page of the register, sending as fast as its kind ever does."""
    with tempfile.TemporaryDirectory() as folder:
        page = cv2.imread(str(files("resources") / "recordings" / "desk" / "register_member.jpg"))
        if page is None:
            raise FileNotFoundError("the recording of a desk is missing")
        cv2.imwrite(str(Path(folder) / "empty.jpg"), cv2.resize(page, SIZE, interpolation=cv2.INTER_CUBIC))
        process = subprocess.Popen(  # noqa: S603 - this same program and a folder made here
            [sys.executable, "-c", f"from desktop.bench.preview import serve; serve({folder!r})"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
        with process:      # closes the pipes, which ends it, and waits
            port = cast("Any", process.stdout).readline().strip()
            yield f"http://127.0.0.1:{port}/"
