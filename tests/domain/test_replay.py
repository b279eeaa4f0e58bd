"""A dry run tells of every case what a new version would do otherwise, and nothing of what does not concern it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from desktop.domain.pack import Deadline, Matter, ThemePack
from desktop.domain.prefill import Answer, Source
from desktop.domain.replay import TakenCase, replay
from tests.domain import test_gansu_newborn, test_hebei_death, test_zhejiang_newborn
from tests.domain.conftest import CALENDAR, CODES, Family, complete

DEATH, ZHEJIANG, GANSU = test_hebei_death.DEATH, test_zhejiang_newborn.PACK, test_gansu_newborn.PACK


def told(new: ThemePack, family: Any, old: ThemePack | None = None) -> list[tuple[str, str]]:
    """Kind and text of each effect on a family's case."""
    hand = {key: Answer(key=key, value=value, source=Source.HAND) for key, value in family.hand.items()}
    case = TakenCase("1", family.today, family.facts, hand, family.pages, family.deselected, family.accepted_on, family.confirmed)
    station = {"region": family.window_region}
    return [(effect.kind, effect.text) for effect in replay(old or family.pack, new, case, CALENDAR, CODES, station).effects]


def changed(pack: ThemePack, part: str, id_: str, **changes: Any) -> ThemePack:
    """The pack as its next version, with one part of a list changed."""
    parts = tuple(one.model_copy(update=changes) if one.id == id_ else one for one in getattr(pack, part))
    assert parts != getattr(pack, part)
    return pack.model_copy(update={part: parts, "version": "next"})


def without(pack: ThemePack, part: str, id_: str) -> ThemePack:
    return pack.model_copy(update={part: tuple(one for one in getattr(pack, part) if one.id != id_), "version": "next"})


def test_equal_versions_have_no_effect() -> None:
    for family in (complete(), test_hebei_death.everything(), test_zhejiang_newborn.complete(), test_gansu_newborn.complete()):
        assert told(family.pack.model_copy(update={"version": "next"}), family) == []


# --- clocks

def test_a_month_that_becomes_two_is_told_with_its_last_days() -> None:
    assert told(changed(complete().pack, "deadlines", "d2", months=2), complete()) == [
        ("deadline", "期限“新生儿出生后一个月内”：最后一天 2026-12-18 → 2027-01-18")]


def test_a_clock_that_is_new_or_gone_or_only_graver_is_told() -> None:
    pack = complete().pack
    assert told(without(pack, "deadlines", "d2"), complete()) == [("deadline", "期限“新生儿出生后一个月内”（取消）")]
    fresh = Deadline(id="d9", text="十日内", start="newborn_birth_date", days=10, clause="limit")
    assert told(pack.model_copy(update={"deadlines": (*pack.deadlines, fresh)}), complete()) == [
        ("deadline", "期限“十日内”（新增）：最后一天 2026-11-28")]
    graver = told(changed(pack, "deadlines", "d3", severity="warning"), complete())
    assert [kind for kind, _ in graver] == ["deadline"]
    assert "超过时提醒" in graver[0][1]


def test_a_clock_of_a_matter_the_case_does_not_have_is_no_effect() -> None:
    plain = replace(test_hebei_death.complete(), deselected=frozenset(matter.id for matter in DEATH.matters if matter.optional))
    new = changed(changed(DEATH, "deadlines", "d1", matters=("m_housing_fund",)), "deadlines", "d1", days=3)
    assert told(new, plain) == [("deadline", "期限“" + DEATH.deadlines[0].text + "”（取消）")]
    assert told(changed(new, "deadlines", "d1", days=9), plain, old=new) == []


def test_what_does_not_count_any_longer_is_told() -> None:
    limit = ZHEJIANG.limit.model_copy(update={"excluded": ("信息确认时间", "寄送时间", "邮路中断")})
    assert told(ZHEJIANG.model_copy(update={"limit": limit}), test_zhejiang_newborn.complete()) == [
        ("excluded", "不计入时限 邮路中断（新增）"), ("excluded", "不计入时限 制卡时间（取消）")]


def test_another_promise_is_told_with_its_days_and_where_no_calendar_reaches_with_its_number() -> None:
    pack = complete().pack
    new = pack.model_copy(update={"limit": pack.limit.model_copy(update={"working_days": 5})})
    assert told(new, complete()) == [("due", "承诺办结：2026-12-01 → 2026-11-30")]
    far = replace(complete(), accepted_on=date(2020, 1, 2))
    assert ("due", "承诺时限：6 → 5 个工作日") in told(new, far)


def test_a_department_that_promises_more_days_is_told() -> None:
    assert ("matter", "事项“国内出生户口登记”的时限：1个工作日 → 2个工作日") in told(
        changed(ZHEJIANG, "matters", "m_hukou", working_days=2), test_zhejiang_newborn.complete())


# --- matters

def test_prerequisites_that_fall_are_told_of_the_matters_that_no_longer_wait() -> None:
    assert told(changed(complete().pack, "matters", "m_ssc", prerequisites=()), complete()) == [
        ("order", "“社会保障卡申领”不再等“户口登记”")]
    assert ("order", "“预防接种证办理”要等“户口登记”") in told(
        changed(complete().pack, "matters", "m_vaccination", prerequisites=("m_hukou",)), complete())


def test_a_prerequisite_that_held_anyway_is_no_effect() -> None:
    assert told(changed(complete().pack, "matters", "m_ssc", prerequisites=("m_birth_cert", "m_hukou")), complete()) == []


def test_a_matter_that_is_gone_is_told_only_of_those_who_asked_for_it() -> None:
    new = without(DEATH, "matters", "m_driving_licence")
    new = new.model_copy(update={"conditions": tuple(rule for rule in DEATH.conditions if rule.id != "c4")})
    whole = test_hebei_death.everything()
    assert ("matter", "事项 注销驾驶证（取消）") in told(new, whole)
    for family in (replace(whole, deselected=frozenset({"m_driving_licence"})), whole.saying(deceased_has_hebei_licence="false")):
        assert not [text for kind, text in told(new, family) if kind == "matter"]


def test_a_new_matter_is_told_and_a_renamed_one_is_not_two() -> None:
    pack = complete().pack
    fresh = Matter(id="m_gift", name="生育补贴", department="health", result="补贴")
    assert ("matter", "事项 生育补贴（新增）") in told(pack.model_copy(update={"matters": (*pack.matters, fresh)}), complete())
    assert told(changed(pack, "matters", "m_ssc", name="社保卡"), complete()) == [("matter", "事项 社会保障卡申领 改称 社保卡")]


def test_a_matter_that_another_department_takes_over_is_told() -> None:
    assert told(changed(complete().pack, "matters", "m_ssc", department="medical_insurance"), complete()) == [
        ("matter", "事项“社会保障卡申领”由人力资源社会保障部门改由医疗保障部门办理")]


def test_a_matter_a_rule_now_leaves_out_or_no_longer_does_is_told_with_the_reason() -> None:
    whole = test_hebei_death.everything()
    stricter = changed(DEATH, "conditions", "c4", when="deceased_has_hebei_licence && died_in_province == false")
    assert ("matter", "事项 注销驾驶证 不再联办：具有河北省公安交通管理部门核发的机动车驾驶证。") in told(stricter, whole)
    assert ("matter", "事项 注销驾驶证 可以联办") in told(DEATH, whole, old=stricter)


def test_another_reason_for_leaving_the_same_matter_out_is_told() -> None:
    no_fund = test_hebei_death.everything().saying(deceased_has_housing_fund="false")
    new = changed(DEATH, "conditions", "c3", text="已缴存住房公积金；")
    assert [text.partition("：")[0] for kind, text in told(new, no_fund) if kind == "matter"] == ["事项 住房公积金提取 不联办的原因"]


# --- rules and papers

def test_another_ground_of_refusal_is_told() -> None:
    family = complete().saying(birth_in_province="false")
    texts = [text for kind, text in told(changed(family.pack, "conditions", "c1", text="在本县出生；"), family) if kind == "eligibility"]
    assert len(texts) == 1
    assert texts[0].endswith("→ 在本县出生；")


@pytest.mark.parametrize(("on_fail", "word"), [("correct", "请改正"), ("warn", "提醒")])
def test_a_rule_that_now_asks_for_a_correction_or_warns_is_told(on_fail: str, word: str) -> None:
    pack = complete().pack
    rule = pack.conditions[0].model_copy(update={"id": "c9", "text": "母亲到场", "when": "applicant_role == '父亲'", "on_fail": on_fail})
    new = pack.model_copy(update={"conditions": (*pack.conditions, rule)})
    assert told(new, complete()) == [("problem", f"{word}：母亲到场")]


def test_a_paper_more_is_told() -> None:
    family: Family = complete()
    effects = told(changed(family.pack, "materials", "mat_poa", when="true"), family)
    assert ("material", "要交 办理《出生医学证明》授权委托书（新增）") in effects
