"""Rules, sources and clocks said in Chinese."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import resources
from desktop.domain import cel_words, pack_words, rules
from desktop.domain.themes import ThemePack, parse_pack

FILES = sorted((Path(resources.__file__).parent / "themes").glob("*/*.toml"))
PACK = parse_pack((Path(resources.__file__).parent / "themes/hebei-newborn/2023.toml").read_text("utf-8"), "2023.toml")


@pytest.mark.parametrize(("source", "words"), [
    ("applicant_role != '母亲'", "“申领人是新生儿的”不是“母亲”"),
    ("birth_in_province && !same_ethnicity", "“是否在本省医疗保健机构内出生”为“是”，并且“父母民族是否一致”为“否”"),
    ("settle_follow in ['父亲', '母亲']", "“孩子随谁落户”是“父亲”、“母亲”之一"),
    ("marriage_registered_on <= newborn_birth_date", "“结婚登记日期”不晚于“出生日期”"),
    ("days_between(newborn_birth_date, today) > 90", "“出生日期”到今天的天数超过90"),
    ("mother_ethnicity == father_ethnicity", "“母亲民族”与“父亲民族”相同"),
    ("'m_hukou' in matters", "办理“户口登记”"),
    ("present(mother_name) || (birth_in_province && married_at_birth)",
     "已有“母亲姓名”，或者（“是否在本省医疗保健机构内出生”为“是”，并且“是否为父母现行婚姻内生育”为“是”）"),
    ("!present(mother_name)", "还没有“母亲姓名”"),
    ("hukou_address.contains('镇')", "“户口详细地址”里有“镇”"),
    ("true", "总是"),
])
def test_a_rule_is_said_as_a_person_would(source: str, words: str) -> None:
    rules.compiled(source)      # it is CEL, not only what our reader takes for it
    assert cel_words.statement(PACK, source) == words


@pytest.mark.parametrize(("source", "words"), [
    ("add_months(newborn_birth_date, 1)", "“出生日期”之后1个月"),
    ("applicant_role == '母亲' ? mother_name : unknown", "“申领人是新生儿的”是“母亲”时为“母亲姓名”"),
    ("applicant_role == '其他' ? unknown : applicant_role", "“申领人是新生儿的”是“其他”时不填；其余为“申领人是新生儿的”"),
    ("newborn_sex == '男' ? '子' : '女'", "“性别”是“男”时为“子”；其余为“女”"),
])
def test_a_derived_value_is_said_case_by_case(source: str, words: str) -> None:
    assert cel_words.value(PACK, source) == words


@pytest.mark.parametrize(("source", "words"), [
    ("chip:mother.number", "母亲身份证芯片：号码"), ("paper:marriage_certificate.husband.name", "结婚证（男方）：姓名"),
    ("paper:household_register_member.settle.relation", "户口簿内页（落户方）：与户主关系"),
    ("push:m_hukou.newborn_id_no", "“户口登记”办结后由部门推送"), ("push:share.hukou", "政务数据共享"),
    ("copy:medins_region", "与“参保地区”相同"), ("station:region", "本窗口的设置：窗口所在县"), ("default:中国", "通常填“中国”"),
    ("hint:chip:mother.address", "母亲身份证芯片：住址（只作提示）"), ("slot:signature", "影像采集后自动填“已采集”"),
    ("lookup:only_bank(ssc_issue_region)", "按“社保卡发卡地区”查社保卡银行表（只有一家时）"),
])
def test_a_source_is_said_in_words(source: str, words: str) -> None:
    assert pack_words.source(PACK, source) == words


def test_every_function_a_rule_may_call_has_words() -> None:
    assert set(cel_words.FUNCTIONS) == set(rules.FUNCTIONS) | {"present"}
    assert set(cel_words.VARIABLES) >= set(rules.VARIABLES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_of_no_shipped_pack_a_key_or_sign_is_left_unsaid(path: Path) -> None:
    pack = parse_pack(path.read_text("utf-8"), path.name)
    said = list(_everything_said(pack))
    assert len(said) > 50
    assert [words for words in said if re.search(r"\b[a-z]+_[a-z_]+\b|&&|\|\||==|!=|\?", words)] == []


def _everything_said(pack: ThemePack) -> list[str]:
    said = [cel_words.statement(pack, rule.when) for rule in (*pack.conditions, *pack.exclusions)]
    said += [pack_words.asked_when(pack, when) for material in pack.materials for when in (material.when, material.skip_when)]
    said += [pack_words.source(pack, source) for entry in pack.by_key.values() for source in entry.sources]
    said += [pack_words.required(pack, field) for field in pack.fields]
    said += [pack_words.clock(pack, deadline) for deadline in pack.deadlines]
    return said


@given(st.text(alphabet="ab_(){}[]'\"&|!=<>?:.,+-*/ 0129男", max_size=40))
def test_whatever_is_written_is_said_or_given_back_as_it_is(source: str) -> None:
    assert isinstance(cel_words.statement(PACK, source), str)
    assert isinstance(cel_words.value(PACK, source), str)
