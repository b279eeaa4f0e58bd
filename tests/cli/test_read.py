"""`oncedesk read` and what people hand it: each file a sentence that says what to do, and never the program's end."""

import io
import json
import os
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from desktop.recognition import decoding
from hardware.simulated.people import FATHER, MOTHER
from tests.cli.conftest import Command
from tests.recognition.test_decoding import END, PHOTO, png, resized, with_chunk
from tests.specimens.scanned import DESK, scanned

HOUSE = Path(__file__).resolve().parents[2]

HOSTILE = {
    "note.txt": "只是几个字".encode(),
    "empty.jpg": b"",
    "huge.png": png(12_000, 12_000),
    "cut.jpg": PHOTO[:200_000],
    "cut-but-ended.jpg": PHOTO[:200_000] + END,
    "taller.jpg": resized(PHOTO, height=2),
    "bomb.gif": b"GIF89a\xff\xff\xff\xff\xf0\0\0" + bytes(6) + b",\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;",
    "profile.png": with_chunk(b"iCCP", b"icc\0\0" + zlib.compress(bytes(70_000_000), 1)),
    "words.png": with_chunk(b"zTXt", b"say\0\0" + zlib.compress(bytes(70_000_000), 1)),
    "archive.jpg": b"PK\3\4" + bytes(1000) + PHOTO[-1000:],
    "page.html": b"<!DOCTYPE html><img src=x>" + PHOTO[:1000],
    "heavy.jpg": bytes(decoding.HEAVIEST + 1),
    "broken.pdf": b"%PDF-1.7\n%%EOF",
}


def landscape() -> bytes:
    """Sky, hills and grass, with nothing on it that anyone printed."""
    chance = np.random.default_rng(5)
    height, width = 1500, 2000
    down = np.linspace(0, 1, height)[:, None, None]
    sky = np.concatenate([120 + 60 * down, 160 + 40 * down, 235 - 60 * down], axis=2) * np.ones((1, width, 1))
    hills = height * 0.55 + 160 * np.sin(np.arange(width) / 260) + 60 * np.sin(np.arange(width) / 57)
    ground = np.arange(height)[:, None] > hills[None]
    sky[ground] = (70, 115, 55)
    out = io.BytesIO()
    Image.fromarray((sky + chance.normal(0, 9, sky.shape)).clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=90)
    return out.getvalue()


@pytest.fixture
def hostile(tmp_path: Path) -> list[Path]:
    for name, data in HOSTILE.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "folder").mkdir()
    (tmp_path / "locked.pdf").write_bytes(scanned("mother_card_front", locked=True))
    return [tmp_path / name for name in (*HOSTILE, "locked.pdf", "folder", "missing.jpg", "a" * 300)]


def test_every_file_that_cannot_be_read_gets_a_sentence_and_what_to_do(oncedesk: Command, hostile: list[Path]) -> None:
    told = oncedesk("read", *hostile, "--json")
    assert told.status == 1
    assert [row["file"] for row in told.document] == [str(path) for path in hostile]
    for row in told.document:
        assert set(row) == {"file", "error"}
        said, advice = row["error"].split("。", 1)
        assert len(said) > 5
        assert advice.startswith(("请", "多半"))
        assert advice.endswith("。")
    by_name = {Path(row["file"]).name: row["error"] for row in told.document}
    for name, part in {"note.txt": "不是能识别的图片", "empty.jpg": "空的", "huge.png": "太大", "cut.jpg": "不完整", "taller.jpg": "不完整",
                       "bomb.gif": "不是能识别的图片", "heavy.jpg": "20 MB", "locked.pdf": "密码", "broken.pdf": "PDF 坏了",
                       "folder": "文件夹", "missing.jpg": "找不到"}.items():
        assert part in by_name[name], name
    assert told.err == ""


def test_a_photo_of_no_paper_is_told_from_a_paper(oncedesk: Command, tmp_path: Path) -> None:
    (tmp_path / "hills.jpg").write_bytes(landscape())
    told = oncedesk("read", tmp_path / "hills.jpg", DESK / "mother_card_front.jpg", "--json")
    hills, card = told.document
    assert told.status == 1
    assert hills["pages"] == []
    assert "没有找到证件" in hills["error"]
    assert "error" not in card
    assert [page["doc_type"] for page in card["pages"]] == ["id_card_front"]


HEADS = st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4\n"])


@given(st.lists(st.tuples(HEADS, st.binary(min_size=1, max_size=2000)), min_size=12, max_size=12))
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_are_refused_in_words(oncedesk: Command, tmp_path: Path, files: list[tuple[bytes, bytes]]) -> None:
    for number, (head, noise) in enumerate(files):
        (tmp_path / f"noise{number}").write_bytes(head + noise)
    told = oncedesk("read", *(tmp_path / f"noise{number}" for number in range(len(files))), "--json")
    assert told.status == 1
    assert all(row["error"].endswith("。") for row in told.document)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is told by Linux")
def test_what_is_refused_costs_the_program_little_memory_and_loads_no_model(hostile: list[Path], tmp_path: Path) -> None:
    (tmp_path / "hills.jpg").write_bytes(landscape())
    program = """
import json, re, sys
from pathlib import Path
from desktop.cli.main import main
import desktop.recognition.read

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

before = peak()
status = main(["read", "--json", *sys.argv[1:]])
print(json.dumps({"status": status, "grown": peak() - before, "models": "onnxruntime" in sys.modules}), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program, *map(str, hostile), str(tmp_path / "hills.jpg")], capture_output=True, text=True,
                          timeout=60, cwd=HOUSE, check=True)
    told = json.loads(done.stderr)
    assert told["status"] == 1
    assert not told["models"]
    assert told["grown"] <= 50


def test_pages_of_a_pdf_come_in_order_each_with_its_number_and_its_corners_in_points(oncedesk: Command, tmp_path: Path) -> None:
    (tmp_path / "papers.pdf").write_bytes(scanned("mother_card_front", "", "father_card_front"))
    told = oncedesk("read", tmp_path / "papers.pdf", DESK / "mother_card_front.jpg", "--json")
    row, photographed = told.document
    assert told.status == 0
    assert [(page["sheet"], page["doc_type"], page["fields"]["id_number"]["value"]) for page in row["pages"]] == [
        (1, "id_card_front", MOTHER.number), (3, "id_card_front", FATHER.number)]
    (photo,) = photographed["pages"]
    assert "sheet" not in photo
    in_points = np.array(photo["quad"]) * 595 / 2592
    assert np.abs(np.array(row["pages"][0]["quad"]) - in_points).max() < 1.5


def test_a_folder_of_other_peoples_programs_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("open('run', 'w').close()")
    (tmp_path / "cut.jpg").write_bytes(PHOTO[:5000])
    done = subprocess.run([sys.executable, "-P", "-c", "from desktop.cli.main import main; raise SystemExit(main(['read', 'cut.jpg']))"],
                          cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
                          env=os.environ | {"PYTHONPATH": str(HOUSE)})
    assert (done.returncode, "不完整" in done.stdout) == (1, True)
    assert not (tmp_path / "run").exists()
