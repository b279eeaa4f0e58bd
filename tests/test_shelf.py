"""What a county lays into its folder of themes: nothing it does there is passed over in silence, and nothing stops the other packs."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from desktop.domain.mistake_words import said
from desktop.domain.themes import PackError
from desktop.flows.browse_themes import BrowseThemes
from desktop.shelf import Packs, read_pack
from tests.domain.made_up import TEXT

SHIPPED = TEXT
COUNTY = TEXT.replace('short_title = "搬家"', 'short_title = "本县搬家"')
assert COUNTY != SHIPPED


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """What ships, with one pack, and the county's own folder, empty."""
    shipped, county = tmp_path / "shipped", tmp_path / "home" / "themes"
    lay(shipped, "sample-move/1.toml", SHIPPED)
    county.mkdir(parents=True)
    return shipped, county


def lay(folder: Path, place: str, text: str) -> Path:
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def names(packs: Packs) -> list[str]:
    return [f"{pack.short_title} {pack.id}@{pack.version}" for pack in packs.packs]


def told(packs: Packs) -> list[str]:
    """What is wrong, in the words of the browser."""
    return [said(mistake.expected) for error in packs.broken for mistake in error.mistakes]


# --- what a file does to the reader

@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 10_000, "a = " + "{b=" * 50_000, "a." * 50_000 + "b = 1",
                                  "# " + "x" * 3_000_000, "\0", "[a]\n[a]\n"])
def test_whatever_one_file_does_to_the_reader_the_others_are_read(folders: tuple[Path, Path], text: str) -> None:
    lay(folders[1], "deep/1.toml", text)
    packs = Packs(*folders)
    assert names(packs) == ["搬家 sample-move@1"]
    assert len(packs.broken) == 1
    assert "deep" in packs.broken[0].mistakes[0].origin
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in one) for one in told(packs))


def test_bytes_that_are_no_text_and_a_folder_called_like_a_file_are_told(folders: tuple[Path, Path]) -> None:
    lay(folders[1], "deep/1.toml", "").write_bytes(b"\xff\xfe\x00")
    (folders[1] / "deep/2.toml").mkdir()
    assert len(Packs(*folders).broken) == 2


def test_a_single_file_is_refused_the_same_way(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="2000 kB"):
        read_pack(lay(tmp_path, "big.toml", "# " + "x" * 3_000_000))
    with pytest.raises(PackError):
        read_pack(lay(tmp_path, "deep.toml", "a = " + "[" * 100_000))


# --- where a file lies

@pytest.mark.parametrize("place", ["loose.toml", "sample-move/old/1.toml"])
def test_a_file_that_lies_elsewhere_is_told_and_not_read(folders: tuple[Path, Path], place: str) -> None:
    lay(folders[1], place, COUNTY)
    packs = Packs(*folders)
    assert names(packs) == ["搬家 sample-move@1"]
    assert [Path(error.mistakes[0].origin).name for error in packs.broken] == [Path(place).name]
    assert told(packs) == [f"放在 <id>/<version>.toml 这样的位置；现在是 {place}"]


@pytest.mark.parametrize(("place", "key", "expected"), [
    ("move/1.toml", "id", "文件夹叫 sample-move；现在是 move"), ("sample-move/2.toml", "version", "文件叫 1.toml；现在是 2.toml")])
def test_folder_and_file_are_called_by_id_and_version(folders: tuple[Path, Path], place: str, key: str, expected: str) -> None:
    lay(folders[1], place, COUNTY)
    packs = Packs(*folders)
    assert names(packs) == ["搬家 sample-move@1"]
    mistake = packs.broken[0].mistakes[0]
    assert (mistake.path, mistake.line is not None) == (key, True)
    assert told(packs) == [expected]


def test_of_two_files_of_one_version_the_rightly_named_holds_and_both_are_named(folders: tuple[Path, Path]) -> None:
    lay(folders[1], "sample-move/1.toml", COUNTY)
    lay(folders[1], "sample-move/1 (2).toml", COUNTY.replace("本县搬家", "副本"))
    packs = Packs(*folders)
    assert names(packs) == ["本县搬家 sample-move@1"]
    assert Path(packs.broken[0].mistakes[0].origin).name == "1 (2).toml"
    assert told(packs)[-1] == "另一个版本：sample-move@1 已经有 sample-move/1.toml"


# --- whose pack it is

def test_a_pack_of_the_county_replaces_the_shipped_one_and_says_so(folders: tuple[Path, Path]) -> None:
    packs = Packs(*folders)
    assert [(packs.origin(pack), packs.replaces(pack)) for pack in packs.packs] == [("shipped", False)]
    lay(folders[1], "sample-move/1.toml", COUNTY)
    lay(folders[1], "sample-move/2.toml", COUNTY.replace('version = "1"', 'version = "2"'))
    packs.reread()
    assert [(pack.version, packs.origin(pack), packs.replaces(pack)) for pack in packs.packs] == [
        ("1", "county", True), ("2", "county", False)]
    assert packs.broken == ()


# --- the last good version

def test_the_last_good_version_stays_in_force_after_a_restart(folders: tuple[Path, Path]) -> None:
    file = lay(folders[1], "sample-move/2.toml", COUNTY.replace('version = "1"', 'version = "2"'))
    Packs(*folders)
    file.write_text("id = \n", "utf-8")
    packs = Packs(*folders)                          # another run of the program
    assert names(packs) == ["搬家 sample-move@1", "本县搬家 sample-move@2"]
    held = packs.held_by(file)
    assert held is not None
    assert held.version == "2"
    assert [Path(error.mistakes[0].origin) for error in packs.broken] == [file]
    assert [path.name for path in folders[1].rglob("*") if path.is_file()] == ["2.toml", "2.toml"]


def test_what_replaced_a_shipped_pack_holds_on_and_the_browser_says_which_file_is_broken(folders: tuple[Path, Path]) -> None:
    file = lay(folders[1], "sample-move/1.toml", COUNTY)
    Packs(*folders)
    file.write_text(COUNTY.replace("working_days = 5", "working_days = 0"), "utf-8")
    packs = Packs(*folders)
    assert names(packs) == ["本县搬家 sample-move@1"]
    settings = SimpleNamespace(region="130529", packs=folders[1])
    seen = BrowseThemes(cast("Any", SimpleNamespace(packs=packs, settings=settings, today=lambda: packs.packs[0].effective_from))).packs()
    assert [broken.file for broken in seen.broken] == ["sample-move/1.toml"]
    assert seen.broken[0].standing == "上一次读取时没有错的内容（本县搬家 1 版）继续有效。"


def test_a_pack_that_was_taken_away_is_gone_and_a_mended_one_is_the_new_last_good(folders: tuple[Path, Path]) -> None:
    file = lay(folders[1], "sample-move/2.toml", COUNTY.replace('version = "1"', 'version = "2"'))
    packs = Packs(*folders)
    file.unlink()
    packs.reread()
    assert names(packs) == ["搬家 sample-move@1"]
    assert names(Packs(*folders)) == ["搬家 sample-move@1"]
    file.write_text("id = \n", "utf-8")
    assert names(Packs(*folders)) == ["搬家 sample-move@1"]          # what was taken away does not come back


def test_a_folder_that_cannot_be_written_to_holds_packs_all_the_same(folders: tuple[Path, Path]) -> None:
    lay(folders[1], "sample-move/1.toml", COUNTY)
    lay(folders[1], ".last-good", "no folder")
    assert names(Packs(*folders)) == ["本县搬家 sample-move@1"]


def test_nothing_is_written_into_what_ships(folders: tuple[Path, Path]) -> None:
    Packs(*folders)
    assert [path.name for path in folders[0].rglob("*") if path.is_file()] == ["1.toml"]
