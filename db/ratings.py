"""Ratings: one per case, kept as given; only a supervisor's answer is added later. What they mean: desktop.domain.rating."""

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlmodel import col, select

from db.models import RatingRow
from db.records import RatingRecord
from db.store import Tx


def put(tx: Tx, rating: RatingRecord) -> None:
    """Keep a rating; a second one for the same case raises IntegrityError."""
    tx.session.add(RatingRow(**{**asdict(rating), "reasons": json.dumps(rating.reasons, ensure_ascii=False)}))
    tx.session.flush()


def find(tx: Tx, case_uuid: str) -> RatingRecord | None:
    """The rating of a case, None when nobody rated."""
    row = tx.session.get(RatingRow, case_uuid)
    return None if row is None else _record(row)


def counts(tx: Tx, start: datetime, end: datetime) -> dict[int, int]:
    """Level -> how many were given in [start, end); levels nobody gave are left out."""
    query = select(RatingRow.level).where(col(RatingRow.rated_at) >= start, col(RatingRow.rated_at) < end)
    return dict(Counter(tx.session.exec(query)))


def unanswered(tx: Tx, levels: Collection[int]) -> tuple[RatingRecord, ...]:
    """Ratings of these levels that nobody has answered yet, oldest first."""
    query = (select(RatingRow).where(col(RatingRow.level).in_(levels), col(RatingRow.corrected_at).is_(None))
             .order_by(col(RatingRow.rated_at)))
    return tuple(_record(row) for row in tx.session.exec(query))


def correct(tx: Tx, case_uuid: str, correction: str, by: str, at: datetime) -> None:
    """Add what was found and done; raises LookupError when the case was not rated."""
    row = tx.session.get(RatingRow, case_uuid)
    if row is None:
        raise LookupError(f"the case was not rated: {case_uuid}")
    row.correction, row.corrected_by, row.corrected_at = correction, by, at
    tx.session.flush()


def _record(row: RatingRow) -> RatingRecord:
    return RatingRecord(
        case_uuid=row.case_uuid, level=row.level, reasons=tuple(json.loads(row.reasons)), text=row.text, channel=row.channel,
        window=row.window, clerk=row.clerk, rated_at=row.rated_at, correction=row.correction, corrected_by=row.corrected_by,
        corrected_at=row.corrected_at)
