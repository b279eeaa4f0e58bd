"""The devices at this window: opened when first used, opened again after a fault, their lights, what came and went.

One lock per device: a driver is used from one thread at a time, and a light never waits behind a long read. What a person does with
them on the device page is tend_devices.py.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, Protocol, TypeVar, cast, runtime_checkable

from hardware import discovery, registry
from hardware.devices import DocumentCamera, IdCardReader, PageScanner, PaperPrinter, RatingPad, ReceiptPrinter, SignaturePad
from hardware.discovery import Found
from hardware.faults import DeviceFault, FaultCode
from hardware.readings import Light
from hardware.registry import Kind
from hardware.simulated.announced import is_simulated

Device = TypeVar("Device", bound=registry.Device)

KINDS: tuple[Kind, ...] = ("reader", "camera", "portrait", "scanner", "printer", "paper_printer", "signature", "rating")
KEPT_FAULTS = 20

_NOBODYS_FAULT = {
    FaultCode.NO_CARD, FaultCode.CARD_REFUSED, FaultCode.CARD_LOST, FaultCode.CARD_UNKNOWN, FaultCode.CANCELLED, FaultCode.NO_DOCS,
}
"""The device did its work: there was no card, no paper, or somebody gave up."""
_WELL = _NOBODYS_FAULT - {FaultCode.CANCELLED}
"""Who says this has answered: whatever was wrong with the connection is over."""
_STILL_CONNECTED = _NOBODYS_FAULT | {
    FaultCode.PAPER_OUT, FaultCode.PAPER_NEAR_END, FaultCode.COVER_OPEN, FaultCode.CUTTER, FaultCode.NOT_CONFIRMED, FaultCode.JAMMED,
    FaultCode.SCANNER_COVER, FaultCode.PAGE_TORN, FaultCode.QUEUE_STOPPED,
}
"""Faults of the card or the paper: the connection itself is well."""
_ASKS_PEOPLE: tuple[Kind, ...] = ("signature", "rating")
"""Silence of these is a person who does not answer."""
_REST: dict[Kind, float] = {"portrait": 600.0, "scanner": 120.0, "paper_printer": 30.0, "signature": 20.0}
"""Seconds between two signs of life where asking costs: a lamp, a search on the network, a program to start."""
_REST_IN_FAULT = 20.0
"""What is mended is to be seen soon; a scanner that does not answer takes half a minute to say so, and is left alone."""
_LET_GO: tuple[Kind, ...] = ("portrait", "paper_printer")
"""Not held between two uses: nobody likes a camera that looks at them all day."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SeenFault:
    """Something that went wrong, and when."""

    at: datetime
    code: str


@dataclass(frozen=True)
class Change:
    """A device came or went."""

    kind: Kind | None
    """None: nobody knows what it is."""
    name: str
    came: bool
    ours: bool
    """It is set up at this window; otherwise only found."""
    usable: bool = True


class Attached(Generic[Device]):
    """One device by its address. `key` is its kind, for a paper printer of its own paper_printer:KIND OF PAPER."""

    def __init__(self, key: str, address: str, *, demo: bool, clock: Callable[[], datetime]) -> None:
        self.key = key
        self.kind = cast("Kind", key.partition(":")[0])
        self.address = address
        self._demo = demo
        self._clock = clock
        self._lock = threading.Lock()
        self._closing = threading.Lock()
        self._device: Device | None = None
        self._fault: FaultCode | None = None
        self._felt: float | None = None
        self._seen: deque[SeenFault] = deque(maxlen=KEPT_FAULTS)

    @property
    def asked(self) -> bool:
        """Whether anything is known of it yet."""
        return self._felt is not None

    @property
    def faults(self) -> tuple[SeenFault, ...]:
        """The last ones, newest first."""
        return tuple(reversed(self._seen))

    @contextmanager
    def use(self) -> Iterator[Device]:
        """The open device, for one thread at a time. A broken connection is dropped and opened anew next time."""
        with self._lock, self._opened() as device:
            yield device
            if self._fault is not FaultCode.PAPER_NEAR_END:
                self._note(None)

    @contextmanager
    def _opened(self) -> Iterator[Device]:
        if not self.address:
            raise DeviceFault(FaultCode.NOT_CONNECTED, f"no {self.kind} is set up")
        try:
            if self._device is None:
                with self._closing:      # who cancels ends the waiting read first and lets go of the port a moment later
                    pass
                self._device = self._open()
            yield self._device
        except DeviceFault as fault:
            unanswered = fault.code is FaultCode.TIMEOUT and self.kind in _ASKS_PEOPLE
            nothing_new = fault.code is FaultCode.NO_FRAME and self.address.startswith("folder:")      # a person saves the pictures
            if fault.code not in _STILL_CONNECTED and not unanswered and not nothing_new:
                self._drop()
            if fault.code not in _NOBODYS_FAULT and not unanswered and not nothing_new:
                self._note(fault.code, fault.detail)
            elif (fault.code in _WELL or nothing_new) and self._fault not in _STILL_CONNECTED:
                self._note(None)
            raise
        finally:
            self._felt = time.monotonic()
            if self.kind in _LET_GO:
                self._drop()

    def _open(self) -> Device:
        try:
            return cast("Device", registry.open_device(self.kind, self.address, self._demo))
        except DeviceFault:
            raise
        except Exception as e:      # a driver's mistake costs its own device, not the others and not the program
            _log.exception("%s could not be opened", self.key)
            raise DeviceFault(FaultCode.BAD_ANSWER, type(e).__name__) from e

    def light(self, *, now: bool = False) -> Light:
        """How it feels; while it is busy, or was asked a moment ago (unless `now`), what was last known."""
        if self.address and (now or self._is_due()) and self._lock.acquire(blocking=False):
            try:
                with suppress(DeviceFault), self._opened() as device:      # a fault has been noted
                    self._note(registry.sign_of_life(self.kind, device))
            finally:
                self._lock.release()
        return self.last()

    def last(self) -> Light:
        """What was last known; nothing is asked."""
        state: Literal["ok", "warn", "fault", "absent"] = "ok"
        if not self.address:
            state = "absent"
        elif self._fault is not None:
            state = "warn" if self._fault is FaultCode.PAPER_NEAR_END else "fault"
        return Light(kind=self.kind, name=NAMES[self.kind], address=self.address, state=state,
                     fault=self._fault.value if self._fault and self.address else None, simulated=is_simulated(self.address))

    def cancel(self) -> None:
        """End what it is doing for somebody: that ends with CANCELLED. From any thread; the device works again at its next use."""
        device = self._device
        if isinstance(device, _Cancels):
            device.cancel()
        else:
            self._drop()

    def lost(self) -> None:
        """The system says that it was unplugged. One that is in use notices for itself."""
        if self._lock.acquire(blocking=False):
            try:
                self._drop()
                self._note(FaultCode.NOT_CONNECTED, "unplugged")
            finally:
                self._lock.release()

    def found_again(self) -> None:
        """It is plugged in: ask it at the next look."""
        self._felt = None

    def point_to(self, address: str) -> None:
        """Another device takes its place; whatever the old one does ends first."""
        self.cancel()
        with self._lock:
            self._drop()
            self.address, self._fault, self._felt = address, None, None

    def close(self) -> None:
        """Let it go; a read that waits ends with a fault."""
        self._drop()

    def _is_due(self) -> bool:
        rest = _REST.get(self.kind, 0.0)
        if self._fault is not None and self.kind != "scanner":
            rest = min(rest, _REST_IN_FAULT)
        return self._felt is None or time.monotonic() - self._felt >= rest

    def _note(self, code: FaultCode | None, detail: str = "") -> None:
        """A light asks every few seconds: the same fault is told once."""
        if code is not None and code is not self._fault:
            self._seen.append(SeenFault(self._clock(), code.value))
            _log.warning("%s: %s %s", self.key, code.value, detail)
        self._fault = code

    def _drop(self) -> None:
        with self._closing:
            device, self._device = self._device, None
            if device is not None:
                device.close()


@runtime_checkable
class _Cancels(Protocol):
    def cancel(self) -> None: ...


NAMES: Mapping[Kind, str] = {
    "reader": "读卡器", "camera": "高拍仪", "portrait": "人像摄像头", "scanner": "扫描仪", "printer": "打印机",
    "paper_printer": "A4 打印机", "signature": "签字屏", "rating": "评价器",
}


class Devices:
    """What is attached and how it feels."""

    def __init__(self, addresses: Mapping[str, str], *, demo: bool, clock: Callable[[], datetime]) -> None:
        """`addresses`: key -> address, empty = none; keys as in Attached. None is touched before it is used."""
        self._demo = demo
        wanted = dict.fromkeys(KINDS, "") | dict(addresses)
        self.every: dict[str, Attached[registry.Device]] = {
            key: Attached(key, address, demo=demo, clock=clock) for key, address in wanted.items()}
        self._glance: frozenset[Found] | None = None
        self._there: dict[str, bool | None] = {}

    @property
    def reader(self) -> Attached[IdCardReader]:
        """The card reader."""
        return cast("Attached[IdCardReader]", self.every["reader"])

    @property
    def camera(self) -> Attached[DocumentCamera]:
        """The camera over the desk."""
        return cast("Attached[DocumentCamera]", self.every["camera"])

    @property
    def portrait(self) -> Attached[DocumentCamera]:
        """The camera that looks at the person."""
        return cast("Attached[DocumentCamera]", self.every["portrait"])

    @property
    def scanner(self) -> Attached[PageScanner]:
        """The scanner."""
        return cast("Attached[PageScanner]", self.every["scanner"])

    @property
    def printer(self) -> Attached[ReceiptPrinter]:
        """The receipt printer."""
        return cast("Attached[ReceiptPrinter]", self.every["printer"])

    @property
    def signature(self) -> Attached[SignaturePad]:
        """The pad beside the screen."""
        return cast("Attached[SignaturePad]", self.every["signature"])

    @property
    def rating(self) -> Attached[RatingPad]:
        """The rating keypad."""
        return cast("Attached[RatingPad]", self.every["rating"])

    def paper_printer(self, kind: str) -> Attached[PaperPrinter]:
        """The printer for one kind of A4 paper: its own, else the one for all."""
        return cast("Attached[PaperPrinter]", self.every.get(f"paper_printer:{kind}", self.every["paper_printer"]))

    def lights(self, *, now: bool = False) -> tuple[Light, ...]:
        """Asked now, where asking costs nothing or `now`; each answer is bounded by its driver's own time limits."""
        return tuple(attached.light(now=now) for attached in self.every.values())

    def look_round(self) -> tuple[Change, ...]:
        """What was plugged in or pulled out since the last look; a few milliseconds, asked every two seconds from one thread."""
        changes: list[Change] = []
        for key, attached in self.every.items():
            before, there = self._there.get(key), discovery.present(attached.address) if attached.address else None
            self._there[key] = there
            if before is None or there is None or before is there:
                continue
            if there:
                attached.found_again()
            else:
                attached.lost()
            changes.append(Change(attached.kind, NAMES[attached.kind], came=there, ours=True))
        glance, before_this = frozenset(discovery.glance()), self._glance
        self._glance = glance
        if before_this is not None:
            ours = {attached.address.partition("?")[0] for attached in self.every.values()}
            told = {change.kind for change in changes}
            changes += [Change(next(iter(found.kinds), None), found.name, came=found in glance, ours=False, usable=not found.reason)
                        for found in glance ^ before_this
                        if found.address.partition("?")[0] not in ours and not told & set(found.kinds)]
        return tuple(changes)

    def point(self, key: str, address: str) -> None:
        """Use another device from now on; empty = none."""
        self._there.pop(key, None)
        self.every[key].point_to(address)

    def close(self) -> None:
        """Let all of them go."""
        for attached in self.every.values():
            attached.close()
