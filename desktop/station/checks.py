"""The one list of checks: the start window, `doctor`, `--self-check`, the first run and the devices page read it.

A check is one function that says what it saw, and one row of wording. What other rooms can be asked is handed over by app.
"""

import logging
import platform
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from desktop import wording
from desktop.diagnostics import kind_of
from desktop.domain.hall_time import local
from desktop.domain.station_check import Checked, Severity
from desktop.domain.trusted_time import ClockDoubted
from desktop.settings import chosen_keys
from desktop.station import backups, keys, owner, recovery
from desktop.station.answers import REQUIRED
from desktop.station.backups import Schedule
from desktop.station.clock import Clock
from desktop.station.disk import PLENTY, Ballast, free
from desktop.station.ground import Ground
from desktop.text_file import UTF8, NotText, decoded

_log = logging.getLogger(__name__)

ENOUGH_DISK = 2_000_000_000
"""Bytes: some weeks of evidence."""
OLD_BACKUP = 3
"""Days: a weekend passes unasked."""
_EDITED = ("settings.toml", "devices.toml")


@dataclass(frozen=True)
class Seen:
    """What a look gave. `code` is of wording.toml, empty when all is well; `saw` is free of personal data."""

    saw: str
    code: str = ""
    severity: Severity = "ok"
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One thing to look at. `id` is stable: scripts read it."""

    id: str
    look: Callable[[], Seen]
    slow: bool = False
    """Seconds, or a device that moves: not at every start."""


def run(checks: Iterable[Check], *, quick: bool = False) -> tuple[Checked, ...]:
    """All of them, or those that are not slow, in order; one that breaks is a finding of its own and no end."""
    return tuple(_checked(check) for check in checks if not (quick and check.slow))


def _checked(check: Check) -> Checked:
    try:
        seen = check.look()
    except Exception as error:  # noqa: BLE001 - the edge of a check: whatever goes wrong in it is what it found
        code, params = wording.fault_code(error), wording.params_of(error)
        if not wording.known(code):
            _log.warning("check %s: %s", check.id, kind_of(error), exc_info=True)
            code, params = "check.broken", {"kind": kind_of(error)}
        seen = Seen(type(error).__name__, code, "fault", params)
    if not seen.code:
        return Checked(check.id, seen.severity, wording.say(f"check.{check.id.partition(':')[0]}"), "", seen.saw)
    say, do = wording.say(seen.code, **seen.params), wording.remedy(seen.code, **seen.params)
    return Checked(check.id, seen.severity, say, do, seen.saw, seen.code)


def machine() -> Seen:
    """What this PC is."""
    return Seen(f"{platform.system()} {platform.release()}, Python {platform.python_version()}")


def disk(home: Path) -> Seen:
    """Room for evidence."""
    folder = next(path for path in (home.resolve(), *home.resolve().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    return Seen(f"{free / 1e9:.1f} GB", *(() if free > ENOUGH_DISK else ("check.disk_low", "warning")))


def setup(home: Path) -> Seen:
    """Whether somebody has said which window this is: what is built in stands for an invented hall."""
    lacking = [key for key in REQUIRED if key not in chosen_keys(home)]
    return Seen(", ".join(lacking), *(("check.not_set_up", "warning", {"keys": ", ".join(lacking)}) if lacking else ()))


def edited_files(home: Path) -> Seen:
    """Whether what people edited can be read without guessing."""
    strange = {}
    for path in (home / name for name in _EDITED):
        if path.exists():
            try:
                encoding = decoded(path.read_bytes(), path)[1]
            except NotText:
                encoding = "?"
            if encoding != UTF8:
                strange[path.name] = encoding
    if not strange:
        return Seen("UTF-8")
    name, encoding = next(iter(strange.items()))
    return Seen(f"{name}: {encoding}", "check.not_utf8", "warning", {"file": name, "encoding": encoding})


def key(home: Path) -> Seen:
    """Where the store's key lies."""
    return Seen(keys.key_place(home))


def made_backups(home: Path, schedule: Schedule, now: datetime) -> Seen:
    """How old the newest backup is, and whether others will follow."""
    made = backups.last(home)
    if made is None:
        return Seen("", "check.backup_none", "warning")
    days = max(0, (now - made.at).days)
    saw = f"{made.at:%Y-%m-%d %H:%M} UTC"
    if days >= OLD_BACKUP:
        return Seen(saw, "check.backup_old", "warning", {"days": str(days)})
    if schedule.folder is None:
        return Seen(saw, "check.backup_by_hand", "warning", {"days": str(days)})
    if not Path(made.file).exists():
        return Seen(saw, "check.backup_out_of_sight", "note", {"file": made.file})
    return Seen(saw, *(("check.backup_same_disk", "note") if Path(made.file).stat().st_dev == home.stat().st_dev else ()))


def slips(home: Path) -> Seen:
    """Whether people hold slips that bring the key back."""
    sets = recovery.read(home)
    if waiting := [one for one in sets if not one.handed_out]:
        return Seen(str(waiting[0].number), "check.slips_waiting", "warning", {"number": str(waiting[0].number)})
    return Seen(str(sets[0].number)) if sets else Seen("", "check.no_slips", "warning")


def ballast(kept: Ballast) -> Seen:
    """The room that a full disk gives back."""
    if kept.held or not kept.size:
        return Seen(f"{kept.size // 1_000_000} MB")
    short = free(kept.folder) < PLENTY * kept.size if kept.folder.exists() else False
    return Seen("", "check.no_ballast", "warning" if short else "note")


def window(home: Path) -> Seen:
    """Whether a window is open on this home."""
    return Seen("", "check.window_open", "note") if owner.held(home, owner.WINDOW) else Seen("")


def store(ground: Ground, stopped: str) -> Seen:
    """The store, opened on firm ground. `stopped`: why the province refuses this PC, if it does."""
    if ground.store.readonly is not None:
        return Seen(ground.store.readonly.detail, ground.store.readonly.code, "fault")
    if stopped:
        return Seen(ground.identity.installation_id, stopped, "fault")
    if ground.unwitnessed:
        return Seen("", "store.unwitnessed", "warning")
    return Seen(ground.identity.installation_id)


def clock(time: Clock) -> Seen:
    """This PC's clock beside the store."""
    if (doubt := time.doubt()) is None:
        return Seen(f"{local(time.now()):%Y-%m-%d %H:%M}")
    found = ClockDoubted(doubt)
    return Seen(str(found.shown), found.code, "warning", wording.params_of(found))
