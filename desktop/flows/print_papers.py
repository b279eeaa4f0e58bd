"""Papers and receipts of a committed case: made once, kept encrypted beside the evidence, shown and printed from there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from db import attachments, cases, evidence, journal
from db.records import EvidenceRecord
from desktop.flows import case_file, case_view, print_jobs
from desktop.flows.case_file import PAPER_SLOT, CaseFile, paper_paths
from desktop.flows.desk import Desk
from desktop.flows.views import CaseView, Session
from desktop.papers.sheet import CaseSheet, MaterialLine
from hardware.readings import Image

OF_ACCEPTANCE = ("acceptance_notice", "unified_form")
"""Papers every acceptance makes; a new acceptance takes the earlier ones out."""


class PrintPapers:
    """Show PDFs, print receipts."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def receipt(self, session: Session, case_uuid: str, *, sure: bool = False) -> CaseView:
        """Print the receipt and note that it was; the second and later ones say 补打 and which they are.

        Raises DeviceFault, and then it counts as not printed (with `sent`: as perhaps printed); MaybePrinted when the last
        try ended so and nobody has looked: ask, then call `seen`, or this again with `sure`.
        """
        from desktop.papers.receipt import receipt_slip

        desk = self._desk
        file = self._file(case_uuid)
        if file.record.accepted_at is None:
            raise NotCommitted
        with print_jobs.recorded(desk, session, case_uuid, print_jobs.RECEIPT, str(file.record.revision), sure=sure) as job:
            slip = receipt_slip(case_sheet(desk, file, session), job.copy)
            with desk.devices.printer.use() as printer:
                printer.print(slip)
        with desk.store.transaction() as tx:
            print_jobs.printed(desk, tx, session, job)
            cases.update(tx, case_uuid, desk.clock(), receipt_printed_at=desk.clock())
            return case_view.view(desk, case_file.load(desk, tx, case_uuid))

    def paper(self, session: Session, case_uuid: str, kind: str, *, sure: bool = False) -> CaseView:
        """Hand one A4 paper to the system's queue: `acceptance_notice`, `unified_form`, `correction_notice`.

        Raises NoSuchPaper when the case has none of that kind (nothing is made before the commit), NoPaperPrinter when this
        window has nothing to print it on, else as `receipt` does.
        """
        desk = self._desk
        piece = paper_of(self._file(case_uuid), kind)
        attached = desk.devices.paper_printer(kind)
        if not attached.address:
            raise NoPaperPrinter
        with desk.store.reading() as tx:
            pdf = attachments.get(tx, piece.sha256)
        with print_jobs.recorded(desk, session, case_uuid, kind, piece.evidence_id, sure=sure) as job, attached.use() as printer:
            queue_job = printer.print(pdf, case_file.PAPERS[kind])
        with desk.store.transaction() as tx:
            print_jobs.printed(desk, tx, session, job, queue_job=queue_job)
            return case_view.view(desk, case_file.load(desk, tx, case_uuid))

    def seen(self, session: Session, case_uuid: str, kind: str = print_jobs.RECEIPT) -> CaseView:
        """The clerk has looked at the last try and it is whole. Raises NothingInDoubt."""
        desk = self._desk
        file = self._file(case_uuid)
        edition = str(file.record.revision) if kind == print_jobs.RECEIPT else paper_of(file, kind).evidence_id
        with desk.store.transaction() as tx:
            print_jobs.seen(desk, tx, session, case_uuid, kind, edition)
            if kind == print_jobs.RECEIPT:
                cases.update(tx, case_uuid, desk.clock(), receipt_printed_at=desk.clock())
            return case_view.view(desk, case_file.load(desk, tx, case_uuid))

    def ensure(self, session: Session, case_uuid: str) -> CaseView:
        """Make the papers that a power cut kept from being made; nothing when they are there."""
        ensure_papers(self._desk, session, case_uuid)
        with self._desk.store.reading() as tx:
            return case_view.view(self._desk, case_file.load(self._desk, tx, case_uuid))

    def _file(self, case_uuid: str) -> CaseFile:
        with self._desk.store.reading() as tx:
            return case_file.load(self._desk, tx, case_uuid)

    def pages(self, path: str, width: int) -> tuple[Image, ...]:
        """The pages of a paper (a `papers` entry of the view) as BGR pictures about `width` pixels wide."""
        from desktop.papers.preview import render

        return render(self.pdf(path), width)

    def pdf(self, path: str) -> bytes:
        """The PDF behind a `papers` entry of the view."""
        with self._desk.store.reading() as tx:
            piece = evidence.get(tx, path.split("/", 1)[0])
            return attachments.get(tx, piece.sha256)


class NotCommitted(Exception):
    """Nothing is printed before the case is committed."""

    code = "case.not_committed"


class NoPaperPrinter(Exception):
    """No queue is set up for this kind of paper."""

    code = "print.no_paper_printer"


class NoSuchPaper(LookupError):
    """The case has no paper of that kind, or none yet."""

    code = "print.no_such_paper"


def paper_of(file: CaseFile, kind: str) -> EvidenceRecord:
    """The newest paper of a kind; raises NoSuchPaper."""
    piece = next((piece for piece in reversed(file.evidence) if piece.slot == PAPER_SLOT + kind), None)
    if piece is None:
        raise NoSuchPaper(kind)
    return piece


def ensure_papers(desk: Desk, session: Session, case_uuid: str) -> tuple[str, ...]:
    """The form and the acceptance notice of a committed case; made when a power cut came between commit and paper."""
    from desktop.papers.form import unified_form
    from desktop.papers.notices import acceptance_notice

    with desk.store.reading() as tx:
        file = case_file.load(desk, tx, case_uuid)
        signature = case_file.signature_png(tx, file)
        wanted = {field.slot for field in file.pack.fields if field.type == "image"} - {case_file.SIGNATURE_SLOT}
        pictures = {piece.slot: attachments.get(tx, piece.sha256) for piece in file.evidence if piece.slot in wanted}
    if file.record.accepted_at is None:
        raise NotCommitted
    make = dict(zip(OF_ACCEPTANCE, (acceptance_notice, unified_form), strict=True))
    missing = [kind for kind in OF_ACCEPTANCE if PAPER_SLOT + kind not in file.captured]
    if missing:
        sheet = replace(case_sheet(desk, file, session, signature), pictures=pictures)
        keep(desk, session, case_uuid, {kind: make[kind](sheet) for kind in missing})
    with desk.store.reading() as tx:
        return paper_paths(case_file.load(desk, tx, case_uuid))


def keep(desk: Desk, session: Session, case_uuid: str, papers: Mapping[str, bytes]) -> None:
    """Keep papers beside the evidence; one of the same kind takes the earlier one's place."""
    now = desk.clock()
    stored = {kind: attachments.put(desk.store, pdf) for kind, pdf in papers.items()}
    with desk.store.transaction() as tx:
        old = {piece.slot: piece for piece in evidence.for_case(tx, case_uuid)}
        for kind, safe in stored.items():
            if earlier := old.get(PAPER_SLOT + kind):
                evidence.supersede(tx, earlier.evidence_id)
            evidence.add(tx, EvidenceRecord(
                evidence_id=desk.new_id(), case_uuid=case_uuid, slot=PAPER_SLOT + kind, doc_type="other", sha256=safe.sha256,
                size=safe.size, media_type="application/pdf", at=now, by=session.user_id), safe)
            journal.append(tx, now, session.user_id, "paper.made", case_uuid, {"kind": kind, "sha256": safe.sha256})


def case_sheet(desk: Desk, file: CaseFile, session: Session, signature: bytes | None = None, *,
               document_number: str | None = None, defects: Mapping[str, tuple[str, str]] | None = None,
               corrections_until: datetime | None = None) -> CaseSheet:
    """What a paper needs to know of a case. `defects`: material id -> (what is wrong, how to put it right)."""
    settings, record, applicant, wrong = desk.settings, file.record, file.applicant, defects or {}
    needed = [material for material in file.evaluation.materials if material.required]
    lines = tuple(MaterialLine(
        number=number, name=state.material.name, form=state.material.form, copies=state.material.copies,
        pages=sum(slot.status == "captured" for slot in state.slots),
        handling="收取" if state.material.handling == "keep" else "核验退还",
        defect=wrong.get(state.material.id, ("", ""))[0], remedy=wrong.get(state.material.id, ("", ""))[1])
        for number, state in enumerate(needed, 1))
    spared = {one.matter.result for one in file.matters} - {one.matter.result for one in file.matters if one.chosen}
    return CaseSheet(
        pack=file.pack, case_number=record.case_number or "", document_number=document_number or record.document_number or "",
        hall=settings.hall, window=settings.window, clerk=session.name,
        applicant_name=applicant.name, applicant_number=applicant.number, applicant_phone=applicant.phone,
        applicant_relation=applicant.relation,
        matters=tuple(matter.matter.name for matter in file.matters if matter.chosen), materials=lines,
        answers=dict(file.printed), applied_at=record.created_at, accepted_at=record.accepted_at, due_date=record.due_date,
        due_is_provisional=record.due_is_provisional,
        delivery="；".join(f"{item.document}：{'、'.join(item.options)}" for item in file.pack.delivery if item.document not in spared),
        results=tuple(one.plan.result for one in file.matters if one.chosen),
        query_url=f"{settings.query_url}{record.case_number}" if settings.query_url else record.case_number or "",
        phone=settings.phone, complaint_phone=settings.complaint_phone, signature_png=signature, signed_at=record.signed_at,
        corrections_until=corrections_until.date() if corrections_until else None, demo=settings.demo)
