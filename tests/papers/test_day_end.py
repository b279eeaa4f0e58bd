import io
import json
import time
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.units import mm

from desktop.papers.day_end import day_pdf, day_workbook, seal_of, sealed_lines, verify_sealed
from desktop.papers.sealed_log import _line
from tests.papers.reading import ink_outside, squeezed, text_of
from tests.papers.sheets import day_sheet

SEALED = sealed_lines(day_sheet())
LINES = SEALED.splitlines(keepends=True)
PLACES = st.integers(0, len(LINES) - 1)


def test_an_untouched_day_verifies_and_gives_its_seal() -> None:
    verdict = verify_sealed(SEALED)
    assert verdict.ok
    assert verdict.first_bad_line is None
    assert (verdict.reason, verdict.day, verdict.lines) == ("", "2026-11-23", len(LINES))
    assert verdict.seal == json.loads(LINES[-1])["seal"] == seal_of(SEALED)


def test_the_header_names_the_day_the_window_the_journal_and_the_seal_before() -> None:
    header = json.loads(sealed_lines(day_sheet(previous_seal="ab" * 32)).splitlines()[0])["body"]
    assert header["day"] == "2026-11-23"
    assert header["window"] == "3"
    assert header["previous_seal"] == "ab" * 32
    assert header["journal_head"] == day_sheet().journal_head
    assert header["journal_count"] == 148


@given(PLACES, st.data())
def test_any_changed_byte_is_found_in_its_line(place: int, data: st.DataObject) -> None:
    line = LINES[place]
    at = data.draw(st.integers(0, len(line) - 2))
    new = data.draw(st.integers(0, 255).filter(lambda byte: byte not in {line[at], 10}))
    verdict = verify_sealed(b"".join([*LINES[:place], line[:at] + bytes([new]) + line[at + 1:], *LINES[place + 1:]]))
    assert not verdict.ok
    assert (verdict.first_bad_line, verdict.reason) == (place + 1, "day.log_altered")


@given(PLACES, st.data())
def test_any_byte_put_in_or_taken_out_is_found_in_its_line(place: int, data: st.DataObject) -> None:
    line = LINES[place]
    at = data.draw(st.integers(0, len(line) - 2))
    piece = data.draw(st.sampled_from([b"", b" ", b"\t", b"0", b'"', b"\xef\xbb\xbf", b"\r"]))
    changed = line[:at] + piece + line[at + (0 if piece else 1):]
    verdict = verify_sealed(b"".join([*LINES[:place], changed, *LINES[place + 1:]]))
    assert not verdict.ok
    assert verdict.first_bad_line == place + 1


@given(st.integers(0, len(LINES) - 2), st.text(max_size=20))
def test_a_line_rewritten_with_a_new_seal_of_its_own_is_still_named(place: int, value: str) -> None:
    line = json.loads(LINES[place])
    forged, _ = _line(line["n"], line["prev"], line["body"] | {"clerk": value + "他人"})
    verdict = verify_sealed(b"".join([*LINES[:place], forged + b"\n", *LINES[place + 1:]]))
    assert not verdict.ok
    assert (verdict.first_bad_line, verdict.reason) == (place + 1, "day.log_altered")


@given(st.integers(1, len(LINES) - 1))
def test_a_line_sealed_onto_another_than_the_one_before_it_is_named(place: int) -> None:
    line = json.loads(LINES[place])
    forged, _ = _line(line["n"], "5a" * 32, line["body"])
    verdict = verify_sealed(b"".join([*LINES[:place], forged + b"\n", *LINES[place + 1:]]))
    assert (verdict.ok, verdict.first_bad_line, verdict.reason) == (False, place + 1, "day.log_altered")


def test_a_forged_closing_line_is_named() -> None:
    line = json.loads(LINES[-1])
    forged, _ = _line(line["n"], line["prev"], line["body"] | {"count": 3})
    verdict = verify_sealed(b"".join([*LINES[:-1], forged + b"\n"]))
    assert (verdict.ok, verdict.first_bad_line, verdict.reason) == (False, len(LINES), "day.log_altered")


@given(st.integers(0, len(LINES) - 2))
def test_a_line_left_out_is_named_by_where_it_stood(place: int) -> None:
    verdict = verify_sealed(b"".join([*LINES[:place], *LINES[place + 1:]]))
    assert (verdict.ok, verdict.first_bad_line, verdict.reason) == (False, place + 1, "day.log_line_missing")


@given(st.integers(0, len(LINES)), st.sampled_from([b"\n", b"{}\n", b"x\n", LINES[0], LINES[3], LINES[-1]]))
def test_a_line_put_in_is_named(place: int, stranger: bytes) -> None:
    changed = b"".join([*LINES[:place], stranger, *LINES[place:]])
    verdict = verify_sealed(changed)
    assert not verdict.ok
    # A copy of the line before it or after it stands in two places; the second is the stranger.
    expected = place + 2 if place < len(LINES) and LINES[place] == stranger else place + 1
    assert (verdict.first_bad_line, verdict.reason) == (expected, "day.log_line_added")


@given(st.integers(0, len(LINES) - 2))
def test_two_lines_changed_round_are_found_at_the_first_of_them(place: int) -> None:
    verdict = verify_sealed(b"".join([*LINES[:place], LINES[place + 1], LINES[place], *LINES[place + 2:]]))
    assert not verdict.ok
    assert verdict.first_bad_line == place + 1


@given(st.integers(0, len(SEALED) - 1))
def test_a_cut_tail_is_found_wherever_the_cut_is(length: int) -> None:
    verdict = verify_sealed(SEALED[:length])
    whole = SEALED[:length].count(b"\n")
    assert not verdict.ok
    assert verdict.first_bad_line == whole + 1
    assert verdict.reason == ("day.log_cut" if length else "day.log_empty")


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_what_was_never_a_sealed_day_is_refused_without_a_crash(data: bytes) -> None:
    assert not verify_sealed(data).ok


def test_a_seal_is_not_taken_from_a_day_that_does_not_verify() -> None:
    with pytest.raises(ValueError, match="line 2"):
        seal_of(SEALED.replace("新生儿出生".encode(), "公民婚育".encode(), 1))


def test_the_day_sheet_shows_counts_sums_findings_journal_seal_and_both_names() -> None:
    text = squeezed(text_of(day_pdf(day_sheet())))
    for words in ("日终对账表", "2026年11月23日", "新生儿出生1212111020少打1张回执", "公民婚育000000相符",
                  "合计12121110201处不符",
                  "回执未打印：缺纸", day_sheet().journal_head, seal_of(SEALED), "经办人（王秀兰）", "复核人（赵国强）",
                  "2026年11月23日17:32", "130529XS20261123003000023", "办理中", "已推送", "待推送", "3号窗口", "第2页共2页"):
        assert squeezed(words) in text, words


def test_a_day_of_a_thousand_cases_is_exported_in_time_with_every_case_on_paper() -> None:
    day = day_sheet(1000, demo=False)
    began = time.process_time()
    pdf, book, log = day_pdf(day), day_workbook(day), sealed_lines(day)
    assert time.process_time() - began < 6        # three seconds on a quiet machine; tests share theirs
    assert verify_sealed(log).ok
    text = text_of(pdf)
    assert all(case.case_number in text for case in day.cases)
    assert text.count("办件编号") > 20
    assert openpyxl.load_workbook(io.BytesIO(book), read_only=True)["办件明细"].max_row == 1001


def test_the_case_table_stays_between_the_margins_on_every_page() -> None:
    long = replace(day_sheet().cases[0], last_error="平台退回：" + "材料影像不清晰" * 20, clerk="买买提·" * 6)
    pdf = day_pdf(replace(day_sheet(60, demo=False), cases=(*day_sheet(60).cases, long)))
    assert "材料影像不清晰" in text_of(pdf)
    assert ink_outside(pdf, left=24.5 * mm, right=17.5 * mm) == 0


def test_an_empty_day_still_makes_all_three() -> None:
    day = day_sheet(0, lines=(), differences=())
    assert "无" in text_of(day_pdf(day))
    assert verify_sealed(sealed_lines(day)).ok
    assert openpyxl.load_workbook(io.BytesIO(day_workbook(day))).sheetnames == ["汇总", "办件明细"]


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u3000＝", "\x00="]),
       st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_no_text_of_a_case_becomes_a_formula(start: str, rest: str) -> None:
    day = day_sheet(2)
    evil = f'{start}HYPERLINK("x"){rest}'
    case = replace(day.cases[0], applicant=evil, last_error=evil, clerk=evil)
    book = openpyxl.load_workbook(io.BytesIO(day_workbook(replace(day, cases=(case,), hall=evil, differences=(evil,)))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    carriers = [str(cell.value) for cell in cells if "HYPERLINK" in str(cell.value)]
    assert len(carriers) == 5
    assert all(value.startswith(("'", "\ufffd")) for value in carriers)


def test_counts_and_dates_in_the_workbook_are_numbers_and_dates() -> None:
    book = openpyxl.load_workbook(io.BytesIO(day_workbook(day_sheet())))
    sheet = book["办件明细"]
    assert [sheet[place].data_type for place in ("A2", "B2", "E2", "F2")] == ["n", "s", "d", "d"]
    assert [sheet[place].value for place in ("B2", "E2")] == ["130529XS20261123003000003", datetime(2026, 11, 23, 9, 0)]  # noqa: DTZ001
    totals = next(line for line in book["汇总"].iter_rows(values_only=True) if line[0] == "合计")
    assert totals[1:8] == (12, 12, 11, 10, 2, 0, "1 处不符")


def test_states_and_errors_are_words_on_paper_and_codes_in_the_log() -> None:
    words = squeezed(text_of(day_pdf(day_sheet())))
    assert "in_progress" not in words
    assert "platform.unreachable" not in words
    assert b'"status":"in_progress"' in SEALED
    unknown = replace(day_sheet().cases[0], status="new_state")
    assert "new_state" in squeezed(text_of(day_pdf(replace(day_sheet(), cases=(unknown,)))))
