"""What is attached to this machine: looked at, not opened. Usable things come with their address, the others with the reason.

`glance` takes milliseconds and is asked over and over for hot-plug; `look` also asks the print queues and the makers' local services;
`search` also the scanner libraries, which takes seconds. What is on the network and nobody wrote down cannot be seen.
"""

import http.client
import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from hardware import registry
from hardware.faults import DeviceFault
from hardware.registry import Kind
from hardware.simulated import announced
from hardware.transports import usb_bus
from hardware.transports.usb_bus import UsbDevice

SERVICES = (38088, 6543)
"""Ports on 127.0.0.1 of the document-camera makers' services ("WebCamera" and a build of it)."""
SERVICE_WAIT = 0.4
"""Seconds for each of them; a service on the same machine answers in a few milliseconds."""
SDT_MODULE = "0400:c35a"
READERS = {"10c4:8a1b": "信通", "2015:0008": "森锐", "9573:4836": "亿数"}
"""USB ids of card readers seen in public code whose own protocol is not public: their maker's library speaks it."""
_SEEN_ELSEWHERE = frozenset({0x01, 0x02, 0x07, 0x08, 0x0A, 0x0E, 0xE0})
"""Sound, modem, printer, disk, its data, video, radio: listed as what they are, or of no use at a window."""
_BY_ID = Path("/dev/serial/by-id")


@dataclass(frozen=True)
class Found:
    """One thing that is attached."""

    kinds: tuple[Kind, ...]
    """What it could be used as; empty when nobody knows."""
    name: str
    address: str
    """For the settings when `reason` is empty; otherwise only to tell it from others."""
    reason: str = ""
    """Why it cannot be used: a wording code."""
    maker: str = ""


def glance() -> tuple[Found, ...]:
    """Serial ports, cameras and the USB bus; a few milliseconds."""
    from hardware.camera import uvc
    from hardware.transports import usb_printer

    ports = [_port(port) for port in list_ports.comports()]
    cameras = uvc.attached()
    seen = [Found(("camera", "portrait"), one.name, uvc.address_of(one, cameras)) for one in cameras]
    printers = [Found(("printer",), name, address) for name, address in usb_printer.attached()]
    serial_ids = {(port.vid, port.pid) for port in list_ports.comports()}
    bus = [found for one in usb_bus.attached() if (one.vendor, one.product) not in serial_ids and (found := usb_found(one)) is not None]
    return (*ports, *seen, *printers, *bus)


def look() -> tuple[Found, ...]:
    """All that can be seen quickly: `glance`, print queues, local services, and the scanners of the last search."""
    from hardware.scanner.search import last_found
    from hardware.transports import cups_queue, windows_queue

    queues = [*(("cups", name) for name in cups_queue.queues()), *(("winqueue", name) for name in windows_queue.queues())]
    services = [found for port in SERVICES for found in service_found(port)]
    scanners = [Found(("scanner",), light.name, light.address) for light in last_found()]
    return (*glance(), *(Found(("paper_printer", "printer"), name, f"{scheme}:{name}") for scheme, name in queues), *services, *scanners)


def search(seconds: float = 12.0) -> tuple[Found, ...]:
    """`look` after asking every scanner library, at most so long. It wakes the network: only when somebody wants it."""
    from hardware.scanner.search import Search

    Search().found(seconds)
    return look()


def simulated() -> tuple[Found, ...]:
    """What may be chosen in the demo."""
    return tuple(Found(cast("tuple[Kind, ...]", kinds), name, address) for kinds, name, address in announced.offers())


def present(address: str) -> bool | None:
    """Whether the device of a written address is plugged in; None when that cannot be seen without opening it. Milliseconds."""
    scheme, _, rest = address.partition(":")
    place = rest.partition("?")[0]
    match scheme:
        case "serial" | "serial-rating":
            return any(port.device == place for port in list_ports.comports()) if sys.platform == "win32" else Path(place).exists()
        case "uvc" if place.isdecimal():
            return Path(f"/dev/video{place}").exists() if sys.platform == "linux" else None
        case "uvc":
            return _camera_there(address)
        case "usb" | "usb-printer":
            bus = usb_bus.attached()
            return place[:9].lower() in {one.ids for one in bus} if bus else None
        case "folder" | "picture" | "video":
            return Path(place).exists()
    return None


MACHINERY = ("scanning", "queues", "usb")
"""What `machinery` tells of."""


def machinery() -> dict[str, str]:
    """What the drivers lean on, by name -> the libraries or what they hold; empty where this machine has none of it."""
    from hardware.transports import cups_queue, windows_queue

    queues = windows_queue.queues() if sys.platform == "win32" else cups_queue.queues()
    scanning = ("twain", "comtypes") if sys.platform == "win32" else ("sane",)
    return {"scanning": _there(*scanning), "queues": ", ".join(queues), "usb": _there("usb") if usb_bus.SYSTEM.is_dir() else ""}


def _there(*modules: str) -> str:
    """Those that can be imported; of packages an installed program has no metadata."""
    return ", ".join(name for name in modules if find_spec(name) is not None)


def usb_found(device: UsbDevice) -> Found | None:
    """A thing on the USB bus as it is listed; None for what is listed elsewhere (ports, cameras, printers) or is no device of a window."""
    address = f"usb:{device.ids}"
    if device.ids == SDT_MODULE:
        return Found(("reader",), device.name or "SDT 身份证模块", address)
    if maker := READERS.get(device.ids):
        return Found(("reader",), device.name or f"{maker}读卡器", address, reason="found.needs_library", maker=maker)
    if device.driven or not device.classes - _SEEN_ELSEWHERE:
        return None
    return Found((), device.name or "USB", address, reason="found.unknown")


def service_found(port: int) -> tuple[Found, ...]:
    """What a maker's service on this machine offers; nothing when nobody answers there."""
    told = _asked(port)
    if told is None:
        return ()
    base = f"webcamera://127.0.0.1:{port}"
    if not isinstance(told, dict) or "code" not in told:
        return (Found((), f"127.0.0.1:{port}", base, reason="found.unknown_service"),)
    name = told.get("data") if isinstance(told.get("data"), str) and told.get("data") else "WebCamera"
    offered: tuple[tuple[Kind, str, str], ...] = (
        ("camera", f"{name}（主摄像头）", "?camidx=0"), ("portrait", f"{name}（副摄像头）", "?camidx=1"), ("reader", f"{name}（读卡）", ""),
        ("signature", f"{name}（签字屏）", "?pad=GW500A"))
    return tuple(Found((kind,), words, base + settings) for kind, words, settings in offered if registry.knows(kind, base + settings))


def _asked(port: int) -> object:
    """What the service says to a harmless question: JSON, "" when it is something else, None when nobody is there."""
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=SERVICE_WAIT)
    try:
        wire.connect()
    except OSError:
        wire.close()
        return None
    try:
        wire.request("POST", "/device=getequipmenttype", "{}", {"Content-Type": "application/json"})
        with wire.getresponse() as answer:
            said = answer.read(4096)
        told: object = json.loads(said)
    except (OSError, http.client.HTTPException, ValueError):
        return ""
    else:
        return told
    finally:
        wire.close()


def _camera_there(address: str) -> bool:
    from hardware.camera import uvc

    with suppress(DeviceFault):
        uvc.find(address, uvc.attached())
        return True
    return False


def _port(port: ListPortInfo) -> Found:
    described = port.description not in {None, "", "n/a", port.device}
    name = f"{port.device} {port.description}" if described else port.device
    return Found(("reader", "printer"), name, f"serial:{_lasting(port.device)}")


def _lasting(device: str) -> str:
    """The name a port keeps when it is plugged in again: /dev/serial/by-id/… where the system gives one."""
    links = _BY_ID.iterdir() if _BY_ID.is_dir() else ()
    return next((str(link) for link in sorted(links) if link.resolve() == Path(device)), device)
