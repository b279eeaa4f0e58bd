"""The promise of ReceiptPrinter, held against every driver that can run here."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.devices import ReceiptPrinter
from hardware.faults import DeviceFault, FaultCode
from hardware.printer.slip import Cut, Pair, Qr, Rule, Slip, Text
from hardware.registry import open_printer
from hardware.simulated.printer import Fault, SimulatedPrinter
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

    @property
    def device(self) -> SimulatedPrinter:
        assert self.paper is not None
        return self.paper


ANSWERING = pytest.mark.parametrize("bench", ["tcp", "serial"], indirect=True)
"""For what only a printer that can answer promises."""


@pytest.fixture(params=["tcp", "serial", "file"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    if request.param == "file":
        driver = open_printer(f"file:{tmp_path / 'out.bin'}")
        yield Bench(driver, (tmp_path / "out.bin").read_bytes, None)
        driver.close()
        return
    device = SimulatedPrinter()
    bridge = SerialBridge(device.port) if request.param == "serial" else None
    driver = open_printer(f"serial:{bridge.path}" if bridge else f"tcp://127.0.0.1:{device.port}")
    yield Bench(driver, lambda: b"".join(slip.data for slip in device.slips()), device)
    driver.close()
    if bridge:
        bridge.close()
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
def test_a_mute_printer_costs_a_second_and_not_more(bench: Bench) -> None:
    bench.device.fault("mute")
    began = time.monotonic()
    with pytest.raises(DeviceFault) as raised:
        bench.driver.print(SLIP)
    assert raised.value.code is FaultCode.TIMEOUT
    assert time.monotonic() - began < 2
    bench.device.fault("mute", on=False)
    assert bench.printed() == b""


def test_it_may_be_closed_twice_and_then_raises_device_faults_only(bench: Bench) -> None:
    bench.driver.close()
    bench.driver.close()
    with pytest.raises(DeviceFault):
        bench.driver.print(SLIP)
