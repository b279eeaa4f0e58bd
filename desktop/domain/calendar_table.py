"""The calendar table as text: a year's notice as CSV becomes a Year, and years become the TOML that working_days.parse_calendar reads.

No disk: whoever imports a file or ships the table does that. What a day counts for is working_days.py's.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from desktop.domain import spelling
from desktop.domain.working_days import FIXED_HOLIDAYS, Year

HEAD = """\
# 工作日历：节假日与调休。窗口按此表计算工作日，不联网查询。自带的 2024—2026 年由 chinesecalendar（MIT 许可）整理而来。
#   official = true   国务院办公厅已正式公布；false = 暂定，只知道周末和法定节日，算出的期限会注明“暂定”。
#   holiday           放假的日子（含落在周末的）。  workday  调休上班的周末。
# 新一年的安排公布后：oncedesk calendar import 文件.csv --year 年份 --source 文号；也可以直接改这张表。不需要改程序。
"""
_COLUMNS = ["day", "kind", "name"]
_KINDS = {"holiday": True, "放假": True, "workday": False, "上班": False}


class CalendarRefused(ValueError):
    """The CSV is no year's notice; `mistakes` are (line of the file or 0 for the whole, what is wrong)."""

    code = "calendar.refused"

    def __init__(self, mistakes: tuple[tuple[int, str], ...]) -> None:
        super().__init__("；".join(f"第 {line} 行：{text}" if line else text for line, text in mistakes))
        self.mistakes = mistakes


def parse_calendar_csv(text: str, year: int, source: str) -> Year:
    """The official Year a CSV of `day,kind,name` tells, kind holiday (放假) or workday (上班). Raises CalendarRefused with all mistakes.

    Every closed day of the notice belongs into it, those on weekends too (they do no harm), and every weekend day that is worked.
    Days as 2027-01-01, or as spreadsheets write them, 2027/1/1.
    """
    if not 2000 <= year <= 2100:
        raise CalendarRefused(((0, f"{year} 不是要导入的年份"),))
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=None), skipinitialspace=True)
    try:
        rows = [(reader.line_num, [spelling.text(cell) for cell in row]) for row in reader]
    except csv.Error as e:
        raise CalendarRefused(((reader.line_num, f"不是 CSV（{e}）"),)) from e
    if not rows or rows[0][1][:3] != _COLUMNS:
        raise CalendarRefused(((1, f"第一行应是 {','.join(_COLUMNS)}"),))
    holidays: dict[date, str] = {}
    workdays: dict[date, str] = {}
    mistakes: list[tuple[int, str]] = []
    for line, row in rows[1:]:
        if not any(row):
            continue
        written, kind, name, *_ = *row, "", "", ""
        day, found = _day(written), []
        if day is None:
            found.append(f"“{written}”不是日期")
        elif day.year != year:
            found.append(f"{day} 不在 {year} 年")
        elif day in holidays or day in workdays:
            found.append(f"{day} 出现了两次")
        elif kind in _KINDS and not _KINDS[kind] and day.weekday() < 5:
            found.append(f"{day} 不是周末，本来就上班")
        if kind not in _KINDS:
            found.append(f"“{kind}”应是 holiday（放假）或 workday（上班）")
        if not name or not name.isprintable():
            found.append("缺节日名称")
        mistakes += [(line, what) for what in found]
        if day is not None and not found:
            (holidays if _KINDS[kind] else workdays)[day] = name
    lacking = [f"{month}月{number}日" for month, number in FIXED_HOLIDAYS if date(year, month, number) not in holidays]
    if lacking and not mistakes:
        mistakes.append((0, f"表不完整：{'、'.join(lacking)}是法定节假日，表里没有放假"))
    source = spelling.text(source)
    if not source or not source.isprintable():
        mistakes.append((0, "要写明依据的通知"))
    if mistakes:
        raise CalendarRefused(tuple(mistakes))
    return Year(official=True, source=source, holidays=holidays, workdays=workdays)


def changed_days(old: Year | None, new: Year, year: int) -> tuple[date, ...]:
    """The days of `year` that are worked in one and not in the other; with no old year, those that are not as the week has them."""
    def worked(entry: Year | None, day: date) -> bool:
        return day.weekday() < 5 if entry is None else day in entry.workdays or (day.weekday() < 5 and day not in entry.holidays)

    days = [date(year, 1, 1) + timedelta(days=i) for i in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    return tuple(day for day in days if worked(old, day) != worked(new, day))


def as_toml(years: Mapping[int, Year]) -> str:
    """The whole table, years in order, the days of a holiday together."""
    return HEAD + "".join("\n" + "\n".join(_lines(year, years[year])) + "\n" for year in sorted(years))


def _lines(number: int, year: Year) -> Iterator[str]:
    yield f"[[year]]\nyear = {number}\nofficial = {'true' if year.official else 'false'}\nsource = {_quoted(year.source)}"
    for kind, table in (("holiday", year.holidays), ("workday", year.workdays)):
        groups: dict[str, list[str]] = {}
        for day in sorted(table):
            groups.setdefault(table[day], []).append(day.isoformat())
        for name, days in groups.items():
            yield f"[[year.{kind}]]\nname = {_quoted(name)}\ndays = [{', '.join(days)}]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)      # a JSON string of printable characters is a TOML one


def _day(text: str) -> date | None:
    parts = text.replace("/", "-").split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
