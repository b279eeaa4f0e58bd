"""Ten shapes a store may be found in: each is opened or refused in plain words, and no shape costs a piece of evidence."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from db import attachments, cases, journal
from db.faults import StoreFault
from db.store import DB_NAME
from desktop.app import open_workplace
from desktop.settings import Settings
from desktop.station import keys, witness
from tests.cli.conftest import Command
from tests.homes import NOW

WAL = f"{DB_NAME}-wal"
ROWS = 17


def settings_of(home: Path) -> Settings:
    return Settings(home=home, keyring=False)


@pytest.fixture(scope="module")
def kept_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with people and evidence older than a day, and HOME/../older: its cases.db as it was before the last rows."""
    home = tmp_path_factory.mktemp("kept") / "home"
    with open_workplace(settings_of(home), clock=lambda: NOW, begin=True) as place:
        place.flows.sign_in.add_user(None, "admin", "管理员", "administrator", "802753")
        for number in range(ROWS):
            stored = attachments.put(place.desk.store, f"页 {number}".encode() * 200)
            with place.desk.store.transaction() as tx:
                attachments.record(tx, stored)
    shutil.copy(home / DB_NAME, home.parent / "older")
    with open_workplace(settings_of(home), clock=lambda: NOW) as place:
        place.flows.sign_in.enter("admin", "802753")
    for path in (home / "attachments").iterdir():
        os.utime(path, ((NOW - timedelta(days=3)).timestamp(),) * 2)
    (home / "settings.toml").write_text("keyring = false\n")
    return home


@pytest.fixture
def home(kept_home: Path, tmp_path: Path) -> Path:
    shutil.copytree(kept_home, tmp_path / "home", copy_function=shutil.copy2)
    return tmp_path / "home"


def listing(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in sorted((home / "attachments").rglob("*")) if path.is_file()}


def empty(home: Path, _: Path) -> None:
    (home / DB_NAME).write_bytes(b"")


def missing(home: Path, _: Path) -> None:
    (home / DB_NAME).rename(home.parent / "moved.db")


def missing_with_its_key(home: Path, _: Path) -> None:
    for name in (DB_NAME, keys.KEY_FILE, witness.FILE):
        (home / name).unlink()


def older(home: Path, kept: Path) -> None:
    shutil.copy(kept.parent / "older", home / DB_NAME)


def foreign(home: Path, _: Path) -> None:
    other = home.parent / "other"
    with open_workplace(settings_of(other), clock=lambda: NOW, begin=True) as place:
        place.flows.sign_in.add_user(None, "li", "李建民", "administrator", "802753")
    for name in (DB_NAME, keys.KEY_FILE):
        shutil.copy(other / name, home / name)


def truncated(home: Path, _: Path) -> None:
    with (home / DB_NAME).open("rb+") as file:
        file.truncate((home / DB_NAME).stat().st_size // 2 // 4096 * 4096)


def wal_gone(home: Path, _: Path) -> None:
    """Killed before the WAL was folded back, and somebody tidied up."""
    with open_workplace(settings_of(home), clock=lambda: NOW) as place:
        place.flows.sign_in.enter("admin", "802753")
        shutil.copy(home / DB_NAME, home.parent / "cut.db")
    shutil.copy(home.parent / "cut.db", home / DB_NAME)


def other_key(home: Path, _: Path) -> None:
    (home / keys.KEY_FILE).write_text("ab" * 32)


def newer_program(home: Path, _: Path) -> None:
    from sqlalchemy import text

    with open_workplace(settings_of(home), clock=lambda: NOW) as place, place.desk.store.transaction() as tx:
        tx.session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))


SHAPES: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "empty": (empty, "store.empty"), "missing": (missing, "store.missing"), "missing with its key": (missing_with_its_key, "store.missing"),
    "older": (older, "store.behind"), "foreign": (foreign, "store.foreign"), "truncated": (truncated, "store.damaged"),
    "WAL gone": (wal_gone, "store.behind"), "other key": (other_key, "store.wrong_key"), "future": (newer_program, "store.newer"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_store_in_another_shape_is_refused_in_plain_words_and_nothing_is_touched(
        shape: str, home: Path, kept_home: Path, oncedesk: Command) -> None:
    spoil, code = SHAPES[shape]
    spoil(home, kept_home)
    before = listing(home)
    assert len(before) == ROWS
    told = oncedesk("case", "list", "--home", home)
    assert told.status == 2
    assert listing(home) == before
    for begin in (False, True):
        with pytest.raises(StoreFault) as refused, open_workplace(settings_of(home), clock=lambda: NOW, begin=begin):
            pass
        assert refused.value.code == code
    found = next(row for row in oncedesk("doctor", "--json", "--home", home).document if row["id"] == "store")
    assert (found["severity"], found["ok"]) == ("fault", False)
    assert found["remedy"]
    assert listing(home) == before
    assert not (home / "aside").exists()


def test_the_same_store_unharmed_is_opened_by_every_road_and_keeps_its_evidence(home: Path, oncedesk: Command) -> None:
    before = listing(home)
    assert oncedesk("case", "list", "--home", home).status == 0
    assert oncedesk("doctor", "--json", "--home", home).status in {0, 1}
    assert listing(home) == before


def test_a_home_without_a_trace_may_begin_and_only_when_it_is_asked_to(tmp_path: Path) -> None:
    with pytest.raises(StoreFault, match=r"store\.none"), open_workplace(settings_of(tmp_path / "new"), clock=lambda: NOW):
        pass
    assert not (tmp_path / "new").exists()
    with open_workplace(settings_of(tmp_path / "new"), clock=lambda: NOW, begin=True) as place:
        assert place.flows.sign_in.users() == ()


def test_evidence_alone_is_a_trace_of_a_store(home: Path) -> None:
    for path in home.iterdir():
        if path.name != "attachments":
            path.unlink()
    with pytest.raises(StoreFault, match=r"store\.missing"), open_workplace(settings_of(home), clock=lambda: NOW, begin=True):
        pass


def test_a_store_without_its_witness_opens_and_says_that_nobody_knows_whether_it_is_the_newest(home: Path, oncedesk: Command) -> None:
    (home / witness.FILE).unlink()
    found = next(row for row in oncedesk("doctor", "--json", "--home", home).document if row["id"] == "store")
    assert found["severity"] == "warning"
    found = next(row for row in oncedesk("doctor", "--json", "--home", home).document if row["id"] == "store")
    assert found["severity"] == "ok", "from then on it has one again"


def test_a_witness_that_somebody_wrote_themselves_is_no_witness(home: Path) -> None:
    content = (home / witness.FILE).read_bytes()
    (home / witness.FILE).write_bytes(content.replace(b'"count": 2', b'"count": 1').replace(b'"count": 3', b'"count": 1'))
    shutil.copy(home / DB_NAME, home.parent / "same.db")
    with open_workplace(settings_of(home), clock=lambda: NOW) as place, place.desk.store.reading() as tx:
        assert journal.head(tx)[0] >= 2


def test_a_store_that_went_another_way_since_the_witness_saw_it_is_refused(home: Path, kept_home: Path) -> None:
    """An older copy that was worked on elsewhere has as many rows, and others."""
    elsewhere = home.parent / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(kept_home.parent / "older", elsewhere / DB_NAME)
    shutil.copy(home / keys.KEY_FILE, elsewhere / keys.KEY_FILE)
    with open_workplace(settings_of(elsewhere), clock=lambda: NOW + timedelta(hours=1)) as place:
        for _ in range(3):
            place.flows.sign_in.enter("admin", "802753")
    shutil.copy(elsewhere / DB_NAME, home / DB_NAME)
    with pytest.raises(StoreFault, match=r"store\.rewritten"), open_workplace(settings_of(home), clock=lambda: NOW):
        pass


# --- on disks that cannot be written to -------------------------------------------------------------------------------


@contextmanager
def small_disk(place: Path, megabytes: int = 24) -> Iterator[Path]:
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)], check=False, capture_output=True)
    if done.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb") as file:
        try:
            while True:
                file.write(bytes(65536))
                file.flush()
        except OSError:
            return


@pytest.mark.parametrize("with_wal", [False, True])
@pytest.mark.parametrize("state", ["full", "read-only"])
def test_on_a_disk_that_cannot_be_written_to_a_store_opens_to_be_read(home: Path, tmp_path: Path, state: str, with_wal: bool) -> None:
    with small_disk(tmp_path / "disk") as disk:
        there = disk / "home"
        if with_wal:
            with open_workplace(settings_of(home), clock=lambda: NOW) as place:
                place.flows.sign_in.enter("admin", "802753")
                shutil.copytree(home, there, ignore=shutil.ignore_patterns("*-shm"))
        else:
            shutil.copytree(home, there)
        assert (there / WAL).exists() is with_wal
        if state == "full":
            fill(disk)
        else:
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        before = listing(there)
        with open_workplace(settings_of(there), clock=lambda: NOW) as place:
            assert place.desk.store.readonly is not None
            assert place.desk.store.readonly.code == {"full": "store.full", "read-only": "store.readonly"}[state]
            assert place.flows.sign_in.users() == (("admin", "管理员"),)
            with place.desk.store.reading() as tx:
                assert cases.newest(tx) == ()
            with pytest.raises(StoreFault, match=r"store\.(full|readonly)"), place.desk.store.transaction():
                pass
        assert listing(there) == before

