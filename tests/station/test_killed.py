"""kill -9 before any durable step of a first run, the making and moving of a key, slips, a restore, a new beginning, a backup."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.station.killer import CARELESS, DEEDS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")


def killed(folder: Path, deed: str, spread: int = 0) -> tuple[dict[str, Any], list[str]]:
    """What the killer says at its end, and every step after which something was lost."""
    done = subprocess.run([sys.executable, "-m", "tests.station.killer", str(folder), deed, str(spread)], check=False, text=True,
                          capture_output=True, timeout=1500)
    assert done.returncode == 0, done.stdout + done.stderr
    *steps, last = [json.loads(line) for line in done.stdout.splitlines()]
    names = {step["step"]: step["before"] for step in steps if "before" in step}
    return last, [f"{names.get(step['step'])}: {step['lost']}" for step in steps if "lost" in step]


@pytest.mark.parametrize("deed", ["first-run", "key-in-ring", "restore", "begin-anew", "backup"])
def test_some_kills_lose_nothing_and_the_next_start_knows_what_to_do(tmp_path: Path, deed: str) -> None:
    told, lost = killed(tmp_path, deed, spread=3)
    assert lost == []
    assert told["steps"] > 10
    assert told["killed"] >= 2


def test_the_tests_here_would_notice_a_loss(tmp_path: Path) -> None:
    _, lost = killed(tmp_path, CARELESS)
    assert lost


@pytest.mark.nightly
@pytest.mark.timeout(1600)
@pytest.mark.parametrize("deed", DEEDS)
def test_no_kill_at_all_loses_anything(tmp_path: Path, deed: str) -> None:
    told, lost = killed(tmp_path, deed)
    assert lost == []
    assert told["killed"] >= told["steps"] - 3
