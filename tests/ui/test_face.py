"""Whatever keeps the window from opening has a face and a line in the log: the real start, the real store, no display."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from db.faults import StoreFault, StoreLocked
from desktop import wording
from desktop.cli.window import show_failure
from desktop.ui.face import Face
from hardware.simulated.people import MOTHER
from tests.ui.onlooker import Onlooker, log_of, start

STORE = ("store.none", "store.missing", "store.empty", "store.behind", "store.rewritten", "store.foreign", "store.full", "store.io",
         "store.locked", "store.too_old", "store.newer", "store.older", "store.damaged", "store.readonly", "store.migration",
         "store.wrong_key", "store.key_missing", "store.keyring", "store.exists", "station.broken")
ELSEWHERE = {"store.missing", "store.empty", "store.behind", "store.rewritten", "store.foreign"}
UTF8_BOM = b"\xef\xbb\xbf"


def spoil(name: str) -> Callable[[Path], None]:
    def write(home: Path) -> None:
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text('reader = "serial:\n', "utf-8")

    return write


@pytest.mark.parametrize(("broken", "code", "named"), [
    (spoil("settings.toml"), "settings.not_toml", "settings.toml"),
    (lambda home: (home / "settings.toml").write_text("windov = '3'\n"), "settings.unknown_key", "windov"),
    (lambda home: (home / "settings.toml").write_bytes(b"hall = '\xff\xff\xff'\n"), "file.not_text", "settings.toml"),
    (spoil("devices.toml"), "settings.not_toml", "devices.toml"),
    (spoil("codes/codesets.toml"), "table.broken", "codesets.toml"),
    (spoil("calendar/china.toml"), "table.broken", "china.toml"),
    (lambda home: (home / "cases.db").write_bytes(b""), "store.empty", "cases.db"),
    (lambda home: (home / "cases.db").unlink(), "store.missing", "cases.db"),
    (lambda home: (home / "store.key").write_text("ab" * 32), "store.wrong_key", "密钥"),
    (lambda home: (home / "store.key").unlink(), "store.key_missing", "密钥"),
    (lambda home: (home / "station.json").write_text("{"), "station.broken", "station.json"),
])  # fmt: skip
def test_what_keeps_the_window_from_opening_is_said_with_code_remedy_and_log(
        onlooker: Onlooker, home: Path, broken: Callable[[Path], None], code: str, named: str) -> None:
    broken(home)
    assert start(home) == 2
    (told,) = onlooker.faces
    assert f"（代码 {wording.short(code)}）" in told
    assert named in told
    assert str(home / "logs" / "oncedesk.log") in told
    assert code in log_of(home)
    assert named in log_of(home)
    assert onlooker.windows == []


@pytest.mark.parametrize("text", [UTF8_BOM + "keyring = false\nhall = '示例县政务服务中心'\n".encode(),
                                  "keyring = false\r\nhall = '示例县政务服务中心'\r\n".encode("gbk")], ids=["BOM", "GBK"])
def test_settings_saved_by_notepad_open_the_window(onlooker: Onlooker, home: Path, text: bytes) -> None:
    (home / "settings.toml").write_bytes(text)
    assert start(home) == 0
    assert (len(onlooker.windows), onlooker.faces) == (1, [])


def test_what_was_put_right_meanwhile_is_tried_again(onlooker: Onlooker, home: Path) -> None:
    key = (home / "store.key").read_text()
    (home / "store.key").unlink()

    def mend() -> None:
        if onlooker.faces and not (home / "store.key").exists():
            (home / "store.key").write_text(key)

    timer = QTimer()
    timer.timeout.connect(mend)
    timer.start(5)
    onlooker.press = ["face.again"] * 50
    assert start(home) == 0
    assert len(onlooker.windows) == 1


@pytest.mark.parametrize("code", STORE)
def test_every_fault_of_the_store_has_a_face_and_the_way_on_where_it_is_another_store(
        onlooker: Onlooker, qtbot: QtBot, caplog: pytest.LogCaptureFixture, code: str) -> None:
    del qtbot
    fault = (StoreLocked if code in {"store.wrong_key", "store.key_missing"} else StoreFault)(code, "EROFS")
    assert show_failure(fault, Path("oncedesk.log")) is None
    (told,) = onlooker.faces
    assert wording.say(code) in told
    assert wording.remedy(code) in told
    assert ("写明原因，重新开始" in told) is (code in ELSEWHERE)
    assert code in caplog.text


def test_an_unforeseen_failure_is_named_by_kind_and_place_and_quotes_nobody(
        onlooker: Onlooker, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    del qtbot
    try:
        raise KeyError(f"{MOTHER.name} {MOTHER.number}")  # noqa: TRY301 - as a library's would say
    except KeyError as error:
        show_failure(error, Path("oncedesk.log"))
    (told,) = onlooker.faces
    for text in (told, caplog.text):
        assert "KeyError" in text
        assert "test_face" in text
        assert MOTHER.name not in text
        assert MOTHER.number[6:14] not in text
    assert wording.short("window.unexpected") in told


def test_a_part_that_is_missing_is_named(onlooker: Onlooker, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    del qtbot
    show_failure(ModuleNotFoundError("No module named '3c22db458360489351e4__mypyc'", name="3c22db458360489351e4__mypyc"), None)
    show_failure(ImportError("libEGL.so.1: cannot open shared object file: No such file or directory", name="PySide6.QtGui"), None)
    assert "3c22db458360489351e4__mypyc" in onlooker.faces[0]
    assert "libEGL.so.1" in onlooker.faces[1]
    assert "3c22db458360489351e4__mypyc" in caplog.text


def test_the_right_data_folder_can_be_chosen_and_one_without_a_store_cannot(
        onlooker: Onlooker, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = tmp_path / "wrong"
    shutil.copytree(home, wrong)
    (wrong / "cases.db").unlink()
    (tmp_path / "empty").mkdir()
    pointed_at = iter([str(tmp_path / "empty"), str(home)])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: next(pointed_at))      # the system's own window
    onlooker.press = ["face.way.0", "face.way.0"]
    assert start(wrong) == 0
    assert len(onlooker.windows) == 1
    assert len(onlooker.faces) == 2, "of a folder without a store the same face says so"
    assert list((tmp_path / "empty").iterdir()) == []


def test_all_of_a_face_can_be_copied(qtbot: QtBot) -> None:
    face = Face(("数据文件已损坏", "请联系管理员", "日志：/x/oncedesk.log"))
    qtbot.addWidget(face)
    face.copy()
    assert QApplication.clipboard().text() == "数据文件已损坏\n请联系管理员\n日志：/x/oncedesk.log"
