"""Where the applicant writes a name: strokes with time and pressure from mouse, finger or pen, and their picture.

What is signed, and whether it is a name at all, is not decided here. One touch of the glass may reach us several times (as pen,
as finger and as the mouse the system makes of them): only one tool writes at a time, and pen beats finger beats mouse.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QElapsedTimer, QEvent, QIODevice, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEventPoint,
    QFocusEvent,
    QImage,
    QImageWriter,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.flows.sign import Stroke, StrokePoint, is_name
from desktop.ui.look import Look

_LONGER_SIDE = 1200             # px of the kept picture: enough for an A4 form at 300 dpi
_ECHO_MS = 600                  # a mouse heard so soon after pen or finger, or a finger after the pen, is their echo or a palm

Tool = Literal["mouse", "touch", "pen"]
_RANK: dict[Tool, int] = {"mouse": 0, "touch": 1, "pen": 2}


class _Ink(NamedTuple):
    point: QPointF              # fractions of the pad
    pressure: float
    ms: int


class SignaturePad(QWidget):
    """A framed white area with a line to write on. Keys: Backspace takes the last stroke back, Delete all, Enter confirms."""

    changed = Signal()
    confirmed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._strokes: list[list[_Ink]] = []
        self._tool: Tool | None = None
        """Who writes the stroke in hand."""
        self._tools: list[Tool] = []
        """Who wrote each stroke."""
        self._finger = -1
        self._clock = QElapsedTimer()
        self._heard: dict[Tool, QElapsedTimer] = {"touch": QElapsedTimer(), "pen": QElapsedTimer()}
        self.setObjectName("pad.signature")
        self.setAccessibleName("签名区")
        self.setAccessibleDescription("退格键撤销一笔，删除键清空，回车键确认")
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(self._look.size("camera"), self._look.size("camera") // 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.size("stepper"), self._look.size("field") * 3)

    def strokes(self) -> tuple[Stroke, ...]:
        """Everything written, stroke by stroke."""
        return tuple(tuple(StrokePoint(ink.point.x(), ink.point.y(), ink.pressure, ink.ms) for ink in stroke)
                     for stroke in self._strokes)

    def has_ink(self) -> bool:
        """Whether anything was written."""
        return bool(self._strokes)

    def has_name(self) -> bool:
        """Whether there is enough ink to be somebody's name."""
        return is_name(self.strokes())

    def device(self) -> str:
        """What it was written with, for the evidence: screen/pen, screen/mouse+touch."""
        return "screen/" + "+".join(sorted(set(self._tools)))

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._strokes and self._tool is None:
            self._strokes.pop()
            self._tools.pop()
            self.changed.emit()
            self.update()

    def clear(self) -> None:
        """Start again."""
        self._strokes.clear()
        self._tools.clear()
        self._tool = None
        self._finger = -1
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

    # -- hands ------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touch(event)
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.matches(QKeySequence.StandardKey.Undo):
            event.accept()      # here it is a stroke that goes, not the last answer of the form
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin("mouse", event.position(), 0.5)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_on("mouse", event.position(), 0.5)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._end("mouse")

    def tabletEvent(self, event: QTabletEvent) -> None:
        match event.type():
            case QEvent.Type.TabletPress if event.button() == Qt.MouseButton.LeftButton:
                self._begin("pen", event.position(), event.pressure())
            case QEvent.Type.TabletMove:
                self._go_on("pen", event.position(), event.pressure())
            case QEvent.Type.TabletRelease:
                self._end("pen")
        self._heard["pen"].start()
        event.accept()      # or Qt would send the same stroke again as a mouse

    def _touch(self, event: QTouchEvent) -> None:
        """One finger writes; what else touches the glass meanwhile is a palm."""
        if event.type() == QEvent.Type.TouchCancel:      # the system says that it was no writing
            if self._tool == "touch":
                self._drop()
            self._finger = -1
        for point in event.points():
            pressure = point.pressure() or 0.5
            match point.state():
                case QEventPoint.State.Pressed if self._finger < 0:
                    self._finger = point.id()
                    self._begin("touch", point.position(), pressure)
                case QEventPoint.State.Updated if point.id() == self._finger:
                    self._go_on("touch", point.position(), pressure)
                case QEventPoint.State.Released if point.id() == self._finger:
                    self._finger = -1
                    self._end("touch")
        self._heard["touch"].start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace or event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif event.key() == Qt.Key.Key_Delete:
            self.clear()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.confirmed.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # -- strokes ----------------------------------------------------------------------------------------------------

    def _begin(self, tool: Tool, at: QPointF, pressure: float) -> None:
        if any(_RANK[other] > _RANK[tool] and heard.isValid() and heard.elapsed() < _ECHO_MS for other, heard in self._heard.items()):
            return
        if self._tool is not None:
            if _RANK[tool] <= _RANK[self._tool]:
                return
            self._drop()        # the palm lay there before the pen came
        if not self._clock.isValid():
            self._clock.start()
        self._tool = tool
        self._strokes.append([self._ink(at, pressure)])
        self._tools.append(tool)
        self.update()

    def _go_on(self, tool: Tool, at: QPointF, pressure: float) -> None:
        if tool != self._tool:
            return
        ink = self._ink(at, pressure)
        if ink.point != self._strokes[-1][-1].point:
            self._strokes[-1].append(ink)
            self.update()

    def _end(self, tool: Tool) -> None:
        if tool == self._tool:
            self._tool = None
            self.changed.emit()

    def _drop(self) -> None:
        """The stroke in hand was none."""
        self._tool = None
        self._strokes.pop()
        self._tools.pop()
        self.changed.emit()
        self.update()

    def _ink(self, at: QPointF, pressure: float) -> _Ink:
        x = min(1.0, max(0.0, at.x() / max(1, self.width())))
        y = min(1.0, max(0.0, at.y() / max(1, self.height())))
        return _Ink(QPointF(x, y), min(1.0, max(0.0, pressure)), self._clock.elapsed())

    # -- drawing ----------------------------------------------------------------------------------------------------

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
        focused = self.hasFocus()
        painter.setPen(QPen(look.color("primary" if focused else "lineStrong"), look.size("focusBorder" if focused else "border"),
                            Qt.PenStyle.DashLine))
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
