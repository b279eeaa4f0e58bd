"""The window over a clock in doubt: the real store and flows, a clock that is set wrong."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.app import open_workplace
from desktop.domain.hall_time import day_of
from desktop.settings import Settings
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.main_window import MainWindow
from desktop.ui.widgets.text import Text
from tests.homes import NOW


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("staffed") / "home"
    with open_workplace(Settings(home=home, keyring=False), clock=lambda: NOW, begin=True) as place:
        admin = place.flows.sign_in.add_user(None, "admin", "管理员", "administrator", "802753")
        place.flows.sign_in.add_user(admin, "wang", "王秀兰", "clerk", "246810")
    return home


@contextmanager
def window(home: Path, shown: datetime, login: str, pin: str, look: Look, qtbot: QtBot) -> Iterator[MainWindow]:
    """Signed in, at a PC whose clock shows that."""
    with open_workplace(Settings(home=home, keyring=False), clock=lambda: shown) as place:
        made = MainWindow(place.flows, Lanes(), look=look, hall="示例县政务服务中心", window="3", clock=lambda: shown)
        qtbot.addWidget(made)
        made.resize(1366, 768)
        made.show()
        qtbot.waitUntil(lambda: any(field.isVisible() for field in made.cover.findChildren(QLineEdit, "pin")))
        next(button for button in made.cover.findChildren(QPushButton, f"user-{login}") if button.isVisible()).click()
        field = next(field for field in made.cover.findChildren(QLineEdit, "pin") if field.isVisible())
        QTest.keyClicks(field, pin)
        QTest.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not made.cover.isVisible())
        yield made
        made.close()


@pytest.fixture
def home(staffed: Path, tmp_path: Path) -> Path:
    shutil.copytree(staffed, tmp_path / "home")
    return tmp_path / "home"


def said(made: MainWindow) -> str:
    return " ".join(label.text() for label in made.date_sheet.findChildren(Text) if label.isVisible())


def today(made: MainWindow) -> QLineEdit:
    field = made.date_sheet.findChild(QLineEdit, "today")
    assert field is not None
    return field


def test_after_signing_in_a_clerk_types_the_date_and_goes_on(home: Path, look: Look, qtbot: QtBot) -> None:
    shown = NOW + timedelta(days=9)
    with window(home, shown, "wang", "246810", look, qtbot) as made:
        qtbot.waitUntil(made.date_sheet.isVisible)
        assert str(day_of(shown)) in said(made)
        assert str(day_of(NOW)) in said(made)
        QTest.keyClicks(today(made), "2026-11-23")
        QTest.keyClick(today(made), Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "不一样" in said(made))
        today(made).setText("20261202")
        QTest.keyClick(today(made), Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not made.date_sheet.isVisible())
        made.start_theme("hebei-newborn")
        qtbot.waitUntil(lambda: made.here == "intake")
        assert not made.date_sheet.isVisible()


def test_a_case_begun_without_confirming_brings_the_question_back(home: Path, look: Look, qtbot: QtBot) -> None:
    with window(home, NOW + timedelta(days=9), "wang", "246810", look, qtbot) as made:
        qtbot.waitUntil(made.date_sheet.isVisible)
        QTest.keyClick(made, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not made.date_sheet.isVisible())
        made.start_theme("hebei-newborn")
        qtbot.waitUntil(made.date_sheet.isVisible)


def test_years_ahead_a_clerk_is_sent_for_a_supervisor(home: Path, look: Look, qtbot: QtBot) -> None:
    with window(home, NOW + timedelta(days=1500), "wang", "246810", look, qtbot) as made:
        qtbot.waitUntil(made.date_sheet.isVisible)
        assert not today(made).isVisible()
        next(button for button in made.date_sheet.findChildren(QPushButton) if "主管" in button.text()).click()
        qtbot.waitUntil(made.cover.isVisible)


def test_a_clock_that_is_right_asks_nobody(home: Path, look: Look, qtbot: QtBot) -> None:
    with window(home, NOW + timedelta(days=1), "wang", "246810", look, qtbot) as made:
        QTest.qWait(300)
        assert not made.date_sheet.isVisible()
