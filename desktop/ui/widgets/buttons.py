"""Buttons: one primary per page, the rest secondary, ghost or danger; icon left or right, key cap beside."""

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QIcon, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from desktop.ui.look import Look, restyle
from desktop.ui.widgets.key_cap import KeyCap

Kind = Literal["primary", "secondary", "ghost", "danger"]
_INK: dict[str, str] = {"primary": "onPrimary", "secondary": "ink1", "ghost": "primary", "danger": "danger"}


class Button(QPushButton):
    """A button. The style sheet draws the ground; text and icons are drawn here, sharp and in step with the mode."""

    def __init__(self, look: Look, text: str = "", kind: Kind = "secondary", icon: str = "", icon_right: str = "",
                 *, large: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._look = look
        self._icon = icon
        self._icon_right = icon_right
        self._large = large
        self._kind: Kind = kind
        self.setProperty("kind", kind)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        look.follow(self, lambda button: button.updateGeometry())

    def set_kind(self, kind: Kind) -> None:
        """Primary when this is now the thing to do, secondary when it no longer is."""
        self._kind = kind
        restyle(self, kind=kind)

    def set_icon(self, icon: str, *, right: bool = False) -> None:
        """Another icon, by its name in resources/icons."""
        if right:
            self._icon_right = icon
        else:
            self._icon = icon
        self.updateGeometry()
        self.update()

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        height = self._look.size("buttonLarge" if self._large else "button")
        side = self._look.space("md" if self._kind == "ghost" or not self.text() else "xl" if self._large else "lg")
        return QSize(max(self._content_width() + 2 * side + 4, height), height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        option.icon = QIcon()
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        ink = _INK[self._kind] if self.isEnabled() else "ink3"
        if self._kind == "primary" and self.hasFocus():     # a ring in its own colour would not be seen
            painter.setRenderHint(QStylePainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._look.color("onPrimary"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 4, -4, -4), 5, 5)
        self._paint_content(painter, ink)

    def _content_width(self) -> int:
        icon, gap = self._look.size("icon"), self._look.space("sm")
        text = self.text()
        width = self._metrics_width(text)
        for name in (self._icon, self._icon_right):
            if name:
                width += icon + (gap if text else 0)
        return width

    def _metrics_width(self, text: str) -> int:
        return QFontMetrics(self._look.font("body", bold=True)).horizontalAdvance(text)

    def _paint_content(self, painter: QStylePainter, ink: str) -> None:
        icon, gap = self._look.size("icon"), self._look.space("sm")
        x = (self.width() - self._content_width()) // 2
        y = (self.height() - icon) // 2
        if self._icon:
            painter.drawPixmap(x, y, self._look.pixmap(self._icon, ink))
            x += icon + gap
        painter.setFont(self._look.font("body", bold=True))
        painter.setPen(self._look.color(ink))
        width = self._metrics_width(self.text())
        painter.drawText(QRectF(x, 0, width + 1, self.height()), int(Qt.AlignmentFlag.AlignVCenter), self.text())
        if self._icon_right:
            painter.drawPixmap(x + width + (gap if self.text() else 0), y, self._look.pixmap(self._icon_right, ink))


class IconButton(Button):
    """A square button with an icon only; `name` is what screen readers and the tooltip say."""

    def __init__(self, look: Look, icon: str, name: str, kind: Kind = "ghost", parent: QWidget | None = None) -> None:
        super().__init__(look, "", kind, icon, parent=parent)
        self.setAccessibleName(name)
        self.setToolTip(name)


def keyed(look: Look, button: QPushButton, key: str) -> QWidget:
    """The button with its key cap to the right."""
    box = QWidget()
    row = QHBoxLayout(box)
    look.lay(row, gap="sm")
    row.addWidget(button)
    row.addWidget(KeyCap(key), 0, Qt.AlignmentFlag.AlignVCenter)
    button.setAccessibleDescription(f"快捷键 {key}")
    return box
