"""`oncedesk backup` and `oncedesk station` on a home with one accepted case: copies, slips, a lost key, a lost store."""

import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp

from desktop.papers.preview import render
from tests.cli.conftest import Command

CLERK, SUPERVISOR, ADMIN = ("--as", "wang"), ("--as", "zhao"), ("--as", "admin")


def test_a_backup_is_made_checked_and_restored_elsewhere(oncedesk: Command, accepted: tuple[Path, str], tmp_path: Path) -> None:
    home, number = accepted
    file, elsewhere = tmp_path / "backup.zip", tmp_path / "elsewhere"
    slips = make_slips(oncedesk, home, tmp_path)
    assert oncedesk("backup", "make", file, *CLERK, "--home", home, pins=("246810",)).status == 2
    assert not file.exists()
    assert oncedesk("backup", "make", file, *SUPERVISOR, "--json", "--home", home, pins=("135790",)).document["cases"] == 1
    assert oncedesk("backup", "check", file, "--json", "--home", home).status == 0
    assert oncedesk("backup", "restore", file, "--home", home).status == 2       # there is a store already
    keyless = oncedesk("backup", "restore", file, "--home", elsewhere)
    assert (keyless.status, elsewhere.exists()) == (2, False)
    assert "恢复纸条" in keyless.err
    restored = oncedesk("backup", "restore", file, "--slips", slips[0], slips[2], "--json", "--home", elsewhere)
    assert (restored.status, restored.document["cases"]) == (0, 1)
    assert [row["case_number"] for row in oncedesk("case", "list", "--json", "--home", elsewhere).document] == [number]


def make_slips(oncedesk: Command, home: Path, folder: Path) -> list[Path]:
    """Printed, scanned by their codes, and with their people."""
    made = oncedesk("station", "slips", "--out", folder / "print", *ADMIN, "--json", "--home", home, pins=("708152",)).document
    files = []
    for pdf in map(Path, made["files"]):
        (code,) = zxingcpp.read_barcodes(render(pdf.read_bytes(), 1200)[0])
        files.append(pdf.with_suffix(".txt"))
        files[-1].write_text(code.text)
        assert stat.S_IMODE(pdf.stat().st_mode) == 0o600
    told = oncedesk("station", "handed-out", *(file.read_text().split()[-1] for file in files), *ADMIN, "--json", "--home", home,
                    pins=("708152",))
    assert told.document["number"] == made["number"]
    return files


def test_slips_are_an_administrators_to_make_and_the_papers_prove_that_they_are_there(oncedesk: Command, accepted: tuple[Path, str],
                                                                                     tmp_path: Path) -> None:
    home, _ = accepted
    assert oncedesk("station", "slips", "--out", tmp_path / "print", *SUPERVISOR, "--home", home, pins=("135790",)).status == 2
    assert not (tmp_path / "print").exists()
    make_slips(oncedesk, home, tmp_path)
    told = oncedesk("station", "handed-out", "a", "b", "c", *ADMIN, "--home", home, pins=("708152",))
    assert (told.status, "没有等待登记" in told.err) == (2, True)
    assert next(row for row in oncedesk("doctor", "--json", "--home", home).document if row["id"] == "slips")["ok"]


def test_two_slips_give_the_key_back_and_a_new_pin_to_the_last_administrator(oncedesk: Command, accepted: tuple[Path, str], tmp_path: Path,
                                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    home, number = accepted
    slips = make_slips(oncedesk, home, tmp_path)
    (home / "store.key").unlink()
    lost = oncedesk("case", "list", "--home", home)
    assert (lost.status, "station recover" in lost.err) == (2, True)
    monkeypatch.setenv("ONCEDESK_NEW_PIN", "271828")
    told = oncedesk("station", "recover", "--slips", slips[1], slips[2], "--new-pin", "admin", "--json", "--home", home)
    assert (told.status, told.document["given_back"], told.document["pin_of"]) == (0, True, "admin")
    assert [row["case_number"] for row in oncedesk("case", "list", "--json", "--home", home).document] == [number]
    assert oncedesk("station", "slips", "--out", tmp_path / "p", *ADMIN, "--home", home, pins=("708152",)).status == 2
    monkeypatch.setenv("ONCEDESK_NEW_PIN", "518293")
    assert oncedesk("users", "pin", *ADMIN, "--home", home, pins=("271828",)).status == 0, "the one typed before others was for once"
    assert oncedesk("station", "slips", "--out", tmp_path / "p", *ADMIN, "--home", home, pins=("518293",)).status == 0
    told = oncedesk("station", "recover", "--slips", slips[1], slips[2], "--new-pin", "wang", "--home", home)
    assert (told.status, "管理员" in told.err) == (2, True)


def test_a_wrong_word_is_named_with_its_place(oncedesk: Command, accepted: tuple[Path, str], tmp_path: Path) -> None:
    home, _ = accepted
    slips = make_slips(oncedesk, home, tmp_path)
    words = slips[1].read_text().split()
    slips[1].write_text(" ".join([*words[:8], "zzzz", *words[9:]]))
    told = oncedesk("station", "recover", "--slips", *slips[:2], "--home", home)
    assert (told.status, "第 2 张" in told.err, "第 9 个词" in told.err) == (2, True, True)


def test_the_schedules_backup_needs_nobody_and_goes_only_where_the_settings_say(oncedesk: Command, accepted: tuple[Path, str],
                                                                               tmp_path: Path) -> None:
    home, _ = accepted
    told = oncedesk("backup", "make", "--home", home)
    assert (told.status, "backup_folder" in told.err) == (2, True)
    assert oncedesk("backup", "make", tmp_path / "elsewhere.zip", "--home", home).status == 2
    with (home / "settings.toml").open("a") as settings:
        settings.write(f"backup_folder = '{tmp_path / 'stick'}'\n")
    made = oncedesk("backup", "make", "--json", "--home", home)
    assert (made.status, made.document["cases"]) == (0, 1)
    assert [str(path) for path in (tmp_path / "stick").iterdir()] == [made.document["path"]]
    assert next(row for row in oncedesk("doctor", "--json", "--home", home).document if row["id"] == "backup")["ok"]


def test_a_store_that_opens_is_given_up_by_an_administrator_only_and_a_lost_one_by_who_gives_a_reason(
        oncedesk: Command, accepted: tuple[Path, str]) -> None:
    home, _ = accepted
    anew = ("station", "begin-anew", "--reason", "试用结束", "--home", home)
    assert oncedesk(*anew).status == 2
    assert oncedesk(*anew, *SUPERVISOR, pins=("135790",)).status == 2
    assert (home / "cases.db").exists()
    (home / "cases.db").write_bytes(b"")
    assert "begin-anew" in oncedesk("case", "list", "--home", home).err
    assert oncedesk(*anew).status == 0
    assert not (home / "store.key").exists()
    assert list((home / "aside").rglob("store.key"))
    assert oncedesk(*anew, *ADMIN, pins=("708152",)).status == 0, "again is no harm"


def test_a_damaged_backup_is_said_to_be(oncedesk: Command, accepted: tuple[Path, str], tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 not much of a backup")
    told = oncedesk("backup", "check", tmp_path / "bad.zip", "--home", accepted[0])
    assert told.status == 2
    assert "备份" in told.err


def test_at_a_terminal_a_wrong_word_is_said_at_once_and_only_its_line_typed_again(oncedesk: Command, accepted: tuple[Path, str],
                                                                                  tmp_path: Path) -> None:
    home, _ = accepted
    slips = [file.read_text().split() for file in make_slips(oncedesk, home, tmp_path)]
    (home / "store.key").unlink()
    swapped = [*slips[0][:20], slips[0][21], slips[0][20], *slips[0][22:]]
    said = [slips[0][:11], ["oops", *slips[0][12:22]], swapped[11:], slips[0][:33], slips[2][:16], slips[2][16:]]
    terminal, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-m", "desktop", "station", "recover", "--home", str(home)], stdin=theirs, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        for words in said:
            os.write(terminal, (" ".join(words) + "\n").encode())
        out, err = started.communicate(timeout=100)
    os.close(theirs)
    os.close(terminal)
    assert started.returncode == 0, err
    assert "密钥已找回" in out
    assert "第 12 个词“oops”不在词表里" in err
    assert "不止一个词不对" in err
    assert "第 2 张，从第 17 个词起" in err
