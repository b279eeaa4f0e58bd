"""A scanner behind TWAIN, through pytwain, without the maker's own window.

Not proved here: Windows only, and the maker's data source must have the bitness of this program (64-bit needs TWAINDSM.dll).
Written after the TWAIN 2.5 specification and pytwain's source; the tests drive it with a stand-in for pytwain. Runs in the
scanner's own process, because data sources crash. Between two pages a scan can be stopped, within one only by ending it.
"""

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from PIL import Image

from hardware.faults import DeviceFault, FaultCode
from hardware.readings import ScanSettings
from hardware.scanner import choices
from hardware.scanner.local import LocalPage, Progress, Stop, as_page

# twain.h: capabilities, their types and values
_CAP_XFERCOUNT, _ICAP_PIXELTYPE, _ICAP_UNITS = 0x0001, 0x0101, 0x0102
_CAP_FEEDERENABLED, _CAP_FEEDERLOADED, _CAP_AUTOFEED, _CAP_INDICATORS = 0x1002, 0x1003, 0x1007, 0x100B
_CAP_DUPLEX, _CAP_DUPLEXENABLED, _ICAP_XRESOLUTION, _ICAP_YRESOLUTION = 0x1012, 0x1013, 0x1118, 0x1119
_INT16, _UINT16, _BOOL, _FIX32 = 1, 4, 6, 7
_GRAY, _RGB, _INCHES, _ALL = 1, 2, 0, -1
A4_INCHES = (0.0, 0.0, 210 / 25.4, 297 / 25.4)

GLASS, FEEDER, BOTH_SIDES = "Flatbed", "Feeder", "Feeder duplex"

_FAULTS = {
    "PaperJam": FaultCode.JAMMED, "PaperDoubleFeedError": FaultCode.JAMMED, "CheckDeviceOnlineError": FaultCode.NOT_CONNECTED,
    "NoDataSourceError": FaultCode.NOT_CONNECTED, "OperationError": FaultCode.NOT_CONNECTED, "MaxConnectionsError": FaultCode.BUSY,
    "DeniedError": FaultCode.DENIED, "DSTransferCancelled": FaultCode.CANCELLED, "SMLoadFileFailed": FaultCode.DLL_MISSING,
    "CapUnsupported": FaultCode.UNSUPPORTED,
}  # fmt: skip
_UNNAMED = {"ConditionCode = 24": FaultCode.SCANNER_COVER, "ConditionCode = 29": FaultCode.NO_DOCS}      # INTERLOCK, NOMEDIA
"""Conditions that pytwain 2.3 has no exception for."""


class TwainScanner:
    """`name` is the data source's product name, "" = the only one. `library` is pytwain, `window` a window's handle."""

    def __init__(self, name: str, library: Any = None, window: int | None = None) -> None:
        self._name = name
        self._twain = library or _library()
        self._window = window
        self._manager: Any = None
        self._source: Any = None

    def open(self) -> tuple[str, ...]:
        """See LocalScanner."""
        try:
            self._manager = self._twain.SourceManager(_hidden_window() if self._window is None else self._window, ProductName="oncedesk")
            self._source = self._manager.open_source(self._name or self._only_one())
        except self._twain.exceptions.TwainError as e:
            raise fault_of(e) from e
        self._set(_CAP_FEEDERENABLED, _BOOL, value=True)
        if not self._get(_CAP_FEEDERENABLED):
            return (GLASS,)
        duplex = (FEEDER, BOTH_SIDES) if self._get(_CAP_DUPLEX) else (FEEDER,)
        self._set(_CAP_FEEDERENABLED, _BOOL, value=False)
        return duplex if self._get(_CAP_FEEDERENABLED) else (GLASS, *duplex)      # a sheet-fed scanner has no glass

    def pages(self, settings: ScanSettings, progress: Progress, stop: Stop) -> Iterator[LocalPage]:
        """See LocalScanner."""
        try:
            yield from self._pages(settings, progress, stop)
        except self._twain.exceptions.TwainError as e:
            raise fault_of(e) from e

    def break_off(self) -> None:
        """A data source may be called from its own thread only; the process is ended instead."""

    def release(self) -> None:
        """See LocalScanner."""
        source, manager = self._source, self._manager
        self._source = self._manager = None
        for held in (source, manager):
            if held is not None:
                with suppress(self._twain.exceptions.TwainError, OSError):
                    held.close()

    def _pages(self, settings: ScanSettings, progress: Progress, stop: Stop) -> Iterator[LocalPage]:
        source = self._source
        self._choose(settings)
        source.request_acquire(show_ui=False, modal_ui=False)
        try:
            source.modal_loop()      # until the first picture is ready, or the source gives up
            number, more = 0, 1
            while more and not (settings.pages and number == settings.pages):
                if stop.wanted.is_set():
                    raise DeviceFault(FaultCode.CANCELLED)
                told = source.image_info
                handle, more = source.xfer_image_natively()
                try:
                    bitmap = self._twain.dib_to_bm_file(handle)
                finally:
                    self._twain.global_handle_free(handle)
                number += 1
                with Image.open(io.BytesIO(bitmap)) as picture:
                    page = as_page(picture.convert("L" if picture.mode in {"1", "L"} else "RGB"), round(told["XResolution"]))
                progress(number, 1.0)
                yield page
        finally:
            with suppress(self._twain.exceptions.TwainError):
                source.hide_ui()

    def _choose(self, settings: ScanSettings) -> None:
        self._set(_CAP_FEEDERENABLED, _BOOL, value=True)
        fed = bool(self._get(_CAP_FEEDERENABLED))
        duplex = fed and bool(self._get(_CAP_DUPLEX))
        names = [GLASS] + [FEEDER] * fed + [BOTH_SIDES] * duplex
        chosen = choices.source_for(settings.source, settings.duplex, names)
        if settings.duplex and not choices.is_both_sides(chosen):
            raise DeviceFault(FaultCode.UNSUPPORTED, "it cannot scan both sides")
        feeds = choices.is_feeder(chosen)
        self._set(_CAP_FEEDERENABLED, _BOOL, value=feeds)
        if feeds and self._get(_CAP_FEEDERLOADED) is False:
            raise DeviceFault(FaultCode.NO_DOCS)
        self._set(_CAP_AUTOFEED, _BOOL, value=feeds)
        self._set(_CAP_DUPLEXENABLED, _BOOL, value=choices.is_both_sides(chosen))
        self._set(_CAP_INDICATORS, _BOOL, value=False)      # no progress window of the maker's
        self._set(_CAP_XFERCOUNT, _INT16, value=(settings.pages or _ALL) if feeds else 1)
        self._set(_ICAP_UNITS, _UINT16, value=_INCHES)
        self._set(_ICAP_PIXELTYPE, _UINT16, value=_RGB if settings.mode == "color" else _GRAY)
        for key in (_ICAP_XRESOLUTION, _ICAP_YRESOLUTION):
            self._set(key, _FIX32, value=choices.nearest(settings.resolution, self._offered(key)))
        with suppress(*self._refusals()):
            self._source.set_image_layout(A4_INCHES)

    def _offered(self, key: int) -> choices.Constraint:
        try:
            answer = self._source.get_capability(key)
        except self._twain.exceptions.TwainError:
            return None
        if isinstance(answer, dict):      # pytwain gives a range's numbers as they lie there; the current one needs no undoing
            return None
        kind, value = answer
        if kind != _FIX32 or not isinstance(value, tuple):
            return None
        return [fixed.Whole + fixed.Frac / 65536 for fixed in value[2]]

    def _get(self, key: int) -> Any:
        try:
            return self._source.get_capability_current(key)[1]
        except self._twain.exceptions.TwainError:
            return None

    def _set(self, key: int, kind: int, *, value: float) -> None:
        """A source without this capability keeps its own way."""
        with suppress(*self._refusals()):
            self._source.set_capability(key, kind, value)

    def _refusals(self) -> tuple[type[Exception], ...]:
        # NameError: pytwain means CheckStatus ("taken, but rounded") and in some releases cannot name it.
        return (self._twain.exceptions.TwainError, self._twain.exceptions.CheckStatus, ValueError, NameError)

    def _only_one(self) -> str:
        names: list[str] = self._manager.source_list
        if not names:
            raise DeviceFault(FaultCode.NOT_CONNECTED, "TWAIN knows no scanner")
        if len(names) > 1:
            raise DeviceFault(FaultCode.SEVERAL, f"name one of {', '.join(names)}")
        return names[0]


def found() -> list[tuple[str, str]]:
    """(name, what it is called) of every data source."""
    library = _library()
    try:
        with library.SourceManager(_hidden_window(), ProductName="oncedesk") as manager:
            return [(name, f"{name} (TWAIN)") for name in manager.source_list]
    except library.exceptions.TwainError as e:
        raise fault_of(e) from e


def fault_of(error: Exception) -> DeviceFault:
    """What pytwain's exception means."""
    code = _FAULTS.get(type(error).__name__) or _UNNAMED.get(str(error)) or FaultCode.BAD_ANSWER
    return DeviceFault(code, f"TWAIN {type(error).__name__} {error}".rstrip())


def _library() -> Any:
    try:
        import twain  # type: ignore[import-not-found,unused-ignore]
        import twain.exceptions  # type: ignore[import-not-found,unused-ignore]
    except (ImportError, OSError) as e:
        raise DeviceFault(FaultCode.UNSUPPORTED, "TWAIN is there on Windows only") from e
    return twain


def _hidden_window() -> int:
    """TWAIN 1 sources send their messages to a window of the application's."""
    import win32gui  # type: ignore[import-untyped,import-not-found,unused-ignore]

    return int(win32gui.CreateWindowEx(0, "STATIC", "oncedesk", 0, 0, 0, 0, 0, 0, 0, 0, None))
