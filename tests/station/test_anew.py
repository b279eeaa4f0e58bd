"""A new beginning: everything of a lost store goes aside, nothing is deleted, and the next store says why it is there."""

import base64
import json
from datetime import timedelta

import pytest

from db import identity, journal
from db.faults import StoreFault
from db.store import DB_NAME
from desktop.domain.hall_time import day_of
from desktop.domain.trusted_time import ClockDoubted
from desktop.station import keys, recovery
from desktop.station.anew import NoReason, begin_anew
from desktop.station.markers import ANEW, marked
from desktop.station.owner import WINDOW, Owned, owning
from tests.station.small_home import NOW, Home, clock_at, listing

LATER = NOW + timedelta(hours=1)
REASON = "硬盘坏了，主管同意重新开始"


def contents(home: Home) -> set[bytes]:
    return {data for name, data in listing(home.path).items() if data and not name.endswith(".lock")}


def test_everything_goes_aside_and_the_next_first_run_says_why(home: Home) -> None:
    (home.path / "settings.toml").write_text("window = '7'\n")
    (home.path / "days").mkdir()
    (home.path / "days" / "day-2026-11-20-window-3.jsonl").write_text("a sealed day")
    before = contents(home)
    done = begin_anew(home.path, REASON, clock_at(LATER))
    assert before <= contents(home), "nothing is deleted"
    assert set(done.pieces) >= {DB_NAME, keys.KEY_FILE, recovery.FILE, "attachments", "days"}
    assert not (home.path / DB_NAME).exists()
    with pytest.raises(StoreFault, match=r"store\.none"), home.ground(LATER):
        pass
    with home.ground(LATER, begin=True) as ground, ground.store.reading() as tx:
        first = journal.row(tx, 1)
        assert first is not None
        assert first.what == "station.began_anew"
        detail = json.loads(first.detail)
        assert base64.b64decode(detail["reason_base64"]).decode() == REASON
        assert detail["aside"] == done.folder.name
        assert identity.leap(tx) == (day_of(LATER), 10 * 3600 + 30 * 60)
    assert marked(home.path, ANEW) is None
    assert home.rows(LATER) == ["station.began_anew"]
    assert (home.path / "settings.toml").exists()
    assert before <= contents(home)


def test_a_reason_is_asked_for_and_a_number_in_it_is_masked(home: Home) -> None:
    before = listing(home.path)
    with pytest.raises(NoReason):
        begin_anew(home.path, "  ", clock_at(LATER))
    assert listing(home.path) == before
    begin_anew(home.path, "130529199503150028 的件丢了", clock_at(LATER))
    begun = marked(home.path, ANEW)
    assert begun is not None
    assert "19950315" not in base64.b64decode(begun["reason"]).decode()


def test_a_new_beginning_that_was_broken_off_is_said_and_goes_on(home: Home) -> None:
    key = (home.path / keys.KEY_FILE).read_bytes()
    begin_anew(home.path, REASON, clock_at(LATER))
    (home.path / keys.KEY_FILE).write_bytes(key)      # as if the kill had come before it was moved
    for begin in (False, True):
        with pytest.raises(StoreFault, match=r"station\.beginning_anew"), home.ground(LATER, begin=begin):
            pass
    begin_anew(home.path, "another word for it", clock_at(LATER + timedelta(minutes=5)))
    with home.ground(LATER, begin=True) as ground, ground.store.reading() as tx:
        first = journal.row(tx, 1)
    assert first is not None
    assert base64.b64decode(json.loads(first.detail)["reason_base64"]).decode() == REASON
    assert len(list((home.path / "aside").iterdir())) == 1


def test_beside_an_open_window_and_in_an_empty_home_nothing_begins(home: Home, new_home: Home) -> None:
    before = listing(home.path)
    with owning(home.path, WINDOW), pytest.raises(Owned):
        begin_anew(home.path, REASON, clock_at(LATER))
    assert {name: data for name, data in listing(home.path).items() if name != WINDOW} == before
    with pytest.raises(StoreFault, match=r"store\.none"):
        begin_anew(new_home.path, REASON, clock_at(LATER))


def test_a_clock_behind_what_the_witness_saw_is_settled_first(home: Home) -> None:
    yesterday = NOW - timedelta(days=1)
    with pytest.raises(ClockDoubted):
        begin_anew(home.path, REASON, clock_at(yesterday))
    assert (home.path / DB_NAME).exists()
    begin_anew(home.path, REASON, clock_at(yesterday), today=day_of(yesterday))
    assert not (home.path / DB_NAME).exists()
