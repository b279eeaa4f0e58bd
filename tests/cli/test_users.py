"""`oncedesk users …`, each command a process as far as the store can tell."""

from pathlib import Path

import pytest

from desktop.cli import clock
from desktop.wording import say
from tests.cli.conftest import Command, Told


@pytest.fixture
def home(tmp_path: Path, oncedesk: Command, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An administrator, a second one and a clerk."""
    (tmp_path / "settings.toml").write_text("keyring = false\n")
    for login, name, role, pin in (("admin", "赵启明", "administrator", "708152"), ("hu", "胡一帆", "administrator", "580936"),
                                   ("lin", "林小满", "clerk", "274913")):
        monkeypatch.setenv("ONCEDESK_NEW_PIN", pin)
        added = oncedesk("users", "add", login, "--name", name, "--role", role, "--as", "admin", "--home", tmp_path, pins=("708152",))
        assert added.status == 0, added.err
    return tmp_path


@pytest.fixture
def uptime(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the PC has run, to be moved."""
    seconds = [5_000.0]
    monkeypatch.setattr(clock, "uptime", lambda: seconds[-1])
    return seconds


def made_of(code: str, told: Told) -> bool:
    return told.status == 2 and told.out == "" and say(code) in told.err


def test_the_list_shows_login_name_role_and_whether_somebody_is_active(oncedesk: Command, home: Path) -> None:
    assert oncedesk("users", "bar", "hu", "--as", "admin", "--home", home, pins=("708152",)).status == 0
    assert oncedesk("users", "list", "--json", "--home", home).document == [
        {"login": "admin", "name": "赵启明", "role": "administrator", "active": True},
        {"login": "hu", "name": "胡一帆", "role": "administrator", "active": False},
        {"login": "lin", "name": "林小满", "role": "clerk", "active": True}]
    assert "hu 胡一帆 管理员 已停用" in oncedesk("users", "list", "--home", home).out


def test_somebody_is_barred_readmitted_and_given_a_role(oncedesk: Command, home: Path) -> None:
    def as_admin(*argv: str) -> Told:
        return oncedesk("users", *argv, "--as", "admin", "--json", "--home", home, pins=("708152",))

    assert as_admin("bar", "lin").document == {"login": "lin", "name": "林小满", "role": "clerk", "active": False}
    assert made_of("sign_in.barred", oncedesk("users", "bar", "hu", "--as", "lin", "--home", home, pins=("274913",)))
    assert as_admin("readmit", "lin").document["active"] is True
    assert as_admin("role", "lin", "supervisor").document["role"] == "supervisor"
    assert as_admin("role", "lin", "king").status == 2
    assert made_of("people.yourself", as_admin("bar", "admin"))
    assert made_of("people.unknown", as_admin("bar", "nobody"))


def test_a_clerk_does_none_of_it(oncedesk: Command, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONCEDESK_NEW_PIN", "603581")
    for argv in (("bar", "hu"), ("readmit", "hu"), ("role", "lin", "administrator"), ("pin", "admin"), ("add", "new", "--name", "新")):
        told = oncedesk("users", *argv, "--as", "lin", "--json", "--home", home, pins=("274913",))
        assert made_of("role.not_allowed", told), argv


def test_one_changes_the_own_pin_and_an_administrator_resets_anothers_which_must_then_be_changed(
        oncedesk: Command, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pin(new: str, *argv: str, old: str) -> Told:
        monkeypatch.setenv("ONCEDESK_NEW_PIN", new)
        return oncedesk("users", "pin", *argv, "--json", "--home", home, pins=(old,))

    assert made_of("sign_in.wrong", pin("603581", "--as", "lin", old="951332"))
    assert made_of("pin.birth_date", pin("950315", "--as", "lin", old="274913"))
    assert pin("603581", "--as", "lin", old="274913").document["login"] == "lin"
    assert pin("472905", "lin", "--as", "admin", old="708152").status == 0
    told = oncedesk("users", "readmit", "lin", "--as", "lin", "--home", home, pins=("472905",))
    assert made_of("sign_in.temporary", told)
    assert "users pin" in told.err
    assert pin("816204", "lin", "--as", "lin", old="472905").status == 0
    assert made_of("role.not_allowed", oncedesk("users", "bar", "hu", "--as", "lin", "--home", home, pins=("816204",)))


def test_after_five_wrong_pins_a_right_one_works_as_soon_as_the_wait_is_over_also_for_commands_of_one_shot(
        oncedesk: Command, home: Path, tmp_path: Path, uptime: list[float]) -> None:
    backup = ("backup", "make", tmp_path / "b.zip", "--as", "admin", "--home", home)
    for _ in range(5):
        assert oncedesk(*backup, pins=("951332",)).status == 2
    for left in (30, 20, 10):
        told = oncedesk(*backup, pins=("708152",))
        assert told.status == 2
        assert f"请等 {left} 秒" in told.err
        uptime.append(uptime[-1] + 10)
    assert oncedesk(*backup, pins=("708152",)).status == 0


def test_a_new_pin_is_never_waited_for_where_nobody_can_type_it(oncedesk: Command, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONCEDESK_NEW_PIN")
    told = oncedesk("users", "pin", "--as", "lin", "--home", home, pins=("274913",))
    assert told.status == 2
    assert "ONCEDESK_NEW_PIN" in told.err
