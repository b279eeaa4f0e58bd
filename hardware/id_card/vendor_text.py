"""What makers' libraries and services say of a card in words (男, 汉, 1995.03.15) to an IdCard. Pure; no library, no HTTP."""

import re
from collections.abc import Mapping
from datetime import date

from hardware.faults import DeviceFault, FaultCode
from hardware.id_card.layouts import LONG_TERM
from hardware.id_card.nations import NATIONS
from hardware.readings import CardType, IdCard

_SEXES = {"男": "1", "女": "2", "男性": "1", "女性": "2", "M": "1", "F": "2", "未知": "0", "未说明": "9"}
_CODES = {name: code for code, name in NATIONS.items()}
_TYPES: dict[str, CardType] = {"I": "foreigner_2017", "J": "hmt_permit", "Y": "foreigner_2023"}
_BLANK = " \0\u3000\t\r\n"


def card_of(said: Mapping[str, str], photo: bytes = b"", photo_wlt: bytes = b"") -> IdCard:
    """The card; DeviceFault(BAD_ANSWER) when name, sex or number are missing.

    Keys as in IdCard; `flag` is the type letter (I, J, Y, anything else a citizen); `nation` may be the code or the name.
    """
    words = {key: value.strip(_BLANK) for key, value in said.items()}
    sex = words.get("sex", "")
    sex = _SEXES.get(sex, sex)
    number = words.get("number", "").upper()
    name = words.get("name") or words.get("english_name", "")
    if not name or sex not in {"0", "1", "2", "9"} or not re.fullmatch(r"[0-9]{17}[0-9X]|[A-Z]{3}[0-9]{12}", number):
        raise DeviceFault(FaultCode.BAD_ANSWER, "a card without name, sex or number")
    until = words.get("valid_to", "")
    return IdCard(
        type=_TYPES.get(words.get("flag", "").upper(), "resident"), name=name, sex=sex, number=number,
        birth_date=_date(words.get("birth_date", "")), nation=_nation(words.get("nation", "")),
        address=words.get("address") or None, authority=words.get("authority") or None,
        valid_from=_date(words.get("valid_from", "")), valid_to=None if until == LONG_TERM else _date(until),
        long_term=until == LONG_TERM, english_name=words.get("english_name") or None, country=words.get("country") or None,
        pass_number=words.get("pass_number") or None, times_issued=words.get("times_issued") or None,
        newest_address=words.get("newest_address") or None, old_number=words.get("old_number") or None,
        photo=photo, photo_wlt=photo_wlt,
    )  # fmt: skip


def _nation(said: str) -> str | None:
    if re.fullmatch(r"[0-9]{1,2}", said):
        return said.zfill(2)
    return _CODES.get(said) or _CODES.get(said.removesuffix("族"))


def _date(said: str) -> date | None:
    """20390520, 2039.05.20, 2039-5-20, 2039年5月20日; None for anything that is no day."""
    parts = re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", said) or re.fullmatch(r"([0-9]{4})\D+([0-9]{1,2})\D+([0-9]{1,2})\D*", said)
    if parts is None:
        return None
    try:
        return date(*(int(part) for part in parts.groups()))
    except ValueError:
        return None
