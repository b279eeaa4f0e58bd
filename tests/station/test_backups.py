"""Backups by schedule: when they are due, what is kept, and what a check says of their age."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from db import backup
from db.faults import StoreFault
from desktop.station import backups, checks
from desktop.station.backups import Backups, NoFolder, Schedule
from desktop.station.ground import Ground
from desktop.station.owner import BACKUP, Owned, owning
from tests.station.small_home import NOW, Home, clock_at


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "stick"


def at(home: Home, ground: Ground, folder: Path | None, when: datetime = NOW, *, hours: int = 4, keep: int = 3) -> Backups:
    return Backups(home.path, ground.store, Schedule(folder, hours, keep), "003", clock_at(when))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_is_due_when_the_newest_is_too_old(home: Home, folder: Path) -> None:
    with home.ground() as ground:
        assert at(home, ground, folder).due(), "there is none yet"
        at(home, ground, folder).make_scheduled()
        assert not at(home, ground, folder, NOW + timedelta(hours=3, minutes=59)).due()
        assert at(home, ground, folder, NOW + timedelta(hours=4)).due()
        assert at(home, ground, folder, NOW - timedelta(days=1)).due(), "a clock that was put back keeps none from being made"
        assert not at(home, ground, None, NOW + timedelta(days=9)).due(), "without a folder there is no schedule"


def test_a_backup_by_schedule_is_whole_and_says_in_the_journal_that_it_was_made(home: Home, folder: Path) -> None:
    with home.ground() as ground:
        report = at(home, ground, folder).make_scheduled()
    (file,) = folder.iterdir()
    assert report.path == str(file)
    assert backup.look(file).rows == report.journal_count
    assert home.rows()[-1] == "backup.made"


def test_the_newest_few_are_kept_and_nothing_else_in_the_folder_is_touched(home: Home, folder: Path) -> None:
    folder.mkdir()
    others = ["oncedesk-004-00000000-20200101T000000Z.backup", "oncedesk-003-notours!-20200101T000000Z.backup", "photo.jpg"]
    for name in others:
        (folder / name).write_text("somebody else's")
    with home.ground() as ground:
        made = [Path(at(home, ground, folder, NOW + timedelta(hours=hour)).make_scheduled().path).name for hour in range(5)]
    assert names(folder) == sorted([*others, *made[2:]])


def test_when_the_new_one_is_not_good_no_old_one_goes(home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with home.ground() as ground:
        good = Path(at(home, ground, folder, keep=1).make_scheduled().path).name

        def damaged(_: Path) -> None:
            raise StoreFault("backup.damaged")

        monkeypatch.setattr(backup, "read_back", damaged)
        with pytest.raises(StoreFault, match=r"backup\.damaged"):
            at(home, ground, folder, NOW + timedelta(hours=5), keep=1).make_scheduled()
    assert good in names(folder)
    made = backups.last(home.path)
    assert made is not None
    assert Path(made.file).name == good


def test_what_a_kill_left_by_half_is_never_taken_for_a_backup_and_cleared_by_the_next(home: Home, folder: Path) -> None:
    with home.ground() as ground:
        first = Path(at(home, ground, folder).make_scheduled().path)
        half = [first.with_name(first.name.replace("T01", "T02") + ending) for ending in (".part", ".copy", ".copy-wal")]
        for path in half:
            path.write_bytes(b"PK")
        second = Path(at(home, ground, folder, NOW + timedelta(hours=5), keep=5).make_scheduled().path)
    assert names(folder) == sorted([first.name, second.name])


def test_a_folder_that_is_not_there_is_said_and_leaves_the_old_backups(home: Home, folder: Path) -> None:
    with home.ground() as ground:
        at(home, ground, folder).make_scheduled()
        before = names(folder)
        (folder / "a file").write_text("where a folder should be")
        for gone in (folder / "a file", folder / "a stick" / "backups"):
            with pytest.raises(StoreFault, match=r"backup\.folder"):
                at(home, ground, gone, NOW + timedelta(hours=5)).make_scheduled()
    assert names(folder) == sorted([*before, "a file"]), "nothing is made where a stick is missing"


def test_two_at_once_are_one(home: Home, folder: Path) -> None:
    with home.ground() as ground, owning(home.path, BACKUP), pytest.raises(Owned, match=r"backup\.running"):
        at(home, ground, folder).make_scheduled()
    with home.ground() as ground, pytest.raises(NoFolder):
        at(home, ground, None).make_scheduled()


def test_a_backup_takes_the_homes_settings_along_but_no_devices_and_nothing_hidden(home: Home, folder: Path) -> None:
    for name in ("settings.toml", "devices.toml", "themes/made-up/1.toml", "themes/.last-good/x.toml", "calendar/china.toml",
                 "logs/a.toml"):
        (home.path / name).parent.mkdir(parents=True, exist_ok=True)
        (home.path / name).write_text("# kept\n")
    with home.ground() as ground:
        file = Path(at(home, ground, folder).make_scheduled().path)
        beside = backup.unpack(backup.look(file), ground.store.key, folder / "looked-at").beside
    assert sorted(beside) == ["calendar/china.toml", "settings.toml", "themes/made-up/1.toml"]


def test_a_check_says_how_old_the_newest_backup_is(home: Home, folder: Path) -> None:
    schedule = Schedule(folder, 4, 3)
    assert checks.made_backups(home.path, schedule, NOW).code == "check.backup_none"
    with home.ground() as ground:
        file = Path(at(home, ground, folder).make_scheduled().path)
    young = checks.made_backups(home.path, schedule, NOW + timedelta(days=2, hours=23))
    assert (young.code, young.severity) == ("check.backup_same_disk", "note"), "this test has one disk only"
    old = checks.made_backups(home.path, schedule, NOW + timedelta(days=4))
    assert (old.code, dict(old.params), old.severity) == ("check.backup_old", {"days": "4"}, "warning")
    assert checks.made_backups(home.path, Schedule(None, 4, 3), NOW).code == "check.backup_by_hand"
    file.rename(file.with_name("elsewhere"))
    assert checks.made_backups(home.path, schedule, NOW).code == "check.backup_out_of_sight"
