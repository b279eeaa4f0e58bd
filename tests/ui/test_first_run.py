"""The first start of all, at the real window: who this PC is, who runs it, what is missing. Then the window goes on as what was said."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from db.faults import StoreFault
from desktop.app import Terminal, open_workplace, set_up
from desktop.domain.answers import Answers, Person
from desktop.domain.county import fingerprint
from desktop.settings import Settings, load_settings
from desktop.station import county, county_file
from desktop.ui.look import Scale
from desktop.ui.screens.first_run import FirstRunCover
from tests.station.test_county import PUBLIC, made
from tests.station.test_setup import GOOD, write

PIN = "802753"
WINDOW = {"hall": "示例县政务服务中心", "window": "5", "window_code": "105", "region": "130529"}
PERSON = {"name": "赵启明", "login": "admin", "pin": PIN, "again": PIN}


@contextmanager
def started(home: Path) -> Iterator[Terminal]:
    terminal = Terminal(replace(load_settings(home), keyring=False))
    terminal.show()
    terminal.window.showNormal()
    terminal.window.resize(1366, 768)
    try:
        yield terminal
    finally:
        terminal.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def terminal(home: Path, qtbot: QtBot) -> Iterator[Terminal]:
    with started(home) as opened:
        qtbot.waitUntil(lambda: shown(opened, "hall") is not None, timeout=20_000)
        yield opened


def shown(terminal: Terminal, name: str) -> QWidget | None:
    return next((child for child in terminal.window.findChildren(QWidget, name) if child.isVisible()), None)


def field(terminal: Terminal, name: str) -> QLineEdit:
    found = shown(terminal, name)
    assert isinstance(found, QLineEdit), name
    return found


def press(terminal: Terminal, qtbot: QtBot, name: str) -> None:
    def ready() -> bool:
        button = shown(terminal, name)
        return isinstance(button, QPushButton) and button.isEnabled()

    qtbot.waitUntil(ready, timeout=20_000)
    found = shown(terminal, name)
    assert isinstance(found, QPushButton)
    found.click()


def fill(terminal: Terminal, values: dict[str, str]) -> None:
    for name, text in values.items():
        field(terminal, name).setText(text)


def cover(terminal: Terminal) -> FirstRunCover:
    return terminal.window.findChildren(FirstRunCover)[-1]


def words(terminal: Terminal) -> str:
    return " ".join(label.text() for label in terminal.window.findChildren(QLabel) if label.isVisible())


def till(qtbot: QtBot, terminal: Terminal, name: str) -> None:
    qtbot.waitUntil(lambda: shown(terminal, name) is not None, timeout=30_000)


def test_by_keyboard_alone_a_new_pc_becomes_a_window(terminal: Terminal, home: Path, qtbot: QtBot) -> None:
    terminal.window.activateWindow()
    qtbot.waitUntil(field(terminal, "hall").hasFocus)
    for name, text in WINDOW.items():
        field(terminal, name).setText(text)
        QTest.keyClick(field(terminal, name), Qt.Key.Key_Return)
    till(qtbot, terminal, "login")
    assert not (home / "settings.toml").exists(), "nothing is kept before everything is said"
    qtbot.waitUntil(field(terminal, "name").hasFocus)
    for name, text in PERSON.items():
        field(terminal, name).setText(text)
        QTest.keyClick(field(terminal, name), Qt.Key.Key_Return)
    till(qtbot, terminal, "begin")
    settings = load_settings(home)
    assert (settings.hall, settings.window, settings.number_code, settings.region) == tuple(WINDOW.values())
    qtbot.waitUntil(lambda: "正在检查" not in words(terminal), timeout=60_000)
    assert "恢复密钥" in words(terminal)
    assert "还没有说这是哪个窗口" not in words(terminal)
    begin = shown(terminal, "begin")
    assert begin is not None
    QTest.keyClick(begin, Qt.Key.Key_Return if begin.hasFocus() else Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: shown(terminal, "begin") is None)
    assert not terminal.window.cover.isVisible()
    assert terminal.window.session().login == "admin"
    assert any("5 号窗口" in bar.accessibleName() for bar in terminal.window.top.findChildren(QWidget)), "without a new start"
    assert terminal.place is not None
    assert terminal.place.desk.settings.number_code == "105"


def test_what_cannot_be_is_said_at_once_and_kept_nowhere(terminal: Terminal, home: Path, qtbot: QtBot) -> None:
    press(terminal, qtbot, "next")
    qtbot.waitUntil(lambda: "空着" in words(terminal))
    fill(terminal, {**WINDOW, "window_code": "5", "region": "1305"})
    press(terminal, qtbot, "next")
    qtbot.waitUntil(lambda: field(terminal, "window_code").property("state") == "error")
    assert field(terminal, "region").property("state") == "error"
    fill(terminal, WINDOW)
    assert "巨鹿" in words(terminal)
    press(terminal, qtbot, "next")
    till(qtbot, terminal, "login")
    fill(terminal, {**PERSON, "again": "111222"})
    press(terminal, qtbot, "enter")
    qtbot.waitUntil(lambda: "不一样" in words(terminal))
    fill(terminal, {**PERSON, "pin": "123456", "again": "123456"})
    press(terminal, qtbot, "enter")
    qtbot.waitUntil(lambda: field(terminal, "pin").property("state") == "error")
    press(terminal, qtbot, "back")
    till(qtbot, terminal, "hall")
    assert field(terminal, "hall").text() == WINDOW["hall"], "what was typed is still there"
    assert not (home / "settings.toml").exists()
    assert not (home / "cases.db").exists()


def test_which_window_it_is_may_be_said_later_and_the_checks_say_so(terminal: Terminal, home: Path, qtbot: QtBot) -> None:
    press(terminal, qtbot, "later")
    till(qtbot, terminal, "login")
    fill(terminal, PERSON)
    press(terminal, qtbot, "enter")
    till(qtbot, terminal, "begin")
    qtbot.waitUntil(lambda: "还没有说这是哪个窗口" in words(terminal), timeout=60_000)
    assert not (home / "settings.toml").exists()


def test_a_countys_file_is_taken_by_the_administrator_that_was_made(
        terminal: Terminal, home: Path, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "7.county").write_bytes(made())
    cover(terminal).look_at_county(tmp_path / "7.county")
    till(qtbot, terminal, "fingerprint")
    assert field(terminal, "region").text() == "130529", "the file says which county it is of"
    fill(terminal, {name: text for name, text in WINDOW.items() if name != "region"} | {"fingerprint": "0000"})
    press(terminal, qtbot, "next")
    qtbot.waitUntil(lambda: "指纹与文件的不一样" in words(terminal))
    fill(terminal, {"fingerprint": fingerprint(PUBLIC)})
    press(terminal, qtbot, "next")
    till(qtbot, terminal, "login")
    fill(terminal, PERSON)
    press(terminal, qtbot, "enter")
    till(qtbot, terminal, "begin")
    assert (home / "themes/hebei-newborn/2027.toml").exists()
    assert load_settings(home).complaint_phone == "0319-12345"
    assert terminal.place is not None
    assert terminal.place.desk.packs.get("hebei-newborn", "2027").version == "2027"
    assert terminal.place.desk.settings.complaint_phone == "0319-12345"


def test_a_countys_file_that_is_spoilt_is_refused_on_the_spot(terminal: Terminal, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "7.county").write_bytes(made()[:-1])
    cover(terminal).look_at_county(tmp_path / "7.county")
    qtbot.waitUntil(lambda: "不完整" in words(terminal))
    assert shown(terminal, "fingerprint") is None


def test_a_file_of_answers_fills_the_page_in(terminal: Terminal, home: Path, tmp_path: Path, qtbot: QtBot) -> None:
    cover(terminal).read_answers(write(tmp_path, GOOD))
    qtbot.waitUntil(lambda: field(terminal, "hall").text() == GOOD["hall"])
    press(terminal, qtbot, "next")
    till(qtbot, terminal, "login")
    assert (field(terminal, "login").text(), field(terminal, "name").text()) == ("admin", "赵启明")
    fill(terminal, PERSON)
    press(terminal, qtbot, "enter")
    till(qtbot, terminal, "begin")
    assert terminal.place is not None
    assert {login for login, _ in terminal.place.flows.sign_in.users()} == {"admin", "wang", "zhao"}


def test_a_pc_that_was_set_up_is_not_asked_again(home: Path, qtbot: QtBot) -> None:
    with open_workplace(Settings(home=home, keyring=False), begin=True) as place:
        place.flows.sign_in.add_user(None, "admin", "赵启明", "administrator", PIN)
    with started(home) as terminal:
        till(qtbot, terminal, "user-admin")
        assert terminal.window.findChildren(FirstRunCover) == []
    shutil.rmtree(home)


def test_a_countys_file_that_was_taken_by_half_is_finished_before_the_window_opens(home: Path, qtbot: QtBot) -> None:
    def cut_off() -> None:
        raise StoreFault("store.full")

    answers = Answers({**WINDOW, "keyring": False}, Person("admin", "赵启明", "administrator"), (), PUBLIC, {"admin": PIN})
    settings = set_up(Settings(home=home), answers)
    with open_workplace(settings) as place, pytest.raises(StoreFault):
        county.take(home, place.desk.store, county_file.parsed(made()), "somebody", place.desk.clock(), place.desk.new_id, settle=cut_off)
    assert county.unfinished(home)
    with started(home) as terminal:
        till(qtbot, terminal, "user-li")
        assert not county.unfinished(home)
        assert terminal.settings.complaint_phone == "0319-12345"
        assert terminal.place is not None
        assert terminal.place.desk.settings.complaint_phone == "0319-12345"


@pytest.mark.parametrize("scale", ["compact", "standard", "elder"])
def test_nothing_is_cut_off_on_a_small_screen_at_any_size_of_letters(
        terminal: Terminal, tmp_path: Path, qtbot: QtBot, scale: Scale) -> None:
    terminal.look.wear(scale=scale)
    terminal.window.resize(1366, 768)
    (tmp_path / "7.county").write_bytes(made())
    cover(terminal).look_at_county(tmp_path / "7.county")
    till(qtbot, terminal, "fingerprint")
    whole(terminal, qtbot)
    press(terminal, qtbot, "next")
    qtbot.waitUntil(lambda: "空着" in words(terminal))
    whole(terminal, qtbot)
    fill(terminal, {**WINDOW, "fingerprint": "0"})
    press(terminal, qtbot, "next")
    qtbot.waitUntil(lambda: "指纹与文件的不一样" in words(terminal))
    whole(terminal, qtbot)
    fill(terminal, {"fingerprint": fingerprint(PUBLIC)})
    press(terminal, qtbot, "next")
    till(qtbot, terminal, "login")
    press(terminal, qtbot, "enter")
    qtbot.waitUntil(lambda: "空着" in words(terminal))
    whole(terminal, qtbot)
    fill(terminal, PERSON)
    press(terminal, qtbot, "enter")
    till(qtbot, terminal, "begin")
    qtbot.waitUntil(lambda: "正在检查" not in words(terminal), timeout=60_000)
    whole(terminal, qtbot)


def whole(terminal: Terminal, qtbot: QtBot) -> None:
    """Every label and field of the cover stands inside the window, as large as it wants to be."""
    QApplication.processEvents()
    sheet = cover(terminal).sheet

    def inside() -> bool:
        return sheet.y() >= 0 and sheet.geometry().bottom() <= cover(terminal).height()

    qtbot.waitUntil(inside)
    lists = sheet.findChildren(QScrollArea)
    for child in sheet.findChildren(QWidget):
        if isinstance(child, QLabel | QLineEdit | QPushButton) and child.isVisible() and not any(one.isAncestorOf(child) for one in lists):
            needs = child.heightForWidth(child.width()) if child.hasHeightForWidth() else child.minimumSizeHint().height()
            assert child.height() >= needs, (child.objectName(), getattr(child, "text", str)())
            assert child.width() >= child.minimumSizeHint().width() or child.hasHeightForWidth()
            place = child.mapTo(sheet, child.rect().bottomRight())
            assert sheet.rect().contains(place), child.objectName()
