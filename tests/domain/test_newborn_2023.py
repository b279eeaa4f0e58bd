"""The 2023 newborn pack of Hebei against its document, and the families it was written for."""

import re
import time
from datetime import date
from pathlib import Path

from desktop.domain import matters, themes
from desktop.domain.prefill import Fact, facts_from_card
from desktop.domain.themes import ThemePack
from tests.domain.conftest import (
    ALL_PAGES,
    FATHER,
    GRANDMOTHER,
    MOTHER,
    RESOURCES,
    codes_of,
    complete,
    greeted,
    marriage,
    register_home,
)

SEED = "".join((Path(__file__).parent / "seed_newborn_2023.txt").read_text("utf-8").split())

LABELS = [
    "申报人证件类型", "申报人公民身份号码", "申报人姓名", "申报人性别", "申报人联系电话", "与新生儿关系", "申报人户籍所在地",
    "《出生医学证明》编号", "姓名", "性别", "民族", "出生日期", "身份证号(由数据产生,共享推送)", "出生登记类别", "与户主关系",
    "证件有效期开始", "证件有效期结束", "籍贯国家", "籍贯省市区", "户口详细地址", "职业", "出生地国家", "出生地省市区",
    "父亲身份证号码", "父亲姓名", "母亲身份证号码", "母亲姓名",
    "领取方式", "社保卡发卡地区", "社保卡发卡银行", "自取社保卡网点", "邮寄收件人姓名", "邮寄收件人地址", "邮寄收件人电话",
    "参保地区", "参保身份", "基层医保区划名称", "基层医保区划编号",
]


def bare(text: str) -> str:
    return "".join(text.split())


def test_the_thirty_eight_labels_stand_as_printed_and_in_printed_order(pack: ThemePack) -> None:
    assert [bare(field.label) for field in pack.fields] == LABELS
    table = SEED[SEED.index("申报人信息"):]
    place = 0
    for section in pack.sections:
        place = table.index(section.title, place)
        for field in section.fields:
            place = table.index(bare(field.label), place) + len(bare(field.label))


def test_every_clause_is_in_the_document_word_for_word(pack: ThemePack) -> None:
    for clause in pack.clauses:
        assert bare(clause.text) in SEED, clause.id


def test_conditions_materials_limit_and_fee_are_printed_so(pack: ThemePack) -> None:
    assert [rule.text for rule in pack.conditions] == [pack.clause_texts[rule.clause] for rule in pack.conditions]
    assert [material.name for material in pack.materials] == [
        "《出生医学证明》首次签发登记表", "父母双方有效身份证件", "办理《出生医学证明》授权委托书", "申领人本人有效身份证件",
        "《结婚证》", "落户方户口簿"]
    for material in pack.materials:
        assert bare(material.name + material.form + material.copies + material.note) in SEED
    assert (pack.limit.working_days, pack.limit.text) == (6, "6个工作日。")
    assert pack.fee.text in SEED
    assert bare(pack.document.title) in SEED


def test_the_five_matters_are_those_of_the_document_in_its_order(pack: ThemePack) -> None:
    names = [matter.name for matter in pack.matters]
    assert "包含" + "、".join(names) + "等5个事项" in SEED


def test_the_pack_holds_no_path_and_no_invented_person(pack: ThemePack) -> None:
    text = pack.model_dump_json()
    assert not re.search(r"\d{17}[\dX]|/home|/work", text)


# --- the greeting alone decides

def test_the_greeting_alone_decides_who_may_apply_and_what_to_bring() -> None:
    seen = greeted().look()
    assert seen.eligibility == "yes"
    assert {state.material.id: state.required for state in seen.materials} == {
        "mat_first_issue_form": True, "mat_parent_ids": True, "mat_poa": False, "mat_applicant_id": True, "mat_marriage": True,
        "mat_hukou": True}
    greeting = [question for question in seen.questions.values() if question.required]
    assert len(greeting) + 1 <= 8


def test_before_the_greeting_nothing_is_decided_and_each_condition_names_what_it_lacks() -> None:
    seen = greeted().saying(**dict.fromkeys(greeted().hand)).look()
    assert seen.eligibility == "unknown"
    assert [verdict.verdict for verdict in seen.conditions] == [None, None, None]
    assert set(seen.conditions[0].missing_labels) == {"是否在本省医疗保健机构内出生", "出生日期"}


def test_one_answer_against_a_condition_decides_it_though_the_others_are_open() -> None:
    seen = greeted().saying(**dict.fromkeys(greeted().hand)).saying(same_ethnicity="false").look()
    assert seen.eligibility == "no"
    assert seen.conditions[2].verdict is False
    assert seen.conditions[2].missing == ()
    problem = next(problem for problem in seen.problems if problem.code == "condition.not_met")
    assert problem.clause == "condition_3"
    assert "单独" in problem.params["open_path"]


def test_a_child_born_thirty_one_working_days_ago_comes_too_late_and_thirty_is_in_time() -> None:
    family = greeted().saying(newborn_birth_date="2026-09-18")
    assert family.on("2026-11-05").look().eligibility == "yes"
    assert family.on("2026-11-06").look().eligibility == "no"


def test_a_child_born_years_ago_is_refused_though_the_calendar_does_not_reach_back_so_far() -> None:
    assert greeted().saying(newborn_birth_date="2019-05-05").look().eligibility == "no"


def test_a_household_of_the_collective_kind_is_not_this_theme() -> None:
    assert greeted().saying(settle_household_type="集体户").look().eligibility == "no"


# --- cards and papers

def test_with_cards_and_papers_at_most_eight_blanks_are_typed_and_every_other_has_a_source(pack: ThemePack) -> None:
    seen = complete().look()
    assert seen.problems == ()
    assert seen.complete
    assert seen.eligibility == "yes"
    assert seen.burden.fields_typed <= 8
    assert seen.burden.fields_automatic == 24
    assert all(seen.answers[field.key].origin for field in pack.fields
               if field.key in seen.answers and seen.answers[field.key].source != "hand")
    assert (seen.burden.pages_asked, seen.burden.pages_spared) == (8, 18)
    empty = {field.key for field in pack.fields if field.key not in seen.answers}
    assert empty == {"newborn_birth_cert_no", "newborn_id_no", "newborn_id_valid_from", "newborn_id_valid_to",
                     "mail_recipient_name", "mail_recipient_address", "mail_recipient_phone"}


def test_what_cards_and_papers_say_is_found_in_its_blank() -> None:
    answers = {key: answer.value for key, answer in complete().look().answers.items()}
    assert answers["applicant_id_type"] == "居民身份证"
    assert answers["applicant_sex"] == "女"
    assert answers["applicant_relation_to_newborn"] == "母亲"
    assert answers["newborn_ethnicity"] == "汉族"
    assert answers["newborn_relation_to_householder"] == "女"
    assert answers["newborn_native_place_region"] == answers["ssc_issue_region"] == answers["medins_region"] == "130529"
    assert answers["medins_grassroots_division_code"] == "130529999000"
    assert answers["marriage_certificate_no"] == "J130529-2021-000520"


def test_mail_delivery_asks_for_the_recipient_and_copies_the_applicant() -> None:
    seen = complete().saying(ssc_collect_method="邮寄", ssc_pickup_outlet=None).look()
    assert seen.complete
    assert seen.answers["mail_recipient_name"].value == "林晓月"
    assert seen.answers["mail_recipient_phone"].value == "13800138000"
    assert not seen.fields["ssc_pickup_outlet"].visible
    assert seen.burden.fields_typed == 6


def test_a_blank_that_is_no_longer_shown_is_not_filed_though_it_was_typed_once() -> None:
    assert "ssc_pickup_outlet" not in complete().saying(ssc_collect_method="邮寄").look().answers


def test_the_father_applies_and_needs_the_mothers_power_of_attorney_but_no_third_card() -> None:
    seen = complete().saying(applicant_role="父亲").look()
    assert seen.answers["applicant_name"].value == "陈志远"
    assert codes_of(seen) == ["material.missing"]
    assert seen.problems[0].params["slots"] == "other.power_of_attorney"


def test_the_grandmother_applies_with_her_own_card_and_says_who_she_is() -> None:
    family = complete().saying(applicant_role="其他").showing(facts_from_card(GRANDMOTHER, "agent"))
    seen = family.look()
    assert seen.answers["applicant_name"].value == "周桂兰"
    assert {problem.params.get("slots") or problem.key for problem in seen.problems if problem.severity == "error"} == {
        "applicant_relation_to_newborn", "other.power_of_attorney", "id_card_front.agent,id_card_back.agent"}


def test_one_page_serves_two_materials_and_is_missed_once() -> None:
    family = complete()
    seen = type(family)(hand=family.hand, facts=family.facts, pages=ALL_PAGES - {"id_card_front.mother"}).look()
    missing = [problem for problem in seen.problems if problem.code == "material.missing"]
    assert [problem.params["material"] for problem in missing] == ["mat_parent_ids"]
    assert [state.complete for state in seen.materials if state.material.id == "mat_applicant_id"] == [False]


def test_a_read_chip_stands_for_the_back_of_the_card_but_not_for_the_copy_of_its_front() -> None:
    family = complete()
    pages = ALL_PAGES - {"id_card_front.mother", "id_card_chip.father"}
    slots = {slot.slot: (slot.status, slot.enough) for state in type(family)(hand=family.hand, facts=family.facts, pages=pages)
             .look().materials for slot in state.slots}
    assert slots["id_card_front.mother"] == ("chip_only", False)
    assert slots["id_card_back.mother"] == ("chip_only", True)
    assert slots["id_card_back.father"] == ("missing", False)


def test_both_parents_of_another_province_are_found_out_by_their_papers() -> None:
    elsewhere = "山东省济南市历下区样本街1号"
    seen = complete().showing(facts_from_card({**MOTHER, "address": elsewhere}, "mother"),
                              facts_from_card({**FATHER, "address": elsewhere}, "father"), register_home(address=elsewhere)).look()
    assert seen.eligibility == "no"


def test_the_cards_contradict_what_was_said_about_ethnicity() -> None:
    family = complete().saying(same_ethnicity="true").showing(facts_from_card({**FATHER, "nation": "03"}, "father"))
    seen = family.look()
    assert ("sources.disagree", "same_ethnicity") in {(problem.code, problem.key) for problem in seen.problems}
    assert seen.eligibility == "no"
    assert family.saying(same_ethnicity=None).look().eligibility == "no"


def test_a_marriage_registered_after_the_birth_shows_when_the_certificate_lies_there() -> None:
    family = complete().showing(marriage(register_date="2026-11-20"))
    assert family.look().eligibility == "no"
    said = family.saying(married_at_birth="true").look()
    assert said.eligibility == "no"
    assert [problem.key for problem in said.problems if problem.code == "sources.disagree"] == ["married_at_birth"]


def test_a_booklet_of_another_province_decides_whatever_was_answered() -> None:
    elsewhere = register_home(address="山东省德州市乐陵市样本街1号")
    assert complete().saying(parents_in_province="true").showing(elsewhere).look().eligibility == "no"
    assert complete().saying(parents_in_province="true").look().eligibility == "yes"


def test_a_county_that_insures_first_enrols_beside_the_register_but_never_before_the_certificate(pack: ThemePack) -> None:
    for version in ("2022", "2023"):
        text = (RESOURCES / f"themes/hebei-newborn/{version}.toml").read_text("utf-8")
        assert "删去 prerequisites" not in text
        switched = themes.switched(themes.parse_pack(text, version), {"insurance_first"})
        assert matters.order(switched.matters) == (("m_birth_cert", "m_vaccination"), ("m_hukou", "m_medins"), ("m_ssc",))


def test_the_departments_push_fills_the_blanks_that_nobody_types() -> None:
    seen = complete().showing((Fact(name="push:m_birth_cert.newborn_birth_cert_no", value="X130001234"),
                               Fact(name="push:m_hukou.newborn_id_no", value="130529202611180026"))).look()
    assert seen.answers["newborn_birth_cert_no"].source == "platform"
    assert seen.answers["newborn_id_no"].origin == "push:m_hukou.newborn_id_no"
    assert seen.complete


# --- clocks and order

def test_matters_are_done_in_three_steps_the_last_two_side_by_side() -> None:
    assert complete().look().order == (("m_birth_cert", "m_vaccination"), ("m_hukou",), ("m_medins", "m_ssc"))


def test_accepted_on_monday_the_promise_is_the_sixth_working_day_after() -> None:
    due = complete().look().due
    assert due is not None
    assert due.due == date(2026, 12, 1)
    assert [day.number for day in due.days if day.counts] == [1, 2, 3, 4, 5, 6]


def test_a_promise_that_reaches_into_an_unpublished_year_says_so() -> None:
    seen = complete().saying(newborn_birth_date="2026-12-20").on("2026-12-28").look()
    assert codes_of(seen, "warning") == ["calendar.provisional"]
    assert seen.complete


def test_the_month_for_the_household_register_warns_while_the_thirty_working_days_still_run() -> None:
    seen = complete().saying(newborn_birth_date="2026-10-20").look()
    assert seen.eligibility == "yes"
    assert codes_of(seen, "warning") == ["deadline.passed"]
    assert {state.deadline.id: state.last_day for state in seen.deadlines}["d2"] == date(2026, 11, 20)


def test_a_complete_case_is_evaluated_within_the_blink_of_a_key() -> None:
    family = complete()
    family.look()
    spent = []
    for _ in range(20):
        start = time.process_time()
        family.look()
        spent.append(time.process_time() - start)
    assert min(spent) < 0.005
