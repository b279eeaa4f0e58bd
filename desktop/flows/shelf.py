"""The shelf: packs and tables as they lie in resources/ and in the county's own folder, read at the start; packs again when asked.

A broken pack is reported and left out; the others, and so the last good version, stay in force.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from desktop.domain import themes
from desktop.domain.codes import EMPTY, Codes, from_texts
from desktop.domain.themes import PackError, ThemePack
from desktop.domain.working_days import Calendar, parse_calendar
from desktop.settings import SettingsError

RESOURCES = Path(__file__).resolve().parents[2] / "resources"


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
        """`switches`: theme id -> switches the county has turned on; each version of the theme takes those it has."""
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

    def held_by(self, path: Path) -> ThemePack | None:
        """The pack a broken file held when it was last read without a mistake, in this run of the program."""
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
        raise SettingsError(f"settings.toml: [switches] no theme pack has {', '.join(packs.unknown_switches)}; "
                            f"known are {', '.join(dict.fromkeys(known)) or 'none'}")
    return packs


def _look(folders: tuple[Path, ...], before: Reading) -> Reading:
    good: dict[Path, ThemePack] = {}
    broken: list[PackError] = []
    for folder in folders:
        for path in sorted(folder.glob("*/*.toml")):
            try:
                good[path] = read_pack(path)
            except PackError as error:
                broken.append(error)
                if path in before.good:
                    good[path] = before.good[path]
    return Reading(good, tuple(broken))


def read_pack(path: Path, codes: Codes = EMPTY) -> ThemePack:
    """One pack file. Raises PackError, also when the file cannot be read at all; with `codes` for values no code list knows, too."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise PackError((themes.Mistake(str(path), None, "", f"a readable UTF-8 file ({e})"),)) from e
    return themes.parse_pack(text, str(path), codes)


def read_codes(*folders: Path) -> Codes:
    """The code tables; a county's file of the same name takes the place of the shipped one. Raises BrokenTable."""
    texts: dict[str, str] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.*")):
            if path.suffix in {".csv", ".toml"}:
                texts[path.name] = _table(path)
    try:
        return from_texts(texts)
    except (ValueError, KeyError) as e:
        raise BrokenTable(f"{', '.join(map(str, folders))}: {e!r}") from e


def read_calendar(*folders: Path) -> Calendar:
    """The calendar table, the county's own if there is one. Raises BrokenTable."""
    path = next(path for path in (folder / "china.toml" for folder in reversed(folders)) if path.exists())
    try:
        return parse_calendar(_table(path))
    except (ValueError, KeyError) as e:
        raise BrokenTable(f"{path}: {e!r}") from e


class BrokenTable(Exception):
    """A code or calendar table cannot be read; the message names the file."""

    code = "table.broken"


def _table(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise BrokenTable(f"{path}: {e}") from e
