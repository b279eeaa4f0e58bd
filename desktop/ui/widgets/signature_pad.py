"""Where the applicant writes a name: strokes with time and pressure from mouse, finger or pen, and their picture.

What is signed, and whether it may be, is not decided here.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QElapsedTimer, QEvent, QIODevice, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QImageWriter,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.flows.sign import Stroke, StrokePoint
from desktop.ui.look import Look

_LONGER_SIDE = 1200             # px of the kept picture: enough for an A4 form at 300 dpi
_TAP = 0.12                     # less ink than this, in pad widths, is a touch by mistake and no name


class _Ink(NamedTuple):
    point: QPointF              # fractions of the pad
    pressure: float
    ms: int


class SignaturePad(QWidget):
    """A framed white area with a line to write on."""

    changed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._strokes: list[list[_Ink]] = []
        self._writing = False
        self._clock = QElapsedTimer()
        self.setObjectName("pad.signature")
        self.setAccessibleName("签名区")
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(self._look.size("camera"), self._look.size("camera") // 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.size("stepper"), self._look.size("field") * 3)

    def strokes(self) -> tuple[Stroke, ...]:
        """Everything written, stroke by stroke."""
        return tuple(tuple(StrokePoint(ink.point.x(), ink.point.y(), ink.pressure, ink.ms) for ink in stroke)
                     for stroke in self._strokes)

    def has_name(self) -> bool:
        """Whether there is enough ink to be somebody's name."""
        ink = sum((b.point - a.point).manhattanLength() for stroke in self._strokes for a, b in pairwise(stroke))
        return ink > _TAP

    def clear(self) -> None:
        """Start again."""
        self._strokes.clear()
        self._writing = False
        self._clock.invalidate()
        self.changed.emit()
        self.update()

    def png(self) -> bytes:
        """Black ink on white, cut to what was written and in its own proportions; the longer side has 1200 pixels."""
        wide, high = max(1, self.width()), max(1, self.height())
        ink = QPolygonF([QPointF(ink.point.x() * wide, ink.point.y() * high) for stroke in self._strokes for ink in stroke])
        edge = wide / 24
        cut = ink.boundingRect().adjusted(-edge, -edge, edge, edge)
        scale = _LONGER_SIDE / max(cut.width(), cut.height())
        picture = QImage(cut.size().toSize() * scale, QImage.Format.Format_Grayscale8)
        picture.fill(Qt.GlobalColor.white)
        painter = QPainter(picture)
        painter.scale(scale, scale)
        painter.translate(-cut.topLeft())
        self._draw(painter, QRectF(0, 0, wide, high), QColor(Qt.GlobalColor.black))
        painter.end()
        store = QByteArray()
        buffer = QBuffer(store)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"png")).write(picture)
        return bytes(store.data())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touch(event)
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position(), 0.5)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._writing:
            self._go_on(event.position(), 0.5)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        match event.type():
            case QEvent.Type.TabletPress:
                self._begin(event.position(), event.pressure())
            case QEvent.Type.TabletMove if self._writing:
                self._go_on(event.position(), event.pressure())
            case QEvent.Type.TabletRelease:
                self._end()
        event.accept()      # or Qt would send the same stroke again as a mouse

    def _touch(self, event: QTouchEvent) -> None:
        points = event.points()
        if not points:
            return
        first = points[0]   # a resting palm is a later point: ignored
        match event.type():
            case QEvent.Type.TouchBegin:
                self._begin(first.position(), first.pressure() or 0.5)
            case QEvent.Type.TouchUpdate if self._writing:
                self._go_on(first.position(), first.pressure() or 0.5)
            case QEvent.Type.TouchEnd | QEvent.Type.TouchCancel:
                self._end()

    def _begin(self, at: QPointF, pressure: float) -> None:
        if not self._clock.isValid():
            self._clock.start()
        self._writing = True
        self._strokes.append([self._ink(at, pressure)])
        self.update()

    def _go_on(self, at: QPointF, pressure: float) -> None:
        self._strokes[-1].append(self._ink(at, pressure))
        self.update()

    def _end(self) -> None:
        if self._writing:
            self._writing = False
            self.changed.emit()

    def _ink(self, at: QPointF, pressure: float) -> _Ink:
        x = min(1.0, max(0.0, at.x() / max(1, self.width())))
        y = min(1.0, max(0.0, at.y() / max(1, self.height())))
        return _Ink(QPointF(x, y), min(1.0, max(0.0, pressure)), self._clock.elapsed())

    def _draw(self, painter: QPainter, area: QRectF, colour: QColor) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        broad = area.width() / 150
        place: Callable[[_Ink], QPointF] = lambda ink: QPointF(  # noqa: E731
            area.x() + ink.point.x() * area.width(), area.y() + ink.point.y() * area.height())
        for stroke in self._strokes:
            width = broad * (0.6 + 0.8 * sum(ink.pressure for ink in stroke) / len(stroke))
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            if len(stroke) == 1:
                painter.drawPoint(place(stroke[0]))
            else:
                painter.drawPolyline(QPolygonF([place(ink) for ink in stroke]))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = 0.5
        frame = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.setBrush(look.color("surface"))
        painter.setPen(QPen(look.color("lineStrong"), look.size("border"), Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, look.size("radiusCard"), look.size("radiusCard"))
        base = self.height() * 0.74
        edge = look.space("xxxl")
        painter.setPen(QPen(look.color("line"), look.size("border")))
        painter.drawLine(QPointF(edge, base), QPointF(self.width() - edge, base))
        if not self._strokes:
            painter.setPen(look.color("ink3"))
            painter.drawText(QRectF(0, base, self.width(), self.height() - base), Qt.AlignmentFlag.AlignCenter,
                             "请用手指或签字笔在方框内签名")
        self._draw(painter, QRectF(self.rect()), look.color("ink1"))
