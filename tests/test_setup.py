"""tests/setup.sh on machines that lack something, with stand-ins for the programs it asks; bare machines themselves: tests/fresh.sh."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell script for Linux")

SCRIPT = Path(__file__).with_name("setup.sh")
PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14", "python3")


def packages() -> list[str]:
    found = re.search(r'PACKAGES="(.*?)"', SCRIPT.read_text(encoding="utf-8").replace("\\\n", ""))
    assert found is not None
    return found[1].split()


def installed(names: list[str], stands_in: dict[str, str] | None = None) -> str:
    """As dpkg-query lists it: Debian's newer names provide the older ones."""
    newer = stands_in or {}
    return "".join(f"installed {newer.get(name, name)}, {f'{name} (= 2.84.4-3)' if name in newer else ''}\n" for name in names)


class Bare:
    """A machine whose programs are told what to answer. `asked` holds what apt-get was told to do."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "tests").mkdir()
        (folder / "bin").mkdir()
        shutil.copy(SCRIPT, folder / "tests")
        self.asked = folder / "asked"
        self.answer("apt-get", f'echo "$@" >> {self.asked}')
        self.answer("apt-cache", "")
        self.answer("id", "echo 1000")
        self.packages(installed(packages()))
        for name in PYTHONS:
            self.answer(name, "exit 127")

    def answer(self, program: str, script: str) -> None:
        path = self._folder / "bin" / program
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def packages(self, listed: str) -> None:
        (self._folder / "listed").write_text(listed, encoding="utf-8")
        self.answer("dpkg-query", f"cat {self._folder / 'listed'}")

    def python(self, version: str, venv: str = "exit 7") -> None:
        """A `python3` of that version that runs `venv` where a .venv would be made."""
        run = sys.executable
        minor = int(version.split(".")[1])
        told = f"import ensurepip, sys, sysconfig, venv; sys.version_info = (3, {minor}, 0, 'final', 0);"
        self.answer("python3", f'case $1 in --version) echo "Python {version}" ;; -m) {venv} ;; *) exec {run} -c "{told} $2" ;; esac')

    def set_up(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["/bin/sh", "tests/setup.sh"], cwd=self._folder, env={"PATH": f"{self._folder / 'bin'}:/usr/bin:/bin"},
                              capture_output=True, text=True, check=False)


@pytest.fixture
def bare(tmp_path: Path) -> Bare:
    return Bare(tmp_path)


@pytest.mark.parametrize("version", ["3.10.12", "3.15.0"])
def test_an_unsuitable_python_is_refused_before_anything_is_installed(bare: Bare, version: str) -> None:
    bare.answer("id", "echo 0")
    bare.packages("")
    bare.python(version)
    bare.answer("apt-cache", "printf 'python3.1-doc\\npython3.9\\npython3.11\\npython3.12\\npython3.12-venv\\npython3.15\\n'")
    told = bare.set_up()
    assert told.returncode == 2
    assert f"Python {version}" in told.stderr
    assert "apt-get install -y python3.12 python3.12-venv python3.12-dev" in told.stderr
    assert not bare.asked.exists()


def test_where_no_package_brings_a_python_it_says_how_to_build_one(bare: Bare) -> None:
    bare.python("3.9.2")
    told = bare.set_up()
    assert told.returncode == 2
    assert "https://www.python.org/downloads/" in told.stderr


def test_a_package_that_has_a_newer_name_is_not_installed_again(bare: Bare) -> None:
    bare.answer("id", "echo 0")
    bare.packages(installed(packages(), {"libglib2.0-0": "libglib2.0-0t64"}))
    bare.python("3.13.5")
    assert bare.set_up().returncode == 7      # it went on to .venv
    assert not bare.asked.exists()


def test_root_gets_what_is_missing_and_nothing_else(bare: Bare) -> None:
    bare.answer("id", "echo 0")
    bare.packages(installed([name for name in packages() if name not in {"gcc", "libgl1"}]))
    bare.python("3.13.5")
    bare.set_up()
    assert bare.asked.read_text(encoding="utf-8").split("\n")[-2].endswith("--no-install-recommends libgl1 gcc")


def test_an_ordinary_user_is_told_one_line_for_root(bare: Bare) -> None:
    bare.packages("")
    bare.python("3.13.5")
    told = bare.set_up()
    assert told.returncode == 2
    (line,) = [line.strip() for line in told.stderr.splitlines() if line.startswith(" ")]
    assert line == f"apt-get update && apt-get install -y --no-install-recommends {' '.join(packages())}"
    assert not bare.asked.exists()


def test_where_pip_installs_nothing_it_says_for_which_machines_there_are_wheels(bare: Bare) -> None:
    inside = f'#!/bin/sh\n[ "$1" = -c ] && exec {sys.executable} "$@"\nexit 1\n'
    bare.python("3.13.5", venv=f"mkdir -p .venv/bin; printf '%s' '{inside}' > .venv/bin/python; chmod +x .venv/bin/python")
    told = bare.set_up()
    assert told.returncode == 2
    assert "Python 3.11 to 3.14" in told.stderr
    assert "glibc" in told.stderr
