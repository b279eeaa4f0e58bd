"""settings.toml and devices.toml: what may stand there, and which of them is right."""

from pathlib import Path

import pytest

from desktop.settings import COUNTY_KEYS, SettingsError, chosen_keys, load_settings, mistakes_of, own_keys, read_table, remember_device


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("reader = 'serialport:COM3'", "reader"), ("printer = 'COM3'", "tcp:…"), ("scanner = 'uvc:0'", "sane:…"),
        ("rating = 'serial:/dev/ttyUSB1'", "serial-rating:…"),
        ("[paper_printers]\nunified_form = 'tcp://a:9100'", "paper_printers.unified_form"),
        ("[paper_printers]\nposter = 'cups:office'", "unified_form"),
        ("camera = 3", "camera"), ("paper_printers = 'cups:x'", "paper_printers"),
    ],
)  # fmt: skip
def test_an_address_no_driver_knows_is_said_at_once_with_file_and_key(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SettingsError) as refused:
        load_settings(tmp_path)
    assert "settings.toml" in str(refused.value)
    assert told in str(refused.value)


def test_every_device_has_its_key(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        "reader = 'serial:/dev/ttyS0'\ncamera = 'uvc:0'\nportrait = 'uvc:1'\nscanner = 'sane:'\nprinter = 'tcp://a:9100'\n"
        "paper_printer = 'cups:office'\nsignature = 'webcamera://127.0.0.1:38088?pad=GW500A'\n"
        "rating = 'serial-rating:/dev/ttyUSB1?map=31:1'\n[paper_printers]\nunified_form = 'cups:form'\n")
    devices = load_settings(tmp_path).devices
    assert len(devices) == 9
    assert all(devices.values())
    assert devices["paper_printer:unified_form"] == "cups:form"


def test_what_was_chosen_goes_before_what_was_written_until_it_is_forgotten(tmp_path: Path) -> None:
    written = "# by hand\nreader = 'serial:/dev/ttyS0'\n[paper_printers]\nunified_form = 'cups:form'\n"
    (tmp_path / "settings.toml").write_text(written)
    remember_device(tmp_path, "reader", 'serial:/dev/a "b"\\c')
    remember_device(tmp_path, "paper_printer:unified_form", "cups:高速")
    remember_device(tmp_path, "printer", "tcp://a:9100")
    remember_device(tmp_path, "printer", "")
    settings = load_settings(tmp_path)
    assert (settings.reader, settings.printer) == ('serial:/dev/a "b"\\c', "")
    assert settings.paper_printers == {"unified_form": "cups:高速"}
    assert (tmp_path / "settings.toml").read_text() == written
    for key in ("reader", "paper_printer:unified_form"):
        remember_device(tmp_path, key, None)
    assert load_settings(tmp_path).devices["paper_printer:unified_form"] == "cups:form"
    assert load_settings(tmp_path).reader == "serial:/dev/ttyS0"


def test_only_devices_are_chosen_there(tmp_path: Path) -> None:
    (tmp_path / "devices.toml").write_text("platform_url = 'https://example.org'\n")
    with pytest.raises(SettingsError, match=r"devices\.toml"):
        load_settings(tmp_path)


@pytest.mark.parametrize(("text", "told"), [("backup_hours = 0", "backup_hours"), ("backup_keep = 0", "backup_keep"),
                                            ("backup_folder = 'backups'", "backup_folder")])
def test_a_schedule_that_would_make_no_backup_is_said_at_once(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SettingsError, match=told):
        load_settings(tmp_path)


def test_what_the_county_set_stands_until_the_window_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / "county.toml").write_text("region = '410122'\ncomplaint_phone = '0371-12345'\n")
    (tmp_path / "settings.toml").write_text("hall = '中牟示例大厅'\ncomplaint_phone = '12349'\n", "utf-8")
    settings = load_settings(tmp_path)
    assert (settings.region, settings.complaint_phone, settings.hall) == ("410122", "12349", "中牟示例大厅")
    assert chosen_keys(tmp_path) == {"region", "complaint_phone", "hall"}
    (tmp_path / "other.toml").write_text("region = '410185'\n")
    assert load_settings(tmp_path, county=tmp_path / "other.toml").region == "410185"


@pytest.mark.parametrize("key", sorted(set(own_keys()) - set(COUNTY_KEYS)))
def test_a_county_sets_nothing_by_which_windows_differ(tmp_path: Path, key: str) -> None:
    written = {"keyring": "true", "lock_minutes": "5", "paper_printers": "{}"}.get(key, "''")
    (tmp_path / "county.toml").write_text(f"{key} = {written}\n")
    with pytest.raises(SettingsError, match=r"county\.toml") as refused:
        load_settings(tmp_path)
    assert (refused.value.code, refused.value.key) == ("settings.unknown_key", key)


@pytest.mark.parametrize("text", ["[" * 100_000, "lock_minutes = " + "9" * 10_000, "hall = 'a", "\x00"])
def test_a_file_that_is_no_toml_is_named_whatever_it_does_to_the_reader(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_table(tmp_path / "settings.toml")
    assert refused.value.code == "settings.not_toml"


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    table = {"window": " ", "region": "1305", "lock_minutes": True, "reader": "COM3", "platform_url": "http://[", "colour": "red",
             "paper_printers": {"poster": "cups:x"}, "switches": {"a": "b"}}
    found = mistakes_of(table, tmp_path / "answers.toml", load_settings(tmp_path), own_keys())
    assert {one.key for one in found} == {"window", "region", "lock_minutes", "reader", "platform_url", "colour", "paper_printers.poster",
                                          "switches.a"}
