"""The busy strip: a thin moving line once something takes longer than 0.3 s; with words and 取消 after 2 s."""

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.look import Look
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.text import Text

SHOW_AFTER_MS = 300
TELL_AFTER_MS = 2000


class BusyStrip(QWidget):
    """`begin(words)` … `end()`, may be nested; keeps its place in the layout so that nothing jumps."""

    cancelled = Signal()

    def __init__(self, look: Look, *, can_cancel: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._can_cancel = can_cancel
        self._depth = 0
        self._line = _MovingLine(look)
        self._words = Text("", "muted")
        self._cancel = Button(look, "取消", "ghost")
        self._cancel.clicked.connect(self.cancelled)
        self._telling = QWidget()
        row = QHBoxLayout(self._telling)
        look.lay(row, ("lg", "", "lg", ""), "md")
        row.addWidget(self._words)
        row.addWidget(self._cancel)
        row.addStretch(1)
        column = QVBoxLayout(self)
        look.lay(column)
        column.addWidget(self._line)
        column.addWidget(self._telling)
        self._telling.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._soon, self._late = QTimer(self), QTimer(self)
        for timer, after, slot in ((self._soon, SHOW_AFTER_MS, self._line.start),
                                   (self._late, TELL_AFTER_MS, self._tell)):
            timer.setSingleShot(True)
            timer.setInterval(after)
            timer.timeout.connect(slot)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._depth > 0

    def begin(self, words: str = "正在处理…") -> None:
        """Something started; say what."""
        self._depth += 1
        self.tell(words)
        if self._depth == 1:
            self._soon.start()
            self._late.start()

    def tell(self, words: str) -> None:
        """Say how far it is by now."""
        self._words.setText(words)
        self.setAccessibleName(words)

    def end(self) -> None:
        """It is over, well or not."""
        self._depth = max(self._depth - 1, 0)
        if self._depth == 0:
            self._soon.stop()
            self._late.stop()
            self._line.stop()
            self._telling.hide()
            self.setAccessibleName("")

    def _tell(self) -> None:
        self._cancel.setVisible(self._can_cancel)
        self._telling.show()


class _MovingLine(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._at = 0.0
        self._on = False
        self.setFixedHeight(3)
        self._tick = QTimer(self)
        self._tick.setInterval(33)
        self._tick.timeout.connect(self._move)

    def start(self) -> None:
        """Begin to move."""
        self._on = True
        self._tick.start()

    def stop(self) -> None:
        """Vanish."""
        self._on = False
        self._tick.stop()
        self.update()

    def _move(self) -> None:
        self._at = (self._at + 0.02) % 1.3
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._on:
            return
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color("primary"))
        painter.drawRect(QRectF((self._at - 0.3) * self.width(), 0, 0.3 * self.width(), 3))
