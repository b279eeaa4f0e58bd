"""Card readers through sdtapi.dll: the SDT_* functions that every maker's copy has, and 精伦's high-level set for copies without them.

Status values are SW3 of the wire (0x90 good, 0x80 no card …), 1 = the port cannot be opened. Signatures after the makers' headers.
Not proved here: a real library. Tested against a C library with these exports.
"""

from dataclasses import replace

from hardware.devices import IdCardReader
from hardware.faults import DeviceFault, FaultCode
from hardware.id_card import frames, layouts
from hardware.id_card.frames import Reply
from hardware.id_card.library_reader import ANSWER, READ, LibraryReader
from hardware.id_card.vendor_text import card_of
from hardware.readings import IdCard
from hardware.transports.vendor_library import Number, Out, VendorLibrary

_CANNOT_OPEN = 1
_SDT = ("SDT_OpenPort", "SDT_StartFindIDCard", "SDT_SelectIDCard", "SDT_ReadBaseMsg")
_ROUTON = ("InitComm", "Authenticate", "ReadBaseInfos")
_WORDS = ("name", "sex", "nation", "birth_date", "number", "address", "authority", "valid_from", "valid_to")


def reader_of(library: VendorLibrary, port: int | None) -> IdCardReader:
    """The driver for what this copy exports; UNSUPPORTED when it has neither set. `port` None = look for it."""
    found = library.names((*_SDT, *_ROUTON))
    if found.issuperset(_SDT):
        return SdtReader(library, port)
    if found.issuperset(_ROUTON):
        return RoutonReader(library, port)
    library.close()
    raise DeviceFault(FaultCode.UNSUPPORTED, "the library has neither SDT_* nor ReadBaseInfos")


class SdtReader(LibraryReader):
    """SDT_*: the chip's own bytes, so all four layouts."""

    def serial_number(self) -> str:
        """See IdCardReader."""
        self._open()
        self._check(self._library.call("SDT_GetSAMStatus", self._port, 0, timeout=ANSWER).status, frames.DONE)
        asked = self._library.call("SDT_GetSAMID", self._port, Out(16), 0, timeout=ANSWER)
        self._check(asked.status, frames.DONE)
        return frames.serial_number(asked.out[0])

    def _read_once(self) -> IdCard:
        self._open()
        self._check(self._library.call("SDT_StartFindIDCard", self._port, Out(16), 0, timeout=ANSWER).status, frames.FOUND)
        self._check(self._library.call("SDT_SelectIDCard", self._port, Out(16), 0, timeout=ANSWER).status, frames.DONE)
        told = self._library.call("SDT_ReadBaseMsg", self._port, Out(1024), Number(), Out(4096), Number(), 0, timeout=READ)
        self._check(told.status, frames.DONE)
        text, text_size, photo, photo_size = told.out
        card = layouts.decode(text[:text_size], photo[:photo_size] if photo_size == frames.PHOTO_SIZE else b"")
        return replace(card, newest_address=self._newest_address()) if card.address else card

    def _newest_address(self) -> str | None:
        """None when the card has none, or this copy of the library cannot say: the card itself is read."""
        try:
            told = self._library.call("SDT_ReadNewAppMsg", self._port, Out(1024), Number(), 0, timeout=READ)
            record, size = told.out
            return layouts.newest_address(record[:size]) if told.status == frames.DONE else None
        except DeviceFault as fault:
            if fault.code in {FaultCode.UNSUPPORTED, FaultCode.BAD_ANSWER}:
                return None
            raise

    def _opens(self, port: int) -> bool:
        return self._library.call("SDT_OpenPort", port, timeout=ANSWER).status == frames.DONE

    def _check(self, status: int, good: int) -> None:
        if status == _CANNOT_OPEN:
            raise self._pulled("the port cannot be opened")
        if status != good:
            raise Reply(status & 0xFF, b"").fault()


class RoutonReader(LibraryReader):
    """InitComm, Authenticate, ReadBaseInfos: words in GBK, citizens' cards; 1 good, 0 bad without a reason."""

    def serial_number(self) -> str:
        """See IdCardReader."""
        self._open()
        asked = self._library.call("GetSAMIDToStr", Out(256), timeout=ANSWER)
        if asked.status != 1:
            raise self._pulled("the module does not say its number")
        return bytes(asked.out[0]).split(b"\0")[0].decode("ascii", "replace")

    def _read_once(self) -> IdCard:
        self._open()
        if self._library.call("Authenticate", timeout=ANSWER).status != 1:
            # It gives no reason: a reader that still says its number has no card, one that does not is gone.
            self.serial_number()
            raise DeviceFault(FaultCode.NO_CARD)
        told = self._library.call("ReadBaseInfos", *(Out(256) for _ in _WORDS), timeout=READ)
        if told.status != 1:
            raise DeviceFault(FaultCode.CARD_LOST)
        said = {key: bytes(raw).split(b"\0")[0].decode("gb18030", "replace") for key, raw in zip(_WORDS, told.out, strict=True)}
        return card_of(said)

    def _opens(self, port: int) -> bool:
        return self._library.call("InitComm", port, timeout=ANSWER).status == 1
