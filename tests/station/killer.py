"""Kills a deed on a home before its Nth durable step, for every N or a spread: `python -m tests.station.killer FOLDER DEED [SPREAD]`.

A step is whatever changes the disk: opening to write, rename, link, remove, folder, mode, fsync, write to a handle (by Python's audit
events and two patched calls), and each SQL statement and commit; what SQLite does within a statement is SQLite's own promise. After a
kill the next start must work or say what to do, the deed given again must finish, and nothing may be lost. One JSON line for each.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import keyring
from keyring.backend import KeyringBackend
from sqlcipher3 import dbapi2

from db import attachments, backup, identity, journal
from db.faults import StoreFault
from desktop import wording
from desktop.station import anew, keys, recovery
from desktop.station.anew import begin_anew
from desktop.station.backups import Backups, Schedule
from desktop.station.ground import firm_ground
from desktop.station.recover import recover
from desktop.station.recovery import Recovery
from desktop.station.restore import restore
from tests.station.small_home import NOW, PAGE, Home, clock_at, no_slips

LATER = NOW + timedelta(hours=3)
AGAIN = LATER + timedelta(minutes=10)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_CHANGES = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod"}


class RingOnDisk(KeyringBackend):
    """A system's ring outlives the program that is killed."""

    priority = 5
    path = Path()

    def _kept(self) -> dict[str, str]:
        return dict(json.loads(self.path.read_text())) if self.path.exists() else {}

    def _keep(self, kept: dict[str, str]) -> None:
        half = self.path.with_name("ring.half")
        half.write_text(json.dumps(kept))
        half.replace(self.path)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._keep(self._kept() | {f"{service} {username}": password})

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept().get(f"{service} {username}")

    def delete_password(self, service: str, username: str) -> None:
        kept = self._kept()
        del kept[f"{service} {username}"]
        self._keep(kept)


@dataclass(frozen=True)
class Deed:
    """What is done to the home `home` in a folder, and what must hold after a kill and a second try."""

    prepare: Callable[[Path], None]
    """Once; every try gets a copy of the folder."""
    do: Callable[[Path], object]
    holds: Callable[[Path], None]
    """After a kill, whatever the step: tries again and looks whether anything is lost. Raises AssertionError."""
    private: bool = False
    """Whether the home is one person's, with a key ring."""


def _home(folder: Path) -> Home:
    slips = folder / "slips.json"
    return Home(folder / "home", json.loads(slips.read_text()) if slips.exists() else [])


def _filled(folder: Path) -> None:
    home = Home(folder / "home").fill()
    (folder / "slips.json").write_text(json.dumps(home.slips))
    (home.path / "settings.toml").write_text("window = '7'\n")


def _start(folder: Path, *, begin: bool = False, ring: bool = False) -> str:
    """What the next start says: `opened`, or a code that has a sentence and a remedy."""
    try:
        with firm_ground(folder / "home", clock_at(AGAIN), use_keyring=ring, begin=begin) as ground, ground.store.reading() as tx:
            assert journal.verify(tx) is None
            return "opened"
    except StoreFault as fault:
        said = fault.code
    assert wording.known(said), said
    assert wording.remedy(said), said
    return said


def _whole(folder: Path, *, last: str, ring: bool = False) -> None:
    """The filled store with its page, and one more row."""
    with firm_ground(folder / "home", clock_at(AGAIN), use_keyring=ring) as ground, ground.store.reading() as tx:
        assert not ground.unwitnessed
        assert journal.verify(tx) is None
        rows = [row.what for row in journal.rows_from(tx, 1)]
        assert rows[0] == "user.added"
        assert rows[-1] == last, rows
        (page,) = ground.store.vault.files()
        assert attachments.get(tx, page.name.partition(".")[0]) == PAGE


# -- first run ------------------------------------------------------------------------------------------------------


def _nothing(folder: Path) -> None:
    folder.mkdir()


def _first_run(folder: Path, *, ring: bool = False) -> None:
    with firm_ground(folder / "home", clock_at(LATER), use_keyring=ring, begin=True):
        pass


def _first_run_holds(folder: Path, *, ring: bool = False) -> None:
    assert _start(folder, ring=ring) in {"opened", "store.none"}
    assert _start(folder, ring=ring, begin=True) == "opened"
    with firm_ground(folder / "home", clock_at(AGAIN), use_keyring=ring) as ground:
        assert not ground.unwitnessed
        assert keys.load_key(folder / "home") == ground.store.key
    assert not (folder / "home" / "beginning").exists()


# -- a key in a ring ------------------------------------------------------------------------------------------------


def _key_in_ring(folder: Path) -> None:
    _filled(folder)
    note = folder / "home" / keys.KEY_FILE
    keyring.set_password("oncedesk", "ab" * 16, note.read_text())
    note.write_text(f"keyring:{'ab' * 16}")


def _key_in_ring_holds(folder: Path) -> None:
    assert _start(folder, ring=True) == "opened"
    assert keys.key_place(folder / "home") == "file"
    _whole(folder, last="user.added")


def _key_moved_carelessly(folder: Path) -> None:
    """The control: out of the ring before it is in the file."""
    key = keys.load_key(folder / "home")
    assert key is not None
    keyring.delete_password("oncedesk", "ab" * 16)
    (folder / "home" / keys.KEY_FILE).write_text(key.hex())


# -- slips ----------------------------------------------------------------------------------------------------------


def _new_slips(folder: Path) -> None:
    home = _home(folder)
    key = keys.load_key(home.path)
    assert key is not None
    station = Recovery(home.path, key)
    _, words = station.share_out(LATER)
    (folder / "new.json").write_text(json.dumps(words))        # the printer's work
    station.hand_out([each.split()[-1] for each in words])


def _new_slips_hold(folder: Path) -> None:
    """Whatever people have in hand: the old slips, or the new ones once they were told that those are the ones."""
    home = _home(folder)
    if not any(one.handed_out for one in recovery.read(home.path)[:1]):
        raise AssertionError("there is a moment without good slips")
    new = folder / "new.json"
    held = [home.slips, *([json.loads(new.read_text())] if new.exists() else [])]
    good = 0
    for slips in held:
        with suppress(Exception):
            recover(home.path, Home(home.path, slips).ask(0, 1), clock_at(AGAIN), use_keyring=False)
            good += 1
    assert good


def _key_lost(folder: Path) -> None:
    _filled(folder)
    (folder / "home" / keys.KEY_FILE).write_text("ab" * 32)


def _recover(folder: Path) -> None:
    recover(folder / "home", _home(folder).ask(0, 2), clock_at(LATER), use_keyring=False)


def _recover_holds(folder: Path) -> None:
    assert _start(folder) in {"opened", "store.wrong_key", "store.key_missing"}
    recover(folder / "home", _home(folder).ask(1, 2), clock_at(AGAIN), use_keyring=False)
    _whole(folder, last="station.slips_used")
    assert any(path.read_text() == "ab" * 32 for path in (folder / "home" / "aside").rglob("store.key*"))


# -- restore --------------------------------------------------------------------------------------------------------


def _backed_up(folder: Path) -> None:
    _filled(folder)
    _home(folder).back_up(folder / "stick.backup")
    (folder / "home").rename(folder / "dead")


def _restore(folder: Path, *, ring: bool = False) -> None:
    restore(folder / "stick.backup", folder / "home", _home(folder).ask(0, 1), clock_at(LATER), use_keyring=ring)


def _restore_holds(folder: Path, *, ring: bool = False) -> None:
    said = _start(folder, ring=ring)
    assert said in {"opened", "station.restoring", "store.none"}, said
    if said == "station.restoring":
        assert _start(folder, ring=ring, begin=True) == said, "no first run begins in what is there by half"
    if said != "opened":
        restore(folder / "stick.backup", folder / "home", _home(folder).ask(1, 2), clock_at(AGAIN), use_keyring=ring)
    _whole(folder, last="station.restored", ring=ring)
    with firm_ground(folder / "home", clock_at(AGAIN), use_keyring=ring) as ground, ground.store.reading() as tx:
        assert identity.leap(tx) is not None
    assert (folder / "home" / "settings.toml").read_text() == "window = '7'\n"
    assert not {path.name for path in (folder / "home").iterdir()} & {"restoring", "restored.part"}


def _given_up(folder: Path) -> None:
    _filled(folder)
    home = _home(folder)
    home.back_up(folder / "stick.backup")
    (home.path / "recovery.json").unlink()      # nobody made slips here: the key that went aside must do
    (home.path / "cases.db").write_bytes(b"spoilt")
    begin_anew(home.path, "a reason", clock_at(NOW))


def _restore_by_own_key(folder: Path) -> None:
    restore(folder / "stick.backup", folder / "home", no_slips, clock_at(LATER), use_keyring=False)


def _restore_by_own_key_holds(folder: Path) -> None:
    if _start(folder) != "opened":
        restore(folder / "stick.backup", folder / "home", no_slips, clock_at(AGAIN), use_keyring=False)
    _whole(folder, last="station.restored")
    assert not anew.given_up(folder / "home")
    assert [path.read_bytes() for path in (folder / "home" / "aside").rglob("cases.db")] == [b"spoilt"]


# -- a new beginning ------------------------------------------------------------------------------------------------


def _begin_anew(folder: Path) -> None:
    begin_anew(folder / "home", "a reason", clock_at(LATER))
    with firm_ground(folder / "home", clock_at(LATER), use_keyring=False, begin=True):
        pass


def _begin_anew_holds(folder: Path) -> None:
    kept = {name: (folder / "home" / name).read_bytes() for name in ("settings.toml",)}
    said = _start(folder)
    assert said in {"opened", "station.beginning_anew", "store.none"}, said
    if said == "store.none":
        assert _start(folder, begin=True) == "opened"
    elif said != "opened" or not (folder / "home" / "aside").exists():      # the old store, still: nothing was moved yet
        begin_anew(folder / "home", "a reason", clock_at(AGAIN))
        assert _start(folder, begin=True) == "opened"
    with firm_ground(folder / "home", clock_at(AGAIN), use_keyring=False) as ground, ground.store.reading() as tx:
        assert [row.what for row in journal.rows_from(tx, 1)] == ["station.began_anew"]
        assert identity.leap(tx) is not None
    assert not anew.given_up(folder / "home")
    (aside,) = (folder / "home" / "aside").iterdir()
    key = keys.load_key(aside)
    assert key is not None
    with firm_ground(aside, clock_at(AGAIN), use_keyring=False) as old, old.store.reading() as tx:
        assert [row.what for row in journal.rows_from(tx, 1)] == ["user.added"], "the old store is whole"
        (page,) = old.store.vault.files()
        assert attachments.get(tx, page.name.partition(".")[0]) == PAGE
    assert all((folder / "home" / name).read_bytes() == content for name, content in kept.items())


# -- a backup -------------------------------------------------------------------------------------------------------


def _scheduled(folder: Path, at: Any) -> None:
    with firm_ground(folder / "home", clock_at(at), use_keyring=False) as ground:
        Backups(folder / "home", ground.store, Schedule(folder / "stick", 4, 1), "003", clock_at(at)).make_scheduled()


def _one_backup(folder: Path) -> None:
    _filled(folder)
    _scheduled(folder, NOW)


def _back_up(folder: Path) -> None:
    _scheduled(folder, LATER)


def _back_up_holds(folder: Path) -> None:
    key = keys.load_key(folder / "home")
    assert key is not None
    good = sorted((folder / "stick").glob("*.backup"))
    assert good, "the only good one is never deleted"
    for number, path in enumerate(good):
        backup.unpack(backup.look(path), key, folder / f"unpacked-{number}")
    _scheduled(folder, AGAIN)
    assert len(list((folder / "stick").iterdir())) == 1, "what a kill left is cleared away"
    _whole(folder, last="backup.made")


DEEDS: dict[str, Deed] = {
    "first-run": Deed(_nothing, _first_run, _first_run_holds),
    "first-run-with-ring": Deed(_nothing, lambda folder: _first_run(folder, ring=True), lambda folder: _first_run_holds(folder, ring=True),
                                private=True),
    "key-in-ring": Deed(_key_in_ring, lambda folder: _start(folder, ring=True), _key_in_ring_holds),
    "new-slips": Deed(_filled, _new_slips, _new_slips_hold),
    "recover": Deed(_key_lost, _recover, _recover_holds),
    "restore": Deed(_backed_up, _restore, _restore_holds),
    "restore-with-ring": Deed(_backed_up, lambda folder: _restore(folder, ring=True), lambda folder: _restore_holds(folder, ring=True),
                              private=True),
    "restore-by-own-key": Deed(_given_up, _restore_by_own_key, _restore_by_own_key_holds),
    "begin-anew": Deed(_filled, _begin_anew, _begin_anew_holds),
    "backup": Deed(_one_backup, _back_up, _back_up_holds),
}
CARELESS = "careless-key"


class Counter:
    """Counts durable steps below a folder, and dies before one of them."""

    def __init__(self, folder: Path, die_before: int) -> None:
        self.steps: list[str] = []
        self._folder, self._die_before = str(folder), die_before

    def step(self, what: str) -> None:
        self.steps.append(what)
        if len(self.steps) == self._die_before:
            print(json.dumps({"step": self._die_before, "before": what.replace(self._folder, "")}), flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """From now on. Only in a child: an audit hook is for life."""
        fsync, write, connect = os.fsync, os.write, dbapi2.connect

        def heard(event: str, args: tuple[Any, ...]) -> None:
            if event == "open" and isinstance(args[2], int) and args[2] & _WRITES and str(args[0]).startswith(self._folder):
                self.step(f"open {args[0]}")
            elif event in _CHANGES and any(self._folder in str(argument) for argument in args):
                self.step(f"{event} {args[0]}")

        def fsync_seen(handle: int) -> None:
            self.step("fsync")
            fsync(handle)

        def write_seen(handle: int, data: bytes) -> int:
            if handle > 2:
                self.step("write")
            return write(handle, data)

        def connected(*args: Any, **kwargs: Any) -> Any:
            connection = connect(*args, **kwargs)
            connection.set_trace_callback(statement)
            return connection

        def statement(sql: str) -> None:
            if not sql.startswith(("SELECT", "PRAGMA")) or "journal_mode" in sql:
                self.step(f"sql {sql.split('(', maxsplit=1)[0][:40]}")

        os.fsync, os.write, dbapi2.connect = fsync_seen, write_seen, connected      # type: ignore[assignment]
        sys.addaudithook(heard)


def _done_in_child(deed: Deed, folder: Path, die_before: int) -> tuple[bool, int]:
    """Whether it was killed, and how many steps the deed has (when it was not)."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            counter = Counter(folder, die_before)
            counter.watch()
            deed.do(folder)
            counter_steps = str(len(counter.steps)).encode()
            counter.step = lambda what: None        # type: ignore[method-assign]
            os.write(writer, counter_steps)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    ended = os.waitpid(child, 0)[1]
    told = os.read(reader, 20)
    os.close(reader)
    if os.WIFSIGNALED(ended):
        return True, 0
    assert ended == 0, "the deed itself failed"
    return False, int(told)


def _copy(template: Path, to: Path) -> Path:
    shutil.copytree(template, to)
    return to


def main(where: Path, name: str, spread: int) -> None:
    deed = Deed(_key_in_ring, _key_moved_carelessly, _key_in_ring_holds) if name == CARELESS else DEEDS[name]
    ring = RingOnDisk()     # type: ignore[no-untyped-call]
    keyring.set_keyring(ring)
    os.environ["HOME"] = str(where / "nobody")
    template = where / "template"
    ring.path = where / "template-ring" / "ring.json"
    ring.path.parent.mkdir()
    deed.prepare(template)

    def tried(number: int, die_before: int) -> tuple[Path, bool, int]:
        folder = _copy(template, where / str(number))
        shutil.copytree(where / "template-ring", folder / "ring")
        ring.path = folder / "ring" / "ring.json"
        if deed.private:
            os.environ["HOME"] = str(folder)
        return folder, *_done_in_child(deed, folder, die_before)

    folder, killed, count = tried(0, 1 << 30)
    assert not killed
    deed.holds(folder)
    shutil.rmtree(folder)
    steps = list(range(1, count + 1))
    if spread:
        steps = sorted({steps[at * (count - 1) // max(1, spread - 1)] for at in range(spread)})
    bad = kills = 0
    for step in steps:
        folder, killed, _ = tried(step, step)
        kills += killed     # the last step or two may not come: a connection that is collected rolls back, or was collected before
        try:
            deed.holds(folder)
        except Exception as error:  # noqa: BLE001 - every step is tried, and told with what went wrong
            bad += 1
            print(json.dumps({"step": step, "lost": f"{type(error).__name__}: {error}"}), flush=True)
        else:
            shutil.rmtree(folder)
    print(json.dumps({"deed": name, "steps": count, "killed": kills, "bad": bad}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0)
