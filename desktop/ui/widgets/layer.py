"""Layers over the window: sheets that Esc closes, and covers that stay. The Tab key stays inside them."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
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
        self._width = width
        self.sheet.installEventFilter(self)
        parent.installEventFilter(self)
        look.changed.connect(self._place)
        self.setGeometry(parent.rect())
        self.hide()

    def open(self) -> None:
        """Come up over everything and take the keyboard."""
        self._before = self.window().focusWidget()
        self._rise()
        self.setGeometry(self._host.rect())
        self.raise_()
        self.show()
        self._place()
        self.focusNextChild()

    def _rise(self) -> None:
        """Onto the widget named `layers`, if an ancestor is: a page's sheet then covers the rail as well."""
        host: QWidget | None = self._host
        while host is not None and host.objectName() != "layers":
            host = host.parentWidget()
        if host is not None and host is not self._host:
            self._host = host
            self.setParent(host)
            host.installEventFilter(self)

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
        elif watched is self.sheet and event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """The sheet in the middle, as high as its wrapped lines need (a box layout would not ask them)."""
        width = min(round(self._width * (1 + (self._look.factor - 1) * 0.7)), self.width())
        self.body.invalidate()
        height = max(self.body.totalHeightForWidth(width), self.body.totalMinimumSize().height())
        self.sheet.setGeometry((self.width() - width) // 2, max((self.height() - height) // 2, 0), width, height)

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
