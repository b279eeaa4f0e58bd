"""`oncedesk themes …`: packs as JSON under stable keys."""

import json
from pathlib import Path

import pytest

from desktop.shelf import RESOURCES
from tests.cli.conftest import Command

PACK = Path(__file__).resolve().parents[2] / "resources" / "themes" / "hebei-newborn" / "2023.toml"
ANSWERS = {"birth_in_province": True, "married_at_birth": True, "parents_in_province": True, "same_ethnicity": True,
           "newborn_birth_date": "2026-11-16", "applicant_role": "母亲", "settle_follow": "父亲"}


def test_list_names_every_pack_and_says_which_is_in_force(oncedesk: Command, tmp_path: Path) -> None:
    told = oncedesk("themes", "list", "--json", "--home", tmp_path)
    assert told.status == 0
    (row,) = [row for row in told.document if (row["id"], row["version"]) == ("hebei-newborn", "2023")]
    assert set(row) == {"id", "version", "title", "region", "effective_from", "effective_to", "in_force"}
    assert (row["region"], row["in_force"]) == ("130000", True)
    (earlier,) = [row for row in told.document if (row["id"], row["version"]) == ("hebei-newborn", "2022")]
    assert (earlier["effective_to"], earlier["in_force"]) == ("2022-12-31", False)


def test_show_gives_the_pack_under_the_keys_of_the_design(oncedesk: Command, tmp_path: Path) -> None:
    told = oncedesk("themes", "show", "hebei-newborn@2023", "--json", "--home", tmp_path)
    pack = told.document
    assert told.status == 0
    assert "户口登记" in "".join(matter["name"] for matter in pack["matters"])
    assert all(material["name"] for material in pack["materials"])
    assert all(rule["text"] for rule in (*pack["conditions"], *pack["exclusions"]))
    assert pack["conditions"]
    assert isinstance(pack["exclusions"], list)
    for section in pack["sections"]:
        assert section["title"]
        for field in section["fields"]:
            assert {"key", "label", "type", "required", "choices", "sources"} <= set(field)
            assert isinstance(field["choices"], list)
            assert isinstance(field["sources"], list)
    assert pack["limit"]["working_days"] > 0
    assert isinstance(pack["limit"]["excluded"], list)
    assert all(clause["id"] and clause["text"] for clause in pack["clauses"])
    assert all(paper["title"] for paper in pack["papers"])


def test_show_keeps_what_can_be_put_right_apart_from_the_printed_conditions(oncedesk: Command, tmp_path: Path) -> None:
    pack = oncedesk("themes", "show", "hebei-death", "--json", "--home", tmp_path).document
    assert [rule["id"] for rule in pack["conditions"]] == ["c1", "c2", "c3", "c4"]
    assert [rule["text"] for rule in pack["conditions_elsewhere"]] == ["代办人与公积金、医保待遇、养老保险个人账户、遗属待遇提取人应一致"]


def test_show_without_a_version_takes_the_one_in_force(oncedesk: Command, tmp_path: Path) -> None:
    assert oncedesk("themes", "show", "hebei-newborn", "--json", "--home", tmp_path).document["version"] == "2023"


@pytest.mark.parametrize("name", ["nowhere", "hebei-newborn@1999"])
def test_a_pack_nobody_has_is_a_sentence_and_status_2(oncedesk: Command, tmp_path: Path, name: str) -> None:
    told = oncedesk("themes", "show", name, "--json", "--home", tmp_path)
    assert (told.status, told.out) == (2, "")
    assert name in told.err


def test_check_finds_nothing_wrong_with_what_ships(oncedesk: Command, tmp_path: Path) -> None:
    told = oncedesk("themes", "check", "--json", "--home", tmp_path)
    assert told.status == 0
    assert all(row["ok"] for row in told.document)


def test_check_names_the_file_and_the_key_of_a_mistake(oncedesk: Command, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text(PACK.read_text("utf-8").replace("working_days = ", 'working_days = "soon" # ', 1), "utf-8")
    told = oncedesk("themes", "check", broken, PACK, "--json", "--home", tmp_path)
    assert told.status == 1
    assert [row["ok"] for row in told.document] == [False, True]
    assert "working_days" in json.dumps(told.document[0]["mistakes"])
    assert "broken.toml" in told.err


def test_a_broken_pack_in_the_home_is_named_and_the_others_stay(oncedesk: Command, tmp_path: Path) -> None:
    (tmp_path / "themes" / "county").mkdir(parents=True)
    (tmp_path / "themes" / "county" / "1.toml").write_text("id = 1")
    told = oncedesk("themes", "list", "--json", "--home", tmp_path)
    assert told.status == 1
    assert "hebei-newborn" in [row["id"] for row in told.document]
    assert "1.toml" in told.err


def test_diff_shows_what_a_county_s_new_version_changes_and_nothing_between_equals(oncedesk: Command, tmp_path: Path) -> None:
    (tmp_path / "themes" / "hebei-newborn").mkdir(parents=True)
    text = PACK.read_text("utf-8").replace('version = "2023"', 'version = "2027"', 1)
    days = next(line for line in text.splitlines() if line.startswith("working_days = "))
    (tmp_path / "themes" / "hebei-newborn" / "2027.toml").write_text(text.replace(days, "working_days = 7", 1), "utf-8")
    told = oncedesk("themes", "diff", "hebei-newborn@2023", "hebei-newborn@2027", "--json", "--home", tmp_path)
    assert told.status == 0
    assert "working_days" in told.out
    assert oncedesk("themes", "diff", "hebei-newborn@2023", "hebei-newborn@2023", "--json", "--home", tmp_path).document == []


def test_schema_is_one_json_schema(oncedesk: Command, tmp_path: Path) -> None:
    schema = oncedesk("themes", "schema", "--json", "--home", tmp_path).document
    assert {"properties", "required"} <= set(schema)
    assert "matters" in schema["properties"]


def test_evaluate_tells_eligibility_materials_clock_order_and_papers(oncedesk: Command, tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(ANSWERS))
    told = oncedesk("themes", "evaluate", "hebei-newborn", "--answers", answers, "--on", "2026-11-23", "--json", "--home", tmp_path)
    document = told.document
    assert told.status == {"yes": 0, "no": 1, "unknown": 1}[document["eligibility"]]
    assert {"conditions", "exclusions", "problems", "materials", "clocks", "order", "papers"} <= set(document)
    limit = next(clock for clock in document["clocks"] if clock["id"] == "limit")
    assert limit["due"] > "2026-11-23"
    assert limit["days"]
    assert limit["days"][-1]["day"] == limit["due"]
    assert any(material["required"] for material in document["materials"])


def test_evaluate_says_no_with_status_1_when_a_condition_is_not_met(oncedesk: Command, tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({**ANSWERS, "birth_in_province": False}))
    told = oncedesk("themes", "evaluate", "hebei-newborn", "--answers", answers, "--on", "2026-11-23", "--json", "--home", tmp_path)
    assert (told.status, told.document["eligibility"]) == (1, "no")


@pytest.mark.parametrize("written", ["[]", "{", '{"no_such_key": "1"}'])
def test_answers_that_are_none_are_refused_in_a_sentence(oncedesk: Command, tmp_path: Path, written: str) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(written)
    told = oncedesk("themes", "evaluate", "hebei-newborn", "--answers", answers, "--home", tmp_path)
    assert (told.status, told.out) == (2, "")
    assert "answers.json" in told.err


def test_check_knows_the_code_lists_too(oncedesk: Command, tmp_path: Path) -> None:
    file = tmp_path / "newborn.toml"
    text = (RESOURCES / "themes/hebei-newborn/2023.toml").read_text("utf-8")
    file.write_text(text.replace('"default:居民身份证"', '"default:居民身份卡"'), "utf-8")
    told = oncedesk("themes", "check", file, "--json", "--home", tmp_path)
    assert told.status == 1
    assert "居民身份卡" in told.document[0]["mistakes"][0]["expected"]
