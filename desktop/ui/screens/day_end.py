"""日结: the day in numbers, the four-way check, what is still to do, and closing it with a second person."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.flows.views import DayClosed, DayView, Session
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.screens.day_end_ratings import RatingsCard
from desktop.ui.screens.screen import Screen
from desktop.ui.screens.sign_in import SaidLine
from desktop.ui.widgets.bars import Bars
from desktop.ui.widgets.busy import BusyStrip
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import Card, Icon, Scroll, TitledCard, Well, clear, labelled
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.layer import Layer
from desktop.ui.widgets.text import Elided, Text, rule
from desktop.wording import fault_code

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows

OPENS, CLOSES = 8, 18
"""Hours always drawn; earlier and later ones join when something was accepted then."""


class ReviewSheet(Layer):
    """The second person signs with a PIN."""

    agreed = Signal(str, str, str)
    """login, PIN, note"""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent, look, width=560)
        self.body.addWidget(Text("复核并结清", "h2"))
        self.summary = Text("", "muted", wrap=True)
        self.body.addWidget(self.summary)
        fields = QVBoxLayout()
        look.lay(fields, gap="lg")
        self.reviewer = QComboBox()
        self.reviewer.setObjectName("reviewer")
        self.pin = QLineEdit()
        self.pin.setObjectName("reviewer-pin")
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.note = QLineEdit()
        self.note.setObjectName("note")
        self.note.setMaxLength(200)
        for label, field in (("复核人（不能是经办人）", self.reviewer), ("复核人密码", self.pin), ("差异说明（有不符时填写）", self.note)):
            fields.addWidget(labelled(look, label, field))
        self.body.addLayout(fields)
        self.said = SaidLine(look)
        self.body.addWidget(self.said)
        row = QHBoxLayout()
        look.lay(row, gap="md")
        self.cancel = Button(look, "先不结清")
        self.cancel.clicked.connect(self.close_layer)
        self.agree = Button(look, "结清并导出", "primary", "shield-check")
        self.agree.setObjectName("agree")
        self.agree.clicked.connect(self._agree)
        self.pin.returnPressed.connect(self._agree)
        row.addWidget(self.cancel)
        row.addStretch(1)
        row.addWidget(self.agree)
        self.body.addLayout(row)

    def ask(self, day: DayView, users: tuple[tuple[str, str], ...], session: Session) -> None:
        """Show who may review."""
        self.reviewer.clear()
        for login, name in users:
            if login != session.login:
                self.reviewer.addItem(name, login)
        self.pin.clear()
        self.said.clear()
        self.agree.setEnabled(self.reviewer.count() > 0)
        waiting = f"，仍有 {len(day.todo)} 件待处理" if day.todo else ""
        self.summary.setText(f"{day.day.month} 月 {day.day.day} 日受理 {day.accepted} 件{waiting}。结清后这一天只读，不能撤销。"
                             if self.reviewer.count() else "还没有可以复核的人。请管理员在“设置”里添加一名主管。")
        self.open()
        (self.pin if self.reviewer.count() else self.cancel).setFocus()

    def _agree(self) -> None:
        if not self.pin.text():
            self.pin.setFocus()
        elif self.agree.isEnabled():
            self.agree.setEnabled(False)
            self.agreed.emit(str(self.reviewer.currentData()), self.pin.text(), self.note.text())


class DayEndScreen(Screen):
    """The end of the day."""

    title = "日结与导出"

    def __init__(self, flows: "Flows", lanes: Lanes, session_of: Callable[[], Session], look: Look) -> None:
        super().__init__(flows, lanes, session_of, look)
        self._view: DayView | None = None
        self._files: DayClosed | None = None
        outer = QVBoxLayout(self)
        look.lay(outer)
        self._busy = BusyStrip(look)
        outer.addWidget(self._busy)
        scroll = Scroll(look, ("xxl", "xl", "xxl", "xl"), "lg")
        outer.addWidget(scroll, 1)
        scroll.body.addLayout(self._head())
        scroll.body.addLayout(self._counters())
        lower = QHBoxLayout()
        look.lay(lower, gap="lg")
        left = QVBoxLayout()
        look.lay(left, gap="lg")
        left.addWidget(self._check_card())
        left.addWidget(self._hours_card(), 1)
        lower.addLayout(left, 5)
        lower.addWidget(self._todo_card(), 3)
        scroll.body.addLayout(lower, 1)
        self.ratings = RatingsCard(flows, lanes, session_of, look)
        self.ratings.failed.connect(self.failed)
        self.ratings.told.connect(self.told)
        scroll.body.addWidget(self.ratings)
        self.sheet = ReviewSheet(self, look)
        self.sheet.agreed.connect(self._close)

    # -- building ---------------------------------------------------------------------------------------------------

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        self.look.lay(head, gap="md")
        words = QVBoxLayout()
        self.look.lay(words, gap="xs")
        self._title = Text("日结", "h1")
        self._sub = Text("", "muted", wrap=True)
        words.addWidget(self._title)
        words.addWidget(self._sub)
        head.addLayout(words, 1)
        self._export = Button(self.look, "再次导出", icon="file-spreadsheet")
        self._export.setObjectName("export")
        self._export.clicked.connect(self._write_again)
        self.close_button = Button(self.look, "复核并结清", "primary", "shield-check")
        self.close_button.setObjectName("close-day")
        self.close_button.clicked.connect(self._ask_reviewer)
        self.close_button.setEnabled(False)     # until the day is on the screen
        self._folder = Button(self.look, "打开文件夹", icon="folder-open")
        self._folder.setObjectName("open-folder")
        self._folder.clicked.connect(self._open_folder)
        for button in (self._folder, self._export, self.close_button):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._folder.hide()
        self._export.hide()
        return head

    def _counters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.look.lay(row, gap="md")
        self._numbers: dict[str, tuple[Text, Text]] = {}
        for key, word in (("accepted", "受理"), ("sent", "已推送省平台"), ("waiting", "待推送"), ("correcting", "补正"),
                          ("refused", "不予受理")):
            card = Card(self.look, "lg", "")
            number, below = Text("—", "display"), Text("", "caption")
            card.body.addWidget(Text(word, "muted"))
            card.body.addWidget(number)
            card.body.addWidget(below)
            self._numbers[key] = (number, below)
            row.addWidget(card, 1)
        return row

    def _check_card(self) -> QWidget:
        card = TitledCard(self.look, "对账")
        self._verdict = Chip(self.look)
        card.head.addWidget(self._verdict)
        card.head.addStretch(1)
        card.head.addWidget(Elided("受理登记、影像、回执、推送四方逐件比对", "caption"))
        self._table = QVBoxLayout()
        self.look.lay(self._table)
        card.body.addLayout(self._table)
        return card

    def _hours_card(self) -> QWidget:
        card = TitledCard(self.look, "分时受理量")
        card.head.addStretch(1)
        card.head.addWidget(Text("单位：件", "caption"))
        self._bars = Bars(self.look, "分时受理量")
        card.body.addWidget(self._bars, 1)
        return card

    def _todo_card(self) -> QWidget:
        card = TitledCard(self.look, "结清前要处理", gap="")
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._todo_title = card.title
        self._todo_count = Chip(self.look, "0")
        card.head.addWidget(self._todo_count)
        card.head.addStretch(1)
        self._todo = QVBoxLayout()
        self.look.lay(self._todo)
        card.body.addSpacing(8)
        card.body.addLayout(self._todo)
        card.body.addStretch(1)
        well = Well(self.look)
        well.body.addWidget(Text("双人复核", "label"))
        self._signs: list[tuple[Icon, Text]] = []
        for _ in range(3):
            line = QHBoxLayout()
            self.look.lay(line, gap="sm")
            icon, words = Icon(self.look, "circle-dashed", "ink3"), Text("", wrap=True)
            line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(words, 1)
            well.body.addLayout(line)
            self._signs.append((icon, words))
        card.body.addSpacing(12)
        card.body.addWidget(well)
        return card

    # -- filling ----------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        self.close_button.setFocus()

    def refresh(self) -> None:
        self.lanes.store.run(self.flows.close_day.view, self._show, self.failed.emit, self)
        self.ratings.refresh()

    def _show(self, day: DayView) -> None:
        if self._view is not None and self._view.day != day.day:
            self._files = None
        if day == self._view:
            return
        self._view = day
        self._title.setText(f"日结 {_day(day.day)}")
        self._show_files(day)
        self.close_button.setVisible(not day.closed)
        if day.closed and self.sheet.isVisible():
            self.sheet.close_layer()
            self.told.emit("这一天已经结清", "如果文件没有写出来，请点“再次导出”。", "warn")
        self.close_button.setEnabled(True)
        self._export.setVisible(day.closed)
        differences = sum(bool(row[5]) for row in day.by_theme)
        for key, value, below, tone in (
                ("accepted", day.accepted, f"回执已打印 {day.receipts_printed} 张", ""),
                ("sent", day.sent, "省平台已确认收到", ""),
                ("waiting", day.waiting, "联网后自动推送" if day.waiting else "都已推送", "warn" if day.waiting else ""),
                ("correcting", day.correcting, "等申请人补材料" if day.correcting else "没有", "danger" if day.correcting else ""),
                ("refused", day.refused, "已出不予受理通知" if day.refused else "没有", "")):
            self._numbers[key][0].setText(str(value))
            self._numbers[key][0].set_tone(tone)
            self._numbers[key][1].setText(below or " ")
        if differences:
            self._verdict.set(f"{differences} 处不符", "danger", "alert-circle")
        else:
            self._verdict.set("四方一致" if day.accepted else "今天没有受理", "ok" if day.accepted else "neutral",
                              "circle-check" if day.accepted else "")
        self._fill_table(day)
        hours = dict(day.by_hour)
        first, last = min([OPENS, *hours]), max([CLOSES - 1, *hours])
        self._bars.set(tuple((f"{hour}时", hours.get(hour, 0)) for hour in range(first, last + 1)))
        self._fill_todo(day)
        self._fill_signs(day)

    def _fill_table(self, day: DayView) -> None:
        clear(self._table)
        box = QWidget()
        grid = QGridLayout(box)
        self.look.lay(grid)
        grid.setHorizontalSpacing(self.look.space("lg"))
        heads = ("一件事", "受理", "影像齐全", "回执打印", "推送成功", "结果")
        for column, head in enumerate(heads):
            grid.addWidget(Text(head, "caption"), 0, column)
            grid.setColumnStretch(column, 3 if column in {0, 5} else 2)
        line = rule()
        grid.addWidget(line, 1, 0, 1, len(heads))
        grid.setRowMinimumHeight(0, self.look.size("touchMin") - 8)
        at = 2
        for theme, accepted, complete, printed, sent, finding in day.by_theme:
            for column, cell in enumerate((theme, accepted, complete, printed, sent)):
                short = column > 1 and isinstance(cell, int) and cell < accepted
                grid.addWidget(Elided(str(cell), "", "danger" if short else "") if column == 0 else
                               Text(str(cell), "strong" if short else "", "danger" if short else ""), at, column)
            grid.addWidget(self._findings(finding), at, 5)
            grid.setRowMinimumHeight(at, self.look.size("touchMin"))
            grid.addWidget(rule(), at + 1, 0, 1, len(heads))
            at += 2
        counts = [row[1:5] for row in day.by_theme]
        totals = ["合计", *(str(sum(row[column] for row in counts)) for column in range(4))]
        for column, total in enumerate(totals):
            grid.addWidget(Text(total, "strong"), at, column)
        grid.setRowMinimumHeight(at, self.look.size("touchMin"))
        self._table.addWidget(box)

    def _findings(self, finding: str) -> QWidget:
        """One chip for each difference, one below the other."""
        box = QWidget()
        column = QVBoxLayout(box)
        self.look.lay(column, ("", "xs", "", "xs"), "xs")
        for words in finding.split("，") if finding else [""]:
            column.addWidget(Chip(self.look, words, "warn", "alert-triangle") if words else
                             Chip(self.look, "一致", "ok", "circle-check"), 0, Qt.AlignmentFlag.AlignLeft)
        return box

    def _fill_todo(self, day: DayView) -> None:
        clear(self._todo)
        self._todo_title.setText("结清时未处理" if day.closed else "结清前要处理")
        self._todo_count.set(str(len(day.todo)), "warn" if day.todo else "neutral")
        if not day.todo:
            self._todo.addWidget(EmptyState(self.look, "list-check", "没有要处理的件", "受理、影像、回执、推送都对得上。"))
        for case_uuid, title, what in day.todo:
            self._todo.addWidget(rule())
            box = QWidget()
            line = QHBoxLayout(box)
            self.look.lay(line, ("", "md", "", "md"), "md")
            line.addWidget(Icon(self.look, "alert-triangle", "warn"), 0, Qt.AlignmentFlag.AlignVCenter)
            words = QVBoxLayout()
            self.look.lay(words, gap="xs")
            words.addWidget(Elided(title, "strong"))
            words.addWidget(Elided(what, "caption"))
            line.addLayout(words, 1)
            button = Button(self.look, "去处理")
            button.setObjectName(f"todo-{case_uuid}")
            button.setAccessibleName(f"去处理 {title} {what}")
            button.clicked.connect(lambda _=False, case=case_uuid: self.case_asked.emit(case))
            line.addWidget(button)
            self._todo.addWidget(box)

    def _fill_signs(self, day: DayView) -> None:
        me = self.session_of().name
        lines = (
            (f"经办 {day.closed_by or me}" + ("，已签" if day.closed else "，待签"), day.closed),
            (f"复核 {day.reviewed_by}，已签" if day.closed else "复核 待签（不能与经办同一人）", day.closed),
            (f"操作日志 {day.journal_count} 条，{'前后相连，没有被改动' if day.journal_ok else '校验不通过，请先联系信息科'}",
             day.journal_ok))
        for (icon, words), (text, good) in zip(self._signs, lines, strict=True):
            bad = text is lines[2][0] and not good
            icon.set("circle-check" if good else "alert-circle" if bad else "circle-dashed",
                     "ok" if good else "danger" if bad else "ink3")
            words.setText(text)
            words.set_tone("danger" if bad else "")

    # -- doing ------------------------------------------------------------------------------------------------------

    def _ask_reviewer(self) -> None:
        day, session = self._view, self.session_of()
        if day is not None:
            self.lanes.store.run(self.flows.sign_in.users, lambda users: self.sheet.ask(day, users, session),
                                 self.failed.emit, self)

    def _close(self, login: str, pin: str, note: str) -> None:
        session = self.session_of()
        self._busy.begin("正在结清并写出文件…")
        self.lanes.store.run(lambda: self.flows.close_day.close(session, login, pin, note), self._closed,
                             self._close_failed, self)

    def _closed(self, files: DayClosed) -> None:
        self._busy.end()
        self.sheet.close_layer()
        self._written(files)
        self.refresh()

    def _close_failed(self, error: Exception) -> None:
        self._busy.end()
        self.sheet.agree.setEnabled(True)
        self.sheet.pin.clear()
        self.sheet.pin.setFocus()
        self.sheet.said.show_code(fault_code(error), seconds=getattr(error, "seconds", 0))
        self.refresh()      # the day may be closed although its files were not written: then 再次导出 is there

    def _write_again(self) -> None:
        session, day = self.session_of(), self._view
        assert day is not None
        from PySide6.QtWidgets import QFileDialog

        folder = QFileDialog.getExistingDirectory(self, "导出到哪个文件夹")
        if folder:
            self._busy.begin("正在写出文件…")
            self.lanes.store.run(lambda: self.flows.close_day.export(session, Path(folder), day.day),
                                 self._exported, self._export_failed, self)

    def _exported(self, files: DayClosed) -> None:
        self._busy.end()
        self._written(files)

    def _export_failed(self, error: Exception) -> None:
        self._busy.end()
        self.failed.emit(error)

    def _written(self, files: DayClosed) -> None:
        self._files = files
        self.told.emit("日结文件已写出", str(Path(files.xlsx).parent), "ok")
        if self._view is not None:
            self._show_files(self._view)

    def _show_files(self, day: DayView) -> None:
        """What can be said of the files: before, after in this session, after in another."""
        self._folder.setVisible(day.closed and self._files is not None)
        if not day.closed:
            self._sub.setText("结清后当日数据只读，并导出表格、日结单和封存文件。")
        elif self._files is None:
            self._sub.setText("这一天已结清，只读。需要文件时点“再次导出”。")
        else:
            names = "，".join(Path(path).name for path in (self._files.xlsx, self._files.pdf, self._files.sealed))
            self._sub.setText(f"这一天已结清，只读。文件：{names}")

    def _open_folder(self) -> None:
        if self._files is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self._files.xlsx).parent)))


def _day(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"
