"""Card readers through termb.dll (华视 CVR-100 and its kin): CVR_* to read, Get… for each value in words (GBK).

The library leaves the person's words and picture in files beside itself and in the temporary folder; they are removed after every read.
Not proved here: a real library; the type letter of a foreigner's card of 2023. Tested against a C library with these exports.
"""

import tempfile
from pathlib import Path

from hardware.faults import DeviceFault, FaultCode
from hardware.id_card.library_reader import ANSWER, READ, LibraryReader
from hardware.id_card.vendor_text import card_of
from hardware.readings import IdCard
from hardware.transports.vendor_library import Number, Out

_GOOD = 1
_WORDS = {
    "name": "GetPeopleName", "sex": "GetPeopleSex", "nation": "GetNationCode", "birth_date": "GetPeopleBirthday",
    "address": "GetPeopleAddress", "number": "GetPeopleIDCode", "authority": "GetDepartment", "valid_from": "GetStartDate",
    "valid_to": "GetEndDate", "flag": "GetCertType", "pass_number": "GetPassCheckID", "newest_address": "GetNewAppMsg",
}  # fmt: skip
_OF_A_FOREIGNER = {"english_name": "GetPeopleName", "name": "GetPeopleChineseName", "country": "GetPeopleNation"}
_PICTURE = "GetBMPData"
_LEFT_BEHIND = ("wz.txt", "zp.bmp", "zp.jpg", "xp.wlt", "fp.dat")


class TermbReader(LibraryReader):
    """CVR_*: the values in words, so what the library does not say of a foreigner's card stays unknown."""

    _exports: frozenset[str] | None = None

    def serial_number(self) -> str:
        """See IdCardReader."""
        self._open()
        asked = self._library.call("CVR_GetSAMID", Out(256), Number(256), timeout=ANSWER)
        if asked.status != _GOOD:
            raise self._pulled("the module does not say its number")
        return bytes(asked.out[0]).split(b"\0")[0].decode("ascii", "replace")

    def _read_once(self) -> IdCard:
        self._open()
        match self._library.call("CVR_Authenticate", timeout=READ).status:
            case 1:
                pass
            case 2:
                raise DeviceFault(FaultCode.NO_CARD)
            case 3:
                raise DeviceFault(FaultCode.CARD_REFUSED)
            case other:
                raise self._pulled(f"CVR_Authenticate {other}")
        try:
            if self._library.call("CVR_Read_Content", 1, timeout=READ).status != _GOOD:
                raise DeviceFault(FaultCode.CARD_LOST)
            said = {key: self._word(name) for key, name in _WORDS.items()}
            if said["flag"].strip("\0 ") in {"I", "Y"}:
                said |= {key: self._word(name) for key, name in _OF_A_FOREIGNER.items()} | {"nation": "", "address": ""}
            return card_of(said, photo=self._bytes(_PICTURE, 65536))
        finally:
            self._sweep()

    def _opens(self, port: int) -> bool:
        match self._library.call("CVR_InitComm", port, timeout=READ).status:
            case 1:
                return True
            case 2:
                return False
            case other:
                raise DeviceFault(FaultCode.DLL_MISSING, f"CVR_InitComm {other}: a library beside it is missing")

    def _word(self, name: str) -> str:
        return self._bytes(name, 512).split(b"\0")[0].decode("gb18030", "replace")

    def _bytes(self, name: str, room: int) -> bytes:
        """One value; empty where this copy of the library, or this card, has none."""
        if self._exports is None:
            self._exports = self._library.names((*_WORDS.values(), *_OF_A_FOREIGNER.values(), _PICTURE))
        if name not in self._exports:
            return b""
        told = self._library.call(name, Out(room), Number(room), timeout=ANSWER)
        raw, size = told.out
        return bytes(raw[:size]) if told.status == _GOOD and 0 < size <= room else b""

    def _sweep(self) -> None:
        for folder in (Path(self._library.path).parent, Path(tempfile.gettempdir()) / "chinaidcard"):
            for name in _LEFT_BEHIND:
                (folder / name).unlink(missing_ok=True)
