"""SAM-V / SAM-A frames: bytes to values and back, nothing else. No port, no clock, no waiting.

`AA AA AA 96 69 | LEN_HI LEN_LO | body | CHK`; LEN counts body + CHK, CHK is the XOR of everything after the preamble
but itself. Command body = `CMD PARA [DATA]`, reply body = `SW1 SW2 SW3 [DATA]` (GA/T 467, chapter 7; SAM_V protocol).
"""

from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import xor

from hardware.faults import DeviceFault, FaultCode

PREAMBLE = bytes.fromhex("AAAAAA9669")
LONGEST = 4096
"""More than any reply holds (text + photo + fingerprint + appended = some 2,400); a greater LEN is noise."""

HEADER_SIZE = 7
"""Preamble and LEN; LEN bytes follow."""

TEXT_SIZE = 256
PHOTO_SIZE = 1024
FINGERPRINT_SIZES = frozenset({0, 512, 1024})

DONE = 0x90
FOUND = 0x9F
EMPTY = 0x91
COMMAND_DAMAGED = frozenset({0x10, 0x11})
"""The reader received our command with a wrong checksum or length: send it again."""

_FAULTS = {
    0x10: FaultCode.BAD_ANSWER, 0x11: FaultCode.BAD_ANSWER,
    0x21: FaultCode.UNSUPPORTED, 0x23: FaultCode.UNSUPPORTED, 0x24: FaultCode.BAD_ANSWER,
    0x31: FaultCode.CARD_REFUSED, 0x32: FaultCode.CARD_REFUSED,
    0x33: FaultCode.CARD_UNKNOWN, 0x40: FaultCode.CARD_UNKNOWN,
    0x41: FaultCode.CARD_LOST, 0x47: FaultCode.CARD_LOST,
    0x60: FaultCode.SAM_FAILED, 0x66: FaultCode.SAM_FAILED,
    0x80: FaultCode.NO_CARD, 0x81: FaultCode.CARD_REFUSED, 0x91: FaultCode.CARD_UNKNOWN,
}  # fmt: skip


def frame(body: bytes) -> bytes:
    """`body` with preamble, length and checksum."""
    counted = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + counted + bytes([reduce(xor, counted)])


def command(cmd: int, para: int, data: bytes = b"") -> bytes:
    """A command frame."""
    return frame(bytes([cmd, para]) + data)


RESET = command(0x10, 0xFF)
STATUS = command(0x11, 0xFF)
SERIAL_NUMBER = command(0x12, 0xFF)
FIND_CARD = command(0x20, 0x01)
SELECT_CARD = command(0x20, 0x02)
READ_BASE = command(0x30, 0x01)
READ_BASE_AND_FINGERPRINT = command(0x30, 0x10)
READ_NEWEST_ADDRESS = command(0x30, 0x03)
READ_MANAGEMENT_NUMBER = command(0x30, 0x05)
SET_BAUD = {baud: command(0x60, code) for code, baud in enumerate((115200, 57600, 38400, 19200, 9600))}
"""One source only (S5 of the protocol notes): a reader is set with its maker's tool, and the address says ?baud=…"""


class FrameParser:
    """Finds whole, sound frames in a stream: feed it bytes, ask it for bodies."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.damaged = False
        """True once bytes came that belong to no sound frame."""
        self.broken = False
        """True once a frame began and was not sound: an answer came, but damaged. Noise alone promises nothing."""

    def feed(self, data: bytes) -> None:
        """Add what the wire gave."""
        self._buffer += data

    @property
    def waiting(self) -> bool:
        """True when a frame has begun and its end is missing."""
        return bool(self._buffer)

    def next_body(self) -> bytes | None:
        """The body of the next sound frame, or None when more bytes are needed; noise and broken frames are skipped."""
        while True:
            start = self._buffer.find(PREAMBLE)
            if start < 0:
                self._drop(len(self._buffer) - self._begun_preamble())
                return None
            self._drop(start)
            if len(self._buffer) < 7:
                return None
            length = int.from_bytes(self._buffer[5:7], "big")
            if not 3 <= length <= LONGEST:
                self._drop(1)
                continue
            if len(self._buffer) < 7 + length:
                return None
            counted = bytes(self._buffer[5 : 7 + length])
            if reduce(xor, counted) != 0:
                self._drop(1)
                continue
            del self._buffer[: 7 + length]
            return counted[2:-1]

    def give_up(self) -> None:
        """The line fell silent inside a frame: look for another one behind its preamble."""
        if self._buffer:
            self._drop(1)

    def _drop(self, count: int) -> None:
        if count > 0:
            self.damaged = True
            self.broken = self.broken or self._buffer.startswith(PREAMBLE)
            del self._buffer[:count]

    def _begun_preamble(self) -> int:
        """How many bytes at the end of the buffer may be the start of a preamble."""
        return next((n for n in range(len(PREAMBLE) - 1, 0, -1) if self._buffer.endswith(PREAMBLE[:n])), 0)


@dataclass(frozen=True)
class Reply:
    """What the reader answered: the deciding status byte SW3 and the data behind it.

    SW1 SW2 may carry the card's own status (`XX XX 41`), so nothing is decided on them.
    """

    status: int
    data: bytes

    @classmethod
    def of(cls, body: bytes) -> "Reply":
        """Read a frame's body; DeviceFault(BAD_ANSWER) when it is too short for a reply."""
        if len(body) < 3:
            raise DeviceFault(FaultCode.BAD_ANSWER, f"a reply of {len(body)} bytes")
        return cls(body[2], body[3:])

    def fault(self) -> DeviceFault:
        """The fault this status stands for."""
        return DeviceFault(_FAULTS.get(self.status, FaultCode.BAD_ANSWER), f"SW3 {self.status:02x}")


def serial_number(data: bytes) -> str:
    """The module's number as printed on it, from the 16 bytes of its answer."""
    if len(data) != 16:
        raise DeviceFault(FaultCode.BAD_ANSWER, f"a SAM number of {len(data)} bytes")
    day, serial, rest = (int.from_bytes(data[at : at + 4], "little") for at in (4, 8, 12))
    return f"{data[0]:02d}.{data[2]:02d}-{day:08d}-{serial:010d}-{rest:010d}"


def base_data(data: bytes) -> tuple[bytes, bytes]:
    """(256 bytes of text, the photo's WLT bytes) from the answer to READ_BASE."""
    text, photo = _parts(data, 2)
    return text, photo


def base_and_fingerprint_data(data: bytes) -> tuple[bytes, bytes, bytes]:
    """(text, photo, fingerprint of 1024, 512 or no bytes) from the answer to READ_BASE_AND_FINGERPRINT."""
    text, photo, fingerprint = _parts(data, 3)
    return text, photo, fingerprint


def management_number(data: bytes) -> bytes:
    """The card's management number: 28 bytes without a public meaning."""
    if len(data) != 28:
        raise DeviceFault(FaultCode.BAD_ANSWER, f"a management number of {len(data)} bytes")
    return data


def _parts(data: bytes, count: int) -> list[bytes]:
    """As many 2-byte lengths, then as many parts, and nothing behind them."""
    sizes = [int.from_bytes(data[at : at + 2], "big") for at in range(0, 2 * count, 2)]
    sound = (sizes[0] == TEXT_SIZE and sizes[1] in {0, PHOTO_SIZE} and (count == 2 or sizes[2] in FINGERPRINT_SIZES)
             and len(data) == 2 * count + sum(sizes))
    if not sound:
        raise DeviceFault(FaultCode.BAD_ANSWER, f"parts of {sizes} in {len(data)} bytes")
    ends = [2 * count + sum(sizes[:n]) for n in range(count + 1)]
    return [data[start:end] for start, end in pairwise(ends)]
