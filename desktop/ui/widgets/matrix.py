"""Which material serves which matter, as a painted table of dots: one row per material, one column per matter."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.look import Look

_MIDDLE = int(Qt.TextFlag.TextWrapAnywhere) | int(Qt.AlignmentFlag.AlignCenter)
_LEFT = int(Qt.TextFlag.TextWrapAnywhere) | int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignVCenter)


class Matrix(QWidget):
    """Becomes as high as its wrapped names need; never narrower than it can be read."""

    def __init__(self, look: Look, columns: tuple[str, ...], rows: tuple[tuple[str, tuple[bool, ...]], ...],
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._columns, self._rows = columns, rows
        self._heights: list[int] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("材料与事项对照")
        self.setAccessibleDescription("；".join(
            f"{name}：用于{'、'.join(column for column, on in zip(columns, marks, strict=True) if on) or '无'}" for name, marks in rows))
        look.follow(self, lambda matrix: matrix.place())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._first() + len(self._columns) * round(3.6 * self._look.text("caption")), self.minimumHeight())

    def sizeHint(self) -> QSize:
        return QSize(self.minimumSizeHint().width(), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    def _first(self) -> int:
        return round(13 * self._look.text("caption"))

    def _column(self) -> float:
        return (max(self.width(), self.minimumSizeHint().width()) - self._first()) / max(len(self._columns), 1)

    def place(self) -> None:
        """The height each row needs at this width."""
        look, pad = self._look, self._look.space("sm")
        metrics = QFontMetrics(look.font("caption"))

        def high(text: str, wide: float, flags: int) -> int:
            return metrics.boundingRect(QRect(0, 0, round(wide) - pad, 10_000), flags, text).height() + 2 * pad

        self._heights = [max((high(name, self._column(), _MIDDLE) for name in self._columns), default=0),
                         *(high(name, self._first(), _LEFT) for name, _ in self._rows)]
        self.setFixedHeight(sum(self._heights) + 2)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter, pad = self._look, QPainter(self), self._look.space("sm")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(look.font("caption"))
        wide, y = self._column(), 0
        painter.setPen(look.color("ink2"))
        for number, name in enumerate(self._columns):
            painter.drawText(QRectF(self._first() + number * wide + pad / 2, 0, wide - pad, self._heights[0]), _MIDDLE, name)
        for (name, marks), high in zip(self._rows, self._heights[1:], strict=True):
            y += self._heights[0] if not y else 0
            painter.setPen(QPen(look.color("line"), 1))
            painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
            painter.setPen(look.color("ink1"))
            painter.drawText(QRectF(0, y, self._first() - pad, high), _LEFT, name)
            for number, on in enumerate(marks):
                middle = QRectF(self._first() + number * wide, y, wide, high).center()
                radius = look.text("caption") * 0.32
                painter.setBrush(look.color("primary") if on else Qt.BrushStyle.NoBrush)
                painter.setPen(Qt.PenStyle.NoPen if on else QPen(look.color("line"), 1.2))
                if on:
                    painter.drawEllipse(middle, radius, radius)
                else:
                    painter.drawLine(middle - QPointF(radius / 2, 0), middle + QPointF(radius / 2, 0))
            y += high
