"""A material's captured pages as one PDF/A: filed at acceptance for the departments, made on demand before it. The pictures it is made
from stay as they were taken. How it looks: papers/material_pdf.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from db import attachments, evidence, journal
from db.records import EvidenceRecord
from db.store import Tx
from desktop.domain.case import editable
from desktop.domain.checklist import SlotState
from desktop.domain.snapshot import SnapshotEvidence
from desktop.domain.themes import Material
from desktop.flows import case_file
from desktop.flows.capture_page import upright_page
from desktop.flows.case_file import MATERIAL_SLOT, CaseFile
from desktop.flows.desk import Desk
from desktop.flows.print_papers import NoSuchPaper
from desktop.flows.views import Session
from desktop.recognition import decoding
from desktop.recognition.reading import NotAPicture
from hardware.readings import Image

if TYPE_CHECKING:
    from desktop.papers.material_pdf import Scan

_PDF = "application/pdf"
_CARD_MM = (85.6, 54.0)
"""Every identity card (ISO/IEC 7810 ID-1)."""
_log = logging.getLogger(__name__)


class MaterialPapers:
    """Look at a material as the department will."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def pages(self, case_uuid: str, material_id: str, width: int) -> tuple[Image, ...]:
        """Its sheets as BGR pictures about `width` pixels wide. Raises NoSuchPaper when it has no page yet."""
        from desktop.papers.preview import render

        with self._desk.store.reading() as tx:
            file = case_file.load(self._desk, tx, case_uuid)
        return render(copy_of(self._desk, file, material_id), width)


def materials_with_pages(file: CaseFile) -> tuple[Material, ...]:
    """The materials of a case of which there is at least one page, as printed on the list."""
    return tuple(material for material, _ in _pages(file))


def copy_of(desk: Desk, file: CaseFile, material_id: str) -> bytes:
    """The PDF of a material: what was filed at acceptance, else made now. Raises NoSuchPaper, NotAPicture when a page cannot be read."""
    filed = next((piece for piece in file.evidence if piece.slot == MATERIAL_SLOT + material_id), None)
    if filed is not None and not editable(file.status):
        with desk.store.reading() as tx:
            return attachments.get(tx, filed.sha256)
    for material, pages in _pages(file):
        if material.id == material_id:
            return _made(desk, material, pages, {piece.evidence_id: _scan(desk, piece) for _, piece in pages},
                         file.record.case_number or "")
    raise NoSuchPaper(material_id)


def scans_of(desk: Desk, file: CaseFile) -> "dict[str, Scan]":
    """Every page that belongs to a material, by its evidence id, made ready (0.1 s each): done before a transaction begins.

    A page that cannot be decoded is left out."""
    scans = {}
    for piece in {piece.evidence_id: piece for _, pages in _pages(file) for _, piece in pages}.values():
        try:
            scans[piece.evidence_id] = _scan(desk, piece)
        except NotAPicture as e:
            _log.warning("the page %s cannot be copied: %s", piece.slot, e.code)
    return scans


def file_away(desk: Desk, tx: Tx, session: Session, file: CaseFile, case_number: str,
              scans: "Mapping[str, Scan]") -> tuple[SnapshotEvidence, ...]:
    """Keep the PDF of every material as evidence of the case, in the place of earlier ones; what the manifest says of them.

    A material of which a page is missing in `scans` has no copy, and goes out by its pages as they were taken: nobody is turned away for
    a copy, and nothing is decoded while the store waits.
    """
    now = desk.clock()
    for old in file.evidence:
        if old.slot.startswith(MATERIAL_SLOT):
            evidence.supersede(tx, old.evidence_id)
    filed = []
    for material, pages in _pages(file):
        if any(piece.evidence_id not in scans for _, piece in pages):
            _log.warning("no copy of material %s is made; its pages go as they are", material.id)
            continue
        pdf = _made(desk, material, pages, scans, case_number)
        if len(pdf) > decoding.HEAVIEST:
            _log.warning("the copy of material %s is too large to be sent (%d bytes); its pages go as they are", material.id, len(pdf))
            continue
        safe = attachments.put(desk.store, pdf)
        piece = EvidenceRecord(
            evidence_id=desk.new_id(), case_uuid=file.record.case_uuid, slot=MATERIAL_SLOT + material.id, doc_type="other",
            sha256=safe.sha256, size=safe.size, media_type=_PDF, at=now, by=session.user_id)
        evidence.add(tx, piece, safe)
        journal.append(tx, now, session.user_id, "paper.made", file.record.case_uuid, {"kind": piece.slot, "sha256": safe.sha256})
        filed.append(SnapshotEvidence(evidence_id=piece.evidence_id, slot=piece.slot, materials=(material.id,), sha256=safe.sha256,
                                      size=safe.size, media_type=_PDF))
    return tuple(filed)


_Pages = list[tuple[SlotState, EvidenceRecord]]


def _pages(file: CaseFile) -> Iterator[tuple[Material, _Pages]]:
    """Each material the case asks for with the pages there are of it; a chip that was read is no page."""
    held = [piece for piece in file.evidence if piece.media_type != "application/json"]
    for state in file.evaluation.materials:
        pages = [(slot, piece) for slot in state.slots for piece in held if piece.slot == slot.slot]
        if pages and state.required is not False:
            yield state.material, pages


def _scan(desk: Desk, piece: EvidenceRecord) -> "Scan":
    from desktop.papers.material_pdf import scan

    words = [(text, tuple(box)) for text, box in json.loads(piece.lines or "[]")]
    return scan(upright_page(desk, piece.evidence_id), "", words, _CARD_MM if piece.doc_type.startswith("id_card_") else None)


def _made(desk: Desk, material: Material, pages: _Pages, scans: "Mapping[str, Scan]", case_number: str) -> bytes:
    from desktop.papers.material_pdf import material_pdf

    return material_pdf(material.name, _sheets(pages, scans), max(piece.at for _, piece in pages), case_number=case_number,
                        demo=desk.settings.demo)


def _sheets(pages: _Pages, scans: "Mapping[str, Scan]") -> "Sequence[Sequence[Scan]]":
    """One sheet for each page, but both sides of somebody's identity card on one, as every counter copies them."""
    sheets: list[list[Scan]] = []
    before: str | None = None
    for slot, piece in pages:
        whose = slot.slot.partition(".")[2] if slot.doc_type.startswith("id_card_") else None
        one = replace(scans[piece.evidence_id], label=slot.label)
        if whose is not None and whose == before:
            sheets[-1].append(one)
        else:
            sheets.append([one])
        before = whose
    return sheets
