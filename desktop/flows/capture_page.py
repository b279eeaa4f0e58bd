"""A paper under the camera or in the scanner becomes evidence and answers."""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from threading import Event, Lock
from typing import get_args

import numpy as np

from db import attachments, cases, evidence, journal
from db.records import EvidenceRecord, FactRecord
from db.vault import Stored
from desktop.domain import identity, masking, same_person, spelling
from desktop.domain.prefill import SURE, Fact, Role, facts_from_page
from desktop.flows import case_file, fill
from desktop.flows.case_file import CaseFile
from desktop.flows.desk import Desk
from desktop.flows.views import CapturedPage, CaseView, Cutout, Session
from desktop.recognition import codes, decoding
from desktop.recognition import pages as page_finding
from desktop.recognition.engine import NoEngine
from desktop.recognition.reading import Code, DocType, NotAPicture, Page
from hardware.faults import DeviceFault, FaultCode
from hardware.readings import Frame, Image, ScanSettings

UNKNOWN_PAPER = 0.9
"""How far a number is believed whose code lies on no paper we know: 请核对."""
_TELLS = {"id_card_front": "id_number", "household_register_member": "id_number", "id_card_back": "valid_from",
          "household_register_home": "head_name"}
"""By what a person's paper is known when it is taken again."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LiveLook:
    """What the live preview shows over the picture."""

    quads: tuple[tuple[tuple[float, float], ...], ...]
    """Corners as fractions of the frame."""
    verdict: str | None
    """Wording code of what keeps it from being taken; None = good."""
    sharpness: float
    """0..1"""
    complete: bool
    light: float
    """0..1; low = glare or dark."""


@dataclass(frozen=True)
class Scanned:
    """What a scan or a file brought into the case."""

    view: CaseView
    pages: tuple[CapturedPage, ...]
    sheets: int
    """How many sides were scanned, or pages of the file taken; one may hold two papers or none."""
    fault: DeviceFault | NotAPicture | None = None
    """What ended it before its time; the pages before it are in the case."""


class CapturePage:
    """Preview, capture, scan, look again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._give_up = Event()
        self._leave_file = Event()
        self._reading_ahead = Lock()
        self._ahead: tuple[float, bytes, tuple[Page, ...]] | None = None
        self._by_hand = desk.settings.home / "capture-by-hand"
        self._page = lru_cache(maxsize=12)(partial(upright_page, desk))     # a few megabytes each; the form jumps between them

    def preview(self, width: int) -> Frame:
        """The newest frame for the screen; raises DeviceFault."""
        with self._desk.devices.camera.use() as camera:
            return camera.preview(width)

    def look(self, frame: Frame) -> LiveLook:
        """What is on it, quickly (<= 10 times a second, off the UI thread)."""
        seen = self._desk.recogniser.look(frame.image)
        height, width = frame.image.shape[:2]
        return LiveLook(
            quads=tuple(tuple((x / width, y / height) for x, y in quad) for quad in seen.quads), verdict=seen.verdict,
            sharpness=seen.sharpness, complete=seen.complete, light=seen.light)

    def read_ahead(self, since: float) -> None:
        """Take a still of what lies still `since` then, and read it: `capture` need not wait for that if it goes on lying so."""
        with self._reading_ahead:
            self._ahead = None
            try:
                with self._desk.devices.camera.use() as camera:
                    picture = camera.still().jpeg
                self._ahead = since, picture, self._desk.recogniser.read(picture)
            except (DeviceFault, NotAPicture) as e:      # told when the paper is taken
                _log.info("nothing read ahead: %s", e.code)

    def capture(self, session: Session, case_uuid: str, wanted_slot: str | None = None, *,
                still_since: float | None = None) -> tuple[CaseView, tuple[CapturedPage, ...]]:
        """Take a still, keep it, read it, fill what it says; the one read ahead of what lies `still_since` then. Raises DeviceFault."""
        if still_since is not None:
            with self._reading_ahead:
                known, self._ahead = self._ahead, None
            if known is not None and known[0] == still_since:
                return self._take(session, case_uuid, known[1], wanted_slot, read=known[2])
        with self._desk.devices.camera.use() as camera:
            still = camera.still()
        return self._take(session, case_uuid, still.jpeg, wanted_slot)

    @property
    def automatic(self) -> bool:
        """Whether the camera takes papers by itself once they lie still; so unless it was switched off at this window."""
        return not self._by_hand.exists()

    def set_automatic(self, *, on: bool) -> None:
        """Remember it beyond this run. Raises OSError."""
        if on:
            self._by_hand.unlink(missing_ok=True)
        else:
            self._by_hand.touch()

    @property
    def reading_fault(self) -> str | None:
        """Wording code of why papers are read badly or not at all here, once that is known."""
        return self._desk.recogniser.fault

    @property
    def has_scanner(self) -> bool:
        """Whether a scanner is set up."""
        return bool(self._desk.devices.scanner.address)

    def scan(self, session: Session, case_uuid: str, progress: Callable[[int, float], None]) -> Scanned:
        """Take every page that lies in the feeder (or the one on the glass) into the case, each as it comes.

        `progress` hears (page from 1, share 0..1), on this thread. Raises DeviceFault or NotAPicture when no page could be taken; after a
        fault or `cancel_scan` the pages taken before stay.
        """
        self._give_up.clear()
        view: CaseView | None = None
        pages: list[CapturedPage] = []
        sheets = 0
        try:
            with self._desk.devices.scanner.use() as scanner:
                for sheet in scanner.scan(ScanSettings(), progress):
                    view, found = self._take(session, case_uuid, decoding.as_evidence(sheet.png), None)
                    pages += found
                    sheets += 1
                    self._refuse_when_given_up()
        except (DeviceFault, NotAPicture) as fault:
            if view is None:
                raise
            return Scanned(view, tuple(pages), sheets, fault)
        if view is None:
            raise DeviceFault(FaultCode.NO_DOCS)
        return Scanned(view, tuple(pages), sheets)

    def _refuse_when_given_up(self) -> None:
        if self._give_up.is_set():
            raise DeviceFault(FaultCode.CANCELLED)

    def cancel_scan(self) -> None:
        """End the scan that runs, from another thread."""
        self._give_up.set()
        self._desk.devices.scanner.cancel()

    def import_file(self, session: Session, case_uuid: str, path: Path, wanted_slot: str | None = None,
                    progress: Callable[[int, int], None] | None = None) -> Scanned:
        """The same for a file: a picture, or every page of a PDF or TIFF like a scanned sheet, each as it comes.

        What the province takes is kept untouched; other kinds as decoding.as_evidence makes them.

        `progress` hears (page from 1, how many), on this thread. Raises NotAPicture, or DeviceFault(CANCELLED), when not even the first
        page could be taken; later the pages taken before stay.
        """
        self._leave_file.clear()
        data = decoding.file_bytes(path)
        sheets = decoding.sheets(data)
        pdf = decoding.is_pdf(data)
        self._desk.keep_reserve()
        safe = attachments.put(self._desk.store, data) if pdf else None
        view: CaseView | None = None
        pages: list[CapturedPage] = []
        for sheet in range(sheets):
            if progress is not None:
                progress(sheet + 1, sheets)
            try:
                view, found = self._take(
                    session, case_uuid, data if pdf else decoding.as_evidence(data, sheet), wanted_slot if sheets == 1 else None, safe=safe,
                    sheet=sheet if pdf else 0, cancelled=self._leave_file.is_set)
            except (NotAPicture, DeviceFault) as fault:
                if view is None:
                    raise
                return Scanned(view, tuple(pages), sheet, fault)
            pages += found
        assert view is not None, "a file has a page, or is refused"
        return Scanned(view, tuple(pages), sheets)

    def cancel_import(self) -> None:
        """End the import that runs at the next paper, from another thread."""
        self._leave_file.set()

    def discard(self, session: Session, case_uuid: str, evidence_id: str) -> CaseView:
        """Take a page out again (the file stays until the case is closed)."""
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as tx:
            file = fill.open_draft(desk, tx, case_uuid)
            if evidence_id not in {piece.evidence_id for piece in file.evidence}:
                raise ValueError("the page is not this case's")
            evidence.supersede(tx, evidence_id)
            fill.doubt_again(desk, tx, file)
            cases.undo_push(tx, case_uuid, fill.evidence_step([], [evidence_id]))
            journal.append(tx, now, session.user_id, "page.discarded", case_uuid, {"evidence": evidence_id})
            return fill.saved(desk, tx, case_uuid)

    def page_image(self, evidence_id: str) -> Image:
        """The upright page picture, BGR."""
        return self._page(evidence_id)

    def cutout(self, cutout: Cutout) -> Image:
        """The strip of the page a value was read from, BGR, with a little margin."""
        page = self._page(cutout.evidence_id)
        height, width = page.shape[:2]
        x, y, w, h = cutout.box
        margin_x, margin_y = 0.02 + w * 0.05, h * 0.35
        left, right = max(0, round((x - margin_x) * width)), min(width, round((x + w + margin_x) * width))
        top, bottom = max(0, round((y - margin_y) * height)), min(height, round((y + h + margin_y) * height))
        return np.ascontiguousarray(page[top:max(bottom, top + 1), left:max(right, left + 1)])

    def _take(self, session: Session, case_uuid: str, picture: bytes, wanted_slot: str | None, *, safe: Stored | None = None,
              sheet: int = 0, cancelled: Callable[[], bool] = lambda: False,
              read: tuple[Page, ...] | None = None) -> tuple[CaseView, tuple[CapturedPage, ...]]:
        """The untouched picture is safe on the disk before anything is read from it."""
        desk = self._desk
        desk.keep_reserve()
        safe = safe or attachments.put(desk.store, picture)
        wanted = _doc_type(wanted_slot)
        found = desk.recogniser.read(picture, wanted=wanted, sheet=sheet, cancelled=cancelled) if read is None else read
        loose = desk.recogniser.codes(picture, sheet=sheet) if all(page.doc_type == "other" for page in found) else ()
        # Where no engine can be loaded, a paper is what the clerk said it is, if she said so of this one paper.
        blind = desk.recogniser.fault == NoEngine.code
        told = wanted_slot if len(found) == 1 else None
        if blind:
            found = tuple(replace(page, doc_type=_doc_type(told) or "other") for page in found)
        now = desk.clock()
        pdf, media_type = decoding.is_pdf(picture), decoding.media_type(picture)
        captured, taken, replaced = [], [], []
        with desk.store.transaction() as tx:
            before = file = fill.open_draft(desk, tx, case_uuid)
            filled: set[str] = set()
            news = False
            for page in sorted(found, key=lambda page: min(x for x, _ in page.quad)):
                if news:        # the first card says whose the second one can still be
                    file, news = case_file.load(desk, tx, case_uuid), False
                slot = _slot_of(page, file, wanted_slot, filled) if not blind else told if told in file.slots else None
                evidence_id = desk.new_id()
                if page.quality.verdict is not None:
                    # Too poor to be evidence: said so, nothing is filed or filled from it.
                    captured.append(CapturedPage(evidence_id="", doc_type=page.doc_type, slot=slot, fields=0,
                                                 verdict=page.quality.verdict))
                    continue
                if slot is not None:
                    filled.add(slot)
                    for old in (old.evidence_id for old in file.evidence if old.slot == slot):
                        evidence.supersede(tx, old)
                        replaced.append(old)
                evidence.add(tx, EvidenceRecord(
                    evidence_id=evidence_id, case_uuid=case_uuid, slot=slot or f"unasked.{page.doc_type}", doc_type=page.doc_type,
                    sha256=safe.sha256, size=safe.size, media_type=media_type, at=now, by=session.user_id,
                    quad=_place(page.quad, sheet, pdf=pdf), lines=json.dumps(page.lines, ensure_ascii=False)), safe)
                facts = (*facts_from_page(page.doc_type, _plain(page), _role(slot, page, file)), *_coded(page)) if slot else ()
                cases.add_facts(tx, case_uuid, (
                    FactRecord(name=fact.name, value=fact.value, confidence=fact.confidence, evidence_id=evidence_id, box=fact.box,
                               at=now) for fact in facts))
                news = bool(facts)
                taken.append(evidence_id)
                captured.append(CapturedPage(
                    evidence_id=evidence_id, doc_type=page.doc_type, slot=slot, fields=len(page.fields),
                    verdict=(None if slot else "page.not_known" if blind
                             else "page.whose" if _may_be_asked(page, file) else "page.not_asked")))
            for code in loose:
                evidence_id, asked = desk.new_id(), _still_asked(code, file)
                if asked:
                    evidence.add(tx, EvidenceRecord(
                        evidence_id=evidence_id, case_uuid=case_uuid, slot="unasked.code", doc_type="code", sha256=safe.sha256,
                        size=safe.size, media_type=media_type, at=now, by=session.user_id,
                        quad=_place(codes.around(code), sheet, pdf=pdf)), safe)
                    cases.add_facts(tx, case_uuid, (
                        FactRecord(name=f"code:{name}", value=value, confidence=UNKNOWN_PAPER, evidence_id=evidence_id,
                                   box=(0.0, 0.0, 1.0, 1.0), at=now) for name, value in asked.items()))
                    taken.append(evidence_id)
                captured.append(CapturedPage(evidence_id=evidence_id if asked else "", doc_type="code", slot=None, fields=len(asked),
                                             verdict=None,
                                             code=masking.mask_code(code.text, (name for name, _ in file.people.values()))))
            fill.doubt_again(desk, tx, before)
            if taken:
                cases.undo_push(tx, case_uuid, fill.evidence_step(taken, replaced))
            journal.append(tx, now, session.user_id, "page.captured", case_uuid,
                           {"pages": len(taken), "types": sorted(page.doc_type for page in found), "sha256": safe.sha256})
            return fill.saved(desk, tx, case_uuid), tuple(captured)


def upright_page(desk: Desk, evidence_id: str) -> Image:
    """The page alone, upright, BGR, cut anew from the untouched evidence."""
    with desk.store.reading() as tx:
        piece = evidence.get(tx, evidence_id)
        picture = attachments.get(tx, piece.sha256)
    assert hashlib.sha256(picture).hexdigest() == piece.sha256, "checked by the store"
    place = json.loads(piece.quad) if piece.quad else None
    image, scale = decoding.decode(picture, place["sheet"] if isinstance(place, dict) else 0)
    if place is None:
        return image
    # The stored corners begin at the page's own top left, so cutting it out also turns it upright.
    quad = place["quad"] if isinstance(place, dict) else place
    return page_finding.dewarp(image, np.array(quad, dtype=np.float32) / scale)


def _place(quad: object, sheet: int, *, pdf: bool) -> str:
    """Where a page lies in its evidence, as EvidenceRecord.quad keeps it."""
    return json.dumps({"sheet": sheet, "quad": quad} if pdf else quad)


def _doc_type(slot: str | None) -> DocType | None:
    if slot is None:
        return None
    name = slot.split(".", 1)[0]
    return name if name in get_args(DocType) else None  # type: ignore[return-value]


def _plain(page: Page) -> Mapping[str, tuple[str, float, tuple[float, float, float, float]]]:
    return {key: (field.value, field.confidence, field.box) for key, field in page.fields.items()}


def _coded(page: Page) -> tuple[Fact, ...]:
    """What the page's own code says otherwise than its print: both are shown."""
    return tuple(Fact(name=f"code:{page.doc_type}.{key}", value=said.value, confidence=said.confidence, box=said.box)
                 for key, said in page.coded.items() if page.fields[key].value != said.value)


def _still_asked(code: Code, file: CaseFile) -> dict[str, str]:
    """`doc_type.key` -> number, where a field the case still waits for would take what this code says."""
    return {name: number for name, number in codes.carried(code.text).items()
            if any(f"paper:{name}" in state.entry.sources and state.visible and not state.answer
                   for state in (*file.evaluation.fields.values(), *file.evaluation.questions.values()))}


def _slot_of(page: Page, file: CaseFile, wanted: str | None, filled: set[str]) -> str | None:
    """Which asked-for page this is: by what is printed on it, not by which slot was waiting.

    A front or a register page says whose it is; a back is known by its dates, a register's home page by its head, when somebody
    of the case is the head. What names somebody whom the case does not know goes only where the clerk wants it; what says nothing of
    its person to the slot that was wanted, else to the first still empty. Nobody's page gives way to a paper that may be another's.
    """
    asked = [slot for slot in file.slots if slot.split(".", 1)[0] == page.doc_type]
    slots = [slot for slot in asked if slot not in filled]
    if not slots:
        return None
    personal = page.doc_type in _TELLS and any("." in slot for slot in asked)
    person = _person(page, file) if personal else None
    if person is not None:
        own = next((slot for slot in slots if slot == f"{page.doc_type}.{person}"), None)
        if own is not None or page.doc_type != "household_register_home":   # a head may be the head of the other one's register
            return own
    if wanted in slots:
        return wanted
    empty = [slot for slot in slots if slot not in file.captured]
    if not personal:
        return (empty or slots)[0]
    if _names_somebody(page):
        return None
    other_sex = {person.role for person in file.pack.people if person.sex and _sex(page) not in {"", person.sex}}
    return next((slot for slot in empty if slot.rpartition(".")[2] not in other_sex), None)


def _may_be_asked(page: Page, file: CaseFile) -> bool:
    """Whether it could be the paper of somebody whose is asked for: nobody knows yet whose it is, or whose is asked for."""
    asked = {slot.rpartition(".")[2] for slot in file.slots if slot.startswith(f"{page.doc_type}.")}
    return page.doc_type in _TELLS and bool(asked) and (_person(page, file) is None or not asked <= set(file.roles))


def _said(page: Page, key: str) -> str:
    """As facts keep it, with which it is compared."""
    return spelling.spelled(spelling.kind_of_key(key), page.fields[key].value) if key in page.fields else ""


def _names_somebody(page: Page) -> bool:
    return page.doc_type in {"id_card_front", "household_register_member"} and bool(_said(page, "name") or _said(page, "id_number"))


def _sex(page: Page) -> str:
    """Of a front; a right number says it, the print is one character."""
    return identity.sex_of(_said(page, "id_number")) or _said(page, "sex") if page.doc_type == "id_card_front" else ""


def _person(page: Page, file: CaseFile) -> Role | None:
    """Whose page it is, as far as it says so itself, or is the one taken before once more."""
    found: list[Role] = []
    if page.doc_type == "id_card_back":     # names nobody: the dates tell it from the others'
        found = [role for role in file.roles if file.fact(f"chip:{role}.valid_from") == _said(page, "valid_from") != ""]
    elif page.doc_type == "household_register_home":
        found = [role for role, (name, _) in file.people.items() if name and same_person.same_text(name, _said(page, "head_name"))]
    elif _names_somebody(page) or _sex(page):
        # A number misread or mended is none: the name tells. A register holds the whole family, it claims nobody by sex.
        number = _said(page, "id_number")
        sure = number in {known for _, known in file.people.values()} or (
            identity.valid(number) and page.fields["id_number"].confidence >= SURE)
        role = file.whose(_said(page, "name"), number if sure else "", _sex(page))
        found = [role] if role else []
    tells = _TELLS.get(page.doc_type, "")
    found = found or [role for role in file.roles if file.fact(f"paper:{page.doc_type}.{role}.{tells}") == _said(page, tells) != ""]
    return found[0] if len(found) == 1 else None


def _role(slot: str | None, page: Page, file: CaseFile) -> Role | None:
    """Whose facts it gives: the slot's person. A register's home page is somebody's only where the slot says so."""
    if slot and "." in slot:
        role = slot.rpartition(".")[2]
        return role if role in file.roles else None
    return None if page.doc_type == "household_register_home" else _person(page, file)
