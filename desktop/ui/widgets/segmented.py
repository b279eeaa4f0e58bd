"""A segmented choice: a few choices side by side, one chosen. Painted, because joined buttons lose their corners."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.look import Look


class Segmented(QWidget):
    """Arrow keys and 1-9 choose; nothing is chosen until somebody does."""

    chosen = Signal(str)
    """By a person; not emitted by `set_value`."""

    def __init__(self, look: Look, choices: tuple[str, ...] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._choices = choices
        self._value = ""
        self._state = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.follow(self, lambda widget: widget.updateGeometry())

    def value(self) -> str:
        """The choice, or empty."""
        return self._value

    def set_value(self, value: str) -> None:
        """Show a choice; one that is not in the list shows none."""
        self._value = value
        self.setAccessibleDescription(f"已选 {value}" if value else "未选")
        self.update()

    def set_choices(self, choices: tuple[str, ...]) -> None:
        """Other choices; the value stays if it is among them."""
        self._choices = choices
        self.updateGeometry()
        self.update()

    def set_state(self, state: str) -> None:
        """Border of a state: "", "error" or "review"."""
        self._state = state
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._look.font("field", bold=True))
        widest = max((metrics.horizontalAdvance(choice) for choice in self._choices), default=0)
        return QSize((widest + 2 * self._look.space("lg")) * len(self._choices), self._look.size("field"))

    def minimumSizeHint(self) -> QSize:
        metrics = QFontMetrics(self._look.font("field", bold=True))
        return QSize(sum(metrics.horizontalAdvance(choice) + 2 * self._look.space("sm") for choice in self._choices),
                     self._look.size("field"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        number = event.key() - Qt.Key.Key_1
        if step is not None and self._choices:
            here = self._choices.index(self._value) if self._value in self._choices else (-1 if step == 1 else 0)
            self._choose(self._choices[(here + step) % len(self._choices)])
        elif 0 <= number < len(self._choices):
            self._choose(self._choices[number])
        elif event.key() == Qt.Key.Key_Space and self._choices and self._value not in self._choices:
            self._choose(self._choices[0])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._choices:
            at = min(int(event.position().x() * len(self._choices) / max(self.width(), 1)), len(self._choices) - 1)
            self._choose(self._choices[max(at, 0)])

    def _choose(self, value: str) -> None:
        if value != self._value:
            self.set_value(value)
            self.chosen.emit(value)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = self._look, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = look.size("radius")
        ground = {"error": "dangerSoft", "review": "warnSoft"}.get(self._state, "surface")
        border = {"error": "danger", "review": "warn"}.get(self._state, "lineStrong")
        if not self.isEnabled():
            ground, border = "sunken", "line"
        whole = QPainterPath()
        whole.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.fillPath(whole, look.color(ground))
        width = self.width() / max(len(self._choices), 1)
        for index, choice in enumerate(self._choices):
            cell = QRectF(index * width, 0, width, self.height())
            on = choice == self._value
            if on:
                painter.save()
                painter.setClipPath(whole)
                painter.fillRect(cell, look.color("primarySoft" if self.isEnabled() else "line"))
                painter.restore()
            if index:
                painter.setPen(QPen(look.color(border), 1))
                painter.drawLine(cell.topLeft(), cell.bottomLeft())
            painter.setPen(look.color("ink2" if not self.isEnabled() else "primary" if on else "ink1"))
            painter.setFont(look.font("field", bold=on))
            painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), choice)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.color(border), 2 if self._state else 1))
        painter.drawPath(whole)
        if self._value in self._choices and self.isEnabled():
            cell = QRectF(self._choices.index(self._value) * width, 0, width, self.height()).adjusted(1, 1, -1, -1)
            painter.setPen(QPen(look.color("primary"), 2))
            painter.drawRoundedRect(cell, radius - 1, radius - 1)
        if self.hasFocus():
            painter.setPen(QPen(look.color("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
            if self._value in self._choices:
                at = self._choices.index(self._value)
                ring = QRectF(at * width, 0, width, self.height()).adjusted(5, 5, -5, -5)
                painter.setPen(QPen(look.color("focus"), 1, Qt.PenStyle.DotLine))
                painter.drawRoundedRect(ring, 4, 4)
