"""What happens when the scanner's process crashes, or is killed from outside; and that the window's process has no SANE in it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from hardware.faults import FaultCode
from hardware.readings import ScanSettings
from hardware.scanner.process import Limits, ProcessScanner
from tests.contracts.scanners import SLOW, Saned, needs_sane
from tests.hardware.faulty import code_of


@pytest.fixture
def specimens(tmp_path: Path) -> Path:
    for number in range(4):
        Image.new("RGB", (400, 600), (number, 0, 0)).save(tmp_path / f"{number}.png")
    return tmp_path


@pytest.fixture
def scanner(specimens: Path) -> Iterator[ProcessScanner]:
    scanner = ProcessScanner("specimen", f"{specimens}#seconds=0.4")
    yield scanner
    scanner.close()


def children() -> set[int]:
    """Our processes that serve a scanner."""
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False).stdout
    return {int(line.split()[0]) for line in listed.splitlines() if "hardware.scanner.child" in line}


WINDOW = """
import sys
from hardware.readings import ScanSettings
from hardware.scanner.process import ProcessScanner

scanner = ProcessScanner("specimen", sys.argv[1])
print(scanner._child._process.pid, flush=True)
next(scanner.scan(ScanSettings()))
"""

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes as Linux shows them")


@linux
def test_a_crash_is_told_the_pages_before_it_are_good_and_the_next_scan_works(scanner: ProcessScanner) -> None:
    pages = scanner.scan(ScanSettings())
    assert next(pages).number == 1
    (child,) = children()
    os.kill(child, signal.SIGSEGV)
    assert code_of(lambda: list(pages)) is FaultCode.DLL_CRASHED
    assert [page.number for page in scanner.scan(ScanSettings(pages=2))] == [1, 2]


@linux
def test_a_process_that_hangs_is_ended_in_time_and_one_that_died_between_two_scans_is_not_noticed(specimens: Path) -> None:
    scanner = ProcessScanner("specimen", f"{specimens}#seconds=0.2", Limits(starting=5, silence=5))
    (child,) = children()
    pages = scanner.scan(ScanSettings())
    next(pages)
    os.kill(child, signal.SIGSTOP)
    assert code_of(lambda: list(pages)) is FaultCode.TIMEOUT
    assert children() == set()
    assert len(list(scanner.scan(ScanSettings(pages=1)))) == 1
    (child,) = children()
    os.kill(child, signal.SIGKILL)
    assert len(list(scanner.scan(ScanSettings(pages=1)))) == 1
    scanner.close()
    assert children() == set()


@linux
def test_a_window_that_dies_leaves_no_process_behind(specimens: Path) -> None:
    window = subprocess.Popen([sys.executable, "-c", WINDOW, f"{specimens}#seconds=600"], stdout=subprocess.PIPE, text=True)
    assert window.stdout is not None
    child = int(window.stdout.readline())
    window.kill()
    window.communicate()
    # Its page would take ten minutes; pytest ends this test long before that if it goes on.
    while Path(f"/proc/{child}/cmdline").exists() and Path(f"/proc/{child}/cmdline").read_bytes():
        time.sleep(0.05)


def test_the_windows_process_never_loads_sane() -> None:
    seen = "import sys, hardware.scanner.search, hardware.registry; print({'sane', '_sane', 'twain'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "set()"


def test_a_library_that_is_not_there_is_told() -> None:
    if sys.platform != "win32":
        assert code_of(ProcessScanner, "twain", "") is FaultCode.UNSUPPORTED
        assert code_of(ProcessScanner, "wia", "") is FaultCode.UNSUPPORTED
    assert code_of(ProcessScanner, "no such kind", "") is FaultCode.UNSUPPORTED


def test_pages_wait_for_a_slow_reader_without_piling_up(scanner: ProcessScanner) -> None:
    seen = []
    for page in scanner.scan(ScanSettings(source="feeder")):
        time.sleep(0.5)
        seen.append(page.number)
    assert seen == [1, 2, 3, 4]


@linux
def test_a_crash_while_a_scanner_on_the_network_was_scanning_is_a_lost_connection(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    needs_sane()
    daemon = Saned(tmp_path, SLOW)
    request.addfinalizer(daemon.kill)
    monkeypatch.setenv("SANE_CONFIG_DIR", str(daemon.client))
    scanner = ProcessScanner("sane", daemon.address.partition(":")[2])
    (child,) = children()

    def progress(page: int, share: float) -> None:
        if share > 0 and child in children():      # the backend falls over when its host goes; here it surely does
            daemon.kill()
            os.kill(child, signal.SIGSEGV)

    assert code_of(lambda: list(scanner.scan(ScanSettings(source="Flatbed", resolution=150), progress))) is FaultCode.NOT_CONNECTED
    scanner.close()
