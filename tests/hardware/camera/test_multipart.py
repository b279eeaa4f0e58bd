"""The MJPEG wrapping, as cameras differ in it, and torn or hostile streams."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.camera.multipart import PartReader, boundary_of
from hardware.faults import DeviceFault, FaultCode

PICTURES = st.lists(st.binary(min_size=1, max_size=200).map(lambda b: b"\xff\xd8" + b + b"\xff\xd9"), max_size=5)


def stream(pictures: list[bytes], length: bool, dashes: bytes = b"--", lines: bytes = b"\r\n") -> bytes:
    out = b""
    for picture in pictures:
        head = [dashes + b"desk", b"Content-Type: image/jpeg"]
        if length:
            head.append(b"Content-Length: %d" % len(picture))
        out += lines.join(head) + lines * 2 + picture + lines
    return out + dashes + b"desk" + lines


def read(reader: PartReader, data: bytes, cuts: Sequence[int] = ()) -> list[bytes]:
    parts = []
    for cut in [*cuts, len(data)]:
        reader.feed(data[:cut])
        data = data[cut:]
        while (part := reader.next_part()) is not None:
            parts.append(part)
    return parts


@given(PICTURES, st.booleans(), st.sampled_from([b"--", b"----"]), st.sampled_from([b"\r\n", b"\n"]),
       st.lists(st.integers(1, 90), max_size=8))  # fmt: skip
def test_every_picture_comes_out_whole_however_it_is_wrapped_and_split(
    pictures: list[bytes], length: bool, dashes: bytes, lines: bytes, cuts: list[int]
) -> None:
    pictures = [p for p in pictures if b"--desk" not in p]
    assert read(PartReader(b"desk"), stream(pictures, length, dashes, lines), cuts) == pictures


@pytest.mark.parametrize("written", ["desk", '"desk"', "--desk"])
def test_the_boundary_is_found_as_cameras_write_it(written: str) -> None:
    assert boundary_of(f"multipart/x-mixed-replace; boundary={written}") == b"desk"


@pytest.mark.parametrize("kind", ["", "image/jpeg", "text/html; boundary=x", "multipart/x-mixed-replace"])
def test_a_page_that_is_no_stream_is_a_bad_answer(kind: str) -> None:
    with pytest.raises(DeviceFault) as fault:
        boundary_of(kind)
    assert fault.value.code is FaultCode.BAD_ANSWER


@given(st.binary(max_size=3000))
def test_random_bytes_give_parts_or_a_bad_answer_and_nothing_else(data: bytes) -> None:
    reader = PartReader(b"desk")
    try:
        read(reader, b"--desk\r\n" + data)
    except DeviceFault as fault:
        code = fault.code
    else:
        code = FaultCode.BAD_ANSWER
    assert code is FaultCode.BAD_ANSWER


def test_a_stream_without_any_boundary_is_given_up() -> None:
    with pytest.raises(DeviceFault):
        read(PartReader(b"desk"), bytes(10_000))


def test_a_part_that_promises_gigabytes_is_refused() -> None:
    with pytest.raises(DeviceFault):
        read(PartReader(b"desk"), b"--desk\r\nContent-Length: 99999999999\r\n\r\n")
