"""Layers over the window: sheets that Esc closes, and covers that stay. The Tab key stays inside them."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop.ui.look import Look


class Layer(QWidget):
    """Fills its parent. `opaque` hides what lies below (lock, sign-in); otherwise it is dimmed."""

    closed = Signal()

    def __init__(self, parent: QWidget, look: Look, *, opaque: bool = False, width: int = 480) -> None:
        super().__init__(parent)
        self._look = look
        self._opaque = opaque
        self._host = parent
        self.sheet = QFrame(self)
        self.sheet.setProperty("role", "sheet")
        self.body = QVBoxLayout(self.sheet)
        look.lay(self.body, "xxl", "lg")
        centre = QVBoxLayout(self)
        look.lay(centre, "lg")
        centre.addStretch(1)
        centre.addWidget(self.sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        centre.addStretch(1)
        look.follow(self.sheet, lambda sheet: sheet.setFixedWidth(round(width * (1 + (look.factor - 1) * 0.7))))
        parent.installEventFilter(self)
        self.setGeometry(parent.rect())
        self.hide()

    def open(self) -> None:
        """Come up over everything and take the keyboard."""
        self._before = self.window().focusWidget()
        self.setGeometry(self._host.rect())
        self.raise_()
        self.show()
        self.focusNextChild()

    def close_layer(self) -> None:
        """Go, and give the keyboard back."""
        if self.isHidden():
            return
        self.hide()
        before = getattr(self, "_before", None)
        if before is not None and before.isVisible():
            before.setFocus()
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        inside = [child for child in self.findChildren(QWidget)
                  if child.isVisible() and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus
                  and child.focusProxy() is None]
        if not inside:
            return False
        order = self._tab_order(inside)
        here = self.window().focusWidget()
        at = order.index(here) if here in order else (-1 if forward else 0)
        order[(at + (1 if forward else -1)) % len(order)].setFocus(
            Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        return True

    @staticmethod
    def _tab_order(inside: list[QWidget]) -> list[QWidget]:
        """Reading order: the chain Qt keeps, cut down to the layer."""
        order: list[QWidget] = []
        at: QWidget | None = inside[0]
        while at is not None and at not in order[:1]:
            if at in inside:
                order.append(at)
            at = at.nextInFocusChain()
        return order

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = self._look.color("canvas" if self._opaque else "scrim")
        if not self._opaque:
            colour.setAlphaF(0.55)
        painter.fillRect(self.rect(), colour)

    def mousePressEvent(self, event: object) -> None:
        """Nothing below may be reached."""
