"""Which scanners this computer can see: asked of the libraries in processes of their own, because they take seconds and hang.

Not to be repeated on a timer: a search asks the whole network and wakes every maker's backend.
"""

import queue
import sys
import time
from contextlib import suppress

from hardware.readings import Light
from hardware.scanner.process import Child

PATIENCE = 12.0
"""Seconds a search may take."""

_last: tuple[Light, ...] = ()


class Search:
    """Begun at once; `found` waits for it. Other devices can be looked for meanwhile."""

    def __init__(self) -> None:
        kinds = ("wia", "twain") if sys.platform == "win32" else ("sane",)
        self._asked = [(kind, Child(["list", kind])) for kind in kinds]

    def found(self, timeout: float) -> tuple[Light, ...]:
        """What was found by then; a library that has not answered is left out."""
        global _last  # noqa: PLW0603 - the one memory of this process
        deadline = time.monotonic() + timeout
        lights: list[Light] = []
        for kind, child in self._asked:
            with suppress(queue.Empty):
                heard = child.heard.get(timeout=max(0.0, deadline - time.monotonic()))
                listed = heard[0].get("scanners", []) if heard else []
                lights += [Light("scanner", called, f"{kind}:{name}", "ok") for name, called in listed]
            child.end(0)
        _last = tuple(lights)
        return _last


def list_scanners(timeout: float = PATIENCE) -> tuple[Light, ...]:
    """Every scanner this computer can see, looked at and not opened; `state` is "ok" for attached. Takes seconds."""
    return Search().found(timeout)


def last_found() -> tuple[Light, ...]:
    """What the last search of this process found, at once."""
    return _last
