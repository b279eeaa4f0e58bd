"""A TCP connection to a printer (port 9100, "raw") as a Transport. python-escpos's Network sends; the rest is asked of
the socket, because the library's opening, reading and closing each have a trap (named below).
"""

import select
import socket
import time
from contextlib import suppress

from hardware.faults import DeviceFault, FaultCode
from hardware.transports.escpos_library import Network

CONNECT_TIMEOUT = 3.0
WRITE_TIMEOUT = 10.0
"""Seconds in which the printer must take each piece; it holds them back while it is out of paper."""
PIECE = 4096


class TcpLine:
    """Connects at once; NOT_CONNECTED when nobody answers at `host`:`port` within three seconds."""

    def __init__(self, host: str, port: int = 9100) -> None:
        self._closed = False
        try:
            # Not Network.open(): it knows IPv4 only, and leaves the socket open when nobody answers.
            self._socket = socket.create_connection((host, port), CONNECT_TIMEOUT)
        except (OSError, UnicodeError, OverflowError) as e:
            raise DeviceFault(FaultCode.NOT_CONNECTED, f"{host}:{port}: {e}") from e
        self._socket.settimeout(WRITE_TIMEOUT)
        self._network = Network(host, port)
        self._network.device = self._socket

    def write(self, data: bytes) -> None:
        """See Transport."""
        for at in range(0, len(data), PIECE):
            self._refuse_when_closed()
            try:
                self._network._raw(data[at : at + PIECE])
            except TimeoutError as e:
                raise DeviceFault(FaultCode.TIMEOUT, "the printer takes no more bytes") from e
            except OSError as e:
                raise self._gone(e) from e

    def read(self, size: int, timeout: float) -> bytes:
        """See Transport. The library's own read has no deadline of its own, so the socket is asked directly."""
        deadline = time.monotonic() + timeout
        while True:
            self._refuse_when_closed()
            # Short waits, so that a close from another thread is noticed on every platform.
            left = max(0.0, deadline - time.monotonic())
            try:
                ready, _, _ = select.select([self._socket], [], [], min(left, 0.2))
                heard = self._socket.recv(size) if ready else None
            except (OSError, ValueError) as e:
                raise self._gone(e) from e
            if heard == b"":
                raise self._gone(ConnectionError("the printer closed the connection"))
            if heard is not None:
                return heard
            if left <= 0:
                return b""

    def close(self) -> None:
        """See Transport."""
        # Not Network.close(): called by two threads at once it falls over its own flag.
        self._closed = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise DeviceFault(FaultCode.CANCELLED, "the connection was closed")

    def _gone(self, error: Exception) -> DeviceFault:
        if self._closed:
            return DeviceFault(FaultCode.CANCELLED, "the connection was closed")
        return DeviceFault(FaultCode.NOT_CONNECTED, str(error))
