"""The receipt on 80 mm paper as a Slip: what stands on it. How it becomes bytes is the printer's."""

from datetime import datetime

from desktop.domain.masking import mask_id, mask_name, mask_phone
from desktop.papers.chinese_dates import day_text, minute_text
from desktop.papers.sheet import CaseSheet, MaterialLine
from desktop.papers.words import is_address, window_name
from hardware.printer.escpos_bytes import wrap
from hardware.printer.slip import Cut, Feed, Pair, Qr, Rule, Slip, Text

_COLUMNS = 48
_DEMO = Text("【演示样张 不作凭证】", align="center", bold=True)


def receipt_slip(sheet: CaseSheet, copy: int = 1) -> Slip:
    """收件凭证: the applicant masked, materials with pages and handling, due date, QR to the progress query.

    A second and later `copy` says 补打 and which one it is, so that two in one hand can be told apart.
    """
    due = "" if sheet.due_date is None else day_text(sheet.due_date) + ("（暂定）" if sheet.due_is_provisional else "")
    pairs = (
        Pair("办件编号", sheet.case_number),
        Pair("主题", sheet.pack.title),
        Pair("申请人", f"{mask_name(sheet.applicant_name)}  {mask_id(sheet.applicant_number)}"),
        Pair("联系电话", mask_phone(sheet.applicant_phone)),
        Pair("受理时间", minute_text(sheet.accepted_at or sheet.applied_at)),
        *((Pair("应办结日期", due),) if due else ()),
        Pair("窗口/经办", f"{window_name(sheet.window)}  {sheet.clerk}"),
    )
    return (
        *((_DEMO,) if sheet.demo else ()),
        Text(sheet.hall, align="center"),
        Text("收件凭证", align="center", size=2, bold=True),
        *((Text(f"补打 第{copy - 1}次", align="center", bold=True),) if copy > 1 else ()),
        Rule(),
        *pairs,
        Rule(),
        Text(f"申请事项（{len(sheet.matters)}项）", bold=True),
        *_hanging([f"{number}. " for number in range(1, len(sheet.matters) + 1)], sheet.matters),
        Rule(),
        Text(f"收到材料（{len(sheet.materials)}项）", bold=True),
        *(line for material in sheet.materials for line in _material(material)),
        Rule(),
        Qr(sheet.query_url or sheet.case_number),
        Text("扫码查询办理进度" if is_address(sheet.query_url) else "出示此码或办件编号查询办理进度", align="center"),
        Feed(),
        *((Pair("咨询电话", sheet.phone),) if sheet.phone else ()),
        Pair("监督投诉", sheet.complaint_phone),
        Rule(),
        Text("请妥善保管。热敏纸字迹会褪色，以受理通知书为准。"),
        *((_DEMO,) if sheet.demo else ()),
        Feed(3),
        Cut(),
    )


def test_slip(hall: str, window: str, at: datetime) -> Slip:
    """A slip that shows whether the printer is well: both sizes, bold, numbers, a rare character, QR and knife."""
    return (
        Text(hall, align="center"),
        Text("打印测试", align="center", size=2, bold=True),
        Rule(),
        Pair("窗口", window_name(window)),
        Pair("时间", minute_text(at)),
        Pair("汉字", "新生儿出生一件事一次办"),
        Pair("生僻字", "㛃䶮\U0002CC56"),
        Pair("数字", "0123456789"),
        Text("粗体文字", bold=True),
        Text("|" + "-" * (_COLUMNS - 2) + "|"),
        Qr("oncedesk print test"),
        Text("两端竖线都在、字迹清楚、二维码能扫出，即为正常。"),
        Feed(3),
        Cut(),
    )


def _material(material: MaterialLine) -> tuple[Text, ...]:
    copies = material.copies.replace(" ", "")
    kept = f"    {material.form} {copies}  扫描{material.pages}页  {material.handling}"
    return (*_hanging([f"{material.number}. "], [material.name]), *(Text(line) for line in wrap(kept, _COLUMNS)))


def _hanging(marks: list[str], texts: tuple[str, ...] | list[str]) -> tuple[Text, ...]:
    """Numbered lines whose second line begins under the first one's text."""
    found: list[Text] = []
    for mark, text in zip(marks, texts, strict=True):
        first, *rest = wrap(text, _COLUMNS - 4)
        found.append(Text(f"{mark:<4}{first}"))
        found.extend(Text(f"    {line}") for line in rest)
    return tuple(found)
