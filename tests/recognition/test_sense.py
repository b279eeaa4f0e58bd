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
    assert sense.patterned("J130529-2021-0005", r"[JL]\d{6}-\d{4}-\d{6}") == ("J130529-2021-0005", sense.WRONG)


@given(st.integers(0, 10**17 - 1))
def test_our_check_digit_is_the_standard_s(number: int) -> None:
    first17 = f"{number:017d}"
    assert sense.check_digit_fits(first17 + check_digit(first17))


@pytest.mark.parametrize(("kind", "text", "expected"), [
    ("nation", "汉族", ("汉", 1.0)), ("nation", "土家", ("土家", 1.0)), ("nation", "漠", ("漠", sense.DOUBTFUL)),
    ("blood", "0", ("O", 0.9)), ("blood", "AB型", ("AB", 1.0)), ("sex", "」女", ("女", 1.0)), ("height", "175厘米", ("175", 1.0)),
    ("name", "阿依古丽·买买提", ("阿依古丽·买买提", 1.0)), ("name", "12", None), ("text", "  ", None),
])
def test_closed_lists_and_units(kind: str, text: str, expected: tuple[str, float] | None) -> None:
    assert sense.of_kind(kind, text, word_lists()) == expected


def test_a_number_that_contradicts_birth_date_and_sex_lowers_all_three() -> None:
    factors = sense.agreement({"id_number": MOTHER.number, "birth": "1995-03-15", "sex": "男"})
    assert factors["birth"] > 1
    assert factors["sex"] == sense.WRONG
    assert factors["id_number"] < 1
    assert sense.agreement({"id_number_2": MOTHER.number, "birth_2": "1995-03-15"})["id_number_2"] > 1


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
