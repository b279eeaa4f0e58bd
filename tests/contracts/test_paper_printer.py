"""The promise of PaperPrinter, held against a folder and against a real CUPS; and a receipt printer behind a real queue."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.devices import PaperPrinter
from hardware.faults import DeviceFault, FaultCode
from hardware.printer.slip import Cut, Text
from hardware.registry import open_paper_printer, open_printer
from hardware.simulated.printer import SimulatedPrinter
from hardware.transports import cups_queue
from tests.contracts import cups

PDF = b"%PDF-1.4\n" + bytes(range(256)) * 40 + b"\n%%EOF\n"
SLIP = (Text("受理回执"), Cut())


@dataclass
class Bench:
    driver: PaperPrinter
    came_out: Callable[[], bytes]
    """All that was printed so far."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with cups.cups_server(monkeypatch) as folder:
        yield folder


@pytest.fixture(params=["folder", "cups"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    if request.param == "folder":
        folder = tmp_path / "printed"
        driver = open_paper_printer(f"file-folder:{folder}", demo=True)
        yield Bench(driver, lambda: b"".join(path.read_bytes() for path in sorted(folder.glob("*.pdf"))))
    else:
        request.getfixturevalue("server")
        sink: cups.Sink = request.getfixturevalue("sink")
        cups.queue("office", sink.uri)
        driver = open_paper_printer("cups:office")
        yield Bench(driver, lambda: when_quiet(sink))
    driver.close()


@pytest.fixture
def sink() -> Iterator[cups.Sink]:
    opened = cups.Sink()
    yield opened
    opened.close()


def when_quiet(sink: cups.Sink) -> bytes:
    """What came out of the queue, once all of it is there."""
    until = time.monotonic() + 15
    while len(sink.heard) < len(PDF) and time.monotonic() < until:
        time.sleep(0.05)
    return sink.heard


def test_a_paper_reaches_the_printer_unchanged_and_its_job_has_a_name(bench: Bench) -> None:
    assert bench.driver.print(PDF, "受理通知书")
    assert bench.came_out() == PDF


def test_every_job_has_a_name_of_its_own(bench: Bench) -> None:
    assert len({bench.driver.print(PDF, "申报表单") for _ in range(3)}) == 3


def test_what_is_no_pdf_is_refused(bench: Bench) -> None:
    for pdf, copies in ((b"\x1b@hello", 1), (PDF, 0), (PDF, 1000)):
        with pytest.raises(DeviceFault) as raised:
            bench.driver.print(pdf, "受理通知书", copies)
        assert (raised.value.code, raised.value.sent) == (FaultCode.UNSUPPORTED, False)


def test_a_working_printer_says_something_of_itself(bench: Bench) -> None:
    assert bench.driver.alive()


def test_it_may_be_closed_twice(bench: Bench) -> None:
    bench.driver.close()
    bench.driver.close()


def test_copies_are_the_queues_to_make(tmp_path: Path) -> None:
    open_paper_printer(f"file-folder:{tmp_path}", demo=True).print(PDF, "受理/通知书..", 2)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["001-受理_通知书_.pdf", "002-受理_通知书_.pdf"]


def test_a_folder_takes_nobodys_papers_outside_the_demo(tmp_path: Path) -> None:
    with pytest.raises(DeviceFault):
        open_paper_printer(f"file-folder:{tmp_path / 'printed'}")
    assert not (tmp_path / "printed").exists()


@pytest.mark.parametrize("name", ["", "-d", "a b", "a/b", "x" * 200])
def test_a_name_that_no_queue_can_have_never_reaches_a_program(name: str) -> None:
    with pytest.raises(DeviceFault) as raised:
        cups_queue.CupsQueue(name)
    assert raised.value.code is FaultCode.UNSUPPORTED


@pytest.mark.usefixtures("server")
def test_a_queue_nobody_knows_is_not_connected() -> None:
    for opened in (open_paper_printer, open_printer):
        with pytest.raises(DeviceFault) as raised:
            opened("cups:nobody")
        assert raised.value.code is FaultCode.NOT_CONNECTED


@pytest.mark.parametrize(("stop", "go"), [("cupsdisable", "cupsenable"), ("cupsreject", "cupsaccept")])
@pytest.mark.usefixtures("server")
def test_a_queue_that_stands_takes_nothing_until_it_moves_again(sink: cups.Sink, stop: str, go: str) -> None:
    cups.queue("office", sink.uri)
    driver = open_paper_printer("cups:office")
    cups.turn(stop, "office")
    with pytest.raises(DeviceFault) as raised:
        driver.print(PDF, "受理通知书")
    assert (raised.value.code, raised.value.sent) == (FaultCode.QUEUE_STOPPED, False)
    cups.turn(go, "office")
    driver.print(PDF, "受理通知书")
    assert when_quiet(sink) == PDF


@pytest.mark.usefixtures("server")
def test_a_receipt_through_a_queue_comes_out_whole_but_nobody_confirms_it() -> None:
    paper = SimulatedPrinter()
    cups.queue("receipts", f"socket://127.0.0.1:{paper.port}")
    driver = open_printer("cups:receipts")
    assert not driver.status().confirms
    with pytest.raises(DeviceFault) as raised:
        driver.print(SLIP)
    assert (raised.value.code, raised.value.sent) == (FaultCode.NOT_CONFIRMED, True)
    until = time.monotonic() + 5
    while not paper.slips() and time.monotonic() < until:
        time.sleep(0.05)
    assert [slip.text for slip in paper.slips()] == ["受理回执"]
    cups.turn("cupsdisable", "receipts")
    with pytest.raises(DeviceFault) as stopped:
        driver.print(SLIP)
    assert (stopped.value.code, stopped.value.sent) == (FaultCode.QUEUE_STOPPED, False)
    driver.close()
    paper.close()


@pytest.mark.usefixtures("server")
def test_a_queue_whose_printer_is_away_gives_its_job_back_instead_of_printing_it_some_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardware.printer.spooled.LEAVES", 1.5)
    cups.queue("receipts", "socket://127.0.0.1:1")
    driver = open_printer("cups:receipts")
    with pytest.raises(DeviceFault) as raised:
        driver.print(SLIP)
    assert raised.value.sent
    assert raised.value.code in {FaultCode.QUEUE_STOPPED, FaultCode.NOT_CONFIRMED}
    assert not any(cups_queue.CupsQueue("receipts").holds(f"receipts-{number}") for number in range(1, 5))


def test_cups_tells_what_its_printer_reports() -> None:
    told = "printer a is idle.  enabled since now\n\tAlerts: media-empty-error, cover-open-warning\n\tLocation: \n"
    status = cups_queue.parse_alerts(told)
    assert (status.paper_out, status.cover_open, status.paper_near_end, status.online, status.confirms) == (True, True, False, True, False)
    assert cups_queue.stopped_by("printer a disabled since now -\n\tPaused\n") == "printer a disabled since now - Paused"
    assert cups_queue.stopped_by(told) is None
