"""What a clerk types, tidied before it is sent: dates, numbers, full-width digits. Whether it is right is the rules' business."""

import re
import unicodedata
from datetime import date

_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_PARTS = re.compile(r"(\d{4})[-./年\s]+(\d{1,2})[-./月\s]+(\d{1,2})日?")


def tidy(kind: str, text: str) -> str:
    """`text` as the store wants it for a field of type `kind`; what cannot be understood goes through as typed."""
    text = text.strip()
    match kind:
        case "date":
            return _date(unicodedata.normalize("NFKC", text))
        case "id_number":
            return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
        case "phone":
            return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
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
