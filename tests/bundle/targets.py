"""For which machines the program is built, and with which wheels: one lock file each, in locks/. The table for people is
resources/help/targets.md.

`python -m tests.bundle.targets` (part of `make lock`) writes them out of pyproject.toml and requirements.lock: the same versions
everywhere, but for Qt for Python, whose wheels bind. Each wheel is named by the one hash that fits the machine. `… --download NAME DIR`
fetches what a lock names, and fails when something is missing.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bundle.inside import plain

HOUSE = Path(__file__).resolve().parents[2]
LOCKS = Path(__file__).with_name("locks")
WHOLE = HOUSE / "requirements.lock"
QT = ("pyside6-essentials", "shiboken6")
PYTHON = "3.11"
"""Built with this one everywhere; others are tried by the tests."""
EXTRAS = ("uvc", "usb", "scan", "portrait", "windows", "bundle")
AS_SOURCE = ("python-sane", "pytwain")
"""No wheels: the one is built against the machine's own scanner library, the other is plain Python."""

_PIP = (sys.executable, "-m", "pip", "-q", "--disable-pip-version-check")


@dataclass(frozen=True)
class Target:
    """A kind of machine."""

    machine: str
    """As in the names of wheels: x86_64, aarch64, amd64 (Windows)."""
    glibc: int = 0
    """2.<this> or newer; 0 = Windows."""
    qt: str = ""
    """Qt for Python where the locked one has no wheel."""

    @property
    def name(self) -> str:
        """Of its lock file."""
        return f"linux-{self.machine}-glibc2.{self.glibc}" if self.glibc else f"windows-{self.machine}"

    @property
    def tags(self) -> tuple[str, ...]:
        """Platforms of the wheels it can use."""
        if not self.glibc:
            return (f"win_{self.machine}", "any")
        older = ("manylinux2014", "manylinux2010", "manylinux1") if self.machine == "x86_64" else ("manylinux2014",)
        exact = [f"manylinux_2_{minor}_{self.machine}" for minor in range(self.glibc, 4, -1)]
        return (*exact, *(f"{name}_{self.machine}" for name in older), "any")

    @property
    def uv(self) -> str:
        """As uv calls it."""
        return f"{self.machine}-manylinux_2_{self.glibc}" if self.glibc else "x86_64-pc-windows-msvc"


TARGETS = (Target("x86_64", 34), Target("x86_64", 28, "6.9.3"), Target("aarch64", 39), Target("aarch64", 31, "6.8.0.2"), Target("amd64"))


def pins(text: str) -> dict[str, str]:
    """Wheel -> version, of a lock file; of two that exclude each other by their markers the one for PYTHON."""
    lines = re.findall(r"^([a-z0-9._-]+)==([^\s\\;]+)(?: ; (.*?))?(?: \\)?$", text, re.MULTILINE)
    return {name: version for name, version, marker in lines if "python_full_version >=" not in marker}


def written(target: Target, whole: str) -> str:
    """The lock of a target. Raises CalledProcessError when something has no wheel for it."""
    locked = pins(whole)
    wanted = _wheels(target, locked)
    hashes = _hashes(target, {name: version for name, version in wanted.items() if name not in AS_SOURCE})
    hashes |= {name: _of_source(name, whole) for name in wanted if name in AS_SOURCE}
    lines = [f"# What the program is built from on {target.name}, Python {PYTHON}. Made by `make lock`; see resources/help/targets.md."]
    lines += [f"{name}=={version} \\\n    " + " \\\n    ".join(f"--hash=sha256:{one}" for one in sorted(hashes[name]))
              for name, version in sorted(wanted.items())]
    return "\n".join(lines) + "\n"


def _wheels(target: Target, locked: Mapping[str, str]) -> dict[str, str]:
    """What it takes of the locked versions, with the Qt it can use."""
    with tempfile.TemporaryDirectory() as folder:
        fixed, instead, found = (Path(folder, name) for name in ("fixed", "instead", "found"))
        fixed.write_text("".join(f"{name}=={version}\n" for name, version in locked.items() if name not in QT))
        instead.write_text("".join(f"{name}=={target.qt or locked[name]}\n" for name in QT))
        extras = [word for extra in EXTRAS for word in ("--extra", extra)]
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "pip", "compile", "pyproject.toml", *extras, "--python-platform", target.uv, "--python-version", PYTHON,
                        "--constraints", str(fixed), "--overrides", str(instead), "--no-header", "--no-annotate", "-q", "-o", str(found)],
                       cwd=HOUSE, check=True, stdout=subprocess.DEVNULL)
        return pins(found.read_text("utf-8"))


def _hashes(target: Target, wanted: Mapping[str, str]) -> dict[str, set[str]]:
    """Of the one wheel pip takes there."""
    with tempfile.TemporaryDirectory() as folder:
        listed, report = Path(folder, "wanted"), Path(folder, "report")
        listed.write_text("".join(f"{name}=={version}\n" for name, version in wanted.items()))
        subprocess.run([*_PIP, "install", "--dry-run", "--ignore-installed", "--no-deps", *_for(target), "--target", folder,
                        "--report", str(report), "-r", str(listed)], check=True)
        rows = json.loads(report.read_text("utf-8"))["install"]
    return {plain(row["metadata"]["name"]): {row["download_info"]["archive_info"]["hashes"]["sha256"]} for row in rows}


def _for(target: Target) -> Sequence[str]:
    """pip's words for a machine that is not this one."""
    abis = (f"cp{PYTHON.replace('.', '')}", "abi3", "none")
    return ["--only-binary", ":all:", "--python-version", PYTHON, "--implementation", "cp",
            *(word for abi in abis for word in ("--abi", abi)), *(word for tag in target.tags for word in ("--platform", tag))]


def _of_source(name: str, whole: str) -> set[str]:
    block = re.search(rf"^{re.escape(name)}==.*(?:\n    --hash=sha256:\w+.*)+", whole, re.MULTILINE)
    assert block is not None, name
    return set(re.findall(r"sha256:(\w+)", block[0]))


def download(target: Target, folder: Path) -> tuple[Path, ...]:
    """All that the target's lock names, as files. Raises CalledProcessError when something is missing or has another hash."""
    text = (LOCKS / f"{target.name}.lock").read_text("utf-8")
    blocks = re.findall(r"^[a-z0-9._-]+==.*(?:\n    --hash=.*)+", text, re.MULTILINE)
    for number, (source, how) in enumerate(((False, _for(target)), (True, ["--no-binary", ":all:"]))):
        part = [block for block in blocks if (block.partition("==")[0] in AS_SOURCE) is source]
        listed = folder / f"wanted {number}"
        listed.write_text("\n".join(part) + "\n")
        if part:
            subprocess.run([*_PIP, "download", "--no-deps", "--require-hashes", *how, "-d", str(folder), "-r", str(listed)], check=True)
        listed.unlink()
    files = tuple(sorted(folder.iterdir()))
    assert len(files) == len(blocks), f"{len(files)} files for {len(blocks)} lines"
    return files


def main() -> int:
    """Write the locks, or fetch what one of them names."""
    parser = argparse.ArgumentParser(prog="python -m tests.bundle.targets")
    parser.add_argument("--download", nargs=2, metavar=("NAME", "DIR"))
    wanted = parser.parse_args()
    if wanted.download:
        name, folder = wanted.download
        target = next(target for target in TARGETS if target.name == name)
        Path(folder).mkdir(parents=True, exist_ok=True)
        files = download(target, Path(folder))
        print(f"{name}: {len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:.0f} MB, complete")
        return 0
    whole = WHOLE.read_text("utf-8")
    LOCKS.mkdir(exist_ok=True)
    for target in TARGETS:
        (LOCKS / f"{target.name}.lock").write_text(written(target, whole), "utf-8")
        print(f"{target.name}.lock")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
