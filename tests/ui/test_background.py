"""Lanes: work off the UI thread, answers on it."""

import logging
import threading

import pytest
from PySide6.QtWidgets import QLabel

from desktop.ui.background import Alarm, Lane, Lanes


@pytest.fixture
def lane():
    lane = Lane("test")
    yield lane
    assert lane.stop()


def test_the_work_is_done_on_the_lane_and_the_answer_comes_on_the_ui_thread(qtbot, lane):
    threads = []
    lane.run(threading.current_thread, lambda worker: threads.extend([worker, threading.current_thread()]))
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[0].name == "lane-test"
    assert threads[1] is threading.main_thread()


def test_answers_come_in_the_order_of_the_questions(qtbot, lane):
    seen = []
    for number in range(20):
        lane.run(lambda number=number: number, seen.append)
    qtbot.waitUntil(lambda: len(seen) == 20)
    assert seen == list(range(20))


def test_a_failure_reaches_who_asked(qtbot, lane):
    seen = []
    lane.run(lambda: 1 // 0, failed=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], ZeroDivisionError)


def test_a_failure_nobody_asked_about_is_logged_and_told(qtbot, lane, caplog):
    with qtbot.waitSignal(lane.unhandled) as told, caplog.at_level(logging.ERROR):
        lane.run(lambda: 1 // 0)
    assert isinstance(told.args[0], ZeroDivisionError)
    assert "lane test" in caplog.text


def test_an_answer_for_a_deleted_widget_is_dropped(qtbot, lane):
    label, after = QLabel(), []
    gate = threading.Event()
    lane.run(lambda: gate.wait(5), lambda _: label.setText("late"), owner=label)
    lane.run(lambda: None, label.deleteLater.__self__.setText)      # a bound method owns itself
    label.deleteLater()
    qtbot.wait(10)
    gate.set()
    lane.run(lambda: "after", after.append)
    qtbot.waitUntil(lambda: after == ["after"])


def test_a_cancelled_question_is_neither_worked_on_nor_answered(qtbot, lane):
    gate, worked, answered, after = threading.Event(), [], [], []
    lane.run(lambda: gate.wait(5))
    ask = lane.run(lambda: worked.append(1), answered.append)
    ask.cancel()
    gate.set()
    lane.run(lambda: None, after.append)
    qtbot.waitUntil(lambda: bool(after))
    assert (worked, answered) == ([], [])


def test_a_lane_that_hangs_is_given_up_and_does_not_hold_the_window(qtbot):
    lane, begun, gate = Lane("stuck"), threading.Event(), threading.Event()
    lane.run(lambda: (begun.set(), gate.wait(10)))
    assert begun.wait(5)
    assert lane.stop(timeout=0.05) is False
    gate.set()


def test_lanes_do_not_wait_for_each_other(qtbot):
    lanes, gate, seen = Lanes(), threading.Event(), []
    lanes.reader.run(lambda: gate.wait(10))
    lanes.store.run(lambda: "saved", seen.append)
    qtbot.waitUntil(lambda: seen == ["saved"])
    gate.set()
    assert lanes.stop()


def test_an_accident_on_any_thread_is_logged_and_told(qtbot, caplog):
    alarm = Alarm()
    alarm.install()
    try:
        with qtbot.waitSignal(alarm.raised), caplog.at_level(logging.CRITICAL):
            threading.Thread(target=lambda: 1 // 0).start()
    finally:
        alarm.uninstall()
    assert "ZeroDivisionError" in caplog.text
