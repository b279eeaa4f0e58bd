"""TWAIN and WIA without Windows: the drivers against stand-ins shaped like pytwain's source and WIA's automation objects.

They prove what the drivers ask for and how they end, not that a real data source answers so.
"""

import io
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from hardware.faults import DeviceFault, FaultCode
from hardware.readings import ScanSettings
from hardware.scanner import twain, wia
from hardware.scanner.local import LocalPage, LocalScanner, Stop
from tests.hardware.faulty import code_of


def scan(scanner: LocalScanner, settings: ScanSettings) -> list[LocalPage]:
    scanner.open()
    try:
        return list(scanner.pages(settings, lambda page, share: None, Stop()))
    finally:
        scanner.release()


# --- WIA --------------------------------------------------------------------------------------------------------------


class ComError(Exception):
    """comtypes.COMError carries the HRESULT as a signed number."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.hresult = status - (1 << 32)


class Collection:
    """A COM collection: counts from 1, or by name."""

    def __init__(self, items: dict[Any, Any]) -> None:
        self._items = items
        self.Count = len(items)

    def Item(self, key: Any) -> Any:  # noqa: N802 - COM's name
        return self._items[key]

    def Exists(self, key: Any) -> bool:  # noqa: N802 - COM's name
        return key in self._items


def option(value: Any, **shape: Any) -> SimpleNamespace:
    return SimpleNamespace(**{"Value": value, "IsReadOnly": False, "SubType": 0, **shape})


class WiaDevice:
    """A scanner with glass and a feeder that holds `sheets`; then `end` is its HRESULT."""

    def __init__(self, sheets: int = 3, end: int = 0x80210003, capabilities: int = 0x03) -> None:
        self.left, self.end = sheets, end
        self.Properties = Collection({"3086": option(capabilities), "3088": option(2), "3096": option(0)})
        listed = Collection({1: 75, 2: 150, 3: 600})
        self.item = Collection({
            "6146": option(0), "6147": option(75, SubType=2, SubTypeValues=listed), "6148": option(75, SubType=2, SubTypeValues=listed),
            "6151": option(0, SubType=1, SubTypeMin=1, SubTypeMax=1200, SubTypeStep=1), "6152": option(0),
        })  # fmt: skip
        self.Items = Collection({1: SimpleNamespace(Properties=self.item, Transfer=self._transfer)})

    def _transfer(self, form: str) -> SimpleNamespace:
        assert form == "{B96B3CAB-0728-11D3-9D7B-0000F81EF32E}"
        if not self.left:
            raise ComError(self.end)
        self.left -= 1
        mode = "L" if self.item.Item("6146").Value == 2 else "RGB"
        return SimpleNamespace(SaveFile=lambda path: Image.new(mode, (620, 877)).save(path, "BMP"))


def wia_scanner(device: WiaDevice, name: str = "") -> wia.WiaScanner:
    info = SimpleNamespace(Type=1, DeviceID="{0}", Properties=Collection({"Name": option("Desk scanner")}), Connect=lambda: device)
    camera = SimpleNamespace(Type=2, DeviceID="{1}", Properties=Collection({"Name": option("Camera")}))
    return wia.WiaScanner(name, lambda: SimpleNamespace(DeviceInfos=Collection({1: camera, 2: info})), ComError)


def test_wia_gives_what_lies_in_the_feeder_at_the_nearest_resolution() -> None:
    device = WiaDevice()
    assert wia_scanner(device, "Desk scanner").open() == ("Flatbed", "Feeder")
    pages = scan(wia_scanner(device), ScanSettings(resolution=200, mode="gray"))
    assert len(pages) == 3
    assert device.Properties.Item("3088").Value == 1
    assert device.item.Item("6147").Value == device.item.Item("6148").Value == pages[0].resolution == 150
    assert device.item.Item("6151").Value == 1200
    assert device.item.Item("6152").Value == round(297 / 25.4 * 150)
    with Image.open(io.BytesIO(pages[0].png)) as page:
        assert page.mode == "L"


def test_wia_takes_one_page_from_glass_and_so_many_as_asked_from_the_feeder() -> None:
    device = WiaDevice()
    assert len(scan(wia_scanner(device), ScanSettings(source="flatbed"))) == 1
    assert device.Properties.Item("3088").Value == 2
    assert len(scan(wia_scanner(WiaDevice()), ScanSettings(pages=2))) == 2
    both = WiaDevice(capabilities=0x07)
    assert len(scan(wia_scanner(both), ScanSettings(duplex=True))) == 3
    assert both.Properties.Item("3088").Value == 5


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (0x80210002, FaultCode.JAMMED), (0x80210003, FaultCode.NO_DOCS), (0x80210016, FaultCode.SCANNER_COVER),
        (0x80210006, FaultCode.BUSY), (0x80210005, FaultCode.NOT_CONNECTED), (0x80210001, FaultCode.BAD_ANSWER),
    ],
)  # fmt: skip
def test_wia_tells_its_faults_apart(status: int, code: FaultCode) -> None:
    assert code_of(scan, wia_scanner(WiaDevice(sheets=0, end=status)), ScanSettings()) is code
    assert code_of(wia_scanner(WiaDevice(), "Another").open) is FaultCode.NOT_CONNECTED
    assert code_of(scan, wia_scanner(WiaDevice()), ScanSettings(duplex=True)) is FaultCode.UNSUPPORTED


# --- TWAIN ------------------------------------------------------------------------------------------------------------


class TwainError(Exception):
    """As pytwain's."""


def named(name: str) -> type[Exception]:
    return type(name, (TwainError,), {})


class CheckStatus(Exception):
    """As pytwain's: taken, but rounded; not a TwainError."""


class Pytwain:
    """pytwain's module and its source in one: `sheets` in the feeder, none when `glass_only`; `end` is raised after them."""

    exceptions = SimpleNamespace(TwainError=TwainError, CheckStatus=CheckStatus)

    def __init__(self, sheets: int = 3, end: Exception | None = None, glass_only: bool = False) -> None:
        self.left, self.end, self.glass_only = sheets, end, glass_only
        self.set: dict[int, float] = {0x1002: 0, 0x1012: 0}
        self.freed: list[int] = []
        self.closed = 0
        self.source_list = ["Desk scanner"]

    def SourceManager(self, window: int, ProductName: str) -> "Pytwain":  # noqa: N802, N803 - pytwain's names
        assert (window, ProductName) == (7, "oncedesk")
        return self

    def open_source(self, name: str) -> "Pytwain":
        assert name == "Desk scanner"
        return self

    def close(self) -> None:
        self.closed += 1

    def get_capability_current(self, key: int) -> tuple[int, Any]:
        if key == 0x1003:
            return 6, self.left > 0
        if key not in self.set:
            raise named("CapUnsupported")
        return 6, self.set[key]

    def get_capability(self, key: int) -> tuple[int, Any]:
        fixed = [SimpleNamespace(Whole=dpi, Frac=0) for dpi in (75, 150, 600)]
        return 7, (0, 0, fixed)

    def set_capability(self, key: int, kind: int, value: float) -> None:
        if key == 0x1002 and self.glass_only:
            raise named("CapUnsupported")
        self.set[key] = value
        if key == 0x1119:
            raise CheckStatus

    def set_image_layout(self, frame: tuple[float, ...]) -> None:
        assert frame == pytest.approx((0, 0, 8.27, 11.69), abs=0.01)

    def request_acquire(self, show_ui: bool, modal_ui: bool) -> None:
        assert (show_ui, modal_ui) == (False, False)

    def modal_loop(self) -> None:
        """The first picture is ready."""

    def hide_ui(self) -> None:
        self.set[-1] = 1

    @property
    def image_info(self) -> dict[str, float]:
        return {"XResolution": self.set[0x1118]}

    def xfer_image_natively(self) -> tuple[int, int]:
        if not self.left or (self.end and self.left == 1):
            raise self.end or named("SequenceError")
        self.left -= 1
        return 40 + self.left, self.left if self.set[0x1002] else 0

    def dib_to_bm_file(self, handle: int) -> bytes:
        held = io.BytesIO()
        Image.new("RGB", (100, 150), (handle, 0, 0)).save(held, "BMP")
        return held.getvalue()

    def global_handle_free(self, handle: int) -> None:
        self.freed.append(handle)


def test_twain_gives_what_lies_in_the_feeder_and_frees_each_picture() -> None:
    library = Pytwain()
    assert twain.TwainScanner("", library, 7).open() == ("Flatbed", "Feeder")
    pages = scan(twain.TwainScanner("Desk scanner", library, 7), ScanSettings(resolution=200))
    assert [page.resolution for page in pages] == [150, 150, 150]
    assert library.freed == [42, 41, 40]
    assert (library.set[0x0001], library.set[0x0101], library.set[0x100B], library.set[-1]) == (-1, 2, False, 1)
    assert library.closed == 2


def test_twain_takes_one_page_from_glass_and_stops_after_so_many_as_asked() -> None:
    assert len(scan(twain.TwainScanner("", Pytwain(), 7), ScanSettings(source="flatbed"))) == 1
    assert len(scan(twain.TwainScanner("", Pytwain(), 7), ScanSettings(pages=2))) == 2
    assert twain.TwainScanner("", Pytwain(glass_only=True), 7).open() == ("Flatbed",)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (named("PaperJam")(), FaultCode.JAMMED), (named("UnknownError")("ConditionCode = 24"), FaultCode.SCANNER_COVER),
        (named("CheckDeviceOnlineError")(), FaultCode.NOT_CONNECTED), (named("DSTransferCancelled")(), FaultCode.CANCELLED),
        (named("GeneralFailure")(), FaultCode.BAD_ANSWER),
    ],
)  # fmt: skip
def test_twain_tells_its_faults_apart_and_pages_before_one_are_good(error: Exception, code: FaultCode) -> None:
    library = Pytwain(sheets=3, end=error)
    scanner = twain.TwainScanner("", library, 7)
    scanner.open()
    pages = scanner.pages(ScanSettings(), lambda page, share: None, Stop())
    assert [next(pages).width, next(pages).width] == [100, 100]
    assert code_of(lambda: next(pages)) is code


def test_twain_says_that_the_feeder_is_empty_before_it_starts() -> None:
    assert code_of(scan, twain.TwainScanner("", Pytwain(sheets=0), 7), ScanSettings()) is FaultCode.NO_DOCS


@pytest.mark.parametrize("make", [lambda: wia_scanner(WiaDevice()), lambda: twain.TwainScanner("", Pytwain(), 7)])
def test_between_two_pages_both_obey(make: Callable[[], LocalScanner]) -> None:
    scanner, stop = make(), Stop()
    scanner.open()
    pages: Iterator[LocalPage] = scanner.pages(ScanSettings(), lambda page, share: None, stop)
    next(pages)
    stop.wanted.set()
    with pytest.raises(DeviceFault) as fault:
        next(pages)
    assert fault.value.code is FaultCode.CANCELLED
