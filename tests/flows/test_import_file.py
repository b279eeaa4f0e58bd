"""A file instead of the camera: pictures and PDFs become pages of a case, one after another, and can be left in the middle."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from db import attachments, evidence
from desktop.recognition.reading import NotAPicture
from hardware.faults import DeviceFault, FaultCode
from tests.flows.conftest import Counter
from tests.specimens.scanned import DESK, scanned


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    path = tmp_path / "papers.pdf"
    path.write_bytes(scanned("mother_card_front", "", "marriage_certificate"))
    return path


def test_each_page_of_a_pdf_is_evidence_cut_from_the_untouched_file(fresh: Counter, papers: Path) -> None:
    heard: list[tuple[int, int]] = []
    capture = fresh.flows.capture_page
    done = capture.import_file(fresh.clerk, fresh.case, papers, progress=lambda page, pages: heard.append((page, pages)))
    assert heard == [(1, 3), (2, 3), (3, 3)]
    assert (done.sheets, done.fault) == (3, None)
    assert [page.doc_type for page in done.pages] == ["id_card_front", "marriage_certificate"]
    with fresh.place.desk.store.reading() as tx:
        pieces = [evidence.get(tx, page.evidence_id) for page in done.pages]
        kept = attachments.get(tx, pieces[0].sha256)
    assert kept == papers.read_bytes()
    assert {piece.media_type for piece in pieces} == {"application/pdf"}
    assert pieces[0].sha256 == pieces[1].sha256
    for page, shape in zip(done.pages, (54 / 85.6, 0.68), strict=True):      # of a card; of the specimen book lying open
        image = capture.page_image(page.evidence_id)
        assert image.shape[0] / image.shape[1] == pytest.approx(shape, rel=0.03)
    card, book = (capture.page_image(page.evidence_id) for page in done.pages)
    assert card.shape[1] >= 700
    assert np.abs(card.mean(axis=(0, 1)) - book.mean(axis=(0, 1))).max() > 10
    filled = [field for section in fresh.view().sections for field in section.fields if field.cutout]
    assert filled
    assert all(capture.cutout(field.cutout).size for field in filled if field.cutout)


def test_an_import_that_is_left_keeps_the_pages_it_had(fresh: Counter, papers: Path) -> None:
    capture = fresh.flows.capture_page

    def leave(page: int, pages: int) -> None:
        assert pages == 3
        if page == 2:
            capture.cancel_import()

    done = capture.import_file(fresh.clerk, fresh.case, papers, progress=leave)
    assert isinstance(done.fault, DeviceFault)
    assert done.fault.code is FaultCode.CANCELLED
    assert (done.sheets, [page.doc_type for page in done.pages]) == (1, ["id_card_front"])
    taken = {slot.slot for material in fresh.view().materials for slot in material.slots if slot.status == "captured"}
    assert taken == {"id_card_front.mother"}

    with pytest.raises(DeviceFault, match=FaultCode.CANCELLED.value):
        capture.import_file(fresh.clerk, fresh.case, papers, progress=lambda _, __: capture.cancel_import())


def test_every_picture_of_a_tiff_becomes_evidence_of_a_kind_the_province_takes(fresh: Counter, tmp_path: Path) -> None:
    cards = [Image.open(DESK / f"{name}.jpg") for name in ("mother_card_front", "marriage_certificate")]
    cards[0].save(tmp_path / "cards.tif", save_all=True, append_images=cards[1:], compression="jpeg")
    done = fresh.flows.capture_page.import_file(fresh.clerk, fresh.case, tmp_path / "cards.tif")
    assert (done.sheets, done.fault) == (2, None)
    assert [page.doc_type for page in done.pages] == ["id_card_front", "marriage_certificate"]
    with fresh.place.desk.store.reading() as tx:
        pieces = [evidence.get(tx, page.evidence_id) for page in done.pages]
        kept = [attachments.get(tx, piece.sha256) for piece in pieces]
    assert {piece.media_type for piece in pieces} == {"image/png"}
    for page, bytes_, card in zip(done.pages, kept, cards, strict=True):
        with Image.open(io.BytesIO(bytes_)) as opened:
            assert (opened.format, opened.size) == ("PNG", card.size)
        assert fresh.flows.capture_page.page_image(page.evidence_id).size


def test_what_the_province_would_refuse_for_its_weight_is_refused_at_once(fresh: Counter, tmp_path: Path) -> None:
    heavy = tmp_path / "heavy.jpg"
    heavy.write_bytes((DESK / "marriage_certificate.jpg").read_bytes() + bytes(20 << 20))
    with pytest.raises(NotAPicture, match=r"picture\.too_heavy"):
        fresh.flows.capture_page.import_file(fresh.clerk, fresh.case, heavy)


def test_what_is_no_paper_leaves_the_case_as_it_was(fresh: Counter, tmp_path: Path) -> None:
    before = fresh.view()
    (tmp_path / "note.pdf").write_bytes(b"%PDF-1.7\n%%EOF")
    (tmp_path / "note.txt").write_text("only words")
    codes = {"note.pdf": "pdf.broken", "note.txt": "picture.unknown", "gone.jpg": "picture.missing", ".": "picture.folder"}
    for name, code in codes.items():
        with pytest.raises(NotAPicture) as refused:
            fresh.flows.capture_page.import_file(fresh.clerk, fresh.case, tmp_path / name)
        assert refused.value.code == code
    assert fresh.view() == before
