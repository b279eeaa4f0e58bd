"""The promises a driver keeps. At most five methods each; DeviceFault is the only exception that leaves one.

A driver is used from one thread at a time (the device's lane); `close` may be called from another to break a wait.
"""

from typing import Protocol

from hardware.printer.slip import Slip
from hardware.readings import Frame, IdCard, PrinterStatus, Still


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
