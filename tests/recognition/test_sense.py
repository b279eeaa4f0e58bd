"""What read text is made of: nothing is repaired in silence."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.recognition import sense
from desktop.recognition.papers import known_papers, word_lists
from desktop.recognition.reading import DOC_TYPES
from hardware.simulated.people import MOTHER, check_digit
from tests.specimens.people import counties, invented_person


@pytest.mark.parametrize(("text", "expected"), [
    ("1995 年 3 月 15 日", ["1995-03-15"]), ("2021年05月20日签发", ["2021-05-20"]), ("2019.05.20-2039.05.20", ["2019-05-20", "2039-05-20"]),
    ("2019.05.20-长期", ["2019-05-20", "长期"]), ("２０２１年０５月２０日", ["2021-05-20"]), ("20210520", ["2021-05-20"]),
    ("2021年02月30日", []), ("130529199503150028", []),
])
def test_dates_become_iso_and_impossible_ones_are_none(text: str, expected: list[str]) -> None:
    assert sense.dates(text) == expected


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)),
       st.sampled_from(["{0.year}年{0.month}月{0.day}日", "{0:%Y.%m.%d}", "{0:%Y年%m月%d日}"]))
def test_every_printed_date_is_read_back(day: date, form: str) -> None:
    assert sense.first_date(form.format(day)) == (day.isoformat(), 1.0)


def test_one_wrong_digit_of_a_number_lowers_its_confidence_and_stays_as_it_was_read() -> None:
    rng = random.Random(1)
    for _ in range(50):
        number = invented_person(rng, "2", counties()[7]).number
        place = rng.randrange(17)
        wrong = number[:place] + str((int(number[place]) + rng.randint(1, 9)) % 10) + number[place + 1:]
        assert sense.id_number(wrong) == (wrong, sense.WRONG)
        assert sense.id_number(f" {number[:6]} {number[6:]}") == (number, 1.0)


def test_a_letter_among_the_digits_is_exchanged_only_with_a_doubt() -> None:
    assert sense.id_number(MOTHER.number.replace("0", "O", 1)) == (MOTHER.number, 0.9)
    assert sense.patterned("J13O529-2021-000520", r"[JL]\d{6}-\d{4}-\d{6}") == ("J130529-2021-000520", sense.DOUBTFUL)
    assert sense.patterned("0517273518", r"[A-Z]\d{9}") == ("O517273518", sense.DOUBTFUL)
    assert sense.patterned("J130529-2021-0005", r"[JL]\d{6}-\d{4}-\d{6}") == ("J130529-2021-0005", sense.WRONG)


@given(st.integers(0, 10**17 - 1))
def test_our_check_digit_is_the_standard_s(number: int) -> None:
    first17 = f"{number:017d}"
    assert sense.check_digit_fits(first17 + check_digit(first17))


@pytest.mark.parametrize(("kind", "text", "expected"), [
    ("nation", "汉族", ("汉", 1.0)), ("nation", "土家", ("土家", 1.0)), ("nation", "漠", ("漠", sense.DOUBTFUL)),
    ("blood", "0", ("O", 0.9)), ("blood", "AB型", ("AB", 1.0)), ("sex", "」女", ("女", 1.0)), ("height", "175厘米", ("175", 1.0)),
    ("time", "2024年05月06日8时26分", ("08:26", 1.0)), ("time", "25:00", None), ("phone", "139 0000 0000", ("13900000000", 1.0)),
    ("phone", "1390000000", ("1390000000", sense.DOUBTFUL)), ("measure", "39周", ("39", 1.0)), ("measure", "39周+2天", ("39+2", 1.0)),
    ("measure", "3250克", ("3250", 1.0)), ("measure", "不详", None),
    ("name", "阿依古丽·买买提", ("阿依古丽·买买提", 1.0)), ("name", "12", None), ("text", "  ", None),
])
def test_closed_lists_and_units(kind: str, text: str, expected: tuple[str, float] | None) -> None:
    assert sense.of_kind(kind, text, word_lists()) == expected


def test_what_an_office_adds_to_a_listed_word_stays_as_printed() -> None:
    assert sense.of_kind("choice", "初中毕业", word_lists(), "education") == ("初中毕业", 1.0)
    assert sense.of_kind("choice", "之女", word_lists(), "relations") == ("之女", sense.DOUBTFUL)


def test_an_authority_whose_end_was_not_read_is_doubted() -> None:
    assert sense.of_kind("text", "马关县公安局", {}, pattern="局$") == ("马关县公安局", 1.0)
    assert sense.of_kind("text", "马关县公", {}, pattern="局$") == ("马关县公", sense.DOUBTFUL)


def test_a_number_that_contradicts_birth_date_and_sex_lowers_all_three() -> None:
    factors = sense.agreement({"id_number": MOTHER.number, "birth": "1995-03-15", "sex": "男"})
    assert factors["birth"][0] > 1
    assert factors["sex"][0] == sense.WRONG
    assert factors["id_number"][0] < 1
    assert sense.agreement({"id_number_2": MOTHER.number, "birth_2": "1995-03-15"})["id_number_2"] == (1.05, ("check_digit", "birth"))


def test_a_father_with_a_woman_s_number_and_a_holder_who_is_no_spouse_are_doubted() -> None:
    assert sense.agreement({"father_id": MOTHER.number})["father_id"][0] < 1
    assert sense.agreement({"mother_id": MOTHER.number})["mother_id"][0] > 1
    assert sense.agreement({"holder": "王某", "name_1": "林晓月", "name_2": "陈志远"})["holder"][0] < 1


def as_read(number: str) -> tuple[tuple[str, str], ...]:
    return tuple((char, "") for char in number)


def test_a_misread_digit_is_proposed_anew_only_when_one_exchange_alone_makes_the_number_right() -> None:
    proposals = []
    for place, digit in enumerate(MOTHER.number):
        misread = MOTHER.number[:place] + digit.translate(str.maketrans("0123569", "8727850")) + MOTHER.number[place + 1:]
        proposals.append(sense.repaired(misread, as_read(misread), "1995-03-15", "女"))
    assert proposals.count(MOTHER.number) >= 4
    assert set(proposals) == {MOTHER.number, None}


def test_the_reader_s_own_second_choice_comes_before_what_digits_are_mistaken_for() -> None:
    misread = MOTHER.number[:14] + "7" + MOTHER.number[15:]
    runners = [*as_read(misread)]
    runners[14] = ("7", MOTHER.number[14])
    assert sense.repaired(misread, runners) == MOTHER.number


def test_a_number_that_lost_its_last_character_gets_it_back_and_one_beyond_repair_gets_nothing() -> None:
    assert sense.repaired(MOTHER.number[:17], as_read(MOTHER.number[:17])) == MOTHER.number
    assert sense.repaired("123456", as_read("123456")) is None
    assert sense.repaired("9" * 18, as_read("9" * 18)) is None


@given(st.text(max_size=40))
def test_no_text_whatever_makes_sense_fail(text: str) -> None:
    for kind in sense.KINDS:
        made = sense.of_kind(kind, text, word_lists(), "relations" if kind == "choice" else "", r"\d{4}")
        assert made is None or (made[0] and 0 < made[1] <= 1)


def test_every_paper_on_file_is_a_type_of_ours_with_its_own_keys() -> None:
    papers = known_papers()
    assert len({paper.doc_type for paper in papers}) == len(papers) >= 6
    for paper in papers:
        assert paper.doc_type in DOC_TYPES
        assert len({rule.key for rule in paper.field}) == len(paper.field)
        assert all(rule.words in word_lists() for rule in paper.field if rule.words)
