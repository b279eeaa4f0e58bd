"""What does not fit together in a pack is told with its place: one row per key that refers to something."""

import re

import pytest

from desktop.domain import pack_words, themes
from desktop.domain.mistake_words import said
from desktop.domain.pack import MUST_BE_WRITTEN
from desktop.domain.themes import PackError, parse_pack
from tests.domain import made_up
from tests.domain.conftest import CODES

TEXT = made_up.TEXT


def mistakes_in(text: str) -> list[themes.Mistake]:
    with pytest.raises(PackError) as caught:
        parse_pack(text, "county.toml", CODES)
    return list(caught.value.mistakes)


@pytest.mark.parametrize(("old", "new", "path", "word"), [
    # people
    ('name_key = "helper_name"', 'name_key = "helpr_name"', "people[1].name_key", "helpr_name"),
    ('number_key = "helper_number"', 'number_key = "nr"', "people[1].number_key", "nr"),
    ('role = "helper"\nname', 'role = "mover"\nname', "people[1].role", "taken"),
    ('role = "applicant"', 'role = "mover"', "aliases[0].role", "taken"),
    ("when = \"who_comes == '代办人'\"", "when = \"who_came == '代办人'\"", "people[1].when", "who_came"),
    ('question = "who_comes"', 'question = "who"', "aliases[0].question", "who"),
    ('"代办人" = "helper"', '"代理人" = "helper"', "aliases[0].means", "代理人"),
    ('"代办人" = "helper"', '"代办人" = "agent"', "aliases[0].means", "agent"),
    ('phone_key = "phone"', 'phone_key = "tel"', "applicant.phone_key", "tel"),
    # matters
    ('lead_when = "abroad"', 'lead_when = "abraod"', "departments[1].lead_when", "abraod"),
    ('department = "office"\nresult', 'department = "ofice"\nresult', "matters[0].branches[0].department", "ofice"),
    ('when = "abroad"\ndepartment', 'when = "abroad =="\ndepartment', "matters[0].branches[0].when", "CEL"),
    ("working_days = 2", "working_days = 0", "matters[0].working_days", "at least 1"),
    ('prerequisites = ["m_register"]', 'prerequisites = ["m_reg"]', "matters[1].prerequisites[0]", "m_reg"),
    # rules
    ('matters = ["m_fund"]\nopen_path', 'matters = ["m_found"]\nopen_path', "conditions[1].matters[0]", "m_found"),
    ("&& 'm_fund' in matters", "&& 'm_fond' in matters", "questions[1].when", "m_fond"),
    ("who_comes == '本人' ||", "who_comes == '自己' ||", "conditions[2].when", "自己"),
    ("fund_years >= '1'", "fund_years in ['1', '3']", "conditions[1].when", "'3'"),
    ('when = "frozen"', "when = \"frozen == '是'\"", "exclusions[0].when", "without quotes"),
    ('when = "moved_here"', 'when = ""', "conditions[0].when", "CEL"),
    # questions and fields
    ('type = "choice"\nchoices = ["本人", "代办人"]', 'type = "choice"', "questions[0].choices", "choices or a codeset"),
    ('sources = ["default:false"]', 'sources = ["default:no"]', "questions[4].sources[0]", "default"),
    ("'m_fund' in matters\"\nsources = []", "'m_fund' in matters\"\nsources = [\"default:9\"]", "questions[1].sources[0]", "default"),
    ("sources = []\nchecks = []", 'sources = []\nchecks = ["digit"]', "questions[0].checks[0]", "digit"),
    ('choices = ["0", "1", "2"]', 'choices = ["0", "1", "2"]\nalone = ["0"]', "questions[5].alone[0]", "multi"),
    # who leads, what is said to whom
    ("masked = true", "masked = false", "sections[0].fields[0].masked", "who somebody is"),
    ('kind = "form"', 'kind = "receipt"', "papers", "form"),
    ('open_path = "到迁入地办理。"', 'open_path = ""', "conditions[0].open_path", "refused"),
    ('skip_when = "present(account)"\n', "", "materials[1].skip_when", "reason is given"),
    ("proposed = true\n", "", "papers[0].proposed", "reason is given"),
    ('choices = ["0", "1", "2"]', 'choices = ["0", "1", "2"]\ncodeset = "sexes"', "questions[5].codeset", "sexes"),
    ('key = "frozen"', 'key = "matters"', "questions[4].key", "word of the rules"),
    ('key = "frozen"', 'key = "is-frozen"', "questions[4].key", "small letters"),
    ('"次年" = "month(moved_on) >= 10"', '"明年" = "month(moved_on) >= 10"', "sections[0].fields[4].offered", "明年"),
    ('"次年" = "month(moved_on) >= 10"', '"次年" = "moth(moved_on) >= 10"', "sections[0].fields[4].offered.次年", "moth"),
    ('sources = ["matters:"]', 'sources = ["matters:all"]', "sections[0].fields[6].sources[0]", "nothing behind"),
    ('sources = ["matters:"]', 'sources = ["slot:other.book"]', "sections[0].fields[6].sources[0]", "slot of a material"),
    ('"push:share.account"', '"push:shared.account"', "sections[0].fields[5].sources[0]", "share"),
    ('"chip:helper.name"', '"chip:agent.name"', "sections[1].fields[0].sources[0]", "chip:<role>"),
    ('"chip:helper.name"', '"paper:id_card_front.name"', "sections[1].fields[0].sources[0]", "paper:"),
    ('"chip:helper.name"', '"paper:household_register_home.helper.head_name"', "sections[1].fields[0].sources[0]", "paper:"),
    ('"chip:helper.name"', '"paper:marriage_certificate.name"', "sections[1].fields[0].sources[0]", "paper:"),
    ('label = "账户"\ntype = "text"', 'label = "账户"\ntype = "image"', "sections[0].fields[5].slot", "signature"),
    ('label = "账户"\ntype = "text"', 'label = "账户"\ntype = "image"\nslot = "other.bankbook"', "sections[0].fields[5].slot", "bankbook"),
    ('label = "账户"\ntype = "text"', 'label = "账户"\ntype = "text"\nslot = "signature"', "sections[0].fields[5].slot", "only an image"),
    ('greeting_fields = ["moved_on"]', 'greeting_fields = ["moved_in"]', "greeting_fields[0]", "moved_in"),
    # materials
    ('role = "helper"\nlabel', 'role = "uncle"\nlabel', "materials[0].slots[1].role", "uncle"),
    ('role = "helper"\nlabel', "label", "materials[0].slots[1].role", "whose"),
    ('label = "代办人身份证"\nwhen = "who_comes', 'label = "代办人身份证"\nwhen = "who', "materials[0].slots[1].when", "who"),
    ('tag = "lease"\n', "", "materials[2].slots[0].tag", "tells this paper"),
    ('skip_reason = "平台已共享账户"\n', "", "materials[1].skip_reason", "instead"),
    ('skip_when = "present(account)"', 'skip_when = "present(acount)"', "materials[1].skip_when", "acount"),
    # clocks, switches, figures, papers
    ("months = 1\n", "", "deadlines[0]", "exactly one"),
    ("months = 1\n", "months = 1\ndays = 3\n", "deadlines[0]", "exactly one"),
    ("months = 1\n", "months = 0\n", "deadlines[0].months", "at least 1"),
    ('days = 7\nmatters = ["m_fund"]', 'days = 7\nmatters = ["m_fnd"]', "deadlines[1].matters[0]", "m_fnd"),
    ('drops = [["m_medins", "m_register"]]', 'drops = [["m_medins", "m_fund"]]', "switches[0].drops[0]", "m_medins -> m_fund"),
    ('waives = ["mat_lease"]', 'waives = ["mat_leas"]', "switches[0].waives[0]", "mat_leas"),
    ('waives = ["mat_lease"]', 'spares = [["mat_lease", "m_fund"]]', "switches[0].spares[0]", "mat_lease -> m_fund"),
    ('drops = [["m_medins", "m_register"]]\nwaives = ["mat_lease"]\n', "", "switches[0]", "drops, waives or spares"),
    ("after = 1", "after = 4", "reductions[0].after", "from 0 to 3"),
    ('before = 3\nafter = 1\nclause = "all"', 'before = 3\nafter = 1\nclause = "al"', "reductions[0].clause", "clause"),
    ('reason = "文件没有附样式"\n', "", "papers[0].reason", "proposed"),
    ("[fee]", '[pledge]\ntext = "我承诺"\nclause = "none"\n\n[fee]', "pledge.clause", "clause"),
    ('id = "d2"', 'id = "d1"', "deadlines[1].id", "taken"),
    ('code = "130529"', 'code = "1305"', "county.code", "six digits"),
    ('case_letters = "BJ"', 'case_letters = "bj"', "case_letters", "capital"),
])
def test_what_does_not_fit_together_is_told_with_its_place(old: str, new: str, path: str, word: str) -> None:
    assert old in TEXT, old
    found = mistakes_in(TEXT.replace(old, new, 1))
    hit = [mistake for mistake in found if mistake.path == path]
    assert hit, found
    assert word in hit[0].expected
    assert hit[0].line is not None


@pytest.mark.parametrize(("old", "new", "path", "word"), [
    ("working_days = 5", "working_days = true", "limit.working_days", "integer"),
    ("working_days = 5", 'working_days = "5"', "limit.working_days", "integer"),
    ("working_days = 5", "working_days = 5.0", "limit.working_days", "integer"),
    ("working_days = 5", "working_days = 60000", "limit.working_days", "at most"),
    ("effective_from = 2026-01-01", 'effective_from = "2026-01-01"', "effective_from", "date"),
    ("effective_from = 2026-01-01", "effective_from = 2026-01-01T00:00:00", "effective_from", "date"),
    ('label = "谁来办"', 'label = ""', "questions[0].label", "some text"),
    ('text = "搬到本县的。"', 'text = " "', "conditions[0].text", "some text"),
    ('id = "sample-move"', 'id = "../x"', "id", "letters"), ('version = "1"', 'version = "../1"', "version", "letters"),
    ('name = "户口迁移"', "name = 1", "matters[0].name", "string"),
    ("optional = true", 'optional = "yes"', "matters[2].optional", "boolean"),
])
def test_a_value_of_another_type_or_without_a_word_is_no_value(old: str, new: str, path: str, word: str) -> None:
    assert old in TEXT, old
    hit = [mistake for mistake in mistakes_in(TEXT.replace(old, new, 1)) if mistake.path == path]
    assert hit
    assert word in hit[0].expected
    assert re.search(r"[\u4e00-\u9fff]", said(hit[0].expected))


def test_a_key_that_decides_what_a_family_is_asked_must_stand_there() -> None:
    lines = TEXT.splitlines()
    for number, line in enumerate(lines):
        if line.partition(" = ")[0] in {key for keys in MUST_BE_WRITTEN.values() for key in keys}:
            found = mistakes_in("\n".join([*lines[:number], "", *lines[number + 1:]]))
            assert any(mistake.path.endswith(line.partition(" = ")[0]) for mistake in found), (number + 1, line)


def test_a_default_that_no_code_list_knows_is_only_found_with_the_lists_at_hand() -> None:
    text = TEXT.replace('label = "账户"\ntype = "text"\n', 'label = "账户"\ntype = "choice"\ncodeset = "nation"\n')
    text = text.replace('"push:share.account"', '"default:汉人"')
    assert [mistake.path for mistake in mistakes_in(text)] == ["sections[0].fields[5].sources[0]"]
    assert parse_pack(text, "x").by_key["account"].codeset == "nation"


def test_an_image_is_held_by_the_slot_of_a_material_or_the_signature() -> None:
    for slot in ("other.bank_book", "signature"):
        text = TEXT.replace('label = "账户"\ntype = "text"', f'label = "账户"\ntype = "image"\nslot = "{slot}"')
        assert parse_pack(text, "x", CODES).by_key["account"].type == "image"


def test_of_two_registers_each_may_be_read_as_somebodys() -> None:
    slot = ('[[materials.slots]]\ndoc_type = "household_register_home"\nrole = "helper"\nlabel = "户口簿"\nor_chip = false'
            '\nwhen = "true"\n\n[[sections]]')
    text = TEXT.replace("[[sections]]", slot, 1).replace('"chip:helper.name"', '"paper:household_register_home.helper.head_name"')
    assert parse_pack(text, "x", CODES).materials[-1].slots[-1].role == "helper"


@pytest.mark.parametrize("key", ["newest_address", "old_number"])
def test_what_was_added_to_a_chip_later_may_be_a_source(key: str) -> None:
    source = f"chip:helper.{key}"
    pack = parse_pack(TEXT.replace('"chip:helper.name"', f'"{source}"', 1), "x", CODES)
    assert any(source in question.sources for question in pack.by_key.values())
    assert pack_words.source(pack, source) != source
