"""The 256-byte text on the chip to an IdCard and back, in all four layouts. Pure; no frames, no port.

UTF-16LE, space padded. The type flag at byte 248 decides: 'I' foreigner 2017, 'J' Hong Kong, Macao and Taiwan residence
permit, 'Y' foreigner 2023, anything else a citizen (GA 490-2013 and its successors). Whether a number's check digit or
a date makes sense for the person is a rule's business, not this file's.
"""

import re
from datetime import date
from typing import Any

from hardware.faults import DeviceFault, FaultCode
from hardware.id_card.frames import TEXT_SIZE
from hardware.readings import CardType, IdCard

Place = tuple[tuple[int, int], ...]
"""(offset, length) in bytes of each piece; a field in two pieces is read as one."""

FLAG = (248, 2)
LINK = (250, 6)
"""Three characters on a foreigner's card of 2023 that lead back to the number of the card before it."""
NEWEST_ADDRESS_SIZE = 70
LONG_TERM = "长期"
_BLANK = " \0\u3000"

LAYOUTS: dict[CardType, dict[str, Place]] = {
    "resident": {
        "name": ((0, 30),), "sex": ((30, 2),), "nation": ((32, 4),), "birth_date": ((36, 16),), "address": ((52, 70),),
        "number": ((122, 36),), "authority": ((158, 30),), "valid_from": ((188, 16),), "valid_to": ((204, 16),),
    },
    "hmt_permit": {
        "name": ((0, 30),), "sex": ((30, 2),), "birth_date": ((36, 16),), "address": ((52, 70),),
        "number": ((122, 36),), "authority": ((158, 30),), "valid_from": ((188, 16),), "valid_to": ((204, 16),),
        "pass_number": ((220, 18),), "times_issued": ((238, 4),),
    },
    "foreigner_2017": {
        "english_name": ((0, 120),), "sex": ((120, 2),), "number": ((122, 30),), "country": ((152, 6),),
        "name": ((158, 30),), "valid_from": ((188, 16),), "valid_to": ((204, 16),), "birth_date": ((220, 16),),
        "authority": ((240, 8),),
    },
    "foreigner_2023": {
        "name": ((0, 30),), "sex": ((30, 2),), "times_issued": ((32, 4),), "birth_date": ((36, 16),),
        "english_name": ((52, 70), (220, 22)), "number": ((122, 36),), "valid_from": ((188, 16),),
        "valid_to": ((204, 16),), "country": ((242, 6),),
    },
}  # fmt: skip
_TYPES: dict[str, CardType] = {"I": "foreigner_2017", "J": "hmt_permit", "Y": "foreigner_2023"}
_FLAGS = {kind: flag for flag, kind in _TYPES.items()}
_DATES = frozenset({"birth_date", "valid_from", "valid_to"})
_NUMBERS = {
    "resident": re.compile(r"[0-9]{17}[0-9X]"),
    "hmt_permit": re.compile(r"[0-9]{17}[0-9X]"),
    "foreigner_2017": re.compile(r"[A-Z]{3}[0-9A-Z]{12}"),
    "foreigner_2023": re.compile(r"[0-9]{17}[0-9X]"),
}


def decode(text: bytes, photo: bytes = b"") -> IdCard:
    """The card behind `text` (256 bytes); DeviceFault(BAD_ANSWER) when it is not a card's text.

    A foreigner's card without a Chinese name gives the English one as `name`.
    """
    if len(text) != TEXT_SIZE:
        raise DeviceFault(FaultCode.BAD_ANSWER, f"card text of {len(text)} bytes")
    kind = type_of(text)
    fields = {key: _read(text, place) for key, place in LAYOUTS[kind].items()}
    number = fields["number"].upper()
    name = fields["name"] or fields.get("english_name", "")
    if not name or not _NUMBERS[kind].fullmatch(number) or fields["sex"] not in {"0", "1", "2", "9"}:
        raise DeviceFault(FaultCode.BAD_ANSWER, f"the text of a {kind} card without name, sex or number")
    link = _read(text, (LINK,)) if kind == "foreigner_2023" else ""
    return IdCard(
        type=kind, name=name, sex=fields["sex"], number=number,
        birth_date=_date(fields["birth_date"]),
        nation=fields.get("nation") or None,
        address=fields.get("address") or None,
        authority=fields.get("authority") or None,
        valid_from=_date(fields["valid_from"]),
        valid_to=None if fields["valid_to"] == LONG_TERM else _date(fields["valid_to"]),
        long_term=fields["valid_to"] == LONG_TERM,
        english_name=fields.get("english_name") or None,
        country=fields.get("country") or None,
        pass_number=fields.get("pass_number") or None,
        times_issued=fields.get("times_issued") or None,
        old_number=old_number(fields.get("country", ""), number, link),
        photo_wlt=photo,
    )  # fmt: skip


def type_of(text: bytes) -> CardType:
    """Which of the four layouts the 256 bytes are in."""
    at, size = FLAG
    return _TYPES.get(text[at : at + size].decode("utf-16-le", "replace"), "resident")


def old_number(country: str, number: str, link: str) -> str | None:
    """The 15-character number of the card before a foreigner's card of 2023; None when the card names none.

    Country, two digits of the number, two of the link, the birth date, the link's last and a check digit of weights 7 3 1
    with A = 10 … Z = 35. One source only (S24 of the protocol notes).
    """
    if not (re.fullmatch(r"[A-Z]{3}", country) and re.fullmatch(r"[0-9]{17}[0-9X]", number) and re.fullmatch(r"[0-9A-Z]{3}", link)):
        return None
    first14 = country + number[1:3] + link[:2] + number[8:14] + link[2]
    return first14 + str(sum(int(sign, 36) * (7, 3, 1)[at % 3] for at, sign in enumerate(first14)) % 10)


def newest_address(data: bytes) -> str | None:
    """The address appended last, from one to four records of 70 bytes; None when all are blank, DeviceFault when it is none."""
    if not data or len(data) % NEWEST_ADDRESS_SIZE or len(data) > 4 * NEWEST_ADDRESS_SIZE:
        raise DeviceFault(FaultCode.BAD_ANSWER, f"an address of {len(data)} bytes")
    records = [_read(data, ((at, NEWEST_ADDRESS_SIZE),)) for at in range(0, len(data), NEWEST_ADDRESS_SIZE)]
    return next((record for record in reversed(records) if record), None)


def encode_newest_address(address: str) -> bytes:
    """One record as the chip holds it; ValueError when it is too long."""
    record = bytearray(" ".encode("utf-16-le") * (NEWEST_ADDRESS_SIZE // 2))
    _write(record, ((0, NEWEST_ADDRESS_SIZE),), address, "newest_address")
    return bytes(record)


def encode(card: IdCard) -> bytes:
    """The 256 bytes a chip with this card holds; ValueError when a value is longer than its place."""
    text = bytearray(" ".encode("utf-16-le") * (TEXT_SIZE // 2))
    for key, place in LAYOUTS[card.type].items():
        value: Any = getattr(card, key)
        written = value.strftime("%Y%m%d") if isinstance(value, date) else value or ""
        if key == "valid_to" and card.long_term:
            written = LONG_TERM
        _write(text, place, written, key)
    _write(text, (FLAG,), _FLAGS.get(card.type, " "), "type")
    if card.type == "foreigner_2023" and card.old_number:
        _write(text, (LINK,), card.old_number[5:7] + card.old_number[13], "old_number")
    return bytes(text)


def _read(text: bytes, place: Place) -> str:
    raw = b"".join(text[offset : offset + length] for offset, length in place)
    try:
        return raw.decode("utf-16-le").strip(_BLANK)
    except UnicodeDecodeError as e:
        raise DeviceFault(FaultCode.BAD_ANSWER, f"card text is not UTF-16 near byte {place[0][0]}") from e


def _write(text: bytearray, place: Place, value: str, key: str) -> None:
    raw = value.encode("utf-16-le")
    for offset, length in place:
        piece, raw = raw[:length], raw[length:]
        text[offset : offset + len(piece)] = piece
    if raw:
        raise ValueError(f"{key} is longer than its place on the chip")


def _date(written: str) -> date | None:
    """A chip's YYYYMMDD. None when blank, or eight digits that are no day: the card is sound, the day is not known."""
    if not written:
        return None
    if not re.fullmatch(r"[0-9]{8}", written):
        raise DeviceFault(FaultCode.BAD_ANSWER, "a date on the card is not eight digits")
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return None
