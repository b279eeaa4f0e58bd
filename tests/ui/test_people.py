"""The people page and the change of a PIN that somebody else chose: the real window over a real store, by keyboard."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Workplace, open_workplace
from desktop.domain.roles import ROLES
from desktop.settings import Settings
from desktop.ui.background import Lanes
from desktop.ui.look import Look, Scale
from desktop.ui.main_window import MainWindow
from desktop.ui.screens.people import AskSheet
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.segmented import Segmented
from desktop.wording import say, word
from tests.flows.office import ADMIN, CLERK, SECOND, make
from tests.homes import NOW

W = TypeVar("W", bound=QWidget)


class Desk:
    """The window with somebody at it."""

    def __init__(self, place: Workplace, window: MainWindow, qtbot: QtBot) -> None:
        self.place, self.window, self.qtbot = place, window, qtbot

    def one(self, kind: type[W], name: str) -> W:
        """The one that is shown, once it is."""
        self.qtbot.waitUntil(lambda: any(child.isVisible() for child in self.window.findChildren(kind, name)), timeout=20_000)
        return next(child for child in self.window.findChildren(kind, name) if child.isVisible())

    def wait_for(self, text: str) -> None:
        self.qtbot.waitUntil(lambda: text in self.texts(), timeout=20_000)

    def texts(self) -> list[str]:
        """Every word on the screen."""
        words = [label.text() for label in self.window.findChildren(QLabel) if label.isVisible()]
        return words + [chip.text for chip in self.window.findChildren(Chip) if chip.isVisible()]

    def sign_in(self, who: tuple[str, str]) -> None:
        self.one(QPushButton, f"user-{who[0]}").click()
        self.type(self.one(QLineEdit, "pin"), who[1])

    def settings(self, who: tuple[str, str]) -> None:
        """Signed in, with the settings open."""
        self.sign_in(who)
        self.qtbot.waitUntil(lambda: not self.window.cover.isVisible(), timeout=20_000)
        self.window.show_page("settings")

    def press(self, name: str) -> AskSheet:
        """A button of the page by the space bar; the sheet it opens."""
        button = self.one(QPushButton, name)
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)
        return next(sheet for sheet in self.window.findChildren(AskSheet) if sheet.isVisible())

    def type(self, field: QWidget, text: str, *, enter: bool = True) -> None:
        """As an input method commits it: key events carry no Chinese."""
        committed = QInputMethodEvent()
        committed.setCommitString(text)
        QApplication.sendEvent(field, committed)
        if enter:
            QTest.keyClick(field, Qt.Key.Key_Return)

    def type_on(self, *texts: str) -> None:
        """Into the field that has the keyboard, Enter, into the next one …"""
        for text in texts:
            focused = QApplication.focusWidget()
            assert focused is not None
            self.type(focused, text)

    def state(self, login: str) -> tuple[str, str]:
        person = next(one for one in self.place.flows.people.everybody() if one.login == login)
        return person.role, person.state


@pytest.fixture(scope="session")
def people_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("people") / "home"
    make(home)
    return home


@pytest.fixture
def desk(qtbot: QtBot, look: Look, tmp_path: Path, people_home: Path) -> Iterator[Desk]:
    shutil.copytree(people_home, tmp_path / "home")
    with open_workplace(Settings(home=tmp_path / "home", keyring=False), lambda: NOW) as place:
        window = MainWindow(place.flows, Lanes(), look=look, hall="示例县政务服务中心", window="3", clock=lambda: NOW)
        qtbot.addWidget(window)
        window.resize(1366, 768)
        window.show()
        yield Desk(place, window, qtbot)
        window.close()


def test_an_administrator_adds_somebody_by_keyboard(desk: Desk) -> None:
    desk.settings(ADMIN)
    desk.wait_for("林小满")
    sheet = desk.press("add-user")
    desk.type_on("李梅", "li")
    role = QApplication.focusWidget()
    assert isinstance(role, Segmented)
    QTest.keyClick(role, Qt.Key.Key_2)
    QTest.keyClick(role, Qt.Key.Key_Return)
    desk.type_on("123456", "123456")
    desk.wait_for(say("pin.sequence"))
    pin = QApplication.focusWidget()
    assert isinstance(pin, QLineEdit)
    assert pin.objectName() == "ask-pin", "the keyboard is where it can be mended"
    pin.clear()
    desk.type_on("603581")
    again = QApplication.focusWidget()
    assert isinstance(again, QLineEdit)
    again.clear()
    desk.type_on("603580")
    desk.wait_for(say("window.pins_differ"))
    again.clear()
    desk.type_on("603581")
    desk.wait_for("李梅")
    assert not sheet.isVisible()
    assert desk.state("li") == ("supervisor", "active")


def test_barring_is_asked_for_and_enter_alone_bars_nobody(desk: Desk) -> None:
    desk.settings(ADMIN)
    sheet = desk.press(f"bar-{CLERK[0]}")
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert not sheet.isVisible()
    assert desk.state(CLERK[0]) == ("clerk", "active")
    desk.press(f"bar-{CLERK[0]}").agree.click()
    desk.wait_for(word("user_state", "barred"))
    assert desk.state(CLERK[0]) == ("clerk", "barred")
    held = QApplication.focusWidget()
    assert held is not None
    assert held.objectName() == f"bar-{CLERK[0]}", "the list was made anew under the keyboard"
    desk.press(f"bar-{CLERK[0]}").agree.click()
    desk.wait_for("3 人在用")
    assert desk.state(CLERK[0]) == ("clerk", "active")


def test_a_role_is_given_by_its_number_and_enter(desk: Desk) -> None:
    desk.settings(ADMIN)
    desk.press(f"role-{CLERK[0]}")
    role = QApplication.focusWidget()
    assert isinstance(role, Segmented)
    assert role.value() == word("role", "clerk")
    QTest.keyClick(role, Qt.Key.Key_1 + ROLES.index("supervisor"))
    QTest.keyClick(role, Qt.Key.Key_Return)
    desk.wait_for(word("role", "supervisor"))
    assert desk.state(CLERK[0]) == ("supervisor", "active")


def test_who_was_given_a_pin_chooses_the_own_one_before_anything_else(desk: Desk) -> None:
    desk.settings(ADMIN)
    desk.press(f"pin-{CLERK[0]}")
    desk.type_on("603581", "603581")
    desk.wait_for(word("user_state", "temporary"))
    desk.window.lock()
    desk.one(QPushButton, "other").click()
    desk.sign_in((CLERK[0], "603581"))
    desk.one(QLineEdit, "again")
    desk.type_on("603581", "603581")
    desk.wait_for(say("pin.same"))
    assert desk.window.cover.isVisible()
    for name in ("new-pin", "again"):
        desk.one(QLineEdit, name).clear()
    desk.type_on("472905", "472905")
    desk.qtbot.waitUntil(lambda: not desk.window.cover.isVisible(), timeout=20_000)
    assert desk.window.session().login == CLERK[0]
    assert desk.state(CLERK[0]) == ("clerk", "active")


def test_everybody_changes_the_own_pin_and_a_clerk_sees_no_list(desk: Desk) -> None:
    desk.settings(CLERK)
    desk.wait_for(f"{word('role', 'clerk')}，登录名 {CLERK[0]}")
    sheet = desk.press("own-pin")
    desk.type_on("951332", "603581", "603581")
    desk.wait_for(say("sign_in.wrong"))
    old = QApplication.focusWidget()
    assert isinstance(old, QLineEdit)
    assert old.objectName() == "ask-old"
    old.clear()
    desk.type_on(CLERK[1])
    sheet.agree.click()
    desk.qtbot.waitUntil(lambda: not sheet.isVisible(), timeout=20_000)
    assert all(not field.text() for field in sheet.findChildren(QLineEdit)), "no PIN stays where nobody looks"
    assert desk.place.flows.sign_in.enter(CLERK[0], "603581").login == CLERK[0]
    assert "胡一帆" not in desk.texts()
    assert not any(button.isVisible() for button in desk.window.findChildren(QPushButton, "add-user"))


def test_where_nobody_else_could_review_a_day_the_page_says_so(desk: Desk) -> None:
    desk.settings(ADMIN)
    desk.wait_for("3 人在用")
    hint = "日结要由第二个人复核：请再添加一名主管。"
    assert hint not in desk.texts()
    desk.press(f"bar-{SECOND[0]}").agree.click()
    desk.wait_for(hint)


@pytest.mark.parametrize("scale", ["compact", "elder"])
def test_the_longest_sheet_with_a_refusal_fits_a_small_screen(desk: Desk, look: Look, scale: Scale) -> None:
    look.wear(scale=scale)
    desk.settings(ADMIN)
    desk.wait_for("林小满")
    sheet = desk.press("add-user")
    sheet.agree.click()
    desk.wait_for(say("window.fill_all"))
    desk.qtbot.waitUntil(lambda: sheet.rect().contains(sheet.sheet.geometry()))
    assert all(sheet.sheet.rect().contains(child.geometry()) for child in sheet.sheet.findChildren(QWidget)
               if child.isVisible() and child.parentWidget() is sheet.sheet)
