import os
import stat
import subprocess
import sys
import tempfile
import types
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from db.faults import StoreFault, StoreLocked
from desktop.station import keys
from desktop.station.ground import firm_ground
from tests.station.small_home import SystemKeyring, clock_at

pytestmark = pytest.mark.usefixtures("system")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_the_key_lies_in_the_keyring_and_not_in_the_home(home: Path, system: SystemKeyring) -> None:
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


def test_a_locked_keyring_is_said(home: Path, system: SystemKeyring) -> None:
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


# -- whose home, whose key ------------------------------------------------------------------------------------------


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home below the folder of the account that runs the program."""
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    return tmp_path / "me" / ".local" / "share" / "oncedesk"


def another_account(monkeypatch: pytest.MonkeyPatch) -> SystemKeyring:
    """The next person signs in to the PC: another user id, another ring."""
    ring = SystemKeyring()
    keyring.set_keyring(ring)
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    return ring


def open_and_close(home: Path, *, begin: bool = False) -> str:
    """One start of the program; the store's id."""
    with firm_ground(home, clock_at(), begin=begin) as ground:
        return ground.store.key.hex()


def as_an_earlier_version_left_it(home: Path, system: SystemKeyring, name: str = "ab" * 16) -> str:
    """A home of the machine whose key lies in the ring of the account that set it up; the note names no account."""
    key = open_and_close(home, begin=True)
    (home / keys.KEY_FILE).write_text(f"keyring:{name}")
    system.kept["oncedesk", name] = key
    return key


def test_a_private_home_has_its_key_in_the_ring_of_its_account(mine: Path, system: SystemKeyring) -> None:
    key = open_and_close(mine, begin=True)
    assert not keys.machine_wide(mine)
    assert keys.key_place(mine) == "keyring"
    assert key in system.kept.values()
    assert open_and_close(mine) == key


def test_a_home_of_the_machine_has_nothing_in_anybodys_ring(home: Path, system: SystemKeyring) -> None:
    key = open_and_close(home, begin=True)
    assert keys.machine_wide(home)
    assert keys.key_place(home) == "file"
    assert system.kept == {}
    assert stat.S_IMODE((home / keys.KEY_FILE).stat().st_mode) == 0o600
    assert open_and_close(home) == key


def test_another_accounts_home_is_not_private_wherever_it_lies(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_and_close(mine, begin=True)
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert keys.machine_wide(mine)


def test_a_key_in_a_ring_is_moved_to_where_every_account_finds_it(home: Path, system: SystemKeyring,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    key = as_an_earlier_version_left_it(home, system)
    assert open_and_close(home) == key
    assert keys.key_place(home) == "file"
    assert system.kept == {}, "no copy is left in the ring"
    another_account(monkeypatch)
    assert open_and_close(home) == key


def test_who_comes_before_the_key_is_moved_is_told_whose_turn_it_is(home: Path, system: SystemKeyring,
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    as_an_earlier_version_left_it(home, system)
    before = (home / keys.KEY_FILE).read_text()
    another_account(monkeypatch)
    with pytest.raises(StoreLocked, match=r"store\.key_elsewhere"):
        open_and_close(home)
    assert (home / keys.KEY_FILE).read_text() == before


def test_the_note_tells_another_accounts_ring_from_one_that_lost_the_key(mine: Path, system: SystemKeyring,
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    open_and_close(mine, begin=True)
    system.kept.clear()
    with pytest.raises(StoreLocked, match=r"store\.key_missing"):
        keys.load_key(mine)
    another_account(monkeypatch)
    with pytest.raises(StoreLocked, match=r"store\.key_elsewhere"):
        keys.load_key(mine)
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    with pytest.raises(StoreLocked, match=r"store\.key_elsewhere"):
        keys.load_key(mine)


def test_what_is_said_of_a_key_elsewhere_sends_nobody_to_a_backup() -> None:
    from desktop import wording

    for code in ("store.key_elsewhere", "store.key_missing"):
        assert "不要从备份恢复" in wording.remedy(code)
        assert "station recover" in wording.remedy(code)


def test_a_disk_that_cannot_be_written_to_does_not_keep_a_key_in_a_ring_from_opening(home: Path, system: SystemKeyring,
                                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    key = as_an_earlier_version_left_it(home, system)

    def full(*_: object, **__: object) -> None:
        raise StoreFault("store.full")

    monkeypatch.setattr(keys, "write_whole", full)
    assert open_and_close(home) == key
    assert keys.key_place(home) == "keyring"


# -- Windows, as far as another system can tell ---------------------------------------------------------------------


class _Windows(types.ModuleType):
    """win32crypt: what one machine sealed for itself another does not open. Not proved on Windows."""

    error = type("error", (Exception,), {})

    def __init__(self) -> None:
        super().__init__("win32crypt")
        self.machine = b"this one"
        self.flags: list[int] = []

    def CryptProtectData(self, plain: bytes, _what: str, _entropy: None, _reserved: None, _prompt: None, flags: int) -> bytes:  # noqa: N802
        self.flags.append(flags)
        return self.machine + bytes(byte ^ 0x5A for byte in plain)

    def CryptUnprotectData(self, sealed: bytes, _entropy: None, _reserved: None, _prompt: None, _flags: int) -> tuple[str, bytes]:  # noqa: N802
        if not sealed.startswith(self.machine):
            raise self.error(-2146893813)
        return "", bytes(byte ^ 0x5A for byte in sealed[len(self.machine):])


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> _Windows:
    module = _Windows()
    monkeypatch.setitem(sys.modules, "win32crypt", module)
    monkeypatch.setattr(sys, "platform", "win32")
    return module


def test_on_windows_the_second_account_of_a_pc_opens_what_the_first_one_set_up(home: Path, system: SystemKeyring, windows: _Windows,
                                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    key = open_and_close(home, begin=True)
    assert keys.key_place(home) == "machine"
    assert windows.flags == [0x4 | 0x1], "for the machine, and without a question on the screen"
    assert key not in (home / keys.KEY_FILE).read_text()
    assert system.kept == {}
    another_account(monkeypatch)
    assert open_and_close(home) == key


def test_a_home_that_was_copied_to_another_pc_is_told_apart_from_a_lost_key(home: Path, windows: _Windows) -> None:
    open_and_close(home, begin=True)
    windows.machine = b"that one"
    with pytest.raises(StoreLocked, match=r"store\.key_sealed"):
        open_and_close(home)


# -- two accounts of a group, for real ------------------------------------------------------------------------------

_START = """
import os, sys, tempfile
from pathlib import Path
from db import attachments, journal
from db.faults import StoreFault
from desktop.station.ground import firm_ground
from tests.station.small_home import clock_at, NOW

def start(home, page):
    with firm_ground(home, clock_at(), use_keyring=False, begin=True) as ground:
        attachments.put(ground.store, page.encode())
        with ground.store.transaction() as tx:
            journal.append(tx, NOW, "u1", "user.signed_in")
            return journal.head(tx)[0]

with tempfile.TemporaryDirectory() as folder:
    start(Path(folder) / "home", "everything that is imported late is imported while we may read it")
home, page, uid, gid = sys.argv[1:]
os.umask(0o022)
os.setgroups([])
os.setgid(int(gid))
os.setuid(int(uid))
try:
    print(start(Path(home), page))
except StoreFault as fault:
    print(fault.code)
"""


@pytest.fixture
def reachable() -> Iterator[Path]:
    """pytest's own folders are closed to other accounts, by every pytest that starts."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(not hasattr(os, "setgroups") or os.getuid() != 0, reason="only root can become two other accounts")
def test_two_accounts_of_one_group_share_a_home_that_was_prepared_for_them(reachable: Path) -> None:
    home = reachable / "shared"
    home.mkdir()
    os.chown(home, 0, 4321)
    home.chmod(0o2770)

    def start(uid: int, page: str, gid: int = 4321) -> str:
        done = subprocess.run([sys.executable, "-c", _START, str(home), page, str(uid), str(gid)], check=False, capture_output=True,
                              text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert [start(4001, "a page"), start(4002, "another"), start(4001, "a third")] == ["1", "2", "3"]
    key = (home / keys.KEY_FILE).stat()
    assert (stat.S_IMODE(key.st_mode), key.st_gid) == (0o640, 4321)
    loose = [path.name for path in home.rglob("*") if path.stat().st_mode & 0o007]
    assert loose == [], "nobody outside the group reads a thing"
    assert start(4003, "a stranger's", gid=4322).startswith("store.")
