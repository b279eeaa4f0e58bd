"""settings.toml and devices.toml: what may stand there, and which of them is right."""

from pathlib import Path

import pytest

from desktop.settings import SettingsError, load_settings, remember_device


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
