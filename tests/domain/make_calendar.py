"""Makes resources/calendar/china.toml: 2024-2026 from chinesecalendar (MIT), later years as provisional shells.

`python -m tests.domain.make_calendar OUT.toml`. Run again when a new official year is known; a county may also import or edit a year.
"""

import datetime as dt
import sys
from collections.abc import Iterable
from pathlib import Path

import chinese_calendar

from desktop.domain.calendar_table import as_toml
from desktop.domain.working_days import Calendar, Year

OFFICIAL = (2024, 2025, 2026)
PROVISIONAL = {2027: {
    "元旦": ["2027-01-01"], "春节": ["2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08"], "清明节": ["2027-04-05"],
    "劳动节": ["2027-05-01", "2027-05-02"], "端午节": ["2027-06-09"], "中秋节": ["2027-09-15"],
    "国庆节": ["2027-10-01", "2027-10-02", "2027-10-03"],
}}
"""Days closed by law whatever the notice will say (全国年节及纪念日放假办法, 2024 revision); what is moved around them is not known yet."""
NAMES = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "National Day": "国庆节", "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


def official(year: int) -> Year:
    """One published year with its holidays and make-up working days."""
    off: dict[dt.date, str] = {}
    on: dict[dt.date, str] = {}
    day = dt.date(year, 1, 1)
    while day.year == year:
        is_off, name = chinese_calendar.get_holiday_detail(day)
        if name is not None:
            (off if is_off else on)[day] = NAMES[name]
        day += dt.timedelta(days=1)
    return Year(official=True, source=f"国务院办公厅关于{year}年部分节假日安排的通知", holidays=off, workdays=on)


def calendar(years: Iterable[int]) -> Calendar:
    """The published years as a Calendar."""
    return Calendar({year: official(year) for year in years})


def text() -> str:
    """The whole file."""
    shells = {year: Year(official=False, source="调休尚未公布，暂按周末和法定节日推算", workdays={},
                         holidays={dt.date.fromisoformat(day): name for name, days in by_law.items() for day in days})
              for year, by_law in PROVISIONAL.items()}
    return as_toml({**calendar(OFFICIAL).years, **shells})


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
