"""Identity numbers and their relatives: structure, check digits, what they tell. No tables: region names are codes.py's.

GB 11643-1999 (citizen numbers, ISO 7064 MOD 11-2); residence permits of 港澳台 begin 81/82/83; foreign permanent residents' cards of 2023
begin 9, those of 2017 are three letters and twelve digits.
"""

import re
from datetime import date
from operator import mul
from typing import Literal

from desktop.domain import spelling

Kind = Literal["citizen", "hmt_permit", "foreigner_2023", "foreigner_2017"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_EIGHTEEN = re.compile(r"\d{17}[\dX]")
_FIFTEEN = re.compile(r"\d{15}")
_OLD_FOREIGNER = re.compile(r"[A-Z]{3}\d{12}")


def check_digit(first17: str) -> str:
    """The 18th character for seventeen digits."""
    return "10X98765432"[sum(map(mul, map(int, first17), _WEIGHTS)) % 11]


def to_18(number15: str) -> str:
    """The 18-character form of a first-generation number: everybody who got one was born in the 1900s."""
    first17 = number15[:6] + "19" + number15[6:]
    return first17 + check_digit(first17)


def kind(number: str) -> Kind:
    """What sort of number it is by its first characters; says nothing about its being right."""
    if _OLD_FOREIGNER.fullmatch(number):
        return "foreigner_2017"
    if number.startswith("9"):
        return "foreigner_2023"
    return "hmt_permit" if number[:2] in {"81", "82", "83"} else "citizen"


def fault(number: str) -> str | None:
    """The wording code of what is wrong with a number as `spelling` writes it, or None. Fifteen good digits are `id_number.fifteen`."""
    if _OLD_FOREIGNER.fullmatch(number):
        return None
    if _FIFTEEN.fullmatch(number):
        return "id_number.fifteen" if _birth(to_18(number)) else "id_number.birth_date"
    if len(number) != 18:
        return "id_number.length"
    if not (number.isascii() and _EIGHTEEN.fullmatch(number)):
        return "id_number.characters"
    if _birth(number) is None:
        return "id_number.birth_date"
    if check_digit(number[:17]) != number[17]:
        return "id_number.check_digit"
    return None


def valid(number: str) -> bool:
    """Whether it may stand as somebody's only number."""
    return fault(spelling.id_number(number)) is None


def birth_of(number: str) -> date | None:
    """The birth date it carries; None when it is not a right number, or a 2017 foreigner's card (two-digit year)."""
    number = _as_18(number)
    return _birth(number) if number else None


def sex_of(number: str) -> Literal["男", "女"] | None:
    """By the parity of the sequence; None when it is not a right number."""
    number = _as_18(number)
    if not number:
        return None
    return "男" if int(number[16]) % 2 else "女"


def region_of(number: str) -> str | None:
    """The six-digit region of first registration; None for foreigners (theirs is a province and a country)."""
    number = _as_18(number)
    return number[:6] if number and kind(number) != "foreigner_2023" else None


def in_full(number: str) -> str:
    """In its one spelling, and a right number of fifteen digits in its 18-character form."""
    return _as_18(number) or spelling.id_number(number)


def _as_18(number: str) -> str:
    number = spelling.id_number(number)
    if fault(number) == "id_number.fifteen":
        return to_18(number)
    return number if len(number) == 18 and fault(number) is None else ""


def _birth(number18: str) -> date | None:
    try:
        return date(int(number18[6:10]), int(number18[10:12]), int(number18[12:14]))
    except ValueError:
        return None
