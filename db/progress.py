"""What the province said about matters, and how far its stream has been taken in.

Event, moved matter and cursor are committed together: after a crash the same events come again and do nothing.
"""

from dataclasses import asdict
from datetime import datetime

from sqlmodel import col, func, select

from db.models import CursorRow, ProgressRow, as_record
from db.records import ProgressRecord
from db.store import Tx


def cursor(tx: Tx, stream: str = "progress") -> str:
    """Where to go on in a stream; "" at the very beginning. Opaque: the province made it."""
    row = tx.session.get(CursorRow, stream)
    return "" if row is None else row.position


def set_cursor(tx: Tx, position: str, at: datetime, stream: str = "progress") -> None:
    """Go on from here next time; in the same transaction as the events before it."""
    tx.session.merge(CursorRow(stream=stream, position=position, at=at))
    tx.session.flush()


def seen(tx: Tx, event_id: str) -> bool:
    """Whether this event was taken in before."""
    return tx.session.exec(select(ProgressRow.id).where(ProgressRow.event_id == event_id)).first() is not None


def newest_sequence(tx: Tx, case_uuid: str, matter_id: str) -> int:
    """The highest sequence that moved this matter; -1 when none did."""
    query = select(func.max(ProgressRow.sequence)).where(
        ProgressRow.case_uuid == case_uuid, ProgressRow.matter_id == matter_id, col(ProgressRow.applied).is_(True))
    return -1 if (found := tx.session.exec(query).one()) is None else found


def note(tx: Tx, event: ProgressRecord) -> bool:
    """Keep an event; False, and nothing happens, when it was taken in before."""
    if seen(tx, event.event_id):
        return False
    tx.session.add(ProgressRow(id=None, **asdict(event)))
    tx.session.flush()
    return True


def events(tx: Tx, case_uuid: str) -> tuple[ProgressRecord, ...]:
    """All events of a case in the province's order, those that came too late included."""
    query = (select(ProgressRow).where(ProgressRow.case_uuid == case_uuid)
             .order_by(col(ProgressRow.sequence), col(ProgressRow.id)))
    return tuple(as_record(ProgressRecord, row) for row in tx.session.exec(query))
