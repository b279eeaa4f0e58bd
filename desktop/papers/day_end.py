"""The day-end sheets: the PDF that two people sign and the workbook for the office. The sealed log: sealed_log.py."""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from reportlab.lib.units import mm

from desktop.domain.hall_time import local
from desktop.papers.a4 import TABLE, Paper
from desktop.papers.chinese_dates import day_text, minute_text
from desktop.papers.sealed_log import Verdict, seal_of, sealed_lines, verify_sealed
from desktop.papers.sheet import DayCase, DayLine, DaySheet
from desktop.papers.words import window_name, word

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["Verdict", "day_pdf", "day_workbook", "seal_of", "sealed_lines", "verify_sealed"]

_COUNTS = ("一件事", "受理", "影像齐全", "回执打印", "推送成功", "待推送", "平台退回", "核对结果")
_CASES = ("序号", "办件编号", "一件事", "申请人", "受理时间", "应办结日期", "状态", "推送", "次数", "最近错误", "回执",
          "经办人", "窗口")
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def day_pdf(day: DaySheet) -> bytes:
    """日终对账表 on A4 across: counts, differences, every case, journal head and seal, two signatures."""
    paper = Paper(title=f"日终对账表 {day.day.isoformat()}", hall=day.hall, demo=day.demo, landscape=True)
    paper.y = 14 * mm
    paper.heading("日终对账表", size=18, after=2 * mm)
    paper.y += 5 * mm
    paper.text(paper.left, paper.y, f"{day.hall}\u3000{window_name(day.window)}", TABLE)
    paper.text(paper.right, paper.y, f"{day_text(day.day)}\u3000单位：件", TABLE, align="right")
    paper.y += 3 * mm
    paper.table(_COUNTS, _shares(paper, 22, 10, 11, 11, 11, 10, 11, 26), [*map(_count_row, day.lines), _total(day)],
                aligns=("left", *["right"] * 6, "left"), last_heavy=True)
    paper.y += 4 * mm
    paper.facts([
        ("差异说明", "\n".join(f"{number}. {text}" for number, text in enumerate(day.differences, start=1)) or "无"),
        ("日志", f"共 {day.journal_count} 条，末条 SM3 校验值 {day.journal_head}"),
        ("封存校验值", seal_of(sealed_lines(day))),
        ("结清时间", minute_text(day.closed_at)),
    ])
    paper.ensure(20 * mm)
    paper.y += 15 * mm
    paper.signature(f"经办人（{day.closed_by}）", paper.left, paper.y, 92 * mm, None)
    paper.signature(f"复核人（{day.reviewed_by}）", paper.right - 92 * mm, paper.y, 92 * mm, None)
    if day.cases:
        paper.new_page()
        paper.paragraph(f"当日办件明细（共 {len(day.cases)} 件）", size=12, indent=False, heavy=True)
        paper.y += 2 * mm
        paper.table(_CASES, _shares(paper, 4, 18.5, 8, 6, 8, 8, 6, 6, 4, 11.5, 5, 7, 6),
                    [_case_row(number, case, day.day) for number, case in enumerate(day.cases, start=1)],
                    aligns=("center", "left", "left", "left", "center", "center", "left", "left", "center", "left",
                            "center", "left", "left"), size=8.5)
    return paper.write()


def day_workbook(day: DaySheet) -> bytes:
    """The same as XLSX: sheets 汇总 and 办件明细. Text is text: nothing in it can become a formula."""
    from openpyxl import Workbook

    book = Workbook()
    for unasked in book.worksheets:
        book.remove(unasked)
    summary = book.create_sheet("汇总")
    _fill(summary, [
        ("日终对账表",), ("日期", day.day), ("大厅", day.hall), ("窗口", window_name(day.window)), ("经办人", day.closed_by),
        ("复核人", day.reviewed_by), ("结清时间", local(day.closed_at)), ("日志条数", day.journal_count),
        ("日志末条SM3", day.journal_head), ("封存校验值", seal_of(sealed_lines(day))),
        *((("演示样张，不作凭证",),) if day.demo else ()), (), _COUNTS, *map(_counts, day.lines), _sums(day), (),
        *(("差异说明", text) for text in day.differences or ("无",)),
    ])
    cases = book.create_sheet("办件明细")
    _fill(cases, [_CASES, *(
        (number, case.case_number, case.theme, case.applicant, local(case.accepted_at), case.due_date, *_states(case), case.clerk,
         window_name(case.window))
        for number, case in enumerate(day.cases, start=1))])
    cases.freeze_panes = "A2"
    for sheet, widths in ((summary, (18, 30, 11, 11, 11, 11, 11, 30)),
                          (cases, (6, 28, 14, 12, 18, 14, 10, 10, 6, 24, 9, 10, 12))):
        for letter, wide in zip("ABCDEFGHIJKLM", widths, strict=False):
            sheet.column_dimensions[letter].width = wide
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: "Worksheet", rows: Sequence[Sequence[str | int | date | datetime | None]]) -> None:
    """Rows from the top, each cell with the type its value has."""
    for place, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            _set(sheet.cell(place, column), value)


def _set(cell: Any, value: str | date | datetime | int | None) -> None:
    if isinstance(value, str):
        cell.value = _harmless(value)
        cell.data_type = "s"           # openpyxl would make a formula of a leading =
        cell.number_format = "@"
    elif isinstance(value, datetime):
        cell.value = value.replace(tzinfo=None)   # a workbook knows no zones: it shows the hall's time
        cell.number_format = "yyyy-mm-dd hh:mm"
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"


def _harmless(text: str) -> str:
    """Text that stays text, here and when the sheet is saved as CSV; what a workbook cannot hold becomes U+FFFD."""
    clean = _UNPRINTABLE.sub("\ufffd", text)
    return f"'{clean}" if _FORMULA.match(clean.lstrip(" \u00a0\u3000\ufeff")) else clean


def _shares(paper: Paper, *weights: float) -> tuple[float, ...]:
    return tuple(paper.wide * weight / sum(weights) for weight in weights)


def _counts(line: DayLine) -> tuple[str | int, ...]:
    return (line.theme, line.accepted, line.evidence_complete, line.receipts_printed, line.sent, line.waiting,
            line.returned, line.finding or "相符")


def _sums(day: DaySheet) -> tuple[str | int, ...]:
    rows = [_counts(line)[1:7] for line in day.lines]
    found = sum(1 for line in day.lines if line.finding)
    sums = [sum(int(row[place]) for row in rows) for place in range(6)]
    return ("合计", *sums, f"{found} 处不符" if found else "全部相符")


def _count_row(line: DayLine) -> tuple[str, ...]:
    return tuple(map(str, _counts(line)))


def _total(day: DaySheet) -> tuple[str, ...]:
    return tuple(map(str, _sums(day)))


def _case_row(number: int, case: DayCase, day: date) -> tuple[str, ...]:
    accepted = local(case.accepted_at)
    return (str(number), case.case_number, case.theme, case.applicant,
            f"{accepted:%H:%M}" if accepted.date() == day else f"{accepted:%m-%d %H:%M}",
            case.due_date.isoformat() if case.due_date else "", *map(str, _states(case)), case.clerk, window_name(case.window))


def _states(case: DayCase) -> tuple[str | int, ...]:
    """Status, sending, tries, last error and receipt in words; the sealed log keeps the codes."""
    return (word(f"case_status.{case.status}", case.status), word(f"sync.{case.sync_state}", case.sync_state), case.attempts,
            word(case.last_error, case.last_error), "已打印" if case.receipt_printed else "未打印")
