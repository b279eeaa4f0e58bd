"""What families said of the service, for supervisors only: the day's counts by level, and every 差评 that is still to be answered."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.domain import spelling
from desktop.domain.hall_time import local
from desktop.flows.rate import BadRating, DayRatings
from desktop.flows.views import Session
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import TitledCard, clear
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.text import Text, rule

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows


class RatingsCard(TitledCard):
    """Hidden from clerks: they do not learn what a family gave them."""

    failed = Signal(object)
    told = Signal(str, str, str)

    def __init__(self, flows: "Flows", lanes: Lanes, session_of: Callable[[], Session], look: Look) -> None:
        super().__init__(look, "服务评价")
        self.setObjectName("ratings")
        self._flows, self._lanes, self._session_of, self._look = flows, lanes, session_of, look
        self._day: DayRatings | None = None
        self._open = Chip(look)
        self.head.addWidget(self._open)
        self.head.addStretch(1)
        self.head.addWidget(Text("申请人自愿评价，窗口人员看不到", "caption"))
        self._counts = QHBoxLayout()
        look.lay(self._counts, gap="xl")
        self.body.addLayout(self._counts)
        self._rows = QVBoxLayout()
        look.lay(self._rows, gap="md")
        self.body.addLayout(self._rows)
        self.hide()

    def refresh(self) -> None:
        """Ask again, as far as this person may."""
        session = self._session_of()
        if session.role == "clerk":
            self.hide()
            self._day = None
            return
        self._lanes.store.run(lambda: self._flows.rate.of_day(session), self._show, self.failed.emit, self)

    def _show(self, day: DayRatings) -> None:
        self.setVisible(self._session_of().role != "clerk")      # somebody else may have signed in meanwhile
        if day == self._day:        # an answer half written stays
            return
        self._day = day
        clear(self._counts)
        for word, count in day.counts:
            number = Text(str(count), "h2")
            number.setObjectName(f"count.{word}")
            self._counts.addWidget(Text(word, "muted"))
            self._counts.addWidget(number)
        self._counts.addStretch(1)
        self._open.set(f"{len(day.open)} 件差评待核实" if day.open else "没有待核实的差评", "warn" if day.open else "neutral",
                       "alert-triangle" if day.open else "")
        clear(self._rows)
        for bad in day.open:
            self._rows.addWidget(rule())
            self._rows.addWidget(self._row(bad))

    def _row(self, bad: BadRating) -> QWidget:
        box = QWidget()
        box.setObjectName(f"bad.{bad.case_uuid}")
        column = QVBoxLayout(box)
        self._look.lay(column, gap="sm")
        head = QHBoxLayout()
        self._look.lay(head, gap="md")
        head.addWidget(Text(bad.title, "strong"))
        head.addWidget(Chip(self._look, bad.word, "danger" if bad.level == 5 else "warn"))
        head.addWidget(Text(f"{bad.case_number}  {local(bad.rated_at):%m-%d %H:%M}", "caption"))
        head.addStretch(1)
        column.addLayout(head)
        said = "；".join(part for part in ("、".join(bad.reasons), bad.text) if part)
        column.addWidget(Text(said or "在评价器上按的，没有说明原因，请回访。", wrap=True))
        answer = QHBoxLayout()
        self._look.lay(answer, gap="md")
        note = QLineEdit()
        note.setObjectName("correction")
        note.setMaxLength(500)
        note.setPlaceholderText("核实到什么，怎样改的")
        note.setAccessibleName(f"{bad.title} 的核实整改情况")
        close = Button(self._look, "办结", icon="check")
        close.setObjectName("action.close_rating")
        close.setEnabled(False)
        note.textChanged.connect(lambda text: close.setEnabled(bool(spelling.text(text))))
        note.returnPressed.connect(close.click)
        close.clicked.connect(lambda: self._close(bad.case_uuid, note.text(), close))
        answer.addWidget(note, 1)
        answer.addWidget(close, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(answer)
        return box

    def _close(self, case_uuid: str, correction: str, button: Button) -> None:
        session = self._session_of()

        def done(day: DayRatings) -> None:
            self.told.emit("差评已办结", "", "ok")
            self._show(day)

        def failed(error: Exception) -> None:
            button.setEnabled(True)
            self.failed.emit(error)

        button.setEnabled(False)
        self._lanes.store.run(lambda: self._flows.rate.correct(session, case_uuid, correction), done, failed, self)
