"""Faces for photos, on drawn faces (tests/specimens/faces.py): found where they are, judged, and cut as the sizes say."""

import io
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from desktop.recognition import portrait
from desktop.recognition.portrait import SIZES, PhotoSize
from hardware.opencv import cv2
from hardware.readings import Image
from hardware.simulated.people import MOTHER
from tests.specimens.faces import Sitting, sitting
from tests.specimens.papers import id_card_front

MIDDLE = (640.0, 470.0, 260.0)
PAIR = ((460.0, 500.0, 240.0), (800.0, 470.0, 250.0))


def _verdict(seen: Sitting, size: PhotoSize = "id", people: int = 1) -> str | None:
    return portrait.fault(seen.image, portrait.find_faces(seen.image), SIZES[size], people)


@pytest.mark.parametrize(("place", "tilt"), [(MIDDLE, 0.0), ((300.0, 600.0, 180.0), -6.0), ((900.0, 420.0, 330.0), 12.0)])
def test_the_eyes_are_found_where_they_are(place: tuple[float, float, float], tilt: float) -> None:
    seen = sitting([place], f"{place}", tilt=tilt)
    (face,) = portrait.find_faces(seen.image)
    (sitter,) = seen.sitters
    for eye, true in zip(face.eyes, sitter.eyes, strict=True):
        assert np.hypot(eye[0] - true[0], eye[1] - true[1]) < 0.02 * sitter.width
    assert abs(face.tilt - tilt) < 2
    assert abs(face.width / sitter.width - 1) < 0.07


def test_an_empty_chair_has_no_face() -> None:
    assert portrait.find_faces(sitting([], pattern=True).image) == ()


@pytest.mark.parametrize(("places", "taken", "verdict"), [
    ([MIDDLE], {}, None),
    ([MIDDLE], {"tilt": 5}, None),
    ([], {}, "portrait.no_face"),
    (PAIR, {}, "portrait.too_many"),
    ([MIDDLE], {"tilt": 14}, "portrait.tilted"),
    ([MIDDLE], {"look": 1.3}, "portrait.turned"),
    ([(640, 470, 80)], {}, "portrait.too_small"),
    ([(640, 150, 260)], {}, "portrait.cut_off"),
    ([(150, 470, 260)], {}, "portrait.cut_off"),
    ([MIDDLE], {"light": 0.3}, "portrait.dark"),
    ([MIDDLE], {"light": 1.5}, "portrait.burnt"),
    ([MIDDLE], {"blur": 5}, "portrait.blurred"),
    ([MIDDLE], {"pattern": True}, "portrait.background"),
])
def test_what_spoils_a_photo_is_said_before_it_is_taken(
        places: list[tuple[float, float, float]], taken: dict[str, Any], verdict: str | None) -> None:
    assert _verdict(sitting(places, **taken)) == verdict


def test_a_photo_of_two_wants_two() -> None:
    assert _verdict(sitting(PAIR), "couple", 2) is None
    assert _verdict(sitting(PAIR[:1]), "couple", 2) == "portrait.too_few"


@pytest.mark.parametrize("size", ["id", "two_inch"])
@pytest.mark.parametrize("tilt", [0.0, 5.0])
def test_head_and_eyes_stand_where_the_size_wants_them(size: PhotoSize, tilt: float) -> None:
    seen = sitting([(600, 500, 290)], f"{size}", tilt=tilt)
    asked = SIZES[size]
    faces = portrait.find_faces(seen.image)
    photo = portrait.cut(seen.image, faces, asked)
    assert photo.shape == (asked.height, asked.width, 3)
    (eyes, crown), scale = _in_photo(seen, asked), asked.width / 358
    assert abs(eyes[0][1] - eyes[1][1]) < 0.02 * asked.width, "turned level"
    assert abs((eyes[0][0] + eyes[1][0]) / 2 - asked.width / 2) < 0.02 * asked.width, "in the middle"
    assert asked.height - eyes[0][1] >= 207 / 441 * asked.height
    assert 7 / 441 <= crown[1] / asked.height <= 21 / 441, "hair 7 to 21 of 441 pixels below the edge"
    assert abs(seen.sitters[0].width * _scale(seen, asked) - 207 * scale) <= 14 * scale, "face 207 ± 14 of 358 pixels wide"


def _in_photo(seen: Sitting, asked: portrait.Size) -> tuple[list[tuple[float, float]], tuple[float, float]]:
    """The sitter's eyes and crown in the photo's pixels, by the corners the cut is made from."""
    corners = np.array(portrait.corners_of(seen.image, portrait.find_faces(seen.image), asked), np.float32)
    flat = np.array([(0, 0), (asked.width, 0), (asked.width, asked.height), (0, asked.height)], np.float32)
    points = np.array([[*seen.sitters[0].eyes, seen.sitters[0].crown]], np.float32)
    left, right, crown = cv2.perspectiveTransform(points, cv2.getPerspectiveTransform(corners, flat))[0]
    return [tuple(left), tuple(right)], tuple(crown)


def _scale(seen: Sitting, asked: portrait.Size) -> float:
    corners = portrait.corners_of(seen.image, portrait.find_faces(seen.image), asked)
    return asked.width / float(np.hypot(corners[1][0] - corners[0][0], corners[1][1] - corners[0][1]))


@settings(max_examples=8, deadline=None)
@given(st.floats(250, 1030), st.floats(250, 700), st.floats(120, 340), st.floats(-7, 7))
def test_a_photo_that_is_let_through_shows_the_whole_head(x: float, y: float, wide: float, tilt: float) -> None:
    seen = sitting([(x, y, wide)], tilt=tilt)
    verdict = _verdict(seen)
    assert verdict in {None, "portrait.cut_off", "portrait.too_small", "portrait.tilted"}
    if verdict is None:
        asked = SIZES["id"]
        eyes, crown = _in_photo(seen, asked)
        assert 0 < crown[1] < eyes[0][1] < asked.height
        width = seen.image.shape[1]
        assert seen.sitters[0].crown[1] >= 0
        assert all(-0.03 * width < px < 1.03 * width for px, _ in portrait.corners_of(seen.image, portrait.find_faces(seen.image), asked))


def test_the_photo_knows_how_large_it_is_printed() -> None:
    seen = sitting([MIDDLE])
    printed: dict[PhotoSize, tuple[float, float]] = {"two_inch": (35.0, 49.0), "id": (26.0, 32.0), "couple": (53.0, 35.0)}
    for name, (wide, high) in printed.items():
        asked = SIZES[name]
        with Pillow.open(io.BytesIO(portrait.jpeg(portrait.cut(seen.image, portrait.find_faces(seen.image), asked), asked))) as opened:
            across, down = (pixels / dpi * 25.4 for pixels, dpi in zip(opened.size, opened.info["dpi"], strict=True))
            assert abs(across - wide) < 0.1
            assert abs(down - high) < 0.1


def _card(*, with_face: bool) -> Image:
    """The front of an identity card, flat; its drawn nobody replaced by a drawn face."""
    image = id_card_front(MOTHER, random.Random("card")).image.copy()
    if with_face:
        seen = sitting([(210, 260, 190)], width=420, height=560)
        image[105:483, 833:1116] = cv2.resize(seen.image, (283, 378), interpolation=cv2.INTER_AREA)
    return image


def test_the_photo_of_an_identity_card_is_cut_by_its_face() -> None:
    photo = portrait.on_card(_card(with_face=True), "id_card_front")
    assert photo is not None
    assert photo.shape == (441, 358, 3)
    assert len(portrait.find_faces(photo)) == 1


def test_a_card_whose_face_is_not_found_gives_the_zone_of_its_photo_and_a_back_gives_none() -> None:
    page = _card(with_face=False)
    photo = portrait.on_card(page, "id_card_front")
    assert photo is not None
    assert 0.3 < photo.shape[1] / page.shape[1] < 0.4
    assert portrait.on_card(page, "id_card_back") is None


def test_without_the_package_it_is_said_and_the_card_gives_its_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portrait, "PACKAGE", "face-detection-that-nobody-installed")
    portrait.detector.cache_clear()
    try:
        with pytest.raises(portrait.NoDetector) as refused:
            portrait.find_faces(sitting([]).image)
        assert refused.value.code == "portrait.no_detector"
        photo = portrait.on_card(_card(with_face=True), "id_card_front")
        assert photo is not None
        assert photo.shape != (441, 358, 3)
    finally:
        portrait.detector.cache_clear()
