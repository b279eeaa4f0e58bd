"""Lanes: work off the UI thread, answers on it."""

import logging
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.ui.background import Alarm, Lane, Lanes


def _wait(begun: threading.Event, gate: threading.Event) -> bool:
    begun.set()
    return gate.wait(10)


@pytest.fixture
def lane() -> Iterator[Lane]:
    lane = Lane("test")
    yield lane
    assert lane.stop()


def test_the_work_is_done_on_the_lane_and_the_answer_comes_on_the_ui_thread(qtbot: QtBot, lane: Lane) -> None:
    threads: list[threading.Thread] = []
    lane.run(threading.current_thread, lambda worker: threads.extend([worker, threading.current_thread()]))
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[0].name == "lane-test"
    assert threads[1] is threading.main_thread()


def test_answers_come_in_the_order_of_the_questions(qtbot: QtBot, lane: Lane) -> None:
    seen: list[int] = []
    for number in range(20):
        lane.run(partial(int, number), seen.append)
    qtbot.waitUntil(lambda: len(seen) == 20)
    assert seen == list(range(20))


def test_a_failure_reaches_who_asked(qtbot: QtBot, lane: Lane) -> None:
    seen: list[Exception] = []
    lane.run(lambda: 1 // 0, failed=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], ZeroDivisionError)


def test_a_failure_nobody_asked_about_is_logged_and_told(qtbot: QtBot, lane: Lane, caplog: pytest.LogCaptureFixture) -> None:
    with qtbot.waitSignal(lane.unhandled) as told, caplog.at_level(logging.ERROR):
        lane.run(lambda: 1 // 0)
    assert isinstance(told.args[0], ZeroDivisionError)
    assert "lane test" in caplog.text


def test_an_answer_for_a_deleted_widget_is_dropped(qtbot: QtBot, lane: Lane) -> None:
    label, gate = QLabel(), threading.Event()
    after: list[str] = []
    lane.run(lambda: gate.wait(5), lambda _: label.setText("late"), owner=label)
    lane.run(lambda: "later", label.setText)      # a bound method owns itself
    label.deleteLater()
    qtbot.waitUntil(lambda: not shiboken6.isValid(label))
    gate.set()
    lane.run(lambda: "after", after.append)
    qtbot.waitUntil(lambda: after == ["after"])


def test_a_cancelled_question_is_neither_worked_on_nor_answered(qtbot: QtBot, lane: Lane) -> None:
    gate = threading.Event()
    worked: list[int] = []
    answered: list[object] = []
    after: list[None] = []
    lane.run(lambda: gate.wait(5))
    ask = lane.run(lambda: worked.append(1), answered.append)
    ask.cancel()
    gate.set()
    lane.run(lambda: None, after.append)
    qtbot.waitUntil(lambda: bool(after))
    assert (worked, answered) == ([], [])


def test_a_lane_that_hangs_is_given_up_and_does_not_hold_the_window(qtbot: QtBot) -> None:
    lane, begun, gate = Lane("stuck"), threading.Event(), threading.Event()
    lane.run(lambda: _wait(begun, gate))
    assert begun.wait(5)
    assert lane.stop(timeout=0.05) is False
    gate.set()


def test_lanes_do_not_wait_for_each_other(qtbot: QtBot) -> None:
    lanes, gate = Lanes(), threading.Event()
    seen: list[str] = []
    lanes.reader.run(lambda: gate.wait(10))
    lanes.store.run(lambda: "saved", seen.append)
    qtbot.waitUntil(lambda: seen == ["saved"])
    gate.set()
    assert lanes.stop()


def test_an_accident_on_any_thread_is_logged_and_told(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    alarm = Alarm()
    alarm.install()
    try:
        with qtbot.waitSignal(alarm.raised), caplog.at_level(logging.CRITICAL):
            threading.Thread(target=lambda: 1 // 0).start()
    finally:
        alarm.uninstall()
    assert "ZeroDivisionError" in caplog.text


def test_a_keystroke_on_its_way_to_the_store_is_kept_although_the_window_closes(qapp: QApplication) -> None:
    lane = Lane("store", finishes=True)
    begun, kept = threading.Event(), list[str]()

    def slow() -> None:
        begun.set()
        time.sleep(0.1)
        kept.append("first")

    lane.run(slow)
    assert begun.wait(2)
    asker = QObject()
    lane.run(lambda: kept.append("second"), owner=asker)
    asker.deleteLater()
    assert lane.stop()
    assert kept == ["first", "second"]


def test_a_failure_nobody_foresaw_is_in_the_log_even_when_the_screen_handles_it(
        qtbot: QtBot, lane: Lane, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Exception] = []

    def unforeseen() -> None:
        raise ZeroDivisionError

    lane.run(unforeseen, None, heard.append)
    qtbot.waitUntil(lambda: len(heard) == 1)
    assert "ZeroDivisionError" in caplog.text
