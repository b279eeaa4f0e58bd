"""A whole window terminal without its window: real store, real devices at the wire, a clock that stands where a test puts it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.app import Workplace, open_workplace
from desktop.flows.bundle import Flows
from desktop.flows.sign import Stroke, StrokePoint
from desktop.flows.views import CaseView, Session
from desktop.settings import Settings
from hardware.simulated import people
from hardware.simulated.desk import SimulatedDesk

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""A Monday morning in the hall."""
GREETING = {
    "applicant_role": "母亲", "settle_follow": "父亲", "birth_in_province": "true", "married_at_birth": "true",
    "parents_in_province": "true", "same_ethnicity": "true", "settle_household_type": "家庭户", "newborn_birth_date": "2026-11-16",
}
TYPED = {"applicant_phone": "13800000000", "newborn_name": "陈示安", "newborn_sex": "女", "ssc_collect_method": "邮寄"}
SCENES = ("parents_cards_front", "parents_cards_back", "marriage_certificate", "register_home", "register_member", "registration_form")


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
        sheet = self.flows.sign.sheet(self.clerk, self.case)
        return self.flows.sign.sign(self.clerk, self.case, sheet.digest, STROKES, b"\x89PNG\r\n\x1a\n" + SIGNATURE)


STROKES: tuple[Stroke, ...] = (tuple(StrokePoint(step / 10, 0.5, 0.6, step * 12) for step in range(8)),)
SIGNATURE = bytes.fromhex(
    "0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c636000000002000148afa4710000000049454e44ae426082")


@pytest.fixture(scope="session")
def simulated() -> Iterator[SimulatedDesk]:
    """Card reader, camera and printer."""
    desk = SimulatedDesk()
    yield desk
    desk.close()


def settings_for(home: Path, simulated: SimulatedDesk) -> Settings:
    """A demo window with every device."""
    return Settings(home=home, demo=True, keyring=False, reader=simulated.reader_address, camera=simulated.camera_address,
                    printer=simulated.printer_address)


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory, simulated: SimulatedDesk) -> tuple[Path, str]:
    """A home in which one case lacks nothing but the signature; recognised once, copied for every test."""
    home = tmp_path_factory.mktemp("ready") / "home"
    with open_workplace(settings_for(home, simulated), clock=lambda: NOW) as place:
        flows = place.flows
        admin = flows.sign_in.add_user(None, "admin", "管理员", "administrator", "000000")
        clerk = flows.sign_in.add_user(admin, "wang", "王秀兰", "clerk", "246810")
        flows.sign_in.add_user(admin, "zhao", "赵建国", "supervisor", "135790")
        case = flows.greet.start(clerk, "hebei-newborn").case_uuid
        for key, value in GREETING.items():
            flows.fill.answer(clerk, case, key, value)
        for card in (people.MOTHER, people.FATHER):
            simulated.lay_card(card)
            flows.read_card.read(clerk, case)
            simulated.lift_card()
        for scene in SCENES:
            simulated.lay_papers(scene)
            flows.capture_page.capture(clerk, case)
        simulated.clear_desk()
        view = flows.fill.open(clerk, case)
        for key, value in TYPED.items():
            view = flows.fill.answer(clerk, case, key, value)
        for field in [field for section in view.sections for field in section.fields]:
            if field.required and not field.value:
                view = flows.fill.answer(clerk, case, field.key, field.choices[0])
            if field.needs_look:
                view = flows.fill.confirm(clerk, case, field.key)
        assert view.ready, view.problems
    return home, case


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
    with open_workplace(settings_for(home, simulated), clock=lambda: NOW) as place:
        admin = place.flows.sign_in.add_user(None, "admin", "管理员", "administrator", "000000")
        clerk = place.flows.sign_in.add_user(admin, "wang", "王秀兰", "clerk", "246810")
        place.flows.sign_in.add_user(admin, "zhao", "赵建国", "supervisor", "135790")
        case = place.flows.greet.start(clerk, "hebei-newborn").case_uuid
    yield from _opened(home, simulated, case)


def _opened(home: Path, simulated: SimulatedDesk, case: str) -> Iterator[Counter]:
    clock = Clock()
    with open_workplace(settings_for(home, simulated), clock=clock) as place:
        clerk = place.flows.sign_in.enter("wang", "246810")
        counter = Counter(place, clerk, replace(clerk), simulated, clock, case)
        yield replace(counter, supervisor=place.flows.sign_in.enter("zhao", "135790"))
    simulated.lift_card()
    simulated.clear_desk()
    simulated.printer.fault("paper_out", on=False)
