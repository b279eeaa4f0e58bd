"""Toasts: short news at the bottom right, three at most; errors stay until somebody closes them."""

from typing import Literal

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.look import Look
from desktop.ui.widgets.buttons import IconButton
from desktop.ui.widgets.cards import Icon
from desktop.ui.widgets.text import Text

ToastTone = Literal["ok", "info", "warn", "danger"]
MOST = 3
_ICONS: dict[ToastTone, str] = {"ok": "circle-check", "info": "info-circle", "warn": "alert-triangle",
                                "danger": "alert-circle"}


class Toast(QFrame):
    """One piece of news."""

    def __init__(self, look: Look, text: str, detail: str, tone: ToastTone, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = text
        self.setProperty("role", "toast")
        self.setAccessibleName(f"{text} {detail}".strip())
        row = QHBoxLayout(self)
        look.lay(row, ("lg", "md", "sm", "md"), "md")
        mark = Icon(look, _ICONS[tone], tone, look.size("iconLarge"))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop if detail else Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        look.lay(words, gap="xs")
        words.addStretch(1)
        words.addWidget(Text(text, "strong", wrap=True))
        if detail:
            words.addWidget(Text(detail, "muted", wrap=True))
        words.addStretch(1)
        row.addLayout(words, 1)
        self.close_button = IconButton(look, "x", "关闭提示")
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop if detail else Qt.AlignmentFlag.AlignVCenter)


class Toasts(QObject):
    """The stack over one host widget."""

    def __init__(self, host: QWidget, look: Look, bottom: str = "actionbar") -> None:
        super().__init__(host)
        self._host = host
        self._look = look
        self._bottom = bottom
        self._stack: list[Toast] = []
        host.installEventFilter(self)
        look.changed.connect(self._place)

    @property
    def shown(self) -> tuple[str, ...]:
        """What stands there now, oldest first."""
        return tuple(toast.text for toast in self._stack)

    def show(self, text: str, detail: str = "", tone: ToastTone = "info") -> None:
        """Say something; the same words standing there already are not said twice."""
        for toast in self._stack:
            if toast.text == text:
                self._drop(toast)
                break
        toast = Toast(self._look, text, detail, tone, self._host)
        toast.close_button.clicked.connect(lambda: self._drop(toast))
        self._stack.append(toast)
        while len(self._stack) > MOST:
            self._drop(self._stack[0])
        toast.show()
        self._place()
        QAccessible.updateAccessibility(QAccessibleEvent(toast, QAccessible.Event.Alert))
        if tone != "danger":
            timer = QTimer(toast)
            timer.setSingleShot(True)
            timer.timeout.connect(lambda: self._drop(toast))
            timer.start(self._look.motion("toast") + 60 * len(detail))

    def clear(self) -> bool:
        """Take all away; False when there was nothing (Esc then means something else)."""
        had = bool(self._stack)
        for toast in tuple(self._stack):
            self._drop(toast)
        return had

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _drop(self, toast: Toast) -> None:
        if toast in self._stack:
            self._stack.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _place(self) -> None:
        edge = self._look.space("xl")
        width = min(round(400 * (1 + (self._look.factor - 1) * 0.5)), self._host.width() - 2 * edge)
        y = self._host.height() - edge - (self._look.size(self._bottom) if self._bottom else 0)
        for toast in reversed(self._stack):
            toast.setFixedWidth(width)
            layout = toast.layout()
            assert layout is not None
            height = max(layout.totalHeightForWidth(width), toast.sizeHint().height())
            y -= height
            toast.setGeometry(self._host.width() - edge - width, y, width, height)
            toast.raise_()
            y -= self._look.space("sm")
