"""What hangs on the USB bus, looked at and not opened: ids, names and what each thing says it is.

On Linux from /sys, which needs neither rights nor libusb; elsewhere through pyusb where libusb is installed (not proved here).
"""

import sys
from dataclasses import dataclass
from pathlib import Path

SYSTEM = Path("/sys/bus/usb/devices")
_HUB = 0x09


@dataclass(frozen=True)
class UsbDevice:
    """One thing on the bus."""

    vendor: int
    product: int
    name: str
    """Its own words, maker and product; empty where it tells none or only to those who may open it."""
    classes: frozenset[int]
    """USB class numbers of its interfaces; 3 is left out for a plain keyboard or mouse."""
    driven: bool
    """The system made a serial port of it."""

    @property
    def ids(self) -> str:
        """0400:c35a"""
        return f"{self.vendor:04x}:{self.product:04x}"


def attached(system: Path = SYSTEM) -> tuple[UsbDevice, ...]:
    """Everything on the bus but hubs. Milliseconds."""
    if system.is_dir():
        return tuple(found for path in sorted(system.iterdir()) if ":" not in path.name and (found := _told(path)) is not None)
    return () if sys.platform == "linux" else _through_libusb()


def _told(path: Path) -> UsbDevice | None:
    try:
        vendor, product = int(_line(path / "idVendor"), 16), int(_line(path / "idProduct"), 16)
        if int(_line(path / "bDeviceClass") or "0", 16) == _HUB:
            return None
        interfaces = sorted(path.glob(f"{path.name}:*"))
        told = [(int(_line(one / "bInterfaceClass") or "ff", 16), _line(one / "bInterfaceSubClass")) for one in interfaces]
    except ValueError:      # a root hub without ids, or unplugged while we look
        return None
    name = " ".join(filter(None, (_line(path / "manufacturer"), _line(path / "product"))))
    return UsbDevice(vendor, product, name, frozenset(kind for kind, sub in told if (kind, sub) != (3, "01")),
                     any(child.name.startswith("tty") for one in interfaces for child in one.iterdir()))


def _line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _through_libusb() -> tuple[UsbDevice, ...]:
    try:
        import usb.core

        found = list(usb.core.find(find_all=True))
    except (ImportError, usb.core.NoBackendError, usb.core.USBError):
        return ()
    return tuple(UsbDevice(one.idVendor, one.idProduct, "", _classes(one), driven=False) for one in found if one.bDeviceClass != _HUB)


def _classes(device: object) -> frozenset[int]:
    told = [(one.bInterfaceClass, one.bInterfaceSubClass) for setting in device for one in setting]  # type: ignore[attr-defined]
    return frozenset(kind for kind, sub in told if (kind, sub) != (3, 1))
