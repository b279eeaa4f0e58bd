"""The vertical stepper of the intake: numbers, ticks and lines; numbers alone on small screens."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.look import Look

StepState = Literal["todo", "done", "problem", "closed"]
_STATE_WORDS: dict[StepState, str] = {"todo": "未完成", "done": "已完成", "problem": "需处理", "closed": "未开放"}


@dataclass(frozen=True)
class Step:
    """One step; `closed` ones cannot be gone to yet."""

    title: str
    note: str = ""
    state: StepState = "todo"


class Stepper(QWidget):
    """Up and down choose, Enter goes; a click goes at once."""

    chosen = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._steps: tuple[Step, ...] = ()
        self._current = 0
        self._pointed = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setMouseTracking(True)
        look.follow(self, lambda stepper: stepper._resize())

    def set_steps(self, steps: tuple[Step, ...], current: int) -> None:
        """The steps and which of them is on the screen."""
        self._steps = steps
        if current != self._current:
            self._pointed = current
        self._current = current
        step = steps[current] if steps else Step("")
        self.setAccessibleName(f"步骤 {current + 1}，共 {len(steps)} 步，{step.title}，{_STATE_WORDS[step.state]}")
        self._resize()
        self.update()

    def _resize(self) -> None:
        self.setFixedWidth(self._row() + self._look.space("sm") if self._look.compact else self._look.size("stepper"))
        self.setMinimumHeight(self._row() * len(self._steps))
        self.updateGeometry()

    def _row(self) -> int:
        if self._look.compact:
            return self._look.size("field") + self._look.space("md")
        return self._look.size("field") + self._look.space("xl")

    def sizeHint(self) -> QSize:
        return QSize(self.width(), self._row() * len(self._steps))

    def _cell(self, index: int) -> QRectF:
        row = self._row()
        return QRectF(0, index * row, self.width(), row)

    def _at(self, y: float) -> int:
        return int(y // self._row())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(self._at(event.position().y()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position().y())
        known = 0 <= at < len(self._steps)
        self.setToolTip(f"{self._steps[at].title} {self._steps[at].note}".strip() if known else "")
        able = known and self._steps[at].state != "closed"
        self.setCursor(Qt.CursorShape.PointingHandCursor if able else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self._pointed = min(max(self._pointed + step, 0), len(self._steps) - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._go(self._pointed)
        else:
            super().keyPressEvent(event)

    def _go(self, index: int) -> None:
        if 0 <= index < len(self._steps) and self._steps[index].state != "closed" and index != self._current:
            self.chosen.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, step in enumerate(self._steps):
            self._paint_step(painter, index, step)

    def _paint_step(self, painter: QPainter, index: int, step: Step) -> None:
        look, cell, compact = self._look, self._cell(index), self._look.compact
        radius = look.size("touchMin") * 0.34
        middle = cell.height() / 2 - look.space("sm") / 2
        centre = QPointF(cell.width() / 2 if compact else look.space("md") + radius, cell.top() + middle)
        ground = cell.adjusted(1, 1, -1, -look.space("sm") - 1)
        if index == self._current:
            painter.setPen(QPen(look.color("primary"), 1) if look.mode == "contrast" else Qt.PenStyle.NoPen)
            painter.setBrush(look.color("primarySoft"))
            painter.drawRoundedRect(ground, look.size("radius"), look.size("radius"))
        if index + 1 < len(self._steps):
            done = step.state == "done"
            painter.setPen(QPen(look.color("primary" if done else "lineStrong"), 2))
            painter.drawLine(QPointF(centre.x(), centre.y() + radius + 4),
                             QPointF(centre.x(), cell.bottom() + middle - radius - 4))
        self._paint_mark(painter, centre, radius, index, step)
        if not compact:
            left = centre.x() + radius + look.space("md")
            width = cell.width() - left - look.space("xs")
            title, note = look.font("body", bold=index == self._current), look.font("caption")
            ink = "ink3" if step.state == "closed" else "primary" if index == self._current else "ink1"
            tall = QFontMetrics(title).height() + (QFontMetrics(note).height() if step.note else 0)
            top = cell.top() + middle - tall / 2
            below = "danger" if step.state == "problem" else "ink2"
            for font, text, colour in ((title, step.title, ink), (note, step.note, below)):
                metrics = QFontMetrics(font)
                painter.setFont(font)
                painter.setPen(look.color(colour))
                shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width))
                line = QRectF(left, top, width + 1, metrics.height())
                painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), shown)
                top += metrics.height()
        if self.hasFocus() and index == self._pointed:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.color("focus"), 2))
            painter.drawRoundedRect(ground, look.size("radius"), look.size("radius"))

    def _paint_mark(self, painter: QPainter, centre: QPointF, radius: float, index: int, step: Step) -> None:
        look, here = self._look, index == self._current
        solid = {"done": "primary", "problem": "danger"}.get(step.state, "primary" if here else "")
        painter.setPen(Qt.PenStyle.NoPen if solid else QPen(look.color("lineStrong"), 1.6))
        painter.setBrush(look.color(solid or "surface"))
        painter.drawEllipse(centre, radius, radius)
        ink = ("surface" if solid == "danger" else "onPrimary") if solid else "ink2"
        icon = {"done": "check", "problem": "alert-triangle"}.get(step.state, "") if not here else ""
        if icon:
            px = int(radius * 1.3)
            painter.drawPixmap(QPointF(centre.x() - px / 2, centre.y() - px / 2), look.pixmap(icon, ink, px))
        else:
            painter.setFont(look.font("caption", bold=True))
            painter.setPen(look.color(ink))
            box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(index + 1))
