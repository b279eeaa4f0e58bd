"""PINs and the waits after wrong ones: whatever restarts, whatever the clock says, and on a disk that takes nothing."""

import subprocess
import sys
from datetime import timedelta
from random import Random

import pytest

from db import settings, users
from db.store import StoreFault
from desktop.domain.pin import FREE_TRIES, wait_after
from desktop.flows.sign_in import UNRECORDED_SECONDS, SignInRefused
from desktop.flows.views import Session
from tests.flows.office import ADMIN, CLERK, WRONG, Office, only_to_be_read, refused


def lock(office: Office, tries: int = FREE_TRIES) -> None:
    """So many wrong tries at once."""
    with office.desk.store.transaction() as tx:
        for _ in range(tries):
            users.count_try(tx, office.user_id(CLERK[0]), office.pc.uptime())


def seconds(office: Office) -> int:
    """How long the right PIN has to wait now; 0 when it opens."""
    answer = office.enter(*CLERK)
    return answer.seconds if isinstance(answer, SignInRefused) else 0


def test_five_wrong_pins_cost_half_a_minute_and_then_the_right_one_opens(office: Office) -> None:
    answers = [office.enter(CLERK[0], WRONG) for _ in range(FREE_TRIES)]
    assert [(answer.code, answer.seconds) for answer in answers if isinstance(answer, SignInRefused)] == [
        ("sign_in.wrong", 0)] * 4 + [("sign_in.locked", 30)]
    assert seconds(office) == 30
    office.pc.time += 29.5
    assert seconds(office) == 1
    office.pc.time += 0.5
    assert seconds(office) == 0
    assert refused(lambda: office.sign_in.enter(CLERK[0], WRONG)) == "sign_in.wrong", "the right PIN made all tries good"


def test_a_wait_goes_on_through_restarts_and_ends_when_it_is_due(office: Office) -> None:
    lock(office)
    for left in (20, 10):
        office.pc.time += 10
        office.restart()
        assert seconds(office) == left
    office.pc.time += 10
    office.restart()
    assert seconds(office) == 0


@pytest.mark.parametrize("jump", [timedelta(days=-3650), timedelta(days=-1), timedelta(days=1), timedelta(days=3650)])
def test_setting_the_clock_neither_shortens_nor_lengthens_a_wait(office: Office, jump: timedelta) -> None:
    lock(office)
    office.pc.set_wrong_by = jump
    office.restart()
    assert seconds(office) == 30
    office.pc.time += 30
    assert seconds(office) == 0


def test_measured_by_the_wall_clock_a_jump_would_have_ended_the_wait(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.pc, "uptime", lambda: office.pc.wall().timestamp())
    office.kill()
    lock(office)
    office.pc.set_wrong_by = timedelta(days=1)
    assert seconds(office) == 0


def test_after_a_new_start_of_the_pc_a_wait_is_over_when_the_pc_has_run_so_long(office: Office) -> None:
    lock(office, 8)
    assert seconds(office) == 240
    office.pc.start_anew()
    office.restart()
    assert seconds(office) == 235
    office.pc.time += 235
    assert seconds(office) == 0


def test_a_wait_does_not_begin_once_more_when_the_uptime_comes_past_where_it_stood(office: Office) -> None:
    office.pc.start_anew(off=0)
    office.pc.time += 95
    lock(office, 8)
    assert office.pc.uptime() == 100
    office.pc.start_anew()
    assert seconds(office) == 235
    office.pc.time += 150
    assert seconds(office) == 85
    office.pc.time += 85
    assert seconds(office) == 0


def test_of_a_thousand_tries_through_restarts_starts_and_clock_jumps_only_those_that_are_due_are_looked_at(office: Office) -> None:
    random, pc, looked_at = Random(20261123), office.pc, list[float]()
    before = office.count()
    began = pc.time
    for _ in range(1_000):
        pc.time += random.choice((0.0, 0.0, 0.1, 1.0, 5.0, 20.0, 31.0))
        for chance, happens in ((0.08, office.restart), (0.04, office.kill), (0.02, pc.start_anew)):
            if random.random() < chance:
                happens()
        if random.random() < 0.1:
            pc.set_wrong_by = timedelta(days=random.randint(-4000, 4000))
        answer = office.enter(CLERK[0], WRONG)
        assert isinstance(answer, SignInRefused)
        if answer.code == "sign_in.wrong" or answer.seconds == wait_after(len(looked_at) + 1):
            due = looked_at[-1] + wait_after(len(looked_at)) if looked_at else began
            if pc.time >= due - 1e-6:
                looked_at.append(pc.time)
    rows = office.rows(before)
    wrong = [detail["tries"] for what, detail in rows if what == "user.wrong_pin"]
    assert wrong == list(range(1, len(wrong) + 1)), "the verifier saw these tries and no more"
    assert len(wrong) == len(looked_at), "each of them when its wait was over"
    assert len(rows) == 1_000, "and every try left a row"
    most = FREE_TRIES
    for number in range(FREE_TRIES, 1_000):
        began += wait_after(number)
        most += began <= pc.time
    assert FREE_TRIES + 3 < len(wrong) <= most
    pc.time += seconds(office)
    assert seconds(office) == 0


_KILLED = """
import os, sys
from pathlib import Path
from db import users
from desktop.app import open_workplace
from desktop.settings import Settings
from tests.flows.office import CLERK, WRONG
users.is_right = lambda *_: os._exit(9)
with open_workplace(Settings(home=Path(sys.argv[1]), keyring=False), since_boot=lambda: 5000.0) as place:
    place.flows.sign_in.enter(CLERK[0], WRONG)
"""


def test_killing_the_program_before_a_pin_is_looked_at_saves_no_try(office: Office) -> None:
    home = office.desk.settings.home
    lock(office, FREE_TRIES - 1)
    done = subprocess.run([sys.executable, "-c", _KILLED, str(home)], check=False, capture_output=True, timeout=60)
    assert done.returncode == 9, done.stderr
    assert seconds(office) == 30


def test_every_wrong_try_and_every_wait_is_journalled_without_what_was_typed(office: Office) -> None:
    before = office.count()
    for _ in range(FREE_TRIES):
        office.enter(CLERK[0], WRONG)
    office.enter(*CLERK)
    office.enter("林小满", WRONG)
    office.enter("林小满", WRONG)
    user = office.user_id(CLERK[0])
    rows = office.rows(before)
    assert rows[:6] == [("user.wrong_pin", {"user": user, "tries": number, "who": "system"}) for number in range(1, 6)] + [
        ("user.refused", {"code": "sign_in.locked", "user": user, "seconds": 30, "who": "system"})]
    unknown = [detail["login"] for what, detail in rows[6:] if what == "user.wrong_pin"]
    assert len(unknown) == 2
    assert len(set(unknown)) == 1
    assert "林小满" not in unknown[0]


def test_one_changes_the_own_pin_by_the_old_one(office: Office) -> None:
    before = office.count()
    assert refused(lambda: office.sign_in.change_pin(CLERK[0], WRONG, "603581")) == "sign_in.wrong"
    assert refused(lambda: office.sign_in.change_pin(*CLERK, "123456")) == "pin.sequence"
    assert refused(lambda: office.sign_in.change_pin(*CLERK, CLERK[1])) == "pin.same"
    office.sign_in.change_pin(*CLERK, "603581")
    assert isinstance(office.enter(CLERK[0], "603581"), Session)
    assert refused(lambda: office.sign_in.enter(*CLERK)) == "sign_in.wrong"
    user = office.user_id(CLERK[0])
    assert office.rows(before) == [
        ("user.wrong_pin", {"user": user, "tries": 1, "who": "system"}),
        ("user.refused", {"code": "pin.sequence", "user": user, "who": user}),
        ("user.refused", {"code": "pin.same", "user": user, "who": user}),
        ("user.pin_changed", {"who": user}), ("user.signed_in", {"who": user}),
        ("user.wrong_pin", {"user": user, "tries": 1, "who": "system"})]


def test_refusing_a_new_pin_costs_no_tries_and_guessing_the_old_one_does(office: Office) -> None:
    for _ in range(FREE_TRIES + 1):
        assert refused(lambda: office.sign_in.change_pin(*CLERK, "111111")) == "pin.repeated"
    codes = [refused(lambda: office.sign_in.change_pin(CLERK[0], WRONG, "603581")) for _ in range(FREE_TRIES)]
    assert codes[-1] == "sign_in.locked"
    assert seconds(office) == 30


@pytest.mark.parametrize("how", ["full", "readonly"])
def test_on_a_disk_that_takes_nothing_one_signs_in_and_reads_and_changes_nothing(office: Office, how: str) -> None:
    with office.disk(how):
        clerk = office.session(CLERK)
        assert clerk.login == CLERK[0]
        assert len(office.people.everybody()) == 3
        assert refused(lambda: office.sign_in.change_pin(*CLERK, "603581")) == f"store.{how}"
        assert refused(lambda: office.people.bar(office.session(ADMIN), CLERK[0])) == f"store.{how}"
        assert refused(lambda: office.people.bar(clerk, ADMIN[0])) in {"role.not_allowed", f"store.{how}"}


@pytest.mark.parametrize("how", ["full", "readonly"])
def test_what_happened_on_a_disk_that_took_nothing_is_journalled_when_it_is_back(office: Office, how: str) -> None:
    with office.disk(how):
        before = office.count()
        then = office.pc.wall()
        office.enter(CLERK[0], WRONG)
        office.enter("nobody", WRONG)
        office.session(CLERK)
        office.pc.time += 600
        assert office.count() == before
    with office.desk.store.transaction() as tx:
        settings.put(tx, "some", "work")
    user = office.user_id(CLERK[0])
    wrong, unknown, entered = office.rows(before)
    assert wrong == ("user.wrong_pin", {"user": user, "tries": 1, "who": "system", "late": then.isoformat()})
    assert unknown[0] == "user.wrong_pin"
    assert entered == ("user.signed_in", {"who": user, "late": then.isoformat()})
    assert refused(lambda: office.sign_in.enter(CLERK[0], WRONG)) == "sign_in.wrong"
    assert office.rows(before)[-1] == ("user.wrong_pin", {"user": user, "tries": 1, "who": "system"})


def test_on_a_disk_that_takes_no_count_each_try_costs_time_and_the_wait_is_the_same(office: Office) -> None:
    lock(office, 2)
    with office.disk("readonly"):
        codes = [refused(lambda: office.sign_in.enter(CLERK[0], WRONG)) for _ in range(4)]
        assert codes == ["sign_in.wrong", "sign_in.wrong", "sign_in.locked", "sign_in.locked"]
        assert seconds(office) == 30
        assert office.paused == [UNRECORDED_SECONDS] * 5
    office.restart()
    assert seconds(office) == 30, "the tries were not forgotten with the program"
    office.pc.time += 30
    assert seconds(office) == 0


def test_a_wait_that_runs_already_is_kept_on_a_disk_that_takes_nothing(office: Office) -> None:
    lock(office)
    with office.disk("readonly"):
        office.pc.time += 10
        assert seconds(office) == 20
        office.pc.time += 20
        assert seconds(office) == 0
        assert refused(lambda: office.sign_in.enter(CLERK[0], WRONG)) == "sign_in.wrong", "the right PIN made all tries good"


def test_where_nothing_can_be_written_from_the_start_one_signs_in_and_reads_too(office: Office) -> None:
    lock(office, 4)
    office.desk.store.close()
    with only_to_be_read(office.desk.settings.home):
        office.kill()
        assert office.desk.store.readonly is not None
        assert office.session(CLERK).login == CLERK[0]
        assert len(office.people.everybody()) == 3
        assert refused(lambda: office.sign_in.change_pin(*CLERK, "603581")) == "store.readonly"
        office.restart()
        assert refused(lambda: office.sign_in.enter(CLERK[0], WRONG)) == "sign_in.locked", "what the disk had counted still counts"


def test_a_fault_that_is_not_the_disks_room_lets_nobody_in(office: Office) -> None:
    home = office.desk.settings.home
    for name in ("cases.db-wal", "cases.db-shm"):
        (home / name).unlink()
    (home / "cases.db").write_bytes(b"\x00" * 8192)
    with pytest.raises(StoreFault):
        office.sign_in.enter(*CLERK)
