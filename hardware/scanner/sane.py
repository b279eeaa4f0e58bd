"""A scanner behind SANE, through python-sane 2.9.2: local, over the network (`net`, saned), or eSCL (`airscan`).

Runs in the scanner's own process (child.py): the `net` backend hangs when its server dies, and backends may crash. What
python-sane gets wrong is put right here: its one exception class, numbers out of range, torn and padded pictures.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

from PIL import Image

from hardware.faults import DeviceFault, FaultCode
from hardware.readings import ScanSettings
from hardware.scanner import choices
from hardware.scanner.local import LocalPage, Progress, Stop, as_page

log = logging.getLogger(__name__)

A4 = (210.0, 297.0)
"""Millimetres."""
_UNIT_PIXEL, _UNIT_MM = 1, 3
_TYPE_BOOL, _TYPE_INT, _TYPE_FIXED = 0, 1, 2

# sane_strstatus() of sane-backends; python-sane has one exception class and tells the status by this text only.
_FAULTS = {
    "feeder jammed": FaultCode.JAMMED,
    "out of documents": FaultCode.NO_DOCS,
    "cover is open": FaultCode.SCANNER_COVER,
    "device I/O": FaultCode.NOT_CONNECTED,
    "Device busy": FaultCode.BUSY,
    "has been denied": FaultCode.DENIED,
    "was canceled": FaultCode.CANCELLED,
    "End of file": FaultCode.PAGE_TORN,
}


class SaneScanner:
    """`name` is SANE's own (test:0, net:host:test:0, airscan:e0:Name, epson2:libusb:001:004); "" = the only one there is.

    Options of the backend may stand behind a #: `test:0#test-picture=Grid&read-return-value=SANE_STATUS_JAMMED`.
    """

    def __init__(self, name: str) -> None:
        self._name, _, options = name.partition("#")
        self._extra = dict(parse_qsl(options, keep_blank_values=True))
        self._device: Any = None
        self._sane, self._error = _library()

    def open(self) -> tuple[str, ...]:
        """See LocalScanner."""
        name = self._name or self._only_one()
        try:
            self._device = self._sane.open(name)
        except self._error as e:
            # "Invalid argument" is SANE's answer to a name it does not know.
            raise _fault(e, otherwise=FaultCode.NOT_CONNECTED) from e
        for key, value in self._extra.items():
            self._set_extra(key.replace("-", "_"), value)
        return self._offered("source")

    def pages(self, settings: ScanSettings, progress: Progress, stop: Stop) -> Iterator[LocalPage]:
        """See LocalScanner."""
        try:
            yield from self._pages(settings, progress, stop)
        except self._error as e:
            raise _fault(e, otherwise=FaultCode.UNSUPPORTED) from e

    def break_off(self) -> None:
        """See LocalScanner. SANE permits sane_cancel at any time from anywhere."""
        device = self._device
        if device is not None:
            with suppress(self._error):
                device.cancel()

    def release(self) -> None:
        """See LocalScanner."""
        device, self._device = self._device, None
        if device is not None:
            with suppress(self._error):
                device.close()

    def _pages(self, settings: ScanSettings, progress: Progress, stop: Stop) -> Iterator[LocalPage]:
        device = self._device
        source = self._choose(settings)
        number = 0
        try:
            while not (number and (not choices.is_feeder(source) or number == settings.pages)):
                page = self._page(number + 1, progress, stop)
                if page is None:
                    return
                yield page
                number += 1
        finally:
            with suppress(self._error):
                device.cancel()      # also after the last page: it tells the feeder to let go

    def _page(self, number: int, progress: Progress, stop: Stop) -> LocalPage | None:
        """None when the feeder has no further page."""
        device = self._device
        obey = _obedient(device.cancel, stop)
        seen = 0

        def lines_read(read: int, promised: int) -> None:
            nonlocal seen
            seen = read
            obey()
            if promised > 0:
                progress(number, min(read / promised, 1.0))

        try:
            if stop.wanted.is_set():
                raise DeviceFault(FaultCode.CANCELLED)
            device.start()
            progress(number, 0.0)
            frame, _, (width, lines), depth, stride = device.get_parameters()
            data, _, _, samples, _ = device.dev.snap(1, 0, lines_read)      # do not cancel after the page; 8 bits
        except self._error as e:
            if number > 1 and not seen and "out of documents" in str(e):
                return None
            raise
        if stop.wanted.is_set():
            raise DeviceFault(FaultCode.CANCELLED)      # python-sane gives the torn picture as if it were whole
        if frame not in {"grey", "gray", "color"} or depth != 8:
            raise DeviceFault(FaultCode.UNSUPPORTED, f"pictures of {frame}, {depth} bits")
        # python-sane 2.9.2 forgets that lines may be padded: it cuts them anew and drops the bytes left over at the end, so
        # that the last line of a padded picture may be lost. The bytes themselves are in order.
        line = width * samples
        whole = (len(data) - line) // stride + 1 if len(data) >= line else 0
        if not whole or (lines > 0 and whole < lines - (stride > line)):
            raise DeviceFault(FaultCode.PAGE_TORN, f"page {number}: {whole} of {lines} lines")
        mode = "RGB" if samples == 3 else "L"
        del data[whole * stride :]      # a bytearray of ours: cut in place, a page at 600 dpi is 100 MB
        data.extend(bytes(whole * stride - len(data)))
        image = Image.frombuffer(mode, (width, whole), data, "raw", mode, stride, 1)
        del data
        page = as_page(image, choices.real_resolution(self._value("resolution"), width, self._width()))
        progress(number, 1.0)
        return page

    def _choose(self, settings: ScanSettings) -> str:
        """Set what the settings ask for, each to the nearest the scanner can do; the source it will use."""
        source = choices.source_for(settings.source, settings.duplex, self._offered("source"))
        if source:
            self._set("source", source)      # first: the other options may depend on it
        if settings.duplex and not choices.is_both_sides(source):
            self._turn_on_duplex()
        if mode := choices.mode_for(settings.mode, self._offered("mode")):
            self._set("mode", mode)
        self._set_number("depth", 8)
        for key in ("resolution", "x_resolution", "y_resolution"):
            self._set_number(key, settings.resolution)
        for key, wanted in zip(("page_width", "page_height", "tl_x", "tl_y", "br_x", "br_y"), (*A4, 0, 0, *A4), strict=True):
            self._set_length(key, wanted)
        return source

    def _turn_on_duplex(self) -> None:
        for key in ("duplex", "adf_duplex", "adf_mode"):
            option = self._option(key)
            if option is None:
                continue
            both = True if option.type == _TYPE_BOOL else next((v for v in option.constraint or () if choices.is_both_sides(v)), None)
            if both is not None:
                self._set(key, both)
                return
        raise DeviceFault(FaultCode.UNSUPPORTED, "it cannot scan both sides")

    def _only_one(self) -> str:
        try:
            names = [found[0] for found in self._sane.get_devices()]
        except self._error as e:
            raise _fault(e, otherwise=FaultCode.NOT_CONNECTED) from e
        if not names:
            raise DeviceFault(FaultCode.NOT_CONNECTED, "SANE finds no scanner")
        if len(names) > 1:
            raise DeviceFault(FaultCode.SEVERAL, f"name one of {', '.join(names)}")
        return str(names[0])

    def _option(self, key: str) -> Any:
        """The option when there is one that can be set now."""
        option = self._device.opt.get(key)
        return option if option is not None and option.is_active() and option.is_settable() else None

    def _offered(self, key: str) -> tuple[str, ...]:
        option = self._option(key)
        listed = option.constraint if option is not None else None
        return tuple(listed) if isinstance(listed, list) else ()

    def _value(self, key: str) -> float:
        option = self._device.opt.get(key)
        return float(getattr(self._device, key)) if option is not None and option.is_active() else 0.0

    def _width(self) -> float:
        """Of the scanned area, in millimetres; 0 when the scanner does not tell."""
        option = self._device.opt.get("br_x")
        return self._value("br_x") - self._value("tl_x") if option is not None and option.unit == _UNIT_MM else 0.0

    def _set(self, key: str, value: object) -> None:
        setattr(self._device, key, value)

    def _set_number(self, key: str, wanted: float) -> None:
        option = self._option(key)
        if option is not None and option.type in {_TYPE_INT, _TYPE_FIXED}:
            value = choices.nearest(wanted, option.constraint)
            self._set(key, float(value) if option.type == _TYPE_FIXED else round(value))

    def _set_length(self, key: str, millimetres: float) -> None:
        option = self._option(key)
        if option is None:
            return
        pixels = millimetres / 25.4 * self._value("resolution")
        with suppress(self._error):      # the picture is then as large as the scanner likes
            self._set_number(key, pixels if option.unit == _UNIT_PIXEL else millimetres)

    def _set_extra(self, key: str, text: str) -> None:
        option = self._option(key)
        if option is None:
            raise DeviceFault(FaultCode.UNSUPPORTED, f"no option {key}")
        try:
            if option.type == _TYPE_BOOL:
                self._set(key, text.lower() in {"1", "yes", "true", "on"})
            elif option.type in {_TYPE_INT, _TYPE_FIXED}:
                self._set_number(key, float(text))
            else:
                self._set(key, text)
        except (self._error, ValueError) as e:
            raise DeviceFault(FaultCode.UNSUPPORTED, f"option {key}: {e}") from e


def found() -> list[tuple[str, str]]:
    """(name, what it is called) of every scanner SANE finds; takes seconds."""
    library, error = _library()
    try:
        return [(name, f"{maker} {model}") for name, maker, model, _ in library.get_devices()]
    except error as e:
        raise _fault(e, otherwise=FaultCode.NOT_CONNECTED) from e


def _library() -> tuple[Any, type[Exception]]:
    """python-sane and its one exception class."""
    try:
        import _sane  # type: ignore[import-not-found]
        import sane  # type: ignore[import-untyped]
    except ImportError as e:
        raise DeviceFault(FaultCode.DLL_MISSING, "python-sane is not installed") from e
    error: type[Exception] = _sane.error
    try:
        sane.init()
    except error as e:
        raise _fault(e, otherwise=FaultCode.NOT_CONNECTED) from e
    return sane, error


def _fault(error: Exception, otherwise: FaultCode) -> DeviceFault:
    text = str(error)
    return DeviceFault(next((code for part, code in _FAULTS.items() if part in text), otherwise), text)


def _obedient(cancel: Callable[[], None], stop: Stop) -> Callable[[], None]:
    """Looks whether to stop, and if so cancels once from the scanning thread itself: the gentlest way for a backend."""
    def obey() -> None:
        if stop.wanted.is_set() and not stop.obeyed.is_set():
            stop.obeyed.set()
            cancel()

    return obey
