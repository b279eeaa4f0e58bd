"""Strangers' bytes and the limited process they are decoded in: what it gives, what it refuses, and that it takes nothing down with it."""

import io
import json
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from desktop.recognition import decoding
from desktop.recognition.decoding import Decoder, Limits, as_evidence, decode, media_type, sheets
from desktop.recognition.reading import NotAPicture
from hardware.opencv import cv2
from hardware.readings import Image as ImageOf

HOUSE = Path(__file__).resolve().parents[2]
DESK = HOUSE / "resources" / "recordings" / "desk"
PHOTO = (DESK / "empty.jpg").read_bytes()
END = b"\xff\xd9"


def png(width: int, height: int, mode: str = "1") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, "PNG")
    return out.getvalue()


def with_chunk(name: bytes, body: bytes) -> bytes:
    """A good picture with one more chunk before its pixels."""
    good = png(64, 64)
    chunk = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return good[:33] + chunk + good[33:]


def resized(jpeg: bytes, *, height: float = 1, width: float = 1) -> bytes:
    """The same JPEG with another size in its header."""
    at = jpeg.index(b"\xff\xc0") + 5
    high, wide = struct.unpack(">HH", jpeg[at:at + 4])
    return jpeg[:at] + struct.pack(">HH", int(high * height), int(wide * width)) + jpeg[at + 4:]


def pdf(pages: int = 1, size: tuple[float, float] = (595, 842), encrypt: StandardEncryption | None = None) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, encrypt=encrypt)
    for page in range(pages):
        canvas.rect(72 * (1 + page), 72, 36, 36, fill=1)      # as many inches from the left as the page's number
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture
def small() -> Iterator[Decoder]:
    """A decoder that gives up soon."""
    with closing(Decoder(Limits(memory=60_000_000, seconds=1, patience=8))) as decoder:
        yield decoder


def refusal(decoder: Decoder, data: bytes) -> str:
    with pytest.raises(NotAPicture) as refused:
        decoder.decode(data)
    return refused.value.code


def plain(picture: bytes) -> ImageOf:
    image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    assert image is not None
    return np.asarray(image, np.uint8)


@pytest.mark.parametrize(("picture", "code"), [
    (b"", "picture.empty"),
    ("这不是图片".encode(), "picture.unknown"),
    (b"GIF89a\xff\xff\xff\xff\xf0\0\0" + bytes(6) + b",\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;", "picture.unknown"),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "picture.unknown"),
    (PHOTO[:200_000], "picture.cut_short"),
    (PHOTO[:200_000] + END, "picture.cut_short"),
    (PHOTO[:300_000] + bytes(50_000) + PHOTO[350_000:], "picture.cut_short"),
    (resized(PHOTO, height=2), "picture.cut_short"),
    (resized(PHOTO, width=1.5), "picture.cut_short"),
    (resized(PHOTO, height=20), "picture.too_large"),
    (resized(PHOTO, height=0), "picture.broken"),
    (b"\xff\xd8\xff\xe0 nothing after the head " + END, "picture.broken"),
    (png(600, 600, "RGB")[:-300] + png(8, 8)[-12:], "picture.broken"),
    (with_chunk(b"iCCP", b"icc\0\0" + zlib.compress(bytes(70_000_000), 1)), "picture.broken"),
    (with_chunk(b"zTXt", b"say\0\0" + zlib.compress(bytes(70_000_000), 1)), "picture.broken"),
    (png(8, 8), "picture.too_small"),
    (png(12_000, 12_000), "picture.too_large"),
    (png(8_000, 6_000), "picture.too_large"),
    (bytes(decoding.HEAVIEST + 1), "picture.too_heavy"),
    (b"%PDF-1.7\n%%EOF", "pdf.broken"),
    (pdf()[:700], "pdf.broken"),
    (pdf(encrypt=StandardEncryption("secret")), "pdf.locked"),
], ids=["empty", "text", "a GIF bomb", "a telephone's HEIC", "cut short", "cut short but ended", "with a hole", "too high a header",
        "too wide a header", "far too high a header", "no height", "only a head", "a PNG with too few pixels", "an iCCP bomb",
        "a zTXt bomb", "a dot", "a bomb", "too many pixels", "too heavy", "an empty PDF", "a PDF cut short", "a PDF with a password"])
def test_what_cannot_be_decoded_is_refused_with_its_code(picture: bytes, code: str) -> None:
    with pytest.raises(NotAPicture) as refused:
        decode(picture)
    assert refused.value.code == code


@given(st.binary(min_size=1, max_size=300))
@settings(max_examples=40, deadline=None)
def test_no_bytes_whatever_bring_the_decoder_down(noise: bytes) -> None:
    decode(PHOTO)
    process = decoding.process_id()
    for head in (b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0", b"RIFF\0\0\0\0WEBP", b"%PDF-1.7\n"):
        with pytest.raises(NotAPicture):
            decode(head + noise)
    assert decoding.process_id() == process


def test_a_picture_comes_as_the_decoder_here_would_give_it() -> None:
    image, scale = decode(PHOTO)
    assert scale == 1
    assert np.array_equal(image, plain(PHOTO))
    image[:] = 0        # its own memory: the next picture does not change it, nor it the next
    again, _ = decode(PHOTO)
    assert not image.any()
    assert np.array_equal(again, plain(PHOTO))


def test_a_very_large_picture_is_halved_and_says_so() -> None:
    image, scale = decode(png(6_000, 5_000))
    assert (image.shape, scale) == ((2_500, 3_000, 3), 2.0)


def test_a_picture_with_something_behind_it_is_a_picture() -> None:
    film = PHOTO + os.urandom(100_000)
    archive = PHOTO + b"PK\3\4" + bytes(100_000)
    named_pdf = PHOTO[:2] + b"\xff\xfe\0\x0a%PDF-1.7" + PHOTO[2:]
    for picture in (film, archive, named_pdf):
        assert sheets(picture) == 1
        assert np.array_equal(decode(picture)[0], plain(PHOTO))


def test_pages_of_a_pdf_are_drawn_one_by_one_and_measured_in_points() -> None:
    document = b"junk before it\n" + pdf(pages=3)
    assert sheets(document) == 3
    for sheet in range(3):
        image, scale = decode(document, sheet)
        assert image.shape == (3508, 2479, 3) or abs(image.shape[0] - 3508) + abs(image.shape[1] - 2479) <= 2
        dark = np.argwhere(image[:, :, 0] < 128)
        left, right = dark[:, 1].min() * scale, dark[:, 1].max() * scale
        top = dark[:, 0].min() * scale
        assert (left, right, top) == pytest.approx((72 * (1 + sheet), 72 * (1 + sheet) + 36, 842 - 108), abs=1.5)
    with pytest.raises(NotAPicture, match=r"pdf\.broken"):
        decode(document, 3)


def tiff(*pictures: Image.Image, **how: object) -> bytes:
    out = io.BytesIO()
    pictures[0].save(out, "TIFF", save_all=True, append_images=pictures[1:], **how)
    return out.getvalue()


@pytest.mark.parametrize(("mode", "how"), [("RGB", "jpeg"), ("RGB", "tiff_lzw"), ("1", "group4"), ("L", None)])
def test_each_picture_of_a_tiff_is_a_sheet(mode: str, how: str | None) -> None:
    fax = tiff(*(Image.new(mode, (300 + 10 * n, 200), (40 * n, 0, 0) if mode == "RGB" else 255 * (n % 2)) for n in range(3)),
               compression=how)
    assert sheets(fax) == 3
    for sheet in range(3):
        image, scale = decode(fax, sheet)
        assert (image.shape, scale) == ((200, 300 + 10 * sheet, 3), 1.0)
        assert image[100, 100, 2] == pytest.approx(40 * sheet if mode == "RGB" else 255 * (sheet % 2), abs=3)
    with pytest.raises(NotAPicture, match=r"picture\.broken"):
        decode(fax, 3)


def test_a_preview_in_a_tiff_is_no_sheet_and_too_many_pictures_are_refused() -> None:
    whole, little = Image.new("L", (300, 200), 90), Image.new("L", (30, 20), 10)
    little.encoderinfo = {"tiffinfo": {254: 1}}
    with_preview = tiff(whole, little, whole)
    assert sheets(with_preview) == 2
    assert decode(with_preview, 1)[0].shape == (200, 300, 3)
    with pytest.raises(NotAPicture, match=r"picture\.too_long"):
        sheets(tiff(*[Image.new("L", (30, 20))] * 41))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_shows_through_a_picture_is_white_paper(kind: str) -> None:
    through = Image.new("RGBA", (64, 48), (0, 0, 0, 0))
    through.paste((0, 0, 0, 255), (0, 0, 32, 48))
    through.putpixel((60, 40), (0, 0, 200, 128))
    out = io.BytesIO()
    through.save(out, kind, lossless=True) if kind == "WEBP" else through.save(out, kind)
    image, _ = decode(out.getvalue())
    assert image.shape == (48, 64, 3)
    assert [tuple(map(int, image[at])) for at in ((10, 10), (10, 50), (40, 60))] == [(0, 0, 0), (255, 255, 255), (227, 127, 127)]


def test_white_under_a_very_large_transparent_picture_fits_into_the_memory_it_may_take() -> None:
    image, scale = decode(png(5_000, 4_000, "RGBA"))
    assert (image.shape, scale, int(image.min())) == ((2_000, 2_500, 3), 2.0, 255)


def test_a_camera_s_turn_is_applied_only_when_asked_for() -> None:
    exif = Image.Exif()
    exif[0x112] = 6
    out = io.BytesIO()
    Image.new("RGB", (64, 48)).save(out, "JPEG", exif=exif)
    assert decode(out.getvalue())[0].shape == (48, 64, 3)
    assert decode(out.getvalue(), upright=True)[0].shape == (64, 48, 3)


@pytest.mark.parametrize("kind", ["BMP", "WEBP", "TIFF"])
def test_a_kind_the_province_does_not_know_is_kept_as_a_png_of_the_same_pixels(kind: str) -> None:
    out = io.BytesIO()
    with Image.open(io.BytesIO(PHOTO)) as photo:
        photo.crop((0, 0, 640, 480)).save(out, kind, **({"lossless": True} if kind == "WEBP" else {}))
    kept = as_evidence(out.getvalue())
    assert media_type(kept) == "image/png"
    assert np.array_equal(decode(kept)[0], decode(out.getvalue())[0])


def test_what_the_province_knows_is_kept_as_it_came() -> None:
    for known, kind in ((PHOTO, "image/jpeg"), (png(64, 64), "image/png"), (pdf(), "application/pdf")):
        assert as_evidence(known) is known
        assert media_type(known) == kind


def test_a_scan_too_heavy_for_the_province_is_kept_as_a_jpeg_it_takes_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with Image.open(io.BytesIO(PHOTO)) as photo:
        photo.save(out, "PNG", compress_level=1)
    monkeypatch.setattr(decoding, "HEAVIEST", 1_800_000)
    kept = as_evidence(out.getvalue())
    assert len(kept) <= decoding.HEAVIEST < len(out.getvalue())
    assert media_type(kept) == "image/jpeg"
    assert np.abs(decode(kept)[0].astype(int) - plain(PHOTO)).mean() < 2
    monkeypatch.setattr(decoding, "HEAVIEST", 1_000)
    with pytest.raises(NotAPicture, match=r"picture\.too_heavy"):
        as_evidence(out.getvalue())


def test_a_huge_pdf_page_is_drawn_smaller_and_too_many_pages_are_refused() -> None:
    image, scale = decode(pdf(size=(14_400, 14_400)))
    assert image.shape[0] * image.shape[1] <= Limits().full_up_to
    assert scale == pytest.approx(14_400 / image.shape[0], rel=0.01)
    with pytest.raises(NotAPicture, match=r"pdf\.too_long"):
        sheets(pdf(pages=41))


def test_what_would_take_too_much_memory_is_refused_and_the_next_picture_is_decoded(small: Decoder) -> None:
    assert refusal(small, png(4_800, 3_300)) == "picture.too_large"
    assert np.array_equal(small.decode(PHOTO)[0], plain(PHOTO))


def test_a_page_that_is_never_finished_costs_its_process_only(small: Decoder) -> None:
    step = b"0 0 m 600 800 l 0 800 m 600 0 l S\n" * 400_000
    stream = zlib.compress(step, 1)
    endless = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
               b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>endobj\n4 0 obj<</Filter/FlateDecode/Length "
               + str(len(stream)).encode() + b">>stream\n" + stream + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF")
    assert refusal(small, endless) == "pdf.broken"
    assert np.array_equal(small.decode(PHOTO)[0], plain(PHOTO))


def test_a_process_that_hangs_is_killed_and_started_anew() -> None:
    with closing(Decoder(Limits(patience=2))) as decoder:
        decoder.decode(PHOTO)
        hung = decoder.process_id
        assert hung is not None
        os.kill(hung, signal.SIGSTOP)
        with closing(Decoder()) as other:       # another's picture does not wait for it
            other.decode(PHOTO)
        assert refusal(decoder, PHOTO) == "picture.broken"
        assert np.array_equal(decoder.decode(PHOTO)[0], plain(PHOTO))
        assert decoder.process_id not in {None, hung}


def test_a_process_that_was_killed_is_not_missed() -> None:
    with closing(Decoder()) as decoder:
        decoder.decode(PHOTO)
        assert decoder.process_id is not None
        os.kill(decoder.process_id, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while decoder.process_id is not None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert np.array_equal(decoder.decode(PHOTO)[0], plain(PHOTO))


def test_a_process_killed_at_the_worst_moment_costs_no_paper() -> None:
    with closing(Decoder()) as decoder:
        for _ in range(2):
            decoder.decode(PHOTO)
            assert decoder.process_id is not None
            os.kill(decoder.process_id, signal.SIGKILL)      # it is not known to be dead when the next is asked for
            assert np.array_equal(decoder.decode(PHOTO)[0], plain(PHOTO))


def test_a_decoder_that_is_closed_while_it_works_starts_no_other() -> None:
    decoder = Decoder()
    decoder.decode(PHOTO)
    assert decoder.process_id is not None
    os.kill(decoder.process_id, signal.SIGSTOP)
    refused: list[str] = []
    asking = threading.Thread(target=lambda: refused.append(refusal(decoder, PHOTO)))
    asking.start()
    time.sleep(0.2)
    decoder.close()
    asking.join(5)
    assert refused == ["picture.broken"]
    assert decoder.process_id is None


LIES = [
    "[1]", "5", "null", "{}", "not JSON", "[" * 4000, "x" * 5000,
    '{"code": "x"}', '{"code": 5, "detail": ""}', '{"code": "../etc", "detail": "x"}', '{"code": "picture.broken"}',
    '{"sheets": 41}', '{"sheets": -1}', '{"sheets": "1"}', '{"sheets": true}',
    '{"height": 5}', '{"height": 1e9, "width": "a", "scale": 0}', '{"height": 0, "width": 20, "scale": 1.0}',
    '{"height": 4000000000, "width": 4000000000, "scale": 1.0}', '{"height": 20, "width": 20, "scale": NaN}',
    '{"height": 20, "width": 20, "scale": -1.0}',
]


@pytest.mark.parametrize("lie", LIES)
def test_a_process_that_a_picture_took_over_is_not_believed_and_ended(lie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    liar = tmp_path / "liar"
    (tmp_path / "lie").write_text(lie + "\n")
    liar.write_text(f"#!/bin/sh\necho '{{\"ready\": true}}'\nhead -n 1 > /dev/null\ncat {tmp_path}/lie\nexec sleep 60\n")
    liar.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(liar))
    with closing(Decoder()) as decoder:
        assert refusal(decoder, png(64, 64)) == "picture.broken"
        assert decoder.process_id is None
        with pytest.raises(NotAPicture, match=r"picture\.broken"):
            decoder.sheets(b"II*\0")
        assert decoder.process_id is None


def test_a_decoder_that_cannot_be_started_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with closing(Decoder()) as decoder:
        monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
        assert refusal(decoder, PHOTO) == "picture.no_decoder"
        monkeypatch.setattr(sys, "executable", "/bin/false")
        assert refusal(decoder, PHOTO) == "picture.no_decoder"


def test_each_thread_gets_its_own_picture() -> None:
    pictures = [cv2.imencode(".png", np.full((900, 700 + 10 * n, 3), n, np.uint8))[1].tobytes() for n in range(8)]
    right = [False] * len(pictures)

    def look(n: int) -> None:
        right[n] = all(image.shape == (900, 700 + 10 * n, 3) and bool((image == n).all())
                       for _ in range(4) for image, _ in [decode(pictures[n])])

    threads = [threading.Thread(target=look, args=[n]) for n in range(len(pictures))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(right)


def gone(process: int, patience: float = 5) -> bool:
    deadline = time.monotonic() + patience
    while Path(f"/proc/{process}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not Path(f"/proc/{process}").exists()


@pytest.mark.parametrize("ending", ["raise SystemExit", "raise KeyError", "os._exit(3)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_no_process_is_left_behind_however_the_program_ends(ending: str) -> None:
    program = ("import os, signal\nfrom desktop.recognition import decoding\ndecoding.warm()\nprint(decoding.process_id(), flush=True)\n"
               + ending)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, cwd=HOUSE, check=False)
    assert gone(int(done.stdout))
    assert "Warning" not in done.stderr


def test_the_installed_program_can_be_the_decoder_itself() -> None:
    memory = os.memfd_create("test")
    try:
        limits = Limits(full_up_to=10_000)
        os.ftruncate(memory, limits.full_up_to * 3)
        document = pdf(pages=2)
        asked = json.dumps({"do": "count", "sheet": 0, "size": len(document)}).encode() + b"\n" + document
        done = subprocess.run([sys.executable, "-m", "desktop", "--child", "desktop.recognition.decode_child", str(memory),
                               json.dumps(vars(limits))], input=asked, capture_output=True, timeout=30, cwd=HOUSE, pass_fds=[memory],
                              check=True)
    finally:
        os.close(memory)
    assert [json.loads(line) for line in done.stdout.splitlines()] == [{"ready": True}, {"sheets": 2}]
