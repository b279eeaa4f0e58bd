"""The models load in a process of their own, after the window stands; a paper taken before they are there waits, the window does not."""

import os
import signal
import sys
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.app import Terminal, open_workplace
from desktop.recognition import apart
from desktop.settings import Settings
from desktop.ui.screens.intake import IntakeScreen
from hardware.simulated.desk import SimulatedDesk
from tests.ui.test_automatic import captured


def ended() -> None:
    """A reading process of an earlier window is gone."""
    if (process := apart.process_id()) is not None:
        os.kill(process, signal.SIGKILL)
        while apart.process_id() is not None:
            pass


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_card_taken_before_the_models_are_there_waits_without_holding_up_the_window(tmp_path: Path, qtbot: QtBot) -> None:
    ended()
    loading: int | None = None
    with closing(SimulatedDesk()) as desk:
        settings = Settings(home=tmp_path / "home", demo=True, keyring=False, camera=desk.camera_address)
        with open_workplace(settings, begin=True) as place:
            place.flows.sign_in.add_user(None, "wang", "王秀兰", "clerk", "246810")
        desk.lay_papers("mother_card_front")
        terminal = Terminal(settings)
        window = terminal.window
        try:
            terminal.show()
            assert apart.process_id() is None, "the window stands first"
            qtbot.waitUntil(lambda: apart.process_id() is not None, timeout=20_000)
            loading = apart.process_id()
            assert loading is not None
            os.kill(loading, signal.SIGSTOP)
            qtbot.waitUntil(lambda: window.findChild(QPushButton, "user-wang") is not None, timeout=20_000)
            window.cover.findChild(QPushButton, "user-wang").click()  # type: ignore[union-attr]
            window.cover.findChild(QLineEdit, "pin").setText("246810")  # type: ignore[union-attr]
            window.cover.findChild(QPushButton, "enter").click()  # type: ignore[union-attr]
            qtbot.waitUntil(lambda: not window.cover.isVisible())
            window.start_theme("hebei-newborn")
            intake = window.page("intake")
            assert isinstance(intake, IntakeScreen)
            qtbot.waitUntil(lambda: intake.case.is_open)
            intake.go_to("papers")
            intake.papers.capture()
            ticks: list[int] = []
            beat = QTimer()
            beat.timeout.connect(lambda: ticks.append(1))
            beat.start(10)
            QTest.qWait(1000)
            beat.stop()
            assert len(ticks) > 40, "the window goes on"
            assert captured(intake.papers) == 0
            assert not intake.papers.findChild(QPushButton, "action.capture").isEnabled()  # type: ignore[union-attr]
            os.kill(loading, signal.SIGCONT)
            qtbot.waitUntil(lambda: captured(intake.papers) == 1, timeout=30_000)
            assert apart.process_id() == loading, "loaded once"
        finally:
            if loading is not None:
                os.kill(loading, signal.SIGCONT)
            terminal.close()
