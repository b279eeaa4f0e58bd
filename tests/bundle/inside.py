"""Whose code is in the bundle: Python's, ours, or of a wheel the program asks for. What tests or builders need has no business there."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

OURS = {"desktop", "hardware", "db", "resources"}
_STARTER = re.compile(r"_?pyi_?\w*|pyimod\d+_\w+|__main__")
"""PyInstaller's own modules."""
_NEVER = {"unittest", "doctest", "test", "idlelib", "lib2to3", "ensurepip", "pydoc", "pdb"}
"""Python's own for testing and for builders."""
_PYTHON = sys.stdlib_module_names
_ONLY_FROM_SOURCE = {"tests", "site", "sitecustomize", "_sitebuiltins", "_distutils_hack"}
_EXTRAS_OF_BUILDERS = {"test", "bundle"}


def wheels_asked_for() -> frozenset[str]:
    """Names of the wheels the installed program needs, and those they need."""
    extras = {extra for extra in metadata.metadata("oncedesk").get_all("Provides-Extra", []) if extra not in _EXTRAS_OF_BUILDERS}
    found: set[str] = set()
    waiting = [("oncedesk", frozenset(extras))]
    while waiting:
        wheel, wanted = waiting.pop()
        try:
            asked = metadata.requires(wheel) or []
        except metadata.PackageNotFoundError:      # of another system, or left out by the lock (tool.uv in pyproject.toml)
            continue
        found.add(wheel)
        for line in asked:
            need = Requirement(line)
            if need.marker is not None and not any(need.marker.evaluate({"extra": extra}) for extra in (wanted or {""})):
                continue
            if (name := plain(need.name)) not in found:
                waiting.append((name, frozenset(need.extras)))
    return frozenset(found)


def plain(name: str) -> str:
    """A wheel's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def modules(program: Path) -> tuple[str, ...]:
    """Every module of the bundle by its full name: those packed into the program, and the extension modules beside it."""
    from PyInstaller.archive.readers import CArchiveReader

    archive = CArchiveReader(str(program))
    packed = {*archive.open_embedded_archive("PYZ.pyz").toc, *(name for name in archive.toc if name.isidentifier())}
    library = program.parent / "_internal"
    beside = [file.relative_to(library).with_name(file.name.partition(".")[0]) for file in library.rglob("*.so")
              if re.search(r"\.(cpython-\w+(-[\w-]+)?|abi3)\.so$", file.name)]
    dynamic = [Path(*path.parts[2:]) if path.parts[0].startswith("python3.") else path for path in beside]
    as_files = [file.relative_to(library).with_suffix("") for file in (library / "cv2").rglob("*.py")]      # OpenCV loads its own so
    names = {*packed, *(".".join(path.parts) for path in (*dynamic, *as_files))}
    with zipfile.ZipFile(library / "base_library.zip") as base:
        names |= {name.removesuffix(".pyc").replace("/", ".") for name in base.namelist()}
    return tuple(sorted(name.removesuffix(".__init__") for name in names))


def missed(found: Iterable[str]) -> tuple[str, ...]:
    """Modules that everything of ours loads from source and the bundle lacks."""
    told = subprocess.run([sys.executable, "-m", "tests.bundle.loaded"], check=True, capture_output=True, text=True).stdout.split()
    return tuple(name for name in told if name not in set(found) and name.partition(".")[0] not in _ONLY_FROM_SOURCE)


def strangers(found: Iterable[str], asked_for: frozenset[str]) -> tuple[str, ...]:
    """Modules that are none of Python's, ours, or the wheels'; each once, by its top name."""
    owners = metadata.packages_distributions()
    foreign = set()
    for module in found:
        top = module.partition(".")[0]
        if top in OURS or _STARTER.fullmatch(top) or (top in _PYTHON and top not in _NEVER) or top.startswith("_sysconfigdata_"):
            continue
        if not {plain(owner) for owner in owners.get(top, [])} & asked_for:
            foreign.add(top)
    return tuple(sorted(foreign))
