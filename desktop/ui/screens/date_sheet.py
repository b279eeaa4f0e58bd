"""Asking what day it is, when this PC's clock is in doubt. Whether it is, and who may say so, is the flow's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop import wording
from desktop.domain.trusted_time import ClockDoubted, Doubt
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.screens.sign_in import SaidLine
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import labelled
from desktop.ui.widgets.layer import Layer
from desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows
    from desktop.flows.views import Session


class DateSheet(Layer):
    """One field to type the date into; a second one for a supervisor's reason."""

    settled = Signal()
    other_person_asked = Signal()

    def __init__(self, parent: QWidget, look: Look, lanes: Lanes, session_of: Callable[[], Session]) -> None:
        super().__init__(parent, look, width=560)
        self._lanes, self._session_of = lanes, session_of
        self._flows: Flows | None = None
        self.body.addWidget(Text("今天是哪一天？", "h2"))
        self._why = Text("", "", wrap=True)
        self._do = Text("", "muted", wrap=True)
        self.body.addWidget(self._why)
        self.body.addWidget(self._do)
        fields = QVBoxLayout()
        look.lay(fields, gap="lg")
        self._date, self._reason = QLineEdit(), QLineEdit()
        self._date.setObjectName("today")
        self._date.setPlaceholderText("例如 2026-11-30")
        self._reason.setObjectName("reason")
        self._reason.setMaxLength(100)
        self._date.returnPressed.connect(self._confirm)
        self._reason.returnPressed.connect(self._confirm)
        self._dated = labelled(look, "照日历输入今天的日期", self._date)
        self._reasoned = labelled(look, "原因（主管填写）", self._reason)
        fields.addWidget(self._dated)
        fields.addWidget(self._reasoned)
        self.body.addLayout(fields)
        self._said = SaidLine(look)
        self.body.addWidget(self._said)
        row = QHBoxLayout()
        look.lay(row, gap="md")
        self._later = Button(look, "先不确认")
        self._later.clicked.connect(self.close_layer)
        self._other = Button(look, "换主管登录", "ghost", "users")
        self._other.clicked.connect(self._ask_other)
        self._agree = Button(look, "确认日期", "primary", "check")
        self._agree.setObjectName("confirm-date")
        self._agree.clicked.connect(self._confirm)
        row.addWidget(self._later)
        row.addStretch(1)
        row.addWidget(self._other)
        row.addWidget(self._agree)
        self.body.addLayout(row)

    def ask(self, flows: Flows) -> None:
        """Look whether anybody need be asked, and ask."""
        self._flows = flows
        self._lanes.store.run(flows.confirm_date.doubt, self._show)

    def _show(self, doubt: Doubt | None) -> None:
        if doubt is None:
            return
        words = wording.params_of(ClockDoubted(doubt))
        self._why.setText(wording.say(doubt.code, **words))
        self._do.setText(wording.remedy(doubt.code, **words))
        above = doubt.supervisor and self._session_of().role == "clerk"
        self._reasoned.setVisible(doubt.supervisor and not above)
        self._dated.setVisible(not above)
        self._agree.setVisible(not above)
        self._other.setVisible(above)
        self._date.clear()
        self._reason.clear()
        self._said.clear()
        self.open()
        (self._other if above else self._date).setFocus()

    def _ask_other(self) -> None:
        self.close_layer()
        self.other_person_asked.emit()

    def _confirm(self) -> None:
        flows, session, typed = self._flows, self._session_of(), _date_of(self._date.text())
        if typed is None:
            self._date.setFocus()
            self._said.show_code("clock.no_date")
            return
        assert flows is not None, "asked before"
        self._agree.setEnabled(False)
        reason = self._reason.text()
        self._lanes.store.run(lambda: flows.confirm_date.confirm(session, typed, reason), self._confirmed, self._failed)

    def _confirmed(self, _: object) -> None:
        self._agree.setEnabled(True)
        self.close_layer()
        self.settled.emit()

    def _failed(self, error: Exception) -> None:
        self._agree.setEnabled(True)
        self._said.show_code(wording.fault_code(error), **wording.params_of(error))
        self._date.setFocus()


def _date_of(text: str) -> date | None:
    """2026-11-30, 2026/11/30, 2026.11.30, 20261130 and 2026年11月30日."""
    found = re.fullmatch(r"\s*(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?\s*", text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
