"""本机检查: the station's list of checks, and the one line that opens it where a day begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.widgets.busy import BusyStrip
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import Icon, Scroll, clear
from desktop.ui.widgets.layer import Layer
from desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from desktop.domain.station_check import Checked
    from desktop.flows.bundle import Flows

_MARKS = {"ok": ("circle-check", "ok"), "note": ("info-circle", "ink2"), "warning": ("alert-triangle", "warn"),
          "fault": ("alert-circle", "danger")}


class AttentionLine(QWidget):
    """Says in one line what the PC's checks found, and offers the list; hidden while all is well."""

    asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("attention")
        row = QHBoxLayout(self)
        look.lay(row, gap="sm")
        self._said = Text("", "caption", "warn", wrap=True)
        row.addWidget(Icon(look, "alert-triangle", "warn"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._said, 1)
        self.button = Button(look, "本机检查", "ghost")
        self.button.setObjectName("show-checks")
        self.button.clicked.connect(self.asked)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return "" if self.isHidden() else self._said.text()

    def show_found(self, found: Sequence[Checked]) -> None:
        """What is not well, worst first."""
        if found:
            self._said.setText(found[0].sentence + (f"，另有 {len(found) - 1} 项" if len(found) > 1 else ""))
            self.button.setAccessibleDescription(self._said.text())
        self.setVisible(bool(found))


class ChecksSheet(Layer):
    """The whole list, looked at anew each time it is opened."""

    def __init__(self, parent: QWidget, look: Look, lanes: Lanes, flows: Callable[[], Flows | None]) -> None:
        super().__init__(parent, look, width=860)
        self._look, self._lanes, self._flows = look, lanes, flows
        self.setObjectName("checks")
        self.setAccessibleName("本机检查")
        self.body.addWidget(Text("本机检查", "h2"))
        self._busy = BusyStrip(look)
        self.body.addWidget(self._busy)
        self._scroll = Scroll(look, "", "md")
        self._rows = QVBoxLayout()
        look.lay(self._rows, gap="md")
        self._scroll.body.addLayout(self._rows)
        self._scroll.body.addStretch(1)
        self.body.addWidget(self._scroll, 1)
        close = Button(look, "知道了", "primary")
        close.clicked.connect(self.close_layer)
        self.body.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def open(self) -> None:
        """Come up and look; some seconds."""
        host = self.parentWidget()
        assert host is not None, "it lies on the window"
        self._scroll.setMinimumHeight(max(0, min(round(host.height() * 0.6), 40 * self._look.text("body"))))
        super().open()
        flows = self._flows()
        if flows is None or self._busy.busy:
            return
        clear(self._rows)
        self._busy.begin("正在检查本机…")
        self._lanes.search.run(flows.upkeep.every, self._show, self._failed, self)

    def _show(self, found: tuple[Checked, ...]) -> None:
        self._busy.end()
        clear(self._rows)
        order = list(_MARKS)[::-1]
        for one in sorted(found, key=lambda one: order.index(one.severity)):
            self._rows.addWidget(self._row(one))

    def _failed(self, error: Exception) -> None:
        self._busy.end()
        raise error     # nobody foresaw it: the alarm writes it down and says so

    def _row(self, one: Checked) -> QWidget:
        row = QWidget()
        row.setObjectName(f"check.{one.id}")
        row.setAccessibleName(f"{one.sentence} {one.remedy}".strip())
        line = QHBoxLayout(row)
        self._look.lay(line, gap="md")
        line.addWidget(Icon(self._look, *_MARKS[one.severity]), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        self._look.lay(words, gap="xs")
        words.addWidget(Text(one.sentence, "strong" if not one.ok else "", wrap=True))
        if one.remedy:
            words.addWidget(Text(one.remedy, "muted", wrap=True))
        words.addWidget(Text(f"{one.id}  {one.saw}".rstrip(), "caption", wrap=True))
        line.addLayout(words, 1)
        return row

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes it also while nobody is signed in."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_layer()
        else:
            super().keyPressEvent(event)
