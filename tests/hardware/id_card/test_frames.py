"""Frames as published (hardware facts 2.3-2.5: two or more independent sources each) and the parser under noise."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.faults import DeviceFault, FaultCode
from hardware.id_card import frames, layouts
from hardware.id_card.frames import FrameParser, Reply
from hardware.simulated.people import CARDS

BODIES = st.binary(min_size=2, max_size=1400)


COMMANDS = {
    frames.RESET: "AAAAAA9669000310FFEC",
    frames.STATUS: "AAAAAA9669000311FFED",
    frames.SERIAL_NUMBER: "AAAAAA9669000312FFEE",
    frames.FIND_CARD: "AAAAAA96690003200122",
    frames.SELECT_CARD: "AAAAAA96690003200221",
    frames.READ_BASE: "AAAAAA96690003300132",
    frames.READ_BASE_AND_FINGERPRINT: "AAAAAA96690003301023",
    frames.READ_NEWEST_ADDRESS: "AAAAAA96690003300330",
    frames.READ_MANAGEMENT_NUMBER: "AAAAAA96690003300536",
    frames.SET_BAUD[115200]: "AAAAAA96690003600063",
    frames.SET_BAUD[57600]: "AAAAAA96690003600162",
    frames.SET_BAUD[38400]: "AAAAAA96690003600261",
    frames.SET_BAUD[19200]: "AAAAAA96690003600360",
    frames.SET_BAUD[9600]: "AAAAAA96690003600467",
}


@pytest.mark.parametrize(("built", "published"), COMMANDS.items(), ids=COMMANDS.values())
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
        ("AAAAAA9669000400001115", 0x11, b""),
        ("AAAAAA9669000400002125", 0x21, b""),
        ("AAAAAA9669000400002327", 0x23, b""),
        ("AAAAAA9669000400002420", 0x24, b""),
        ("AAAAAA9669000400003135", 0x31, b""),
        ("AAAAAA9669000400003236", 0x32, b""),
        ("AAAAAA9669000400003337", 0x33, b""),
        ("AAAAAA9669000400004044", 0x40, b""),
        ("AAAAAA9669000400004145", 0x41, b""),
        ("AAAAAA9669000400004743", 0x47, b""),
        ("AAAAAA9669000400006064", 0x60, b""),
        ("AAAAAA9669000400006662", 0x66, b""),
        ("AAAAAA9669000400008084", 0x80, b""),
        ("AAAAAA9669000400008185", 0x81, b""),
    ],
)
def test_a_published_reply_is_understood(published: str, status: int, data: bytes) -> None:
    assert replies(bytes.fromhex(published)) == [Reply(status, data)]
    assert frames.frame(bytes([0, 0, status]) + data).hex().upper() == published


@pytest.mark.parametrize(
    ("code", "statuses"),
    [
        (FaultCode.NO_CARD, [0x80]),
        (FaultCode.CARD_REFUSED, [0x31, 0x32, 0x81]),
        (FaultCode.CARD_LOST, [0x41, 0x47]),
        (FaultCode.CARD_UNKNOWN, [0x33, 0x40, 0x91]),
        (FaultCode.SAM_FAILED, [0x60, 0x66]),
        (FaultCode.UNSUPPORTED, [0x21, 0x23]),
        (FaultCode.BAD_ANSWER, [0x10, 0x11, 0x24, 0x07]),
    ],
)
def test_each_status_is_a_reason_for_the_clerk(code: FaultCode, statuses: list[int]) -> None:
    assert {Reply(status, b"").fault().code for status in statuses} == {code}


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


@pytest.mark.parametrize(("size", "whole"), [(1024, 2321), (512, 1809), (0, 1297)])
def test_a_read_with_fingerprint_has_three_lengths_and_its_data_at_16(size: int, whole: int) -> None:
    text, photo, fingerprint = bytes(range(256)), bytes(1024), b"f" * size
    sent = frames.frame(b"\x00\x00\x90" + b"\x01\x00\x04\x00" + size.to_bytes(2, "big") + text + photo + fingerprint)
    assert len(sent) == whole
    assert sent[16:272] == text
    [reply] = replies(sent)
    assert frames.base_and_fingerprint_data(reply.data) == (text, photo, fingerprint)


@pytest.mark.parametrize("data", [b"", b"\x01\x00\x04\x00", b"\x01\x00\x04\x00\x03\x00" + bytes(2048), bytes(1297)])
def test_a_fingerprint_read_of_another_size_is_a_bad_answer(data: bytes) -> None:
    with pytest.raises(DeviceFault) as fault:
        frames.base_and_fingerprint_data(data)
    assert fault.value.code is FaultCode.BAD_ANSWER


def test_the_management_number_has_28_bytes() -> None:
    assert frames.management_number(bytes(range(28))) == bytes(range(28))
    with pytest.raises(DeviceFault):
        frames.management_number(bytes(27))


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


@given(st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_ten_thousand_damaged_streams_upset_nothing_and_hide_no_frame(seed: int) -> None:
    """300 seeds of 40 streams each: random, cut, bit-flipped, doubled, wrong lengths and noise before, in pieces of any size."""
    chance = random.Random(seed)
    for _ in range(40):
        card = chance.choice(CARDS)
        good = frames.frame(bytes([chance.randrange(256), chance.randrange(256)]) + (
            b"\x90\x01\x00\x00\x00" + layouts.encode(card) if chance.random() < 0.2 else bytes([chance.choice((0x80, 0x81, 0x91, 0x41))])))
        sound = chance.random() < 0.4
        noise = chance.randbytes(chance.randrange(40)).replace(b"\xaa", b"\x55")
        stream = noise + good if sound else _damaged(chance, good)
        bodies = _heard(chance, stream)
        assert not sound or good[7:-1] in bodies
        for body in (*bodies, b"\0\0\x90\1\0\0\0" + _damaged(chance, layouts.encode(card))[:256].ljust(256, b" ")):
            try:
                reply = Reply.of(body)
                assert layouts.decode(*frames.base_data(reply.data)).number
            except DeviceFault as fault:
                assert fault.code is FaultCode.BAD_ANSWER      # noqa: PT017 - a card is as good an end as a fault


def _damaged(chance: random.Random, good: bytes) -> bytes:
    match chance.randrange(5):
        case 0:
            return chance.randbytes(chance.randrange(80))
        case 1:
            return good[: chance.randrange(len(good))]
        case 2:
            return good[:5] + chance.randbytes(2) + good[7:]
        case 3:
            return good[: chance.randrange(len(good))] + good
        case _:
            flipped = bytearray(good)
            for _ in range(chance.randint(1, 4)):
                flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
            return bytes(flipped)


def _heard(chance: random.Random, stream: bytes) -> list[bytes]:
    """What a driver hears: pieces, then silences until nothing waits any more."""
    parser, found = FrameParser(), []
    while stream:
        cut = chance.randint(1, len(stream))
        parser.feed(stream[:cut])
        stream = stream[cut:]
        found += drain(parser)
    while parser.waiting:
        parser.give_up()
        found += drain(parser)
    return found


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
