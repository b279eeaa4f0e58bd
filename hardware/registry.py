"""From a written address to an opened driver. The dicts below are the list of all there is: a new maker is one line.

serial:/dev/ttyS0?baud=115200 · uvc:NAME?usb=0c45:6366&port=1-1:1.0 · uvc:0 ·
video:/desk.avi · picture:/page.jpg · folder:/saved/here · http://camera/stream · webcamera://127.0.0.1:38088?camidx=0 · tcp://host:9100 ·
file:out.bin · sane: · sane:test:0 · sane:net:host:epson2:libusb:001:004 · sane:airscan:e0:Name · wia:NAME · twain:NAME
Card readers besides: usb:0400:c35a · sdtapi:C:/…/sdtapi.dll?port=1001&python=C:/…/python.exe · termb:C:/…/termb.dll ·
webcamera://127.0.0.1:38088?number=cardID, each with &photo=C:/…/WltRS.dll where the picture is wanted.
Signature: webcamera://127.0.0.1:38088?pad=GW500A; rating: serial-rating:/dev/ttyUSB1?baud=9600&map=31:1,32:2,33:3,34:4,35:5.
Printers besides: usb-printer:04b8:0e15 (or …:SERIAL) · cups:QUEUE · winqueue:NAME, the last two also for A4 papers; file-folder:DIR
takes A4 papers in the demo.
Simulated devices are opened in the demo only. Drivers are imported when first asked for, so that starting stays quick.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar, cast
from urllib.parse import parse_qsl

from hardware.devices import DocumentCamera, IdCardReader, PageScanner, PaperPrinter, RatingPad, ReceiptPrinter, SignaturePad, Transport
from hardware.faults import DeviceFault, FaultCode
from hardware.readings import Light
from hardware.simulated.announced import is_simulated

if TYPE_CHECKING:
    from hardware.transports.vendor_library import VendorLibrary

Kind = Literal["reader", "camera", "portrait", "scanner", "printer", "paper_printer", "signature", "rating"]
"""What stands at a window; `portrait` is the second camera, which looks at the person."""
Device = IdCardReader | DocumentCamera | PageScanner | ReceiptPrinter | PaperPrinter | SignaturePad | RatingPad
ALONE = {"sane:", "wia:", "twain:"}
"""Addresses that need no name: the only scanner there is."""
D = TypeVar("D")


def open_reader(address: str, demo: bool = False) -> IdCardReader:
    """The card reader at `address`, opened; DeviceFault when it cannot be.

    Any address may end in ?photo=LIBRARY (and &photo_python=INTERPRETER), which decodes the chip's picture.
    """
    return _with_photo(address, _made(READERS, address, demo))


def record_reader(address: str, out: Path, demo: bool = False) -> IdCardReader:
    """As open_reader; when it is closed, all that crossed its wire stands in `out`, with every person taken out of it.

    UNSUPPORTED for readers without a wire of ours (makers' libraries and services).
    """
    from hardware.id_card.sam_serial import SamReader
    from hardware.id_card.scrub import scrub
    from hardware.transports.recorded import RecordedLine

    wire = _made(READER_WIRES, address, demo)
    return SamReader(RecordedLine(wire, out, f"card reader, {address.partition(':')[0]}", scrub))


def record_keypad(address: str, out: Path, demo: bool = False) -> Transport:
    """The open line of a rating keypad whose bytes nobody knows yet (no map= needed); closing it writes `out`. Keys name nobody."""
    from hardware.transports.recorded import RecordedLine
    from hardware.transports.serial_line import SerialLine

    _factory(RATING_PADS, address, demo)
    line = SerialLine(_place(address), _whole(_settings(address).get("baud", "9600"), address))
    return RecordedLine(line, out, "rating keypad, serial", lambda pieces: pieces)


def open_camera(address: str, demo: bool = False) -> DocumentCamera:
    """The document camera at `address`, opened and giving pictures; DeviceFault otherwise."""
    return _made(CAMERAS, address, demo)


def open_scanner(address: str, demo: bool = False) -> PageScanner:
    """The scanner at `address`, asked for its sources; DeviceFault when it does not answer. `sane:` alone = the only one there is."""
    return _made(SCANNERS, address, demo)


def open_printer(address: str, demo: bool = False) -> ReceiptPrinter:
    """The receipt printer at `address`, opened; DeviceFault when it cannot be."""
    return _made(PRINTERS, address, demo)


def open_paper_printer(address: str, demo: bool = False) -> PaperPrinter:
    """The printer for A4 papers at `address`; DeviceFault when this machine has no such queue."""
    if address.startswith("file-folder:") and not demo:
        # papers of real people would lie there for anybody to read, and nothing would ever come out of a printer
        raise DeviceFault(FaultCode.UNSUPPORTED, "a folder takes papers in the demo only")
    return _made(PAPER_PRINTERS, address, demo)


def open_signature_pad(address: str, demo: bool = False) -> SignaturePad:
    """The signature pad at `address`; nothing is touched before it is used (its service may come later)."""
    return _made(SIGNATURE_PADS, address, demo)


def open_rating_pad(address: str, demo: bool = False) -> RatingPad:
    """The rating keypad at `address`, its port opened; DeviceFault when it cannot be."""
    return _made(RATING_PADS, address, demo)


def open_device(kind: Kind, address: str, demo: bool = False) -> Device:
    """The driver of any kind for a written address, opened; DeviceFault when it cannot be."""
    openers: dict[Kind, Callable[[str, bool], Device]] = {
        "reader": open_reader, "camera": open_camera, "portrait": open_camera, "scanner": open_scanner, "printer": open_printer,
        "paper_printer": open_paper_printer, "signature": open_signature_pad, "rating": open_rating_pad,
    }  # fmt: skip
    return openers[kind](address, demo)


def knows(kind: Kind, address: str) -> bool:
    """Whether there is a driver for an address of this form; nothing is touched."""
    scheme, _, rest = address.partition(":")
    return scheme in drivers(kind) and bool(rest.strip("/") or address in ALONE)


def drivers(kind: Kind) -> tuple[str, ...]:
    """What an address of this kind may begin with."""
    known: dict[Kind, Mapping[str, object]] = {
        "reader": READERS, "camera": CAMERAS, "portrait": CAMERAS, "scanner": SCANNERS, "printer": PRINTERS,
        "paper_printer": PAPER_PRINTERS, "signature": SIGNATURE_PADS, "rating": RATING_PADS,
    }  # fmt: skip
    return tuple(known[kind])


def sign_of_life(kind: Kind, device: Device) -> FaultCode | None:
    """Ask an open device how it is: None or what only warns. Raises DeviceFault when it is not well."""
    match kind:
        case "reader":
            cast("IdCardReader", device).serial_number()
        case "camera" | "portrait":
            cast("DocumentCamera", device).preview(160)
        case "scanner":
            cast("PageScanner", device).sources()
        case "printer":
            from hardware.printer.escpos_bytes import fault_of  # brings the drawing of pictures with it

            status = cast("ReceiptPrinter", device).status()
            if stopped := fault_of(status):
                raise stopped
            return FaultCode.PAPER_NEAR_END if status.paper_near_end else None
        case "paper_printer" | "signature" | "rating":
            cast("PaperPrinter | SignaturePad | RatingPad", device).alive()
    return None


def probe(kind: Kind, name: str, address: str, demo: bool = False) -> Light:
    """Open the device, ask it for a sign of life, close it again: up to some ten seconds (a slow UVC camera: 25)."""
    try:
        device = open_device(kind, address, demo)
        try:
            warned = sign_of_life(kind, device)
        finally:
            device.close()
    except DeviceFault as e:
        absent = e.code is FaultCode.NOT_CONNECTED
        return Light(kind, name, address, "absent" if absent else "fault", e.code.value, is_simulated(address))
    return Light(kind, name, address, "warn" if warned else "ok", warned.value if warned else None, is_simulated(address))


def _sam_reader(address: str) -> IdCardReader:
    from hardware.id_card.sam_serial import SamReader

    wire = READER_WIRES[address.partition(":")[0]](address)
    return SamReader(wire, newest=_settings(address).get("newest") != "no")


def _serial_wire(address: str) -> Transport:
    from hardware.transports.serial_line import SerialLine

    return SerialLine(*_serial(address))


def _usb_wire(address: str) -> Transport:
    try:
        from hardware.transports.usb import UsbModule
    except ImportError as e:
        raise DeviceFault(FaultCode.UNSUPPORTED, "pyusb is not installed") from e

    try:
        vendor, product = (int(part, 16) for part in _place(address).split(":"))
    except ValueError as e:
        raise DeviceFault(FaultCode.UNSUPPORTED, f"not usb:VENDOR:PRODUCT in {address!r}") from e
    return UsbModule(vendor, product)


def _sdtapi_reader(address: str) -> IdCardReader:
    from hardware.id_card.sdtapi import reader_of

    return reader_of(_library(address), _library_port(address))


def _termb_reader(address: str) -> IdCardReader:
    from hardware.id_card.termb import TermbReader

    return TermbReader(_library(address), _library_port(address))


def _library(address: str) -> "VendorLibrary":
    from hardware.transports.vendor_library import VendorLibrary

    return VendorLibrary(_place(address), _settings(address).get("python", ""))


def _library_port(address: str) -> int | None:
    port = _settings(address).get("port")
    return None if port is None else _whole(port, address)


def _webcamera_reader(address: str) -> IdCardReader:
    from hardware.id_card.webcamera_http import FIELDS, WebCameraReader

    host, _, port = _place(address).strip("/").rpartition(":")
    asked = _settings(address)
    return WebCameraReader(host, _port(port, address), asked.pop("path", "card=idcard"),
                           {ours: theirs for ours, theirs in asked.items() if ours in FIELDS})


def _with_photo(address: str, reader: IdCardReader) -> IdCardReader:
    asked = _settings(address)
    # Where the reader is a service that gives pictures, photo= is the name of its field.
    if not asked.get("photo") or address.startswith("webcamera:"):
        return reader
    from hardware.id_card.photo import PhotoDecoder, ReaderWithPhoto
    from hardware.transports.vendor_library import VendorLibrary

    return ReaderWithPhoto(reader, PhotoDecoder(VendorLibrary(asked["photo"], asked.get("photo_python", ""))))


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
    number = _port(port, address)
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


def _webcamera_pad(address: str) -> SignaturePad:
    from hardware.signature.webcamera_http import WebCameraPad

    return WebCameraPad(address)


def _serial_keypad(address: str) -> RatingPad:
    from hardware.rating.key_codes import parse_map
    from hardware.rating.serial_keypad import SerialKeypad
    from hardware.transports.serial_line import SerialLine

    path, _, query = address.partition(":")[2].partition("?")
    told = dict(parse_qsl(query))
    codes = parse_map(told.get("map", ""))
    baud = _whole(told.get("baud", "9600"), address)
    return SerialKeypad(SerialLine(path, baud), codes, f"{path} {baud}")


READERS: dict[str, Callable[[str], IdCardReader]] = {
    "serial": _sam_reader,
    "usb": _sam_reader,
    "sdtapi": _sdtapi_reader,
    "termb": _termb_reader,
    "webcamera": _webcamera_reader,
}
READER_WIRES: dict[str, Callable[[str], Transport]] = {"serial": _serial_wire, "usb": _usb_wire}
"""The readers that speak the module's own frames, by what carries them."""
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
SIGNATURE_PADS: dict[str, Callable[[str], SignaturePad]] = {"webcamera": _webcamera_pad}
RATING_PADS: dict[str, Callable[[str], RatingPad]] = {"serial-rating": _serial_keypad}


def _factory(known: dict[str, Callable[[str], D]], address: str, demo: bool) -> Callable[[str], D]:
    scheme, _, rest = address.partition(":")
    if scheme not in known or not (rest.strip("/") or address in ALONE):
        raise DeviceFault(FaultCode.UNSUPPORTED, f"no driver for {address!r}; known: {', '.join(known)}")
    if is_simulated(address) and not demo:
        raise DeviceFault(FaultCode.UNSUPPORTED, "a simulated device is opened in the demo only")
    return known[scheme]


def _made(known: dict[str, Callable[[str], D]], address: str, demo: bool) -> D:
    make = _factory(known, address, demo)
    try:
        return make(address)
    except (ValueError, OverflowError) as e:      # what no path and no host can be: a zero byte, half a bracket, a port beyond the last
        raise DeviceFault(FaultCode.UNSUPPORTED, f"not an address: {e}") from e


def _serial(address: str) -> tuple[str, int]:
    return _place(address), _whole(_settings(address).get("baud", "115200"), address)


def _place(address: str) -> str:
    return address.partition(":")[2].partition("?")[0]


def _settings(address: str) -> dict[str, str]:
    return dict(parse_qsl(address.partition("?")[2]))


def _whole(number: str, address: str) -> int:
    if not number.isdecimal() or not 0 < int(number) < 10**7:
        raise DeviceFault(FaultCode.UNSUPPORTED, f"not a number in {address!r}")
    return int(number)


def _port(number: str, address: str) -> int:
    if (port := _whole(number, address)) > 65535:
        raise DeviceFault(FaultCode.UNSUPPORTED, f"no port in {address!r}")
    return port


def _hexadecimal(number: str, address: str) -> int:
    if not re.fullmatch("[0-9A-Fa-f]{4}", number):
        raise DeviceFault(FaultCode.UNSUPPORTED, f"not vendor:product in {address!r}")
    return int(number, 16)
