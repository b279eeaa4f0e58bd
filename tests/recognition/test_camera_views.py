"""One sharp camera view of every paper type, printed with the repository's fonts. The long scoring: `python -m tests.specimens score`."""

import random
from collections.abc import Iterator

import numpy as np
import pytest

from desktop.domain.prefill import SURE
from desktop.recognition.read import Recogniser
from hardware.opencv import cv2
from tests.specimens.scenes import Pose, jpeg, view
from tests.specimens.score import Seen, Taken, Tally, figures, iou, judge
from tests.specimens.views import TYPES, invented_specimens, shot

NUMBERS = (1, 4, 7, 9, 13, 15, 19, 21)
"""None of them held back."""


@pytest.fixture(scope="module")
def tally(recogniser: Recogniser) -> Tally:
    made = Tally()
    for number in NUMBERS:
        view = shot(number)
        taken = Taken(number, view.condition, view.desk, view.held_back, jpeg(view.scene), view.scene.truths)
        judge(taken, recogniser.read(taken.picture), made, 0.0)
    return made


def every(tally: Tally) -> Iterator[tuple[Seen, str, str, str, float]]:
    return ((one, key, *values) for one in tally.papers for key, values in one.fields.items())


def test_each_type_is_found_upright_and_told_apart_and_passes_the_gate(tally: Tally) -> None:
    assert [one.doc_type for one in tally.papers] == list(TYPES)
    assert [one.typed for one in tally.papers] == list(TYPES)
    assert all(one.found and one.iou > 0.95 and one.upright and one.verdict is None for one in tally.papers)


def test_nearly_every_field_is_read_as_printed_and_none_that_is_not_printed(tally: Tally) -> None:
    wrong = [(one.doc_type, key, printed, read) for one, key, printed, read, _ in every(tally) if printed != read]
    assert len(list(every(tally))) == 72
    assert len(wrong) <= 1, wrong
    assert tally.extra == []


def test_nothing_shown_as_sure_is_wrong_and_most_fields_are_sure(tally: Tally) -> None:
    sure = [row for row in every(tally) if row[4] >= SURE]
    assert [row for row in sure if row[2] != row[3]] == []
    assert len(sure) > 0.8 * 72


@pytest.mark.parametrize("doc_type", ["id_card_front", "household_register_member", "marriage_certificate"])
def test_a_flat_scan_is_one_page_and_not_its_photo_its_table_or_its_leaves(recogniser: Recogniser, doc_type: str) -> None:
    specimen = invented_specimens(random.Random("flat"))[doc_type]
    done, png = cv2.imencode(".png", specimen.image)
    assert done
    (page,) = recogniser.read(png.tobytes())
    assert page.doc_type == doc_type
    assert {key: one.value for key, one in page.fields.items()} == specimen.fields


@pytest.mark.parametrize("turn", [27, 118])
def test_a_paper_that_lies_askew_over_the_border_never_passes_for_a_scan(recogniser: Recogniser, turn: int) -> None:
    specimen = invented_specimens(random.Random("askew"))["birth_certificate"]
    scene = view([(specimen, Pose(170, 45, turn))], random.Random(turn), desk="grey")
    pages = recogniser.read(jpeg(scene))
    assert [page.quality.verdict for page in pages] == ["page.cut_off"] * len(pages)


def test_the_scorer_counts_what_it_says(tally: Tally) -> None:
    told = figures(tally)
    assert (told["frames"], told["papers"], told["false_pages"]) == (8, 8, 0)
    assert told["found"] == 1.0
    square = [(0, 0), (10, 0), (10, 10), (0, 10)]
    assert iou(square, square) == pytest.approx(1.0)
    assert iou(square, [(x + 5, y) for x, y in square]) == pytest.approx(1 / 3)
    empty = Tally()
    view = Taken(0, "single", "oak", held_back=False, picture=b"", truths=shot(1).scene.truths)
    judge(view, (), empty, 1.0)
    assert figures(empty)["found"] == 0.0
    assert all(not read for _, _, _, read, _ in every(empty))


def test_a_burnt_out_card_on_which_a_value_is_missing_is_told(recogniser: Recogniser) -> None:
    specimen = invented_specimens(random.Random("burnt"))["id_card_front"]
    scene = view([(specimen, Pose(170, 127, 4))], random.Random(2), desk="grey", light=0.05)
    (page,) = recogniser.read(jpeg(scene))
    height, width = page.image.shape[:2]
    assert page.quality.verdict is None
    bright = cv2.convertScaleAbs(page.image, alpha=1.0, beta=26)
    bright[int(0.06 * height):int(0.5 * height), int(0.15 * width):int(0.6 * width)] = 255
    assert recogniser.read_flat(np.asarray(bright, dtype=np.uint8)).quality.verdict == "page.glare"
