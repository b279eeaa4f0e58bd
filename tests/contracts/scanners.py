"""Scanners of other people for the suite: SANE's own `test` backend, alone and behind saned on loopback.

Each has its own configuration folder, so that no scanner of this computer and no setting of /etc is touched.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

SETTINGS = {"number_of_devices": "1", "geometry_max": "300.0", "resolution_quant": "25.0", "resolution_min": "50.0"}
SLOW = {"read-delay": "true", "read-delay-duration": "200000"}
"""A coloured A4 page of 150 dpi then takes some twenty seconds, one of 600 dpi over five minutes."""


def needs_sane() -> None:
    """Skip where python-sane truly lacks (Windows, a computer without tests/setup.sh)."""
    pytest.importorskip("_sane", reason="python-sane is not installed")


def sane_folder(folder: Path, settings: Mapping[str, str] | None = None) -> Path:
    """A configuration with the `test` backend and nothing else; `settings` as in test.conf."""
    folder.mkdir(exist_ok=True)
    (folder / "dll.conf").write_text("test\n")
    (folder / "test.conf").write_text("".join(f"{key} {value}\n" for key, value in {**SETTINGS, **(settings or {})}.items()))
    return folder


class Saned:
    """SANE's network daemon in front of the `test` backend. The client's half of the configuration lies in `client`.

    The `net` backend takes the port from /etc/services only (6566), so each daemon has a loopback address of its own instead.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        program = shutil.which("saned", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None:
            pytest.skip("saned is not installed (package sane-utils)")
        self._program = program
        self._folder = sane_folder(folder / "saned.d", settings)
        (self._folder / "saned.conf").write_text("127.0.0.0/8\n")
        draw = random.Random(os.urandom(8))
        self._host = f"127.{draw.randint(2, 250)}.{draw.randint(2, 250)}.{draw.randint(2, 250)}"
        self.client = folder / "client.d"
        self.client.mkdir()
        (self.client / "dll.conf").write_text("net\n")
        (self.client / "net.conf").write_text(f"connect_timeout = 3\n{self._host}\n")
        self.address = f"sane:net:{self._host}:test:0"
        self._daemon: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self, settings: Mapping[str, str] | None = None) -> None:
        """Let it listen; with other settings if given."""
        if settings is not None:
            sane_folder(self._folder, settings)
        self._daemon = subprocess.Popen(
            [self._program, "-l", "-b", self._host, "-p", "6566"], env={**os.environ, "SANE_CONFIG_DIR": str(self._folder)},
            start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while self._daemon.poll() is None:      # however long it takes on a busy computer; pytest ends a test that hangs
            with socket.socket() as line:
                if line.connect_ex((self._host, 6566)) == 0:
                    return
            time.sleep(0.05)
        pytest.fail(f"saned ended with {self._daemon.returncode} before it listened")

    def freeze(self) -> None:
        """Stop answering and keep every connection, as a scanner whose firmware hangs."""
        assert self._daemon is not None
        os.killpg(self._daemon.pid, signal.SIGSTOP)

    def kill(self) -> None:
        """Gone without a word, with the processes that serve its clients; safe to call twice."""
        if self._daemon is not None:
            os.killpg(self._daemon.pid, signal.SIGKILL)
            self._daemon.wait()
            self._daemon = None
