"""One desk, one owner: the program started again, beside a window that is open, hangs or was killed. Real processes off screen."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop import wording
from desktop.app import open_workplace
from desktop.settings import Settings
from desktop.station.owner import WINDOW, owning
from desktop.ui import second_start
from tests.ui.onlooker import Onlooker, log_of, start

Started = Callable[[Path], "subprocess.Popen[bytes]"]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


@pytest.fixture
def started() -> Iterator[Started]:
    """A window in a process of its own that can be heard."""
    running = []

    def begin(home: Path) -> "subprocess.Popen[bytes]":
        running.append(subprocess.Popen([sys.executable, "-m", "desktop", "--home", str(home)]))
        end = time.monotonic() + 90
        while second_start.ring(second_start.name_of(home), silence_ms=60_000) != "came":
            assert running[-1].poll() is None
            assert time.monotonic() < end
            time.sleep(0.2)
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


def test_a_second_start_brings_the_first_window_forward_and_ends_well(started: Started, onlooker: Onlooker, home: Path) -> None:
    started(home)
    before = log_of(home).count("came forward")
    assert start(home) == 0
    assert (onlooker.windows, onlooker.faces) == ([], [])
    assert log_of(home).count("came forward") == before + 1
    again = subprocess.run([sys.executable, "-m", "desktop", "--home", str(home)], check=False, timeout=100)
    assert again.returncode == 0


def test_a_window_that_was_killed_leaves_no_dead_lock(started: Started, onlooker: Onlooker, home: Path) -> None:
    for _ in range(2):      # the second is heard at the socket that the first left behind
        process = started(home)
        process.kill()
        process.wait()
    assert start(home) == 0
    assert len(onlooker.windows) == 1


def test_a_window_that_hangs_is_said_with_a_face(started: Started, onlooker: Onlooker, home: Path) -> None:
    process = started(home)
    os.kill(process.pid, signal.SIGSTOP)
    try:
        assert start(home) == 2
    finally:
        os.kill(process.pid, signal.SIGCONT)
    (told,) = onlooker.faces
    assert wording.say("station.window_hangs") in told


def test_what_may_not_run_beside_a_window_is_waited_for_and_then_said(
        onlooker: Onlooker, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.app.OTHER_STARTS", 0.5)
    with owning(home, WINDOW):
        assert start(home) == 2
    (told,) = onlooker.faces
    assert wording.say("station.window_open") in told


def test_two_homes_have_two_windows(started: Started, onlooker: Onlooker, home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with open_workplace(Settings(home=other, keyring=False), begin=True) as place:
        place.flows.sign_in.add_user(None, "li", "李建民", "administrator", "246810")
    (other / "settings.toml").write_text("keyring = false\n")
    started(other)
    assert start(home) == 0
    assert len(onlooker.windows) == 1
