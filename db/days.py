"""Closed days: written once, read for ever. What a day-end says: flows.close_day."""

from dataclasses import asdict
from datetime import date

from sqlmodel import col, select

from db.models import DayRow, as_record
from db.records import DayRecord
from db.store import Tx


def close(tx: Tx, record: DayRecord) -> None:
    """Keep a closed day; a day that is already closed raises IntegrityError."""
    tx.session.add(DayRow(**asdict(record)))
    tx.session.flush()


def get(tx: Tx, day: date) -> DayRecord | None:
    """The closed day, None while it is open."""
    row = tx.session.get(DayRow, day)
    return None if row is None else as_record(DayRecord, row)


def latest(tx: Tx) -> DayRecord | None:
    """The one closed last, whatever date it bears; None while none is."""
    row = tx.session.exec(select(DayRow).order_by(col(DayRow.journal_count).desc()).limit(1)).first()
    return None if row is None else as_record(DayRecord, row)


def closed(tx: Tx, limit: int = 400) -> tuple[DayRecord, ...]:
    """Closed days, newest first."""
    query = select(DayRow).order_by(col(DayRow.day).desc()).limit(limit)
    return tuple(as_record(DayRecord, row) for row in tx.session.exec(query))
