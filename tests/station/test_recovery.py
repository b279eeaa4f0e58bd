"""The recovery key: made, handed out, and what two slips do for a home whose key is lost."""

from datetime import timedelta
from pathlib import Path

import pytest

from db.faults import StoreFault, StoreLocked
from desktop.station import checks, keys, recovery
from desktop.station.markers import RESTORING, mark
from desktop.station.owner import WINDOW, Owned, owning
from desktop.station.recover import recover
from desktop.station.recovery import Recovery
from desktop.station.slips import SlipRefused, read_slip
from tests.station.small_home import NOW, Home, clock_at, listing


def lose_key(home: Home) -> bytes:
    key = keys.load_key(home.path)
    assert key is not None
    (home.path / keys.KEY_FILE).unlink()
    return key


def found_again(home: Home, *people: int) -> bool:
    return recover(home.path, home.ask(*people), clock_at(), use_keyring=False).given_back


def test_two_slips_give_a_home_its_key_back(home: Home) -> None:
    key = lose_key(home)
    with pytest.raises(StoreLocked, match=r"store\.key_missing"), home.ground():
        pass
    assert found_again(home, 0, 2)
    assert keys.load_key(home.path) == key
    assert home.rows()[-1] == "station.slips_used"


def test_slips_can_be_tried_while_the_key_is_there_and_change_nothing_of_it(home: Home) -> None:
    before = (home.path / keys.KEY_FILE).read_bytes()
    assert not found_again(home, 2, 1)
    assert (home.path / keys.KEY_FILE).read_bytes() == before


def test_a_spoilt_key_goes_aside_and_is_not_deleted(home: Home) -> None:
    (home.path / keys.KEY_FILE).write_text("ab" * 32)
    assert found_again(home, 0, 1)
    assert [path.read_text() for path in (home.path / "aside").rglob(keys.KEY_FILE)] == ["ab" * 32]


def test_slips_of_another_store_give_nothing_and_change_nothing(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other").fill()
    lose_key(home)
    before = listing(home.path)
    home.slips = other.slips
    with pytest.raises(SlipRefused, match=r"slip\.other_set"):
        found_again(home, 0, 1)
    (home.path / recovery.FILE).write_bytes((other.path / recovery.FILE).read_bytes())
    with pytest.raises(StoreLocked, match=r"store\.wrong_key"):
        found_again(home, 0, 1)
    (home.path / recovery.FILE).write_bytes(before[recovery.FILE])
    assert {name: data for name, data in listing(home.path).items() if not name.endswith(".lock")} == before


def test_a_home_without_slips_says_so(home: Home) -> None:
    lose_key(home)
    (home.path / recovery.FILE).unlink()
    with pytest.raises(StoreFault, match=r"recovery\.none"):
        found_again(home, 0, 1)
    (home.path / recovery.FILE).write_text("[]")
    with pytest.raises(StoreFault, match=r"recovery\.damaged"):
        found_again(home, 0, 1)


def test_where_the_wrapped_key_is_lost_too_a_backup_has_it(home: Home, tmp_path: Path) -> None:
    file = home.back_up(tmp_path / "a.backup")
    lose_key(home)
    (home.path / recovery.FILE).unlink()
    assert recover(home.path, home.ask(0, 1), clock_at(), use_keyring=False, copy_in=file).given_back


def test_nothing_is_given_back_beside_an_open_window_or_a_restore(home: Home) -> None:
    lose_key(home)
    with owning(home.path, WINDOW), pytest.raises(Owned, match=r"station\.window_open"):
        found_again(home, 0, 1)
    mark(home.path, RESTORING)
    with pytest.raises(StoreFault, match=r"station\.restoring"):
        found_again(home, 0, 1)


def test_old_slips_stay_good_until_the_new_ones_are_with_their_people(home: Home) -> None:
    old = list(home.slips)
    key = keys.load_key(home.path)
    assert key is not None
    station = Recovery(home.path, key)
    _, lost_in_the_printer = station.share_out(NOW)
    number, words = station.share_out(NOW + timedelta(minutes=5))
    assert [one.handed_out for one in recovery.read(home.path)] == [True, False], "the set that nobody holds is gone"
    assert not found_again(home, 0, 1)
    with pytest.raises(SlipRefused, match=r"slip\.last_words"):
        station.hand_out([each.split()[-1] for each in lost_in_the_printer])
    assert station.hand_out([each.split()[-1].upper() for each in reversed(words)]) == number
    with pytest.raises(SlipRefused, match=r"slip\.other_set"):
        found_again(home, 0, 1)
    home.slips = list(words)
    assert not found_again(home, 0, 1)
    with pytest.raises(SlipRefused, match=r"slip\.none_waiting"):
        station.hand_out(["a", "b", "c"])
    assert set(old).isdisjoint(words)


def test_old_slips_still_open_an_old_backup_and_no_new_one(home: Home, tmp_path: Path) -> None:
    from db import backup

    before = home.back_up(tmp_path / "before.backup")
    slips = [read_slip(words) for words in home.slips[:2]]
    key = keys.load_key(home.path)
    assert key is not None
    _, words = (station := Recovery(home.path, key)).share_out(NOW)
    station.hand_out([each.split()[-1] for each in words])
    after = home.back_up(tmp_path / "after.backup")
    assert recovery.key_from(recovery.parse(backup.look(before).recovery), slips)[0] == key
    with pytest.raises(SlipRefused, match=r"slip\.other_set"):
        recovery.key_from(recovery.parse(backup.look(after).recovery), slips)


def test_neither_the_key_nor_a_slip_lies_in_what_is_kept_for_recovery(home: Home, tmp_path: Path) -> None:
    key = keys.load_key(home.path)
    assert key is not None
    text = (home.path / recovery.FILE).read_text() + home.back_up(tmp_path / "a.backup").read_bytes().decode("latin-1")
    assert key.hex() not in text
    assert all(words not in text for words in home.slips)


def test_a_check_nags_until_slips_are_with_their_people(new_home: Home) -> None:
    assert checks.slips(new_home.path).code == "check.no_slips"
    new_home.path.mkdir()
    station = Recovery(new_home.path, bytes(32))
    number, words = station.share_out(NOW)
    assert (checks.slips(new_home.path).code, checks.slips(new_home.path).saw) == ("check.slips_waiting", str(number))
    station.hand_out([each.split()[-1] for each in words])
    assert (checks.slips(new_home.path).code, checks.slips(new_home.path).severity) == ("", "ok")
