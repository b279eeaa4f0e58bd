"""One look for all tests of the window, and nothing left over between them."""

import gc
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

from desktop.app import open_workplace
from desktop.settings import Settings
from desktop.ui.look import Look
from desktop.ui.screens.intake_papers import PapersStep
from tests.ui.onlooker import Onlooker


@pytest.fixture(scope="session")
def dressed(qapp: QApplication) -> Look:
    look = Look()
    look.apply()
    return look


@pytest.fixture
def look(dressed: Look) -> Iterator[Look]:
    """The application in its standard clothes, before and after."""
    yield dressed
    if (dressed.mode, dressed.scale) != ("light", "standard"):
        dressed.wear(mode="light", scale="standard")


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the camera, by key or by itself, written down on its way there."""
    asked: list[str] = []
    capture: Callable[[PapersStep], None] = PapersStep.capture

    def noted(step: PapersStep) -> None:
        asked.append(step.case.view.case_uuid)
        capture(step)

    monkeypatch.setattr(PapersStep, "capture", noted)
    return asked


@pytest.fixture(autouse=True)
def _nothing_left_over(qapp: QApplication) -> Iterator[None]:
    yield
    for widget in QApplication.topLevelWidgets():
        widget.close()
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))
    gc.collect()


@pytest.fixture
def onlooker(qapp: QApplication) -> Iterator[Onlooker]:
    one = Onlooker()
    timer = QTimer()
    timer.timeout.connect(one.look)
    timer.start(30)
    yield one
    timer.stop()


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("begun") / "home"
    with open_workplace(Settings(home=home, keyring=False), begin=True) as place:
        place.flows.sign_in.add_user(None, "wang", "王秀兰", "administrator", "246810")
    (home / "settings.toml").write_text("keyring = false\n")
    return home


@pytest.fixture
def home(begun: Path, tmp_path: Path) -> Path:
    """A home with one person in it, to be started on."""
    copy = tmp_path / "home"
    shutil.copytree(begun, copy)
    return copy
