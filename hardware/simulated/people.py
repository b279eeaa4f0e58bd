"""The invented families whose specimen cards and papers the simulated devices show. Nobody real; towns and roads
do not exist.

Numbers pass GB 11643; the first six digits must name a real county for the rules to work, everything after is made up.
"""

from dataclasses import dataclass
from datetime import date

from hardware.readings import IdCard


def check_digit(first17: str) -> str:
    """The 18th character of a citizen number (GB 11643, ISO 7064 MOD 11-2)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first17, weights, strict=True)) % 11]


def _number(first17: str) -> str:
    return first17 + check_digit(first17)


ADDRESS = "河北省邢台市巨鹿县示例镇样本路18号3单元402室"

MOTHER = IdCard(
    type="resident", name="林晓月", sex="2", nation="01", birth_date=date(1995, 3, 15),
    number=_number("13052919950315002"),
    address=ADDRESS, authority="巨鹿县公安局", valid_from=date(2019, 5, 20), valid_to=date(2039, 5, 20),
)
FATHER = IdCard(
    type="resident", name="陈志远", sex="1", nation="01", birth_date=date(1993, 8, 6),
    number=_number("13052919930806001"),
    address=ADDRESS, authority="巨鹿县公安局", valid_from=date(2018, 11, 2), valid_to=date(2038, 11, 2),
)
GROOM = IdCard(
    type="resident", name="何亦川", sex="1", nation="01", birth_date=date(1998, 4, 12),
    number=_number("13052919980412003"), address="河北省邢台市巨鹿县示例镇样本路27号",
    authority="巨鹿县公安局", valid_from=date(2024, 4, 15), valid_to=date(2044, 4, 15),
)
BRIDE = IdCard(
    type="resident", name="苏念安", sex="2", nation="01", birth_date=date(1999, 9, 1),
    number=_number("13052919990901004"), address="河北省邢台市巨鹿县示例镇样本街5号",
    authority="巨鹿县公安局", valid_from=date(2025, 9, 3), valid_to=date(2045, 9, 3),
)
DECEASED = IdCard(
    type="resident", name="陈守田", sex="1", nation="01", birth_date=date(1951, 2, 20),
    number=_number("13052919510220005"), address=ADDRESS, authority="巨鹿县公安局", valid_from=date(2008, 6, 10), long_term=True,
)
FOREIGNER = IdCard(
    type="foreigner_2023", name="安娜", sex="2", birth_date=date(1985, 1, 1), number="932682198501010017",
    english_name="SPECIMEN ANNA", country="SAU", valid_from=date(2024, 2, 1), valid_to=date(2034, 1, 31),
    times_issued="00",
)
HMT_RESIDENT = IdCard(
    type="hmt_permit", name="何示例", sex="2", number="810000199408230021", birth_date=date(1994, 8, 23), address="样本路1号",
    authority="示例市公安局", valid_from=date(2022, 3, 1), valid_to=date(2027, 3, 1), pass_number="H12345678",      # noqa: S106 - the number of a pass
    times_issued="01",
)
OLD_FOREIGNER = IdCard(
    type="foreigner_2017", name="安娜", english_name="SPECIMEN, ANNA MARIA OF THE LONG NAME", sex="2",
    number="SAU320185010125", country="SAU", valid_from=date(2018, 1, 2), valid_to=date(2028, 1, 2), birth_date=date(1985, 1, 1),
    authority="1500",
)
CARDS = (MOTHER, FATHER, GROOM, BRIDE, DECEASED, FOREIGNER, HMT_RESIDENT, OLD_FOREIGNER)


@dataclass(frozen=True)
class Marriage:
    """What the specimen marriage certificate says."""

    holder: str = "林晓月"
    cert_no: str = "J130529-2021-000520"
    register_date: date = date(2021, 5, 20)


@dataclass(frozen=True)
class Household:
    """What the specimen household register says (the father's)."""

    household_type: str = "家庭户"
    household_no: str = "018402026"
    head_name: str = "陈志远"
    address: str = ADDRESS
    issue_date: date = date(2021, 6, 8)
    member_relation: str = "户主"
    native_place: str = "河北省邢台市巨鹿县"
    birth_place: str = "河北省邢台市巨鹿县"
    education: str = "大学本科"
    marital: str = "已婚"
    occupation: str = "职员"
    employer: str = "示例县样本厂"
    height: str = "175"
    blood: str = "O"


MARRIAGE = Marriage()
HOUSEHOLD = Household()
