"""Checks of single answers through their front door: an entry of a pack, a value, what else is known."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain import checks
from desktop.domain.checks import masked, surname
from desktop.domain.codes import Codes
from desktop.domain.pack import Field, Question
from tests.domain.conftest import CODES, FATHER, MOTHER

TODAY = date(2026, 11, 23)


def codes_of(value: str, *calls: str, key: str = "it", codes: Codes = CODES, choices: tuple[str, ...] = (),
             values: dict[str, str] | None = None, **more: Any) -> list[str]:
    """What is found, warnings with a question mark."""
    made = Field.model_validate({"key": key, "label": "栏目", "type": "text", "checks": calls, **more})
    return [problem.code + ("?" if problem.severity == "warning" else "")
            for problem in checks.problems(made, value, values or {}, TODAY, codes, choices or made.choices)]


# --- numbers of banks and offices -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("number", ["102100099996", "308584000013", "103100000026", "104100000004", "105100000017", "403100000004"])
def test_head_offices_line_numbers_are_right(number: str) -> None:
    assert codes_of(number, "bank_line_number") == []


@pytest.mark.parametrize(("number", "code"), [
    ("102100099997", "check_digit"), ("10210009999", "form"), ("1021000999961", "form"), ("10210009999X", "form"),
    ("１０２１０００９９９９６", "form"), ("", "form")])
def test_a_wrong_line_number_is_told_what_is_wrong(number: str, code: str) -> None:
    assert codes_of(number, "bank_line_number") == [f"bank_line_number.{code}"]


@given(st.sampled_from(["102100099996", "308584000013"]), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_of_a_line_number_is_always_found(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1:]
    assert codes_of(wrong, "bank_line_number") == ["bank_line_number.check_digit"]


@pytest.mark.parametrize(("number", "found"), [
    ("6222000000000000005", ["bank_account.luhn?"]), ("4111111111111111", []), ("4111 1111 1111 1111", []),
    ("4111111111111112", ["bank_account.luhn?"]),
    ("123456789012", []), ("50123456789012345", []), ("9" * 30, []), ("9" * 31, ["bank_account.form"]),
    ("12345678901", ["bank_account.form"]),
    ("6222-0000-0000-0000", ["bank_account.form"]), ("一二三四五六七八九十一二", ["bank_account.form"])])
def test_an_account_number_has_12_to_30_digits_and_only_a_card_is_doubted_by_its_last_digit(number: str, found: list[str]) -> None:
    assert codes_of(number, "bank_account") == found


@given(st.text("0123456789", min_size=15, max_size=18).filter(lambda text: len(text) in {15, 18}))
def test_exactly_one_last_digit_makes_a_card_number_right(body: str) -> None:
    assert sum(codes_of(body + digit, "bank_account") == [] for digit in "0123456789") == 1


@pytest.mark.parametrize(("number", "found"), [
    ("91110000600037341L", []), ("91350100M000100Y43", []), ("91110000600037342L", ["credit_code.check_digit"]),
    ("9111000060003734", ["credit_code.form"]), ("91110000600037341I", ["credit_code.form"]),
    ("911100O0600037341L", ["credit_code.form"]),
    ("91110000600037341l", ["credit_code.form"])])
def test_a_unified_social_credit_code_carries_its_check_digit(number: str, found: list[str]) -> None:
    assert codes_of(number, "unified_social_credit_code") == found


@pytest.mark.parametrize(("number", "found"), [
    ("130529199503150028", []), ("130529199503150029", ["id_number.check_digit"]), ("610104620927690", ["id_number.fifteen"]),
    ("USA123456789012345", []), ("653228199503150011", [])])
def test_a_social_security_number_is_a_citizens_identity_number(number: str, found: list[str]) -> None:
    assert codes_of(number, "social_security_number") == found


def test_an_unknown_region_only_warns() -> None:
    assert codes_of("139999199503150027", "id_number") == ["id_number.region_unknown?"]


@pytest.mark.parametrize(("kind", "number", "found"), [
    ("居民身份证", MOTHER["number"], []), ("居民身份证", "G12345678", ["id_number.length"]), ("护照", "G12345678", []),
    ("护照", "护照一号", ["certificate_number.form"]), ("港澳居民来往内地通行证", "H12345678", []),
    ("港澳居民来往内地通行证", "M1234567801", []),
    ("港澳居民来往内地通行证", "12345678", ["certificate_number.form"]), ("台湾居民来往大陆通行证", "01234567", []),
    ("外国人永久居留身份证", "911124198108030024", []), ("外国人永久居留身份证", "ABC123456789012", []), ("其他", "无证件编号", [])])
def test_a_number_is_held_to_the_kind_of_paper_that_was_chosen(kind: str, number: str, found: list[str]) -> None:
    assert codes_of(number, "certificate_number(paper)", values={"paper": kind}) == found


def test_an_old_number_is_told_how_it_goes_today() -> None:
    asked = Question.model_validate({"key": "q", "label": "号码", "type": "id_number", "checks": ("id_number",)})
    found, = checks.problems(asked, "610104620927690", {}, TODAY, CODES, ())
    assert (found.code, found.params["last"]) == ("id_number.fifteen", "8")


# --- death certificates ------------------------------------------------------------------------------------------------------

DOUBTED = ["death_certificate_number.not_citizen_number?"]


@pytest.mark.parametrize(("number", "values", "found"), [
    ("130529199503150028", {}, []), ("巨鹿县医院2026-018", {}, DOUBTED), ("巨鹿县医院2026-018", {"death_time": "2026-06-30T08:00"}, []),
    ("巨鹿县医院2026-018", {"death_time": "2026-07-01T00:00"}, DOUBTED), ("91110000600037341L0001", {}, []),
    ("91110000600037342L0001", {}, DOUBTED), ("G12345678", {"deceased_id_type": "护照"}, []),
    ("号" * 31, {}, ["death_certificate_number.form"])])
def test_since_july_2026_a_death_certificate_bears_the_citizens_number(number: str, values: dict[str, str], found: list[str]) -> None:
    assert codes_of(number, "death_certificate_number", values=values) == found


# --- two answers beside each other ----------------------------------------------------------------------------------------------

def test_two_people_are_not_one() -> None:
    number = MOTHER["number"]
    assert codes_of(number, "differs_from(father_id_no)", key="mother_id_no", values={"father_id_no": number}) == ["parents.same_person"]
    assert codes_of(number, "differs_from(applicant_id_no)", key="spouse_id_no",
        values={"applicant_id_no": number}) == ["checks.same_person"]
    assert codes_of(number, "differs_from(applicant_id_no)", key="spouse_id_no", values={"applicant_id_no": FATHER["number"]}) == []


def test_what_must_be_the_same_is_the_same_as_soon_as_both_are_known() -> None:
    assert codes_of("周桂兰", "same_as(agent_name)", values={"agent_name": "周桂兰"}) == []
    assert codes_of("周桂兰", "same_as(agent_name)", values={"agent_name": "陈志远"}) == ["checks.not_same"]
    assert codes_of("周桂兰", "same_as(agent_name)") == []


@pytest.mark.parametrize(("value", "earlier", "found"), [
    ("2026-11-18", "2026-11-19", ["date.order"]), ("2026-11-18", "2026-11-18T23:00", []),
    ("2026-11-18T08:00", "2026-11-18T08:01", ["date.order"]),
    ("2026-11-18T08:00", "2026-11-18", []), ("2026-11-18", "昨天", []), ("2026-11-18", "", [])])
def test_a_later_thing_is_not_earlier(value: str, earlier: str, found: list[str]) -> None:
    assert codes_of(value, "not_before(start)", values={"start": earlier}) == found


@pytest.mark.parametrize("value", ["2026-11-24", "2026-11-24T00:00"])
def test_tomorrow_is_in_the_future_by_day_and_by_minute(value: str) -> None:
    assert codes_of(value, "not_future") == ["date.future"]
    assert codes_of("2026-11-23" + value[10:], "not_future") == []


def test_a_child_of_a_year_is_no_newborn_by_day_and_by_minute() -> None:
    assert codes_of("2025-11-22T10:00", "newborn_age") == codes_of("2025-11-22", "newborn_age") == ["date.not_newborn?"]
    assert codes_of("2025-11-23T10:00", "newborn_age") == []


# --- names ----------------------------------------------------------------------------------------------------------------------

PARENTS = {"father_name": "欧阳志远", "mother_name": "林晓月"}


@pytest.mark.parametrize(("name", "found"), [("欧阳安", []), ("林安", []), ("欧安", ["name.surname?"]), ("王安", ["name.surname?"])])
def test_a_newborns_name_begins_with_a_parents_surname(name: str, found: list[str]) -> None:
    assert codes_of(name, "surname_of_a_parent", values=PARENTS) == found
    assert codes_of(name, "surname_of_a_parent", values={"mother_name": "林晓月"}) == [], "one parent alone decides nothing"


@pytest.mark.parametrize(("name", "found"), [("欧阳", []), ("林", []), ("林欧阳", []), ("欧", ["name.surname?"]),
    ("林安", ["name.surname?"]),
                                             ("王", ["name.surname?"])])
def test_a_surname_alone_is_a_parents_whole_surname(name: str, found: list[str]) -> None:
    assert codes_of(name, "parents_surname", values=PARENTS) == found


@pytest.mark.parametrize(("part", "good"), [("陈", True), ("安然", True), ("阿依·古丽", True), ("", False), ("·安", False), ("An", False),
                                            ("安 然", False), ("𬭚", True), ("安" * 49, False)])
def test_a_part_of_a_newborns_name_is_han_characters(part: str, good: bool) -> None:
    assert (codes_of(part, "newborn_name_part") == []) is good


def test_compound_surnames_come_first() -> None:
    assert [surname(name) for name in ("欧阳志远", "欧阳", "单于静", "尉迟恭", "阿依古丽·买买提", "陈", "")] == [
        "欧阳", "欧", "单于", "尉迟", "阿依古丽", "陈", ""]


# --- types ----------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("kind", "value", "found"), [
    ("date", "2026-11-18", []), ("date", "2026-11-31", ["date.invalid"]), ("date", "20261118", ["date.invalid"]),
    ("datetime", "2026-11-18T09:30", []), ("datetime", "2026-11-18", ["datetime.invalid"]),
    ("datetime", "2026-11-18T24:00", ["datetime.invalid"]),
    ("datetime", "2026-11-18T09:30:15", ["datetime.invalid"]), ("datetime", "2026-11-18 09:30", ["datetime.invalid"]),
    ("int", "0", []), ("int", "12", []), ("int", "-1", ["int.invalid"]), ("int", "1.5", ["int.invalid"]), ("int", "两", ["int.invalid"]),
    ("bool", "true", []), ("bool", "是", ["choice.unknown"]), ("region", "130529", []), ("region", "巨鹿县", ["region.form"]),
    ("region", "139999", ["region.unknown?"])])
def test_a_value_is_held_to_its_type(kind: str, value: str, found: list[str]) -> None:
    assert codes_of(value, type=kind) == found


@pytest.mark.parametrize(("value", "found"), [("户口登记", []), ("户口登记、制卡", []), ("户口登记、护照", ["choice.unknown"]),
    ("户口登记、户口登记", ["choice.twice"]),
                                              ("", ["choice.unknown"])])
def test_each_of_several_choices_is_one_of_the_list_and_ticked_once(value: str, found: list[str]) -> None:
    assert codes_of(value, type="multi", choices=("户口登记", "参保", "制卡")) == found


def test_a_local_list_may_be_left_by_typing() -> None:
    assert codes_of("新开的网点", type="choice", choices=("示例网点",)) == ["choice.unknown"]
    assert codes_of("新开的网点", type="choice", choices=("示例网点",), editable_choice=True) == []


def test_a_question_is_checked_like_a_field_and_each_is_called_by_its_spoken_name() -> None:
    asked = Question.model_validate({"key": "q", "label": "代办人身份证号", "type": "id_number", "checks": ("id_number",), "masked": True})
    printed = Field.model_validate({"key": "f", "label": "年龄", "spoken": "母亲年龄", "type": "int"})
    found = [*checks.problems(asked, "1", {}, TODAY, CODES, ()), *checks.problems(printed, "x", {}, TODAY, CODES, ())]
    assert [(problem.code, problem.params["label"]) for problem in found] == [("id_number.length", "代办人身份证号"),
        ("int.invalid", "母亲年龄")]


def test_a_masked_question_shows_as_little_as_a_masked_field() -> None:
    for kind in (Field, Question):
        entry = kind.model_validate({"key": "n", "label": "姓名", "type": "text", "masked": True})
        assert masked(entry, "林晓月") == "林*月"


WITHOUT = [name for name in checks.CHECKS if name not in checks.WITH_ARGUMENT]


@given(st.text(max_size=40), st.sampled_from([*WITHOUT, *(f"{name}(other)" for name in checks.WITH_ARGUMENT)]), st.text(max_size=40),
       st.sampled_from(["text", "date", "datetime", "int", "multi", "choice", "region", "bool", "id_number", "phone", "image"]))
def test_no_text_upsets_any_check(value: str, call: str, other: str, kind: str) -> None:
    values = dict.fromkeys(("other", "father_name", "mother_name", "newborn_birth_date", "newborn_sex", "death_time"), other)
    entry = Field.model_validate({"key": "it", "label": "栏目", "type": kind, "checks": (call,)})
    for problem in checks.problems(entry, value, values, TODAY, CODES, ("甲",)):
        assert problem.params["label"] == "栏目"


def test_a_check_is_called_by_name_and_at_most_one_key() -> None:
    assert checks.split("same_as(agent_name)") == ("same_as", "agent_name")
    for call in ("same_as()", "same_as(a, b)", "Same_as(a)", "", "name x"):
        with pytest.raises(ValueError, match=r"^"):
            checks.split(call)
