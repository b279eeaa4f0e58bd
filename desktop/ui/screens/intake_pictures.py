"""Pictures for the intake: the live feed of the camera, pages and cut-outs kept for a while. No widget and no drawing here."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from desktop.flows.views import Cutout
from desktop.ui.background import Ask, Lane, Lanes
from desktop.ui.widgets.picture import Pixels

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows
    from desktop.flows.capture_page import LiveLook

FRAME_EVERY_MS = 33
LOOK_EVERY_MS = 100
RETRY_MS = 2000
_KEPT = 24


class CameraFeed(QObject):
    """Asks for one frame at a time: the next only after the last was shown, so a slow screen drops frames and queues none."""

    frame_came = Signal(object)
    """A BGR picture."""
    seen = Signal(object)
    """LiveLook of a recent frame."""
    trouble = Signal(object)
    """The exception that keeps the picture away; tried again every two seconds."""

    def __init__(self, flows: "Flows", lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self.use(flows.capture_page.preview, flows.capture_page.look, lanes.camera)
        self._width = 0
        self._running = False
        self._asked: Ask[Any] | None = None
        self._looking: Ask[Any] | None = None
        self._pace = QElapsedTimer()
        self._look_pace = QElapsedTimer()
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._ask)

    @property
    def running(self) -> bool:
        """Whether frames are wanted."""
        return self._running

    def use(self, preview: Callable[[int], Any], look: Callable[[Any], "LiveLook"], lane: Lane) -> None:
        """Frames of this camera, asked for on its own lane, and what is looked for on them. Stop before changing it."""
        self._preview, self._look, self._lane = preview, look, lane

    def start(self, width: int) -> None:
        """Frames about `width` pixels wide from now on."""
        self._width = max(160, width)
        if not self._running:
            self._running = True
            if self._asked is None:
                self._ask()

    def stop(self) -> None:
        """No more frames; what is on its way is dropped."""
        self._running = False
        self._next.stop()
        for ask in (self._asked, self._looking):
            if ask is not None:
                ask.cancel()
        self._asked = self._looking = None

    def _ask(self) -> None:
        if not self._running:
            return
        self._pace.start()
        self._asked = self._lane.run(partial(self._preview, self._width), self._came, self._failed, self)

    def _came(self, frame: Any) -> None:
        self._asked = None
        if not self._running:
            return
        self.frame_came.emit(frame.image)
        if self._looking is None and (not self._look_pace.isValid() or self._look_pace.elapsed() >= LOOK_EVERY_MS):
            self._look_pace.start()
            self._looking = self._lanes.recognition.run(
                partial(self._look, frame), self._looked, self._look_failed, self)
        self._next.start(max(0, FRAME_EVERY_MS - self._pace.elapsed()))

    def _failed(self, error: Exception) -> None:
        self._asked = None
        if self._running:
            self.trouble.emit(error)
            self._next.start(RETRY_MS)

    def _looked(self, seen: "LiveLook") -> None:
        self._looking = None
        if self._running:
            self.seen.emit(seen)

    def _look_failed(self, error: Exception) -> None:
        self._looking = None
        self._lanes.recognition.unhandled.emit(error)


class Pages(QObject):
    """Page pictures and cut-outs by their evidence, fetched off the UI thread, the last few kept."""

    def __init__(self, flows: "Flows", lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._flows = flows
        self._lanes = lanes
        self._kept: OrderedDict[object, Pixels] = OrderedDict()

    def page(self, evidence_id: str, done: Callable[[Pixels], None], owner: QObject) -> None:
        """The upright page."""
        self._get(evidence_id, lambda: self._flows.capture_page.page_image(evidence_id), done, owner)

    def cutout(self, cutout: Cutout, done: Callable[[Pixels], None], owner: QObject) -> None:
        """The strip a value was read from."""
        self._get(cutout, lambda: self._flows.capture_page.cutout(cutout), done, owner)

    def forget(self) -> None:
        """Another case: its papers are nobody else's to see."""
        self._kept.clear()

    def _get(self, name: object, fetch: Callable[[], Pixels], done: Callable[[Pixels], None], owner: QObject) -> None:
        if name in self._kept:
            self._kept.move_to_end(name)
            done(self._kept[name])
            return

        def keep(image: Pixels) -> None:
            self._kept[name] = image
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            done(image)

        self._lanes.recognition.run(fetch, keep, None, owner)
