"""One look for all tests of the window, and nothing left over between them."""

import gc
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from desktop.ui.look import Look
from desktop.ui.screens.intake_papers import PapersStep


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
