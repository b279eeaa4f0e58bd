"""好差评 as the clerk sees it: whether the family was invited and whether it answered, never what. The family's page: rating_page.py."""

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import wording
from desktop.flows.rate import AlreadyRated, Invitation
from desktop.flows.views import CaseView
from desktop.ui.background import Ask
from desktop.ui.look import Look
from desktop.ui.screens.applicant_window import ApplicantWindow, other_screen
from desktop.ui.screens.intake_case import OpenCase
from desktop.ui.screens.rating_page import RatingPage
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.text import Elided


class RatingRow(QWidget):
    """One line of the accepted case. The family's page outlives the case on the clerk's screen, until the next one is opened."""

    def __init__(self, case: OpenCase, look: Look) -> None:
        super().__init__()
        self._case = case
        self._look = look
        self._uuid = ""
        """The case this line speaks of."""
        self._on_page = ""
        """The case the family's page speaks of."""
        self._theme = ""
        self._just_accepted = ""
        self._window: ApplicantWindow | None = None
        self._page: RatingPage | None = None
        self._listening: Ask[Any] | None = None
        row = QHBoxLayout(self)
        look.lay(row, gap="md")
        self._ask = Button(look, "请申请人评价", icon="mood-smile")
        self._ask.setObjectName("action.rate")
        self._ask.clicked.connect(self.invite)
        self._state = Chip(look)
        self._words = Elided("", "caption")
        row.addWidget(self._words, 1)
        row.addWidget(self._state)
        row.addWidget(self._ask)
        self.hide()

    def show_case(self, view: CaseView) -> None:
        """A case came to the screen, or moved on."""
        if self._on_page not in {"", view.case_uuid}:
            self.stop()
        self.setVisible(view.committed)
        if not view.committed:
            self._uuid = ""
        elif self._uuid != view.case_uuid:
            self._uuid = view.case_uuid
            self._ask.setEnabled(False)
            self._ask.show()
            self._state.hide()
            self._words.setText("")
            self._case.ask(self._case.lanes.store, self._case.flows.rate.invitation, self._show)

    def accepted(self) -> None:
        """The family is still at the window: invite it, where that is done and there is something to rate on."""
        self._just_accepted = self._case.view.case_uuid

    def forget(self) -> None:
        """The case leaves the clerk's screen; the family may still be choosing."""
        self._uuid = ""

    def _show(self, invitation: Invitation) -> None:
        self._theme = invitation.theme_title
        self._ask.setEnabled(self._page is None)
        self._ask.setVisible(not invitation.rated)
        self._state.setVisible(invitation.rated)
        if invitation.rated:
            self._state.set("已评价", "ok", "check")
            self._words.setText("内容由主管查看。")
        else:
            self._words.setText("评价自愿，由申请人自己选。" if invitation.offer else
                                "这个主题不主动请评价，申请人想评时再点。")
        now, self._just_accepted = self._just_accepted == self._uuid, ""
        somewhere = other_screen(self) is not None or self._case.flows.rate.has_keypad
        if now and invitation.offer and not invitation.rated and somewhere:
            self.invite()

    def invite(self) -> None:
        """The family's page on its own screen; without one, over this screen. The keypad is heard beside it."""
        if self._page is not None or not self._uuid:
            return
        flows, lanes, session, uuid = self._case.flows, self._case.lanes, self._case.session(), self._uuid
        self._on_page = uuid
        keypad, screen = flows.rate.has_keypad, other_screen(self)
        self._words.setText("正在请申请人评价…")
        self._ask.setEnabled(False)
        page = self._page = RatingPage(self._look, keypad=keypad)
        page.left.connect(self._leave)

        def kept(_: object = None) -> None:
            if self._page is page:
                page.thank()
            self._rated(uuid)

        def not_kept(error: Exception) -> None:
            if isinstance(error, AlreadyRated):
                kept()
            elif self._page is page:
                code = str(getattr(error, "code", ""))
                page.say(f"没有保存，请再点一次“提交评价”。{wording.remedy(code)}")

        def submit(level: int, reasons: tuple[str, ...], text: str) -> None:
            lanes.store.run(lambda: flows.rate.rate(session, uuid, level, reasons, text), kept, not_kept, self)

        page.submitted.connect(submit)
        if keypad:
            self._listening = lanes.rating.run(lambda: flows.rate.rate_on_keypad(session, uuid), kept, self._not_heard, self)
        self._window = ApplicantWindow(self._look, "服务评价", "mood-smile", "由申请人本人操作，工作人员请勿代评")
        self._window.closed.connect(self._leave)
        self._window.take(page, screen, whole=True)
        page.ask(self._theme)

    def stop(self) -> None:
        """Take the page from the family's screen."""
        if self._listening is not None:
            self._listening.cancel()
            self._listening = None
            self._case.lanes.lights.run(self._case.flows.rate.stop_keypad)
        window, self._window, self._page, self._on_page = self._window, None, None, ""
        if window is not None:
            window.closed.disconnect(self._leave)
            window.close()
            window.deleteLater()

    def _leave(self) -> None:
        self.stop()
        if not self._state.isVisibleTo(self):
            self._words.setText("申请人没有评价；评价自愿，不用再请。")
            self._ask.setEnabled(True)

    def _not_heard(self, _error: Exception) -> None:
        """Nobody pressed a key, or there is none any more: the page is still there."""
        self._listening = None

    def _rated(self, uuid: str) -> None:
        if self._listening is not None:
            self._listening.cancel()
            self._listening = None
            self._case.lanes.lights.run(self._case.flows.rate.stop_keypad)
        if uuid == self._uuid:
            self._state.set("已评价", "ok", "check")
            self._state.show()
            self._ask.hide()
            self._words.setText("内容由主管查看。")
