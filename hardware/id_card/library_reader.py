"""What every reader behind a maker's library shares; what its functions are called stands in sdtapi.py and termb.py."""

from threading import Event

from hardware.faults import DeviceFault, FaultCode
from hardware.id_card.polling import read_when_laid
from hardware.readings import IdCard
from hardware.transports.vendor_library import VendorLibrary

ANSWER = 3.0
"""Seconds for a short call."""
READ = 8.0
"""Seconds for text and photo; some libraries try several times by themselves."""
PORTS = (*range(1001, 1017), *range(1, 17))
"""USB first, then COM."""


class LibraryReader:
    """The port is opened once for each life of the library's helper process; `close` ends a wait."""

    def __init__(self, library: VendorLibrary, port: int | None = None) -> None:
        """`port` as the makers number them: 1…16 = COM, 1001…1016 = USB; None = look for the reader."""
        self._library = library
        self._ports = PORTS if port is None else (port,)
        self._port = 0
        self._session = 0
        self._closed = Event()

    def read(self, timeout: float) -> IdCard:
        """See IdCardReader."""
        return read_when_laid(self._read_once, timeout, self._pause)

    def close(self) -> None:
        """See IdCardReader."""
        self._closed.set()
        self._library.close()

    def _read_once(self) -> IdCard:
        """The card that lies there now; NO_CARD when none does."""
        raise NotImplementedError

    def _opens(self, port: int) -> bool:
        """Whether a reader answers on `port`."""
        raise NotImplementedError

    def _open(self) -> None:
        if self._library.start() == self._session:
            return
        for port in self._ports:
            if self._opens(port):
                self._port, self._session = port, self._library.session
                return
        raise DeviceFault(FaultCode.NOT_CONNECTED, f"no reader on {len(self._ports)} ports")

    def _pulled(self, detail: str) -> DeviceFault:
        """The cable is out: the port is opened anew when it is back."""
        self._session = 0
        return DeviceFault(FaultCode.NOT_CONNECTED, detail)

    def _pause(self, seconds: float) -> None:
        if self._closed.wait(seconds):
            raise DeviceFault(FaultCode.CANCELLED, "the reader was closed")
