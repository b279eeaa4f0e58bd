"""The outbox towards a real province over loopback HTTP."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from db import attachments, cases, journal
from tests.sandbox.process import TOKEN, Sandbox

from .conftest import LARGE, SMALL, Hall, said_by


def test_a_due_case_is_sent_with_its_evidence_and_then_in_progress(hall: Hall, province: Sandbox) -> None:
    case_uuid = hall.accept((SMALL, LARGE))

    done = hall.sender.round()

    assert (done.sent, done.refused, done.put_off, done.halted) == (1, 0, 0, "")
    [filed] = said_by(province, case_uuid)
    assert (filed["status"], filed["missing"], filed["evidence"]) == ("accepted", [], 2)
    row, case = hall.row(case_uuid), hall.case(case_uuid)
    assert (row.state, row.receipt) == ("sent", filed["receipt_no"])
    assert (case.status, case.platform_receipt) == ("in_progress", filed["receipt_no"])
    assert hall.states(case_uuid) == {"m_birth_cert": "pushed", "m_hukou": "waiting", "m_medins": "waiting",
                                      "m_ssc": "not_selected"}
    with hall.store.reading() as tx:
        assert [row.what for row in journal.for_case(tx, case_uuid)] == ["case.sent"]
    assert hall.sender.round().sent == 0


def test_the_bytes_the_province_holds_are_the_bytes_that_were_captured(hall: Hall, province: Sandbox) -> None:
    case_uuid = hall.accept((SMALL, LARGE, SMALL))
    hall.sender.round()
    kept = {path.read_bytes() for path in (province.data / "evidence" / case_uuid).iterdir()}
    assert kept == {SMALL, LARGE}


def test_offline_the_case_waits_and_goes_out_when_the_province_starts(
        hall_at: Callable[[str], Hall], mortal_province: Sandbox) -> None:
    hall = hall_at(mortal_province.url)
    mortal_province.stop()
    case_uuid = hall.accept()

    away = hall.sender.round()

    assert away.halted == "platform.unreachable"
    row = hall.row(case_uuid)
    assert (row.state, row.attempts, row.last_error) == ("waiting", 1, "platform.unreachable")
    assert hall.case(case_uuid).status == "accepted"
    mortal_province.start()
    hall.make_due(case_uuid)
    assert hall.sender.round().sent == 1
    assert len(said_by(mortal_province, case_uuid)) == 1


@pytest.mark.parametrize("phase", ["announce", "evidence", "complete"])
def test_an_answer_lost_in_any_phase_leaves_one_case_and_one_receipt(hall: Hall, province: Sandbox, phase: str) -> None:
    case_uuid = hall.accept((SMALL, LARGE))
    province.switch(lose_answers=1, lose_answers_of=phase)

    first = hall.sender.round()
    hall.make_due(case_uuid)
    hall.sender.round()

    assert first.put_off == (0 if phase == "evidence" else 1)   # a piece goes on by itself
    [filed] = said_by(province, case_uuid)
    assert filed["status"] == "accepted"
    assert (hall.row(case_uuid).state, hall.row(case_uuid).receipt) == ("sent", filed["receipt_no"])


def test_a_receipt_whose_answer_was_lost_is_asked_for_and_nothing_is_sent_again(hall: Hall, province: Sandbox) -> None:
    case_uuid = hall.accept()
    province.switch(lose_answers=1, lose_answers_of="complete")
    hall.sender.round()
    assert hall.row(case_uuid).last_error == "platform.no_answer"
    before = province.requests()

    hall.make_due(case_uuid)
    hall.sender.round()

    after = province.requests()
    assert {kind: after[kind] - before.get(kind, 0) for kind in after if after[kind] != before.get(kind, 0)} == {
        "GET query": 1}
    assert hall.row(case_uuid).state == "sent"


@pytest.mark.parametrize("body", ["portal", "other_case", "not_json", "list", "huge", "deep"])
def test_a_wrong_answer_with_status_200_never_counts_as_sent(hall: Hall, province: Sandbox, body: str) -> None:
    case_uuid = hall.accept()
    province.switch(wrong_body=body)

    done = hall.sender.round()

    assert done.sent == 0
    row = hall.row(case_uuid)
    assert (row.state, row.receipt) == ("waiting", None)
    assert row.last_error in {"platform.not_the_platform", "platform.bad_answer"}
    assert hall.case(case_uuid).status == "accepted"
    province.switch()
    hall.make_due(case_uuid)
    assert hall.sender.round().sent == 1
    assert len(said_by(province, case_uuid)) == 1


def test_a_refused_case_comes_back_with_the_reason_and_goes_out_again_corrected(hall: Hall, province: Sandbox) -> None:
    case_uuid = hall.accept()
    province.switch(refuse={"case_uuid": case_uuid, "reason": "结婚证照片无法辨认。"})

    assert hall.sender.round().refused == 1

    row, case = hall.row(case_uuid), hall.case(case_uuid)
    assert (row.state, row.last_error, row.last_detail) == ("refused", "platform.refused", "结婚证照片无法辨认。")
    assert (case.status, case.return_reason) == ("returned", "结婚证照片无法辨认。")
    province.switch()
    hall.accept((LARGE,), revision=2, case_uuid=case_uuid)
    assert hall.sender.round().sent == 1
    assert [one["status"] for one in said_by(province, case_uuid)] == ["refused", "accepted"]
    assert (hall.case(case_uuid).status, hall.case(case_uuid).return_reason) == ("in_progress", "")


def test_a_poison_case_does_not_hold_up_the_others(hall: Hall, province: Sandbox) -> None:
    first, poison, last = hall.accept(), hall.accept((SMALL, LARGE)), hall.accept()
    province.switch(refuse={"case_uuid": poison})

    done = hall.sender.round()

    assert (done.sent, done.refused) == (2, 1)
    assert [hall.row(one).state for one in (first, poison, last)] == ["sent", "refused", "sent"]


def test_a_damaged_scan_is_never_sent_and_asks_for_a_person(hall: Hall, province: Sandbox) -> None:
    good, case_uuid = hall.accept(), hall.accept((LARGE,))
    [scan] = [path for path in (hall.store.path.parent / "attachments").iterdir() if path.stat().st_size > 10_000]
    scan.write_bytes(scan.read_bytes()[:-1] + b"\x00")

    done = hall.sender.round()

    assert (done.sent, done.refused) == (1, 1)
    assert (hall.row(case_uuid).state, hall.row(case_uuid).last_error) == ("refused", "evidence.damaged")
    assert said_by(province, case_uuid)[0]["status"] == "announced"
    assert hall.row(good).state == "sent"


def test_a_terminal_that_may_not_send_stops_at_the_first_case_and_says_why(hall: Hall, province: Sandbox) -> None:
    one, two = hall.accept(), hall.accept()
    province.switch(unauthorised=True)

    done = hall.sender.round()

    assert done.halted == "platform.not_allowed"
    assert (hall.row(one).last_error, hall.row(two).attempts) == ("platform.not_allowed", 0)


def test_a_busy_province_is_left_alone_as_long_as_it_asks(hall: Hall, province: Sandbox) -> None:
    case_uuid = hall.accept()
    province.switch(too_many=1, retry_after_s=120)

    done = hall.sender.round()

    assert (done.halted, done.retry_after) == ("platform.busy", 120)
    assert (hall.row(case_uuid).next_at - hall.now).total_seconds() == 120


def test_the_same_key_with_another_body_is_a_matter_for_a_person(hall: Hall, province: Sandbox) -> None:
    case_uuid = hall.accept()
    hall.sender.round()
    row = hall.row(case_uuid)
    with hall.store.transaction() as tx:   # as after a fault that restored an older store
        cases.update(tx, case_uuid, hall.now, status="accepted")
        tx.session.connection().exec_driver_sql(
            "UPDATE outbox SET state = 'waiting', body = replace(body, '陈一禾', '陈一木') WHERE outbox_id = ?",
            (row.outbox_id,))

    assert hall.sender.round().refused == 1

    assert (hall.row(case_uuid).state, hall.row(case_uuid).last_error) == ("refused", "platform.key_reused")
    assert hall.case(case_uuid).status == "accepted"   # the province did not refuse the case


def test_a_line_that_breaks_within_a_large_piece_goes_on_where_it_broke(hall: Hall, province: Sandbox) -> None:
    case_uuid = hall.accept((LARGE,))
    province.switch(lose_answers=3, lose_answers_of="evidence")

    assert hall.sender.round().sent == 1

    [path] = (province.data / "evidence" / case_uuid).iterdir()
    assert path.read_bytes() == LARGE


KILLED = """
import sys, os, signal
from datetime import UTC, datetime
from pathlib import Path
from db.store import Store
from desktop.sync.platform_client import PlatformClient
from desktop.sync.sender import Sender
url, terminal, token, home, request = sys.argv[1:]
store = Store.open(Path(home), bytes(range(32)))
client, asked = PlatformClient(url, terminal, token), 0
ask = client._ask
def counted(*args, **more):
    global asked
    asked += 1
    answer = ask(*args, **more)
    if asked == int(request):
        os.kill(os.getpid(), signal.SIGKILL)   # the province has done its part, we know nothing of it
    return answer
client._ask = counted
Sender(store, client, lambda: datetime(2026, 11, 22, 3, tzinfo=UTC)).round()
"""


@pytest.mark.parametrize("request_number", [4, 6])
def test_killed_between_any_two_phases_the_next_start_finishes_the_same_case(
        hall: Hall, province: Sandbox, request_number: int) -> None:
    """Requests: announce, (PUT small | HEAD + 3 PATCH), complete."""
    case_uuid = hall.accept((SMALL, LARGE))
    killed = subprocess.run([sys.executable, "-c", KILLED, hall.url, hall.terminal, TOKEN, str(hall.store.path),
                             str(request_number)], check=False, cwd=Path(__file__).parents[2])
    assert killed.returncode == -signal.SIGKILL
    assert hall.row(case_uuid).state == "waiting"

    assert hall.sender.round().sent == 1

    [filed] = said_by(province, case_uuid)
    assert filed["status"] == "accepted"
    assert {path.read_bytes() for path in (province.data / "evidence" / case_uuid).iterdir()} == {SMALL, LARGE}


def test_a_killed_province_still_knows_everything(hall_at: Callable[[str], Hall], mortal_province: Sandbox) -> None:
    hall = hall_at(mortal_province.url)
    case_uuid = hall.accept((SMALL, LARGE))
    hall.sender.round()
    receipt = hall.row(case_uuid).receipt

    mortal_province.kill()
    mortal_province.start()   # longer than the departments need

    [filed] = said_by(mortal_province, case_uuid)
    assert (filed["receipt_no"], filed["missing"]) == (receipt, [])
    hall.puller.pull()
    assert hall.case(case_uuid).status == "finished"


def test_an_unreadable_row_is_handed_to_a_person_and_the_next_one_goes_out(hall: Hall) -> None:
    broken, good = hall.accept(), hall.accept()
    with hall.store.transaction() as tx:
        tx.session.connection().exec_driver_sql("UPDATE outbox SET body = '{}' WHERE case_uuid = ?", (broken,))

    done = hall.sender.round()

    assert (done.sent, done.refused) == (1, 1)
    assert hall.row(broken).last_error == "platform.unsendable"
    assert hall.row(good).state == "sent"


def test_evidence_is_read_from_the_store_again_for_every_try(hall: Hall, province: Sandbox) -> None:
    case_uuid = hall.accept((SMALL,))
    province.switch(lose_answers=1, lose_answers_of="announce")
    hall.sender.round()
    with hall.store.reading() as tx:
        assert attachments.get(tx, next(iter(said_by(province, case_uuid)[0]["missing"]))) == SMALL  # type: ignore[call-overload]
    hall.make_due(case_uuid)
    assert hall.sender.round().sent == 1
