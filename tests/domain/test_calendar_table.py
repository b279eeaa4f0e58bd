"""A year's notice as the county types it, and the table it becomes."""

import csv
import io
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.calendar_table import CalendarRefused, as_toml, changed_days, parse_calendar_csv
from desktop.domain.working_days import Calendar, Year, add_working_days, parse_calendar
from tests.domain import make_calendar
from tests.domain.conftest import CALENDAR

NOTICE = """\
day,kind,name
2027-01-01,holiday,元旦
2027-01-02,holiday,元旦
2027-01-03,workday,元旦
2027-02-05,holiday,春节
2027-02-08,holiday,春节
2027-04-05,holiday,清明节
2027-05-01,holiday,劳动节
2027-06-09,holiday,端午节
2027-09-15,holiday,中秋节
2027/10/1,放假,国庆节
2027/10/2,放假,国庆节
2027/10/3,放假,国庆节
2027/10/9,上班,国庆节
"""
"""Invented: the notice for 2027 is not out."""


def imported(text: str = NOTICE) -> Calendar:
    return Calendar({**CALENDAR.years, 2027: parse_calendar_csv(text, 2027, "示例通知")})


def test_a_limit_that_reaches_into_2027_is_provisional_until_the_year_is_imported() -> None:
    before, after = (add_working_days(date(2026, 12, 30), 2, calendar) for calendar in (CALENDAR, imported()))
    assert (before.due, before.provisional) == (date(2027, 1, 4), True)      # New Year's Day is closed by law, notice or not
    assert (after.due, after.provisional) == (date(2027, 1, 3), False)
    assert [day.reason for day in after.days] == ["工作日", "元旦放假", "元旦放假", "调休上班（元旦）"]


def test_an_imported_year_names_the_days_that_change() -> None:
    moved = (date(2027, 1, 3), date(2027, 10, 9))
    assert changed_days(CALENDAR.years[2027], imported().years[2027], 2027) == moved        # the days closed by law were known
    assert set(changed_days(None, imported().years[2027], 2027)) == {*moved, *(date.fromisoformat(f"2027-{day}") for day in (
        "01-01", "02-05", "02-08", "04-05", "06-09", "09-15", "10-01"))}


@pytest.mark.parametrize(("line", "told"), [
    ("2028-01-01,holiday,元旦", "不在 2027 年"), ("2027-02-30,holiday,春节", "不是日期"), ("明天,holiday,春节", "不是日期"),
    ("2027-01-01,holiday,元旦", "出现了两次"), ("2027-02-10,workday,春节", "不是周末"), ("2027-02-10,off,春节", "应是 holiday"),
    ("2027-02-10,holiday,", "缺节日名称"), ("2027-02-10", "应是 holiday"), (",,春节", "不是日期"),
])
def test_a_line_that_makes_no_sense_is_refused_with_its_number(line: str, told: str) -> None:
    with pytest.raises(CalendarRefused) as refused:
        parse_calendar_csv(NOTICE + line + "\n", 2027, "示例通知")
    assert {number for number, _ in refused.value.mistakes} == {15}
    assert told in str(refused.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(CalendarRefused) as refused:
        parse_calendar_csv("day,kind,name\nx,holiday,春节\n2027-01-04,workday,元旦\n", 2027, "示例通知")
    assert [line for line, _ in refused.value.mistakes] == [2, 3]


@pytest.mark.parametrize("text", ["", "day,name\n", "日期,类型,名称\n2027-01-01,holiday,元旦\n", "\x00"])
def test_a_file_of_another_kind_is_refused_at_its_first_line(text: str) -> None:
    with pytest.raises(CalendarRefused) as refused:
        parse_calendar_csv(text, 2027, "示例通知")
    assert refused.value.mistakes[0][0] == 1


def test_half_a_year_or_a_notice_without_a_name_is_refused() -> None:
    with pytest.raises(CalendarRefused, match=r"10月1日.*法定"):
        parse_calendar_csv("\n".join(NOTICE.splitlines()[:10]), 2027, "示例通知")
    with pytest.raises(CalendarRefused, match="依据"):
        parse_calendar_csv(NOTICE, 2027, " ")


@pytest.mark.parametrize("year", range(2004, 2027))
def test_every_published_year_goes_through_csv_and_the_table_unchanged(year: int) -> None:
    published = make_calendar.official(year)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["day", "kind", "name"])
    rows.writerows([day.isoformat(), kind, name] for kind, table in (("holiday", published.holidays), ("workday", published.workdays))
                   for day, name in table.items())
    read = parse_calendar_csv("\ufeff" + out.getvalue(), year, published.source)
    assert read == published
    assert parse_calendar(as_toml({year: read})).years[year] == published


@given(st.text(max_size=200))
def test_no_text_upsets_the_import(text: str) -> None:
    for start in ("", "day,kind,name\n"):
        with pytest.raises(CalendarRefused):
            parse_calendar_csv(start + text, 2027, "示例通知")


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=10)


@given(WORDS, st.dictionaries(st.integers(0, 364), WORDS, max_size=20))
def test_whatever_a_holiday_is_called_the_table_reads_it_back(source: str, names: dict[int, str]) -> None:
    days = {date(2027, 1, 1) + timedelta(days=i): name for i, name in names.items()}
    year = Year(official=True, source=source, holidays=days, workdays={})
    assert parse_calendar(as_toml({2027: year})).years[2027] == year
