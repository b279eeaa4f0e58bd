"""A made-up USB bus under pyusb's real code: one printer on it, whose pipes lead to a TCP printer."""

import errno
import select
import socket
from array import array
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

VENDOR, PRODUCT = 0x04B8, 0x0E15
OUT, IN = 0x03, 0x84
"""Not the ones that libraries take for granted."""


class UsbBus(usb.backend.IBackend):  # type: ignore[misc]      # pyusb has no types
    """`one_way`: the printer has no way back. `refuses`: the errno with which opening it fails."""

    def __init__(self, port: int, *, one_way: bool = False, refuses: int = 0) -> None:
        self._port, self._one_way, self._refuses = port, one_way, refuses
        self._socket: socket.socket | None = None
        self.pulled = False
        self.pulled_after: int | None = None
        self.kernel_driver = True
        self.claimed: set[int] = set()

    def plug(self) -> None:
        self.pulled = False

    def enumerate_devices(self) -> Iterator[int]:
        return iter(() if self.pulled else (1,))

    def get_device_descriptor(self, dev: int) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0, bMaxPacketSize0=64,
            idVendor=VENDOR, idProduct=PRODUCT, bcdDevice=0x100, iManufacturer=0, iProduct=0, iSerialNumber=0, bNumConfigurations=1,
            address=1, bus=1, port_number=1, port_numbers=(1,), speed=3)

    def get_configuration_descriptor(self, dev: int, config: int) -> Any:
        if config:
            raise IndexError
        return SimpleNamespace(bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=2, bConfigurationValue=1, iConfiguration=0,
                               bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[])

    def get_interface_descriptor(self, dev: int, intf: int, alt: int, config: int) -> Any:
        if intf > 1 or alt:
            raise IndexError
        kind = (255, 7)[intf]      # a vendor's own interface first, then the printer's
        ends = 0 if intf == 0 else 1 if self._one_way else 2
        return SimpleNamespace(bLength=9, bDescriptorType=4, bInterfaceNumber=intf, bAlternateSetting=0, bNumEndpoints=ends,
                               bInterfaceClass=kind, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[])

    def get_endpoint_descriptor(self, dev: int, ep: int, intf: int, alt: int, config: int) -> Any:
        return SimpleNamespace(bLength=7, bDescriptorType=5, bEndpointAddress=(OUT, IN)[ep], bmAttributes=2, wMaxPacketSize=64,
                               bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[])

    def open_device(self, dev: int) -> int:
        if self._refuses:
            raise usb.core.USBError("refused", errno=self._refuses)
        self._socket = socket.create_connection(("127.0.0.1", self._port), 3)
        return dev

    def close_device(self, dev_handle: int) -> None:
        assert self._socket is not None
        self._socket.close()

    def get_configuration(self, dev_handle: int) -> int:
        return 1

    def claim_interface(self, dev_handle: int, intf: int) -> None:
        if self.kernel_driver:
            raise usb.core.USBError("busy", errno=errno.EBUSY)
        self.claimed.add(intf)

    def release_interface(self, dev_handle: int, intf: int) -> None:
        self.claimed.discard(intf)

    def is_kernel_driver_active(self, dev_handle: int, intf: int) -> bool:
        return self.kernel_driver

    def detach_kernel_driver(self, dev_handle: int, intf: int) -> None:
        self.kernel_driver = False

    def attach_kernel_driver(self, dev_handle: int, intf: int) -> None:
        self.kernel_driver = True

    def bulk_write(self, dev_handle: int, ep: int, intf: int, data: Any, timeout: int) -> int:
        assert (ep, intf) == (OUT, 1)
        assert intf in self.claimed
        wire, said = self._wire(), bytes(data)
        if self.pulled_after is not None:
            said, self.pulled_after = said[: self.pulled_after], self.pulled_after - len(said)
        wire.sendall(said)
        if self.pulled_after is not None and self.pulled_after <= 0:
            self.pulled, self.pulled_after = True, None
            self._wire()
        return len(data)

    def bulk_read(self, dev_handle: int, ep: int, intf: int, buff: "array[int]", timeout: int) -> int:
        assert (ep, intf) == (IN, 1)
        assert timeout > 0, "libusb would wait for ever"
        assert len(buff) % 64 == 0, "a pipe gives whole packets or overflows"
        wire = self._wire()
        if not select.select([wire], [], [], timeout / 1000)[0]:
            raise usb.core.USBTimeoutError("timeout", errno=errno.ETIMEDOUT)
        heard = wire.recv(len(buff))
        buff[: len(heard)] = array("B", heard)
        return len(heard)

    def _wire(self) -> socket.socket:
        if self.pulled:
            raise usb.core.USBError("no such device", errno=errno.ENODEV)
        assert self._socket is not None
        return self._socket
