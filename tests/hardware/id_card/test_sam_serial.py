"""The real serial driver against the reader on a pseudo terminal: real bytes, real silences."""

import dataclasses
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.faults import FaultCode
from hardware.id_card import polling, sam_serial
from hardware.id_card.sam_serial import SamReader
from hardware.readings import IdCard
from hardware.simulated.card_reader import Fault, SimulatedCardReader
from hardware.simulated.people import FATHER, FOREIGNER, MOTHER
from hardware.transports.serial_line import SerialLine
from tests.hardware.faulty import code_of


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sam_serial, "ANSWER", 0.2)
    monkeypatch.setattr(sam_serial, "READ", 0.4)
    monkeypatch.setattr(sam_serial, "GAP", 0.05)
    monkeypatch.setattr(sam_serial, "NEWEST", 0.2)
    monkeypatch.setattr(polling, "POLL", 0.05)


@pytest.fixture
def desk() -> Iterator[SimulatedCardReader]:
    reader = SimulatedCardReader()
    yield reader
    reader.close()


@pytest.fixture
def driver(desk: SimulatedCardReader) -> Iterator[SamReader]:
    driver = SamReader(SerialLine(desk.path))
    yield driver
    driver.close()


@pytest.mark.parametrize("card", [MOTHER, FATHER, FOREIGNER], ids=["mother", "father", "foreigner"])
def test_a_card_on_the_reader_is_read_whole(desk: SimulatedCardReader, driver: SamReader, card: IdCard) -> None:
    desk.lay(card)
    read = driver.read(1)
    assert (read.number, read.name, read.birth_date, read.address) == (card.number, card.name, card.birth_date, card.address)
    assert len(read.photo_wlt) == 1024


def test_a_card_laid_while_waiting_is_read(desk: SimulatedCardReader, driver: SamReader) -> None:
    threading.Timer(0.2, desk.lay, [MOTHER]).start()
    assert driver.read(2).number == MOTHER.number


def test_an_empty_reader_says_that_no_card_lies_there_when_the_time_is_over(driver: SamReader) -> None:
    began = time.monotonic()
    assert code_of(driver.read, 0.3) is FaultCode.NO_CARD
    assert 0.3 <= time.monotonic() - began < 2


SPOILED = ["noise", "wrong checksum", "short", "long length", "command damaged"]


@pytest.mark.parametrize(
    ("fault", "at"), [*((fault, at) for fault in SPOILED for at in range(3)), ("silence", 0), ("silence", 1)]
)
def test_one_spoiled_answer_costs_time_but_not_the_card(desk: SimulatedCardReader, driver: SamReader, fault: Fault, at: int) -> None:
    desk.lay(MOTHER)
    desk.misbehave(*[None] * at, fault)      # at: find, select, read
    assert driver.read(2).number == MOTHER.number


def test_an_answer_in_small_pieces_is_read() -> None:
    desk = SimulatedCardReader(piece=7)
    driver = SamReader(SerialLine(desk.path))
    desk.lay(MOTHER)
    assert driver.read(1).number == MOTHER.number
    driver.close()
    desk.close()


def test_at_the_pace_of_a_real_line_a_read_takes_more_than_a_tenth_of_a_second() -> None:
    desk = SimulatedCardReader(paced=True)
    driver = SamReader(SerialLine(desk.path))
    desk.lay(MOTHER)
    began = time.monotonic()
    assert driver.read(1).number == MOTHER.number
    assert 0.11 < time.monotonic() - began < 2
    driver.close()
    desk.close()


FIND, SELECT, BASE, ADDRESS = (0x20, 0x01), (0x20, 0x02), (0x30, 0x01), (0x30, 0x03)


def test_a_module_that_thinks_long_over_every_search_says_that_no_card_lies_there(desk: SimulatedCardReader, driver: SamReader) -> None:
    desk.thinking = lambda asked: 0.15 if asked == FIND else 0.0
    assert code_of(driver.read, 0.8) is FaultCode.NO_CARD
    desk.lay(MOTHER)
    assert driver.read(1).number == MOTHER.number


@pytest.mark.parametrize("late", [FIND, SELECT])
def test_one_answer_that_comes_after_it_was_given_up_does_not_put_the_rest_off(
    desk: SimulatedCardReader, driver: SamReader, late: tuple[int, int]
) -> None:
    desk.lay(MOTHER)
    desk.thinking = lambda asked: 0.24 if asked == late and desk.heard.count(late) == 0 else 0.0
    assert driver.read(2).number == MOTHER.number


@pytest.mark.parametrize("slow", [FIND, SELECT, BASE])
@pytest.mark.parametrize("noise", [b"\0", b"\xaa", b"\xaa\xaa\xaa\x96", b"\xff" * 40])
def test_noise_and_then_a_long_thought_are_still_an_answer(
    desk: SimulatedCardReader, driver: SamReader, noise: bytes, slow: tuple[int, int]
) -> None:
    desk.lay(MOTHER)
    desk.stray = noise
    desk.thinking = lambda asked: 0.15 if asked == slow else 0.0
    assert driver.read(1).number == MOTHER.number
    assert desk.heard == [FIND, SELECT, BASE, ADDRESS]


def test_a_damaged_answer_is_asked_for_again_at_once(desk: SimulatedCardReader, driver: SamReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sam_serial, "ANSWER", 5.0)
    desk.lay(MOTHER)
    desk.misbehave("wrong checksum", "short", None)
    began = time.monotonic()
    assert driver.read(2).number == MOTHER.number
    assert time.monotonic() - began < 1


def test_a_late_answer_about_the_address_is_not_taken_for_one_about_the_next_card(
    desk: SimulatedCardReader, driver: SamReader
) -> None:
    desk.lay(MOTHER)
    desk.thinking = lambda asked: 0.32 if asked == ADDRESS and desk.heard.count(ADDRESS) == 0 else 0.0
    assert [driver.read(2).number for _ in range(2)] == [MOTHER.number] * 2


def test_a_line_that_never_stops_babbling_ends_in_time(
    desk: SimulatedCardReader, driver: SamReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sam_serial, "SLACK", 0.3)
    desk.stray = b"\xff" * 500
    desk.thinking = lambda asked: 0.19
    mute: list[Fault | None] = ["silence"] * 50
    desk.misbehave(*mute)
    began = time.monotonic()
    assert code_of(driver.read, 0.5) is FaultCode.BAD_ANSWER
    assert time.monotonic() - began < 1.5


def test_a_mute_reader_is_a_timeout(desk: SimulatedCardReader, driver: SamReader) -> None:
    desk.misbehave("silence", "silence")
    assert code_of(driver.serial_number) is FaultCode.TIMEOUT


def test_a_babbling_reader_is_a_bad_answer(desk: SimulatedCardReader, driver: SamReader) -> None:
    desk.misbehave("wrong checksum", "wrong checksum", "wrong checksum")
    assert code_of(driver.serial_number) is FaultCode.BAD_ANSWER


def test_a_reader_that_falls_silent_over_the_card_is_a_timeout(desk: SimulatedCardReader, driver: SamReader) -> None:
    desk.lay(MOTHER)
    desk.misbehave(None, None, "silence")
    assert code_of(driver.read, 2) is FaultCode.TIMEOUT


@pytest.mark.parametrize(("asked", "status", "code"), [
    ((0x20, 0x02), 0x81, FaultCode.CARD_REFUSED), ((0x20, 0x01), 0x66, FaultCode.SAM_FAILED),
    ((0x30, 0x01), 0x41, FaultCode.CARD_LOST), ((0x20, 0x02), 0x40, FaultCode.CARD_UNKNOWN),
    ((0x12, 0xFF), 0x60, FaultCode.SAM_FAILED),
])
def test_what_the_module_complains_of_reaches_the_clerk(
    desk: SimulatedCardReader, driver: SamReader, asked: tuple[int, int], status: int, code: FaultCode
) -> None:
    desk.lay(MOTHER)
    desk.status[asked] = status
    got = code_of(driver.serial_number) if asked[0] == 0x12 else code_of(driver.read, 2)
    assert got is code


def test_a_model_that_wants_the_card_lifted_reads_the_next_one(desk: SimulatedCardReader, driver: SamReader) -> None:
    desk.must_be_lifted = True
    desk.lay(MOTHER)
    driver.read(1)
    assert code_of(driver.read, 5) is FaultCode.CARD_REFUSED
    desk.lift()
    assert code_of(driver.read, 0.1) is FaultCode.NO_CARD
    desk.lay(FATHER)
    assert driver.read(1).number == FATHER.number


def test_the_module_says_its_number(driver: SamReader) -> None:
    assert driver.serial_number() == "05.03-20261101-0000000001-0000004242"


def test_a_second_program_finds_the_port_busy(desk: SimulatedCardReader, driver: SamReader) -> None:
    assert code_of(SerialLine, desk.path) is FaultCode.BUSY


def test_a_port_that_is_not_there_is_not_connected() -> None:
    assert code_of(SerialLine, "/dev/no-such-port") is FaultCode.NOT_CONNECTED


def test_a_pulled_cable_is_not_connected(desk: SimulatedCardReader, driver: SamReader) -> None:
    desk.unplug()
    assert code_of(driver.read, 1) is FaultCode.NOT_CONNECTED


def test_closing_from_another_thread_ends_the_wait_for_a_card(driver: SamReader) -> None:
    threading.Timer(0.2, driver.close).start()
    began = time.monotonic()
    assert code_of(driver.read, 30) is FaultCode.CANCELLED
    assert time.monotonic() - began < 2


def test_a_card_pulled_and_laid_again_while_waiting_is_read_on_models_that_want_it_lifted(
    desk: SimulatedCardReader, driver: SamReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "POLL", 0.2)
    desk.must_be_lifted = True
    desk.lay(MOTHER)
    driver.read(1)
    threading.Timer(0.1, desk.lift).start()
    threading.Timer(0.3, desk.lay, [MOTHER]).start()
    assert driver.read(5).number == MOTHER.number


MOVED = dataclasses.replace(MOTHER, newest_address="河北省邢台市示例区样本街1号")


def test_the_appended_address_comes_beside_the_printed_one(desk: SimulatedCardReader, driver: SamReader) -> None:
    desk.lay(MOVED)
    read = driver.read(1)
    assert (read.address, read.newest_address) == (MOTHER.address, MOVED.newest_address)


def test_most_cards_have_no_appended_address_and_that_is_no_fault(desk: SimulatedCardReader, driver: SamReader) -> None:
    desk.lay(MOTHER)
    assert [driver.read(1).newest_address for _ in range(2)] == [None, None]
    assert desk.heard.count((0x30, 0x03)) == 2


@pytest.mark.parametrize("status", [0x21, 0x23])
def test_a_module_that_does_not_know_appended_addresses_is_asked_once(desk: SimulatedCardReader, driver: SamReader, status: int) -> None:
    desk.status[0x30, 0x03] = status
    desk.lay(MOVED)
    assert [driver.read(1).newest_address for _ in range(2)] == [None, None]
    assert desk.heard.count((0x30, 0x03)) == 1


def test_one_silence_over_the_appended_address_does_not_cost_the_next_cards_theirs(desk: SimulatedCardReader, driver: SamReader) -> None:
    desk.lay(MOVED)
    desk.misbehave(None, None, None, "silence")
    assert [driver.read(1).newest_address for _ in range(2)] == [None, MOVED.newest_address]


def test_a_module_silent_over_three_appended_addresses_is_not_asked_again(desk: SimulatedCardReader, driver: SamReader) -> None:
    desk.lay(MOVED)
    mute: list[Fault | None] = [None, None, None, "silence"]
    desk.misbehave(*mute * 3)
    assert [driver.read(1).newest_address for _ in range(4)] == [None] * 4
    assert desk.heard.count(ADDRESS) == 3


@pytest.mark.parametrize("fault", ["silence", "wrong checksum", "short", "command damaged"])
def test_a_spoiled_appended_address_does_not_cost_the_card(desk: SimulatedCardReader, driver: SamReader, fault: Fault) -> None:
    desk.lay(MOVED)
    desk.misbehave(None, None, None, fault)
    began = time.monotonic()
    assert (driver.read(1).number, driver.read(1).number) == (MOTHER.number, MOTHER.number)
    assert time.monotonic() - began < 2


def test_foreigners_are_not_asked_for_an_address(desk: SimulatedCardReader, driver: SamReader) -> None:
    desk.lay(FOREIGNER)
    driver.read(1)
    assert (0x30, 0x03) not in desk.heard


def test_a_module_that_failed_its_self_test_says_so_when_asked_who_it_is(desk: SimulatedCardReader, driver: SamReader) -> None:
    desk.status[0x11, 0xFF] = 0x66
    assert code_of(driver.serial_number) is FaultCode.SAM_FAILED


@pytest.mark.parametrize("paced", [False, True])
def test_a_cable_pulled_in_the_middle_of_an_answer_is_not_connected_and_works_when_it_is_back(tmp_path: Path, paced: bool) -> None:
    desk = SimulatedCardReader(paced=paced, link=tmp_path / "reader")
    desk.lay(MOTHER)
    desk.misbehave(None, None, "unplugged")
    driver = SamReader(SerialLine(desk.path))
    began = time.monotonic()
    assert code_of(driver.read, 5) is FaultCode.NOT_CONNECTED
    assert time.monotonic() - began < 1
    driver.close()
    assert code_of(SerialLine, desk.path) is FaultCode.NOT_CONNECTED
    desk.plug_in()
    driver = SamReader(SerialLine(desk.path))
    assert driver.read(1).number == MOTHER.number
    driver.close()
    desk.close()
