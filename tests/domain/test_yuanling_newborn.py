"""The newborn pack of Yuanling (Hunan) against its document, and the families it was written for."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desktop.domain import themes
from desktop.domain.evaluate import Evaluation
from desktop.domain.prefill import facts_from_card
from tests.domain.conftest import RESOURCES, Family, codes_of, marriage, register_home, register_member

PACK = themes.parse_pack((RESOURCES / "themes/hunan-yuanling-newborn/2022.toml").read_text("utf-8"), "2022.toml")
SEED = "".join((Path(__file__).parent / "seed_yuanling_newborn.txt").read_text("utf-8").split())
FORM = SEED[SEED.index("附件1：沅陵县新生儿出生“一件事”申请表新生儿信息"):SEED.index("附件2：沅陵县新生儿出生“一件事”办理流程图提出申请")]

ADDRESS = "湖南省怀化市沅陵县样本镇示例路9号"
MOTHER = {"type": "resident", "name": "向春苗", "sex": "2", "nation": "01", "birth_date": "1996-04-12", "number": "431222199604120021",
          "address": ADDRESS, "valid_from": "2020-01-10", "valid_to": "2040-01-10"}
FATHER = {"type": "resident", "name": "马青山", "sex": "1", "nation": "03", "birth_date": "1993-08-06", "number": "43122219930806001X",
          "address": ADDRESS, "valid_from": "2019-06-03", "valid_to": "2039-06-03"}
GRANDMOTHER = {"type": "resident", "name": "全桂香", "sex": "2", "nation": "01", "birth_date": "1968-02-02",
               "number": "431222196802020028", "address": ADDRESS, "valid_from": "2019-01-01", "valid_to": "长期"}
CARDS = frozenset({"id_card_front.mother", "id_card_chip.mother", "id_card_front.father", "id_card_chip.father"})
PAGES = CARDS | {"household_register_home", "household_register_member.father", "marriage_certificate", "other.birth_record"}
NONE = "以上情形都没有"
GREETING = {"applicant_role": "母亲", "birth_in_county": "true", "settle_in_county": "true", "medins_in_county": "true",
            "situations": NONE, "same_ethnicity": "true", "newborn_birth_date": "2026-11-18", "settle_follow": "父亲"}
TYPED = {"newborn_name": "马晨曦", "newborn_sex": "女", "birth_institution_name": "沅陵县示例妇幼保健院",
         "hukou_police_station": "样本镇派出所", "medins_enrol_year": "当年", "birth_cert_delivery": "自行领取",
         "hukou_delivery": "自行领取", "mother_signed_phone": "13800138000"}


def bare(text: str) -> str:
    return "".join(text.split())


def greeted(**changes: str | None) -> Family:
    return Family(hand=GREETING, pack=PACK, window_region="431222").saying(**changes)


def complete(father_nation: str = "01") -> Family:
    """The mother applies, the child follows the father, both cards read, every paper captured, everything typed that must be."""
    nation = {"01": "汉", "03": "回"}[father_nation]
    return replace(greeted(same_ethnicity=None, **TYPED), pages=PAGES).showing(
        facts_from_card(MOTHER, "mother"), facts_from_card({**FATHER, "nation": father_nation}, "father"),
        register_home(head_name="马青山", address=ADDRESS),
        register_member(name="马青山", nation=nation, native_place="湖南省怀化市沅陵县", id_number=FATHER["number"]),
        marriage(holder="向春苗", cert_no="J431222-2021-000520", name_1="向春苗", id_number_1=MOTHER["number"],
                 name_2="马青山", id_number_2=FATHER["number"]))


def asked(seen: Evaluation) -> set[str]:
    return {state.material.id for state in seen.materials if state.required}


def missing_slots(seen: Evaluation) -> set[str]:
    return {slot for problem in seen.problems if problem.code == "material.missing" for slot in problem.params["slots"].split(",")}


# --- as printed

def test_every_clause_is_in_the_document_word_for_word() -> None:
    assert [clause.id for clause in PACK.clauses if bare(clause.text) not in SEED] == []


def test_every_label_and_every_box_stands_on_the_form_in_printed_order() -> None:
    labels = [bare(field.label) for field in PACK.fields]
    assert labels == [
        "姓名", "性别", "出生时间", "医疗机构",
        "母亲姓名", "年龄", "身份证号码", "户籍地址", "居住地址", "工作单位", "国籍", "民族",
        "父亲姓名", "年龄", "身份证号码", "户籍地址", "居住地址", "工作单位", "国籍", "民族",
        "需要办理", "经父母双方协商一致申请婴儿户口随（□父亲母亲）申报", "入户派出所", "户主姓名", "户主身份证号", "新生儿与户主关系",
        "新生儿民族", "□随父亲□随母亲", "新生儿籍贯", "参保年度", "城乡居民基本医疗保险参保缴费",
        "《出生医学证明》：", "户口簿：", "领取地点：", "邮寄地址：", "联系人：", "联系方式：",
        "申请人（新生儿母亲）签名：", "联系电话：", "（新生儿父亲）签名：", "联系电话：", "申请登记日期："]
    place = 0
    for section in PACK.sections:
        place = FORM.index(section.title, place)
        for field in section.fields:
            place = FORM.index(bare(field.label), place)
            place += 0 if bare(field.label) == section.title else len(bare(field.label))
    boxes = {field.key: field.choices for field in PACK.fields if field.key in {
        "selected_matters", "newborn_ethnicity_follow", "newborn_native_place_follow", "medins_enrol_year", "medins_pay_year",
        "birth_cert_delivery", "hukou_delivery"}}
    assert [choice for choices in boxes.values() for choice in choices if choice not in FORM] == []


def test_a_label_that_stands_twice_is_called_by_a_name_of_its_own() -> None:
    labels = [field.label for field in PACK.fields]
    spoken = [field.called for field in PACK.fields if labels.count(field.label) > 1]
    assert len(spoken) == 16
    assert len(set(spoken)) == 16


def test_matters_conditions_and_exclusions_are_those_of_the_document_in_its_order() -> None:
    listed = "".join(f"{number}.{matter.name}" for number, matter in enumerate(PACK.matters, 1))
    assert "二、联办事项" + listed + "三、范围条件" in SEED
    assert "三、范围条件" + "".join(f"{number}.{bare(rule.text)}" for number, rule in enumerate(PACK.conditions[:3], 1)) in SEED
    assert "、".join(rule.text for rule in PACK.exclusions) + "等情况" in SEED
    assert len(PACK.exclusions) == 6
    for rule in (*PACK.conditions, *PACK.exclusions):
        assert bare(rule.text) in bare(PACK.clause_texts[rule.clause])
        assert rule.open_path
    ticked = "□".join(matter.ticked_as or matter.name for matter in PACK.matters)
    assert "□" + ticked in FORM.replace("参保登记城乡居民医疗", "参保登记□城乡居民医疗")


def test_the_eleven_materials_stand_in_printed_order() -> None:
    names = [material.name for material in PACK.materials]
    assert len(names) == 11
    place = SEED.index("四、申请材料")
    for name in names:
        place = SEED.index(name, place) + len(name)
    assert [material.id for material in PACK.materials if material.used_by == ("m_medins",)] == ["mat_newborn_page"]


def test_limit_pledge_templates_and_number_are_printed_so() -> None:
    assert (PACK.limit.working_days, PACK.limit.excluded) == (3, ("邮寄时间",))
    assert "承诺时限：" + bare(PACK.limit.text) + "。" in SEED
    assert PACK.pledge is not None
    assert "承诺签名" + PACK.pledge.text + "申请人（新生儿母亲）签名" in FORM
    assert SEED.startswith(PACK.document.number)
    templates = {paper.title: paper.proposed for paper in PACK.papers if paper.kind == "template"}
    assert templates == {"新生儿出生“一件事”授权委托书": False, "确认民族成份申请书": False}
    assert not PACK.form_is_proposed
    assert bare(PACK.clause_texts["annex_3"]).startswith("新生儿出生“一件事”授权委托书")
    assert bare(PACK.clause_texts["annex_4"]).startswith("确认民族成份申请书")


# --- the greeting alone decides

def test_the_greeting_alone_says_what_an_ordinary_family_brings() -> None:
    seen = greeted().look()
    assert seen.eligibility == "yes"
    assert asked(seen) == {"mat_parent_ids", "mat_hukou", "mat_birth_record", "mat_declarer_ids", "mat_marriage", "mat_settle_hukou",
                           "mat_form"}
    assert missing_slots(seen) == {
        "id_card_front.mother", "id_card_back.mother", "id_card_front.father", "id_card_back.father", "household_register_home",
        "household_register_member.father", "other.birth_record", "marriage_certificate"}


def test_the_questions_of_the_greeting_are_a_handful() -> None:
    assert len([state for state in greeted().look().questions.values() if state.required]) == 6


def test_before_the_greeting_nothing_is_decided() -> None:
    assert greeted(**dict.fromkeys(GREETING)).look().eligibility == "unknown"


@pytest.mark.parametrize("rule", PACK.exclusions, ids=lambda rule: rule.id)
def test_each_of_the_six_situations_excludes_the_family_and_names_the_path_that_stays_open(rule: themes.Rule) -> None:
    seen = greeted(situations=rule.text).look()
    assert seen.eligibility == "no"
    problem = next(problem for problem in seen.problems if problem.code == "exclusion.met")
    assert problem.params["text"] == rule.text
    assert problem.clause == "exclusions"
    assert "单独" in problem.params["open_path"]


def test_unmarried_parents_are_excluded_and_hear_that_each_matter_is_open_to_them() -> None:
    seen = greeted(situations="非婚（或婚外）生育").look()
    assert seen.eligibility == "no"
    assert [verdict.rule.id for verdict in (*seen.conditions, *seen.exclusions) if verdict.against] == ["c1", "x3"]
    assert any("各事项可单独办理" in path and "户口登记可随父或随母" in path for path in seen.open_paths)


def test_a_marriage_registered_after_the_birth_excludes_though_nobody_said_so() -> None:
    family = complete().showing(marriage(register_date="2026-11-20", name_1="向春苗", id_number_1=MOTHER["number"],
                                         name_2="马青山", id_number_2=FATHER["number"]))
    assert family.look().eligibility == "no"
    assert complete().look().eligibility == "yes"


def test_the_path_of_the_first_condition_fits_a_child_born_here_as_well_as_one_born_elsewhere() -> None:
    born_here = greeted(situations="非婚（或婚外）生育").look()
    first = next(verdict for verdict in born_here.conditions if verdict.rule.id == "c1")
    assert first.reasons == ("不是婚生",)
    assert not first.rule.open_path.startswith("在县外")
    assert "在本县医院出生的，就是这家医院" in first.rule.open_path
    elsewhere = next(verdict for verdict in greeted(birth_in_county="false").look().conditions if verdict.rule.id == "c1")
    assert elsewhere.reasons == ("不是在本县设有产科的医院出生",)


def test_a_marriage_after_the_birth_is_told_with_the_condition_too() -> None:
    late = marriage(register_date="2026-11-20", name_1="向春苗", id_number_1=MOTHER["number"],
                    name_2="马青山", id_number_2=FATHER["number"])
    seen = complete().showing(late).look()
    assert [verdict.rule.id for verdict in seen.verdicts if verdict.against] == ["c1", "x3"]


def test_a_residence_permit_of_hong_kong_or_a_card_past_its_time_is_found_on_the_card() -> None:
    permit = facts_from_card({**FATHER, "type": "hmt_permit", "number": "810000199308060010"}, "father")
    met = {verdict.rule.id for verdict in complete().showing(permit).look().exclusions if verdict.against}
    assert met == {"x5"}
    old = facts_from_card({**FATHER, "valid_to": "2025-01-01"}, "father")
    assert {verdict.rule.id for verdict in complete().showing(old).look().exclusions if verdict.against} == {"x6"}


def test_a_booklet_of_another_county_contradicts_what_was_said() -> None:
    for said in (None, "true"):
        home = register_home(head_name="马青山", address="湖南省怀化市辰溪县样本镇1号")
        seen = complete().saying(settle_in_county=said).showing(home).look()
        assert seen.eligibility == "no"
        assert [verdict.rule.id for verdict in seen.conditions if verdict.against] == ["c2"]


def test_what_the_cards_say_of_ethnicity_decides_whatever_was_answered() -> None:
    seen = complete(father_nation="03").saying(same_ethnicity="true").look()
    assert "mat_ethnicity" in asked(seen)
    assert "newborn_ethnicity_follow" not in seen.answers


def test_no_situation_goes_with_one() -> None:
    assert codes_of(greeted(situations=f"{NONE}、新生儿未取名").look()) != []
    question = next(question for question in PACK.questions if question.key == "situations")
    assert question.alone == (NONE,)


# --- who comes to the window

def test_a_complete_family_of_one_ethnicity_types_little_and_needs_no_confirmation() -> None:
    seen = complete().look()
    assert codes_of(seen) == []
    assert seen.complete
    assert "mat_ethnicity" not in asked(seen)
    answers = {key: answer.value for key, answer in seen.answers.items()}
    assert answers["mother_age"] == "30"
    assert answers["father_age"] == "33"
    assert answers["mother_nationality"] == "中国"
    assert (answers["newborn_ethnicity"], answers["newborn_ethnicity_follow"]) == ("汉族", "随父亲")
    assert answers["newborn_native_place_follow"] == "随父亲"
    assert answers["newborn_relation_to_householder"] == "女"
    assert answers["householder_id_no"] == FATHER["number"]
    assert answers["hukou_pickup_police_station"] == "样本镇派出所"
    assert answers["medins_pay_year"] == "当年"
    assert answers["selected_matters"] == (
        "《出生医学证明》、户口登记、城乡居民基本医疗保险参保登记、城乡居民医疗保险参保缴费")
    assert answers["apply_date"] == "2026-11-23"
    assert (answers["applicant_name"], answers["applicant_phone"]) == ("向春苗", "13800138000")


def test_the_father_applies_for_a_han_hui_couple_and_brings_authorisation_and_ethnicity_confirmation() -> None:
    family = complete(father_nation="03").saying(applicant_role="父亲", mother_signed_phone=None, father_signed_phone="13900139000",
                                                 newborn_ethnicity_follow="随父亲")
    seen = family.look()
    assert seen.eligibility == "yes"
    assert {"mat_poa", "mat_ethnicity"} <= asked(seen)
    assert missing_slots(seen) == {"other.power_of_attorney", "other.ethnicity_confirmation"}
    assert set(codes_of(seen)) == {"material.missing"}
    assert seen.answers["applicant_name"].value == "马青山"
    assert seen.answers["newborn_ethnicity"].value == "回族"
    whole = replace(family, pages=family.pages | {"other.power_of_attorney", "other.ethnicity_confirmation"})
    assert whole.look().complete


def test_of_a_mixed_couple_the_ethnicity_of_the_child_is_chosen_not_guessed() -> None:
    seen = complete(father_nation="03").look()
    assert "newborn_ethnicity" not in seen.answers
    assert {problem.key for problem in seen.problems if problem.code == "field.required"} == {
        "newborn_ethnicity", "newborn_ethnicity_follow"}
    assert complete(father_nation="03").saying(newborn_ethnicity_follow="随母亲").look().answers["newborn_ethnicity"].value == "汉族"


def test_the_grandmother_applies_with_the_mothers_authorisation_her_own_card_and_phone() -> None:
    family = complete().saying(applicant_role="外祖母").showing(facts_from_card(GRANDMOTHER, "agent"))
    seen = family.look()
    assert seen.eligibility == "yes"
    assert missing_slots(seen) == {"other.power_of_attorney", "id_card_front.agent", "id_card_back.agent"}
    assert {problem.key for problem in seen.problems if problem.code == "question.unanswered"} == {"agent_phone"}
    assert seen.answers["applicant_name"].value == "全桂香"
    whole = replace(family, pages=family.pages | {"other.power_of_attorney", "id_card_front.agent", "id_card_chip.agent"})
    done = whole.saying(agent_phone="13700137000").look()
    assert done.complete
    assert done.answers["applicant_phone"].value == "13700137000"


def test_an_aunt_may_not_be_the_agent_but_the_family_is_not_refused() -> None:
    seen = greeted(applicant_role="其他").look()
    assert seen.eligibility == "yes"
    problem = next(problem for problem in seen.problems if problem.code == "condition.correct")
    assert (problem.severity, problem.clause) == ("error", "agent")
    assert "condition.correct" not in codes_of(greeted(applicant_role="祖父").look())


def test_only_the_parent_at_the_window_signs_on_the_pad() -> None:
    family = complete()
    seen = replace(family, pages=family.pages | {"signature"}).look()
    assert seen.answers["mother_signature"].value == "已采集"
    assert "father_signature" not in seen.answers


# --- matters, clocks

def test_four_matters_one_after_the_other() -> None:
    assert complete().look().order == (("m_birth_cert",), ("m_hukou",), ("m_medins",), ("m_medins_pay",))


def test_a_county_that_insures_first_drops_the_register_page() -> None:
    first = themes.switched(PACK, {"insurance_first"})
    seen = replace(complete(), pack=first).look()
    assert seen.order == (("m_birth_cert",), ("m_hukou", "m_medins"), ("m_medins_pay",))
    without_hukou = replace(complete(), deselected=frozenset({"m_hukou"}))
    assert "mat_newborn_page" in asked(without_hukou.look())
    assert "mat_newborn_page" not in asked(replace(without_hukou, pack=first).look())


def test_the_certificate_is_asked_for_only_where_it_is_not_issued_in_this_case() -> None:
    assert "mat_birth_cert" not in asked(complete().look())
    later = replace(complete(), deselected=frozenset({"m_birth_cert"})).look()
    assert "mat_birth_cert" in asked(later)
    assert "mat_birth_record" not in asked(later)
    assert later.answers["selected_matters"].value == "户口登记、城乡居民基本医疗保险参保登记、城乡居民医疗保险参保缴费"


def test_ninety_days_for_insurance_end_on_the_ninetieth_day_and_only_warn() -> None:
    family = complete().saying(newborn_birth_date="2026-10-03")
    state = family.look().deadlines[0]
    assert state.last_day == date(2027, 1, 1)
    assert not state.provisional
    assert codes_of(family.on("2027-01-01").look(), "warning").count("deadline.passed") == 0
    late = family.on("2027-01-02").look()
    assert "deadline.passed" in codes_of(late, "warning")
    assert late.eligibility == "yes"


@pytest.mark.parametrize(("birth", "year"), [("2026-10-02", "当年"), ("2026-10-03", None)])
def test_the_insured_year_is_filled_in_only_where_the_ninety_days_lie_within_the_year(birth: str, year: str | None) -> None:
    answer = greeted(newborn_birth_date=birth).look().answers.get("medins_enrol_year")
    assert (answer.value if answer else None) == year


@pytest.mark.parametrize(("accepted", "due"), [(date(2026, 2, 13), date(2026, 2, 25)), (date(2026, 9, 30), date(2026, 10, 10))])
def test_three_working_days_from_acceptance(accepted: date, due: date) -> None:
    seen = replace(complete().saying(newborn_birth_date="2026-02-10"), accepted_on=accepted, today=accepted).look()
    assert seen.due is not None
    assert seen.due.due == due


@pytest.mark.parametrize("year", ["当年", "次年"])
def test_later_than_ninety_days_the_year_is_chosen_and_the_family_only_warned(year: str) -> None:
    late = complete().saying(newborn_birth_date="2026-05-01", medins_enrol_year=None).on("2026-11-20")
    assert "medins_enrol_year" not in late.look().answers
    seen = late.saying(medins_enrol_year=year).look()
    assert codes_of(seen) == []
    assert "deadline.passed" in codes_of(seen, "warning")
    in_time = complete().saying(newborn_birth_date="2026-05-01", medins_enrol_year=None).on("2026-07-30").look()
    assert in_time.answers["medins_enrol_year"].value == "当年"
