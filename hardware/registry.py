"""From a written address to an opened driver. The dicts below are the list of all there is: a new maker is one line.

serial:/dev/ttyS0?baud=115200 · uvc:NAME?usb=0c45:6366&port=1-1:1.0 · uvc:0 ·
video:/desk.avi · picture:/page.jpg · folder:/saved/here · http://camera/stream · webcamera://127.0.0.1:38088?camidx=0 · tcp://host:9100 ·
file:out.bin · sane: · sane:test:0 · sane:net:host:epson2:libusb:001:004 · sane:airscan:e0:Name · wia:NAME · twain:NAME
Printers besides: usb-printer:04b8:0e15 (or …:SERIAL) · cups:QUEUE · winqueue:NAME, the last two also for A4 papers; file-folder:DIR
takes A4 papers in the demo.
Simulated devices are opened in the demo only. Drivers are imported when first asked for, so that starting stays quick.
"""

import re
from collections.abc import Callable, Container
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import parse_qsl

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from hardware.devices import DocumentCamera, IdCardReader, PageScanner, PaperPrinter, ReceiptPrinter
from hardware.faults import DeviceFault, FaultCode
from hardware.printer.escpos_bytes import fault_of
from hardware.readings import Light
from hardware.simulated.announced import is_simulated

Kind = Literal["reader", "camera", "scanner", "printer"]
D = TypeVar("D")


def open_reader(address: str, demo: bool = False) -> IdCardReader:
    """The card reader at `address`, opened; DeviceFault when it cannot be."""
    return _factory(READERS, address, demo)(address)


def open_camera(address: str, demo: bool = False) -> DocumentCamera:
    """The document camera at `address`, opened and giving pictures; DeviceFault otherwise."""
    return _factory(CAMERAS, address, demo)(address)


def open_scanner(address: str, demo: bool = False) -> PageScanner:
    """The scanner at `address`, asked for its sources; DeviceFault when it does not answer. `sane:` alone = the only one there is."""
    return _factory(SCANNERS, address, demo, alone={"sane:", "wia:", "twain:"})(address)


def open_printer(address: str, demo: bool = False) -> ReceiptPrinter:
    """The receipt printer at `address`, opened; DeviceFault when it cannot be."""
    return _factory(PRINTERS, address, demo)(address)


def open_paper_printer(address: str, demo: bool = False) -> PaperPrinter:
    """The printer for A4 papers at `address`; DeviceFault when this machine has no such queue."""
    if address.startswith("file-folder:") and not demo:
        # papers of real people would lie there for anybody to read, and nothing would ever come out of a printer
        raise DeviceFault(FaultCode.UNSUPPORTED, "a folder takes papers in the demo only")
    return _factory(PAPER_PRINTERS, address, demo)(address)


def list_devices(search: float = 0.0) -> tuple[Light, ...]:
    """What is attached to this machine and could be a reader, a camera or a scanner; looked at, not opened.

    `state` is "ok" for attached; whether it works, `probe` tells. Printers on the network cannot be seen this way. Milliseconds
    with `search` 0: scanners are then those the last search found. A search for scanners takes at most `search` seconds.
    """
    from hardware.scanner.search import Search, last_found

    searching = Search() if search else None      # runs in its own processes while the others are looked at
    from hardware.camera import uvc  # OpenCV takes a moment to import

    ports = [Light("reader", _port_name(port), f"serial:{port.device}", "ok") for port in list_ports.comports()]
    cameras = uvc.attached()
    found = [Light("camera", camera.name, uvc.address_of(camera, cameras), "ok") for camera in cameras]
    scanners = searching.found(search) if searching else last_found()
    return (*ports, *found, *scanners)


def probe(kind: Kind, name: str, address: str, demo: bool = False) -> Light:
    """Open the device, ask it for a sign of life, close it again: up to some ten seconds (a slow UVC camera: 25)."""
    try:
        state: Literal["ok", "warn"] = "ok"
        fault: FaultCode | None = None
        match kind:
            case "reader":
                reader = open_reader(address, demo)
                try:
                    reader.serial_number()
                finally:
                    reader.close()
            case "camera":
                camera = open_camera(address, demo)
                try:
                    camera.preview(640)
                finally:
                    camera.close()
            case "scanner":
                open_scanner(address, demo).close()      # opening asks it for its sources
            case "printer":
                printer = open_printer(address, demo)
                try:
                    status = printer.status()
                finally:
                    printer.close()
                if stopped := fault_of(status):
                    raise stopped
                if status.paper_near_end:
                    state, fault = "warn", FaultCode.PAPER_NEAR_END
    except DeviceFault as e:
        absent = e.code is FaultCode.NOT_CONNECTED
        return Light(kind, name, address, "absent" if absent else "fault", e.code.value, is_simulated(address))
    return Light(kind, name, address, state, fault.value if fault else None, is_simulated(address))


def _sam_reader(address: str) -> IdCardReader:
    from hardware.id_card.sam_serial import SamReader
    from hardware.transports.serial_line import SerialLine

    return SamReader(SerialLine(*_serial(address)))


def _uvc_camera(address: str) -> DocumentCamera:
    from hardware.camera.uvc import UvcCamera

    return UvcCamera(address)


def _video_camera(address: str) -> DocumentCamera:
    from hardware.camera.video_file import VideoFile

    return VideoFile(Path(address.partition(":")[2]))


def _folder_camera(address: str) -> DocumentCamera:
    from hardware.camera.folder import WAIT, FolderCamera

    path, _, query = address.partition(":")[2].partition("?")
    return FolderCamera(Path(path), float(_whole(dict(parse_qsl(query)).get("wait", f"{WAIT:.0f}"), address)))


def _picture_camera(address: str) -> DocumentCamera:
    from hardware.camera.folder import PictureFile

    return PictureFile(Path(address.partition(":")[2]))


def _web_camera(address: str) -> DocumentCamera:
    from hardware.camera.webcamera_http import WebCamera

    return WebCamera(address)


def _mjpeg_camera(address: str) -> DocumentCamera:
    from hardware.camera.mjpeg_http import MjpegCamera

    return MjpegCamera(address)


def _process_scanner(address: str) -> PageScanner:
    from hardware.scanner.process import ProcessScanner

    kind, _, name = address.partition(":")
    return ProcessScanner(kind, name)


def _specimen_scanner(address: str) -> PageScanner:
    if not is_simulated(address):
        raise DeviceFault(FaultCode.UNSUPPORTED, "no simulated scanner of this demo")
    return _process_scanner(address)


def _tcp_printer(address: str) -> ReceiptPrinter:
    from hardware.printer.escpos import EscposPrinter
    from hardware.transports.tcp import TcpLine

    host, _, port = address.removeprefix("tcp://").rstrip("/").rpartition(":")
    if not host:
        host, port = port, "9100"
    number = _whole(port, address)
    return EscposPrinter(TcpLine(host, number), reopen=lambda: TcpLine(host, number))


def _serial_printer(address: str) -> ReceiptPrinter:
    from hardware.printer.escpos import EscposPrinter
    from hardware.transports.serial_line import SerialLine

    path, baud = _serial(address)
    return EscposPrinter(SerialLine(path, baud), reopen=lambda: SerialLine(path, baud))


def _usb_printer(address: str) -> ReceiptPrinter:
    from hardware.printer.escpos import EscposPrinter, OneWayPrinter
    from hardware.transports.usb_printer import UsbPrinterLine

    vendor, _, rest = address.partition(":")[2].partition(":")
    product, _, serial = rest.partition(":")
    ids = _hexadecimal(vendor, address), _hexadecimal(product, address)
    line = UsbPrinterLine(*ids, serial)
    return EscposPrinter(line, reopen=lambda: UsbPrinterLine(*ids, serial)) if line.answers else OneWayPrinter(line)


def _file_printer(address: str) -> ReceiptPrinter:
    from hardware.printer.escpos import OneWayPrinter
    from hardware.transports.file_sink import FileSink

    return OneWayPrinter(FileSink(address.partition(":")[2]))


def _cups_printer(address: str) -> ReceiptPrinter:
    from hardware.printer.spooled import SpooledPrinter
    from hardware.transports.cups_queue import CupsQueue

    return SpooledPrinter(CupsQueue(address.partition(":")[2]))


def _windows_printer(address: str) -> ReceiptPrinter:
    from hardware.printer.spooled import SpooledPrinter
    from hardware.transports.windows_queue import WindowsQueue

    return SpooledPrinter(WindowsQueue(address.partition(":")[2]))


def _cups_paper(address: str) -> PaperPrinter:
    from hardware.printer.paper_queue import CupsPaper
    from hardware.transports.cups_queue import CupsQueue

    return CupsPaper(CupsQueue(address.partition(":")[2]))


def _windows_paper(address: str) -> PaperPrinter:
    from hardware.printer.paper_queue import WindowsPaper
    from hardware.transports.windows_queue import WindowsQueue

    name = address.partition(":")[2]
    return WindowsPaper(WindowsQueue(name), name)


def _folder_paper(address: str) -> PaperPrinter:
    from hardware.printer.paper_queue import FolderPaper

    return FolderPaper(Path(address.partition(":")[2]))


READERS: dict[str, Callable[[str], IdCardReader]] = {"serial": _sam_reader}
CAMERAS: dict[str, Callable[[str], DocumentCamera]] = {
    "uvc": _uvc_camera,
    "video": _video_camera,
    "folder": _folder_camera,
    "picture": _picture_camera,
    "webcamera": _web_camera,
    "http": _mjpeg_camera,
    "https": _mjpeg_camera,
}
SCANNERS: dict[str, Callable[[str], PageScanner]] = {
    "sane": _process_scanner,
    "wia": _process_scanner,
    "twain": _process_scanner,
    "specimen": _specimen_scanner,
}
PRINTERS: dict[str, Callable[[str], ReceiptPrinter]] = {
    "tcp": _tcp_printer,
    "serial": _serial_printer,
    "usb-printer": _usb_printer,
    "file": _file_printer,
    "cups": _cups_printer,
    "winqueue": _windows_printer,
}
PAPER_PRINTERS: dict[str, Callable[[str], PaperPrinter]] = {
    "cups": _cups_paper,
    "winqueue": _windows_paper,
    "file-folder": _folder_paper,
}


def _factory(known: dict[str, Callable[[str], D]], address: str, demo: bool, alone: Container[str] = ()) -> Callable[[str], D]:
    scheme, _, rest = address.partition(":")
    if scheme not in known or not (rest.strip("/") or address in alone):
        raise DeviceFault(FaultCode.UNSUPPORTED, f"no driver for {address!r}; known: {', '.join(known)}")
    if is_simulated(address) and not demo:
        raise DeviceFault(FaultCode.UNSUPPORTED, "a simulated device is opened in the demo only")
    return known[scheme]


def _port_name(port: ListPortInfo) -> str:
    described = port.description not in {None, "", "n/a", port.device}
    return f"{port.device} {port.description}" if described else port.device


def _serial(address: str) -> tuple[str, int]:
    path, _, query = address.partition(":")[2].partition("?")
    return path, _whole(dict(parse_qsl(query)).get("baud", "115200"), address)


def _whole(number: str, address: str) -> int:
    if not number.isdecimal() or not 0 < int(number) < 10**7:
        raise DeviceFault(FaultCode.UNSUPPORTED, f"not a number in {address!r}")
    return int(number)


def _hexadecimal(number: str, address: str) -> int:
    if not re.fullmatch("[0-9A-Fa-f]{4}", number):
        raise DeviceFault(FaultCode.UNSUPPORTED, f"not vendor:product in {address!r}")
    return int(number, 16)
