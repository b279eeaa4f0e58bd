"""Which source wins, what disagrees, what wants a second look."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain import themes
from desktop.domain.evaluate import evaluate
from desktop.domain.prefill import (
    Answer,
    Fact,
    Read,
    Source,
    facts_from_card,
    facts_from_page,
    needs_look,
    people,
    resolve_role,
    whose,
)
from tests.domain.conftest import (
    CALENDAR,
    CODES,
    FATHER,
    GRANDMOTHER,
    MOTHER,
    PACK,
    PACK_FILE,
    Family,
    codes_of,
    complete,
    marriage,
    register_home,
    register_member,
    sure,
)


def test_the_chip_beats_the_paper_and_the_hand_beats_both() -> None:
    family = complete()
    assert family.look().answers["mother_name"].source is Source.CHIP
    typed = family.saying(mother_name="林小月").look().answers["mother_name"]
    assert (typed.value, typed.source) == ("林小月", Source.HAND)


def test_without_cards_the_papers_fill_what_they_can_with_their_place_on_the_page() -> None:
    family = complete()
    papers = type(family)(hand=family.hand, pages=family.pages).showing(marriage(), register_home(), register_member())
    answer = papers.look().answers["mother_id_no"]
    assert (answer.value, answer.source, answer.evidence_id) == (MOTHER["number"], Source.RECOGNISED, "marriage")
    assert answer.box is not None
    assert papers.look().answers["applicant_id_no"].value == MOTHER["number"]


def test_husband_and_wife_are_told_apart_in_either_order_and_by_their_numbers() -> None:
    swapped = marriage(name_1="陈志远", sex_1="男", id_number_1=FATHER["number"], name_2="林晓月", sex_2="女", id_number_2=MOTHER["number"])
    assert {fact.name: fact.value for fact in swapped}["paper:marriage_certificate.wife.name"] == "林晓月"
    unsexed = facts_from_page("marriage_certificate", sure(name_1="陈志远", id_number_2=MOTHER["number"], name_2="林晓月"))
    assert {fact.name: fact.value for fact in unsexed}["paper:marriage_certificate.husband.name"] == "陈志远"
    assert facts_from_page("marriage_certificate", sure(name_1="甲", name_2="乙")) == ()


def test_a_paper_that_contradicts_the_chip_stops_acceptance_until_the_clerk_has_looked() -> None:
    family = complete().showing(marriage(id_number_1="130529199503150044"))
    seen = family.look()
    assert codes_of(seen) == ["sources.disagree"]
    assert seen.fields["mother_id_no"].needs_look
    assert seen.problems[0].params["other"] == "130529********0044"
    assert "19950315" not in str(seen.problems[0].params)
    looked = type(family)(hand=family.hand, facts=family.facts, pages=family.pages, confirmed=frozenset({"mother_id_no"})).look()
    assert looked.complete


def test_a_doubtful_reading_against_a_chip_only_warns() -> None:
    doubtful = facts_from_page("marriage_certificate", sure(0.8, name_1="林晓目", sex_1="女"))
    seen = complete().showing(doubtful).look()
    assert seen.complete
    assert codes_of(seen, "warning") == ["sources.look"]


def test_correcting_a_doubtful_reading_by_hand_is_no_disagreement() -> None:
    doubtful = facts_from_page("household_register_home", sure(0.7, address="河北省邢台市巨鹿县示例镇样木路18号"))
    family = complete().showing(doubtful)
    assert codes_of(family.look()) == ["field.look"]
    assert family.saying(hukou_address="河北省邢台市巨鹿县示例镇样本路18号").look().problems == ()


def test_a_look_is_wanted_only_of_what_was_read_from_paper_without_certainty() -> None:
    answer = Answer(key="x", value="x", source=Source.RECOGNISED, confidence=0.97)
    assert needs_look(answer)
    assert not needs_look(answer.model_copy(update={"confidence": 0.98}))
    assert not needs_look(answer.model_copy(update={"source": Source.CHIP}))


def test_two_papers_that_say_the_same_make_each_other_sure() -> None:
    family = complete()
    once = facts_from_page("household_register_member", sure(0.9, name="陈志远", id_number=FATHER["number"]), "father")
    again = facts_from_page("marriage_certificate", sure(0.9, name_2="陈志远", sex_2="男", id_number_2=FATHER["number"]))
    alone = type(family)(hand=family.hand).showing(once).look()
    both = type(family)(hand=family.hand).showing(once, again).look()
    assert alone.answers["father_name"].confidence == 0.9
    assert both.answers["father_name"].confidence == pytest.approx(0.99)


@pytest.mark.parametrize(("hall", "sure_of_it"), [
    ("巨鹿县示例医院", True), ("巨鹿县示例医院 ", True), ("巨鹿县实例医院", False), ("", False)])
def test_a_hospital_that_is_the_windows_own_is_read_for_sure(hall: str, sure_of_it: bool) -> None:
    family = family_of("hospital", sources='["paper:birth_certificate.hospital", "station:hall"]')
    facts = (*family.facts, *facts_from_page("birth_certificate", sure(0.9, hospital="巨鹿县示例医院"), evidence_id="birth"))
    seen = evaluate(family.pack, facts, {}, (), family.today, CALENDAR, CODES, {"region": "130529", "hall": hall})
    assert seen.answers["hospital"].value == "巨鹿县示例医院"
    assert needs_look(seen.answers["hospital"]) is not sure_of_it


def test_a_second_reading_replaces_the_first() -> None:
    family = complete().showing(register_home(address="河北省邢台市巨鹿县示例镇样本路20号"))
    assert family.look().answers["hukou_address"].value.endswith("20号")


def test_taking_the_hands_answer_back_shows_the_lower_source_again() -> None:
    family = complete()
    assert family.saying(mother_name="林小月").saying(mother_name=None).look().answers["mother_name"].source is Source.CHIP


def test_answers_that_follow_from_each_other_settle_whatever_comes_first() -> None:
    answers = complete().saying(hukou_address="北京市朝阳区样本路1号").look().answers
    assert [answers[key].value for key in ("settle_hukou_region", "medins_region", "ssc_issue_region")] == ["110105"] * 3
    assert answers["parents_in_province"].value == "false"


def test_an_address_typed_by_hand_leads_to_region_insurance_and_card_region() -> None:
    family = complete()
    typed = type(family)(hand={**family.hand, "hukou_address": "河北省邢台市巨鹿县示例镇样本村3号"}).look().answers
    assert typed["settle_hukou_region"].value == "130529"
    assert typed["medins_region"].source is Source.COPIED
    assert typed["ssc_issue_region"].value == "130529"
    assert typed["medins_grassroots_division_name"].value == "巨鹿县示例镇样本村"


def test_numbers_and_phones_are_kept_in_one_spelling() -> None:
    seen = complete().saying(applicant_phone=" 138-0013 8000", father_id_no="13052919930806001９").look()
    assert seen.answers["applicant_phone"].value == "13800138000"
    assert seen.answers["father_id_no"].value == FATHER["number"]


def test_an_expired_card_is_told_and_an_endless_one_is_not() -> None:
    seen = complete().showing(facts_from_card({**MOTHER, "valid_to": "2026-11-01"}, "mother")).look()
    assert [(problem.code, problem.params["person"]) for problem in seen.problems] == [("id_card.expired", "母亲")]


WIFE, HUSBAND = MOTHER["number"], FATHER["number"]
MISREAD = "130529199308060018"


@pytest.mark.parametrize(("first", "second", "told"), [
    (("男", 0.99, HUSBAND), ("女", 0.99, WIFE), "husband wife"),
    (("女", 0.99, WIFE), ("男", 0.99, HUSBAND), "wife husband"),
    (("男", 0.99, HUSBAND), ("男", 0.3, WIFE), "husband wife"),          # her number is right, her sex misread
    (("女", 0.99, HUSBAND), ("女", 0.99, WIFE), "husband wife"),         # his is misread, and surely so
    (("男", 0.99, MISREAD), ("男", 0.3, WIFE), "husband wife"),
    (("男", 0.99, MISREAD), ("男", 0.3, ""), "husband wife"),            # without numbers the surer print
    (("男", 0.6, ""), ("女", 0.99, ""), "husband wife"),
    (("", 0.0, ""), ("", 0.0, WIFE), "husband wife"),
    (("男", 0.99, HUSBAND), ("", 0.0, MISREAD), "husband wife"),
    (("男", 0.99, ""), ("男", 0.99, MISREAD), ""),                       # two men: whose name it is nobody knows
    (("男", 0.5, ""), ("男", 0.5, ""), ""),
    (("男", 0.99, HUSBAND), ("女", 0.99, HUSBAND), ""),
    (("男", 0.99, HUSBAND), ("男", 0.99, MISREAD), ""),
    (("", 0.0, ""), ("", 0.0, ""), ""),
])
def test_the_spouses_are_told_apart_by_their_numbers_and_then_by_the_surer_print(
        first: tuple[str, float, str], second: tuple[str, float, str], told: str) -> None:
    fields: dict[str, Read] = {}
    for which, (sex, confidence, number) in (("1", first), ("2", second)):
        fields |= {f"name_{which}": ("某某", 0.99, None), f"sex_{which}": (sex, confidence, None),
                   f"id_number_{which}": (number, 0.8, None)}
    names = [fact.name for fact in facts_from_page("marriage_certificate", fields) if fact.name.endswith(".name")]
    assert names == [f"paper:marriage_certificate.{who}.name" for who in told.split()]


def test_a_card_is_its_owners_by_number_then_by_name_then_by_who_is_still_open() -> None:
    def owner(name: str, number: str, sex: str, family: Family) -> str | None:
        seen = family.look()
        return whose(PACK, name, number, sex, people(PACK, seen.answers, seen.evaluator), seen.evaluator)

    seen = complete().look()
    assert people(PACK, seen.answers, seen.evaluator)["mother"] == ("林晓月", MOTHER["number"])
    assert owner("", MOTHER["number"], "", complete()) == "mother"
    assert owner("陈志远", "", "", complete()) == "father"
    assert owner("林晓月", MOTHER["number"], "2", Family().saying(applicant_role="母亲")) == "mother"
    assert owner("周桂兰", GRANDMOTHER["number"], "2", Family().saying(applicant_role="其他")) is None
    assert [owner("", "", sex, Family()) for sex in ("1", "2", "")] == ["father", "mother", None], "nobody was asked yet who came"
    assert owner("周桂兰", GRANDMOTHER["number"], "2", Family().showing(facts_from_card(MOTHER, "mother"))) is None
    assert owner("周桂兰", GRANDMOTHER["number"], "2", complete().saying(applicant_role="其他")) == "agent"
    assert owner("周桂兰", GRANDMOTHER["number"], "2", complete()) is None


@pytest.mark.parametrize(("key", "value", "code"), [
    ("applicant_phone", "12345", "phone.invalid"), ("applicant_phone", "03194321234", ""), ("applicant_phone", "0319-4321234", ""),
    ("newborn_name", "陈", "name.length"), ("newborn_name", "陈Ann", "name.newborn_characters"), ("newborn_name", "王安然", "name.surname"),
    ("newborn_name", "阿依·古丽", "name.surname"), ("newborn_birth_date", "2026-11-24", "date.future"),
    ("newborn_birth_date", "18.11.2026", "date.invalid"), ("newborn_birth_cert_no", "130001234", "birth_certificate_number.form"),
    ("father_id_no", MOTHER["number"], "id_number.not_male"), ("mother_id_no", FATHER["number"], "parents.same_person"),
    ("newborn_sex", "其他", "choice.unknown"), ("newborn_native_place_region", "某处", "region.form"),
    ("newborn_native_place_region", "139999", "region.unknown"), ("medins_grassroots_division_code", "一二三", "digits.only"),
    ("birth_registration_category", "其他情形", ""),
])
def test_a_typed_value_is_checked_at_once(key: str, value: str, code: str) -> None:
    found = [problem.code for problem in complete().saying(**{key: value}).look().problems if problem.key == key]
    assert (code in found) if code else not [name for name in found if name != "sources.disagree"]


ODD_DAYS = ["2026-11-18", "9999-12-31", "0001-01-01", "2024-02-29"]
FACT_NAMES = sorted({fact.name for fact in complete().facts})


@pytest.mark.parametrize("day", ODD_DAYS)
def test_a_birth_date_at_the_ends_of_the_calendar_is_answered_too(day: str) -> None:
    assert complete().saying(newborn_birth_date=day).look().eligibility in {"yes", "no", "unknown"}


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(PACK.by_key)), st.text(max_size=20) | st.sampled_from(ODD_DAYS), max_size=12),
       st.lists(st.tuples(st.sampled_from(FACT_NAMES), st.text(max_size=20), st.floats(0, 1)), max_size=8))
def test_whatever_is_typed_or_misread_the_rules_give_an_answer(hand: dict[str, str], misread: list[tuple[str, str, float]]) -> None:
    facts = tuple(Fact(name=name, value=value, confidence=confidence) for name, value, confidence in misread)
    seen = complete().saying(**hand).showing(facts).look()
    assert seen.eligibility in {"yes", "no", "unknown"}
    assert set(seen.fields) == {field.key for field in PACK.fields}


def test_an_agent_with_a_passport_is_checked_by_the_form_of_a_passport() -> None:
    agent = complete().saying(applicant_role="其他", applicant_id_type="护照")
    right, wrong = (agent.saying(applicant_id_no=number).look().fields["applicant_id_no"].problems for number in ("e12345678", "E-1"))
    assert right == ()
    assert [problem.code for problem in wrong] == ["certificate_number.form"]


def test_the_end_of_validity_does_not_come_before_its_start() -> None:
    seen = complete().saying(newborn_id_valid_from="2026-12-01", newborn_id_valid_to="2026-11-30").look()
    assert codes_of(seen) == ["date.order"]


def family_of(question: str, *, sources: str, kind: str = "text", more: str = "", when: str = "true") -> Family:
    """The 2023 family at a window whose pack asks one more thing."""
    text = PACK_FILE.read_text("utf-8").replace("[[questions]]", f'[[questions]]\nkey = "{question}"\nlabel = "另问"\ntype = "{kind}"\n'
                                                f'sources = {sources}\nask = "papers"\nchecks = []\nwhen = "{when}"\n{more}\n\n'
                                                "[[questions]]", 1)
    return replace(complete(), pack=themes.parse_pack(text, "made-up.toml"))


def test_the_list_of_matters_is_filled_from_those_that_are_chosen() -> None:
    seen = family_of("ticked", sources='["matters:"]').look()
    assert seen.answers["ticked"].value == "《出生医学证明》签发、预防接种证办理、户口登记、城乡居民参保登记、社会保障卡申领"


def test_a_picture_is_there_once_its_slot_holds_one() -> None:
    family = family_of("picture", sources='["slot:signature"]', kind="image")
    assert "picture" not in family.look().answers
    assert replace(family, pages=family.pages | {"signature"}).look().answers["picture"].value == "已采集"


@pytest.mark.parametrize(("kind", "more", "typed", "kept"), [
    ("datetime", "", "2026-11-18 08:26:30", "2026-11-18T08:26"), ("datetime", "", "2026-11-18", "2026-11-18"),
    ("int", "", " ０3 ", "3"), ("int", "", "三", "三"),
    ("multi", 'choices = ["甲", "乙", "丙"]', "丙，甲、丙", "甲、丙"),
])
def test_a_typed_value_is_kept_as_its_type_is_written(kind: str, more: str, typed: str, kept: str) -> None:
    assert family_of("asked", sources="[]", kind=kind, more=more).saying(asked=typed).look().answers["asked"].value == kept


def test_a_question_that_is_not_asked_any_more_has_no_answer() -> None:
    family = family_of("reason", sources="[]", when="applicant_role == '其他'").saying(reason="住院")
    assert family.saying(applicant_role="其他").look().answers["reason"].value == "住院"
    assert "reason" not in family.saying(applicant_role="母亲").look().answers


def test_a_registers_home_page_is_somebodys_only_where_a_pack_asks_for_more_than_one() -> None:
    names = [facts_from_page("household_register_home", sure(head_name="陈志远"), role)[0].name for role in (None, "father")]
    assert names == ["paper:household_register_home.head_name", "paper:household_register_home.father.head_name"]


def test_a_role_that_stands_for_another_is_that_one_once_the_question_is_answered() -> None:
    assert resolve_role(PACK, "applicant", {}) is None
    assert resolve_role(PACK, "applicant", {"applicant_role": "其他"}) == "agent"
    assert resolve_role(PACK, "mother", {}) == "mother"
