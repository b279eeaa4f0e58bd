"""Checks of the installation itself: they need no home, so an installed program can be asked as soon as it lies there."""

import json
import os
import subprocess
import sys
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from functools import partial

from db.store import library_version
from desktop.domain.working_days import Calendar
from desktop.recognition import child, decoding
from desktop.recognition.apart import ReadingProcess
from desktop.shelf import RESOURCES, read_calendar, read_codes, read_packs
from desktop.station import checks
from desktop.station.checks import Check, Seen
from desktop.version import VERSION

_TRIAL_SECONDS = 60.0
_SAMPLE = "示例，㛃䶮"
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_LATE = 60
"""Days before a year in which its calendar should be published."""


def checks_of_installation(*, offscreen: bool = False) -> tuple[Check, ...]:
    """The program, its libraries, its fonts and models. `offscreen`: Qt is tried without a screen, also where there is one."""
    return (Check("version", partial(Seen, VERSION)), Check("database", lambda: Seen(library_version())),
            Check("fonts", paper_fonts, slow=True), Check("qt", partial(qt, offscreen=offscreen), slow=True),
            Check("opencv", opencv, slow=True), Check("codecs", codecs, slow=True), Check("recognition", recognition, slow=True))


def self_checks(today: date) -> tuple[Check, ...]:
    """Everything that can be looked at without a home."""
    return (Check("machine", checks.machine), *checks_of_installation(offscreen=True),
            Check("tables", lambda: Seen(str(len(read_codes(RESOURCES / "codes").regions)))),
            Check("calendar", lambda: calendar(read_calendar(RESOURCES / "calendar"), today)),
            Check("themes", lambda: themes(today)))


def themes(today: date) -> Seen:
    """The packs that ship."""
    packs = read_packs(RESOURCES / "themes")
    good = not packs.broken and packs.in_force(today)
    return Seen(f"{len(packs.packs)}, {len(packs.broken)}", *(() if good else ("check.no_theme", "fault")))


def calendar(table: Calendar, today: date) -> Seen:
    """Whether the year, and the next one when it is near, is as the State Council published it."""
    published = [year for year, told in table.years.items() if told.official]
    saw = f"{min(published)}-{max(published)}" if published else "-"
    if today.year not in published:
        return Seen(saw, "check.calendar_ends", "warning", {"year": str(today.year)})
    if today.year + 1 not in published and (date(today.year + 1, 1, 1) - today).days <= _LATE:
        return Seen(saw, "check.calendar_ends", "note", {"year": str(today.year + 1)})
    return Seen(saw)


def paper_fonts() -> Seen:
    """Whether the papers' faces can be read and draw what names need."""
    from desktop.papers import fonts

    lacking = fonts.missing(_SAMPLE)
    return Seen("Noto Sans SC", *(("check.no_fonts", "fault") if lacking else ()))


def qt(*, offscreen: bool) -> Seen:
    """Qt started in a process of its own: it would take ours with it."""
    unseen = offscreen or (sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")))
    with closing(_Trial(unseen)) as trial:
        told = trial.told()
    if told is None:
        return Seen("", "check.no_qt", "fault")
    saw = f"Qt {told['qt']} {told['platform']}, {', '.join(told['families'])}"
    if not told["families"]:
        return Seen(saw, "check.no_fonts", "fault")
    return Seen(saw, *(("check.no_display", "note") if unseen and not offscreen else ()))


class _Trial:
    """`desktop.ui.trial`, which says what Qt came to."""

    def __init__(self, unseen: bool) -> None:
        self._process = child.start("desktop.ui.trial", surroundings={"QT_QPA_PLATFORM": "offscreen"} if unseen else {}, quiet=True)

    def told(self) -> dict[str, list[str]] | None:
        """None when Qt did not start."""
        with suppress(subprocess.TimeoutExpired, ValueError):
            told: dict[str, list[str]] = json.loads(self._process.communicate(timeout=_TRIAL_SECONDS)[0])
            return told
        return None

    def close(self) -> None:
        """End it, if it has not ended."""
        self._process.kill()
        self._process.communicate()


def opencv() -> Seen:
    """By loading it: an installed program has no package's metadata to ask."""
    from hardware.opencv import cv2

    return Seen(f"OpenCV {cv2.__version__}")


def codecs() -> Seen:
    """Texts in the encodings that Notepad writes, pictures of each kind and a PDF, through the process that decodes them."""
    from desktop.papers.test_page import test_page
    from hardware.opencv import cv2

    for name in ("utf-8-sig", "utf-16", "gb18030"):
        _SAMPLE.encode(name).decode(name)       # LookupError where one is not there
    page = test_page("示例县政务服务中心", "3", _ANY_TIME, demo=True)
    picture = decoding.decode(page)[0][::4, ::4].copy()
    for kind in (".jpg", ".png", ".tiff", ".webp", ".bmp"):
        decoding.decode(bytes(cv2.imencode(kind, picture)[1]))
    return Seen("PDF, JPEG, PNG, TIFF, WebP, BMP")


def recognition() -> Seen:
    """The models loaded, in the process that reads."""
    reader = ReadingProcess()
    reader.warm()
    return Seen("", reader.fault or "", "warning" if reader.fault else "ok")
