"""What makers say of a card in words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.faults import DeviceFault, FaultCode
from hardware.id_card.vendor_text import card_of

PLAIN = {"name": "林晓月", "sex": "女", "number": "130529199503150021"}


@pytest.mark.parametrize("said", ["20390520", "2039-05-20", "2039.5.20", "2039年05月20日", " 20390520\0"])
def test_a_day_may_be_written_in_many_ways(said: str) -> None:
    assert card_of(PLAIN | {"valid_to": said}).valid_to == date(2039, 5, 20)


@pytest.mark.parametrize("said", ["", "20390230", "2039", "无"])
def test_what_is_no_day_is_not_known(said: str) -> None:
    assert card_of(PLAIN | {"valid_to": said}).valid_to is None


def test_long_term_stays_long_term() -> None:
    card = card_of(PLAIN | {"valid_to": "长期"})
    assert (card.long_term, card.valid_to) == (True, None)


@pytest.mark.parametrize(
    ("said", "code"), [("汉", "01"), ("汉族", "01"), ("1", "01"), ("05", "05"), ("高山族", "23"), ("火星", None), ("", None), ("٣", None)]
)
def test_a_nation_may_be_a_name_or_a_code(said: str, code: str | None) -> None:
    assert card_of(PLAIN | {"nation": said}).nation == code


@pytest.mark.parametrize("missing", ["name", "sex", "number"])
def test_without_name_sex_or_number_it_is_no_card(missing: str) -> None:
    with pytest.raises(DeviceFault) as fault:
        card_of(PLAIN | {missing: ""})
    assert fault.value.code is FaultCode.BAD_ANSWER


@given(st.dictionaries(st.sampled_from(["name", "sex", "number", "birth_date", "valid_to", "nation", "flag"]), st.text(max_size=20)))
def test_no_words_at_all_upset_it(said: dict[str, str]) -> None:
    for words in (said, PLAIN | said):
        try:
            assert card_of(words).number
        except DeviceFault as fault:
            assert fault.code is FaultCode.BAD_ANSWER      # noqa: PT017 - a card is as good an end as a fault
