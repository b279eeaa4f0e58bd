"""The bundle tried as it will be used: out of its package, in a folder whose name has spaces and Chinese, with an empty environment and no
Python in reach. The stand-in province runs from source; nothing else of the checkout is used.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image

from desktop.recognition.engine import PaddleLines
from hardware.simulated.people import FATHER, MOTHER
from tests.sandbox.process import TOKEN, Sandbox

HOUSE = Path(__file__).resolve().parents[2]
SPECIMENS = HOUSE / "resources" / "recordings" / "desk"
SELF_CHECKS: tuple[tuple[str, ...], ...] = (("doctor",),)
"""Commands by which the program looks at itself; each must end with 0. A new one (`--self-check`) is one more row here."""
ROUNDS = 5
"""Starts of each kind that are timed."""
PATIENCE = 120.0
_SEEN_BY_OTHERS = "surroundings of another program"


class Wrong(AssertionError):
    """The bundle does not do what it must; the message says what was seen."""


@dataclass(frozen=True)
class Opened:
    """One start of the window."""

    painted: float
    """Seconds from the process's start to the window's first paint."""
    ready: float
    """… until somebody might sign in and the province had answered."""


@dataclass(frozen=True)
class Figures:
    """Medians of some starts each, taken in turn."""

    bundle: Opened
    source: Opened


class Installed:
    """The program where it was unpacked, and what it is given."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program
        self.folder = folder
        self.path = folder / "programs"
        """The only folder on PATH. What stands there is called as the system's programs are, and writes down what it is given."""
        self.path.mkdir(parents=True)
        spy = self.path / "lpstat"
        spy.write_text(f'#!/bin/sh\n/usr/bin/env > "{folder / _SEEN_BY_OTHERS}"\n', "utf-8")
        spy.chmod(0o755)
        self.home = folder / "数据 data"

    @property
    def surroundings(self) -> dict[str, str]:
        """All there is of an environment."""
        return {"PATH": str(self.path), "QT_QPA_PLATFORM": "offscreen"}

    def run(self, *words: object, status: int = 0) -> str:
        """One command; what it printed. Raises Wrong."""
        return _run([str(self.program), "--home", str(self.home), *map(str, words)], self.surroundings, self.folder, status)

    def told(self, *words: object) -> Any:
        """One command's JSON document."""
        return json.loads(self.run("--json", *words))


def _run(command: Sequence[str], surroundings: dict[str, str], folder: Path, status: int = 0) -> str:
    try:
        done = subprocess.run(command, env=surroundings, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE,
                              check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as e:
        raise Wrong(f"{' '.join(command[1:])}: no end after {PATIENCE:.0f} s") from e
    if done.returncode != status:
        raise Wrong(f"{' '.join(command[1:])}: status {done.returncode}, not {status}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def unpacked(package: Path, folder: Path, program: str) -> Path:
    """The program of the package, unpacked into `folder` as dpkg would unpack it at /."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["dpkg-deb", "--extract", str(package), str(folder)], check=True)
    found = list(folder.glob(f"opt/apps/*/{program}"))
    if len(found) != 1:
        raise Wrong(f"{package.name} holds {len(found)} times {program}")
    return found[0]


def layout(package: Path, app_id: str) -> None:
    """All of it lies where UOS wants it, and nothing is run when it is installed. Raises Wrong."""
    listed = subprocess.run(["dpkg-deb", "--contents", str(package)], check=True, capture_output=True, text=True).stdout.splitlines()
    places = [line.split(maxsplit=5)[5].partition(" -> ")[0] for line in listed]
    home = f"./opt/apps/{app_id}/"
    if outside := [place for place in places if not place.startswith(home) and place not in {"./", "./opt/", "./opt/apps/"}]:
        raise Wrong(f"outside {home}: {outside[:5]}")
    wanted = {f"{home}info", f"{home}entries/applications/{app_id}.desktop", f"{home}entries/icons/hicolor/scalable/apps/{app_id}.svg"}
    if missing := wanted - set(places):
        raise Wrong(f"missing: {sorted(missing)}")
    if owners := {line.split()[1] for line in listed} - {"root/root"}:
        raise Wrong(f"files belong to {owners}")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "--control", str(package), folder], check=True)
        if scripts := {file.name for file in Path(folder).iterdir()} - {"control", "md5sums"}:
            raise Wrong(f"run when it is installed: {sorted(scripts)}")


def looks_at_itself(installed: Installed) -> None:
    """Every self-check ends well, and other programs are started with the system's libraries, not ours."""
    for words in SELF_CHECKS:
        installed.run(*words)
    found = {row["name"]: row for row in installed.told("doctor")}
    for name in ("recognition", "opencv", "themes"):
        if not found[name]["ok"] or "没有" in found[name]["told"]:
            raise Wrong(f"doctor: {found[name]}")
    given = (installed.folder / _SEEN_BY_OTHERS).read_text("utf-8", "replace").splitlines()
    if steered := [line for line in given if line.startswith(("LD_LIBRARY_PATH=", "LD_PRELOAD=", "PYTHON"))]:
        raise Wrong(f"other programs are started with {steered}")


def checks_themes(installed: Installed) -> int:
    """How many packs it carries, all of them right."""
    rows = installed.told("themes", "check")
    shipped = len(list((HOUSE / "resources" / "themes").glob("*/*.toml")))
    if len(rows) != shipped or not all(row["ok"] for row in rows):
        raise Wrong(f"themes check: {len(rows)} packs of {shipped}")
    return shipped


def reads(installed: Installed) -> None:
    """A specimen card as the camera gives it, and one as a scanner's TIFF, which another process decodes."""
    tiff = installed.folder / "扫描 1.tif"
    with Image.open(SPECIMENS / "father_card_front.jpg") as picture:
        picture.save(tiff)
    for file, person in ((SPECIMENS / "mother_card_front.jpg", MOTHER), (tiff, FATHER)):
        (document,) = installed.told("read", file)
        seen = [(page["doc_type"], page["fields"]["name"]["value"], page["fields"]["id_number"]["value"]) for page in document["pages"]]
        if seen != [("id_card_front", person.name, person.number)]:
            raise Wrong(f"read {file.name}: {seen}")


def opens(installed: Installed, province: Sandbox) -> Path:
    """The demo's window comes, finds the province, is saved as a picture that can be read, and closes by itself."""
    settings(installed.home, province)
    picture = installed.folder / "窗口 1.png"
    seen = installed.told("--demo", "--picture", picture)
    if seen["fault"] or not seen["saved"] or not picture.exists():
        raise Wrong(f"--picture: {seen}")
    if not any(asked.endswith("health") for asked in province.requests()):
        raise Wrong(f"the province was not asked: {province.requests()}")
    with Image.open(picture) as shown:
        blue_green_red = np.ascontiguousarray(np.asarray(shown.convert("RGB"))[..., ::-1])
    read = "".join(line.text for line in PaddleLines().lines(blue_green_red))
    for words in ("演示模式", "首次使用"):
        if words not in read:
            raise Wrong(f"on the picture stands {read!r}, not {words}")
    return picture


def settings(home: Path, province: Sandbox) -> None:
    """A home that knows the province."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(f'platform_url = "{province.url}"\nterminal_token = "{TOKEN}"\n', "utf-8")


def starts(installed: Installed, province: Sandbox, rounds: int = ROUNDS) -> Figures:
    """How long the window takes from the bundle and from source, in turn, each on a home that stands already."""
    source_home = installed.folder / "source"
    settings(source_home, province)
    picture = installed.folder / "timed.png"
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    from_source = [sys.executable, "-m", "desktop", "--home", str(source_home), "--json", "--demo", "--picture", str(picture)]
    taken: tuple[list[Opened], list[Opened]] = ([], [])
    for number in range(rounds + 1):        # the first fills the disk's cache and makes the source's home
        seen = (installed.told("--demo", "--picture", picture), json.loads(_run(from_source, surroundings, HOUSE)))
        for times, one in zip(taken, seen, strict=True):
            if number:
                times.append(Opened(one["painted"], one["ready"]))
    return Figures(*(Opened(median(one.painted for one in times), median(one.ready for one in times)) for times in taken))


def told_in_time(what: str, began: float) -> None:
    """One line of the log."""
    print(f"  {what}: {time.monotonic() - began:.1f} s", flush=True)
