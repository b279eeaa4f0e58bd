"""Where a value stands beside its label, from lines placed by hand; no engine."""

import random
from dataclasses import replace

import numpy as np

from desktop.domain.prefill import SURE
from desktop.recognition.engine import Glyph, Line, PaddleLines, spaced, without_seals
from desktop.recognition.papers import REPAIRED, Paper, doubtful, known_papers, read_fields, recognise_type
from hardware.opencv import cv2
from hardware.simulated.people import FATHER, MOTHER
from tests.specimens.sheet import Sheet

PAPERS: dict[str, Paper] = {paper.doc_type: paper for paper in known_papers()}


def line(x: float, y: float, text: str, score: float = 1.0, height: float = 30) -> Line:
    """A line on a page of 2000 x 1400, letters as wide as high."""
    right = x + height * sum(0.55 if char.isascii() else 1.0 for char in text)
    glyphs = tuple(Glyph(one.char, one.left, one.right, score) for one in spaced(text, x, right))
    return Line(text, score, x, y, right, y + height, glyphs, ((x, y), (right, y), (right, y + height), (x, y + height)))


def values(doc_type: str, lines: list[Line]) -> dict[str, str]:
    return {key: one.value for key, one in read_fields(PAPERS[doc_type], lines, 2000, 1400).items()}


def parent(who: str, x: float, y: float, name: str, nation: str, number: str) -> list[Line]:
    return [line(x, y, f"{who}姓名"), line(x + 200, y, name), line(x, y + 80, "民族"), line(x + 200, y + 80, nation),
            line(x, y + 160, "有效身份证件号码"), line(x + 300, y + 160, number)]


def test_what_is_the_mother_s_and_what_the_father_s_is_told_one_above_the_other_and_side_by_side() -> None:
    expected = {"mother_name": "林晓月", "mother_nation": "汉", "mother_id": MOTHER.number,
                "father_name": "陈志远", "father_nation": "满", "father_id": FATHER.number}
    for father_x, father_y in ((100, 700), (1000, 300)):
        mother = parent("母亲", 100, 300, "林晓月", "汉族", MOTHER.number)
        assert values("birth_certificate", mother + parent("父亲", father_x, father_y, "陈志远", "满", FATHER.number)) == expected


def test_the_spouses_are_counted_in_their_order_wherever_the_book_has_them() -> None:
    for x, gap in ((100, 400), (1100, 300)):
        lines = [line(x, 200, "姓名"), line(x + 150, 200, "林晓月"), line(x, 200 + gap, "姓名"), line(x + 150, 200 + gap, "陈志远")]
        assert values("marriage_certificate", lines) == {"name_1": "林晓月", "name_2": "陈志远"}


def test_with_one_of_two_equal_labels_unread_the_other_is_taken_by_where_it_stands() -> None:
    assert values("marriage_certificate", [line(100, 1000, "姓名"), line(250, 1000, "陈志远")]) == {"name_2": "陈志远"}


def test_a_street_on_the_second_line_of_an_address_is_no_label() -> None:
    lines = [line(100, 200, "民族"), line(300, 200, "汉"), line(100, 580, "常住地址"), line(300, 560, "江西省上饶市余干县拟造街道"),
             line(300, 600, "民族路698号")]
    assert values("death_certificate", lines) == {"nation": "汉", "address": "江西省上饶市余干县拟造街道民族路698号"}


def test_a_long_value_that_touches_the_next_label_ends_before_it() -> None:
    lines = [line(100, 340, "出生地"), line(420, 340, "重庆市酉阳土家族苗族自治县民族"), line(1100, 340, "壮")]
    assert values("household_register_member", lines) == {"birth_place": "重庆市酉阳土家族苗族自治县", "nation": "壮"}


def test_the_rim_of_a_seal_behind_a_value_does_not_continue_it() -> None:
    lines = [line(100, 600, "家属姓名"), line(300, 600, "单生沅"), line(400, 602, "本公东正明", 0.25)]
    assert values("death_certificate", lines) == {"family_name": "单生沅"}


def test_a_seal_read_well_beside_a_name_is_not_part_of_it() -> None:
    lines = [line(100, 600, "家属姓名"), line(300, 600, "陆莹玲"), line(400, 602, "兰州市保健院")]
    assert values("death_certificate", lines) == {"family_name": "陆莹玲"}
    apart = [line(100, 600, "家属姓名"), line(300, 600, "陆"), line(340, 600, "莹玲")]
    assert values("death_certificate", apart) == {"family_name": "陆莹玲"}


def test_the_label_in_english_below_is_not_read_into_a_name() -> None:
    lines = [line(100, 540, "父亲姓名钟佩玲", height=44), line(100, 577, "Full name of father", height=25)]
    assert values("birth_certificate", lines) == {"father_name": "钟佩玲"}


def test_a_seal_read_as_a_tall_letter_does_not_end_an_address() -> None:
    lines = [line(100, 440, "住址"), line(250, 440, "河北省邢台市巨鹿县样本路22幢3单元"), line(700, 250, "0", 0.85, height=400)]
    assert values("household_register_home", lines) == {"address": "河北省邢台市巨鹿县样本路22幢3单元"}


def test_a_date_without_a_label_is_found_beside_a_signature() -> None:
    lines = [line(500, 1200, "承办人签章：乙25"), line(1000, 1200, "2020年10月03日签发")]
    assert values("household_register_home", lines) == {"issue_date": "2020-10-03"}


def test_a_colon_read_with_the_label_is_not_the_value() -> None:
    lines = [line(100, 600, "出生地点："), line(420, 600, "河北省邢台市巨鹿县")]
    assert values("birth_certificate", lines) == {"birth_place": "河北省邢台市巨鹿县"}


def test_characters_read_badly_in_a_region_are_proposed_anew_and_never_sure() -> None:
    clear, bad = line(300, 600, "辽宁省"), line(390, 600, "營口市鮁魚圈區", 0.6)
    read = read_fields(PAPERS["birth_certificate"], [line(100, 600, "出生地点"), clear, bad], 2000, 1400)["birth_place"]
    assert (read.value, read.support) == ("辽宁省营口市鲅鱼圈区", ("repaired",))
    assert read.confidence <= REPAIRED
    sure = [line(100, 600, "出生地点"), line(300, 600, "河北省邢台市巨鹿市")]       # a county that became a city is no misreading
    assert values("birth_certificate", sure) == {"birth_place": "河北省邢台市巨鹿市"}


def test_a_wrong_number_is_proposed_anew_with_the_reader_s_second_choice_and_marked() -> None:
    number = MOTHER.number
    misread = line(500, 1200, number[:14] + "7" + number[15:], 0.9)
    glyphs = tuple(replace(one, other=number[14] if n == 14 else "") for n, one in enumerate(misread.glyphs))
    lines = [line(100, 1200, "公民身份号码"), replace(misread, glyphs=glyphs)]
    read = read_fields(PAPERS["id_card_front"], lines, 2000, 1400)["id_number"]
    assert (read.value, read.support) == (number, ("repaired",))
    assert read.confidence == REPAIRED


def test_a_name_with_a_rare_character_or_one_that_may_be_missing_is_to_be_looked_at() -> None:
    def sure(name: Line) -> bool:
        return read_fields(PAPERS["id_card_front"], [line(100, 100, "姓名"), name], 2000, 1400)["name"].confidence >= SURE

    assert sure(line(250, 100, "林晓月"))
    assert not sure(line(250, 100, "林晓曈"))
    goes_on = line(250, 100, "林晓月")
    assert not sure(replace(goes_on, glyphs=goes_on.glyphs[:2], text="林晓"))
    again = replace(goes_on, glyphs=goes_on.glyphs[:2], text="林晓", right=goes_on.glyphs[1].right, again="林晓月")
    assert not sure(again)
    assert sure(replace(again, again="林晓"))


def test_only_names_and_doubtful_values_are_read_again() -> None:
    lines = [line(100, 100, "姓名"), line(250, 100, "林晓月"), line(100, 300, "性别"), line(250, 300, "女"), line(100, 700, "住址"),
             line(250, 700, "河北省邢台市巨鹿县样本路", 0.9), line(100, 500, "出生"), line(250, 500, "1995年3月15日"),
             line(600, 300, "民族"), line(750, 300, "汉"), line(100, 1200, "公民身份号码"), line(500, 1200, MOTHER.number)]
    assert [one.text for one in doubtful(PAPERS["id_card_front"], lines, 2000, 1400)] == ["林晓月", "河北省邢台市巨鹿县样本路"]


def test_both_editions_of_the_death_certificate_are_told_by_what_they_print() -> None:
    for title in ("居民死亡医学证明（推断）书", "居民死亡医学证明"):
        lines = [line(600, 50, title), line(100, 200, "死者姓名"), line(100, 300, "死亡日期"), line(100, 400, "死亡地点")]
        paper = recognise_type(lines, 0.7)
        assert paper is not None
        assert paper.doc_type == "death_certificate"


def test_a_date_under_a_red_stamp_is_read() -> None:
    sheet = Sheet(100, 40, 12, (247, 240, 214), random.Random(3))
    sheet.text(10, 16, "签发日期 2023年12月19日", 4.0)
    sheet.seal(50, 18, 14, "出生医学证明专用章")
    page = np.ascontiguousarray(np.asarray(sheet.image)[:, :, ::-1])
    read = "".join(one.text for one in PaddleLines().lines(without_seals(page)))
    assert "2023年12月19日" in read.replace(" ", "")


def test_a_page_without_red_ink_stays_as_it_is() -> None:
    page = np.full((50, 60, 3), 200, np.uint8)
    cv2.putText(page, "12", (5, 40), cv2.FONT_HERSHEY_SIMPLEX, 1, (20, 20, 20), 2)
    assert without_seals(page) is page
