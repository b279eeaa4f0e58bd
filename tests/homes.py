"""Homes of an invented hall as tests need them: a window with all its simulated devices, and one case that only lacks the signature."""

from datetime import UTC, datetime
from pathlib import Path

from desktop.app import open_workplace
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
STROKES: tuple[Stroke, ...] = (tuple(StrokePoint(step / 10, 0.5, 0.6, step * 12) for step in range(8)),)
SIGNATURE = bytes.fromhex(
    "0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c636000000002000148afa4710000000049454e44ae426082")


def settings_for(home: Path, simulated: SimulatedDesk) -> Settings:
    """A demo window with every device."""
    return Settings(home=home, demo=True, keyring=False, reader=simulated.reader_address, camera=simulated.camera_address,
                    printer=simulated.printer_address)


def sign(flows: Flows, clerk: Session, case: str) -> CaseView:
    """The applicant reads and signs."""
    sheet = flows.sign.sheet(clerk, case)
    return flows.sign.sign(clerk, case, sheet.digest, STROKES, b"\x89PNG\r\n\x1a\n" + SIGNATURE)


def make_ready(home: Path, simulated: SimulatedDesk) -> str:
    """Three people and one case that lacks nothing but the signature; some ten seconds. Returns the case's uuid."""
    with open_workplace(settings_for(home, simulated), clock=lambda: NOW, begin=True) as place:
        flows = place.flows
        admin = flows.sign_in.add_user(None, "admin", "管理员", "administrator", "708152")
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
    return case
