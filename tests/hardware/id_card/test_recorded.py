"""Recordings of a reader's wire: they play back as they were, and nobody is in them."""

import dataclasses
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.faults import FaultCode
from hardware.id_card import frames, layouts
from hardware.id_card.sam_serial import SamReader
from hardware.id_card.scrub import scrub
from hardware.readings import IdCard
from hardware.registry import record_reader
from hardware.simulated.card_reader import CardReaderLogic, Fault, MemoryLine, SimulatedCardReader
from hardware.simulated.people import CARDS, FOREIGNER, HMT_RESIDENT, MOTHER, OLD_FOREIGNER
from hardware.transports.recorded import Piece, RecordedLine, ReplayedLine, load
from tests.hardware.faulty import code_of

SOMEBODY = dataclasses.replace(
    MOTHER, name="㐀某某", number="110101199001010015", address="别处路99号", birth_date=date(1990, 1, 1), authority="别处公安局",
    newest_address="更远处街77号", photo_wlt=b"FACE" * 256,
)  # fmt: skip
SECRETS = [word.encode("utf-16-le") for word in (SOMEBODY.name, "11010119900101", "别处", "更远处", "19900101")] + [b"FACE"]


def record(card: IdCard, out: Path, *faults: Fault | None) -> None:
    logic = CardReaderLogic()
    logic.lay(card)
    logic.misbehave(*faults)
    reader = SamReader(RecordedLine(MemoryLine(logic), out, "card reader, memory", scrub))
    reader.serial_number()
    reader.read(1)
    reader.close()


def test_a_recording_plays_back_to_the_real_driver(tmp_path: Path) -> None:
    record(MOTHER, tmp_path / "mother.jsonl")
    what, pieces = load(tmp_path / "mother.jsonl")
    reader = SamReader(ReplayedLine(pieces))
    assert what == "card reader, memory"
    assert [reader.read(1).number for _ in range(3)] == [MOTHER.number] * 3
    assert reader.serial_number() == "05.03-20261101-0000000001-0000004242"
    reader.close()
    assert code_of(reader.read, 1) is FaultCode.CANCELLED


@pytest.mark.parametrize("fault", [None, "wrong checksum", "short", "noise", "long length"])
def test_nobody_is_in_a_recording_whatever_went_wrong(tmp_path: Path, fault: Fault | None) -> None:
    record(SOMEBODY, tmp_path / "out.jsonl", None, None, None, None, fault)
    _, pieces = load(tmp_path / "out.jsonl")
    heard = b"".join(piece.data for piece in pieces)
    assert [secret for secret in SECRETS if secret in heard] == []
    reader = SamReader(ReplayedLine(pieces))
    read = reader.read(1)
    assert (read.number, read.type) == (MOTHER.number, "resident")


PLACES = {
    "reset": frames.RESET, "status": frames.STATUS, "module": frames.SERIAL_NUMBER, "find": frames.FIND_CARD, "select": frames.SELECT_CARD,
    "base": frames.READ_BASE, "base and fingerprint": frames.READ_BASE_AND_FINGERPRINT, "address": frames.READ_NEWEST_ADDRESS,
    "management number": frames.READ_MANAGEMENT_NUMBER, "nothing": b"",
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_nobody_is_in_a_recording_where_an_answer_stands_in_the_wrong_place(place: str) -> None:
    logic = CardReaderLogic()
    logic.lay(SOMEBODY)
    answers = [logic.answer(command[7:-1]) for name, command in PLACES.items() if command and name not in {"reset", "status", "module"}]
    answers.append(frames.frame(bytes([0, 0, 0x90, 2, 2]) + layouts.encode(SOMEBODY) + bytes(300)))
    asked = [Piece(0.0, "device", PLACES[place])] if place != "nothing" else []
    clean = scrub([*asked, *(Piece(0.1, "host", answer) for answer in answers)])
    heard = b"".join(piece.data for piece in clean)
    assert [secret for secret in SECRETS if secret in heard] == []
    assert len(heard) == sum(map(len, answers)) + len(PLACES[place])


def test_a_reader_that_answers_late_with_somebodys_card_when_asked_who_it_is_is_recorded_without_them(tmp_path: Path) -> None:
    class Late(CardReaderLogic):
        def answer(self, body: bytes) -> bytes:
            if body == b"\x12\xff" and (0x12, 0xFF) not in self.heard:
                self.heard.append((0x12, 0xFF))
                return frames.frame(b"\0\0\x90" + self._base(SOMEBODY, fingerprint=False))
            return super().answer(body)

    reader = SamReader(RecordedLine(MemoryLine(Late()), tmp_path / "out.jsonl", "card reader, memory", scrub))
    assert code_of(reader.serial_number) is FaultCode.BAD_ANSWER
    assert reader.serial_number() == "05.03-20261101-0000000001-0000004242"
    reader.close()
    _, pieces = load(tmp_path / "out.jsonl")
    heard = b"".join(piece.data for piece in pieces)
    assert [secret for secret in SECRETS if secret in heard] == []
    assert (20261101).to_bytes(4, "little") in heard      # the module's own number stays


@pytest.mark.parametrize("card", [MOTHER, HMT_RESIDENT, OLD_FOREIGNER, FOREIGNER], ids=lambda card: card.type)
def test_the_layout_of_the_card_can_still_be_seen(tmp_path: Path, card: IdCard) -> None:
    record(dataclasses.replace(card, name="某某"), tmp_path / "out.jsonl")
    assert SamReader(ReplayedLine(load(tmp_path / "out.jsonl")[1])).read(1).name == card.name


def test_lengths_times_and_order_stay_as_they_were() -> None:
    logic = CardReaderLogic()
    logic.lay(SOMEBODY)
    answer = [logic.answer(command[7:-1]) for command in (frames.FIND_CARD, frames.SELECT_CARD, frames.READ_BASE_AND_FINGERPRINT)][-1]
    pieces = [Piece(0.1, "device", frames.READ_BASE_AND_FINGERPRINT), Piece(0.2, "host", answer[:400]), Piece(0.3, "host", answer[400:])]
    clean = scrub(pieces)
    assert [(piece.at, piece.to, len(piece.data)) for piece in clean] == [(piece.at, piece.to, len(piece.data)) for piece in pieces]
    parser = frames.FrameParser()
    parser.feed(clean[1].data + clean[2].data)
    body = parser.next_body()
    assert body is not None
    assert layouts.decode(frames.base_and_fingerprint_data(body[3:])[0]).number == MOTHER.number


@given(st.lists(st.tuples(st.sampled_from(["device", "host"]), st.binary(max_size=40)), max_size=8), st.sampled_from(CARDS))
@settings(max_examples=100)
def test_no_stream_upsets_the_scrubber_and_none_carries_a_card_out(noise: list[tuple[str, bytes]], card: IdCard) -> None:
    base = frames.frame(b"\0\0\x90\1\0\0\0" + layouts.encode(dataclasses.replace(card, name="某某某")))
    pieces = [Piece(0.0, "device" if to == "device" else "host", data) for to, data in noise] + [Piece(1.0, "host", base)]
    clean = b"".join(piece.data for piece in scrub(pieces) if piece.to == "host")
    assert "某某某".encode("utf-16-le") not in clean


def test_played_back_in_time_it_takes_as_long_as_it_took() -> None:
    pieces = (Piece(0.0, "device", b"ask"), Piece(0.3, "host", b"answer"))
    line = ReplayedLine(pieces, timed=True)
    line.write(b"ask")
    assert line.read(10, 0.05) == b""
    began = time.monotonic()
    assert line.read(3, 1) + line.read(3, 1) == b"answer"
    assert 0.15 < time.monotonic() - began < 0.6
    line.write(b"something else")
    assert line.read(10, 0) == b""


def test_a_real_wire_is_recorded_by_its_address(tmp_path: Path) -> None:
    desk = SimulatedCardReader()
    desk.lay(SOMEBODY)
    reader = record_reader(f"serial:{desk.path}", tmp_path / "out.jsonl")
    assert reader.read(1).number == SOMEBODY.number
    reader.close()
    desk.close()
    assert SamReader(ReplayedLine(load(tmp_path / "out.jsonl")[1])).read(1).number == MOTHER.number


@pytest.mark.parametrize("address", ["sdtapi:C:/sdtapi.dll", "webcamera://127.0.0.1:38088", "nothing"])
def test_readers_without_a_wire_of_ours_cannot_be_recorded(tmp_path: Path, address: str) -> None:
    assert code_of(record_reader, address, tmp_path / "out.jsonl") is FaultCode.UNSUPPORTED


@pytest.mark.parametrize("text", ["", "{}", "no json", '{"recording": "x"}\n{"at": 0}'])
def test_a_file_that_is_no_recording_is_a_value_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.jsonl").write_text(text)
    with pytest.raises(ValueError):      # noqa: PT011 - JSON's own message, or ours
        load(tmp_path / "x.jsonl")


RECORDINGS = sorted((Path(__file__).resolve().parents[3] / "resources" / "recordings" / "cards").glob("*.jsonl"))


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_every_recording_in_the_house_is_read_and_holds_an_invented_card(path: Path) -> None:
    reader = SamReader(ReplayedLine(load(path)[1]))
    card = reader.read(1)
    assert dataclasses.replace(card, photo_wlt=b"") in CARDS
    assert reader.serial_number()
    reader.close()


def test_there_is_a_recording_of_each_layout() -> None:
    assert {path.stem for path in RECORDINGS} >= {card.type for card in CARDS}
