"""eSCL scanners through SANE's `airscan` backend: the same driver, another address."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.faults import FaultCode
from hardware.readings import ScanSettings
from hardware.registry import open_scanner
from tests.contracts.escl import EsclScanner
from tests.contracts.scanners import needs_sane
from tests.hardware.faulty import code_of

FEEDER = ScanSettings(resolution=150, source="feeder")
ADDRESS = "sane:airscan:e0:Desk"


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EsclScanner]:
    needs_sane()
    if not any(Path("/usr/lib").glob("*/sane/libsane-airscan.so.1")):
        pytest.skip("SANE's airscan backend is not installed (package sane-airscan)")
    device = EsclScanner()
    (tmp_path / "dll.conf").write_text("airscan\n")
    (tmp_path / "airscan.conf").write_text(
        f'[devices]\n"Desk" = http://127.0.0.1:{device.port}/eSCL, eSCL\n[options]\ndiscovery = disable\n')
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path))
    yield device
    device.close()


def test_the_feeder_gives_all_and_the_glass_one(device: EsclScanner) -> None:
    scanner = open_scanner(ADDRESS)
    pages = list(scanner.scan(FEEDER))
    assert [page.number for page in pages] == [1, 2, 3]
    assert {(page.resolution, page.width) for page in pages} == {(150, 1240)}
    assert len(list(scanner.scan(ScanSettings(resolution=75, source="flatbed", mode="gray")))) == 1
    scanner.close()


def test_the_resolution_told_is_the_one_the_picture_has(device: EsclScanner) -> None:
    scanner = open_scanner(ADDRESS)
    (page,) = scanner.scan(ScanSettings(resolution=200, source="flatbed"))
    assert page.resolution == 150
    assert page.width == pytest.approx(1240, abs=2)
    scanner.close()


# airscan 0.99.27 knows an open hatch as ScannerAdfDoorOpen only; the specification's word, ScannerAdfHatchOpen, is an I/O error to it.
@pytest.mark.parametrize(
    ("state", "code"),
    [("ScannerAdfJam", FaultCode.JAMMED), ("ScannerAdfEmpty", FaultCode.NO_DOCS), ("ScannerAdfDoorOpen", FaultCode.SCANNER_COVER)],
)
def test_the_feeders_states_are_told_apart(device: EsclScanner, state: str, code: FaultCode) -> None:
    device.state = state
    scanner = open_scanner(ADDRESS)
    assert code_of(lambda: list(scanner.scan(FEEDER))) is code
    device.state = "ScannerAdfLoaded"
    assert len(list(scanner.scan(FEEDER))) == 3
    scanner.close()


def test_a_scanner_switched_off_is_not_connected(device: EsclScanner) -> None:
    scanner = open_scanner(ADDRESS)
    device.close()
    assert code_of(lambda: list(scanner.scan(FEEDER))) is FaultCode.NOT_CONNECTED
    scanner.close()
