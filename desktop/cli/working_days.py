"""`oncedesk calendar …`: a year's holidays and worked weekends, taken in from a file."""

import argparse
import dataclasses
from pathlib import Path

from desktop.cli.at_work import at_work
from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import CannotBeDone, Outcome, plain
from desktop.settings import Settings


@command("import", "导入一年的放假安排",
         argument("file", type=Path, metavar="FILE", help="CSV：day,kind,name，kind 为 holiday 或 workday"),
         argument("--year", type=int, required=True),
         argument("--source", required=True, help="依据的通知"))
def _import(args: argparse.Namespace, settings: Settings) -> Outcome:
    """Imports the year, then counts open due dates anew; a store that is in use stops it before anything is written."""
    from desktop.domain.calendar_table import CalendarRefused
    from desktop.flows.import_calendar import import_calendar
    from desktop.flows.recount import Recounted, recount
    from desktop.shelf import RESOURCES, read_calendar

    moved: tuple[Recounted, ...] = ()
    shipped, county = RESOURCES / "calendar", settings.home / "calendar"
    try:
        if not settings.store_path.exists():
            done = import_calendar(args.file, args.year, args.source, shipped, county)
        else:
            with at_work(settings) as place:
                done = import_calendar(args.file, args.year, args.source, shipped, county)
                moved = recount(dataclasses.replace(place.desk, calendar=read_calendar(shipped, county)))
    except CalendarRefused as e:
        raise CannotBeDone("\n".join(f"{args.file}{f':{line}' if line else ''}：{what}" for line, what in e.mistakes)) from e
    lines = [f"{done.year} 年已按《{done.source}》写入 {done.file}：放假 {done.holidays} 天，调休上班 {done.workdays} 天",
             f"与原来不同的日子：{'、'.join(map(str, done.changed)) or '无'}",
             *(f"{case.case_number}：办结期限原暂定 {case.was}，现为 {case.due}" for case in moved)]
    return Outcome({**plain(done), "recounted": moved}, lines)


add = group("calendar", "工作日历", _import)
