"""The lock seen from Windows: all that it names for Windows can be had as wheels, with the hashes that are written down."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

LOCK = Path(__file__).parents[1] / "requirements.lock"
FROM_SOURCE = {"pytwain"}
"""Published as source only; plain Python, so that any machine with a network makes its wheel."""


def for_windows(python: str) -> list[str]:
    """The lock's lines that hold there. pip itself judges markers by the machine it runs on, whatever --platform says."""
    there = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64",
             "python_version": python, "python_full_version": f"{python}.0",
             "implementation_name": "cpython", "platform_python_implementation": "CPython"}
    kept = []
    for entry in re.split(r"\n(?=\S)", LOCK.read_text(encoding="utf-8")):
        if entry.startswith("#"):
            continue
        wanted = Requirement(entry.partition("\\")[0])
        if wanted.marker is None or wanted.marker.evaluate(there):
            kept.append(re.sub(r" ; [^\\\n]*", " ", entry, count=1))
    return kept


def names(entries: list[str]) -> set[str]:
    return {entry.partition("==")[0] for entry in entries}


def test_the_lock_names_for_windows_what_only_windows_needs_and_nothing_that_only_linux_has() -> None:
    there = names(for_windows("3.11"))
    assert {"pywin32", "comtypes", "pytwain", "pyside6-essentials", "sqlcipher3"} <= there
    assert not {"python-sane", "secretstorage", "jeepney", "pyobjc-core"} & there


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_all_that_windows_needs_can_be_downloaded(python: str, tmp_path: Path) -> None:
    wanted = for_windows(python)
    (tmp_path / "windows.txt").write_text("\n".join(wanted), encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--platform", "win_amd64", "--python-version", python, "--no-deps", "--require-hashes",
         "--only-binary=:all:", f"--no-binary={','.join(FROM_SOURCE)}", "-d", str(tmp_path / "there"), "-r", str(tmp_path / "windows.txt")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-2000:]
    there = [path.name for path in (tmp_path / "there").iterdir()]
    assert len(there) == len(wanted)
    assert {name for name in there if not name.endswith(".whl")} == {name for name in there if name.startswith("pytwain-")}
