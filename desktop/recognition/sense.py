"""What a read text must be: dates, numbers, names, closed lists. Pure; nothing is repaired in silence.

Each function takes the raw text and gives the normalised value with a factor for the confidence (1 = as expected), or
None when nothing of that kind stands there. A failed check lowers the factor, the value stays as it was read. Only `repaired`
exchanges a character, and what it gives must be shown as doubtful.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from desktop.domain import spelling

DOUBTFUL = 0.6
"""Outside its closed list, or with a look-alike character exchanged."""
WRONG = 0.3
"""A check failed: surely misread, or wrong on the paper."""

Words = Mapping[str, tuple[str, ...]]
Sense = tuple[str, float]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DATE = re.compile(r"(\d{4})\D{0,2}(\d{1,2})\D{1,2}(\d{1,2})(?!\d)|(\d{4})(\d{2})(\d{2})(?!\d)|长期")
_DIGITS = "0123456789X"
_PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_MISTAKEN = {"0": "86", "1": "7", "2": "7", "3": "85", "5": "63", "6": "508", "7": "12", "8": "03X6", "9": "0", "X": "8"}
_LOOK_ALIKE = str.maketrans("OoDQIlZSB", "000011258")
_AS_LETTER = str.maketrans("01258", "OIZSB")


def plain(text: str) -> str:
    """Half width, no blanks, nothing unseen, no leading or trailing punctuation: what an engine makes of rules and edges."""
    return "".join(spelling.usual(spelling.visible(spelling.half_width(text))).split()).strip(":;,.、。'`\"_|-—·")


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
    dotted = spelling.name(plain(text)).replace(".", "·")     # print has no full stop in a name, wherever the engine saw one
    kept = re.sub(f"[^{spelling.HAN}·]", "", dotted).strip("·")
    if not kept:
        return None
    return kept, 1.0 if 2 <= len(kept) <= (25 if "·" in kept else 4) else DOUBTFUL


def address(text: str) -> Sense | None:
    """A place in words; a single character is none."""
    kept = plain(text)
    return (kept, 1.0) if len(kept) > 1 else None


def free_text(text: str) -> Sense | None:
    """Whatever stands there."""
    kept = plain(text)
    return (kept, 1.0) if kept else None


def measure(text: str) -> Sense | None:
    """A number as printed, without its unit: 175厘米, 3250克, 86岁; weeks may carry days: 39周+2."""
    found = re.search(r"(\d+(?:\.\d+)?)(?:周|W)?(\+\d)?", plain(text).translate(_LOOK_ALIKE))
    return (found.group(1) + (found.group(2) or ""), 1.0 if len(found.group(1)) <= 5 else DOUBTFUL) if found else None


def height(text: str) -> Sense | None:
    """Centimetres as printed, without the unit."""
    found = re.search(r"\d{2,3}", plain(text))
    return (found.group(), 1.0 if 40 <= int(found.group()) <= 230 else DOUBTFUL) if found else None


def time_of_day(text: str) -> Sense | None:
    """HH:MM of `…08时26分` or `…08:26`."""
    found = re.search(r"(?<!\d)(\d{1,2})[时点:：](\d{1,2})(?!\d)", plain(text).replace("時", "时"))
    if found is None or int(found.group(1)) > 24 or int(found.group(2)) > 59:
        return None
    return f"{int(found.group(1)):02d}:{int(found.group(2)):02d}", 1.0


def phone(text: str) -> Sense | None:
    """A mobile number or one with its area code, digits only."""
    digits = re.sub(r"\D", "", spelling.phone(plain(text).translate(_LOOK_ALIKE)))
    if len(digits) < 7:
        return None
    return digits, 1.0 if re.fullmatch(r"1[3-9]\d{9}|0\d{9,11}|[2-8]\d{6,7}", digits) else DOUBTFUL


def blood(text: str, words: tuple[str, ...]) -> Sense | None:
    """A, B, O, AB; engines read the letter O as the digit 0, which no blood group is."""
    kept = plain(text).removesuffix("型").removesuffix("血").upper()
    if kept in {"0", "〇", "○"}:
        return "O", 0.9
    return (kept, 1.0 if kept in words else DOUBTFUL) if kept else None


def open_choice(text: str, words: tuple[str, ...]) -> Sense | None:
    """A word of a list that offices add to: what is printed stays, with less confidence unless it is listed (初中 or 初中毕业)."""
    kept = re.sub(r"[^\u3400-\u9fff]", "", plain(text))
    return (kept, 1.0 if kept in words or re.sub("(毕业|肄业|结业)$", "", kept) in words else DOUBTFUL) if kept else None


def choice(text: str, words: tuple[str, ...]) -> Sense | None:
    """One of a closed list; another word stays with less confidence."""
    kept = re.sub(r"[^\u3400-\u9fff]", "", plain(text))
    if not kept:
        return None
    if kept in words:
        return kept, 1.0
    inside = max((word for word in words if word in kept), key=len, default=kept)      # a neighbour's character was read with it
    return inside, DOUBTFUL


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
    digits = kept.translate(_LOOK_ALIKE)
    found = next((match for one in (kept[:2] + digits[2:], kept[:1] + digits[1:], kept[:1].translate(_AS_LETTER) + digits[1:], digits)
                  if (match := re.search(pattern, one))), None)
    return (found.group(), DOUBTFUL) if found is not None else (kept, WRONG)


_KINDS: dict[str, Callable[[str], Sense | None]] = {
    "name": name, "date": first_date, "first_date": first_date, "last_date": last_date, "id_number": id_number,
    "address": address, "text": free_text, "height": height, "measure": measure, "time": time_of_day, "phone": phone,
}
_LISTED: dict[str, tuple[Callable[[str, tuple[str, ...]], Sense | None], str]] = {
    "sex": (choice, "sexes"), "nation": (nation, "nations"), "blood": (blood, "blood"), "choice": (open_choice, ""),
}
KINDS = frozenset([*_KINDS, *_LISTED, "cert_no", "digits"])
"""Every kind a paper's file may name."""


def of_kind(kind: str, text: str, words: Words, listed: str = "", pattern: str = "") -> Sense | None:
    """Make sense of `text` as `kind`."""
    if kind in _KINDS:
        made = _KINDS[kind](text)
        # an authority ends in 局, a hospital in 院: else its end was not read
        return (made[0], min(made[1], DOUBTFUL)) if made and pattern and not re.search(pattern, made[0]) else made
    if kind in _LISTED:
        reader, usual = _LISTED[kind]
        return reader(text, words[listed or usual])
    return patterned(text, pattern)


def repaired(number: str, runners: Sequence[tuple[str, str]], birth: str | None = None, sex: str | None = None) -> str | None:
    """The one number that differs from a wrong one in a single character and is right, None when there is none or more than one.

    First the runner-up of each character is tried, then what printed digits are mistaken for; a last character that was lost is
    put back. Of several, those that agree with the birth date and sex on the same paper count. The result is a proposal.
    """
    read = [(char.translate(_LOOK_ALIKE).upper(), other.upper()) for char, other in runners]
    digits = [(char, other) for char, other in read if char in _DIGITS]
    seconds = [other for _, other in digits] if "".join(char for char, _ in digits) == number else [""] * len(number)
    for tries in (seconds, [_MISTAKEN.get(char, "") for char in number]):
        fitting = {one for one in _exchanged(number, tries) if _sound(one, birth, sex)}
        if len(fitting) == 1:
            return fitting.pop()
    if re.fullmatch(r"\d{17}", number):
        (whole,) = (number + last for last in _DIGITS if check_digit_fits(number + last))
        return whole if _sound(whole, birth, sex) else None
    return None


def _exchanged(number: str, tries: Sequence[str]) -> Iterator[str]:
    for place, others in enumerate(tries):
        for other in others:
            if other in _DIGITS and other != number[place]:
                yield number[:place] + other + number[place + 1:]


def _sound(number: str, birth: str | None, sex: str | None) -> bool:
    """Whether check digit and date are right, and the date and sex those given."""
    if not check_digit_fits(number) or not _PROVINCES.match(number):
        return False
    said = born_and_sex(number)
    return said["birth"] is not None and birth in {None, said["birth"]} and sex in {None, said["sex"]}


def born_and_sex(number: str) -> dict[str, str | None]:
    """What an 18-character number says itself."""
    return {"birth": _day(number[6:10], number[10:12], number[12:14]), "sex": "男" if int(number[16]) % 2 else "女"}


_OF_ONE_PERSON = (("id_number", {"birth": "birth", "sex": "sex"}), ("id_number_1", {"birth": "birth_1", "sex": "sex_1"}),
                  ("id_number_2", {"birth": "birth_2", "sex": "sex_2"}))


def agreement(values: Mapping[str, str]) -> dict[str, tuple[float, tuple[str, ...]]]:
    """What a page's own fields say about each other: by key a factor and what supports the value.

    Above 1 lifts towards certain, below 1 lowers. The number is held against birth date and sex, each number of a parent against
    their sex, the two spouses against each other and the holder against both.
    """
    factors: dict[str, tuple[float, tuple[str, ...]]] = {}
    for number_key, parts in _OF_ONE_PERSON:
        number = values.get(number_key, "")
        if not check_digit_fits(number):
            continue
        said = born_and_sex(number)
        present = {part: key for part, key in parts.items() if key in values}
        agree = tuple(part for part, key in present.items() if values[key] == said[part])
        for part, key in present.items():
            factors[key] = (1.05, ("id_number",)) if part in agree else (WRONG, ())
        if present:
            factors[number_key] = (1.05, ("check_digit", *agree)) if len(agree) == len(present) else (0.8, ())
        elif number:
            factors[number_key] = (1.05, ("check_digit",))
    for key, sex in (("mother_id", "女"), ("father_id", "男")):
        if check_digit_fits(values.get(key, "")):
            factors[key] = (1.05, ("check_digit", "sex")) if born_and_sex(values[key])["sex"] == sex else (0.8, ())
    names = [values[key] for key in ("name_1", "name_2") if key in values]
    if len(names) == 2 and "holder" in values:
        factors["holder"] = (1.05, ("name",)) if values["holder"] in names else (0.8, ())
    return factors


def _day(year: str | None, month: str | None, day: str | None) -> str | None:
    try:
        found = date(int(year or 0), int(month or 0), int(day or 0))
    except ValueError:
        return None
    return found.isoformat() if 1880 <= found.year <= 2200 else None
