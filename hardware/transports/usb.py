"""The SDT module of a card reader on USB as a Transport: pyusb's bulk transfers, a frame's header and body on different endpoints.

Not proved here: a real device. Both public sources of the endpoints go back to one maker's document, and say "header" and "body"
without sizes; 7 bytes (preamble and length) is our reading. The tests run this file over a stand-in for libusb.
"""

import time
from threading import Event
from typing import Any

import usb.core
import usb.util

from hardware.faults import DeviceFault, FaultCode

HEADER_SIZE = 7
HEADER_OUT, BODY_OUT, HEADER_IN, BODY_IN = 0x02, 0x06, 0x81, 0x85
KNOWN = {
    (0x0400, 0xC35A): "SDT 身份证模块", (0x10C4, 0x8A1B): "信通读卡器", (0x2015, 0x0008): "森锐读卡器", (0x9573, 0x4836): "亿数读卡器",
}  # fmt: skip
"""USB ids of readers seen in public code (vendor, product)."""
WRITE_TIMEOUT = 2.0
_PACKET = 64
_SHORT_WAIT = 0.2
"""Seconds of one transfer: libusb's cannot be broken off from another thread, so `close` is noticed between two."""


class UsbModule:
    """`vendor` and `product` as in KNOWN; NOT_CONNECTED, BUSY, or UNSUPPORTED when libusb is not installed."""

    def __init__(self, vendor: int, product: int, backend: Any = None) -> None:
        self._closed = Event()
        self._left = 0
        """Bytes of the answer's body that are still to come from the other endpoint."""
        self._header = b""
        """What has come of a header."""
        self._heard = bytearray()
        try:
            self._device = usb.core.find(idVendor=vendor, idProduct=product, backend=backend)
        except usb.core.NoBackendError as e:
            raise DeviceFault(FaultCode.UNSUPPORTED, "libusb is not installed") from e
        if self._device is None:
            raise DeviceFault(FaultCode.NOT_CONNECTED, f"no USB device {vendor:04x}:{product:04x}")
        try:
            self._device.set_configuration()
            usb.util.claim_interface(self._device, 0)
        except usb.core.USBError as e:
            usb.util.dispose_resources(self._device)
            raise DeviceFault(FaultCode.BUSY, f"{vendor:04x}:{product:04x}: {e}") from e

    def write(self, data: bytes) -> None:
        """See Transport; `data` is one frame."""
        self._refuse_when_closed()
        self._left, self._header = 0, b""
        self._heard.clear()
        for endpoint, part in ((HEADER_OUT, data[:HEADER_SIZE]), (BODY_OUT, data[HEADER_SIZE:])):
            try:
                self._device.write(endpoint, part, round(WRITE_TIMEOUT * 1000))
            except usb.core.USBTimeoutError as e:
                raise DeviceFault(FaultCode.TIMEOUT, "the reader takes no bytes") from e
            except usb.core.USBError as e:
                raise self._gone(e) from e

    def read(self, size: int, timeout: float) -> bytes:
        """See Transport."""
        deadline = time.monotonic() + timeout
        while not self._heard:
            self._refuse_when_closed()
            left = deadline - time.monotonic()
            self._heard += self._transfer(min(max(left, 0.0), _SHORT_WAIT))
            if left <= 0:
                break
        heard = bytes(self._heard[:size])
        del self._heard[:size]
        return heard

    def close(self) -> None:
        """See Transport."""
        if not self._closed.is_set():
            self._closed.set()
            usb.util.dispose_resources(self._device)

    def _transfer(self, seconds: float) -> bytes:
        endpoint, wanted = (BODY_IN, self._left) if self._left else (HEADER_IN, _PACKET)
        # Room for whole packets, or libusb calls the last one an overflow.
        room = -(-wanted // _PACKET) * _PACKET
        try:
            # libusb takes 0 for "no limit".
            heard = bytes(self._device.read(endpoint, room, max(1, round(seconds * 1000))))
        except usb.core.USBTimeoutError:
            return b""
        except usb.core.USBError as e:
            raise self._gone(e) from e
        if endpoint == BODY_IN:
            self._left = max(0, self._left - len(heard))
            return heard
        self._header += heard
        if len(self._header) >= HEADER_SIZE:
            # What came behind the header on the same endpoint is body already.
            promised = int.from_bytes(self._header[5:7], "big")
            self._left = max(0, promised - (len(self._header) - HEADER_SIZE))
            self._header = b""
        return heard

    def _refuse_when_closed(self) -> None:
        if self._closed.is_set():
            raise DeviceFault(FaultCode.CANCELLED, "the device was closed")

    def _gone(self, error: Exception) -> DeviceFault:
        if self._closed.is_set():
            return DeviceFault(FaultCode.CANCELLED, "the device was closed")
        return DeviceFault(FaultCode.NOT_CONNECTED, str(error))
