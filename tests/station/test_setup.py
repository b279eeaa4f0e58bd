"""Setting a PC up without hands: answers that are checked whole, kept once, and changed only by somebody who may."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from db import journal
from desktop import app
from desktop.app import open_workplace
from desktop.flows.sign_in import SignInRefused
from desktop.settings import COUNTY_KEYS, Settings, load_settings, own_keys
from desktop.station import answers, identity
from desktop.station.owner import WINDOW, owning
from tests.cli.conftest import Command
from tests.homes import NOW
from tests.station.county_killer import PIN

GOOD: dict[str, Any] = {
    "hall": "示例县政务服务中心", "window": "5", "window_code": "105", "region": "130529", "keyring": False,
    "document_prefix": '示"一件\\事', "paper_printers": {"unified_form": "cups:form"}, "switches": {"hebei-newborn": []},
    "pin_file": "pins.toml", "administrator": {"login": "admin", "name": "赵启明"},
    "people": [{"login": "wang", "name": "王秀兰", "role": "clerk"}, {"login": "zhao", "name": "赵建国", "role": "supervisor"}],
}


def write(folder: Path, table: dict[str, Any], **pins: str) -> Path:
    kept = {"admin": PIN, "wang": "246811", "zhao": "135790"} | pins
    (folder / "pins.toml").write_text("".join(f'{login} = "{pin}"\n' for login, pin in kept.items()))
    (folder / "answers.json").write_text(json.dumps(table, ensure_ascii=False), "utf-8")
    return folder / "answers.json"


def everything(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def staff(home: Path) -> list[tuple[str, str, str]]:
    from db import users

    with open_workplace(load_settings(home), clock=lambda: NOW) as place, place.desk.store.reading() as tx:
        return [(user.login, user.name, user.role) for user in users.everybody(tx)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that was set up once, with its answers beside it."""
    folder = tmp_path_factory.mktemp("made")
    settings = Settings(home=folder / "home")
    app.set_up(settings, answers.read_answers(write(folder, GOOD), settings), clock=lambda: NOW)
    return folder


@pytest.fixture
def set_up(tmp_path: Path, home: Path, made: Path) -> Path:
    shutil.copytree(made / "home", home)
    return write(tmp_path, GOOD)


def test_one_file_of_answers_makes_a_whole_window(tmp_path: Path, home: Path, oncedesk: Command) -> None:
    told = oncedesk("station", "setup", "--answers", write(tmp_path, GOOD), "--json", "--home", home)
    assert (told.status, told.document["done"], told.document["window_code"]) == (0, "set_up", "105")
    settings = load_settings(home)
    assert (settings.hall, settings.window, settings.document_prefix) == (GOOD["hall"], "5", GOOD["document_prefix"])
    assert settings.devices["paper_printer:unified_form"] == "cups:form"
    assert staff(home) == [("admin", "赵启明", "administrator"), ("wang", "王秀兰", "clerk"), ("zhao", "赵建国", "supervisor")]
    kept = identity.read_identity(home)
    assert kept is not None
    assert kept.installation_id == told.document["installation_id"]
    with open_workplace(settings, clock=lambda: NOW) as place:
        assert place.flows.sign_in.enter("admin", PIN).role == "administrator"
        with pytest.raises(SignInRefused, match="temporary"):       # somebody else chose it
            place.flows.sign_in.enter("wang", "246811")


def test_the_settings_it_writes_are_whole_explained_and_can_be_read_by_people(set_up: Path, home: Path) -> None:
    text = (home / "settings.toml").read_bytes().decode("utf-8")
    assert set(tomllib.loads(text)) == set(GOOD) - {"administrator", "people", "pin_file"}
    assert "# 窗口代码：三位数字" in text
    assert "\n# phone = " in text, "what was not answered stands there as a comment, and the county's holds"
    assert PIN not in text
    assert oct((home / "settings.toml").stat().st_mode & 0o777) == "0o600" or sys.platform == "win32"


def test_the_same_answers_again_change_nothing_and_say_so(set_up: Path, home: Path, oncedesk: Command) -> None:
    before = everything(home)
    told = oncedesk("station", "setup", "--answers", set_up, "--json", "--home", home)
    assert (told.status, told.document["done"], told.document["differences"]) == (0, "unchanged", [])
    assert {name for name, data in everything(home).items() if before.get(name) != data} <= {"store.witness", "cases.db"}
    with open_workplace(load_settings(home), clock=lambda: NOW) as place, place.desk.store.reading() as tx:
        assert [row.what for row in journal.rows_from(tx, 1)] == ["user.added"] * 3 + ["station.set_up"]


def test_other_answers_say_what_differs_and_need_an_administrator(set_up: Path, home: Path, tmp_path: Path, oncedesk: Command) -> None:
    other = {**GOOD, "window_code": "106", "terminal_token": "s3cret",
             "people": [*GOOD["people"][:1], {**GOOD["people"][1], "role": "clerk"}, {"login": "li", "name": "李建民", "role": "clerk"}]}
    file, before = write(tmp_path, other, li="918273"), (home / "settings.toml").read_bytes()
    command = ("station", "setup", "--answers", file, "--json", "--home", home)
    told = oncedesk(*command)
    assert (told.status, told.document["done"]) == (2, "differs")
    assert {row["key"] for row in told.document["differences"]} == {"window_code", "terminal_token", "people.zhao", "people.li"}
    assert "--change" in told.err
    assert "s3cret" not in told.out + told.err
    assert oncedesk(*command, "--change").status == 2
    assert oncedesk(*command, "--change", "--as", "wang", pins=("246811",)).status == 2
    assert (home / "settings.toml").read_bytes() == before
    told = oncedesk(*command, "--change", "--as", "admin", pins=(PIN,))
    assert (told.status, told.document["done"], told.document["window_code"]) == (0, "changed", "106")
    assert staff(home) == [("admin", "赵启明", "administrator"), ("li", "李建民", "clerk"), ("wang", "王秀兰", "clerk"),
                           ("zhao", "赵建国", "clerk")]
    (kept,) = (home / "aside").rglob("settings.toml")
    assert kept.read_bytes() == before
    assert oncedesk(*command).document["done"] == "unchanged"


def test_what_was_not_answered_stays_as_it_is(set_up: Path, home: Path, tmp_path: Path, oncedesk: Command) -> None:
    path = home / "settings.toml"
    path.write_text(path.read_text("utf-8").replace("# lock_minutes = 5", "lock_minutes = 9"), "utf-8")
    file = write(tmp_path, {**GOOD, "window": "6"})
    assert oncedesk("station", "setup", "--answers", file, "--change", "--as", "admin", "--home", home, pins=(PIN,)).status == 0
    assert (load_settings(home).window, load_settings(home).lock_minutes) == ("6", 9)


def test_every_mistake_is_named_at_once_with_key_and_remedy_and_nothing_is_written(tmp_path: Path, home: Path, oncedesk: Command) -> None:
    wrong = {"hall": "", "window": "5\n", "window_code": "5", "region": "1305", "colour": "red", "reader": "COM3", "lock_minutes": "5",
             "platform_url": "http://example.org", "county_key": "abc", "pin_file": "pins.toml",
             "administrator": {"login": "a b", "name": "赵启明", "pin": PIN}, "switches": {"x": "y"},
             "people": [{"login": "wang", "name": "王秀兰", "role": "boss"}, {"login": "wang", "name": "王秀兰", "role": "clerk"}, "zhao",
                        {"login": "li", "role": "clerk"}]}
    told = oncedesk("station", "setup", "--answers", write(tmp_path, wrong, wang="1"), "--json", "--home", home)
    assert (told.status, told.document["done"]) == (2, "refused")
    keys = {row["key"] for row in told.document["mistakes"]}
    assert keys == {"hall", "window", "window_code", "region", "colour", "reader", "lock_minutes", "platform_url", "terminal_id",
                    "terminal_token", "county_key", "people.a b", "administrator.pin", "switches.x", "people.wang", "people.wang.role",
                    "people.wang.pin", "people[3]", "people[4].name", "admin", "zhao"}
    assert all(row["sentence"] and row["remedy"] for row in told.document["mistakes"])
    assert all(row["key"].removeprefix("people.") in told.err for row in told.document["mistakes"])
    assert not home.exists()


@pytest.mark.parametrize(("name", "text"), [("a.toml", "hall = "), ("a.json", '{"hall": 1,}'), ("a.json", "[]"), ("a.json", "[" * 100_000),
                                            ("a.toml", None)])
def test_a_file_that_is_none_is_one_mistake(tmp_path: Path, home: Path, oncedesk: Command, name: str, text: str | None) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    told = oncedesk("station", "setup", "--answers", tmp_path / name, "--json", "--home", home)
    assert (told.status, len(told.document["mistakes"])) == (2, 1)
    assert not home.exists()


def test_answers_saved_by_notepad_are_read(tmp_path: Path, home: Path, oncedesk: Command) -> None:
    write(tmp_path, GOOD)
    text = 'hall = "示例县"\nwindow = "5"\nwindow_code = "105"\nregion = "130529"\nkeyring = false\npin_file = "pins.toml"\n'
    text += '[administrator]\nlogin = "admin"\nname = "赵启明"\n[[people]]\nlogin = "wang"\nname = "王秀兰"\nrole = "clerk"\n'
    text += '[[people]]\nlogin = "zhao"\nname = "赵建国"\nrole = "clerk"\n'
    (tmp_path / "a.toml").write_bytes(text.encode("gbk"))
    assert oncedesk("station", "setup", "--answers", tmp_path / "a.toml", "--home", home).status == 0
    assert load_settings(home).hall == "示例县"
    assert (home / "settings.toml").read_text("utf-8")


def test_the_administrators_pin_may_come_from_the_environment_and_never_from_an_argument(
        tmp_path: Path, home: Path, oncedesk: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, {key: value for key, value in GOOD.items() if key not in {"pin_file", "people"}})
    told = oncedesk("station", "setup", "--answers", file, "--json", "--home", home)
    assert [row["code"] for row in told.document["mistakes"]] == ["setup.no_pin"]
    monkeypatch.setenv("ONCEDESK_NEW_PIN", "1")
    told = oncedesk("station", "setup", "--answers", file, "--json", "--home", home)
    assert (told.status, told.document["mistakes"][0]["key"]) == (2, "people.admin.pin")
    assert not home.exists()
    monkeypatch.setenv("ONCEDESK_NEW_PIN", PIN)
    monkeypatch.setenv("ONCEDESK_TERMINAL_TOKEN", "s3cret")
    assert oncedesk("station", "setup", "--answers", file, "--home", home).status == 0
    assert load_settings(home).terminal_token == "s3cret"
    assert oncedesk("station", "setup", "--answers", file, "--pin", PIN).status == 2


def test_the_blank_answers_hold_every_setting_and_filled_in_they_are_answers(tmp_path: Path, home: Path, oncedesk: Command) -> None:
    blank = oncedesk("station", "setup", "--blank").out
    table = tomllib.loads(re.sub(r"(?m)^# (?=[a-z_]+ = |\[\[)", "", blank))
    assert set(own_keys()) | {"administrator", "people", "county_key", "pin_file"} == set(table)
    as_built = {key: value for key, value in table.items() if key in {"keyring", "lock_minutes", *COUNTY_KEYS} and isinstance(value, int)}
    assert all(getattr(Settings(home=home), key) == value for key, value in as_built.items())
    assert not home.exists()
    (tmp_path / "blank.toml").write_text(blank, "utf-8")
    told = oncedesk("station", "setup", "--answers", tmp_path / "blank.toml", "--json", "--home", home)
    assert {row["key"] for row in told.document["mistakes"]} == {*answers.REQUIRED, "administrator.login", "administrator.name"}


def test_settings_somebody_wrote_by_hand_before_the_first_start_are_kept_aside(tmp_path: Path, home: Path, oncedesk: Command) -> None:
    home.mkdir()
    (home / "settings.toml").write_text("# by hand\nlock_minutes = 3\nwindow_code = '999'\n")
    assert oncedesk("station", "setup", "--answers", write(tmp_path, GOOD), "--home", home).status == 0
    assert (load_settings(home).window_code, load_settings(home).lock_minutes) == ("105", 3)
    (kept,) = (home / "aside").rglob("settings.toml")
    assert "# by hand" in kept.read_text()


def test_a_window_that_is_open_is_not_changed_under_somebodys_hands(set_up: Path, home: Path, tmp_path: Path, oncedesk: Command) -> None:
    file = write(tmp_path, {**GOOD, "window": "6"})
    with owning(home, WINDOW):
        told = oncedesk("station", "setup", "--answers", file, "--change", "--as", "admin", "--home", home, pins=(PIN,))
    assert told.status == 2
    assert load_settings(home).window == "5"


def test_a_cloned_disk_gets_an_installation_a_terminal_and_a_window_of_its_own(set_up: Path, home: Path, oncedesk: Command) -> None:
    command = ("station", "setup", "--new-installation", "--json", "--home", home)
    assert oncedesk(*command).status == 2
    told = oncedesk(*command, "--terminal-id", "terminal-1", "--window-code", "105", "--as", "admin", pins=(PIN,))
    assert [row["key"] for row in told.document["mistakes"]] == ["terminal_id", "window_code"]
    fresh = ("--terminal-id", "terminal-8", "--window-code", "108")
    assert oncedesk(*command, *fresh).status == 2
    assert oncedesk(*command, *fresh, "--as", "wang", pins=("246811",)).status == 2
    before = identity.identity_of(home)
    told = oncedesk(*command, *fresh, "--as", "admin", pins=(PIN,))
    assert told.status == 0
    assert told.document["installation_id"] != before.installation_id
    settings, kept = load_settings(home), identity.read_identity(home)
    assert (settings.terminal_id, settings.number_code, settings.hall) == ("terminal-8", "108", GOOD["hall"])
    assert kept is not None
    assert (kept.installation_id, kept.ticket) == (told.document["installation_id"], "")


def test_an_image_nobody_works_at_yet_needs_nobody_to_sign_in(home: Path, oncedesk: Command) -> None:
    home.mkdir()
    (home / "settings.toml").write_text("terminal_id = 'image'\nwindow_code = '100'\nkeyring = false\n")
    before = identity.identity_of(home)
    told = oncedesk("station", "setup", "--new-installation", "--terminal-id", "t-8", "--window-code", "108", "--json", "--home", home)
    assert told.status == 0
    assert told.document["installation_id"] != before.installation_id
    assert load_settings(home).number_code == "108"


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
@pytest.mark.timeout(400)
def test_killed_at_any_step_the_same_answers_finish_the_work(tmp_path: Path, oncedesk: Command) -> None:
    file = write(tmp_path, GOOD)
    (tmp_path / "answers.toml").write_text("\n".join(_toml(file)), "utf-8")
    done = subprocess.run([sys.executable, "-m", "tests.station.county_killer", str(tmp_path), "set_up", "8"], check=True, timeout=200,
                          capture_output=True, text=True)
    assert int(done.stdout) >= 8, "there must have been something to be killed in"
    halfway = 0
    for home in (path for path in tmp_path.iterdir() if path.name.isdigit()):
        halfway += (home / "beginning").exists()
        told = oncedesk("station", "setup", "--answers", file, "--json", "--home", home)
        assert (told.status, told.document["done"]) in {(0, "set_up"), (0, "unchanged")}, home.name
        assert [login for login, _, _ in staff(home)] == ["admin", "wang", "zhao"]
        assert load_settings(home).number_code == "105"
        assert not (home / "beginning").exists()
    assert halfway


def _toml(file: Path) -> list[str]:
    """The answers as TOML, for the killed."""
    from desktop.station.answers import settings_text

    table = json.loads(file.read_text("utf-8"))
    people = [("[administrator]", table["administrator"]), *(("[[people]]", person) for person in table["people"])]
    return [settings_text({key: table[key] for key in own_keys() if key in table}), 'pin_file = "pins.toml"',
            *(line for head, person in people for line in (head, *(f'{key} = "{value}"' for key, value in person.items())))]
