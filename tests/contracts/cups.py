"""A CUPS server of one's own, with its own socket and folders, for tests of the queues."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

_FILES = """ServerRoot {0}/etc
RequestRoot {0}/spool
TempDir {0}/spool/tmp
CacheDir {0}/cache
StateDir {0}/run
AccessLog {0}/log/access
ErrorLog {0}/log/error
PageLog {0}/log/page
Printcap
SystemGroup root
"""
_SERVER = """Listen {0}/cups.sock
LogLevel warn
DefaultAuthType None
Browsing Off
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
    Allow all
  </Limit>
</Policy>
"""


@contextmanager
def cups_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Its folder, while it runs; CUPS's programs speak to it meanwhile. Skips the test where it cannot run."""
    program = shutil.which("cupsd") or shutil.which("cupsd", path="/usr/sbin")
    if program is None or shutil.which("lp") is None:
        pytest.skip("cupsd and cups-client are not installed")
    if os.geteuid() != 0:
        pytest.skip("cupsd must be started by root")
    folder = Path(tempfile.mkdtemp(prefix="cups", dir="/tmp"))      # its socket's path must stay short
    try:
        folder.chmod(0o755)
        for name in ("etc", "spool/tmp", "cache", "run", "log"):
            (folder / name).mkdir(parents=True)
        (folder / "files.conf").write_text(_FILES.format(folder))
        (folder / "cupsd.conf").write_text(_SERVER.format(folder))
        monkeypatch.setenv("CUPS_SERVER", str(folder / "cups.sock"))
        server = subprocess.Popen([program, "-f", "-c", folder / "cupsd.conf", "-s", folder / "files.conf"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until = time.monotonic() + 20
            while b"is running" not in subprocess.run(["lpstat", "-r"], capture_output=True, check=False).stdout:
                assert time.monotonic() < until, (folder / "log" / "error").read_text()
                time.sleep(0.1)
            yield folder
        finally:
            server.terminate()
            server.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Sink:
    """A printer on the network that keeps what it is sent, and says nothing."""

    def __init__(self) -> None:
        self.heard = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"socket://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                with client:
                    while data := client.recv(65536):
                        self.heard += data

    def close(self) -> None:
        # close alone would leave the thread in accept
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def queue(name: str, uri: str) -> None:
    """A raw queue: what goes in comes out unchanged."""
    subprocess.run([_tool("lpadmin"), "-p", name, "-E", "-v", uri, "-m", "raw"], check=True, capture_output=True)


def turn(what: str, name: str) -> None:
    """cupsdisable, cupsenable, cupsreject or cupsaccept."""
    subprocess.run([_tool(what), name], check=True)


def _tool(name: str) -> str:
    return shutil.which(name) or f"/usr/sbin/{name}"
