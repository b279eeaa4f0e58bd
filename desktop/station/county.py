"""Taking the county's file: looked at whole, shown, then applied whole or not at all. Its bytes and signature: county_file.py.

What it brings is staged, a marker is set, and from then on the way leads forward: whoever finds the marker goes on (`finish`). What it
replaces lies under `aside/<time>/`. Who may take one, the caller asks.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from db import journal, users
from db import settings as kept
from db.faults import from_os
from db.store import Store, Tx
from desktop.domain.answers import Difference
from desktop.domain.calendar_table import changed_days
from desktop.domain.codes import Codes
from desktop.domain.county import (
    CALENDAR,
    SETTINGS,
    CountyFile,
    Offer,
    PersonChange,
    PieceChange,
    may_be_named,
    same_fingerprint,
)
from desktop.domain.themes import PackError, change_note, diff
from desktop.settings import COUNTY_KEYS, Settings, SettingsError, chosen_keys, load_settings, read_table
from desktop.shelf import RESOURCES, BrokenTable, Packs, read_calendar, read_codes, read_pack
from desktop.station.county_file import CountyRefused, parsed
from desktop.station.files import aside_of, remove, write_whole
from desktop.station.setup import COUNTY_KEY, NoAdministrator, enlist

MARKER, STAGED = "county.taking", "county.staged"
_SERIAL, _DIGEST, _TAKING = "county.serial", "county.digest", "county.taking"
_MOST_NOTES = 20
"""Sentences on one pack; `oncedesk themes diff` has them all."""
_NO_TABLE = (BrokenTable, RecursionError, AttributeError, ArithmeticError, MemoryError, TypeError, ValueError, LookupError)
"""What a hostile table does to its reader."""
_STAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z")


@dataclass(frozen=True)
class Taken:
    """What taking changed."""

    serial: int
    pieces: tuple[str, ...]
    people: tuple[str, ...]
    aside: Path
    """Where what was replaced is kept; not there when nothing was."""


def unfinished(home: Path) -> bool:
    """Whether a taking was broken off: what the county brought is here by half."""
    return (home / MARKER).exists()


def must_be_whole(home: Path) -> None:
    """Raises CountyRefused (`county.unfinished`)."""
    if unfinished(home):
        raise CountyRefused("county.unfinished")


def offer(home: Path, file: CountyFile, tx: Tx | None, trusted_key: str = "") -> Offer:
    """What taking the file would change; nothing is written. `tx` None = there is no store yet, then `trusted_key` is what is known.

    Raises CountyRefused for whatever would not be taken, but for a key nobody has confirmed yet: the offer says so.
    """
    known = (kept.get(tx, COUNTY_KEY) if tx is not None else None) or trusted_key
    if known and known != file.key:
        raise CountyRefused("county.other_key", fingerprint=file.fingerprint)
    present = int((kept.get(tx, _SERIAL) if tx is not None else None) or 0)
    if file.serial < present:
        raise CountyRefused("county.older", serial=file.serial, present=present)
    if tx is not None and file.serial == present and kept.get(tx, _DIGEST) != file.digest:
        raise CountyRefused("county.same_serial", serial=file.serial)
    for name in file.pieces:
        _must_have_room(home, name)
    with _unpacked(home, file) as folder:
        settings, before = _settings(home, file, folder), load_settings(home)
        codes = _codes(home, file, folder)
        notes = _calendar_notes(home, file, folder) | _pack_notes(file, folder, codes, settings)
    pieces = tuple(PieceChange(name, _kind(home / name, data), hashlib.sha256(data).hexdigest(), notes.get(name, ()))
                   for name, data in file.pieces.items())
    differs = tuple(Difference(key, str(getattr(before, key)), str(getattr(settings, key))) for key in COUNTY_KEYS
                    if getattr(before, key) != getattr(settings, key))
    return Offer(file.serial, present, file.region, codes.region_name(file.region), file.made_at, file.fingerprint, trusted=bool(known),
                 pieces=pieces, people=_people(file, tx) if tx is not None else (), settings=differs)


def take(home: Path, store: Store, file: CountyFile, by: str, at: datetime, new_id: Callable[[], str], *, fingerprint: str = "",
         settle: Callable[[], object] = lambda: None) -> Taken:
    """Take the file. `fingerprint`: the key's, as somebody typed it, where this PC knows no key yet. `settle` is called before the end.

    Raises CountyRefused, StoreFault; after a kill `finish` goes on.
    """
    must_be_whole(home)
    with store.reading() as tx:
        seen = offer(home, file, tx)
        again = kept.get(tx, _DIGEST) == file.digest
    if not seen.trusted:
        if not same_fingerprint(fingerprint, file.fingerprint):
            raise CountyRefused("county.fingerprint" if fingerprint else "county.unknown_key", fingerprint=file.fingerprint)
        with store.transaction() as tx:
            kept.put(tx, COUNTY_KEY, file.key)
            journal.append(tx, at, by, "county.key_trusted", None, {"fingerprint": file.fingerprint})
    aside = aside_of(home, at)
    if again and not seen.changes:
        return Taken(file.serial, (), (), aside)
    fresh = [piece.name for piece in seen.pieces if piece.kind == "new"]
    write_whole(home / STAGED, file.data)
    write_whole(home / MARKER, json.dumps({"id": new_id(), "digest": file.digest, "by": by, "at": at.isoformat(), "aside": aside.name,
                                           "names": list(file.pieces), "fresh": fresh}).encode())
    done = finish(home, store, new_id, settle)
    assert done is not None, "the marker was just set"
    return done


def finish(home: Path, store: Store, new_id: Callable[[], str], settle: Callable[[], object] = lambda: None) -> Taken | None:
    """Go on with what was staged, if anything was; where that is no longer what it was, everything goes back to how it stood before.

    Raises CountyRefused (`county.undone`), StoreFault.
    """
    try:
        marker = json.loads((home / MARKER).read_bytes())
        at, aside = datetime.fromisoformat(marker["at"]), home / "aside" / _stamp(marker["aside"])
    except FileNotFoundError:
        return None
    except OSError as error:
        raise from_os(error) from error
    except (ValueError, TypeError, KeyError) as error:
        raise CountyRefused("county.marker", name=MARKER) from error
    with store.reading() as tx:
        written = kept.get(tx, _TAKING) == marker["id"]
    try:
        file = _staged(home, marker["digest"])
        changed = tuple(name for name, data in file.pieces.items() if _put(home, name, data, aside))
        people = () if written else _write(store, file, marker, at, aside, new_id)
    except (CountyRefused, NoAdministrator) as error:
        if not written:
            _undo(home, store, marker, at, aside)
            raise CountyRefused("county.undone") from error
        changed, people = (), ()
    settle()
    remove(home / MARKER)
    remove(home / STAGED)
    with store.reading() as tx:
        return Taken(int(kept.get(tx, _SERIAL) or 0), changed, people, aside)


def check(file: CountyFile) -> None:
    """Whether a PC of this county that has nothing yet could take it. Raises CountyRefused."""
    with TemporaryDirectory() as empty:
        offer(Path(empty), file, None, file.key)
    if not any(person.active for person in file.people) and file.people:
        raise CountyRefused("county.people", cause="active")


def _staged(home: Path, digest: str) -> CountyFile:
    try:
        file = parsed((home / STAGED).read_bytes())
    except FileNotFoundError as error:
        raise CountyRefused("county.damaged", name=STAGED) from error
    except OSError as error:
        raise from_os(error) from error
    if file.digest != digest:
        raise CountyRefused("county.damaged", name=STAGED)
    return file


def _put(home: Path, name: str, data: bytes, aside: Path) -> bool:
    """Whether it had to be put there; what was there is kept once."""
    _must_have_room(home, name)
    path = home / name
    before = _read(path)
    if before == data:
        return False
    if before is not None and not (aside / name).exists():
        write_whole(aside / name, before)
    write_whole(path, data)
    return True


def _write(store: Store, file: CountyFile, marker: dict[str, Any], at: datetime, aside: Path,
           new_id: Callable[[], str]) -> tuple[str, ...]:
    by = str(marker["by"])
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in file.pieces.items()}
    with store.transaction() as tx:
        changed = enlist(tx, file.people, by, at, new_id)
        for key, value in ((_SERIAL, str(file.serial)), (_DIGEST, file.digest), (_TAKING, str(marker["id"]))):
            kept.put(tx, key, value)
        journal.append(tx, at, by, "county.taken", None, {"serial": file.serial, "digest": file.digest, "pieces": digests,
                                                          "people": len(file.people), "people_changed": len(changed), "aside": aside.name})
    return changed


def _undo(home: Path, store: Store, marker: dict[str, Any], at: datetime, aside: Path) -> None:
    """What was replaced goes back, what is new goes aside."""
    for name in filter(may_be_named, map(str, marker["names"])):
        with suppress(CountyRefused):       # what is in the way was not put there by us
            _must_have_room(home, name)
            before, now = _read(aside / name), _read(home / name)
            if before is not None:
                write_whole(home / name, before)
            elif now is not None and name in marker["fresh"]:
                write_whole(aside / "undone" / name, now)
                remove(home / name)
    with store.transaction() as tx:
        journal.append(tx, at, "system", "county.undone", None, {"digest": str(marker["digest"]), "aside": aside.name})
    remove(home / MARKER)


def _must_have_room(home: Path, name: str) -> None:
    """No link on the way leads elsewhere, and nothing but a file stands in the place of one."""
    path = home / name
    for folder in list(path.parents)[:len(Path(name).parts) - 1]:
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise CountyRefused("county.in_the_way", name=str(folder.relative_to(home)))
    if path.is_dir():
        raise CountyRefused("county.in_the_way", name=name)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise from_os(error) from error


def _kind(path: Path, data: bytes) -> Any:
    before = _read(path)
    return "new" if before is None else "same" if before == data else "changed"


@contextmanager
def _unpacked(home: Path, file: CountyFile) -> Iterator[Path]:
    """Two shelves in a folder of the system's: `before`, the packs of the home, and `after`, the same with all that the file brings.

    Not in the home: looking leaves nothing there.
    """
    with TemporaryDirectory() as folder:
        there = Path(folder)
        try:
            for pack in (home / "themes").glob("[!.]*/*.toml"):
                for shelf in ("before", "after"):
                    to = there / shelf / "themes" / pack.parent.name / pack.name
                    to.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(pack, to)
            for name, data in file.pieces.items():
                to = there / "after" / name
                to.parent.mkdir(parents=True, exist_ok=True)
                to.write_bytes(data)
        except OSError as error:
            raise from_os(error) from error
        yield there


def _settings(home: Path, file: CountyFile, folder: Path) -> Settings:
    """As they would be from now on, in the county they are of."""
    path = folder / "after" / SETTINGS
    try:
        settings = load_settings(home, county=path if SETTINGS in file.pieces else None)
        brought = read_table(path) if SETTINGS in file.pieces else {}
    except SettingsError as error:
        raise CountyRefused("county.broken_piece", name=SETTINGS if error.file == path else error.file.name,
                            cause=error.key or error.line) from error
    if brought.get("region", file.region) != file.region:
        raise CountyRefused("county.broken_piece", name=SETTINGS, cause="region")
    if ("region" in brought or "region" in chosen_keys(home)) and settings.region != file.region:
        raise CountyRefused("county.other_region", name=file.region, cause=settings.region)
    return settings


def _codes(home: Path, file: CountyFile, folder: Path) -> Codes:
    brought = [name for name in file.pieces if name.startswith("codes/")]
    try:
        codes = read_codes(RESOURCES / "codes", home / "codes", folder / "after" / "codes")
    except _NO_TABLE as error:
        broken = f"codes/{error.file.name}" if isinstance(error, BrokenTable) else ", ".join(brought)
        if broken not in {*brought, ", ".join(brought)} or not brought:
            raise
        raise _broken(broken, error) from error
    try:
        for code in codes.regions:      # a place above itself would hold up whoever asks for its name
            codes.region_name(code)
    except RecursionError as error:
        raise _broken("codes/regions.csv", error) from error
    return codes


def _calendar_notes(home: Path, file: CountyFile, folder: Path) -> dict[str, tuple[str, ...]]:
    """The days that count otherwise."""
    if CALENDAR not in file.pieces:
        return {}
    before = read_calendar(RESOURCES / "calendar", home / "calendar").years
    try:
        after = read_calendar(folder / "after" / "calendar").years
        days = [day for year, table in sorted(after.items()) for day in changed_days(before.get(year), table, year)]
    except _NO_TABLE as error:
        raise _broken(CALENDAR, error) from error
    return {CALENDAR: tuple(map(str, days[:_MOST_NOTES]))}


def _broken(name: str, error: Exception) -> CountyRefused:
    return CountyRefused("county.broken_piece", name=name, cause=error.cause if isinstance(error, BrokenTable) else type(error).__name__)


def _pack_notes(file: CountyFile, folder: Path, codes: Codes, settings: Settings) -> dict[str, tuple[str, ...]]:
    """For each pack what it changes against the one it replaces, or against the version before it."""
    names = [name for name in file.pieces if name.startswith("themes/")]
    for name in names:
        try:
            pack = read_pack(folder / "after" / name, codes)
        except PackError as error:
            raise CountyRefused("county.broken_piece", name=name, cause=_mistake(error)) from error
        if name != f"themes/{pack.id}/{pack.version}.toml":
            raise CountyRefused("county.broken_piece", name=name, cause=f"{pack.id} {pack.version}")
    if not names and not settings.switches:
        return {}
    before = Packs(RESOURCES / "themes", folder / "before" / "themes")
    after = Packs(RESOURCES / "themes", folder / "after" / "themes", switches=settings.switches)
    if after.unknown_switches and SETTINGS in file.pieces:
        raise CountyRefused("county.broken_piece", name=SETTINGS, cause=f"switches.{after.unknown_switches[0]}")
    notes: dict[str, tuple[str, ...]] = {}
    for name in names:
        pack = read_pack(folder / "after" / name, codes)
        known = [one for one in before.packs if one.id == pack.id]
        if known:
            old = max(known, key=lambda one: (one.version == pack.version, one.effective_from))
            notes[name] = change_note(diff(old, pack))[:_MOST_NOTES]
    return notes


def _mistake(error: PackError) -> str:
    first = error.mistakes[0]
    return f"{first.line or ''} {first.path} {first.expected}".strip()[:200]


def _people(file: CountyFile, tx: Tx) -> tuple[PersonChange, ...]:
    """Raises CountyRefused when nobody would be left to run this window."""
    known = {user.login: user for user in users.everybody(tx, active_only=False)}
    after, changes = dict(known), []
    for person in file.people:
        user = known.get(person.login)
        if user is None and person.active:
            changes.append(PersonChange(person.login, "new"))
        elif user is not None and (user.name, user.role, user.active) != (person.name, person.role, person.active):
            changes.append(PersonChange(person.login, "changed" if person.active else "barred"))
            after[person.login] = replace(user, role=person.role, active=person.active)
    staffed = [(user.role, user.active) for user in after.values()] + [(person.role, person.active) for person in file.people
                                                                       if person.login not in known]
    if ("administrator", True) not in staffed:
        raise CountyRefused("county.no_administrator")
    return tuple(changes)


def _stamp(text: str) -> str:
    if not _STAMP.fullmatch(text):
        raise ValueError(text)
    return text

