"""The photo of a person in the intake, with a real store, a real flow and a portrait camera at its wire."""

from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop import wording
from desktop.app import open_workplace
from desktop.settings import Settings
from desktop.ui.look import Look
from desktop.ui.screens.intake import IntakeScreen
from desktop.ui.screens.intake_papers import PapersStep
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.text import Text
from hardware.simulated.camera import EMPTY, SimulatedCamera
from hardware.simulated.desk import SITTER
from tests.homes import NOW
from tests.ui.at_papers import at_papers

PEOPLE = Path(str(files("resources") / "recordings" / "people"))


@pytest.fixture
def seated(tmp_path: Path, look: Look, qtbot: QtBot) -> Iterator[tuple[IntakeScreen, PapersStep, SimulatedCamera]]:
    """Nobody sits there yet."""
    with closing(SimulatedCamera(PEOPLE)) as camera:
        settings = Settings(home=tmp_path / "home", demo=False, keyring=False, portrait=f"http://127.0.0.1:{camera.port}/")
        with open_workplace(settings, clock=lambda: NOW, begin=True) as place:
            clerk = place.flows.sign_in.add_user(None, "wang", "王秀兰", "clerk", "246810")
            with at_papers(place, clerk, "hebei-death", look, qtbot) as (screen, step):
                yield screen, step, camera


def at(screen: QWidget, name: str, kind: type[QWidget] = QWidget) -> QWidget:
    found = screen.findChild(kind, name)
    assert found is not None, name
    return found


def test_the_sheet_says_what_is_wrong_and_one_key_takes_the_photo(
        seated: tuple[IntakeScreen, PapersStep, SimulatedCamera], qtbot: QtBot) -> None:
    screen, step, camera = seated
    again = at(screen, "action.retake.other.agent_photo", Button)
    assert isinstance(again, Button)
    assert again.text() == "拍照片"
    camera.show(EMPTY)
    QTest.keyClick(again, Qt.Key.Key_Space)
    qtbot.waitUntil(step.portrait.isVisible)
    assert not step.feed.running, "the desk is not looked at meanwhile"
    verdict = at(screen, "portrait.verdict", Text)
    assert isinstance(verdict, Text)
    qtbot.waitUntil(lambda: verdict.text().startswith(wording.say("portrait.no_face")), timeout=15_000)
    QTest.keyClick(screen.window().focusWidget(), Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: step.portrait.feed.running, timeout=15_000)
    assert step.portrait.isVisible(), "an empty chair is no photo"
    camera.show(SITTER)
    qtbot.waitUntil(lambda: verdict.text() == "可以拍照。", timeout=15_000)
    QTest.keyClick(screen.window().focusWidget(), Qt.Key.Key_F4)
    qtbot.waitUntil(step.portrait.isHidden, timeout=15_000)
    (slot,) = [slot for material in screen.case.view.materials for slot in material.slots if slot.slot == "other.agent_photo"]
    assert slot.status == "captured"
    assert again.text() == "重拍"
    qtbot.waitUntil(lambda: step.feed.running)
