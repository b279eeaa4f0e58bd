"""Meters: a thin line of progress, and one with its name and a word for the value."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.look import Look
from desktop.ui.widgets.chips import Tone
from desktop.ui.widgets.text import Text


class ProgressLine(QWidget):
    """How much of something is there, 0..1."""

    def __init__(self, look: Look, name: str = "进度", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._name = name
        self._part = 0.0
        self._tone: str = "primary"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set(self, part: float, tone: str = "primary") -> None:
        """`part` of the whole, in the colour of `tone`."""
        self._part, self._tone = min(max(part, 0.0), 1.0), tone
        self.setAccessibleName(f"{self._name} {round(self._part * 100)}%")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        contrast = self._look.mode == "contrast"
        painter.setPen(self._look.color("line") if contrast else Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color("sunken" if contrast else "line"))
        whole = QRectF(0.5, (self.height() - 8) / 2 + 0.5, self.width() - 1, 7)
        painter.drawRoundedRect(whole, 3.5, 3.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color(self._tone))
        if self._part > 0:
            whole.setWidth(max(whole.width() * self._part, 7))
            painter.drawRoundedRect(whole, 3.5, 3.5)


class Meter(QWidget):
    """清晰度 … 良好, with a line under it."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        column = QVBoxLayout(self)
        look.lay(column, gap="xs")
        row = QHBoxLayout()
        look.lay(row, gap="xs")
        self._word = Text("", "caption")
        row.addWidget(Text(name, "caption"))
        row.addStretch(1)
        row.addWidget(self._word)
        self._line = ProgressLine(look, name)
        column.addLayout(row)
        column.addWidget(self._line)

    def set(self, part: float, word: str, tone: Tone = "ok") -> None:
        """0..1, the word for it and its tone."""
        self._line.set(part, "lineStrong" if tone == "neutral" else tone)
        self._word.setText(word)
        self._word.set_tone("" if tone == "neutral" else tone)
        self.setAccessibleName(f"{self._name} {word}")
