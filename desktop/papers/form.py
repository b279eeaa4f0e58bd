"""The unified form: the pack's sections in the layout their document prints, filled with the case's answers.

Four columns: label, value, label, value. A full field takes the whole row; a row heading (自领, 邮寄) stands at the
left of its rows. Which labels, which order and which width is the pack's; nothing here knows a theme.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from reportlab.lib.units import mm

from desktop.domain.hall_time import local
from desktop.domain.themes import Field, Section
from desktop.papers import fonts, lines
from desktop.papers.a4 import TABLE, THICK, Paper
from desktop.papers.chinese_dates import day_text, minute_text
from desktop.papers.sheet import CaseSheet
from desktop.papers.words import window_name

_LABEL = 34 * mm
_PAD = 1.8 * mm
_LEADING = 1.25
_FOOT = 27 * mm
_SIGNED_FOOT = 9 * mm
"""What is left of it when the form has places of its own for signatures."""
_PICTURE = {"signature": 13 * mm}
_PHOTO = 36 * mm
"""How high a picture stands on the form, by its slot."""
_SIZES = (10.5, 10.0, 9.5, 9.0)
_SMALLEST = 8.0
_DECLARATION = "以上内容已由本人核对，确认无误。"


@dataclass(frozen=True)
class _Cell:
    """One cell of a row, its text already broken into lines."""

    x: float
    wide: float
    lines: tuple[str, ...]
    size: float
    centred: bool = False
    picture: bytes | None = None
    least: float = 0.0
    """Never lower than this: the place of a picture, also when there is none."""


@dataclass(frozen=True)
class _Row:
    """One printed row; `heading` is what stands at the left of it and its like neighbours."""

    cells: tuple[_Cell, ...]
    heading: str = ""

    def height(self, low: float) -> float:
        """What its fullest cell needs, at least `low`."""
        return max(low, *(max(cell.least, len(cell.lines) * cell.size * _LEADING + 1.2 * mm) for cell in self.cells))


def unified_form(sheet: CaseSheet) -> bytes:
    """《统一申报表单》 as PDF: every label as printed, every value whole, signed at the foot; numbers in full."""
    pack = sheet.pack
    reason = next((paper.reason for paper in pack.papers if paper.kind == "form" and paper.proposed), "")
    proposed = reason or "文件没有印发这张表" if pack.form_is_proposed else ""
    paper = Paper(title=pack.form_title, hall=sheet.hall, number=sheet.case_number, demo=sheet.demo, proposed=proposed)
    paper.y -= 0 if proposed else 6 * mm
    paper.heading(pack.form_title, size=16, after=3.5 * mm)
    sections = [(section.title, _rows(section, sheet, paper.wide)) for section in pack.sections]
    foot = _foot_of(paper, sheet)
    low = _row_height(sections, paper.room - foot.high)
    for title, rows in sections:
        _draw_section(paper, title, rows, low)
    _draw_foot(paper, sheet, foot)
    return paper.write()


def _rows(section: Section, sheet: CaseSheet, wide: float) -> list[_Row]:
    """Rows of one section: half fields in pairs, everything else on a row of its own; where it is signed the promise comes first."""
    rows: list[_Row] = []
    waiting: list[Field] = []

    def flush() -> None:
        if waiting:
            rows.extend(_row(waiting, sheet, wide))
            waiting.clear()

    if sheet.pack.pledge and any(map(_is_signature, section.fields)):
        texts = lines.wrap(sheet.pack.pledge.text, TABLE, wide - 2 * _PAD)
        rows.append(_Row((_Cell(0.0, wide, texts, TABLE),)))
    for field in section.fields:
        if field.row_heading or field.width == "full":
            flush()
            rows.extend(_row([field], sheet, wide))
        else:
            waiting.append(field)
            if len(waiting) == 2:
                flush()
    flush()
    return rows


def _row(fields: Sequence[Field], sheet: CaseSheet, wide: float) -> list[_Row]:
    """One row, or several when a value is longer than a page."""
    heading = fields[0].row_heading
    left = _LABEL if heading else 0.0
    share = (wide - left) / len(fields)
    cells: list[list[_Cell]] = []
    for number, field in enumerate(fields):
        x = left + number * share
        value_width = share - _LABEL
        labels = _Cell(x, _LABEL, lines.label(field.label, TABLE, _LABEL - 2 * _PAD), TABLE, centred=True)
        if field.type == "image":
            cells.append([labels, _picture(field, sheet, x + _LABEL, value_width)])
            continue
        texts, size = _fitted(field, sheet.answers.get(field.key, ""), value_width - 2 * _PAD)
        parts = [texts[start:start + 40] for start in range(0, len(texts), 40)]
        cells.append([labels, *(_Cell(x + _LABEL, value_width, part, size) for part in parts)])
    count = max(len(own) - 1 for own in cells)
    return [_Row(tuple(cell for own in cells for cell in (own[0], _part(own, number))), heading)
            for number in range(count)]


def _part(own: list[_Cell], number: int) -> _Cell:
    return own[number + 1] if number + 1 < len(own) else _Cell(own[1].x, own[1].wide, ("",), own[1].size)


def _is_signature(field: Field) -> bool:
    return field.type == "image" and field.slot == "signature"


def _picture(field: Field, sheet: CaseSheet, x: float, wide: float) -> _Cell:
    """The place of a picture: filled when the case has taken it, else empty; one that is kept apart is named as such."""
    taken = bool(sheet.answers.get(field.key))
    picture = sheet.signature_png if _is_signature(field) else sheet.pictures.get(field.slot)
    words = "见所附影像" if taken and picture is None else ""
    return _Cell(x, wide, (words,), TABLE, picture=picture if taken else None, least=_PICTURE.get(field.slot, _PHOTO))


def _fitted(field: Field, value: str, wide: float) -> tuple[tuple[str, ...], float]:
    """The lines of a value and their size: boxes to tick stay with their words, everything else runs on."""
    boxes = _boxes(field, value)
    if not boxes or any(fonts.width(box, TABLE) > wide for box in boxes):
        return _fit("\u3000".join(boxes) or _printed(field, value), wide)
    texts = [boxes[0]]
    for box in boxes[1:]:
        if fonts.width(f"{texts[-1]}\u3000{box}", TABLE) <= wide:
            texts[-1] += f"\u3000{box}"
        else:
            texts.append(box)
    return tuple(texts), TABLE


def _boxes(field: Field, value: str) -> list[str]:
    """Every choice of a blank that is ticked, with its box; what was chosen besides comes after. Empty for other blanks."""
    choices: tuple[str, ...] = field.choices
    chosen = [part for part in value.split("、") if part]
    if field.type == "bool":
        choices, chosen = ("是", "否"), [word for word, on in (("是", "true"), ("否", "false")) if value == on]
    elif field.type != "multi" or not choices:
        return []
    return [("☑" if choice in chosen else "□") + choice for choice in choices] + [f"☑{one}" for one in chosen if one not in choices]


def _printed(field: Field, value: str) -> str:
    """Dates and minutes as people write them; everything else as it came."""
    if field.type == "date":
        try:
            return day_text(date.fromisoformat(value))
        except ValueError:
            return value
    if field.type == "datetime":
        try:
            return minute_text(datetime.fromisoformat(value)) if "T" in value else value
        except ValueError:
            return value
    return value


def _fit(value: str, wide: float) -> tuple[tuple[str, ...], float]:
    """The largest size at which two lines hold the value; past that, small type and as many lines as it takes."""
    for size in _SIZES:
        texts = lines.wrap(value, size, wide)
        if len(texts) <= (1 if size > _SIZES[-1] and fonts.width(value, _SIZES[-1]) <= wide else 2):
            return texts, size
    return lines.wrap(value, _SMALLEST, wide), _SMALLEST


def _row_height(sections: Sequence[tuple[str, Sequence[_Row]]], room: float) -> float:
    """The roomiest row height with which all stands on one page; else the comfortable one, over two."""
    for tenths in range(85, 58, -1):
        low = tenths / 10 * mm
        if sum(low + sum(row.height(low) for row in rows) for _, rows in sections) <= room:
            return low
    return 7.5 * mm


def _draw_section(paper: Paper, title: str, rows: Sequence[_Row], low: float) -> None:
    """The title band and its rows inside one strong frame per page; the band is repeated after a page turn."""
    start = 0.0

    def open_frame() -> None:
        nonlocal start
        start = paper.y
        paper.cell(paper.left, paper.y, paper.wide, low, [title], 11, heavy=True, align="center", fill=0.93)
        paper.y += low

    def close_frame() -> None:
        paper.frame(paper.left, start, paper.wide, paper.y - start, weight=THICK)

    def turn() -> None:
        close_frame()
        paper.new_page()
        open_frame()

    paper.ensure(low + (rows[0].height(low) if rows else 0))
    open_frame()
    for heading, group in groupby(rows, key=lambda row: row.heading):
        block = list(group)
        if heading and paper.room < sum(row.height(low) for row in block) and paper.y > paper.top + 2 * low:
            turn()
        while block:
            if paper.room < block[0].height(low) and paper.y > paper.top + low:
                turn()
            together = [block.pop(0)]
            while block and paper.room >= sum(row.height(low) for row in (*together, block[0])):
                together.append(block.pop(0))
            _draw_block(paper, heading, together, low)
    close_frame()


def _draw_block(paper: Paper, heading: str, rows: Sequence[_Row], low: float) -> None:
    """Rows of one heading that stand on one page."""
    if heading:
        high = sum(row.height(low) for row in rows)
        paper.cell(paper.left, paper.y, _LABEL, high, lines.label(heading, TABLE, _LABEL - 2 * _PAD), TABLE,
                   align="center")
    for row in rows:
        high = row.height(low)
        for cell in row.cells:
            paper.cell(paper.left + cell.x, paper.y, cell.wide, high, cell.lines, cell.size, leading=_LEADING, pad=_PAD,
                       align="center" if cell.centred else "left")
            if cell.picture is not None:
                paper.picture(cell.picture, paper.left + cell.x + _PAD, paper.y + 0.6 * mm, cell.wide - 2 * _PAD, high - 1.2 * mm)
        paper.y += high


@dataclass(frozen=True)
class _Foot:
    """What stands below the table: the promise, a line to sign on unless the table has it, window and clerk."""

    promise: tuple[str, ...]
    signed_here: bool
    high: float


def _foot_of(paper: Paper, sheet: CaseSheet) -> _Foot:
    places = [field for field in sheet.pack.fields if _is_signature(field)]
    # An applicant for whom the table has no place (an agent) signs below it.
    signed_here = not places or (sheet.signature_png is not None and not any(sheet.answers.get(field.key) for field in places))
    pledge = sheet.pack.pledge.text if sheet.pack.pledge and not places else _DECLARATION
    promise = lines.wrap(pledge, TABLE, paper.wide) if signed_here else ()
    return _Foot(promise, signed_here, _FOOT + (len(promise) - 1) * TABLE * 1.5 if signed_here else _SIGNED_FOOT)


def _draw_foot(paper: Paper, sheet: CaseSheet, foot: _Foot) -> None:
    paper.ensure(foot.high)
    top = paper.y
    for number, line in enumerate(foot.promise):
        paper.text(paper.left, top + 6.5 * mm + number * TABLE * 1.5, line, TABLE)
    if foot.signed_here:
        signature_line = top + foot.high - 9 * mm
        paper.signature("申请人签名", paper.left + 66 * mm, signature_line, 56 * mm, sheet.signature_png, high=14 * mm)
        signed = day_text(local(sheet.signed_at).date()) if sheet.signed_at else "\u3000\u3000年\u3000月\u3000日"
        paper.text(paper.right, signature_line - 1.2 * mm, signed, TABLE, align="right")
    served = f"受理窗口：{window_name(sheet.window)}\u3000经办人：{sheet.clerk}"
    paper.text(paper.right, top + foot.high - 1.5 * mm, served, 9, align="right")
    paper.y += foot.high
