"""Step 4, the applicant reads and signs: on the second screen when there is one, else here. Shows nothing but the applicant's own."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop import wording
from desktop.flows.sign import SheetChanged, TooShort
from desktop.flows.views import ApplicantSheet, CaseView
from desktop.ui.background import Ask
from desktop.ui.look import Look
from desktop.ui.screens.applicant_window import ApplicantWindow, other_screen
from desktop.ui.screens.intake_case import OpenCase
from desktop.ui.screens.intake_step import Step, grid
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import Card, Scroll
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.signature_pad import SignaturePad
from desktop.ui.widgets.text import Text, rule


class ApplicantPage(QWidget):
    """The sheet at the left, the signature at the right."""

    confirmed = Signal()
    wrong = Signal()
    pad_asked = Signal()
    """Sign on the pad beside the screen, or stop waiting for it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.sheet: ApplicantSheet | None = None
        self.setObjectName("applicant.page")
        columns = QHBoxLayout(self)
        look.lay(columns, gap="xl")

        self._reading = QWidget()
        read = QVBoxLayout(self._reading)
        look.lay(read, gap="md")
        read.addLayout(self._heading("1", "核对", "有错请点“有误”，或直接告诉工作人员"))
        card = Card(look, gap="lg")
        self._rows_scroll = Scroll(look)
        self._rows = grid(look, "xl", "md")
        self._rows.setColumnStretch(1, 1)
        self._rows_scroll.body.addLayout(self._rows)
        self._rows_scroll.body.addStretch(1)
        card.body.addWidget(self._rows_scroll, 1)
        read.addWidget(card, 1)
        columns.addWidget(self._reading, 5)

        write = QVBoxLayout()
        look.lay(write, gap="md")
        head = self._heading("2", "签名", "")
        self._undo, self._again, self._large = (
            self._small(name, words, icon, action) for name, words, icon, action in (
                ("action.sign_undo", "撤销一笔", "arrow-back-up", self._take_back),
                ("action.sign_again", "重写", "refresh", self.start_again),
                ("action.sign_large", "放大", "zoom-in", self._enlarge)))
        for button in (self._undo, self._again, self._large):
            head.addWidget(button)
        write.addLayout(head)
        self.pad = SignaturePad(look)
        self.pad.changed.connect(self._update_buttons)
        write.addWidget(self.pad, 1)
        agree = QHBoxLayout()
        look.lay(agree, gap="md")
        self.consent = QCheckBox()
        self.consent.setObjectName("sign.consent")
        self.consent.setAccessibleName("同意")
        self.consent.toggled.connect(self._update_buttons)
        agree.addWidget(self.consent, 0, Qt.AlignmentFlag.AlignTop)
        self._consent_words = Text("", wrap=True)
        self._consent_words.installEventFilter(self)
        agree.addWidget(self._consent_words, 1)
        write.addLayout(agree)
        self._state = Text("", "strong", "ok", wrap=True)
        write.addWidget(self._state)
        buttons = QHBoxLayout()
        look.lay(buttons, gap="md")
        self._wrong = Button(look, "有误，叫工作人员", "danger", "hand-finger")
        self._wrong.setObjectName("action.sign_wrong")
        self._wrong.clicked.connect(self.wrong)
        self._beside = Button(look, "用签字屏签名", icon="signature")
        self._beside.setObjectName("action.sign_beside")
        self._beside.clicked.connect(self.pad_asked)
        self._beside.hide()
        self.confirm = Button(look, "我已核对，确认", "primary", "check")
        self.confirm.setObjectName("action.sign_confirm")
        self.confirm.clicked.connect(self.confirmed)
        self.pad.confirmed.connect(self.confirm.click)
        buttons.addWidget(self._wrong)
        buttons.addStretch(1)
        buttons.addWidget(self._beside)
        buttons.addWidget(self.confirm)
        write.addLayout(buttons)
        columns.addLayout(write, 4)
        self._signed = False
        self._waiting = False
        self._update_buttons()

    def _small(self, name: str, words: str, icon: str, action: Callable[[], None]) -> Button:
        button = Button(self._look, words, "ghost", icon)
        button.setObjectName(name)
        button.clicked.connect(action)
        return button

    def _take_back(self) -> None:
        self.pad.undo()
        self.pad.setFocus(Qt.FocusReason.OtherFocusReason)

    def _enlarge(self) -> None:
        """The whole page to write on, for a hand that cannot write small, or in bed; and back."""
        large = self._reading.isVisibleTo(self)
        self._reading.setVisible(not large)
        self._large.setText("还原" if large else "放大")
        self._large.set_icon("copy" if large else "zoom-in")
        self.pad.clear()        # what was written on another shape would be stretched

    def offer_pad(self, *, offered: bool) -> None:
        """Whether there is a pad beside the screen."""
        self._beside.setVisible(offered)

    def wait_for_pad(self, *, waiting: bool) -> None:
        """While the pad beside the screen is asked, nothing is written here."""
        self._waiting = waiting
        self.pad.setEnabled(not waiting and not self._signed)
        self._beside.setText("不在签字屏上签了" if waiting else "用签字屏签名")
        self._update_buttons()

    def _heading(self, number: str, words: str, hint: str) -> QHBoxLayout:
        row = QHBoxLayout()
        self._look.lay(row, gap="sm")
        strut = QWidget()       # with buttons or without: both headings stand on one line
        strut.setFixedWidth(0)
        self._look.measure(strut, height="button")
        first = QHBoxLayout()
        self._look.lay(first)
        first.addWidget(strut)
        first.addWidget(Text(number, "h3", "primary"))
        row.addLayout(first)
        row.addWidget(Text(words, "h3", "primary"))
        row.addWidget(Text(hint, "muted"))
        row.addStretch(1)
        return row

    def show_sheet(self, sheet: ApplicantSheet) -> None:
        """What is to be read; another text means another signature."""
        if self.sheet is not None and self.sheet.digest == sheet.digest:
            return
        self.sheet = sheet
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        lines = [*((row.label, row.value) for row in sheet.rows), ("同时办理", sheet.matters), ("办结时间", sheet.due)]
        for at, (label, value) in enumerate(lines):
            said = Text(value, "h3", wrap=True)
            asked = Text(label, "label")
            asked.setMinimumHeight(self._look.text("h3") * 3 // 2)      # level with the first line of the value
            self._rows.addWidget(asked, at * 2, 0, Qt.AlignmentFlag.AlignTop)
            self._rows.addWidget(said, at * 2, 1)
            if at + 1 < len(lines):
                self._rows.addWidget(rule(), at * 2 + 1, 0, 1, 2)
        self._consent_words.setText(sheet.consent)
        self.start_again()

    def start_again(self) -> None:
        """An empty pad and no consent."""
        self._signed = False
        self.pad.setEnabled(not self._waiting)
        self.consent.setChecked(False)
        self.pad.clear()
        self._state.setText("")
        self._update_buttons()

    def show_signed(self) -> None:
        """Thank the applicant; writing again needs 重写."""
        self._signed = True
        self.pad.setEnabled(False)
        self._state.setText("已签字，谢谢。请稍候，工作人员马上办理。")
        self._state.set_tone("ok")
        self._update_buttons()

    def say(self, words: str, tone: str = "warn") -> None:
        """One line above the buttons."""
        self._state.setText(words)
        self._state.set_tone(tone)

    def _update_buttons(self) -> None:
        ready = not self._signed and self.sheet is not None and self.consent.isChecked()
        ink = self.pad.has_ink() and not self._waiting
        self.confirm.setEnabled(ready and ink)
        self._beside.setEnabled(self._waiting or ready)
        self._undo.setEnabled(ink and not self._signed)
        self._again.setEnabled(not self._waiting and (ink or self._signed))
        self.consent.setEnabled(not self._signed and not self._waiting)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._consent_words and event.type() == QEvent.Type.MouseButtonRelease and self.consent.isEnabled():
            self.consent.toggle()       # the words are a large target, the box a small one
        return False


class ApplicantStep(Step):
    """What the clerk sees of it, and the way to the other screen and back."""

    name = "applicant"
    title = "申请人核对签字"

    signed = Signal()

    def __init__(self, case: OpenCase, look: Look) -> None:
        super().__init__(case, look)
        self._asking = False
        self._ask_again = False
        self._was_signed = False
        self._explain = ""
        self._pad_asked: Ask[Any] | None = None
        self._window: ApplicantWindow | None = None
        self.page = ApplicantPage(look)
        self.page.confirmed.connect(self._sign)
        self.page.wrong.connect(self._wrong)
        self.page.pad_asked.connect(self._use_pad)

        self._notice = Text("", "", "warn", wrap=True)
        self._notice.hide()
        self.above(self._notice)
        self._move = Button(look, "移到申请人屏", "secondary", "device-desktop")
        self._move.setObjectName("action.applicant_screen")
        self._move.clicked.connect(self.to_other_screen)
        self.head.addWidget(self._move)

        self._here = QStackedWidget()
        home = QWidget()
        self._room = QVBoxLayout(home)
        look.lay(self._room, ("", "", "", "xl"))
        self._room.addWidget(self.page)
        back = Button(look, "收回到本屏", "secondary", "arrow-back-up")
        back.setObjectName("action.applicant_back")
        back.clicked.connect(self.bring_back)
        away = EmptyState(look, "device-desktop", "申请人正在副屏核对", "签字确认后，这里会自动继续。", back)
        self._here.addWidget(home)
        self._here.addWidget(away)
        self._middle.replaceWidget(self.area, self._here)
        self.area.hide()
        self._middle.setStretchFactor(self._here, 1)

    # -- the case ---------------------------------------------------------------------------------------------------

    def show_case(self, view: CaseView) -> None:
        if view.signed_stale:
            self.count.set("内容有改动，请重签", "warn", "alert-triangle")
        elif view.signed:
            self.count.set("已签字", "ok", "check")
        else:
            self.count.set("待签字", "neutral")
        self.count.show()
        missing = sum(problem.severity == "error" for problem in view.problems)
        self._notice.setVisible(bool(missing) and not view.signed)
        self._notice.setText(f"还差 {missing} 项没有填好。现在签字，补填之后要重签。")
        if self._was_signed and view.signed_stale:
            self._explain = "内容有改动，请再看一遍，重新签名。"
            self.page.sheet = None
        self._was_signed = view.signed and not view.signed_stale
        if self.isVisible() or self._window is not None:
            self._ask_sheet()

    def enter(self) -> None:
        self._ask_sheet()
        self.page.offer_pad(offered=self.case.flows.sign.has_pad)
        other = other_screen(self)
        if other is not None and self._window is None and self.case.view.editable:
            self.to_other_screen()
        self.page.consent.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        self._stop_pad()
        self.bring_back()

    def forget(self) -> None:
        """Another case: nothing of this one stays on any screen."""
        self._stop_pad()
        self.bring_back()
        self.page.sheet = None
        self.page.start_again()
        self._asking = self._ask_again = False
        self._explain = ""
        self._was_signed = False

    def _ask_sheet(self) -> None:
        if self._asking:
            self._ask_again = True
            return
        self._asking = self.case.ask(self.case.lanes.store, self.case.flows.sign.sheet, self._got_sheet,
                                     self._no_sheet) is not None

    def _got_sheet(self, sheet: ApplicantSheet) -> None:
        self._asking = False
        self.page.show_sheet(sheet)
        if self._explain:
            self.page.say(self._explain)
            self._explain = ""
        view = self.case.view
        if view.signed and not view.signed_stale:
            self.page.show_signed()
        if self._ask_again:
            self._ask_again = False
            self._ask_sheet()

    def _no_sheet(self, error: Exception) -> None:
        self._asking = False
        self.case.failed.emit(error)

    def _sign(self) -> None:
        sheet = self.page.sheet
        if sheet is None:
            return
        pad = self.page.pad
        if not pad.has_name():
            pad.clear()
            self.page.say(wording.say(TooShort.code) + "，" + wording.remedy(TooShort.code))
            return
        strokes, png, device = pad.strokes(), pad.png(), pad.device()
        self.page.confirm.setEnabled(False)
        self.case.ask(self.case.lanes.store,
                      lambda session, uuid: self.case.flows.sign.sign(session, uuid, sheet.digest, strokes, png, device),
                      self._was_accepted, self._not_signed)

    def _was_accepted(self, view: CaseView) -> None:
        self.page.show_signed()
        self.case.show(view)
        self.signed.emit()

    def _not_signed(self, error: Exception) -> None:
        if not isinstance(error, SheetChanged):
            self.page.say("签名没有保存，请再确认一次。", "danger")
            self.page.confirm.setEnabled(True)
            self.case.failed.emit(error)
            return
        self._explain = "内容刚有改动，请再看一遍，重新签名。"
        self.page.sheet = None
        self._ask_sheet()

    def _use_pad(self) -> None:
        """Ask on the pad beside the screen; asked again, stop."""
        sheet = self.page.sheet
        if self._pad_asked is not None:
            self._stop_pad()
            return
        if sheet is None:
            return

        def signed(view: CaseView) -> None:
            self._pad_asked = None
            self.page.wait_for_pad(waiting=False)
            self._was_accepted(view)

        def failed(error: Exception) -> None:
            self._pad_asked = None
            self.page.wait_for_pad(waiting=False)
            code = str(getattr(error, "code", ""))
            if isinstance(error, SheetChanged):
                self._not_signed(error)
            elif code:
                self.page.say(f"{wording.say(code)}，{wording.remedy(code)}")
            else:
                self.case.failed.emit(error)

        self.page.say("请在签字屏上签名，签好后这里会自动继续。", "")
        self.page.wait_for_pad(waiting=True)
        self._pad_asked = self.case.ask(
            self.case.lanes.signature, lambda session, uuid: self.case.flows.sign.sign_on_pad(session, uuid, sheet.digest), signed, failed)

    def _stop_pad(self) -> None:
        if self._pad_asked is None:
            return
        self._pad_asked.cancel()
        self._pad_asked = None
        self.case.lanes.lights.run(self.case.flows.sign.stop_pad)
        self.page.wait_for_pad(waiting=False)
        self.page.say("可以在这里签名，也可以再用签字屏。", "")

    def _wrong(self) -> None:
        self.page.start_again()
        self.page.say("请告诉工作人员哪里不对，改好后再签。")
        self.told.emit("warn", "申请人说内容有误，请问清后修改")
        self.wanted.emit("form", "")

    # -- the other screen -------------------------------------------------------------------------------------------

    def to_other_screen(self) -> None:
        """The page in its own window; on the second screen when there is one."""
        if self._window is None:
            self._window = ApplicantWindow(self.look, "请您核对、签名", "clipboard-list", "身份证号只显示首尾，90 秒无操作自动遮挡")
            self._window.closed.connect(self.bring_back)
            self._window.take(self.page, other_screen(self))
            self._here.setCurrentIndex(1)
            self._move.hide()

    def bring_back(self) -> None:
        """The page here again."""
        if self._window is None:
            return
        window, self._window = self._window, None
        self._room.addWidget(self.page)
        self.page.show()
        self._here.setCurrentIndex(0)
        self._move.show()
        window.closed.disconnect(self.bring_back)
        window.close()
        window.deleteLater()
