"""`python -m tests.bundle.loaded`: import every module of ours, and print what Python then holds, a name a line.

An analysis sees import statements; libraries also import by names they put together, or run text (reportlab's bar codes). What is loaded
from source and is not in the bundle would be missed on a window's PC, at the first use.
"""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

# What installer.spec leaves out, and how libraries get on without it.
NOT_TAKEN = ("desktop.bench.", "desktop.__main__")
EMPTY = "cel.cli"
LACKING = ("httpx._main", "pygments")


def every_module_of_ours() -> Iterator[str]:
    """By name, packages first."""
    for room in ("desktop", "hardware", "db"):
        yield room
        for found in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            if not found.name.startswith(NOT_TAKEN):
                yield found.name


def main() -> None:
    """Load and tell."""
    sys.modules[EMPTY] = ModuleType(EMPTY)
    for name in LACKING:
        sys.modules[name] = None  # type: ignore[assignment]
    for name in every_module_of_ours():
        with suppress(ImportError):       # for another system
            importlib.import_module(name)
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items() if getattr(module, "__name__", "") == name}
    # Only what came from a file: Qt for Python and OpenCV also make modules that lie nowhere.
    print("\n".join(sorted(name for name, file in files.items() if file and Path(file).is_file() and not name.startswith("__"))))


if __name__ == "__main__":
    main()
