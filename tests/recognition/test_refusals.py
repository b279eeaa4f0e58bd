"""Pictures that must not be taken for good pages, and files that are no pictures."""

import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from desktop.domain.prefill import SURE
from desktop.recognition.engine import Line, NoEngine
from desktop.recognition.read import Recogniser
from desktop.recognition.tesseract import FirstThatLoads, TesseractLines
from desktop.wording import remedy
from hardware.opencv import cv2
from hardware.readings import Image as ImageOf
from hardware.simulated.people import FATHER, HOUSEHOLD, MARRIAGE, MOTHER
from tests.specimens import papers
from tests.specimens.scenes import DESKS, Pose, jpeg, view

DESK = Path(__file__).resolve().parents[2] / "resources" / "recordings" / "desk"


def card() -> papers.Specimen:
    return papers.id_card_front(MOTHER, random.Random(1))


def preview(frame: ImageOf) -> ImageOf:
    return np.asarray(cv2.resize(frame, (864, 648), interpolation=cv2.INTER_AREA), dtype=np.uint8)


@pytest.mark.parametrize(("smear", "blur"), [(17, 0.6), (1, 4.0)])
def test_a_smeared_or_unfocused_card_is_refused_and_nothing_on_it_is_sure(recogniser: Recogniser, smear: int, blur: float) -> None:
    scene = view([(card(), Pose(170, 127, 3))], random.Random(2), desk="grey", motion=smear, blur=blur)
    (page,) = recogniser.read(jpeg(scene))
    assert page.quality.verdict == "page.blurred"
    assert all(reading.confidence <= 0.6 for reading in page.fields.values())


def test_a_lamp_mirrored_on_the_card_is_refused(recogniser: Recogniser) -> None:
    scene = view([(card(), Pose(170, 127, 3))], random.Random(3), desk="dark", glare=True)
    (page,) = recogniser.read(jpeg(scene))
    assert page.quality.verdict == "page.glare"


def test_a_paper_reaching_beyond_the_frame_is_refused(recogniser: Recogniser) -> None:
    home = papers.household_register_home(HOUSEHOLD, random.Random(1))
    scene = view([(home, Pose(52, 127, 2))], random.Random(4), desk="dark", tilt=10)
    (page,) = recogniser.read(jpeg(scene))
    assert page.quality.touches_edge
    assert page.quality.verdict == "page.cut_off"


@pytest.mark.parametrize("desk", DESKS)
def test_no_desk_is_taken_for_a_page(recogniser: Recogniser, desk: str) -> None:
    empty = view([], random.Random(f"empty {desk}"), desk=desk)
    assert recogniser.look(preview(empty.image)).quads == ()
    if desk in {"checked", "white"}:
        assert recogniser.read(jpeg(empty)) == ()


def test_a_flat_scan_without_any_desk_is_read_as_one_page(recogniser: Recogniser) -> None:
    scan = papers.marriage_certificate(MOTHER, FATHER, MARRIAGE, random.Random(5))
    done, coded = cv2.imencode(".png", cv2.resize(scan.image, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA))
    assert done
    (page,) = recogniser.read(coded.tobytes())
    assert page.doc_type == "marriage_certificate"
    assert {key: reading.value for key, reading in page.fields.items()} == scan.fields
    assert page.quad[0] == (0.0, 0.0)


def test_what_was_asked_for_does_not_change_what_a_paper_is(recogniser: Recogniser) -> None:
    (page,) = recogniser.read((DESK / "mother_card_back.jpg").read_bytes(), wanted="id_card_front")
    assert page.doc_type == "id_card_back"


def test_corners_of_a_very_large_picture_are_given_in_its_own_pixels(recogniser: Recogniser) -> None:
    scene = view([(papers.id_card_back(MOTHER, random.Random(8)), Pose(170, 127, 2))], random.Random(8), desk="dark")
    large = cv2.resize(scene.image, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    done, coded = cv2.imencode(".jpg", large, [cv2.IMWRITE_JPEG_QUALITY, 80])
    assert done
    (page,) = recogniser.read(coded.tobytes())
    assert np.abs(np.array(page.quad) - 2 * np.array(scene.truths[0].quad)).max() < 12


class Absent:
    """An engine on a machine where nothing could be installed."""

    def warm(self) -> None:
        raise NoEngine("not installed")

    def lines(self, image: ImageOf) -> tuple[Line, ...]:
        raise NoEngine(f"not installed, {image.shape}")

    def reread(self, image: ImageOf, lines: Sequence[Line]) -> tuple[Line, ...]:
        raise NoEngine(f"not installed, {image.shape}, {len(lines)}")


def test_without_a_text_engine_papers_are_still_cut_out_and_the_lack_is_told() -> None:
    recogniser = Recogniser(engine=FirstThatLoads((Absent(), Absent())))
    (page,) = recogniser.read((DESK / "mother_card_front.jpg").read_bytes())
    assert (page.doc_type, page.fields) == ("other", {})
    assert page.image.shape[1] >= 1000
    assert recogniser.fault == "recognition.no_engine"
    assert recogniser.missing == "not installed; not installed"
    with pytest.raises(NoEngine):
        recogniser.warm()
    assert "手工填写" in remedy(recogniser.fault)


def test_where_the_first_engine_cannot_be_loaded_tesseract_reads_and_nothing_it_reads_is_sure() -> None:
    recogniser = Recogniser(engine=FirstThatLoads((Absent(), TesseractLines())))
    (page,) = recogniser.read((DESK / "mother_card_front.jpg").read_bytes())
    assert page.doc_type == "id_card_front"
    assert page.fields["id_number"].value == MOTHER.number
    assert all(reading.confidence < SURE for reading in page.fields.values())
    assert recogniser.fault == "recognition.second_engine"
    assert "核对" in remedy(recogniser.fault)


def test_a_machine_without_tesseract_or_its_chinese_says_which(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(NoEngine, match="chi_sim"):
        TesseractLines().warm()
    monkeypatch.setattr("pytesseract.pytesseract.tesseract_cmd", str(tmp_path / "tesseract"))
    with pytest.raises(NoEngine, match="not installed"):
        TesseractLines().warm()
    with pytest.raises(NoEngine):
        TesseractLines().lines(np.zeros((50, 50, 3), np.uint8))


def test_the_live_look_sees_the_card_and_costs_little(recogniser: Recogniser) -> None:
    frame = cv2.imread(str(DESK / "parents_cards_front.jpg"))
    assert frame is not None
    frame = preview(np.asarray(frame, dtype=np.uint8))
    spent = []
    for _ in range(5):
        start = time.thread_time()
        glance = recogniser.look(frame)
        spent.append(time.thread_time() - start)
    assert len(glance.quads) == 2
    assert glance.verdict is None
    assert glance.complete
    assert glance.light > 0.5
    assert min(spent) < 0.12      # 0.05 on an idle core
