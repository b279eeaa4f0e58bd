"""The newborn pack of Zhejiang against its standard, and the families it was written for. Its form is proposed: nothing to compare."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desktop.domain import themes
from desktop.domain.evaluate import Evaluation, evaluate
from desktop.domain.prefill import Answer, Fact, Source, facts_from_card
from tests.domain.conftest import (
    CALENDAR,
    CODES,
    RESOURCES,
    Family,
    codes_of,
    marriage,
    register_home,
    register_member,
)

PACK = themes.parse_pack((RESOURCES / "themes/zhejiang-newborn/2022.toml").read_text("utf-8"), "2022.toml")
SEED = "".join((Path(__file__).parent / "seed_zhejiang_newborn.txt").read_text("utf-8").split())

ADDRESS = "浙江省杭州市西湖区样本街道示例路6号2幢301室"
MOTHER = {"type": "resident", "name": "沈书瑶", "sex": "2", "nation": "01", "birth_date": "1994-05-12", "number": "330106199405120029",
          "address": ADDRESS, "valid_from": "2020-01-10", "valid_to": "2040-01-10"}
FATHER = {"type": "resident", "name": "陆景行", "sex": "1", "nation": "01", "birth_date": "1992-09-08", "number": "330106199209080015",
          "address": ADDRESS, "valid_from": "2019-06-03", "valid_to": "2039-06-03"}
CARDS = frozenset({"id_card_front.mother", "id_card_back.mother", "id_card_front.father", "id_card_back.father"})
REGISTER = frozenset({"household_register_home", "household_register_member.father"})
GREETING = {"applicant_role": "母亲", "born_in_midwifery": "true", "settle_in_province": "true", "meets_settlement_policy": "true",
            "settle_follow": "父亲"}
TYPED = {"newborn_name": "陆知微", "newborn_sex": "女", "newborn_birth_date": "2026-11-18", "birth_institution_name": "杭州市示例妇产医院",
         "mother_phone": "13800138000", "hukou_police_station": "西湖区样本派出所", "ssc_issue_bank": "示例银行",
         "birth_cert_delivery": "申请人自取", "vaccination_delivery": "申请人自取", "hukou_delivery": "申请人自取",
         "ssc_delivery": "申请人自取"}
SHARED_REGISTER = tuple(Fact(name=f"push:share.{key}", value=value) for key, value in {
    "hukou_shared": "true", "hukou_address": ADDRESS, "householder_name": "陆景行", "relation_to_head": "户主",
    "native_place": "浙江省杭州市西湖区"}.items())


def bare(text: str) -> str:
    return "".join(text.split())


def greeted() -> Family:
    return Family(hand=GREETING, pack=PACK)


def complete() -> Family:
    """The mother applies, both cards read and captured, booklet and marriage certificate laid down, all typed that must be."""
    papers = (register_home(head_name="陆景行", address=ADDRESS),
              register_member(name="陆景行", native_place="浙江省杭州市西湖区", id_number=FATHER["number"]),
              marriage(holder="沈书瑶", cert_no="J330106-2021-000520", name_1="沈书瑶", id_number_1=MOTHER["number"],
                       name_2="陆景行", id_number_2=FATHER["number"]))
    return Family(hand={**GREETING, **TYPED}, pages=CARDS | REGISTER | {"marriage_certificate"}, pack=PACK).showing(
        facts_from_card(MOTHER, "mother"), facts_from_card(FATHER, "father"), *papers)


def required(seen: Evaluation) -> list[str]:
    return [state.material.id for state in seen.materials if state.required]


# --- as printed

def test_every_clause_is_in_the_standard_word_for_word_and_in_printed_order() -> None:
    places = [SEED.find(bare(clause.text)) for clause in PACK.clauses]
    assert [clause.id for clause, place in zip(PACK.clauses, places, strict=True) if place < 0] == []
    body = SEED[SEED.rindex("##1范围"):]
    found = [body.find(bare(clause.text)) for clause in PACK.clauses]
    printed = [place for place in found if place >= 0]
    assert printed == sorted(printed)


def test_the_five_matters_are_those_of_the_standard_in_its_order() -> None:
    assert "办事服务事项包括" + "、".join(matter.name for matter in PACK.matters) + "等。" in SEED


def test_the_four_materials_stand_in_printed_order_with_what_stands_in_brackets() -> None:
    assert [material.name for material in PACK.materials] == [
        "出生“一件事”联办登记表", "新生儿父母双方居民身份证", "新生儿拟落户方居民户口簿", "新生儿父母结婚证"]
    for start in ("应一并提供如下材料：", "申请材料如下："):
        place = SEED.index(start)
        for letter, material in zip("abcd", PACK.materials, strict=True):
            row = f"-{letter}){material.name}" + (f"（{material.note}）" if material.note else "")
            place = SEED.index(row, place) + len(row)
            assert material.form in row


def test_scope_limit_fee_title_and_dates_are_printed_so() -> None:
    assert [bare(rule.text) in SEED for rule in PACK.conditions] == [True, True]
    assert PACK.exclusions == ()
    assert bare(PACK.limit.text) in SEED
    assert PACK.fee.text in SEED
    assert "#" + PACK.document.title + "##1范围" in SEED
    assert PACK.title + "。" in SEED[SEED.index("C.1事项名称"):]
    assert "2022-01-29发布2022-03-01实施" in SEED
    assert (PACK.document.published, PACK.document.formal_from, PACK.effective_from) == (
        date(2022, 1, 29), date(2022, 3, 1), date(2022, 3, 1))


def test_departments_and_deliveries_are_named_as_in_the_standard() -> None:
    for department in PACK.departments:
        assert department.name in SEED
    assert "邮寄或申请人自取等方式，分别将新生儿" + "、".join(entry.document for entry in PACK.delivery) + "送达申请人" in SEED
    assert all(set(entry.options) == {"邮寄", "申请人自取"} for entry in PACK.delivery)


def test_the_registration_form_is_named_but_not_printed_and_so_proposed_with_its_reason() -> None:
    assert PACK.form_is_proposed
    (form,) = [paper for paper in PACK.papers if paper.kind == "form"]
    assert form.title == PACK.form_title == PACK.materials[0].name
    assert "没有印样式" in form.reason
    assert any("登记表" in line for line in PACK.missing_in_document)


def test_consultation_and_rating_stand_beside_the_matters() -> None:
    names = [service.name for service in PACK.services]
    assert {"咨询", "好差评", "其他需要联办的事项"} <= set(names)
    assert all(service.clause in PACK.clause_texts for service in PACK.services)


# --- who may apply, and what to bring

def test_the_greeting_alone_decides_who_may_apply_and_what_to_bring() -> None:
    seen = greeted().look()
    assert seen.eligibility == "yes"
    assert required(seen) == ["mat_form", "mat_parent_ids", "mat_hukou", "mat_marriage"]
    assert len([question for question in seen.questions.values() if question.required]) + len(PACK.greeting_fields) <= 5


def test_before_the_greeting_the_scope_is_undecided_and_names_what_it_lacks() -> None:
    seen = Family(pack=PACK).look()
    assert seen.eligibility == "unknown"
    assert set(seen.conditions[0].missing_labels) == {"是否在助产机构内出生", "是否在本省落户", "是否符合落户地的落户政策"}


@pytest.mark.parametrize("against", ["born_in_midwifery", "settle_in_province", "meets_settlement_policy"])
def test_who_is_outside_the_scope_is_refused_by_it_and_told_the_open_path(against: str) -> None:
    seen = greeted().saying(**{against: "false"}).look()
    assert seen.eligibility == "no"
    (problem,) = [problem for problem in seen.problems if problem.code == "condition.not_met"]
    assert PACK.clause_texts[problem.clause or ""] == "在助产机构内出生且符合省内落户政策的新生儿。"
    assert "跨省通办" in problem.params["open_path"]
    assert "单独办理" in problem.params["open_path"]


def test_a_booklet_of_another_province_shows_that_the_child_settles_elsewhere() -> None:
    elsewhere = register_home(address="江西省上饶市玉山县样本街1号", head_name="陆景行")
    for said in (None, "true"):
        assert complete().saying(settle_in_province=said).showing(elsewhere).look().eligibility == "no"


def test_parents_of_different_ethnicity_apply_like_others_and_say_which_the_child_takes() -> None:
    family = complete().showing(facts_from_card({**FATHER, "nation": "22"}, "father"),
                                register_member(name="陆景行", nation="畲", id_number=FATHER["number"]))
    seen = family.look()
    assert seen.eligibility == "yes"
    assert [problem.key for problem in seen.problems if problem.severity == "error"] == ["newborn_ethnicity"]
    assert family.saying(newborn_ethnicity="畲族").look().complete


# --- sharing

def test_sharing_spares_the_booklet_and_fills_what_it_would_have_said() -> None:
    family = complete()
    family = replace(family, pages=family.pages - REGISTER,
                     facts=(*(fact for fact in family.facts if "household_register" not in fact.name), *SHARED_REGISTER))
    seen = family.look()
    assert "mat_hukou" not in required(seen)
    (state,) = [state for state in seen.materials if state.material.id == "mat_hukou"]
    assert state.skipped == "已通过政务数据共享获取"
    assert codes_of(seen) == []
    assert seen.answers["householder_name"].source is Source.PLATFORM
    assert seen.answers["newborn_relation_to_householder"].value == "女"
    assert seen.answers["medins_region"].value == "330106"


def test_a_share_that_says_no_asks_for_the_booklet_and_so_does_silence() -> None:
    assert "mat_hukou" in required(greeted().look())
    assert "mat_hukou" in required(greeted().showing((Fact(name="push:share.hukou_shared", value="false"),)).look())


def test_shared_licences_and_a_shared_marriage_certificate_leave_only_the_form() -> None:
    shared = tuple(Fact(name=f"push:share.{key}", value="true") for key in ("ids_shared", "hukou_shared", "marriage_shared"))
    assert required(greeted().showing(shared).look()) == ["mat_form"]


# --- answers

def test_with_cards_and_papers_nothing_is_missing_and_few_blanks_are_typed() -> None:
    seen = complete().look()
    assert seen.problems == ()
    assert seen.complete
    assert seen.burden.fields_typed <= 12
    answers = {key: answer.value for key, answer in seen.answers.items()}
    assert (answers["applicant_name"], answers["applicant_id_no"], answers["applicant_phone"]) == (
        "沈书瑶", "330106199405120029", "13800138000")
    assert (answers["newborn_ethnicity"], answers["newborn_relation_to_householder"]) == ("汉族", "女")
    assert (answers["medins_region"], answers["newborn_native_place_region"]) == ("330106", "330106")
    assert answers["householder_id_no"] == FATHER["number"]


def test_the_chip_does_not_stand_for_the_pictures_of_both_sides() -> None:
    family = complete()
    seen = replace(family, pages=(family.pages - {"id_card_back.mother"}) | {"id_card_chip.mother"}).look()
    assert [problem.params["slots"] for problem in seen.problems if problem.code == "material.missing"] == ["id_card_back.mother"]


def test_when_the_father_applies_his_phone_is_asked_and_the_mother_s_is_not() -> None:
    seen = complete().saying(applicant_role="父亲", mother_phone=None).look()
    assert [(problem.code, problem.key) for problem in seen.problems if problem.severity == "error"] == [("field.required", "father_phone")]


def test_mailing_one_paper_asks_for_the_recipient_and_copies_the_applicant() -> None:
    assert not complete().look().fields["mail_recipient_name"].visible
    seen = complete().saying(ssc_delivery="邮寄").look()
    assert seen.complete
    assert (seen.answers["mail_recipient_name"].value, seen.answers["mail_recipient_phone"].value,
            seen.answers["mail_recipient_address"].value) == ("沈书瑶", "13800138000", ADDRESS)


def test_a_child_with_a_surname_of_neither_parent_is_only_warned_of() -> None:
    seen = complete().saying(newborn_name="周知微").look()
    assert (codes_of(seen), codes_of(seen, "warning")) == ([], ["name.surname"])


# --- clocks

def test_four_working_days_are_promised_and_three_times_do_not_count() -> None:
    seen = complete().look()
    assert (PACK.limit.working_days, PACK.limit.excluded) == (4, ("信息确认时间", "制卡时间", "寄送时间"))
    assert "不包括" + "、".join(PACK.limit.excluded) in bare(PACK.limit.text)
    assert seen.due is not None
    assert seen.due.due == date(2026, 11, 27)


def test_each_department_has_one_day_and_the_chain_of_them_fills_the_four() -> None:
    clocks = {clock.matter: clock for clock in complete().look().matter_clocks}
    assert {clock.working_days for clock in clocks.values()} == {1}
    assert {matter: clock.clock.due for matter, clock in clocks.items() if clock.clock} == {
        "m_birth_cert": date(2026, 11, 24), "m_vaccination": date(2026, 11, 24), "m_hukou": date(2026, 11, 25),
        "m_medins": date(2026, 11, 26), "m_ssc": date(2026, 11, 27)}


def test_accepted_before_the_spring_festival_of_2026_the_four_days_step_over_it() -> None:
    family = complete().saying(newborn_birth_date="2026-02-10")
    due = family.on("2026-02-13").look().due
    assert due is not None
    assert due.due == date(2026, 2, 26)


def test_matters_follow_each_other_and_a_deselected_one_holds_nothing_up() -> None:
    family = complete()
    assert family.look().order == (("m_birth_cert", "m_vaccination"), ("m_hukou",), ("m_medins",), ("m_ssc",))
    hand = {key: Answer(key=key, value=value, source=Source.HAND) for key, value in family.hand.items()}
    seen = evaluate(PACK, family.facts, hand, family.pages, family.today, CALENDAR, CODES, {"region": "330106"}, deselected=("m_ssc",))
    assert seen.order == (("m_birth_cert", "m_vaccination"), ("m_hukou",), ("m_medins",))
    assert not seen.fields["ssc_issue_bank"].visible


def test_a_county_may_let_insurance_go_before_the_register_but_not_before_the_birth_certificate() -> None:
    (switch,) = PACK.switches
    (medins,) = [matter for matter in PACK.matters if matter.id == "m_medins"]
    left = [before for before in medins.prerequisites if (medins.id, before) not in switch.drops]
    assert left == ["m_birth_cert"]


def test_the_standard_is_in_force_from_march_2022_and_not_before() -> None:
    assert themes.in_force((PACK,), date(2022, 2, 28)) == ()
    assert themes.in_force((PACK,), date(2022, 3, 1)) == (PACK,)
