"""`oncedesk bench window`: from a card laid under the camera to its fields in the case, and how long the window's thread is ever held up.

The real window off screen with its real store, flows and models; the camera is another process, as a camera is. Cards are taken by
themselves (0.8 s of lying still included) and by key. A machine busy with other things holds up every thread: so beside the longest wait
stands the longest work the window's own thread did without a pause.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any, cast

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPushButton

from desktop.app import Terminal, open_workplace
from desktop.bench.timing import Timing
from desktop.settings import Settings
from desktop.shelf import RESOURCES
from desktop.ui.screens.intake import IntakeScreen
from hardware.camera.mjpeg_http import MjpegCamera
from hardware.simulated.camera import EMPTY, SimulatedCamera

DESK = RESOURCES / "recordings" / "desk"
CARDS = ("mother_card_front", "father_card_front")
RATE = 15.0
"""Pictures a second; document cameras of five megapixels send so many."""
TARGET_MS = 1500.0
STALL_MS = 30.0
TICK = 5
LEAST = 4
"""Cards laid down in each way."""
PATIENCE = 30.0
PIN = "246810"


def run(seconds: float = 2.0) -> tuple[Timing, ...]:
    """Card down to fields by itself and by key, and the longest hold-up while papers are taken and while the form is walked through."""
    rounds = max(LEAST, round(seconds))
    app = cast("QApplication", QApplication.instance() or QApplication(["bench", "-platform", "offscreen"]))
    with tempfile.TemporaryDirectory() as folder, _camera_process() as camera:
        settings = Settings(home=Path(folder), demo=True, keyring=False, camera=camera.url)
        _somebody_at(settings)
        terminal = Terminal(settings)
        try:
            seen = _Session(terminal, camera, app).play(rounds)
            alone = _read_alone(terminal, camera)
        finally:
            terminal.close()
    return (
        Timing("a card under the camera to its fields, taken by itself", median(seen.by_itself), _p95(seen.by_itself),
               "reading the same still and nothing else", alone, TARGET_MS, {"rounds": rounds}),
        Timing("a card under the camera to its fields, by key", median(seen.by_key), _p95(seen.by_key),
               "reading the same still and nothing else", alone, TARGET_MS, {"rounds": rounds}),
        *(_hold_up(f"longest hold-up of the window's thread while {words}", seen.beats[name], seen.beats["bare"])
          for name, words in (("warming", "the models load"), ("papers", "cards are taken and read"), ("form", "the form is shown"))),
    )  # fmt: skip


def _hold_up(name: str, beat: "_Beat", idle: "_Beat") -> Timing:
    return Timing(name, max(beat.waits), _p95(beat.waits), "the same window before a bare desk", max(idle.waits), STALL_MS,
                  {"longest_own_work_ms": round(max(beat.work), 1), "bare_own_work_ms": round(max(idle.work), 1)})  # fmt: skip


@dataclass
class _Beat:
    """Ticks of the window's thread: milliseconds between two, and how much of it the thread itself worked."""

    waits: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)


@dataclass
class _Seen:
    by_itself: list[float] = field(default_factory=list)
    by_key: list[float] = field(default_factory=list)
    beats: dict[str, _Beat] = field(default_factory=dict)


class _Session(QObject):
    """One clerk's quarter of an hour, in a minute."""

    def __init__(self, terminal: Terminal, camera: "_Camera", app: QApplication) -> None:
        super().__init__()
        self._terminal, self._camera, self._app = terminal, camera, app
        self._seen = _Seen()
        self._beat = _Beat()
        self._last = (0.0, 0.0)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def play(self, rounds: int) -> _Seen:
        """All phases in the order of a day."""
        terminal, window = self._terminal, self._terminal.window
        terminal.show()
        self._until(lambda: terminal.place is not None and window.findChild(QPushButton, "user-bench") is not None)
        with self._phase("warming"):
            self._lane_is_free()
        self._sign_in()
        intake = self._open_case()
        intake.go_to("papers")
        self._wait(2.5)                     # pictures come; the desk lies bare and is learnt
        with self._phase("bare"):
            self._wait(2.0)
        with self._phase("papers"):
            for number in range(rounds):
                self._seen.by_itself.append(self._lay(intake, CARDS[number % 2], by_key=False))
            cast("QCheckBox", intake.findChild(QCheckBox, "choice.automatic")).click()
            for number in range(rounds):
                self._seen.by_key.append(self._lay(intake, CARDS[number % 2], by_key=True))
        with self._phase("form"):
            for step in ("form", "papers", "form"):
                intake.go_to(step)
                self._wait(0.3)
            for key in ("mother_name", "newborn_name", "father_id_no"):
                intake.form.go_to(key)
                self._wait(0.3)
            intake.case.answer("newborn_name", "陈示安")
            self._wait(0.5)
        return self._seen

    def _sign_in(self) -> None:
        cover = self._terminal.window.cover
        cast("QPushButton", cover.findChild(QPushButton, "user-bench")).click()
        cast("QLineEdit", cover.findChild(QLineEdit, "pin")).setText(PIN)
        cast("QPushButton", cover.findChild(QPushButton, "enter")).click()
        self._until(lambda: not cover.isVisible())

    def _open_case(self) -> IntakeScreen:
        window = self._terminal.window
        window.start_theme("hebei-newborn")
        intake = cast("IntakeScreen", window.page("intake"))
        self._until(lambda: intake.case.is_open)
        for key, value in {"applicant_role": "母亲", "settle_follow": "父亲", "newborn_birth_date": "2026-11-16"}.items():
            intake.case.answer(key, value)
        self._until(lambda: not any(intake.case.holds(key) for key in ("applicant_role", "settle_follow", "newborn_birth_date")))
        return intake

    def _lay(self, intake: IntakeScreen, card: str, *, by_key: bool) -> float:
        """Milliseconds from the card under the camera to the first paint after its fields came; then the desk is cleared."""
        before = _pages(intake)
        began = time.perf_counter()
        self._camera.show(card)
        if by_key:
            self._wait(0.15)                # a hand goes from the desk to the keyboard
            intake.papers.capture()
        self._until(lambda: _pages(intake) != before)
        took = (time.perf_counter() - began) * 1000
        self._camera.show(EMPTY)
        self._wait(2.0)                 # longer than a paper may be hidden by a hand
        return took

    def _lane_is_free(self) -> None:
        """The models are loaded in this lane, so what is asked of it is done after them."""
        free: list[bool] = []
        self._terminal.lanes.recognition.run(lambda: True, free.append, None, self)
        self._until(lambda: bool(free))

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        self._beat = self._seen.beats[name] = _Beat()
        self._last = (time.perf_counter(), time.thread_time())
        self._timer.start(TICK)
        yield
        self._timer.stop()

    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self._beat.waits.append((now - self._last[0]) * 1000)
        self._beat.work.append((worked - self._last[1]) * 1000)
        self._last = now, worked

    def _wait(self, seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def _until(self, done: Callable[[], bool]) -> None:
        end = time.perf_counter() + PATIENCE
        while not done():
            if time.perf_counter() > end:
                raise TimeoutError("the window did not come to it")
            self._wait(0.01)


def _pages(intake: IntakeScreen) -> frozenset[str]:
    return frozenset(slot.evidence_id for material in intake.case.view.materials for slot in material.slots if slot.evidence_id)


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


def _somebody_at(settings: Settings) -> None:
    with open_workplace(settings, begin=True) as place:
        place.flows.sign_in.add_user(None, "bench", "测速", "clerk", PIN)


def _read_alone(terminal: Terminal, camera: "_Camera") -> float:
    """Milliseconds for the recogniser to read one still of the first card."""
    assert terminal.place is not None
    recogniser = terminal.place.desk.recogniser
    camera.show(CARDS[0])
    with closing(MjpegCamera(camera.url)) as source:
        picture = source.still().jpeg
    times = []
    for _ in range(LEAST):
        began = time.perf_counter()
        recogniser.read(picture)
        times.append((time.perf_counter() - began) * 1000)
    return median(times)


# --- the camera, in a process of its own ----------------------------------------------------------------------------------------

@dataclass(frozen=True)
class _Camera:
    url: str
    show: Callable[[str], None]


def serve() -> None:
    """The camera's process: says its port, shows the scene named in each line it is given, ends with its standard input."""
    with closing(SimulatedCamera(DESK, rate=RATE)) as camera:
        for scene in (*CARDS, EMPTY):
            camera.show(scene)
        _say(camera.port)
        for line in sys.stdin:
            camera.show(json.loads(line))
            _say("shown")


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


@contextmanager
def _camera_process() -> Iterator[_Camera]:
    process = subprocess.Popen(
        [sys.executable, "-c", "from desktop.bench.window import serve; serve()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
    with process:      # closes the pipes, which ends it, and waits
        port = cast("Any", process.stdout).readline().strip()
        yield _Camera(f"http://127.0.0.1:{port}/", partial(_ask, process))


def _ask(process: "subprocess.Popen[str]", scene: str) -> None:
    told, heard = cast("Any", process.stdin), cast("Any", process.stdout)
    told.write(json.dumps(scene) + "\n")
    told.flush()
    heard.readline()
