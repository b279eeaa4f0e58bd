"""Hot-plug: asks every two seconds, off the UI thread, what came and went, and says it in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop import wording
from desktop.ui.background import Lanes

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows

EVERY_MS = 2_000
Change = Any
"""flows.devices.Change; not imported, for the first paint must not wait for the drivers."""


class DeviceWatch(QObject):
    """One look at a time: a slow one is never overtaken."""

    changed = Signal(object)
    """A Change."""

    def __init__(self, flows: Flows, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._flows, self._lanes = flows, lanes
        self._looking = False
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Look now and from now on."""
        self._timer.start()
        self._look()

    def _look(self) -> None:
        if not self._looking:
            self._looking = True
            self._lanes.watch.run(self._flows.devices.look_round, self._seen, self._failed, self)

    def _seen(self, changes: tuple[Change, ...]) -> None:
        self._looking = False
        for change in changes:
            self.changed.emit(change)

    def _failed(self, error: Exception) -> None:
        self._looking = False
        self._timer.stop()      # it would fail again every two seconds
        self._lanes.watch.unhandled.emit(error)


def words_of(change: Change) -> tuple[str, str, str]:
    """(text, detail, tone) of a toast."""
    if change.ours:
        what = f"{change.name}{'接上了' if change.came else '拔掉了'}"
        return (what, "", "ok") if change.came else (what, "插好就能接着用，不用重启", "warn")
    if not change.came:
        return f"设备拔掉了：{change.name}", "", "info"
    if change.usable and change.kind is not None:
        return f"发现新设备：{change.name}", f"可以在“设备”页选作{wording.word('device_kind', change.kind)}", "info"
    return f"发现不能直接使用的设备：{change.name}", "原因和办法在“设备”页的“选择设备”里", "info"
