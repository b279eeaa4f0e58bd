import io
import itertools
import logging
import time
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.units import mm

import resources
from desktop.domain.themes import ThemePack, parse_pack
from desktop.papers import fonts
from desktop.papers.form import unified_form
from desktop.papers.preview import render
from tests.papers.reading import embedded_fonts, ink_outside, squeezed, text_of
from tests.papers.sheets import ANSWERS, PACK, RARE, family_sheet, signature


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


# --- every shipped pack ------------------------------------------------------------------------------------------------------------

PACKS = [parse_pack(path.read_text("utf-8"), path.name) for path in sorted((Path(resources.__file__).parent / "themes").glob("*/*.toml"))]
_SAMPLE = {"id_number": "130529199503150028", "phone": "13800138000", "date": "2026-11-18", "datetime": "2026-11-18T08:05", "int": "28",
           "bool": "true", "image": "已采集", "region": "河北省邢台市巨鹿县", "text": RARE}


def _answered(pack: ThemePack) -> dict[str, str]:
    return {field.key: field.choices[-1] if field.choices else _SAMPLE.get(field.type, "示例") for field in pack.fields}


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: f"{pack.id}-{pack.version}")
@pytest.mark.parametrize("full", [True, False])
def test_the_form_of_every_pack_prints_all_its_labels_inside_the_frame(pack: ThemePack, full: bool) -> None:
    answers = _answered(pack) if full else {}
    pdf = unified_form(family_sheet(pack=pack, answers=answers, demo=False, signature_png=signature() if full else None))
    text = squeezed(text_of(pdf))
    for section in pack.sections:
        assert squeezed(section.title) in text
    for field in pack.fields:
        assert text.count(squeezed(field.label)) >= sum(other.label == field.label for other in pack.fields), field.label
        shown = answers.get(field.key, "")
        assert squeezed(shown) in text or field.type in {"image", "date", "datetime", "bool"}, field.label
    if pack.pledge:
        assert squeezed(pack.pledge.text) in text
    assert ("样式" in text) is pack.form_is_proposed
    assert ("新生儿" in text) is pack.id.endswith("newborn")
    assert ink_outside(pdf, left=24.5 * mm, right=17.5 * mm) == 0


def _with(**changes: object) -> ThemePack:
    """The pack with its first field made into another one."""
    first, *others = PACK.sections
    field = first.fields[0].model_copy(update={"choices": (), "codeset": "", "width": "full"} | changes)
    return PACK.model_copy(update={"sections": (first.model_copy(update={"fields": (field, *first.fields[1:])}), *others)})


def test_several_choices_are_boxes_to_tick_and_a_choice_is_never_torn_from_its_box() -> None:
    choices = tuple(f"第{number}项办理的事项名称" for number in range(1, 7))
    pack = _with(type="multi", choices=choices)
    text = text_of(unified_form(family_sheet(pack=pack, answers={PACK.fields[0].key: f"{choices[1]}、{choices[4]}、另外的"})))
    for number, choice in enumerate(choices):
        assert choice in text, "a line break inside would tear it"
        assert f"□✓{choice}" in squeezed(text) or number not in {1, 4}
    assert "□✓另外的" in squeezed(text)
    assert squeezed(text).count("✓") == 3


@pytest.mark.parametrize(("value", "shown"), [("true", "□✓是□否"), ("false", "□是□✓否"), ("", "□是□否")])
def test_yes_and_no_are_two_boxes(value: str, shown: str) -> None:
    pack = _with(type="bool")
    assert shown in squeezed(text_of(unified_form(family_sheet(pack=pack, answers={PACK.fields[0].key: value}))))


def test_a_photo_stands_in_its_place_and_one_kept_apart_is_named() -> None:
    pack = _with(type="image", slot="other.photo")
    photo = io.BytesIO()
    Image.new("RGB", (358, 441), (10, 20, 30)).save(photo, "PNG")
    answers = {PACK.fields[0].key: "已采集"}
    shown = render(unified_form(family_sheet(pack=pack, answers=answers, demo=False, pictures={"other.photo": photo.getvalue()})), 600)[0]
    assert np.count_nonzero(np.all(np.abs(shown.astype(int) - (30, 20, 10)) < 12, axis=2)) > 3000
    assert "见所附影像" in squeezed(text_of(unified_form(family_sheet(pack=pack, answers=answers))))
    assert "见所附影像" not in squeezed(text_of(unified_form(family_sheet(pack=pack, answers={}))))


def test_only_the_one_who_signed_stands_signed_and_an_agent_signs_below() -> None:
    pack = next(pack for pack in PACKS if pack.id == "hunan-yuanling-newborn")

    def inked(answers: dict[str, str]) -> int:
        signed, blank = (render(unified_form(family_sheet(pack=pack, answers=answers, demo=False, signature_png=png)), 900)[-1]
                         for png in (signature(), None))
        return int(np.count_nonzero(np.any(signed != blank, axis=2))) if signed.shape == blank.shape else -1

    assert inked({"mother_signature": "已采集"}) > 200
    assert "申请人签名：" not in squeezed(text_of(unified_form(family_sheet(pack=pack, answers={"mother_signature": "已采集"}))))
    assert "申请人签名：2026年11月23日" in squeezed(text_of(unified_form(family_sheet(pack=pack, answers={}))))


def test_a_form_no_document_prints_says_so_on_every_page_and_why() -> None:
    pack = next(pack for pack in PACKS if pack.form_is_proposed)
    reason = next(paper.reason for paper in pack.papers if paper.kind == "form")
    long = {field.key: "长" * 300 for field in pack.fields if field.type == "text"}
    pdf = unified_form(family_sheet(pack=pack, answers=long))
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) > 1
        assert document.get_metadata_value("Title") == f"{pack.form_title}（样式）"
        for page in document:
            assert squeezed(reason) in squeezed(page.get_textpage().get_text_range())
