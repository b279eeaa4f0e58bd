"""A day in numbers, counted from the cases themselves."""

from collections import Counter
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from db import outbox
from db.models import CaseRow
from db.records import DayCounts, ThemeCounts
from db.store import Tx


def of_day(tx: Tx, start: datetime, days: int = 1) -> DayCounts:
    """Counts of the day that begins at `start`, the hall's midnight (aware); hours are counted from there."""
    end = start + timedelta(days=days)
    accepted = tx.session.exec(select(CaseRow).where(col(CaseRow.accepted_at) >= start,
                                                     col(CaseRow.accepted_at) < end)).all()
    sent_state = {uuid: row.state for uuid, row in outbox.latest(tx, [row.case_uuid for row in accepted]).items()}
    hours: Counter[int] = Counter()
    seconds: list[float] = []
    for row in accepted:
        assert row.accepted_at is not None, "asked for"
        hours[int((row.accepted_at - start) / timedelta(hours=1)) % 24] += 1
        seconds.append((row.accepted_at - row.created_at).total_seconds())
    themes = []
    for theme_id in sorted({row.theme_id for row in accepted}):
        its = [row for row in accepted if row.theme_id == theme_id]
        states = Counter(sent_state.get(row.case_uuid, "none") for row in its)
        themes.append(ThemeCounts(theme_id=theme_id, accepted=len(its),
                                  receipts_printed=sum(row.receipt_printed_at is not None for row in its),
                                  sent=states["sent"], waiting=states["waiting"], returned=states["refused"]))

    def happened(column: datetime | None) -> int:
        return tx.session.exec(select(func.count()).select_from(CaseRow).where(col(column) >= start,
                                                                               col(column) < end)).one()

    return DayCounts(
        accepted=len(accepted), corrected=happened(CaseRow.corrected_at), refused=happened(CaseRow.refused_at),
        receipts_printed=sum(theme.receipts_printed for theme in themes),
        mean_seconds=sum(seconds) / len(seconds) if seconds else None,
        by_theme=tuple(themes), by_hour=tuple(sorted(hours.items())))
