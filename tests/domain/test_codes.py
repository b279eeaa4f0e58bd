"""Places in addresses, the words of the form, a county's own lists."""

import tomllib

import pytest

from desktop.domain.codes import CODESETS, EMPTY, Codes, from_texts
from tests.domain.conftest import RESOURCES


@pytest.mark.parametrize(("address", "code"), [
    ("河北省邢台市巨鹿县示例镇样本路18号3单元402室", "130529"), ("河北省 邢台市 巨鹿县", "130529"), ("巨鹿县示例镇", "130529"),
    ("河北巨鹿", "130529"), ("河北省邢台市", "130500"), ("河北省", "130000"), ("北京市朝阳区样本路", "110105"), ("东城区", "110101"),
    ("吉林省长春市朝阳区", "220104"), ("山西省晋城市城区", "140502"), ("浙江省杭州市钱塘区", "330114"), ("湖北省仙桃市", "429004"),
    ("朝阳区", None), ("某地", None), ("", None),
])
def test_the_deepest_place_an_address_names(codes: Codes, address: str, code: str | None) -> None:
    assert codes.region_in(address) == code


def test_every_county_is_found_again_in_its_own_full_name(codes: Codes) -> None:
    lost = [code for code in codes.regions if codes.region_in(codes.region_name(code) + "样本路1号") != code]
    assert lost == []


def test_a_new_county_is_known_and_an_unknown_code_stays_itself(codes: Codes) -> None:
    assert codes.region_name("653228") == "新疆维吾尔自治区和田地区和康县"
    assert codes.region_name("139999") == "139999"
    assert codes.region_name("130529", full=False) == "巨鹿县"


def test_codes_of_chips_and_papers_become_the_words_of_the_form(codes: Codes) -> None:
    assert codes.as_printed("nation", "01") == codes.as_printed("nation", "汉") == "汉族"
    assert codes.as_printed("sex", "2") == "女"
    assert codes.as_printed("id_type", "foreigner_2023") == "外国人永久居留身份证"
    assert codes.as_printed("nation", "未知") == "未知"
    assert len([name for name in codes.choices["nation"] if name.endswith("族")]) == 56
    assert codes.choices["nation"][0] == "汉族"


def test_countries_are_known_by_both_codes_of_the_standard_and_china_comes_first(codes: Codes) -> None:
    assert codes.as_printed("country", "156") == codes.as_printed("country", "CHN") == codes.choices["country"][0] == "中国"
    assert codes.as_printed("country", "840") == codes.as_printed("country", "USA") == "美国"
    for name, spellings in codes.printed["country"].items():
        assert spellings in codes.choices["country"], name
    numbers = [spelling for spelling in codes.printed["country"] if spelling.isdigit()]
    assert all(len(number) == 3 for number in numbers)
    assert len(numbers) == len(codes.choices["country"])


def test_an_empty_blank_of_the_booklet_is_a_marital_status_not_stated(codes: Codes) -> None:
    assert codes.as_printed("marital", "90") == codes.as_printed("marital", "空白") == "空白"
    assert {codes.as_printed("marital", code) for code in ("20", "21", "22", "23", "有配偶")} == {"已婚"}
    assert [codes.as_printed("marital", code) for code in ("10", "30", "40")] == ["未婚", "丧偶", "离婚"]


@pytest.mark.parametrize(("code", "word"), [("20", "子"), ("30", "女"), ("41", "孙子"), ("42", "孙女"), ("43", "外孙子"), ("44", "外孙女"),
                                            ("51", "父亲"), ("52", "母亲"), ("99", "非亲属")])
def test_relations_to_the_head_carry_the_standards_codes(codes: Codes, code: str, word: str) -> None:
    assert codes.as_printed("relation", code) == word


def test_no_spelling_of_a_list_means_two_things(codes: Codes) -> None:
    for name, table in tomllib.loads((RESOURCES / "codes/codesets.toml").read_text("utf-8")).items():
        spellings = [spelling for item in table["items"] for spelling in {item["printed"], *item["codes"]}]
        assert sorted(spellings) == sorted(set(spellings)), name
    assert set(codes.choices) == set(CODESETS), "every list may be named by a field, and is there"


def test_a_countys_own_lists_and_what_they_settle_alone(codes: Codes) -> None:
    assert "中国工商银行" in codes.list_for("local:banks", "130529")
    assert codes.list_for("local:banks", "110101") == ()
    assert codes.look_up("only_bank", "130529", "130529") is None
    assert codes.look_up("only_outlet", "中国农业银行", "130529") == "农行示例镇分理处"
    assert codes.look_up("medins_division_code", "河北省邢台市巨鹿县示例镇样本村1号", "130529") == "130529999201"
    assert codes.look_up("medins_division_code", "河北省邢台市南和区示例镇", "130529") is None


def test_a_county_without_tables_still_works() -> None:
    assert from_texts({}) == EMPTY
    assert EMPTY.region_in("河北省") is None
