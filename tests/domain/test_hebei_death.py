"""The pack of Hebei for the time after a death against its document, and the families it was written for."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desktop.domain import themes
from desktop.domain.evaluate import Evaluation
from desktop.domain.pack import ThemePack
from desktop.domain.prefill import Fact, facts_from_card, facts_from_page, people, whose
from tests.domain.conftest import RESOURCES, Family, codes_of, register_home, sure

DEATH = themes.parse_pack((RESOURCES / "themes/hebei-death/2023.toml").read_text("utf-8"), "2023.toml")
SEED = "".join((Path(__file__).parent / "seed_hebei_death.txt").read_text("utf-8").split())

PRINTED = [
    ("死亡人员信息", [
        "姓名", "性别", "出生日期", "死亡时间", "国籍", "死者预留在银行的手机号码", "身份证件名称", "身份证号码", "死亡原因",
        "参保人社会保障号码", "个人公积金账号", "人员参保终止时间", "人员参保终止原因", "支取原因", "工作单位",
        "银行户名", "银行行别", "开户支行", "银行行号", "银行账号"]),
    ("代办人信息", [
        "姓名", "性别", "身份证件名称", "身份证号码", "联系地址", "户籍地", "工作单位", "联系电话", "常住地址", "办事人身份",
        "个人社保编号", "待遇领取方式", "银行户名", "银行行别", "开户支行", "银行行号", "银行账号", "与死者关系"]),
    ("其它信息", ["机动车驾驶证申请业务种类", "驾驶证业务申请原因", "死者照片"]),
]
MATERIALS = [
    "死亡人员身份证明", "死亡注销户口申请表", "公安部门调查或检验鉴定结果", "死者照片", "代办人（申领人）与参保人的关系承诺书",
    "代办人照片", "代办人居民身份证", "告知承诺书（含相关事项委托书）", "公证部门对该继承权的公证书"]
MONEY = {"m_medins_account", "m_pension_account", "m_survivor", "m_housing_fund"}

FATHER = {"type": "resident", "name": "许长庚", "sex": "1", "nation": "01", "birth_date": "1951-03-07", "number": "130529195103070012",
          "address": "河北省邢台市巨鹿县示例镇样本路7号", "valid_from": "2005-04-01", "valid_to": "2025-04-01"}
DAUGHTER = {"type": "resident", "name": "许静秋", "sex": "2", "nation": "01", "birth_date": "1979-11-12", "number": "130529197911120021",
            "address": "河北省邢台市巨鹿县示例镇样本路9号2单元101室", "valid_from": "2019-11-12", "valid_to": "2039-11-12"}


def certificate(**changes: str) -> tuple[Fact, ...]:
    fields = {"cert_no": FATHER["number"], "name": "许长庚", "sex": "男", "birth": "1951-03-07", "id_number": FATHER["number"],
              "address": FATHER["address"], "death_date": "2026-11-20T08:30", "death_place": "河北省巨鹿县医院", "cause": "脑出血",
              "issue_date": "2026-11-21"}
    return facts_from_page("death_certificate", sure(**{**fields, **changes}), evidence_id="certificate")


PLAIN = {"death_kind": "正常死亡", "died_in_province": "true", "deceased_hukou_in_province": "true", "death_certificate_issued": "true",
         "deceased_has_hebei_licence": "false", "deceased_insured_kind": "其他", "deceased_has_housing_fund": "false"}
"""Certificate, cremation and hukou: nothing to be paid out, no licence."""
INSURED = {"deceased_insured_kind": "企业职工", "deceased_has_enterprise_pension": "true", "deceased_has_employee_medins": "true",
           "deceased_account_usable": "false", "agent_is_payee": "true"}
FUND = {"deceased_has_housing_fund": "true", "notary_certificate": "true", "agent_is_designated_heir": "true", "agent_is_payee": "true"}
BANK = {"agent_bank_category": "河北银行", "agent_bank_branch": "示例支行", "agent_bank_line_no": "102100099996",
        "agent_bank_account_no": "6217000000000001234"}


def greeted(**answers: str) -> Family:
    """Nothing but the greeting's answers."""
    return Family(pack=DEATH, hand={**PLAIN, **answers}, today=date(2026, 11, 23))


def complete(**answers: str) -> Family:
    """A daughter comes for her father, with both cards and the certificate; everything typed that must be."""
    return replace(greeted(agent_phone="13800138000", agent_relation_to_deceased="子女", **answers), pages=frozenset({
        "id_card_chip.agent", "id_card_chip.deceased", "death_certificate"})).showing(
        facts_from_card(DAUGHTER, "agent"), facts_from_card(FATHER, "deceased"), certificate())


def everything() -> Family:
    """All eight matters, all papers."""
    family = complete(**{**INSURED, **FUND, **BANK}, deceased_has_hebei_licence="true", deceased_housing_fund_account="0319000123456",
                      benefit_collect_method="银行账户")
    return replace(family, pages=family.pages | {"other.deceased_photo", "other.agent_photo", "other.relation_pledge",
                                                 "other.notice_pledge", "other.notary_certificate"})


def asked(seen: Evaluation) -> set[str]:
    return {state.material.id for state in seen.materials if state.required}


def branch(seen: Evaluation) -> tuple[str, str, bool]:
    plan = next(one for one in seen.matters if one.matter.id == "m_death_cert")
    return plan.department_name, plan.result, plan.lead


def leaders(seen: Evaluation) -> set[str]:
    return {one.department_name for one in seen.matters if one.lead}


def bare(text: str) -> str:
    return "".join(text.split())


# --- the print

def test_sections_and_labels_stand_as_printed_and_in_printed_order() -> None:
    assert [(section.title, [field.label for field in section.fields]) for section in DEATH.sections] == PRINTED
    rows = SEED[SEED.index("表2：公民身后“一件事一次办”申报表单") + len("表2：公民身后“一件事一次办”申报表单"):]
    assert rows.startswith("".join(section.title + "".join(field.label for field in section.fields) for section in DEATH.sections))


def test_labels_printed_twice_are_told_apart_when_spoken() -> None:
    called = [field.called for field in DEATH.fields]
    assert len(set(called)) == len(called) == 41
    assert {"死者银行账号", "代办人银行账号", "死者姓名", "代办人姓名"} <= set(called)


def test_every_clause_is_in_the_document_word_for_word() -> None:
    for clause in DEATH.clauses:
        assert bare(clause.text) in SEED, clause.id
    assert bare(DEATH.document.title) in SEED
    assert DEATH.document.number in SEED


def test_materials_stand_as_printed_row_by_row() -> None:
    assert [material.name for material in DEATH.materials] == MATERIALS
    place = SEED.index("事项名称材料名称材料类型材料数量备注")
    for material in DEATH.materials:
        row = bare(material.name + material.form + material.copies + material.note)
        place = SEED.index(row, place) + len(row)


def test_the_eight_matters_are_those_listed_where_the_text_counts_nine() -> None:
    assert len(DEATH.matters) == 8
    assert "包含" + "、".join(matter.name for matter in DEATH.matters) + "等9个事项" in SEED


def test_the_four_conditions_are_those_printed_and_the_fifth_is_the_note_on_the_agent() -> None:
    printed = "".join(f"{number}.{rule.text}" for number, rule in enumerate(DEATH.conditions[:4], 1))
    assert f"应具备以下条件：{printed}(二)办理情形" in SEED
    assert DEATH.conditions[4].text == next(material.note for material in DEATH.materials if material.id == "mat_agent_id")
    assert len(DEATH.conditions) == 5


def test_exclusion_limit_fee_and_departments_are_printed_so() -> None:
    assert [rule.text for rule in DEATH.exclusions] == ["法院宣告死亡和司法机关依法执行死刑的除外"]
    assert f"（{DEATH.exclusions[0].text}）" in SEED
    assert DEATH.limit.working_days == 16
    assert f"办理时限{bare(DEATH.limit.text)}(四)" in SEED
    assert DEATH.fee.text in SEED
    names = [department.name.removesuffix("部门") for department in DEATH.departments]
    assert names[:2] == ["卫生健康", "公安"]
    assert "、".join(names[1:]) + "等部门协同配合" in SEED


def test_papers_the_document_names_without_printing_them_are_marked_and_named_in_it() -> None:
    templates = [paper for paper in DEATH.papers if paper.kind == "template"]
    assert len(templates) == 4
    assert all(paper.proposed and paper.reason and paper.title in SEED for paper in templates)
    assert not DEATH.form_is_proposed


def test_the_ten_contradictions_are_told_with_their_resolution() -> None:
    assert [entry.id for entry in DEATH.contradictions] == [f"k{number}" for number in range(1, 11)]


def test_the_pack_holds_no_path_and_no_invented_person() -> None:
    assert not re.search(r"\d{17}[\dX]|/home|/work", DEATH.model_dump_json())


# --- the greeting

def test_a_handful_of_answers_tells_a_plain_family_what_to_bring() -> None:
    seen = greeted().look()
    assert seen.eligibility == "yes"
    assert seen.chosen == ("m_death_cert", "m_cremation", "m_hukou_cancel")
    assert asked(seen) == {"mat_deceased_id", "mat_hukou_form", "mat_agent_id"}
    assert [question.entry.key for question in seen.questions.values() if question.required and not question.answer] == []
    assert "question.unanswered" not in codes_of(seen)


def test_before_the_greeting_nothing_is_decided() -> None:
    seen = Family(pack=DEATH).look()
    assert seen.eligibility == "unknown"
    assert set(seen.conditions[0].missing_labels) == {"是否在河北省境内去世", "死者是否为河北省户籍"}
    assert seen.left_out == ()


def test_questions_of_money_are_asked_last_and_only_when_the_answers_before_call_for_them() -> None:
    keys = [question.key for question in DEATH.questions if question.ask == "greeting"]
    assert keys[0] == "death_kind"
    assert keys[-1] == "agent_is_payee"
    required = {key for key, state in greeted().look().questions.items() if state.required}
    assert required == {*PLAIN, "deceased_identity_paper"}


def test_a_normal_death_needs_no_police_result_and_the_health_department_leads() -> None:
    seen = greeted().look()
    assert "mat_police_result" not in asked(seen)
    assert branch(seen)[0] == "卫生健康部门"
    assert branch(seen)[2]
    assert leaders(seen) == {"卫生健康部门"}


def test_an_abnormal_death_needs_the_police_result_and_the_police_lead() -> None:
    seen = greeted(death_kind="非正常死亡", treated_by_medical="false").look()
    assert "mat_police_result" in asked(seen)
    assert branch(seen) == ("公安部门", "《非正常死亡证明》", True)
    assert leaders(seen) == {"公安部门"}
    assert branch(greeted(death_kind="非正常死亡").look()) == branch(seen)
    slots = {slot.slot for state in seen.materials for slot in state.slots if state.required and slot.wanted}
    assert "other.abnormal_death_certificate" in slots
    assert "death_certificate" not in slots


def test_an_abnormal_death_that_a_hospital_treated_is_certified_by_the_hospital_while_the_police_lead() -> None:
    seen = greeted(death_kind="非正常死亡", treated_by_medical="true").look()
    assert branch(seen)[:2] == ("卫生健康部门", "《居民死亡医学证明》")
    assert "mat_police_result" in asked(seen)
    assert leaders(seen) == {"公安部门"}


@pytest.mark.parametrize(("issued", "name"), [
    ("2026-06-30", "《居民死亡医学证明（推断）书》"), ("2026-07-01", "《居民死亡医学证明》"), ("2026-11-21", "《居民死亡医学证明》")])
def test_a_death_certified_from_july_2026_on_bears_the_new_name(issued: str, name: str) -> None:
    assert branch(greeted().showing(certificate(issue_date=issued)).look())[1] == name


def test_without_a_certificate_yet_the_day_of_application_decides_its_name() -> None:
    family = greeted(death_certificate_issued="false")
    assert branch(family.look())[1] == "《居民死亡医学证明》"
    assert branch(family.on("2026-03-02").look())[1] == "《居民死亡医学证明（推断）书》"
    assert not any(slot.doc_type == "death_certificate" for state in family.look().materials for slot in state.slots)


@pytest.mark.parametrize("kind", ["法院宣告死亡", "依法执行死刑"])
def test_declared_dead_by_a_court_or_executed_is_excluded_and_the_open_path_is_named(kind: str) -> None:
    seen = greeted(death_kind=kind).look()
    assert seen.eligibility == "no"
    problem = next(problem for problem in seen.problems if problem.code == "exclusion.met")
    assert problem.clause == "kinds"
    assert "派出所" in problem.params["open_path"]
    assert seen.open_paths


def test_died_outside_hebei_is_not_this_theme_and_the_open_path_is_named() -> None:
    seen = greeted(died_in_province="false").look()
    assert seen.eligibility == "no"
    problem = next(problem for problem in seen.problems if problem.code == "condition.not_met")
    assert problem.clause == "condition_1"
    assert "在河北省外去世" in problem.params["text"]
    assert "死亡地" in problem.params["open_path"]


def test_the_certificates_place_of_death_contradicts_what_was_said() -> None:
    seen = greeted().showing(certificate(death_place="山东省济南市历下区样本医院")).look()
    assert ("sources.disagree", "died_in_province") in {(problem.code, problem.key) for problem in seen.problems}


# --- matters with their own conditions

def test_a_housing_fund_with_a_notary_deed_that_is_not_there_yet_lacks_the_deed_and_nothing_else() -> None:
    family = everything()
    seen = replace(family, pages=family.pages - {"other.notary_certificate"}).look()
    assert "m_housing_fund" in seen.chosen
    assert [(problem.code, problem.params["material"], problem.clause) for problem in seen.problems if problem.severity == "error"] == [
        ("material.missing", "mat_notary", "material_9")]


def test_a_housing_fund_without_a_notary_deed_is_left_out_with_its_clause_and_both_ways_and_the_rest_goes_on() -> None:
    seen = complete(**{**FUND, "notary_certificate": "false"}).look()
    assert [(left.matter, left.verdict.rule.clause) for left in seen.left_out if left.matter == "m_housing_fund"] == [
        ("m_housing_fund", "condition_3")]
    problem = next(problem for problem in seen.problems if problem.code == "matter.left_out" and problem.clause == "condition_3")
    assert "继承权公证书还没有办好" in problem.params["text"]
    assert "公证处" in problem.params["open_path"]
    assert "先不提取" in problem.params["open_path"]
    assert "mat_notary" not in asked(seen)
    assert seen.complete
    assert seen.eligibility == "yes"


def test_a_housing_fund_of_which_nobody_said_whether_there_is_a_deed_may_still_ask_for_it() -> None:
    seen = complete(deceased_has_housing_fund="true", agent_is_payee="true").look()
    assert ("question.unanswered", "notary_certificate") in {(problem.code, problem.key) for problem in seen.problems}
    deed = next(state for state in seen.materials if state.material.id == "mat_notary")
    assert (deed.required, deed.undecided[0]) == (None, "notary_certificate")


def test_a_fund_the_family_leaves_for_later_is_not_asked_about() -> None:
    family = greeted()
    family = replace(family.saying(deceased_has_housing_fund=None), deselected=frozenset({"m_housing_fund"}))
    seen = family.look()
    assert not seen.questions["deceased_has_housing_fund"].required
    assert "condition_3" not in {problem.clause for problem in seen.problems}


def test_an_heir_whom_the_deed_does_not_name_cannot_draw_the_fund() -> None:
    seen = complete(**{**FUND, "agent_is_designated_heir": "false"}).look()
    assert "m_housing_fund" not in seen.chosen


def test_a_licence_holders_death_needs_the_agents_photo_and_cancels_the_licence() -> None:
    seen = complete(deceased_has_hebei_licence="true").look()
    assert "m_driving_licence" in seen.chosen
    assert asked(seen) == {"mat_deceased_id", "mat_hukou_form", "mat_deceased_photo", "mat_agent_photo", "mat_agent_id",
                           "mat_notice_pledge"}
    assert seen.answers["licence_business_type"].value == "注销"
    assert seen.answers["licence_business_reason"].value == "死亡"
    assert ("field.required", "deceased_photo") in {(problem.code, problem.key) for problem in seen.problems}


def test_the_photo_under_the_camera_fills_its_blank() -> None:
    seen = everything().look()
    assert seen.answers["deceased_photo"].value == "已采集"


def test_without_a_hebei_licence_the_licence_is_left_out_with_its_clause() -> None:
    seen = complete().look()
    assert [left.verdict.rule.clause for left in seen.left_out if left.matter == "m_driving_licence"] == ["condition_4"]
    assert not seen.fields["deceased_photo"].visible
    assert seen.complete


def test_somebody_not_insured_as_an_employee_leaves_out_the_three_matters_of_insurance() -> None:
    seen = complete().look()
    assert {left.matter for left in seen.left_out if left.verdict.rule.id == "c2"} == {
        "m_medins_account", "m_pension_account", "m_survivor"}


def test_a_usable_account_of_the_deceased_spares_the_pledge_and_shows_his_bank() -> None:
    seen = complete(**{**INSURED, "deceased_account_usable": "true"}).look()
    assert "mat_relation_pledge" not in asked(seen)
    assert seen.fields["deceased_bank_account_no"].visible
    assert seen.answers["deceased_bank_account_name"].value == "许长庚"
    assert "mat_relation_pledge" in asked(complete(**INSURED).look())


def test_half_a_bank_account_of_the_deceased_is_not_enough() -> None:
    seen = everything().saying(deceased_account_usable="true", deceased_bank_account_no="6217000000000001234").look()
    assert {problem.key for problem in seen.problems if problem.code == "field.required"} == {
        "deceased_bank_category", "deceased_bank_branch", "deceased_bank_line_no"}


# --- the same agent

@pytest.mark.parametrize("change", [{"agent_is_payee": "false"}, {"agent_bank_account_name": "许明远"}])
def test_an_agent_who_is_not_the_payee_is_told_how_to_put_it_right(change: dict[str, str]) -> None:
    seen = everything().saying(**change).look()
    assert seen.eligibility == "yes"
    problem = next(problem for problem in seen.problems if problem.code == "condition.correct")
    assert (problem.severity, problem.clause) == ("error", "material_7")
    assert "代办人本人" in problem.params["open_path"]
    assert seen.chosen == tuple(matter.id for matter in DEATH.matters)
    assert not seen.complete


def test_without_money_matters_nobody_asks_who_is_paid() -> None:
    seen = replace(everything().saying(agent_is_payee=None), deselected=frozenset(MONEY)).look()
    assert seen.complete
    assert not seen.questions["agent_is_payee"].visible


# --- cards and papers

def test_with_cards_and_papers_all_eight_matters_are_ready_and_at_most_eight_blanks_typed() -> None:
    seen = everything().look()
    assert seen.problems == ()
    assert seen.chosen == tuple(matter.id for matter in DEATH.matters)
    assert seen.burden.fields_typed == 8
    answers = {key: answer.value for key, answer in seen.answers.items()}
    assert answers["deceased_sex"] == "男"
    assert answers["deceased_birth_date"] == "1951-03-07"
    assert answers["death_time"] == "2026-11-20T08:30"
    assert answers["insurance_end_date"] == "2026-11-20"
    assert answers["deceased_social_security_no"] == FATHER["number"]
    assert answers["withdraw_reason"] == answers["insurance_end_reason"] == "死亡"
    assert answers["agent_bank_account_name"] == "许静秋"
    assert answers["agent_residence_address"] == answers["agent_contact_address"] == DAUGHTER["address"]
    assert answers["agent_role"] == "近亲属"
    assert answers["death_cert_no"] == FATHER["number"]


def test_the_dead_mans_expired_card_is_no_fault_but_the_agents_is() -> None:
    assert "id_card.expired" not in codes_of(complete().look())
    assert "id_card.expired" in codes_of(complete().showing(facts_from_card({**DAUGHTER, "valid_to": "2025-01-01"}, "agent")).look())


def test_the_first_unknown_card_is_the_agents_and_the_second_the_deceaseds() -> None:
    seen = greeted().look()
    assert whose(DEATH, FATHER["name"], FATHER["number"], "1", people(DEATH, seen.answers, seen.evaluator), seen.evaluator) == "agent"
    seen = greeted().showing(facts_from_card(DAUGHTER, "agent")).look()
    assert whose(DEATH, FATHER["name"], FATHER["number"], "1", people(DEATH, seen.answers, seen.evaluator), seen.evaluator) == "deceased"


def test_after_the_certificate_the_deceaseds_card_is_known_by_its_number() -> None:
    seen = greeted().showing(certificate()).look()
    assert whose(DEATH, FATHER["name"], FATHER["number"], "1", people(DEATH, seen.answers, seen.evaluator), seen.evaluator) == "deceased"
    assert whose(DEATH, DAUGHTER["name"], DAUGHTER["number"], "2", people(DEATH, seen.answers, seen.evaluator), seen.evaluator) == "agent"


def test_the_household_register_serves_in_place_of_the_card() -> None:
    family = complete(deceased_identity_paper="居民户口簿")
    wanted = {slot.slot for state in family.look().materials if state.material.id == "mat_deceased_id" for slot in state.slots}
    assert wanted == {"household_register_home", "household_register_member.deceased", "death_certificate"}
    pages = family.pages | {"household_register_home", "household_register_member.deceased"}
    assert replace(family, pages=pages).showing(register_home(head_name="许长庚", address=FATHER["address"])).look().complete


def test_a_certificate_number_that_is_not_the_citizen_number_wants_a_second_look_since_july_2026() -> None:
    def found(**changes: str) -> set[str | None]:
        return {problem.key for problem in complete().showing(certificate(**changes)).look().problems if problem.code == "sources.disagree"}

    assert found(cert_no="130529195103070039") == {"death_cert_no"}
    assert found(cert_no="13052900123", issue_date="2026-06-01", death_date="2026-05-30T10:00") == set()


def test_a_certificate_that_names_only_the_day_leaves_the_minute_to_the_hand_without_a_dispute() -> None:
    family = complete().showing(certificate(death_date="2026-11-20"))
    assert ("datetime.invalid", "death_time") in {(problem.code, problem.key) for problem in family.look().problems}
    assert family.saying(death_time="2026-11-20T08:30").look().complete
    assert "sources.disagree" not in codes_of(family.saying(death_time="2026-11-20T08:30").look(), "warning")
    assert "sources.disagree" in codes_of(family.saying(death_time="2026-11-19T08:30").look(), "warning")


@pytest.mark.parametrize(("key", "value"), [
    ("death_time", "2026-11-25T08:00"), ("death_time", "1950-11-25T08:00"), ("insurance_end_date", "2026-11-19"),
    ("deceased_social_security_no", "130529195103070013"), ("deceased_social_security_no", DAUGHTER["number"]),
    ("agent_id_no", FATHER["number"]), ("deceased_id_no", "130529195103070013"),
    ("agent_bank_line_no", "102100099995"), ("agent_bank_account_no", "62x"), ("agent_phone", "123")])
def test_an_answer_that_cannot_be_is_an_error_at_its_blank(key: str, value: str) -> None:
    seen = everything().saying(**{key: value}).look()
    assert key in {problem.key for problem in seen.problems if problem.severity == "error"}


# --- clocks, order, choice

@pytest.mark.parametrize(("accepted", "due"), [("2026-02-13", "2026-03-13"), ("2026-11-23", "2026-12-15")])
def test_the_promise_is_the_sixteenth_working_day_after_acceptance(accepted: str, due: str) -> None:
    found = replace(complete(), accepted_on=date.fromisoformat(accepted)).look().due
    assert found is not None
    assert found.due.isoformat() == due
    assert not found.provisional


def test_a_promise_that_reaches_into_2027_is_provisional() -> None:
    seen = complete().on("2026-12-14").look()
    assert seen.due is not None
    assert seen.due.due.year == 2027
    assert seen.due.provisional
    assert "calendar.provisional" in codes_of(seen, "warning")


def test_the_seven_days_for_the_register_run_from_the_earliest_day_the_window_knows_and_never_stand_in_the_way() -> None:
    state = next(state for state in complete().look().deadlines if state.deadline.id == "d1")
    assert state.last_day == date(2026, 11, 30)
    late = replace(complete(), accepted_on=date(2026, 9, 30)).look()
    assert next(state.last_day for state in late.deadlines) == date(2026, 10, 8)      # the seventh day is a holiday
    assert "deadline.passed" not in [problem.code for problem in late.problems]


def test_the_certificate_comes_first_and_all_the_others_side_by_side() -> None:
    assert everything().look().order == (("m_death_cert",), tuple(matter.id for matter in DEATH.matters[1:]))


def test_only_certificate_and_register_are_not_optional() -> None:
    assert [matter.id for matter in DEATH.matters if not matter.optional] == ["m_death_cert", "m_hukou_cancel"]


def test_leaving_the_money_for_later_shrinks_papers_and_form() -> None:
    whole = everything().look()
    fewer = replace(everything(), deselected=frozenset(MONEY)).look()
    assert fewer.complete
    assert asked(whole) - asked(fewer) == {"mat_relation_pledge", "mat_notary"}
    assert fewer.burden.pages_asked < whole.burden.pages_asked
    assert fewer.burden.fields_total <= whole.burden.fields_total - 18
    assert not any(answer for key, answer in fewer.answers.items() if "bank" in key)


def test_every_blank_material_and_matter_of_the_form_has_a_use(pack: ThemePack) -> None:
    ids = {matter.id for matter in DEATH.matters}
    assert all(set(field.used_by) <= ids and field.used_by for field in DEATH.fields)
    assert all(material.used_by for material in DEATH.materials)
    assert DEATH.case_letters != pack.case_letters
