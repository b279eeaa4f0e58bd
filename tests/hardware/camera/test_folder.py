"""A folder that a camera maker's program saves into, with all that such programs do to files."""

import os
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hardware.camera import folder
from hardware.camera.folder import FolderCamera
from hardware.camera.jpeg import encoded
from hardware.faults import FaultCode
from hardware.opencv import cv2
from tests.hardware.faulty import code_of

DARK, LIGHT = (encoded(np.full((480, 640, 3), level, np.uint8)) for level in (40, 200))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(folder, "EVERY", 0.05)
    place = tmp_path / "saved"
    place.mkdir()
    (place / "old.jpg").write_bytes(DARK)
    os.utime(place / "old.jpg", (1_700_000_000, 1_700_000_000))
    return place


@pytest.fixture
def camera(place: Path) -> Iterator[FolderCamera]:
    camera = FolderCamera(place, wait=0.6)
    yield camera
    camera.close()


def soon(work: threading.Thread) -> threading.Thread:
    work.start()
    return work


def save(path: Path, data: bytes, after: float = 0.1) -> threading.Thread:
    def write() -> None:
        time.sleep(after)
        path.write_bytes(data)

    return soon(threading.Thread(target=write))


def png(width: int, height: int, body: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_what_lay_there_before_is_shown_and_never_taken(camera: FolderCamera) -> None:
    assert camera.preview(320).image.mean() < 60
    assert code_of(camera.still) is FaultCode.NO_FRAME


def test_a_still_is_the_file_that_came_after_the_call_byte_for_byte_and_it_stays_there(place: Path, camera: FolderCamera) -> None:
    saving = save(place / "new.jpg", LIGHT)
    assert camera.still().jpeg == LIGHT
    saving.join()
    assert (place / "new.jpg").read_bytes() == LIGHT
    assert camera.preview(320).image.mean() > 180


def test_a_file_is_taken_once(place: Path, camera: FolderCamera) -> None:
    save(place / "new.jpg", LIGHT).join()
    camera.preview(320)
    time.sleep(0.1)
    camera.preview(320)
    assert code_of(camera.still) is FaultCode.NO_FRAME


def test_the_same_name_written_anew_is_a_new_picture(place: Path, camera: FolderCamera) -> None:
    save(place / "scan.jpg", LIGHT)
    assert camera.still().jpeg == LIGHT
    save(place / "scan.jpg", DARK)
    assert camera.still().jpeg == DARK


def test_half_a_file_is_waited_for(place: Path, camera: FolderCamera) -> None:
    half = len(LIGHT) // 2

    def write() -> None:
        with (place / "slow.jpg").open("wb") as file:
            file.write(LIGHT[:half])
            file.flush()
            time.sleep(0.3)      # longer than a look takes: the size alone does not tell
            file.write(LIGHT[half:])

    writing = soon(threading.Thread(target=write))
    assert camera.still().jpeg == LIGHT
    writing.join()


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8\xff\xd9", b"<html>not a picture</html>", LIGHT[:-10], png(20000, 20000), png(100, 100, b"junk"), b"\x89PNG\r\n\x1a\n",
     LIGHT.replace(struct.pack(">HH", 480, 640), struct.pack(">HH", 60000, 60000)), b"\xff\xd8\xff" + os.urandom(4000) + b"\xff\xd9"],
    ids=["empty", "no picture in it", "html", "torn", "400 megapixels", "broken png", "png head", "jpeg of 3600 megapixels", "noise"],
)  # fmt: skip
def test_what_is_no_picture_is_passed_over_and_the_next_one_is_taken(place: Path, camera: FolderCamera, data: bytes) -> None:
    save(place / "a.jpg", data, after=0)
    save(place / "b.jpg", LIGHT, after=0.3)
    assert camera.still().jpeg == LIGHT


def test_a_huge_file_is_not_even_read(place: Path, camera: FolderCamera) -> None:
    with (place / "huge.jpg").open("wb") as file:
        file.write(LIGHT)
        file.truncate(10**12)
    began = time.monotonic()
    assert code_of(camera.still) is FaultCode.NO_FRAME
    assert time.monotonic() - began < 1.5


def test_pipes_folders_and_other_kinds_of_file_are_left_alone(place: Path, camera: FolderCamera) -> None:
    os.mkfifo(place / "pipe.jpg")
    (place / "folder.jpg").mkdir()
    (place / "page.pdf").write_bytes(LIGHT)
    assert code_of(camera.still) is FaultCode.NO_FRAME


def test_a_png_becomes_a_jpeg(place: Path, camera: FolderCamera) -> None:
    picture = np.full((48, 64, 3), 120, np.uint8)
    save(place / "page.PNG", cv2.imencode(".png", picture)[1].tobytes())
    still = camera.still()
    assert (still.width, still.height) == (64, 48)
    decoded = cv2.imdecode(np.frombuffer(still.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert np.array_equal(decoded, picture)


def test_a_folder_that_vanishes_is_told_and_works_again_when_it_is_back(place: Path, camera: FolderCamera) -> None:
    away = place.with_name("away")
    place.rename(away)
    time.sleep(0.06)
    assert code_of(camera.preview, 320) is FaultCode.NOT_CONNECTED
    assert code_of(camera.still) is FaultCode.NOT_CONNECTED
    away.rename(place)
    assert camera.preview(320).image.mean() < 60
    saving = save(place / "new.jpg", LIGHT)
    assert camera.still().jpeg == LIGHT
    saving.join()


def test_a_still_waits_through_a_folder_that_is_away_for_a_moment(place: Path, camera: FolderCamera) -> None:
    away = place.with_name("away")
    place.rename(away)

    def back() -> None:
        time.sleep(0.15)
        away.rename(place)
        (place / "new.jpg").write_bytes(LIGHT)

    coming = soon(threading.Thread(target=back))
    assert camera.still().jpeg == LIGHT
    coming.join()


def test_an_empty_folder_opens_and_says_that_no_picture_came_yet(tmp_path: Path) -> None:
    camera = FolderCamera(tmp_path, wait=0.1)
    assert code_of(camera.preview, 320) is FaultCode.NO_FRAME
    assert code_of(FolderCamera, tmp_path / "none") is FaultCode.NOT_CONNECTED
    camera.close()
