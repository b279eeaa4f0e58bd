"""The loop signs on at each connection before it sends; a PC that is not who it says sends nothing, until that is settled."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db import identity as store_identity
from db import journal
from db.store import DB_NAME, Store
from desktop.domain.hall_time import day_of
from desktop.station import identity
from desktop.sync.loop import Loop
from desktop.sync.platform_client import PlatformError
from tests.sandbox.process import Sandbox

from .conftest import Hall, said_by
from .test_loop import wait_for


def loop_of(hall: Hall, heard: Callable[..., None] = lambda _: None) -> Loop:
    """Not started: each turn is taken by hand."""
    return Loop(hall.store, hall.client, hall.signing_on, hall.sender, hall.puller, hall.clock, heard=heard)


def refusal(hall: Hall) -> str:
    """What a connection ends with, "" when it is made."""
    try:
        loop_of(hall).connect()
    except PlatformError as error:
        return error.code
    return ""


def rows(hall: Hall) -> list[str]:
    with hall.store.reading() as tx:
        return [row.what for row in journal.rows_from(tx, 1) if row.who == "station"]


@pytest.fixture
def copied(hall: Hall, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """The same window's disk copied to another PC, after it signed on once."""
    assert refusal(hall) == ""
    home = tmp_path_factory.mktemp("copy") / "home"
    shutil.copytree(hall.store.path.parent, home)
    store = Store.open(home / DB_NAME, bytes(range(32)))
    yield replace(hall, store=store)
    store.close()


def test_each_connection_signs_on_and_brings_the_provinces_time(hall: Hall) -> None:
    times: list[object] = []
    loop = loop_of(hall, times.append)
    loop.connect()
    first = identity.identity_of(hall.store.path.parent)
    loop.connect()
    second = identity.identity_of(hall.store.path.parent)
    assert len({"", first.ticket, second.ticket}) == 3
    assert (first.installation_id, first.asked) == (second.installation_id, second.asked)
    assert len(times) == 4
    assert rows(hall) == ["station.signed_on"]      # a connection is not worth a row each time


def test_a_lost_answer_is_asked_for_again_with_the_same_question(hall: Hall, province: Sandbox) -> None:
    province.switch(lose_answers=1, lose_answers_of="sign_on")
    assert refusal(hall) == "platform.no_answer"
    asked = identity.identity_of(hall.store.path.parent).asked
    assert asked
    assert [refusal(hall) for _ in range(3)] == [""] * 3


@pytest.mark.parametrize("body", ["portal", "other_case", "not_json", "list", "huge", "deep"])
def test_a_wrong_answer_is_no_sign_on(hall: Hall, province: Sandbox, body: str) -> None:
    province.switch(wrong_body=body)
    with pytest.raises(PlatformError):
        hall.client.sign_on(hall.signing_on.asking())
    province.switch()
    assert refusal(hall) == ""


def test_of_a_disk_and_its_copy_the_second_to_connect_is_told_and_sends_nothing(hall: Hall, copied: Hall, province: Sandbox) -> None:
    case_uuid = hall.accept()
    assert refusal(copied) == ""
    loop = loop_of(hall)
    loop.start()
    try:
        wait_for(lambda: loop.status().last_error == "platform.cloned")
        assert loop.status().online is True
    finally:
        assert loop.stop()
    assert said_by(province, case_uuid) == []
    assert hall.signing_on.stopped() == "platform.cloned"
    assert copied.signing_on.stopped() == ""
    assert refusal(hall) == "platform.cloned"
    assert rows(hall) == ["station.signed_on", "station.refused"]   # once, not each minute


def test_the_right_one_of_two_is_made_another_installation_and_given_the_terminal(hall: Hall, copied: Hall, province: Sandbox) -> None:
    assert [refusal(copied), refusal(hall)] == ["", "platform.cloned"]
    case_uuid = hall.accept()

    hall.signing_on.renew("u1")
    assert hall.signing_on.stopped() == "platform.cloned"           # not settled by this alone
    assert refusal(hall) == "platform.terminal_taken"
    province.take_over(hall.terminal, identity.identity_of(hall.store.path.parent).installation_id)

    assert refusal(hall) == ""
    assert hall.signing_on.stopped() == ""
    assert hall.sender.round().sent == 1
    assert len(said_by(province, case_uuid)) == 1
    assert refusal(copied) == "platform.terminal_taken"
    assert rows(hall) == ["station.signed_on", "station.refused", "station.refused", "station.signed_on"]


def test_the_other_one_may_go_on_as_another_window(hall: Hall, copied: Hall) -> None:
    with copied.store.transaction() as tx:
        for _ in range(5):
            journal.append(tx, hall.now, "u1", "case.saved")
    assert [refusal(copied), refusal(hall)] == ["", "platform.cloned"]
    hall.signing_on.renew("u1")
    hall.terminal, hall.window_code = f"{hall.terminal}-b", "998"
    hall.client.close()
    hall.client = type(hall.client)(hall.url, hall.terminal, "sandbox-token", timeout=3)
    assert hall.signing_on.stopped() == ""          # offline already: its numbers are no longer the other's
    assert refusal(hall) == ""


def test_a_window_code_in_use_is_refused_until_another_one_is_set(hall_at: Callable[[str], Hall], province: Sandbox) -> None:
    one = hall_at(province.url)
    assert refusal(one) == ""
    two = hall_at(province.url)
    identity.renewed(two.store.path.parent)         # another PC; the fixture gives both one home
    own, two.window_code = two.window_code, one.window_code
    assert refusal(two) == "platform.window_code_taken"
    assert two.signing_on.stopped() == "platform.window_code_taken"
    two.window_code = own
    assert two.signing_on.stopped() == ""
    assert refusal(two) == ""


def test_an_older_copy_put_back_is_told_and_a_restore_settles_it(hall: Hall, tmp_path: Path) -> None:
    older = tmp_path / "older.db"
    hall.store.copy_to(older)
    hall.accept()
    with hall.store.transaction() as tx:
        journal.append(tx, hall.now, "u1", "case.saved")
    assert refusal(hall) == ""
    back = Store.open(older, bytes(range(32)))
    try:
        rolled_back = replace(hall, store=back)
        (tmp_path / "station.json").replace(back.path.parent / "station.json")
        assert refusal(rolled_back) == "platform.store_behind"
        assert rolled_back.signing_on.stopped() == "platform.store_behind"
        with back.transaction() as tx:
            store_identity.leap_numbers(tx, day_of(hall.now), 36000)
        assert rolled_back.signing_on.stopped() == ""
        assert refusal(rolled_back) == ""
    finally:
        back.close()


def test_a_number_of_another_case_sends_the_case_back_to_the_window(hall: Hall, province: Sandbox) -> None:
    first, second = hall.accept(), hall.accept()
    hall.sender.round()
    with hall.store.reading() as tx:
        taken = hall.case(first).case_number
    third = hall.accept()
    with hall.store.transaction() as tx:            # as two stores with one window code give them out
        tx.session.connection().exec_driver_sql(
            "UPDATE outbox SET body = json_replace(body, '$.case_number', ?) WHERE case_uuid = ?", (taken, third))

    done = hall.sender.round()

    assert (done.sent, done.refused) == (0, 1)
    assert (hall.row(third).state, hall.row(third).last_error) == ("refused", "platform.number_taken")
    assert hall.case(third).status == "returned"
    assert "编号" in hall.case(third).return_reason
    assert said_by(province, third) == []
    assert [hall.row(one).state for one in (first, second)] == ["sent", "sent"]
