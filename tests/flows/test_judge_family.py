"""A family written down in a file: what it may say, what is told of it, and what is refused with the nearest known word."""

import json
from datetime import date
from typing import Any

import pytest

from desktop.domain.themes import parse_pack
from desktop.flows.judge_family import document, judge, read_family
from tests.domain import made_up
from tests.domain.conftest import CALENDAR, CODES

DAY = date(2026, 11, 23)


def told(**file: object) -> dict[str, Any]:
    """The document for the made-up county's complete case, with other parts of the file as given."""
    family = read_family(json.dumps({"answers": made_up.ANSWERS, "slots": list(made_up.PAGES), **file}), made_up.PACK)
    return document(family, DAY, judge(family, DAY, CALENDAR, CODES, {"region": "130529"}))


def refused(text: str) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        read_family(text, made_up.PACK)
    return str(caught.value)


def test_plain_answers_and_answers_in_their_part_are_the_same_family() -> None:
    plain = read_family(json.dumps(made_up.ANSWERS), made_up.PACK)
    parted = read_family(json.dumps({"answers": made_up.ANSWERS}), made_up.PACK)
    assert plain == parted
    assert read_family("{}", made_up.PACK).hand == {}


def test_answers_may_stand_flat_beside_the_other_parts() -> None:
    flat = read_family(json.dumps({**made_up.ANSWERS, "deselected": ["m_fund"], "accepted_on": "2026-11-20"}), made_up.PACK)
    parted = {"answers": made_up.ANSWERS, "deselected": ["m_fund"], "accepted_on": "2026-11-20"}
    assert flat == read_family(json.dumps(parted), made_up.PACK)


def test_a_family_the_theme_does_not_serve_is_told_why_and_where_to_go_and_sent_for_no_paper() -> None:
    found = told(answers={**made_up.ANSWERS, "moved_here": "false"})
    notice = found["notice"]
    assert (found["eligibility"], notice["bring"], notice["matters"], notice["due"]) == ("no", [], [], None)
    assert [(one["text"], bool(one["open_path"]), one["only_a_warning"]) for one in notice["against"]] == [
        ("搬到本县的。", True, False)]


def test_the_notice_holds_exactly_this_familys_papers_each_page_once() -> None:
    notice = told()["notice"]
    assert [(paper["name"], paper["pages"]) for paper in notice["bring"]] == [("身份证", ["搬家人身份证"]), ("租房合同", ["合同"])]
    assert notice["spared"] == [{"name": "存折", "reason": "平台已共享账户"}]
    assert [(matter["name"], matter["department"]) for matter in notice["matters"]] == [
        ("户口迁移", "公安局"), ("医保转移", "公安局"), ("公积金提取", "公积金中心")]
    assert notice["against"] == []


def test_before_an_answer_is_given_the_notice_says_which_paper_depends_on_it() -> None:
    answers = {key: value for key, value in made_up.ANSWERS.items() if key != "who_comes"}
    before, after = 'used_by = ["m_register"]\nwhen = "true"', 'used_by = ["m_register"]\nwhen = "who_comes == \'本人\'"'
    text = made_up.TEXT.replace(before, after)
    family = read_family(json.dumps(answers), parse_pack(text, "x"))
    found = document(family, DAY, judge(family, DAY, CALENDAR, CODES, {}))
    assert found["notice"]["perhaps"] == [{"name": "租房合同", "until": ["谁来办"]}]
    assert "谁来办" in found["unknown_until"]


def test_a_matter_left_out_is_told_with_clause_and_open_path() -> None:
    found = told(answers={**made_up.ANSWERS, "fund_years": "0"})
    assert found["eligibility"] == "yes"
    assert [(left["matter"], left["rule"], left["clause_text"], left["open_path"]) for left in found["left_out"]] == [
        ("m_fund", "c2", "搬家的人可以一并办理。", "满一年后到公积金中心单独提取。")]
    assert found["notice"]["against"][0]["matters"] == ["公积金提取"]
    assert found["open_paths"] == ("满一年后到公积金中心单独提取。",)


def test_clocks_of_every_kind_are_told_day_by_day() -> None:
    clocks = {clock["id"]: clock for clock in told(accepted_on="2026-11-23")["clocks"]}
    assert [(name, clock["kind"]) for name, clock in clocks.items()] == [
        ("limit", "promised"), ("m_register", "matter"), ("m_medins", "matter"), ("d1", "statutory"), ("d2", "statutory")]
    assert clocks["limit"]["due"] == date(2026, 11, 30)
    assert [(day.day.day, day.counts, day.number) for day in clocks["limit"]["days"]] == [
        (24, True, 1), (25, True, 2), (26, True, 3), (27, True, 4), (28, False, 4), (29, False, 4), (30, True, 5)]
    assert clocks["d1"]["due"] == date(2026, 12, 2)


def test_pauses_and_switches_of_the_file_count() -> None:
    found = told(pauses=[{"start": "2026-11-24", "end": None, "reason": "公示"}], switches=["insure_first"])
    assert found["clocks"][0]["due"] is None
    assert found["clocks"][0]["standing"].reason == "公示"
    assert found["order"] == (("m_register", "m_medins"), ("m_fund",))


def test_facts_fill_what_was_not_answered() -> None:
    answers = {key: value for key, value in made_up.ANSWERS.items() if key != "mover_name"}
    assert told(answers=answers, facts={"chip:mover.name": "林晓月"})["answers"]["mover_name"] == "林晓月"


@pytest.mark.parametrize(("file", "near"), [
    ({"who_come": "本人"}, "who_comes"), ({"answers": {}, "slot": []}, "slots"), ({"answers": {}, "slots": ["other.leas"]}, "other.lease"),
    ({"facts": {"chip:mover.nam": "x"}}, "chip:mover.name"), ({"facts": {"chip:applicant.name": "x"}}, "er.name"),
    ({"deselected": ["m_fond"]}, "m_fund"), ({"deselected": ["公积金提取"]}, "m_fund"), ({"switches": ["insure"]}, "insure_first"),
])
def test_what_the_pack_does_not_know_is_told_with_the_nearest_it_does(file: object, near: str) -> None:
    assert near in refused(json.dumps(file))


@pytest.mark.parametrize(("text", "word"), [
    ("[]", "对象"), ("{", "JSON"), ('{"answers": 1}', "answers"), ('{"slots": "x"}', "slots"),
    ('{"accepted_on": "gestern"}', "accepted_on"),
    ('{"pauses": [{"end": "2026-01-01"}]}', "pauses"), ('{"pauses": [{"start": 20261125}]}', "20261125"),
    ('{"pauses": [{"start": "2026-11-25", "end": "2026-11-24"}]}', "2026-11-24"),
    ('{"deselected": ["m_register"]}', "必须办"), ('{"answers": {}, "pauses": 7}', "pauses"),
])
def test_a_file_of_another_shape_is_refused_in_a_sentence(text: str, word: str) -> None:
    assert word in refused(text)


def test_a_family_written_otherwise_is_judged_alike() -> None:
    """Invisible signs, widths and blanks in the file change nothing of what is told."""
    odd = {key: f"\ufeff{value}\u200b\u3000" if isinstance(value, str) else value for key, value in made_up.ANSWERS.items()}
    assert told(answers=odd) == told()
