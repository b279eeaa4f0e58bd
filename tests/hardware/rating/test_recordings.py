"""Recorded keypads: what their keys sent, read back by the map that their address would carry."""

from pathlib import Path

import pytest

from hardware.rating.key_codes import KeyMatcher, parse_map
from hardware.transports.recorded import load

KEYPADS = Path(__file__).resolve().parents[3] / "resources" / "recordings" / "keypads"
RECORDED = [("aa55.jsonl", "aa55015b:1,aa550258:2,aa550359:3,aa55045e:4,aa55055f:5")]


@pytest.mark.parametrize(("name", "keys"), RECORDED)
def test_a_recorded_keypad_gives_all_five_levels_in_their_order(name: str, keys: str) -> None:
    matcher = KeyMatcher(parse_map(keys))
    _, pieces = load(KEYPADS / name)
    pressed = []
    for piece in pieces:
        matcher.feed(piece.data)
        while (level := matcher.next_level()) is not None:
            pressed.append(level)
    assert pressed == [1, 2, 3, 4, 5]


def test_every_recording_of_a_keypad_has_its_row() -> None:
    assert {name for name, _ in RECORDED} == {path.name for path in KEYPADS.iterdir()}
