"""A USB printer as a Transport: the bulk pipes of its printer-class interface (USB class 7), found by descriptor.

python-escpos's Usb is not used: it takes endpoints 0x82/0x01 for granted, resets the printer when it opens it and reads
without a deadline. Not proved here on a real printer; tried through pyusb's own code over a made-up bus.
"""

import errno
import threading
import time
from contextlib import suppress
from typing import Any

from hardware.faults import DeviceFault, FaultCode

PRINTER_CLASS = 7
WRITE_TIMEOUT = 10.0
"""Seconds in which the printer must take each piece; it holds them back while it is out of paper."""
PIECE = 4096
_SLICE = 0.2
"""Seconds of one wait, so that a close from another thread is noticed."""


class UsbPrinterLine:
    """Opens the printer `vendor`:`product` (with `serial` when there are several of a kind) and claims its interface.

    NOT_CONNECTED when there is none, DENIED or BUSY when it may not be had, UNSUPPORTED without pyusb or libusb.
    """

    keeps = False

    def __init__(self, vendor: int, product: int, serial: str = "", backend: Any = None) -> None:
        self._closed = threading.Event()
        self._in_use = threading.Lock()
        self._heard = b""
        self._usb, self._device = _find(vendor, product, serial, backend)
        try:
            self._interface, self._out, self._in = self._claim()
        except self._usb.USBError as e:
            raise _fault(e) from e
        except NotImplementedError as e:
            raise DeviceFault(FaultCode.UNSUPPORTED, f"libusb cannot open it: {e}") from e

    @property
    def answers(self) -> bool:
        """Whether the printer has a way back; a one-way one never says how it is."""
        return self._in is not None

    def write(self, data: bytes) -> None:
        """See Transport."""
        with self._in_use:
            for at in range(0, len(data), PIECE):
                self._refuse_when_closed()
                piece = data[at : at + PIECE]
                try:
                    taken = self._out.write(piece, int(WRITE_TIMEOUT * 1000))
                except self._usb.USBTimeoutError as e:
                    raise DeviceFault(FaultCode.TIMEOUT, "the printer takes no more bytes") from e
                except self._usb.USBError as e:
                    raise self._gone(e) from e
                if taken != len(piece):
                    raise DeviceFault(FaultCode.TIMEOUT, f"the printer took {taken} of {len(piece)} bytes")

    def read(self, size: int, timeout: float) -> bytes:
        """See Transport."""
        deadline = time.monotonic() + timeout
        with self._in_use:
            while not self._heard:
                self._refuse_when_closed()
                if self._in is None:
                    return b""
                left = max(0.0, deadline - time.monotonic())
                try:
                    # Whole packets only, and never 0 ms: libusb takes that for "wait for ever".
                    self._heard = bytes(self._in.read(self._in.wMaxPacketSize, max(1, int(min(left, _SLICE) * 1000))))
                except self._usb.USBTimeoutError:
                    pass
                except self._usb.USBError as e:
                    raise self._gone(e) from e
                if not self._heard:
                    if left <= 0:
                        return b""
                    time.sleep(0.005)      # an empty packet comes at once: printers answer so while they have nothing to say
            heard, self._heard = self._heard[:size], self._heard[size:]
            return heard

    def close(self) -> None:
        """See Transport; the system's own printer driver gets it back."""
        if self._closed.is_set():
            return
        self._closed.set()
        with self._in_use, suppress(self._usb.USBError, NotImplementedError):
            import usb.util

            usb.util.release_interface(self._device, self._interface)
            if self._detached:
                self._device.attach_kernel_driver(self._interface)
            usb.util.dispose_resources(self._device)

    def _claim(self) -> tuple[int, Any, Any]:
        import usb.util

        self._detached = False
        try:
            configuration = self._device.get_active_configuration()
        except self._usb.USBError:
            self._device.set_configuration()
            configuration = self._device.get_active_configuration()
        interface = next((one for one in configuration if one.bInterfaceClass == PRINTER_CLASS), None)
        if interface is None:
            raise DeviceFault(FaultCode.UNSUPPORTED, "it has no printer interface")
        number = interface.bInterfaceNumber
        with suppress(NotImplementedError):      # Windows has no kernel driver to detach
            if self._device.is_kernel_driver_active(number):
                self._device.detach_kernel_driver(number)
                self._detached = True
        usb.util.claim_interface(self._device, number)
        pipes = {usb.util.endpoint_direction(one.bEndpointAddress): one for one in interface
                 if usb.util.endpoint_type(one.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK}
        if usb.util.ENDPOINT_OUT not in pipes:
            raise DeviceFault(FaultCode.UNSUPPORTED, "its printer interface takes no bytes")
        return number, pipes[usb.util.ENDPOINT_OUT], pipes.get(usb.util.ENDPOINT_IN)

    def _refuse_when_closed(self) -> None:
        if self._closed.is_set():
            raise DeviceFault(FaultCode.CANCELLED, "the printer was closed")

    def _gone(self, error: Exception) -> DeviceFault:
        if self._closed.is_set():
            return DeviceFault(FaultCode.CANCELLED, "the printer was closed")
        return _fault(error)


def attached(backend: Any = None) -> tuple[tuple[str, str], ...]:
    """USB printers on this machine as (name, address): looked at, not opened. Empty without pyusb or libusb."""
    try:
        import usb.core
    except ImportError:
        return ()
    try:
        found = list(usb.core.find(find_all=True, backend=backend, custom_match=_prints))
    except (usb.core.NoBackendError, usb.core.USBError):
        return ()
    return tuple((_name(one), f"usb-printer:{one.idVendor:04x}:{one.idProduct:04x}") for one in found)


def _prints(device: Any) -> bool:
    return any(interface.bInterfaceClass == PRINTER_CLASS for configuration in device for interface in configuration)


def _name(device: Any) -> str:
    try:
        return " ".join(filter(None, (device.manufacturer, device.product))) or "USB"
    except (ValueError, NotImplementedError, OSError):      # USBError is an OSError; strings need the right to open it
        return "USB"


def _find(vendor: int, product: int, serial: str, backend: Any) -> tuple[Any, Any]:
    try:
        import usb.core
    except ImportError as e:
        raise DeviceFault(FaultCode.UNSUPPORTED, "USB printers need pyusb") from e
    try:
        for device in usb.core.find(find_all=True, idVendor=vendor, idProduct=product, backend=backend):
            if not serial or _serial_of(device) == serial:
                return usb.core, device
    except usb.core.NoBackendError as e:
        raise DeviceFault(FaultCode.UNSUPPORTED, "USB printers need libusb") from e
    except usb.core.USBError as e:
        raise _fault(e) from e
    raise DeviceFault(FaultCode.NOT_CONNECTED, f"no USB printer {vendor:04x}:{product:04x} {serial}".rstrip())


def _serial_of(device: Any) -> str:
    try:
        return device.serial_number or ""
    except (ValueError, NotImplementedError):
        return ""


def _fault(error: Any) -> DeviceFault:
    code = {errno.EACCES: FaultCode.DENIED, errno.EPERM: FaultCode.DENIED, errno.EBUSY: FaultCode.BUSY}.get(error.errno)
    return DeviceFault(code or FaultCode.NOT_CONNECTED, str(error))
