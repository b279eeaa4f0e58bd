"""The settings, read once and passed on as values: where this window stands, what is attached, whom it talks to.

Order: built-in defaults < HOME/settings.toml < HOME/devices.toml < the command line. devices.toml holds what was chosen on the device
page and is written by the program; settings.toml is written by people only. Secrets (the store's key) are not here: see db.keys.
"""

import json
import os
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desktop.text_file import NotText, read_text

SETTINGS = "settings.toml"
"""The file that people write, in the home."""
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
    keyring: bool = True
    """Keep the store's key in the system's key ring when there is one."""
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
                  platform_url: str | None = None) -> Settings:
    """Read the settings. Raises SettingsError for a broken file, an unknown key or a value of the wrong type."""
    settings = Settings(home=home or default_home(demo), demo=demo, kiosk=kiosk)
    path, chosen = settings.home / SETTINGS, settings.home / "devices.toml"
    if path.exists():
        settings = _merged(settings, path)
        _check_devices(settings, path)
    if chosen.exists():
        settings = _merged(settings, chosen, (*DEVICES, "paper_printers"))
        _check_devices(settings, chosen)
    if platform_url is not None:
        settings = replace(settings, platform_url=platform_url)
    _check(settings, path)
    return settings


def _check(settings: Settings, path: Path) -> None:
    """What would only be noticed at the worst moment otherwise."""
    if not re.fullmatch(r"[0-9]{6}", settings.region):
        raise SettingsError("settings.region", path, "region", value=settings.region)
    if settings.lock_minutes < 1:
        raise SettingsError("settings.too_small", path, "lock_minutes", value=settings.lock_minutes)
    if not settings.window.strip():
        raise SettingsError("settings.empty", path, "window")
    if not re.fullmatch(r"[0-9]{3}", settings.number_code):
        raise SettingsError("settings.window_code", path, "window_code", value=settings.window_code or settings.window)
    url = urlsplit(settings.platform_url)
    own_machine = url.scheme == "http" and url.hostname in {"127.0.0.1", "localhost", "::1"}
    if settings.platform_url and url.scheme != "https" and not own_machine:
        raise SettingsError("settings.not_https", path, "platform_url", value=settings.platform_url)


def _check_devices(settings: Settings, path: Path) -> None:
    """An address nobody has a driver for is a mistake of writing, and better said now than with a family at the window."""
    written = {key: address for key, address in settings.devices.items() if address}
    if not written:
        return      # the drivers' list is loaded only by those who have a device
    from hardware import registry

    for key, address in written.items():
        kind = key.partition(":")[0]
        if not registry.knows(kind, address):      # type: ignore[arg-type]
            known = ", ".join(f"{scheme}:…" for scheme in registry.drivers(kind))      # type: ignore[arg-type]
            raise SettingsError("settings.address", path, key.replace(":", "s."), value=address, known=known)


def _merged(settings: Settings, path: Path, keys: tuple[str, ...] = ()) -> Settings:
    """`keys`: the only ones that may stand there; none = all."""
    try:
        table = tomllib.loads(read_text(path))
    except NotText as e:
        raise SettingsError(e.code, path) from e
    except OSError as e:
        raise SettingsError("file.unreadable", path) from e
    except tomllib.TOMLDecodeError as e:
        found = re.search(r"at line ([0-9]+)", str(e))
        raise SettingsError("settings.not_toml", path, line=found[1] if found else "…") from e
    known = set(keys) or {one.name for one in fields(Settings) if one.name not in {"home", "demo", "kiosk"}}
    for key, value in table.items():
        if key not in known:
            raise SettingsError("settings.unknown_key", path, key, known=", ".join(sorted(known)))
        expected = type(getattr(settings, key))
        if type(value) is not expected:
            raise SettingsError("settings.wrong_type", path, key, known=_WRITTEN[expected].format(key))
    if "paper_printers" in table:
        table["paper_printers"] = dict(settings.paper_printers) | _paper_printers(table["paper_printers"], path)
    if "switches" in table:
        table["switches"] = _switches(table["switches"], path)
    return replace(settings, **table)


def _paper_printers(table: dict[str, Any], path: Path) -> dict[str, str]:
    for kind, address in table.items():
        if kind not in PAPER_KINDS or not isinstance(address, str):
            raise SettingsError("settings.unknown_key", path, f"paper_printers.{kind}", known=", ".join(PAPER_KINDS))
    return table


def remember_device(home: Path, key: str, address: str | None) -> None:
    """Keep what was chosen on the device page in HOME/devices.toml; None = forget it, so that settings.toml is right again.

    Raises OSError; the file is whole at any moment.
    """
    path = home / "devices.toml"
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


def _switches(table: dict[str, Any], path: Path) -> dict[str, tuple[str, ...]]:
    for theme, ids in table.items():
        if not isinstance(ids, list) or not all(isinstance(id_, str) for id_ in ids):
            raise SettingsError("settings.wrong_type", path, f"switches.{theme}", known=f'{theme} = ["…"]')
    return {theme: tuple(ids) for theme, ids in table.items()}
