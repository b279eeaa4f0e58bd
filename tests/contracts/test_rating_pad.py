"""The promise of RatingPad, held against every driver that can run here."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from hardware.devices import RatingPad
from hardware.faults import DeviceFault, FaultCode
from hardware.registry import open_rating_pad
from hardware.simulated.rating_keypad import KEYS, SimulatedRatingKeypad


@dataclass
class Bench:
    driver: RatingPad
    device: SimulatedRatingKeypad


@pytest.fixture(params=["four bytes a key", "one byte a key"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    keys = KEYS if request.param == "four bytes a key" else {level: b"%d" % level for level in range(1, 6)}
    device = SimulatedRatingKeypad(keys)
    driver = open_rating_pad(device.address, demo=True)
    yield Bench(driver, device)
    driver.close()
    device.close()


@pytest.mark.parametrize("level", range(1, 6))
def test_every_key_gives_its_level(bench: Bench, level: int) -> None:
    threading.Timer(0.1, bench.device.press, [level]).start()
    assert bench.driver.ask(3) == level


def test_nobody_has_to_press(bench: Bench) -> None:
    began = time.monotonic()
    with pytest.raises(DeviceFault) as fault:
        bench.driver.ask(0.4)
    assert fault.value.code is FaultCode.TIMEOUT
    assert 0.4 <= time.monotonic() - began < 2


def test_a_key_pressed_before_the_question_is_not_an_answer(bench: Bench) -> None:
    bench.device.press(5)
    time.sleep(0.05)
    threading.Timer(0.2, bench.device.press, [2]).start()
    assert bench.driver.ask(3) == 2


def test_it_says_what_is_known_of_the_line(bench: Bench) -> None:
    assert bench.device.path in bench.driver.alive()


def test_a_cable_pulled_while_waiting_ends_the_wait(bench: Bench) -> None:
    threading.Timer(0.2, bench.device.close).start()
    began = time.monotonic()
    with pytest.raises(DeviceFault) as fault:
        bench.driver.ask(20)
    assert fault.value.code is FaultCode.NOT_CONNECTED
    assert time.monotonic() - began < 3


def test_closing_from_another_thread_breaks_the_wait(bench: Bench) -> None:
    threading.Timer(0.2, bench.driver.close).start()
    began = time.monotonic()
    with pytest.raises(DeviceFault) as fault:
        bench.driver.ask(20)
    assert fault.value.code is FaultCode.CANCELLED
    assert time.monotonic() - began < 2


def test_it_may_be_closed_twice_and_then_raises_device_faults_only(bench: Bench) -> None:
    bench.driver.close()
    bench.driver.close()
    with pytest.raises(DeviceFault):
        bench.driver.ask(1)
    with pytest.raises(DeviceFault):
        bench.driver.alive()
