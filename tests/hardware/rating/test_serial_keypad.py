"""Bytes to levels: any split, any noise; and the address they are written in."""

import threading
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware import registry
from hardware.faults import FaultCode
from hardware.rating.key_codes import KeyMatcher, parse_map
from hardware.rating.serial_keypad import SerialKeypad
from hardware.simulated.rating_keypad import KEYS, SimulatedRatingKeypad
from tests.hardware.faulty import code_of

CODES = {code: level for level, code in KEYS.items()}


def levels_of(pieces: list[bytes]) -> list[int]:
    matcher, found = KeyMatcher(CODES), []
    for piece in pieces:
        matcher.feed(piece)
        while (level := matcher.next_level()) is not None:
            found.append(level)
    return found


@given(st.lists(st.integers(1, 5), max_size=8), st.lists(st.integers(0, 32), max_size=6))
def test_keys_are_found_however_the_line_cuts_them(pressed: list[int], cuts: list[int]) -> None:
    stream = b"".join(KEYS[level] for level in pressed)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert levels_of([stream[start:end] for start, end in pairwise(edges)]) == pressed


@given(st.lists(st.tuples(st.binary(max_size=12).map(lambda noise: noise.replace(b"\xaa", b"\x00")), st.integers(1, 5)), max_size=6))
def test_noise_between_keys_costs_none(stream: list[tuple[bytes, int]]) -> None:
    assert levels_of([noise + KEYS[level] for noise, level in stream]) == [level for _, level in stream]


@given(st.lists(st.binary(max_size=20)))
def test_any_bytes_at_all_give_levels_or_nothing(pieces: list[bytes]) -> None:
    assert set(levels_of(pieces)) <= set(range(1, 6))


def test_half_a_key_followed_by_silence_does_not_swallow_the_next_one() -> None:
    device = SimulatedRatingKeypad({1: b"\xaa\xaa\x01", 2: b"\xaa\x02"})
    pad = registry.open_rating_pad(device.address, demo=True)
    threading.Timer(0.1, device.send, [b"\xaa\xaa"]).start()      # the beginning of 1, or noise and the beginning of 2
    threading.Timer(0.6, device.send, [b"\x02"]).start()
    assert pad.ask(3) == 2
    pad.close()
    device.close()


def test_a_line_that_babbles_noise_still_ends_in_time() -> None:
    class Babble:
        def write(self, data: bytes) -> None: ...

        def read(self, size: int, timeout: float) -> bytes:
            time.sleep(0.001)
            return b"\x00" * size

        def close(self) -> None: ...

    began = time.monotonic()
    assert code_of(SerialKeypad(Babble(), CODES, "babble").ask, 0.3) is FaultCode.TIMEOUT
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "text", ["", "31", "31:0", "31:6", "3:1", "zz:1", "31:1,31:2", "31:1,3132:2", "3132:2,31:1", "31:1,", "00" * 40 + ":1"])
def test_a_map_that_cannot_be_meant_is_refused_with_the_address(text: str) -> None:
    assert code_of(parse_map, text) is FaultCode.UNSUPPORTED
    assert code_of(registry.open_rating_pad, f"serial-rating:/dev/no-such?map={text}") is FaultCode.UNSUPPORTED


def test_several_keys_may_mean_the_same_level() -> None:
    assert parse_map("31:1,0A0d:5, 32:1") == {b"1": 1, b"\n\r": 5, b"2": 1}


def test_a_port_that_is_not_there_is_not_connected() -> None:
    assert code_of(registry.open_rating_pad, "serial-rating:/dev/no-such?map=31:1") is FaultCode.NOT_CONNECTED


def test_the_simulated_keypad_is_opened_in_the_demo_only() -> None:
    device = SimulatedRatingKeypad()
    assert code_of(registry.open_rating_pad, device.address) is FaultCode.UNSUPPORTED
    light = registry.probe("rating", "评价器", device.address, demo=True)
    assert (light.state, light.simulated) == ("ok", True)
    device.close()
    assert registry.probe("rating", "评价器", device.address).state == "absent"
