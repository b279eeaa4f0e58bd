"""The applicant reads what will be filed, and signs exactly that."""

import json
from dataclasses import dataclass

from db import attachments, cases, evidence, journal
from db.records import EvidenceRecord
from desktop.domain.case import IllegalMove, editable
from desktop.flows import case_file, case_view
from desktop.flows.applicant_sheet import sheet_of
from desktop.flows.case_file import SIGNATURE_SLOT
from desktop.flows.desk import Desk
from desktop.flows.views import ApplicantSheet, CaseView, Session

STROKES_SLOT = "signature_strokes"


@dataclass(frozen=True)
class StrokePoint:
    """One point of a stroke: x, y as fractions of the pad, pressure 0..1, milliseconds since the first touch."""

    x: float
    y: float
    pressure: float
    ms: int


Stroke = tuple[StrokePoint, ...]


class SheetChanged(Exception):
    """The case changed after the sheet was shown: show it again."""

    code = "sign.sheet_changed"


class EmptySignature(Exception):
    """Nothing was written on the pad."""

    code = "sign.empty"


class Sign:
    """Show the sheet, take the signature."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def sheet(self, session: Session, case_uuid: str) -> ApplicantSheet:
        """What the applicant reads; ID numbers masked."""
        del session
        with self._desk.store.reading() as tx:
            return sheet_of(case_file.load(self._desk, tx, case_uuid))

    def sign(self, session: Session, case_uuid: str, digest: str, strokes: tuple[Stroke, ...], png: bytes) -> CaseView:
        """Keep the signature for exactly the text with `digest`.

        Raises SheetChanged when the case moved on, EmptySignature for a pad nobody wrote on.
        """
        if sum(len(stroke) for stroke in strokes) < 4:
            raise EmptySignature
        desk, now = self._desk, self._desk.clock()
        written = json.dumps({
            "signed_sha256": digest, "clerk": session.user_id, "at": now.isoformat(),
            "strokes": [[[point.x, point.y, point.pressure, point.ms] for point in stroke] for stroke in strokes],
        }, separators=(",", ":")).encode()
        kept = [(SIGNATURE_SLOT, png, "image/png"), (STROKES_SLOT, written, "application/json")]
        stored = [attachments.put(desk.store, data) for _, data, _ in kept]
        with desk.store.transaction() as tx:
            file = case_file.load(desk, tx, case_uuid)
            if not editable(file.status):
                raise IllegalMove(file.status)
            if sheet_of(file).digest != digest:
                raise SheetChanged
            for old in file.evidence:
                if old.slot in {SIGNATURE_SLOT, STROKES_SLOT}:
                    evidence.supersede(tx, old.evidence_id)
            for (slot, data, media_type), safe in zip(kept, stored, strict=True):
                evidence.add(tx, EvidenceRecord(
                    evidence_id=desk.new_id(), case_uuid=case_uuid, slot=slot, doc_type="other", sha256=safe.sha256,
                    size=len(data), media_type=media_type, at=now, by=session.user_id), safe)
            cases.update(tx, case_uuid, now, signed_digest=digest, signed_at=now)
            journal.append(tx, now, session.user_id, "case.signed", case_uuid, {"sha256": digest})
            return case_view.view(desk, case_file.load(desk, tx, case_uuid))
