"""Makes resources/calendar/china.toml: 2024-2026 from chinesecalendar (MIT), later years as provisional shells.

`python -m tests.domain.make_calendar OUT.toml`. Run again when a new official year is known; a county may also edit the file by hand.
"""

import datetime as dt
import sys
from pathlib import Path

import chinese_calendar

OFFICIAL = {
    2024: "国务院办公厅关于2024年部分节假日安排的通知",
    2025: "国务院办公厅关于2025年部分节假日安排的通知",
    2026: "国务院办公厅关于2026年部分节假日安排的通知",
}
PROVISIONAL = (2027,)
NAMES = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "National Day": "国庆节", "Mid-autumn Festival": "中秋节",
}
HEAD = """\
# 工作日历：节假日与调休。窗口按此表计算工作日，不联网查询。
# 由 tests/domain/make_calendar.py 依据 chinesecalendar（MIT 许可）生成；也可由县里按国务院办公厅通知手工修改。
#   official = true   国务院办公厅已正式公布；false = 暂定，只知道周末，算出的期限会注明“暂定”。
#   holiday           放假的日子（含落在周末的）。  workday  调休上班的周末。
# 新一年的安排公布后：改该年的 official、source，补齐 holiday / workday 即可，不需要改程序。
"""


def year_table(year: int) -> str:
    """One [[year]] with its holidays and make-up working days."""
    off: dict[str, list[str]] = {}
    on: dict[str, list[str]] = {}
    day = dt.date(year, 1, 1)
    while day.year == year:
        is_off, name = chinese_calendar.get_holiday_detail(day)
        if name is not None:
            (off if is_off else on).setdefault(NAMES[name], []).append(day.isoformat())
        day += dt.timedelta(days=1)
    lines = [f'\n[[year]]\nyear = {year}\nofficial = true\nsource = "{OFFICIAL[year]}"']
    for kind, groups in (("holiday", off), ("workday", on)):
        lines += [f'[[year.{kind}]]\nname = "{name}"\ndays = [{", ".join(days)}]' for name, days in groups.items()]
    return "\n".join(lines) + "\n"


def text() -> str:
    """The whole file."""
    shells = "".join(
        f'\n[[year]]\nyear = {year}\nofficial = false\nsource = "尚未公布，暂按周末推算"\n' for year in PROVISIONAL)
    return HEAD + "".join(map(year_table, OFFICIAL)) + shells


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
