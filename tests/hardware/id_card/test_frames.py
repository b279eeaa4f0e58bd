"""Frames as published (hardware facts 2.3-2.5: two or more independent sources each) and the parser under noise."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.faults import DeviceFault, FaultCode
from hardware.id_card import frames
from hardware.id_card.frames import FrameParser, Reply

BODIES = st.binary(min_size=2, max_size=1400)


@pytest.mark.parametrize(
    ("built", "published"),
    [
        (frames.RESET, "AAAAAA9669000310FFEC"),
        (frames.STATUS, "AAAAAA9669000311FFED"),
        (frames.SERIAL_NUMBER, "AAAAAA9669000312FFEE"),
        (frames.FIND_CARD, "AAAAAA96690003200122"),
        (frames.SELECT_CARD, "AAAAAA96690003200221"),
        (frames.READ_BASE, "AAAAAA96690003300132"),
        (frames.READ_NEWEST_ADDRESS, "AAAAAA96690003300330"),
        (frames.command(0x30, 0x10), "AAAAAA96690003301023"),
        (frames.command(0x30, 0x05), "AAAAAA96690003300536"),
        (frames.command(0x60, 0x00), "AAAAAA96690003600063"),
        (frames.command(0x60, 0x04), "AAAAAA96690003600467"),
    ],
)
def test_a_command_is_the_published_frame(built: bytes, published: str) -> None:
    assert built.hex().upper() == published


@pytest.mark.parametrize(
    ("published", "status", "data"),
    [
        ("AAAAAA9669000400009094", 0x90, b""),
        ("AAAAAA9669000800009F0000000097", 0x9F, bytes(4)),
        ("AAAAAA9669000C00009000000000000000009C", 0x90, bytes(8)),
        ("AAAAAA9669000400009195", 0x91, b""),
        ("AAAAAA9669000400001014", 0x10, b""),
        ("AAAAAA9669000400004145", 0x41, b""),
        ("AAAAAA9669000400008084", 0x80, b""),
        ("AAAAAA9669000400008185", 0x81, b""),
        ("AAAAAA9669000400006662", 0x66, b""),
    ],
)
def test_a_published_reply_is_understood(published: str, status: int, data: bytes) -> None:
    assert replies(bytes.fromhex(published)) == [Reply(status, data)]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (0x80, FaultCode.NO_CARD), (0x81, FaultCode.CARD_REFUSED), (0x41, FaultCode.CARD_LOST), (0x40, FaultCode.CARD_UNKNOWN),
        (0x60, FaultCode.SAM_FAILED), (0x66, FaultCode.SAM_FAILED), (0x21, FaultCode.UNSUPPORTED), (0x07, FaultCode.BAD_ANSWER),
    ],
)  # fmt: skip
def test_each_status_is_a_reason_for_the_clerk(status: int, code: FaultCode) -> None:
    assert Reply(status, b"").fault().code is code


def test_the_card_s_own_status_does_not_decide() -> None:
    assert replies(frames.frame(b"\x12\x34\x41")) == [Reply(0x41, b"")]


def test_a_whole_base_read_has_1295_bytes_and_text_and_photo_in_their_places() -> None:
    text, photo = bytes(range(256)), bytes(1024)
    whole = frames.frame(b"\x00\x00\x90" + b"\x01\x00\x04\x00" + text + photo)
    assert len(whole) == 1295
    assert whole[:14].hex().upper() == "AAAAAA96690508" + "000090" + "01000400"
    assert (whole[14:270], whole[270:1294]) == (text, photo)
    [reply] = replies(whole)
    assert frames.base_data(reply.data) == (text, photo)


@pytest.mark.parametrize("data", [b"", b"\x01\x00", b"\x01\x00\x04\x00" + bytes(10), b"\x00\xff\x04\x00" + bytes(1279)])
def test_a_base_read_of_another_size_is_a_bad_answer(data: bytes) -> None:
    with pytest.raises(DeviceFault) as fault:
        frames.base_data(data)
    assert fault.value.code is FaultCode.BAD_ANSWER


def test_the_module_number_reads_as_printed_on_the_module() -> None:
    data = bytes([5, 0, 3, 0]) + b"".join(n.to_bytes(4, "little") for n in (20050101, 1, 123456789))
    assert frames.serial_number(data) == "05.03-20050101-0000000001-0123456789"


@given(BODIES, st.lists(st.integers(1, 200), max_size=20))
def test_a_frame_is_found_however_it_is_split(body: bytes, cuts: list[int]) -> None:
    whole, parser, found = frames.frame(body), FrameParser(), []
    for cut in cuts:
        piece, whole = whole[:cut], whole[cut:]
        parser.feed(piece)
        found.append(parser.next_body())
    parser.feed(whole)
    assert [b for b in [*found, parser.next_body()] if b is not None] == [body]
    assert not parser.damaged


@given(st.binary(max_size=60), BODIES)
def test_a_good_frame_after_noise_is_still_found(noise: bytes, body: bytes) -> None:
    parser = FrameParser()
    parser.feed(noise + frames.frame(body))
    found = drain(parser)
    while body not in found and parser.waiting:      # the driver does this after a silence
        parser.give_up()
        found += drain(parser)
    assert body in found


@given(BODIES, st.data())
@settings(max_examples=60)
def test_a_flipped_bit_never_passes_for_the_frame(body: bytes, data: st.DataObject) -> None:
    whole = bytearray(frames.frame(body))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= 1 << data.draw(st.integers(0, 7))
    parser = FrameParser()
    parser.feed(bytes(whole))
    assert body not in drain(parser)


@given(st.binary(max_size=300))
def test_no_bytes_at_all_upset_the_parser(noise: bytes) -> None:
    parser = FrameParser()
    parser.feed(frames.PREAMBLE + noise)
    assert all(2 <= len(body) < frames.LONGEST for body in drain(parser))
    while parser.waiting:
        parser.give_up()
        drain(parser)


@pytest.mark.parametrize("body", [b"", b"\x00", b"\x00\x00"])
def test_a_reply_too_short_for_a_status_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(DeviceFault) as fault:
        Reply.of(body)
    assert fault.value.code is FaultCode.BAD_ANSWER


def drain(parser: FrameParser) -> list[bytes]:
    found = []
    while (body := parser.next_body()) is not None:
        found.append(body)
    return found


def replies(data: bytes) -> list[Reply]:
    parser = FrameParser()
    parser.feed(data)
    return [Reply.of(body) for body in drain(parser)]
