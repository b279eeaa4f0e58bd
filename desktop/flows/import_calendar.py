"""Importing a year's official calendar into the county's own table. What a notice must hold is domain.calendar_table's."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from desktop.domain.calendar_table import as_toml, changed_days, parse_calendar_csv
from desktop.shelf import read_calendar
from desktop.text_file import read_text


@dataclass(frozen=True)
class ImportedYear:
    """What an import did."""

    year: int
    source: str
    holidays: int
    workdays: int
    """Weekend days that are worked."""
    changed: tuple[date, ...]
    """Days that count otherwise than before."""
    file: Path


def import_calendar(file: Path, year: int, source: str, shipped: Path, county: Path) -> ImportedYear:
    """Put one year from a CSV into `county`/china.toml beside the years in force, in one step.

    A window that is open reads the table at its next start. Raises CalendarRefused (nothing is written), BrokenTable when the table in
    force cannot be read, NotText and OSError when a file cannot be read or written.
    """
    text = read_text(file)
    years = dict(read_calendar(shipped, county).years)
    imported = parse_calendar_csv(text, year, source)
    changed = changed_days(years.get(year), imported, year)
    years[year] = imported
    target = county / "china.toml"
    county.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    with fresh.open("w", encoding="utf-8", newline="\n") as out:
        out.write(as_toml(years))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(target)
    return ImportedYear(year, imported.source, len(imported.holidays), len(imported.workdays), changed, target)
