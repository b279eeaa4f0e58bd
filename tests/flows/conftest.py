"""A whole window terminal without its window: real store, real devices at the wire, a clock that stands where a test puts it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.app import Workplace, open_workplace
from desktop.flows.views import Session
from desktop.settings import Settings
from hardware.simulated.desk import SimulatedDesk

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""A Monday morning in the hall."""


@pytest.fixture(scope="session")
def counter() -> Iterator[SimulatedDesk]:
    """Card reader, camera and printer."""
    desk = SimulatedDesk()
    yield desk
    desk.close()


@pytest.fixture
def settings(tmp_path: Path, counter: SimulatedDesk) -> Settings:
    """A demo window with every device."""
    return Settings(home=tmp_path / "home", demo=True, keyring=False, reader=counter.reader_address, camera=counter.camera_address,
                    printer=counter.printer_address)


@pytest.fixture
def workplace(settings: Settings) -> Iterator[Workplace]:
    """The terminal, opened."""
    with open_workplace(settings, clock=lambda: NOW) as place:
        yield place


@pytest.fixture
def clerk(workplace: Workplace) -> Session:
    """Somebody at the window."""
    return workplace.flows.sign_in.add_user(None, "wang", "王秀兰", "administrator", "246810")
