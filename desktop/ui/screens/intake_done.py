"""Step 5, accept and print: what still stands in the way, then the number, the due date and how it came about, papers, receipt."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop import wording
from desktop.domain.problem import Problem
from desktop.domain.working_days import Day
from desktop.flows.accept import CannotAccept
from desktop.flows.views import Accepted, CaseView, Session
from desktop.ui.look import Look
from desktop.ui.screens.intake_case import OpenCase
from desktop.ui.screens.intake_done_papers import Doubt, PapersPanel
from desktop.ui.screens.intake_fault import Fault
from desktop.ui.screens.intake_form import step_of
from desktop.ui.screens.intake_rating import RatingRow
from desktop.ui.screens.intake_step import Step, grid
from desktop.ui.widgets.busy import BusyStrip
from desktop.ui.widgets.buttons import Button, keyed
from desktop.ui.widgets.cards import Card, Icon, TitledCard, clear
from desktop.ui.widgets.chips import Chip, Tone
from desktop.ui.widgets.notice_card import chinese_date
from desktop.ui.widgets.problem_list import ProblemList
from desktop.ui.widgets.text import Text, rule
from desktop.wording import problem_words

if TYPE_CHECKING:
    from desktop.flows.print_papers import PrintPapers

ASK_AGAIN_MS = 2000
"""How often the matters' states are looked up while this step is on the screen."""
_A4 = 1.414


class DoneStep(Step):
    """Before and after acceptance."""

    name = "done"
    title = "受理与打印"

    accepted = Signal(str)
    """The case number."""

    def __init__(self, case: OpenCase, look: Look) -> None:
        super().__init__(case, look)
        self._accepting = False

        self._number = Card(look)
        self._make_number()
        self._checks = TitledCard(look, "受理前再看一眼")
        self._lines = QVBoxLayout()
        look.lay(self._lines, gap="md")
        self._checks.body.addLayout(self._lines)
        self._missing = TitledCard(look, "还差这些")
        self._make_missing()
        self._make_receipt()
        self.rating = RatingRow(case, look)
        self.head.addWidget(self.rating)
        self._clock = TitledCard(look, "办结期限怎么算")
        self._days = grid(look, "sm", "sm")
        self._clock.body.addLayout(self._days)
        self._clock_words = Text("", "caption", wrap=True)
        self._clock.body.addWidget(self._clock_words)
        self._matters = TitledCard(look, "事项进度")
        self._sync = Chip(look)
        self._matters.head.addWidget(self._sync)
        self._matters.head.addStretch(1)
        self._matter_lines = QVBoxLayout()
        look.lay(self._matter_lines, gap="xs")       # all five of a newborn on a small screen
        self._matters.body.addLayout(self._matter_lines)
        self._busy = BusyStrip(look)
        self._checks.body.addWidget(self._busy)      # acceptance begins where the checks stand
        for widget in (self._number, self._checks, self._missing, self._matters, self._clock):
            self.content.addWidget(widget)
        self.content.addStretch(1)
        self._papers = PapersPanel(case, look)
        self.side(self._papers)
        self._poll = QTimer(self)
        self._poll.setInterval(ASK_AGAIN_MS)
        self._poll.timeout.connect(self._look_again)
        for keys, action in (("F10", self.print_receipt), ("Ctrl+P", self._papers.print_all)):
            QShortcut(QKeySequence(keys), self, action, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._said: dict[str, object] = {}
        self._making_papers = False

    # -- parts ------------------------------------------------------------------------------------------------------

    def _make_number(self) -> None:
        look = self.look
        row = QHBoxLayout()
        look.lay(row, gap="xl")
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            look.lay(column, gap="xs")
        left.addWidget(Text("办件编号", "label"))
        self._case_number = Text("", "h1", "primary")
        self._case_number.setObjectName("case.number")
        self._case_number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        left.addWidget(self._case_number)
        self._document = Text("", "caption")
        left.addWidget(self._document)
        right.addWidget(Text("办结期限", "label"))
        self._due = Text("", "h2", wrap=True)
        self._due.setObjectName("case.due")
        right.addWidget(self._due)
        self._limit = Text("", "caption", wrap=True)
        right.addWidget(self._limit)
        for column in (left, right):
            column.addStretch(1)
            row.addLayout(column, 1)
        self._number.body.addLayout(row)

    def _make_missing(self) -> None:
        look = self.look
        self._missing_count = Chip(look)
        self._missing.head.addWidget(self._missing_count)
        self._missing.head.addStretch(1)
        self._list = ProblemList(look, grows=True)
        self._list.jumped.connect(self._jump)
        self._missing.body.addWidget(self._list)
        row = QHBoxLayout()
        look.lay(row, gap="md")
        row.addWidget(Text("当场补不齐时，一次告知全部要补的内容：", "caption", wrap=True), 1)
        self._correct = Button(look, "出补正告知书", icon="file-text")
        self._correct.setObjectName("action.correct")
        self._correct.clicked.connect(self._ask_correction)
        row.addWidget(self._correct)
        self._missing.body.addLayout(row)

    def _make_receipt(self) -> None:
        look = self.look
        self._number.body.addWidget(rule())
        self._printed = Chip(look)
        row = QHBoxLayout()
        look.lay(row, gap="md")
        self._print = Button(look, "打印凭条", "primary", "printer")
        self._print.setObjectName("action.print_receipt")
        self._print.clicked.connect(self.print_receipt)
        row.addWidget(keyed(look, self._print, "F10"))
        row.addWidget(self._printed)
        self._printing = Text("", "muted", wrap=True)
        row.addWidget(self._printing, 1)
        self._number.body.addLayout(row)
        self._fault = Fault(look, "fault.printer")
        self._number.body.addWidget(self._fault)
        self._doubt = Doubt(look, "receipt", self._receipt_seen)
        self._number.body.addWidget(self._doubt)

    # -- showing ----------------------------------------------------------------------------------------------------

    def show_case(self, view: CaseView) -> None:
        done = view.committed
        if done and not view.papers:
            self._make_papers_now()
        for widget in (self._number, self._matters):
            widget.setVisible(done)
        self.rating.show_case(view)
        self._checks.setVisible(not done)
        self._missing.setVisible(not done and bool(view.problems))
        if done:
            self.headline.setText("受理完成")
            self.count.set_state("case_status", view.status)
            self._case_number.setText(view.case_number)
            self._document.setVisible(bool(self._document.text()))
            self._show_receipt(view)
        else:
            self.headline.setText(self.title)
            self.count.set("可以受理" if view.ready and view.signed and not view.signed_stale else "还不能受理",
                           "ok" if view.ready and view.signed and not view.signed_stale else "warn")
        self.count.show()
        if view.due_date is not None:
            self._due.setText(chinese_date(view.due_date) + ("，暂定" if view.due_is_provisional else ""))
        self._limit.setText(f"承诺时限 {view.limit_text.removesuffix('。')}")
        self._once("clock", (view.clock, view.due_is_provisional), lambda: self._show_clock(view))
        self._once("matters", (view.matters, view.sync, view.sync_note), lambda: self._show_matters(view))
        if not done:
            self._once("checks", (view.eligibility, view.materials, view.fields_filled, view.problems, view.signed,
                                  view.signed_stale), lambda: self._show_checks(view))
        self._papers.show_case(view)

    def _show_receipt(self, view: CaseView) -> None:
        receipt = view.printing("receipt")
        unsure, printed = receipt.state == "unsure", view.receipt_printed
        copies = f"，共 {receipt.copies} 份" if printed and receipt.copies > 1 else ""
        if unsure:
            self._printed.set("凭条可能已打出，请看出纸口", "warn", "alert-triangle")
        else:
            self._printed.set(f"凭条已打印{copies}" if printed else "凭条还没有打印", "ok" if printed else "neutral",
                              "check" if printed else "")
        self._doubt.setVisible(unsure)
        self._print.setText("重打" if unsure else "重新打印" if printed else "打印凭条")
        self._print.set_kind("secondary" if printed else "primary")

    def _make_papers_now(self) -> None:
        """A power cut came between acceptance and papers: make them now, once."""
        if self._making_papers:
            return
        self._making_papers = True

        def made(view: CaseView) -> None:
            self._making_papers = False
            self.case.show(view)

        def failed(error: Exception) -> None:
            self._making_papers = False
            self.case.failed.emit(error)

        self.case.ask(self.case.lanes.store, self.case.flows.print_papers.ensure, made, failed)

    def _once(self, what: str, says: object, show: Callable[[], None]) -> None:
        """Rebuild a part only when what it says has changed: polling must not flicker or steal the focus."""
        if self._said.get(what) != says:
            self._said[what] = says
            show()

    def _show_checks(self, view: CaseView) -> None:
        clear(self._lines)
        if view.return_reason:
            words = f"省平台退回：{view.return_reason}。改好后再受理一次；改过内容的，请申请人重新签字。"
            self._lines.addWidget(Text(words, "strong", "danger", wrap=True))
        required = [material for material in view.materials if material.required == "yes"]
        complete = sum(material.complete for material in required)
        errors = sum(problem.severity == "error" for problem in view.problems)
        verdict = {"yes": "符合全部条件", "no": "有条件不符合", "unknown": "有条件还没有定"}[view.eligibility]
        filled = f"{view.fields_filled} / {view.fields_total} 项，自动填入 {view.fields_automatic}，手填 {view.fields_typed}"
        signed = "签字后有改动，要重签" if view.signed_stale else "已签字" if view.signed else "还没有签字"
        for step, good, title, words in (
            ("eligibility", view.eligibility == "yes", "办理条件", verdict),
            ("papers", complete == len(required), "材料", f"{complete} / {len(required)} 份已齐"),
            ("form", not errors, "填表", filled),
            ("applicant", view.signed and not view.signed_stale, "申请人签字", signed),
        ):
            self._lines.addWidget(_CheckLine(self.look, title, words, partial(self.wanted.emit, step, ""), good=good))
        self._missing_count.set(f"{len(view.problems)} 项", "danger" if errors else "warn")
        self._list.show_case(view)

    def _jump(self, problem: Problem) -> None:
        self.wanted.emit(step_of(problem, self.case.view), problem.key or "")

    def _show_clock(self, view: CaseView) -> None:
        while (item := self._days.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        across = 7 if self.look.factor == 1 else 5
        for at, day in enumerate(view.clock):
            self._days.addWidget(_DayCell(self.look, day, last=at + 1 == len(view.clock)), at // across, at % across)
        for column in range(across):
            self._days.setColumnStretch(column, 1)
        words = "从受理次日起算，只数工作日。"
        if view.due_is_provisional:
            words += "标“暂定”的日子，国务院办公厅尚未公布放假安排，公布后重算。"
        self._clock_words.setText(words)

    def _show_matters(self, view: CaseView) -> None:
        clear(self._matter_lines)
        names = {matter.matter_id: matter.name for matter in view.matters}
        self._sync.set_state("sync", view.sync)
        trouble = wording.say(view.sync_note) if view.sync_note and view.sync != "sent" else ""
        self._sync.setToolTip(trouble)
        for matter in view.matters:
            if not matter.selected or matter.left_out is not None:
                continue
            line = QWidget()
            line.setObjectName(f"matter_state.{matter.matter_id}")
            row = QHBoxLayout(line)
            self.look.lay(row, gap="md")
            chip = Chip(self.look)
            chip.set_state("matter_state", matter.state)
            words = QVBoxLayout()
            self.look.lay(words)
            words.addWidget(Text(matter.name, "strong", wrap=True))
            below = [matter.department, matter.detail if matter.detail != chip.text else "",
                     "先办" + "、".join(names.get(before, before) for before in matter.prerequisites) if matter.state == "waiting" else "",
                     f"结果编号 {matter.result_number}" if matter.result_number else ""]
            words.addWidget(Text("，".join(part for part in below if part), "caption", wrap=True))
            row.addLayout(words, 1)
            row.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
            self._matter_lines.addWidget(line)
        if trouble:
            line_below = "。".join(part for part in (trouble, wording.remedy(view.sync_note)) if part)
            self._matter_lines.addWidget(Text(line_below, "caption", "warn" if view.sync == "refused" else "", wrap=True))

    # -- doing ------------------------------------------------------------------------------------------------------

    def accept(self) -> None:
        """Commit the case."""
        if self._accepting or not self.case.view.editable:
            return
        self._accepting = True
        self._busy.begin("正在受理…")
        self.case.ask(self.case.lanes.store, self._accept_and_open, self._was_accepted, self._not_accepted)

    def _accept_and_open(self, session: Session, uuid: str) -> tuple[Accepted, CaseView]:
        """On the lane: acceptance gives the papers' paths, the case its new face."""
        flows = self.case.flows
        return flows.accept.accept(session, uuid), flows.fill.open(session, uuid)

    def _was_accepted(self, answer: tuple[Accepted, CaseView]) -> None:
        accepted, view = answer
        self._accepting = False
        self._busy.end()
        self._document.setText(accepted.document_number)
        self.rating.accepted()
        self.case.show(view)
        self.accepted.emit(accepted.case_number)
        self.enter()

    def _not_accepted(self, error: Exception) -> None:
        self._accepting = False
        self._busy.end()
        if isinstance(error, CannotAccept):
            first = error.problems[0] if error.problems else None
            words = problem_words(first) if first is not None else "还不能受理"
            self.told.emit("danger", f"还不能受理：{words}")
            self.case.refresh()
        else:
            self.case.failed.emit(error)

    def print_receipt(self) -> None:
        """Print, or print again; it counts only when the printer said so. While the question stands, this is its answer."""
        if not self.case.is_open or not self.case.view.committed or not self._print.isEnabled():
            return
        before = self.case.view.printing("receipt")
        held = self._print.hasFocus()      # a disabled button hands its focus on, and Enter would do something else
        self._print.setEnabled(False)
        self._fault.clear()
        self._doubt.hide()
        self._printing.setText("正在打印…")

        def free() -> None:
            self._print.setEnabled(True)
            if held:
                self._print.setFocus(Qt.FocusReason.OtherFocusReason)

        def done(view: CaseView) -> None:
            free()
            again = view.printing("receipt").copies > 1
            self._printing.setText("已补打，编号不变，凭条上印有“补打”。" if again else "已打印，请交给申请人。")
            self.case.show(view)

        def failed(error: Exception) -> None:
            free()
            self._printing.setText("" if getattr(error, "sent", False) else "没有打印成功，处理好后再按 F10。")
            self._fault.show_error(error)
            self.case.refresh()      # whether something may be on paper, the case knows

        self.case.ask(self.case.lanes.printer, partial(_receipt, self.case.flows.print_papers, before.state == "unsure"), done, failed)

    def _receipt_seen(self) -> None:
        def done(view: CaseView) -> None:
            self._fault.clear()
            self._printing.setText("已打印，请交给申请人。")
            self.case.show(view)

        self.case.ask(self.case.lanes.printer, self.case.flows.print_papers.seen, done)

    def _ask_correction(self) -> None:
        def done(answer: tuple[CaseView, str]) -> None:
            view, path = answer
            self._papers.show_only(path)
            self.case.show(view)
            self.told.emit("ok", "补正告知书已做好，右侧可以看")

        self.case.ask(self.case.lanes.store, self.case.flows.correct.notice, done)

    def forget(self) -> None:
        """Another case."""
        self._accepting = False
        self._busy.end()
        self._document.setText("")
        self._print.setEnabled(True)
        self._printing.setText("")
        self._doubt.hide()
        self._fault.clear()
        self._papers.forget()
        self._said.clear()
        self.rating.forget()

    def enter(self) -> None:
        if self.case.view.committed:
            self._print.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look_again(self) -> None:
        if self.case.is_open and self.case.view.committed:
            self.case.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._poll.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._poll.stop()
        super().hideEvent(event)


def _receipt(printing: "PrintPapers", sure: bool, session: Session, uuid: str) -> CaseView:
    return printing.receipt(session, uuid, sure=sure)


class _CheckLine(QWidget):
    """One thing that must be in order, and the way to it when it is not."""

    def __init__(self, look: Look, title: str, words: str, go: Callable[[], None], *, good: bool) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        look.lay(row, gap="md")
        row.addWidget(Icon(look, "circle-check" if good else "alert-circle", "ok" if good else "warn"))
        name = Text(title, "strong")
        look.measure(name, width="rail")
        row.addWidget(name)
        row.addWidget(Text(words, "", "" if good else "warn", wrap=True), 1)
        if not good:
            button = Button(look, "去处理", "ghost", icon_right="arrow-right")
            button.clicked.connect(go)
            row.addWidget(button)
        self.setAccessibleName(f"{title}：{words}")


class _DayCell(Card):
    """One day of the derivation."""

    def __init__(self, look: Look, day: Day, *, last: bool) -> None:
        super().__init__(look, pad="sm", gap="xs")
        tone: Tone = "primary" if day.counts else "neutral"
        self.body.addWidget(Text(f"{day.day:%m-%d} 周{'一二三四五六日'[day.day.weekday()]}", "caption"))
        words = f"第 {day.number} 日" if day.counts else day.reason
        if day.provisional:
            words += " 暂定"
        self.body.addWidget(Chip(look, words, "warn" if last else tone, "calendar-due" if last else ""))
        self.setToolTip(day.reason)
