"""What was sent to a printer. A row is there before the first byte goes out, so a crash or a fault in the middle leaves a trace.

States: sending (also what a crash leaves), printed (the printer said so), handed_over (the system's queue has it), seen (the
clerk saw it printed), unknown (some of it may be on paper), failed (surely nothing is).
"""

from datetime import datetime

from sqlmodel import col, select

from db.models import PrintJobRow, as_record
from db.records import PrintJobRecord
from db.store import Tx


def begin(tx: Tx, case_uuid: str, kind: str, edition: str, *, by: str, at: datetime) -> PrintJobRecord:
    """Note that a job is about to go out, as the next copy; one that surely failed is taken up again under its own number."""
    last = _last(tx, case_uuid, kind, edition)
    if last is not None and last.state == "failed":
        last.state, last.fault, last.by, last.at, last.ended_at = "sending", "", by, at, None
        row = last
    else:
        row = PrintJobRow(id=None, case_uuid=case_uuid, kind=kind, edition=edition, copy_number=last.copy_number + 1 if last else 1,
                          state="sending", fault="", queue_job="", by=by, at=at, ended_at=None)
        tx.session.add(row)
    tx.session.flush()
    return as_record(PrintJobRecord, row)


def end(tx: Tx, job_id: int, state: str, at: datetime, *, fault: str = "", queue_job: str = "") -> None:
    """How it went."""
    row = tx.session.get(PrintJobRow, job_id)
    if row is None:
        raise LookupError(f"no print job {job_id}")
    row.state, row.ended_at, row.fault, row.queue_job = state, at, fault, queue_job or row.queue_job
    tx.session.flush()


def for_case(tx: Tx, case_uuid: str) -> tuple[PrintJobRecord, ...]:
    """All jobs of a case, oldest first."""
    query = select(PrintJobRow).where(PrintJobRow.case_uuid == case_uuid).order_by(col(PrintJobRow.id))
    return tuple(as_record(PrintJobRecord, row) for row in tx.session.exec(query))


def _last(tx: Tx, case_uuid: str, kind: str, edition: str) -> PrintJobRow | None:
    return tx.session.exec(select(PrintJobRow).where(
        PrintJobRow.case_uuid == case_uuid, PrintJobRow.kind == kind, PrintJobRow.edition == edition,
    ).order_by(col(PrintJobRow.copy_number).desc()).limit(1)).first()
