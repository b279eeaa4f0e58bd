"""Personal data as screens of others, receipts and logs may show it: first and last characters only."""

import re

_ID = re.compile(r"(?<![0-9A-Za-z])(\d{6})\d{8,11}([0-9Xx]{4})(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")


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
    """Free text with every identity number and mobile number in it masked: for logs and journal details."""
    return _MOBILE.sub(r"\1****\2", _ID.sub(r"\1********\2", text))
