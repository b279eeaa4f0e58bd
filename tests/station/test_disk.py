"""A full or a read-only disk: what can still be done, who says so, and how it goes over. On a real small disk."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from db.faults import StoreFault
from desktop.app import Workplace, ballast_of, open_workplace
from desktop.flows.views import Session
from desktop.settings import Settings
from desktop.station.owner import WINDOW, Owned, Seat, owning
from tests.homes import NOW
from tests.small_disk import SmallDisk, small_disk

SIZE = 64
PIN = "246810"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("begun") / "home"
    with open_workplace(settings_on(home), clock=lambda: NOW, begin=True) as place:
        clerk = place.flows.sign_in.add_user(None, "wang", "王秀兰", "administrator", PIN)
        place.flows.greet.start(clerk, "hebei-newborn")
    return home


@pytest.fixture
def disk(tmp_path: Path, begun: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", SIZE) as mounted:
        shutil.copytree(begun, mounted.home)
        yield mounted


def settings_on(home: Path, ballast: int = 4) -> Settings:
    return Settings(home=home, keyring=False, ballast_mb=ballast, reserve_mb=10)


def seen(place: Workplace) -> int:
    """Somebody looks through the lists."""
    assert place.flows.sign_in.users() == (("wang", "王秀兰"),)
    place.flows.follow.rows()
    place.flows.close_day.view()
    return len(place.flows.search.cases(Session("", "wang", "王秀兰", "clerk")))


_typed = count()


def save_much(place: Workplace) -> None:
    for _ in range(200):
        save(place)


def save(place: Workplace) -> None:
    """A keystroke; signing in would do without the disk."""
    session = Session("", "wang", "王秀兰", "clerk")
    case = place.flows.search.cases(session)[0].case_uuid
    place.flows.fill.answer(session, case, "applicant_phone", f"138{next(_typed):08}")


def test_on_a_full_disk_without_a_ballast_the_store_opens_to_be_read_and_saving_comes_back_by_itself(disk: SmallDisk) -> None:
    disk.fill()
    with open_workplace(settings_on(disk.home), clock=lambda: NOW) as place:
        assert seen(place) == 1
        assert place.flows.upkeep.trouble() == "store.full"
        with pytest.raises(StoreFault) as full:
            save(place)
        assert full.value.code == "store.full"
        disk.clear()
        assert place.flows.upkeep.trouble() == ""
        save(place)
        assert seen(place) == 1
        assert ballast_of(place.desk.settings).held, "there is room for it now"


def test_the_ballast_is_let_go_first_and_made_again_when_there_is_room(disk: SmallDisk) -> None:
    with open_workplace(settings_on(disk.home), clock=lambda: NOW) as place:
        ballast = ballast_of(place.desk.settings)
        assert place.flows.upkeep.trouble() == ""
        assert (disk.home / "ballast").stat().st_blocks * 512 >= ballast.size
        disk.fill()
        save(place)
        assert not ballast.held
        assert place.flows.upkeep.trouble() == "store.reserve"
        assert not ballast.held, "not into the last room"
        disk.fill()
        with pytest.raises(StoreFault) as full:
            save_much(place)
        assert full.value.code == "store.full"
        assert place.flows.upkeep.trouble() == "store.full"
        assert seen(place) == 1
        disk.clear()
        assert place.flows.upkeep.trouble() == ""
        save(place)
        assert ballast.held


def test_a_start_on_a_full_disk_lets_the_ballast_go_and_writes(disk: SmallDisk) -> None:
    assert ballast_of(settings_on(disk.home)).make()
    (disk.home / WINDOW).unlink(missing_ok=True)
    disk.fill()
    with closing(Seat(disk.home, ballast_of(settings_on(disk.home)).let_go)) as seat:
        seat.sit()
        with open_workplace(settings_on(disk.home), clock=lambda: NOW, may_write=seat.take) as place:
            save(place)
            assert place.flows.upkeep.trouble() == "store.reserve"


def test_pictures_are_refused_before_the_disk_is_full_and_small_rows_are_not(disk: SmallDisk, tmp_path: Path) -> None:
    with open_workplace(settings_on(disk.home, ballast=0), clock=lambda: NOW) as place:
        clerk = place.flows.sign_in.enter("wang", PIN)
        case = place.flows.search.cases(clerk)[0].case_uuid
        picture = tmp_path / "page.jpg"
        shutil.copy(Path(__file__).parents[2] / "resources" / "recordings" / "desk" / "parents_cards_front.jpg", picture)
        (disk.root / "big").write_bytes(bytes(58_000_000))
        files = sorted(path.name for path in disk.home.rglob("*"))
        for take in (lambda: place.flows.capture_page.import_file(clerk, case, picture),
                     lambda: place.flows.take_portrait.import_file(clerk, case, "photo", picture)):
            with pytest.raises(StoreFault) as refused:
                take()
            assert refused.value.code == "store.reserve"
        assert sorted(path.name for path in disk.home.rglob("*")) == files
        place.flows.fill.answer(clerk, case, "applicant_phone", "13800000000")


def test_a_read_only_disk_is_read_without_a_lock_and_written_to_with_one_once_it_can_be(disk: SmallDisk) -> None:
    disk.turn("ro")
    settings = settings_on(disk.home)
    with closing(Seat(disk.home, ballast_of(settings).let_go)) as seat:
        with pytest.raises(StoreFault) as no_lock:
            seat.sit()
        assert no_lock.value.code == "store.readonly"
        with open_workplace(settings, clock=lambda: NOW, may_write=seat.take) as place:
            assert seen(place) == 1
            assert place.flows.upkeep.trouble() == "store.readonly"
            disk.turn("rw")
            with owning(disk.home, WINDOW):
                assert place.flows.upkeep.trouble() == "store.readonly", "another window sat down meanwhile"
            assert place.flows.upkeep.trouble() == ""
            save(place)
            assert seen(place) == 1
            with pytest.raises(Owned), owning(disk.home, WINDOW):
                pass


def test_what_a_killed_program_left_in_the_wal_is_read_on_a_full_and_on_a_read_only_disk(disk: SmallDisk, tmp_path: Path) -> None:
    with open_workplace(settings_on(disk.home), clock=lambda: NOW) as place:
        place.flows.greet.start(place.flows.sign_in.enter("wang", PIN), "hebei-marriage")
        assert seen(place) == 2
        shutil.copytree(disk.home, tmp_path / "killed")     # with its WAL, as a power cut leaves it
    shutil.rmtree(disk.home)
    shutil.copytree(tmp_path / "killed", disk.home)
    (disk.home / "cases.db-shm").unlink(missing_ok=True)
    (disk.home / "ballast").unlink(missing_ok=True)
    assert (disk.home / "cases.db-wal").stat().st_size
    disk.fill()
    with open_workplace(settings_on(disk.home), clock=lambda: NOW) as place:
        assert (seen(place), place.flows.upkeep.trouble()) == (2, "store.full")
    disk.turn("ro")
    with open_workplace(settings_on(disk.home), clock=lambda: NOW) as place:
        assert (seen(place), place.flows.upkeep.trouble()) == (2, "store.readonly")
