"""The old PC is dead. Somebody who has only the handbook, a backup and two slips sets up another one: every command is the handbook's."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
import zxingcpp

from db import attachments, evidence, identity
from desktop.app import now, open_workplace
from desktop.domain.hall_time import day_of, second_of
from desktop.papers.preview import render
from desktop.settings import load_settings

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
HALL = "示例县第二政务服务中心"


def commands(heading: str) -> list[list[str]]:
    """What the handbook says to type under a heading, in its order."""
    book = (resources.files("resources") / "help" / "handbook.md").read_text("utf-8")
    section = re.split(r"^### ", book, flags=re.MULTILINE)
    (text,) = [part for part in section if part.startswith(heading)]
    lines = [line for block in re.findall(r"```\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    return [shlex.split(line) for line in lines if line.startswith("oncedesk ")]


class Pc:
    """A computer: its own data folder, no key ring, and somebody who types."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "oncedesk"
        self._environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}} | {
            "XDG_DATA_HOME": str(folder), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}

    def type(self, words: list[str], *, said: str = "", status: int = 0, **meant: str | list[str]) -> str:
        """One command of the handbook, with the words it leaves open; what it prints.

        Where the clock is doubted, as it is on a day long after the one the test's case was made on, the day is confirmed.
        """
        argv: list[str] = []
        open_words = {name: list(word) if isinstance(word, list) else word for name, word in meant.items()}
        for word in words[1:]:
            wanted = open_words.get(word, word)
            argv.append(wanted.pop(0) if isinstance(wanted, list) else wanted)
        done = self._run(argv, said)
        if done.returncode == 2 and "日期" in done.stderr:
            done = self._run([*argv, "--today", day_of(now()).isoformat()], said)
        assert done.returncode == status, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def _run(self, argv: list[str], said: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([sys.executable, "-m", "desktop", *argv], cwd=ROOT, input=said, text=True, capture_output=True, check=False,
                              timeout=120, env=self._environment | {"ONCEDESK_PIN": "708152"})


def test_a_second_pc_is_set_up_from_a_backup_and_two_slips_by_the_handbook_alone(tmp_path: Path, ready_home: tuple[Path, str]) -> None:
    old, stick, drawer = Pc(tmp_path / "old"), tmp_path / "stick", tmp_path / "drawer"
    shutil.copytree(ready_home[0], old.home)
    (old.home / "settings.toml").write_text(f"hall = '{HALL}'\nwindow = '12'\nwindow_code = '112'\nbackup_folder = '{stick}'\n", "utf-8")

    slips, handed_out = commands("恢复纸条")
    old.type(slips, 文件夹=str(drawer), 登录名="admin")
    papers = []
    for pdf in sorted(drawer.iterdir()):
        (code,) = zxingcpp.read_barcodes(render(pdf.read_bytes(), 1200)[0])
        papers.append(code.text)
    shutil.rmtree(drawer)
    old.type(handed_out, 词=[paper.split()[-1] for paper in papers], 登录名="admin")
    (make,) = commands("自动备份")
    old.type(make)
    (file,) = stick.iterdir()
    shutil.rmtree(old.home)

    new, before = Pc(tmp_path / "new"), now()
    check, restore, doctor = commands("换一台电脑")
    typed = ""
    for paper in (papers[2], papers[0]):
        words = [word[:4].upper() for word in paper.split()]
        typed += "".join(f"{' '.join(words[start:start + 11])}\n" for start in (0, 11, 22))
    assert "完好" in new.type(check, said=typed, 备份文件=str(file))
    assert "1 件" in new.type(restore, said=typed, 备份文件=str(file))
    findings = {row["id"]: row for row in json.loads(new.type([*doctor, "--json"], status=1))}     # no platform, no A4 printer …
    assert findings["store"]["ok"], findings["store"]
    assert findings["slips"]["ok"], findings["slips"]

    settings = load_settings(new.home)
    assert (settings.hall, settings.number_code) == (HALL, "112")
    with open_workplace(settings) as place:
        clerk = place.flows.sign_in.enter("wang", "246810")
        assert place.flows.fill.open(clerk, ready_home[1]).case_uuid == ready_home[1]
        with place.desk.store.reading() as tx:
            pieces = evidence.for_case(tx, ready_home[1])
            assert len(pieces) >= 6
            assert all(attachments.get(tx, piece.sha256) for piece in pieces), "with every page of it"
            leapt = identity.leap(tx)
    assert leapt is not None
    assert (day_of(before), second_of(before)) <= leapt <= (day_of(now()), 86_400), "behind all that the old PC gave out"


def test_the_handbook_names_no_command_that_is_not_there() -> None:
    from desktop.cli.main import parser

    headings = ("自动备份", "恢复纸条", "换一台电脑", "密钥丢了，或忘了管理员密码", "数据确实找不回来")
    for words in (words for heading in headings for words in commands(heading)):
        assert parser().parse_args(words[1:]).command in {"backup", "station", "doctor"}
