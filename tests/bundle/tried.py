"""The bundle tried as it will be used: out of its package, in a folder whose name has spaces and Chinese, with an empty environment and no
Python in reach. The stand-in province runs from source; nothing else of the checkout is used.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Self

import numpy as np
import pypdfium2
from PIL import Image

from desktop.app import open_workplace
from desktop.domain.hall_time import day_of
from desktop.recognition.engine import PaddleLines
from hardware.simulated.desk import SimulatedDesk
from hardware.simulated.people import FATHER, MOTHER
from tests.homes import NOW, make_ready, settings_for, sign
from tests.sandbox.process import TOKEN, Sandbox

HOUSE = Path(__file__).resolve().parents[2]
SPECIMENS = HOUSE / "resources" / "recordings" / "desk"
SELF_CHECKS: tuple[tuple[str, ...], ...] = (("--self-check",), ("--demo", "doctor"))
"""Commands by which the program looks at itself; each must end with 0."""
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


@dataclass(frozen=True)
class Installed:
    """The program where it was unpacked, and what it is given."""

    program: Path
    folder: Path
    home: Path

    @classmethod
    def here(cls, program: Path, folder: Path) -> Self:
        """With a spy on the path: called as one of the system's own programs, it writes down what it is given."""
        installed = cls(program, folder, folder / "数据 data")
        installed.path.mkdir(parents=True)
        spy = installed.path / "lpstat"
        spy.write_text(f'#!/bin/sh\n/usr/bin/env > "{folder / _SEEN_BY_OTHERS}"\n', "utf-8")
        spy.chmod(0o755)
        return installed

    @property
    def path(self) -> Path:
        """The only folder on PATH."""
        return self.folder / "programs"

    @property
    def surroundings(self) -> dict[str, str]:
        """All there is of an environment."""
        return {"PATH": str(self.path), "QT_QPA_PLATFORM": "offscreen"}

    def run(self, *words: object, **more: str) -> str:
        """One command, with `more` in its environment; what it printed. Raises Wrong."""
        return _run([str(self.program), "--home", str(self.home), *map(str, words)], self.surroundings | more, self.folder)

    def told(self, *words: object, **more: str) -> Any:
        """One command's JSON document."""
        return json.loads(self.run("--json", *words, **more))


def _run(command: Sequence[str], surroundings: dict[str, str], folder: Path) -> str:
    try:
        done = subprocess.run(command, env=surroundings, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE,
                              check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as e:
        raise Wrong(f"{' '.join(command[1:])}: no end after {PATIENCE:.0f} s") from e
    if done.returncode != 0:
        raise Wrong(f"{' '.join(command[1:])}: status {done.returncode}\n{done.stdout}\n{done.stderr}")
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
    found = {row["id"]: row for row in installed.told("--self-check")}
    for name in ("recognition", "opencv", "codecs", "themes", "database"):
        if not found[name]["ok"]:
            raise Wrong(f"--self-check: {found[name]}")
    given = (installed.folder / _SEEN_BY_OTHERS).read_text("utf-8", "replace").splitlines()
    if steered := [line for line in given if line.startswith(("LD_LIBRARY_PATH=", "LD_PRELOAD=", "PYTHON"))]:
        raise Wrong(f"other programs are started with {steered}")


def loads_its_own_libraries(installed: Installed) -> int:
    """Every library the bundle brings is taken from it, also by the processes in which pictures are decoded and read; how many there were.

    Where the bundle was built, the system has the same libraries: what is missed there only shows on another system.
    """
    told = installed.folder / "libraries"
    told.mkdir()
    installed.run("read", _tiff(installed), LD_DEBUG="libs", LD_DEBUG_OUTPUT=str(told / "of"))
    inside = {file.name for file in installed.program.parent.rglob("*.so*")}
    words = [file.read_text("utf-8", "replace") for file in told.iterdir()]
    loaded = {name for text in words for name in re.findall(r"calling init: (.+)", text)}
    foreign = sorted(name for name in loaded if Path(name).name in inside and not name.startswith(str(installed.program.parent)))
    if foreign:
        raise Wrong(f"loaded from the system although the bundle brings them: {foreign}")
    if len(words) < 3:
        raise Wrong("the processes that decode and read were not seen")
    return len(loaded)


def _tiff(installed: Installed) -> Path:
    """A card as a scanner gives it; another process decodes it."""
    tiff = installed.folder / "扫描 1.tif"
    with Image.open(SPECIMENS / "father_card_front.jpg") as picture:
        picture.save(tiff)
    return tiff


def checks_themes(installed: Installed) -> int:
    """How many packs it carries, all of them right."""
    rows = installed.told("themes", "check")
    shipped = len(list((HOUSE / "resources" / "themes").glob("*/*.toml")))
    if len(rows) != shipped or not all(row["ok"] for row in rows):
        raise Wrong(f"themes check: {len(rows)} packs of {shipped}")
    return shipped


def reads(installed: Installed) -> None:
    """A specimen card as the camera gives it, and one as a scanner does."""
    for file, person in ((SPECIMENS / "mother_card_front.jpg", MOTHER), (_tiff(installed), FATHER)):
        (document,) = installed.told("read", file)
        seen = [(page["doc_type"], page["fields"]["name"]["value"], page["fields"]["id_number"]["value"]) for page in document["pages"]]
        if seen != [("id_card_front", person.name, person.number)]:
            raise Wrong(f"read {file.name}: {seen}")


def works_on_a_case(installed: Installed, province: Sandbox) -> None:
    """A case that was accepted from source is listed, printed, exported and sent by the bundle, and its day is closed."""
    at_home = replace(installed, home=installed.folder / "办件 cases")
    number = _accepted(at_home.home)
    settings(at_home.home, province, "004")
    if [row["case_number"] for row in at_home.told("case", "list")] != [number]:
        raise Wrong(f"case list: {at_home.told('case', 'list')}")
    clerk, supervisor = {"ONCEDESK_PIN": "246810"}, {"ONCEDESK_REVIEWER_PIN": "135790"}
    printed = installed.folder / "打印 1"
    at_home.run("--demo", "print", "paper", number, "--printer", f"file-folder:{printed}", "--as", "wang", **clerk)
    for paper in sorted(printed.iterdir()):
        with closing(pypdfium2.PdfDocument(paper)) as document, closing(document[0]) as page, closing(page.get_textpage()) as text:
            if MOTHER.name not in text.get_text_range():
                raise Wrong(f"{paper.name} does not name {MOTHER.name}")
    out = installed.folder / "导出"
    exported = at_home.told("case", "export", number, "--out", out, "--reason", "try", "--as", "zhao", ONCEDESK_PIN="135790")
    at_home.run("station", "clock", "--date", day_of(datetime.now(UTC)), "--as", "wang", **clerk)     # it was accepted on an earlier day
    at_home.run("sync", "watch", "--seconds", 30)
    if province.cases()["accepted"] != 1:
        raise Wrong(f"the province has {province.cases()}")
    closed = at_home.told("day", "close", "--as", "wang", "--reviewer", "zhao", "--day", NOW.date(), **clerk, **supervisor)
    for file in (*exported["files"], *closed.values()):
        if not Path(file).stat().st_size:
            raise Wrong(f"{file} is empty")


def _accepted(home: Path) -> str:
    """Make a home with one accepted case; its number."""
    with closing(SimulatedDesk()) as desk:
        case = make_ready(home, desk)
        with open_workplace(settings_for(home, desk), clock=lambda: NOW) as place:
            clerk = place.flows.sign_in.enter("wang", "246810")
            sign(place.flows, clerk, case)
            return place.flows.accept.accept(clerk, case).case_number


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
    for words in ("演示模式", "首次使用", "创建并登录"):
        if words not in read:
            raise Wrong(f"on the picture stands {read!r}, not {words}")
    return picture


def settings(home: Path, province: Sandbox, code: str = "003") -> None:
    """A home that knows the province, as a terminal of its own."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(f'platform_url = "{province.url}"\nterminal_token = "{TOKEN}"\nterminal_id = "terminal-{code}"\n'
                                        f'window_code = "{code}"\n', "utf-8")


def starts(installed: Installed, province: Sandbox, rounds: int = ROUNDS) -> Figures:
    """How long the window takes from the bundle and from source, in turn, each on a home that stands already."""
    source_home = installed.folder / "source"
    settings(source_home, province, "005")
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
