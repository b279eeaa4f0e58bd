"""A scanner behind Windows Image Acquisition, through its automation layer (wiaaut.dll) and comtypes.

Not proved here: Windows only. Written after Microsoft's "WIA Automation Layer" and "WIA Scanner Properties" references; the
tests drive it with a stand-in for the automation objects. Runs in the scanner's own process; automation can neither tell
progress within a page nor be cancelled in it, so a cancelled scan ends by ending the process.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image

from hardware.faults import DeviceFault, FaultCode
from hardware.readings import ScanSettings
from hardware.scanner import choices
from hardware.scanner.local import LocalPage, Progress, Stop, as_page

_SCANNER = 1                                            # WiaDeviceType ScannerDeviceType
_BMP = "{B96B3CAB-0728-11D3-9D7B-0000F81EF32E}"         # the one format every WIA scanner must give
_CAPABILITIES, _SELECT, _PAGES = "3086", "3088", "3096"          # WIA_DPS_DOCUMENT_HANDLING_…, WIA_DPS_PAGES
_HAS_FEEDER, _HAS_GLASS, _HAS_DUPLEX = 0x01, 0x02, 0x04
_FEEDER, _FLATBED, _DUPLEX = 0x001, 0x002, 0x004
_INTENT, _X_RESOLUTION, _Y_RESOLUTION = "6146", "6147", "6148"   # WIA_IPS_CUR_INTENT, _XRES, _YRES
_X_POSITION, _Y_POSITION, _X_EXTENT, _Y_EXTENT = "6149", "6150", "6151", "6152"
_COLOR_INTENT, _GRAY_INTENT = 1, 2
_RANGE, _LIST = 1, 2                                    # WiaSubType
A4_INCHES = (210 / 25.4, 297 / 25.4)

GLASS, FEEDER, BOTH_SIDES = "Flatbed", "Feeder", "Feeder duplex"

_PAPER_EMPTY = 0x80210003
_FAULTS = {
    0x80210002: FaultCode.JAMMED, _PAPER_EMPTY: FaultCode.NO_DOCS, 0x80210004: FaultCode.JAMMED, 0x80210016: FaultCode.SCANNER_COVER,
    0x80210020: FaultCode.JAMMED,                       # two sheets drawn at once
    0x80210005: FaultCode.NOT_CONNECTED, 0x8021000A: FaultCode.NOT_CONNECTED, 0x80210009: FaultCode.NOT_CONNECTED,
    0x80210015: FaultCode.NOT_CONNECTED, 0x80210006: FaultCode.BUSY, 0x8021000D: FaultCode.BUSY, 0x80210007: FaultCode.BUSY,
    0x8021000E: FaultCode.DLL_CRASHED, 0x80070005: FaultCode.DENIED, 0x8021000B: FaultCode.UNSUPPORTED,
}  # fmt: skip


class WiaScanner:
    """`name` is the scanner's WIA name or id, "" = the only one. `manager` makes the WIA.DeviceManager object, `error` is its exception."""

    def __init__(self, name: str, manager: Callable[[], Any] | None = None, error: type[Exception] | None = None) -> None:
        self._name = name
        self._manager, self._error = (manager, error) if manager and error else _automation()
        self._device: Any = None

    def open(self) -> tuple[str, ...]:
        """See LocalScanner."""
        try:
            scanners = _scanners(self._manager())
            fitting = [info for called, info in scanners if self._name in {"", called, str(info.DeviceID)}]
            if not fitting:
                raise DeviceFault(FaultCode.NOT_CONNECTED, "WIA knows no such scanner")
            if len(fitting) > 1:
                raise DeviceFault(FaultCode.SEVERAL, f"name one of {', '.join(called for called, _ in scanners)}")
            self._device = fitting[0].Connect()
            offered = _value(self._device, _CAPABILITIES, _HAS_GLASS)
        except self._error as e:
            raise fault_of(e) from e
        sources = [(GLASS, _HAS_GLASS), (FEEDER, _HAS_FEEDER), (BOTH_SIDES, _HAS_FEEDER | _HAS_DUPLEX)]
        return tuple(source for source, needed in sources if offered & needed == needed)

    def pages(self, settings: ScanSettings, progress: Progress, stop: Stop) -> Iterator[LocalPage]:
        """See LocalScanner."""
        try:
            yield from self._pages(settings, progress, stop)
        except self._error as e:
            raise fault_of(e) from e

    def break_off(self) -> None:
        """The automation layer has no way; the process is ended instead."""

    def release(self) -> None:
        """See LocalScanner. COM lets the device go with its last reference."""
        self._device = None

    def _pages(self, settings: ScanSettings, progress: Progress, stop: Stop) -> Iterator[LocalPage]:
        device = self._device
        offered = _value(device, _CAPABILITIES, _HAS_GLASS)
        names = [GLASS] * bool(offered & _HAS_GLASS) + [FEEDER] * bool(offered & _HAS_FEEDER)
        names += [BOTH_SIDES] if offered & _HAS_FEEDER and offered & _HAS_DUPLEX else []
        source = choices.source_for(settings.source, settings.duplex, names)
        if settings.duplex and not choices.is_both_sides(source):
            raise DeviceFault(FaultCode.UNSUPPORTED, "it cannot scan both sides")
        fed = choices.is_feeder(source)
        if fed or offered & _HAS_FEEDER:
            _set(device, _SELECT, _FLATBED if not fed else _FEEDER | (_DUPLEX if choices.is_both_sides(source) else 0))
        if fed:
            _set(device, _PAGES, 1)                     # one picture per transfer
        item = device.Items.Item(1)
        resolution = self._prepare(item, settings)
        for number in range(1, (settings.pages or sys.maxsize) + 1 if fed else 2):
            if stop.wanted.is_set():
                raise DeviceFault(FaultCode.CANCELLED)
            try:
                transferred = item.Transfer(_BMP)
            except self._error as e:
                if number > 1 and _status(e) == _PAPER_EMPTY:
                    return
                raise
            page = _read(transferred, resolution)
            progress(number, 1.0)
            yield page

    def _prepare(self, item: Any, settings: ScanSettings) -> int:
        """Set intent, resolution and area of one page; the resolution it will use."""
        _set(item, _INTENT, _COLOR_INTENT if settings.mode == "color" else _GRAY_INTENT)
        for key in (_X_RESOLUTION, _Y_RESOLUTION):
            _set(item, key, round(choices.nearest(settings.resolution, _constraint(item, key))))
        resolution = int(_value(item, _X_RESOLUTION, settings.resolution))
        area = ((_X_POSITION, 0.0), (_Y_POSITION, 0.0), (_X_EXTENT, A4_INCHES[0]), (_Y_EXTENT, A4_INCHES[1]))
        for key, inches in area:
            with suppress(self._error):                 # the picture is then as large as the scanner likes
                _set(item, key, round(choices.nearest(inches * resolution, _constraint(item, key))))
        return resolution


def found() -> list[tuple[str, str]]:
    """(name, what it is called) of every WIA scanner."""
    manager, error = _automation()
    try:
        return [(called, called) for called, _ in _scanners(manager())]
    except error as e:
        raise fault_of(e) from e


def fault_of(error: Exception) -> DeviceFault:
    """What a COMError means, by its HRESULT."""
    status = _status(error)
    return DeviceFault(_FAULTS.get(status, FaultCode.BAD_ANSWER), f"WIA {status:#010x}")


def _status(error: Exception) -> int:
    return int(getattr(error, "hresult", 0)) & 0xFFFFFFFF


def _automation() -> tuple[Callable[[], Any], type[Exception]]:
    try:
        import comtypes  # type: ignore[import-not-found,unused-ignore]
        import comtypes.client  # type: ignore[import-not-found,unused-ignore]
    except ImportError as e:
        raise DeviceFault(FaultCode.UNSUPPORTED, "WIA is part of Windows") from e
    return lambda: comtypes.client.CreateObject("WIA.DeviceManager"), comtypes.COMError


def _scanners(manager: Any) -> list[tuple[str, Any]]:
    infos = manager.DeviceInfos
    every = [infos.Item(number) for number in range(1, infos.Count + 1)]      # COM collections count from 1
    return [(str(_value(info, "Name", "")), info) for info in every if info.Type == _SCANNER]


def _value(owner: Any, key: str, otherwise: Any) -> Any:
    return owner.Properties.Item(key).Value if owner.Properties.Exists(key) else otherwise


def _set(owner: Any, key: str, value: int) -> None:
    if owner.Properties.Exists(key) and not owner.Properties.Item(key).IsReadOnly:
        owner.Properties.Item(key).Value = value


def _constraint(owner: Any, key: str) -> choices.Constraint:
    if not owner.Properties.Exists(key):
        return None
    option = owner.Properties.Item(key)
    if option.SubType == _RANGE:
        return option.SubTypeMin, option.SubTypeMax, option.SubTypeStep
    if option.SubType == _LIST:
        listed = option.SubTypeValues
        return [listed.Item(number) for number in range(1, listed.Count + 1)]
    return None


def _read(transferred: Any, resolution: int) -> LocalPage:
    # Through a file: FileData.BinaryData would hand a page over as millions of Python numbers.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.bmp"
        transferred.SaveFile(str(path))
        with Image.open(path) as picture:
            # Not the bitmap's own figure: many drivers leave it at the screen's 96.
            return as_page(picture.convert("L" if picture.mode in {"1", "L"} else "RGB"), resolution)
