"""By which road Chinese is typed on Linux, decided before Qt starts: fcitx's own plugin, fcitx's IBus front end, or what the session chose.

PySide6's wheels bring Qt's IBus plugin and none of fcitx. The decision is pure and needs no Qt; `ready` is the one that touches it.
Tried with fcitx5 5.0 and 5.1, Qt 6.8 and 6.11 under X; fcitx 4, Wayland, UOS and Kylin are not proved here.
"""

import importlib.util
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

_log = logging.getLogger(__name__)

How = Literal["system", "plugin", "ibus_front_end", "ibus", "chosen", "none"]
"""system = Windows, macOS or the Wayland compositor does it; chosen = the session names a module we know nothing of."""
Version = tuple[int, int]

_FOLDER = "platforminputcontexts"
_FCITX = ("libfcitx5platforminputcontextplugin.so", "libfcitxplatforminputcontextplugin-qt6.so")
"""fcitx 5 first, then what Debian calls the Qt 6 plugin of fcitx 4."""
_PLACES = ("/usr/lib/*/qt6/plugins", "/usr/lib64/qt6/plugins", "/usr/lib/qt6/plugins")
_IBUS = "libibusplatforminputcontextplugin.so"
_NOTE = b"qt-project!\0"
"""Name of the ELF note with a plugin's metadata: behind it its own version, then Qt's major and minor."""
_FCITXES = frozenset({"fcitx5", "fcitx"})
"""Versions 5 and 4."""
_DAEMON = "ibus-daemon"


@dataclass(frozen=True)
class Plugin:
    """One of fcitx's plugins as it lies on the disk."""

    path: Path
    built_for: Version
    """Major and minor of the Qt it was built against."""


@dataclass(frozen=True)
class Surroundings:
    """What the decision rests on."""

    platform: str
    """As `sys.platform`."""
    environment: Mapping[str, str]
    qt: Version | None
    """Major and minor of our own Qt; None = not to be told."""
    plugins: tuple[Plugin, ...]
    running: frozenset[str]
    """Which of `fcitx5`, `fcitx` (version 4) and `ibus-daemon` run."""
    ibus_installed: bool
    """Whether `ibus-daemon` is a command here: without one Qt's IBus plugin stays silent."""


@dataclass(frozen=True)
class InputMethod:
    """Which input method the window uses, how it reaches it, and the wording code that says so and what to do."""

    name: str
    """`fcitx`, `ibus`, `system`, the session's own word, or empty."""
    how: How
    code: str
    types_chinese: bool | None = None
    """None = not to be told from here."""
    plugin: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    """What has to be set before QApplication is made."""


def told() -> InputMethod:
    """What this session comes to."""
    return choose(_surroundings())


def choose(around: Surroundings) -> InputMethod:
    """The road: what the session names, else who runs."""
    environment = around.environment
    named = _named(environment)
    if not around.platform.startswith("linux") or (not named and _on_wayland(environment)):
        return InputMethod("system", "system", code="input_method.system")      # a compositor passes text on by its own protocol
    if not (environment.get("DISPLAY") or _on_wayland(environment)):
        return InputMethod("", "none", code="input_method.no_display")
    wanted = named or _hinted(environment) or ("fcitx" if _FCITXES & around.running else "ibus" if _DAEMON in around.running else "")
    if wanted == "fcitx":
        return _fcitx(around)
    if wanted == "ibus":
        return _ibus(around)
    if wanted:
        return InputMethod(wanted, "chosen", code="input_method.chosen")
    return InputMethod("", "none", code="input_method.none", types_chinese=False)


def _fcitx(around: Surroundings) -> InputMethod:
    """Its own plugin where that fits, else its IBus front end."""
    running = _FCITXES & around.running
    fitting = next((plugin.path for plugin in around.plugins if _fits(plugin, around.qt)), None)
    if fitting is not None:
        return InputMethod("fcitx", "plugin", code="input_method.fcitx_plugin" if running else "input_method.not_running",
                           types_chinese=bool(running), plugin=fitting, environment=_module(around.environment, "fcitx"))
    if running == {"fcitx"}:         # only version 5 speaks as IBus
        return InputMethod("fcitx", "none", code="input_method.fcitx4", types_chinese=False)
    return InputMethod("fcitx", "ibus_front_end", code="input_method.fcitx_as_ibus" if running else "input_method.not_running",
                       types_chinese=bool(running), environment=_front_end(around.environment))


def _fits(plugin: Plugin, qt: Version | None) -> bool:
    """Qt itself asks only that a plugin is not newer, but these use its private parts.

    Tried: one built for 6.4 fails to load into 6.11 for a missing symbol, and then nothing can be typed at all.
    """
    return plugin.built_for == qt


def _ibus(around: Surroundings) -> InputMethod:
    """IBus as the session has it; where only fcitx answers to that name, by the portal."""
    answered = bool({_DAEMON, "fcitx5"} & around.running)
    in_its_place = _DAEMON not in around.running and not around.ibus_installed
    return InputMethod("ibus", "ibus", code="input_method.ibus" if answered else "input_method.not_running", types_chinese=answered,
                       environment=_front_end(around.environment) if in_its_place else _module(around.environment, "ibus"))


def _front_end(environment: Mapping[str, str]) -> dict[str, str]:
    """Qt's plugin looks for the command ibus-daemon and gives up without; by the portal it asks the bus itself, where fcitx 5 answers."""
    return {**_module(environment, "ibus"), "IBUS_USE_PORTAL": "1"}


def _module(environment: Mapping[str, str], name: str) -> dict[str, str]:
    """Both variables where the session uses both: Qt from 6.7 on looks at the list first."""
    return dict.fromkeys(("QT_IM_MODULE", *(["QT_IM_MODULES"] if environment.get("QT_IM_MODULES") else [])), name)


def _named(environment: Mapping[str, str]) -> str:
    """The first module named that we know, else the first at all; empty where the session leaves it to the compositor, or to nobody."""
    text = environment.get("QT_IM_MODULES") or environment.get("QT_IM_MODULE") or ""
    names = [_called(name) for name in text.split(";") if name.strip()]
    if names[:1] == ["wayland"] and _on_wayland(environment):
        return ""
    others = [name for name in names if name != "wayland"]
    return next((name for name in others if name in {"fcitx", "ibus"}), others[0] if others else "")


def _hinted(environment: Mapping[str, str]) -> str:
    """What the session says to other programs: `XMODIFIERS=@im=fcitx`."""
    said = (environment.get(name, "") for name in ("XMODIFIERS", "GTK_IM_MODULE", "INPUT_METHOD"))
    return next((name for word in said if (name := _called(word.removeprefix("@im="))) in {"fcitx", "ibus"}), "")


def _called(name: str) -> str:
    name = name.strip().lower()
    return "fcitx" if name in {"fcitx", "fcitx4", "fcitx5"} else name


def _on_wayland(environment: Mapping[str, str]) -> bool:
    """Whether Qt will draw by Wayland and not by X."""
    chosen = environment.get("QT_QPA_PLATFORM", "")
    return chosen.startswith("wayland") if chosen else bool(environment.get("WAYLAND_DISPLAY"))


# --- looked up ----------------------------------------------------------------------------------------------------------------------

def _surroundings() -> Surroundings:
    if not sys.platform.startswith("linux"):
        return Surroundings(sys.platform, dict(os.environ), None, (), frozenset(), ibus_installed=False)
    return Surroundings(sys.platform, dict(os.environ), _our_qt(), _plugins(), _running(), bool(shutil.which(_DAEMON)))


def _our_qt() -> Version | None:
    """By the IBus plugin that PySide6 brings; a PySide6 of the distribution uses the system's Qt, whose plugins it finds by itself."""
    spec = importlib.util.find_spec("PySide6")
    places = [Path(place, "Qt", "plugins") for place in (spec.submodule_search_locations or ())] if spec else []
    found = (built_for(folder / _FOLDER / _IBUS) for folder in (*places, *_plugin_folders()))
    return next((version for version in found if version is not None), None)


def _plugins() -> tuple[Plugin, ...]:
    """Those of this machine's kind: a 32-bit one beside ours cannot be loaded."""
    paths = [folder / _FOLDER / name for name in _FCITX for folder in _plugin_folders()]
    ours = _machine(Path(sys.executable))
    return tuple(Plugin(path, version) for path in paths
                 if path.is_file() and _machine(path) == ours and (version := built_for(path)) is not None)


def _plugin_folders() -> tuple[Path, ...]:
    own = [Path(part) for part in os.environ.get("QT_PLUGIN_PATH", "").split(os.pathsep) if part]
    return (*own, *(found for place in _PLACES for found in sorted(Path("/").glob(place.removeprefix("/")))))


def built_for(plugin: Path) -> Version | None:
    """The Qt a plugin was built against, by its own metadata; None when it has none or cannot be read."""
    try:
        data = plugin.read_bytes()
    except OSError:
        return None
    at = data.find(_NOTE) + len(_NOTE)
    return (data[at + 1], data[at + 2]) if _NOTE in data and len(data) > at + 2 else None


def _machine(program: Path) -> bytes:
    """Word size and processor of an ELF file."""
    try:
        with program.open("rb") as file:
            head = file.read(20)
    except OSError:
        return b""
    return head[4:6] + head[18:20]


def _running() -> frozenset[str]:
    """This user's servers: another user's cannot be reached."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.stat().st_uid == os.getuid():
                found.add((process / "comm").read_text("utf-8", "replace").rstrip("\n"))
        except OSError:      # it ended while we looked
            continue
    return frozenset(found & {*_FCITXES, _DAEMON})


# --- applied ------------------------------------------------------------------------------------------------------------------------

@contextmanager
def ready(chosen: InputMethod) -> Iterator[None]:
    """Make QApplication inside: Qt reads all of this once, and programs that are started later are not to inherit it."""
    environment = chosen.environment
    with ExitStack() as shown:
        if chosen.plugin is not None:
            try:
                shown.enter_context(_alone(chosen.plugin))
            except OSError as e:      # a full disk takes no link: the other road needs none
                _log.warning("fcitx's plugin cannot be shown to Qt, its IBus front end is asked instead: %s", e)
                environment = _front_end(os.environ)
        before = {name: os.environ.get(name) for name in environment}
        os.environ.update(environment)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


@contextmanager
def _alone(plugin: Path) -> Iterator[None]:
    """Show Qt this one plugin: the rest of the system's folder (styles, platform themes) belongs to another Qt than ours."""
    from PySide6.QtCore import QCoreApplication

    with tempfile.TemporaryDirectory(prefix="oncedesk-") as place:
        folder = Path(place, _FOLDER)
        folder.mkdir()
        (folder / plugin.name).symlink_to(plugin)
        QCoreApplication.addLibraryPath(place)
        try:
            yield
        finally:
            QCoreApplication.removeLibraryPath(place)
