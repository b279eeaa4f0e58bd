"""A rating keypad on a pseudo terminal: sends a key's bytes when it is pressed, so the real driver opens it by its path. POSIX only."""

import os
import threading
from collections.abc import Mapping
from contextlib import suppress

from hardware.simulated.announced import announce, withdraw

KEYS: Mapping[int, bytes] = {level: bytes([0xAA, 0x55, level, 0x5A ^ level]) for level in range(1, 6)}


class SimulatedRatingKeypad:
    """`address` is what open_rating_pad takes (in the demo only)."""

    def __init__(self, keys: Mapping[int, bytes] = KEYS) -> None:
        import pty  # exists on POSIX only; the module must import on Windows
        import tty

        self._keys = keys
        self._cable = threading.Lock()
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)      # a line nobody reads loses bytes
        self.path = os.ttyname(self._slave)
        self.address = f"serial-rating:{self.path}?baud=9600&map=" + ",".join(f"{code.hex()}:{level}" for level, code in keys.items())
        self._port = f"serial-rating:{self.path}"
        announce(self._port)

    def press(self, level: int) -> None:
        """Somebody presses a key."""
        self.send(self._keys[level])

    def send(self, data: bytes) -> None:
        """Any bytes: half a key, noise."""
        with self._cable, suppress(BlockingIOError):
            if self._master >= 0:
                os.write(self._master, data)

    def close(self) -> None:
        """Pull the cable; safe to call twice."""
        withdraw(self._port)
        with self._cable:      # whoever hears the line die may close this while it is still being pulled in another thread
            if self._master >= 0:
                for descriptor in (self._master, self._slave):
                    os.close(descriptor)
                self._master = -1
