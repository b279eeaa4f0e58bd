"""The shelf: packs and tables as they lie in resources/ and in the county's own folder, read at the start; packs again when asked.

A broken pack is reported and left out; the others, and so the last good version, stay in force: of a county's file that breaks, what it
held when it was last read without a mistake, of which a copy is kept in the county's folder, under .last-good.
"""

import logging
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from desktop.domain import pack_text, themes
from desktop.domain.codes import EMPTY, Codes, from_texts
from desktop.domain.themes import Mistake, PackError, ThemePack
from desktop.domain.working_days import Calendar, parse_calendar
from desktop.settings import SETTINGS, SettingsError
from desktop.text_file import NotText, read_text

_log = logging.getLogger(__name__)

RESOURCES = Path(__file__).resolve().parents[1] / "resources"
_LARGEST = 2_000_000
"""Bytes; the longest pack that ships has some 60 000."""
_LAST_GOOD = ".last-good"
_DEEP = 2
"""Parts of <id>/<version>.toml."""


class UnknownPack(LookupError):
    """No such pack, or none of that id is in force."""

    code = "theme.unknown"


@dataclass(frozen=True)
class Reading:
    """What one look into the folders gave."""

    good: Mapping[Path, ThemePack]
    """File -> its pack; of a file that is broken now, the pack it held when it last was not."""
    broken: tuple[PackError, ...]
    packs: tuple[ThemePack, ...] = ()
    """One of each id and version, as the county runs it."""


class Packs:
    """All packs that could be read, and what is wrong with the others."""

    def __init__(self, *folders: Path, switches: Mapping[str, Collection[str]] | None = None) -> None:
        """The first folder is what ships, the others are the county's.

        `switches`: theme id -> switches the county has turned on; each version of the theme takes those it has.
        """
        self._folders = folders
        self._switches = switches or {}
        self._read = Reading({}, ())
        self.reread()

    def reread(self) -> None:
        """Look into the folders again. Any thread; who asks meanwhile still gets the packs of the last look."""
        found = _look(self._folders, self._read)
        newest = {(pack.id, pack.version): pack for pack in found.good.values()}    # a later folder's replaces an earlier one's
        self._read = replace(found, packs=tuple(
            themes.switched(pack, {switch.id for switch in pack.switches}.intersection(self._switches.get(pack.id, ())))
            for pack in newest.values()))

    @property
    def packs(self) -> tuple[ThemePack, ...]:
        """One pack of each id and version, with the county's switches turned."""
        return self._read.packs

    @property
    def unknown_switches(self) -> tuple[str, ...]:
        """`<theme>` or `<theme>.<switch>` that stands in the settings and in no pack."""
        known = {pack.id: {switch.id for pack_ in self.packs if pack_.id == pack.id for switch in pack_.switches} for pack in self.packs}
        return tuple(f"{theme}.{switch}" if theme in known else theme for theme, ids in self._switches.items()
                     for switch in ids if switch not in known.get(theme, ()))

    @property
    def broken(self) -> tuple[PackError, ...]:
        """What is wrong, one for each file."""
        return self._read.broken

    def file_of(self, pack: ThemePack) -> Path:
        """Where a pack was read from."""
        return next(path for path, held in reversed(list(self._read.good.items())) if (held.id, held.version) == (pack.id, pack.version))

    def origin(self, pack: ThemePack) -> Literal["shipped", "county"]:
        """Whose file the pack was read from."""
        return "shipped" if self._folders[0] in self.file_of(pack).parents else "county"

    def replaces(self, pack: ThemePack) -> bool:
        """Whether it is the county's in the place of a shipped one of the same id and version."""
        return sum((held.id, held.version) == (pack.id, pack.version) for held in self._read.good.values()) > 1

    def held_by(self, path: Path) -> ThemePack | None:
        """The pack a broken file held when it was last read without a mistake."""
        return self._read.good.get(path)

    def get(self, theme_id: str, version: str | None = None, on: date | None = None) -> ThemePack:
        """One pack: the named version, or the one in force on a day. Raises UnknownPack."""
        found = [pack for pack in self.packs if pack.id == theme_id and (version is None or pack.version == version)]
        if version is None and on is not None:
            found = [pack for pack in themes.in_force(tuple(found), on) if pack.id == theme_id]
        if not found:
            raise UnknownPack(theme_id + (f"@{version}" if version else ""))
        return max(found, key=lambda pack: pack.effective_from)

    def in_force(self, on: date) -> tuple[ThemePack, ...]:
        """One version of each theme: the one in force on `on`."""
        return themes.in_force(self.packs, on)


def read_packs(*folders: Path, switches: Mapping[str, Collection[str]] | None = None) -> Packs:
    """Every `<id>/<version>.toml` below the folders; a later folder's pack replaces an earlier one of the same version.

    Raises SettingsError for switches no pack has, unless a broken file may hold them.
    """
    packs = Packs(*folders, switches=switches)
    if packs.unknown_switches and not packs.broken:
        known = sorted(f"{pack.id}.{switch.id}" for pack in packs.packs for switch in pack.switches)
        raise SettingsError("settings.unknown_key", Path(SETTINGS), ", ".join(f"switches.{name}" for name in packs.unknown_switches),
                            known=", ".join(dict.fromkeys(known)))
    return packs


def _look(folders: tuple[Path, ...], before: Reading) -> Reading:
    good: dict[Path, ThemePack] = {}
    broken: list[PackError] = []
    for folder in folders:
        county = folder != folders[0]
        if county:
            _forget(folder)
        for path in _files(folder):
            try:
                text = _text(path)
                good[path] = _placed(folder, path, text)
            except PackError as error:
                broken.append(error)
                held = before.good.get(path) or (_last_good(folder, path) if county else None)
                if held:
                    good[path] = held
            else:
                if county:
                    _keep(folder, path, text)
    return Reading(good, tuple(broken))


def _files(folder: Path) -> Iterator[Path]:
    """Every file that is meant for a pack, also where none belongs; what is hidden is nobody's pack."""
    found = {*folder.glob("*/*.toml"), *folder.rglob("*.toml")}          # the first also through links, which the second does not follow
    return iter(sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)))


def _placed(folder: Path, path: Path, text: str) -> ThemePack:
    """The pack of a file that lies where its id and version say. Raises PackError."""
    place = path.relative_to(folder)
    if len(place.parts) != _DEEP:
        raise _wrong(path, f"a place like <id>/<version>.toml, not {place.as_posix()}")
    pack = _parsed(text, path)
    right = folder / pack.id / f"{pack.version}.toml"
    if path == right:
        return pack
    lines = pack_text.lines_of(text)
    found = {"id": [f"the folder {pack.id}, not {path.parent.name}"] if path.parent.name != pack.id else [],
             "version": [f"the file name {right.name}, not {path.name}"] if path.name != right.name else []}
    if right.exists():
        found["version"].append(f"another version: {pack.id}@{pack.version} is {pack.id}/{right.name}")
    raise PackError(tuple(Mistake(str(path), pack_text.line_of(lines, (key,)), key, one) for key, said in found.items() for one in said))


def _copy_of(folder: Path, path: Path) -> Path:
    return folder / _LAST_GOOD / path.parent.name / path.name


def _keep(folder: Path, path: Path, text: str) -> None:
    """A copy for the day the file breaks and the program starts anew. Without one that day the pack is merely gone."""
    copy = _copy_of(folder, path)
    try:
        if copy.exists() and copy.read_text("utf-8") == text:
            return
        copy.parent.mkdir(parents=True, exist_ok=True)
        part = copy.with_suffix(f".{os.getpid()}.part")
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(copy)
    except (OSError, UnicodeDecodeError):
        _log.warning("no copy is kept of %s/%s", path.parent.name, path.name, exc_info=True)


def _last_good(folder: Path, path: Path) -> ThemePack | None:
    if len(path.relative_to(folder).parts) != _DEEP:
        return None
    with suppress(PackError):
        pack = read_pack(_copy_of(folder, path))
        return pack if (pack.id, f"{pack.version}.toml") == (path.parent.name, path.name) else None
    return None


def _forget(folder: Path) -> None:
    """Copies of files the county took away: a broken one of that name later on does not bring them back."""
    for copy in (folder / _LAST_GOOD).glob("*/*.toml"):
        if not (folder / copy.parent.name / copy.name).exists():
            with suppress(OSError):
                copy.unlink()


def read_pack(path: Path, codes: Codes = EMPTY) -> ThemePack:
    """One pack file. Raises PackError, also when the file cannot be read at all; with `codes` for values no code list knows, too."""
    return _parsed(_text(path), path, codes)


def _text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise _wrong(path, "a readable UTF-8 file (it is none)")
        if (size := path.stat().st_size) > _LARGEST:
            raise _wrong(path, f"at most {_LARGEST // 1000} kB, not {size // 1000} kB")
        return read_text(path)
    except (OSError, NotText) as e:
        raise _wrong(path, f"a readable UTF-8 file ({e})") from e


def _parsed(text: str, path: Path, codes: Codes = EMPTY) -> ThemePack:
    """Whatever the file does to the reader, numbers of ten thousand digits or lists in lists without end: a mistake in that file."""
    try:
        return themes.parse_pack(text, str(path), codes)
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError, MemoryError) as e:
        raise _wrong(path, f"valid TOML ({type(e).__name__})") from e


def _wrong(path: Path, expected: str) -> PackError:
    return PackError((Mistake(str(path), None, "", expected),))


def read_codes(*folders: Path) -> Codes:
    """The code tables; a county's file of the same name takes the place of the shipped one. Raises BrokenTable."""
    paths = {path.name: path for folder in folders for path in sorted(folder.glob("*.*")) if path.suffix in {".csv", ".toml"}}
    texts = {name: _table(path) for name, path in paths.items()}
    try:
        return from_texts(texts)
    except (ValueError, KeyError, TypeError):
        for name, text in texts.items():        # each is a table of its own: which of them is it?
            try:
                from_texts({name: text})
            except (ValueError, KeyError, TypeError) as e:
                raise BrokenTable(paths[name], f"{type(e).__name__} {e}") from e
        raise


def read_calendar(*folders: Path) -> Calendar:
    """The calendar table, the county's own if there is one. Raises BrokenTable."""
    path = next(path for path in (folder / "china.toml" for folder in reversed(folders)) if path.exists())
    try:
        return parse_calendar(_table(path))
    except (ValueError, KeyError, TypeError) as e:
        raise BrokenTable(path, f"{type(e).__name__} {e}") from e


class BrokenTable(Exception):
    """A code or calendar table cannot be read; message and sentence name the file."""

    code = "table.broken"

    def __init__(self, file: Path, cause: str) -> None:
        super().__init__(f"{file}: {cause}")
        self.file = file
        self.cause = cause


def _table(path: Path) -> str:
    try:
        return read_text(path)
    except (OSError, NotText) as e:
        raise BrokenTable(path, getattr(e, "strerror", None) or type(e).__name__) from e
