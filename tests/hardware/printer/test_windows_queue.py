"""The Windows spooler's bits and the order of its calls. The spooler itself stands in as winspool.h describes it: not proved here."""

import sys
from types import ModuleType
from typing import Any

import pytest

from hardware.faults import FaultCode
from hardware.printer.slip import Cut, Text
from hardware.registry import open_paper_printer, open_printer
from hardware.transports import windows_queue
from tests.hardware.faulty import code_of


class Spooler(ModuleType):
    """win32print, as far as it is used."""

    class error(Exception):  # noqa: N801 (pywin32's own name)
        pass

    def __init__(self) -> None:
        super().__init__("win32print")
        self.status = self.attributes = 0
        self.written: list[bytes] = []
        self.open = 0

    def OpenPrinter(self, name: str) -> int:  # noqa: N802
        if name != "热敏":
            raise self.error(1801, "OpenPrinter", "invalid name")
        self.open += 1
        return 7

    def ClosePrinter(self, handle: int) -> None:  # noqa: N802
        self.open -= 1

    def GetPrinter(self, handle: int, level: int) -> dict[str, Any]:  # noqa: N802
        return {"Status": self.status, "Attributes": self.attributes}

    def StartDocPrinter(self, handle: int, level: int, document: tuple[str, str, str]) -> int:  # noqa: N802
        assert document[2] == "RAW"
        return 42

    def WritePrinter(self, handle: int, data: bytes) -> int:  # noqa: N802
        self.written.append(data)
        return len(data)

    def StartPagePrinter(self, handle: int) -> None: ...  # noqa: N802
    def EndPagePrinter(self, handle: int) -> None: ...  # noqa: N802
    def EndDocPrinter(self, handle: int) -> None: ...  # noqa: N802

    def EnumJobs(self, handle: int, first: int, count: int, level: int) -> tuple[dict[str, int], ...]:  # noqa: N802
        return ()

    def EnumPrinters(self, flags: int) -> list[tuple[int, str, str, str]]:  # noqa: N802
        return [(0, "", "热敏", "")]


@pytest.fixture
def spooler(monkeypatch: pytest.MonkeyPatch) -> Spooler:
    stand_in = Spooler()
    monkeypatch.setitem(sys.modules, "win32print", stand_in)
    return stand_in


def test_a_receipt_goes_in_as_one_raw_job_that_nobody_confirms(spooler: Spooler) -> None:
    printer = open_printer("winqueue:热敏")
    assert code_of(printer.print, (Text("受理回执"), Cut())) is FaultCode.NOT_CONFIRMED
    assert ["受理回执".encode("gb18030") in data for data in spooler.written] == [True]
    assert spooler.open == 0


@pytest.mark.parametrize(
    ("status", "attributes", "code"),
    [
        (windows_queue.PAUSED, 0, FaultCode.QUEUE_STOPPED), (0, windows_queue.WORK_OFFLINE, FaultCode.QUEUE_STOPPED),
        (windows_queue.PAPER_OUT, 0, FaultCode.PAPER_OUT), (windows_queue.DOOR_OPEN, 0, FaultCode.COVER_OPEN),
        (windows_queue.JAM, 0, FaultCode.PRINTER_ERROR),
    ],
)  # fmt: skip
def test_what_the_spooler_knows_stops_a_print_before_it_is_sent(spooler: Spooler, status: int, attributes: int, code: FaultCode) -> None:
    printer = open_printer("winqueue:热敏")
    spooler.status, spooler.attributes = status, attributes
    assert code_of(printer.print, (Text("受理回执"), Cut())) is code
    assert spooler.written == []


def test_a_queue_that_is_not_there_is_not_connected(spooler: Spooler) -> None:
    assert code_of(open_printer, "winqueue:别的") is FaultCode.NOT_CONNECTED
    assert windows_queue.queues() == ("热敏",)
    assert spooler.open == 0


@pytest.mark.skipif(sys.platform == "win32", reason="asks what happens off Windows")
def test_off_windows_it_is_unsupported() -> None:
    assert [code_of(opener, "winqueue:热敏") for opener in (open_printer, open_paper_printer)] == [FaultCode.UNSUPPORTED] * 2
    assert windows_queue.queues() == ()
