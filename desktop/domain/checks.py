"""Checks of single answers by the names packs give them, e.g. `id_number`, `not_before(newborn_id_valid_from)`.

A check says what is wrong by wording code; whether a blank must be filled is not its business. New check = one function and one row.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from desktop.domain import identity
from desktop.domain.codes import Codes
from desktop.domain.masking import mask_id, mask_name, mask_phone
from desktop.domain.pack import Field, Question
from desktop.domain.problem import Problem
from desktop.domain.working_days import add_months

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}")
_BIRTH_CERTIFICATE = re.compile(r"[A-Z]\d{9}")
_MARRIAGE_CERTIFICATE = re.compile(r"B?[JL]\d{6}-\d{4}-\d{6}")
_HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HAN_NAME = re.compile(rf"[{_HAN}](?:[{_HAN}·]{{0,48}}[{_HAN}])?")
_ANY_NAME = re.compile(rf"[{_HAN}A-Za-z](?:[{_HAN}A-Za-z·.\-' ]{{0,98}}[{_HAN}A-Za-z.])?")
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
    number = identity.normalise(value)
    if code := identity.fault(number):
        yield Finding(code, params={"length": str(len(number))})
    elif identity.kind(number) == "citizen" and place.codes.regions and number[:6] not in place.codes.regions:
        yield Finding("id_number.region_unknown", "warning", {"region": number[:6]})


_OTHER_CERTIFICATES = {
    "护照": re.compile(r"[A-Z0-9]{5,20}"),
    "港澳居民来往内地通行证": re.compile(r"[HM]\d{8}(?:\d{2})?"),
    "台湾居民来往大陆通行证": re.compile(r"\d{8}"),
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
        yield Finding("parents.same_person")


def _mobile_or_landline(value: str, _: Place) -> Iterator[Finding]:
    if not (MOBILE.fullmatch(value) or LANDLINE.fullmatch(value)):
        yield Finding("phone.invalid")


def _birth_certificate_number(value: str, _: Place) -> Iterator[Finding]:
    if not _BIRTH_CERTIFICATE.fullmatch(value):
        yield Finding("birth_certificate_number.form")


def _marriage_certificate_number(value: str, _: Place) -> Iterator[Finding]:
    if not _MARRIAGE_CERTIFICATE.fullmatch(value):
        yield Finding("marriage_certificate_number.form", "warning")


def _name(value: str, _: Place) -> Iterator[Finding]:
    if len(value) < 2 or not _ANY_NAME.fullmatch(value):
        yield Finding("name.characters")


def _newborn_name(value: str, _: Place) -> Iterator[Finding]:
    if not 2 <= len(value) <= 50:
        yield Finding("name.length")
    elif not _HAN_NAME.fullmatch(value):
        yield Finding("name.newborn_characters")


def surname(name: str) -> str:
    """The surname of a Han name; compound surnames first. A name with `·` counts whole up to the first one."""
    if "·" in name:
        return name.partition("·")[0]
    return name[:2] if name[:2] in _COMPOUND and len(name) > 2 else name[:1]


def _surname_of_a_parent(value: str, place: Place) -> Iterator[Finding]:
    parents = [name for key in ("father_name", "mother_name") if (name := place.values.get(key))]
    if len(parents) == 2 and not any(value.startswith(surname(name)) for name in parents):
        yield Finding("name.surname", "warning")


def _digits(value: str, _: Place) -> Iterator[Finding]:
    if not (value.isascii() and value.isdigit()):
        yield Finding("digits.only")


def _not_future(value: str, place: Place) -> Iterator[Finding]:
    if _is_date(value) and value > place.today.isoformat():
        yield Finding("date.future")


def _newborn_age(value: str, place: Place) -> Iterator[Finding]:
    if _is_date(value) and value < add_months(place.today, -12).isoformat():
        yield Finding("date.not_newborn", "warning")


def _not_before(value: str, place: Place) -> Iterator[Finding]:
    earlier = place.values.get(place.argument, "")
    if _is_date(value) and _is_date(earlier) and value < earlier:
        yield Finding("date.order")


CHECKS: dict[str, Check] = {
    "id_number": _id_number,
    "certificate_number": _certificate_number,
    "male_id": _male_id,
    "female_id": _female_id,
    "newborn_id": _newborn_id,
    "differs_from": _differs_from,
    "mobile_or_landline": _mobile_or_landline,
    "birth_certificate_number": _birth_certificate_number,
    "marriage_certificate_number": _marriage_certificate_number,
    "name": _name,
    "newborn_name": _newborn_name,
    "surname_of_a_parent": _surname_of_a_parent,
    "digits": _digits,
    "not_future": _not_future,
    "newborn_age": _newborn_age,
    "not_before": _not_before,
}
WITH_ARGUMENT = frozenset({"not_before", "differs_from", "certificate_number"})
"""Checks that compare with another key."""
_CALL = re.compile(r"([a-z_]+)(?:\(([a-z0-9_]+)\))?")


def split(call: str) -> tuple[str, str]:
    """`not_before(x)` -> ("not_before", "x"); raises ValueError when it is no such call."""
    found = _CALL.fullmatch(call)
    if not found:
        raise ValueError(call)
    return found[1], found[2] or ""


def problems(entry: Field | Question, value: str, values: Mapping[str, str], today: date, codes: Codes,
             choices: tuple[str, ...]) -> list[Problem]:
    """What is wrong with one answer: its type first, then the pack's checks."""
    found = list(_by_type(entry, value, codes, choices))
    for call in entry.checks if isinstance(entry, Field) else ():
        name, argument = split(call)
        found += CHECKS[name](value, Place(entry.key, values, today, codes, argument))
    return [Problem(code=finding.code, severity=finding.severity, key=entry.key,
                    params={"label": entry.label, **(finding.params or {})}) for finding in found]


def _by_type(entry: Field | Question, value: str, codes: Codes, choices: tuple[str, ...]) -> Iterator[Finding]:
    match entry.type:
        case "date" if not _is_date(value):
            yield Finding("date.invalid")
        case "bool" if value not in {"true", "false"}:
            yield Finding("choice.unknown", params={"value": value})
        case "choice" if choices and value not in choices and not getattr(entry, "editable_choice", False):
            yield Finding("choice.unknown", params={"value": value})
        case "region" if not re.fullmatch(r"\d{6}", value):
            yield Finding("region.form")
        case "region" if codes.regions and value not in codes.regions:
            yield Finding("region.unknown", "warning", {"region": value})
        case _:
            return


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def masked(entry: Field | Question | None, value: str) -> str:
    """A value as a problem, a list or a log may show it."""
    if entry is None or entry.type == "id_number":
        return mask_id(value)
    if entry.type == "phone":
        return mask_phone(value)
    if isinstance(entry, Field) and entry.masked:
        return mask_name(value)
    return value
