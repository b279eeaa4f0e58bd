"""`oncedesk bench idcard`: reading one card beside the line's own time for the bytes of its answers, at 115,200 baud.

The reader is the simulated one on a pseudo terminal that is paced to the line's speed. Measured twice: opening the port, reading and
closing inside a process that runs, as the window does; and the whole command `oncedesk idcard read`, beside its start-up alone.
"""

import subprocess
import sys
import time
from statistics import median, quantiles

from desktop.bench.timing import Timing, compare
from hardware.registry import open_reader
from hardware.simulated.card_reader import LINE_SPEED, SimulatedCardReader
from hardware.simulated.people import MOTHER

READS = 20
ALLOWED = 1.15
"""Times the line's own time."""


def run(seconds: float = 2.0) -> tuple[Timing, ...]:
    """At least READS reads for the first; five starts of the program for the second. OSError where there are no pseudo terminals."""
    desk = SimulatedCardReader(paced=True)
    try:
        desk.lay(MOTHER)
        return _in_process(desk, seconds), _whole_command(desk, seconds)
    finally:
        desk.close()


def _in_process(desk: SimulatedCardReader, seconds: float) -> Timing:
    took: list[float] = []
    _read(desk)
    sent = desk.sent
    end = time.perf_counter() + seconds
    while len(took) < READS or time.perf_counter() < end:
        began = time.perf_counter()
        _read(desk)
        took.append((time.perf_counter() - began) * 1000)
    bytes_each = (desk.sent - sent) // len(took)
    line = bytes_each / LINE_SPEED * 1000
    return Timing("read a card", median(took), quantiles(took, n=20)[-1], "the line's own time for the answers' bytes, 115,200 baud",
                  line, ALLOWED * line, {"bytes": bytes_each, "reads": len(took)})


def _read(desk: SimulatedCardReader) -> None:
    reader = open_reader(f"serial:{desk.path}")
    try:
        reader.read(5)
    finally:
        reader.close()


def _whole_command(desk: SimulatedCardReader, seconds: float) -> Timing:
    return compare("oncedesk idcard read, whole", lambda: _run("--port", desk.path, "--json"), "the same command's start-up alone",
                   lambda: _run("--help"), seconds=seconds)


def _run(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "desktop", "idcard", "read", *words], check=True, stdout=subprocess.DEVNULL)      # noqa: S603
