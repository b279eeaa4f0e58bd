"""The two notices on A4: 受理通知书 and 一次性告知书（补正）. Persons' numbers and phones are masked."""

from reportlab.lib.units import mm

from desktop.domain.hall_time import local
from desktop.domain.masking import mask_id, mask_phone
from desktop.papers.a4 import TABLE, Paper
from desktop.papers.chinese_dates import day_text, minute_text
from desktop.papers.sheet import CaseSheet, MaterialLine
from desktop.papers.words import is_address, window_name

_LAW = "《中华人民共和国行政许可法》第三十二条"
_SEAL = "受理专用章"


def acceptance_notice(sheet: CaseSheet) -> bytes:
    """受理通知书; ValueError when the case is not accepted or has no due date."""
    if sheet.accepted_at is None or sheet.due_date is None:
        raise ValueError("an acceptance notice needs the acceptance and the due date")
    pack = sheet.pack
    paper = _open(sheet, "受理通知书", number_label="办件编号")
    paper.paragraph(f"你于{day_text(local(sheet.applied_at).date())}提出的{pack.title}申请收悉。经审查，申请材料齐全，符合法定形式。"
                    f"参照{_LAW}第一款第（五）项的规定，现决定予以受理。有关事项告知如下：")
    paper.y += 3 * mm
    limit = f"{pack.limit.working_days}个工作日（自受理次日起算，法定节假日不计）"
    due = day_text(sheet.due_date)
    if sheet.due_is_provisional:
        due += "（暂定）\n该期限内的法定节假日安排尚未公布，公布后按正式安排重新计算，如有变动另行告知。"
    results = dict.fromkeys(sheet.results or (matter.result for matter in pack.matters if matter.name in sheet.matters))
    excluded = "；".join(pack.limit.excluded) or "主题文件未规定不计入承诺时限的环节。"
    paper.facts([
        ("申请人", _applicant(sheet)),
        ("申请事项", _listed(sheet.matters)),
        ("申请日期", minute_text(sheet.applied_at)),
        ("受理日期", minute_text(sheet.accepted_at)),
        ("承诺办理时限", limit),
        ("应办结日期", due),
        ("不计入时限", excluded),
        ("办理结果", "；".join(results)),
        ("领取方式", sheet.delivery),
        ("收费", pack.fee.text),
        ("查询与监督", _contact(sheet)),
    ])
    _close(paper, sheet, day_text(local(sheet.accepted_at).date()))
    return paper.write()


def correction_notice(sheet: CaseSheet) -> bytes:
    """一次性告知书（补正）: every material with a defect, and what to do; ValueError when there is none."""
    wanting = [material for material in sheet.materials if material.defect]
    if not wanting:
        raise ValueError("a correction notice needs at least one material with a defect")
    paper = _open(sheet, "一次性告知书（补正）", number_label="收件编号")
    paper.paragraph(f"你于{day_text(local(sheet.applied_at).date())}提出的{sheet.pack.title}申请收悉。经审查，申请材料不齐全或者不符合法定形式。"
                    f"参照{_LAW}第一款第（四）项的规定，现将需要补正的全部内容一次告知如下：")
    paper.y += 3 * mm
    paper.table(
        ("序号", "材料名称", "存在问题", "补正要求", "形式及份数"),
        tuple(share * paper.wide for share in (0.07, 0.25, 0.24, 0.27, 0.17)),
        [(str(number), material.name, material.defect, material.remedy, _form(material))
         for number, material in enumerate(wanting, start=1)],
        aligns=("center", "left", "left", "left", "center"),
    )
    paper.y += 4 * mm
    until = f"请于{day_text(sheet.corrections_until)}（含当日）前" if sheet.corrections_until else "请尽快"
    paper.facts([
        ("申请人", _applicant(sheet)),
        ("申请事项", _listed(sheet.matters)),
        ("收件时间", minute_text(sheet.applied_at)),
        ("补正期限与渠道", f"{until}到{sheet.hall}（{window_name(sheet.window)}）提交补正材料。"),
        ("受理与时限", "自收到全部补正材料之日起受理，承诺办理时限自受理之日起计算；已交且合格的材料不需重复提交。"),
        ("退还的材料", _returned(sheet.materials)),
        ("查询与监督", _contact(sheet)),
    ])
    _close(paper, sheet, day_text(local(sheet.issued_at or sheet.applied_at).date()))
    return paper.write()


def _open(sheet: CaseSheet, title: str, *, number_label: str) -> Paper:
    """Title, document number at the right, addressee."""
    paper = Paper(title=title, hall=sheet.hall, number=sheet.case_number, number_label=number_label, demo=sheet.demo)
    paper.heading(title, size=20, after=2 * mm)
    paper.y += 6 * mm
    paper.text(paper.right, paper.y, sheet.document_number, TABLE, align="right")
    paper.y += 3 * mm
    paper.paragraph(f"{sheet.applicant_name}：", indent=False, heavy=True)
    return paper


def _close(paper: Paper, sheet: CaseSheet, day: str) -> None:
    """Clerk, the receiver's signature, and the seal over unit and date; all on one page."""
    paper.ensure(50 * mm)
    paper.y += 6 * mm
    top = paper.y
    paper.text(paper.left, top + 5 * mm, f"受理窗口：{window_name(sheet.window)}", TABLE)
    paper.text(paper.left, top + 12 * mm, f"经办人：{sheet.clerk}", TABLE)
    paper.signature("申请人签收", paper.left, top + 27 * mm, 62 * mm, None)
    paper.signature("签收日期", paper.left, top + 37 * mm, 62 * mm, None)
    paper.seal(sheet.hall, day, name=_SEAL)


def _applicant(sheet: CaseSheet) -> str:
    relation = f"（{sheet.applicant_relation}）" if sheet.applicant_relation else ""
    number, phone = mask_id(sheet.applicant_number), mask_phone(sheet.applicant_phone)
    return f"{sheet.applicant_name}{relation}，证件号码 {number}，联系电话 {phone}"


def _listed(names: tuple[str, ...]) -> str:
    return "\n".join(f"{number}. {name}" for number, name in enumerate(names, start=1))


def _form(material: MaterialLine) -> str:
    return f"{material.form}\n{material.copies}"


def _returned(materials: tuple[MaterialLine, ...]) -> str:
    names = [material.name for material in materials if material.pages and material.handling == "核验退还"]
    return ("、".join(names) + "，原件已当场退还。") if names else "无"


def _contact(sheet: CaseSheet) -> str:
    lines = [f"咨询电话 {sheet.phone}" if sheet.phone else "", f"监督投诉电话 {sheet.complaint_phone}"]
    if is_address(sheet.query_url):
        lines.append(f"进度查询 {sheet.query_url}")
    return "\n".join(line for line in lines if line)
