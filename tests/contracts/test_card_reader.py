"""The promise of IdCardReader, held against every driver that can run here."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from hardware.devices import IdCardReader
from hardware.faults import DeviceFault, FaultCode
from hardware.readings import IdCard
from hardware.registry import open_reader
from hardware.simulated.card_reader import SimulatedCardReader
from hardware.simulated.people import FATHER, FOREIGNER, MOTHER


@dataclass
class Bench:
    driver: IdCardReader
    lay: Callable[[IdCard], None]
    lift: Callable[[], None]
    unplug: Callable[[], None]


@pytest.fixture(params=["whole answers", "small pieces", "paced line"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    device = SimulatedCardReader(paced=request.param == "paced line", piece=5 if request.param == "small pieces" else None)
    driver = open_reader(f"serial:{device.path}")
    yield Bench(driver, device.lay, device.lift, device.unplug)
    driver.close()
    device.close()


@pytest.mark.parametrize("card", [MOTHER, FATHER, FOREIGNER], ids=["mother", "father", "foreigner"])
def test_a_card_is_read_as_it_is(bench: Bench, card: IdCard) -> None:
    bench.lay(card)
    read = bench.driver.read(1)
    assert (read.type, read.name, read.number, read.valid_to) == (card.type, card.name, card.number, card.valid_to)


def test_cards_are_read_one_after_the_other(bench: Bench) -> None:
    bench.lay(MOTHER)
    assert bench.driver.read(1).number == MOTHER.number
    bench.lift()
    bench.lay(FATHER)
    assert bench.driver.read(1).number == FATHER.number


def test_without_a_card_it_says_so_when_the_time_is_over(bench: Bench) -> None:
    began = time.monotonic()
    with pytest.raises(DeviceFault) as fault:
        bench.driver.read(0.4)
    assert fault.value.code is FaultCode.NO_CARD
    assert 0.4 <= time.monotonic() - began < 3


def test_a_card_that_comes_late_is_read(bench: Bench) -> None:
    threading.Timer(0.3, bench.lay, [MOTHER]).start()
    assert bench.driver.read(3).number == MOTHER.number


def test_it_says_who_it_is(bench: Bench) -> None:
    assert len(bench.driver.serial_number()) > 20


def test_a_cable_pulled_while_waiting_ends_the_wait(bench: Bench) -> None:
    threading.Timer(0.2, bench.unplug).start()
    began = time.monotonic()
    with pytest.raises(DeviceFault) as fault:
        bench.driver.read(20)
    assert fault.value.code is FaultCode.NOT_CONNECTED
    assert time.monotonic() - began < 3


def test_closing_from_another_thread_breaks_the_wait(bench: Bench) -> None:
    threading.Timer(0.2, bench.driver.close).start()
    began = time.monotonic()
    with pytest.raises(DeviceFault) as fault:
        bench.driver.read(20)
    assert fault.value.code is FaultCode.CANCELLED
    assert time.monotonic() - began < 2


def test_it_may_be_closed_twice_and_then_raises_device_faults_only(bench: Bench) -> None:
    bench.driver.close()
    bench.driver.close()
    with pytest.raises(DeviceFault):
        bench.driver.read(1)
    with pytest.raises(DeviceFault):
        bench.driver.serial_number()
