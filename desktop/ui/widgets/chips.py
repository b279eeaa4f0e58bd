"""Chips: a state as colour, icon and words together; the one table of which state looks how."""

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import wording
from desktop.ui.look import Look

Tone = Literal["neutral", "primary", "info", "ok", "warn", "danger"]

STATES: dict[str, tuple[Tone, str]] = {
    "case_status.draft": ("neutral", "pencil"),
    "case_status.correcting": ("danger", "arrow-back-up"),
    "case_status.refused": ("danger", "circle-x"),
    "case_status.withdrawn": ("neutral", "x"),
    "case_status.accepted": ("info", "file-check"),
    "case_status.in_progress": ("primary", "clock"),
    "case_status.finished": ("ok", "circle-check"),
    "case_status.delivered": ("ok", "send"),
    "case_status.returned": ("danger", "alert-circle"),
    "matter_state.not_selected": ("neutral", "circle-dashed"),
    "matter_state.waiting": ("neutral", "clock"),
    "matter_state.queued": ("warn", "cloud-up"),
    "matter_state.pushed": ("info", "send"),
    "matter_state.acknowledged": ("info", "file-check"),
    "matter_state.in_progress": ("primary", "clock"),
    "matter_state.paused": ("warn", "alert-circle"),
    "matter_state.done": ("ok", "circle-check"),
    "matter_state.returned": ("danger", "arrow-back-up"),
    "matter_state.refused": ("danger", "circle-x"),
    "sync.none": ("neutral", "circle-dashed"),
    "sync.waiting": ("warn", "cloud-up"),
    "sync.sent": ("ok", "cloud-check"),
    "sync.refused": ("danger", "alert-circle"),
    "user_state.active": ("ok", "circle-check"),
    "user_state.temporary": ("warn", "clock"),
    "user_state.barred": ("neutral", "circle-x"),
    "light.ok": ("ok", "circle-check"),
    "light.warn": ("warn", "alert-triangle"),
    "light.fault": ("danger", "alert-circle"),
    "light.absent": ("neutral", "circle-dashed"),
}
"""`<group>.<value>` -> tone and icon; the word stands in wording.toml under the same name."""


class Chip(QWidget):
    """A soft rounded label with an optional icon. Shortens itself when there is no room."""

    def __init__(self, look: Look, text: str = "", tone: Tone = "neutral", icon: str = "",
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = ""
        self._tone: Tone = tone
        self._icon = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set(text, tone, icon)
        look.follow(self, lambda chip: chip.updateGeometry())

    @property
    def text(self) -> str:
        """The words."""
        return self._text

    @property
    def tone(self) -> Tone:
        """The colour family."""
        return self._tone

    def set(self, text: str, tone: Tone = "neutral", icon: str = "") -> None:
        """Words, tone and icon at once, so that they never disagree."""
        self._text, self._tone, self._icon = text, tone, icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_state(self, group: str, value: str) -> None:
        """A state of the table above: `set_state("case_status", "draft")`."""
        tone, icon = STATES.get(f"{group}.{value}", ("neutral", ""))
        self.set(wording.word(group, value), tone, icon)

    def sizeHint(self) -> QSize:
        return chip_extent(self._look, self._text, icon=bool(self._icon))

    def minimumSizeHint(self) -> QSize:
        whole = self.sizeHint()
        return QSize(min(whole.width(), 4 * whole.height()), whole.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_chip(painter, self._look, QRectF(self.rect()), self._text, self._tone, self._icon)
        self.setToolTip("" if self.width() >= self.sizeHint().width() else self._text)


def paint_chip(painter: QPainter, look: Look, rect: QRectF, text: str, tone: Tone, icon: str = "",
               *, framed: bool = False) -> None:
    """A chip inside `rect`; also for the delegates of lists; `framed` on a tinted ground."""
    soft, ink = ("sunken", "ink2") if tone == "neutral" else (f"{tone}Soft", tone)
    painter.setPen(look.color(ink) if framed or look.mode == "contrast" else Qt.PenStyle.NoPen)
    painter.setBrush(look.color("surface" if framed else soft))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    font = look.font("caption")
    metrics = QFontMetrics(font)
    x = rect.left() + look.space("sm") + 2
    if icon:
        px = metrics.ascent()
        painter.drawPixmap(int(x), int(rect.center().y() - px / 2 + 1), look.pixmap(icon, ink, px))
        x += px + look.space("xs")
    painter.setFont(font)
    painter.setPen(look.color(ink))
    room = rect.right() - look.space("sm") - 1 - x
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room) + 1)
    painter.drawText(QRectF(x, rect.top(), room + 2, rect.height()), int(Qt.AlignmentFlag.AlignVCenter), shown)


def chip_extent(look: Look, text: str, *, icon: bool) -> QSize:
    """How large `paint_chip` wants to be."""
    metrics = QFontMetrics(look.font("caption"))
    extra = metrics.ascent() + look.space("xs") if icon else 0
    return QSize(metrics.horizontalAdvance(text) + extra + 2 * look.space("sm") + 4, metrics.height() + 6)
