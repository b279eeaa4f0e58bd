"""The USB pipes of a printer, over pyusb's own code and a made-up bus."""

import errno
from collections.abc import Iterator

import pytest

from hardware.faults import DeviceFault, FaultCode
from hardware.printer.escpos import EscposPrinter, OneWayPrinter
from hardware.printer.slip import Cut, Text
from hardware.registry import open_printer
from hardware.simulated.printer import SimulatedPrinter
from hardware.transports import usb_printer
from hardware.transports.usb_printer import UsbPrinterLine
from tests.contracts.usb_bus import PRODUCT, VENDOR, UsbBus
from tests.hardware.faulty import code_of


@pytest.fixture
def paper() -> Iterator[SimulatedPrinter]:
    opened = SimulatedPrinter()
    yield opened
    opened.close()


def test_the_systems_own_driver_gets_the_printer_back(paper: SimulatedPrinter) -> None:
    bus = UsbBus(paper.port)
    line = UsbPrinterLine(VENDOR, PRODUCT, backend=bus)
    assert (bus.kernel_driver, bus.claimed) == (False, {1})
    line.close()
    line.close()
    assert (bus.kernel_driver, bus.claimed) == (True, set())


@pytest.mark.parametrize(
    ("refusal", "code"), [(errno.EACCES, FaultCode.DENIED), (errno.EBUSY, FaultCode.BUSY), (errno.ENODEV, FaultCode.NOT_CONNECTED)])
def test_why_it_may_not_be_had_is_told(paper: SimulatedPrinter, refusal: int, code: FaultCode) -> None:
    with pytest.raises(DeviceFault) as raised:
        UsbPrinterLine(VENDOR, PRODUCT, backend=UsbBus(paper.port, refuses=refusal))
    assert raised.value.code is code


def test_another_printer_is_not_taken_for_it(paper: SimulatedPrinter) -> None:
    with pytest.raises(DeviceFault, match="no USB printer") as raised:
        UsbPrinterLine(VENDOR, PRODUCT + 1, backend=UsbBus(paper.port))
    assert raised.value.code is FaultCode.NOT_CONNECTED


def test_a_printer_without_a_way_back_is_known_as_such(paper: SimulatedPrinter) -> None:
    line = UsbPrinterLine(VENDOR, PRODUCT, backend=UsbBus(paper.port, one_way=True))
    assert not line.answers
    printer = OneWayPrinter(line)
    assert code_of(printer.print, (Text("受理回执"), Cut())) is FaultCode.NOT_CONFIRMED
    printer.close()


def test_a_printer_on_the_bus_is_found_with_its_address(paper: SimulatedPrinter) -> None:
    bus = UsbBus(paper.port)
    assert [address for _, address in usb_printer.attached(bus)] == ["usb-printer:04b8:0e15"]
    bus.pulled = True
    assert usb_printer.attached(bus) == ()


def test_one_that_is_unplugged_while_idle_is_noticed_and_works_again(paper: SimulatedPrinter) -> None:
    bus = UsbBus(paper.port)
    driver = EscposPrinter(UsbPrinterLine(VENDOR, PRODUCT, backend=bus), lambda: UsbPrinterLine(VENDOR, PRODUCT, backend=bus))
    driver.print((Text("第一张"), Cut()))
    bus.pulled = True
    assert code_of(driver.status) is FaultCode.NOT_CONNECTED
    bus.pulled = False
    driver.print((Text("第二张"), Cut()))
    assert [slip.text for slip in paper.slips()] == ["第一张", "第二张"]
    driver.close()


@pytest.mark.parametrize("address", ["usb-printer:4b8:e15", "usb-printer:zzzz:0e15", "usb-printer:04b8"])
def test_an_address_must_be_vendor_and_product(address: str) -> None:
    assert code_of(open_printer, address) is FaultCode.UNSUPPORTED
