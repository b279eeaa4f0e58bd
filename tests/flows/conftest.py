"""A whole window terminal without its window: real store, real devices at the wire, a clock that stands where a test puts it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desktop.app import Workplace, open_workplace
from desktop.flows.bundle import Flows
from desktop.flows.views import CaseView, Session
from hardware.simulated.desk import SimulatedDesk
from tests.flows.office import Office, make, opened
from tests.homes import NOW, settings_for, sign


class Clock:
    """Moves only when told."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, step: timedelta) -> None:
        """Let time go by."""
        self.now += step


@dataclass(frozen=True)
class Counter:
    """An open window terminal, somebody at it, and perhaps a case."""

    place: Workplace
    clerk: Session
    supervisor: Session
    simulated: SimulatedDesk
    clock: Clock
    case: str = ""

    @property
    def flows(self) -> Flows:
        """What the clerk can do."""
        return self.place.flows

    def view(self) -> CaseView:
        """The case now."""
        return self.flows.fill.open(self.clerk, self.case)

    def sign(self) -> CaseView:
        """The applicant reads and signs."""
        return sign(self.flows, self.clerk, self.case)


@pytest.fixture(scope="session")
def office_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three people and no case, to be copied."""
    home = tmp_path_factory.mktemp("office") / "home"
    make(home)
    return home


@pytest.fixture
def office(tmp_path: Path, office_home: Path) -> Iterator[Office]:
    """That office, open."""
    shutil.copytree(office_home, tmp_path / "home")
    yield from opened(tmp_path / "home")


@pytest.fixture
def ready(tmp_path: Path, ready_home: tuple[Path, str], simulated: SimulatedDesk) -> Iterator[Counter]:
    """The window with that case open."""
    home = tmp_path / "home"
    shutil.copytree(ready_home[0], home)
    yield from _opened(home, simulated, ready_home[1])


@pytest.fixture
def fresh(tmp_path: Path, simulated: SimulatedDesk) -> Iterator[Counter]:
    """The window with an empty draft."""
    home = tmp_path / "home"
    with open_workplace(settings_for(home, simulated), clock=lambda: NOW, begin=True) as place:
        admin = place.flows.sign_in.add_user(None, "admin", "管理员", "administrator", "708152")
        clerk = place.flows.sign_in.add_user(admin, "wang", "王秀兰", "clerk", "246810")
        place.flows.sign_in.add_user(admin, "zhao", "赵建国", "supervisor", "135790")
        case = place.flows.greet.start(clerk, "hebei-newborn").case_uuid
    yield from _opened(home, simulated, case)


def _opened(home: Path, simulated: SimulatedDesk, case: str) -> Iterator[Counter]:
    clock = Clock()
    with open_workplace(settings_for(home, simulated), clock=clock, begin=True) as place:
        clerk = place.flows.sign_in.enter("wang", "246810")
        counter = Counter(place, clerk, replace(clerk), simulated, clock, case)
        yield replace(counter, supervisor=place.flows.sign_in.enter("zhao", "135790"))
    simulated.lift_card()
    simulated.clear_desk()
    simulated.printer.fault("paper_out", on=False)
