"""The promise of PageScanner, held against every driver that can run here: SANE, SANE over the network, the demo's scanner."""

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from hardware.devices import PageScanner
from hardware.faults import DeviceFault, FaultCode
from hardware.readings import ScannedPage, ScanSettings
from hardware.registry import open_scanner
from hardware.scanner.process import Limits, ProcessScanner
from hardware.simulated.scanner import SimulatedScanner
from tests.contracts.scanners import SLOW, Saned, needs_sane, sane_folder
from tests.hardware.faulty import code_of

FEEDER = ScanSettings(source="Automatic Document Feeder", resolution=75, mode="gray")
GLASS = ScanSettings(source="Flatbed", resolution=75, mode="gray")
PAGES = 10
"""What lies in every feeder of this suite; SANE's test backend has ten sheets."""
ENDLESS = ScanSettings(source="Flatbed", resolution=600)
"""Of a slow scanner this page takes over five minutes, longer than a test may last: who waits for its end does not pass."""


@dataclass
class Counterpart:
    """A scanner that some test wants: its address now, and how to make one that is slow or fails."""

    open: Callable[..., PageScanner]
    """(slow=False, fault=None, good=0) -> an opened scanner."""


@pytest.fixture(params=["sane", "sane over the network", "simulated"])
def counterpart(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counterpart]:
    end: list[Callable[[], None]] = []

    def keep(scanner: PageScanner) -> PageScanner:
        end.append(scanner.close)
        return scanner

    def simulated(slow: bool = False, fault: str | None = None) -> PageScanner:
        pages = tmp_path / "pages"
        pages.mkdir(exist_ok=True)
        for number in range(PAGES):
            Image.new("L", (620, 877), 20 * number).save(pages / f"{number}.png")
        device = SimulatedScanner(pages, seconds=600 if slow else 0, fault=_CODES.get(fault or ""))
        end.append(device.close)
        return keep(open_scanner(device.address, demo=True))

    def local(slow: bool = False, fault: str | None = None) -> PageScanner:
        monkeypatch.setenv("SANE_CONFIG_DIR", str(sane_folder(tmp_path / "sane.d", _conf(slow, fault))))
        return keep(open_scanner("sane:test:0"))

    def network(slow: bool = False, fault: str | None = None) -> PageScanner:
        daemon = Saned(tmp_path, _conf(slow, fault))
        end.append(daemon.kill)
        monkeypatch.setenv("SANE_CONFIG_DIR", str(daemon.client))
        return keep(open_scanner(daemon.address))

    if request.param != "simulated":
        needs_sane()
    yield Counterpart({"simulated": simulated, "sane": local, "sane over the network": network}[request.param])
    for close in reversed(end):
        close()


_CODES = {"JAMMED": FaultCode.JAMMED, "NO_DOCS": FaultCode.NO_DOCS, "COVER_OPEN": FaultCode.SCANNER_COVER}


def _conf(slow: bool, fault: str | None) -> dict[str, str]:
    return {**(SLOW if slow else {}), **({"read-status-code": f'"SANE_STATUS_{fault}"'} if fault else {})}


def test_a_feeder_gives_every_page_in_order(counterpart: Counterpart) -> None:
    pages = list(counterpart.open().scan(FEEDER))
    assert [page.number for page in pages] == list(range(1, PAGES + 1))


def test_the_glass_gives_one_page(counterpart: Counterpart) -> None:
    assert [page.number for page in counterpart.open().scan(GLASS)] == [1]


def test_without_a_choice_the_feeder_is_used_and_as_many_pages_as_asked_are_given(counterpart: Counterpart) -> None:
    scanner = counterpart.open()
    assert scanner.sources() == ("Flatbed", "Automatic Document Feeder")
    assert len(list(scanner.scan(ScanSettings(resolution=75, pages=3)))) == 3


def test_a_page_is_a_png_of_the_size_and_resolution_it_tells(counterpart: Counterpart) -> None:
    page = next(iter(counterpart.open().scan(GLASS)))
    with Image.open(io.BytesIO(page.png)) as picture:
        picture.load()
        assert picture.format == "PNG"
        assert picture.size == (page.width, page.height)
        assert picture.mode == "L"
        assert round(picture.info["dpi"][0]) == page.resolution


def test_progress_rises_within_each_page_and_ends_whole(counterpart: Counterpart) -> None:
    heard: list[tuple[int, float]] = []
    pages = list(counterpart.open().scan(ScanSettings(resolution=75, pages=2), lambda page, share: heard.append((page, share))))
    assert len(pages) == 2
    assert heard == sorted(heard)
    assert [share for page, share in heard if page == 1][-1] == [share for page, share in heard if page == 2][-1] == 1.0


def test_two_scans_can_follow_each_other(counterpart: Counterpart) -> None:
    scanner = counterpart.open()
    assert [len(list(scanner.scan(settings))) for settings in (GLASS, GLASS)] == [1, 1]


@pytest.mark.parametrize("fault", ["JAMMED", "NO_DOCS", "COVER_OPEN"])
def test_what_is_wrong_with_the_paper_is_told_apart(counterpart: Counterpart, fault: str) -> None:
    scanner = counterpart.open(fault=fault)
    assert code_of(lambda: list(scanner.scan(FEEDER))) is _CODES[fault]


def test_a_scan_cancelled_in_the_middle_of_a_page_does_not_wait_for_its_end_and_the_scanner_works_again(counterpart: Counterpart) -> None:
    scanner = counterpart.open(slow=True)
    for _ in range(2):
        assert code_of(lambda: list(scanner.scan(ENDLESS, _once_it_scans(scanner.cancel)))) is FaultCode.CANCELLED


def _once_it_scans(act: Callable[[], None]) -> Callable[[int, float], None]:
    """A progress that has another thread act in the middle of the first page, once."""
    begun = threading.Event()

    def progress(page: int, share: float) -> None:
        if share > 0 and not begun.is_set():
            begun.set()
            threading.Thread(target=act).start()

    return progress


def test_closing_while_it_scans_ends_the_scan(counterpart: Counterpart) -> None:
    scanner = counterpart.open(slow=True)
    assert code_of(lambda: list(scanner.scan(ENDLESS, _once_it_scans(scanner.close)))) is FaultCode.CANCELLED


def test_it_may_be_closed_twice_and_then_raises_device_faults_only(counterpart: Counterpart) -> None:
    scanner = counterpart.open()
    scanner.close()
    scanner.close()
    assert code_of(scanner.sources) is FaultCode.CANCELLED
    assert code_of(lambda: list(scanner.scan(GLASS))) is FaultCode.CANCELLED
    scanner.cancel()


def test_letting_go_of_the_pages_stops_the_scan_and_the_next_one_works(counterpart: Counterpart) -> None:
    scanner = counterpart.open()
    for page in scanner.scan(FEEDER):
        assert page.number == 1
        break
    assert len(list(scanner.scan(GLASS))) == 1
    held = scanner.scan(FEEDER)
    next(held)
    assert len(list(scanner.scan(GLASS))) == 1
    with pytest.raises(DeviceFault):
        next(held)


def test_both_sides_are_not_silently_one_side(counterpart: Counterpart) -> None:
    scanner = counterpart.open()
    assert code_of(lambda: list(scanner.scan(ScanSettings(duplex=True)))) is FaultCode.UNSUPPORTED
    assert code_of(lambda: list(scanner.scan(ScanSettings(source="Slide mount")))) is FaultCode.UNSUPPORTED
    assert len(list(scanner.scan(GLASS))) == 1


# --- over the network -------------------------------------------------------------------------------------------------


@pytest.fixture
def saned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Saned]:
    needs_sane()
    daemon = Saned(tmp_path, SLOW)
    monkeypatch.setenv("SANE_CONFIG_DIR", str(daemon.client))
    yield daemon
    daemon.kill()


@pytest.mark.parametrize("way", ["kill", "freeze"])
def test_a_server_that_dies_or_hangs_in_mid_scan_is_a_fault_in_time_and_the_scanner_works_when_it_is_back(saned: Saned, way: str) -> None:
    # Only the silence of a page that was begun is cut short: it is what the frozen server makes, however slow this computer is.
    scanner = ProcessScanner("sane", saned.address.partition(":")[2], Limits(silence=5))
    gone = threading.Event()

    def progress(page: int, share: float) -> None:
        if share > 0 and not gone.is_set():
            gone.set()
            getattr(saned, way)()

    fault = code_of(lambda: list(scanner.scan(ENDLESS, progress)))
    assert gone.is_set()
    assert fault in {FaultCode.TIMEOUT, FaultCode.NOT_CONNECTED, FaultCode.PAGE_TORN}
    saned.kill()
    assert code_of(scanner.sources) is FaultCode.NOT_CONNECTED
    saned.start({})
    pages: list[ScannedPage] = list(scanner.scan(GLASS))
    assert [page.number for page in pages] == [1]
    scanner.close()


def test_a_server_started_anew_between_two_scans_is_not_noticed(saned: Saned) -> None:
    saned.kill()
    saned.start({})
    scanner = open_scanner(saned.address)
    assert len(list(scanner.scan(GLASS))) == 1
    saned.kill()
    saned.start()
    assert len(list(scanner.scan(GLASS))) == 1
    scanner.close()
