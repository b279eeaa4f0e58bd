"""The page "add a device" stays true: its files exist, its excerpts stand in them, its commands and addresses are understood."""

import re
import shlex
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from desktop.cli.main import parser
from desktop.settings import load_settings
from hardware import registry

HOUSE = Path(__file__).resolve().parents[1]
PAGE = (files("resources") / "help" / "add-a-device.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_every_file_it_names_is_there() -> None:
    named = set(re.findall(r"`((?:hardware|tests|resources|desktop)/[\w./-]+)`", PAGE))
    assert len(named) > 10
    assert sorted(name for name in named if not (HOUSE / name).exists()) == []


@pytest.mark.parametrize("block", [text for kind, text in BLOCKS if kind in {"python", "jsonl"}], ids=lambda text: text.splitlines()[0][2:])
def test_every_excerpt_stands_in_its_file_in_this_order(block: str) -> None:
    head, *lines = block.splitlines()
    source = (HOUSE / head.removeprefix("# ")).read_text("utf-8").splitlines()
    at = 0
    for line in lines:
        assert line in source[at:], line
        at += source[at:].index(line) + 1


def test_every_command_is_understood() -> None:
    commands = [line for kind, text in BLOCKS if kind == "console" for line in text.splitlines() if line.startswith("oncedesk ")]
    commands += re.findall(r"`(oncedesk [^`]+)`", PAGE)
    assert len(commands) >= 6
    for command in commands:
        assert parser().parse_args(shlex.split(command)[1:]).command


def test_its_settings_are_taken_as_they_stand(tmp_path: Path) -> None:
    (text,) = (text for kind, text in BLOCKS if kind == "toml")
    (tmp_path / "settings.toml").write_text(text)
    devices = load_settings(tmp_path).devices
    assert all(devices.values())
    assert set(devices) - {"paper_printer:unified_form"} == set(tomllib.loads(text)) - {"paper_printers"}


def test_the_map_it_reads_off_the_recording_is_an_address() -> None:
    (address,) = re.findall(r"`(serial-rating:\S+map=aa55\S+)`", PAGE)
    assert registry.knows("rating", address)
