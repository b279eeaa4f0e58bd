"""`oncedesk case`, `sync`, `day`, `backup`, `users` on a home with one accepted case."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import journal
from desktop.app import open_workplace
from desktop.station.owner import SYNC, WINDOW, owning
from desktop.wording import say
from hardware.simulated.desk import SimulatedDesk
from hardware.simulated.people import ADDRESS, FATHER, MOTHER
from hardware.simulated.printer import SimulatedPrinter
from tests.cli.conftest import Command
from tests.homes import NOW, settings_for
from tests.sandbox.process import Sandbox

CLERK, SUPERVISOR = ("--as", "wang"), ("--as", "zhao")
PRIVATE = (MOTHER.name, MOTHER.number, FATHER.number, ADDRESS, "13800000000")


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("province"), delay=0.03) as started:
        yield started


def test_lists_and_one_case_are_masked(oncedesk: Command, accepted: tuple[Path, str]) -> None:
    home, number = accepted
    listed = oncedesk("case", "list", "--json", "--home", home)
    shown = oncedesk("case", "show", number, "--json", "--home", home)
    assert (listed.status, shown.status) == (0, 0)
    assert [row["case_number"] for row in listed.document] == [number]
    assert shown.document["case_number"] == number
    assert shown.document["fields"]["applicant_phone"]["value"] == "138****0000"
    for secret in PRIVATE:
        assert secret not in listed.out + shown.out


def test_search_finds_by_name_number_and_pinyin_and_by_status(oncedesk: Command, accepted: tuple[Path, str]) -> None:
    home, number = accepted
    for text in (MOTHER.name, number, "linxiaoyue", "lxy", MOTHER.number):
        assert [row["case_number"] for row in oncedesk("case", "search", text, "--json", "--home", home).document] == [number], text
    assert oncedesk("case", "search", "无此人", "--json", "--home", home).document == []
    assert oncedesk("case", "list", "--status", "draft", "--json", "--home", home).document == []
    assert oncedesk("case", "list", "--status", "lost", "--home", home).status == 2


def test_a_case_is_revealed_only_to_a_role_that_may_and_with_a_reason(oncedesk: Command, accepted: tuple[Path, str]) -> None:
    home, number = accepted
    show = ("case", "show", number, "--reveal", "--json", "--home", home)
    refused = [oncedesk(*show, *SUPERVISOR, pins=("135790",)),
               oncedesk(*show, "--reason", "核对"),
               oncedesk(*show, "--reason", "核对", *CLERK, pins=("246810",)),
               oncedesk(*show, "--reason", "核对", *SUPERVISOR, pins=("000001",))]
    for told in refused:
        assert (told.status, told.out) == (2, "")
        assert MOTHER.number not in told.err
    revealed = oncedesk(*show, "--reason", "核对", *SUPERVISOR, pins=("135790",))
    assert revealed.status == 0
    assert MOTHER.number in revealed.out


def test_export_writes_the_case_with_every_piece_of_evidence(oncedesk: Command, accepted: tuple[Path, str], tmp_path: Path) -> None:
    home, number = accepted
    out = tmp_path / "out"
    told = oncedesk("case", "export", number, "--out", out, "--reason", "复议", *SUPERVISOR, "--json", "--home", home, pins=("135790",))
    assert told.status == 0
    files = [Path(name) for name in told.document["files"]]
    assert {path.suffix for path in files} >= {".json", ".jpg", ".png", ".pdf"}
    assert all(path.stat().st_size for path in files)
    assert json.loads((out / "case.json").read_text("utf-8"))["case_number"] == number
    (tmp_path / "in the way").write_text("")
    told = oncedesk("case", "export", number, "--out", tmp_path / "in the way", "--reason", "复议", *SUPERVISOR, "--home", home)
    assert told.status == 2
    assert "in the way" in told.err


def test_a_case_nobody_knows_is_a_sentence(oncedesk: Command, accepted: tuple[Path, str]) -> None:
    told = oncedesk("case", "show", "130529XX202611230000100", "--json", "--home", accepted[0])
    assert (told.status, told.out) == (2, "")
    assert "没有找到这个办件" in told.err


def test_sync_sends_the_case_once_and_then_waits_for_nothing(oncedesk: Command, accepted: tuple[Path, str], province: Sandbox) -> None:
    home, number = accepted
    before = oncedesk("sync", "status", "--json", "--home", home)
    assert (before.status, before.document["waiting"]) == (0, 1)
    assert before.document["rows"][0]["case_number"] == number
    once = oncedesk("sync", "once", "--platform", province.url, "--json", "--home", home)
    assert (once.status, once.document["sent"], once.document["waiting"]) == (0, 1, 0)
    again = oncedesk("--platform", province.url, "sync", "once", "--json", "--home", home)
    assert (again.status, again.document["sent"]) == (0, 0)
    assert [case["case_number"] for case in province.cases()["cases"]].count(number) == 1
    after = oncedesk("sync", "status", "--json", "--home", home).document
    assert (after["waiting"], after["rows"][0]["state"]) == (0, "sent")


@pytest.mark.parametrize("argv", [("once",), ("watch", "--seconds", "60")], ids=" ".join)
def test_while_another_program_talks_to_the_province_a_command_does_not(
        oncedesk: Command, accepted: tuple[Path, str], province: Sandbox, argv: tuple[str, ...]) -> None:
    home, before = accepted[0], province.requests()
    with owning(home, SYNC):
        told = oncedesk("sync", *argv, "--platform", province.url, "--json", "--home", home)
    assert (told.status, told.out) == (2, "")
    assert say("sync.running") in told.err
    assert province.requests() == before
    assert oncedesk("sync", *argv, "--platform", province.url, "--json", "--home", home).status == 0


def test_commands_share_the_store_with_an_open_window_and_the_journal_holds(
        oncedesk: Command, accepted: tuple[Path, str], simulated: SimulatedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    home, number = accepted
    monkeypatch.setenv("ONCEDESK_NEW_PIN", "518204")
    with owning(home, WINDOW), open_workplace(settings_for(home, simulated), clock=lambda: NOW) as window:
        for argv, pins in (
                (("case", "show", number, "--reveal", "--reason", "核对", *SUPERVISOR), ("135790",)),
                (("case", "export", number, "--out", home.parent / "out", "--reason", "复议", *SUPERVISOR), ("135790",)),
                (("users", "add", "qian", "--name", "钱多", "--as", "admin"), ("708152",)),
                (("backup", "make", home.parent / "b.zip", *SUPERVISOR), ("135790",)),
                (("day", "close", "--as", "wang", "--reviewer", "zhao"), ("246810", "135790"))):
            assert oncedesk(*argv, "--json", "--home", home, pins=pins).status == 0, argv
            assert window.flows.sign_in.enter("wang", "246810").name == "王秀兰"
        assert ("qian", "钱多") in window.flows.sign_in.users()
        assert window.flows.close_day.view().closed
        with window.desk.store.reading() as tx:
            assert journal.verify(tx) is None
        told = oncedesk("backup", "restore", home.parent / "b.zip", "--home", home)
        assert (told.status, say("station.window_open") in told.err) == (2, True)


def test_a_refused_case_is_found_wrong_with_its_remedy(oncedesk: Command, accepted: tuple[Path, str], tmp_path: Path) -> None:
    home, _ = accepted
    with Sandbox(tmp_path / "strict", delay=0.0) as province:
        province.switch(refuse={})
        assert oncedesk("sync", "once", "--platform", province.url, "--json", "--home", home).document["refused"] == 1
    told = oncedesk("sync", "status", "--json", "--home", home)
    assert (told.status, told.document["refused"]) == (1, 1)
    assert told.document["rows"][0]["error_text"]
    assert told.document["rows"][0]["remedy"]


def test_without_a_province_nothing_can_be_sent_and_nothing_is_lost(oncedesk: Command, accepted: tuple[Path, str]) -> None:
    home, _ = accepted
    for platform in ((), ("--platform", "http://127.0.0.1:9")):
        told = oncedesk("sync", "once", *platform, "--json", "--home", home)
        assert (told.status, told.out) == (2, "")
        assert told.err.strip()
    assert oncedesk("sync", "status", "--json", "--home", home).document["waiting"] == 1


def test_a_receipt_is_printed_again_and_without_paper_it_is_found_wrong(oncedesk: Command, accepted: tuple[Path, str],
                                                                         printer: SimulatedPrinter) -> None:
    home, number = accepted
    reprint = ("print", "reprint", number, "--printer", f"tcp://127.0.0.1:{printer.port}", *CLERK, "--json", "--home", home)
    printer.fault("paper_out")
    told = oncedesk(*reprint, pins=("246810",))
    assert (told.status, told.document["fault"]) == (1, "printer.paper_out")
    printer.fault("paper_out", on=False)
    assert oncedesk(*reprint).status == 0
    assert printer.slips()


def test_a_day_is_closed_by_two_exported_again_and_verified(oncedesk: Command, accepted: tuple[Path, str], tmp_path: Path) -> None:
    home, number = accepted
    out = tmp_path / "day"
    assert oncedesk("day", "export", "--out", out, "--home", home).status == 2
    alone = oncedesk("day", "close", *SUPERVISOR, "--reviewer", "zhao", "--home", home, pins=("135790", "135790"))
    assert alone.status == 2
    assert "同一个人" in alone.err
    closed = oncedesk("day", "close", *CLERK, "--reviewer", "zhao", "--json", "--home", home, pins=("246810", "135790"))
    assert closed.status == 0
    assert set(closed.document) == {"xlsx", "pdf", "sealed"}
    assert oncedesk("day", "close", *CLERK, "--reviewer", "zhao", "--home", home).status == 2
    exported = oncedesk("day", "export", "--out", out, "--json", "--home", home)
    assert Path(exported.document["sealed"]).read_bytes() == Path(closed.document["sealed"]).read_bytes()
    sealed = Path(exported.document["sealed"])
    assert number in sealed.read_text("utf-8")
    assert oncedesk("day", "verify", sealed, "--json").status == 0
    lines = sealed.read_text("utf-8").splitlines(keepends=True)
    bad = next(place for place, line in enumerate(lines) if number in line)
    lines[bad] = lines[bad].replace("王秀兰", "王秀芝") if "王秀兰" in lines[bad] else lines[bad].replace("false", "true", 1)
    assert "".join(lines) != sealed.read_text("utf-8")
    sealed.write_text("".join(lines), "utf-8")
    told = oncedesk("day", "verify", sealed, "--json")
    assert (told.status, told.document["ok"], told.document["first_bad_line"]) == (1, False, bad + 1)
    assert f"第 {bad + 1} 行" in oncedesk("day", "verify", sealed).out


def test_a_sealed_file_that_is_empty_is_found_wrong_and_one_that_is_missing_cannot_be_verified(oncedesk: Command, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_bytes(b"")
    assert oncedesk("day", "verify", tmp_path / "empty.jsonl").status == 1
    assert oncedesk("day", "verify", tmp_path / "missing.jsonl").status == 2
    assert oncedesk("day", "verify", tmp_path).status == 2


def test_a_backup_is_made_checked_and_restored_elsewhere(oncedesk: Command, accepted: tuple[Path, str], tmp_path: Path) -> None:
    home, number = accepted
    file, key, elsewhere = tmp_path / "backup.zip", home / "store.key", tmp_path / "elsewhere"
    assert oncedesk("backup", "make", file, *CLERK, "--home", home, pins=("246810",)).status == 2
    assert not file.exists()
    assert oncedesk("backup", "make", file, *SUPERVISOR, "--json", "--home", home, pins=("135790",)).document["cases"] == 1
    assert oncedesk("backup", "check", file, "--json", "--home", home).status == 0
    assert oncedesk("backup", "restore", file, "--home", home).status == 2       # there is a store already
    keyless = oncedesk("backup", "restore", file, "--home", elsewhere)
    assert (keyless.status, elsewhere.exists()) == (2, False)
    elsewhere.mkdir()
    (elsewhere / "settings.toml").write_text("keyring = false\n")
    restored = oncedesk("backup", "restore", file, "--key-file", key, "--json", "--home", elsewhere)
    assert (restored.status, restored.document["cases"]) == (0, 1)
    assert [row["case_number"] for row in oncedesk("case", "list", "--json", "--home", elsewhere).document] == [number]


def test_a_backup_is_not_restored_beside_another_key_where_it_would_never_open(oncedesk: Command, accepted: tuple[Path, str],
                                                                                tmp_path: Path) -> None:
    home, _ = accepted
    file, other = tmp_path / "backup.zip", tmp_path / "other"
    assert oncedesk("backup", "make", file, *SUPERVISOR, "--home", home, pins=("135790",)).status == 0
    other.mkdir()
    (other / "settings.toml").write_text("keyring = false\n")
    (other / "store.key").write_text("ab" * 32)
    assert oncedesk("backup", "restore", file, "--key-file", home / "store.key", "--home", other).status == 2
    assert not (other / "cases.db").exists()


def test_a_damaged_backup_is_said_to_be(oncedesk: Command, accepted: tuple[Path, str], tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 not much of a backup")
    told = oncedesk("backup", "check", tmp_path / "bad.zip", "--home", accepted[0])
    assert told.status == 2
    assert "备份" in told.err


def test_the_first_user_is_the_administrator_and_only_he_adds_others(oncedesk: Command, tmp_path: Path,
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.toml").write_text("keyring = false\n")
    monkeypatch.setenv("ONCEDESK_NEW_PIN", "112358")
    first = oncedesk("users", "add", "admin", "--name", "管理员", "--json", "--home", tmp_path)
    assert (first.status, first.document["role"]) == (0, "administrator")
    add = ("users", "add", "li", "--name", "李梅", "--json", "--home", tmp_path)
    assert oncedesk(*add).status == 2
    assert oncedesk(*add, "--as", "admin", pins=("999999",)).status == 2
    assert oncedesk(*add, "--as", "admin", pins=("112358",)).status == 0
    assert oncedesk(*add, "--as", "admin").status == 2                             # taken
    assert oncedesk("users", "add", "bo", "--name", "柏", "--as", "li", "--home", tmp_path).status == 2
    assert oncedesk("users", "list", "--json", "--home", tmp_path).document == [
        {"login": "admin", "name": "管理员", "role": "administrator", "active": True},
        {"login": "li", "name": "李梅", "role": "clerk", "active": True}]
