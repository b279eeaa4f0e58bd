"""A backup becomes the store of a home, in stages that a kill cannot break: unpacking, clearing, placing.

Until a marker says `clearing`, nothing of the home is touched but a folder of our own; from then on the same command, with the same
slips, goes on where it was. Every piece is moved, none is written in its place, and the database comes last.
"""

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from db import backup, identity, journal, schema
from db.backup import BackupReport, Contents
from db.faults import StoreFault, StoreLocked, on_disk
from db.modes import make_folder
from db.store import DB_NAME, Store, connect_encrypted
from db.vault import fsync, fsync_folder
from desktop.domain.hall_time import day_of, second_of
from desktop.station import anew, keys, recovery, witness
from desktop.station.backups import may_lie_beside
from desktop.station.clock import Clock
from desktop.station.files import put_aside, write_whole
from desktop.station.ground import firm_ground
from desktop.station.markers import ANEW, BEGINNING, RESTORING, STAGING, done, mark, marked
from desktop.station.owner import WINDOW, owning
from desktop.station.recovery import Ask, SlipSet
from desktop.station.witness import Testimony, Witness

_SETTINGS = "settings"
"""The folder in STAGING for what is put where nothing lies."""
_MOVED = (recovery.FILE, witness.FILE, "attachments", DB_NAME)
"""Out of STAGING into the home, in this order."""
_CLEARED = (f"{DB_NAME}-wal", f"{DB_NAME}-shm", *_MOVED, BEGINNING)


@dataclass(frozen=True)
class Restored:
    """What was restored."""

    report: BackupReport
    slips: int
    """Number of the set whose slips opened it; 0 = this home's own key did."""
    newer_rows: int
    """Rows that this home's witness saw after the backup; they are not in it."""
    earlier: bool
    """It is another backup than the one that was asked for: its restore had been broken off and is finished now."""


def key_for(contents: Contents, home: Path, ask: Ask) -> tuple[bytes, int]:
    """The key of a backup: this home's, or the one that two slips give; with the number of their set, or 0.

    Raises SlipRefused, StoreFault (`recovery.none`: no slips were ever made for it), StoreLocked(`store.wrong_key`).
    """
    if (own := _own_key(home)) is not None and backup.opens_with(contents, own):
        return own, 0
    key, number = recovery.key_by_slips(contents.recovery, ask)
    if not backup.opens_with(contents, key):
        raise StoreLocked("store.wrong_key")
    return key, number


def check(file: Path, home: Path, ask: Ask) -> BackupReport:
    """Look at everything in a backup; unpacked on this PC for as long, for a stick may be full or not to be written to.

    Raises what `restore` raises.
    """
    contents = backup.look(file)
    room = home if home.is_dir() else Path(tempfile.gettempdir())
    backup.must_have_room(contents, room)
    key, _ = key_for(contents, home, ask)
    with on_disk(), tempfile.TemporaryDirectory(prefix="checking-", dir=room) as folder:
        return backup.unpack(contents, key, Path(folder)).report


def restore(file: Path, home: Path, ask: Ask, clock: Clock, *, use_keyring: bool = True, today: date | None = None) -> Restored:
    """Make a backup the store of a home that has none, or finish one that was broken off.

    The numbers of this store leap, and its journal says that it was restored. `today`: the day that a person confirms where the
    clock is in doubt. Raises StoreFault (`store.exists`, `backup.…`), SlipRefused, ClockDoubted, Owned.
    """
    contents = backup.look(file)
    _must_be_empty(home)
    begun = marked(home, RESTORING) or {}
    if begun.get("stage") in {"clearing", "placing"}:
        key = _key_of_begun(home, ask)
    else:
        begun = {}
        backup.must_have_room(contents, home)
        clock.stand_on_any(contents.made_at, *(seen.at for seen in (_seen(home),) if seen))
        clock.sure_on(today)
        key, number = key_for(contents, home, ask)
    with owning(home, WINDOW), on_disk():
        if not begun:
            _must_be_empty(home)        # still: now nobody else begins a store here
            begun = _unpacked(contents, home, key, clock, number, today)
        if begun["stage"] == "clearing":
            begun = _cleared(home, begun)
        _place(home, key, begun, ring=keys.ring_of(home, wanted=use_keyring))
    with firm_ground(home, clock, use_keyring=use_keyring):
        pass        # it opens, and its witness knows it: only now is it restored
    return Restored(BackupReport(**{**begun["report"], "missing": tuple(begun["report"]["missing"])}), begun["slips"],
                    begun["newer_rows"], begun["digest"] != contents.digest)


def _must_be_empty(home: Path) -> None:
    if marked(home, RESTORING) is None and marked(home, BEGINNING) is None:
        evidence = home / "attachments"
        if (home / DB_NAME).exists() or (evidence.is_dir() and any(evidence.iterdir())):
            raise StoreFault("store.exists")


def _unpacked(contents: Contents, home: Path, key: bytes, clock: Clock, number: int, today: date | None) -> dict[str, Any]:
    """Unpack, prove and prepare everything in STAGING; on any failure the home is as it was."""
    staging = home / STAGING
    mark(home, RESTORING, {"stage": "unpacking"})
    try:
        shutil.rmtree(staging, ignore_errors=True)
        unpacked = backup.unpack(contents, key, staging)
        seen = _seen(home)
        begun = {
            "stage": "clearing", "digest": contents.digest, "slips": number, "report": vars(unpacked.report),
            "seen": _take_over(staging, key, clock, contents, number, marked(home, ANEW) or {}, today).text()}
        begun["newer_rows"] = max(0, seen.count - contents.rows) if seen and seen.store_id == contents.store_id else 0
        begun["aside"] = anew.stamp(clock.now())
        sets = _own_sets(home) if number == 0 else ()
        if kept := recovery.content(sets) or contents.recovery:
            write_whole(staging / recovery.FILE, kept)
        for name, content in unpacked.beside.items():
            if may_lie_beside(name):
                write_whole(staging / _SETTINGS / name, content)
        fsync_folder(staging)
        mark(home, RESTORING, begun)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        done(home, RESTORING)
        raise
    return begun


def _take_over(staging: Path, key: bytes, clock: Clock, contents: Contents, number: int, anew_because: Mapping[str, Any],
               today: date | None) -> Testimony:
    """Have the unpacked store know that it takes another's place, and give it a witness."""
    with closing(Store.open(staging / DB_NAME, key)) as store:
        with store.reading() as tx:
            newest = journal.row(tx, journal.head(tx)[0])
        clock.stand_on_any(newest.at if newest else None)
        at = clock.sure_on(today)
        with store.transaction() as tx:
            identity.leap_numbers(tx, day_of(at), second_of(at))
            row = journal.append(tx, at, "system", "station.restored", None, {
                "rows": contents.rows, "head": newest.digest if newest else journal.START, "made_at": contents.made_at.isoformat(),
                "slips": number, **({"reason_base64": anew_because["reason"]} if anew_because.get("reason") else {})})
            seen = Testimony(identity.store_id(tx), row.seq, row.digest, schema.newest(), row.at)
        eye = store.derived(witness.PURPOSE)
    Witness(staging, eye).note(seen)
    for name in (DB_NAME, witness.FILE):
        fsync(staging / name)
    return seen


def _cleared(home: Path, begun: Mapping[str, Any]) -> dict[str, Any]:
    """What still lies there, of a first run that was broken off or a store whose database is gone, goes aside."""
    put_aside(home, _CLEARED, home / "aside" / begun["aside"])
    placing = {**begun, "stage": "placing"}
    mark(home, RESTORING, placing)
    return placing


def _place(home: Path, key: bytes, begun: Mapping[str, Any], *, ring: bool) -> None:
    staging = home / STAGING
    keys.give_back(home, key, home / "aside" / begun["aside"], ring=ring)
    for piece in sorted(path for path in (staging / _SETTINGS).rglob("*") if path.is_file()):
        to = home / piece.relative_to(staging / _SETTINGS)
        if not to.exists():
            make_folder(to.parent)
            piece.rename(to)
    for name in _MOVED:
        if (staging / name).exists():
            with suppress(OSError):
                (home / name).rmdir()       # an empty folder for evidence
            (staging / name).rename(home / name)
    fsync_folder(home)
    if ring:
        _renew_note(home, begun["seen"])
    done(home, ANEW)        # not earlier: it says where the key was put aside
    shutil.rmtree(staging, ignore_errors=True)
    done(home, RESTORING)


def _renew_note(home: Path, text: str) -> None:
    """Else the key ring would go on telling of rows that are not in the backup."""
    seen = witness.testimony_of(text)
    witness.keep_note(home, seen)
    if witness.note_of(home) != seen:
        raise StoreLocked("store.keyring")


def _key_of_begun(home: Path, ask: Ask) -> bytes:
    """The key of a restore that is being placed; the home may have it by now."""
    there = next((path for path in (home / STAGING / DB_NAME, home / DB_NAME) if path.exists()), None)
    if there is None:
        raise StoreFault("store.missing")
    own = _own_key(home)
    if own is None or not _opens(there, own):
        kept = next((path.read_bytes() for path in (home / STAGING / recovery.FILE, home / recovery.FILE) if path.exists()), b"")
        own, _ = recovery.key_by_slips(kept, ask)
    connect_encrypted(there, own, lies_still=True).close()
    return own


def _opens(path: Path, key: bytes) -> bool:
    try:
        connect_encrypted(path, key, lies_still=True).close()
    except StoreLocked:
        return False
    return True


def _homes(home: Path) -> tuple[Path, ...]:
    """The home, and where a new beginning put aside what was in it."""
    stamp = (marked(home, ANEW) or {}).get("aside")
    return (home, home / "aside" / stamp) if stamp else (home,)


def _own_key(home: Path) -> bytes | None:
    return next((key for folder in _homes(home) if (key := keys.key_or_lost(folder)) is not None), None)


def _own_sets(home: Path) -> tuple[SlipSet, ...]:
    return next((sets for folder in _homes(home) if (sets := recovery.read(folder))), ())


def _seen(home: Path) -> Testimony | None:
    return next((seen for folder in _homes(home) if (seen := witness.claim(folder))), None)
