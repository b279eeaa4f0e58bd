"""`oncedesk scan`, against SANE's own `test` scanner."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from hardware.simulated.desk import SimulatedDesk
from tests.cli.conftest import Command
from tests.contracts.scanners import SLOW, needs_sane, sane_folder


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    needs_sane()
    monkeypatch.setenv("SANE_CONFIG_DIR", str(sane_folder(tmp_path / "sane.d")))
    return tmp_path / "out"


def test_the_feeder_gives_ten_pages_as_files(oncedesk: Command, out: Path) -> None:
    told = oncedesk("scan", "--device", "sane:test:0", "--out", out, "--resolution", 75, "--json")
    assert told.status == 0
    files = [page["file"] for page in told.document["pages"]]
    assert files == [str(out / f"page-{number:03}.png") for number in range(1, 11)]
    assert sorted(map(str, out.iterdir())) == files
    assert told.document["fault"] is None
    with Image.open(files[-1]) as page:
        assert page.size == (told.document["pages"][-1]["width"], told.document["pages"][-1]["height"])
    assert "第 10 页 100%" in told.err


def test_the_glass_gives_one_page_in_gray(oncedesk: Command, out: Path) -> None:
    told = oncedesk("scan", "--device", "sane:", "--out", out, "--source", "flatbed", "--mode", "gray", "--resolution", 100)
    assert (told.status, told.out.split()) == (0, [str(out / "page-001.png")])
    with Image.open(out / "page-001.png") as page:
        assert page.mode == "L"


def test_only_so_many_pages_as_asked(oncedesk: Command, out: Path) -> None:
    told = oncedesk("scan", "--device", "sane:test:0", "--out", out, "--resolution", 75, "--pages", 2, "--json")
    assert [page["number"] for page in told.document["pages"]] == [1, 2]


def test_each_trouble_with_the_paper_has_its_own_sentence_and_is_something_found(oncedesk: Command, out: Path) -> None:
    told = [
        oncedesk("scan", "--device", f"sane:test:0#read-return-value=SANE_STATUS_{status}", "--out", out, "--resolution", 75, "--json")
        for status in ("JAMMED", "NO_DOCS", "COVER_OPEN")
    ]
    assert [one.status for one in told] == [1, 1, 1]
    assert [one.document["fault"] for one in told] == ["scanner.jammed", "scanner.no_docs", "scanner.cover_open"]
    assert len({one.document["told"] for one in told}) == 3
    assert all(one.document["told"] in one.err for one in told)


@pytest.mark.parametrize(
    "wish", [["--device", "sane:test:9"], ["--device", "nobody:1"], ["--device", "sane:test:0", "--duplex"],
             ["--device", "sane:test:0", "--source", "Slides"], ["--device", "specimen:/tmp"]],
)  # fmt: skip
def test_what_cannot_be_done_is_two(oncedesk: Command, out: Path, wish: list[str]) -> None:
    told = oncedesk("scan", *wish, "--out", out, "--json")
    assert told.status == 2
    assert told.document["pages"] == []
    assert told.document["fault"] in told.err or told.document["told"] in told.err


def test_a_camera_gives_its_picture(oncedesk: Command, out: Path, simulated: SimulatedDesk) -> None:
    told = oncedesk("--demo", "scan", "--device", simulated.camera_address, "--out", out, "--json")
    assert told.status == 0
    with Image.open(out / "page-001.jpg") as picture:
        assert list(picture.size) == [told.document["pages"][0]["width"], told.document["pages"][0]["height"]]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is sent differently")
def test_ctrl_c_stops_and_keeps_whole_pages(out: Path, tmp_path: Path) -> None:
    folder = sane_folder(tmp_path / "slow.d", {**SLOW, "read-delay-duration": "60000"})
    command = [sys.executable, "-m", "desktop", "scan", "--device", "sane:test:0", "--out", str(out), "--resolution", "100", "--json"]
    # A test run in the background ignores SIGINT, and so would what it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    scan = subprocess.Popen(command, env={**os.environ, "SANE_CONFIG_DIR": str(folder)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    signal.signal(signal.SIGINT, before)
    end = time.monotonic() + 30
    while time.monotonic() < end and not (out / "page-001.png").exists():
        time.sleep(0.05)
    time.sleep(0.3)
    scan.send_signal(signal.SIGINT)
    began = time.monotonic()
    try:
        told, said = scan.communicate(timeout=20)
    finally:
        scan.kill()
    assert time.monotonic() - began < 5
    assert scan.returncode == 2
    assert b"Traceback" not in said
    document = json.loads(told)
    assert document["fault"] == "device.cancelled"
    assert sorted(str(file) for file in out.iterdir()) == [page["file"] for page in document["pages"]] != []
    for page in document["pages"]:
        with Image.open(page["file"]) as picture:
            picture.load()
