"""The devices at this window: opened when first used, opened again after a fault, their lights.

One lock per device: a driver is used from one thread at a time, and a light never waits behind a long read.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Literal, TypeVar

from hardware.devices import DocumentCamera, IdCardReader, ReceiptPrinter
from hardware.faults import DeviceFault, FaultCode
from hardware.readings import Light

Device = TypeVar("Device", bound=IdCardReader | DocumentCamera | ReceiptPrinter)

_STILL_CONNECTED = {
    FaultCode.NO_CARD, FaultCode.CARD_REFUSED, FaultCode.CARD_LOST, FaultCode.CARD_UNKNOWN, FaultCode.CANCELLED,
    FaultCode.PAPER_OUT, FaultCode.PAPER_NEAR_END, FaultCode.COVER_OPEN,
}
"""Faults of the card or the paper: the connection itself is well."""


class Attached(Generic[Device]):
    """One device by its address."""

    def __init__(self, kind: Literal["reader", "camera", "printer"], address: str, open_it: Callable[[str], Device],
                 probe: Callable[[Device], FaultCode | None], *, simulated: bool) -> None:
        self.kind = kind
        self.address = address
        self._open = open_it
        self._probe = probe
        self._simulated = simulated
        self._lock = threading.Lock()
        self._device: Device | None = None
        self._fault: FaultCode | None = None

    @contextmanager
    def use(self) -> Iterator[Device]:
        """The open device, for one thread at a time. A broken connection is dropped and opened anew next time."""
        with self._lock, self._opened() as device:
            yield device

    @contextmanager
    def _opened(self) -> Iterator[Device]:
        if not self.address:
            raise DeviceFault(FaultCode.NOT_CONNECTED, f"no {self.kind} is set up")
        try:
            if self._device is None:
                self._device = self._open(self.address)
            yield self._device
        except DeviceFault as fault:
            if fault.code not in _STILL_CONNECTED:
                self._drop()
                self._fault = fault.code
            raise
        self._fault = None

    def light(self) -> Light:
        """How it feels; while it is busy, what was last known."""
        if self.address and self._lock.acquire(blocking=False):
            try:
                with self._opened() as device:
                    felt = self._probe(device)
                self._fault = felt
            except DeviceFault as fault:
                self._fault = fault.code
            finally:
                self._lock.release()
        state: Literal["ok", "warn", "fault", "absent"] = "ok"
        if not self.address:
            state = "absent"
        elif self._fault is not None:
            state = "warn" if self._fault is FaultCode.PAPER_NEAR_END else "fault"
        return Light(kind=self.kind, name=_NAMES[self.kind], address=self.address, state=state,
                     fault=self._fault.value if self._fault and self.address else None, simulated=self._simulated)

    def close(self) -> None:
        """Let it go; a read that waits ends with a fault."""
        self._drop()

    def _drop(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()


_NAMES = {"reader": "读卡器", "camera": "高拍仪", "printer": "打印机"}


def probe_reader(reader: IdCardReader) -> FaultCode | None:
    """Ask the security module for its number."""
    reader.serial_number()
    return None


def probe_camera(camera: DocumentCamera) -> FaultCode | None:
    """Ask for a small picture."""
    camera.preview(160)
    return None


def probe_printer(printer: ReceiptPrinter) -> FaultCode | None:
    """Ask for its status."""
    status = printer.status()
    if status.cover_open:
        return FaultCode.COVER_OPEN
    if status.paper_out:
        return FaultCode.PAPER_OUT
    if status.error:
        return FaultCode.PRINTER_ERROR
    if not status.online:
        return FaultCode.PRINTER_OFFLINE
    return FaultCode.PAPER_NEAR_END if status.paper_near_end else None


class Devices:
    """What is attached and how it feels."""

    def __init__(self, reader: Attached[IdCardReader], camera: Attached[DocumentCamera],
                 printer: Attached[ReceiptPrinter]) -> None:
        self.reader = reader
        self.camera = camera
        self.printer = printer

    def lights(self) -> tuple[Light, ...]:
        """Asked now; each answer is bounded by its driver's own time limits."""
        return (self.reader.light(), self.camera.light(), self.printer.light())

    def close(self) -> None:
        """Let all of them go."""
        for attached in (self.reader, self.camera, self.printer):
            attached.close()
