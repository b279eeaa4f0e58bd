"""`oncedesk --picture FILE`: the window opens, is saved as a picture, and closes by itself."""

import json
from pathlib import Path

from PIL import Image

from tests.cli.test_manners import process


def test_a_picture_of_the_window_is_taken_once_somebody_may_sign_in(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    told = process("--demo", "--home", tmp_path / "home", "--json", "--picture", picture, QT_QPA_PLATFORM="offscreen")
    assert told.returncode == 0, told.stderr
    document = json.loads(told.stdout)
    assert (document["file"], document["fault"]) == (str(picture), "")
    assert 0 < document["painted"] <= document["ready"] < 60
    with Image.open(picture) as shown:
        assert min(shown.size) > 500
        assert len(shown.convert("RGB").getcolors(1 << 24) or ()) > 100, "words in several colours, not an empty ground"


def test_a_store_that_does_not_open_is_on_the_picture_and_in_the_status(tmp_path: Path) -> None:
    home, picture = tmp_path / "home", tmp_path / "window.png"
    home.mkdir()
    (home / "cases.db").write_bytes(b"no store" * 1000)
    told = process("--demo", "--home", home, "--json", "--picture", picture, QT_QPA_PLATFORM="offscreen")
    assert told.returncode == 1, told.stderr
    document = json.loads(told.stdout)
    assert document["fault"].startswith("store.")
    assert document["ready"] is None
    assert picture.exists()


def test_a_picture_that_cannot_be_saved_is_said_with_its_name(tmp_path: Path) -> None:
    picture = tmp_path / "no such folder" / "window.png"
    told = process("--demo", "--home", tmp_path / "home", "--picture", picture, QT_QPA_PLATFORM="offscreen")
    assert (told.returncode, told.stdout) == (2, "")
    assert str(picture) in told.stderr
