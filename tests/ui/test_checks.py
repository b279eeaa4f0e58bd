"""What the PC's checks found, where a day begins: one line on the cover and on the home page, and the list behind it."""

from collections.abc import Iterator
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.background import Lanes
from desktop.ui.checks_sheet import AttentionLine
from desktop.ui.look import Look
from desktop.ui.main_window import MainWindow
from tests.ui.stand_in import CHECKED, NOW, PIN, StandIn

W = TypeVar("W", bound=QWidget)


@pytest.fixture
def window(qtbot: QtBot, look: Look) -> Iterator[MainWindow]:
    opened = MainWindow(StandIn().flows(), Lanes(), look=look, clock=lambda: NOW)
    qtbot.addWidget(opened)
    opened.resize(1366, 768)
    opened.show()
    qtbot.waitUntil(lambda: bool(opened.cover.attention.text) and any(
        field.isVisible() for field in opened.cover.findChildren(QLineEdit, "pin")))
    yield opened
    opened.close()


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def one(widget: QWidget, name: str, kind: type[W]) -> W:
    return next(child for child in widget.findChildren(kind, name) if child.isVisible())


def test_the_cover_says_what_is_not_well_and_opens_the_list(qtbot: QtBot, window: MainWindow) -> None:
    assert window.cover.attention.text == CHECKED[2].sentence
    one(window.cover, "show-checks", QPushButton).click()
    qtbot.waitUntil(lambda: any(row.isVisible() for row in window.checks.findChildren(QWidget, "check.files")))
    told = texts(window.checks)
    for checked in CHECKED:
        assert checked.sentence in told
        assert checked.saw in told
    assert CHECKED[2].remedy in told
    assert told.index(CHECKED[2].sentence) < told.index(CHECKED[0].sentence), "what is not well stands first"
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Escape)
    assert not window.checks.isVisible()
    assert window.cover.isVisible()


def test_the_home_page_says_it_too_and_the_devices_page_offers_the_list(qtbot: QtBot, window: MainWindow) -> None:
    one(window.cover, "user-wang", QPushButton).click()
    one(window.cover, "pin", QLineEdit).setText(PIN)
    one(window.cover, "enter", QPushButton).click()
    qtbot.waitUntil(lambda: not window.cover.isVisible())
    line = window.page("home").findChild(AttentionLine)
    assert line is not None
    qtbot.waitUntil(lambda: line.text == CHECKED[2].sentence)
    line.button.click()
    qtbot.waitUntil(window.checks.isVisible)
    window.checks.close_layer()
    window.show_page("devices")
    one(window.page("devices"), "show-checks", QPushButton).click()
    assert window.checks.isVisible()


def test_while_all_is_well_nothing_is_said(look: Look, qtbot: QtBot) -> None:
    line = AttentionLine(look)
    qtbot.addWidget(line)
    line.show_found(CHECKED[2:])
    assert line.text
    line.show_found(())
    assert line.text == ""
