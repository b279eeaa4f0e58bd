"""SANE's `test` backend through the driver: what it does with options, torn and padded pictures, and SANE's statuses."""

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hardware.faults import FaultCode
from hardware.readings import ScannedPage, ScanSettings
from hardware.scanner import search
from hardware.scanner.process import ProcessScanner
from hardware.scanner.search import last_found, list_scanners
from tests.contracts.scanners import needs_sane, sane_folder
from tests.hardware.faulty import code_of

Scan = Callable[..., list[ScannedPage]]


@pytest.fixture(autouse=True)
def only_the_test_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_sane()
    monkeypatch.setenv("SANE_CONFIG_DIR", str(sane_folder(tmp_path / "sane.d")))
    monkeypatch.setattr(search, "_last", ())      # what one test found is forgotten before the next


@pytest.fixture
def scan() -> Iterator[Scan]:
    opened: list[ProcessScanner] = []

    def scan_it(options: str = "", **settings: object) -> list[ScannedPage]:
        opened.append(ProcessScanner("sane", f"test:0#{options}"))
        wanted = ScanSettings(**{"source": "Flatbed", "resolution": 75, **settings})  # type: ignore[arg-type]
        return list(opened[-1].scan(wanted))

    yield scan_it
    for scanner in opened:
        scanner.close()


def picture(page: ScannedPage) -> np.ndarray:
    with Image.open(io.BytesIO(page.png)) as image:
        return np.asarray(image)


def test_a_page_is_a4_in_colour_at_the_resolution_asked(scan: Scan) -> None:
    (page,) = scan("test-picture=Solid white", resolution=150)
    assert page.resolution == 150
    assert picture(page).shape == (page.height, page.width, 3)
    assert (page.width, page.height) == (1240, 1753)
    assert picture(page).min() == 255


@pytest.mark.parametrize(("asked", "given"), [(99999, 1200), (130, 125), (1, 50)])
def test_a_resolution_it_cannot_do_becomes_the_nearest_it_can(scan: Scan, asked: int, given: int, monkeypatch: pytest.MonkeyPatch,
                                                              tmp_path: Path) -> None:
    # A small bed, so that 1200 dpi is not 140 million dots.
    monkeypatch.setenv("SANE_CONFIG_DIR", str(sane_folder(tmp_path / "small.d", {"geometry_max": "20.0"})))
    (page,) = scan(resolution=asked)
    assert page.resolution == given
    assert page.width == pytest.approx(20 / 25.4 * given, abs=1)


def test_gray_is_gray(scan: Scan) -> None:
    (page,) = scan("test-picture=Grid", mode="gray")
    assert picture(page).ndim == 2
    assert 20 < picture(page).mean() < 235


def test_a_torn_page_is_no_page(scan: Scan) -> None:
    assert code_of(lambda: scan("read-return-value=SANE_STATUS_EOF")) is FaultCode.PAGE_TORN


@pytest.mark.parametrize("mode", ["color", "gray"])
def test_padded_lines_do_not_shear_the_picture(scan: Scan, mode: str) -> None:
    (whole,), (padded,) = scan("test-picture=Grid", mode=mode), scan("test-picture=Grid&ppl-loss=37", mode=mode)
    kept = picture(padded)
    assert kept.shape[1] == whole.width - 37
    assert kept.shape[0] >= whole.height - 1
    assert np.array_equal(kept, picture(whole)[: kept.shape[0], : kept.shape[1]])


def test_a_scanner_that_does_not_know_how_long_the_page_is_gives_all_of_it(scan: Scan) -> None:
    (page,) = scan("hand-scanner=yes")
    assert page.height > 100


def test_lines_in_small_pieces_and_guessed_sizes_make_the_same_picture(scan: Scan) -> None:
    (plain,) = scan("test-picture=Color pattern")
    (pieces,) = scan("test-picture=Color pattern&read-limit=yes&read-limit-size=777&fuzzy-parameters=yes")
    assert np.array_equal(picture(plain), picture(pieces))


def test_three_passes_are_refused_rather_than_mixed_up(scan: Scan) -> None:
    assert code_of(lambda: scan("mode=Color&three-pass=yes")) is FaultCode.UNSUPPORTED


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("DEVICE_BUSY", FaultCode.BUSY), ("ACCESS_DENIED", FaultCode.DENIED), ("IO_ERROR", FaultCode.NOT_CONNECTED),
        ("CANCELLED", FaultCode.CANCELLED), ("UNSUPPORTED", FaultCode.UNSUPPORTED), ("INVAL", FaultCode.UNSUPPORTED),
    ],
)  # fmt: skip
def test_each_status_has_its_fault(scan: Scan, status: str, code: FaultCode) -> None:
    assert code_of(lambda: scan(f"read-return-value=SANE_STATUS_{status}")) is code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("test:7", FaultCode.NOT_CONNECTED), ("nobody:0", FaultCode.NOT_CONNECTED), ("test:0#no-such=1", FaultCode.UNSUPPORTED),
        ("test:0#test-picture=Cat", FaultCode.UNSUPPORTED), ("test:0#read-limit-size=x", FaultCode.UNSUPPORTED),
    ],
)  # fmt: skip
def test_a_name_or_an_option_it_does_not_know_is_told(name: str, code: FaultCode) -> None:
    assert code_of(ProcessScanner, "sane", name) is code


def test_without_a_name_the_only_scanner_is_taken_and_of_several_one_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only = ProcessScanner("sane", "")
    assert only.sources() == ("Flatbed", "Automatic Document Feeder")
    only.close()
    monkeypatch.setenv("SANE_CONFIG_DIR", str(sane_folder(tmp_path / "two.d", {"number_of_devices": "2"})))
    assert code_of(ProcessScanner, "sane", "") is FaultCode.SEVERAL
    (tmp_path / "none.d").mkdir()
    (tmp_path / "none.d" / "dll.conf").write_text("# nothing\n")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path / "none.d"))
    assert code_of(ProcessScanner, "sane", "") is FaultCode.NOT_CONNECTED


def test_scanners_are_found_and_remembered_and_a_search_keeps_its_time() -> None:
    assert [(light.kind, light.address, light.state) for light in list_scanners()] == [("scanner", "sane:test:0", "ok")]
    assert [light.address for light in last_found()] == ["sane:test:0"]
    assert list_scanners(timeout=0) == ()
    assert not [thread.name for thread in threading.enumerate() if thread.name == "scanner"]
