"""Commands on a full and on a read-only disk: reading goes on, sending does with the ballast's room, the rest says why not."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.app import ballast_of
from desktop.settings import load_settings
from desktop.wording import say
from tests.cli.conftest import Command
from tests.sandbox.process import Sandbox
from tests.small_disk import SmallDisk, small_disk


@pytest.fixture
def disk(tmp_path: Path, accepted_home: tuple[Path, str]) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", 96) as mounted:
        shutil.copytree(accepted_home[0], mounted.home)
        with (mounted.home / "settings.toml").open("a") as file:
            file.write("ballast_mb = 9\nreserve_mb = 1\n")
        yield mounted


@pytest.mark.parametrize(("how", "code"), [("full", "store.full"), ("ro", "store.readonly")])
def test_lists_are_read_and_what_cannot_be_kept_is_said(
        oncedesk: Command, disk: SmallDisk, accepted_home: tuple[Path, str], how: str, code: str) -> None:
    if how == "full":
        disk.fill()
    else:
        disk.turn("ro")
    listed = oncedesk("case", "list", "--json", "--home", disk.home)
    assert (listed.status, [row["case_number"] for row in listed.document]) == (0, [accepted_home[1]])
    assert oncedesk("sync", "status", "--json", "--home", disk.home).document["waiting"] == 1
    told = oncedesk("users", "add", "qian", "--name", "钱多", "--as", "admin", "--home", disk.home, pins=("708152",), new_pin="518293")
    assert (told.status, say(code) in told.err) == (2, True)
    store = next(row for row in oncedesk("doctor", "--json", "--home", disk.home).document if row["id"] == "store")
    assert (store["ok"], store["sentence"]) == (False, say(code))


def test_on_a_full_disk_a_case_is_sent_in_the_room_of_the_ballast(
        oncedesk: Command, disk: SmallDisk, accepted_home: tuple[Path, str], tmp_path: Path) -> None:
    ballast = ballast_of(load_settings(disk.home))
    assert ballast.make()
    disk.fill()
    with Sandbox(tmp_path / "province", delay=0.0) as province:
        told = oncedesk("sync", "once", "--platform", province.url, "--json", "--home", disk.home)
        assert (told.status, told.document["sent"]) == (0, 1)
        assert [case["case_number"] for case in province.cases()["cases"]] == [accepted_home[1]]
    assert not ballast.held


def test_without_that_room_the_same_case_stays_in_the_queue_and_is_sent_later(oncedesk: Command, disk: SmallDisk, tmp_path: Path) -> None:
    disk.fill()
    with Sandbox(tmp_path / "province", delay=0.0) as province:
        told = oncedesk("sync", "once", "--platform", province.url, "--json", "--home", disk.home)
        assert (told.status, say("store.full") in told.err) == (2, True)
        disk.clear()
        assert oncedesk("sync", "once", "--platform", province.url, "--json", "--home", disk.home).status == 0
        assert province.cases()["count"] == 1
