from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import zxingcpp
from reportlab.lib.units import mm

from desktop.papers.notices import acceptance_notice, correction_notice
from desktop.papers.preview import render
from tests.papers.reading import embedded_fonts, ink_outside, squeezed, text_of
from tests.papers.sheets import PACK, RARE, family_sheet, wanting_sheet


def test_the_acceptance_notice_says_all_that_the_family_must_know() -> None:
    sheet = family_sheet(applicant_name=RARE)
    text = squeezed(text_of(acceptance_notice(sheet)))
    for words in ("受理通知书", sheet.document_number, sheet.case_number, f"{RARE}：", *sheet.matters,
                  "《中华人民共和国行政许可法》第三十二条", "2026年11月23日09:05", "2026年11月23日09:12", "6个工作日",
                  "2026年12月1日", "不计入时限", "新生儿户口页", sheet.delivery, PACK.fee.text, sheet.phone, "12345",
                  sheet.query_url, sheet.hall, "受理窗口：3号窗口", sheet.clerk, "申请人签收", "受理专用章", "样章",
                  "第1页共1页"):
        assert squeezed(words) in text, words


@pytest.mark.parametrize("number", ["130529XS20261122000017", "130529XS20261122999999995"], ids=["of the first form", "of today's"])
def test_the_bars_hold_the_whole_case_number(number: str) -> None:
    [page] = render(acceptance_notice(family_sheet(case_number=number)), 1654)      # 200 dots per inch
    assert [code.text for code in zxingcpp.read_barcodes(page)] == [number]


def test_notices_hide_the_middle_of_the_number_and_of_the_phone() -> None:
    for pdf in (acceptance_notice(family_sheet()), correction_notice(wanting_sheet())):
        text = squeezed(text_of(pdf))
        assert family_sheet().applicant_number not in text
        assert "130529********0028" in text
        assert "13800138000" not in text
        assert "138****8000" in text


def test_a_due_date_beyond_the_published_calendar_is_called_provisional() -> None:
    assert "暂定" in text_of(acceptance_notice(family_sheet(due_is_provisional=True)))
    assert "暂定" not in text_of(acceptance_notice(family_sheet()))


def test_what_the_pack_excludes_from_the_limit_stands_on_the_notice() -> None:
    limit = PACK.limit.model_copy(update={"excluded": ("信息确认", "制卡", "寄送")})
    sheet = family_sheet(pack=PACK.model_copy(update={"limit": limit}))
    assert "信息确认；制卡；寄送" in squeezed(text_of(acceptance_notice(sheet)))


def test_the_acceptance_day_is_the_halls_day_not_the_clocks_utc_day() -> None:
    sheet = family_sheet(accepted_at=datetime(2026, 11, 22, 16, 30, tzinfo=UTC))
    assert "2026年11月23日00:30" in squeezed(text_of(acceptance_notice(sheet)))


def test_a_case_that_is_not_accepted_gets_no_acceptance_notice() -> None:
    with pytest.raises(ValueError, match="acceptance"):
        acceptance_notice(family_sheet(accepted_at=None))


def test_the_correction_notice_lists_every_defect_with_its_remedy_and_nothing_else() -> None:
    sheet = wanting_sheet()
    text = squeezed(text_of(correction_notice(sheet)))
    for words in ("一次性告知书（补正）", sheet.document_number, "《中华人民共和国行政许可法》第三十二条", "收件编号",
                  "2026年12月14日（含当日）前", "自收到全部补正材料之日起受理", "父母双方有效身份证件、《结婚证》，原件已当场退还"):
        assert squeezed(words) in text, words
    for material in sheet.materials:
        assert (squeezed(material.defect) in text) if material.defect else (f"{material.name}原件" not in text)
        assert squeezed(material.remedy) in text


def test_a_correction_notice_without_a_defect_is_refused() -> None:
    with pytest.raises(ValueError, match="defect"):
        correction_notice(family_sheet())


def test_a_correction_notice_of_a_later_day_bears_that_day() -> None:
    later = wanting_sheet(issued_at=datetime(2026, 11, 25, 2, 0, tzinfo=UTC))
    assert "2026年11月25日" in text_of(correction_notice(later))
    assert "2026年11月25日" not in text_of(correction_notice(wanting_sheet()))


def test_forty_defects_go_on_over_pages_with_the_head_of_the_table_on_each() -> None:
    one = wanting_sheet().materials[2]
    materials = tuple(replace(one, number=number, name=f"材料{number:02d}") for number in range(40))
    pdf = correction_notice(wanting_sheet(materials=materials, demo=False))
    text = squeezed(text_of(pdf))
    assert all(f"材料{number:02d}" in text for number in range(40))
    assert text.count("补正要求") >= 3
    assert text.count(squeezed(one.remedy)) == 40
    assert ink_outside(pdf, left=24.5 * mm, right=17.5 * mm) == 0


def test_a_very_long_hall_name_and_addressee_stay_on_the_paper() -> None:
    sheet = family_sheet(hall="某某自治州某某县政务服务和大数据管理局综合服务大厅" * 2, applicant_name="买买提·" * 16, demo=False)
    pdf = acceptance_notice(sheet)
    assert ink_outside(pdf, left=24.5 * mm, right=17.5 * mm) == 0
    assert squeezed(sheet.applicant_name) in squeezed(text_of(pdf))


@pytest.mark.parametrize("notice", [acceptance_notice(family_sheet()), correction_notice(wanting_sheet())])
def test_every_face_of_a_notice_travels_with_it(notice: bytes) -> None:
    assert all(embedded for _, embedded in embedded_fonts(notice))


def test_a_real_notice_keeps_a_place_for_the_seal_but_prints_none() -> None:
    text = text_of(acceptance_notice(family_sheet(demo=False)))
    assert "（受理专用章）" in text
    assert "样章" not in text


def test_the_due_date_may_be_missing_only_before_acceptance() -> None:
    with pytest.raises(ValueError, match="due date"):
        acceptance_notice(family_sheet(due_date=None))
    assert acceptance_notice(family_sheet(due_date=date(2026, 12, 1)))


def test_what_comes_of_the_matters_in_this_case_stands_on_the_notice() -> None:
    text = squeezed(text_of(acceptance_notice(family_sheet(results=("《非正常死亡证明》", "注销死者户口")))))
    assert "办理结果《非正常死亡证明》；注销死者户口" in text
    assert "新生儿户口页" not in text
