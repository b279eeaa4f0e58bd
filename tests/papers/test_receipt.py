from datetime import UTC, datetime

from desktop.papers import receipt
from desktop.papers.receipt import receipt_slip
from hardware.printer.escpos_bytes import CUT, slip_bytes, width, wrap
from hardware.printer.slip import Cut, Pair, Qr, Slip, Text
from tests.papers.sheets import PACK, RARE, family_sheet


def _words(slip: Slip) -> str:
    return "\n".join(part.text if isinstance(part, Text) else f"{part.label} {part.value}"
                     for part in slip if isinstance(part, Text | Pair))


def test_the_receipt_tells_number_theme_matters_papers_due_date_and_whom_to_ask() -> None:
    sheet = family_sheet()
    words = _words(receipt_slip(sheet))
    for expected in (sheet.hall, "收件凭证", sheet.case_number, PACK.title, *sheet.matters, "2026年11月23日 09:12",
                     "2026年12月1日", "3号窗口", sheet.clerk, sheet.phone, "12345",
                     *(material.name for material in sheet.materials), "扫描4页  核验退还", "扫描1页  收取"):
        assert expected in words, expected


def test_the_receipt_shows_neither_the_whole_name_nor_the_number_nor_the_phone() -> None:
    sheet = family_sheet()
    words = _words(receipt_slip(sheet))
    assert "林*月  130529********0028" in words
    assert "138****8000" in words
    for secret in (sheet.applicant_name, sheet.applicant_number, sheet.applicant_phone):
        assert secret not in words


def test_a_name_of_rare_characters_is_masked_too() -> None:
    words = _words(receipt_slip(family_sheet(applicant_name=RARE)))
    assert f"林**{RARE[-1]}" in words


def test_the_code_leads_to_the_query_or_else_holds_the_case_number() -> None:
    sheet = family_sheet()
    assert Qr(sheet.query_url) in receipt_slip(sheet)
    for query in ("", sheet.case_number):
        slip = receipt_slip(family_sheet(query_url=query))
        assert Qr(sheet.case_number) in slip
        assert "出示此码" in _words(slip)


def test_a_provisional_due_date_is_called_so_on_the_receipt() -> None:
    assert Pair("应办结日期", "2026年12月1日（暂定）") in receipt_slip(family_sheet(due_is_provisional=True))


def test_only_the_demo_receipt_is_marked_as_a_specimen() -> None:
    assert _words(receipt_slip(family_sheet())).count("演示样张") == 2
    assert "演示样张" not in _words(receipt_slip(family_sheet(demo=False)))


def test_no_line_is_wider_than_the_paper_and_the_second_line_of_a_name_is_indented() -> None:
    matters = ("首次申领" * 9, "户口登记")
    slip = receipt_slip(family_sheet(matters=matters))
    texts = [part for part in slip if isinstance(part, Text)]
    assert all(width(part.text) * part.size <= 48 for part in texts)
    place = next(number for number, part in enumerate(texts) if part.text.startswith("1.  首次"))
    assert texts[place + 1].text.startswith("    首次") or texts[place + 1].text.startswith("    ")
    assert "".join(wrap(texts[place].text[4:] + texts[place + 1].text[4:], 200)) == matters[0]


def test_the_receipt_ends_with_the_cut_and_can_be_turned_into_printer_bytes() -> None:
    slip = receipt_slip(family_sheet())
    assert isinstance(slip[-1], Cut)
    assert "收件凭证".encode("gb18030") in slip_bytes(slip)


def test_the_printer_test_slip_reaches_from_edge_to_edge_and_shows_the_window() -> None:
    slip = receipt.test_slip("示例县政务服务中心", "3", datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    assert max(width(part.text) for part in slip if isinstance(part, Text)) == 48
    assert "2026年11月23日 09:00" in _words(slip)
    assert "3号窗口" in _words(slip)
    assert slip_bytes(slip).endswith(CUT)
