"""Dates and times as official Chinese papers write them, in the hall's time."""

from datetime import date, datetime

from desktop.domain.hall_time import local


def day_text(day: date) -> str:
    """`2026年11月22日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def minute_text(at: datetime) -> str:
    """`2026年11月22日 09:05` of an aware moment; one without a zone is the hall's already."""
    there = local(at) if at.tzinfo else at
    return f"{day_text(there.date())} {there:%H:%M}"
