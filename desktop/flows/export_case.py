"""One case as a document: masked for everybody, in full for those who may, with a reason in the journal."""

import base64
from pathlib import Path
from typing import Any

from db import attachments, cases, journal
from db.store import Tx
from desktop.domain import masking
from desktop.flows import case_file, case_view, material_papers
from desktop.flows.case_file import MATERIAL_SLOT
from desktop.flows.desk import Desk
from desktop.flows.sign_in import require
from desktop.flows.views import FieldView, Session
from desktop.recognition.reading import NotAPicture


class NoReason(Exception):
    """Full numbers are shown and exported with a reason only."""

    code = "case.no_reason"


def uuid_of(desk: Desk, case: str) -> str:
    """A case number or a uuid -> the uuid; raises NoSuchCase."""
    with desk.store.reading() as tx:
        return _uuid(tx, case)


def shown(desk: Desk, session: Session, case: str, *, reveal: bool = False, reason: str = "") -> dict[str, Any]:
    """A case as keys and values. `reveal` needs a role that may and a reason; that it was done stays in the journal."""
    if reveal:
        require(desk, session, "case.reveal")
        _record(desk, session, case, "case.revealed", reason)
    with desk.store.reading() as tx:
        file = case_file.load(desk, tx, _uuid(tx, case))
    view = case_view.view(desk, file)
    hidden = {field.key for field in file.pack.fields if field.masked}
    return {
        "case_number": view.case_number, "case_uuid": view.case_uuid, "theme": view.theme_id, "version": view.theme_version,
        "status": view.status, "applicant": view.title if not reveal else file.record.applicant_name,
        "accepted_at": file.record.accepted_at, "due_date": view.due_date, "due_is_provisional": view.due_is_provisional,
        "sync": view.sync, "platform_receipt": file.record.platform_receipt,
        "fields": {field.key: {"label": field.label, "value": field.shown if reveal else _masked(field, hidden=field.key in hidden),
                               "source": field.source} for section in view.sections for field in section.fields if field.value},
        "matters": [{"id": matter.matter_id, "name": matter.name, "department": matter.department, "state": matter.state,
                     "result_number": matter.result_number} for matter in view.matters],
        "materials": [{"id": material.material_id, "name": material.name, "required": material.required, "complete": material.complete}
                      for material in view.materials],
        "evidence": [{"slot": piece.slot, "sha256": piece.sha256, "size": piece.size} for piece in file.evidence],
    }


def export(desk: Desk, session: Session, case: str, out: Path, *, reason: str) -> tuple[str, ...]:
    """Write a case with its papers, evidence and one PDF for each material into a folder, in full; returns the file names.

    A material with a page that cannot be drawn has no PDF; case.json names it under `not_copied`.
    """
    require(desk, session, "case.export")
    document = shown(desk, session, case, reveal=True, reason=reason)
    _record(desk, session, case, "case.exported", reason)
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    names = []
    with desk.store.reading() as tx:
        file = case_file.load(desk, tx, document["case_uuid"])
        for number, piece in enumerate((piece for piece in file.evidence if not piece.slot.startswith(MATERIAL_SLOT)), 1):
            ending = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}.get(piece.media_type, "json")
            path = out / f"{number:02d}-{piece.slot}.{ending}"      # slots name papers, never people
            path.write_bytes(attachments.get(tx, piece.sha256))
            names.append(str(path))
    document["not_copied"] = []      # their pages are there as they were taken
    for material in material_papers.materials_with_pages(file):
        path = out / f"{MATERIAL_SLOT}{material.id}.pdf"
        try:
            copy = material_papers.copy_of(desk, file, material.id)
        except NotAPicture as e:
            document["not_copied"].append({"id": material.id, "name": material.name, "code": e.code})
            continue
        path.write_bytes(copy)
        names.append(str(path))
    from pydantic import TypeAdapter

    path = out / "case.json"
    path.write_bytes(TypeAdapter(Any).dump_json(document, indent=2))
    return (str(path), *names)


def _record(desk: Desk, session: Session, case: str, what: str, reason: str) -> None:
    if not reason.strip():
        raise NoReason
    with desk.store.transaction() as tx:
        # The reason is a person's own words, so it is kept where the journal's plain-text rule cannot be broken by a name.
        journal.append(tx, desk.clock(), session.user_id, what, _uuid(tx, case),
                       {"reason_base64": base64.b64encode(masking.mask_text(reason.strip()).encode()[:120]).decode()})


def _uuid(tx: Tx, case: str) -> str:
    found = cases.by_number(tx, case)
    return found.case_uuid if found else cases.get(tx, case).case_uuid


def _masked(field: FieldView, *, hidden: bool) -> str:
    """What everybody at this computer may see of a value."""
    value = field.shown
    if field.type == "id_number":
        return masking.mask_id(value)
    if field.type == "phone":
        return masking.mask_phone(value)
    if field.type == "date":
        return value[:4] + "****"
    if hidden:
        return masking.mask_name(value)
    return value[:9] + "****" if "address" in field.key else masking.mask_text(value)
