"""Personal data as screens of others, receipts and logs may show it: first and last characters only."""

import re
import unicodedata
from collections.abc import Iterable

from desktop.domain import spelling

_ID = re.compile(r"(?<![0-9A-Za-z])(\d{6})(?:\d{8,11}|[ -]\d{8}[ -]?|\d{8}[ -])([0-9Xx]{4})(?![0-9A-Za-z])")
_PERSONAL = re.compile(r"(?<!\d)(?:(?P<id>\d{14,}[\dXx])|1[3-9]\d{9})(?!\d)")
"""Looser than _ID: in a code anything may stand right before a number."""
_NAMED = re.compile(r"(姓名\W*)([^\W\d_]{2,4}(?:·[^\W\d_]+)?)")
_MOBILE = re.compile(r"(?<!\d)((?:(?:\+|00)?86[ -]?)?1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)")


def mask_id(number: str) -> str:
    """`130529********0017`: first six, last four. Something too short to hide behind that is hidden whole."""
    return number[:6] + "*" * (len(number) - 10) + number[-4:] if len(number) > 10 else "*" * len(number)


def mask_phone(phone: str) -> str:
    """`138****8000`: first three, last four."""
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:] if len(phone) > 7 else "*" * len(phone)


def mask_name(name: str) -> str:
    """`张*`, `张*三`, `欧**德`: first and last character."""
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_text(text: str) -> str:
    """Free text with every identity number and mobile number in it masked, however it is written: for logs and journal details."""
    return _MOBILE.sub(r"\1****\2", _ID.sub(r"\1********\2", spelling.visible(spelling.narrow_digits(text))))


def mask_code(text: str, names: Iterable[str] = ()) -> str:
    """What a bar or QR code says as a screen may show it: of one that holds a personal number only that, masked.

    Else everything but `names` and what stands behind 姓名.
    """
    text = unicodedata.normalize("NFKC", spelling.one_dot(spelling.visible(text)))
    numbers = [mask_id(found[0]) if found["id"] else mask_phone(found[0]) for found in _PERSONAL.finditer(text)]
    if numbers:
        return f"…{'…'.join(numbers)}…"
    for name in filter(None, names):
        text = text.replace(name, mask_name(name))
    return _NAMED.sub(lambda found: found[1] + mask_name(found[2]), text)
