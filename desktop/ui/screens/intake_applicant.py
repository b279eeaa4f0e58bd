"""Step 4, the applicant reads and signs: on the second screen when there is one, else here. Shows nothing but the applicant's own."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QScreen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.flows.sign import SheetChanged
from desktop.flows.views import ApplicantSheet, CaseView
from desktop.ui.look import Look
from desktop.ui.screens.intake_case import OpenCase
from desktop.ui.screens.intake_step import Step, grid
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import Card, Icon, Scroll
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.signature_pad import SignaturePad
from desktop.ui.widgets.text import Text, rule

COVER_AFTER_MS = 90_000


class ApplicantPage(QWidget):
    """The sheet at the left, the signature at the right."""

    confirmed = Signal()
    wrong = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.sheet: ApplicantSheet | None = None
        self.setObjectName("applicant.page")
        columns = QHBoxLayout(self)
        look.lay(columns, gap="xl")

        read = QVBoxLayout()
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
        columns.addLayout(read, 5)

        write = QVBoxLayout()
        look.lay(write, gap="md")
        write.addLayout(self._heading("2", "签名", ""))
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
        self._again = Button(look, "重写", icon="arrow-back-up")
        self._again.setObjectName("action.sign_again")
        self._again.clicked.connect(self.start_again)
        self.confirm = Button(look, "我已核对，确认", "primary", "check")
        self.confirm.setObjectName("action.sign_confirm")
        self.confirm.clicked.connect(self.confirmed)
        buttons.addWidget(self._wrong)
        buttons.addStretch(1)
        buttons.addWidget(self._again)
        buttons.addWidget(self.confirm)
        write.addLayout(buttons)
        columns.addLayout(write, 4)
        self._signed = False
        self._update_buttons()

    def _heading(self, number: str, words: str, hint: str) -> QHBoxLayout:
        row = QHBoxLayout()
        self._look.lay(row, gap="sm")
        row.addWidget(Text(number, "h3", "primary"))
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
        self.pad.setEnabled(True)
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
        self.confirm.setEnabled(not self._signed and self.sheet is not None and self.pad.has_name() and self.consent.isChecked())
        self.consent.setEnabled(not self._signed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._consent_words and event.type() == QEvent.Type.MouseButtonRelease and self.consent.isEnabled():
            self.consent.toggle()       # the words are a large target, the box a small one
        return False


class ApplicantWindow(QWidget):
    """The applicant's own screen: full screen there, covered when nobody touches it for 90 s."""

    closed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("applicant.window")
        self.setWindowTitle("请您核对、签名")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.setProperty("role", "cover")
        self._stack = QStackedWidget()
        shown = QWidget()
        column = QVBoxLayout(shown)
        look.lay(column, "xxl", "lg")
        head = QHBoxLayout()
        look.lay(head, gap="md")
        head.addWidget(Icon(look, "clipboard-list", "primary", look.size("iconLarge")))
        self.title = Text("请您核对、签名", "h1")
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(Text("身份证号只显示首尾，90 秒无操作自动遮挡", "caption"))
        column.addLayout(head)
        self._room = QVBoxLayout()
        look.lay(self._room)
        column.addLayout(self._room, 1)
        cover = EmptyState(look, "lock", "为保护您的信息，内容已遮挡", "点一下屏幕继续")
        self._stack.addWidget(shown)
        self._stack.addWidget(cover)
        outer = QVBoxLayout(self)
        look.lay(outer)
        outer.addWidget(self._stack)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(COVER_AFTER_MS)
        self._idle.timeout.connect(lambda: self._stack.setCurrentIndex(1))
        app = QGuiApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def take(self, page: ApplicantPage, screen: QScreen | None) -> None:
        """Show the page, on `screen` when given."""
        self._room.addWidget(page)
        page.show()
        self._stack.setCurrentIndex(0)
        if screen is not None:
            self.setGeometry(screen.geometry())
            self.showFullScreen()
        else:
            self.resize(page.sizeHint())
            self.show()
        self._idle.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        touched = event.type() in {QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.TabletPress,
                                   QEvent.Type.MouseMove, QEvent.Type.TouchUpdate}
        if touched and isinstance(watched, QWidget) and watched.window() is self:
            self._idle.start()
            if self._stack.currentIndex() == 1:
                self._stack.setCurrentIndex(0)
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        self._idle.stop()
        self.closed.emit()
        super().closeEvent(event)


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
        self._window: ApplicantWindow | None = None
        self.page = ApplicantPage(look)
        self.page.confirmed.connect(self._sign)
        self.page.wrong.connect(self._wrong)

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
        other = self._other_screen()
        if other is not None and self._window is None and self.case.view.editable:
            self.to_other_screen()
        self.page.consent.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        if self._window is None:
            return
        self.bring_back()

    def forget(self) -> None:
        """Another case: nothing of this one stays on any screen."""
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
        strokes, png = self.page.pad.strokes(), self.page.pad.png()
        self.page.confirm.setEnabled(False)
        self.case.ask(self.case.lanes.store,
                      lambda session, uuid: self.case.flows.sign.sign(session, uuid, sheet.digest, strokes, png),
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

    def _wrong(self) -> None:
        self.page.start_again()
        self.page.say("请告诉工作人员哪里不对，改好后再签。")
        self.told.emit("warn", "申请人说内容有误，请问清后修改")
        self.wanted.emit("form", "")

    # -- the other screen -------------------------------------------------------------------------------------------

    def _other_screen(self) -> QScreen | None:
        mine = self.screen()
        return next((screen for screen in QGuiApplication.screens() if screen is not mine), None)

    def to_other_screen(self) -> None:
        """The page in its own window; on the second screen when there is one."""
        if self._window is None:
            self._window = ApplicantWindow(self.look)
            self._window.closed.connect(self.bring_back)
            self._window.take(self.page, self._other_screen())
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
