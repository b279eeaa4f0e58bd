"""A card reader behind the local HTTP service of a document camera's maker (良田 WebCamera, 127.0.0.1:38088).

`POST /card=idcard` with a JSON body answers {"code": "0", "IDCardInfo": {…}} when a card lies there; "code" is a string. Newer builds
give the picture as images[0].base64. Paths and field names differ between builds, so the address may name its own.
Not proved here: the real service; the codes that mean "no card" and "no reader" are not public, so any code but "0" is "no card".
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from hardware.faults import DeviceFault, FaultCode
from hardware.id_card.polling import read_when_laid
from hardware.id_card.vendor_text import card_of
from hardware.readings import IdCard
from hardware.transports.json_service import JsonService

ANSWER = 5.0
"""Seconds; the service reads the card while we wait."""
FIELDS = {
    "name": "name", "sex": "sex", "nation": "nationCode", "birth_date": "birthday", "address": "address", "number": "cardID",
    "authority": "issueOrgan", "valid_from": "validStart", "valid_to": "validEnd", "photo": "photoBase64",
    "english_name": "englishName", "country": "country", "pass_number": "passID", "flag": "cardType",
}  # fmt: skip
"""Our word -> theirs; the last line is not documented and used where present."""


class WebCameraReader:
    """`fields` replaces single entries of FIELDS; `path` the request that reads a card."""

    def __init__(self, host: str, port: int, path: str = "card=idcard", fields: Mapping[str, str] | None = None) -> None:
        self._service = JsonService(host, port)
        self._path = path
        self._fields = FIELDS | dict(fields or {})

    def read(self, timeout: float) -> IdCard:
        """See IdCardReader."""
        return read_when_laid(self._read_once, timeout, self._pause)

    def serial_number(self) -> str:
        """See IdCardReader: what the service calls its equipment; the module's own number it does not tell."""
        told = self._service.ask("device=getequipmenttype", {}, ANSWER)
        return f"WebCamera {told.get('data') or told.get('code', '')}".strip()

    def close(self) -> None:
        """See IdCardReader."""
        self._service.close()

    def _read_once(self) -> IdCard:
        told = self._service.ask(self._path, {}, ANSWER)
        if str(told.get("code", "")) != "0":
            raise DeviceFault(FaultCode.NO_CARD, f"code {str(told.get('code'))[:20]!r}")
        card = told.get("IDCardInfo", told)
        if not isinstance(card, dict):
            raise DeviceFault(FaultCode.BAD_ANSWER, "IDCardInfo is no object")
        said = {ours: str(card[theirs]) for ours, theirs in self._fields.items() if card.get(theirs) not in {None, ""}}
        if "nation" not in said and "nation" in card:
            said["nation"] = str(card["nation"])
        return card_of(said, photo=_picture(said.get("photo") or _first_image(told)))

    def _pause(self, seconds: float) -> None:
        if self._service.closed.wait(seconds):
            raise DeviceFault(FaultCode.CANCELLED, "the reader was closed")


def _first_image(told: Mapping[str, Any]) -> str:
    match told.get("images"):
        case [{"base64": str(picture)}, *_]:
            return picture
        case _:
            return ""


def _picture(written: str) -> bytes:
    """A picture that cannot be read is no picture; the card is read all the same."""
    try:
        return base64.b64decode(written.partition("base64,")[2] or written)
    except (binascii.Error, ValueError):
        return b""
