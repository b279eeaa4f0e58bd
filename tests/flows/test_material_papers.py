"""One PDF for each material, from the pages as they were taken: at acceptance for the departments, at any time for who looks or exports."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from db import attachments, cases, evidence, outbox
from db.records import EvidenceRecord
from db.store import Store, Tx
from desktop.domain.snapshot import CaseSnapshot
from desktop.flows import case_file, export_case
from desktop.flows.case_file import MATERIAL_SLOT, CaseFile
from desktop.flows.material_papers import copy_of, materials_with_pages
from desktop.flows.print_papers import NoSuchPaper
from desktop.recognition import decoding
from desktop.recognition.reading import NotAPicture
from hardware.opencv import cv2
from hardware.simulated import people
from tests.flows.conftest import Counter
from tests.papers.reading import squeezed, text_of


def _file(counter: Counter) -> CaseFile:
    with counter.place.desk.store.reading() as tx:
        return case_file.load(counter.place.desk, tx, counter.case)


def _copy(counter: Counter, material: str) -> bytes:
    return copy_of(counter.place.desk, _file(counter), material)


def _sheets(pdf: bytes) -> list[list[tuple[float, float]]]:
    """For each page the sizes of its pictures in millimetres."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [[((right - left) / 72 * 25.4, (top - bottom) / 72 * 25.4) for left, bottom, right, top in
                 (item.get_bounds() for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))] for page in document]


def _manifest(counter: Counter) -> CaseSnapshot:
    with counter.place.desk.store.reading() as tx:
        return CaseSnapshot.model_validate_json(outbox.rows(tx)[-1].body)


def _lay(counter: Counter, slot: str, lines: str = "", shade: int = 200) -> None:
    """A page as if it had been captured, with these lines."""
    desk, (_, jpeg) = counter.place.desk, cv2.imencode(".jpg", np.full((600, 800, 3), shade, np.uint8))
    safe = attachments.put(desk.store, jpeg.tobytes())
    with desk.store.transaction() as tx:
        for old in evidence.for_case(tx, counter.case):
            if old.slot == slot:
                evidence.supersede(tx, old.evidence_id)
        evidence.add(tx, EvidenceRecord(
            evidence_id=desk.new_id(), case_uuid=counter.case, slot=slot, doc_type=slot.partition(".")[0], sha256=safe.sha256,
            size=safe.size, media_type="image/jpeg", at=desk.clock(), by=counter.clerk.user_id, lines=lines), safe)


def _accept(counter: Counter) -> str:
    counter.sign()
    return counter.flows.accept.accept(counter.clerk, counter.case).case_number


def test_acceptance_files_a_pdf_of_every_material_and_names_it_in_the_manifest(ready: Counter) -> None:
    wanted = {material.id for material in materials_with_pages(_file(ready))}
    number = _accept(ready)
    filed = {piece.slot: piece for piece in _manifest(ready).evidence if piece.slot.startswith(MATERIAL_SLOT)}
    assert set(filed) == {MATERIAL_SLOT + material for material in wanted}
    assert wanted >= {"mat_marriage", "mat_hukou"}
    for slot, piece in filed.items():
        assert (piece.media_type, piece.materials) == ("application/pdf", (slot.removeprefix(MATERIAL_SLOT),))
        with ready.place.desk.store.reading() as tx:
            pdf = attachments.get(tx, piece.sha256)
        assert len(pdf) == piece.size
        assert number in text_of(pdf)
        assert pdf == _copy(ready, piece.materials[0])
    slots = [piece.slot for piece in _manifest(ready).evidence]
    assert {"marriage_certificate", "household_register_home"} <= set(slots), "the originals travel as before"


def test_a_material_has_a_page_for_each_sheet_in_the_order_of_the_list(ready: Counter) -> None:
    assert len(_sheets(_copy(ready, "mat_marriage"))) == 1
    assert len(_sheets(_copy(ready, "mat_hukou"))) == 2


def test_both_sides_of_a_card_stand_on_one_sheet_as_large_as_they_are(ready: Counter) -> None:
    sheets = _sheets(_copy(ready, "mat_parent_ids"))
    assert [len(pictures) for pictures in sheets] == [2, 2]
    assert all(max(size) == pytest.approx(85.6, abs=0.5) for pictures in sheets for size in pictures)


def test_the_words_of_a_captured_page_are_found_where_they_stand_on_it(ready: Counter) -> None:
    file = _file(ready)
    page = next(piece for piece in file.evidence if piece.slot == "marriage_certificate")
    number = next(fact for fact in file.facts if fact.evidence_id == page.evidence_id and fact.value == people.MOTHER.number)
    with pypdfium2.PdfDocument(_copy(ready, "mat_marriage")) as document:
        (picture,) = document[0].get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
        left, bottom, right, top = picture.get_bounds()
        words = document[0].get_textpage()
        found = words.search(number.value).get_next()
        assert found is not None
        boxes = [words.get_rect(place) for place in range(words.count_rects(*found))]
    assert number.box is not None
    x, y, wide, high = number.box
    middle = (left + (x + wide / 2) * (right - left), top - (y + high / 2) * (top - bottom))
    assert min(box[0] for box in boxes) < middle[0] < max(box[2] for box in boxes)
    assert min(box[1] for box in boxes) < middle[1] < max(box[3] for box in boxes)
    assert max(box[2] for box in boxes) - min(box[0] for box in boxes) == pytest.approx(wide * (right - left), rel=0.15)


def test_a_page_captured_anew_replaces_the_old_one_in_the_next_copy(ready: Counter) -> None:
    before = _copy(ready, "mat_marriage")
    _lay(ready, "marriage_certificate", json.dumps([["重新采集的一页", [0.1, 0.1, 0.5, 0.05]]]))
    after = _copy(ready, "mat_marriage")
    assert len(_sheets(after)) == 1
    assert "重新采集的一页" in text_of(after)
    assert people.MOTHER.number in text_of(before)
    assert people.MOTHER.number not in text_of(after)


def test_a_returned_case_goes_out_with_copies_of_what_it_holds_then_and_the_others_as_they_were(ready: Counter) -> None:
    _accept(ready)
    first = {piece.slot: piece for piece in _manifest(ready).evidence}
    with ready.place.desk.store.transaction() as tx:
        outbox.mark_refused(tx, outbox.rows(tx)[0].outbox_id, "platform.refused")
        cases.update(tx, ready.case, ready.clock.now, status="returned", return_reason="结婚证不清楚")
    _lay(ready, "marriage_certificate", shade=120)
    assert _copy(ready, "mat_marriage") != _filed(ready, first[MATERIAL_SLOT + "mat_marriage"].sha256), "what is open is shown as it is"
    _accept(ready)
    second = {piece.slot: piece for piece in _manifest(ready).evidence}
    assert second[MATERIAL_SLOT + "mat_marriage"].sha256 != first[MATERIAL_SLOT + "mat_marriage"].sha256
    assert second[MATERIAL_SLOT + "mat_hukou"].sha256 == first[MATERIAL_SLOT + "mat_hukou"].sha256
    slots = [piece.slot for piece in _manifest(ready).evidence]
    assert len(slots) == len(set(slots))


def _filed(counter: Counter, sha256: str) -> bytes:
    with counter.place.desk.store.reading() as tx:
        return attachments.get(tx, sha256)


def test_a_rare_name_is_searched_and_copied_whole(ready: Counter) -> None:
    _lay(ready, "marriage_certificate", json.dumps([["持证人 䶮\U00020BB7\U0002CC56", [0.1, 0.1, 0.5, 0.05]]], ensure_ascii=False))
    assert "持证人䶮\U00020BB7\U0002CC56" in squeezed(text_of(_copy(ready, "mat_marriage")))


def test_a_page_on_which_nothing_was_read_is_a_picture_all_the_same(ready: Counter) -> None:
    _lay(ready, "marriage_certificate")
    pdf = _copy(ready, "mat_marriage")
    assert len(_sheets(pdf)[0]) == 1
    assert "结婚证" in text_of(pdf)


def test_a_material_without_a_page_has_no_pdf(fresh: Counter) -> None:
    assert materials_with_pages(_file(fresh)) == ()
    with pytest.raises(NoSuchPaper):
        _copy(fresh, "mat_marriage")


def test_a_page_that_cannot_be_drawn_turns_nobody_away_and_travels_as_it_is(
        ready: Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    desk = ready.place.desk
    safe = attachments.put(desk.store, b"\x89PNG\r\n\x1a\n but no picture")
    with desk.store.transaction() as tx:
        (old,) = (piece for piece in evidence.for_case(tx, ready.case) if piece.slot == "marriage_certificate")
        evidence.supersede(tx, old.evidence_id)
        evidence.add(tx, EvidenceRecord(
            evidence_id=desk.new_id(), case_uuid=ready.case, slot="marriage_certificate", doc_type="marriage_certificate",
            sha256=safe.sha256, size=safe.size, media_type="image/png", at=desk.clock(), by="u"), safe)
    for field in [field for section in ready.view().sections for field in section.fields if field.required and not field.value]:
        ready.flows.fill.answer(ready.clerk, ready.case, field.key, field.choices[0] if field.choices else "2020-01-01")
    with pytest.raises(NotAPicture):
        _copy(ready, "mat_marriage")
    open_transaction = Store.transaction

    @contextmanager
    def watched(store: Store) -> Iterator[Tx]:
        with open_transaction(store) as tx, monkeypatch.context() as patch:
            patch.setattr(decoding, "decode", lambda *_: pytest.fail("a picture is decoded while the store waits"))
            yield tx

    monkeypatch.setattr(Store, "transaction", watched)
    number = _accept(ready)
    slots = {piece.slot for piece in _manifest(ready).evidence}
    assert "marriage_certificate" in slots
    assert MATERIAL_SLOT + "mat_marriage" not in slots
    assert MATERIAL_SLOT + "mat_hukou" in slots
    names = [Path(name).name for name in export_case.export(desk, ready.supervisor, number, tmp_path / "out", reason="复议")]
    assert f"{MATERIAL_SLOT}mat_hukou.pdf" in names
    assert f"{MATERIAL_SLOT}mat_marriage.pdf" not in names
    assert any(name.endswith("-marriage_certificate.png") for name in names)
    assert [one["id"] for one in json.loads((tmp_path / "out" / "case.json").read_text("utf-8"))["not_copied"]] == ["mat_marriage"]


def test_a_clerk_looks_at_a_material_as_the_department_will(ready: Counter) -> None:
    pictures = ready.flows.material_papers.pages(ready.case, "mat_hukou", 600)
    assert [picture.shape[1] for picture in pictures] == [600, 600]


def test_export_holds_one_pdf_for_each_material_and_no_name_in_a_file_name(ready: Counter, tmp_path: Path) -> None:
    number = _accept(ready)
    wanted = {f"{MATERIAL_SLOT}{material.id}.pdf" for material in materials_with_pages(_file(ready))}
    names = [Path(name).name for name in export_case.export(ready.place.desk, ready.supervisor, number, tmp_path / "out", reason="复议")]
    assert {name for name in names if MATERIAL_SLOT in name} == wanted
    assert len(names) == len(set(names))
    assert all(name.isascii() for name in names)
    assert not [name for name in names for person in (people.MOTHER, people.FATHER) if person.number in name]
    assert (tmp_path / "out" / f"{MATERIAL_SLOT}mat_hukou.pdf").read_bytes() == _copy(ready, "mat_hukou")
