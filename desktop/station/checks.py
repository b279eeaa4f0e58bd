"""The one list of checks: the start window, `doctor`, `--self-check`, the first run and the devices page read it.

A check is one function that says what it saw, and one row of wording. What other rooms can be asked is handed over by app.
"""

import logging
import platform
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from desktop import wording
from desktop.domain.trusted_time import ClockDoubted
from desktop.settings import chosen_keys
from desktop.station import keys
from desktop.station.answers import REQUIRED
from desktop.station.clock import Clock
from desktop.station.ground import Ground
from desktop.text_file import UTF8, NotText, decoded

_log = logging.getLogger(__name__)

Severity = Literal["ok", "note", "warning", "fault"]
"""note: worth knowing; warning: works, but not for long or not well; fault: somebody must see to it."""
ENOUGH_DISK = 2_000_000_000
"""Bytes: some weeks of evidence."""
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


@dataclass(frozen=True)
class Finding:
    """What a check found, in words."""

    id: str
    severity: Severity
    sentence: str
    remedy: str
    saw: str

    @property
    def ok(self) -> bool:
        """Whether nobody need do anything."""
        return self.severity in {"ok", "note"}


def run(checks: Iterable[Check]) -> tuple[Finding, ...]:
    """All of them, in order; one that breaks is a finding of its own and no end."""
    return tuple(_found(check) for check in checks)


def _found(check: Check) -> Finding:
    try:
        seen = check.look()
    except Exception as error:  # noqa: BLE001 - the edge of a check: whatever goes wrong in it is what it found
        code = wording.fault_code(error)
        if not wording.known(code):
            _log.warning("check %s: %s", check.id, type(error).__name__, exc_info=True)
            code = "check.broken"
        seen = Seen(type(error).__name__, code, "fault", wording.params_of(error))
    if not seen.code:
        return Finding(check.id, seen.severity, wording.say(f"check.{check.id.partition(':')[0]}"), "", seen.saw)
    return Finding(check.id, seen.severity, wording.say(seen.code, **seen.params), wording.remedy(seen.code, **seen.params), seen.saw)


def machine() -> Seen:
    """What this PC is."""
    return Seen(f"{platform.system()} {platform.release()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")


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


def store(ground: Ground, clock: Clock) -> Seen:
    """The store, opened on firm ground, and this PC's clock beside it."""
    if ground.store.readonly is not None:
        return Seen(ground.store.readonly.detail, ground.store.readonly.code, "fault")
    if (doubt := clock.doubt()) is not None:
        found = ClockDoubted(doubt)
        return Seen(str(found.shown), found.code, "warning", wording.params_of(found))
    if ground.unwitnessed:
        return Seen("", "store.unwitnessed", "warning")
    return Seen(ground.identity.installation_id)
