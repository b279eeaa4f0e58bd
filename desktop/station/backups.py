"""When backups are made, where they lie and how many are kept. What is in one: db/backup.py.

The schedule's backups go into one folder, which only the settings name. A new one is read back before an older one goes, so the last
good one is never deleted. `last-backup.json` in the home remembers the newest, whoever asked for it.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db import backup, identity, journal
from db.backup import BackupReport
from db.faults import UNWRITABLE, StoreFault, from_os, on_disk
from db.store import Store
from desktop.domain.trusted_time import TrustedTime
from desktop.station import recovery
from desktop.station.files import write_whole
from desktop.station.owner import BACKUP, owning

LAST = "last-backup.json"
SCHEDULE = "system"
"""Who the journal names for a backup that nobody asked for."""
_BESIDE = ("settings.toml", "themes/**/*.toml", "calendar/*.toml", "codes/*.toml")
"""What of a home a second PC needs to be the same window. Devices are the PC's own."""
_MOST_BESIDE = 8_000_000
_STAMP = "%Y%m%dT%H%M%SZ"
_UNFINISHED = (".part", ".copy", ".copy-wal", ".copy-shm")


@dataclass(frozen=True)
class LastBackup:
    """The newest backup that was made here and read back."""

    at: datetime
    file: str
    store: str
    """Id of the store."""


def last(home: Path) -> LastBackup | None:
    """None when none was ever made, or nobody can tell. Raises StoreFault."""
    try:
        table = json.loads((home / LAST).read_bytes())
        return LastBackup(datetime.fromisoformat(table["at"]).astimezone(UTC), str(table["file"]), str(table["store"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise from_os(error) from error
    except (ValueError, TypeError, KeyError):
        return None


@dataclass(frozen=True)
class Schedule:
    """How the settings want it. `folder` None = there is no schedule."""

    folder: Path | None
    hours: int
    keep: int


class Backups:
    """The backups of an open store."""

    def __init__(self, home: Path, store: Store, schedule: Schedule, window_code: str, time: TrustedTime) -> None:
        self._home, self._store, self._schedule, self._time = home, store, schedule, time
        with store.reading() as tx:
            self._store_id = identity.store_id(tx)
        self._name = f"oncedesk-{window_code}-{self._store_id[:8]}"

    def due(self) -> bool:
        """Whether the schedule wants one now; never on a disk that cannot be written to."""
        if self._schedule.folder is None or self._store.readonly is not None:
            return False
        made = last(self._home)
        if made is None or made.store != self._store_id:
            return True
        # A clock that was put back must not keep backups from being made.
        return not timedelta(0) <= self._time.now() - made.at < timedelta(hours=self._schedule.hours)

    def make_scheduled(self) -> BackupReport:
        """The schedule's next backup; older ones go when it is good.

        Raises StoreFault (`backup.folder` when the folder is not there, full, or not to be written to), Owned (`backup.running`), NoFolder.
        """
        folder = self._schedule.folder
        if folder is None:
            raise NoFolder
        try:
            return self._scheduled(folder)
        except StoreFault as fault:
            if fault.code not in {*UNWRITABLE, "store.io"}:
                raise
            raise StoreFault("backup.folder", fault.detail) from fault

    def _scheduled(self, folder: Path) -> BackupReport:
        with owning(self._home, BACKUP), on_disk():
            # Only the last folder is made: below a stick that was pulled out it would come to lie on this PC's own disk.
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700)
            for left in self._unfinished(folder):
                left.unlink(missing_ok=True)
            report = self._make(folder / f"{self._name}-{self._time.now().strftime(_STAMP)}.backup", SCHEDULE)
            for old in self._kept(folder)[self._schedule.keep:]:
                old.unlink(missing_ok=True)
            return report

    def make(self, out: Path, who: str) -> BackupReport:
        """A backup that somebody asked for, in a file of his choice. Raises StoreFault, Owned (`backup.running`)."""
        with owning(self._home, BACKUP):
            return self._make(out, who)

    def _make(self, out: Path, who: str) -> BackupReport:
        at = self._time.now()
        sets = recovery.read(self._home)
        report = backup.make(self._store, out, at, recovery=recovery.content(sets), beside=_beside(self._home))
        backup.read_back(out)
        with self._store.transaction() as tx:
            journal.append(tx, at, who, "backup.made", None, {"rows": report.journal_count, "bytes": report.size,
                                                              "slips": [one.number for one in sets]})
        write_whole(self._home / LAST, json.dumps({"at": at.isoformat(), "file": str(out.absolute()), "store": self._store_id}).encode())
        return report

    def _kept(self, folder: Path) -> list[Path]:
        """Finished backups of this store's schedule, newest first."""
        ours = re.compile(rf"{re.escape(self._name)}-[0-9]{{8}}T[0-9]{{6}}Z\.backup")
        return sorted((path for path in folder.iterdir() if ours.fullmatch(path.name)), key=lambda path: path.name, reverse=True)

    def _unfinished(self, folder: Path) -> list[Path]:
        """What kills left of this store's schedule; we hold the lock, so nobody is at it."""
        return [path for path in folder.iterdir() if path.name.startswith(f"{self._name}-") and path.name.endswith(_UNFINISHED)]


class NoFolder(Exception):
    """The settings name no folder for the schedule's backups."""

    code = "backup.no_folder"


def _beside(home: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    room = _MOST_BESIDE
    with on_disk():
        for path in sorted(path for pattern in _BESIDE for path in home.glob(pattern) if path.is_file()):
            name = path.relative_to(home).as_posix()
            if may_lie_beside(name) and (size := path.stat().st_size) <= room:
                found[name] = path.read_bytes()
                room -= size
    return found


def may_lie_beside(name: str) -> bool:
    """Whether a backup may bring a file of this name into a home."""
    return re.fullmatch(r"settings\.toml|(themes|calendar|codes)(/[\w][\w.-]*){1,3}\.toml", name) is not None

