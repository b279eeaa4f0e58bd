"""The notes between the window and the scanner's process."""

import io

from hypothesis import given
from hypothesis import strategies as st

from hardware.faults import DeviceFault
from hardware.scanner import frames

notes = st.dictionaries(st.text(max_size=8), st.none() | st.booleans() | st.integers() | st.text(max_size=20), max_size=5)


@given(said=st.lists(st.tuples(notes, st.binary(max_size=200)), max_size=5))
def test_what_is_packed_is_read_again_in_order(said: list[tuple[dict[str, object], bytes]]) -> None:
    stream = io.BytesIO(b"".join(frames.pack(note, body) for note, body in said))
    heard = []
    while (frame := frames.read(stream)) is not None:
        heard.append(frame)
    assert heard == said


@given(noise=st.binary(max_size=200))
def test_noise_is_an_end_or_a_fault_and_nothing_else(noise: bytes) -> None:
    stream = io.BytesIO(noise)
    try:
        while frames.read(stream) is not None:
            pass
    except DeviceFault:
        pass


@given(cut=st.integers(0, 60))
def test_a_frame_cut_short_is_the_end(cut: int) -> None:
    whole = frames.pack({"is": "page", "number": 1}, b"x" * 40)
    assert (frames.read(io.BytesIO(whole[:cut])) is None) == (cut < len(whole))
