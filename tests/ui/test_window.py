"""The window's own screens by keyboard, over flows that return constants."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QTableView, QWidget

from desktop.flows.views import SyncPill
from desktop.ui.background import Lanes
from desktop.ui.main_window import MainWindow
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.text import Elided, Text
from tests.ui.stand_in import NEWBORN, NOW, PIN, StandIn

PAGES = ("home", "cases", "sync", "day_end", "devices", "settings")


@pytest.fixture
def open_window(qtbot, look):
    made = []

    def make(stand_in=None, *, signed_in=True, size=(1366, 768), login="wang"):
        stand_in = stand_in or StandIn()
        window = MainWindow(stand_in.flows(), Lanes(), look=look, demo=True, hall="示例县政务服务中心", window="3",
                            clock=lambda: NOW)
        qtbot.addWidget(window)
        made.append(window)
        window.resize(*size)
        window.show()
        qtbot.waitUntil(lambda: any(field.isVisible() for field in window.cover.findChildren(QLineEdit, "pin")))
        if signed_in:
            named(window.cover, f"user-{login}", QPushButton).click()
            sign_in(qtbot, window, PIN)
            qtbot.waitUntil(lambda: not window.cover.isVisible())
            qtbot.waitUntil(lambda: window.top.pill_text != "正在连接")
        window.stand_in = stand_in
        return window

    yield make
    for window in made:
        window.close()


def named(window, name, kind=QWidget):
    """The living one: what a layout was just emptied of is still a child until Qt deletes it."""
    return next(child for child in window.findChildren(kind, name) if child.isVisible())


def sign_in(qtbot, window, pin):
    field = named(window.cover, "pin", QLineEdit)
    field.setFocus()
    qtbot.keyClicks(field, pin)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def said(window):
    return [label.text() for label in window.cover.findChildren(QLabel) if label.isVisible()]


def test_a_wrong_pin_is_answered_with_what_to_do_and_the_right_one_opens_the_window(qtbot, open_window):
    window = open_window(signed_in=False)
    sign_in(qtbot, window, "111111")
    qtbot.waitUntil(lambda: window.cover._said.text != "")
    assert window.cover.isVisible()
    qtbot.waitUntil(lambda: named(window.cover, "enter", QPushButton).isEnabled())
    named(window.cover, "pin", QLineEdit).clear()
    sign_in(qtbot, window, PIN)
    qtbot.waitUntil(lambda: not window.cover.isVisible())
    assert window.session().name == "王秀兰"
    assert window.here == "home"


def test_after_too_many_wrong_pins_one_has_to_wait(qtbot, open_window):
    window = open_window(signed_in=False)
    sign_in(qtbot, window, "000000")
    qtbot.waitUntil(lambda: window.cover._said.text != "")
    assert not named(window.cover, "enter", QPushButton).isEnabled()


def test_the_very_first_start_makes_an_administrator(qtbot, open_window):
    stand_in = StandIn(people=())
    window = open_window(stand_in, signed_in=False)
    for name, text in (("name", "赵启明"), ("login", "admin"), ("pin", PIN), ("again", PIN)):
        committed = QInputMethodEvent()      # as an input method does: key events carry no Chinese
        committed.setCommitString(text)
        QApplication.sendEvent(named(window.cover, name, QLineEdit), committed)
    qtbot.keyClick(named(window.cover, "again", QLineEdit), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.cover.isVisible())
    assert stand_in.asked == ["add_user admin administrator"]


def test_two_different_pins_make_nobody(qtbot, open_window):
    stand_in = StandIn(people=())
    window = open_window(stand_in, signed_in=False)
    for name, text in (("name", "赵启明"), ("login", "admin"), ("pin", PIN), ("again", "222222")):
        named(window.cover, name, QLineEdit).setText(text)
    named(window.cover, "enter", QPushButton).click()
    assert "两次输入的密码不一样" in said(window)
    assert stand_in.asked == []


def test_locking_covers_everything_and_the_same_pin_comes_back_to_the_same_page(qtbot, open_window):
    window = open_window()
    window.show_page("cases")
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.cover.isVisible()
    assert window.cover.geometry() == window.cover.parentWidget().rect()
    qtbot.keyClick(window, Qt.Key.Key_F8)
    assert window.here == "cases", "keys of the window sleep while it is locked"
    sign_in(qtbot, window, PIN)
    qtbot.waitUntil(lambda: not window.cover.isVisible())
    assert window.here == "cases"


def test_the_tab_key_stays_inside_the_cover(qtbot, open_window):
    window = open_window(signed_in=False)
    for _ in range(12):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        assert window.cover.isAncestorOf(QApplication.focusWidget())


def test_an_f_key_starts_its_theme(qtbot, open_window):
    window = open_window()
    asked = []
    qtbot.waitUntil(lambda: bool(window.page("home")._cards))
    window.page("home").theme_asked.disconnect()
    window.page("home").theme_asked.connect(asked.append)
    qtbot.keyClick(window, Qt.Key.Key_F6)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert asked == ["marriage", "hebei-newborn"]


def test_the_first_theme_waits_under_the_enter_key_and_arrows_walk_along(qtbot, open_window):
    window = open_window()
    first = named_when_there(qtbot, window, "start-hebei-newborn")
    qtbot.waitUntil(first.hasFocus)
    qtbot.keyClick(first, Qt.Key.Key_Right)
    assert QApplication.focusWidget().objectName() == "start-marriage"


def named_when_there(qtbot, window, name):
    qtbot.waitUntil(lambda: any(child.isVisible() for child in window.findChildren(QWidget, name)))
    return named(window, name)


def test_home_without_drafts_or_themes_says_what_comes_here(qtbot, open_window):
    window = open_window(StandIn(themes_in_force=(), rows_to_go_on=()))
    qtbot.waitUntil(lambda: "没有要接着办的件" in texts(window) and "今天没有可以受理的主题" in texts(window))


def texts(window):
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def test_searching_by_keyboard_finds_and_opens_a_case(qtbot, open_window):
    window = open_window()
    opened = []
    window.show_page("cases")
    page = window.page("cases")
    page.case_asked.disconnect()
    page.case_asked.connect(opened.append)
    qtbot.keyClick(window, Qt.Key.Key_F3)
    field = QApplication.focusWidget()
    assert field.objectName() == "case-search"
    field.setText("王*诺")
    qtbot.waitUntil(lambda: len(page._model.rows) == 1)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert isinstance(QApplication.focusWidget(), QTableView)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert opened == ["case-4"]


def test_a_refused_case_shows_its_reason_and_remedy_and_a_waiting_one_can_be_tried_now(qtbot, open_window):
    window = open_window()
    window.show_page("sync")
    named_when_there(qtbot, window, "retry-case-5").click()
    qtbot.waitUntil(lambda: "retry case-5" in window.stand_in.asked)
    assert "暂时连不上省平台" in texts(window)
    assert any(child.objectName() == "mend-case-3" for child in window.findChildren(QPushButton))


@pytest.mark.parametrize(("pill", "words"), [
    (SyncPill(None, 0, 0, None), "正在连接"), (SyncPill(False, 6, 0, None), "离线，待传 6"),
    (SyncPill(True, 0, 0, NOW), "已同步 10:32"), (SyncPill(True, 2, 1, NOW), "1 件被退回")])
def test_the_pill_says_how_the_road_to_the_province_is(qtbot, open_window, pill, words):
    window = open_window()
    window.stand_in.pill_now = pill
    window._ask_pill()
    qtbot.waitUntil(lambda: window.top.pill_text == words)


def test_a_day_is_closed_by_a_second_person_and_then_only_read(qtbot, open_window):
    window = open_window()
    window.show_page("day_end")
    page = window.page("day_end")
    qtbot.waitUntil(lambda: page._view is not None)
    page.close_button.click()
    qtbot.waitUntil(page.sheet.isVisible)
    assert [page.sheet.reviewer.itemData(at) for at in range(page.sheet.reviewer.count())] == ["li", "admin"]
    qtbot.keyClicks(page.sheet.pin, "111111")
    qtbot.keyClick(page.sheet.pin, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.sheet.said.text != "")
    qtbot.keyClicks(page.sheet.pin, PIN)
    qtbot.keyClick(page.sheet.pin, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.sheet.isVisible() and not page.close_button.isVisible())
    assert "复核 李建民，已签" in texts(window)
    assert any("day-2026-11-20" in text for text in texts(window))


def test_escape_closes_a_sheet_and_gives_the_keyboard_back(qtbot, open_window):
    window = open_window()
    first = named_when_there(qtbot, window, "start-hebei-newborn")
    qtbot.waitUntil(first.hasFocus)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.help.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.help.isVisible()
    assert first.hasFocus()


def test_f11_and_ctrl_shift_d_change_scale_and_mode(qtbot, open_window, look):
    window = open_window()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    qtbot.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert (look.scale, look.mode) == ("elder", "dark")


def test_demo_mode_says_so_even_on_the_sign_in_cover(open_window):
    window = open_window(signed_in=False)
    assert "演示模式：不办理真实业务" in texts(window)


def test_a_flow_that_fails_is_told_in_words_and_stays(qtbot, open_window):
    window = open_window()
    window.stand_in.rows = lambda: 1 // 0
    window.show_page("sync")
    qtbot.waitUntil(lambda: window.toasts.shown == ("刚才这一步没有做成",))


@pytest.mark.parametrize(("scale", "size"), [("compact", (1366, 768)), ("standard", (1920, 1080)), ("elder", (1920, 1080))])
def test_no_label_is_clipped_on_any_page(qtbot, open_window, look, scale, size):
    window = open_window(StandIn(themes_in_force=(NEWBORN,)), size=size, login="admin")
    look.wear(scale=scale)
    for key in PAGES:
        window.show_page(key)
        qtbot.wait(60)
        qtbot.waitUntil(lambda: clipped(window) == [])
        narrow = [button.text() for button in window.findChildren(Button)
                  if button.isVisible() and button.width() < button.minimumSizeHint().width()]
        assert narrow == [], key


def clipped(window):
    return [label.text() for label in window.findChildren(Text)
            if label.isVisible() and not isinstance(label, Elided) and not fits(label)]


def fits(label):
    room = label.contentsRect()
    if label.wordWrap():
        return label.heightForWidth(label.width()) <= label.height() + 1
    metrics = label.fontMetrics()
    return metrics.horizontalAdvance(label.text()) <= room.width() + 1 and metrics.height() <= room.height() + 2


def test_everything_that_takes_the_keyboard_has_a_name(qtbot, open_window):
    window = open_window(login="admin")
    for key in PAGES:
        window.show_page(key)
        qtbot.wait(60)
    nameless = [type(widget).__name__ for widget in window.findChildren(QWidget)
                if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.accessibleName()
                and not isinstance(widget.parent(), QTableView) and widget.window() is window]
    assert nameless == []


def test_closing_the_window_ends_timers_and_lanes(qtbot, open_window):
    window = open_window()
    lanes = window._lanes
    window.close()
    assert not window._pill_timer.isActive()
    assert lanes.stop()
    assert not lanes.store._thread.is_alive()
