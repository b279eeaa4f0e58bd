"""Whose code is in the bundle: Python's, ours, or of a wheel the program asks for. What tests or builders need has no business there."""

import re
import sys
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

    packed = CArchiveReader(str(program)).open_embedded_archive("PYZ.pyz").toc
    library = program.parent / "_internal"
    beside = [file.relative_to(library).with_name(file.name.partition(".")[0]) for file in library.rglob("*.so")
              if re.search(r"\.(cpython-\w+(-[\w-]+)?|abi3)\.so$", file.name)]
    dynamic = [Path(*path.parts[2:]) if path.parts[0].startswith("python3.") else path for path in beside]
    return tuple(sorted({*packed, *(".".join(path.parts) for path in dynamic)}))


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
