"""Papers taken by themselves in the intake: the real store, flow and recognition, under the demo's camera."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from desktop.app import open_workplace
from desktop.settings import Settings
from desktop.ui.look import Look
from desktop.ui.screens.intake_papers import PapersStep
from hardware.simulated.desk import SimulatedDesk
from tests.homes import NOW
from tests.ui.at_papers import at_papers


@contextmanager
def window(home: Path, camera: str, look: Look, qtbot: QtBot) -> Iterator[PapersStep]:
    """The intake at the papers of a new case."""
    with open_workplace(Settings(home=home, demo=True, keyring=False, camera=camera), clock=lambda: NOW, begin=True) as place:
        sign_in = place.flows.sign_in
        clerk = sign_in.enter("wang", "246810") if sign_in.users() else sign_in.add_user(None, "wang", "王秀兰", "clerk", "246810")
        with at_papers(place, clerk, "hebei-newborn", look, qtbot) as (_, step):
            yield step


def choice(step: PapersStep) -> QCheckBox:
    found = step.findChild(QCheckBox, "choice.automatic")
    assert found is not None
    return found


def captured(step: PapersStep) -> int:
    return len({slot.evidence_id for material in step.case.view.materials for slot in material.slots if slot.evidence_id})


def test_a_paper_put_down_is_taken_once_without_a_key_and_not_when_switched_off(
        tmp_path: Path, look: Look, qtbot: QtBot, taken: list[str]) -> None:
    with closing(SimulatedDesk()) as desk:
        with window(tmp_path / "home", desk.camera_address, look, qtbot) as step:
            QTest.qWait(1500)
            assert taken == [], "nothing lies there"
            desk.lay_papers("mother_card_front")
            qtbot.waitUntil(lambda: captured(step) == 1, timeout=40_000)
            QTest.qWait(3000)
            assert len(taken) == 1, "it still lies there"
            choice(step).click()
            desk.clear_desk()
            QTest.qWait(1500)
            desk.lay_papers("marriage_certificate")
            QTest.qWait(2500)
            assert len(taken) == 1
        with window(tmp_path / "home", desk.camera_address, look, qtbot) as step:
            assert not choice(step).isChecked(), "remembered"
