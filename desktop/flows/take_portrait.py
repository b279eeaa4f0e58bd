"""A photo of people becomes evidence: taken by the portrait camera, cut from a picture file, or a printed one under the document camera.

A photo that is cut here is kept as the cut photo alone: what else the camera saw of the hall is nobody's business. A printed photo is
kept like every paper, as the untouched picture with its place.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from db import attachments, cases, evidence, journal
from db.records import EvidenceRecord
from db.vault import Stored
from desktop.flows import case_file, case_view, fill
from desktop.flows.capture_page import LiveLook, upright_page
from desktop.flows.desk import Desk
from desktop.flows.views import CaseView, Session
from desktop.recognition import decoding, pages, portrait
from desktop.recognition.portrait import SIZES, PhotoSize
from desktop.recognition.upright import turned
from hardware.readings import Frame, Image

UPRIGHT = 45.0
"""Degrees a face on a printed photo may tilt."""


@dataclass(frozen=True)
class PhotoTaken:
    """What became of one picture."""

    view: CaseView
    verdict: str | None
    """Wording code when it should be taken again; nothing was filed then."""


class TakePortrait:
    """Preview, take, import, take a printed one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def has_camera(self) -> bool:
        """Whether a portrait camera is set up."""
        return bool(self._desk.devices.portrait.address)

    def preview(self, width: int) -> Frame:
        """The portrait camera's newest frame; raises DeviceFault."""
        with self._desk.devices.portrait.use() as camera:
            return camera.preview(width)

    def look(self, frame: Frame, size: str, persons: int) -> LiveLook:
        """Where the photo would be cut from this frame and what speaks against it."""
        asked = SIZES[cast("PhotoSize", size)]
        try:
            faces = portrait.find_faces(frame.image)
        except portrait.NoDetector as e:
            return LiveLook((), e.code, 0.0, complete=False, light=0.0)
        height, width = frame.image.shape[:2]
        verdict = portrait.fault(frame.image, faces, asked, persons, reduced=frame.full_size[0] / width)
        corners = portrait.corners_of(frame.image, faces, asked) if faces else ()
        quads = (tuple((x / width, y / height) for x, y in corners),) if corners else ()
        return LiveLook(quads, verdict, sharpness=0.0 if verdict == "portrait.blurred" else 1.0, complete=verdict != "portrait.cut_off",
                        light=0.0 if verdict in {"portrait.dark", "portrait.burnt"} else 1.0)

    def take(self, session: Session, case_uuid: str, slot: str) -> PhotoTaken:
        """A still of the person, cut for this slot. Raises DeviceFault, NoDetector."""
        with self._desk.devices.portrait.use() as camera:
            still = camera.still()
        return self._cut(session, case_uuid, slot, still.jpeg)

    def import_file(self, session: Session, case_uuid: str, slot: str, path: Path) -> PhotoTaken:
        """The same from a picture the family brought. Raises NotAPicture, NoDetector."""
        return self._cut(session, case_uuid, slot, decoding.file_bytes(path))

    def take_print(self, session: Session, case_uuid: str, slot: str) -> PhotoTaken:
        """A printed photo under the document camera, turned by its faces. Raises DeviceFault, NoDetector."""
        with self._desk.devices.camera.use() as camera:
            still = camera.still()
        self._desk.keep_reserve()
        safe = attachments.put(self._desk.store, still.jpeg)
        size, persons = self._asked(case_uuid, slot)
        image, scale = decoding.decode(still.jpeg)
        seen = 0
        for quad in pages.find_quads(image):
            flat = pages.dewarp(image, quad)
            upright: list[tuple[float, int]] = []
            for turns in range(4):
                lying = turned(flat, turns)
                if (lying.shape[0] > lying.shape[1]) is not (SIZES[size].height > SIZES[size].width):
                    continue
                faces = portrait.find_faces(lying)
                seen = max(seen, len(faces))
                if len(faces) == persons and all(abs(face.tilt) < UPRIGHT for face in faces):
                    upright.append((min(face.eyes[0][1] for face in faces) / lying.shape[0], turns))
            if upright:     # a face is found upside down, too, but a head has its shoulders below it
                place = [(x * scale, y * scale) for x, y in pages.as_points(quad, min(upright)[1])]
                return self._filed(session, case_uuid, slot, safe, json.dumps(place))
        verdict = "portrait.no_face" if not seen else "portrait.too_many" if seen > persons else "portrait.too_few"
        return PhotoTaken(self._view(case_uuid), verdict)

    def card_photo(self, evidence_id: str) -> Image | None:
        """The photo on the front of a captured identity card, BGR, to be shown beside the person; who it is, is the clerk's to judge."""
        return portrait.on_card(upright_page(self._desk, evidence_id), "id_card_front")

    def _cut(self, session: Session, case_uuid: str, slot: str, picture: bytes) -> PhotoTaken:
        self._desk.keep_reserve()
        size, persons = self._asked(case_uuid, slot)
        image, _ = decoding.decode(picture, upright=True)
        faces = portrait.find_faces(image)
        ready = portrait.is_ready(image, faces, SIZES[size], persons)
        verdict = portrait.unclear(image, faces) if ready else portrait.fault(image, faces, SIZES[size], persons)
        if verdict is not None:
            return PhotoTaken(self._view(case_uuid), verdict)
        # Written anew even when ready: a telephone's picture says where and when it was taken.
        photo = portrait.jpeg(image if ready else portrait.cut(image, faces, SIZES[size]), SIZES[size])
        return self._filed(session, case_uuid, slot, attachments.put(self._desk.store, photo), "")

    def _filed(self, session: Session, case_uuid: str, slot: str, safe: Stored, quad: str) -> PhotoTaken:
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as tx:
            file = fill.open_draft(desk, tx, case_uuid)
            replaced = [old.evidence_id for old in file.evidence if old.slot == slot]
            evidence_id = desk.new_id()
            evidence.add(tx, EvidenceRecord(
                evidence_id=evidence_id, case_uuid=case_uuid, slot=slot, doc_type="other", sha256=safe.sha256, size=safe.size,
                media_type="image/jpeg", at=now, by=session.user_id, quad=quad), safe)
            for old in replaced:
                evidence.supersede(tx, old)
            fill.doubt_again(desk, tx, file)
            cases.undo_push(tx, case_uuid, fill.evidence_step([evidence_id], replaced))
            journal.append(tx, now, session.user_id, "photo.taken", case_uuid, {"slot": slot, "sha256": safe.sha256})
            return PhotoTaken(fill.saved(desk, tx, case_uuid), None)

    def _asked(self, case_uuid: str, slot: str) -> tuple[PhotoSize, int]:
        """Size and number of people of the photo this slot asks for. Raises ValueError when it asks for none."""
        asked = next((page for material in self._view(case_uuid).materials for page in material.slots if page.slot == slot and page.photo),
                     None)
        if asked is None:
            raise ValueError(f"{slot} asks for no photo")
        return cast("PhotoSize", asked.photo), asked.persons

    def _view(self, case_uuid: str) -> CaseView:
        with self._desk.store.reading() as tx:
            return case_view.view(self._desk, case_file.load(self._desk, tx, case_uuid))
