"""How every command behaves: options, statuses, one JSON document, no display, no data made by looking."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.simulated.people import MOTHER
from tests.cli.conftest import Command

HOUSE = Path(__file__).resolve().parents[2]
NEED_DATA = (("case", "list"), ("case", "search", "林"), ("case", "show", "1"), ("sync", "status"), ("sync", "once"), ("users", "list"),
             ("day", "export", "--out", "out"), ("backup", "make", "b.zip", "--as", "wang"), ("backup", "check", "b.zip"))


def process(*argv: object, code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """A process of its own without a display."""
    variables = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
    start = ["-c", code] if code else ["-m", "desktop"]
    return subprocess.run([sys.executable, *start, *map(str, argv)], cwd=HOUSE, env=variables | environment, text=True,
                          capture_output=True, check=False, timeout=60, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("argv", [["frobnicate"], ["themes"], ["themes", "burn"], ["read"], ["case", "show"], ["--colour"],
                                  ["themes", "evaluate", "x", "--answers", "a", "--on", "yesterday"]])
def test_wrong_use_is_status_2_with_a_word_on_standard_error(oncedesk: Command, argv: list[str]) -> None:
    told = oncedesk(*argv)
    assert (told.status, told.out) == (2, "")
    assert "usage" in told.err


def test_options_work_before_and_after_the_command(oncedesk: Command, tmp_path: Path) -> None:
    after = oncedesk("themes", "list", "--json", "--home", tmp_path)
    assert oncedesk("--json", "--home", tmp_path, "themes", "list").document == after.document
    assert oncedesk("themes", "--json", "list", "--home", tmp_path).document == after.document


@pytest.mark.parametrize("argv", NEED_DATA, ids=" ".join)
def test_looking_at_a_home_without_data_makes_none(oncedesk: Command, tmp_path: Path, argv: tuple[str, ...]) -> None:
    home = tmp_path / "home"
    told = oncedesk(*argv, "--json", "--home", home)
    assert (told.status, told.out) == (2, "")
    assert len(told.err.strip().splitlines()) == 1
    assert not home.exists()


def test_a_wrong_key_is_a_sentence_and_the_store_stays_as_it_is(oncedesk: Command, accepted: tuple[Path, str]) -> None:
    home, _ = accepted
    before = (home / "cases.db").read_bytes()
    (home / "store.key").write_text("ab" * 32)
    told = oncedesk("case", "list", "--json", "--home", home)
    assert (told.status, told.out) == (2, "")
    assert "密钥" in told.err
    assert (home / "cases.db").read_bytes() == before
    (home / "store.key").unlink()
    told = oncedesk("case", "list", "--json", "--home", home)
    assert told.status == 2
    assert "密钥" in told.err


def test_doctor_finds_a_store_that_does_not_open(oncedesk: Command, accepted: tuple[Path, str]) -> None:
    home, _ = accepted
    assert next(row for row in oncedesk("doctor", "--json", "--home", home).document if row["id"] == "store")["ok"]
    (home / "store.key").write_text("ab" * 32)
    told = oncedesk("doctor", "--json", "--home", home)
    (store,) = [row for row in told.document if row["id"] == "store"]
    assert (told.status, store["ok"]) == (1, False)
    assert store["remedy"]


def test_settings_that_cannot_be_used_name_file_and_key(oncedesk: Command, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("colour = 'red'\n")
    told = oncedesk("themes", "list", "--json", "--home", tmp_path)
    assert (told.status, told.out) == (2, "")
    assert "settings.toml" in told.err
    assert "colour" in told.err


def test_a_table_that_cannot_be_read_is_a_sentence(oncedesk: Command, accepted: tuple[Path, str]) -> None:
    (accepted[0] / "calendar").mkdir()
    (accepted[0] / "calendar" / "china.toml").write_text("not = [toml")
    told = oncedesk("case", "list", "--json", "--home", accepted[0])
    assert (told.status, told.out) == (2, "")
    assert "工作日历" in told.err


def test_a_pin_is_never_waited_for_where_nobody_can_type_it(accepted_home: tuple[Path, str], tmp_path: Path) -> None:
    done = process("backup", "make", tmp_path / "b.zip", "--as", "zhao", "--home", accepted_home[0])
    assert done.returncode == 2
    assert "ONCEDESK_PIN" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_process_of_its_own_prints_one_json_document_and_its_status(tmp_path: Path) -> None:
    done = process("themes", "list", "--json", "--home", tmp_path)
    assert done.returncode in {0, 1}
    assert json.loads(done.stdout)
    assert process("frobnicate").returncode == 2


def test_output_is_utf_8_whatever_the_machine_is_set_to(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "desktop", "themes", "show", "hebei-newborn@2023", "--json", "--home", str(tmp_path)],
                          cwd=HOUSE, env=os.environ | {"PYTHONIOENCODING": "ascii"}, capture_output=True, check=True, timeout=60)
    assert "新生儿" in json.loads(done.stdout.decode("utf-8"))["title"]


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-m", "desktop", "themes", "schema", "--home", str(tmp_path)], cwd=HOUSE, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.close()
        assert started.stderr.read() == ""
    assert started.returncode == 0


def test_a_first_user_whose_pin_is_too_short_leaves_no_store_behind(oncedesk: Command, tmp_path: Path,
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("ONCEDESK_NEW_PIN", "123")
    told = oncedesk("users", "add", "admin", "--name", "管理员", "--home", home)
    assert (told.status, home.exists()) == (2, False)
    assert "密码太短" in told.err


def test_an_unforeseen_failure_is_a_sentence_that_tells_of_nobody_and_status_2(
        oncedesk: Command, accepted: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError(MOTHER.number)

    monkeypatch.setattr("desktop.app.open_workplace", fail)
    told = oncedesk("case", "list", "--json", "--home", accepted[0])
    assert (told.status, told.out) == (2, "")
    assert "没有做成" in told.err
    assert "KeyError" in caplog.text
    assert MOTHER.number not in caplog.text + told.err


def test_themes_list_loads_neither_qt_nor_pictures_nor_the_store(tmp_path: Path) -> None:
    code = ("import sys; from desktop.cli.main import main; main(sys.argv[1:]); "
            "print(sorted({'PySide6', 'cv2', 'onnxruntime', 'rapidocr', 'sqlalchemy', 'db', 'httpx'} & set(sys.modules)))")
    done = process("themes", "list", "--home", tmp_path, code=code)
    assert done.stdout.splitlines()[-1] == "[]"


def test_commands_that_open_the_store_need_no_qt(accepted_home: tuple[Path, str]) -> None:
    code = ("import sys; from desktop.cli.main import main; status = main(sys.argv[1:]); "
            "print(status, any(name.startswith('PySide6') for name in sys.modules))")
    done = process("case", "list", "--home", accepted_home[0], code=code)
    assert done.stdout.splitlines()[-1] == "0 False"
