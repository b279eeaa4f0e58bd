"""`oncedesk station …` and what a refused sign-on is to the commands that send."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.sandbox.process import Sandbox

ADMIN = ("--as", "admin")


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "province", delay=0) as started:
        yield started


def test_who_this_pc_is_can_be_read_out_and_asking_changes_nothing(oncedesk: Command, accepted: tuple[Path, str]) -> None:
    home, _ = accepted
    told = oncedesk("station", "show", "--json", "--home", home)
    shown = told.document
    assert told.status == 0
    assert (shown["terminal_id"], shown["window_code"], shown["region"], shown["fault"]) == ("terminal-1", "003", "130529", "")
    assert shown["installation_id"]
    assert shown["store_id"]
    assert shown["version"]
    assert shown["journal_count"] > 0
    assert oncedesk("station", "show", "--json", "--home", home).document == shown
    assert shown["installation_id"] in oncedesk("station", "show", "--home", home).out


def test_it_is_told_also_where_no_store_opens(oncedesk: Command, accepted: tuple[Path, str], tmp_path: Path) -> None:
    home, _ = accepted
    shown = oncedesk("station", "show", "--json", "--home", home).document
    (home / "cases.db").write_bytes(b"")
    told = oncedesk("station", "show", "--json", "--home", home)
    assert (told.status, told.document["fault"], told.document["store_id"]) == (1, "store.empty", None)
    assert told.document["installation_id"] == shown["installation_id"]
    nothing = oncedesk("station", "show", "--json", "--home", tmp_path / "nothing")
    assert (nothing.status, nothing.document["fault"], nothing.document["installation_id"]) == (1, "store.none", "")
    assert not (tmp_path / "nothing").exists()


def test_a_copied_home_is_told_so_sends_nothing_and_is_settled_by_two_administrators(
        oncedesk: Command, accepted: tuple[Path, str], province: Sandbox, tmp_path: Path) -> None:
    home, number = accepted
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    once = ("sync", "once", "--platform", province.url, "--json", "--home")
    assert oncedesk(*once, copy).document["sent"] == 1

    refused = oncedesk(*once, home)

    assert (refused.status, refused.out) == (2, "")
    assert "拷贝" in refused.err
    waiting = oncedesk("sync", "status", "--json", "--home", home).document["rows"][0]
    assert (waiting["state"], waiting["error"]) == ("waiting", "platform.cloned")
    assert oncedesk("station", "show", "--json", "--home", home).status == 1
    store = next(one for one in oncedesk("doctor", "--json", "--home", home).document if one["id"] == "store")
    assert (store["severity"], "拷贝" in store["sentence"]) == ("fault", True)
    assert oncedesk("station", "renew", "--as", "wang", "--home", home, pins=("246810",)).status == 2
    renewed = oncedesk("station", "renew", *ADMIN, "--json", "--home", home, pins=("708152",)).document
    assert oncedesk(*once, home).status == 2
    province.take_over("terminal-1", renewed["installation_id"])
    assert oncedesk(*once, home).status == 0
    assert [case["case_number"] for case in province.cases()["cases"]] == [number]
    assert oncedesk("station", "show", "--json", "--home", home).status == 0
    assert "另一台电脑" in oncedesk(*once, copy).err


def test_a_restored_store_gives_out_other_numbers_than_the_one_it_follows(oncedesk: Command, accepted: tuple[Path, str],
                                                                          province: Sandbox, tmp_path: Path) -> None:
    home, _ = accepted
    file, elsewhere = tmp_path / "backup.zip", tmp_path / "elsewhere"
    once = ("sync", "once", "--platform", province.url, "--json", "--home")
    assert oncedesk("backup", "make", file, "--as", "zhao", "--home", home, pins=("135790",)).status == 0
    assert oncedesk(*once, home).status == 0
    elsewhere.mkdir()
    for name in ("settings.toml", "station.json", "store.key"):      # the same PC, its store lost
        shutil.copy(home / name, elsewhere / name)
    assert oncedesk("backup", "restore", file, "--home", elsewhere).status == 0

    assert oncedesk(*once, elsewhere).status == 0       # fewer rows than the province saw, and it knows why
