"""A clerk's hands: keys, pen and eyes on the real window. Everything goes through Qt's own events; nothing is called behind the screen."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


def pause(ms: int) -> None:
    """Let the window live for a while. Not QTest.qWait: it keeps Python's lock while it waits, and the lanes stand still."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


class NotSeen(AssertionError):
    """What the clerk waited for did not come to the screen."""


class Clerk:
    """Presses keys, writes with the pen, waits for what the screen shows, takes pictures."""

    def __init__(self, window: QWidget, pictures: Path) -> None:
        self.window = window
        self.pictures = pictures
        self.keystrokes = 0
        self._taken = 0

    def sit_down(self) -> None:
        """Make the window the active one; without a window manager nobody else does."""
        def active() -> bool:
            self.window.activateWindow()
            pause(50)
            return self.window.isActiveWindow()

        self.wait(active, "the window to be active")

    # -- eyes -------------------------------------------------------------------------------------------------------

    def see(self, name: str, seconds: float = 20.0) -> QWidget:
        """The visible widget with this object name; waits for it."""
        def look() -> QWidget | None:
            found = [widget for top in QApplication.topLevelWidgets() for widget in top.findChildren(QWidget, name) if widget.isVisible()]
            return found[0] if found else None

        self.wait(lambda: look() is not None, f"{name} on the screen", seconds)
        widget = look()
        assert widget is not None
        return widget

    def wait(self, ready: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
        """Let the window live until `ready`; raises NotSeen after `seconds`."""
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                self.picture(f"not seen {what}"[:60].replace("/", " "))
                raise NotSeen(f"waited {seconds} s for {what}")
            pause(15)

    def picture(self, name: str) -> Path:
        """A numbered picture of the window as it is now."""
        pause(60)
        self._taken += 1
        path = self.pictures / f"{self._taken:02d}-{name}.png"
        self.window.grab().save(str(path))
        return path

    # -- hands ------------------------------------------------------------------------------------------------------

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key, to whatever has the focus."""
        self.keystrokes += 1
        QTest.keyClick(self._focus(), key, modifiers)
        pause(5)

    def keys(self, text: str) -> None:
        """Plain characters, one key each."""
        self.keystrokes += len(text)
        QTest.keyClicks(self._focus(), text)
        pause(5)

    def commit(self, text: str) -> None:
        """What an input method commits; counted as one key a character, which is less than pinyin needs."""
        self.keystrokes += len(text)
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self._focus(), event)
        pause(5)

    def focus_on(self, name: str, *, back: bool = False) -> QWidget:
        """Walk there with Enter (back: with Shift+Enter) as a clerk does; raises NotSeen when the road does not lead there."""
        target = self.see(name)
        modifiers = Qt.KeyboardModifier.ShiftModifier if back else Qt.KeyboardModifier.NoModifier
        for _ in range(60):
            if self._is_in(target):
                return target
            self.key(Qt.Key.Key_Return, modifiers)
        raise NotSeen(f"Enter never came to {name}")

    def choose(self, name: str, text: str) -> None:
        """Type a choice into a closed or open list."""
        box = self.see(name)
        assert self._is_in(box), f"{name} has no focus"
        self.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.commit(text)

    def sign(self, pad: QWidget) -> None:
        """Write something with the pen."""
        size = pad.rect()
        strokes = (((0.2, 0.35), (0.45, 0.3)), ((0.32, 0.2), (0.32, 0.75)), ((0.32, 0.5), (0.2, 0.7)), ((0.32, 0.5), (0.45, 0.68)),
                   ((0.55, 0.3), (0.8, 0.28)), ((0.67, 0.2), (0.67, 0.78)), ((0.67, 0.48), (0.56, 0.7)), ((0.67, 0.48), (0.82, 0.7)))
        for start, end in strokes:
            points = [QPointF(size.width() * (start[0] + (end[0] - start[0]) * step / 12),
                              size.height() * (start[1] + (end[1] - start[1]) * step / 12)) for step in range(13)]
            QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, points[0].toPoint())
            for point in points[1:]:
                QTest.mouseMove(pad, point.toPoint())
                pause(3)
            QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, points[-1].toPoint())

    def tap(self, name: str) -> None:
        """The applicant's finger on a button of the applicant's page (the clerk's own road needs no pointer)."""
        widget = self.see(name)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(12, widget.height() // 2))

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def _is_in(self, target: QWidget) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and (focus is target or target.isAncestorOf(focus))
