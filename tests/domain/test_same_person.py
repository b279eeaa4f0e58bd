"""What several papers say of one person, held against each other, also where no blank of the form takes the second value."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain import same_person
from desktop.domain.evaluate import Evaluation
from desktop.domain.prefill import Fact, facts_from_card, facts_from_page
from desktop.domain.problem import Problem
from tests.domain import test_hebei_death, test_hebei_marriage
from tests.domain.conftest import CODES, FATHER, MOTHER, PACK, Family, complete, greeted, marriage, register_member, sure

BIRTHS = {"birth_1": "1995-03-15", "birth_2": "1993-08-06"}


def told(seen: Evaluation) -> dict[str, Problem]:
    return {problem.key or "": problem for problem in seen.problems if problem.code in {"sources.disagree", "sources.look"}}


def birth_certificate(confidence: float = 0.995, /, **changes: str) -> tuple[Fact, ...]:
    fields = {"mother_name": "林晓月", "mother_id": MOTHER["number"], "mother_nation": "汉", "father_name": "陈志远",
              "father_id": FATHER["number"], "father_nation": "汉族"}
    return facts_from_page("birth_certificate", sure(confidence, **{**fields, **changes}), evidence_id="birth")


def test_papers_that_agree_are_not_spoken_of() -> None:
    assert told(complete().showing(marriage(**BIRTHS), register_member(birth="1993-08-06"), birth_certificate()).look()) == {}


def test_both_spouses_are_held_against_their_cards_in_whatever_order_they_stand() -> None:
    swapped = marriage(name_1="陈志远", sex_1="男", id_number_1=FATHER["number"], birth_1="1993-08-08",
                       name_2="林晓月", sex_2="女", id_number_2=MOTHER["number"], birth_2="1995-03-16")
    found = told(complete().showing(swapped).look())
    assert set(found) == {"same:mother.birth", "same:father.birth"}
    assert found["same:father.birth"].params["label"] == "父亲的出生日期"
    assert [side.origin for side in found["same:father.birth"].sides] == [
        "chip:father.birth_date", "paper:marriage_certificate.husband.birth"]


def test_both_places_are_carried_and_the_values_stay_out_of_every_record() -> None:
    found = told(complete().showing(marriage(**{**BIRTHS, "birth_1": "1995-08-15"})).look())["same:mother.birth"]
    assert [(side.value, side.evidence_id, side.box) for side in found.sides] == [
        ("1995-03-15", None, None), ("1995-08-15", "marriage", (0.1, 0.1, 0.3, 0.05))]
    number = told(complete().showing(marriage(id_number_1="130529199503150044")).look())["mother_id_no"]
    assert [side.value for side in number.sides] == [MOTHER["number"], "130529199503150044"]
    assert "19950315" not in number.model_dump_json() + repr(number)


def test_a_register_page_and_a_birth_certificate_are_compared_too() -> None:
    found = told(complete().showing(register_member(birth="1993-08-08"), birth_certificate(mother_nation="满族")).look())
    assert found["same:father.birth"].sides[1].evidence_id == "member"
    assert [side.evidence_id for key, problem in found.items() if "birth" not in key for side in problem.sides] == [None, "birth"]


def test_of_another_persons_page_sex_and_birth_are_not_told_on_top() -> None:
    stranger = register_member("father", name="周生人", sex="女", birth="1968-02-02", id_number="130529196802020027")
    found = told(complete().showing(stranger).look())
    assert {"father_id_no", "father_name"} <= set(found)
    assert not {"same:father.sex", "same:father.birth"} & set(found)


def test_the_deads_certificate_is_held_against_the_dead_persons_card() -> None:
    family = test_hebei_death.complete().showing(test_hebei_death.certificate(nation="满族"))
    found = told(family.look())
    assert found["same:deceased.nation"].params == {"label": "死者的民族", "value": "汉族", "other": "满族"}


def test_those_who_marry_are_compared_where_the_pack_takes_nothing_from_the_certificate() -> None:
    certificate = facts_from_page("marriage_certificate", sure(name_1="甲", sex_1="男"), evidence_id="marriage")
    family = replace(test_hebei_marriage.complete(), facts=()).showing(
        facts_from_card({**FATHER, "name": "陈志远"}, "husband"), certificate)
    assert "same:husband.name" in told(family.look())


def test_a_doubtful_side_asks_for_a_look_and_stops_nothing() -> None:
    doubtful = facts_from_page("marriage_certificate", sure(0.8, sex_1="女", birth_1="1995-08-15"), evidence_id="marriage")
    found = told(complete().showing(doubtful).look())["same:mother.birth"]
    assert (found.code, found.severity) == ("sources.look", "warning")
    certain = told(complete().showing(marriage(birth_1="1995-08-15")).look())["same:mother.birth"]
    assert (certain.code, certain.severity) == ("sources.disagree", "error")


def test_a_doubtful_reading_does_not_hide_a_sure_one_that_says_otherwise() -> None:
    certificate = birth_certificate(mother_name="林小月")
    doubtful = read("household_register_member", "member", 0.9, name="林晓目", birth="1995-03-18")
    found = told(complete().showing(doubtful, certificate, marriage(birth_1="1995-08-15")).look())
    for key, sure_value in (("mother_name", "林小月"), ("same:mother.birth", "1995-08-15")):
        assert (found[key].code, found[key].severity) == ("sources.disagree", "error"), key
        assert found[key].sides[1].value == sure_value


def test_a_doubtful_value_of_the_form_is_looked_at_once_and_not_called_wrong() -> None:
    doubtful = facts_from_page("household_register_member", sure(0.9, name="林晓目"), "mother", evidence_id="member")
    seen = greeted().showing(doubtful, marriage()).look()
    assert [problem.code for problem in seen.fields["mother_name"].problems] == ["sources.look"]
    assert seen.fields["mother_name"].problems[0].severity == "error", "what is filed must have been looked at"


def test_what_was_compared_and_found_right_is_not_told_again() -> None:
    family = complete().showing(marriage(birth_1="1995-08-15"))
    assert not told(replace(family, confirmed=frozenset({"same:mother.birth"})).look())


def test_a_number_of_fifteen_digits_is_the_same_as_its_long_form() -> None:
    assert told(complete().showing(marriage(id_number_1="130529950315002")).look()) == {}
    assert "mother_id_no" in told(complete().showing(marriage(id_number_1="130529950315004")).look())


@pytest.mark.parametrize(("name", "same"), [("林 晓月", True), ("林曉月", False), ("林晓目", False), ("林晓月　", True)])
def test_a_name_is_the_same_only_when_every_character_is(name: str, same: bool) -> None:
    assert ("mother_name" not in told(complete().showing(marriage(name_1=name)).look())) is same


def read(doc_type: str, evidence_id: str, confidence: float, **fields: str) -> tuple[Fact, ...]:
    return facts_from_page(doc_type, sure(confidence, **fields), "mother", evidence_id=evidence_id)


def confidence(family: Family, key: str = "mother_name") -> float:
    return family.look().answers[key].confidence


def test_a_second_paper_that_says_the_same_makes_a_value_sure_and_the_look_goes_away() -> None:
    once = greeted().showing(read("household_register_member", "a", 0.9, name="林晓月"))
    assert once.look().fields["mother_name"].needs_look
    both = once.showing(read("birth_certificate", "b", 0.9, mother_name="林晓月"))
    assert not both.look().fields["mother_name"].needs_look
    assert confidence(both) == pytest.approx(0.99)


def test_two_readings_of_one_page_are_one_voice() -> None:
    page = (*read("household_register_member", "a", 0.9, name="林晓月"), *read("birth_certificate", "a", 0.92, mother_name="林晓月"))
    assert confidence(greeted().showing(page)) == pytest.approx(0.92)


def test_a_paper_the_field_does_not_know_supports_it_all_the_same() -> None:
    topic = next(topic for topic in same_person.topics(PACK) if topic.key == "same:mother.name")
    assert "paper:marriage_certificate.wife.name" in topic.facts
    alone = greeted().saying(applicant_role="母亲").showing(read("id_card_front", "a", 0.9, name="林晓月"))
    assert confidence(alone, "applicant_name") == 0.9
    assert confidence(alone.showing(read("birth_certificate", "b", 0.9, mother_name="林晓月")), "applicant_name") == pytest.approx(0.99)


@given(st.text(max_size=12), st.text(max_size=12))
def test_comparing_never_fails_and_holds_both_ways(one: str, other: str) -> None:
    for topic in same_person.topics(PACK):
        assert topic.alike(one, one, CODES)
        assert topic.alike(one, other, CODES) == topic.alike(other, one, CODES)
