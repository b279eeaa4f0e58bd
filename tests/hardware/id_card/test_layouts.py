"""The four texts a chip may hold; offsets from hardware facts 2.6, written out here a second time on purpose."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.faults import DeviceFault, FaultCode
from hardware.id_card import layouts
from hardware.id_card.nations import NATIONS
from hardware.readings import IdCard
from hardware.simulated import people

PERMIT, OLD_FOREIGNER = people.HMT_RESIDENT, people.OLD_FOREIGNER
LONG_TERM = dataclasses.replace(people.FATHER, valid_to=None, long_term=True, nation="05", name="买买提·示例")
ENGLISH = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-ABCDEFGH IJKLMNOPQR"
LONG_NAME = dataclasses.replace(people.FOREIGNER, english_name=ENGLISH)
KNOWN_BEFORE = dataclasses.replace(people.FOREIGNER, old_number="SAU320185010125")
RARE = dataclasses.replace(people.MOTHER, name="𠮷䶮㛃")
CARDS = [people.MOTHER, people.FATHER, people.FOREIGNER, PERMIT, OLD_FOREIGNER, LONG_TERM, LONG_NAME, RARE, KNOWN_BEFORE]


def put(fields: dict[int, str], flag: str = " ") -> bytes:
    text = bytearray(" ".encode("utf-16-le") * 128)
    for at, value in {**fields, 248: flag}.items():
        raw = value.encode("utf-16-le")
        text[at : at + len(raw)] = raw
    return bytes(text)


def test_a_citizen_s_text_is_read_at_its_places() -> None:
    text = put({0: "林晓月", 30: "2", 32: "01", 36: "19950315", 52: "样本路18号", 122: "130529199503150021", 158: "巨鹿县公安局",
                188: "20190520", 204: "20390520"})
    card = layouts.decode(text, b"photo")
    assert card == IdCard(
        type="resident", name="林晓月", sex="2", nation="01", birth_date=date(1995, 3, 15), address="样本路18号",
        number="130529199503150021", authority="巨鹿县公安局", valid_from=date(2019, 5, 20), valid_to=date(2039, 5, 20),
        photo_wlt=b"photo",
    )


def test_a_residence_permit_has_a_pass_number_and_no_nation() -> None:
    text = put({0: "何示例", 30: "2", 36: "19940823", 52: "样本路1号", 122: "810000199408230021", 158: "示例市公安局",
                188: "20220301", 204: "20270301", 220: "H12345678", 238: "01"}, "J")
    assert layouts.decode(text) == PERMIT


def test_the_foreigner_s_card_of_2017_begins_with_the_english_name() -> None:
    text = put({0: "SPECIMEN, ANNA MARIA OF THE LONG NAME", 120: "2", 122: "SAU320185010125", 152: "SAU", 158: "安娜", 188: "20180102",
                204: "20280102", 220: "19850101", 236: "01", 240: "1500"}, "I")
    assert layouts.decode(text) == OLD_FOREIGNER


def test_the_foreigner_s_card_of_2023_joins_its_english_name_from_two_places() -> None:
    text = put({0: "安娜", 30: "2", 32: "00", 36: "19850101", 52: ENGLISH[:35], 122: "932682198501010017", 188: "20240201",
                204: "20340131", 220: ENGLISH[35:], 242: "SAU"}, "Y")
    assert layouts.decode(text) == LONG_NAME


def test_long_term_stays_long_term() -> None:
    card = layouts.decode(layouts.encode(LONG_TERM))
    assert (card.valid_to, card.long_term) == (None, True)


def test_a_foreigner_without_a_chinese_name_is_called_by_the_english_one() -> None:
    card = layouts.decode(put({30: "1", 36: "19850101", 52: "SPECIMEN", 122: "932682198501010017"}, "Y"))
    assert (card.name, card.english_name) == ("SPECIMEN", "SPECIMEN")


def test_a_day_that_does_not_exist_is_not_known_but_the_card_is_read() -> None:
    text = put({0: "林晓月", 30: "2", 36: "19950230", 122: "130529199503150021"})
    assert layouts.decode(text).birth_date is None


@pytest.mark.parametrize("fields", [
    {}, {0: "林晓月"}, {0: "林晓月", 30: "2", 122: "13052919950315002"}, {0: "林晓月", 30: "7", 122: "130529199503150021"},
    {0: "林晓月", 30: "2", 122: "130529199503150021", 36: "1995年3月"}, {0: "\ud83d", 30: "2"},
])
def test_a_text_that_is_no_card_is_a_bad_answer(fields: dict[int, str]) -> None:
    text = bytearray(put({}))
    for at, value in fields.items():
        raw = value.encode("utf-16-le", "surrogatepass")
        text[at : at + len(raw)] = raw
    with pytest.raises(DeviceFault) as fault:
        layouts.decode(bytes(text))
    assert fault.value.code is FaultCode.BAD_ANSWER


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.type)
def test_what_the_simulated_chip_holds_is_what_the_driver_reads(card: IdCard) -> None:
    assert layouts.decode(layouts.encode(card)) == card


def test_the_old_number_of_a_foreigner_follows_from_country_number_and_link() -> None:
    assert layouts.old_number("SAU", "932682198501010017", "012") == "SAU320185010125"
    text = put({0: "安娜", 30: "2", 36: "19850101", 52: "ANNA", 122: "932682198501010017", 242: "SAU", 250: "012"}, "Y")
    assert layouts.decode(text).old_number == "SAU320185010125"


@pytest.mark.parametrize("parts", [
    ("", "932682198501010017", "012"), ("SAU", "93268219850101001", "012"), ("SAU", "932682198501010017", ""),
    ("SAU", "932682198501010017", "0 2"), ("sau", "932682198501010017", "012"),
])
def test_without_a_link_there_is_no_old_number(parts: tuple[str, str, str]) -> None:
    assert layouts.old_number(*parts) is None


def test_the_newest_address_is_the_last_of_up_to_four_records() -> None:
    first, second = (layouts.encode_newest_address(road) for road in ("样本路1号", "样本街2号"))
    blank = layouts.encode_newest_address("")
    assert layouts.newest_address(first) == "样本路1号"
    assert layouts.newest_address(first + second + blank + blank) == "样本街2号"
    assert layouts.newest_address(blank) is None


@pytest.mark.parametrize("size", [0, 1, 69, 71, 350])
def test_an_address_of_another_size_is_a_bad_answer(size: int) -> None:
    with pytest.raises(DeviceFault) as fault:
        layouts.newest_address(bytes(size))
    assert fault.value.code is FaultCode.BAD_ANSWER


def test_a_value_longer_than_its_place_is_refused_not_cut() -> None:
    with pytest.raises(ValueError, match="name"):
        layouts.encode(dataclasses.replace(people.MOTHER, name="很" * 16))


NAMES = st.text(st.characters(categories=["Lo"]), min_size=1, max_size=7)


@given(name=NAMES, address=NAMES, born=st.dates(date(1900, 1, 1), date(2100, 1, 1)), nation=st.sampled_from(sorted(NATIONS)))
def test_every_citizen_survives_the_chip(name: str, address: str, born: date, nation: str) -> None:
    card = dataclasses.replace(people.MOTHER, name=name, address=address, birth_date=born, nation=nation)
    assert layouts.decode(layouts.encode(card)) == card


@given(st.one_of(st.binary(max_size=300), st.binary(min_size=256, max_size=256)))
def test_random_text_gives_a_device_fault_and_nothing_else(text: bytes) -> None:
    with pytest.raises(DeviceFault):
        layouts.decode(text)


@given(st.sampled_from(CARDS), st.lists(st.integers(0, 2047), min_size=1, max_size=8))
def test_flipped_bits_give_a_card_or_a_device_fault(card: IdCard, bits: list[int]) -> None:
    text = bytearray(layouts.encode(card))
    for bit in bits:
        text[bit // 8] ^= 1 << bit % 8
    try:
        read = layouts.decode(bytes(text))
    except DeviceFault as fault:
        code = fault.code
    else:
        code = FaultCode.BAD_ANSWER
        assert read.number
    assert code is FaultCode.BAD_ANSWER


def test_there_are_fifty_six_nations_and_two_more_codes() -> None:
    assert len(NATIONS) == 58
    assert (NATIONS["01"], NATIONS["30"], NATIONS["56"], NATIONS["97"]) == ("汉", "土", "基诺", "其他")
