"""The chip's picture (WLT, 1024 bytes) through a maker's library. No open decoder exists: without a library there is no photo, and
whatever goes wrong here, the card itself has been read.

Two kinds of library: WltRS.dll `GetBmp(path, interface)`, which writes a .bmp beside the .wlt, and libwlt2bmp.so
`_Z6unpackPcS_i(from, to, as_bmp)`. Not proved here: a real library, its licence. Tested against a C library with these exports.
"""

import locale
import logging
import tempfile
from dataclasses import replace
from pathlib import Path

from hardware.devices import IdCardReader
from hardware.faults import DeviceFault, FaultCode
from hardware.readings import IdCard
from hardware.transports.vendor_library import Out, VendorLibrary

DECODE = 2.0
"""Seconds; a library that needs longer hangs."""
BMP_SIZE = 54 + 126 * 308
"""102 x 126 pixels, 24 bits."""
_USB = 2
_GOOD = 1
_UNPACK, _GET_BMP = "_Z6unpackPcS_i", "GetBmp"

_log = logging.getLogger(__name__)


class PhotoDecoder:
    """Turns WLT into BMP."""

    def __init__(self, library: VendorLibrary) -> None:
        self._library = library

    def bmp(self, wlt: bytes) -> bytes:
        """The picture as a .bmp file; DeviceFault when the library is missing, refuses, crashes or hangs."""
        found = self._library.names((_UNPACK, _GET_BMP))
        if _UNPACK in found:
            told = self._library.call(_UNPACK, wlt, Out(BMP_SIZE), 1, timeout=DECODE)
            status, picture = told.status, bytes(told.out[0])
        elif _GET_BMP in found:
            # The library works on files: in a folder of its own, which is gone afterwards with the face in it.
            with tempfile.TemporaryDirectory(prefix="oncedesk-") as folder:
                raw = Path(folder) / "photo.wlt"
                raw.write_bytes(wlt)
                status = self._library.call(_GET_BMP, str(raw).encode(locale.getencoding()), _USB, timeout=DECODE).status
                made = raw.with_suffix(".bmp")
                picture = made.read_bytes() if made.exists() else b""
        else:
            raise DeviceFault(FaultCode.UNSUPPORTED, "the library has neither GetBmp nor unpack")
        if status != _GOOD or not picture.startswith(b"BM"):
            raise DeviceFault(FaultCode.BAD_ANSWER, f"the picture's library said {status}")
        return picture

    def close(self) -> None:
        """Let the library go."""
        self._library.close()


class ReaderWithPhoto:
    """Any reader, whose cards get their picture decoded; no picture is no fault."""

    def __init__(self, reader: IdCardReader, decoder: PhotoDecoder) -> None:
        self._reader = reader
        self._decoder = decoder

    def read(self, timeout: float) -> IdCard:
        """See IdCardReader; `photo` is empty where it could not be decoded."""
        card = self._reader.read(timeout)
        if card.photo or not card.photo_wlt:
            return card
        try:
            return replace(card, photo=self._decoder.bmp(card.photo_wlt))
        except DeviceFault as fault:
            if fault.code is FaultCode.CANCELLED:
                raise
            _log.warning("the card's picture could not be decoded: %s", fault)
            return card

    def serial_number(self) -> str:
        """See IdCardReader."""
        return self._reader.serial_number()

    def close(self) -> None:
        """See IdCardReader."""
        self._reader.close()
        self._decoder.close()
