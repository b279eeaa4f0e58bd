from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import numbers
from db.store import Store
from tests.db.conftest import break_off

_DIGITS = st.text("0123456789", min_size=1, max_size=25)


@pytest.mark.parametrize("number", ["102100099996", "308584000013"])
def test_the_check_digit_agrees_with_real_bank_numbers(number: str) -> None:
    assert numbers.check_digit(number[:-1]) == number[-1]


@given(_DIGITS, st.data())
def test_every_single_wrong_digit_is_found(digits: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != digits[place]]))
    assert numbers.check_digit(digits) != numbers.check_digit(digits[:place] + other + digits[place + 1:])


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.integers(1, 99999), st.integers(0, 24),
       st.sampled_from("0123456789"))
def test_a_case_number_is_recognised_and_a_miswritten_one_is_not(
        day: date, serial: int, place: int, digit: str) -> None:
    number = numbers.case_number("130529", "XS", day, "003", serial)
    assert len(number) == 25
    assert number.startswith(f"130529XS{day:%Y%m%d}003{serial:05d}")
    assert numbers.is_case_number(number)
    miswritten = number[:place] + digit + number[place + 1:]
    assert numbers.is_case_number(miswritten) == (miswritten == number)


def test_numbers_of_the_first_form_stay_case_numbers() -> None:
    assert numbers.is_case_number("130529XS20261122000174")
    assert not numbers.is_case_number("130529XS20261122000175")


def test_numbers_count_up_per_region_theme_and_day(store: Store) -> None:
    with store.transaction() as tx:
        first = numbers.next_case_number(tx, "130529", "XS", date(2026, 11, 22), "003")
        second = numbers.next_case_number(tx, "130529", "XS", date(2026, 11, 22), "003")
        tomorrow = numbers.next_case_number(tx, "130529", "XS", date(2026, 11, 23), "003")
        other = numbers.next_case_number(tx, "130529", "SG", date(2026, 11, 22), "003")
    assert [number[19:24] for number in (first, second, tomorrow, other)] == ["00001", "00002", "00001", "00001"]
    assert len({first, second, tomorrow, other}) == 4


def test_a_number_of_a_failed_acceptance_is_given_out_again(store: Store) -> None:
    break_off(store, lambda tx: numbers.next_document_number(tx, "巨一件事受", 2026, "003"))
    with store.transaction() as tx:
        assert numbers.next_document_number(tx, "巨一件事受", 2026, "003") == "巨一件事受〔2026〕0030000015号"
        assert numbers.next_document_number(tx, "巨一件事受", 2027, "003") == "巨一件事受〔2027〕0030000014号"
        assert numbers.next_document_number(tx, "巨一件事受", 2026, "003") == "巨一件事受〔2026〕0030000023号"


def test_a_used_up_series_is_said_and_never_starts_again() -> None:
    with pytest.raises(numbers.SeriesUsedUp):
        numbers.case_number("130529", "XS", date(2026, 11, 22), "003", 100000)


@pytest.mark.parametrize(("region", "letters"), [("1305", "XS"), ("130529", "xs"), ("13052九", "XS")])
def test_a_region_or_letters_of_another_form_are_refused(region: str, letters: str) -> None:
    with pytest.raises(ValueError, match="six-digit"):
        numbers.case_number(region, letters, date(2026, 11, 22), "003", 1)
