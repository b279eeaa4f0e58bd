"""Identity numbers by the standard's examples and by construction."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain import identity, spelling
from desktop.domain.masking import mask_code, mask_id, mask_name, mask_phone, mask_text


@pytest.mark.parametrize("number", ["11010519491231002X", "11010519491231002x", "440524188001010014", "911124198108030024",
                                    " 110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ", "ABC123456789012"])
def test_right_numbers_are_right_however_they_are_typed(number: str) -> None:
    assert identity.valid(number)


@pytest.mark.parametrize(("number", "code"), [
    ("1101051949123100", "id_number.length"), ("", "id_number.length"), ("1101051949123100２A", "id_number.characters"),
    ("110105194913310021", "id_number.birth_date"), ("110105194912310021", "id_number.check_digit"),
    ("610104620927690", "id_number.fifteen"), ("610104621327690", "id_number.birth_date"),
])
def test_a_wrong_number_is_told_what_is_wrong(number: str, code: str) -> None:
    assert identity.fault(spelling.id_number(number)) == code


def test_fifteen_digits_become_eighteen_but_do_not_stand_alone() -> None:
    assert identity.to_18("610104620927690") == "610104196209276908"
    assert not identity.valid("610104620927690")
    assert identity.birth_of("610104620927690") == date(1962, 9, 27)


def made(first17: str) -> str:
    return first17 + identity.check_digit(first17)


@pytest.mark.parametrize(("number", "kind", "region"), [
    ("130529199503150028", "citizen", "130529"), ("911124198108030024", "foreigner_2023", None),
    ("ABC123456789012", "foreigner_2017", None),
    (made("81000019940823002"), "hmt_permit", "810000"), (made("82000019940823001"), "hmt_permit", "820000"),
    (made("83000019940823002"), "hmt_permit", "830000")])
def test_kinds_and_regions(number: str, kind: str, region: str | None) -> None:
    assert identity.valid(number)
    assert identity.kind(number) == kind
    assert identity.region_of(number) == region


def test_foreigners_cards_tell_birth_and_sex_as_far_as_their_edition_does() -> None:
    assert (identity.birth_of("911124198108030024"), identity.sex_of("911124198108030024")) == (date(1981, 8, 3), "女")
    assert (identity.birth_of("ABC123456789012"), identity.sex_of("ABC123456789012")) == (None, None), "fifteen characters, two-digit year"


@pytest.mark.parametrize(("number", "sex"), [("610104620927690", "女"), ("610104620927691", "男")])
def test_fifteen_digits_tell_the_sex_by_their_last(number: str, sex: str) -> None:
    assert identity.sex_of(number) == sex
    assert identity.region_of(number) == "610104"


def test_an_abolished_or_unknown_region_is_no_fault_of_the_number() -> None:
    for region in ("653228", "500157", "139999", "310230"):
        assert identity.fault(made(f"{region}19950315002")) is None


BIRTHS = st.dates(date(1900, 1, 1), date(2026, 11, 22))


@given(st.from_regex(r"[1-8][0-9]{5}", fullmatch=True), BIRTHS, st.integers(0, 999))
def test_a_made_number_is_valid_and_says_what_it_was_made_of(region: str, birth: date, sequence: int) -> None:
    first17 = f"{region}{birth:%Y%m%d}{sequence:03d}"
    number = first17 + identity.check_digit(first17)
    assert identity.valid(number)
    assert identity.birth_of(number) == birth
    assert identity.sex_of(number) == ("男" if sequence % 2 else "女")


@given(BIRTHS, st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(birth: date, sequence: int, place: int, shift: int) -> None:
    first17 = f"130529{birth:%Y%m%d}{sequence:03d}"
    number = first17 + identity.check_digit(first17)
    if number[place] == "X":
        wrong = number[:place] + str(shift)
    else:
        wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1:]
    assert not identity.valid(wrong)


@given(st.text(max_size=30))
def test_no_text_upsets_the_reading_of_a_number(text: str) -> None:
    identity.valid(text)
    identity.birth_of(text)
    identity.sex_of(text)
    identity.region_of(text)


def test_masks_keep_only_the_ends() -> None:
    assert mask_id("130529199503150028") == "130529********0028"
    assert mask_phone("13800138000") == "138****8000"
    assert [mask_name(name) for name in ("张三", "张小三", "欧阳小三", "三", "")] == ["张*", "张*三", "欧**三", "三", ""]
    assert mask_id("1234567890") == "*" * 10
    assert mask_phone("1234567") == "*" * 7


@given(st.text(max_size=40))
def test_masking_keeps_the_length(text: str) -> None:
    assert len(mask_id(text)) == len(mask_phone(text)) == len(mask_name(text)) == len(text)


def test_free_text_loses_the_numbers_in_it() -> None:
    masked = mask_text("读卡130529199503150028，电话13800138000失败")
    assert "19950315" not in masked
    assert "138****8000" in masked


@pytest.mark.parametrize("written", [
    "１３０５２９１９９５０３１５００２８", "130529 19950315 0028", "130529-19950315-0028", "1305\u200b2919950315\u202d0028",
    "130529 199503150028", "13052919950315 0028"])
def test_a_number_is_masked_however_it_is_written(written: str) -> None:
    assert mask_text(f"号码 {written} 不对") == "号码 130529********0028 不对"


@pytest.mark.parametrize("written", ["１３８００１３８０００", "138 0013 8000", "138-0013-8000", "138\u200b00138000"])
def test_a_phone_is_masked_however_it_is_written(written: str) -> None:
    assert mask_text(f"电话{written}。") == "电话138****8000。"
    assert mask_text(f"电话+86 {written}。") == "电话+86 138****8000。"


def test_line_breaks_and_times_of_a_log_stay_as_they_are() -> None:
    line = "2026-11-22 10:15:30,138 INFO desktop: 3 rows\n  Traceback 20261122 101530\n"
    assert mask_text(line) == line


@pytest.mark.parametrize(("text", "shown"), [
    ("姓名：买买提•艾力", "姓名:买****力"), ("林\u200b晓月 预约", "林晓月 预约"),
    ("姓名:林晓月 身份证:130529199503150028", "…130529********0028…"),
    ("林晓月|ID13052919950315002X|13800138000", "…130529********002X…138****8000…"),
    ("https://example.invalid/?card=１３０５２９１９９５０３１５００２８", "…130529********0028…"),
    ("姓名：林晓月", "姓名:林*月"), ("陈志远 预约 3 号", "陈*远 预约 3 号"),
    ("https://example.invalid/q", "https://example.invalid/q"), ("X430101001", "X430101001"),
])
def test_a_code_is_shown_without_the_person_in_it(text: str, shown: str) -> None:
    assert mask_code(text, ("陈志远", "")) == shown
