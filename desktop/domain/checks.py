"""Checks of single answers by the names packs give them, e.g. `id_number`, `not_before(newborn_id_valid_from)`.

A check says what is wrong by wording code; whether a blank must be filled is not its business. New check = one function and one row.
"""

import re
import unicodedata
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from desktop.domain import identity, spelling
from desktop.domain.codes import Codes
from desktop.domain.masking import mask_id, mask_name, mask_phone
from desktop.domain.pack import Field, Question
from desktop.domain.problem import Problem
from desktop.domain.working_days import add_months

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}")
_BIRTH_CERTIFICATE = re.compile(r"[A-Z]\d{9}")
_MARRIAGE_CERTIFICATE = re.compile(r"B?[JL]\d{6}-\d{4}-\d{6}")
_HAN = spelling.HAN
_CHOSEN_FORM = re.compile(rf"([{_HAN}])[{spelling.CHOOSES_FORM}]")
_COMPATIBLE = re.compile(f"[{spelling.COMPATIBLE}]")
_HAN_NAME = re.compile(rf"[{_HAN}](?:[{_HAN}·]{{0,48}}[{_HAN}])?")
_ANY_NAME = re.compile(rf"[{_HAN}A-Za-z](?:[{_HAN}A-Za-z·.\-' ]{{0,98}}[{_HAN}A-Za-z.])?")
_NAME_PART = re.compile(rf"[{_HAN}·]{{1,48}}")
_BANK_ACCOUNT = re.compile(r"\d{12,30}")
_CREDIT_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100: the 31 characters by their value; I, O, S, V and Z are left out."""
_DEATH_NUMBERS_CHANGED = "2026-07-01"
"""国卫规划发〔2026〕5号: from then on the number of a death certificate is the deceased's citizen number."""
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "单于", "尉迟", "皇甫", "令狐", "慕容", "司徒", "东方", "夏侯", "长孙", "宇文", "公孙", "端木")


@dataclass(frozen=True)
class Place:
    """What a check may look at besides the value itself."""

    key: str
    values: Mapping[str, str]
    today: date
    codes: Codes
    argument: str = ""


@dataclass(frozen=True)
class Finding:
    """What a check found."""

    code: str
    severity: Literal["error", "warning"] = "error"
    params: Mapping[str, str] | None = None


Check = Callable[[str, Place], Iterator[Finding]]


def _id_number(value: str, place: Place) -> Iterator[Finding]:
    number = spelling.id_number(value)
    if code := identity.fault(number):
        yield Finding(code, params={"length": str(len(number)),
                                    "last": identity.to_18(number)[-1] if code == "id_number.fifteen" else ""})
    elif identity.kind(number) == "citizen" and place.codes.regions and number[:6] not in place.codes.regions:
        yield Finding("id_number.region_unknown", "warning", {"region": number[:6]})


_OTHER_CERTIFICATES = {
    "护照": re.compile(r"[A-Z0-9]{5,20}"),
    "港澳居民来往内地通行证": re.compile(r"[HM]\d{8}(?:\d{2})?"),
    "台湾居民来往大陆通行证": re.compile(r"\d{8}"),
    "其他": re.compile(r".{1,30}"),
}


def _certificate_number(value: str, place: Place) -> Iterator[Finding]:
    """The number of whatever paper the other key names; everything but these carries a citizen number or its like."""
    form = _OTHER_CERTIFICATES.get(place.values.get(place.argument, ""))
    if form is None:
        yield from _id_number(value, place)
    elif not form.fullmatch(value):
        yield Finding("certificate_number.form", params={"type": place.values[place.argument]})


def _male_id(value: str, _: Place) -> Iterator[Finding]:
    if identity.sex_of(value) == "女":
        yield Finding("id_number.not_male")


def _female_id(value: str, _: Place) -> Iterator[Finding]:
    if identity.sex_of(value) == "男":
        yield Finding("id_number.not_female")


def _newborn_id(value: str, place: Place) -> Iterator[Finding]:
    birth, sex = identity.birth_of(value), identity.sex_of(value)
    if birth and place.values.get("newborn_birth_date", birth.isoformat()) != birth.isoformat():
        yield Finding("id_number.birth_differs")
    if sex and place.values.get("newborn_sex", sex) != sex:
        yield Finding("id_number.sex_differs")


def _differs_from(value: str, place: Place) -> Iterator[Finding]:
    if value == place.values.get(place.argument):
        parents = {place.key, place.argument} == {"mother_id_no", "father_id_no"}
        yield Finding("parents.same_person" if parents else "checks.same_person")


def _same_as(value: str, place: Place) -> Iterator[Finding]:
    if place.values.get(place.argument, value) != value:
        yield Finding("checks.not_same")


def _mobile_or_landline(value: str, _: Place) -> Iterator[Finding]:
    if not (MOBILE.fullmatch(value) or LANDLINE.fullmatch(value)):
        yield Finding("phone.invalid")


def _birth_certificate_number(value: str, _: Place) -> Iterator[Finding]:
    if not _BIRTH_CERTIFICATE.fullmatch(value):
        yield Finding("birth_certificate_number.form")


def _marriage_certificate_number(value: str, _: Place) -> Iterator[Finding]:
    if not _MARRIAGE_CERTIFICATE.fullmatch(value):
        yield Finding("marriage_certificate_number.form", "warning")


def _social_security_number(value: str, place: Place) -> Iterator[Finding]:
    """A citizen's is the identity number; a foreigner's begins with the letters of the country and is told nothing about."""
    if not (value[:3].isalpha() and value.isascii() and value.isalnum() and len(value) == 18):
        yield from _id_number(value, place)


def _death_certificate_number(value: str, place: Place) -> Iterator[Finding]:
    """Free up to 30 characters; told by the day of death, or today, whether a citizen number (or a hospital's serial) is to be expected."""
    day = place.values.get("death_time", "") or place.today.isoformat()
    by_citizen_number = place.values.get("deceased_id_type", "居民身份证") == "居民身份证"
    if len(value) > 30:
        yield Finding("death_certificate_number.form")
    elif day >= _DEATH_NUMBERS_CHANGED and by_citizen_number and not (identity.valid(value) or _hospital_serial(value)):
        yield Finding("death_certificate_number.not_citizen_number", "warning")


def _hospital_serial(value: str) -> bool:
    """统一社会信用代码 and four digits: for somebody whose number nobody knows."""
    return len(value) == 22 and value[18:].isascii() and value[18:].isdigit() and _credit_code_fault(value[:18]) is None


def _unified_social_credit_code(value: str, _: Place) -> Iterator[Finding]:
    if found := _credit_code_fault(value):
        yield Finding("credit_code.form" if found == "form" else "credit_code.check_digit")


def _credit_code_fault(value: str) -> Literal["form", "check_digit"] | None:
    """GB 32100: eighteen characters, six digits of a region from the third on, MOD 31 with the weights 3^i."""
    if len(value) != 18 or any(sign not in _CREDIT_CODE for sign in value) or not value[2:8].isdigit():
        return "form"
    total = sum(_CREDIT_CODE.index(sign) * pow(3, i, 31) for i, sign in enumerate(value[:17]))
    return None if _CREDIT_CODE.index(value[17]) == -total % 31 else "check_digit"


def _bank_line_number(value: str, _: Place) -> Iterator[Finding]:
    """Bank, city, branch and a check digit by ISO 7064 MOD 11,10."""
    if not (len(value) == 12 and value.isascii() and value.isdigit()):
        yield Finding("bank_line_number.form")
        return
    product = 10
    for digit in value[:-1]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    if (product + int(value[-1])) % 10 != 1:
        yield Finding("bank_line_number.check_digit")


def _bank_account(value: str, _: Place) -> Iterator[Finding]:
    """Cards have 16 or 19 digits and mostly a Luhn digit, passbooks have neither: only the number of digits is sure."""
    bare = spelling.code(value)
    if not (bare.isascii() and _BANK_ACCOUNT.fullmatch(bare)):
        yield Finding("bank_account.form", params={"length": str(len(bare))})
    elif len(bare) in {16, 19} and sum(sum(divmod(int(digit) * (1 + i % 2), 10)) for i, digit in enumerate(reversed(bare))) % 10:
        yield Finding("bank_account.luhn", "warning")


def _name(value: str, _: Place) -> Iterator[Finding]:
    plain = yield from _rare_forms(value)
    if len(plain) < 2 or not _ANY_NAME.fullmatch(plain):
        yield Finding("name.characters")


def _newborn_name(value: str, _: Place) -> Iterator[Finding]:
    plain = yield from _rare_forms(value)
    if not 2 <= len(plain) <= 50:
        yield Finding("name.length")
    elif not _HAN_NAME.fullmatch(plain):
        yield Finding("name.newborn_characters")


def _newborn_name_part(value: str, _: Place) -> Iterator[Finding]:
    """Where the form asks for surname and given name apart."""
    plain = yield from _rare_forms(value)
    if not _NAME_PART.fullmatch(plain) or plain.strip("·") != plain:
        yield Finding("name.newborn_characters")


def _rare_forms(value: str) -> Generator[Finding, None, str]:
    """Forms of a character that look like another and are filed as something else; gives the name without what chooses a form.

    A selector is wrong for sure, since no card has one; a compatibility ideograph may be what the card has.
    """
    for found in _CHOSEN_FORM.finditer(value):
        yield Finding("name.chosen_form", params={"character": found[1]})
    for character in _COMPATIBLE.findall(value):
        if (usual := unicodedata.normalize("NFC", character)) != character:
            yield Finding("name.compatible_form", "warning", {"character": usual, "number": f"{ord(character):X}"})
    return _CHOSEN_FORM.sub(r"\1", value)


def surname(name: str) -> str:
    """The surname of a Han name; compound surnames first. A name with `·` counts whole up to the first one."""
    if "·" in name:
        return name.partition("·")[0]
    return name[:2] if name[:2] in _COMPOUND and len(name) > 2 else name[:1]


def _surname_of_a_parent(value: str, place: Place) -> Iterator[Finding]:
    parents = _parents_surnames(place)
    if len(parents) == 2 and not value.startswith(parents):
        yield Finding("name.surname", "warning")


def _parents_surname(value: str, place: Place) -> Iterator[Finding]:
    """Of a blank that holds nothing but the surname: one parent's whole one, or both parents' side by side."""
    parents = _parents_surnames(place)
    if len(parents) == 2 and value not in {*parents, parents[0] + parents[1], parents[1] + parents[0]}:
        yield Finding("name.surname", "warning")


def _parents_surnames(place: Place) -> tuple[str, ...]:
    return tuple(surname(name) for key in ("father_name", "mother_name") if (name := place.values.get(key)))


def _digits(value: str, _: Place) -> Iterator[Finding]:
    if not (value.isascii() and value.isdigit()):
        yield Finding("digits.only")


def _not_future(value: str, place: Place) -> Iterator[Finding]:
    if _is_moment(value) and value[:10] > place.today.isoformat():
        yield Finding("date.future")


def _newborn_age(value: str, place: Place) -> Iterator[Finding]:
    if _is_moment(value) and value[:10] < add_months(place.today, -12).isoformat():
        yield Finding("date.not_newborn", "warning")


def _not_before(value: str, place: Place) -> Iterator[Finding]:
    earlier = place.values.get(place.argument, "")
    precision = min(len(value), len(earlier))         # a day and a minute are compared by the day
    if _is_moment(value) and _is_moment(earlier) and value[:precision] < earlier[:precision]:
        yield Finding("date.order")


CHECKS: dict[str, Check] = {
    "id_number": _id_number,
    "certificate_number": _certificate_number,
    "male_id": _male_id,
    "female_id": _female_id,
    "newborn_id": _newborn_id,
    "differs_from": _differs_from,
    "same_as": _same_as,
    "social_security_number": _social_security_number,
    "death_certificate_number": _death_certificate_number,
    "unified_social_credit_code": _unified_social_credit_code,
    "bank_line_number": _bank_line_number,
    "bank_account": _bank_account,
    "mobile_or_landline": _mobile_or_landline,
    "birth_certificate_number": _birth_certificate_number,
    "marriage_certificate_number": _marriage_certificate_number,
    "name": _name,
    "newborn_name": _newborn_name,
    "newborn_name_part": _newborn_name_part,
    "surname_of_a_parent": _surname_of_a_parent,
    "parents_surname": _parents_surname,
    "digits": _digits,
    "not_future": _not_future,
    "newborn_age": _newborn_age,
    "not_before": _not_before,
}
WITH_ARGUMENT = frozenset({"not_before", "differs_from", "same_as", "certificate_number"})
"""Checks that compare with another key."""
_CALL = re.compile(r"([a-z_]+)(?:\(([a-z0-9_]+)\))?")


_FEW = 10
"""So many choices are named in a sentence."""
ANYTHING = frozenset({"text", "phone", "id_number", "image"})
"""Types that by themselves take every text."""


@lru_cache(maxsize=256)
def split(call: str) -> tuple[str, str]:
    """`not_before(x)` -> ("not_before", "x"); raises ValueError when it is no such call."""
    found = _CALL.fullmatch(call)
    if not found:
        raise ValueError(call)
    return found[1], found[2] or ""


def choices_of(entry: Field | Question, county: str, values: Mapping[str, str], codes: Codes) -> tuple[str, ...]:
    """The pack's own choices, or those of its code list; of a local list those of the county and of the bank that was chosen."""
    if entry.choices or not entry.codeset:
        return entry.choices
    codeset, _, argument = entry.codeset.rstrip(")").partition("(")
    return codes.list_for(codeset, county, values.get(argument, ""))


def usable(entry: Field | Question, value: str, codes: Codes, choices: tuple[str, ...]) -> bool:
    """Whether rules may rest on the answer: of its type, and one of the choices. A day does where a minute is asked for."""
    if entry.type in ANYTHING:
        return True
    if entry.type == "datetime" and _is_date(value):
        return True
    return all(finding.severity != "error" for finding in _by_type(entry, value, codes, choices))


def problems(entry: Field | Question, value: str, values: Mapping[str, str], today: date, codes: Codes,
             choices: tuple[str, ...]) -> list[Problem]:
    """What is wrong with one answer: its type first, then the pack's checks."""
    if not entry.checks and entry.type in ANYTHING:
        return []
    found = list(_by_type(entry, value, codes, choices))
    for call in entry.checks:
        name, argument = split(call)
        found += CHECKS[name](value, Place(entry.key, values, today, codes, argument))
    return [Problem(code=finding.code, severity=finding.severity, key=entry.key,
                    params={"label": entry.called, **(finding.params or {})}) for finding in found]


def _by_type(entry: Field | Question, value: str, codes: Codes, choices: tuple[str, ...]) -> Iterator[Finding]:
    match entry.type:
        case "date" if not _is_date(value):
            yield Finding("date.invalid")
        case "datetime" if not _is_minute(value):
            yield Finding("datetime.invalid")
        case "int" if not (value.isascii() and value.isdigit()):
            yield Finding("int.invalid")
        case "bool" if value not in {"true", "false"}:
            yield Finding("choice.unknown", params={"value": value, "choices": "是、否"})
        case "choice":
            yield from _among(entry, (value,), choices)
        case "multi":
            parts = tuple(value.split("、"))
            yield from _among(entry, parts, choices)
            if len(set(parts)) < len(parts):
                yield Finding("choice.twice", params={"value": value})
            yield from (Finding("choice.not_alone", params={"value": part}) for part in parts if part in entry.alone and len(parts) > 1)
        case "region" if not re.fullmatch(r"\d{6}", value):
            yield Finding("region.form")
        case "region" if codes.regions and value not in codes.regions:
            yield Finding("region.unknown", "warning", {"region": value})
        case _:
            return


def _among(entry: Field | Question, values: tuple[str, ...], choices: tuple[str, ...]) -> Iterator[Finding]:
    """Values that are no choice; where the list is local, others may be typed."""
    if choices and not (isinstance(entry, Field) and entry.editable_choice):
        told = "、".join(choices) if len(choices) <= _FEW else f"{'、'.join(choices[:_FEW])}等{len(choices)}项"
        yield from (Finding("choice.unknown", params={"value": value, "choices": told}) for value in values if value not in choices)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_minute(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M") == text
    except ValueError:
        return False


def _is_moment(text: str) -> bool:
    return _is_date(text) or _is_minute(text)


def masked(entry: Field | Question | None, value: str) -> str:
    """A value as a problem, a list or a log may show it."""
    if entry is None or entry.type == "id_number":
        return mask_id(value)
    if entry.type == "phone":
        return mask_phone(value)
    if entry.masked:
        return mask_name(value)
    return value
