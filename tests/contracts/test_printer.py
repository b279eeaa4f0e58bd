"""The promise of ReceiptPrinter, held against every driver that can run here."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from hardware.devices import ReceiptPrinter
from hardware.faults import DeviceFault, FaultCode
from hardware.printer.escpos import EscposPrinter
from hardware.printer.slip import Cut, Pair, Qr, Rule, Slip, Text
from hardware.registry import open_printer
from hardware.simulated.printer import Fault, SimulatedPrinter
from hardware.transports.usb_printer import UsbPrinterLine
from tests.contracts.usb_bus import PRODUCT, VENDOR, UsbBus
from tests.contracts.wires import SerialBridge

SLIP: Slip = (
    Text("受理回执", "center", 2, bold=True), Rule(), Pair("申请人", "陈䶮"), Text("请于 6 个工作日后查询。"),
    Qr("https://example.invalid/q/1"), Cut(),
)  # fmt: skip


@dataclass
class Bench:
    driver: ReceiptPrinter
    printed: Callable[[], bytes]
    """All bytes that came out on paper."""
    paper: SimulatedPrinter | None
    """The printer behind the wire; a file has none."""
    breaks_after: Callable[[int], object] = lambda size: None
    """The line breaks when so many bytes more have passed."""
    mends: Callable[[], object] = lambda: None
    """It is back."""

    @property
    def device(self) -> SimulatedPrinter:
        assert self.paper is not None
        return self.paper


ANSWERING = pytest.mark.parametrize("bench", ["tcp", "serial", "usb"], indirect=True)
"""For what only a printer that can answer promises."""


@pytest.fixture(params=["tcp", "serial", "usb", "file"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    if request.param == "file":
        driver = open_printer(f"file:{tmp_path / 'out.bin'}")
        yield Bench(driver, (tmp_path / "out.bin").read_bytes, None)
        driver.close()
        return
    device = SimulatedPrinter()

    def printed() -> bytes:
        return b"".join(slip.data for slip in device.slips())

    if request.param == "tcp":
        driver = open_printer(f"tcp://127.0.0.1:{device.port}")
        yield Bench(driver, printed, device, device.hangs_up_after)
    elif request.param == "serial":
        bridge = SerialBridge(device.port, tmp_path / "ttyPrinter")
        driver = open_printer(f"serial:{bridge.path}")
        yield Bench(driver, printed, device, partial(setattr, bridge, "pulled_after"), bridge.plug)
        bridge.close()
    else:
        bus = UsbBus(device.port)
        driver = EscposPrinter(UsbPrinterLine(VENDOR, PRODUCT, backend=bus), lambda: UsbPrinterLine(VENDOR, PRODUCT, backend=bus))
        yield Bench(driver, printed, device, partial(setattr, bus, "pulled_after"), bus.plug)
    driver.close()
    device.close()


def test_when_print_returns_the_slip_is_on_the_paper(bench: Bench) -> None:
    bench.driver.print(SLIP)
    printed = bench.printed()
    assert "受理回执".encode("gb18030") in printed
    assert b"\x1dv0\x00" in printed
    assert b"https://example.invalid/q/1" in printed
    assert printed.endswith(b"\x1dVB\x00")


def test_two_slips_follow_each_other(bench: Bench) -> None:
    bench.driver.print(SLIP)
    bench.driver.print((Text("第二张"), Cut()))
    assert bench.printed().index("第二张".encode("gb18030")) > bench.printed().index(b"\x1dVB\x00")


def test_a_healthy_printer_says_so_quickly(bench: Bench) -> None:
    began = time.monotonic()
    status = bench.driver.status()
    assert (status.online, status.cover_open, status.paper_out, status.error) == (True, False, False, False)
    assert time.monotonic() - began < 1


@ANSWERING
@pytest.mark.parametrize(("fault", "code"), [("paper_out", FaultCode.PAPER_OUT), ("cover_open", FaultCode.COVER_OPEN)])
def test_a_printer_that_cannot_print_is_told_before_and_nothing_is_sent(bench: Bench, fault: Fault, code: FaultCode) -> None:
    bench.device.fault(fault)
    with pytest.raises(DeviceFault) as raised:
        bench.driver.print(SLIP)
    assert raised.value.code is code
    bench.device.fault(fault, on=False)
    assert bench.printed() == b""


@ANSWERING
def test_paper_that_ends_in_the_middle_never_counts_as_printed(bench: Bench) -> None:
    bench.device.runs_out_after(2)
    with pytest.raises(DeviceFault) as raised:
        bench.driver.print(SLIP)
    assert raised.value.code is FaultCode.PAPER_OUT


@ANSWERING
def test_what_was_surely_not_printed_and_what_may_be_are_told_apart(bench: Bench) -> None:
    bench.device.fault("cover_open")
    with pytest.raises(DeviceFault) as before:
        bench.driver.print(SLIP)
    bench.device.fault("cover_open", on=False)
    bench.device.runs_out_after(2)
    with pytest.raises(DeviceFault) as middle:
        bench.driver.print(SLIP)
    assert (before.value.sent, middle.value.sent) == (False, True)


@ANSWERING
@pytest.mark.parametrize("size", [40, 1000], ids=["in a line", "in a picture"])
def test_a_line_that_breaks_in_mid_job_is_told_and_the_next_job_is_whole_when_it_is_back(bench: Bench, size: int) -> None:
    bench.driver.status()
    bench.driver.print((Text("第一张"), Cut()))
    bench.breaks_after(size)
    began = time.monotonic()
    with pytest.raises(DeviceFault) as raised:
        bench.driver.print(SLIP)
    assert (raised.value.code, raised.value.sent) == (FaultCode.NOT_CONFIRMED, True)
    assert time.monotonic() - began < 5
    bench.mends()
    bench.driver.print((Text("第二张"), Cut()))
    assert "第二张" in bench.device.slips()[-1].text
    assert len(bench.device.slips()) == 2


@ANSWERING
def test_a_mute_printer_costs_a_second_and_not_more(bench: Bench) -> None:
    bench.device.fault("mute")
    began = time.monotonic()
    with pytest.raises(DeviceFault) as raised:
        bench.driver.print(SLIP)
    assert raised.value.code is FaultCode.TIMEOUT
    assert time.monotonic() - began < 2
    bench.device.fault("mute", on=False)
    assert bench.printed() == b""


def test_a_printer_that_is_switched_off_refuses_and_works_again_when_it_is_back_without_a_restart() -> None:
    device = SimulatedPrinter()
    driver = open_printer(f"tcp://127.0.0.1:{device.port}")
    driver.print((Text("第一张"), Cut()))
    device.close()
    for _ in range(2):
        with pytest.raises(DeviceFault) as raised:
            driver.print(SLIP)
        assert (raised.value.code, raised.value.sent) == (FaultCode.NOT_CONNECTED, False)
    back = SimulatedPrinter(port=device.port)
    driver.print((Text("第二张"), Cut()))
    assert [slip.text for slip in back.slips()] == ["第二张"]
    driver.close()
    back.close()


def test_it_may_be_closed_twice_and_then_raises_device_faults_only(bench: Bench) -> None:
    bench.driver.close()
    bench.driver.close()
    with pytest.raises(DeviceFault):
        bench.driver.print(SLIP)
