"""The printing driver against the drawn printer over TCP: what it draws, what goes wrong, what is said of it."""

import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hardware.faults import FaultCode
from hardware.opencv import cv2
from hardware.printer import escpos, escpos_bytes
from hardware.printer.escpos import EscposPrinter, OneWayPrinter
from hardware.printer.slip import Cut, Pair, Qr, Text
from hardware.simulated.printer import Fault, PrintedSlip, SimulatedPrinter
from hardware.transports.file_sink import FileSink
from hardware.transports.tcp import TcpLine
from tests.hardware.faulty import code_of

SLIP = (Text("受理回执", "center", 2), Pair("申请人", "林晓月"), Qr("https://example.invalid/q/1"), Cut())


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escpos, "ANSWER", 0.3)
    monkeypatch.setattr(escpos, "LOOK", 0.05)
    monkeypatch.setattr(escpos, "WITHOUT_TURN", 0.2)


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    printer = SimulatedPrinter(tmp_path)
    yield printer
    printer.close()


@pytest.fixture
def driver(paper: SimulatedPrinter) -> Iterator[EscposPrinter]:
    driver = EscposPrinter(TcpLine("127.0.0.1", paper.port))
    yield driver
    driver.close()


def test_a_slip_is_printed_as_written_and_its_code_can_be_scanned(paper: SimulatedPrinter, driver: EscposPrinter, tmp_path: Path) -> None:
    driver.print(SLIP)
    [slip] = paper.slips()
    assert slip.text == "受理回执\n申请人  林晓月"
    assert paper.unknown == ()
    picture = np.array(Image.open(BytesIO(slip.png)))
    assert cv2.QRCodeDetectorAruco().detectAndDecode(picture)[0] == "https://example.invalid/q/1"
    assert (tmp_path / "slip-001.png").read_bytes() == slip.png
    assert (tmp_path / "slip-001.bin").read_bytes() == slip.data


def test_a_title_is_twice_as_large_on_the_paper(paper: SimulatedPrinter, driver: EscposPrinter) -> None:
    driver.print((Text("受理"), Cut()))
    driver.print((Text("受理", size=2), Cut()))
    small, large = (ink_box(slip) for slip in paper.slips())
    assert 1.7 < (large[2] - large[0]) / (small[2] - small[0]) < 2.3


def test_a_rare_name_stands_in_line_with_the_others(paper: SimulatedPrinter, driver: EscposPrinter) -> None:
    driver.print((Text("陈䶮"), Cut()))
    driver.print((Text("陈龙"), Cut()))
    rare, common = (ink_box(slip) for slip in paper.slips())
    assert abs(rare[0] - common[0]) <= 2
    assert abs(rare[2] - common[2]) <= 3
    assert abs(rare[3] - common[3]) <= 3


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("paper_out", FaultCode.PAPER_OUT), ("cover_open", FaultCode.COVER_OPEN),
        ("offline", FaultCode.PRINTER_OFFLINE), ("error", FaultCode.PRINTER_ERROR), ("cutter", FaultCode.CUTTER),
        ("mute", FaultCode.TIMEOUT),
    ],
)  # fmt: skip
def test_nothing_is_sent_to_a_printer_that_cannot_print(
    paper: SimulatedPrinter, driver: EscposPrinter, fault: Fault, code: FaultCode
) -> None:
    paper.fault(fault)
    assert code_of(driver.print, SLIP) is code
    paper.fault(fault, on=False)
    assert paper.slips() == ()
    driver.print(SLIP)
    assert len(paper.slips()) == 1


def test_paper_near_its_end_still_prints(paper: SimulatedPrinter, driver: EscposPrinter) -> None:
    paper.fault("paper_near_end")
    driver.print(SLIP)
    assert driver.status().paper_near_end
    assert len(paper.slips()) == 1


def test_paper_that_ends_in_the_middle_is_told_and_the_rest_comes_after_the_refill(paper: SimulatedPrinter, driver: EscposPrinter) -> None:
    paper.runs_out_after(1)
    assert code_of(driver.print, SLIP) is FaultCode.PAPER_OUT
    assert paper.slips() == ()
    paper.fault("paper_out", on=False)
    assert len(paper.slips()) == 1


def test_a_printer_that_falls_silent_after_taking_the_bytes_has_not_confirmed(paper: SimulatedPrinter, driver: EscposPrinter) -> None:
    driver.print(SLIP)
    sent = threading.Event()

    class FallsSilent:
        def write(self, data: bytes) -> None:
            driver_port.write(data)
            if len(data) > 50:
                paper.fault("mute")
                sent.set()

        def read(self, size: int, timeout: float) -> bytes:
            return driver_port.read(size, timeout)

        def close(self) -> None:
            driver_port.close()

    driver_port = TcpLine("127.0.0.1", paper.port)
    printer = EscposPrinter(FallsSilent())
    assert code_of(printer.print, SLIP) is FaultCode.NOT_CONFIRMED
    assert sent.is_set()
    printer.close()


class WithoutTurn(TcpLine):
    """To a printer that does not know GS r."""

    def write(self, data: bytes) -> None:
        if rest := data.replace(escpos_bytes.REPORT_IN_TURN, b""):
            super().write(rest)


def test_a_printer_that_cannot_say_it_is_done_is_watched_as_long_as_the_slip_takes(
        paper: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escpos, "DOTS_A_SECOND", escpos_bytes.dots_of(SLIP))      # it prints for a second
    driver = EscposPrinter(WithoutTurn("127.0.0.1", paper.port))
    began = time.monotonic()
    driver.print(SLIP)
    assert 1.2 < time.monotonic() - began < 3
    ends = threading.Timer(0.8, paper.fault, ["paper_out"])      # past WITHOUT_TURN, within the printing
    ends.start()
    assert code_of(driver.print, SLIP) is FaultCode.PAPER_OUT
    ends.join()
    driver.close()


def test_a_status_answer_is_found_among_other_bytes(driver: EscposPrinter) -> None:
    class Chatty:
        """Answers every query behind an automatic status and line noise."""

        def __init__(self) -> None:
            self.answers = b""

        def write(self, data: bytes) -> None:
            self.answers += b"\x14\x00\x00\x0f\x80\x12"

        def read(self, size: int, timeout: float) -> bytes:
            answer, self.answers = self.answers[:size], self.answers[size:] if timeout else b""
            return answer if timeout else b""

        def close(self) -> None:
            pass

    assert EscposPrinter(Chatty()).status().online


def test_nobody_at_the_address_is_not_connected() -> None:
    assert code_of(TcpLine, "127.0.0.1", 1) is FaultCode.NOT_CONNECTED


def test_a_connection_that_idled_away_is_opened_anew_before_the_next_slip(paper: SimulatedPrinter) -> None:
    driver = EscposPrinter(TcpLine("127.0.0.1", paper.port), reopen=lambda: TcpLine("127.0.0.1", paper.port))
    driver.print(SLIP)
    paper.hang_up()
    time.sleep(0.05)
    driver.print(SLIP)
    assert len(paper.slips()) == 2
    driver.close()


def test_a_connection_lost_in_the_middle_of_a_slip_is_not_taken_up_again(paper: SimulatedPrinter) -> None:
    class Breaks(TcpLine):
        def write(self, data: bytes) -> None:
            if len(data) > 50:
                super().write(data[:30])
                paper.hang_up()
            super().write(data[30:] if len(data) > 50 else data)

    driver = EscposPrinter(Breaks("127.0.0.1", paper.port), reopen=lambda: TcpLine("127.0.0.1", paper.port))
    assert code_of(driver.print, SLIP) is FaultCode.NOT_CONFIRMED
    assert paper.slips() == ()
    driver.close()


def test_a_printer_switched_off_in_mid_life_is_noticed(paper: SimulatedPrinter, driver: EscposPrinter) -> None:
    driver.print(SLIP)
    paper.close()
    time.sleep(0.05)
    assert code_of(driver.status) is FaultCode.NOT_CONNECTED


def test_a_slip_that_cannot_be_printed_is_told_before_anything_is_sent(paper: SimulatedPrinter, driver: EscposPrinter) -> None:
    assert code_of(driver.print, (Qr("x" * 4000), Cut())) is FaultCode.UNSUPPORTED
    assert paper.slips() == ()


def test_a_file_holds_the_bytes_and_that_is_the_print(tmp_path: Path, paper: SimulatedPrinter, driver: EscposPrinter) -> None:
    printer = OneWayPrinter(FileSink(str(tmp_path / "out.bin")))
    printer.print(SLIP)
    printer.close()
    driver.print(SLIP)
    [slip] = paper.slips()
    assert slip.data.endswith((tmp_path / "out.bin").read_bytes())


def test_a_one_way_printer_never_counts_as_printed() -> None:
    printer = OneWayPrinter(FileSink("/dev/null"))
    assert code_of(printer.print, SLIP) is FaultCode.NOT_CONFIRMED
    assert not printer.status().confirms
    printer.close()


def ink_box(slip: PrintedSlip) -> tuple[int, int, int, int]:
    picture = Image.open(BytesIO(slip.png)).point(lambda level: 255 - level)
    box = picture.getbbox()
    assert box is not None
    return box
