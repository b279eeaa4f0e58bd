"""Rating: voluntary, once, never told to the clerk; the bad ones stay open until a supervisor answers them."""

import threading
import time
from datetime import timedelta

import pytest
import serial

from db import cases, journal, ratings
from desktop.domain import rating
from desktop.flows.rate import AlreadyRated, CorrectionMissing, NotRateable, ReasonMissing
from desktop.flows.sign_in import NotAllowed
from hardware.faults import DeviceFault, FaultCode
from hardware.simulated.rating_keypad import SimulatedRatingKeypad
from tests.flows.conftest import Counter


@pytest.fixture
def accepted(ready: Counter) -> Counter:
    ready.sign()
    ready.flows.accept.accept(ready.clerk, ready.case)
    return ready


def test_a_rating_is_kept_once_and_the_journal_does_not_say_how_good_it_was(accepted: Counter) -> None:
    flows = accepted.flows
    before = flows.rate.invitation(accepted.clerk, accepted.case)
    assert (before.offer, before.rated) == (True, False)
    flows.rate.rate(accepted.clerk, accepted.case, 5, ("等候时间长",), " 等了一个上午 ")
    assert flows.rate.invitation(accepted.clerk, accepted.case).rated
    with pytest.raises(AlreadyRated):
        flows.rate.rate(accepted.clerk, accepted.case, 1)
    with accepted.place.desk.store.reading() as tx:
        kept = ratings.find(tx, accepted.case)
        row = journal.for_case(tx, accepted.case)[-1]
        assert journal.verify(tx) is None
    assert kept is not None
    assert (kept.level, kept.reasons, kept.text, kept.channel, kept.clerk, kept.rated_at) == (
        5, ("等候时间长",), "等了一个上午", "screen", accepted.clerk.user_id, accepted.clock.now)
    assert row.what == "case.rated"
    assert row.detail == '{"channel":"screen"}'


def test_nothing_is_rated_before_acceptance(ready: Counter) -> None:
    with pytest.raises(NotRateable):
        ready.flows.rate.rate(ready.clerk, ready.case, 1)


@pytest.mark.parametrize("level", sorted(rating.BAD))
def test_a_bad_rating_says_why_in_words_or_by_a_reason(accepted: Counter, level: int) -> None:
    with pytest.raises(ReasonMissing):
        accepted.flows.rate.rate(accepted.clerk, accepted.case, level, (), "  ")
    accepted.flows.rate.rate(accepted.clerk, accepted.case, level, (), "窗口没人")


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_good_rating_needs_no_words(accepted: Counter, level: int) -> None:
    accepted.flows.rate.rate(accepted.clerk, accepted.case, level)


@pytest.mark.parametrize(("level", "reasons"), [(0, ()), (6, ()), (4, ("没有这个原因",))])
def test_a_level_or_reason_that_does_not_exist_is_a_mistake(accepted: Counter, level: int, reasons: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="level or reason"):
        accepted.flows.rate.rate(accepted.clerk, accepted.case, level, reasons)


def test_no_more_than_two_hundred_characters_are_kept(accepted: Counter) -> None:
    accepted.flows.rate.rate(accepted.clerk, accepted.case, 4, (), "长" * 300)
    assert len(accepted.flows.rate.of_day(accepted.supervisor).open[0].text) == 200


def test_the_keypad_is_heard_and_a_bad_level_without_a_reason_stays_open(accepted: Counter) -> None:
    before = accepted.flows.rate.has_keypad
    keypad = SimulatedRatingKeypad()
    accepted.place.desk.devices.rating.point_to(keypad.address)
    assert (before, accepted.flows.rate.has_keypad) == (False, True)
    with pytest.raises(DeviceFault) as nobody:
        accepted.flows.rate.rate_on_keypad(accepted.clerk, accepted.case, 0.1)
    assert nobody.value.code is FaultCode.TIMEOUT
    assert not accepted.flows.rate.invitation(accepted.clerk, accepted.case).rated
    threading.Timer(0.1, keypad.press, [4]).start()
    accepted.flows.rate.rate_on_keypad(accepted.clerk, accepted.case, 3)
    keypad.close()
    assert [(bad.word, bad.reasons) for bad in accepted.flows.rate.of_day(accepted.supervisor).open] == [("不满意", ())]


def give_up_and_ask_again(accepted: Counter, pressed_after: float) -> None:
    """The family goes; the next one is asked at once and presses so many seconds later."""
    keypad = SimulatedRatingKeypad()
    accepted.place.desk.devices.rating.point_to(keypad.address)
    threading.Timer(0.2, accepted.flows.rate.stop_keypad).start()
    with pytest.raises(DeviceFault) as gone:
        accepted.flows.rate.rate_on_keypad(accepted.clerk, accepted.case, 30)
    assert gone.value.code is FaultCode.CANCELLED
    threading.Timer(pressed_after, keypad.press, [1]).start()
    accepted.flows.rate.rate_on_keypad(accepted.clerk, accepted.case, 3)
    keypad.close()


def test_waiting_for_the_keypad_ends_when_the_family_has_gone(accepted: Counter) -> None:
    give_up_and_ask_again(accepted, 0.2)


def test_a_keypad_whose_port_is_let_go_slowly_is_asked_again_only_after_that(
        accepted: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = serial.Serial.close

    def slowly(port: serial.Serial) -> None:
        time.sleep(0.3)
        let_go(port)

    monkeypatch.setattr(serial.Serial, "close", slowly)
    give_up_and_ask_again(accepted, 0.8)


def test_the_clerk_may_not_read_what_a_family_said(accepted: Counter) -> None:
    accepted.flows.rate.rate(accepted.clerk, accepted.case, 2)
    with pytest.raises(NotAllowed):
        accepted.flows.rate.of_day(accepted.clerk)
    with pytest.raises(NotAllowed):
        accepted.flows.rate.correct(accepted.clerk, accepted.case, "已改")


def test_the_supervisor_sees_counts_by_level_and_answers_what_is_open(accepted: Counter) -> None:
    accepted.flows.rate.rate(accepted.clerk, accepted.case, 4, ("服务态度", "其他"), "")
    day = accepted.flows.rate.of_day(accepted.supervisor)
    assert day.counts == (("非常满意", 0), ("满意", 0), ("基本满意", 0), ("不满意", 1), ("非常不满意", 0))
    assert day.total == 1
    (bad,) = day.open
    assert (bad.word, bad.reasons) == ("不满意", ("服务态度", "其他"))
    assert "*" in bad.title
    accepted.clock.pass_by(timedelta(days=1))
    next_day = accepted.flows.rate.of_day(accepted.supervisor)
    assert (next_day.total, next_day.open) == (0, day.open), "open until it is answered"
    with pytest.raises(CorrectionMissing):
        accepted.flows.rate.correct(accepted.supervisor, accepted.case, " ")
    assert accepted.flows.rate.correct(accepted.supervisor, accepted.case, "已核实，窗口加派人手，已向家属说明").open == ()
    with accepted.place.desk.store.reading() as tx:
        assert journal.rows_from(tx, 1)[-1].what == "rating.corrected"


def test_after_a_death_nobody_is_invited_to_rate(fresh: Counter) -> None:
    packs = fresh.place.desk.packs
    assert {pack.id: pack.rating for pack in packs.packs} == {
        pack.id: "on_request" if pack.id == "hebei-death" else "offer" for pack in packs.packs}
    case = fresh.flows.greet.start(fresh.clerk, "hebei-death").case_uuid
    assert not fresh.flows.rate.invitation(fresh.clerk, case).offer
    with fresh.place.desk.store.transaction() as tx:
        cases.update(tx, case, fresh.clock.now, accepted_at=fresh.clock.now)
    fresh.flows.rate.rate(fresh.clerk, case, 2)
    assert fresh.flows.rate.invitation(fresh.clerk, case).rated, "a family that asks may rate all the same"
