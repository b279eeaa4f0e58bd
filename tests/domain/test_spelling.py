"""One spelling for every value: two ways to write the same come out the same, and nothing that can be seen gets lost."""

import unicodedata
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.domain import spelling
from desktop.domain.checks import CHECKS, Place
from desktop.domain.pack import Field, Question
from desktop.domain.prefill import Fact, facts_from_card, facts_from_page, printed
from desktop.domain.spelling import Kind
from desktop.shelf import RESOURCES, read_packs
from tests.domain.conftest import CODES, FATHER, MOTHER, codes_of, complete, greeted, sure

KINDS: tuple[Kind, ...] = get_args(Kind)
UNSEEN = "\u200b\u200e\u200f\u202a\u202d\u202e\u2060\u2066\u2069\ufeff\u00ad\ufe0f\x00\x07\x9f\u034f\u061c"
SIGNS = st.sampled_from([*UNSEEN, *"\u200c\u200d\ufe00\U000e0100\u180b", *" \u00a0\u3000\n\t", *"林晓月阿里〇㛃䶮𬱖郎\uf92c\u2f2d",
                         *"aZé\u0301０９ＡｚＸxⅩ١٢", *"·•‧∙・･．.。-－—–’'()（）+/:年月日时分,，", *"0123456789",
                         *"اب\u0626ཀི", "\ud800", "\ue815"])
ANY = st.one_of(st.text(max_size=20), st.text(SIGNS, max_size=20))


def written(kind: Kind, value: str) -> str:
    return spelling.spelled(kind, value)


@given(st.sampled_from(KINDS), ANY)
@example("name", "甲 . · 乙")
@example("id_number", "ŉ\u0301ǰ")
@example("phone", "+ 86 138 0013 8000")
@example("code", "e \u0301")
@example("name", "ｅ\u0301")
def test_what_is_spelled_once_is_spelled_for_good(kind: Kind, value: str) -> None:
    assert written(kind, written(kind, value)) == written(kind, value)


def seen(value: str) -> str:
    """Everything that can be seen, however it is written: without what groups digits and parts names, and China's calling code."""
    flat = spelling.folded(value).translate(dict.fromkeys(map(ord, "‘’"), "'")).upper()
    return "".join(sign for sign in spelling.narrow(flat) if sign not in "-·(),\u200c\u200d\u180b")


@given(st.sampled_from([kind for kind in KINDS if kind not in {"day", "minute", "number", "phone"}]), ANY)
def test_nothing_that_can_be_seen_is_lost(kind: Kind, value: str) -> None:
    assert seen(written(kind, value)) == seen(value)


@given(st.sampled_from(("day", "minute", "number", "phone")), ANY)
def test_of_dates_numbers_and_phones_nothing_is_lost_unless_sense_was_made_of_it(kind: Kind, value: str) -> None:
    made = written(kind, value)
    if seen(made) != seen(value):
        assert made.replace("-", "").replace("T", "").replace(":", "").isdigit()
        assert sum(map(str.isdigit, made)) <= sum(map(str.isdecimal, spelling.narrow(value))) + 4


@given(st.sampled_from(KINDS), st.text(st.sampled_from("0123456789ABZabz林晓·-T:"), max_size=18))
@example("day", "2026-02-30")
@example("minute", "2026-02-30T25:61")
def test_what_is_taken_as_it_is_would_come_out_the_same(kind: Kind, value: str) -> None:
    assert written(kind, value) == getattr(spelling, kind)(value)


@given(st.sampled_from(KINDS), ANY)
def test_nothing_unseen_stays_but_what_shapes_the_letter_before_it(kind: Kind, value: str) -> None:
    made = written(kind, value)
    assert not set(made) & set(UNSEEN)
    assert made == made.strip()
    assert "\n" not in made
    made.encode()


@given(st.sampled_from(KINDS), ANY.map(lambda value: value.replace("\u200c", "").replace("\u200d", "").replace("\ufe00", "")
                                       .replace("\U000e0100", "").replace("\u180b", "")), st.data())
def test_what_is_not_seen_makes_no_difference_wherever_it_stands(kind: Kind, value: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(value)))
    value = unicodedata.normalize("NFC", value) if "\uf92c" not in value else value
    sprinkled = value[:at] + data.draw(st.sampled_from(UNSEEN)) + value[at:]
    assert written(kind, sprinkled) == written(kind, value)


WAYS: tuple[tuple[Kind, str], ...] = (
    ("name", """买买提·艾力 买买提•艾力 买买提‧艾力 买买提∙艾力 买买提・艾力 买买提･艾力 买买提．艾力 买买提.艾力 买买提。艾力
                买\u200b买提·\u202d艾力"""),
    ("id_number", """13052919950315002X １３０５２９１９９５０３１５００２Ｘ 13052919950315002x 130529-19950315-002X 13052919950315002Ⅹ
                     \u202d13052919950315002X\u202c"""),
    ("phone", """13800138000 138-0013-8000 +8613800138000 ＋８６１３８００１３８０００ 008613800138000 +86-138-0013-8000 (+86)13800138000
                 8613800138000 \u202d13800138000\u202c"""),
    ("phone", "0319-4321234 03194321234 （0319）4321234 (0319)4321234 +863194321234 +86-319-4321234 0086-0319-4321234 0319－4321234"),
    ("phone", "010-12345678 01012345678 +861012345678"),
    ("day", "2026-11-10 20261110 2026.11.10 2026/11/10 2026年11月10日 ２０２６年１１月１０日 2026。11。10 ٢٠٢٦-١١-١٠"),
    ("minute", """2026-11-10T08:26 202611100826 2026年11月10日8时26分 2026-11-10T08:26:00 2026-11-10T08:26:00+08:00
                  2026年11月10日８：２６"""),
    ("number", "3250 ３２５０ 3,250 03250 3，250"),
    ("code", "X130529001 x130529001 Ｘ１３０５２９００１ X\u00ad130529001"),
    ("code", "J130529-2024-001234 j130529－2024－001234 J130529–2024–001234 J130529—2024—001234"),
    ("code", "（2026）公死字第12号 (2026)公死字第12号"),
    ("address", "示例镇样本路3-502号（东区） 示例镇样本路３－５０２号(东区) 示例镇样本路3—502号（东区）"),
    ("text", "示例医院（东院区） 示例医院(东院区)"),
)
"""Ways to write one thing, the one it is kept in first."""


@pytest.mark.parametrize(("kind", "ways"), WAYS)
def test_two_ways_to_write_the_same_come_out_as_one(kind: Kind, ways: str) -> None:
    first, *others = ways.split()
    assert first == written(kind, first)
    for way in others:
        assert written(kind, way) == first, way


@pytest.mark.parametrize(("kind", "value", "made"), [
    ("name", " 林　晓月\u3000", "林晓月"), ("name", "王　五", "王五"), ("name", "阿依古丽 · 吐尔逊", "阿依古丽·吐尔逊"),
    ("name", "林\r\n晓月", "林晓月"), ("id_number", "130529 1995 0315 0029", "130529199503150029"),
    ("phone", " 138-0013 8000", "13800138000"), ("minute", "20261110 0826", "2026-11-10T08:26"),
    ("minute", "2026/1/5 8:26", "2026-01-05T08:26"), ("minute", "20261110", "2026-11-10"), ("day", "2026 1 5", "2026-01-05"),
    ("address", "河北省　邢台市 巨鹿县示例镇 18 号", "河北省邢台市巨鹿县示例镇 18 号"),
    ("text", "  两行\n字\u00a0", "两行 字"), ("text", "Ａ型", "A型"), ("code", "6222 0212 3456 7890", "6222021234567890"),
    ("name", "⼭本", "山本"), ("name", "José", "José"),
])
def test_blanks_go_where_they_carry_nothing(kind: Kind, value: str, made: str) -> None:
    assert written(kind, value) == made


@pytest.mark.parametrize("name", [
    "〇一", "㛃䶮𬱖", "𰻝一", "𠮷野", "\ue815明", "曉月", "ANNA MARIA SPECIMEN", "O'Brien", "Jean-Luc", "J.R. Smith", "José Núñez",
    "བཀྲ་ཤིས་", "ئالىم ئەخمەت", "ᠪᠠᠲᠤ\u180b", "نام\u200cه", "\uf92c一", "兀\ufa0c", "僧\ufe00", "葛\U000e0100", "马里奥", "欧阳·娜娜",
])
def test_a_name_keeps_every_character_that_is_its_own(name: str) -> None:
    assert written("name", name) == name


@pytest.mark.parametrize(("kind", "value"), [
    ("id_number", "130529199503"), ("id_number", "H12345678"), ("phone", "1380013800"), ("phone", "0319-432"),
    ("phone", "0319-4321234转801"), ("phone", "400-610-1234"), ("phone", "12345"), ("phone", "+44-20-79460000"),
    ("day", "长期"), ("day", "2026-02-30"), ("day", "去年冬天"),
    ("minute", "2026-11-10T25:00"), ("minute", "2026-11-10T08:26Z"), ("minute", "8:26"),
    ("number", "三千"), ("number", "1.5"), ("number", "-3"),
])
def test_what_makes_no_sense_stays_as_it_was_typed(kind: Kind, value: str) -> None:
    assert written(kind, value) == value


@pytest.mark.parametrize(("one", "other", "same"), [
    ("郎一", "\uf92c一", True), ("山本", "⼭本", True), ("僧\ufe00", "僧", True), ("Ａ 型", "A型", True),
    ("买买提．艾力", "买买提·艾力", True),
    ("3—502", "3-502", True), ("J.R.", "J·R·", True), ("林晓月", "林曉月", False), ("林晓月", "林晓目", False), ("", "林", False)])
def test_comparing_sees_through_width_dots_and_twins_and_nothing_else(one: str, other: str, same: bool) -> None:
    assert (spelling.folded(one) == spelling.folded(other)) is same


@given(st.sampled_from(KINDS), ANY)
def test_a_value_and_its_spelling_compare_as_the_same_unless_it_was_made_sense_of(kind: Kind, value: str) -> None:
    if kind in {"name", "address", "text"}:
        assert seen(spelling.folded(written(kind, value))) == seen(spelling.folded(value))


@pytest.mark.parametrize(("key", "kind"), [
    ("chip:mother.number", "id_number"), ("chip:mother.name", "name"), ("chip:mother.birth_date", "day"), ("chip:mother.valid_to", "day"),
    ("paper:marriage_certificate.wife.id_number", "id_number"), ("paper:birth_certificate.mother_id", "id_number"),
    ("paper:birth_certificate.cert_no", "code"), ("paper:household_register_home.head_name", "name"), ("holder", "name"),
    ("name_1", "name"), ("birth_2", "day"), ("paper:death_certificate.family_phone", "phone"),
    ("paper:household_register_member.birth_place", "address"),
    ("push:m_hukou.newborn_id_no", "id_number"), ("not_before(newborn_id_valid_from)", "text"), ("chip:mother.sex", "text"),
    ("birth_institution_name", "name"), ("hukou_police_station", "text"), ("mobile_or_landline", "phone"), ("bank_account", "code"),
])
def test_a_key_says_by_its_last_words_what_it_holds(key: str, kind: str) -> None:
    assert spelling.kind_of_key(key) == kind


# --- whatever road it came by -----------------------------------------------------------------------------------------------------------

ENTRIES: tuple[tuple[Field | Question, str], ...] = tuple(
    (entry, source) for pack in read_packs(RESOURCES / "themes").packs for entry in pack.by_key.values() for source in entry.sources
    if source.startswith(("chip:", "paper:", "push:")))


@given(st.sampled_from(ENTRIES), ANY)
def test_a_value_is_the_same_answer_by_hand_by_card_by_paper_and_by_push(road: tuple[Field | Question, str], value: str) -> None:
    entry, source = road
    assert printed(entry, Fact(name=source, value=value).value, CODES) == printed(entry, value, CODES)


BLANK_OF: dict[Kind, str] = {"name": "mother_name", "phone": "applicant_phone", "day": "newborn_birth_date", "address": "hukou_address"}


@pytest.mark.parametrize(("kind", "ways"), [(kind, ways) for kind, ways in WAYS if kind in BLANK_OF])
def test_every_way_to_write_it_is_judged_alike(kind: Kind, ways: str) -> None:
    first, *others = ways.split()
    key = BLANK_OF[kind]
    seen = complete().saying(**{key: first}).look()
    for way in others:
        other = complete().saying(**{key: way}).look()
        assert (other.answers[key].value, other.problems) == (first, seen.problems), (kind, way)


@pytest.mark.parametrize("way", ["林\u200b晓月", "林 晓月", "\u202d林晓月\u202c", "林晓月\u3000", "\ufeff林晓月"])
def test_what_the_hand_pasted_is_no_disagreement_with_the_chip(way: str) -> None:
    family = greeted().showing(facts_from_card(MOTHER, "mother"))
    found = family.saying(mother_name=way).look()
    assert found.answers["mother_name"].value == "林晓月"
    assert not [problem for problem in found.problems if problem.code.startswith("sources.")]


def test_a_card_a_paper_and_a_push_that_write_it_otherwise_agree() -> None:
    number = MOTHER["number"]
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    chip = facts_from_card({**MOTHER, "name": "阿依古丽・买买提", "number": wide}, "mother")
    read = sure(mother_name="阿依古丽．买买提", mother_id=f"{number[:6]} {number[6:]}")
    paper = facts_from_page("birth_certificate", read, evidence_id="birth")
    seen = greeted().showing(chip, paper).look()
    assert (seen.answers["mother_name"].value, seen.answers["mother_id_no"].value) == ("阿依古丽·买买提", number)
    assert not [code for code in codes_of(seen) if code.startswith("sources.")]


def test_something_that_cannot_be_seen_is_no_answer() -> None:
    assert complete().saying(father_name="\u200b\u3000\ufeff").look().answers["father_name"].value == FATHER["name"]


def findings(value: str, check: str = "name") -> list[tuple[str, str]]:
    return [(found.code, found.severity) for found in CHECKS[check](value, Place("name", {}, complete().today, CODES))]


@pytest.mark.parametrize("check", ["name", "newborn_name", "newborn_name_part"])
def test_forms_of_a_character_that_the_police_do_not_have_are_told_and_not_exchanged(check: str) -> None:
    assert findings("僧\ufe00一", check) == findings("葛\U000e0100一", check) == [("name.chosen_form", "error")]
    assert findings("\uf92c一", check) == [("name.compatible_form", "warning")]
    assert findings("\ufa0e一", check) == findings("㛃䶮𬱖〇", check) == [], "some of that block have no twin"


def test_print_cannot_tell_twins_apart_and_so_no_reading_does() -> None:
    assert spelling.usual("\uf92c一") == "郎一"
    assert spelling.usual("\ufa0e") == "\ufa0e"
