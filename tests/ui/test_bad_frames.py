"""A jiggled or glaring paper is told before it is taken: the real window, flow and recognition under a camera that shows such frames."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop import wording
from desktop.recognition import pages
from desktop.shelf import RESOURCES
from desktop.ui.look import Look
from desktop.ui.screens.intake_papers import PapersStep
from hardware.opencv import cv2
from hardware.readings import Image
from hardware.simulated.camera import SimulatedCamera
from tests.ui.test_automatic import captured, window


def on_the_desk() -> Image:
    """The mother's card, as the demo's camera sees it."""
    picture = cv2.imread(str(RESOURCES / "recordings" / "desk" / "mother_card_front.jpg"))
    assert picture is not None
    return np.asarray(picture, np.uint8)


def jiggled(picture: Image, pushed: int) -> Image:
    """Moved by some 40 pixels while the shutter was open, and pushed to the right."""
    trace = np.zeros((41, 41), np.float32)
    cv2.line(trace, (0, 14), (40, 26), 1.0, 1)
    placed = np.roll(picture, pushed, axis=1)
    return np.asarray(cv2.filter2D(placed, -1, trace / trace.sum()), np.uint8)


def glaring(picture: Image) -> Image:
    """A lamp's spot on the card's print."""
    lit = picture.astype(np.float32)
    spot = np.zeros(lit.shape[:2], np.float32)
    middle = card_centre(picture)
    cv2.ellipse(spot, middle, (150, 90), 20, 0, 360, 400.0, -1)
    lit += cv2.GaussianBlur(spot, (0, 0), 18)[:, :, None]
    return np.asarray(lit.clip(0, 255), np.uint8)


def card_centre(picture: Image) -> tuple[int, int]:
    """Where the card lies."""
    quad = pages.find_quads(picture)[0]
    x, y = quad.mean(axis=0)
    return round(float(x)), round(float(y))


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    card = on_the_desk()
    for name, picture in (("card", card), ("jiggled", jiggled(card, 0)), ("jiggled_on", jiggled(card, 60)), ("glaring", glaring(card)),
                          ("aside", np.roll(card, 90, axis=1))):
        assert cv2.imwrite(str(folder / f"{name}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
    return folder


@pytest.fixture
def camera(scenes: Path) -> Iterator[SimulatedCamera]:
    with closing(SimulatedCamera(scenes)) as made:
        yield made


def says(step: PapersStep, code: str) -> bool:
    return any(wording.say(code) in label.text() for label in step.findChildren(QLabel) if label.isVisible())


def file_by_key(step: PapersStep, qtbot: QtBot, code: str) -> None:
    """F4 all the same: the sentence, and nothing in the case."""
    last = step.findChild(QLabel, "last_taken")
    assert last is not None
    QTest.keyClick(step, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: wording.say(code) in last.text(), timeout=30_000)
    assert last.isVisible()
    assert captured(step) == 0


def test_a_jiggled_and_a_glaring_card_are_told_live_not_taken_by_themselves_and_not_filed_by_key(
        tmp_path: Path, camera: SimulatedCamera, look: Look, qtbot: QtBot, taken: list[str]) -> None:
    camera.show("jiggled")
    with window(tmp_path / "home", f"http://127.0.0.1:{camera.port}/", look, qtbot) as step:
        qtbot.waitUntil(lambda: says(step, "page.blurred"), timeout=10_000)
        for turn in range(8):
            camera.show(("jiggled_on", "jiggled")[turn % 2])
            QTest.qWait(150)
        assert taken == []
        qtbot.waitUntil(lambda: says(step, "page.blurred"), timeout=5_000)
        file_by_key(step, qtbot, "page.blurred")
        taken.clear()
        camera.show("glaring")
        qtbot.waitUntil(lambda: says(step, "page.glare"), timeout=10_000)
        QTest.qWait(1500)
        assert taken == []
        file_by_key(step, qtbot, "page.glare")


def test_a_sharp_card_that_is_still_pushed_about_is_not_taken_until_it_lies_still(
        tmp_path: Path, camera: SimulatedCamera, look: Look, qtbot: QtBot, taken: list[str]) -> None:
    camera.show("card")
    with window(tmp_path / "home", f"http://127.0.0.1:{camera.port}/", look, qtbot) as step:
        for turn in range(6):
            camera.show(("aside", "card")[turn % 2])
            QTest.qWait(400)
        assert taken == []
        qtbot.waitUntil(lambda: len(taken) == 1, timeout=10_000)
        qtbot.waitUntil(lambda: captured(step) == 1, timeout=30_000)
