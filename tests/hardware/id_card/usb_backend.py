"""A stand-in for libusb under pyusb, with one card reader behind it: header and body on the endpoints the makers' document names."""

import errno
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from usb.backend import IBackend
from usb.core import USBError, USBTimeoutError

from hardware.faults import DeviceFault
from hardware.simulated.card_reader import CardReaderLogic, MemoryLine

PACKET = 64
ENDPOINTS = (0x02, 0x06, 0x81, 0x85)


class OneReader(IBackend):  # type: ignore[misc]
    def __init__(self, logic: CardReaderLogic, vendor: int = 0x0400, product: int = 0xC35A) -> None:
        self.line = MemoryLine(logic)
        self._ids = vendor, product
        self._command = b""
        self._answer = {0x81: bytearray(), 0x85: bytearray()}
        self.busy = False
        self.written: list[tuple[int, bytes]] = []

    def enumerate_devices(self) -> Iterator[object]:
        yield self

    def get_device_descriptor(self, dev: object) -> SimpleNamespace:
        vendor, product = self._ids
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0110, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0, bMaxPacketSize0=8,
            idVendor=vendor, idProduct=product, bcdDevice=0x0100, iManufacturer=0, iProduct=0, iSerialNumber=0, bNumConfigurations=1,
            address=1, bus=1, port_number=1, port_numbers=(1,), speed=2)

    def get_configuration_descriptor(self, dev: object, config: int) -> SimpleNamespace:
        if config:
            raise IndexError
        return SimpleNamespace(bLength=9, bDescriptorType=2, wTotalLength=46, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
                               bmAttributes=0x80, bMaxPower=50, extra_descriptors=[])

    def get_interface_descriptor(self, dev: object, intf: int, alt: int, config: int) -> SimpleNamespace:
        if intf or alt:
            raise IndexError
        return SimpleNamespace(bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=4, bInterfaceClass=255,
                               bInterfaceSubClass=0, bInterfaceProtocol=0, iInterface=0, extra_descriptors=[])

    def get_endpoint_descriptor(self, dev: object, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        return SimpleNamespace(bLength=7, bDescriptorType=5, bEndpointAddress=ENDPOINTS[ep], bmAttributes=2, wMaxPacketSize=PACKET,
                               bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[])

    def open_device(self, dev: object) -> object:
        return dev

    def close_device(self, dev_handle: object) -> None:
        pass

    def set_configuration(self, dev_handle: object, config_value: int) -> None:
        if self.busy:
            raise USBError("Resource busy", errno=errno.EBUSY)

    def get_configuration(self, dev_handle: object) -> int:
        return 1

    def claim_interface(self, dev_handle: object, intf: int) -> None:
        pass

    def release_interface(self, dev_handle: object, intf: int) -> None:
        pass

    def bulk_write(self, dev_handle: object, ep: int, intf: int, data: Any, timeout: int) -> int:
        piece = bytes(data)
        self.written.append((ep, piece))
        self._command = piece if ep == 0x02 else self._command + piece
        if ep == 0x06:
            self._tell(lambda: self.line.write(self._command))
            answer = b"".join(iter(lambda: self._tell(lambda: self.line.read(4096, 0)), b""))
            self._answer = {0x81: bytearray(answer[:7]), 0x85: bytearray(answer[7:])}
        return len(piece)

    def bulk_read(self, dev_handle: object, ep: int, intf: int, buff: Any, timeout: int) -> int:
        room = len(buff)
        assert room % PACKET == 0, "libusb would call the last packet an overflow"
        assert timeout > 0, "libusb would wait for ever"
        if not self._answer[ep]:
            self._tell(lambda: self.line.read(1, timeout / 1000))
            raise USBTimeoutError("Operation timed out", errno=errno.ETIMEDOUT)
        piece = self._answer[ep][:room]
        del self._answer[ep][:room]
        for at, byte in enumerate(piece):
            buff[at] = byte
        return len(piece)

    @staticmethod
    def _tell(call: Any) -> Any:
        try:
            return call()
        except DeviceFault as e:
            raise USBError("No such device", errno=errno.ENODEV) from e
