"""One spelling for every value, by its kind, whatever road it came by: typed, pasted, chip, paper, push, file or search box.

What carries nothing goes, what looks the same is written the same; what makes no sense as its kind keeps every visible character and is a
problem for the checks. A value passes here when it becomes an answer (`prefill.printed`), a fact (`prefill.Fact`) or is stored by a flow.

Names follow 民委发〔2016〕33号: the dot inside a name is U+00B7, and every character of GB 18030 and GB 13000 is somebody's own.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Literal

from desktop.domain.pack import Field, Question

Kind = Literal["name", "id_number", "phone", "day", "minute", "number", "code", "address", "text"]
"""text also stands for choices and yes or no, whose lists know their own spellings."""

HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
"""Inside a character class: 〇, the ideographs of every extension, and the compatibility ones."""
COMPATIBLE = r"\uf900-\ufaff\U0002f800-\U0002fa1f"
"""Compatibility ideographs. GBK codes nine of them beside their twins (郎 is FD9C and C0C9), so the police may keep either one.

Every normalisation form of Unicode, NFC too, exchanges them: what stands on the card would be filed as something else. They stay as they
came, are told by a check, and only comparing and searching take them for their twins.
"""

_OWN_USE = r"\ue000-\uf8ff\U000f0000-\U0010fffd"
"""Private use: so chips hold rare characters that Unicode did not have when the card was made."""
_CURSIVE = r"\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc\u0900-\u0dff\u1820-\u18aa"
"""Scripts whose letters join: there a joiner or a non-joiner between two letters changes what is seen (Uyghur, Mongolian)."""
CHOOSES_FORM = r"\ufe00-\ufe02\U000e0100-\U000e01ef"
"""Variation selectors that choose the form of an ideograph; no code of the police has them, but what is seen hangs on them."""

_ALL_VISIBLE = re.compile(r"[ -~·，。、；：？！“”‘’（）《》〔〕—\u3007\u3400-\u4dbf\u4e00-\u9fff]*")
_BLANKS = re.compile(r"\s+")
_UNSEEN = re.compile(
    rf"(?<![{_CURSIVE}])[\u200c\u200d]|[\u200c\u200d](?![{_CURSIVE}])"
    rf"|(?<![\u1820-\u18aa])[\u180b-\u180f]"
    rf"|(?<![{HAN}])[{CHOOSES_FORM}]"
    r"|[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufe03-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]")
"""Controls, marks of direction, joiners where nothing joins, fillers, tags: Unicode's default ignorables but those that are seen."""
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_TWINS = re.compile(f"[{COMPATIBLE}]+")
_NOT_COMPATIBLE = re.compile(f"[^{COMPATIBLE}]+")

_NARROW = {wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in (0x2E9F, 0x2EF3, *range(0x2F00, 0x2FD6))}
"""Radicals as signs of their own, which copying from a PDF gives in place of the characters (⼭ for 山); no name has them."""
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"), "-")
_HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_ROMAN_TEN = {0x2169: "X", 0x2179: "X"}
_TO_FULL, _TO_HALF = str.maketrans("()", "（）"), str.maketrans("（）", "()")
_DOTS = dict.fromkeys(map(ord, "\u2022\u2027\u2219\u22c5\u30fb\uff65\u2e31\u2e33"), "·")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2212\uff0d"), "-")
_APOSTROPHE = re.compile(r"(?<=[A-Za-z\u00c0-\u024f])[\u2018\u2019\uff07](?=[A-Za-z\u00c0-\u024f])")
_STOPS = ".\uff0e。\uff61"
_STOP = re.compile(f"[{_STOPS}]")
_NO_MATTER = re.compile(rf"[\s{CHOOSES_FORM}]")

_NAME_SIGN = rf"{HAN}{_OWN_USE}"
_STOP_WITHIN = re.compile(rf"(?<=[{_NAME_SIGN}{CHOOSES_FORM}]) ?[{_STOPS}] ?(?=[{_NAME_SIGN}])")
_AROUND_DOT = re.compile(r" ?· ?")
_BETWEEN_SIGNS = re.compile(rf"(?<=[{_NAME_SIGN}{CHOOSES_FORM}·]) (?=[{_NAME_SIGN}·])")
_SOME_HAN = re.compile(f"[{HAN}]")
_BETWEEN_NUMBERS = re.compile(rf"(?<=[0-9A-Za-z]) ?[{''.join(map(chr, _DASHES))}-] ?(?=[0-9A-Za-z])")

_OF_A_PERSON = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]")
_CALLING_CODE = re.compile(r"\(?(?:\+|00)86\)?[- ]*")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([0-9]{7,8})")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_DAY = re.compile(r"([0-9]{4})(?:([0-9]{2})([0-9]{2})|[-./。年 ]+([0-9]{1,2})[-./。月 ]+([0-9]{1,2}) ?日?)")
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:时点] ?([0-9]{1,2})?(?::[0-9]{2}|分)?(?:\+08:?00)?)|([0-9]{2})([0-9]{2})")
_DAY_AND_CLOCK = re.compile(r"([0-9]{8}|[0-9]{4}[-./。年 ]+[0-9]{1,2}[-./。月 ]+[0-9]{1,2} ?日?)[ T]?(.+)")


# --- what every kind begins with --------------------------------------------------------------------------------------------------

def visible(text: str) -> str:
    """Without what nobody sees; blanks and line breaks stay. Half a surrogate, which no store takes, shows as U+FFFD."""
    if _ALL_VISIBLE.fullmatch(text):
        return text
    seen = _LONE_SURROGATE.sub("\ufffd", _UNSEEN.sub("", text)).translate(_RADICALS)
    return _NOT_COMPATIBLE.sub(lambda run: unicodedata.normalize("NFC", run[0]), seen)


def usual(text: str) -> str:
    """Compatibility ideographs as their twins: only for what was read from print, which looks the same with either."""
    return _TWINS.sub(lambda run: unicodedata.normalize("NFC", run[0]), text)


def half_width(text: str) -> str:
    """Full-width ASCII signs as ASCII: for print that is read, and kinds that hold no sentence."""
    return text.translate(_HALF_WIDTH)


def narrow(text: str) -> str:
    """Full-width signs, and the digits of every script, as ASCII has them; every dash as the hyphen."""
    text = half_width(text).translate(_DASHES)
    return text if text.isascii() else "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def narrow_digits(text: str) -> str:
    """Full-width digits and letters only: for text whose other signs are its own."""
    return text.translate(_NARROW)


def _line(value: str) -> str:
    """In this order: letters are put together with their accents only once they are narrow."""
    return _BLANKS.sub(" ", visible(narrow_digits(value))).strip(" ")


def _unbroken(value: str) -> str:
    return visible(_BLANKS.sub("", narrow(value)))


def _brackets(value: str) -> str:
    """Documents print full-width ones among Chinese characters, plain ones elsewhere."""
    return value.translate(_TO_FULL if _SOME_HAN.search(value) else _TO_HALF)


# --- one kind each ------------------------------------------------------------------------------------------------------------------

def text(value: str) -> str:
    """Words: one line, one blank between, digits and letters half width."""
    return _brackets(_line(value))


def name(value: str) -> str:
    """What somebody or something is called: one kind of dot, no blanks between characters that need none.

    A full stop between two Chinese characters is the dot of an input method that did not know better (阿依古丽.吐尔逊).
    """
    line = _APOSTROPHE.sub("'", one_dot(text(value)).translate(_HYPHENS))
    return _BETWEEN_SIGNS.sub("", _AROUND_DOT.sub("·", _STOP_WITHIN.sub("·", line)))


def one_dot(value: str) -> str:
    """Every sign that is only ever the dot inside a name as U+00B7."""
    return value.translate(_DOTS)


def address(value: str) -> str:
    """As words, and without the blanks that forms put between Chinese characters; 3－502 with a hyphen."""
    return _BETWEEN_SIGNS.sub("", _BETWEEN_NUMBERS.sub("-", text(value)))


def code(value: str) -> str:
    """The number of a paper or an account: no blanks, capitals."""
    return _brackets(_unbroken(value).translate(_UPPER))


def id_number(value: str) -> str:
    """As a code; the X may be written as the Roman ten the standard means, and hyphens that group the digits go."""
    if _CAPITALS.fullmatch(value):       # the rules take numbers apart many times over
        return value
    number = code(value).translate(_ROMAN_TEN)
    bare = number.replace("-", "")
    return bare if _OF_A_PERSON.fullmatch(bare) else number


def phone(value: str) -> str:
    """13800138000, 0319-4321234: without China's calling code. What is neither keeps its signs, hyphens and brackets too."""
    written = _unbroken(value)
    domestic = _CALLING_CODE.sub("", written, count=1) if _CALLING_CODE.match(written) else ""
    for digits in (_digits(written), _digits(written).removeprefix("86"), _digits(domestic), "0" + _digits(domestic)):
        if _MOBILE.fullmatch(digits):
            return digits
        if (found := _LANDLINE.fullmatch(digits)) and (domestic or written.startswith(("0", "("))):
            return f"{found[1]}-{found[2]}"
    return written


def _digits(written: str) -> str:
    """Of a phone number that holds nothing but digits and what groups them; else nothing."""
    bare = re.sub(r"[()-]", "", written)
    return bare if bare.isdigit() else ""


def day(value: str) -> str:
    """20261110, 2026.11.10, 2026/1/5, 2026年11月10日 as ISO 8601; what is no day stays as words, 长期 among them."""
    return _day(_written(value)) or text(value)


def minute(value: str) -> str:
    """20261110 0826, 202611100826, 2026-11-10 8:26, 2026年11月10日8时26分 as ISO 8601 to the minute; a day alone as that day.

    Of a time with another zone than the hall's nothing is made: it stays as it was written.
    """
    written = _written(value)
    if found := _DAY_AND_CLOCK.fullmatch(written):
        on, clock = _day(found[1]), _CLOCK.fullmatch(found[2].strip())
        if on and clock:
            hour, minutes = (clock[1], clock[2] or "0") if clock[1] else (clock[3], clock[4])
            if int(hour) < 24 and int(minutes) < 60:
                return f"{on}T{int(hour):02d}:{int(minutes):02d}"
    return _day(written) or text(value)


def _written(value: str) -> str:
    return _BLANKS.sub(" ", visible(narrow(value))).strip(" ")


def _day(written: str) -> str:
    found = _DAY.fullmatch(written)
    if found is None:
        return ""
    try:
        return date(*(int(part) for part in found.groups() if part)).isoformat()
    except ValueError:
        return ""


def number(value: str) -> str:
    """Digits alone, without leading zeros, blanks and commas between thousands."""
    bare = _unbroken(value)
    if _THOUSANDS.fullmatch(bare):
        bare = bare.replace(",", "")
    return bare.lstrip("0") or "0" if bare.isascii() and bare.isdigit() else text(value)


_SPELLED: Mapping[Kind, Callable[[str], str]] = {
    "name": name, "id_number": id_number, "phone": phone, "day": day, "minute": minute, "number": number, "code": code,
    "address": address, "text": text}


_PLAIN = r"[0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff]*"
_CAPITALS = re.compile("[0-9A-Z]*")
_ISO = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2})?")
_MOSTLY: Mapping[Kind, re.Pattern[str]] = {
    "name": re.compile(f"{_PLAIN}(?:·{_PLAIN})?"), "id_number": _CAPITALS, "phone": _MOBILE, "day": _ISO, "minute": _ISO,
    "number": re.compile("[1-9][0-9]*"), "code": _CAPITALS, "address": re.compile(_PLAIN), "text": re.compile(_PLAIN)}
"""What nearly every value looks like already: a case asks for all of them after every keystroke."""


def spelled(kind: Kind, value: str) -> str:
    """A value in the one spelling of its kind."""
    return value if _MOSTLY[kind].fullmatch(value) else _SPELLED[kind](value)


# --- compared -----------------------------------------------------------------------------------------------------------------------

def folded(value: str) -> str:
    """For comparing only: twins of characters, widths, blanks, dots and dashes make no difference."""
    seen = unicodedata.normalize("NFKC", one_dot(_NO_MATTER.sub("", visible(value))))
    return _STOP.sub("·", _NO_MATTER.sub("", seen)).translate(_DASHES)


# --- which kind it is ---------------------------------------------------------------------------------------------------------------

_BY_TYPE: Mapping[str, Kind] = {"id_number": "id_number", "phone": "phone", "date": "day", "datetime": "minute", "int": "number"}
_BY_WORD: Mapping[str, Kind] = {
    r"number|(.*_)?id(_no|_number)?": "id_number", r"(.*_)?(name|surname|holder|name_part)": "name", r"(.*_)?(phone|landline)": "phone",
    r"(.*_)?(address|place)": "address", r"(.*_)?(number|no|code|account|digits)": "code",
    r"(.*_)?(birth|date|valid_from|valid_to)": "day"}
"""What the last words of a key, a fact or a check say of it: packs, papers and chips use the same ones. A chip's `number` is a person's."""


@lru_cache(maxsize=1024)
def kind_of_key(key: str) -> Kind:
    """Of a fact, a field or a check by what it is called: `chip:mother.name`, `mother_hukou_address`, `bank_account`."""
    last = key.rpartition(".")[2].rpartition(":")[2].partition("(")[0]
    return next((kind for words, kind in _BY_WORD.items() if re.fullmatch(rf"(?:{words})(?:_[12])?", last)), "text")


def kind_of(entry: Field | Question) -> Kind:
    """Of a field or question: by its type; of a text by its key, what may fill it and how it is checked."""
    return _BY_TYPE.get(entry.type) or (_kind_of_text(entry.key, entry.sources, entry.checks)
                                        if entry.type == "text" and not entry.codeset else "text")


@lru_cache(maxsize=1024)
def _kind_of_text(key: str, sources: tuple[str, ...], checks: tuple[str, ...]) -> Kind:
    said = (source for source in sources if not source.startswith(("derive:", "default:", "lookup:")))
    return next((kind for word in (key, *said, *checks) if (kind := kind_of_key(word)) != "text"), "text")
