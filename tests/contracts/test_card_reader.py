"""The promise of IdCardReader, held against every driver that can run here."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.devices import IdCardReader
from hardware.faults import DeviceFault, FaultCode
from hardware.id_card.sam_serial import SamReader
from hardware.readings import IdCard
from hardware.registry import open_reader
from hardware.simulated.card_reader import CardReaderLogic, MemoryLine, SimulatedCardReader
from hardware.simulated.people import FATHER, FOREIGNER, HMT_RESIDENT, MOTHER, OLD_FOREIGNER
from hardware.transports.usb import UsbModule
from tests.hardware.id_card import vendor
from tests.hardware.id_card.card_service import CardService
from tests.hardware.id_card.usb_backend import OneReader


@dataclass
class Bench:
    driver: IdCardReader
    lay: Callable[[IdCard], None]
    lift: Callable[[], None]
    unplug: Callable[[], None]
    plug_in: Callable[[], IdCardReader]
    """Put the cable back; the driver to go on with."""


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {kind: vendor.build(kind, tmp_path_factory.mktemp(kind)) for kind in ("SDT", "TERMB")}


@pytest.fixture(params=["pty", "pty in small pieces", "paced pty", "memory", "usb", "SDT", "TERMB", "webcamera"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    match request.param:
        case "SDT" | "TERMB" as kind:
            monkeypatch.setenv("STANDIN_FOLDER", str(tmp_path))
            desk, scheme = vendor.Desk(tmp_path), {"SDT": "sdtapi", "TERMB": "termb"}[kind]
            driver = open_reader(f"{scheme}:{request.getfixturevalue('libraries')[kind]}")

            def back_in() -> IdCardReader:
                desk.set("unplugged", on=False)
                return driver

            yield Bench(driver, desk.lay, desk.lift, desk.unplug, back_in)
        case "webcamera":
            service = CardService()
            driver = open_reader(f"webcamera://127.0.0.1:{service.port}")

            def started() -> IdCardReader:
                service.start()
                return driver

            yield Bench(driver, service.lay, service.lift, service.stop, started)
            service.stop()
        case "memory" | "usb" as wire:
            logic = CardReaderLogic()
            if wire == "memory":
                line = MemoryLine(logic)
                driver = SamReader(line)
                yield Bench(driver, logic.lay, logic.lift, line.unplug, lambda: SamReader(MemoryLine(logic)))
            else:
                libusb = OneReader(logic)
                driver = SamReader(UsbModule(0x0400, 0xC35A, libusb))
                yield Bench(driver, logic.lay, logic.lift, libusb.line.unplug,
                            lambda: SamReader(UsbModule(0x0400, 0xC35A, OneReader(logic))))
        case name:
            link = tmp_path / "reader"
            device = SimulatedCardReader(paced=name.startswith("paced"), piece=5 if "pieces" in name else None, link=link)
            driver = open_reader(f"serial:{link}")

            def plugged_in() -> IdCardReader:
                device.plug_in()
                return open_reader(f"serial:{link}")

            yield Bench(driver, device.lay, device.lift, device.unplug, plugged_in)
            device.close()
    driver.close()


@pytest.mark.parametrize("card", [MOTHER, HMT_RESIDENT, OLD_FOREIGNER, FOREIGNER], ids=lambda card: card.type)
def test_a_card_of_every_layout_is_read_as_it_is(bench: Bench, card: IdCard) -> None:
    def said(of: IdCard) -> tuple[object, ...]:
        return (of.type, of.name, of.english_name, of.sex, of.number, of.birth_date, of.address, of.country, of.pass_number,
                of.valid_from, of.valid_to)

    bench.lay(card)
    assert said(bench.driver.read(1)) == said(card)


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
    assert bench.driver.serial_number().strip()


def test_a_card_left_lying_is_read_again_when_asked_again(bench: Bench) -> None:
    bench.lay(MOTHER)
    assert bench.driver.read(1).number == bench.driver.read(1).number == MOTHER.number


def test_when_the_cable_is_back_it_reads_again(bench: Bench) -> None:
    bench.lay(MOTHER)
    assert bench.driver.read(1).number == MOTHER.number
    bench.unplug()
    with pytest.raises(DeviceFault) as fault:
        bench.driver.read(1)
    assert fault.value.code is FaultCode.NOT_CONNECTED
    driver = bench.plug_in()
    assert driver.read(3).number == MOTHER.number
    driver.close()


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
