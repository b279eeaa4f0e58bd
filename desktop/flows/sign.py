"""The applicant reads what will be filed, and signs exactly that."""

import hashlib
import json
from dataclasses import dataclass
from itertools import pairwise

from db import attachments, cases, evidence, journal
from db.records import EvidenceRecord
from desktop.domain.case import IllegalMove, editable
from desktop.flows import case_file, case_view
from desktop.flows.applicant_sheet import sheet_of
from desktop.flows.case_file import SIGNATURE_SLOT
from desktop.flows.desk import Desk
from desktop.flows.views import ApplicantSheet, CaseView, Session
from hardware.signature import ink

STROKES_SLOT = "signature_strokes"
_INK = 0.12
"""Less ink than this, in pad widths, is a touch by mistake and no name …"""
_REACH = 0.06
"""… and so is ink that stays on one spot, in shares of the pad."""


@dataclass(frozen=True)
class StrokePoint:
    """One point of a stroke: x, y as fractions of the pad, pressure 0..1, milliseconds since the first touch."""

    x: float
    y: float
    pressure: float
    ms: int


Stroke = tuple[StrokePoint, ...]


def is_name(strokes: tuple[Stroke, ...]) -> bool:
    """Whether there is enough ink, far enough across, to be somebody's name; a dot or a slip of the hand is not."""
    points = [point for stroke in strokes for point in stroke]
    if len(points) < 4:
        return False
    written = sum(abs(b.x - a.x) + abs(b.y - a.y) for stroke in strokes for a, b in pairwise(stroke))
    across = max(max(values) - min(values) for values in ([point.x for point in points], [point.y for point in points]))
    return written > _INK and across > _REACH


class SheetChanged(Exception):
    """The case changed after the sheet was shown: show it again."""

    code = "sign.sheet_changed"


class EmptySignature(Exception):
    """Nothing was written on the pad."""

    code = "sign.empty"


class TooShort(Exception):
    """What was written is a dot or a slip of the hand: ask again."""

    code = "sign.too_short"


class Sign:
    """Show the sheet, take the signature."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def sheet(self, session: Session, case_uuid: str) -> ApplicantSheet:
        """What the applicant reads; ID numbers masked."""
        del session
        with self._desk.store.reading() as tx:
            return sheet_of(case_file.load(self._desk, tx, case_uuid))

    def sign(self, session: Session, case_uuid: str, digest: str, strokes: tuple[Stroke, ...], png: bytes,
             device: str = "screen") -> CaseView:
        """Keep the signature for exactly the text with `digest`; `device` says what it was written with.

        Raises SheetChanged when the case moved on, EmptySignature for a pad nobody wrote on, TooShort for a dot.
        """
        if not any(strokes):
            raise EmptySignature
        if not is_name(strokes):
            raise TooShort
        return self._keep(session, case_uuid, digest, strokes, png, device)

    @property
    def has_pad(self) -> bool:
        """Whether a pad apart from the screen is set up."""
        return bool(self._desk.devices.signature.address)

    def sign_on_pad(self, session: Session, case_uuid: str, digest: str, timeout: float = 120.0) -> CaseView:
        """The same on the pad, waiting at most `timeout` seconds; also raises DeviceFault."""
        pad_at = self._desk.devices.signature
        with pad_at.use() as pad:
            written = pad.sign("请签名", timeout)
        if ink.reach(written.png) <= _REACH:
            raise TooShort
        strokes = tuple(tuple(StrokePoint(x / written.width, y / written.height, pressure, round(seconds * 1000))
                              for x, y, pressure, seconds in stroke.points) for stroke in written.strokes)
        return self._keep(session, case_uuid, digest, strokes, written.png, f"pad {pad_at.address}")

    def stop_pad(self) -> None:
        """Nobody is to sign on the pad any more: sign_on_pad ends with DeviceFault(CANCELLED). From any thread."""
        self._desk.devices.signature.cancel()

    def _keep(self, session: Session, case_uuid: str, digest: str, strokes: tuple[Stroke, ...], png: bytes, device: str) -> CaseView:
        desk, now = self._desk, self._desk.time.sure()
        written = json.dumps({
            "signed_sha256": digest, "png_sha256": hashlib.sha256(png).hexdigest(), "clerk": session.user_id,
            "window": desk.settings.window, "device": device, "at": now.isoformat(),
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
