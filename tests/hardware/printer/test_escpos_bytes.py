"""Slip to bytes. python-escpos, which nobody here wrote, is asked what it would send where it is right."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.faults import DeviceFault, FaultCode
from hardware.printer import escpos_bytes as esc
from hardware.printer import raster
from hardware.printer.raster import font, has, line_bytes
from hardware.printer.slip import Align, Cut, Feed, Pair, Qr, Rule, Slip, Text
from hardware.readings import PrinterStatus
from hardware.simulated.printer import MARGIN, Paper, PrintedSlip
from hardware.transports import escpos_library

LETTERS = st.one_of(st.characters(max_codepoint=0x2FF), st.sampled_from("出生一件事，。（）《》受理回执￥①"))
CHINESE = st.text(LETTERS, max_size=200)


def test_a_chinese_line_goes_out_as_gb18030_between_fs_and_and_fs_dot() -> None:
    data = esc.slip_bytes((Text("中文，A1"),))
    assert data == b"\x1b@" + b"\x1ba\x00\x1d!\x00\x1bE\x00" + b"\x1c&\xd6\xd0\xce\xc4\xa3\xacA1\x1c.\n"


@pytest.mark.parametrize("marks", ["￥：（）", "①②", "“”——", "·"])
def test_a_line_of_marks_alone_is_not_lost(marks: str) -> None:
    assert marks.encode("gb18030") in esc.slip_bytes((Text(marks),))


def test_a_title_is_centred_doubled_and_bold() -> None:
    assert esc.slip_bytes((Text("回执", "center", 2, bold=True),)).startswith(b"\x1b@\x1ba\x01\x1d!\x11\x1bE\x01\x1c&")


def test_the_qr_code_is_what_python_escpos_sends() -> None:
    other = escpos_library.Dummy()
    other.qr("https://example.invalid/办件", ec=1, size=6, native=True)      # 1 = level M
    ours = esc.qr_bytes("https://example.invalid/办件", 6)
    assert ours == b"\x1bJ\x18\x1ba\x01" + other.output + b"\x1ba\x00\x1bJ\x18"


def test_the_cut_feeds_to_the_knife() -> None:
    assert esc.slip_bytes((Feed(2), Cut())) == b"\x1b@\x1bd\x02\x1dVB\x00"


def test_a_rule_is_as_wide_as_the_paper() -> None:
    assert b"-" * 48 in esc.slip_bytes((Rule(),))


def test_a_qr_code_that_holds_too_much_is_refused() -> None:
    with pytest.raises(ValueError, match="bytes"):
        esc.qr_bytes("x" * 3000, 6)


@pytest.mark.parametrize("slip", [
    (Text("受理回执", "center", 2), Pair("申请人", "林晓月"), Rule(), Text("请于 6 个工作日后查询。" * 5), Feed(3),
     Qr("https://example.invalid/q/1"), Cut()),
    (Qr("x" * 14, 8), Cut()), (Qr("x" * 2331, 3), Cut()), (Text("一\n" * 40), Cut()),
])  # fmt: skip
def test_a_slip_is_at_most_as_long_as_reckoned(slip: Slip) -> None:
    drawn: list[PrintedSlip] = []
    paper = Paper(lambda _: None, drawn.append)
    paper.buffer += esc.slip_bytes(slip)
    paper.work()
    long = Image.open(BytesIO(drawn[0].png)).height
    assert long - MARGIN <= esc.dots_of(slip) < 2 * long


def test_a_name_cannot_command_the_printer() -> None:
    data = esc.slip_bytes((Text("林\x1b@\x1dV\x00晓\x10\x04\x01月"),))
    assert data.count(b"\x1b@") == 1
    assert b"\x1dV" not in data
    assert b"\x10\x04" not in data


def test_the_values_of_neighbouring_pairs_begin_in_one_column() -> None:
    lines = esc.pair_lines([Pair("姓名", "林晓月"), Pair("承诺时限", "6 个工作日"), Pair("No", "1")])
    begins = [line.index(value) for line, value in zip(lines, ("林", "6", "1"), strict=True)]
    assert [esc.width(line[:at]) for line, at in zip(lines, begins, strict=True)] == [10, 10, 10]


def test_a_long_value_goes_on_under_its_beginning() -> None:
    first, second = esc.pair_lines([Pair("事项", "一" * 25)])
    assert (first, second) == ("事项  " + "一" * 21, " " * 6 + "一" * 4)


def test_a_label_too_long_for_its_column_stands_above_its_value() -> None:
    assert esc.pair_lines([Pair("甲" * 11, "乙"), Pair("丙", "丁")]) == ["甲" * 11, "    乙", "丙  丁"]


def test_no_line_begins_with_a_closing_mark() -> None:
    assert esc.wrap("一二三四，五", 8) == ["一二三", "四，五"]


def test_a_number_is_not_broken_where_it_fits_on_the_next_line() -> None:
    assert esc.wrap("电话：0319-0000000", 14) == ["电话：", "0319-0000000"]


def test_a_word_longer_than_the_line_is_broken() -> None:
    assert esc.wrap("A" * 10, 4) == ["AAAA", "AAAA", "AA"]


@given(CHINESE, st.integers(4, 48))
def test_no_line_is_wider_than_asked_and_no_letter_is_lost(text: str, columns: int) -> None:
    lines = esc.wrap(text, columns)
    assert all(esc.width(line) <= columns for line in lines)
    assert visible("".join(lines)) == visible(text)


@settings(max_examples=40)
@given(CHINESE, st.sampled_from(["left", "center", "right"]), st.sampled_from([1, 2]), st.booleans())
def test_any_text_becomes_bytes(text: str, align: Align, size: Literal[1, 2], bold: bool) -> None:
    assert esc.slip_bytes((Text(text, align, size, bold), Cut())).endswith(b"\x1dVB\x00")


@pytest.mark.parametrize("name", ["䶮", "㛃", "𠮷"])
def test_a_name_that_printers_have_no_letter_for_goes_out_as_dots(name: str) -> None:
    data = esc.slip_bytes((Text("陈" + name),))
    assert b"\x1dv0\x00" in data
    dots = data[data.index(b"\x1dv0\x00") + 8 :]
    assert len(dots) == 72 * 30
    assert 200 < sum(byte.bit_count() for byte in dots) < 1000


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """A machine with the fonts given, and no others beyond the project's own."""

    def with_fonts(*fonts: Path) -> None:
        monkeypatch.setattr(raster, "rare_fonts", lambda: fonts)
        raster.there.cache_clear()

    with_fonts()
    yield with_fonts
    raster.there.cache_clear()


def test_a_letter_of_extension_b_is_drawn_with_the_machines_own_font_where_it_has_one(bare: Callable[..., None], tmp_path: Path) -> None:
    numbered = line_bytes("𠮷", 4, 0, 1, bold=False)
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "ji"])
    builder.setupCharacterMap({0x20BB7: "ji"})
    pen = TTGlyphPen(None)
    for corner in ((100, 0), (100, 800), (900, 800), (900, 0)):
        (pen.moveTo if corner == (100, 0) else pen.lineTo)(corner)
    pen.closePath()
    builder.setupGlyf({".notdef": Glyph(), "ji": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "ji": (1000, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Rare", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(tmp_path / "rare.ttf")
    bare(tmp_path / "missing.ttf", tmp_path / "rare.ttf")
    drawn = line_bytes("𠮷", 4, 0, 1, bold=False)[8:]
    assert drawn != numbered[8:]
    assert sum(byte.bit_count() for byte in drawn) > 200


@pytest.mark.usefixtures("bare")
def test_a_letter_no_font_holds_is_drawn_as_its_number_and_not_as_an_empty_box() -> None:
    assert not has(font(22), "𠮷")
    assert line_bytes("𠮷", 4, 0, 1, bold=False) != line_bytes("𠮸", 4, 0, 1, bold=False)


@settings(max_examples=40)
@given(st.text("䶮㛃𠮷林AB 8█▓▒", min_size=1, max_size=20))
def test_dots_never_hold_a_real_time_command(text: str) -> None:
    data = line_bytes(text, 48, 0, 1, bold=True)[8:]
    assert not any(command in data for command in (b"\x10\x04", b"\x10\x05", b"\x10\x14"))


@pytest.mark.parametrize(
    ("answers", "status"),
    [      # bytes as an emulator written by others gave them (hardware facts 5.4)
        ("16121212", PrinterStatus(online=True, cover_open=False, paper_out=False, paper_near_end=False, error=False)),
        ("1612121e", PrinterStatus(online=True, cover_open=False, paper_out=False, paper_near_end=True, error=False)),
        ("1e32127e", PrinterStatus(online=False, cover_open=False, paper_out=True, paper_near_end=True, error=False)),
        ("1e161212", PrinterStatus(online=False, cover_open=True, paper_out=False, paper_near_end=False, error=False)),
        ("1e121212", PrinterStatus(online=False, cover_open=False, paper_out=False, paper_near_end=False, error=False)),
        ("1a521a12", PrinterStatus(online=False, cover_open=False, paper_out=False, paper_near_end=False, error=True, cutter=True)),
        ("1a523212", PrinterStatus(online=False, cover_open=False, paper_out=False, paper_near_end=False, error=True)),
    ],
)
def test_status_bytes_are_understood(answers: str, status: PrinterStatus) -> None:
    assert esc.parse_status(bytes.fromhex(answers)) == status


@given(st.binary(max_size=6))
def test_any_status_bytes_give_a_status_or_a_bad_answer(answers: bytes) -> None:
    try:
        esc.parse_status(answers)
    except DeviceFault as fault:
        code = fault.code
    else:
        code = FaultCode.BAD_ANSWER
        assert all(map(esc.is_status, answers))
    assert code is FaultCode.BAD_ANSWER


def visible(text: str) -> str:
    return "".join(c for c in text if c > " " and c != "\x7f" and not "\x80" <= c <= "\x9f")
