"""One look for all tests of the window, and nothing left over between them."""

import gc

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from desktop.ui.look import Look


@pytest.fixture(scope="session")
def dressed(qapp):
    look = Look()
    look.apply()
    return look


@pytest.fixture
def look(dressed):
    """The application in its standard clothes."""
    if (dressed.mode, dressed.scale) != ("light", "standard"):
        dressed.wear(mode="light", scale="standard")
    return dressed


@pytest.fixture(autouse=True)
def _nothing_left_over(qapp):
    yield
    for widget in QApplication.topLevelWidgets():
        widget.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
