"""The captured pages and signatures of a case. Their bytes: attachments.py."""

from dataclasses import asdict

from sqlmodel import col, select

from db import attachments
from db.models import EvidenceRow, as_record
from db.records import EvidenceRecord
from db.store import Tx
from db.vault import Stored


def add(tx: Tx, record: EvidenceRecord, stored: Stored) -> None:
    """Keep a piece of evidence whose bytes `attachments.put` has already made safe on the disk."""
    if (record.sha256, record.size) != (stored.sha256, stored.size):
        raise ValueError("the record speaks of other bytes than the stored file")
    attachments.record(tx, stored)
    tx.session.add(EvidenceRow(id=None, **asdict(record)))
    tx.session.flush()


def get(tx: Tx, evidence_id: str) -> EvidenceRecord:
    """One piece of evidence; raises LookupError."""
    return as_record(EvidenceRecord, _row(tx, evidence_id))


def for_case(tx: Tx, case_uuid: str, *, superseded: bool = False) -> tuple[EvidenceRecord, ...]:
    """What a case holds, in the order it was taken; also what was taken out again when `superseded`."""
    query = select(EvidenceRow).where(EvidenceRow.case_uuid == case_uuid).order_by(col(EvidenceRow.id))
    if not superseded:
        query = query.where(col(EvidenceRow.superseded).is_(False))
    return tuple(as_record(EvidenceRecord, row) for row in tx.session.exec(query))


def supersede(tx: Tx, evidence_id: str, *, superseded: bool = True) -> None:
    """Take a piece out of its case (its row and bytes stay), or with False put it back."""
    _row(tx, evidence_id).superseded = superseded
    tx.session.flush()


def change(tx: Tx, evidence_id: str, *, slot: str | None = None, doc_type: str | None = None) -> None:
    """File a piece under another slot or type, when the first guess was wrong."""
    row = _row(tx, evidence_id)
    row.slot = row.slot if slot is None else slot
    row.doc_type = row.doc_type if doc_type is None else doc_type
    tx.session.flush()


def _row(tx: Tx, evidence_id: str) -> EvidenceRow:
    row = tx.session.exec(select(EvidenceRow).where(EvidenceRow.evidence_id == evidence_id)).one_or_none()
    if row is None:
        raise LookupError(f"no evidence {evidence_id}")
    return row
