"""The yardstick of `bench themes`: what the 2023 newborn pack of Hebei says, written out in Python by hand.

This is what a program without packs would hold. It decides the same things of the same case as `evaluate`; the bench refuses to
measure where the two disagree. It is never used to decide anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from desktop.domain import identity, spelling, working_days
from desktop.domain.checks import LANDLINE, MOBILE
from desktop.domain.codes import Codes
from desktop.domain.working_days import Calendar

_PARENT = {"母亲": "mother", "父亲": "father"}
_NEEDED = ("applicant_name", "applicant_id_no", "applicant_phone", "newborn_name", "newborn_sex", "newborn_birth_date", "father_name",
           "father_id_no", "mother_name", "mother_id_no", "hukou_address", "ssc_collect_method", "medins_region")


@dataclass(frozen=True)
class Decided:
    """What was decided of one case."""

    answers: Mapping[str, str]
    eligible: bool
    materials: frozenset[str]
    due: date
    last_days: tuple[date, ...]
    problems: tuple[str, ...]


def decide(said: Mapping[str, str], hand: Mapping[str, str], today: date, calendar: Calendar, codes: Codes) -> Decided:
    """The whole case by hand: `said` are facts by name, `hand` what was typed."""
    answers = dict(hand)

    def first(key: str, *names: str) -> None:
        if key not in answers:
            value = next((said[name] for name in names if said.get(name)), None)
            if value:
                answers[key] = value

    for parent, spouse in (("mother", "wife"), ("father", "husband")):
        first(f"{parent}_name", f"chip:{parent}.name", f"paper:id_card_front.{parent}.name", f"paper:marriage_certificate.{spouse}.name")
        first(f"{parent}_id_no", f"chip:{parent}.number", f"paper:id_card_front.{parent}.id_number",
              f"paper:marriage_certificate.{spouse}.id_number")
        nation = said.get(f"chip:{parent}.nation")
        if nation and (word := codes.as_printed("nation", nation)):
            answers.setdefault(f"{parent}_ethnicity", word)
    first("marriage_registered_on", "paper:marriage_certificate.register_date")
    first("hukou_address", "paper:household_register_home.address")
    first("settle_household_type", "paper:household_register_home.household_type")
    if address := answers.get("hukou_address"):
        region = codes.region_in(address)
        if region:
            for key in ("settle_hukou_region", "medins_region", "ssc_issue_region"):
                answers.setdefault(key, region)
        for key, table in (("medins_grassroots_division_name", "medins_division_name"),
                           ("medins_grassroots_division_code", "medins_division_code")):
            if value := codes.look_up(table, address, "130529"):
                answers.setdefault(key, value)
    applicant = _PARENT.get(answers["applicant_role"], "agent")
    for key, card, own in (("applicant_name", "name", "name"), ("applicant_id_no", "number", "id_no")):
        first(key, f"chip:{applicant}.{card}")
        if key not in answers and f"{applicant}_{own}" in answers:
            answers[key] = answers[f"{applicant}_{own}"]
    if here := codes.region_in(said.get(f"chip:{applicant}.address", "")):
        answers.setdefault("applicant_hukou_region", here)
    answers.setdefault("applicant_sex", identity.sex_of(answers.get("applicant_id_no", "")) or "")
    answers.setdefault("applicant_relation_to_newborn", answers["applicant_role"])
    if answers.get("mother_ethnicity") == answers.get("father_ethnicity"):
        answers.setdefault("newborn_ethnicity", answers.get("mother_ethnicity", ""))
    for key, usual in (("birth_registration_category", "国内出生"), ("newborn_native_place_country", "中国"),
                       ("newborn_birthplace_country", "中国"), ("newborn_occupation", "无"), ("medins_identity", "新生儿"),
                       ("applicant_id_type", "居民身份证")):
        answers.setdefault(key, usual)

    born = date.fromisoformat(answers["newborn_birth_date"])
    eligible = (
        answers["birth_in_province"] == "true" and working_days.working_days_between(born, today, calendar) <= 30
        and answers.get("marriage_registered_on", "9999") <= answers["newborn_birth_date"]
        and answers["parents_in_province"] == "true" and answers.get("mother_ethnicity") == answers.get("father_ethnicity")
        and answers["settle_follow"] in _PARENT and answers.get("settle_household_type") == "家庭户")
    materials = {"mat_first_issue_form", "mat_parent_ids", "mat_applicant_id", "mat_marriage", "mat_hukou"}
    if answers["applicant_role"] != "母亲":
        materials.add("mat_poa")
    problems = [f"{key}:missing" for key in _NEEDED if not answers.get(key)]
    for key, sex in (("mother_id_no", "女"), ("father_id_no", "男"), ("applicant_id_no", None)):
        number = spelling.id_number(answers.get(key, ""))
        if identity.fault(number) or number[:6] not in codes.regions or (sex and identity.sex_of(number) != sex):
            problems.append(f"{key}:wrong")
    if not (MOBILE.fullmatch(answers["applicant_phone"]) or LANDLINE.fullmatch(answers["applicant_phone"])):
        problems.append("applicant_phone:wrong")
    if not answers["newborn_name"].startswith((answers.get("father_name", "")[:1], answers.get("mother_name", "")[:1])):
        problems.append("newborn_name:surname")
    due = working_days.due_after_acceptance(today, 6, calendar).due
    last_days = (working_days.last_of(born, 30, calendar), working_days.add_months(born, 1))
    return Decided(answers, eligible, frozenset(materials), due, last_days, tuple(problems))
