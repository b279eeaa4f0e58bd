"""A small bar chart, painted: one bar per name, the tallest in full colour."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.look import Look


class Bars(QWidget):
    """Whole numbers from zero up, with a grid of three lines."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._name = name
        self._bars: tuple[tuple[str, int], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        look.follow(self, lambda bars: bars.updateGeometry())

    def set(self, bars: tuple[tuple[str, int], ...]) -> None:
        """Names and values, left to right."""
        self._bars = bars
        self.setAccessibleName(self._name)
        self.setAccessibleDescription("，".join(f"{name} {value}" for name, value in bars if value) or "没有数据")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, 10 * self._look.text("body"))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 8 * self._look.text("body"))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = self._look, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = look.font("caption")
        metrics = QFontMetrics(font)
        painter.setFont(font)
        half = max(math.ceil(max((value for _, value in self._bars), default=0) / 2), 1)
        left = metrics.horizontalAdvance(str(2 * half)) + look.space("md")
        bottom = self.height() - metrics.height() - look.space("sm")
        top = metrics.height() + 2.0
        for step in range(3):
            y = round(bottom - (bottom - top) * step / 2) + 0.5
            painter.setPen(QPen(look.color("line"), 1))
            painter.drawLine(QPointF(left, y), QPointF(self.width(), y))
            painter.setPen(look.color("ink3"))
            painter.drawText(QRectF(0, y - metrics.height() / 2, left - look.space("sm"), metrics.height()),
                             int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(step * half))
        if not self._bars:
            return
        pitch = (self.width() - left) / len(self._bars)
        width = min(pitch * 0.5, look.size("touchMin"))
        most = max(value for _, value in self._bars)
        every = max(1, math.ceil((metrics.horizontalAdvance("00时") + 4) / pitch))
        for index, (name, value) in enumerate(self._bars):
            middle = left + pitch * (index + 0.5)
            if value:
                height = (bottom - top) * value / (2 * half)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.color("primary") if value == most else self._pale())
                painter.drawRoundedRect(QRectF(middle - width / 2, bottom - height, width, height), 3, 3)
                painter.setPen(look.color("ink1"))
                above = QRectF(middle - pitch / 2, bottom - height - metrics.height() - 2, pitch, metrics.height())
                painter.drawText(above, int(Qt.AlignmentFlag.AlignCenter), str(value))
            if index % every == 0:
                painter.setPen(look.color("ink3"))
                painter.drawText(QRectF(middle - pitch * every / 2, bottom + look.space("sm") - 2, pitch * every,
                                        metrics.height()), int(Qt.AlignmentFlag.AlignCenter), name)

    def _pale(self) -> QColor:
        """Primary at half strength over the card."""
        front, back = self._look.color("primary"), self._look.color("surface")
        return QColor(*((a * 11 + b * 9) // 20 for a, b in
                        ((front.red(), back.red()), (front.green(), back.green()), (front.blue(), back.blue()))))
