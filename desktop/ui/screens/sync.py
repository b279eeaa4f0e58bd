"""同步: what waits for the province, why, and when it is tried again."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop import wording
from desktop.flows.views import Session, SyncRow
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.screens.screen import Screen, clock_text
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import TitledCard, clear
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.text import Elided, Text, rule

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows


class SyncScreen(Screen):
    """The outbox."""

    title = "同步"

    def __init__(self, flows: "Flows", lanes: Lanes, session_of: Callable[[], Session], look: Look,
                 clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(flows, lanes, session_of, look)
        self._clock = clock
        self._rows: tuple[SyncRow, ...] | None = None
        self.retry_all = Button(look, "现在全部重试", icon="refresh")
        self.retry_all.clicked.connect(self._retry_all)
        _, scroll = self.lay_headed("受理成功的件由系统自动推送省平台，断网时先存在本机。草稿不在这里。", self.retry_all)
        self._open_card = TitledCard(look, "待推送与被退回", gap="")
        self._open_count = Chip(look, "0")
        self._open_card.head.addWidget(self._open_count)
        self._open_card.head.addStretch(1)
        self._open = QVBoxLayout()
        look.lay(self._open)
        self._open_card.body.addSpacing(8)
        self._open_card.body.addLayout(self._open)
        self._sent_card = TitledCard(look, "最近已推送", gap="")
        self._sent_card.head.addStretch(1)
        self._sent = QVBoxLayout()
        look.lay(self._sent)
        self._sent_card.body.addSpacing(8)
        self._sent_card.body.addLayout(self._sent)
        scroll.body.addWidget(self._open_card)
        scroll.body.addWidget(self._sent_card)
        scroll.body.addStretch(1)

    def enter(self) -> None:
        self.retry_all.setFocus()

    def refresh(self) -> None:
        self.lanes.store.run(self.flows.follow.rows, self._show, self.failed.emit, self)

    def _show(self, rows: tuple[SyncRow, ...]) -> None:
        if rows == self._rows:
            return      # asked every few seconds; a rebuilt list would take the keyboard's place away
        self._rows = rows
        waiting = [row for row in rows if row.state != "sent"]
        sent = [row for row in rows if row.state == "sent"]
        self._open_count.set(str(len(waiting)), "warn" if waiting else "neutral")
        self.retry_all.setEnabled(bool(waiting))
        clear(self._open)
        clear(self._sent)
        for row in waiting:
            self._open.addWidget(rule())
            self._open.addWidget(self._row(row))
        if not waiting:
            self._open.addWidget(EmptyState(self.look, "cloud-check", "没有待推送的件", "受理后的件会自动推送，这里只留需要等待或处理的。"))
        for row in sent:
            self._sent.addWidget(rule())
            self._sent.addWidget(self._row(row))
        self._sent_card.setVisible(bool(sent))

    def _row(self, row: SyncRow) -> QWidget:
        box = QWidget()
        line = QHBoxLayout(box)
        self.look.lay(line, ("", "md", "", "md"), "lg")
        words = QVBoxLayout()
        self.look.lay(words, gap="xs")
        top = QHBoxLayout()
        self.look.lay(top, gap="sm")
        top.addWidget(Elided(row.title, "strong"))
        top.addWidget(Text(row.case_number, "muted"))
        state = Chip(self.look)
        state.set_state("sync", row.state)
        top.addWidget(state)
        top.addStretch(1)
        words.addLayout(top)
        if row.error and row.state != "sent":
            words.addWidget(Text(wording.say(row.error), "", "danger" if row.state == "refused" else "warn", wrap=True))
            words.addWidget(Text(wording.remedy(row.error), "caption", wrap=True))
        words.addWidget(Text(self._when(row), "caption", wrap=True))
        line.addLayout(words, 1)
        if row.state == "waiting":
            retry = Button(self.look, "现在重试", icon="refresh")
            retry.setObjectName(f"retry-{row.case_uuid}")
            retry.setAccessibleName(f"现在重试 {row.title}")
            retry.clicked.connect(lambda: self._retry(row.case_uuid))
            line.addWidget(retry, 0, Qt.AlignmentFlag.AlignVCenter)
        elif row.state == "refused":
            mend = Button(self.look, "打开处理", icon_right="arrow-right")
            mend.setObjectName(f"mend-{row.case_uuid}")
            mend.setAccessibleName(f"打开处理 {row.title}")
            mend.clicked.connect(lambda: self.case_asked.emit(row.case_uuid))
            line.addWidget(mend, 0, Qt.AlignmentFlag.AlignVCenter)
        return box

    def _when(self, row: SyncRow) -> str:
        now = self._clock()
        if row.state == "sent":
            receipt = f"，平台回执 {row.receipt}" if row.receipt else ""
            return f"{clock_text(row.sent_at, now)} 推送成功{receipt}"
        tried = f"已试 {row.attempts} 次" if row.attempts else "还没有推送过"
        if row.state == "refused":
            return f"{tried}，改好后重新受理即可再次推送"
        due = row.next_at is not None and row.next_at > now
        return f"{tried}，{'下次 ' + clock_text(row.next_at, now) if due else '马上推送'}"

    def _retry(self, case_uuid: str) -> None:
        session = self.session_of()
        self.lanes.store.run(lambda: self.flows.follow.retry(session, case_uuid), lambda _: self.refresh(),
                             self.failed.emit, self)

    def _retry_all(self) -> None:
        for row in self._rows or ():
            if row.state == "waiting":
                self._retry(row.case_uuid)
        self.told.emit("已重新排队", "系统正在逐件推送。", "info")
