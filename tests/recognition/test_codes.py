"""Codes: found on certificates and phones, held against the print, never interpreted."""

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.recognition import codes
from desktop.recognition.read import Recogniser
from desktop.recognition.reading import DocType, Page, Quality, Reading
from hardware.readings import Image
from hardware.simulated.people import FATHER, MOTHER
from tests.specimens.certificates import birth_certificate
from tests.specimens.papers import Specimen, finished
from tests.specimens.people import counties, invented_birth
from tests.specimens.scenes import Pose, Scene, jpeg, view
from tests.specimens.sheet import Sheet

NUMBER = "X320101001"
PRINTED = Reading(NUMBER, 0.97, (0.1, 0.8, 0.2, 0.03))


def _sheet(draw: Callable[[Sheet], None]) -> Specimen:
    sheet = Sheet(210, 148, 8, (246, 243, 232), random.Random("codes"))
    draw(sheet)
    return finished(sheet, "other")


def _page(image: Image, doc_type: DocType = "birth_certificate", printed: Reading | None = None) -> Page:
    height, width = image.shape[:2]
    fields = {"cert_no": printed} if printed else {}
    return Page(image, ((0, 0), (width, 0), (width, height), (0, height)), doc_type, fields, Quality(1.0, 0.0, touches_edge=False), 0.0)


def _read(words: str, printed: Reading | None = None) -> Page:
    """A flat certificate whose code says these words, and whose print was read so."""
    image = _sheet(lambda sheet: sheet.qr_code(20, 12, 30, words)).image
    return codes.with_codes(image, _page(image, printed=printed))


@cache
def _certificate() -> Specimen:
    """The first invented certificate that carries both codes."""
    for seed in range(99):
        rng = random.Random(f"certificate {seed}")
        drawn = birth_certificate(MOTHER, FATHER, invented_birth(rng, counties()[100]), rng)
        if len(drawn.codes) == 2:
            return drawn
    raise AssertionError("no certificate with two codes")


@pytest.mark.parametrize("turn", [3, 267])
def test_the_codes_of_a_certificate_are_found_under_the_camera_however_it_lies(turn: int) -> None:
    laid = view([(_certificate(), Pose(170, 127, turn))], random.Random(turn), light=0.2, tilt=30)
    (truth,) = laid.truths
    found = codes.with_codes(laid.image, replace(_page(laid.image), quad=truth.quad))
    assert {(code.kind, code.text) for code in found.codes} == set(truth.codes)
    by_kind = {code.kind: codes.box_on(found, code) for code in found.codes}
    assert by_kind["code_128"][0] < 0.2
    assert by_kind["qr_code"][0] > 0.7, "clockwise from the page's own top left, whichever way it lies"
    assert all(box[1] < 0.2 for box in by_kind.values())


def test_a_code_beside_the_page_is_not_the_pages() -> None:
    image = _sheet(lambda sheet: sheet.bar_code(20, 12, 60, 10, NUMBER)).image
    height, width = image.shape[:2]
    below = replace(_page(image), quad=((0, height / 2), (width, height / 2), (width, height), (0, height)))
    assert codes.with_codes(image, below).codes == ()


def test_a_code_that_says_what_is_printed_makes_it_sure() -> None:
    page = _read(NUMBER, PRINTED)
    assert page.fields["cert_no"] == replace(PRINTED, confidence=codes.CODED, support=("code",))
    assert page.coded == {}


def test_a_code_that_says_otherwise_leaves_the_print_in_doubt_and_is_shown_beside_it() -> None:
    page = _read("X320101009", PRINTED)
    assert page.fields["cert_no"].value == NUMBER
    assert page.fields["cert_no"].confidence < 0.5
    assert page.coded["cert_no"].value == "X320101009"
    assert page.coded["cert_no"].box == codes.box_on(page, page.codes[0])


def test_where_the_print_was_not_read_the_code_speaks_for_it() -> None:
    page = _read(NUMBER)
    assert page.fields["cert_no"] == page.coded["cert_no"]
    assert page.fields["cert_no"].value == NUMBER
    assert page.fields["cert_no"].support == ("code",)


@pytest.mark.parametrize("words", ["https://example.invalid/q?n=1", "X32010100", "PARCEL 7781209"])
def test_an_unknown_code_is_shown_as_text_and_changes_nothing(words: str) -> None:
    page = _read(words, PRINTED)
    assert [code.text for code in page.codes] == [words]
    assert page.fields == {"cert_no": PRINTED}
    assert page.coded == {}


def test_a_number_among_other_words_may_confirm_the_print_but_never_speak_for_it() -> None:
    words = f"https://example.invalid/{NUMBER}"
    assert _read(words, PRINTED).fields["cert_no"].support == ("code",)
    assert _read(words).fields == {}
    assert _read("https://example.invalid/X320101009", PRINTED).fields == {"cert_no": PRINTED}


def test_nobody_looks_for_codes_on_a_paper_that_carries_none() -> None:
    image = _sheet(lambda sheet: sheet.qr_code(90, 60, 30, "anything")).image
    assert codes.with_codes(image, _page(image, "id_card_front")).codes == ()
    assert [code.text for code in codes.with_codes(image, _page(image, "other")).codes] == ["anything"]


def _phone(words: str, *, dark: bool) -> Scene:
    """A phone under the camera: a bright code on a dark screen, or the other way round."""
    sheet = Sheet(70, 150, 8, (250, 250, 250), random.Random("phone"))
    sheet.qr_code(12, 40, 46, words)
    screen = finished(sheet, "other", 8)
    return view([(replace(screen, image=255 - screen.image) if dark else screen, Pose(160, 120, 12))], random.Random(dark), desk="grey")


@pytest.mark.parametrize("dark", [False, True])
def test_a_code_on_a_phone_reaches_whoever_asks_for_it(dark: bool, recogniser: Recogniser) -> None:
    words = "冀时办 亮码 000123"
    (code,) = recogniser.codes(jpeg(_phone(words, dark=dark)))
    assert (code.kind, code.text) == ("qr_code", words)
    middle = np.mean(code.quad, axis=0)
    assert abs(middle[0] / 2592 - 160 / 340) < 0.05
    assert recogniser.codes(jpeg(view([], random.Random(5), desk="checked"))) == ()


def test_signs_that_cannot_be_shown_are_left_out_of_what_a_code_says() -> None:
    image = _sheet(lambda sheet: sheet.qr_code(90, 60, 30, "a\x00b\x1b[31mc\u202ed\ne")).image
    assert [code.text for code in codes.find(image)] == ["ab[31mcd\ne"]


@given(st.text(max_size=60))
def test_only_what_has_the_form_of_a_certificate_number_is_taken_for_one(text: str) -> None:
    for name, number in codes.carried(text).items():
        assert name == "birth_certificate.cert_no"
        assert len(number) == 10
        assert number[0] in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        assert number[1:].isdecimal()


@given(st.from_regex(r"[A-Z][0-9]{9}", fullmatch=True))
def test_every_certificate_number_is_known_as_one(number: str) -> None:
    assert codes.carried(f" {number.lower()}\n") == {"birth_certificate.cert_no": number}


def test_what_is_shown_of_a_bar_code_has_some_height() -> None:
    image = _sheet(lambda sheet: sheet.bar_code(20, 12, 60, 10, NUMBER)).image
    (code,) = codes.find(image)
    shown = np.array(codes.around(code))
    assert shown[2][1] - shown[0][1] > 0.29 * (shown[1][0] - shown[0][0])
    assert shown[0][0] < code.quad[0][0] < code.quad[1][0] < shown[1][0]
