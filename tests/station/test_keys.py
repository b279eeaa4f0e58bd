import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from db.store import StoreFault, StoreLocked
from desktop.station import keys


class _SystemKeyring(KeyringBackend):
    """A keyring of the system as the keyring package sees one."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked
        return self.kept.get((service, username))


@pytest.fixture(autouse=True)
def system() -> Iterator[_SystemKeyring]:
    before, system = keyring.get_keyring(), _SystemKeyring()
    keyring.set_keyring(system)
    yield system
    keyring.set_keyring(before)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_the_key_lies_in_the_keyring_and_not_in_the_home(home: Path, system: _SystemKeyring) -> None:
    key = keys.keep_key(home, keys.make_key(), ring=keys.real_keyring())
    assert len(key) == 32
    assert keys.load_key(home) == key
    assert key.hex() in system.kept.values()
    assert keys.key_place(home) == "keyring"
    assert all(key.hex() not in path.read_text("utf-8") for path in home.iterdir())


def test_without_a_real_keyring_the_key_is_a_file_for_us_only(home: Path) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    key = keys.keep_key(home, keys.make_key(), ring=keys.real_keyring())
    assert keys.load_key(home) == key
    assert stat.S_IMODE((home / keys.KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == [keys.KEY_FILE]
    assert keys.key_place(home) == "file"


def test_a_home_without_a_key_has_none_and_gets_none_by_asking(home: Path) -> None:
    assert keys.load_key(home) is None
    assert keys.key_place(home) == "none"
    assert not home.exists()


def test_a_home_that_was_moved_keeps_its_key(home: Path, tmp_path: Path) -> None:
    key = keys.keep_key(home, keys.make_key(), ring=True)
    home.rename(tmp_path / "elsewhere")
    assert keys.load_key(tmp_path / "elsewhere") == key


@pytest.mark.parametrize("content", ["", "12", "keyring:x", "密"])
def test_a_spoilt_key_file_is_said_and_not_replaced(home: Path, content: str) -> None:
    home.mkdir()
    (home / keys.KEY_FILE).write_text(content, "utf-8")
    with pytest.raises(StoreLocked, match=r"store\.key_missing"):
        keys.load_key(home)
    assert (home / keys.KEY_FILE).read_text("utf-8") == content


def test_a_locked_keyring_is_said(home: Path, system: _SystemKeyring) -> None:
    keys.keep_key(home, keys.make_key(), ring=True)
    system.locked = True
    with pytest.raises(StoreLocked, match=r"store\.keyring"):
        keys.load_key(home)
    system.locked = False
    system.kept.clear()
    with pytest.raises(StoreFault, match=r"store\.key_missing"):
        keys.load_key(home)


def test_when_two_start_at_once_the_first_key_stays(home: Path) -> None:
    first = keys.keep_key(home, b"a" * 32, ring=False)
    assert keys.keep_key(home, b"b" * 32, ring=False) == first == b"a" * 32
    assert [path.name for path in home.iterdir()] == [keys.KEY_FILE]
