"""What the departments answer and which numbers they give back. No storage, no HTTP."""

import hashlib
from collections.abc import Callable
from datetime import date

from .messages import CaseMessage

STEPS = ("acknowledged", "in_progress", "done")

TEXTS = {
    "acknowledged": "已签收，待办理",
    "in_progress": "正在办理",
    "done": "已办结",
}



def result_number(case: CaseMessage, matter_id: str) -> str:
    """The number of what the department made; the same whenever it is asked for."""
    return f"{case.region}-{matter_id.removeprefix('m_').upper()}-{_digits(case, matter_id, 8)}"


def pushed(case: CaseMessage, matter_id: str) -> dict[str, str]:
    """The fields the department of this matter gives back; every matter gives a result number besides."""
    return {key: make(case) for key, make in PUSHED_FIELDS.get(matter_id, {}).items()}


def birth_certificate_number(case: CaseMessage) -> str:
    """One letter and nine digits; the two digits after the letter are the province's."""
    return f"Z{case.region[:2]}{_digits(case, 'birth', 7)}"


def citizen_number(case: CaseMessage) -> str:
    """GB 11643 with the newborn's birth date and sex and the office's region; made from the case's UUID."""
    said = case.answer("newborn_birth_date") or case.answer("newborn_birth_datetime") or case.accepted_at.date().isoformat()
    born = date.fromisoformat(said[:10])
    serial = int(_digits(case, "citizen", 2)) * 10
    male = case.answer("newborn_sex") in {"男", "1"}
    first17 = f"{case.region}{born:%Y%m%d}{serial + (1 if male else 2):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first17 + "10X98765432"[sum(int(d) * w for d, w in zip(first17, weights, strict=True)) % 11]


def death_certificate_number(case: CaseMessage) -> str:
    """Since July 2026 the citizen number of who died; without one, the office's six digits and nine more."""
    return case.answer("deceased_id_no") or f"{case.region}{_digits(case, 'death', 9)}"


def marriage_certificate_number(case: CaseMessage) -> str:
    """J, the office's six digits, the year, a running number."""
    return f"J{case.region}-{case.accepted_at.year}-{_digits(case, 'marriage', 6)}"


PUSHED_FIELDS: dict[str, dict[str, Callable[[CaseMessage], str]]] = {
    # matter -> field key its department gives back when it is done -> how it is made
    "m_birth_cert": {"newborn_birth_cert_no": birth_certificate_number},
    "m_hukou": {"newborn_id_no": citizen_number},
    "m_death_cert": {"death_cert_no": death_certificate_number},
    "m_marriage": {"marriage_certificate_no": marriage_certificate_number},
}


def _digits(case: CaseMessage, salt: str, count: int) -> str:
    digest = hashlib.sha256(f"{case.case_uuid}:{salt}".encode()).hexdigest()
    return str(int(digest, 16) % 10**count).zfill(count)
