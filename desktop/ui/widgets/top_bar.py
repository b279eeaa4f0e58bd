"""The top bar: where one is, the device lights, the sync pill, who sits here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QWidget

from desktop import wording
from desktop.ui.look import Look
from desktop.ui.widgets.chips import STATES
from desktop.ui.widgets.text import Elided, Text, rule

if TYPE_CHECKING:      # pydantic comes with it; the first paint must not wait
    from desktop.flows.views import SyncPill

DEVICE_ICONS = {"reader": "id", "camera": "camera", "portrait": "user", "scanner": "scan", "printer": "printer",
                "paper_printer": "file-text", "signature": "signature", "rating": "mood-smile"}


class BarButton(QAbstractButton):
    """Icon and words in the bar, with an optional state mark behind; a click leads to the page that tells more."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._icon, self._ink, self._mark = "", "ink2", ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.follow(self, lambda button: button.updateGeometry())

    def set(self, text: str, icon: str, ink: str = "ink2", mark: str = "", spoken: str = "") -> None:
        """`mark` is a light's state (ok warn fault absent) or empty; `spoken` is the whole in words."""
        self._icon, self._ink, self._mark = icon, ink, mark
        self.setText(text)
        self.setAccessibleName(spoken or text)
        self.setToolTip(spoken or text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        look = self._look
        width = look.size("icon") + look.space("sm") + QFontMetrics(look.font("body")).horizontalAdvance(self.text())
        if self._mark:
            width += look.space("sm") + self._mark_size()
        return QSize(width + 2 * look.space("sm"), look.size("touchMin"))

    def _mark_size(self) -> int:
        return round(self._look.text("caption") * (0.7 if self._mark == "ok" else 1.15))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = self._look, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("sunken"))
            painter.drawRoundedRect(QRectF(self.rect()), look.size("radius"), look.size("radius"))
        px, middle = look.size("icon"), self.height() / 2
        x = float(look.space("sm"))
        painter.drawPixmap(int(x), int(middle - px / 2), look.pixmap(self._icon, self._ink, px))
        x += px + look.space("sm")
        font = look.font("body")
        width = QFontMetrics(font).horizontalAdvance(self.text())
        painter.setFont(font)
        painter.setPen(look.color(self._ink))
        painter.drawText(QRectF(x, 0, width + 1, self.height()), int(Qt.AlignmentFlag.AlignVCenter), self.text())
        x += width + look.space("sm")
        if self._mark:
            tone, icon = STATES[f"light.{self._mark}"]
            ink = "ink3" if tone == "neutral" else tone
            side = self._mark_size()
            if self._mark == "ok":
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.color(ink))
                painter.drawEllipse(QRectF(x, middle - side / 2, side, side))
            else:
                painter.drawPixmap(int(x), int(middle - side / 2), look.pixmap(icon, ink, side))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.color("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), look.size("radius"), look.size("radius"))


class TopBar(QFrame):
    """Shows what it is told."""

    devices_asked = Signal()
    sync_asked = Signal()
    person_asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setProperty("role", "topbar")
        look.measure(self, height="topbar")
        row = QHBoxLayout(self)
        look.lay(row, ("xxl", "", "lg", ""), "xs")
        self._title = Text("", "h3")
        self._sub = Elided("", "caption")
        row.addWidget(self._title)
        row.addSpacing(look.space("md"))
        row.addWidget(self._sub, 1)
        self._lights_box = QWidget()
        self._lights_row = QHBoxLayout(self._lights_box)
        look.lay(self._lights_row, gap="xs")
        self._lights: dict[str, BarButton] = {}
        row.addWidget(self._lights_box)
        self._pill, self._person = BarButton(look), BarButton(look)
        for button, name, signal in ((self._pill, "pill", self.sync_asked), (self._person, "person", self.person_asked)):
            button.setObjectName(name)
            button.clicked.connect(signal)
            line = rule(upright=True)
            look.follow(line, lambda it: it.setFixedHeight(look.size("icon") + 4))
            row.addWidget(line, 0, Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(button)
        self._person.set("", "user")
        self._pill.set("正在连接", "cloud", spoken="正在连接省平台")

    @property
    def pill_text(self) -> str:
        """The words on the pill."""
        return self._pill.text()

    def set_title(self, title: str, sub: str = "") -> None:
        """Where one is."""
        self._title.setText(title)
        self._sub.setText(sub)

    def set_person(self, name: str, window: str) -> None:
        """Who sits here, at which window."""
        self._person.set(f"{name} {window}".strip(), "user", "ink1", spoken=f"{name} {window}，锁屏或换人".strip())

    def set_light(self, kind: str, state: str, detail: str) -> None:
        """One device's light; `detail` in words."""
        if kind not in self._lights:
            button = BarButton(self._look)
            button.setObjectName(f"light-{kind}")
            button.clicked.connect(self.devices_asked)
            self._lights[kind] = button
            self._lights_row.addWidget(button)
        name = wording.word("device_kind", kind)
        self._lights[kind].set(name, DEVICE_ICONS.get(kind, "device-desktop"), mark=state, spoken=f"{name}：{detail}")

    def keep_lights(self, kinds: set[str]) -> None:
        """Hide the lights of all other kinds."""
        for kind, button in self._lights.items():
            button.setVisible(kind in kinds)

    def set_pill(self, pill: SyncPill, time_of: str) -> None:
        """已同步 hh:mm, 离线，待传 n, 正在连接; `time_of` is the last sync as text."""
        if pill.stopped:
            told = wording.say(pill.stopped)
            self._pill.set(f"停止受理，待传 {pill.waiting}", "alert-circle", "danger", spoken=f"{told}，点开看怎么办")
        elif pill.refused:
            self._pill.set(f"{pill.refused} 件被退回", "alert-circle", "danger", spoken=f"省平台退回 {pill.refused} 件，点开处理")
        elif pill.online is None:
            waiting = f"，待传 {pill.waiting}" if pill.waiting else ""
            self._pill.set(f"正在连接{waiting}", "cloud", spoken=f"正在连接省平台{waiting}")
        elif not pill.online:
            self._pill.set(f"离线，待传 {pill.waiting}", "cloud-off", "warn",
                           spoken=f"离线受理中，待传 {pill.waiting} 件，恢复后自动推送")
        elif pill.waiting:
            self._pill.set(f"推送中，待传 {pill.waiting}", "cloud-up", "info", spoken=f"已连接，待传 {pill.waiting} 件")
        else:
            self._pill.set(f"已同步 {time_of}", "cloud-check", "ok", spoken=f"已同步，{time_of}")
