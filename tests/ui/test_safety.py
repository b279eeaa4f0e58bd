"""What the window does and says about backups and recovery slips."""

from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.flows.keep_safe import Worry
from desktop.ui.screens.settings import SettingsScreen
from tests.ui.stand_in import StandIn
from tests.ui.test_window import OpenWindow, named, open_window

__all__ = ["open_window"]
NAG = Worry("还没有恢复纸条", "请管理员制作。")


def test_who_may_do_something_about_it_is_told_at_each_sign_in_what_is_missing(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(StandIn(worried=(NAG,)), login="admin")
    qtbot.waitUntil(lambda: NAG.sentence in window.toasts.shown)


def test_a_clerk_is_not_told_and_sees_no_card(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(StandIn(worried=(NAG,)))
    window.show_page("settings")
    qtbot.wait(50)
    assert NAG.sentence not in window.toasts.shown
    assert not [button for button in window.findChildren(QPushButton, "back-up") if button.isVisible()]


def test_a_backup_that_was_not_made_is_said_once_and_not_every_five_minutes(qtbot: QtBot, open_window: OpenWindow) -> None:
    stand_in = StandIn(backup_fault="backup.folder")
    window = open_window(stand_in, signed_in=False)
    qtbot.waitUntil(lambda: any("自动备份没有做成" in text for text in window.toasts.shown))
    window.toasts.clear()
    window.back_up()
    qtbot.waitUntil(lambda: stand_in.backups_tried == 2)
    qtbot.wait(50)
    assert window.toasts.shown == ()


def test_slips_are_made_and_handed_out_by_an_administrator(qtbot: QtBot, open_window: OpenWindow) -> None:
    stand_in = StandIn(worried=(NAG,))
    window = open_window(stand_in, login="admin", size=(1600, 1000))
    window.show_page("settings")
    named(window, "back-up", QPushButton).click()
    qtbot.waitUntil(lambda: "已备份 3 件" in window.toasts.shown)
    page = window.page("settings")
    assert isinstance(page, SettingsScreen)
    page.safety.make_slips(None)
    qtbot.waitUntil(lambda: "第 12345 套恢复纸条已做好" in window.toasts.shown)
    for which, word in enumerate(("acid", "bulb", "wrong"), start=1):
        named(window, f"last-word-{which}", QLineEdit).setText(word)
    named(window, "slips-handed-out", QPushButton).click()
    qtbot.waitUntil(lambda: "12345" in page.safety.said.text)
    named(window, "last-word-3", QLineEdit).setText("cage")
    named(window, "slips-handed-out", QPushButton).click()
    qtbot.waitUntil(lambda: "第 12345 套恢复纸条已登记" in window.toasts.shown)
    assert {"back_up_now administrator", "make_slips administrator False"} <= set(stand_in.asked)
