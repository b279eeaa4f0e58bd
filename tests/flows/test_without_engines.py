"""A window where the recognition cannot be loaded, in part or at all: papers are kept and filed, and somebody is told what to type."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from db import evidence
from desktop.app import flows_at
from desktop.domain.prefill import SURE
from desktop.flows.bundle import Flows
from desktop.recognition.engine import Line, NoEngine, TextEngine
from desktop.recognition.read import Recogniser
from desktop.recognition.tesseract import FirstThatLoads, TesseractLines
from desktop.wording import remedy, say
from hardware.readings import Image
from hardware.simulated.people import MOTHER
from tests.flows.conftest import Counter

DESK = Path(__file__).resolve().parents[2] / "resources" / "recordings" / "desk"


class Absent:
    """An engine that is not installed."""

    def warm(self) -> None:
        raise NoEngine("not installed")

    def lines(self, image: Image) -> tuple[Line, ...]:
        raise NoEngine(f"not installed, {image.shape}")

    def reread(self, image: Image, lines: Sequence[Line]) -> tuple[Line, ...]:
        raise NoEngine(f"not installed, {image.shape}, {len(lines)}")


def window_with(counter: Counter, *engines: TextEngine) -> Flows:
    return flows_at(replace(counter.place.desk, recogniser=Recogniser(engine=FirstThatLoads(engines))), counter.place.flows.keep_safe)


def test_with_no_engine_a_paper_is_filed_where_the_clerk_says_and_else_kept_unfiled(fresh: Counter) -> None:
    capture = window_with(fresh, Absent(), Absent()).capture_page
    done = capture.import_file(fresh.clerk, fresh.case, DESK / "mother_card_front.jpg", "id_card_front.mother")
    assert capture.reading_fault == "recognition.no_engine"
    assert "手工填写" in remedy(capture.reading_fault)
    (page,) = done.pages
    assert (page.slot, page.doc_type, page.fields, page.verdict) == ("id_card_front.mother", "id_card_front", 0, None)
    assert capture.page_image(page.evidence_id).shape[1] >= 900
    assert not [field.key for section in done.view.sections for field in section.fields if field.source == "recognised"]

    both = capture.import_file(fresh.clerk, fresh.case, DESK / "parents_cards_front.jpg", "id_card_front.father")
    unasked = capture.import_file(fresh.clerk, fresh.case, DESK / "marriage_certificate.jpg")
    for page in (*both.pages, *unasked.pages):      # which of two, which paper at all: nobody said
        assert (page.slot, page.verdict) == (None, "page.not_known")
    assert "拍这份" in remedy("page.not_known")
    with fresh.place.desk.store.reading() as tx:
        kept = evidence.for_case(tx, fresh.case)
    assert [piece.slot for piece in kept] == ["id_card_front.mother", *["unasked.other"] * 3]


def test_with_tesseract_alone_papers_are_known_and_every_value_is_to_be_looked_at(fresh: Counter) -> None:
    capture = window_with(fresh, Absent(), TesseractLines()).capture_page
    done = capture.import_file(fresh.clerk, fresh.case, DESK / "mother_card_front.jpg")
    assert capture.reading_fault == "recognition.second_engine"
    assert "核对" in say("recognition.second_engine") + remedy("recognition.second_engine")
    assert [page.doc_type for page in done.pages] == ["id_card_front"]
    read = [field for section in done.view.sections for field in section.fields if field.source == "recognised"]
    assert MOTHER.number in {field.value for field in read}
    assert all(field.needs_look for field in read)
    assert all(field.confidence is None or field.confidence < SURE for field in read)
