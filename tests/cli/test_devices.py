"""`oncedesk read`, `idcard`, `print`, `devices`, `doctor`: real drivers over the wire, counterparts at the other end."""

import dataclasses
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.cli import clock
from desktop.station.owner import WINDOW, owning
from desktop.version import VERSION
from hardware.readings import IdCard
from hardware.simulated.card_reader import SimulatedCardReader
from hardware.simulated.people import FATHER, FOREIGNER, MOTHER
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.rating_keypad import KEYS, SimulatedRatingKeypad
from tests.cli.conftest import Command
from tests.hardware.id_card.test_layouts import OLD_FOREIGNER, PERMIT
from tests.homes import NOW

INSTALLATION = {"machine", "version", "database", "fonts", "qt", "opencv", "codecs", "recognition", "calendar", "tables", "themes"}
"""What can be looked at without a home."""
DESK = Path(__file__).resolve().parents[2] / "resources" / "recordings" / "desk"
CARD_KEYS = {"type", "name", "english_name", "sex", "nation", "birth_date", "address", "number", "authority", "valid_from", "valid_to",
             "country", "pass_number", "times_issued"}
LONG_TERM = dataclasses.replace(FATHER, valid_to=None, long_term=True)


@pytest.fixture
def reader() -> Iterator[SimulatedCardReader]:
    opened = SimulatedCardReader()
    yield opened
    opened.close()


def test_read_gives_pages_with_corners_type_fields_and_time(oncedesk: Command) -> None:
    picture = DESK / "parents_cards_front.jpg"
    told = oncedesk("read", picture, "--json")
    (row,) = told.document
    assert told.status == 0
    assert set(row) == {"file", "pages", "codes", "ms"}
    assert row["file"] == str(picture)
    assert [page["doc_type"] for page in row["pages"]] == ["id_card_front", "id_card_front"]
    for page in row["pages"]:
        assert set(page) == {"quad", "doc_type", "fields", "codes", "quality", "ms"}
        assert [len(corner) for corner in page["quad"]] == [2, 2, 2, 2]
        for field in page["fields"].values():
            assert set(field) == {"value", "confidence", "box"}
            assert 0 <= field["confidence"] <= 1
            assert len(field["box"]) == 4
    assert {page["fields"]["id_number"]["value"] for page in row["pages"]} == {MOTHER.number, FATHER.number}
    assert {page["fields"]["birth"]["value"] for page in row["pages"]} == {"1995-03-15", "1993-08-06"}


def test_files_that_are_no_pictures_get_one_clear_sentence_each(oncedesk: Command, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("just words")
    (tmp_path / "empty.jpg").write_bytes(b"")
    names = [str(tmp_path / name) for name in ("note.txt", "empty.jpg", "missing.jpg", ".")]
    told = oncedesk("read", *names, "--json")
    assert told.status == 1
    assert [row["file"] for row in told.document] == names
    for row in told.document:
        assert set(row) == {"file", "error"}
        assert "\n" not in row["error"]
    assert len({row["error"] for row in told.document}) == 4
    assert oncedesk("read", names[1]).out.strip().startswith(names[1])


def test_read_refuses_a_type_that_is_none(oncedesk: Command) -> None:
    told = oncedesk("read", "a.jpg", "--as", "passport")
    assert told.status == 2
    assert "id_card_front" in told.err


@pytest.mark.parametrize("card", [MOTHER, LONG_TERM, PERMIT, OLD_FOREIGNER, FOREIGNER], ids=lambda card: card.type)
def test_idcard_read_tells_every_key_of_each_layout(oncedesk: Command, reader: SimulatedCardReader, card: IdCard) -> None:
    reader.lay(card)
    told = oncedesk("idcard", "read", "--port", reader.path, "--json")
    assert told.status == 0
    assert set(told.document) == CARD_KEYS
    expected = {key: getattr(card, key) for key in CARD_KEYS}
    expected = {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in expected.items()}
    assert told.document == expected | ({"valid_to": "长期"} if card.long_term else {})


def test_idcard_read_writes_the_raw_photo_where_asked(oncedesk: Command, reader: SimulatedCardReader, tmp_path: Path) -> None:
    reader.lay(MOTHER)
    assert oncedesk("idcard", "read", "--port", f"serial:{reader.path}", "--photo", tmp_path / "photo.wlt").status == 0
    assert (tmp_path / "photo.wlt").stat().st_size == 1024
    told = oncedesk("idcard", "read", "--port", reader.path, "--photo", tmp_path / "no" / "folder.wlt")
    assert told.status == 2
    assert "folder.wlt" in told.err


def test_a_reader_without_a_card_is_found_wrong_and_says_what_to_do(oncedesk: Command, reader: SimulatedCardReader) -> None:
    told = oncedesk("idcard", "read", "--port", reader.path, "--timeout", "0.3", "--json")
    assert (told.status, told.document["fault"]) == (1, "reader.no_card")
    assert told.document["do"] in told.err


def test_a_port_that_is_not_there_cannot_be_read(oncedesk: Command, tmp_path: Path) -> None:
    told = oncedesk("idcard", "read", "--port", tmp_path / "ttyNone", "--json")
    assert (told.status, told.document["fault"]) == (2, "device.not_connected")
    assert "设备没有连上" in told.err


def test_print_test_prints_one_slip(oncedesk: Command, printer: SimulatedPrinter) -> None:
    told = oncedesk("print", "test", "--printer", f"tcp://127.0.0.1:{printer.port}", "--json")
    assert (told.status, told.document["printed"]) == (0, True)
    assert len(printer.slips()) == 1


def test_a_printer_without_paper_is_found_wrong_in_its_own_sentence(oncedesk: Command, printer: SimulatedPrinter, tmp_path: Path) -> None:
    printer.fault("paper_out")
    address = f"tcp://127.0.0.1:{printer.port}"
    told = oncedesk("print", "test", "--printer", address, "--json")
    assert (told.status, told.document["fault"]) == (1, "printer.paper_out")
    assert "打印机没有纸了" in told.err
    assert printer.slips() == ()
    (tmp_path / "settings.toml").write_text(f"printer = '{address}'\n")
    tested = oncedesk("devices", "test", "printer", "--home", tmp_path, "--json")
    assert (tested.status, tested.document["fault"]) == (1, "printer.paper_out")
    printer.fault("paper_out", on=False)
    assert oncedesk("devices", "test", "printer", "--home", tmp_path, "--json").status == 0


def test_print_test_can_write_to_a_file(oncedesk: Command, tmp_path: Path) -> None:
    assert oncedesk("print", "test", "--printer", f"file:{tmp_path / 'out.bin'}").status == 0
    assert (tmp_path / "out.bin").read_bytes().startswith(b"\x1b@")


@pytest.mark.parametrize(("address", "fault"), [("tcp://127.0.0.1:1", "device.not_connected"), ("fax:1", "device.unsupported"),
                                               ("nonsense", "device.unsupported")])
def test_a_printer_that_cannot_be_reached_cannot_print(oncedesk: Command, address: str, fault: str) -> None:
    told = oncedesk("print", "test", "--printer", address, "--json")
    assert (told.status, told.document["fault"]) == (2, fault)
    assert told.document["told"]
    assert told.document["do"]
    assert len(told.err.strip().splitlines()) == 1


def test_devices_list_has_the_configured_ones_with_their_state(oncedesk: Command, printer: SimulatedPrinter, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(f"printer = 'tcp://127.0.0.1:{printer.port}'\nreader = 'serial:/dev/ttyNone'\n")
    told = oncedesk("devices", "list", "--home", tmp_path, "--json")
    states = {row["kind"]: row["state"] for row in told.document if "127.0.0.1" in row["address"] or "ttyNone" in row["address"]}
    assert (told.status, states) == (0, {"printer": "ok", "reader": "fault"})


def test_a_device_that_is_not_set_up_cannot_be_tested(oncedesk: Command, tmp_path: Path) -> None:
    assert oncedesk("devices", "test", "printer", "--home", tmp_path).status == 2
    assert oncedesk("devices", "test", "toaster", "--home", tmp_path).status == 2


def test_devices_list_tells_what_is_set_up_from_what_was_only_found(oncedesk: Command, reader: SimulatedCardReader, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(f"reader = 'serial:{reader.path}'\n")
    told = oncedesk("devices", "list", "--home", tmp_path, "--json")
    keys = {"kind", "name", "address", "state", "fault", "simulated", "set_up", "kinds", "reason"}
    assert all(set(row) == keys for row in told.document)
    assert [(row["kind"], row["state"]) for row in told.document if row["set_up"]] == [("reader", "ok")]


def test_a_recorded_read_holds_the_wire_and_nobody(oncedesk: Command, reader: SimulatedCardReader, tmp_path: Path) -> None:
    reader.lay(FATHER)
    (tmp_path / "settings.toml").write_text(f"reader = 'serial:{reader.path}'\n")
    told = oncedesk("devices", "record", "reader", "--out", tmp_path / "card.jsonl", "--home", tmp_path, "--json")
    assert (told.status, told.document["fault"]) == (0, None)
    assert told.document["pieces"] > 6
    assert FATHER.number.encode("utf-16le").hex() not in (tmp_path / "card.jsonl").read_text()
    reader.lift()
    told = oncedesk("devices", "record", f"serial:{reader.path}", "--out", tmp_path / "none.jsonl", "--seconds", "0.3", "--json")
    assert (told.status, told.document["fault"]) == (1, "reader.no_card")


def test_the_keys_of_an_unknown_keypad_are_recorded(oncedesk: Command, tmp_path: Path) -> None:
    keypad = SimulatedRatingKeypad()
    threading.Timer(0.3, keypad.press, [2]).start()
    address = f"serial-rating:{keypad.path}?baud=9600"
    told = oncedesk("devices", "record", address, "--out", tmp_path / "keys.jsonl", "--seconds", "0.8", "--demo", "--json")
    assert told.status == 0
    assert KEYS[2].hex() in "".join(json.loads(line)["hex"] for line in (tmp_path / "keys.jsonl").read_text().splitlines()[1:])
    keypad.close()


def test_what_has_no_wire_of_ours_cannot_be_recorded(oncedesk: Command, tmp_path: Path) -> None:
    for name in ("camera", "printer", "tcp://127.0.0.1:9", "sdtapi:/no/such.so", "serial:/dev/ttyNone"):
        assert oncedesk("devices", "record", name, "--out", tmp_path / "out.jsonl", "--json").status == 2, name
    assert not (tmp_path / "out.jsonl").exists()


def test_an_installation_checks_itself_without_home_and_screen(oncedesk: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    told = oncedesk("--self-check", "--json")
    rows = {row["id"]: row for row in told.document}
    assert set(rows) == INSTALLATION
    assert [row for row in told.document if not row["ok"]] == []
    assert told.status == 0
    assert rows["version"]["saw"] == VERSION
    assert "offscreen" in rows["qt"]["saw"]
    assert "SQLCipher" in rows["database"]["saw"]
    assert not (tmp_path / "oncedesk").exists()


def test_doctor_sees_the_window_that_is_open_and_a_clock_in_doubt(
        oncedesk: Command, accepted: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    home, _ = accepted

    def seen(name: str) -> dict[str, str]:
        return next(row for row in oncedesk("doctor", "--json", "--home", home).document if row["id"] == name)

    assert seen("window")["code"] == ""
    assert not (home / WINDOW).exists(), "looking makes no lock"
    with owning(home, WINDOW):
        assert seen("window")["code"] == "check.window_open"
    monkeypatch.setattr(clock, "now", lambda: NOW - timedelta(days=400))
    assert (seen("clock")["severity"], seen("clock")["code"]) == ("warning", "clock.back")


def test_doctor_names_what_does_not_work_and_what_to_do_and_makes_nothing(oncedesk: Command, tmp_path: Path) -> None:
    home = tmp_path / "home"
    told = oncedesk("doctor", "--home", home, "--platform", "http://127.0.0.1:9", "--json")
    rows = {row["id"]: row for row in told.document}
    assert told.status == 1
    devices = {f"device:{kind}" for kind in ("reader", "camera", "portrait", "scanner", "printer", "paper_printer", "signature", "rating")}
    systems = {"system:scanning", "system:queues", "system:usb"}
    others = {"disk", "ballast", "window", "setup", "files", "key", "store", "clock", "backup", "slips", "input_method", "platform"}
    assert INSTALLATION | others | devices | systems == set(rows)
    assert all(set(row) == {"id", "severity", "sentence", "remedy", "saw", "code", "ok"} for row in told.document)
    assert rows["themes"]["ok"]
    assert not rows["platform"]["ok"]
    assert rows["platform"]["remedy"]
    assert not home.exists()
