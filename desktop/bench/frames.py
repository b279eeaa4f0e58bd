"""`oncedesk bench frames`: a million damaged streams through the card reader's frame and card parsers.

Random bytes, cut, split, bit-flipped and noise-led frames. Only DeviceFault may leave the parsers, a sound frame behind noise must be
found, and the time of a clean frame stands beside a parser that trusts the line.
"""

import random
import sys
from collections import Counter
from functools import reduce
from operator import xor

from desktop.bench.timing import Timing, compare
from hardware.faults import DeviceFault
from hardware.id_card import frames, layouts
from hardware.id_card.frames import FrameParser, Reply
from hardware.simulated.people import FATHER, FOREIGNER, HMT_RESIDENT, MOTHER, OLD_FOREIGNER

STREAMS = 1_000_000
_TOLD_EVERY = 100_000
_PHOTO = bytes(frames.PHOTO_SIZE)
_TEXTS = tuple(layouts.encode(card) for card in (MOTHER, FATHER, HMT_RESIDENT, OLD_FOREIGNER, FOREIGNER))
_LONG = tuple(frames.frame(bytes([0, 0, frames.DONE]) + bytes.fromhex("01000400") + text + _PHOTO) for text in _TEXTS)
_SHORT = tuple(frames.frame(bytes([0, 0, status])) for status in (frames.DONE, 0x80, 0x81, 0x41, 0x91, 0x66))


class Escaped(Exception):
    """Something but DeviceFault left a parser, or a sound frame was not found; the message says for which stream."""


def run(seconds: float = 2.0, streams: int = STREAMS) -> tuple[Timing, ...]:
    """Raises Escaped."""
    counted = _torture(streams)
    clean = _LONG[0]
    timing = compare("one clean base reply through the parser", lambda: _bodies(clean), "a parser that trusts the line",
                     lambda: _trusting(clean), seconds=seconds, detail=dict(counted))
    return (timing,)


def _torture(streams: int) -> Counter[str]:
    """Seeded, so that a stream that breaks something breaks it again."""
    counted: Counter[str] = Counter(streams=streams)
    for number in range(streams):
        chance = random.Random(number)
        if number % _TOLD_EVERY == 0 and number:
            sys.stderr.write(f"{number} / {streams}\n")
        good = chance.choice(_LONG) if number % 25 == 0 else chance.choice(_SHORT)
        kind = chance.choice(_KINDS)
        stream = kind(chance, good)
        try:
            bodies = _bodies(stream, chance)
        except DeviceFault:
            counted["faults"] += 1
            bodies = []
        except Exception as e:
            raise Escaped(f"stream {number}: {type(e).__name__}") from e
        if kind is _behind_noise:
            if good[7:-1] not in bodies:
                raise Escaped(f"stream {number}: the frame behind the noise was not found")
            counted["found_behind_noise"] += 1
        counted["frames"] += len(bodies)
        for body in (*bodies, _wrong_card(chance)):
            counted["cards" if _is_card(number, body) else "refused"] += 1
    return counted


def _wrong_card(chance: random.Random) -> bytes:
    """A reply whose frame was sound and whose card text is not."""
    text = chance.randbytes(frames.TEXT_SIZE) if chance.random() < 0.2 else _flipped(chance, chance.choice(_TEXTS))
    return bytes([0, 0, frames.DONE]) + bytes.fromhex("01000000") + text


def _is_card(number: int, body: bytes) -> bool:
    try:
        layouts.decode(*frames.base_data(Reply.of(body).data))
    except DeviceFault:
        return False
    except Exception as e:
        raise Escaped(f"stream {number}: {type(e).__name__} from the card parser") from e
    return True


def _bodies(stream: bytes, chance: random.Random | None = None) -> list[bytes]:
    """Every frame of a stream that arrives in pieces; a silence at its end."""
    parser = FrameParser()
    found: list[bytes] = []
    at = 0
    while at < len(stream):
        step = chance.randint(1, len(stream)) if chance else len(stream)
        parser.feed(stream[at : at + step])
        at += step
        while (body := parser.next_body()) is not None:
            found.append(body)
    while parser.waiting:
        parser.give_up()
        while (body := parser.next_body()) is not None:
            found.append(body)
    return found


def _trusting(stream: bytes) -> bytes:
    length = int.from_bytes(stream[5:7], "big")
    if reduce(xor, stream[5 : 7 + length]):
        raise ValueError
    return stream[7 : 6 + length]


def _noise(chance: random.Random, _: bytes) -> bytes:
    return chance.randbytes(chance.randint(0, 80))


def _cut(chance: random.Random, good: bytes) -> bytes:
    return good[: chance.randint(0, len(good) - 1)]


def _flipped(chance: random.Random, good: bytes) -> bytes:
    damaged = bytearray(good)
    for _ in range(chance.randint(1, 4)):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def _behind_noise(chance: random.Random, good: bytes) -> bytes:
    """Noise that does not itself begin a frame: no preamble byte in it."""
    return chance.randbytes(chance.randint(1, 40)).replace(b"\xaa", b"\x55") + good


def _with_wrong_length(chance: random.Random, good: bytes) -> bytes:
    return good[:5] + chance.randbytes(2) + good[7:]


def _doubled(_: random.Random, good: bytes) -> bytes:
    return good + good


_KINDS = (_noise, _cut, _flipped, _behind_noise, _with_wrong_length, _doubled)
