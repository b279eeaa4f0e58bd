"""The stand-in province as a process of its own, for tests and the demo: start, stop, kill, switch, count."""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, Self

TOKEN = "sandbox-token"


class Sandbox:
    """A province on loopback. The first start picks a port and later starts keep it; `data` outlives every stop.

    >>> with Sandbox(folder, delay=0.3) as province:
    ...     province.url
    """

    def __init__(self, data: Path, *, delay: float = 0.3, port: int = 0) -> None:
        self.data = data
        self.delay = delay
        self.port = port
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where it answers; known after the first start."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, timeout: float = 15) -> Self:
        """Start and wait until it answers."""
        command = [sys.executable, "-m", "tests.sandbox", "--port", str(self.port), "--data", str(self.data),
                   "--delay", str(self.delay), "--token", TOKEN]
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "log.txt").open("a") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True,
                                             cwd=Path(__file__).parents[2])
        assert self._process.stdout is not None
        printed = self._process.stdout.readline()
        self._process.stdout.close()
        if not printed:
            self.stop()
            raise RuntimeError(f"the stand-in did not start; see {self.data / 'log.txt'}")
        self.port = int(printed.rsplit(":", 1)[1])
        end = time.monotonic() + timeout
        while True:
            try:
                self._ask("GET", "/v1/health")
            except OSError:
                if time.monotonic() > end:
                    self.stop()
                    raise
                time.sleep(0.02)
            else:
                return self

    def stop(self) -> None:
        """Stop as a shutdown does; from then on connections are refused."""
        self._end(kill=False)

    def kill(self) -> None:
        """Stop as a power cut does."""
        self._end(kill=True)

    def switch(self, **switches: Any) -> None:
        """Set the switches of tests/sandbox/switches.py; those not named go back to normal."""
        self._ask("PUT", "/_sandbox/switches", switches)

    def cases(self) -> dict[str, Any]:
        """{count: different cases, accepted: revisions with a receipt, cases: [...]}."""
        found: dict[str, Any] = self._ask("GET", "/_sandbox/cases")
        return found

    def requests(self) -> dict[str, int]:
        """How often each kind was asked since the start, e.g. {"PUT announce": 2}."""
        found: dict[str, int] = self._ask("GET", "/_sandbox/requests")
        return found

    def take_over(self, terminal_id: str, installation_id: str) -> None:
        """Have the province's administrator say that this installation is that terminal now."""
        self._ask("PUT", f"/_sandbox/terminals/{terminal_id}", {"installation_id": installation_id})

    def say(self, event: dict[str, Any]) -> None:
        """Put an event of one's own into the progress."""
        self._ask("POST", "/_sandbox/events", event)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(self.url + path, method=method, headers={"Content-Type": "application/json"},
                                         data=None if body is None else json.dumps(body).encode())
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as answer:
            return json.loads(answer.read())

    def _end(self, *, kill: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if kill:
            process.kill()
        else:
            process.terminate()
        process.wait(timeout=10)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
