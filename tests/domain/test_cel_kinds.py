"""A rule that cannot come to what its place wants is a mistake of the pack, told before any family comes."""

import re

import pytest

from desktop.domain import cel_kinds
from desktop.domain.cel_kinds import FUNCTIONS, Kind, Senseless
from desktop.domain.mistake_words import said
from desktop.domain.rules import FUNCTIONS as CALLED
from desktop.domain.themes import PackError, parse_pack
from tests.domain import made_up
from tests.domain.made_up import PACK


@pytest.mark.parametrize(("source", "wanted"), [
    ("working_days_between(moved_on) <= 30", "truth"),
    ("working_days_between(moved_on, today) <= '30'", "truth"), ("mover_name", "truth"), ("1 + 1", "truth"),
    ("abroad.foo", "truth"), ("who_comes in '本人'", "truth"), ("mover_name", "day"),
    ("moved_on && abroad", "truth"), ("abroad || phone", "truth"), ("!who_comes", "truth"),
    ("fund_years > 1", "truth"), ("abroad ? 1 : '1'", "any"), ("abroad ? true : who_comes", "truth"),
    ("who_comes ? true : false", "truth"), ("month(phone) == 1", "truth"), ("add_days(moved_on, '3')", "day"),
    ("days_between(moved_on, today)", "day"), ("abroad < true", "truth"), ("'m_fund' == matters", "truth"),
    ("abroad in matters", "truth"), ("present(abroad && frozen)", "truth"), ("present('abroad')", "truth"),
    ("who_comes.contains(abroad)", "truth"), ("who_comes.contains('a', 'b')", "truth"),
    ("[1, 2].exists(x, x == 1)", "truth"), ("matters[0] == 'm_fund'", "truth"), ("abroad == 'true'", "truth"),
    ("moved_on + 1 == moved_on", "truth"), ("id_valid(abroad)", "truth"),
])
def test_a_rule_that_makes_no_sense_is_refused(source: str, wanted: Kind) -> None:
    with pytest.raises(Senseless) as caught:
        cel_kinds.check(source, wanted, PACK.by_key)
    assert not re.search(r"\b(?:a|not|of|one)\b", re.sub("'[^']*'", "", said(f"a rule that makes sense ({caught.value})")))


@pytest.mark.parametrize(("source", "wanted"), [
    ("working_days_between(moved_on, today) <= 30", "truth"),
    ("who_comes in ['本人', '代办人'] && !abroad", "truth"), ("add_days(moved_on, 3)", "day"),
    ("'m_fund' in matters || present(phone)", "truth"), ("abroad ? moved_on : applied_on", "day"),
    ("abroad ? moved_on : unknown", "day"), ("moved_on >= '2026-07-01'", "truth"),
    ("fund_years >= '1'", "truth"), ("who_comes == mover_name", "truth"), ("phone.startsWith('1')", "truth"),
    ("days_between(moved_on, today) / 7 > 1", "truth"), ("birth_of(mover_number)", "day"),
    ("abroad == false", "truth"), ("-1 < month(today)", "truth"),
])
def test_a_rule_that_makes_sense_is_taken(source: str, wanted: Kind) -> None:
    cel_kinds.check(source, wanted, PACK.by_key)


def test_every_function_a_rule_may_call_says_what_it_takes_and_gives() -> None:
    assert set(FUNCTIONS) == set(CALLED)


@pytest.mark.parametrize(("old", "new", "path"), [
    ('when = "moved_here"', 'when = "mover_name"', "conditions[0].when"),
    ('start = "moved_on"', 'start = "mover_name"', "deadlines[0].start"),
    ('lead_when = "abroad"', 'lead_when = "1 + 1"', "departments[1].lead_when"),
    ('sources = ["default:false"]', 'sources = ["derive:mover_name"]', "questions[4].sources[0]"),
    ('"次年" = "month(moved_on) >= 10"', '"次年" = "month(moved_on)"', "sections[0].fields[4].offered.次年"),
])
def test_it_is_told_with_its_place(old: str, new: str, path: str) -> None:
    assert old in made_up.TEXT
    with pytest.raises(PackError) as caught:
        parse_pack(made_up.TEXT.replace(old, new, 1), "x.toml")
    assert [(mistake.path, "makes sense" in mistake.expected) for mistake in caught.value.mistakes] == [(path, True)]
