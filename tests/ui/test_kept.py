"""What was typed when the window closes is in the store: the real window over the real store, no device."""

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import open_workplace
from desktop.flows.views import CaseView
from desktop.settings import Settings
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.main_window import MainWindow

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def value(view: CaseView, key: str) -> str:
    return next(field.value for section in view.sections for field in section.fields if field.key == key)


def test_a_character_typed_just_before_the_window_closes_is_in_the_store(qtbot: QtBot, look: Look, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", demo=True, keyring=False)
    with open_workplace(settings, clock=lambda: NOW, begin=True) as place:
        clerk = place.flows.sign_in.add_user(None, "wang", "王秀兰", "administrator", "246810")
        case = place.flows.greet.start(clerk, "hebei-newborn").case_uuid
        place.flows.fill.leave_at(clerk, case, "form")
        window = MainWindow(place.flows, Lanes(), look=look, clock=lambda: NOW)
        qtbot.addWidget(window)
        window.resize(1366, 768)
        window.show()
        qtbot.waitUntil(lambda: window.findChild(QPushButton, "user-wang") is not None)
        pin, person = window.cover.findChild(QLineEdit, "pin"), window.findChild(QPushButton, "user-wang")
        assert pin is not None
        assert person is not None
        QTest.mouseClick(person, Qt.MouseButton.LeftButton)
        QTest.keyClicks(pin, "246810")
        QTest.keyClick(pin, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not window.cover.isVisible())
        window.open_case(case)
        qtbot.waitUntil(lambda: window.findChild(QWidget, "field.newborn_name") is not None)
        qtbot.waitUntil(field(window, "newborn_name").isVisible)
        QTest.keyClicks(field(window, "newborn_name"), "A")
        combo = field(window, "newborn_ethnicity")
        assert isinstance(combo, QComboBox)
        combo.setFocus()
        line = combo.lineEdit()
        assert line is not None
        word = QInputMethodEvent()
        word.setCommitString("蒙古")
        QCoreApplication.sendEvent(line, word)
        window.close()
    with open_workplace(settings, clock=lambda: NOW, begin=True) as place:
        view = place.flows.fill.open(place.flows.sign_in.enter("wang", "246810"), case)
    assert value(view, "newborn_name") == "A"
    assert value(view, "newborn_ethnicity") == "蒙古族", "half a choice that can only mean one thing"


def test_the_words_of_qt_itself_are_chinese(look: Look) -> None:
    assert look.scale
    assert (Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)) / "qtbase_zh_CN.qm").exists()
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"


def field(window: QWidget, key: str) -> QWidget:
    found = window.findChild(QWidget, f"field.{key}")
    assert found is not None
    return found
