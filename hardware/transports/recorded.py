"""Recordings of a wire: a Transport that notes what crosses it, and one that plays a recording back without the device.

JSON lines: first what it is, then one line for each piece that crossed: {"at": seconds, "to": "device" or "host", "hex": "…"}.
A recording leaves this machine, so nothing is written before a scrubber has taken every person out of it (id_card/scrub.py).
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Literal

from hardware.devices import Transport
from hardware.faults import DeviceFault, FaultCode


@dataclass(frozen=True)
class Piece:
    """What crossed the wire at one moment."""

    at: float
    """Seconds since the recording began."""
    to: Literal["device", "host"]
    data: bytes


Scrubber = Callable[[Sequence[Piece]], Sequence[Piece]]
"""Takes personal data out; lengths and times stay."""


class RecordedLine:
    """`wire` as it is; on `close` everything that crossed it is scrubbed and written to `out`."""

    def __init__(self, wire: Transport, out: Path, what: str, scrub: Scrubber) -> None:
        self._wire, self._out, self._what, self._scrub = wire, out, what, scrub
        self._began = time.monotonic()
        self._pieces: list[Piece] = []
        self._closed = False

    def write(self, data: bytes) -> None:
        """See Transport."""
        self._pieces.append(Piece(time.monotonic() - self._began, "device", data))
        self._wire.write(data)

    def read(self, size: int, timeout: float) -> bytes:
        """See Transport."""
        heard = self._wire.read(size, timeout)
        if heard:
            self._pieces.append(Piece(time.monotonic() - self._began, "host", heard))
        return heard

    def close(self) -> None:
        """See Transport. OSError when the file cannot be written."""
        self._wire.close()
        if not self._closed:
            self._closed = True
            save(self._out, self._what, self._scrub(self._pieces))


def save(path: Path, what: str, pieces: Sequence[Piece]) -> None:
    """Write a recording."""
    lines = [{"recording": what}, *({"at": round(piece.at, 4), "to": piece.to, "hex": piece.data.hex()} for piece in pieces)]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


def load(path: Path) -> tuple[str, tuple[Piece, ...]]:
    """(what it is, its pieces); ValueError when it is no recording, OSError when it cannot be read."""
    try:
        head, *rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
        return str(head["recording"]), tuple(Piece(float(row["at"]), row["to"], bytes.fromhex(row["hex"])) for row in rows)
    except (KeyError, TypeError) as e:
        raise ValueError(f"{path.name} is no recording: {e!r}") from e


class ReplayedLine:
    """Answers each command as the recording did: the next time it was given there, then again from the start.

    `timed` takes the time it took; else at once. What was never asked in the recording is met with silence.
    """

    def __init__(self, pieces: Sequence[Piece], *, timed: bool = False) -> None:
        self._pieces = pieces
        self._timed = timed
        self._next = 0
        self._offset = 0.0
        """What must be added to a time of the recording to get ours."""
        self._rest = b""
        self._closed = Event()

    def write(self, data: bytes) -> None:
        """See Transport."""
        self._refuse_when_closed()
        asked = [at for at, piece in enumerate(self._pieces) if piece.to == "device" and piece.data == data]
        found = next((at for at in asked if at >= self._next), asked[0] if asked else None)
        self._rest = b""
        self._next = len(self._pieces) if found is None else found + 1
        if found is not None:
            self._offset = time.monotonic() - self._pieces[found].at

    def read(self, size: int, timeout: float) -> bytes:
        """See Transport."""
        self._refuse_when_closed()
        deadline = time.monotonic() + timeout
        if not self._rest:
            coming = self._pieces[self._next] if self._next < len(self._pieces) else None
            due = time.monotonic()
            if coming is not None and self._timed:
                due = coming.at + self._offset
            if coming is None or coming.to == "device" or due > deadline:
                self._wait(deadline)
                return b""
            self._wait(due)
            self._rest = coming.data
            self._next += 1
        heard, self._rest = self._rest[:size], self._rest[size:]
        return heard

    def close(self) -> None:
        """See Transport."""
        self._closed.set()

    def _wait(self, until: float) -> None:
        self._closed.wait(max(0.0, until - time.monotonic()))
        self._refuse_when_closed()

    def _refuse_when_closed(self) -> None:
        if self._closed.is_set():
            raise DeviceFault(FaultCode.CANCELLED, "the recording was closed")
