"""Mistakes in a pack are told in Chinese."""

import re
from pathlib import Path

import pytest

import resources
from desktop.domain.mistake_words import said
from desktop.domain.themes import PackError, parse_pack

TEXT = (Path(resources.__file__).parent / "themes/hebei-newborn/2023.toml").read_text("utf-8")


@pytest.mark.parametrize(("right", "wrong"), [
    ('form_title = "表', 'form_titel = "表'), ('clause = "condition_1"', 'clause = "condition_9"'),
    ('department = "cdc"', 'department = "cbc"'),
    ('prerequisites = ["m_birth_cert"]', 'prerequisites = ["m_birth"]'), ('code = "130000"', 'code = "13"'),
    ('type = "bool"', 'type = "yes"'),
    ("effective_from = 2023-01-01", 'effective_from = "soon"'), ("working_days = 6", "working_days = 0"),
    ('when = "birth_in_province &&', 'when = "born_in_province &&'),
    ('applied_on) <= 30"', 'applied_on) <= 30 &&"'), ('sources = ["default:无"]', 'sources = ["usual:无"]'),
    ('checks = ["digits"]', 'checks = ["digit"]'), ('key = "newborn_sex"', 'key = "newborn_name"'), ('id = "c2"', 'id = "c1"'),
    ('doc_type = "marriage_certificate"', 'doc_type = "marriage"'), ('case_letters = "XS"', 'case_letters = "xs1"'),
    ('short_title = "新生儿出生"', "short_title = 新生儿出生"),
    ('when = "birth_in_province &&', 'when = "born(newborn_birth_date) &&'), ('severity = "notice"', 'severity = "loud"')])
def test_what_is_expected_is_said_in_chinese(right: str, wrong: str) -> None:
    assert right in TEXT
    with pytest.raises(PackError) as caught:
        parse_pack(TEXT.replace(right, wrong, 1), "x.toml")
    for mistake in caught.value.mistakes:
        words = said(mistake.expected)
        assert re.search(r"[\u4e00-\u9fff]", words), mistake.expected
        assert not re.search(r"\b(?:the|not|of|must|should|one of|is none|taken)\b", re.sub(r"（.*）|'[^']*'", "", words)), words


def test_what_nobody_foresaw_is_given_back_as_it_is() -> None:
    assert said("something new") == "something new"
