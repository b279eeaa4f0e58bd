"""A rating keypad that only sends, over any Transport: which key is which level stands in its address.

serial-rating:/dev/ttyUSB1?baud=9600&map=31:1,32:2,33:3,34:4,35:5
No public protocol of such keypads was found; bytes and speed are the integrator's to write down (oncedesk devices record).
"""

import time
from collections.abc import Mapping
from threading import Event

from hardware.devices import Transport
from hardware.faults import DeviceFault, FaultCode
from hardware.rating.key_codes import KeyMatcher

GAP = 0.3
"""Silence inside a key's bytes after which the rest is taken as lost."""


class SerialKeypad:
    """`codes` as parse_map gives them. `name` is told by `alive`."""

    def __init__(self, port: Transport, codes: Mapping[bytes, int], name: str) -> None:
        self._port = port
        self._codes = codes
        self._name = name
        self._closed = Event()

    def ask(self, timeout: float) -> int:
        """See RatingPad. Keys pressed before the question are thrown away, and the first key after it is the answer."""
        self._drain()
        matcher = KeyMatcher(self._codes)
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            heard = self._read(256, min(left, GAP) if matcher.waiting else left)
            if heard:
                matcher.feed(heard)
            elif matcher.waiting:
                matcher.give_up()
            if (level := matcher.next_level()) is not None:
                return level
        raise DeviceFault(FaultCode.TIMEOUT, "nobody pressed a key")

    def alive(self) -> str:
        """See RatingPad: the port is open and was not pulled; whether a keypad hangs on it only a key can prove."""
        self._drain()
        return f"{self._name}, {len(self._codes)} keys"

    def close(self) -> None:
        """Let the port go; a waiting `ask` ends with CANCELLED."""
        self._closed.set()
        self._port.close()

    def _drain(self) -> None:
        """Bounded, should the line babble."""
        for _ in range(16):
            if not self._read(256, 0):
                return

    def _read(self, size: int, timeout: float) -> bytes:
        heard = self._port.read(size, timeout)
        if self._closed.is_set():
            raise DeviceFault(FaultCode.CANCELLED, "the keypad was closed")
        return heard
