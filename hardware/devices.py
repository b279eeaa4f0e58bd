"""The promises a driver keeps. At most five methods each; DeviceFault is the only exception that leaves one.

A driver is used from one thread at a time (the device's lane); `close` may be called from another to break a wait.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

from hardware.printer.slip import Slip
from hardware.readings import Frame, IdCard, PrinterStatus, ScannedPage, ScanSettings, Signature, Still


class Transport(Protocol):
    """Bytes out, bytes in, over whatever wire."""

    def write(self, data: bytes) -> None:
        """Send all of `data` or raise DeviceFault."""

    def read(self, size: int, timeout: float) -> bytes:
        """At most `size` bytes, as soon as any are there; b"" when `timeout` seconds passed in silence."""

    def close(self) -> None:
        """Let the wire go; safe to call twice."""


class IdCardReader(Protocol):
    """An identity-card reader."""

    def read(self, timeout: float) -> IdCard:
        """One card, waiting at most `timeout` seconds for it; DeviceFault(NO_CARD) when none came."""

    def serial_number(self) -> str:
        """The security module's number, e.g. 05.03-20050101-0000000001-…; proves that the reader answers."""

    def close(self) -> None:
        """Let the device go."""


class DocumentCamera(Protocol):
    """A camera over the desk."""

    def preview(self, width: int) -> Frame:
        """The newest picture, reduced to about `width` pixels wide."""

    def still(self) -> Still:
        """One full-size picture as JPEG."""

    def close(self) -> None:
        """Let the device go."""


class ReceiptPrinter(Protocol):
    """An ESC/POS receipt printer with 80 mm paper."""

    def status(self) -> PrinterStatus:
        """What the printer says of itself now."""

    def print(self, slip: Slip) -> None:
        """Print and cut. Returns only when the printer said afterwards that it is well; otherwise DeviceFault."""

    def close(self) -> None:
        """Let the device go."""


class PageScanner(Protocol):
    """A flat-bed or feeder scanner."""

    def sources(self) -> tuple[str, ...]:
        """What it can scan from, in its own words (Flatbed, Automatic Document Feeder); also a sign of life."""

    def scan(self, settings: ScanSettings, progress: Callable[[int, float], None] | None = None) -> Iterator[ScannedPage]:
        """Pages as they come: one from glass, all that lie in a feeder. `progress` hears (page from 1, share 0..1).

        DeviceFault(NO_DOCS) when the feeder is empty at the start; pages given before a fault are good.
        """

    def cancel(self) -> None:
        """End the scan that runs; may be called from any thread. The page in hand is lost, scan raises DeviceFault(CANCELLED)."""

    def close(self) -> None:
        """Let the device go."""


class SignaturePad(Protocol):
    """A pad that a family signs on, apart from the window's own screen."""

    def sign(self, prompt: str, timeout: float) -> Signature:
        """One confirmed signature; DeviceFault(CANCELLED) when the family cleared or refused, TIMEOUT when nobody signed."""

    def alive(self) -> str:
        """The pad's name or version; proves that it answers."""

    def close(self) -> None:
        """Let the device go."""


class RatingPad(Protocol):
    """A keypad with the five levels of 好差评 (国办发〔2019〕51号)."""

    def ask(self, timeout: float) -> int:
        """1 非常满意 … 5 非常不满意; DeviceFault(TIMEOUT) when nobody pressed (rating is voluntary)."""

    def alive(self) -> str:
        """What is known of the line; a keypad that only sends cannot prove more than an open port."""

    def close(self) -> None:
        """Let the device go."""


class PaperPrinter(Protocol):
    """A printer for A4 papers behind the system's queue."""

    def print(self, pdf: bytes, title: str, copies: int = 1) -> str:
        """Hand a PDF over; returns the queue's name for the job. `title` names the kind of paper, never a person."""

    def alive(self) -> str:
        """The queue's own words about its state; DeviceFault when it does not take jobs."""

    def close(self) -> None:
        """Let the device go."""
