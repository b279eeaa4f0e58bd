"""What every test needs: no display, no wheel's stray Qt settings; and what several rooms share because it takes long to make."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backends import fail

if TYPE_CHECKING:
    from hardware.simulated.desk import SimulatedDesk

# No test touches the ring of whoever runs it; and keyring, left to itself, would choose the best of the rings that tests make up.
keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
os.environ.pop("QT_QPA_FONTDIR", None)


@pytest.fixture(scope="session")
def simulated() -> "Iterator[SimulatedDesk]":
    """Card reader, camera and printer."""
    from hardware.simulated.desk import SimulatedDesk  # the rules' own tests need none of it

    desk = SimulatedDesk()
    yield desk
    desk.close()


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory, simulated: "SimulatedDesk") -> tuple[Path, str]:
    """A home in which one case lacks nothing but the signature; recognised once, copied for every test."""
    from tests.homes import make_ready

    home = tmp_path_factory.mktemp("ready") / "home"
    return home, make_ready(home, simulated)
