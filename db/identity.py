"""Which store this is, and from when its numbers leap. What its witness outside says of it: desktop/station."""

from datetime import date

from db.models import StoreRow
from db.store import Tx


def store_id(tx: Tx) -> str:
    """Made with the store, kept through backup and restore."""
    return _row(tx).store_id


def leap(tx: Tx) -> tuple[date, int] | None:
    """Day and second of the day (the hall's) from which numbers leapt; None when this store never took another's place."""
    row = _row(tx)
    return None if row.leap_day is None else (row.leap_day, row.leap_second)


def leap_numbers(tx: Tx, day: date, second: int) -> None:
    """This store takes another's place (a restore, a new beginning): who was before it may have given out numbers it does not know."""
    row = _row(tx)
    row.leap_day, row.leap_second = day, second
    tx.session.flush()


def _row(tx: Tx) -> StoreRow:
    return tx.session.get_one(StoreRow, 1)
