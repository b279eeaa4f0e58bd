"""Whose paper it is, which matters a case does, which promises stand still: told by the pack, not by the flows."""

import random
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import cv2
import pytest

from db import cases, outbox, progress
from db.records import ProgressRecord
from desktop.app import open_workplace
from desktop.domain.snapshot import CaseSnapshot
from desktop.flows.greet import holds_in
from desktop.flows.views import CaseView, MaterialView, MatterView
from desktop.settings import SettingsError, load_settings
from hardware.readings import IdCard
from hardware.simulated import people
from hardware.simulated.people import HOUSEHOLD
from tests.flows.conftest import Counter
from tests.flows.test_every_theme import FAMILIES, ready
from tests.specimens import papers
from tests.specimens.scenes import Pose
from tests.specimens.scenes import view as photographed

DEATH = next(family for family in FAMILIES if family.theme == "hebei-death")


def _started(counter: Counter, theme: str, **answers: str) -> Counter:
    counter = replace(counter, case=counter.flows.greet.start(counter.clerk, theme).case_uuid)
    for key, value in answers.items():
        counter.flows.fill.answer(counter.clerk, counter.case, key, value)
    return counter


def _read(counter: Counter, card: IdCard) -> str:
    counter.simulated.lay_card(card)
    role = counter.flows.read_card.read(counter.clerk, counter.case)[1]
    counter.simulated.lift_card()
    return role


def _value(view: CaseView, key: str) -> str:
    return next(field.value for section in view.sections for field in section.fields if field.key == key)


def _matter(view: CaseView, matter_id: str) -> MatterView:
    return next(matter for matter in view.matters if matter.matter_id == matter_id)


def _material(view: CaseView, material_id: str) -> MaterialView:
    return next(material for material in view.materials if material.material_id == material_id)


def test_a_card_says_in_the_packs_own_words_whose_it_is(fresh: Counter) -> None:
    counter = _started(fresh, "hebei-marriage", applicant_is="女方")
    assert [_read(counter, card) for card in (people.BRIDE, people.GROOM)] == ["wife", "husband"]
    view = counter.view()
    assert [person.name for person in view.people] == ["男方", "女方"]
    origins = {field.origin_text for section in view.sections for field in section.fields if field.source == "chip"}
    assert {"男方身份证芯片", "女方身份证芯片"} <= origins
    assert counter.flows.search.cases(counter.clerk)[0].title == "苏*安"


def test_a_register_goes_to_its_head_and_one_of_nobody_known_to_the_slot_that_is_empty(fresh: Counter, tmp_path: Path) -> None:
    counter = _started(fresh, "hebei-marriage", applicant_is="女方")
    _read(counter, people.BRIDE)
    _read(counter, people.GROOM)
    slots = []
    for head in (people.BRIDE.name, "何大山"):
        page = papers.household_register_home(replace(HOUSEHOLD, head_name=head), random.Random(6))
        scene = photographed([(page, Pose(172, 126, -3))], random.Random(18), tilt=30, light=0.18, station=7)
        picture = tmp_path / "page.jpg"
        assert cv2.imwrite(str(picture), scene.image)
        taken = counter.flows.capture_page.import_file(counter.clerk, counter.case, picture)
        slots += [one.slot for one in taken.pages]
    assert slots == ["household_register_home.wife", "household_register_home.husband"]


def test_a_matter_taken_out_takes_its_papers_with_it_until_undo(fresh: Counter) -> None:
    counter = ready(fresh, DEATH)
    assert _material(counter.view(), "mat_notary").required == "yes"
    view = counter.flows.fill.select_matter(counter.clerk, counter.case, "m_housing_fund", selected=False)
    assert not _matter(view, "m_housing_fund").selected
    assert _material(view, "mat_notary").required == "no"
    view = counter.flows.fill.undo(counter.clerk, counter.case)
    assert _matter(view, "m_housing_fund").selected
    assert _material(view, "mat_notary").required == "yes"


def test_a_matter_that_is_not_optional_stays(fresh: Counter) -> None:
    counter = _started(fresh, "hebei-death", death_kind="正常死亡")
    view = counter.flows.fill.select_matter(counter.clerk, counter.case, "m_hukou_cancel", selected=False)
    assert _matter(view, "m_hukou_cancel").selected


def test_what_the_rules_leave_out_is_said_with_its_open_path_and_is_not_filed(fresh: Counter) -> None:
    counter = ready(fresh, replace(DEATH, says={**DEATH.says, "deceased_has_hebei_licence": "false"}))
    counter.flows.fill.select_matter(counter.clerk, counter.case, "m_cremation", selected=False)
    view = counter.view()
    left = _matter(view, "m_driving_licence").left_out
    assert view.eligibility == "yes"
    assert left is not None
    assert left.clause_text
    assert left.open_path
    sheet = counter.sign() and counter.flows.sign.sheet(counter.clerk, counter.case)
    assert "驾驶证" not in sheet.matters
    counter.flows.accept.accept(counter.clerk, counter.case)
    with counter.place.desk.store.reading() as tx:
        snapshot = CaseSnapshot.model_validate_json(outbox.rows(tx)[0].body)
        states = {matter.matter_id: matter.state for matter in cases.matters(tx, counter.case)}
    gone = {"m_driving_licence", "m_cremation"}
    assert gone.isdisjoint(matter.id for matter in snapshot.matters)
    assert {states[matter] for matter in gone} == {"not_selected"}


def test_a_paused_matter_moves_the_day_that_is_shown_and_not_the_one_that_was_promised(ready: Counter) -> None:
    ready.sign()
    promised = ready.flows.accept.accept(ready.clerk, ready.case).due_date
    assert promised == date(2026, 12, 1)

    def told(state: str, sequence: int, at: str) -> None:
        with ready.place.desk.store.transaction() as tx:
            progress.note(tx, ProgressRecord(
                event_id=f"e{sequence}", case_uuid=ready.case, matter_id="m_hukou", state=state, sequence=sequence,
                at=datetime.fromisoformat(at), received_at=ready.clock.now))

    told("paused", 1, "2026-11-25T09:00:00+08:00")
    view = ready.view()
    assert "户口登记" in view.standing
    assert (view.due_date, view.extended_to) == (promised, None)
    told("in_progress", 2, "2026-11-27T15:00:00+08:00")
    view = ready.view()
    assert (view.due_date, view.extended_to, view.standing) == (promised, date(2026, 12, 3), "")
    assert view.notices[0] == "因暂停办理，承诺办结日期顺延至2026年12月3日"
    assert [day.number for day in view.clock if day.day in {date(2026, 11, 25), date(2026, 11, 26)}] == [1, 1]


def test_a_matter_paused_and_taken_up_on_one_day_moves_nothing(ready: Counter) -> None:
    ready.sign()
    ready.flows.accept.accept(ready.clerk, ready.case)
    with ready.place.desk.store.transaction() as tx:
        for sequence, state in enumerate(("paused", "in_progress"), start=1):
            progress.note(tx, ProgressRecord(
                event_id=f"e{sequence}", case_uuid=ready.case, matter_id="m_hukou", state=state, sequence=sequence,
                at=datetime.fromisoformat(f"2026-11-25T1{sequence}:00:00+08:00"), received_at=ready.clock.now))
    assert ready.view().extended_to is None


def test_themes_of_the_windows_own_region_come_first_and_all_can_be_started(fresh: Counter) -> None:
    cards = fresh.flows.greet.themes()
    assert {card.theme_id for card in cards} >= {family.theme for family in FAMILIES}
    own = [card.own_region for card in cards]
    assert own == sorted(own, reverse=True)
    assert {card.theme_id for card in cards if card.own_region} == {"hebei-newborn", "hebei-marriage", "hebei-death"}
    county = fresh.place.desk.packs.get("hunan-yuanling-newborn", on=fresh.clock.now.date())
    assert (holds_in(county, "431222"), holds_in(county, "431223")) == (True, False)


def test_a_county_turns_a_switch_in_its_settings(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[switches]\nhunan-yuanling-newborn = ["insurance_first"]\n', "utf-8")
    with open_workplace(replace(load_settings(tmp_path), keyring=False), begin=True) as place:
        pack = place.desk.packs.get("hunan-yuanling-newborn", "2022")
        insurance = next(matter for matter in pack.matters if matter.id == "m_medins")
        assert insurance.prerequisites == ("m_birth_cert",)


@pytest.mark.parametrize(("text", "named"), [
    ('[switches]\nhunan-yuanling-newborn = ["insurance_frist"]', "hunan-yuanling-newborn.insurance_frist"),
    ('[switches]\nhunan = ["insurance_first"]', "hunan"),
    ('[switches]\nhunan-yuanling-newborn = "insurance_first"', "switches.hunan-yuanling-newborn"),
    ("switches = true", "switches"),
])
def test_a_switch_nobody_knows_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "settings.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=named), open_workplace(replace(load_settings(tmp_path), keyring=False), begin=True):
        pass
