"""Progress of a real province back into the case."""

import random
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from db import cases, progress
from db.records import AnswerRecord
from desktop.sync.platform_client import PlatformError
from tests.sandbox.process import Sandbox

from .conftest import NOW, Hall


def pull_until(hall: Hall, reached: Callable[[], bool], seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "the province did not get there in time"
        hall.puller.pull()
        time.sleep(0.02)


def answers(hall: Hall, case_uuid: str) -> dict[str, AnswerRecord]:
    with hall.store.reading() as tx:
        return {answer.key: answer for answer in cases.answers(tx, case_uuid)}


def facts(hall: Hall, case_uuid: str) -> dict[str, str]:
    with hall.store.reading() as tx:
        return {fact.name: fact.value for fact in cases.facts(tx, case_uuid)}


def sent(hall: Hall) -> str:
    case_uuid = hall.accept()
    assert hall.sender.round().sent == 1
    return case_uuid


def event(case_uuid: str, sequence: int, **other: Any) -> dict[str, Any]:
    return {"event_id": str(uuid.uuid4()), "sequence": sequence, "case_uuid": case_uuid, "matter_id": "m_birth_cert",
            "state": "in_progress", "at": "2026-11-22T03:00:00Z", "department": "卫生健康部门", "text": "正在办理",
            **other}


def test_matters_are_done_in_order_of_their_prerequisites_and_finish_the_case(hall: Hall, province: Sandbox) -> None:
    case_uuid = sent(hall)

    pull_until(hall, lambda: hall.case(case_uuid).status == "finished")

    assert {key: state for key, state in hall.states(case_uuid).items() if key != "m_ssc"} == dict.fromkeys(
        ("m_birth_cert", "m_hukou", "m_medins"), "done")
    with hall.store.reading() as tx:
        order = [(one.matter_id, one.state) for one in progress.events(tx, case_uuid)]
    assert order == [(matter, state) for matter in ("m_birth_cert", "m_hukou", "m_medins")
                     for state in ("acknowledged", "in_progress", "done")]
    with hall.store.reading() as tx:
        assert all(one.result_number for one in cases.matters(tx, case_uuid) if one.selected)


def test_what_departments_give_back_becomes_facts_and_answers_with_their_source(hall: Hall, province: Sandbox) -> None:
    case_uuid = sent(hall)

    pull_until(hall, lambda: hall.case(case_uuid).status == "finished")

    filled, said = answers(hall, case_uuid), facts(hall, case_uuid)
    number = filled["newborn_id_no"]
    assert (number.source, number.origin) == ("platform", "push:m_hukou.newborn_id_no")
    assert number.value == said["push:m_hukou.newborn_id_no"]
    assert (number.value[6:14], int(number.value[16]) % 2) == ("20261110", 1)   # born 2026-11-10, a boy
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = sum(int(d) * w for d, w in zip(number.value, weights, strict=False)) % 11
    assert number.value[17] == "10X98765432"[check]
    assert filled["newborn_birth_cert_no"].value == said["push:m_birth_cert.newborn_birth_cert_no"]
    assert filled["newborn_birth_cert_no"].value[1:].isdigit()


def test_repeated_and_shuffled_progress_ends_the_same_and_is_kept_once(hall: Hall, province: Sandbox) -> None:
    province.switch(repeat_progress=True, shuffle_progress=True)
    case_uuid = sent(hall)

    pull_until(hall, lambda: hall.case(case_uuid).status == "finished")
    hall.puller.pull()

    with hall.store.reading() as tx:
        assert len(progress.events(tx, case_uuid)) == 9
        assert len(cases.facts(tx, case_uuid)) == 2
    assert set(hall.states(case_uuid).values()) == {"done", "not_selected"}


@pytest.mark.parametrize("seed", range(4))
def test_a_late_event_is_noted_but_never_moves_a_matter_back(hall: Hall, province: Sandbox, seed: int) -> None:
    """Each event comes in a pull of its own, in any order: what counts is the sequence, not arrival or clock."""
    province.switch(delay_s=3600)
    case_uuid = sent(hall)
    states = ["acknowledged", "in_progress", "paused", "in_progress", "done"]
    said = [event(case_uuid, place + 1, state=state, at=f"2026-11-2{9 - place}T00:00:00Z",
                  result_number="Z-1" if state == "done" else None,
                  fields={"newborn_birth_cert_no": "Z130000001" if state == "done" else "Z139999999"}
                  if state in {"done", "acknowledged"} else {})
            for place, state in enumerate(states)]
    random.Random(seed).shuffle(said)

    for one in said:
        province.say(one)
        hall.puller.pull()

    assert hall.states(case_uuid)["m_birth_cert"] == "done"
    assert answers(hall, case_uuid)["newborn_birth_cert_no"].value == "Z130000001"
    with hall.store.reading() as tx:
        assert len(progress.events(tx, case_uuid)) == 5


def test_an_unknown_state_stays_unknown_with_its_text_and_finishes_nothing(hall: Hall, province: Sandbox) -> None:
    province.switch(delay_s=3600)
    case_uuid = sent(hall)
    province.say(event(case_uuid, 1, state="<img src=x>", text="待专家评审"))

    hall.puller.pull()

    with hall.store.reading() as tx:
        matter = cases.matters(tx, case_uuid)[0]
    assert (matter.state, matter.detail) == ("unknown", "<img src=x>：待专家评审")
    assert hall.case(case_uuid).status == "in_progress"


def test_what_a_hand_wrote_is_not_overwritten_but_the_fact_is_kept(hall: Hall, province: Sandbox) -> None:
    province.switch(delay_s=3600)
    case_uuid = sent(hall)
    with hall.store.transaction() as tx:
        cases.put_answer(tx, case_uuid, AnswerRecord("newborn_birth_cert_no", "Z130000009", "hand", 1.0, "", None, None,
                                                     "u1", NOW))
    province.say(event(case_uuid, 1, state="done", fields={"newborn_birth_cert_no": "Z130000001"}))

    hall.puller.pull()

    assert answers(hall, case_uuid)["newborn_birth_cert_no"].value == "Z130000009"
    assert facts(hall, case_uuid) == {"push:m_birth_cert.newborn_birth_cert_no": "Z130000001"}


def test_fields_nobody_asked_for_never_enter_the_form(hall: Hall, province: Sandbox) -> None:
    province.switch(delay_s=3600)
    case_uuid = sent(hall)
    province.say(event(case_uuid, 1, fields={"newborn_id_no": "from the wrong department", "applicant_name": "某某"}))

    hall.puller.pull()

    assert answers(hall, case_uuid) == {}
    assert len(facts(hall, case_uuid)) == 2


def test_events_for_unknown_cases_matters_and_broken_ones_do_not_stop_the_stream(hall: Hall, province: Sandbox) -> None:
    province.switch(delay_s=3600)
    case_uuid = sent(hall)
    province.say(event(case_uuid, 1, matter_id="m_new_in_2030"))
    province.say(event(case_uuid, 2, matter_id="m_ssc"))             # known, but not asked for
    province.say(event(case_uuid, 3, fields={"Bad Key!": "x"}))
    province.say(event(case_uuid, 4, state="acknowledged"))

    assert hall.puller.pull() == 3

    assert hall.states(case_uuid) == {"m_birth_cert": "acknowledged", "m_hukou": "waiting", "m_medins": "waiting",
                                      "m_ssc": "not_selected"}
    assert hall.puller.pull() == 0


def test_progress_that_overtakes_the_receipt_still_finishes_the_case(hall: Hall, province: Sandbox) -> None:
    province.switch(lose_answers=1, lose_answers_of="complete")
    case_uuid = hall.accept()
    hall.sender.round()
    pull_until(hall, lambda: hall.states(case_uuid)["m_medins"] == "done")
    assert hall.case(case_uuid).status == "accepted"

    hall.make_due(case_uuid)
    hall.sender.round()

    assert hall.case(case_uuid).status == "finished"


@pytest.mark.parametrize("years", [-10, 10])
def test_a_wrong_clock_of_the_province_or_of_ours_changes_nothing(hall: Hall, province: Sandbox, years: int) -> None:
    province.switch(clock_offset_s=years * 365 * 86400, delay_s=0.03)
    case_uuid = sent(hall)
    hall.now = NOW - timedelta(days=years * 365)

    pull_until(hall, lambda: hall.case(case_uuid).status == "finished")

    assert hall.row(case_uuid).state == "sent"


def test_a_page_that_fails_leaves_the_cursor_where_it_was(hall: Hall, province: Sandbox) -> None:
    case_uuid = sent(hall)
    province.switch(lose_answers=1, lose_answers_of="progress")
    with pytest.raises(PlatformError, match="no_answer"):
        hall.puller.pull()
    with hall.store.reading() as tx:
        assert progress.cursor(tx) == ""

    pull_until(hall, lambda: hall.case(case_uuid).status == "finished")


def test_many_events_come_in_several_pages(hall: Hall, province: Sandbox) -> None:
    province.switch(delay_s=0)
    sent_ones = [hall.accept() for _ in range(12)]   # 9 events each, 100 a page
    assert hall.sender.round().sent == 12
    assert hall.puller.pull() == 108
    assert {hall.case(one).status for one in sent_ones} == {"finished"}


def test_what_a_department_writes_otherwise_is_kept_in_the_one_spelling_and_is_no_news(hall: Hall, province: Sandbox) -> None:
    province.switch(delay_s=3600)
    case_uuid = sent(hall)
    province.say(event(case_uuid, 1, state="done", fields={"newborn_birth_cert_no": "Ｚ130000001\u200b"}))
    province.say(event(case_uuid, 2, state="done", fields={"newborn_birth_cert_no": "z130000001"}))

    hall.puller.pull()

    assert answers(hall, case_uuid)["newborn_birth_cert_no"].value == "Z130000001"
    assert facts(hall, case_uuid) == {"push:m_birth_cert.newborn_birth_cert_no": "Z130000001"}
    with hall.store.reading() as tx:
        assert len(cases.facts(tx, case_uuid)) == 1
