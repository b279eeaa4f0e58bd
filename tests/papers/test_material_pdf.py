"""A material's PDF: what PDF/A-2u asks of its structure, pictures as they were, words where they stand, whatever characters they have."""

import io
import re
import zlib
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageCms

from desktop.papers.material_pdf import Scan, Words, material_pdf, scan
from desktop.papers.pdfa import searchable
from desktop.papers.preview import render
from tests.papers.reading import embedded_fonts, text_of

TAKEN = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
NUMBER, BOX = "110105199503150028", (0.3, 0.8, 0.5, 0.07)
CARD = (85.6, 54.0)


def _grey(wide: int, high: int) -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    return np.full((high, wide, 3), 200, np.uint8)


def _one(*words: Words, wide: int = 400, high: int = 560, size_mm: tuple[float, float] | None = None, **other: object) -> bytes:
    return material_pdf("《出生医学证明》", [[scan(_grey(wide, high), "正页", words, size_mm)]], TAKEN, **other)  # type: ignore[arg-type]


def _objects(pdf: bytes) -> dict[int, bytes]:
    """Number -> body, found where the cross-reference table says; streams are unpacked."""
    start = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    found = {}
    for number, entry in enumerate(re.findall(rb"(\d{10}) 00000 n \n", pdf[start:]), 1):
        body = pdf[int(entry):]
        assert body.startswith(b"%d 0 obj\n" % number)
        head = body[len(b"%d 0 obj\n" % number):].split(b"\nendobj", 1)[0].split(b"\nstream\n", 1)[0]
        if length := re.search(rb"/Length (\d+)", head):
            at = body.index(b"\nstream\n") + 8
            data = body[at:at + int(length[1])]
            assert body[at + int(length[1]):].startswith(b"\nendstream\nendobj\n")
            head += b"\n" + (zlib.decompress(data) if b"/FlateDecode" in head else data)
        found[number] = head
    return found


def _layer(pdf: bytes) -> list[str]:
    """The invisible runs as ToUnicode gives them back."""
    objects = _objects(pdf)
    said = {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for body in objects.values() if b"begincmap" in body
            for code, text in re.findall(rb"^<([0-9A-F]{4})><([0-9A-F]+)>$", body, re.MULTILINE)}
    return ["".join(said[int(run[at:at + 4], 16)] for at in range(0, len(run), 4)) for body in objects.values()
            for run in re.findall(rb"BT 3 Tr .* <([0-9A-F]*)> Tj ET", body)]


def test_the_structure_is_what_pdf_a_2u_asks_for() -> None:
    pdf = _one((NUMBER, BOX), ("䶮\U00020BB7", (0.1, 0.1, 0.2, 0.05)), case_number="130529XX2026112300001")
    objects = _objects(pdf)
    whole = b"\n".join(body for body in objects.values() if b"/DCTDecode" not in body and b"/Length1" not in body)
    assert pdf.startswith(b"%PDF-1.7\n%")
    assert all(byte > 127 for byte in pdf[10:14])
    for banned in (b"/Encrypt", b"/JavaScript", b"/JS", b"/AA", b"/OpenAction", b"/Launch", b"/SMask", b"/Group", b"/ca ", b"/LZWDecode",
                   b"/EmbeddedFile", b"/Annots", b"/AcroForm", b"/Interpolate"):
        assert banned not in whole + pdf.rsplit(b"trailer", 1)[1], banned
    digests = re.search(rb"/ID\[<([0-9a-f]{32})><([0-9a-f]{32})>\]>>\nstartxref\n\d+\n%%EOF\n\Z", pdf)
    assert digests
    (catalogue,) = (body for body in objects.values() if b"/Type/Catalog" in body)
    profile = re.search(rb"/OutputIntents\[<</Type/OutputIntent/S/GTS_PDFA1/.*/DestOutputProfile (\d+) 0 R", catalogue)
    assert profile
    icc = objects[int(profile[1])].split(b"\n", 1)[1]
    assert (icc[12:16], icc[16:20], icc[36:40]) == (b"mntr", b"RGB ", b"acsp")
    assert int.from_bytes(icc[:4], "big") == len(icc)
    assert "sRGB" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(icc)))
    assert embedded_fonts(pdf)
    assert all(embedded for _, embedded in embedded_fonts(pdf))
    (font,) = (body for body in objects.values() if b"/Subtype/Type0" in body)
    assert b"/Encoding/Identity-H" in font
    assert b"/ToUnicode" in font


def test_metadata_and_info_say_the_same_and_nothing_of_a_person() -> None:
    pdf = _one((NUMBER, BOX), case_number="130529XX2026112300001")
    (packet,) = (body.split(b"\n", 1)[1] for body in _objects(pdf).values() if b"/Type/Metadata" in body)
    assert packet.startswith(b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>')
    tree = ET.fromstring(packet)
    said = {node.tag.rpartition("}")[2]: "".join(node.itertext()).strip() for node in tree.iter()}
    with pypdfium2.PdfDocument(pdf) as document:
        info = document.get_metadata_dict()
    assert (said["part"], said["conformance"]) == ("2", "U")
    assert (said["title"], said["description"], said["CreatorTool"], said["Producer"]) == (
        info["Title"], info["Subject"], info["Creator"], info["Producer"])
    assert (info["Title"], info["Subject"]) == ("《出生医学证明》", "办件编号 130529XX2026112300001")
    assert said["CreateDate"] == said["ModifyDate"] == "2026-11-22T10:30:00+08:00"
    assert info["CreationDate"] == info["ModDate"] == "D:20261122103000+08'00'"
    assert NUMBER.encode() not in packet


def test_the_same_input_is_the_same_file_and_another_one_has_another_id() -> None:
    first, again, other = _one((NUMBER, BOX)), _one((NUMBER, BOX)), _one((NUMBER, (0.3, 0.7, 0.5, 0.07)))
    assert first == again
    ids = [pdf.rsplit(b"/ID[<", 1)[1][:32] for pdf in (first, other)]
    assert ids[0] != ids[1]


def test_a_number_is_found_in_its_rectangle() -> None:
    pdf = _one(("公民身份号码", (0.05, 0.8, 0.2, 0.07)), (NUMBER, BOX))
    with pypdfium2.PdfDocument(pdf) as document:
        (picture,) = document[0].get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
        left, bottom, right, top = picture.get_bounds()
        words = document[0].get_textpage()
        found = words.search(NUMBER).get_next()
        assert found is not None
        (box,) = (words.get_rect(place) for place in range(words.count_rects(*found)))
    wide, high = right - left, top - bottom
    x, y, across, down = BOX
    wanted = (left + x * wide, top - (y + down) * high, left + (x + across) * wide, top - y * high)
    assert box == pytest.approx(wanted, abs=0.25 * down * high)


def test_the_text_layer_is_not_seen() -> None:
    with_words, without = (render(_one(*words), 400)[0] for words in ([(NUMBER, BOX)], []))
    assert np.array_equal(with_words, without)


def test_every_picture_is_drawn_level_and_keeps_its_pixels() -> None:
    with pypdfium2.PdfDocument(_one(wide=1500, high=1000)) as document:
        (picture,) = document[0].get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
        assert picture.get_px_size() == (1500, 1000)
        assert document[0].get_width() > document[0].get_height(), "a lying page lies on its sheet"
        left, bottom, right, top = picture.get_bounds()
        assert (right - left) / (top - bottom) == pytest.approx(1.5, abs=0.01)
        assert 0 < left < right < document[0].get_width()
        assert 0 < bottom < top < document[0].get_height()


def test_a_card_is_printed_as_large_as_it_is_and_no_finer_than_a_printer_shows() -> None:
    with pypdfium2.PdfDocument(_one(wide=2200, high=1388, size_mm=CARD)) as document:
        (picture,) = document[0].get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
        left, bottom, right, top = picture.get_bounds()
        assert ((right - left) / 72 * 25.4, (top - bottom) / 72 * 25.4) == pytest.approx(CARD, abs=0.3)
        assert picture.get_px_size() == (1011, 638)


def test_each_sheet_says_what_it_is_and_which_of_how_many() -> None:
    cards = [scan(_grey(1012, 638), label, (), CARD) for label in ("人像面", "国徽面")]
    pdf = material_pdf("父母双方有效身份证件", [cards, [scan(_grey(400, 560), "另一页")]], TAKEN)
    with pypdfium2.PdfDocument(pdf) as document:
        first, second = (page.get_textpage().get_text_range() for page in document)
    assert all(part in first for part in ("父母双方有效身份证件", "人像面、国徽面", "第 1 页，共 2 页", "2026-11-22 10:30", "尚未受理"))
    assert "第 2 页，共 2 页" in second


def test_a_copy_of_demo_mode_is_marked() -> None:
    assert "演示样张" in text_of(_one(demo=True))
    assert "演示样张" not in text_of(_one())


def test_a_long_name_ends_before_the_margin() -> None:
    pdf = material_pdf("办理《出生医学证明》授权委托书" * 8, [[scan(_grey(400, 560), "页")]], TAKEN)
    assert "…" in text_of(pdf)
    (picture,) = render(pdf, 1190)
    assert picture[:, -20:].min() > 200


def test_a_material_without_a_page_is_no_document() -> None:
    with pytest.raises(ValueError, match="without a page"):
        material_pdf("空", [], TAKEN)


SHARES = st.floats(0, 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=30), st.tuples(SHARES, SHARES, SHARES, SHARES)), max_size=5))
def test_whatever_was_read_comes_back_as_it_is_and_breaks_nothing(words: list[Words]) -> None:
    page = Scan(_JPEG, "页", words)
    pdf = material_pdf("材料", [[page]], TAKEN)
    kept = [searchable(text) for text, (_, _, across, down) in words if across > 0 and down > 0 and searchable(text)]
    assert _layer(pdf) == kept
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1
        assert "材料" in document[0].get_textpage().get_text_range()


_JPEG = scan(_grey(40, 56), "页").jpeg


def test_rare_characters_stay_and_what_no_text_may_hold_goes() -> None:
    assert searchable("䶮\U00020BB7\U0002CC56龘") == "䶮\U00020BB7\U0002CC56龘"
    assert searchable("a\x00\x07\ud800\ufeff\ufffe\U0001ffffb") == "ab"
