"""Drafts: every change is saved at once, the stronger source wins, and every step can be taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db import cases
from desktop.domain.case import IllegalMove
from hardware.simulated import people
from tests.flows.conftest import Counter


def _source(counter: Counter, key: str) -> tuple[str, str]:
    field = next(field for section in counter.view().sections for field in section.fields if field.key == key)
    return field.value, field.source


def _read(counter: Counter, card: object) -> None:
    counter.simulated.lay_card(card)  # type: ignore[arg-type]
    counter.flows.read_card.read(counter.clerk, counter.case)
    counter.simulated.lift_card()


def test_a_card_fills_its_fields_and_one_undo_takes_them_all_back(fresh: Counter) -> None:
    fresh.flows.fill.answer(fresh.clerk, fresh.case, "applicant_role", "母亲")
    _read(fresh, people.MOTHER)
    assert _source(fresh, "mother_name") == ("林晓月", "chip")
    assert _source(fresh, "applicant_sex") == ("女", "chip")
    view = fresh.flows.fill.undo(fresh.clerk, fresh.case)
    assert _source(fresh, "mother_name") == ("", "")
    assert view.can_undo


def test_the_hand_beats_the_chip_and_the_disagreement_is_said(fresh: Counter) -> None:
    fresh.flows.fill.answer(fresh.clerk, fresh.case, "applicant_role", "母亲")
    _read(fresh, people.MOTHER)
    view = fresh.flows.fill.answer(fresh.clerk, fresh.case, "mother_name", "林小月")
    assert _source(fresh, "mother_name") == ("林小月", "hand")
    assert ("sources.disagree", "mother_name") in {(problem.code, problem.key) for problem in view.problems}
    fresh.flows.fill.answer(fresh.clerk, fresh.case, "mother_name", "")
    assert _source(fresh, "mother_name") == ("林晓月", "chip")


def test_typing_what_already_stands_there_keeps_its_better_source(fresh: Counter) -> None:
    fresh.flows.fill.answer(fresh.clerk, fresh.case, "applicant_role", "母亲")
    _read(fresh, people.MOTHER)
    fresh.flows.fill.answer(fresh.clerk, fresh.case, "mother_name", "林晓月")
    assert _source(fresh, "mother_name") == ("林晓月", "chip")


def test_undo_brings_an_overwritten_answer_back(fresh: Counter) -> None:
    fresh.flows.fill.answer(fresh.clerk, fresh.case, "newborn_name", "陈示安")
    fresh.flows.fill.answer(fresh.clerk, fresh.case, "newborn_name", "陈示宁")
    fresh.flows.fill.undo(fresh.clerk, fresh.case)
    assert _source(fresh, "newborn_name") == ("陈示安", "hand")
    fresh.flows.fill.undo(fresh.clerk, fresh.case)
    assert _source(fresh, "newborn_name") == ("", "")


def test_a_field_a_department_fills_is_not_typed_at_the_window(fresh: Counter) -> None:
    with pytest.raises(IllegalMove, match="department"):
        fresh.flows.fill.answer(fresh.clerk, fresh.case, "newborn_id_no", "130529202611160017")
    assert _source(fresh, "newborn_id_no") == ("", "")


def test_of_the_38_fields_at_most_ten_are_typed_and_each_other_one_names_its_source(ready: Counter) -> None:
    view = ready.view()
    assert view.fields_total == 38
    assert view.fields_typed <= 10
    fields = [field for section in view.sections for field in section.fields if field.value]
    assert not [field.key for field in fields if not field.source or not field.origin_text]
    recognised = [field for field in fields if field.source == "recognised"]
    assert recognised
    assert all(field.cutout is not None for field in recognised)


def test_the_cutout_of_a_recognised_field_is_a_strip_of_the_upright_page(ready: Counter) -> None:
    field = next(field for section in ready.view().sections for field in section.fields if field.key == "hukou_address")
    assert field.cutout is not None
    strip = ready.flows.capture_page.cutout(field.cutout)
    page = ready.flows.capture_page.page_image(field.cutout.evidence_id)
    assert strip.shape[0] < page.shape[0] / 3
    assert strip.shape[1] > strip.shape[0]


def test_a_page_taken_out_takes_its_answers_with_it_until_undo(ready: Counter) -> None:
    slot = next(slot for material in ready.view().materials for slot in material.slots if slot.slot == "household_register_home")
    assert slot.evidence_id is not None
    ready.flows.capture_page.discard(ready.clerk, ready.case, slot.evidence_id)
    assert _source(ready, "hukou_address") == ("", "")
    ready.flows.fill.undo(ready.clerk, ready.case)
    assert _source(ready, "hukou_address")[1] == "recognised"


def test_a_clock_put_back_does_not_make_a_newer_state_look_older(ready: Counter) -> None:
    before = ready.view().saved_at
    ready.clock.pass_by(timedelta(minutes=-10))
    view = ready.flows.fill.answer(ready.clerk, ready.case, "newborn_name", "陈示宁")
    assert view.saved_at >= before
    assert _source(ready, "newborn_name") == ("陈示宁", "hand")


def test_a_confirmation_ends_when_another_card_says_otherwise(ready: Counter) -> None:
    for key in ("father_name", "father_id_no"):
        ready.flows.fill.confirm(ready.clerk, ready.case, key)
    stranger = replace(people.FATHER, name="周生人", number="130529199001010011")
    ready.simulated.lay_card(stranger)
    view, _ = ready.flows.read_card.read(ready.clerk, ready.case, "father")
    assert not view.ready
    assert {("sources.disagree", "father_name"), ("sources.disagree", "father_id_no")} <= {
        (problem.code, problem.key) for problem in view.problems}


def test_an_unknown_key_and_another_cases_page_are_refused(ready: Counter) -> None:
    with pytest.raises(ValueError, match="no field"):
        ready.flows.fill.answer(ready.clerk, ready.case, "no_such_key", "x")
    other = ready.flows.greet.start(ready.clerk, "hebei-newborn").case_uuid
    slot = next(slot for material in ready.view().materials for slot in material.slots if slot.evidence_id)
    assert slot.evidence_id is not None
    with pytest.raises(ValueError, match="not this case"):
        ready.flows.capture_page.discard(ready.clerk, other, slot.evidence_id)


def _stored(counter: Counter, key: str) -> str:
    with counter.place.desk.store.reading() as tx:
        return next(answer.value for answer in cases.answers(tx, counter.case) if answer.key == key)


@pytest.mark.parametrize(("key", "typed", "kept"), [
    ("newborn_name", " 陈\u200b示　安", "陈示安"), ("newborn_name", "买买提．艾力", "买买提·艾力"),
    ("newborn_birth_date", "2026年11月10日", "2026-11-10"),
    ("applicant_phone", "+86 138-0013-8000", "13800138000"), ("father_id_no", "１３０５２９-19930806-001x", "13052919930806001X"),
    ("applicant_phone", "1380013", "1380013"), ("newborn_birth_cert_no", "x１30529001", "X130529001")])
def test_what_is_typed_is_stored_in_its_one_spelling(fresh: Counter, key: str, typed: str, kept: str) -> None:
    fresh.flows.fill.answer(fresh.clerk, fresh.case, key, typed)
    assert _stored(fresh, key) == kept
    assert _source(fresh, key) == (kept, "hand")


def test_typing_the_same_otherwise_is_no_change_and_no_step_to_undo(fresh: Counter) -> None:
    fresh.flows.fill.answer(fresh.clerk, fresh.case, "newborn_name", "陈示安")
    before = fresh.view()
    after = fresh.flows.fill.answer(fresh.clerk, fresh.case, "newborn_name", "陈示安\u3000")
    assert after == before


@pytest.mark.parametrize(("name", "number", "wanted"), [
    ("买买提•艾力", "130529199503150028",
     "买买提．艾力 买买提・艾力 艾\u200b力 130529-19950315-0028 １３０５２９１９９５０３１５００２８ 130529950315002 1305291995"),
    ("\uf92c一", "130529950315002", "郎一 \uf92c一 \uf92c 130529950315002 130529199503150028")])
def test_a_case_is_found_by_every_spelling_of_its_applicant(fresh: Counter, name: str, number: str, wanted: str) -> None:
    for key, value in (("applicant_role", "母亲"), ("applicant_name", name), ("applicant_id_no", number)):
        fresh.flows.fill.answer(fresh.clerk, fresh.case, key, value)
    for text in wanted.split():
        assert [row.case_uuid for row in fresh.flows.search.cases(fresh.clerk, text)] == [fresh.case], text
    assert fresh.flows.search.cases(fresh.clerk, "130529199503150029") == ()
