"""The earlier, undated newborn pack of Hebei against its document, its families, and what the 2023 version changes."""

from datetime import date
from pathlib import Path

from desktop.domain import themes
from desktop.domain.evaluate import Evaluation
from desktop.domain.prefill import facts_from_card
from desktop.domain.themes import Change
from tests.domain.conftest import (
    FATHER,
    GRANDMOTHER,
    MOTHER,
    PACK,
    RESOURCES,
    Family,
    codes_of,
    complete,
    greeted,
    marriage,
    register_home,
)

EARLIER = themes.parse_pack((RESOURCES / "themes/hebei-newborn/2022.toml").read_text("utf-8"), "2022.toml")
SEED = "".join((Path(__file__).parent / "seed_newborn_2022.txt").read_text("utf-8").split())

LABELS = [
    "申报人证件类型", "申报人公民身份号码", "申报人姓名", "申报人性别", "申报人联系电话", "申报人与变动人关系", "申请人亲属关系",
    "申报人户籍所在地",
    "《出生医学证明》编号", "姓名", "性别", "民族", "出生日期", "证件类型", "身份证号", "出生登记类别", "与户主关系",
    "证件有效期开始", "证件有效期结束", "籍贯国家", "籍贯省市县", "户口详细地址", "职业", "出生地国家", "出生地省市县区",
    "父亲号码", "父亲姓名", "母亲号码", "母亲姓名",
    "社保卡银行行号", "是否代办", "自领社保卡城市", "自领社保卡地点",
    "参保地区", "参保身份", "基层医保区划名称", "基层医保区划编号",
]


def bare(text: str) -> str:
    return "".join(text.split())


def earlier(family: Family) -> Family:
    """The same family under the earlier version."""
    return Family(hand=family.hand, facts=family.facts, pages=family.pages, today=family.today, pack=EARLIER)


def whole() -> Family:
    """Every paper the earlier version asks for; what its form asks otherwise is typed."""
    return earlier(complete()).saying(ssc_collect_method=None, ssc_issue_bank=None, ssc_bank_line_no="102100099996")


def note(*paths: str) -> dict[str, tuple[str | None, str | None]]:
    """The change note at these paths: path -> (before, after)."""
    changes: tuple[Change, ...] = themes.diff(EARLIER, PACK)
    return {change.path: (change.before, change.after) for change in changes if change.path in paths}


def required(seen: Evaluation) -> list[str]:
    return [state.material.id for state in seen.materials if state.required]


# --- as printed

def test_the_thirty_seven_labels_stand_as_printed_and_in_printed_order() -> None:
    assert [bare(field.label) for field in EARLIER.fields] == LABELS
    place = SEED.index("申报人信息")
    for section in EARLIER.sections:
        place = SEED.index(section.title, place) + len(section.title)
        for field in section.fields:
            place = SEED.index(bare(field.label), place) + len(bare(field.label))


def test_every_clause_is_in_the_document_word_for_word() -> None:
    for clause in EARLIER.clauses:
        assert bare(clause.text) in SEED, clause.id


def test_the_five_materials_stand_in_printed_order_with_form_copies_and_note() -> None:
    assert [material.name for material in EARLIER.materials] == [
        "《出生医学证明》首次签发登记表", "办理《出生医学证明》授权委托书", "父母双方有效身份证件", "申领人本人有效身份证件", "《结婚证》"]
    place = SEED.index("表1：")
    for material in EARLIER.materials:
        row = bare(material.name + material.form + material.copies + material.note)
        place = SEED.index(row, place) + len(row)


def test_matters_conditions_limit_fee_title_and_form_are_printed_so() -> None:
    assert "包含" + "、".join(matter.name for matter in EARLIER.matters) + "等5个事项" in SEED
    assert [rule.text for rule in EARLIER.conditions] == [EARLIER.clause_texts[rule.clause] for rule in EARLIER.conditions]
    places = [SEED.index(bare(rule.text)) for rule in EARLIER.conditions]
    assert places == sorted(places)
    assert EARLIER.exclusions == ()
    assert (EARLIER.limit.working_days, EARLIER.limit.text, EARLIER.limit.excluded) == (6, "6个工作日。", ())
    assert "（五）收费事项" + EARLIER.fee.text + "###" in SEED
    assert bare(EARLIER.document.title) in SEED
    assert bare(EARLIER.form_title) in SEED


def test_the_hospital_leads_and_the_five_departments_work_with_it() -> None:
    lead, *others = EARLIER.departments
    assert (lead.name, lead.lead, any(other.lead for other in others)) == ("医疗保健机构", True, False)
    assert [matter.lead for matter in whole().look().matters if matter.matter.id == "m_birth_cert"] == [True]


# --- the families

def test_both_parents_of_another_province_are_refused_by_the_clause_and_told_the_open_path() -> None:
    seen = earlier(greeted()).saying(parents_in_province="false").look()
    assert seen.eligibility == "no"
    (problem,) = [problem for problem in seen.problems if problem.code == "condition.not_met"]
    assert EARLIER.clause_texts[problem.clause or ""] == "父母均为本省户籍，民族一致，符合随父或随母落家庭户；"
    assert "单独办理" in problem.params["open_path"]


def test_both_parents_of_another_province_are_found_out_by_their_papers() -> None:
    elsewhere = "山东省济南市历下区样本街1号"
    seen = whole().showing(facts_from_card({**MOTHER, "address": elsewhere}, "mother"),
                           facts_from_card({**FATHER, "address": elsewhere}, "father"), register_home(address=elsewhere)).look()
    assert seen.eligibility == "no"


def test_a_child_born_thirty_one_working_days_ago_comes_too_late_and_thirty_is_in_time() -> None:
    family = earlier(greeted()).saying(newborn_birth_date="2026-09-18")
    assert family.on("2026-11-05").look().eligibility == "yes"
    late = family.on("2026-11-06").look()
    assert late.eligibility == "no"
    assert "各事项仍可分别" in late.problems[0].params["open_path"]


def test_parents_of_different_ethnicity_do_not_meet_the_third_condition() -> None:
    family = whole().showing(facts_from_card({**FATHER, "nation": "03"}, "father"))
    assert family.look().eligibility == "no"


def test_a_marriage_registered_after_the_birth_does_not_meet_the_second_condition() -> None:
    verdict = whole().showing(marriage(register_date="2026-11-20")).look().conditions[1]
    assert (verdict.rule.text, verdict.verdict) == ("为现行婚姻内生育的新生儿；", False)


def test_the_mother_needs_no_power_of_attorney_and_nobody_is_asked_for_the_household_register() -> None:
    assert required(earlier(greeted()).look()) == ["mat_first_issue_form", "mat_parent_ids", "mat_applicant_id", "mat_marriage"]
    assert "落户方户口簿" not in [material.name for material in EARLIER.materials]
    (service,) = EARLIER.services
    assert "落户方户口簿首页、落户方户口簿户主页" in service.text


def test_the_grandmother_needs_the_power_of_attorney_and_her_own_card() -> None:
    seen = whole().saying(applicant_role="其他").showing(facts_from_card(GRANDMOTHER, "agent")).look()
    assert required(seen)[1] == "mat_poa"
    assert {problem.params.get("slots") or problem.key for problem in seen.problems if problem.severity == "error"} == {
        "applicant_relation_to_newborn", "other.power_of_attorney", "id_card_front.agent,id_card_back.agent"}


def test_with_every_paper_and_the_bank_s_number_the_case_is_complete_in_three_steps() -> None:
    seen = whole().look()
    assert codes_of(seen) == []
    assert seen.complete
    assert seen.order == (("m_birth_cert", "m_vaccination"), ("m_hukou",), ("m_medins", "m_ssc"))
    assert seen.due is not None
    assert seen.due.due == date(2026, 12, 1)


def test_the_relation_asked_twice_is_filled_once_and_copied() -> None:
    answers = whole().look().answers
    assert (answers["applicant_relation_to_newborn"].value, answers["applicant_kinship"].value) == ("母亲", "母亲")
    assert answers["applicant_kinship"].origin == "copy:applicant_relation_to_newborn"


def test_what_the_papers_say_is_found_under_the_earlier_labels() -> None:
    answers = {key: answer.value for key, answer in whole().look().answers.items()}
    assert answers["newborn_ethnicity"] == "汉族"
    assert answers["newborn_relation_to_householder"] == "女"
    assert (answers["newborn_id_type"], answers["ssc_by_agent"]) == ("居民身份证", "是")
    assert answers["newborn_native_place_region"] == answers["ssc_pickup_city"] == answers["medins_region"] == "130529"


def test_a_child_with_a_surname_of_neither_parent_is_only_warned_of() -> None:
    seen = whole().saying(newborn_name="周安然").look()
    assert codes_of(seen, "warning") == ["name.surname"]
    assert seen.complete


def test_the_month_for_the_household_register_is_not_a_clock_of_this_version() -> None:
    seen = whole().saying(newborn_birth_date="2026-10-20").look()
    assert [state.deadline.id for state in seen.deadlines] == ["d1", "d3"]
    assert codes_of(seen, "warning") == []


# --- versions

def test_a_case_of_december_20_2022_gets_the_earlier_version_and_one_of_new_year_the_later() -> None:
    both = (PACK, EARLIER)
    assert [pack.version for pack in themes.in_force(both, date(2022, 12, 20))] == ["2022"]
    assert [pack.version for pack in themes.in_force(both, date(2022, 12, 31))] == ["2022"]
    assert [pack.version for pack in themes.in_force(both, date(2023, 1, 1))] == ["2023"]


def test_before_the_document_it_rests_on_was_public_no_version_is_in_force() -> None:
    assert themes.in_force((PACK, EARLIER), date(2022, 10, 2)) == ()
    assert any("判断" in line and "2022-10-03" in line for line in EARLIER.missing_in_document)


def test_the_change_note_says_that_the_household_register_was_added_and_who_leads() -> None:
    assert note("materials[mat_hukou]", "departments[health].lead", "matters[m_birth_cert].department") == {
        "materials[mat_hukou]": (None, "落户方户口簿"),
        "departments[health].lead": ("False", "True"),
        "matters[m_birth_cert].department": ("institution", "health"),
    }


def test_the_change_note_says_which_labels_were_reworded() -> None:
    changes = themes.diff(EARLIER, PACK)
    assert [(change.before, change.after) for change in changes if change.path.endswith(".label")] == [
        ("申报人与变动人关系", "与新生儿关系"), ("身份证号", "身份证号 (由数据产生, 共享推送)"), ("籍贯省市县", "籍贯省市区"),
        ("出生地省市县区", "出生地省市区"), ("父亲号码", "父亲身份证号码"), ("母亲号码", "母亲身份证号码"),
        ("自领社保卡地点", "自取社保卡网点")]


def test_the_change_note_says_which_blanks_came_and_went() -> None:
    changes = [change for change in themes.diff(EARLIER, PACK) if change.path.endswith("]") and ".fields[" in change.path]
    assert [change.before for change in changes if change.after is None] == [
        "申请人亲属关系", "证件类型", "社保卡银行行号", "是否代办", "自领社保卡城市"]
    assert [change.after for change in changes if change.before is None] == [
        "领取方式", "社保卡发卡地区", "社保卡发卡银行", "邮寄收件人姓名", "邮寄收件人地址", "邮寄收件人电话"]


def test_the_change_note_says_that_papers_may_be_mailed_at_the_family_s_cost_and_within_a_month() -> None:
    assert note("fee.text", "matters[m_hukou].delivery", "matters[m_ssc].delivery", "matters[m_hukou].limit", "deadlines[d2]") == {
        "fee.text": ("无", "无（邮寄服务费按寄递服务标准另行收取）"),
        "matters[m_hukou].delivery": ("到公安派出所领取", "到派出所自取、邮寄"),
        "matters[m_ssc].delivery": ("自领", "自领、邮寄"),
        "matters[m_hukou].limit": ("", "新生儿出生后一个月内"),
        "deadlines[d2]": (None, "新生儿出生后一个月内"),
    }


def test_the_change_note_is_silent_about_rules_and_questions_that_stayed() -> None:
    paths = [change.path for change in themes.diff(EARLIER, PACK)]
    assert not [path for path in paths if path.startswith(("questions", "people", "aliases", "applicant", "limit", "conditions"))
                and path != "conditions[c3].text"]
