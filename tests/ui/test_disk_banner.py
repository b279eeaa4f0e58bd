"""The window on a full and on a read-only disk: it opens, its cover asks who sits there, and a banner says what is wrong while it is."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop import wording
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.main_window import MainWindow
from tests.small_disk import SmallDisk, small_disk
from tests.ui.onlooker import Onlooker, start
from tests.ui.stand_in import StandIn


@pytest.fixture
def disk(tmp_path: Path, begun: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", 64) as mounted:
        shutil.copytree(begun, mounted.home)
        (mounted.home / "settings.toml").write_text("keyring = false\nballast_mb = 0\nreserve_mb = 5\n")
        yield mounted


@pytest.mark.parametrize(("how", "code"), [("full", "store.full"), ("ro", "store.readonly")])
def test_it_starts_and_asks_who_sits_there_and_the_log_lies_elsewhere(onlooker: Onlooker, disk: SmallDisk, how: str, code: str) -> None:
    if how == "full":
        disk.fill()
    else:
        disk.turn("ro")
    onlooker.until = lambda window: bool(window.trouble.text)
    assert start(disk.home) == 0
    assert onlooker.faces == []
    assert onlooker.banners == [wording.say(code)]


def test_it_goes_by_itself_when_the_disk_can_be_written_to_again(onlooker: Onlooker, disk: SmallDisk) -> None:
    disk.turn("ro")
    told: list[str] = []

    def gone(window: MainWindow) -> bool:
        if not told and window.trouble.text:
            told.append(window.trouble.text)
            disk.turn("rw")
        return bool(told) and not window.trouble.text

    onlooker.until = gone
    assert start(disk.home) == 0
    assert told == [wording.say("store.readonly")]


def test_the_banner_stands_above_the_cover_and_goes_with_its_cause(qtbot: QtBot, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.ui.main_window.PILL_EVERY_MS", 20)
    stand_in = StandIn(trouble_now="store.full")
    window = MainWindow(stand_in.flows(), Lanes(), look=look)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(window.trouble.isVisible)
    assert window.cover.isVisible()
    assert window.trouble.text == wording.say("store.full")
    stand_in.trouble_now = ""
    qtbot.waitUntil(lambda: not window.trouble.isVisible())
    window.close()
