"""The rail at the left: pages above, device, settings and lock below. Painted buttons: icon over word."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QSizePolicy, QVBoxLayout

from desktop.ui.look import Look

PAGES = (("home", "首页", "home"), ("intake", "受理", "clipboard-list"), ("cases", "办件", "folder-open"),
         ("sync", "同步", "cloud-up"), ("day_end", "日结", "chart-bar"))
BELOW = (("themes", "主题包", "book"), ("devices", "设备", "device-desktop"), ("settings", "设置", "settings"), ("lock", "锁屏", "lock"))


class RailButton(QAbstractButton):
    """One place to go to."""

    def __init__(self, look: Look, text: str, icon: str, *, place: bool) -> None:
        super().__init__()
        self._look = look
        self._icon = icon
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(place)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        look.follow(self, lambda button: button.updateGeometry())

    def sizeHint(self) -> QSize:
        return QSize(self._look.size("rail"), self._content() + 2 * self._look.space("md"))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.size("touchMin"), self._content() + self._look.space("sm"))

    def _content(self) -> int:
        return self._look.size("icon") + 2 + QFontMetrics(self._look.font("caption")).height() + self._look.space("xs")

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = self._look, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(8, 2, -8, -2)
        on = self.isChecked()
        if on or self.underMouse() or self.isDown():
            painter.setPen(QPen(look.color("railInk"), 1) if on and look.mode == "contrast" else Qt.PenStyle.NoPen)
            colour = look.color("railActive")
            colour.setAlphaF(1.0 if on else 0.55)
            painter.setBrush(colour)
            painter.drawRoundedRect(ground, look.size("radius"), look.size("radius"))
        px = look.size("icon") + 2
        top = (self.height() - self._content()) / 2
        painter.drawPixmap(int((self.width() - px) / 2), int(top), look.pixmap(self._icon, "railInk", px))
        font = look.font("caption", bold=on)
        painter.setFont(font)
        painter.setPen(look.color("railInk"))
        painter.drawText(QRectF(0, top + px + look.space("xs"), self.width(), QFontMetrics(font).height()),
                         int(Qt.AlignmentFlag.AlignCenter), self.text())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.color("railInk"), 2))
            painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), look.size("radius"), look.size("radius"))


class Rail(QFrame):
    """Emits the key of the chosen place; `show_place` only marks it."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        look.measure(self, width="rail")
        column = QVBoxLayout(self)
        look.lay(column, ("", "lg", "", "lg"), "xs")
        mark = QLabel("办")
        mark.setAccessibleName("一次办窗口终端")
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)

        def draw(label: QLabel) -> None:
            side = look.size("touchMin")
            label.setFixedSize(side, side)
            label.setFont(look.font("h2", bold=True))
            label.setStyleSheet(f"background: {look.hex('primarySoft')}; color: {look.hex('rail')}; border-radius: 10px; font-weight: 600;"
                                f'font-family: "Noto Sans SC SemiBold"; font-size: {look.text("h2")}px;'
                                if look.mode == "light" else
                                f"background: {look.hex('primary')}; color: {look.hex('onPrimary')}; border-radius: 10px; font-weight: 600;"
                                f'font-family: "Noto Sans SC SemiBold"; font-size: {look.text("h2")}px;')

        look.follow(mark, draw)
        column.addWidget(mark, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(look.space("sm"))
        self._buttons: dict[str, RailButton] = {}
        for group in (PAGES, BELOW):
            for key, text, icon in group:
                button = RailButton(look, text, icon, place=key != "lock")
                button.setObjectName(f"rail-{key}")
                button.clicked.connect(lambda _=False, place=key: self._pressed(place))
                self._buttons[key] = button
                column.addWidget(button)
            if group is PAGES:
                column.addStretch(1)
        self._here = "home"

    def show_place(self, key: str) -> None:
        """Mark where the window is."""
        self._here = key
        for name, button in self._buttons.items():
            button.setChecked(name == key)

    def offer(self, key: str, *, on: bool) -> None:
        """Whether this place is for the one who sits here."""
        self._buttons[key].setVisible(on)

    def _pressed(self, key: str) -> None:
        self.show_place(self._here)      # the mark moves when the page does
        self.chosen.emit(key)
