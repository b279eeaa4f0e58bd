import io
import itertools
import logging
import time

import numpy as np
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.units import mm

from desktop.papers import fonts
from desktop.papers.form import unified_form
from desktop.papers.preview import render
from tests.papers.reading import embedded_fonts, ink_outside, squeezed, text_of
from tests.papers.sheets import ANSWERS, PACK, RARE, family_sheet


def test_every_printed_label_and_every_value_stands_on_the_form() -> None:
    text = squeezed(text_of(unified_form(family_sheet())))
    assert squeezed(PACK.form_title) in text
    for section in PACK.sections:
        assert squeezed(section.title) in text
        for field in section.fields:
            assert squeezed(field.label) in text, field.label
            shown = "2026年11月18日" if field.key == "newborn_birth_date" else ANSWERS.get(field.key, "")
            assert squeezed(shown) in text, field.label
    assert "自领" in text
    assert text.count("邮寄") >= 4


def test_a_minute_is_printed_as_people_write_it() -> None:
    sections = tuple(section.model_copy(update={"fields": tuple(
        field.model_copy(update={"type": "datetime"}) if field.key == "newborn_birth_date" else field for field in section.fields)})
        for section in PACK.sections)
    sheet = family_sheet(pack=PACK.model_copy(update={"sections": sections}), answers={"newborn_birth_date": "2026-11-18T08:05"})
    assert "2026年11月18日08:05" in squeezed(text_of(unified_form(sheet)))


def test_the_form_of_38_fields_with_its_signature_fits_one_page() -> None:
    assert sum(len(section.fields) for section in PACK.sections) == 38
    with pypdfium2.PdfDocument(unified_form(family_sheet())) as document:
        assert len(document) == 1
    assert "第 1 页 共 1 页" in text_of(unified_form(family_sheet()))


def test_rare_characters_of_a_name_can_be_copied_out_of_the_form() -> None:
    text = text_of(unified_form(family_sheet()))
    assert RARE in text
    assert "\U0002CC56" in RARE


def test_only_our_two_faces_are_used_and_both_are_embedded() -> None:
    found = embedded_fonts(unified_form(family_sheet()))
    assert found
    assert all(embedded for _, embedded in found)
    assert {name.split("+")[-1] for name, _ in found} == {"NotoSansSC-Regular", "NotoSansSC-SemiBold"}


def test_the_full_identity_number_stands_on_the_form_and_a_blank_stays_blank() -> None:
    text = squeezed(text_of(unified_form(family_sheet())))
    assert text.count(family_sheet().applicant_number) == 2
    assert "*" not in text


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert unified_form(family_sheet()) == unified_form(family_sheet())


def test_a_warm_form_takes_less_than_a_fifth_of_a_second() -> None:
    unified_form(family_sheet())
    began = time.perf_counter()
    for _ in range(5):
        unified_form(family_sheet())
    assert (time.perf_counter() - began) / 5 < 0.2


@pytest.mark.parametrize("length", [30, 120, 400, 3000])
def test_a_long_value_is_never_cut_and_stays_inside_the_frame(length: int) -> None:
    alphabet = [chr(0x4E00 + number) for number in range(2000)]
    long = "".join(itertools.islice(itertools.cycle(alphabet), length))
    answers = ANSWERS | {key: long for key, value in ANSWERS.items() if value and ("路" in value or value == RARE)}
    pdf = unified_form(family_sheet(answers=answers, demo=False))
    # A value that goes on over the page is read in pieces: every character must be there as often as in all values.
    text = squeezed(text_of(pdf))
    wanted = sum(value == long for value in answers.values())
    assert wanted >= 3
    for character in set(long):
        assert text.count(character) >= wanted * long.count(character)
    assert ink_outside(pdf, left=24.5 * mm, right=17.5 * mm) == 0


def test_a_long_word_without_breaks_wraps_inside_its_cell() -> None:
    answers = ANSWERS | {key: "W" * 90 for key, value in ANSWERS.items() if value == RARE}
    pdf = unified_form(family_sheet(answers=answers, demo=False))
    assert squeezed(text_of(pdf)).count("W") >= 90
    assert ink_outside(pdf, left=24.5 * mm, right=17.5 * mm) == 0


def test_a_character_no_face_has_is_drawn_as_its_code_point_and_reported(caplog: pytest.LogCaptureFixture) -> None:
    name = "林\U00020BB7"
    answers = ANSWERS | {key: name for key, value in ANSWERS.items() if value == RARE}
    with caplog.at_level(logging.WARNING):
        pdf = unified_form(family_sheet(answers=answers))
    assert fonts.missing(name) == ("\U00020BB7",)
    assert fonts.missing(RARE) == ()
    assert "方框为字库缺字：U+20BB7" in text_of(pdf)
    assert "020" in text_of(pdf)
    assert "U+20BB7" in caplog.text
    assert "林" not in caplog.text


def test_heavy_text_borrows_from_the_complete_face_what_the_heavy_one_lacks() -> None:
    assert [(run.face, run.text) for run in fonts.runs("张㛃表", heavy=True)] == [
        (fonts.HEAVY, "张"), (fonts.REGULAR, "㛃"), (fonts.HEAVY, "表")]


def test_the_signature_picture_leaves_ink_above_its_line() -> None:
    signed = render(unified_form(family_sheet(demo=False)), 1000)[0]
    unsigned = render(unified_form(family_sheet(demo=False, signature_png=None)), 1000)[0]
    changed = np.argwhere(np.any(signed != unsigned, axis=2))
    assert len(changed) > 200
    assert changed[:, 0].min() > 0.8 * signed.shape[0]


def test_demo_papers_say_so_and_real_ones_do_not() -> None:
    assert "演示样张" in text_of(unified_form(family_sheet()))
    assert "样张" not in text_of(unified_form(family_sheet(demo=False)))


@settings(max_examples=12, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_answer_at_all_makes_a_readable_pdf_of_unchanged_frame(value: str) -> None:
    pdf = unified_form(family_sheet(answers=ANSWERS | dict.fromkeys(list(ANSWERS)[:4], value), demo=False))
    assert ink_outside(pdf, left=24.5 * mm, right=17.5 * mm) == 0


def test_the_preview_is_as_wide_as_asked_and_bgr() -> None:
    picture = render(unified_form(family_sheet()), 777)[0]
    assert picture.shape[1:] == (777, 3)
    assert picture.dtype == np.uint8
    red_seal = render(unified_form(family_sheet()), 400)[0].reshape(-1, 3).astype(int)
    assert (red_seal[:, 2] - red_seal[:, 0]).max() > 10       # the watermark is red: third channel


def test_bytes_that_are_no_pdf_are_refused_by_the_preview() -> None:
    with pytest.raises(pypdfium2.PdfiumError):
        render(io.BytesIO(b"no pdf").getvalue(), 100)
