"""The real serial driver against the reader on a pseudo terminal: real bytes, real silences."""

import threading
import time

import pytest

from hardware.faults import DeviceFault, FaultCode
from hardware.id_card import sam_serial
from hardware.id_card.sam_serial import SamReader
from hardware.simulated.card_reader import SimulatedCardReader
from hardware.simulated.people import FATHER, FOREIGNER, MOTHER
from hardware.transports.serial_line import SerialLine


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(sam_serial, "ANSWER", 0.2)
    monkeypatch.setattr(sam_serial, "READ", 0.4)
    monkeypatch.setattr(sam_serial, "GAP", 0.05)
    monkeypatch.setattr(sam_serial, "POLL", 0.05)


@pytest.fixture
def desk():
    reader = SimulatedCardReader()
    yield reader
    reader.close()


@pytest.fixture
def driver(desk):
    driver = SamReader(SerialLine(desk.path))
    yield driver
    driver.close()


def code_of(call, *args):
    with pytest.raises(DeviceFault) as fault:
        call(*args)
    return fault.value.code


@pytest.mark.parametrize("card", [MOTHER, FATHER, FOREIGNER], ids=["mother", "father", "foreigner"])
def test_a_card_on_the_reader_is_read_whole(desk, driver, card):
    desk.lay(card)
    read = driver.read(1)
    assert (read.number, read.name, read.birth_date, read.address) == (card.number, card.name, card.birth_date, card.address)
    assert len(read.photo_wlt) == 1024


def test_a_card_laid_while_waiting_is_read(desk, driver):
    threading.Timer(0.2, desk.lay, [MOTHER]).start()
    assert driver.read(2).number == MOTHER.number


def test_an_empty_reader_says_that_no_card_lies_there_when_the_time_is_over(driver):
    began = time.monotonic()
    assert code_of(driver.read, 0.3) is FaultCode.NO_CARD
    assert 0.3 <= time.monotonic() - began < 1.0


@pytest.mark.parametrize("fault", ["noise", "wrong checksum", "short", "long length", "silence", "command damaged"])
@pytest.mark.parametrize("at", [0, 1, 2], ids=["find", "select", "read"])
def test_one_spoiled_answer_costs_time_but_not_the_card(desk, driver, fault, at):
    if (fault, at) == ("silence", 2):
        pytest.skip("a reader that falls silent over the card itself is reported at once")
    desk.lay(MOTHER)
    desk.misbehave(*[None] * at, fault)
    assert driver.read(2).number == MOTHER.number


def test_an_answer_in_small_pieces_is_read():
    desk = SimulatedCardReader(piece=7)
    driver = SamReader(SerialLine(desk.path))
    desk.lay(MOTHER)
    assert driver.read(1).number == MOTHER.number
    driver.close()
    desk.close()


def test_at_the_pace_of_a_real_line_a_read_takes_more_than_a_tenth_of_a_second():
    desk = SimulatedCardReader(paced=True)
    driver = SamReader(SerialLine(desk.path))
    desk.lay(MOTHER)
    began = time.monotonic()
    assert driver.read(1).number == MOTHER.number
    assert 0.11 < time.monotonic() - began < 0.6
    driver.close()
    desk.close()


def test_a_mute_reader_is_a_timeout(desk, driver):
    desk.misbehave(*["silence"] * 4)
    assert code_of(driver.serial_number) is FaultCode.TIMEOUT


def test_a_babbling_reader_is_a_bad_answer(desk, driver):
    desk.misbehave(*["wrong checksum"] * 4)
    assert code_of(driver.serial_number) is FaultCode.BAD_ANSWER


@pytest.mark.parametrize(("asked", "status", "code"), [
    ((0x20, 0x02), 0x81, FaultCode.CARD_REFUSED), ((0x20, 0x01), 0x66, FaultCode.SAM_FAILED),
    ((0x30, 0x01), 0x41, FaultCode.CARD_LOST), ((0x20, 0x02), 0x40, FaultCode.CARD_UNKNOWN),
    ((0x12, 0xFF), 0x60, FaultCode.SAM_FAILED),
])
def test_what_the_module_complains_of_reaches_the_clerk(desk, driver, asked, status, code):
    desk.lay(MOTHER)
    desk.status[asked] = status
    assert code_of(*((driver.serial_number,) if asked[0] == 0x12 else (driver.read, 2))) is code


def test_a_model_that_wants_the_card_lifted_reads_the_next_one(desk, driver):
    desk.must_be_lifted = True
    desk.lay(MOTHER)
    driver.read(1)
    assert code_of(driver.read, 0.1) is FaultCode.NO_CARD
    desk.lift()
    desk.lay(FATHER)
    assert driver.read(1).number == FATHER.number


def test_the_module_says_its_number(driver):
    assert driver.serial_number() == "05.03-20261101-0000000001-0000004242"


def test_a_second_program_finds_the_port_busy(desk, driver):
    assert code_of(SerialLine, desk.path) is FaultCode.BUSY


def test_a_port_that_is_not_there_is_not_connected():
    assert code_of(SerialLine, "/dev/no-such-port") is FaultCode.NOT_CONNECTED


def test_a_pulled_cable_is_not_connected(desk, driver):
    desk.unplug()
    assert code_of(driver.read, 1) is FaultCode.NOT_CONNECTED


def test_closing_from_another_thread_ends_the_wait_for_a_card(driver):
    threading.Timer(0.2, driver.close).start()
    began = time.monotonic()
    assert code_of(driver.read, 30) is FaultCode.CANCELLED
    assert time.monotonic() - began < 2
