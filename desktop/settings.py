"""The settings, read once and passed on as values: where this window stands, what is attached, whom it talks to.

Order: built-in defaults < HOME/county.toml < HOME/settings.toml < HOME/devices.toml < the command line. county.toml came with the
county's file, devices.toml holds what was chosen on the device page; settings.toml is this window's own, written by people or from
their answers (station/setup.py). Secrets (the store's key) are not here: see station/keys.py.
"""

import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desktop.text_file import NotText, read_text

SETTINGS = "settings.toml"
"""The file that people write, in the home."""
COUNTY = "county.toml"
"""What all windows of the county share."""
COUNTY_KEYS = ("region", "document_prefix", "phone", "complaint_phone", "query_url", "platform_url", "lock_minutes", "switches")
"""What a county may set for all its windows: nothing by which one window differs from the next."""
_CHOSEN = "devices.toml"
DEVICES = ("reader", "camera", "portrait", "scanner", "printer", "paper_printer", "signature", "rating")
"""The keys that hold a device's address."""
PAPER_KINDS = ("acceptance_notice", "unified_form", "correction_notice")
"""The A4 papers that may have a queue of their own."""


_WRITTEN: Mapping[type, str] = {str: '{} = "…"', int: "{} = 5", bool: "{} = true", dict: "[{}]"}
"""How a value of a type is written, with its key."""


class SettingsError(Exception):
    """A settings file cannot be used. `code` says why; file, key, value and the others fill its sentence and stand in the message."""

    def __init__(self, code: str, file: Path, key: str = "", *, value: object = "", known: str = "", line: str = "") -> None:
        super().__init__(f"{file}: `{key}` {code} {value} {known}{line}".rstrip())
        self.code = code
        self.file = file
        self.key = key
        self.value = str(value)
        self.known = known
        self.line = line


@dataclass(frozen=True)
class Settings:
    """One window terminal."""

    home: Path
    demo: bool = False
    kiosk: bool = False
    hall: str = "示例县政务服务中心"
    window: str = "3"
    """Window number as printed on papers."""
    window_code: str = ""
    """Three digits, unique in the county: they stand in every number this window gives out. Empty = the window number, 3 as 003."""
    region: str = "130529"
    """GB/T 2260 county of the window: the first six digits of case numbers."""
    institution: str = ""
    """The hospital, when the window stands in one."""
    document_prefix: str = "示一件事受"
    """What stands before 〔year〕 in a document number."""
    phone: str = "0000-0000000"
    complaint_phone: str = "12345"
    query_url: str = ""
    """Where a family may ask for progress; printed as QR."""
    reader: str = ""
    """Address of the ID-card reader, e.g. serial:/dev/ttyUSB0 (forms: hardware/registry.py). Empty = none; so for all of these."""
    camera: str = ""
    """The camera over the desk."""
    portrait: str = ""
    """The second camera, which looks at the person."""
    scanner: str = ""
    printer: str = ""
    """The receipt printer."""
    paper_printer: str = ""
    """The queue for A4 papers: cups:NAME or winqueue:NAME."""
    paper_printers: Mapping[str, str] = field(default_factory=dict)
    """Kind of paper (acceptance_notice, unified_form, correction_notice) -> its own queue, where it has one."""
    signature: str = ""
    """A signature pad apart from the screen."""
    rating: str = ""
    """A rating keypad."""
    platform_url: str = ""
    """The province's base URL. Empty = stays offline."""
    terminal_id: str = "terminal-1"
    terminal_token: str = ""
    lock_minutes: int = 5
    ballast_mb: int = 64
    """Size of the file that is let go when the disk is full; 0 = none."""
    reserve_mb: int = 200
    """What new pictures leave free on the disk."""
    keyring: bool = True
    """Keep the store's key in the system's key ring when there is one."""
    backup_folder: str = ""
    """Where the window makes a backup by itself: another disk, a stick, a share. Empty = it makes none."""
    backup_hours: int = 4
    """Made when the newest is older than this and the window is open."""
    backup_keep: int = 14
    """How many of them stay in the folder."""
    switches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Theme id -> the switches of its pack that this county has turned on."""

    @property
    def devices(self) -> dict[str, str]:
        """Every device's address by its key: its kind, or paper_printer:KIND OF PAPER."""
        papers = {f"paper_printer:{kind}": address for kind, address in self.paper_printers.items()}
        return {key: getattr(self, key) for key in DEVICES} | papers

    @property
    def number_code(self) -> str:
        """The three digits that numbers of this window carry."""
        return self.window_code or self.window.strip().zfill(3)

    @property
    def store_path(self) -> Path:
        """The encrypted store."""
        return self.home / "cases.db"

    @property
    def attachments(self) -> Path:
        """Encrypted evidence and papers; beside the store, which names it so."""
        return self.home / "attachments"

    @property
    def days(self) -> Path:
        """Sealed day-end files."""
        return self.home / "days"

    @property
    def packs(self) -> Path:
        """Theme packs the county added; beside the shipped ones."""
        return self.home / "themes"


def default_home(demo: bool = False) -> Path:
    """Where this user's (or on Windows this machine's) data lives; demo mode has its own."""
    name = "oncedesk-demo" if demo else "oncedesk"
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / name
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / name


def load_settings(home: Path | None = None, *, demo: bool = False, kiosk: bool = False,
                  platform_url: str | None = None, county: Path | None = None) -> Settings:
    """Read the settings. Raises SettingsError for a broken file, an unknown key or a value of the wrong type.

    `county`: a file that is read in the place of HOME/county.toml, to see what it would make of them.
    """
    settings = Settings(home=home or default_home(demo), demo=demo, kiosk=kiosk)
    written = settings.home / SETTINGS
    for path, keys in ((county or settings.home / COUNTY, COUNTY_KEYS), (written, own_keys()),
                       (settings.home / _CHOSEN, (*DEVICES, "paper_printers"))):
        if path.exists():
            table = read_table(path)
            for mistake in mistakes_of(table, path, settings, keys):
                raise mistake
            settings = _with(settings, table)
    if platform_url is not None:
        settings = replace(settings, platform_url=platform_url)
    for mistake in _wrong(settings, written):
        raise mistake
    return settings


def own_keys() -> tuple[str, ...]:
    """All that may stand in settings.toml."""
    return tuple(one.name for one in fields(Settings) if one.name not in {"home", "demo", "kiosk"})


def chosen_keys(home: Path) -> frozenset[str]:
    """What somebody has set for this window, the county included; all else is as built in. Raises SettingsError."""
    return frozenset(key for name in (COUNTY, SETTINGS) if (home / name).exists() for key in read_table(home / name))


def read_table(path: Path) -> dict[str, Any]:
    """A TOML file that people edit, as it stands there. Raises SettingsError."""
    try:
        return tomllib.loads(read_text(path))
    except NotText as e:
        raise SettingsError(e.code, path) from e
    except OSError as e:
        raise SettingsError("file.unreadable", path) from e
    except (ValueError, RecursionError) as e:
        found = re.search(r"at line ([0-9]+)", str(e))
        raise SettingsError("settings.not_toml", path, line=found[1] if found else "…") from e


def mistakes_of(table: Mapping[str, Any], path: Path, settings: Settings, keys: tuple[str, ...]) -> Iterator[SettingsError]:
    """Everything that is wrong with this table of `path`, which goes on top of `settings`. `keys`: the only ones that may stand there.

    First of spelling and kind, then of meaning: what stands there rightly is looked at even when something beside it does not.
    """
    good: dict[str, Any] = {}
    for key, value in table.items():
        found = tuple(_mistakes_in(key, value, path, settings, keys))
        yield from found
        if not found:
            good[key] = value
    merged = _with(settings, good)
    yield from _wrong(merged, path)
    yield from _wrong_addresses(merged, path)


def _mistakes_in(key: str, value: Any, path: Path, settings: Settings, keys: tuple[str, ...]) -> Iterator[SettingsError]:
    if key not in keys:
        yield SettingsError("settings.unknown_key", path, key, known=", ".join(sorted(keys)))
        return
    expected = type(getattr(settings, key))
    if type(value) is not expected:
        yield SettingsError("settings.wrong_type", path, key, known=_WRITTEN[expected].format(key))
    elif key == "paper_printers":
        for kind, address in value.items():
            if kind not in PAPER_KINDS or not isinstance(address, str):
                yield SettingsError("settings.unknown_key", path, f"paper_printers.{kind}", known=", ".join(PAPER_KINDS))
    elif key == "switches":
        for theme, ids in value.items():
            if not isinstance(ids, list) or not all(isinstance(id_, str) for id_ in ids):
                yield SettingsError("settings.wrong_type", path, f"switches.{theme}", known=f'{theme} = ["…"]')


def _with(settings: Settings, table: Mapping[str, Any]) -> Settings:
    taken = dict(table)
    if "paper_printers" in taken:
        taken["paper_printers"] = dict(settings.paper_printers) | taken["paper_printers"]
    if "switches" in taken:
        taken["switches"] = {theme: tuple(ids) for theme, ids in taken["switches"].items()}
    return replace(settings, **taken)


def _wrong(settings: Settings, path: Path) -> Iterator[SettingsError]:
    """What would only be noticed at the worst moment otherwise."""
    if not re.fullmatch(r"[0-9]{6}", settings.region):
        yield SettingsError("settings.region", path, "region", value=settings.region)
    for key, least in (("lock_minutes", 1), ("ballast_mb", 0), ("reserve_mb", 0), ("backup_hours", 1), ("backup_keep", 1)):
        if getattr(settings, key) < least:
            yield SettingsError("settings.too_small", path, key, value=getattr(settings, key), known=str(least))
    if settings.backup_folder and not Path(settings.backup_folder).is_absolute():
        yield SettingsError("settings.backup_folder", path, "backup_folder", value=settings.backup_folder)
    if not settings.window.strip():
        yield SettingsError("settings.empty", path, "window")
    elif not re.fullmatch(r"[0-9]{3}", settings.number_code):
        yield SettingsError("settings.window_code", path, "window_code", value=settings.window_code or settings.window)
    if settings.platform_url and not _may_carry_cases(settings.platform_url):
        yield SettingsError("settings.not_https", path, "platform_url", value=settings.platform_url)


def _may_carry_cases(address: str) -> bool:
    """Whether it is encrypted, or does not leave this PC."""
    try:
        url = urlsplit(address)
        own_machine = url.scheme == "http" and url.hostname in {"127.0.0.1", "localhost", "::1"}
        return bool(url.hostname) and (url.scheme == "https" or own_machine)
    except ValueError:
        return False


def _wrong_addresses(settings: Settings, path: Path) -> Iterator[SettingsError]:
    """An address nobody has a driver for is a mistake of writing, and better said now than with a family at the window."""
    written = {key: address for key, address in settings.devices.items() if address}
    if not written:
        return      # the drivers' list is loaded only by those who have a device
    from hardware import registry

    for key, address in written.items():
        kind = key.partition(":")[0]
        if not registry.knows(kind, address):      # type: ignore[arg-type]
            known = ", ".join(f"{scheme}:…" for scheme in registry.drivers(kind))      # type: ignore[arg-type]
            yield SettingsError("settings.address", path, key.replace(":", "s."), value=address, known=known)


def remember_device(home: Path, key: str, address: str | None) -> None:
    """Keep what was chosen on the device page in HOME/devices.toml; None = forget it, so that settings.toml is right again.

    Raises OSError; the file is whole at any moment.
    """
    path = home / _CHOSEN
    table: dict[str, Any] = tomllib.loads(read_text(path)) if path.exists() else {}
    kind, _, paper = key.partition(":")
    place, name = (table.setdefault("paper_printers", {}), paper) if paper else (table, kind)
    place.pop(name, None)
    if address is not None:
        place[name] = address
    lines = ["# 由设备页写入；settings.toml 里同名的设置以这里为准。删掉这个文件就恢复原样。"]
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items() if isinstance(value, str)]
    if papers := table.get("paper_printers"):
        lines += ["[paper_printers]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in papers.items())]
    half = path.with_suffix(".part")
    with half.open("w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
