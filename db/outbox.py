"""What the province must get: the table in which flows and sync meet. When to try again is sync's to decide.

A row is put in the transaction of the case it speaks of. States: waiting, sent, refused, and replaced (it was refused
and a later revision took its place). That something is being sent just now lives in memory only.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import aliased
from sqlmodel import col, exists, func, or_, select

from db.models import OutboxRow, as_record
from db.records import OutboxRecord
from db.store import Tx

LONGEST_WAIT = timedelta(minutes=15)
"""No wait is longer: a `next_at` beyond it comes from a clock that has since been put back, and is due."""


def put(tx: Tx, *, case_uuid: str, revision: int, idempotency_key: str, body: str, now: datetime,
        kind: str = "case") -> OutboxRecord:
    """Queue one revision of a case, due now; its refused predecessors count as replaced.

    The same revision or key twice raises IntegrityError.
    """
    for refused in tx.session.exec(select(OutboxRow).where(OutboxRow.case_uuid == case_uuid, OutboxRow.kind == kind,
                                                           OutboxRow.state == "refused")):
        refused.state = "replaced"
    row = OutboxRow(outbox_id=None, kind=kind, case_uuid=case_uuid, revision=revision, idempotency_key=idempotency_key,
                    body=body, state="waiting", attempts=0, next_at=now, created_at=now, last_error="",
                    last_detail="", sent_at=None, receipt=None)
    tx.session.add(row)
    tx.session.flush()
    return as_record(OutboxRecord, row)


def due(tx: Tx, now: datetime, limit: int = 50) -> tuple[OutboxRecord, ...]:
    """What may be sent now, oldest first, at most one per case so that revisions keep their order."""
    earlier = aliased(OutboxRow)
    query = (select(OutboxRow)
             .where(OutboxRow.state == "waiting",
                    or_(col(OutboxRow.next_at) <= now, col(OutboxRow.next_at) > now + LONGEST_WAIT),
                    ~exists().where(earlier.case_uuid == OutboxRow.case_uuid,  # type: ignore[arg-type]
                                    earlier.kind == OutboxRow.kind,  # type: ignore[arg-type]
                                    earlier.state == "waiting",  # type: ignore[arg-type]
                                    col(earlier.outbox_id) < col(OutboxRow.outbox_id)))
             .order_by(col(OutboxRow.outbox_id)).limit(limit))
    return tuple(as_record(OutboxRecord, row) for row in tx.session.exec(query))


def next_due(tx: Tx) -> datetime | None:
    """When the next waiting row wants its turn; None when nothing waits."""
    return tx.session.exec(select(func.min(OutboxRow.next_at)).where(OutboxRow.state == "waiting")).one()


def get(tx: Tx, outbox_id: int) -> OutboxRecord:
    """One row; raises LookupError."""
    return as_record(OutboxRecord, _row(tx, outbox_id))


def mark_tried(tx: Tx, outbox_id: int, next_at: datetime, code: str, detail: str = "") -> None:
    """It did not go through: `code` says why (wording.toml), it waits until `next_at`. A row already sent stays so."""
    row = _row(tx, outbox_id)
    if row.state == "sent":
        return
    row.attempts += 1
    row.next_at, row.last_error, row.last_detail = next_at, code, detail
    tx.session.flush()


def mark_sent(tx: Tx, outbox_id: int, receipt: str, at: datetime) -> None:
    """The province has it and gave its receipt. Marking twice keeps the first."""
    row = _row(tx, outbox_id)
    if row.state == "sent":
        return
    row.attempts += 1
    row.state, row.receipt, row.sent_at, row.last_error, row.last_detail = "sent", receipt, at, "", ""
    tx.session.flush()


def mark_refused(tx: Tx, outbox_id: int, code: str, detail: str = "") -> None:
    """The province will not take it as it is: work for a person. The row stays with its reason."""
    row = _row(tx, outbox_id)
    if row.state == "sent":
        return
    row.attempts += 1
    row.state, row.last_error, row.last_detail = "refused", code, detail
    tx.session.flush()


def make_due(tx: Tx, case_uuid: str, now: datetime, *, refused_too: bool = False) -> int:
    """Send a case's waiting rows now (with `refused_too` also the refused one, unchanged); returns how many."""
    states = ("waiting", "refused") if refused_too else ("waiting",)
    rows = tx.session.exec(select(OutboxRow).where(OutboxRow.case_uuid == case_uuid,
                                                   col(OutboxRow.state).in_(states))).all()
    for row in rows:
        row.state, row.next_at = "waiting", now
    tx.session.flush()
    return len(rows)


def make_all_due(tx: Tx, now: datetime) -> int:
    """The line is back: everything that waits is due now; returns how many."""
    rows = tx.session.exec(select(OutboxRow).where(OutboxRow.state == "waiting")).all()
    for row in rows:
        row.next_at = now
    tx.session.flush()
    return len(rows)


def counts(tx: Tx) -> dict[str, int]:
    """Rows per state; every state is named."""
    found = dict(tx.session.exec(select(OutboxRow.state, func.count()).group_by(col(OutboxRow.state))).all())
    return {state: found.get(state, 0) for state in ("waiting", "sent", "refused", "replaced")}


def last_sent_at(tx: Tx) -> datetime | None:
    """When the province last gave a receipt."""
    return tx.session.exec(select(func.max(OutboxRow.sent_at))).one()


def rows(tx: Tx, limit: int = 200) -> tuple[OutboxRecord, ...]:
    """For the list: refused first, then what waits, then the last sent ones; replaced rows are left out."""
    found: list[OutboxRow] = []
    for state in ("refused", "waiting", "sent"):
        order = col(OutboxRow.sent_at).desc() if state == "sent" else col(OutboxRow.outbox_id)
        query = select(OutboxRow).where(OutboxRow.state == state).order_by(order).limit(limit - len(found))
        found += tx.session.exec(query).all()
    return tuple(as_record(OutboxRecord, row) for row in found)


def latest(tx: Tx, case_uuids: Collection[str]) -> dict[str, OutboxRecord]:
    """The newest row of each of these cases that has one."""
    query = select(OutboxRow).where(col(OutboxRow.case_uuid).in_(case_uuids)).order_by(col(OutboxRow.outbox_id))
    return {row.case_uuid: as_record(OutboxRecord, row) for row in tx.session.exec(query)}


def _row(tx: Tx, outbox_id: int) -> OutboxRow:
    row = tx.session.get(OutboxRow, outbox_id)
    if row is None:
        raise LookupError(f"no outbox row {outbox_id}")
    return row
