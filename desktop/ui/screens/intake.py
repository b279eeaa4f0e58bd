"""The guided intake: five steps of one case, from greeting to receipt. The steps are in intake_*.py, the case in intake_case.py."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.hall_time import local
from desktop.flows.views import CaseView, Session
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.screens.intake_applicant import ApplicantStep
from desktop.ui.screens.intake_case import OpenCase
from desktop.ui.screens.intake_done import DoneStep
from desktop.ui.screens.intake_eligibility import EligibilityStep
from desktop.ui.screens.intake_form import FormStep
from desktop.ui.screens.intake_papers import PapersStep, asked_pages
from desktop.ui.screens.intake_pictures import Pages
from desktop.ui.screens.intake_step import Step
from desktop.ui.screens.screen import Screen
from desktop.ui.widgets import stepper
from desktop.ui.widgets.buttons import Button, Kind, keyed
from desktop.ui.widgets.cards import Icon
from desktop.ui.widgets.field_row import FieldRow
from desktop.ui.widgets.stepper import Stepper
from desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows

ORDER = ("eligibility", "papers", "form", "applicant", "done")


class IntakeScreen(Screen):
    """One case at a time; `new_case` or `open_case` begins."""

    closed = Signal()
    """Parked or finished: back to the first page."""
    accepted = Signal(str)
    """The case number."""
    title_changed = Signal(str)

    def __init__(self, flows: "Flows", lanes: Lanes, session_of: Callable[[], Session], look: Look) -> None:
        super().__init__(flows, lanes, session_of, look)
        self.case = OpenCase(flows, lanes, session_of, self)
        self.case.changed.connect(self._show)
        self.case.failed.connect(self.failed)
        self.case.saving.connect(self._show_saving)
        self._pages = Pages(flows, lanes, self)
        self._to_show: Iterator[None] = iter(())
        self._by_and_by = QTimer(self)
        self._by_and_by.setSingleShot(True)
        self._by_and_by.timeout.connect(self._show_more)
        self.eligibility = EligibilityStep(self.case, look)
        self.papers = PapersStep(self.case, look, self._pages)
        self.form = FormStep(self.case, look, self._pages)
        self.applicant = ApplicantStep(self.case, look)
        self.done = DoneStep(self.case, look)
        self._steps: tuple[Step, ...] = (self.eligibility, self.papers, self.form, self.applicant, self.done)

        outer = QVBoxLayout(self)
        look.lay(outer)
        middle = QHBoxLayout()
        look.lay(middle)
        beside = QVBoxLayout()
        look.lay(beside, ("lg", "xl", "", "xl"), "lg")
        self.stepper = Stepper(look)
        self.stepper.setObjectName("intake.stepper")
        self.stepper.chosen.connect(lambda at: self.go_to(ORDER[at]))
        beside.addWidget(self.stepper)
        beside.addStretch(1)
        middle.addLayout(beside)
        self._stack = QStackedWidget()
        for step in self._steps:
            self._stack.addWidget(step)
            step.told.connect(lambda tone, words: self.told.emit(words, "", tone))
            step.wanted.connect(self.go_to)
        middle.addWidget(self._stack, 1)
        outer.addLayout(middle, 1)
        outer.addWidget(self._make_bar())

        self.eligibility.finished.connect(self._next.setFocus)
        self.form.finished.connect(self._next.setFocus)
        self.applicant.signed.connect(self._applicant_signed)
        self.done.accepted.connect(self.accepted)
        for keys, action in (("Ctrl+Return", self._forward), ("Ctrl+Enter", self._forward), ("F8", self.back),
                             ("F9", partial(self.go_to, "applicant")), ("Ctrl+Z", self._undo), ("Ctrl+S", self.case.flush)):
            QShortcut(QKeySequence(keys), self, action, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # -- action bar -------------------------------------------------------------------------------------------------

    def _make_bar(self) -> QFrame:
        look = self.look
        self._bar = bar = QFrame()
        bar.setProperty("role", "bar")
        look.measure(bar, height="actionbar")
        row = QHBoxLayout(bar)
        look.lay(row, ("xl", "", "xl", ""), "md")

        def button(text: str, name: str, action: Callable[[], object], key: str, kind: Kind = "secondary", icon: str = "",
                   icon_right: str = "") -> tuple[Button, QWidget]:
            made = Button(look, text, kind, icon, icon_right, large=kind == "primary")
            made.setObjectName(name)
            made.setAutoDefault(True)       # Enter presses it; there is no dialog that could take it for its own
            made.clicked.connect(action)
            return made, keyed(look, made, key) if key else made

        self._back, back = button("上一步", "action.back", self.back, "F8", icon="arrow-left")
        row.addWidget(back)
        self._park, park = button("挂起本件", "action.park", self.park, "", "ghost", "history")
        row.addWidget(park)
        row.addStretch(1)
        self._saved_icon = Icon(look, "device-floppy", "ink3")
        self._saved = Text("", "caption")
        self._saved.setObjectName("intake.saved")
        row.addWidget(self._saved_icon)
        row.addWidget(self._saved)
        row.addSpacing(look.space("md"))
        self._ask, self._ask_box = button("让申请人核对", "action.applicant", partial(self.go_to, "applicant"), "F9",
                                          icon="device-desktop")
        row.addWidget(self._ask_box)
        self._next, self._next_box = button("下一步", "action.next", self.forward, "Ctrl ↵", "primary", icon_right="arrow-right")
        row.addWidget(self._next_box)
        self._accept, self._accept_box = button("受理", "action.accept", self.done.accept, "Ctrl ↵", "primary", "file-check")
        row.addWidget(self._accept_box)
        self._finish, self._finish_box = button("完成", "action.finish", self.finish, "Ctrl ↵", "primary", "check")
        row.addWidget(self._finish_box)
        return bar

    def _show_bar(self, view: CaseView) -> None:
        at = self._stack.currentIndex()
        last, number = at + 1 == len(ORDER), view.committed
        self._next_box.setVisible(not last)
        self._accept_box.setVisible(last and not number)
        self._finish_box.setVisible(last and number)
        if not last:
            self._next.setText(f"下一步：{self._steps[at + 1].title}" if not self.look.compact else "下一步")
        self._next_box.updateGeometry()
        self._accept.setEnabled(view.ready and view.signed and not view.signed_stale and view.editable)
        self._accept.setToolTip("" if self._accept.isEnabled() else "还有没办完的，见上面")
        self._back.setEnabled(at > 0 and view.editable)
        self._park.setVisible(not number)
        self._ask_box.setVisible(view.editable and ORDER[at] not in {"applicant", "done"})

    # -- from outside -----------------------------------------------------------------------------------------------

    def new_case(self, theme_id: str) -> None:
        """A new draft of a theme."""
        self._forget()
        self.case.start(theme_id, self._opened)

    def open_case(self, case_uuid: str) -> None:
        """Go on with a case."""
        self._forget()
        self.case.open(case_uuid, self._opened)

    def refresh(self) -> None:
        """Look again at the case, when there is one."""
        if self.case.is_open:
            self.case.refresh()

    def keep(self) -> None:
        """Ask the store to keep all that is typed, now; the window is about to close."""
        if self.case.is_open:
            QGuiApplication.inputMethod().commit()      # a word still being composed
            for row in self.findChildren(FieldRow):
                if row.has_focus():
                    row.settle()
            self.case.flush()

    def park(self) -> None:
        """Lay it aside; everything is saved."""
        self._forget()
        self.closed.emit()

    def finish(self) -> None:
        """Done with this family."""
        self.park()

    def _forget(self) -> None:
        """Nothing of one family may be seen by the next."""
        self._to_show = iter(())
        if self.case.is_open:
            self._steps[self._stack.currentIndex()].leave()
        self.case.close()
        if (focus := self.focusWidget()) is not None:       # or leaving it would count as forgetting it in the next case
            focus.clearFocus()
        self._pages.forget()
        self.applicant.forget()
        self.done.forget()
        self.form.forget()
        self.eligibility.forget()
        self.papers.forget()

    # -- steps ------------------------------------------------------------------------------------------------------

    @property
    def step(self) -> str:
        """Where the clerk is."""
        return ORDER[self._stack.currentIndex()]

    def go_to(self, step: str, key: str = "") -> None:
        """Show a step, and a field in it."""
        if not self.case.is_open or (not self.case.view.editable and step != "done"):
            return
        target = self._steps[ORDER.index(step)]
        current = self._steps[self._stack.currentIndex()]
        if target is not current:
            self.case.flush()
            current.leave()
            if self.case.view.editable:
                self.case.leave_at(step)
            self._stack.setCurrentWidget(target)
            self._show(self.case.view)
            self._enter(target)
        if key:
            target.go_to(key)

    def forward(self) -> None:
        """The next step; what is forgotten here is marked on the way out."""
        at = self._stack.currentIndex()
        if at + 1 >= len(ORDER):
            return
        if ORDER[at] == "form":
            self.form.nag()
        self.go_to(ORDER[at + 1])

    def back(self) -> None:
        """The step before."""
        at = self._stack.currentIndex()
        if at:
            self.go_to(ORDER[at - 1])

    def _forward(self) -> None:
        """Ctrl+Enter: whatever the primary button of this step is."""
        for button in (self._next, self._accept, self._finish):
            if button.isVisible() and button.isEnabled():
                button.click()
                return

    def _undo(self) -> None:
        if self.case.is_open and self.case.view.can_undo:
            self.case.undo()

    def _applicant_signed(self) -> None:
        self.told.emit("申请人已签字", "", "ok")
        self._next.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- showing ----------------------------------------------------------------------------------------------------

    def _opened(self, view: CaseView) -> None:
        step = view.step if view.editable and view.step in ORDER else "eligibility" if view.editable else "done"
        self._stack.setCurrentIndex(ORDER.index(step))
        self._show(view)
        self._enter(self._steps[ORDER.index(step)])

    def _enter(self, step: Step) -> None:
        """Somebody must have the keyboard, or no key of this screen would work."""
        step.enter()
        focus = self.window().focusWidget()     # also true while another window is in front
        if focus is None or not (step.isAncestorOf(focus) or self._bar.isAncestorOf(focus)):
            able = (button for button in (self._accept, self._next, self._finish) if button.isVisible() and button.isEnabled())
            next(able, self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, view: CaseView) -> None:
        """The step in front at once; the others piece by piece, so that each is ready soon and the window never waits for all."""
        self._steps[self._stack.currentIndex()].show_case(view)
        self._to_show = self._others(view)
        self._by_and_by.start()
        QTimer.singleShot(0, self, self._steps[self._stack.currentIndex()].settle)
        self.stepper.set_steps(self._step_marks(view), self._stack.currentIndex())
        self._show_bar(view)
        self._saved.setText(f"已自动保存 {local(view.saved_at):%H:%M:%S}")
        self.title_changed.emit("  ".join(part for part in (view.short_title, view.case_number or view.title) if part))

    def _others(self, view: CaseView) -> Iterator[None]:
        for step in self._steps:
            if step is not self._steps[self._stack.currentIndex()]:
                step.resize(self._stack.size())
                yield from step.show_by_and_by(view)

    def _show_more(self) -> None:
        if next(self._to_show, True) is None:
            self._by_and_by.start()

    def _step_marks(self, view: CaseView) -> tuple[stepper.Step, ...]:
        slots = asked_pages(view)
        taken = sum(slot.status != "missing" for slot in slots)
        fields = [field for section in view.sections for field in section.fields if field.visible]
        looks = sum(field.needs_look for field in fields)
        wrong = any(problem.severity == "error" for field in fields for problem in field.problems)
        verdict = {"yes": "符合条件", "no": "不符合条件", "unknown": "还有条件待定"}[view.eligibility]
        form = f"{view.fields_filled} / {view.fields_total} 项" + (f"，{looks} 项待核对" if looks else "")
        signature = "内容有改动，要重签" if view.signed_stale else "已签字" if view.signed else "待签字"
        marks: tuple[tuple[str, bool, bool], ...] = (
            (verdict, view.eligibility == "yes", view.eligibility == "no"),
            (f"{taken} / {len(slots)} 页", bool(slots) and taken == len(slots), False),
            (form, not wrong and not looks, False),
            (signature, view.signed and not view.signed_stale, view.signed_stale),
            ("已受理" if view.committed else "", view.committed, False),
        )
        made = []
        for step, (note, good, bad) in zip(self._steps, marks, strict=True):
            state: stepper.StepState = "problem" if bad else "done" if good else "todo"
            if not view.editable and step is not self.done and not good:
                state = "closed"
            made.append(stepper.Step(step.title, note, state))
        return tuple(made)

    def _show_saving(self, state: str) -> None:
        if state == "unsaved":
            self._saved.setText("有内容没有保存，正在重试")
            self._saved.set_tone("danger")
            self._saved_icon.set("alert-triangle", "danger")
        else:
            self._saved.set_tone("")
            self._saved_icon.set("device-floppy", "ink3")
            if state == "busy":
                self._saved.setText("正在保存…")
