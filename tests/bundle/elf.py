"""What Linux programs and libraries ask of the system they run on: other libraries, and versions of them. Read by objdump (binutils)."""

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_ABI = {"GLIBC_ABI_DT_RELR": (2, 36)}
"""Versions that are named after what they brought -> the C library that brought it."""


@dataclass(frozen=True)
class Needs:
    """Of one file."""

    libraries: frozenset[str] = frozenset()
    """Names as the loader looks for them (DT_NEEDED)."""
    versions: frozenset[str] = frozenset()
    """Symbol versions it asks of them, like GLIBC_2.34."""


def is_elf(file: Path) -> bool:
    """Whether it is a program or library of this system's kind."""
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"


def needs(files: Iterable[Path]) -> dict[Path, Needs]:
    """Of each. Raises CalledProcessError when one is none."""
    words = [str(file) for file in files]
    if not words:
        return {}
    told = subprocess.run(["objdump", "-p", *words], check=True, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    return parsed(told.stdout)


def parsed(told: str) -> dict[Path, Needs]:
    """The words of `objdump -p`."""
    found: dict[Path, Needs] = {}
    for head, text in re.findall(r"^([^\n]+): +file format [^\n]*\n(.*?)(?=^[^\n]+: +file format |\Z)", told, re.MULTILINE | re.DOTALL):
        asked = text.partition("Version References:")[2]
        found[Path(head)] = Needs(frozenset(re.findall(r"^ +NEEDED +(\S+)", text, re.MULTILINE)),
                                  frozenset(re.findall(r"^ +0x\w+ 0x\w+ \d+ (\S+)", asked, re.MULTILINE)))
    return found


def newest(versions: Iterable[str], family: str) -> tuple[int, ...]:
    """The newest of a family (GLIBC, GLIBCXX) that is asked for; () when none is."""
    found = [tuple(map(int, match[1].split("."))) for version in versions if (match := re.fullmatch(rf"{family}_([0-9.]+)", version))]
    return max([*found, *(made for name, made in _ABI.items() if name in versions and name.startswith(f"{family}_"))], default=())
