"""The thread: wakes, notices that the province is back, stops clean."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from db import outbox
from desktop.station.owner import SYNC, Owned, owning
from desktop.sync.loop import Loop
from tests.sandbox.process import Sandbox

from .conftest import Hall, said_by


@contextmanager
def _alone(home: Path) -> Iterator[str]:
    """As app hands it over."""
    try:
        with owning(home, SYNC):
            yield ""
    except Owned as owned:
        yield owned.code


MakeLoop = Callable[..., Loop]


@pytest.fixture
def loop_of() -> Iterator[MakeLoop]:
    made: list[Loop] = []

    def make(hall: Hall, online_every: float = 2.0, offline_every: float = 2.0) -> Loop:
        hall.real_time = True
        made.append(Loop(hall.store, hall.client, hall.sender, hall.puller, hall.clock, online_every=online_every,
                         offline_every=offline_every))
        made[-1].start()
        return made[-1]

    yield make
    for loop in made:
        assert loop.stop()


def wait_for(reached: Callable[[], bool], seconds: float = 8) -> float:
    began = time.monotonic()
    while not reached():
        assert time.monotonic() - began < seconds, "not reached in time"
        time.sleep(0.01)
    return time.monotonic() - began


def test_started_offline_it_sends_by_itself_within_two_seconds_once_the_province_is_there(
        hall_at: Callable[[str], Hall], loop_of: MakeLoop, mortal_province: Sandbox) -> None:
    hall = hall_at(mortal_province.url)
    mortal_province.stop()
    case_uuid = hall.accept()
    loop = loop_of(hall)
    wait_for(lambda: loop.status().online is False)
    assert (loop.status().last_error, loop.status().last_sync) == ("platform.unreachable", None)
    with hall.store.transaction() as tx:   # as after a long night: its own turn would be far away
        outbox.mark_tried(tx, hall.row(case_uuid).outbox_id, datetime.now(UTC) + timedelta(minutes=10),
                          "platform.unreachable")

    mortal_province.start()

    assert wait_for(lambda: hall.row(case_uuid).state == "sent") < 5   # 2 s of waiting and a busy machine
    wait_for(lambda: hall.case(case_uuid).status == "finished")
    wait_for(lambda: loop.status().online is True and loop.status().last_error == "")
    assert loop.status().last_sync is not None
    assert len(said_by(mortal_province, case_uuid)) == 1


def test_a_case_accepted_meanwhile_goes_out_at_once_when_woken(hall: Hall, loop_of: MakeLoop) -> None:
    loop = loop_of(hall, online_every=30)
    wait_for(lambda: loop.status().last_sync is not None)
    time.sleep(0.1)
    case_uuid = hall.accept()

    loop.wake()

    assert wait_for(lambda: hall.row(case_uuid).state == "sent") < 5


def test_a_terminal_without_permission_shows_why_and_does_not_hammer(
        hall: Hall, province: Sandbox, loop_of: MakeLoop) -> None:
    province.switch(unauthorised=True)
    case_uuid = hall.accept()
    loop = loop_of(hall, online_every=0.02, offline_every=0.02)
    wait_for(lambda: loop.status().last_error == "platform.not_allowed")
    before = province.requests()
    loop.wake()
    time.sleep(0.3)

    assert province.requests() == before
    assert hall.row(case_uuid).attempts == 1
    assert loop.status().online is True   # it is there; it just does not let us


def test_a_busy_province_is_waited_out_even_when_woken(hall: Hall, province: Sandbox, loop_of: MakeLoop) -> None:
    province.switch(too_many=1, retry_after_s=1)
    case_uuid = hall.accept()
    began = time.monotonic()
    loop = loop_of(hall, offline_every=0.02)
    wait_for(lambda: loop.status().last_error == "platform.busy")
    loop.wake()
    wait_for(lambda: hall.row(case_uuid).state == "sent")
    assert time.monotonic() - began >= 1


def test_behind_a_portal_it_is_offline_and_nothing_counts_as_sent(
        hall: Hall, province: Sandbox, loop_of: MakeLoop) -> None:
    province.switch(wrong_body="portal")
    case_uuid = hall.accept()
    loop = loop_of(hall, offline_every=0.05)
    wait_for(lambda: loop.status().online is False)
    assert loop.status().last_error == "platform.not_the_platform"
    assert hall.row(case_uuid).state == "waiting"

    province.switch()

    wait_for(lambda: hall.row(case_uuid).state == "sent")


def test_the_difference_of_the_clocks_is_learnt_and_stops_nothing(
        hall: Hall, province: Sandbox, loop_of: MakeLoop) -> None:
    province.switch(clock_offset_s=-3600, delay_s=0.03)
    case_uuid = hall.accept()
    loop = loop_of(hall, online_every=0.05)
    wait_for(lambda: hall.case(case_uuid).status == "finished")
    skew = loop.status().clock_skew
    assert skew is not None
    assert abs(skew + 3600) < 5


def test_a_bug_does_not_end_the_thread_and_its_log_quotes_no_case(
        hall: Hall, loop_of: MakeLoop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    sender = hall.sender
    once = iter([True])
    real = sender.round

    def stumble(*args: object) -> object:
        if next(once, False):
            raise KeyError("林晓月")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(sender, "round", stumble)
    case_uuid = hall.accept()
    loop = Loop(hall.store, hall.client, sender, hall.puller, lambda: datetime.now(UTC), offline_every=0.05)
    with caplog.at_level(logging.DEBUG, "desktop.sync"):
        loop.start()
        wait_for(lambda: hall.row(case_uuid).state == "sent")
        assert loop.stop()
    assert "KeyError" in caplog.text
    assert "林晓月" not in caplog.text


def test_of_two_loops_on_one_home_one_works_and_the_other_takes_over_when_it_ends(hall: Hall, province: Sandbox) -> None:
    """Two windows' worth of loops in one process: the lock is the system's, so two processes are no different."""
    alone = partial(_alone, hall.store.path.parent)
    hall.real_time = True
    first, second = (Loop(hall.store, hall.client, hall.sender, hall.puller, hall.clock, online_every=0.05, offline_every=0.05,
                          alone=alone) for _ in range(2))
    first.start()
    wait_for(lambda: first.status().last_sync is not None)
    second.start()
    wait_for(lambda: second.status().last_error == "sync.running")
    case_uuid = hall.accept()
    wait_for(lambda: hall.row(case_uuid).state == "sent")
    assert second.status().last_sync is None
    assert first.stop()
    wait_for(lambda: second.status().last_sync is not None)
    assert second.status().last_error == ""
    assert second.stop()
    assert len(said_by(province, case_uuid)) == 1


def test_stopping_ends_the_thread_between_two_cases(hall: Hall, province: Sandbox, loop_of: MakeLoop) -> None:
    province.switch(slow_ms=50)
    cases = [hall.accept() for _ in range(20)]
    loop = loop_of(hall)
    wait_for(lambda: hall.row(cases[0]).state == "sent")
    assert loop.stop(timeout=3)
    assert hall.row(cases[-1]).state == "waiting"
