"""The intake at the papers of a case, over an open workplace."""

from collections.abc import Iterator
from contextlib import contextmanager

from pytestqt.qtbot import QtBot

from desktop.app import Workplace
from desktop.flows.views import Session
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.screens.intake import IntakeScreen
from desktop.ui.screens.intake_papers import PapersStep


@contextmanager
def at_papers(place: Workplace, clerk: Session, theme: str, look: Look, qtbot: QtBot) -> Iterator[tuple[IntakeScreen, PapersStep]]:
    """A new case of the theme; the lanes have ended well when it is left."""
    lanes = Lanes()
    screen = IntakeScreen(place.flows, lanes, lambda: clerk, look)
    qtbot.addWidget(screen)
    screen.setObjectName("layers")      # sheets rise onto it, as onto the window's own
    screen.resize(1366, 700)
    screen.show()
    screen.open_case(place.flows.greet.start(clerk, theme).case_uuid)
    qtbot.waitUntil(lambda: screen.case.is_open)
    screen.go_to("papers")
    step = screen.findChild(PapersStep)
    assert step is not None
    qtbot.waitUntil(step.isVisible)
    yield screen, step
    screen.park()
    assert lanes.stop()
