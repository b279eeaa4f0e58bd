"""A backup restored on a bare new PC, with two slips and nothing else."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import keyring
import pytest

from db import attachments, identity, journal, numbers
from db.faults import StoreFault, StoreLocked
from db.store import DB_NAME
from desktop.domain.hall_time import day_of
from desktop.domain.trusted_time import ClockDoubted
from desktop.station import keys, recovery, witness
from desktop.station.anew import begin_anew
from desktop.station.ground import firm_ground
from desktop.station.markers import BEGINNING, RESTORING, STAGING, mark, marked
from desktop.station.owner import WINDOW, Owned, owning
from desktop.station.restore import Restored, check, restore
from desktop.station.slips import SlipRefused
from tests.station.small_home import NOW, PAGE, Home, SystemKeyring, clock_at, listing, no_slips

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def file(home: Home, tmp_path: Path) -> Path:
    """A backup on a stick."""
    (home.path / "settings.toml").write_text("window = '7'\n")
    return home.back_up(tmp_path / "stick.backup")


def restored(file: Path, new: Home, home: Home, *people: int) -> Restored:
    return restore(file, new.path, home.ask(*people) if people else no_slips, clock_at(LATER), use_keyring=False)


def test_a_bare_new_pc_becomes_the_window_with_a_backup_and_two_slips(home: Home, new_home: Home, file: Path) -> None:
    rows = home.rows()
    done = restored(file, new_home, home, 0, 2)
    assert (done.report.attachments, done.newer_rows, done.earlier) == (1, 0, False)
    with new_home.ground(LATER) as ground:
        assert not ground.unwitnessed
        with ground.store.reading() as tx:
            (name,) = [path.name for path in ground.store.vault.files()]
            assert attachments.get(tx, name.partition(".")[0]) == PAGE
            last = journal.row(tx, journal.head(tx)[0])
            assert last is not None
            assert (last.what, last.at) == ("station.restored", LATER)
            assert f'"rows":{len(rows) - 1}' in last.detail, "the row that the backup was made came after it"
            assert '"slips":' in last.detail
    assert new_home.rows(LATER) == [*rows[:-1], "station.restored"]
    assert keys.load_key(new_home.path) == keys.load_key(home.path)
    assert (new_home.path / "settings.toml").read_text() == "window = '7'\n"
    assert sorted(path.name for path in new_home.path.iterdir()) == sorted(
        ["attachments", DB_NAME, recovery.FILE, "settings.toml", "station.json", keys.KEY_FILE, witness.FILE, WINDOW])


def test_slips_of_the_old_pc_go_on_being_good_on_the_new_one(home: Home, new_home: Home, file: Path, tmp_path: Path) -> None:
    restored(file, new_home, home, 0, 1)
    again = new_home.back_up(tmp_path / "again.backup", LATER)
    assert restored(again, Home(tmp_path / "third"), home, 1, 2).report.attachments == 1


def test_numbers_of_the_dead_pc_are_never_given_out_again(home: Home, new_home: Home, file: Path) -> None:
    def number(of: Home) -> int:
        with of.ground(LATER) as ground, ground.store.transaction() as tx:
            return int(numbers.next_case_number(tx, "130529", "XS", day_of(LATER), "003")[-6:-1])

    after_the_backup = [number(home) for _ in range(20)]
    restored(file, new_home, home, 0, 1)
    assert number(new_home) > 12 * 3600
    assert number(new_home) > max(after_the_backup)
    with new_home.ground(LATER) as ground, ground.store.reading() as tx:
        assert identity.leap(tx) == (day_of(LATER), 12 * 3600 + 30 * 60)


def test_without_slips_nothing_is_made_and_nothing_left(home: Home, new_home: Home, file: Path) -> None:
    def nobody(_: object) -> tuple[()]:
        return ()

    with pytest.raises(SlipRefused, match=r"slip\.too_few"):
        restore(file, new_home.path, nobody, clock_at(LATER), use_keyring=False)
    assert not new_home.path.exists()
    with home.ground() as ground:
        shutil.copyfile(home.path / recovery.FILE, file.with_name("sets"))
        (home.path / recovery.FILE).unlink()
        assert ground.store.key
    slipless = home.back_up(file.with_name("slipless.backup"))
    with pytest.raises(StoreFault, match=r"recovery\.none"):
        restored(slipless, new_home, home, 0, 1)
    assert not new_home.path.exists()


def test_a_home_that_has_the_key_needs_no_slips(home: Home, file: Path) -> None:
    for name in (DB_NAME, f"{DB_NAME}-wal", "attachments"):
        path = home.path / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    assert restored(file, home, home).slips == 0
    assert home.rows(LATER)[-1] == "station.restored"


def test_a_store_that_is_there_is_never_overwritten(home: Home, file: Path) -> None:
    before = listing(home.path)
    with pytest.raises(StoreFault, match=r"store\.exists"):
        restored(file, home, home, 0, 1)
    (home.path / DB_NAME).rename(home.path / "moved.db")
    with pytest.raises(StoreFault, match=r"store\.exists"):
        restored(file, home, home, 0, 1)
    (home.path / "moved.db").rename(home.path / DB_NAME)
    assert listing(home.path) == before


def test_after_a_new_beginning_the_old_key_still_opens_the_backup(home: Home, file: Path) -> None:
    with home.ground(LATER) as ground, ground.store.transaction() as tx:
        for _ in range(3):
            journal.append(tx, LATER, "u1", "user.signed_in")
    (home.path / DB_NAME).write_bytes(b"spoilt")
    begin_anew(home.path, "磁盘坏了", clock_at(LATER))
    done = restored(file, home, home)
    assert (done.slips, done.newer_rows) == (0, 4), "what the witness saw after the backup is told"
    assert home.rows(LATER)[-1] == "station.restored"
    assert (home.path / "settings.toml").exists()
    assert [path.read_bytes() for path in (home.path / "aside").rglob(DB_NAME)] == [b"spoilt"]


def test_a_backup_of_another_store_asks_for_its_slips_and_puts_the_other_key_aside(home: Home, new_home: Home, file: Path) -> None:
    new_home.path.mkdir()
    (new_home.path / keys.KEY_FILE).write_text("cd" * 32)
    assert restored(file, new_home, home, 2, 0).slips > 0
    assert [path.read_text() for path in (new_home.path / "aside").rglob(keys.KEY_FILE)] == ["cd" * 32]


def test_what_a_first_run_left_by_half_goes_aside(home: Home, new_home: Home, file: Path) -> None:
    new_home.path.mkdir()
    mark(new_home.path, BEGINNING)
    (new_home.path / DB_NAME).write_bytes(b"")
    restored(file, new_home, home, 0, 1)
    assert new_home.rows(LATER)[-1] == "station.restored"


@pytest.mark.parametrize("spoil", ["page", "cut"])
def test_a_damaged_backup_leaves_the_home_as_it_was(home: Home, new_home: Home, file: Path, spoil: str) -> None:
    content = file.read_bytes()
    at = content.index(b"attachments/") + 300
    file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1:] if spoil == "page" else content[:at])
    with pytest.raises(StoreFault, match=r"backup\.damaged"):
        restored(file, new_home, home, 0, 1)
    assert not new_home.path.exists() or [path.name for path in new_home.path.iterdir()] == [WINDOW]


def test_a_restore_waits_for_the_window_to_be_closed(home: Home, new_home: Home, file: Path) -> None:
    with owning(new_home.path, WINDOW), pytest.raises(Owned, match=r"station\.window_open"):
        restored(file, new_home, home, 0, 1)
    restored(file, new_home, home, 0, 1)


def test_a_restore_that_was_broken_off_is_said_by_whatever_starts_next(home: Home, new_home: Home, file: Path) -> None:
    mark(new_home.path, RESTORING, {"stage": "unpacking"})
    (new_home.path / STAGING).mkdir()
    for begin in (False, True):
        with pytest.raises(StoreFault, match=r"station\.restoring"), new_home.ground(begin=begin):
            pass
    restored(file, new_home, home, 0, 1)
    assert marked(new_home.path, RESTORING) is None


@pytest.mark.parametrize("days", [-2, 60])
def test_a_clock_in_doubt_is_settled_before_numbers_leap_by_it(home: Home, new_home: Home, file: Path, days: int) -> None:
    there = NOW + timedelta(days=days)
    with pytest.raises(ClockDoubted):
        restore(file, new_home.path, home.ask(0, 1), clock_at(there), use_keyring=False)
    with pytest.raises(ClockDoubted):
        restore(file, new_home.path, home.ask(0, 1), clock_at(there), use_keyring=False, today=date(2026, 1, 1))
    assert not new_home.path.exists()
    restore(file, new_home.path, home.ask(0, 1), clock_at(there), use_keyring=False, today=day_of(there))
    with firm_ground(new_home.path, clock_at(there), use_keyring=False) as ground, ground.store.reading() as tx:
        leapt = identity.leap(tx)
    assert leapt is not None
    assert leapt[0] == day_of(there)


def test_a_backup_is_checked_with_slips_where_no_key_is(home: Home, new_home: Home, file: Path) -> None:
    before, here = (sorted(path.name for path in folder.iterdir()) for folder in (file.parent, home.path))
    assert check(file, home.path, no_slips).attachments == 1
    assert check(file, new_home.path, home.ask(1, 0)).attachments == 1
    assert sorted(path.name for path in file.parent.iterdir()) == before
    assert sorted(path.name for path in home.path.iterdir()) == here
    assert not new_home.path.exists()


def test_a_private_home_has_the_restored_key_in_its_ring_and_the_ring_forgets_the_rows_that_are_lost(
        home: Home, file: Path, tmp_path: Path, system: SystemKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    mine = tmp_path / "me" / "oncedesk"

    def start() -> None:
        with firm_ground(mine, clock_at(LATER)) as ground, ground.store.transaction() as tx:
            journal.append(tx, LATER, "u1", "user.signed_in")

    restore(file, mine, home.ask(0, 1), clock_at(LATER))
    assert keys.key_place(mine) == "keyring"
    start()
    start()
    for name in (DB_NAME, "attachments"):
        (mine / name).rename(tmp_path / name)
    with pytest.raises(StoreFault, match=r"store\.missing"), firm_ground(mine, clock_at(LATER)):
        pass
    system.locked = True
    with pytest.raises(StoreLocked, match=r"store\.keyring"):
        restore(file, mine, no_slips, clock_at(LATER))
    system.locked = False
    assert keys.key_place(mine) == "keyring"
    assert restore(file, mine, no_slips, clock_at(LATER)).newer_rows > 0
    start()
    assert keyring.get_keyring() is system
