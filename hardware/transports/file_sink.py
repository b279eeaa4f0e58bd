"""A file or a device node that takes bytes and never answers, as a Transport, over python-escpos's File class."""

import os
import stat
from pathlib import Path

from hardware.faults import DeviceFault, FaultCode
from hardware.transports.escpos_library import EscposError, File


class FileSink:
    """Opens (and empties) `path`; NOT_CONNECTED when it cannot be written.

    `keeps` is True for an ordinary file, where what was written can be read again, and False for a device node such as
    /dev/usb/lp0, of which nothing is known once the bytes are gone.
    """

    def __init__(self, path: str) -> None:
        self._file = File(path)
        self._closed = False
        try:
            self._file.open()
            self.keeps = stat.S_ISREG(Path(path).stat().st_mode)
        except (EscposError, OSError, ValueError) as e:
            raise DeviceFault(FaultCode.NOT_CONNECTED, f"{path}: {e}") from e

    def write(self, data: bytes) -> None:
        """See Transport. On an ordinary file the bytes are on the disk when this returns."""
        if self._closed:
            raise DeviceFault(FaultCode.CANCELLED, "the file was closed")
        try:
            self._file._raw(data)
            if self.keeps:
                os.fsync(self._file.device.fileno())
        except OSError as e:
            raise DeviceFault(FaultCode.NOT_CONNECTED, str(e)) from e

    def read(self, size: int, timeout: float) -> bytes:
        """Nothing ever comes back, so nobody need wait for it."""
        del size, timeout
        return b""

    def close(self) -> None:
        """See Transport."""
        self._closed = True
        try:
            self._file.close()
        except OSError as e:
            raise DeviceFault(FaultCode.NOT_CONNECTED, str(e)) from e
