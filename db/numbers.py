"""Numbers that are given out once: case numbers, document numbers. They carry no personal data.

Unique in the county by the window's code, in a window by its store. Taken in the transaction that uses them: when it is rolled back
the number is free again, so there are no gaps. After a restore the series leaps (identity.leap_numbers): a day's numbers go on
behind the second of that day, a year's behind its minute, which no window outruns.
"""

import re
from datetime import date

from db import identity
from db.models import SerialRow
from db.store import Tx

_CASE_NUMBER = re.compile(r"([0-9]{6})[A-Z]{2}([0-9]{8}(?:[0-9]{3})?[0-9]{5})([0-9])")
"""With the window's three digits; without them those of the first version, which stay valid."""
_MOST_A_DAY, _MOST_A_YEAR = 99_999, 999_999


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


def case_number(region: str, letters: str, day: date, window_code: str, serial: int) -> str:
    """6 region + 2 letters + yyyymmdd + 3 window + 5 serial + 1 check digit over all the digits before it."""
    if not (re.fullmatch(r"[0-9]{6}", region) and re.fullmatch(r"[A-Z]{2}", letters) and re.fullmatch(r"[0-9]{3}", window_code)):
        raise ValueError("a case number needs a six-digit region, two letters and a window's three digits")
    if not 0 < serial <= _MOST_A_DAY:
        raise SeriesUsedUp(f"{region}{letters}{day:%Y%m%d}{window_code}")
    tail = f"{day:%Y%m%d}{window_code}{serial:05d}"
    return region + letters + tail + check_digit(region + tail)


def is_case_number(number: str) -> bool:
    """Whether this is a whole case number, of today's form or the first one's, with the right check digit."""
    found = _CASE_NUMBER.fullmatch(number)
    return found is not None and check_digit(found[1] + found[2]) == found[3]


def next_case_number(tx: Tx, region: str, letters: str, day: date, window_code: str) -> str:
    """The next case number of a region, theme, day and window; raises SeriesUsedUp after 99999."""
    leapt = identity.leap(tx)
    least = leapt[1] if leapt and leapt[0] == day else 0
    return case_number(region, letters, day, window_code, _next(tx, f"case {region}{letters}{day:%Y%m%d}{window_code}", least))


def next_document_number(tx: Tx, prefix: str, year: int, window_code: str) -> str:
    """The next 文号 of a kind of paper in a year and window, e.g. 巨一件事受〔2026〕0030000173号.

    Ten digits: three of the window, six of the serial, one check digit over the year and the nine before it.
    """
    leapt = identity.leap(tx)
    least = (leapt[0] - date(year, 1, 1)).days * 1440 + leapt[1] // 60 if leapt and leapt[0].year == year else 0
    serial = _next(tx, f"document {prefix}{year}{window_code}", least)
    if serial > _MOST_A_YEAR:
        raise SeriesUsedUp(f"{prefix}〔{year}〕{window_code}")
    number = f"{window_code}{serial:06d}"
    return f"{prefix}〔{year}〕{number}{check_digit(f'{year}{number}')}号"


def _next(tx: Tx, series: str, least: int) -> int:
    row = tx.session.get(SerialRow, series)
    if row is None:
        row = SerialRow(series=series, last=0)
        tx.session.add(row)
    row.last = max(row.last, least) + 1
    tx.session.flush()
    return row.last
