"""Backups and slips as people give the word for them."""

from datetime import timedelta
from pathlib import Path

import pytest

from desktop.app import open_workplace
from desktop.flows.print_papers import NoPaperPrinter
from desktop.flows.sign_in import NotAllowed
from desktop.flows.views import Session
from desktop.settings import Settings
from desktop.station.slips import SlipRefused, read_slip, secret_of
from tests.homes import NOW
from tests.papers.reading import text_of


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A window that is no demo."""
    return Settings(home=tmp_path / "home", keyring=False, backup_folder=str(tmp_path / "stick"))


def people(settings: Settings) -> tuple[Session, Session, Session]:
    with open_workplace(settings, clock=lambda: NOW, begin=True) as place:
        admin = place.flows.sign_in.add_user(None, "admin", "管理员", "administrator", "708152")
        return (admin, place.flows.sign_in.add_user(admin, "zhao", "赵建国", "supervisor", "135790"),
                place.flows.sign_in.add_user(admin, "wang", "王秀兰", "clerk", "246810"))


def test_slips_go_to_the_a4_printer_where_there_is_one(tmp_path: Path) -> None:
    demo = Settings(home=tmp_path / "home", demo=True, keyring=False, paper_printer=f"file-folder:{tmp_path / 'printed'}")
    admin, *_ = people(demo)
    with open_workplace(demo, clock=lambda: NOW) as place:
        made = place.flows.keep_safe.make_slips(admin)
    printed = sorted((tmp_path / "printed").iterdir())
    assert (made.files, len(printed)) == ((), 3)
    assert all(f"第 {made.number} 套" in text_of(path.read_bytes()) for path in printed)


def test_slips_are_an_administrators_and_what_is_missing_is_told_to_who_can_do_something(settings: Settings, tmp_path: Path) -> None:
    admin, supervisor, clerk = people(settings)
    with open_workplace(settings, clock=lambda: NOW) as place:
        safe = place.flows.keep_safe
        assert [worry.sentence[:4] for worry in safe.worries(admin)] == ["本机还没", "还没有恢"]
        assert safe.worries(clerk) == ()
        for other in (supervisor, clerk):
            with pytest.raises(NotAllowed):
                safe.make_slips(other, tmp_path / "drawer")
        again = safe.make_slips(admin, tmp_path / "drawer")
        assert [path.read_bytes()[:5] for path in again.files] == [b"%PDF-"] * 3
        with pytest.raises(SlipRefused, match=r"slip\.last_words"):
            safe.slips_handed_out(admin, ["a", "b", "c"])
        assert [worry.sentence[:4] for worry in safe.worries(supervisor)] == ["本机还没", f"第 {again.number}"[:4]]


def test_a_window_without_an_a4_printer_says_so_before_it_makes_a_set(settings: Settings) -> None:
    admin, *_ = people(settings)
    with open_workplace(settings, clock=lambda: NOW) as place:
        assert not place.flows.keep_safe.can_print()
        with pytest.raises(NoPaperPrinter):
            place.flows.keep_safe.make_slips(admin)
    assert not (settings.home / "recovery.json").exists()


def test_the_window_makes_a_backup_when_one_is_due_and_a_supervisor_when_he_wants_one(settings: Settings, tmp_path: Path) -> None:
    _, supervisor, clerk = people(settings)
    with open_workplace(settings, clock=lambda: NOW) as place:
        assert place.flows.keep_safe.back_up_if_due()
        assert not place.flows.keep_safe.back_up_if_due()
        with pytest.raises(NotAllowed):
            place.flows.keep_safe.back_up_now(clerk)
    with open_workplace(settings, clock=lambda: NOW + timedelta(hours=1)) as place:
        assert not place.flows.keep_safe.back_up_if_due()
        made = place.flows.keep_safe.back_up_now(supervisor)
    assert Path(made.file) in (tmp_path / "stick").iterdir()
    with open_workplace(settings, clock=lambda: NOW + timedelta(hours=6)) as place:
        assert place.flows.keep_safe.back_up_if_due()
    assert len(list((tmp_path / "stick").iterdir())) == 3


def test_a_demo_makes_no_backups_and_nags_nobody(tmp_path: Path) -> None:
    demo = Settings(home=tmp_path / "home", demo=True, keyring=False, backup_folder=str(tmp_path / "stick"))
    admin, *_ = people(demo)
    with open_workplace(demo, clock=lambda: NOW) as place:
        assert not place.flows.keep_safe.back_up_if_due()
        assert place.flows.keep_safe.worries(admin) == ()
    assert not (tmp_path / "stick").exists()


def test_words_on_the_printed_slips_are_the_ones_that_open(settings: Settings, tmp_path: Path) -> None:
    import zxingcpp

    from desktop.papers.preview import render

    admin, *_ = people(settings)
    with open_workplace(settings, clock=lambda: NOW) as place:
        files = place.flows.keep_safe.make_slips(admin, tmp_path / "drawer").files
        slips = [read_slip(zxingcpp.read_barcodes(render(path.read_bytes(), 1200)[0])[0].text) for path in files]
        place.flows.keep_safe.slips_handed_out(admin, [slip.words[-1] for slip in slips])
    assert secret_of(slips[1:])
