"""A serial line as a Transport: 8 data bits, no parity, 1 stop bit, held exclusively. pyserial is met here only."""

import errno
import sys
import threading

import serial

from hardware.faults import DeviceFault, FaultCode

WRITE_TIMEOUT = 5.0
"""Seconds; a page of raster at 9,600 baud is sent in pieces, each of which must leave within this time."""
PIECE = 1024


class SerialLine:
    """`path` is /dev/ttyS0, /dev/ttyUSB0, COM3 …; raises NOT_CONNECTED or BUSY when it cannot be opened."""

    def __init__(self, path: str, baud: int = 115200) -> None:
        self._closed = threading.Event()
        self._in_use = threading.Lock()
        try:
            self._line = serial.Serial(path, baud, timeout=0, write_timeout=WRITE_TIMEOUT, exclusive=True)
        except (serial.SerialException, OSError, ValueError) as e:
            # Windows says "access denied" for a port that another program holds; elsewhere it means missing rights.
            busy = {errno.EBUSY, errno.EAGAIN} | ({errno.EACCES} if sys.platform == "win32" else set())
            held = getattr(e, "errno", None) in busy or "exclusively lock" in str(e)
            raise DeviceFault(FaultCode.BUSY if held else FaultCode.NOT_CONNECTED, f"{path}: {e}") from e

    def write(self, data: bytes) -> None:
        """See Transport."""
        with self._in_use:
            for at in range(0, len(data), PIECE):
                self._refuse_when_closed()
                try:
                    self._line.write(data[at : at + PIECE])
                except serial.SerialTimeoutException as e:
                    raise DeviceFault(FaultCode.TIMEOUT, "the line takes no more bytes") from e
                except (serial.SerialException, OSError) as e:
                    raise self._gone(e) from e

    def read(self, size: int, timeout: float) -> bytes:
        """See Transport. A read that `close` breaks raises CANCELLED."""
        with self._in_use:
            self._refuse_when_closed()
            try:
                # pyserial waits until ALL bytes asked for are there; so wait for one and take what lies behind it.
                waiting = self._line.in_waiting
                heard = b""
                if not waiting and timeout > 0:
                    # A new timeout sets the whole port up anew (on Windows, over USB, some milliseconds): only when it differs.
                    if self._line.timeout != timeout:
                        self._line.timeout = timeout
                    heard = self._line.read(1)
                    waiting = self._line.in_waiting if heard else 0
                if waiting and len(heard) < size:
                    heard += self._line.read(min(waiting, size - len(heard)))
            except (serial.SerialException, OSError) as e:
                raise self._gone(e) from e
            if not heard:
                self._refuse_when_closed()
            return bytes(heard)

    def close(self) -> None:
        """See Transport."""
        if self._closed.is_set():
            return
        self._closed.set()
        try:
            self._line.cancel_read()
            self._line.cancel_write()
        except (AttributeError, OSError):
            pass      # a platform without cancelling: the lock below waits for the read's own timeout
        with self._in_use:
            self._line.close()

    def _refuse_when_closed(self) -> None:
        if self._closed.is_set():
            raise DeviceFault(FaultCode.CANCELLED, "the line was closed")

    def _gone(self, error: Exception) -> DeviceFault:
        if self._closed.is_set():
            return DeviceFault(FaultCode.CANCELLED, "the line was closed")
        return DeviceFault(FaultCode.NOT_CONNECTED, str(error))
