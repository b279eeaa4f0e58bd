"""The device page's work: every device with its light, try one out, choose another, see what is attached and what came or went.

A try uses the device as a case would, and what it gives is shown masked and kept nowhere.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from db import journal
from desktop.domain import masking
from desktop.domain.rating import LEVELS
from desktop.flows.case_file import PAPERS
from desktop.flows.desk import Desk
from desktop.flows.devices import NAMES, Attached, Change, SeenFault
from desktop.flows.sign_in import require
from desktop.flows.views import Session
from desktop.recognition.decoding import decode
from desktop.settings import remember_device
from hardware import discovery, registry
from hardware.discovery import Found
from hardware.faults import DeviceFault, FaultCode
from hardware.readings import Image, Light, ScanSettings
from hardware.registry import Kind
from hardware.simulated.announced import is_simulated

Progress = Callable[[int, float], None]
"""(page or step from 1, share of it 0..1); called on the device's lane."""
CARD_WAIT, SIGNING, RATING = 8.0, 60.0, 30.0
"""Seconds a try waits for a person."""
SHOWN = 640
"""Pixels the picture of a try is wide at most."""


@dataclass(frozen=True)
class DeviceCard:
    """One device of this window, for its card on the page."""

    key: str
    kind: Kind
    name: str
    light: Light
    asked: bool
    """False: nobody knows yet how it is."""
    faults: tuple[SeenFault, ...]
    """The last twenty, newest first."""


@dataclass(frozen=True)
class Tried:
    """What a try gave."""

    key: str
    told: str
    """In words, masked."""
    seconds: float
    picture: Image | None = None
    """BGR, small."""


class TendDevices:
    """Look after what stands at the window."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._found: tuple[Found, ...] = ()

    def lights(self) -> tuple[Light, ...]:
        """Every device's light; see Devices.lights."""
        return self._desk.devices.lights()

    def cards(self) -> tuple[DeviceCard, ...]:
        """Every device as it was last known; at once. A kind of paper without a printer of its own has no card."""
        return tuple(_card(one) for one in self._desk.devices.every.values())

    def check(self, key: str) -> DeviceCard:
        """Ask one how it is: seconds when it does not answer."""
        attached = self._desk.devices.every[key]
        attached.light(now=True)
        return _card(attached)

    def look_round(self) -> tuple[Change, ...]:
        """What was plugged in or pulled out; asked every two seconds, from one thread."""
        return self._desk.devices.look_round()

    def found(self) -> tuple[Found, ...]:
        """What was found last; at once."""
        return self._found

    def look(self) -> tuple[Found, ...]:
        """Look again at everything that is seen quickly; the demo offers its own devices only."""
        self._found = discovery.simulated() if self._desk.settings.demo else discovery.look()
        return self._found

    def search(self) -> tuple[Found, ...]:
        """Look again and search for scanners: some twelve seconds."""
        self._found = discovery.simulated() if self._desk.settings.demo else discovery.search()
        return self._found

    def choose(self, session: Session, key: str, address: str | None) -> DeviceCard:
        """Use this device from now on, also after a restart; "" = none, None = what settings.toml says. Raises NotAllowed, OSError.

        A simulated device is gone tomorrow, so it is used but not remembered.
        """
        require(self._desk, session, "devices.choose")
        desk = self._desk
        if key not in desk.devices.every:
            raise KeyError(key)
        simulated = is_simulated(address or "")
        remember_device(desk.settings.home, key, None if simulated else address)
        desk.devices.point(key, desk.settings.devices.get(key, "") if address is None else address)
        with desk.store.transaction() as tx:
            journal.append(tx, desk.clock(), session.user_id, "device.chosen", None, {"device": key})
        return _card(desk.devices.every[key])

    def cancel(self, key: str) -> None:
        """Give up what the device does for somebody: its try ends with CANCELLED. From any thread but not the window's own."""
        self._desk.devices.every[key].cancel()

    def try_out(self, key: str, progress: Progress | None = None) -> Tried:
        """Use it once, as a case would; DeviceFault when it does not work. A printer uses up paper."""
        began = time.monotonic()
        kind = self._desk.devices.every[key].kind
        told = {"reader": self._read, "camera": self._shoot, "portrait": self._shoot, "scanner": self._scan, "printer": self._print,
                "paper_printer": self._print_paper, "signature": self._sign, "rating": self._rate}[kind](key, progress or _deaf)
        return replace(told, seconds=time.monotonic() - began)

    def _read(self, key: str, progress: Progress) -> Tried:
        del progress
        with self._desk.devices.reader.use() as reader:
            module = reader.serial_number()
            card = reader.read(CARD_WAIT)
        photo = "，有照片" if card.photo else ""
        return Tried(key, f"芯片可读：{masking.mask_name(card.name)}，{masking.mask_id(card.number)}{photo}。安全模块 {module[:16]}…", 0)

    def _shoot(self, key: str, progress: Progress) -> Tried:
        del progress
        devices = self._desk.devices
        with (devices.camera if key == "camera" else devices.portrait).use() as camera:
            still = camera.still()
        return Tried(key, f"拍到 {still.width} × {still.height}，{len(still.jpeg) / 1e6:.1f} MB", 0, _small(still.jpeg))

    def _scan(self, key: str, progress: Progress) -> Tried:
        with self._desk.devices.scanner.use() as scanner:
            page = next(iter(scanner.scan(ScanSettings(pages=1, resolution=150), progress)), None)
        if page is None:
            raise DeviceFault(FaultCode.NO_DOCS)
        return Tried(key, f"扫到 {page.width} × {page.height}，{page.resolution} dpi", 0, _small(page.png))

    def _print(self, key: str, progress: Progress) -> Tried:
        from desktop.papers.receipt import test_slip

        del progress
        settings = self._desk.settings
        with self._desk.devices.printer.use() as printer:
            printer.print(test_slip(settings.hall, settings.window, self._desk.clock()))
        return Tried(key, "打印机说打好了，请看凭条上的字和二维码是否清楚", 0)

    def _print_paper(self, key: str, progress: Progress) -> Tried:
        from desktop.papers.test_page import test_page

        del progress
        settings = self._desk.settings
        with self._desk.devices.paper_printer(key.partition(":")[2]).use() as printer:
            job = printer.print(test_page(settings.hall, settings.window, self._desk.clock(), demo=settings.demo), "打印测试页")
        return Tried(key, f"已交给打印队列（{job}），请看打出来没有", 0)

    def _sign(self, key: str, progress: Progress) -> Tried:
        del progress
        with self._desk.devices.signature.use() as pad:
            signature = pad.sign("试签，不作任何用途", SIGNING)
        return Tried(key, f"收到签名 {signature.width} × {signature.height}", 0, _small(signature.png))

    def _rate(self, key: str, progress: Progress) -> Tried:
        del progress
        with self._desk.devices.rating.use() as pad:
            level = pad.ask(RATING)
        return Tried(key, f"收到按键：{LEVELS[level]}", 0)


def _card(attached: Attached[registry.Device]) -> DeviceCard:
    paper = PAPERS.get(attached.key.partition(":")[2])
    name = f"{NAMES[attached.kind]}（{paper}）" if paper else NAMES[attached.kind]
    return DeviceCard(attached.key, attached.kind, name, attached.last(), attached.asked or not attached.address, attached.faults)


def _deaf(page: int, share: float) -> None:
    """Nobody wants to know."""


def _small(picture: bytes) -> Image:
    image, _ = decode(picture)
    step = max(1, -(-image.shape[1] // SHOWN))
    return image[::step, ::step]
