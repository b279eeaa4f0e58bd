"""`oncedesk …` in process: exit status, standard output and error; homes with one case, ready or accepted; the hall's clock."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desktop.app import open_workplace
from desktop.cli import clock
from desktop.cli.main import main
from hardware.simulated.desk import SimulatedDesk
from hardware.simulated.printer import SimulatedPrinter
from tests.homes import NOW, settings_for, sign


@dataclass(frozen=True)
class Told:
    """What one command did."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output, which must hold exactly one JSON document."""
        return json.loads(self.out)


Command = Callable[..., Told]


@pytest.fixture
def oncedesk(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command on a Monday morning in the hall."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for variable in ("ONCEDESK_PIN", "ONCEDESK_REVIEWER_PIN", "ONCEDESK_NEW_PIN"):
        monkeypatch.delenv(variable, raising=False)

    def run(*argv: object, pins: tuple[str, ...] = (), new_pin: str = "") -> Told:
        if new_pin:
            monkeypatch.setenv("ONCEDESK_NEW_PIN", new_pin)
        for variable, pin in zip(("ONCEDESK_PIN", "ONCEDESK_REVIEWER_PIN"), pins, strict=False):
            monkeypatch.setenv(variable, pin)
        capsys.readouterr()
        try:
            status = main([str(word) for word in argv])
        except SystemExit as end:                    # argparse
            status = int(end.code or 0)
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return Told(status, told.out, told.err)

    return run


@pytest.fixture(scope="session")
def accepted_home(tmp_path_factory: pytest.TempPathFactory, ready_home: tuple[Path, str], simulated: SimulatedDesk) -> tuple[Path, str]:
    """The same home after signature and acceptance, with its settings.toml; the case's number."""
    home = tmp_path_factory.mktemp("accepted") / "home"
    shutil.copytree(ready_home[0], home)
    (home / "settings.toml").write_text("keyring = false\nterminal_token = 'sandbox-token'\n")
    with open_workplace(settings_for(home, simulated), clock=lambda: NOW, begin=True) as place:
        clerk = place.flows.sign_in.enter("wang", "246810")
        sign(place.flows, clerk, ready_home[1])
        number = place.flows.accept.accept(clerk, ready_home[1]).case_number
    return home, number


@pytest.fixture
def accepted(tmp_path: Path, accepted_home: tuple[Path, str]) -> tuple[Path, str]:
    """A copy to change."""
    home = tmp_path / "home"
    shutil.copytree(accepted_home[0], home)
    return home, accepted_home[1]


@pytest.fixture
def printer() -> Iterator[SimulatedPrinter]:
    """A receipt printer on the network that has not been announced as simulated."""
    opened = SimulatedPrinter()
    yield opened
    opened.close()
