"""`oncedesk --picture FILE`: what somebody at the window sees once they may sign in, or why they may not; as a file, and how long it took.

For support by telephone, and for whoever has to see that an installed program opens. It looks on; it presses nothing.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from desktop.ui.main_window import MainWindow

PATIENCE = 60.0
"""Seconds."""
_LOOK_MS = 20
_BEGAN = time.monotonic()


@dataclass(frozen=True)
class FirstPicture:
    """What was seen. Times are seconds since the process was started, None for what did not come."""

    file: Path
    saved: bool
    painted: float | None
    """The window was there."""
    ready: float | None
    """Somebody might sign in, and the province, if one is set up, had answered or not."""
    fault: str
    """The code of what was in the way; empty when nothing was."""


class Photographer(QObject):
    """Takes the picture of `window` when it asks who sits here and `settled` agrees, at the latest after `patience` seconds."""

    done = Signal()

    def __init__(self, window: MainWindow, file: Path, settled: Callable[[], bool], patience: float = PATIENCE) -> None:
        super().__init__(window)
        self._window, self._file, self._settled = window, file, settled
        self._painted: float | None = None
        self._fault = ""
        self._asked = False
        self._ready: float | None = None
        self.taken: FirstPicture | None = None
        window.installEventFilter(self)
        window.asked.connect(self._may_sign_in)
        window.cover.refused.connect(self._refused)
        self._looking, self._patience = QTimer(self), QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self._look)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(lambda: self._refused("window.not_ready"))
        self._looking.start()
        self._patience.start(round(patience * 1000))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the first paint."""
        if self._painted is None and watched is self._window and event.type() == QEvent.Type.Paint:
            self._painted = _age()
        return False

    def _may_sign_in(self) -> None:
        self._asked = True

    def _refused(self, code: str) -> None:
        self._fault = code

    def _look(self) -> None:
        if not self._fault and not (self._asked and self._painted is not None and self._settled()):
            return
        if self._ready is None:      # what was put there in this turn of the loop is laid out and shown in the next
            self._ready = _age()
            return
        self._looking.stop()
        self._patience.stop()
        self.taken = FirstPicture(self._file, self._window.grab().save(str(self._file)), self._painted,
                                  None if self._fault else self._ready, self._fault)
        self.done.emit()


def _age() -> float:
    """Seconds since this process was started; where the system does not tell (not Linux), since this file was read."""
    with suppress(OSError, AttributeError):
        began = int(Path("/proc/self/stat").read_text("ascii", "replace").rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        return round(time.clock_gettime(time.CLOCK_BOOTTIME) - began, 2)
    return round(time.monotonic() - _BEGAN, 2)
