"""What a read text must be: dates, numbers, names, closed lists. Pure; nothing is repaired in silence.

Each function takes the raw text and gives the normalised value with a factor for the confidence (1 = as expected), or
None when nothing of that kind stands there. A failed check lowers the factor, the value stays as it was read.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

DOUBTFUL = 0.6
"""Outside its closed list, or with a look-alike character exchanged."""
WRONG = 0.3
"""A check failed: surely misread, or wrong on the paper."""

Words = Mapping[str, tuple[str, ...]]
Sense = tuple[str, float]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DATE = re.compile(r"(\d{4})\D{0,2}(\d{1,2})\D{1,2}(\d{1,2})(?!\d)|(\d{4})(\d{2})(\d{2})(?!\d)|长期")
_LOOK_ALIKE = str.maketrans("OoDQIlZSB", "000011258")


def plain(text: str) -> str:
    """Full-width letters and digits to half-width, no blanks, no leading or trailing punctuation."""
    narrow = "".join(chr(ord(char) - 0xFEE0) if 0xFF01 <= ord(char) <= 0xFF5E else char for char in text)
    return "".join(narrow.split()).strip(":;,.、。'`\"_|-—·")


def check_digit_fits(number: str) -> bool:
    """GB 11643 (ISO 7064 MOD 11-2)."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17]


def id_number(text: str) -> Sense | None:
    """18 characters; wrong length, date or check digit keep the value with little confidence."""
    found = re.search(r"[0-9OoDQIlZSB]{15,17}[0-9XxOo]?[0-9Xx]?", plain(text))
    if found is None:
        return None
    raw = found.group()[:18]
    number = raw[:17].translate(_LOOK_ALIKE) + raw[17:].upper()
    if len(number) != 18 or not check_digit_fits(number) or _day(number[6:10], number[10:12], number[12:14]) is None:
        return number, WRONG
    # a look-alike letter among digits that the check digit confirms: certain enough, but to be looked at
    return number, 1.0 if number[:17] == raw[:17] else 0.9


def dates(text: str) -> list[str]:
    """Every date in the text, ISO 8601, with 长期 kept as it is."""
    found = []
    for match in _DATE.finditer(plain(text)):
        if match.group() == "长期":
            found.append("长期")
            continue
        day = _day(*(match.group(1, 2, 3) if match.group(1) else match.group(4, 5, 6)))
        if day is not None:
            found.append(day)
    return found


def first_date(text: str) -> Sense | None:
    """The only or first date."""
    found = dates(text)
    return (found[0], 1.0) if found else None


def last_date(text: str) -> Sense | None:
    """The second of two dates."""
    found = dates(text)
    return (found[-1], 1.0) if len(found) > 1 else None


def name(text: str) -> Sense | None:
    """Chinese characters and the dot inside a transcribed name."""
    dotted = plain(text).replace("•", "·").replace(".", "·")
    kept = re.sub(r"[^\u3400-\u9fff\U00020000-\U000323af·]", "", dotted).strip("·")
    if not kept:
        return None
    return kept, 1.0 if 2 <= len(kept) <= 25 else DOUBTFUL


def address(text: str) -> Sense | None:
    """A place in words; a single character is none."""
    kept = plain(text)
    return (kept, 1.0) if len(kept) > 1 else None


def free_text(text: str) -> Sense | None:
    """Whatever stands there."""
    kept = plain(text)
    return (kept, 1.0) if kept else None


def height(text: str) -> Sense | None:
    """Centimetres as printed, without the unit."""
    found = re.search(r"\d{2,3}", plain(text))
    return (found.group(), 1.0 if 40 <= int(found.group()) <= 230 else DOUBTFUL) if found else None


def blood(text: str, words: tuple[str, ...]) -> Sense | None:
    """A, B, O, AB; engines read the letter O as the digit 0, which no blood group is."""
    kept = plain(text).removesuffix("型").removesuffix("血").upper()
    if kept in {"0", "〇", "○"}:
        return "O", 0.9
    return (kept, 1.0 if kept in words else DOUBTFUL) if kept else None


def choice(text: str, words: tuple[str, ...]) -> Sense | None:
    """One of a closed list; another word stays with less confidence."""
    kept = re.sub(r"[^\u3400-\u9fff]", "", plain(text))
    if not kept:
        return None
    return kept, 1.0 if kept in words else DOUBTFUL


def nation(text: str, words: tuple[str, ...]) -> Sense | None:
    """汉族 and 汉 are the same nation."""
    found = choice(text, words)
    if found is not None and found[1] < 1.0 and found[0].removesuffix("族") in words:
        return found[0].removesuffix("族"), 1.0
    return found


def patterned(text: str, pattern: str) -> Sense | None:
    """A number that must match; look-alikes are exchanged only where that makes it match, and then doubted."""
    kept = re.sub(r"[—–_]", "-", plain(text)).upper()
    if not kept:
        return None
    found = re.search(pattern, kept)
    if found is not None:
        return found.group(), 1.0
    exchanged = kept[:2] + kept[2:].translate(_LOOK_ALIKE)
    found = re.search(pattern, exchanged) or re.search(pattern, kept.translate(_LOOK_ALIKE))
    return (found.group(), DOUBTFUL) if found is not None else (kept, WRONG)


_KINDS: dict[str, Callable[[str], Sense | None]] = {
    "name": name, "date": first_date, "first_date": first_date, "last_date": last_date, "id_number": id_number,
    "address": address, "text": free_text, "height": height,
}
_LISTED: dict[str, tuple[Callable[[str, tuple[str, ...]], Sense | None], str]] = {
    "sex": (choice, "sexes"), "nation": (nation, "nations"), "blood": (blood, "blood"), "choice": (choice, ""),
}
KINDS = frozenset([*_KINDS, *_LISTED, "cert_no", "digits"])
"""Every kind a paper's file may name."""


def of_kind(kind: str, text: str, words: Words, listed: str = "", pattern: str = "") -> Sense | None:
    """Make sense of `text` as `kind`."""
    if kind in _KINDS:
        return _KINDS[kind](text)
    if kind in _LISTED:
        reader, usual = _LISTED[kind]
        return reader(text, words[listed or usual])
    return patterned(text, pattern)


def agreement(values: Mapping[str, str]) -> dict[str, float]:
    """What a page's own fields say about each other, as factors by key: the number against birth date and sex.

    Above 1 lifts towards certain, below 1 lowers.
    """
    factors: dict[str, float] = {}
    for ending in ("", "_1", "_2"):
        number = values.get(f"id_number{ending}", "")
        if not check_digit_fits(number):
            continue
        said = {"birth": _day(number[6:10], number[10:12], number[12:14]), "sex": "男" if int(number[16]) % 2 else "女"}
        keys = [f"{key}{ending}" for key in said if f"{key}{ending}" in values]
        agree = [key for key in keys if values[key] == said[key.removesuffix(ending)]]
        for key in keys:
            factors[key] = 1.05 if key in agree else WRONG
        if keys:
            factors[f"id_number{ending}"] = 1.05 if len(agree) == len(keys) else 0.8
    return factors


def _day(year: str | None, month: str | None, day: str | None) -> str | None:
    try:
        found = date(int(year or 0), int(month or 0), int(day or 0))
    except ValueError:
        return None
    return found.isoformat() if 1880 <= found.year <= 2200 else None
