"""The sheets the paper tests print: an invented family with rare characters, on the form as its document prints it."""

import io
from datetime import UTC, date, datetime

from PIL import Image, ImageDraw

from desktop.domain.themes import Clause, Document, Fee, Field, Limit, Matter, Region, Section, ThemePack
from desktop.papers.sheet import CaseSheet, DayCase, DayLine, DaySheet, MaterialLine
from hardware.simulated.people import ADDRESS, FATHER, MOTHER

RARE = "林㛃䶮\U0002CC56"
"""A name with characters outside GB2312, one of them outside the first plane."""
_PLACE = "河北省邢台市巨鹿县"
_LAYOUT = """
申报人信息
申报人证件类型=居民身份证 | 申报人公民 身份号码=@mother
申报人姓名=林晓月 | 申报人性别=女
申报人联系电话=13800138000 | 与新生儿关系=母亲
申报人户籍所在地=@place
新生儿信息
《出生医学证明》编号=X130529001
姓名=@rare | 性别=女
民族=汉族 | 出生日期=2026-11-18
身份证号 (由数据产生, 共享推送)=
出生登记类别=国内出生 | 与户主关系=女
证件有效期开始= | 证件有效期结束=
籍贯国家=中国 | 籍贯省市区=@place
户口详细地址=@address
职业=无
出生地国家=中国 | 出生地省市区=@place
父母信息
父亲身份证号码=@father | 父亲姓名=陈志远
母亲身份证号码=@mother | 母亲姓名=林晓月
社保卡信息
领取方式=邮寄 | 社保卡发卡地区=@place
社保卡发卡银行=中国工商银行股份有限公司巨鹿支行
自领: 自取社保卡网点=
邮寄: 邮寄收件人姓名=林晓月
邮寄: 邮寄收件人地址=@address
邮寄: 邮寄收件人电话=13800138000
医保信息
参保地区=@place | 参保身份=新生儿
基层医保区划名称=巨鹿县示例镇样本路社区 | 基层医保区划编号=130529999001
"""


def _layout() -> tuple[tuple[Section, ...], dict[str, str]]:
    """The printed table (attachment 6, table 2) as sections, and its answers by key."""
    said = {"@mother": MOTHER.number, "@father": FATHER.number, "@place": _PLACE, "@address": ADDRESS, "@rare": RARE}
    sections: list[Section] = []
    answers: dict[str, str] = {}
    for line in _LAYOUT.strip().splitlines():
        if "=" not in line:
            sections.append(Section(id=f"s{len(sections)}", title=line, fields=()))
            continue
        heading, _, rest = line.rpartition(": ")
        pairs = rest.split(" | ")
        fields = []
        for pair in pairs:
            label, _, value = pair.partition("=")
            key = f"f{len(answers)}"
            answers[key] = said.get(value, value)
            fields.append(Field(key=key, label=label, type="date" if "日期" in label else "text", row_heading=heading,
                                width="half" if len(pairs) == 2 else "full"))
        sections[-1] = sections[-1].model_copy(update={"fields": (*sections[-1].fields, *fields)})
    return tuple(sections), answers


SECTIONS, ANSWERS = _layout()
_MATTERS = (("《出生医学证明》签发", "《出生医学证明》"), ("预防接种证办理", "预防接种证"),
            ("户口登记", "新生儿户口页"), ("城乡居民参保登记", "医保电子凭证"), ("社会保障卡申领", "社会保障卡"))
PACK = ThemePack(
    id="hebei-newborn", version="2023", title="新生儿出生“一件事一次办”", short_title="新生儿出生", icon="baby",
    region=Region(code="130000", name="河北省"), county=Region(code="130529", name="巨鹿县"),
    document=Document(number="测试", title="测试", issuer="测试"), effective_from=date(2023, 1, 1), case_letters="XS",
    clauses=(Clause(id="c", text="6个工作日。"),), departments=(),
    matters=tuple(Matter(id=f"m{number}", name=name, department="d", result=result)
                  for number, (name, result) in enumerate(_MATTERS)),
    conditions=(), questions=(), materials=(), form_title="新生儿出生“一件事一次办”申报表单", sections=SECTIONS,
    limit=Limit(working_days=6, text="6个工作日。", clause="c"),
    fee=Fee(text="无（邮寄服务费按寄递服务标准另行收取）", clause="c"),
)


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
        "pack": PACK, "case_number": "130529XS20261122000173", "document_number": "巨一件事受〔2026〕00017号",
        "hall": "巨鹿县政务服务中心", "window": "3号窗口", "clerk": "王秀兰", "applicant_name": "林晓月",
        "applicant_number": MOTHER.number, "applicant_phone": "13800138000", "applicant_relation": "母亲",
        "matters": tuple(matter.name for matter in PACK.matters),
        "materials": tuple(MaterialLine(number, name, form, "1 份", pages, handling)
                           for number, (name, form, pages, handling) in enumerate(_PAPERS, start=1)),
        "answers": ANSWERS, "applied_at": datetime(2026, 11, 23, 1, 5, tzinfo=UTC),
        "accepted_at": datetime(2026, 11, 23, 1, 12, tzinfo=UTC), "due_date": date(2026, 12, 1),
        "delivery": "社会保障卡邮寄，其他结果到窗口领取或在冀时办APP查看",
        "query_url": "https://query.invalid/c/130529XS20261122000173",
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
                            "document_number": "巨一件事补〔2026〕00003号"} | changes))


def day_sheet(cases: int = 12, **changes: object) -> DaySheet:
    """A day with `cases` cases, one receipt short."""
    rows = tuple(
        DayCase(f"130529XS20261123{number:05d}3", "新生儿出生", "林*月", "王秀兰", "3号窗口",
                datetime(2026, 11, 23, 1 + number % 8, number % 60, tzinfo=UTC), date(2026, 12, 1), "办理中",
                "待推送" if number % 5 == 4 else "已推送", 1 + number % 3,
                "网络中断" if number % 5 == 4 else "", number != 2)
        for number in range(cases))
    values: dict[str, object] = {
        "day": date(2026, 11, 23), "hall": "巨鹿县政务服务中心", "window": "3号窗口", "closed_by": "王秀兰",
        "reviewed_by": "赵国强", "closed_at": datetime(2026, 11, 23, 9, 32, tzinfo=UTC),
        "lines": (DayLine("新生儿出生", cases, cases, max(cases - 1, 0), cases - cases // 5, cases // 5, 0,
                           "少打1张回执"),
                  DayLine("公民婚育", 0, 0, 0, 0, 0, 0)),
        "cases": rows, "journal_head": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        "journal_count": 148,
        "differences": ("130529XS20261123000023 回执未打印：缺纸，次日补打。",), "demo": True,
    }
    return DaySheet(**(values | changes))  # type: ignore[arg-type]
