"""Numbers that are given out once: case numbers, document numbers. They carry no personal data.

Taken in the transaction that uses them: when it is rolled back the number is free again, so there are no gaps.
"""

import re
from datetime import date

from db.models import SerialRow
from db.store import Tx

_CASE_NUMBER = re.compile(r"([0-9]{6})([A-Z]{2})([0-9]{8})([0-9]{5})([0-9])")


class SeriesUsedUp(Exception):
    """All numbers of a series are given out."""

    code = "case.numbers_used_up"


def check_digit(digits: str) -> str:
    """The check digit of ISO 7064 MOD 11,10."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def case_number(region: str, letters: str, day: date, serial: int) -> str:
    """6 region + 2 letters + yyyymmdd + 5 serial + 1 check digit over all the digits before it."""
    if not (re.fullmatch(r"[0-9]{6}", region) and re.fullmatch(r"[A-Z]{2}", letters)):
        raise ValueError("a case number needs a six-digit region and two letters")
    if not 0 < serial <= 99999:
        raise SeriesUsedUp(f"{region}{letters}{day:%Y%m%d}")
    head, tail = f"{region}{letters}", f"{day:%Y%m%d}{serial:05d}"
    return head + tail + check_digit(region + tail)


def is_case_number(number: str) -> bool:
    """Whether this is a whole case number with the right check digit."""
    found = _CASE_NUMBER.fullmatch(number)
    return found is not None and check_digit(found[1] + found[3] + found[4]) == found[5]


def next_case_number(tx: Tx, region: str, letters: str, day: date) -> str:
    """The next case number of a region, theme and day; raises SeriesUsedUp after 99999."""
    return case_number(region, letters, day, _next(tx, f"case {region}{letters}{day:%Y%m%d}"))


def next_document_number(tx: Tx, prefix: str, year: int) -> str:
    """The next 文号 of a kind of paper in a year, e.g. 巨一件事受〔2026〕00017号."""
    serial = _next(tx, f"document {prefix}{year}")
    if serial > 99999:
        raise SeriesUsedUp(f"{prefix}〔{year}〕")
    return f"{prefix}〔{year}〕{serial:05d}号"


def _next(tx: Tx, series: str) -> int:
    row = tx.session.get(SerialRow, series)
    if row is None:
        row = SerialRow(series=series, last=0)
        tx.session.add(row)
    row.last += 1
    tx.session.flush()
    return row.last
