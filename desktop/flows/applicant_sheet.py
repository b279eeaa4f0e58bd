"""What the applicant reads and signs. The same case gives the same text and so the same digest."""

import hashlib
import json
from datetime import date

from desktop.domain import masking
from desktop.flows.case_file import CaseFile
from desktop.flows.views import ApplicantSheet, SheetRow

_CONSENT = "以上信息由我提供，我已核对无误。我同意为办理本主题事项，由所列部门使用这些信息和材料影像；保存期限按档案管理规定执行。"


def sheet_of(file: CaseFile) -> ApplicantSheet:
    """The sheet of a case: every filled field by its printed label, the matters, the promise. Same case, same digest."""
    rows = [SheetRow(field.label, _shown(field.type, file.printed[field.key]))
            for section in file.pack.sections for field in section.fields if file.printed.get(field.key) and field.type != "image"]
    matters = "、".join(matter.name for matter in file.pack.matters if matter.id in file.evaluation.chosen)
    due = f"自受理之日起 {file.pack.limit.working_days} 个工作日内办结"
    # What is hashed holds the full values: a digest over masked numbers would not say which number was signed.
    # Pictures are evidence under their own digests, and one of them is this very signature.
    signed = [[field.key, field.label, file.printed.get(field.key, "")] for field in file.pack.fields if field.type != "image"]
    text = json.dumps({"case": file.record.case_uuid, "theme": [file.pack.id, file.pack.version], "matters": matters,
                       "due": due, "consent": _CONSENT, "fields": signed}, ensure_ascii=False, separators=(",", ":"))
    return ApplicantSheet(title=file.pack.form_title, rows=tuple(rows), matters=matters, due=due, consent=_CONSENT, text=text,
                          digest=hashlib.sha256(text.encode()).hexdigest())


def _shown(kind: str, value: str) -> str:
    """Identity numbers show first and last characters only; all else the applicant must be able to check."""
    return masking.mask_id(value) if kind == "id_number" else _date_words(value)


def _date_words(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.year}年{day.month}月{day.day}日"
