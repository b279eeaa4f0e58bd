"""A pack file with a mistake is told where, and never read half; versions, differences, schema."""

import tomllib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain import pack_text, themes
from desktop.domain.pack_check import CARD_KEYS, PAPER_KEYS
from desktop.domain.themes import PackError, ThemePack, diff, in_force, json_schema, parse_pack
from desktop.recognition.reading import DOC_TYPES
from tests.domain import made_up
from tests.domain.conftest import PACK, PACK_FILE

TEXT = PACK_FILE.read_text("utf-8")
LINES = TEXT.splitlines()


def mistakes_in(text: str) -> list[themes.Mistake]:
    with pytest.raises(PackError) as caught:
        parse_pack(text, "county.toml")
    return list(caught.value.mistakes)


def changed(old: str, new: str) -> list[themes.Mistake]:
    assert TEXT.count(old) >= 1, old
    return mistakes_in(TEXT.replace(old, new, 1))


def line_of(fragment: str, text: str = TEXT) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if fragment in line)


KEY_LINES = [number for number, line in enumerate(LINES) if " = " in line and not line.startswith(("#", " "))]
HEADER_LINES = [number for number, line in enumerate(LINES) if line.startswith("[")]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(KEY_LINES))
def test_a_misspelt_key_is_reported_at_its_line_wherever_it_stands(number: int) -> None:
    lines = list(LINES)
    lines[number] = "zz" + lines[number]
    found = mistakes_in("\n".join(lines))
    assert any(mistake.line == number + 1 and mistake.origin == "county.toml" for mistake in found)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(HEADER_LINES))
def test_a_misspelt_table_is_reported_and_never_silently_dropped(number: int) -> None:
    lines = list(LINES)
    lines[number] = lines[number].replace("[[", "[[zz").replace("[zz[", "[[") if "[[" in lines[number] else "[zz" + lines[number][1:]
    assert mistakes_in("\n".join(lines))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(KEY_LINES), st.sampled_from(['"不存在"', "7", "[]", "true", "{ a = 1 }", '""']))
def test_whatever_stands_behind_a_key_the_answer_is_a_pack_or_its_mistakes(number: int, value: str) -> None:
    lines = list(LINES)
    lines[number] = lines[number].partition(" = ")[0] + f" = {value}"
    try:
        pack: ThemePack | None = parse_pack("\n".join(lines), "county.toml")
        told: tuple[themes.Mistake, ...] = ()
    except PackError as error:
        pack, told = None, error.mistakes
    assert pack or (told and all(mistake.expected for mistake in told))


@pytest.mark.parametrize("missing", ["title", "limit", "fee", "sections", "matters", "region"])
def test_a_missing_part_is_named(missing: str) -> None:
    tables = tomllib.loads(TEXT)
    del tables[missing]
    with pytest.raises(Exception, match=missing):
        ThemePack.model_validate(tables)


def test_a_missing_key_is_reported_at_its_tables_header() -> None:
    found = changed('id = "m_hukou"\nname = "户口登记"\n', 'id = "m_hukou"\n')
    assert [(mistake.path, mistake.line) for mistake in found] == [("matters[2].name", line_of('id = "m_hukou"') - 1)]
    assert "must be given" in found[0].expected


def test_text_that_is_no_toml_is_reported_with_its_line() -> None:
    found = mistakes_in("id = \n")
    assert found[0].line == 1
    assert "TOML" in found[0].expected


@pytest.mark.parametrize(("old", "new", "path", "word"), [
    ('clause = "limit"', 'clause = "limits"', "limit.clause", "clause"),
    ('department = "police"', 'department = "polize"', "matters[2].department", "department"),
    ('prerequisites = ["m_birth_cert"]', 'prerequisites = ["m_birth"]', "matters[2].prerequisites[0]", "matter"),
    ('prerequisites = ["m_birth_cert"]', 'prerequisites = ["m_ssc"]', "matters[2].prerequisites", "circle"),
    ('when = "birth_in_province &&', 'when = "born_in_province &&', "conditions[0].when", "born_in_province"),
    ('applied_on) <= 30"', 'applied_on) <= 30 &&"', "conditions[0].when", "CEL"),
    ('when = "birth_in_province && working_days_between', 'when = "birth_in_province && working_day_between', "conditions[0].when",
     "working_day_between"),
    ('start = "newborn_birth_date"', 'start = "newborn_birthday"', "deadlines[0].start", "newborn_birthday"),
    ('checks = ["mobile_or_landline"]', 'checks = ["mobile"]', "sections[0].fields[4].checks[0]", "mobile"),
    ('checks = ["not_before(newborn_id_valid_from)"]', 'checks = ["not_before"]', "sections[1].fields[9].checks[0]", "compares"),
    ('"chip:applicant.type"', '"card:applicant.type"', "sections[0].fields[0].sources[0]", "chip:<role>.<key>"),
    ('"chip:applicant.type"', '"chip:uncle.type"', "sections[0].fields[0].sources[0]", "chip:<role>.<key>"),
    ('"chip:applicant.type"', '"derive:nobody"', "sections[0].fields[0].sources[0]", "nobody"),
    ('"copy:medins_region"', '"copy:medins"', "sections[3].fields[1].sources[0]", "copy:<key>"),
    ('"lookup:only_bank(ssc_issue_region)"', '"lookup:bank(ssc_issue_region)"', "sections[3].fields[2].sources[0]", "lookup"),
    ('"push:m_hukou.newborn_id_no"', '"push:m_house.newborn_id_no"', "sections[1].fields[5].sources[0]", "push"),
    ('codeset = "id_type"', 'codeset = "idtype"', "sections[0].fields[0].codeset", "id_type"),
    ('doc_type = "marriage_certificate"', 'doc_type = "marriage"', "materials[4].slots[0].doc_type", "marriage_certificate"),
    ('greeting_fields = ["newborn_birth_date"]', 'greeting_fields = ["birth"]', "greeting_fields[0]", "field"),
    ('\nkey = "applicant_name"', '\nkey = "applicant_id_no"', "sections[0].fields[1].key", "taken"),
    ("working_days = 6", "working_days = 0", "limit.working_days", "at least 1"),
])
def test_what_does_not_fit_together_is_told_with_its_place(old: str, new: str, path: str, word: str) -> None:
    found = changed(old, new)
    hit = [mistake for mistake in found if mistake.path == path]
    assert hit, found
    assert word in hit[0].expected
    assert hit[0].line is not None
    assert str(hit[0]).startswith("county.toml:")


def test_a_mistake_inside_a_field_points_at_the_fields_own_line() -> None:
    found = changed('"push:m_hukou.newborn_id_no"', '"push:m_house.newborn_id_no"')
    assert found[0].line == line_of('sources = ["push:m_hukou.newborn_id_no"]')


def test_names_inside_a_long_text_are_no_keys() -> None:
    places = pack_text.lines_of('a = """\nb = 1\n[c]\n"""\n[d]\ne = 1\n')
    assert places[("d", "e")] == 6
    assert ("b",) not in places
    assert ("c",) not in places


@pytest.mark.parametrize(("old", "new", "path"), [
    ("[[materials.slots]]", "[[material.slots]]", "material"), ("[[materials.slots]]", "[[materials.slot]]", "materials[0].slot"),
    ("[[sections.fields]]", "[[sections.feilds]]", "sections[0].feilds"), ("[limit]", "[limits]", "limits"),
    ("[[clauses]]", "[[clause]]", "clause"),
])
def test_a_misspelt_header_is_told_at_its_own_line(old: str, new: str, path: str) -> None:
    hit = [mistake for mistake in changed(f"\n{old}\n", f"\n{new}\n") if mistake.path == path]
    assert [mistake.line for mistake in hit] == [TEXT[:TEXT.index(f"\n{old}\n")].count("\n") + 2]


def test_a_list_whose_every_header_is_misspelt_is_told_at_the_first() -> None:
    text = TEXT.replace("[[conditions]]", "[[condition]]")
    with pytest.raises(PackError) as caught:
        parse_pack(text, "county.toml")
    lines = {mistake.path: mistake.line for mistake in caught.value.mistakes}
    assert lines["condition"] == text[:text.index("[[condition]]")].count("\n") + 1


def test_quoted_dotted_keys_and_lists_over_several_lines_have_their_places() -> None:
    places = pack_text.lines_of('[[a]]\nb."次.年" = "x"\nc = [\n  ["d"]\n]\n\'e f\' = 1\n["g.h"]\ni.j = 2 # [\n')
    assert places == {(): 1, ("a",): 1, ("a", 0): 1, ("a", 0, "b"): 2, ("a", 0, "b", "次.年"): 2, ("a", 0, "c"): 3, ("a", 0, "e f"): 6,
                      ("g.h",): 7, ("g.h", "i"): 8, ("g.h", "i", "j"): 8}


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert parse_pack("\ufeff" + TEXT, "x") == PACK


@pytest.mark.parametrize("depth", [200, 2_000, 100_000])
@pytest.mark.parametrize("key", ["a", "id", "clauses"])
def test_a_list_nested_without_end_is_a_mistake_and_no_crash(depth: int, key: str) -> None:
    with pytest.raises(PackError):
        parse_pack(f"{key} = {'[' * depth}{']' * depth}\n", "x")


def test_every_kind_of_paper_recognition_knows_may_be_asked_for() -> None:
    assert tuple(PAPER_KEYS) == DOC_TYPES
    assert "number" in CARD_KEYS


def test_the_version_in_force_is_the_one_that_took_effect_last() -> None:
    first = PACK.model_copy(update={"version": "v0", "effective_from": date(2022, 1, 1), "effective_to": date(2026, 12, 31)})
    later = PACK.model_copy(update={"version": "v9", "effective_from": date(2027, 1, 1)})
    packs = (first, PACK, later)
    assert [pack.version for pack in in_force(packs, date(2022, 6, 1))] == ["v0"]
    assert [pack.version for pack in in_force(packs, date(2026, 11, 22))] == ["2023"]
    assert [pack.version for pack in in_force(packs, date(2027, 1, 1))] == ["v9"]
    assert in_force(packs, date(2020, 1, 1)) == ()


def test_a_difference_names_the_part_and_both_wordings() -> None:
    newer = parse_pack(TEXT.replace('label = "职业"', 'label = "职业类别"').replace("working_days = 6", "working_days = 5"), "x")
    assert [(change.path, change.before, change.after) for change in diff(PACK, newer)] == [
        ("sections[newborn].fields[newborn_occupation].label", "职业", "职业类别"), ("limit.working_days", "6", "5")]


def test_a_part_that_is_gone_and_a_part_that_is_new_are_told_as_such() -> None:
    fewer = PACK.model_copy(update={"materials": PACK.materials[:-1]})
    gone, new = diff(PACK, fewer), diff(fewer, PACK)
    assert [(change.path, change.before, change.after) for change in gone] == [("materials[mat_hukou]", "落户方户口簿", None)]
    assert new[0].after == "落户方户口簿"
    assert diff(PACK, PACK) == ()


def test_the_schema_tells_an_editor_the_keys_of_a_field() -> None:
    schema = json_schema()
    assert "show_when" in schema["$defs"]["Field"]["properties"]
    assert schema["additionalProperties"] is False


# --- the change note

def notes(old: str, new: str) -> tuple[str, ...]:
    assert old in TEXT, old
    return themes.change_note(diff(PACK, parse_pack(TEXT.replace(old, new, 1), "x")))


@pytest.mark.parametrize(("old", "new", "told"), [
    ('label = "籍贯省市区"', 'label = "籍贯省市县"', "字段“籍贯省市区”→“籍贯省市县”"),
    ("working_days = 6", "working_days = 5", "承诺时限的工作日数：“6”改为“5”"),
    ('options = ["自领", "邮寄"]', 'options = ["自领", "上门"]', "送达“社会保障卡”的方式：增加“上门”；去掉“邮寄”"),
    ('prerequisites = ["m_birth_cert"]', "prerequisites = []", "事项“户口登记”的前置事项：不再写明（原为“《出生医学证明》签发”）"),
    ("when = \"applicant_role != '母亲'\"", "when = \"applicant_role == '其他'\"",
     "材料“办理《出生医学证明》授权委托书”的何时：“‘申领人是新生儿的’不是‘母亲’”改为“‘申领人是新生儿的’是‘其他’”"),
])
def test_a_change_is_told_in_a_sentence_that_names_the_part_as_printed(old: str, new: str, told: str) -> None:
    assert notes(old, new) == (told,)


def test_a_part_that_stands_elsewhere_is_told_as_moved_and_the_others_are_not() -> None:
    materials = (PACK.materials[5], *PACK.materials[:5])
    changes = diff(PACK, PACK.model_copy(update={"materials": materials}))
    assert [(change.path, change.title) for change in changes] == [
        ("materials[mat_hukou].position", "材料“落户方户口簿”：移到最前")]
    assert changes[0].before == "“《结婚证》”之后"


def test_the_note_leaves_out_how_the_screen_looks_and_tells_a_reworded_condition_once() -> None:
    assert notes('width = "full"', 'width = "half"') == ()
    text = TEXT.replace("随父或随母落家庭户。", "随父或随母落户。")
    told = [line for line in themes.change_note(diff(PACK, parse_pack(text, "x"))) if "落家庭户" in line]
    assert len(told) == 1
    assert told[0].startswith("办理条件“")


# --- what a county switches

def test_a_county_may_switch_a_prerequisite_off_and_waive_a_paper() -> None:
    eased = themes.switched(made_up.PACK, ["insure_first"])
    seen = made_up.look(eased)
    assert seen.order == (("m_register", "m_medins"), ("m_fund",))
    lease = seen.materials[2]
    assert (lease.required, lease.skipped) == (False, "新规允许先参保")
    assert made_up.look().order == (("m_register",), ("m_medins", "m_fund"))
    assert themes.switched(made_up.PACK, ()) is made_up.PACK


def test_a_switch_the_pack_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing_such"):
        themes.switched(made_up.PACK, ["nothing_such"])


def test_a_switch_may_spare_one_matter_a_paper_that_others_still_ask_for() -> None:
    text = made_up.TEXT.replace('waives = ["mat_lease"]', 'spares = [["mat_id", "m_fund"], ["mat_lease", "m_register"]]')
    eased = themes.switched(parse_pack(text, "x"), ["insure_first"])
    assert eased.materials[0].used_by == ("m_register", "m_medins")
    assert [state.required for state in made_up.look(eased).materials] == [True, False, False]
