"""What a clerk types, tidied before it is sent: dates, numbers, full-width digits. Whether it is right is the rules' business."""

import re
import unicodedata
from datetime import date, datetime

_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_PARTS = re.compile(r"(\d{4})[-./年\s]+(\d{1,2})[-./月\s]+(\d{1,2})日?")

_MOMENT = re.compile(r"(\d{8}|\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?)[\sT]*(\d{2}(?=\d{2}$)|\d{1,2}(?=[:时]))[:时]?(\d{1,2})?分?")


def tidy(kind: str, text: str) -> str:
    """`text` as the store wants it for a field of type `kind`; what cannot be understood goes through as typed."""
    text = text.strip()
    match kind:
        case "date":
            return _date(unicodedata.normalize("NFKC", text))
        case "datetime":
            return _minute(unicodedata.normalize("NFKC", text))
        case "int":
            return unicodedata.normalize("NFKC", text)
        case "id_number":
            return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
        case "phone":
            return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return text


def _minute(text: str) -> str:
    """20261110 0826, 202611100826, 2026-11-10 8:26, 2026年11月10日8时26分 -> ISO 8601 to the minute; anything else unchanged."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return text
    day, hour, minute = found.groups()
    moment = f"{_date(day)}T{int(hour):02d}:{int(minute or 0):02d}"
    try:
        return datetime.fromisoformat(moment).strftime("%Y-%m-%dT%H:%M")
    except ValueError:
        return text


def _date(text: str) -> str:
    """20261110, 2026.11.10, 2026/1/5, 2026年11月10日 -> ISO 8601; anything else unchanged."""
    found = _DIGITS.fullmatch(text) or _PARTS.fullmatch(text)
    if found is None:
        return text
    year, month, day = (int(part) for part in found.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return text
