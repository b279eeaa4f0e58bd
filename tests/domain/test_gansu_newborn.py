"""The newborn pack of Gansu (Lanzhou) against its document, and the families it was written for."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desktop.domain import themes
from desktop.domain.evaluate import Evaluation
from desktop.domain.prefill import Fact, facts_from_card, facts_from_page
from tests.domain.conftest import RESOURCES, Family, codes_of, marriage, register_member, sure

PACK = themes.parse_pack((RESOURCES / "themes/gansu-newborn/2024.toml").read_text("utf-8"), "2024.toml")
SEED = "".join((Path(__file__).parent / "seed_gansu_newborn.txt").read_text("utf-8").split())
GUIDE = SEED[SEED.index("##附件1"):SEED.index("##附件2")]
FORM = SEED[SEED.index("##附件2"):SEED.index("##附件3")]
TABLE = SEED[SEED.index("##附件3"):]
OWN = ["m_birth_cert", "m_hukou", "m_ssc", "m_medins"]

ADDRESS = "甘肃省兰州市城关区样本街道示例路9号"
MOTHER = {"type": "resident", "name": "石兰", "sex": "2", "nation": "01", "birth_date": "1996-04-12", "number": "620102199604120025",
          "address": ADDRESS, "valid_from": "2020-01-10", "valid_to": "2040-01-10"}
FATHER = {"type": "resident", "name": "马河", "sex": "1", "nation": "01", "birth_date": "1993-08-06", "number": "620102199308060013",
          "address": ADDRESS, "valid_from": "2019-06-03", "valid_to": "2039-06-03"}
PAGES = frozenset({
    "id_card_front.mother", "id_card_chip.mother", "id_card_front.father", "id_card_chip.father", "marriage_certificate",
    "household_register_home.father", "household_register_member.father", "household_register_member.mother"})
GREETING = {"applicant_role": "母亲", "settle_follow": "父亲", "parent_in_province": "true", "birth_in_province": "true",
            "settle_household_type": "家庭户", "first_issue": "true", "married_at_birth": "true", "special_parents": "以上情况都没有",
            "same_ethnicity": "true", "same_booklet": "true", "newborn_birth_datetime": "2026-11-18T08:30"}
TYPED = {"mother_phone": "13800138000", "newborn_surname": "马", "newborn_given_name": "晨曦", "newborn_sex": "女",
         "birth_institution_name": "兰州市示例妇幼保健院", "hukou_police_station": "样本街派出所", "medins_enrol_year": "当年",
         "ssc_issue_bank": "示例银行", "birth_cert_delivery": "自行领取(到新生儿出生的助产机构领取)",
         "ssc_delivery": "自行领取(到指定办理银行网点领取)"}


def bare(text: str) -> str:
    return "".join(text.split())


def greeted(**changes: str | None) -> Family:
    return Family(hand=GREETING, pack=PACK, window_region="620102").saying(**changes)


def home(role: str, **changes: str) -> tuple[Fact, ...]:
    fields = {"household_type": "家庭户", "head_name": "马河", "address": ADDRESS}
    return facts_from_page("household_register_home", sure(**{**fields, **changes}), role)


def complete(**changes: str | None) -> Family:
    """The mother applies, both on the father's booklet, both cards read, every paper captured, everything typed that must be."""
    return replace(greeted(**{"parent_in_province": None, "settle_household_type": None, "married_at_birth": None, "same_ethnicity": None,
                              **TYPED, **changes}), pages=PAGES).showing(
        facts_from_card(MOTHER, "mother"), facts_from_card(FATHER, "father"), home("father"),
        register_member(name="马河", native_place="甘肃省兰州市榆中县", id_number=FATHER["number"]),
        marriage(holder="石兰", cert_no="J620102-2021-000520", name_1="石兰", id_number_1=MOTHER["number"],
                 name_2="马河", id_number_2=FATHER["number"]))


def asked(seen: Evaluation) -> set[str]:
    return {state.material.id for state in seen.materials if state.required}


def missing_slots(seen: Evaluation) -> set[str]:
    return {slot for problem in seen.problems if problem.code == "material.missing" for slot in problem.params["slots"].split(",")}


def rules_against(seen: Evaluation) -> list[str]:
    return [verdict.rule.id for verdict in seen.conditions if verdict.against]


# --- as printed

def test_every_clause_is_in_the_document_word_for_word() -> None:
    assert [clause.id for clause in PACK.clauses if bare(clause.text) not in SEED] == []


def test_every_label_and_every_box_stands_on_the_form_in_printed_order() -> None:
    parent = ["年龄", "国籍", "民族", "有效身份证件类别", "有效身份证件号码", "户籍地址", "手机号码", "现住址"]
    assert [bare(field.label) for field in PACK.fields] == [
        "母亲姓名", *parent, "父亲姓名", *parent, "结婚证编号",
        "新生儿姓", "新生儿名", "新生儿性别", "出生时间", "出生地点", "医疗机构名称",
        "新生儿籍贯", "新生儿籍贯国家", "户主姓名", "户主身份证号", "新生儿与户主关系", "落户地派出所",
        "新生儿城乡居民基本医疗保险参保年度", "参保地", "服务银行", "证件有效期起止日期",
        "出生医学证明:", "居民户口簿:", "社会保障卡:", "收件人", "联系电话", "收件地址",
        "申请人(新生儿父亲)签名:", "联系电话:", "(新生儿母亲)签名:", "联系电话:", "申请登记日期:", "备注"]
    place = 0
    for section in PACK.sections:
        place = FORM.index(section.title, place)
        for field in section.fields:
            place = FORM.index(bare(field.label), place)
            place += 0 if bare(field.label) == section.title else len(bare(field.label))
    for key in ("medins_enrol_year", "birth_cert_delivery", "hukou_delivery", "ssc_delivery"):
        field = next(field for field in PACK.fields if field.key == key)
        assert [choice for choice in field.choices if choice not in FORM] == []


def test_a_label_that_stands_twice_is_called_by_a_name_of_its_own() -> None:
    labels = [bare(field.label).rstrip(":") for field in PACK.fields]
    spoken = [field.called for field in PACK.fields if labels.count(bare(field.label).rstrip(":")) > 1]
    assert len(spoken) == 19
    assert len(set(spoken)) == 19


def test_seven_matters_and_three_services_are_those_of_the_document_in_its_order() -> None:
    assert len(PACK.matters) == 7
    place = SEED.index("##二、联办事项")
    for number, matter in enumerate(PACK.matters, 1):
        printed = {"m_birth_cert": "《出生医学证明》（首签）"}.get(matter.id, matter.name)
        place = SEED.index(f"{number}.{printed}", place)
    assert place < SEED.index("###三、受理条件")
    assert all(matter.name in SEED for matter in PACK.matters)
    joint = GUIDE[GUIDE.index("<b>联办事项</b>"):]
    for matter in PACK.matters:
        assert (f"{matter.name}即办件" in joint) == (matter.id in OWN)
    assert "服务事项</b>" + "；".join(f"{number}.{service.name}" for number, service in enumerate(PACK.services, 1)) in GUIDE


def test_conditions_stand_in_printed_order_each_within_the_clause_it_cites() -> None:
    assert bare(PACK.conditions[0].text) in GUIDE
    place = GUIDE.index("受理条件")
    for rule in PACK.conditions[1:]:
        place = GUIDE.index(bare(rule.text), place) + len(bare(rule.text))
    assert place < GUIDE.index("申报材料")
    assert [rule.id for rule in PACK.conditions if bare(rule.text) not in bare(PACK.clause_texts[rule.clause])] == []
    assert PACK.exclusions == ()
    assert [rule.id for rule in PACK.conditions if not rule.open_path] == []


def test_the_four_materials_are_rows_of_the_printed_table_with_the_matters_they_serve() -> None:
    names = {matter.id: matter.name for matter in PACK.matters}
    assert len(PACK.materials) == 4
    for number, material in enumerate(PACK.materials, 1):
        copies = material.copies.removesuffix(" 份")
        served = "、".join(names[matter] for matter in OWN if matter in material.used_by)
        assert f"{number}{material.name}原件纸质、电子{copies}无{served}{material.note}" in TABLE


def test_limit_pledge_reductions_and_titles_are_printed_so() -> None:
    assert PACK.limit.working_days == 3
    assert "承诺办结时限" + bare(PACK.limit.text) in GUIDE
    assert PACK.pledge is not None
    assert "承诺签名" + bare(PACK.pledge.text) + "申请人(新生儿父亲)签名" in FORM
    assert SEED.startswith("#" + bare(PACK.document.title))
    assert PACK.form_title in FORM
    assert {reduction.kind: (reduction.before, reduction.after) for reduction in PACK.reductions} == {
        "working_days": (71, 3), "visits": (8, 1), "papers": (10, 5), "steps": (7, 1)}
    for reduction in PACK.reductions:
        assert bare(reduction.text) in bare(PACK.clause_texts[reduction.clause])
        assert f"{reduction.text}{reduction.before}" in bare(PACK.clause_texts[reduction.clause])
    for deadline in PACK.deadlines:
        assert bare(deadline.text) in bare(PACK.clause_texts[deadline.clause])


# --- eligibility

def test_an_ordinary_family_may_apply_and_hears_what_to_bring() -> None:
    seen = greeted().look()
    assert seen.eligibility == "yes"
    assert rules_against(seen) == []
    assert asked(seen) == {"mat_parent_ids", "mat_hukou", "mat_marriage"}


def test_both_parents_of_another_province_may_not_apply_here() -> None:
    seen = greeted(parent_in_province="false").look()
    assert seen.eligibility == "no"
    assert any("户籍地办理" in path for path in seen.open_paths)


def test_one_parent_of_the_province_is_enough_and_the_booklets_say_so() -> None:
    far = "陕西省西安市雁塔区样本路1号"
    family = complete(same_booklet="false").showing(home("mother", head_name="石兰", address=far))
    seen = family.look()
    assert seen.answers["mother_hukou_address"].value == far
    assert seen.answers["mother_hukou_region"].value == "610113"
    assert seen.answers["parent_in_province"].value == "true"
    assert seen.eligibility == "yes"
    elsewhere = family.showing(home("father", address=far)).look()
    assert elsewhere.answers["parent_in_province"].value == "false"
    assert elsewhere.eligibility == "no"


def test_unmarried_parents_keep_the_theme_but_the_household_register_and_the_card_go_their_own_way() -> None:
    seen = greeted(married_at_birth="false", hukou_registered="false").look()
    assert seen.eligibility == "yes"
    assert [left.matter for left in seen.left_out] == ["m_hukou", "m_ssc"]
    assert any("随父或随母" in path for path in seen.open_paths)
    registered = greeted(married_at_birth="false", hukou_registered="true").look()
    assert [left.matter for left in registered.left_out] == ["m_hukou"]


def test_whether_the_child_is_registered_is_only_asked_where_it_matters() -> None:
    assert not greeted().look().questions["hukou_registered"].visible
    assert greeted(married_at_birth="false").look().questions["hukou_registered"].required


def test_a_certificate_already_issued_is_not_issued_again_but_the_rest_goes_on() -> None:
    seen = greeted(first_issue="false").look()
    assert seen.eligibility == "yes"
    assert [left.matter for left in seen.left_out] == ["m_birth_cert"]
    assert seen.order[1] == ("m_ssc", "m_medins")


def test_later_than_a_month_warns_and_later_than_a_year_leaves_the_register_out() -> None:
    late = greeted(newborn_birth_datetime="2026-10-20T09:00").look()
    assert late.eligibility == "yes"
    assert rules_against(late) == ["c4"]
    assert [problem.severity for problem in late.problems if problem.code == "condition.not_met"] == ["warning"]
    assert "m_hukou" in {left.matter for left in greeted(newborn_birth_datetime="2025-11-23T09:00").look().left_out}
    assert greeted(newborn_birth_datetime="2025-11-24T09:00").look().left_out == ()


STUDENT, SOLDIER, BOTH_SOLDIERS = "父亲户口属学生集体户口", "父亲是现役军人", "父亲是现役军人、母亲是现役军人"


@pytest.mark.parametrize(("who", "rule"), [(STUDENT, "c5"), (SOLDIER, "c6")])
def test_a_student_or_soldier_is_not_the_one_to_follow_and_the_clerk_hears_only_how_to_put_it_right(who: str, rule: str) -> None:
    seen = greeted(special_parents=who, settle_household_type="集体户", partner_household_type="家庭户").look()
    assert rules_against(seen) == [rule]
    assert seen.eligibility == "yes"
    said = [problem.params["open_path"] for problem in seen.problems if problem.code == "condition.correct"]
    assert len(said) == 1
    assert "“孩子随谁落户”改为" in said[0]
    assert rules_against(greeted(special_parents=who, settle_follow="母亲").look()) == []


@pytest.mark.parametrize("who", [STUDENT, SOLDIER])
def test_where_neither_has_a_family_household_the_theme_is_refused_and_nothing_else_is_asked(who: str) -> None:
    seen = greeted(special_parents=who, settle_household_type="集体户", partner_household_type="集体户").look()
    assert rules_against(seen) == ["c0"]
    assert seen.eligibility == "no"


def test_two_students_have_no_family_household_though_nobody_said_so() -> None:
    seen = greeted(special_parents="父亲户口属学生集体户口、母亲户口属学生集体户口", settle_household_type="集体户").look()
    assert rules_against(seen) == ["c0"]


def test_of_two_soldiers_the_clause_says_nothing() -> None:
    seen = greeted(special_parents=BOTH_SOLDIERS).look()
    assert rules_against(seen) == []
    assert not seen.questions["partner_household_type"].visible
    assert rules_against(greeted(special_parents=BOTH_SOLDIERS, settle_household_type="集体户").look()) == ["c0"]


def test_a_student_and_a_soldier_are_not_sent_from_one_to_the_other() -> None:
    both = "父亲户口属学生集体户口、母亲是现役军人"
    student_first = greeted(special_parents=both, settle_household_type="集体户").look()
    assert rules_against(student_first) == ["c0"]
    soldier_first = greeted(special_parents=both, settle_follow="母亲", settle_household_type="集体户").look()
    assert rules_against(soldier_first) == ["c0"]


def test_the_spouses_household_is_asked_only_of_students_and_soldiers() -> None:
    assert not greeted().look().questions["partner_household_type"].visible
    asked_now = greeted(special_parents=STUDENT, settle_household_type="集体户").look()
    assert asked_now.questions["partner_household_type"].required
    assert asked_now.eligibility == "unknown"


# --- materials

def test_of_one_ethnicity_no_confirmation_of_two_one_marked_as_proposed() -> None:
    assert "mat_ethnicity" not in asked(complete().look())
    seen = greeted(same_ethnicity="false").look()
    paper = next(state.material for state in seen.materials if state.material.id == "mat_ethnicity")
    assert "mat_ethnicity" in asked(seen)
    assert (paper.proposed, paper.used_by) == (True, ("m_hukou",))


def test_a_second_booklet_is_asked_for_only_when_the_parents_stand_in_two() -> None:
    assert {slot for slot in missing_slots(greeted().look()) if slot.startswith("household")} == {
        "household_register_home.father", "household_register_member.father", "household_register_member.mother"}
    assert "household_register_home.mother" in missing_slots(greeted(same_booklet="false").look())


def test_a_complete_family_types_little_and_every_other_blank_has_a_source() -> None:
    seen = complete().look()
    assert codes_of(seen) == []
    assert seen.complete
    answers = {key: answer.value for key, answer in seen.answers.items()}
    assert (answers["mother_age"], answers["father_age"]) == ("30", "33")
    assert answers["marriage_certificate_no"] == "J620102-2021-000520"
    assert answers["householder_id_no"] == FATHER["number"]
    assert answers["newborn_relation_to_householder"] == "女"
    assert answers["newborn_native_place_region"] == "620123"
    assert answers["medins_region"] == "620102"
    assert answers["newborn_ethnicity"] == "汉族"
    assert answers["mother_residence_address"] == ADDRESS
    assert answers["hukou_delivery"] == "在户口所在地派出所现场打印并领取"
    assert answers["mother_signed_phone"] == answers["applicant_phone"] == "13800138000"
    assert seen.burden.fields_typed == 11


def test_mail_asks_for_the_recipient_and_copies_the_applicant() -> None:
    seen = complete(ssc_delivery="邮寄").look()
    assert seen.complete
    assert seen.answers["mail_recipient_name"].value == "石兰"
    assert seen.answers["mail_recipient_address"].value == ADDRESS
    assert not complete().look().fields["mail_recipient_name"].visible


def test_the_grandfather_who_is_head_of_the_household_applies_without_a_warning() -> None:
    grandfather = {"type": "resident", "name": "马长川", "sex": "1", "nation": "01", "number": "620102196802020013", "valid_to": "长期"}
    family = complete(applicant_role="祖父", agent_phone="13700137000").showing(facts_from_card(grandfather, "agent"))
    assert rules_against(family.look()) == ["c4"]
    assert rules_against(family.showing(home("father", head_name="马长川")).look()) == []


def test_a_passport_says_no_nationality() -> None:
    seen = greeted(father_id_type="护照", father_id_no="E12345678").look()
    assert "father_nationality" not in seen.answers
    assert [problem for problem in seen.problems if problem.key == "father_id_no"] == []


def test_unmarried_parents_are_not_asked_for_a_marriage_certificate() -> None:
    seen = greeted(married_at_birth="false", hukou_registered="true").look()
    assert asked(seen) == {"mat_parent_ids", "mat_hukou"}


def test_what_the_certificate_says_of_the_marriage_decides_whatever_was_answered() -> None:
    late = marriage(register_date="2026-11-20", name_1="石兰", id_number_1=MOTHER["number"], name_2="马河", id_number_2=FATHER["number"])
    assert "m_hukou" in {left.matter for left in complete(married_at_birth="true").showing(late).look().left_out}


def test_what_the_cards_say_of_ethnicity_decides_whatever_was_answered() -> None:
    seen = complete(same_ethnicity="true").showing(facts_from_card({**FATHER, "nation": "03"}, "father")).look()
    assert "mat_ethnicity" in asked(seen)
    assert "newborn_ethnicity" not in seen.answers


# --- order and clocks

def test_the_certificate_first_then_the_register_then_insurance_and_card_side_by_side() -> None:
    assert greeted().look().order == (
        ("m_birth_cert", "m_vaccination", "m_birth_expense", "m_parenting"), ("m_hukou",), ("m_ssc", "m_medins"))


def test_a_county_that_insures_first_enrols_beside_the_register() -> None:
    family = replace(greeted(), pack=themes.switched(PACK, {"insurance_first"}))
    assert family.look().order[1:] == (("m_hukou", "m_medins"), ("m_ssc",))


def test_each_department_has_one_working_day_and_the_chain_takes_three() -> None:
    clocks = {clock.matter: clock for clock in replace(greeted(newborn_birth_datetime="2026-02-10T08:00"), today=date(2026, 2, 13)).look()
              .matter_clocks}
    assert {clock.working_days for clock in clocks.values()} == {1}
    ends = {matter: clock.clock.due for matter, clock in clocks.items() if clock.clock}
    assert (ends["m_birth_cert"], ends["m_hukou"], ends["m_ssc"], ends["m_medins"]) == (
        date(2026, 2, 14), date(2026, 2, 24), date(2026, 2, 25), date(2026, 2, 25))


def test_accepted_before_the_spring_festival_three_working_days_end_after_it() -> None:
    accepted = date(2026, 2, 13)
    seen = replace(greeted(newborn_birth_datetime="2026-02-10T08:00"), today=accepted, accepted_on=accepted).look()
    assert seen.due is not None
    assert seen.due.due == date(2026, 2, 25)
    visit = next(state for state in seen.deadlines if state.deadline.id == "d3")
    assert visit.last_day == date(2026, 2, 25)


# --- the insurance year

@pytest.mark.parametrize(("birth", "last"), [
    ("2026-10-01", "2026-12-30"), ("2026-10-02", "2026-12-31"), ("2026-10-03", "2027-01-01"), ("2026-12-31", "2027-03-31"),
    ("2026-01-31", "2026-05-01"), ("2026-11-22", "2027-02-20")])
def test_insurance_is_to_be_paid_by_the_ninetieth_day_holiday_or_not(birth: str, last: str) -> None:
    seen = replace(greeted(newborn_birth_datetime=f"{birth}T08:00"), today=date.fromisoformat(birth)).look()
    state = next(state for state in seen.deadlines if state.deadline.id == "d2")
    assert state.last_day == date.fromisoformat(last)
    assert not state.provisional


@pytest.mark.parametrize(("birth", "choices"), [
    ("2026-10-03", ("当年", "次年", "当年加次年")), ("2026-10-01", ("当年", "次年", "当年加次年")),
    ("2026-12-31", ("当年", "次年", "当年加次年")), ("2026-09-30", ("当年",)), ("2026-01-01", ("当年",))])
def test_the_years_offered_depend_on_the_month_of_birth(birth: str, choices: tuple[str, ...]) -> None:
    seen = replace(greeted(newborn_birth_datetime=f"{birth}T08:00"), today=date.fromisoformat(birth)).look()
    assert seen.fields["medins_enrol_year"].choices == choices
    assert ("medins_enrol_year" in seen.answers) == (choices == ("当年",))


def test_a_year_that_is_not_offered_cannot_be_filed() -> None:
    seen = greeted(newborn_birth_datetime="2026-09-30T08:00", medins_enrol_year="次年").on("2026-10-09").look()
    assert [problem.key for problem in seen.problems if problem.code == "choice.not_offered"] == ["medins_enrol_year"]


@pytest.mark.parametrize(("birth", "year", "until"), [
    ("2026-10-03", "当年", "2026-12-31"), ("2026-10-03", "次年", "2027-12-31"), ("2026-10-03", "当年加次年", "2027-12-31"),
    ("2026-09-30", "当年", "2026-12-31")])
def test_cover_runs_from_the_birth_to_the_end_of_the_insured_year(birth: str, year: str, until: str) -> None:
    answers = greeted(newborn_birth_datetime=f"{birth}T08:00", medins_enrol_year=year).on("2026-10-20").look().answers
    assert answers["medins_cover_from"].value == birth
    assert answers["medins_cover_to"].value == until


def test_after_ninety_days_the_family_is_warned_and_promised_no_cover_back_to_the_birth() -> None:
    family = greeted(newborn_birth_datetime="2026-08-20T08:00")
    in_time, late = family.on("2026-11-18").look(), family.on("2026-11-19").look()
    assert rules_against(in_time) == ["c4"]
    assert rules_against(late) == ["c4", "c7"]
    assert late.eligibility == "yes"
    assert "medins_cover_from" in in_time.answers
    assert "medins_cover_from" not in late.answers


@pytest.mark.parametrize(("birth", "year"), [("2026-05-01", "次年"), ("2026-05-01", "当年"), ("2025-12-20", "次年")])
def test_later_than_ninety_days_either_year_is_chosen_as_an_ordinary_resident_with_a_warning(birth: str, year: str) -> None:
    unsaid = complete(newborn_birth_datetime=f"{birth}T08:00", medins_enrol_year=None).on("2026-11-20").look()
    assert unsaid.fields["medins_enrol_year"].choices == ("当年", "次年")
    assert "medins_enrol_year" not in unsaid.answers
    seen = complete(newborn_birth_datetime=f"{birth}T08:00", medins_enrol_year=year).on("2026-11-20").look()
    assert codes_of(seen) == []
    assert rules_against(seen)[-1] == ("c8" if year == "次年" else "c7")
    assert "不能追溯" in seen.conditions[-2 if year == "次年" else -3].rule.open_path
    assert "medins_cover_from" not in seen.answers
    assert "medins_cover_to" not in seen.answers


def test_a_year_that_is_not_offered_is_promised_no_cover() -> None:
    answers = greeted(newborn_birth_datetime="2026-09-30T08:00", medins_enrol_year="次年").on("2026-10-09").look().answers
    assert "medins_cover_to" not in answers
