"""The window's own screens by keyboard, over flows that return constants."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from desktop import wording
from desktop.flows.views import SyncPill, SyncRow
from desktop.ui.background import Lanes
from desktop.ui.look import Look, Scale
from desktop.ui.main_window import MainWindow
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.text import Elided, Text
from tests.ui.stand_in import NEWBORN, NOW, PIN, StandIn

PAGES = ("home", "cases", "sync", "day_end", "themes", "devices", "settings")


W = TypeVar("W", bound=QWidget)


class OpenWindow(Protocol):
    def __call__(self, stand_in: StandIn | None = None, *, signed_in: bool = True, size: tuple[int, int] = (1366, 768),
                 login: str = "wang") -> MainWindow: ...


@pytest.fixture
def open_window(qtbot: QtBot, look: Look) -> Iterator[OpenWindow]:
    made = []

    def make(stand_in: StandIn | None = None, *, signed_in: bool = True, size: tuple[int, int] = (1366, 768),
             login: str = "wang") -> MainWindow:
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
            sign_in(window, PIN)
            qtbot.waitUntil(lambda: not window.cover.isVisible())
            qtbot.waitUntil(lambda: window.top.pill_text != "正在连接")
        return window

    yield make
    for window in made:
        window.close()


def named(window: QWidget, name: str, kind: type[W]) -> W:
    """The living one: what a layout was just emptied of is still a child until Qt deletes it."""
    return next(child for child in window.findChildren(kind, name) if child.isVisible())


def sign_in(window: MainWindow, pin: str) -> None:
    field = named(window.cover, "pin", QLineEdit)
    field.setFocus()
    QTest.keyClicks(field, pin)
    QTest.keyClick(field, Qt.Key.Key_Return)


def said(window: MainWindow) -> list[str]:
    return [label.text() for label in window.cover.findChildren(QLabel) if label.isVisible()]


def test_a_wrong_pin_is_answered_with_what_to_do_and_the_right_one_opens_the_window(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(signed_in=False)
    sign_in(window, "111111")
    qtbot.waitUntil(lambda: window.cover._said.text != "")
    assert window.cover.isVisible()
    qtbot.waitUntil(lambda: named(window.cover, "enter", QPushButton).isEnabled())
    named(window.cover, "pin", QLineEdit).clear()
    sign_in(window, PIN)
    qtbot.waitUntil(lambda: not window.cover.isVisible())
    assert window.session().name == "王秀兰"
    assert window.here == "home"


def test_the_shell_is_painted_without_the_libraries_of_store_camera_and_network() -> None:
    heavy = "import sys, desktop.ui.main_window; print(sorted({'sqlalchemy', 'pydantic', 'cv2', 'httpx'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_store_that_cannot_be_opened_is_said_on_the_cover(qtbot: QtBot, look: Look) -> None:
    class Damaged(Exception):
        code = "store.damaged"

    window = MainWindow(None, Lanes(), look=look, hall="示例县政务服务中心", window="3")
    qtbot.addWidget(window)
    window.show()
    assert "正在准备…" in texts(window)
    window.tell_failure(Damaged())
    assert "正在准备…" not in texts(window)
    assert wording.say("store.damaged") in texts(window)


def test_after_too_many_wrong_pins_one_has_to_wait(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(signed_in=False)
    sign_in(window, "000000")
    qtbot.waitUntil(lambda: window.cover._said.text != "")
    assert not named(window.cover, "enter", QPushButton).isEnabled()


def test_the_very_first_start_makes_an_administrator(qtbot: QtBot, open_window: OpenWindow) -> None:
    stand_in = StandIn(people=())
    window = open_window(stand_in, signed_in=False)
    for name, text in (("name", "赵启明"), ("login", "admin"), ("pin", PIN), ("again", PIN)):
        committed = QInputMethodEvent()      # as an input method does: key events carry no Chinese
        committed.setCommitString(text)
        QApplication.sendEvent(named(window.cover, name, QLineEdit), committed)
    QTest.keyClick(named(window.cover, "again", QLineEdit), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.cover.isVisible())
    assert stand_in.asked == ["add_user admin administrator"]


def test_two_different_pins_make_nobody(qtbot: QtBot, open_window: OpenWindow) -> None:
    stand_in = StandIn(people=())
    window = open_window(stand_in, signed_in=False)
    for name, text in (("name", "赵启明"), ("login", "admin"), ("pin", PIN), ("again", "222222")):
        named(window.cover, name, QLineEdit).setText(text)
    named(window.cover, "enter", QPushButton).click()
    assert "两次输入的密码不一样" in said(window)
    assert stand_in.asked == []


def test_locking_covers_everything_and_the_same_pin_comes_back_to_the_same_page(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window()
    window.show_page("cases")
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.cover.isVisible()
    host = window.cover.parentWidget()
    assert host is not None
    assert window.cover.geometry() == host.rect()
    QTest.keyClick(window, Qt.Key.Key_F8)
    assert window.here == "cases", "keys of the window sleep while it is locked"
    sign_in(window, PIN)
    qtbot.waitUntil(lambda: not window.cover.isVisible())
    assert window.here == "cases"


def test_the_tab_key_stays_inside_the_cover(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(signed_in=False)
    for _ in range(12):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        assert window.cover.isAncestorOf(focused)


def test_an_f_key_starts_its_theme(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window()
    asked: list[str] = []
    page: Any = window.page("home")
    qtbot.waitUntil(lambda: bool(page._cards))
    page.theme_asked.disconnect()
    page.theme_asked.connect(asked.append)
    QTest.keyClick(window, Qt.Key.Key_F6)
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert asked == ["marriage", "hebei-newborn"]


def test_the_first_theme_waits_under_the_enter_key_and_arrows_walk_along(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window()
    first = named_when_there(qtbot, window, "start-hebei-newborn")
    qtbot.waitUntil(first.hasFocus)
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert named(window, "start-marriage", QPushButton).hasFocus()


def named_when_there(qtbot: QtBot, window: MainWindow, name: str) -> QPushButton:
    qtbot.waitUntil(lambda: any(child.isVisible() for child in window.findChildren(QPushButton, name)))
    return named(window, name, QPushButton)


def test_home_without_drafts_or_themes_says_what_comes_here(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(StandIn(themes_in_force=(), rows_to_go_on=()))
    qtbot.waitUntil(lambda: "没有要接着办的件" in texts(window) and "今天没有可以受理的主题" in texts(window))


def texts(window: MainWindow) -> list[str]:
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def test_searching_by_keyboard_finds_and_opens_a_case(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window()
    opened: list[str] = []
    window.show_page("cases")
    page: Any = window.page("cases")
    page.case_asked.disconnect()
    page.case_asked.connect(opened.append)
    QTest.keyClick(window, Qt.Key.Key_F3)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.objectName() == "case-search"
    field.setText("王*诺")
    qtbot.waitUntil(lambda: len(page._model.rows) == 1)
    QTest.keyClick(field, Qt.Key.Key_Down)
    table = QApplication.focusWidget()
    assert isinstance(table, QTableView)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert opened == ["case-4"]


def test_a_refused_case_shows_its_reason_and_remedy_and_a_waiting_one_can_be_tried_now(qtbot: QtBot, open_window: OpenWindow) -> None:
    stand_in = StandIn()
    window = open_window(stand_in)
    window.show_page("sync")
    named_when_there(qtbot, window, "retry-case-5").click()
    qtbot.waitUntil(lambda: "retry case-5" in stand_in.asked)
    assert wording.say("platform.unreachable") in texts(window)
    assert any(child.objectName() == "mend-case-3" for child in window.findChildren(QPushButton))


@pytest.mark.parametrize(("pill", "words"), [
    (SyncPill(None, 0, 0, None), "正在连接"), (SyncPill(False, 6, 0, None), "离线，待传 6"),
    (SyncPill(True, 0, 0, NOW), "已同步 10:32"), (SyncPill(True, 2, 1, NOW), "1 件被退回")])
def test_the_pill_says_how_the_road_to_the_province_is(qtbot: QtBot, open_window: OpenWindow, pill: SyncPill, words: str) -> None:
    stand_in = StandIn()
    window = open_window(stand_in)
    stand_in.pill_now = pill
    window._ask_pill()
    qtbot.waitUntil(lambda: window.top.pill_text == words)


def test_a_day_is_closed_by_a_second_person_and_then_only_read(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window()
    window.show_page("day_end")
    page: Any = window.page("day_end")
    qtbot.waitUntil(lambda: page._view is not None)
    page.close_button.click()
    qtbot.waitUntil(page.sheet.isVisible)
    assert [page.sheet.reviewer.itemData(at) for at in range(page.sheet.reviewer.count())] == ["li", "admin"]
    QTest.keyClicks(page.sheet.pin, "111111")
    QTest.keyClick(page.sheet.pin, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.sheet.said.text != "")
    QTest.keyClicks(page.sheet.pin, PIN)
    QTest.keyClick(page.sheet.pin, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.sheet.isVisible() and not page.close_button.isVisible())
    assert "复核 李建民，已签" in texts(window)
    assert any("day-2026-11-20-window-3.xlsx" in text for text in texts(window))
    page.refresh()
    qtbot.wait(50)
    assert any("day-2026-11-20-window-3.xlsx" in text for text in texts(window)), "the list stays"


def test_escape_closes_a_sheet_and_gives_the_keyboard_back(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window()
    first = named_when_there(qtbot, window, "start-hebei-newborn")
    qtbot.waitUntil(first.hasFocus)
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window.help.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.help.isVisible()
    assert first.hasFocus()


def test_f11_and_ctrl_shift_d_change_scale_and_mode(qtbot: QtBot, open_window: OpenWindow, look: Look) -> None:
    window = open_window()
    QTest.keyClick(window, Qt.Key.Key_F11)
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert (look.scale, look.mode) == ("elder", "dark")


def test_demo_mode_says_so_even_on_the_sign_in_cover(open_window: OpenWindow) -> None:
    window = open_window(signed_in=False)
    assert "演示模式：不办理真实业务" in texts(window)


def test_a_flow_that_fails_is_told_in_words_and_stays(qtbot: QtBot, open_window: OpenWindow) -> None:
    class Broken(StandIn):
        def rows(self) -> tuple[SyncRow, ...]:
            raise ZeroDivisionError

    window = open_window(Broken())
    window.show_page("sync")
    qtbot.waitUntil(lambda: window.toasts.shown == (wording.say("window.unexpected"),))


@pytest.mark.parametrize(("scale", "size"), [("compact", (1366, 768)), ("standard", (1920, 1080)), ("elder", (1920, 1080))])
def test_no_label_is_clipped_on_any_page(qtbot: QtBot, open_window: OpenWindow, look: Look, scale: Scale, size: tuple[int, int]) -> None:
    window = open_window(StandIn(themes_in_force=(NEWBORN,)), size=size, login="admin")
    look.wear(scale=scale)
    for key in PAGES:
        window.show_page(key)
        qtbot.wait(60)
        qtbot.waitUntil(lambda: clipped(window) == [])
        narrow = [button.text() for button in window.findChildren(Button)
                  if button.isVisible() and button.width() < button.minimumSizeHint().width()]
        assert narrow == [], key


def clipped(window: MainWindow) -> list[str]:
    return [label.text() for label in window.findChildren(Text)
            if label.isVisible() and not isinstance(label, Elided) and not fits(label)]


def fits(label: Text) -> bool:
    room = label.contentsRect()
    if label.wordWrap():
        return label.heightForWidth(label.width()) <= label.height() + 1
    metrics = label.fontMetrics()
    return metrics.horizontalAdvance(label.text()) <= room.width() + 1 and metrics.height() <= room.height() + 2


def test_everything_that_takes_the_keyboard_has_a_name(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(login="admin")
    for key in PAGES:
        window.show_page(key)
        qtbot.wait(60)
    nameless = [type(widget).__name__ for widget in window.findChildren(QWidget)
                if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.accessibleName()
                and not isinstance(widget.parent(), QTableView) and widget.window() is window]
    assert nameless == []


def test_closing_the_window_ends_timers_and_lanes(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window()
    lanes = window._lanes
    window.close()
    assert not window._pill_timer.isActive()
    assert lanes.stop()
    assert lanes.store._thread is not None
    assert not lanes.store._thread.is_alive()
