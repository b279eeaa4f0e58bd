"""From a keypad's bytes to a level 1..5, fed in any pieces and through noise. Pure; waiting is serial_keypad.py's.

No two makers send the same bytes, so what each key sends is written in the device's address: 31:1,32:2,AA5501:1 …
"""

import re
from collections.abc import Mapping

from hardware.faults import DeviceFault, FaultCode

LONGEST = 32
"""Bytes one key may send."""
_ENTRY = re.compile(r"((?:[0-9A-Fa-f]{2})+):([1-5])")


def parse_map(text: str) -> dict[bytes, int]:
    """`31:1,32:2` -> {b"1": 1, b"2": 2}; UNSUPPORTED for anything else, also when one key's bytes begin another's."""
    codes: dict[bytes, int] = {}
    for entry in text.split(","):
        match = _ENTRY.fullmatch(entry.strip())
        if match is None:
            raise DeviceFault(FaultCode.UNSUPPORTED, f"not <hexadecimal bytes>:<level 1 to 5>: {entry[:40]!r}")
        code, level = bytes.fromhex(match[1]), int(match[2])
        if len(code) > LONGEST or any(code.startswith(known) or known.startswith(code) for known in codes):
            raise DeviceFault(FaultCode.UNSUPPORTED, f"too long, or one key begins with another's bytes: {entry[:40]!r}")
        codes[code] = level
    return codes


class KeyMatcher:
    """Bytes in, levels out. What is no key is noise and dropped; a key cut off by silence is dropped by `give_up`."""

    def __init__(self, codes: Mapping[bytes, int]) -> None:
        self._codes = codes
        self._heard = bytearray()

    @property
    def waiting(self) -> bool:
        """Whether what was heard last may be the beginning of a key."""
        return bool(self._heard)

    def feed(self, data: bytes) -> None:
        """More from the line."""
        self._heard += data

    def next_level(self) -> int | None:
        """The next key pressed, None when more bytes are needed."""
        while self._heard:
            for code, level in self._codes.items():
                if self._heard.startswith(code):
                    del self._heard[: len(code)]
                    return level
            if any(code.startswith(self._heard) for code in self._codes):
                return None
            del self._heard[0]
        return None

    def give_up(self) -> None:
        """The rest of the key in hand will not come: its first byte was noise after all."""
        del self._heard[:1]
