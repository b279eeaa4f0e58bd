"""Ratings on the day-end page: supervisors read and answer them, clerks see nothing of it."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.flows.views import Session
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.screens.day_end import DayEndScreen
from tests.ui.stand_in import ADMIN, CLERK, StandIn

Open = Callable[[Session], tuple[DayEndScreen, StandIn]]


@pytest.fixture
def opened(qtbot: QtBot, look: Look) -> Iterator[Open]:
    lanes = Lanes()

    def open_for(session: Session) -> tuple[DayEndScreen, StandIn]:
        stand_in = StandIn()
        screen = DayEndScreen(stand_in.flows(), lanes, lambda: session, look)
        qtbot.addWidget(screen)
        screen.resize(1600, 1400)
        screen.show()
        screen.refresh()
        return screen, stand_in

    yield open_for
    assert lanes.stop()


def words(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_a_supervisor_sees_the_counts_and_answers_what_is_open(opened: Open, qtbot: QtBot) -> None:
    screen, stand_in = opened(ADMIN)
    qtbot.waitUntil(lambda: "来了三趟才说要带户口簿" in words(screen.ratings))
    assert "非常满意 12 满意 6 基本满意 1 不满意 1 非常不满意 1" in words(screen.ratings)
    assert "没有说明原因" in words(screen.ratings)
    row = screen.ratings.findChild(QWidget, "bad.case-1")
    assert row is not None
    note, close = row.findChild(QLineEdit, "correction"), row.findChild(QPushButton, "action.close_rating")
    assert note is not None
    assert close is not None
    assert not close.isEnabled()
    QTest.keyClicks(note, "checked")
    screen.refresh()
    qtbot.waitUntil(lambda: stand_in.asked.count("ratings") == 2)
    QTest.qWait(50)
    assert note.text() == "checked", "looking again does not wipe what is half written"
    close.click()
    qtbot.waitUntil(lambda: "correct case-1 checked" in stand_in.asked)
    qtbot.waitUntil(lambda: "来了三趟" not in words(screen.ratings))
    assert "没有说明原因" in words(screen.ratings)


def test_a_clerk_sees_nothing_of_it(opened: Open, qtbot: QtBot) -> None:
    screen, stand_in = opened(CLERK)
    qtbot.waitUntil(lambda: "30" in words(screen))
    assert not screen.ratings.isVisible()
    assert "ratings" not in stand_in.asked
