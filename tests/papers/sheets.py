"""The sheets the paper tests print: an invented family with rare characters, under the real pack."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

from PIL import Image, ImageDraw

import resources
from desktop.domain.themes import parse_pack
from desktop.papers.sheet import CaseSheet, DayCase, DayLine, DaySheet, MaterialLine
from hardware.simulated.people import ADDRESS, FATHER, MOTHER

RARE = "林㛃䶮\U0002CC56"
"""A name with characters outside GB2312, one of them outside the first plane."""
_PLACE = "河北省邢台市巨鹿县"
PACK = parse_pack((Path(resources.__file__).parent / "themes/hebei-newborn/2023.toml").read_text("utf-8"), "2023.toml")
ANSWERS = {
    "applicant_id_type": "居民身份证", "applicant_id_no": MOTHER.number, "applicant_name": "林晓月", "applicant_sex": "女",
    "applicant_phone": "13800138000", "applicant_relation_to_newborn": "母亲", "applicant_hukou_region": _PLACE,
    "newborn_birth_cert_no": "X130529001", "newborn_name": RARE, "newborn_sex": "女", "newborn_ethnicity": "汉族",
    "newborn_birth_date": "2026-11-18", "birth_registration_category": "国内出生", "newborn_relation_to_householder": "女",
    "newborn_native_place_country": "中国", "newborn_native_place_region": _PLACE, "hukou_address": ADDRESS,
    "newborn_occupation": "无", "newborn_birthplace_country": "中国", "newborn_birthplace_region": _PLACE,
    "father_id_no": FATHER.number, "father_name": "陈志远", "mother_id_no": MOTHER.number, "mother_name": "林晓月",
    "ssc_collect_method": "邮寄", "ssc_issue_region": _PLACE, "ssc_issue_bank": "中国工商银行股份有限公司巨鹿支行",
    "mail_recipient_name": "林晓月", "mail_recipient_address": ADDRESS, "mail_recipient_phone": "13800138000",
    "medins_region": _PLACE, "medins_identity": "新生儿", "medins_grassroots_division_name": "巨鹿县示例镇样本路社区",
    "medins_grassroots_division_code": "130529999001",
}


def signature() -> bytes:
    """A scribble on a transparent ground."""
    picture = Image.new("RGBA", (600, 220), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for stroke in ([(40, 60), (180, 50), (110, 40), (100, 180), (60, 120), (170, 130)],
                   [(250, 50), (350, 60), (300, 190), (260, 120), (380, 110)],
                   [(430, 40), (420, 170), (520, 180), (540, 50), (430, 60), (530, 110)]):
        pen.line(stroke, fill=(20, 20, 60, 255), width=9, joint="curve")
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


_PAPERS = (
    ("《出生医学证明》首次签发登记表", "原件", 1, "收取"), ("父母双方有效身份证件", "原件和复印件", 4, "核验退还"),
    ("《结婚证》", "原件", 1, "核验退还"), ("落户方户口簿", "原件", 2, "核验退还"),
)


def family_sheet(**changes: object) -> CaseSheet:
    """The mother's case, accepted on a Monday."""
    values: dict[str, object] = {
        "pack": PACK, "case_number": "130529XS20261122003000173", "document_number": "巨一件事受〔2026〕0030000173号",
        "hall": "巨鹿县政务服务中心", "window": "3", "clerk": "王秀兰", "applicant_name": "林晓月",
        "applicant_number": MOTHER.number, "applicant_phone": "13800138000", "applicant_relation": "母亲",
        "matters": tuple(matter.name for matter in PACK.matters),
        "materials": tuple(MaterialLine(number, name, form, "1 份", pages, handling)
                           for number, (name, form, pages, handling) in enumerate(_PAPERS, start=1)),
        "answers": ANSWERS, "applied_at": datetime(2026, 11, 23, 1, 5, tzinfo=UTC),
        "accepted_at": datetime(2026, 11, 23, 1, 12, tzinfo=UTC), "due_date": date(2026, 12, 1),
        "delivery": "社会保障卡邮寄，其他结果到窗口领取或在冀时办APP查看",
        "query_url": "https://query.invalid/c/130529XS20261122003000173",
        "phone": "0319-4300000", "signature_png": signature(),
        "signed_at": datetime(2026, 11, 23, 1, 10, tzinfo=UTC), "demo": True,
    }
    return CaseSheet(**(values | changes))  # type: ignore[arg-type]


def wanting_sheet(**changes: object) -> CaseSheet:
    """The same family with two papers that are not right."""
    materials = list(family_sheet().materials)
    materials[2] = MaterialLine(3, "《结婚证》", "原件", "1 份", 1, "核验退还", "登记机关印章处被遮挡，无法辨认",
                                "请携带原件重新拍摄，或提供婚姻登记机关出具的婚姻登记记录证明")
    materials[3] = MaterialLine(4, "落户方户口簿", "原件", "1 份", 0, "核验退还", "缺户口簿主页",
                                "请提供户口簿主页及父或母的户口内页")
    return family_sheet(**({"materials": tuple(materials), "accepted_at": None, "due_date": None,
                            "corrections_until": date(2026, 12, 14),
                            "document_number": "巨一件事补〔2026〕0030000031号"} | changes))


def day_sheet(cases: int = 12, **changes: object) -> DaySheet:
    """A day with `cases` cases, one receipt short."""
    rows = tuple(
        DayCase(f"130529XS20261123003{number:05d}3", "新生儿出生", "林*月", "王秀兰", "3号窗口",
                datetime(2026, 11, 23, 1 + number % 8, number % 60, tzinfo=UTC), date(2026, 12, 1), "in_progress",
                "waiting" if number % 5 == 4 else "sent", 1 + number % 3,
                "platform.unreachable" if number % 5 == 4 else "", number != 2)
        for number in range(cases))
    values: dict[str, object] = {
        "day": date(2026, 11, 23), "hall": "巨鹿县政务服务中心", "window": "3", "closed_by": "王秀兰",
        "reviewed_by": "赵国强", "closed_at": datetime(2026, 11, 23, 9, 32, tzinfo=UTC),
        "lines": (DayLine("新生儿出生", cases, cases, max(cases - 1, 0), cases - cases // 5, cases // 5, 0,
                           "少打1张回执"),
                  DayLine("公民婚育", 0, 0, 0, 0, 0, 0)),
        "cases": rows, "journal_head": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        "journal_count": 148,
        "differences": ("130529XS20261123003000023 回执未打印：缺纸，次日补打。",), "demo": True,
    }
    return DaySheet(**(values | changes))  # type: ignore[arg-type]
