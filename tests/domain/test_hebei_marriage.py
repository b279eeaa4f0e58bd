"""The marriage pack of Hebei against its document, and the couples it was written for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from desktop.domain import cel_words, identity, themes
from desktop.domain.evaluate import Evaluation, evaluate
from desktop.domain.pack import ThemePack
from desktop.domain.prefill import Answer, Fact, Source, facts_from_card, facts_from_page
from tests.domain.conftest import CALENDAR, CODES, RESOURCES, sure

PACK = themes.parse_pack((RESOURCES / "themes/hebei-marriage/2023.toml").read_text("utf-8"), "2023.toml")


def bare(text: str) -> str:
    """Without white space; the document's radio buttons as ○."""
    return "".join(text.replace('<input type="radio"/>', "○").split())


SEED = bare((Path(__file__).parent / "seed_hebei_marriage.txt").read_text("utf-8"))

PRINTED = [
    ("个人基本信息", ["申请人姓名", "身份证号", "联系电话", "配偶姓名", "身份证号", "联系电话", "申请人户口所在地", "配偶户口所在地"]),
    ("户口登记项目变更及迁移信息", ["原婚姻状况", "申请婚姻状况变更为"]),
    ("生育登记表信息", []),
    ("女方信息", ["出生日期", "民族", "户口性质", "本人是否独生子女", "目前怀孕状态", "末次月经", "怀孕周数", "分娩时间"]),
    ("男方信息", ["出生日期", "民族", "户口性质", "本人是否独生子女"]),
    ("家庭信息", ["现夫妻已共同生育子女数量", "现居住地址", "受理地"]),
]


# --- the print

def test_sections_and_labels_stand_as_printed_and_in_printed_order() -> None:
    assert [(section.title, [bare(field.label) for field in section.fields]) for section in PACK.sections] == PRINTED
    table = SEED[SEED.index("申办表单个人基本信息"):]
    place = 0
    for section in PACK.sections:
        place = table.index(section.title, place)
        for field in section.fields:
            place = table.index(bare(field.label), place) + len(bare(field.label))


@pytest.mark.parametrize(("key", "printed"), [
    ("marital_status_before", "原婚姻状况○未婚○空白○离婚○丧偶申请"),
    ("marital_status_after", "申请婚姻状况变更为○已婚生育登记表信息"),
    ("wife_is_only_child", "本人是否独生子女○是○否目前"),
    ("husband_is_only_child", "本人是否独生子女○是○否家庭信息"),
    ("pregnancy_status", "目前怀孕状态○已怀孕末次月经怀孕周数○已分娩分娩时间"),
    ("handling_place", "受理地女方户籍地/男方户籍地/现居住地"),
])
def test_the_choices_are_those_printed(key: str, printed: str) -> None:
    assert printed in SEED
    field = next(field for field in PACK.fields if field.key == key)
    assert field.choices == tuple(re.findall(r"○(已怀孕|已分娩|[^○]{1,2}?)(?=○|申请|生育|目前|末次|分娩|家庭)", printed)
                                  or printed.removeprefix("受理地").split("/"))


def test_labels_printed_twice_are_told_apart_when_spoken() -> None:
    called = [field.called for field in PACK.fields]
    assert len(set(called)) == len(called)
    assert {"申请人身份证号", "配偶身份证号", "女方民族", "男方民族"} <= set(called)


def test_the_six_materials_stand_in_the_table_row_by_row() -> None:
    rows = "".join(f"{number}.{bare(material.name + material.form + material.copies + material.note)}"
                   for number, material in enumerate(PACK.materials, 1))
    assert len(PACK.materials) == 6
    assert rows in SEED
    for number, material in enumerate(PACK.materials, 1):
        assert bare(PACK.clause_texts[material.clause]).startswith(f"{number}.{material.name}")


def test_the_four_conditions_are_those_printed_and_all_but_the_first_speak_of_one_matter() -> None:
    printed = "".join(f"{number}.{rule.text}" for number, rule in enumerate(PACK.conditions, 1))
    assert "应具备以下条件：" + printed + "(二)办理时限" in SEED
    assert [rule.matters for rule in PACK.conditions] == [(), ("m_hukou_marital",), ("m_hukou_move",), ("m_birth_registration",)]
    assert PACK.exclusions == ()


def test_matters_limit_fee_form_and_document_are_those_printed() -> None:
    assert "包含" + "、".join(matter.name for matter in PACK.matters[:3]) + "和" + PACK.matters[3].name + "4个事项" in SEED
    assert [matter.optional for matter in PACK.matters] == [False, True, True, True]
    assert PACK.limit.working_days == 5
    assert "办理时限" + bare(PACK.limit.text) + "(三)" in SEED
    for printed in (PACK.fee.text, PACK.form_title, PACK.title, PACK.document.title, PACK.document.number):
        assert bare(printed) in SEED


def test_every_clause_is_in_the_document_word_for_word() -> None:
    for clause in PACK.clauses:
        assert bare(clause.text) in SEED, clause.id


def test_forms_named_but_not_printed_are_marked_as_proposed_with_the_reason() -> None:
    proposed = {paper.title for paper in PACK.papers if paper.proposed and paper.reason}
    assert proposed == {"申请结婚登记声明书", "户口登记“婚姻状况”变更登记表", "夫妻投靠户口迁移申请表", "生育登记承诺书"}
    assert not PACK.form_is_proposed


def test_the_pack_holds_no_path_and_no_invented_person() -> None:
    assert not re.search(r"\d{17}[\dX]|/home|/work", PACK.model_dump_json())


# --- couples at the window

def card(name: str, sex: str, born: str, sequence: str, address: str) -> dict[str, str]:
    first17 = f"130529{born.replace('-', '')}{sequence}"
    return {"type": "resident", "name": name, "sex": {"男": "1", "女": "2"}[sex], "nation": "01", "birth_date": born, "address": address,
            "number": first17 + identity.check_digit(first17), "valid_from": "2020-01-01", "valid_to": "2040-01-01"}


GROOM = card("方一鸣", "男", "1996-04-18", "001", "河北省邢台市巨鹿县样本镇示例街7号")
BRIDE = card("苏小禾", "女", "1998-09-02", "002", "河北省邢台市南和区样本乡示例村21号")


def booklet(role: str, person: Mapping[str, str], *, marital: str = "未婚", household: str = "家庭户", **changes: str) -> tuple[Fact, ...]:
    """Front page and own page of one person's booklet."""
    home = {"household_type": household, "head_name": person["name"], "address": person["address"], **changes}
    member = {"name": person["name"], "id_number": person["number"], "nation": "汉", "marital": marital}
    return (*facts_from_page("household_register_home", sure(**home), role, evidence_id=f"home-{role}"),
            *facts_from_page("household_register_member", sure(**member), role, evidence_id=f"member-{role}"))


GREETING = {
    "applicant_is": "男方", "husband_born_on": "1996-04-18", "wife_born_on": "1998-09-02", "no_spouse": "true", "close_kin": "false",
    "both_present": "true", "register_marital": "未婚", "both_in_province": "true", "sponsor_is": "男方",
    "sponsor_household_type": "家庭户", "move_policy_met": "true", "expecting": "true", "hukou_delivery": "到派出所自取"}
FOUND_IN_PAPERS = {"husband_born_on", "wife_born_on", "register_marital", "both_in_province", "sponsor_household_type"}
SAID = {key: value for key, value in GREETING.items() if key not in FOUND_IN_PAPERS}
TYPED = {"applicant_phone": "13900139000", "spouse_phone": "13900139001", "wife_is_only_child": "否", "husband_is_only_child": "是",
         "pregnancy_status": "已怀孕", "last_menstrual_period": "2026-09-07", "common_children_count": "0", "handling_place": "女方户籍地"}
PAGES = frozenset({f"{paper}.{role}" for role in ("husband", "wife")
                   for paper in ("id_card_chip", "household_register_home", "household_register_member")}
                  | {"other.birth_pledge", "other.couple_photo"})
ALL = tuple(matter.id for matter in PACK.matters)


@dataclass(frozen=True)
class Couple:
    """Two people who want to marry; each step returns the next couple."""

    hand: Mapping[str, str]
    facts: tuple[Fact, ...] = ()
    pages: frozenset[str] = frozenset()
    today: date = date(2026, 11, 23)
    deselected: frozenset[str] = frozenset()
    accepted_on: date | None = None
    pack: ThemePack = PACK

    def saying(self, **answers: str | None) -> "Couple":
        return replace(self, hand={key: value for key, value in {**self.hand, **answers}.items() if value is not None})

    def showing(self, *facts: tuple[Fact, ...]) -> "Couple":
        return replace(self, facts=(*self.facts, *(fact for group in facts for fact in group)))

    def wanting(self, *matters: str) -> "Couple":
        return replace(self, deselected=frozenset(ALL) - set(matters))

    def look(self) -> Evaluation:
        hand = {key: Answer(key=key, value=value, source=Source.HAND) for key, value in self.hand.items()}
        return evaluate(self.pack, self.facts, hand, self.pages, self.today, CALENDAR, CODES, {"region": "130529"},
                        accepted_on=self.accepted_on, deselected=self.deselected)


def greeted() -> Couple:
    """Nothing but the greeting's answers."""
    return Couple(hand=GREETING)


def complete() -> Couple:
    """Both cards read, both booklets and the other papers laid down, all typed that must be; the rest follows."""
    return Couple(hand={**SAID, **TYPED}, pages=PAGES).showing(
        facts_from_card(GROOM, "husband"), facts_from_card(BRIDE, "wife"), booklet("husband", GROOM), booklet("wife", BRIDE))


def asked(seen: Evaluation) -> list[str]:
    return [state.material.id for state in seen.materials if state.required]


def test_a_couple_with_all_papers_has_no_problem_left_and_the_three_others_follow_the_marriage() -> None:
    seen = complete().look()
    assert seen.problems == ()
    assert seen.eligibility == "yes"
    assert seen.chosen == ALL
    assert seen.order == (("m_marriage",), ("m_hukou_marital", "m_hukou_move", "m_birth_registration"))
    assert asked(seen) == [material.id for material in PACK.materials]
    assert all(state.complete for state in seen.materials)


def test_what_cards_and_booklets_say_is_found_in_its_blank() -> None:
    answers = {key: answer.value for key, answer in complete().look().answers.items()}
    assert (answers["applicant_name"], answers["spouse_name"]) == ("方一鸣", "苏小禾")
    assert (answers["husband_id_no"], answers["wife_id_no"]) == (GROOM["number"], BRIDE["number"])
    assert answers["applicant_hukou_full_address"] == answers["move_to_address"] == answers["current_address"] == GROOM["address"]
    assert answers["spouse_hukou_full_address"] == BRIDE["address"]
    assert (answers["applicant_hukou_region"], answers["both_in_province"]) == ("130529", "true")
    assert (answers["marital_status_before"], answers["marital_status_after"]) == ("未婚", "已婚")
    assert (answers["wife_birth_date"], answers["husband_birth_date"]) == ("1998-09-02", "1996-04-18")
    assert (answers["wife_ethnicity"], answers["wife_hukou_nature"]) == ("汉族", "居民户口")
    assert answers["gestational_weeks"] == "11"


def test_when_the_bride_applies_her_card_fills_the_applicants_blanks_and_his_the_spouses() -> None:
    answers = {key: answer.value for key, answer in complete().saying(applicant_is="女方").look().answers.items()}
    assert (answers["applicant_name"], answers["spouse_name"]) == ("苏小禾", "方一鸣")
    assert (answers["applicant_id_no"], answers["wife_id_no"]) == (BRIDE["number"], BRIDE["number"])
    assert answers["applicant_hukou_full_address"] == BRIDE["address"]


def test_the_greeting_alone_decides_and_the_papers_are_told_before_any_is_taken() -> None:
    seen = greeted().look()
    assert seen.eligibility == "yes"
    assert [verdict.verdict for verdict in seen.conditions] == [True, True, True, True]
    assert asked(seen) == [material.id for material in PACK.materials]


def test_before_the_greeting_nothing_is_decided() -> None:
    seen = Couple(hand={}).look()
    assert seen.eligibility == "unknown"
    assert {verdict.verdict for verdict in seen.conditions} == {None}
    assert "男方出生日期" in seen.conditions[0].missing_labels


@pytest.mark.parametrize("before", ["离婚", "丧偶"])
def test_a_remarried_groom_is_as_welcome_as_any_and_the_pack_says_why(before: str) -> None:
    seen = complete().showing(booklet("husband", GROOM, marital=before)).look()
    assert seen.eligibility == "yes"
    assert seen.problems == ()
    assert seen.answers["marital_status_before"].value == before
    reading = next(entry for entry in PACK.contradictions if "condition_1" in entry.clauses and "无配偶" in entry.resolution)
    assert "再婚" in reading.resolution


def test_a_groom_of_twenty_one_is_refused_with_the_clause_his_age_and_what_stays_open() -> None:
    young = {**GROOM, **card("方一鸣", "男", "2004-11-24", "001", GROOM["address"])}
    seen = complete().showing(facts_from_card(young, "husband"), booklet("husband", young)).look()
    assert seen.eligibility == "no"
    assert seen.conditions[0].reasons == ("男方未满22周岁",)
    refused = next(problem for problem in seen.problems if problem.severity == "error")
    assert (refused.code, refused.clause) == ("condition.not_met", "condition_1")
    assert refused.params["text"].endswith("（男方未满22周岁）")
    assert "生育登记可以单独办理" in refused.params["open_path"]
    assert not seen.complete


def test_both_are_old_enough_on_their_birthday_itself_and_not_the_day_before() -> None:
    couple = greeted().saying(husband_born_on="2004-11-23", wife_born_on="2006-11-23")
    assert couple.look().eligibility == "yes"
    day_before = replace(couple, today=date(2026, 11, 22)).look()
    assert day_before.eligibility == "no"
    assert day_before.conditions[0].reasons == ("男方未满22周岁", "女方未满20周岁")


@pytest.mark.parametrize(("answer", "reason"), [
    ({"no_spouse": "false"}, "有一方声明不是无配偶"), ({"close_kin": "true"}, "双方有直系血亲或者三代以内的旁系血亲关系"),
    ({"both_present": "false"}, "双方没有都到场")])
def test_one_thing_against_the_marriage_is_told_though_nothing_else_is_known(answer: dict[str, str], reason: str) -> None:
    seen = Couple(hand=answer).look()
    assert seen.eligibility == "no"
    assert seen.conditions[0].reasons == (reason,)


def test_a_bride_of_another_province_keeps_all_but_the_move() -> None:
    elsewhere = {**BRIDE, "address": "山东省德州市德城区样本街3号"}
    seen = complete().saying(sponsor_is=None, move_policy_met=None).showing(
        facts_from_card(elsewhere, "wife"), booklet("wife", elsewhere)).look()
    assert seen.eligibility == "yes"
    assert seen.chosen == ("m_marriage", "m_hukou_marital", "m_birth_registration")
    assert [(left.matter, left.verdict.rule.clause) for left in seen.left_out] == [("m_hukou_move", "condition_3")]
    assert "mat_move_application" not in asked(seen)
    assert seen.complete
    assert [problem.params["matters"] for problem in seen.problems] == ["户口迁移"]
    assert seen.questions["both_in_province"].visible


def test_a_household_of_the_collective_kind_takes_nobody_in() -> None:
    seen = complete().showing(booklet("husband", GROOM, household="非农业集体户口")).look()
    assert [left.matter for left in seen.left_out] == ["m_hukou_move"]
    assert seen.complete
    assert "m_hukou_move" in complete().saying(sponsor_is="女方").showing(booklet("husband", GROOM, household="集体户")).look().chosen


def test_a_bride_who_is_not_pregnant_registers_no_birth_and_hears_where_she_may_later() -> None:
    seen = greeted().saying(expecting="false").look()
    assert seen.eligibility == "yes"
    assert [left.matter for left in seen.left_out] == ["m_birth_registration"]
    assert "单独办理" in seen.left_out[0].verdict.rule.open_path
    assert "mat_birth_pledge" not in asked(seen)
    assert not any(state.visible for key, state in seen.fields.items() if key in {"wife_ethnicity", "pregnancy_status", "handling_place"})


def test_a_child_already_born_is_registered_with_the_hour_instead_of_the_weeks() -> None:
    seen = complete().saying(pregnancy_status="已分娩", delivery_time="2026-11-20T08:15").look()
    assert seen.problems == ()
    assert not seen.fields["gestational_weeks"].visible
    assert "last_menstrual_period" not in seen.answers


def test_a_booklet_that_says_married_already_needs_no_change() -> None:
    seen = complete().showing(booklet("husband", GROOM, marital="有配偶")).look()
    assert [left.matter for left in seen.left_out] == ["m_hukou_marital"]
    assert "marital_status_before" not in seen.answers


def test_only_the_marriage_is_wanted_and_papers_questions_and_blanks_shrink() -> None:
    needed = ("applicant_is", "husband_born_on", "wife_born_on", "no_spouse", "close_kin", "both_present")
    couple = Couple(hand={key: GREETING[key] for key in needed}).wanting("m_marriage")
    seen = couple.look()
    assert seen.eligibility == "yes"
    assert asked(seen) == ["mat_hukou", "mat_id_cards", "mat_couple_photo"]
    assert not [problem for problem in seen.problems if problem.code == "question.unanswered"]
    assert len([state for state in seen.fields.values() if state.visible]) == 8
    assert seen.order == (("m_marriage",),)


def test_accepted_on_the_eve_of_the_national_day_the_promise_ends_on_the_thirteenth() -> None:
    due = replace(complete(), today=date(2026, 9, 30), accepted_on=date(2026, 9, 30)).look().due
    assert due is not None
    assert due.due == date(2026, 10, 13)
    assert [day.day.isoformat() for day in due.days if day.counts] == ["2026-10-08", "2026-10-09", "2026-10-10", "2026-10-12", "2026-10-13"]


@pytest.mark.parametrize(("key", "value", "code"), [
    ("last_menstrual_period", "2026-12-01", "date.future"), ("gestational_weeks", "十一", "int.invalid"),
    ("common_children_count", "-1", "int.invalid"), ("spouse_phone", "1390013", "phone.invalid")])
def test_what_cannot_be_is_said_at_its_blank(key: str, value: str, code: str) -> None:
    seen = complete().saying(**{key: value}).look()
    assert (code, key) in {(problem.code, problem.key) for problem in seen.problems}


def test_an_hour_of_birth_is_a_time_of_day_and_not_yet_to_come() -> None:
    couple = complete().saying(pregnancy_status="已分娩")
    for value, code in (("2026-11-24T08:15", "date.future"), ("昨天早上", "datetime.invalid")):
        assert (code, "delivery_time") in {(problem.code, problem.key) for problem in couple.saying(delivery_time=value).look().problems}


def test_a_mans_card_can_only_be_the_grooms() -> None:
    seen = complete().showing(facts_from_card({**BRIDE, "number": GROOM["number"]}, "wife")).look()
    assert "id_number.not_female" in {problem.code for problem in seen.problems}


# --- what a county may turn on

def test_where_the_booklet_is_no_longer_looked_at_it_is_asked_only_for_the_register_matters() -> None:
    county = replace(greeted(), pack=themes.switched(PACK, {"register_without_booklet"}))
    assert asked(county.wanting("m_marriage").look()) == ["mat_id_cards", "mat_couple_photo"]
    assert "mat_hukou" not in asked(county.wanting("m_marriage", "m_birth_registration").look())
    for matter in ("m_hukou_marital", "m_hukou_move"):
        assert "mat_hukou" in asked(county.wanting("m_marriage", matter).look())
    assert "mat_hukou" in asked(greeted().wanting("m_marriage").look())


def test_where_birth_registration_need_not_wait_it_starts_beside_the_marriage() -> None:
    county = replace(complete(), pack=themes.switched(PACK, {"birth_registration_first"}))
    assert county.look().order == (("m_marriage", "m_birth_registration"), ("m_hukou_marital", "m_hukou_move"))


def test_every_switch_says_on_what_ground_a_county_may_turn_it() -> None:
    assert all(switch.reason for switch in PACK.switches)
    assert "2025年5月10日" in PACK.switches[0].reason


@pytest.mark.parametrize(("old", "new", "path"), [
    ('"!both_present"', '"!both_presnt"', "conditions[0].reasons.双方没有都到场"),
    ("\"'m_birth_registration' in wanted\"", "\"'m_birth' in wanted\"", "questions[11].when")])
def test_a_misspelt_key_in_a_reason_or_matter_in_a_question_is_found_at_its_line(old: str, new: str, path: str) -> None:
    text = (RESOURCES / "themes/hebei-marriage/2023.toml").read_text("utf-8")
    assert text.count(old) == 1
    with pytest.raises(themes.PackError) as caught:
        themes.parse_pack(text.replace(old, new), "county.toml")
    assert [(mistake.path, mistake.line) for mistake in caught.value.mistakes] == [(path, text[:text.index(old)].count("\n") + 1)]


def test_a_theme_browser_says_what_the_family_wants_apart_from_what_is_done() -> None:
    assert cel_words.statement(PACK, "'m_hukou_move' in wanted") == "想办“户口迁移”"
    assert cel_words.statement(PACK, "'m_hukou_move' in matters") == "办理“户口迁移”"
