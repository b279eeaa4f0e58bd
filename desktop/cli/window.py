"""`oncedesk` without a command: opens the window. Whatever goes wrong before it stands has a face and a line in the log.

The rooms are imported late: a part that is missing has a face, too.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli.outcome import CANNOT, DONE, FOUND, CannotBeDone, Outcome
from desktop.diagnostics import Failure, failure_of, logging_to, tell_without_window, way_of
from desktop.settings import Settings, default_home, load_settings
from desktop.wording import say

if TYPE_CHECKING:
    from desktop.ui.face import Choice, Way

_log = logging.getLogger(__name__)

_OTHER_STORE = frozenset({"store.missing", "store.empty", "store.behind", "store.foreign", "store.rewritten"})
"""Something is there or was, and it is not this window's store as its witness knows it."""


def open_window(home: Path | None, *, demo: bool, kiosk: bool, platform_url: str | None) -> int:
    """Open the window and stay until it is closed; returns the exit status."""
    where = home or default_home(demo)
    while True:
        with logging_to(where) as log:
            try:
                settings = load_settings(where, demo=demo, kiosk=kiosk, platform_url=platform_url)
                from desktop.app import run_window

                run_window(settings, log)
            except Exception as error:  # noqa: BLE001 - the edge of the process: whatever went wrong gets a face
                choice = show_failure(error, log)
            else:
                return DONE
        if choice is None:
            return CANNOT
        if isinstance(choice, Path):
            where = choice


def take_picture(file: Path, settings: Settings) -> Outcome:
    """What stands in the window once somebody may sign in, as a file; the window closes by itself."""
    from desktop.app import run_window
    from desktop.station.owner import Owned

    with logging_to(settings.home) as log:
        seen = run_window(settings, log, file)
    if seen is None:
        raise Owned("station.window_open")
    if not seen.saved:
        raise CannotBeDone(f"{file}：图存不下来。请检查文件夹、权限和后缀（.png、.jpg）。")
    return Outcome(seen, [f"{file}：{say(seen.fault) if seen.fault else f'{seen.ready} 秒后可以登录'}"], FOUND if seen.fault else DONE)


def show_failure(error: Exception, log: Path | None) -> "Choice":
    """Write it down, show it, and say what was chosen to do about it."""
    failure = failure_of(error)
    _log.critical("%s | %s | file %s | key %s | %s\n%s", failure.say, failure.do, failure.file or "-", failure.key or "-", failure.code,
                  way_of(error))
    try:
        from desktop.ui import face, starting

        starting.application(log, failure.lines(log))
        shown = face.Face(failure.lines(log), _ways(failure))
        shown.exec()
    except ImportError:     # Qt itself is what is missing
        tell_without_window(failure.lines(log))
        return None
    return shown.choice


def _ways(failure: Failure) -> "tuple[Way, ...]":
    from desktop.ui.face import Way, ask_for_folder

    if failure.code not in _OTHER_STORE:
        return ()
    return (Way("选择正确的数据文件夹，这一次用它…", act=ask_for_folder), Way("恢复备份", "oncedesk backup restore FILE"),
            Way("写明原因，重新开始", "oncedesk station begin-anew --reason TEXT"))
