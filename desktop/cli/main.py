"""`oncedesk …` itself: the top parser, put together from the groups; one command run, its outcome printed, its failure told."""

import argparse
import io
import json
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from desktop.cli import backup, bench, cases, day, devices, doctor, idcard, printing, read, scan, sync, themes, users, working_days
from desktop.cli.commands import common
from desktop.cli.outcome import CANNOT, DONE, FOUND, CannotBeDone, Outcome, plain
from desktop.settings import Settings, SettingsError, load_settings
from desktop.wording import fault_code, known, remedy, say

_GROUPS = (themes.add, bench.add, read.add, devices.add, doctor.add, idcard.add, scan.add, printing.add, cases.add, sync.add, day.add,
           backup.add, working_days.add, users.add)
"""In the order of `oncedesk --help`."""

_log = logging.getLogger("desktop.cli")     # on standard error under one name, whichever file speaks


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):    # a redirected stream on Windows is not UTF-8; a window has none at all
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    args = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = load_settings(args.home, demo=args.demo, kiosk=args.kiosk, platform_url=args.platform)
        if args.command is None and args.picture is None:
            return _open_window(settings)
        outcome: Outcome = args.run(args, settings) if args.command else _picture(args.picture, settings)
    except (CannotBeDone, SettingsError) as e:
        print(e, file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        return CANNOT
    except Exception as e:  # noqa: BLE001 - the edge of the process: whatever went wrong leaves as a sentence and a status
        outcome = _failed(e)
    try:
        _print(outcome, as_json=args.json)
    except BrokenPipeError:     # the reader of a pipe has seen enough; without this the interpreter complains at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return outcome.status


def parser() -> argparse.ArgumentParser:
    """All that may be said to `oncedesk`."""
    whole = argparse.ArgumentParser(prog="oncedesk", description="一次办窗口终端", parents=[common()])
    whole.add_argument("--kiosk", action="store_true", help="全屏")
    whole.add_argument("--picture", type=Path, metavar="FILE", help="打开窗口，等到可以登录（或者说出为什么不能），把窗口存成图，自己关上")
    whole.set_defaults(home=None, demo=False, platform=None, json=False, command=None)
    top = whole.add_subparsers(dest="command", metavar="COMMAND")
    for add in _GROUPS:
        add(top)
    return whole


def _print(outcome: Outcome, *, as_json: bool) -> None:
    if as_json and outcome.document is not None:
        print(json.dumps(plain(outcome.document), ensure_ascii=False, indent=2))
    elif not as_json:
        for line in outcome.lines:
            print(line)
    sys.stdout.flush()


def _failed(error: Exception) -> Outcome:
    """What is said of an exception. A device that answered, but lacks paper or a card, was found wrong; all else cannot be done."""
    code = fault_code(error)
    code = code if known(code) else "window.unexpected"      # libraries put codes of their own on their exceptions
    if code == "window.unexpected" and isinstance(error, OSError):
        print(f"{error.filename or ''}：读写文件出错（{error.strerror}）。请检查路径和权限。", file=sys.stderr)
        return Outcome(None, status=CANNOT)
    if code == "window.unexpected":
        # where, not what: the message of somebody else's exception may hold a name or a number
        _log.error("unexpected %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    params = {key: value for key, value in vars(error).items() if key in {"seconds", "year"}}
    print(f"{say(code, **params)}。{remedy(code, **params)}", file=sys.stderr)
    for problem in getattr(error, "problems", ()):
        print(say(problem.code, **problem.params), file=sys.stderr)
    if code.partition(".")[0] in {"printer", "reader", "camera", "scanner", "paper_printer"} or code == "print.maybe_printed":
        return Outcome({"fault": code, "told": say(code), "do": remedy(code)}, status=FOUND)
    if code.startswith("device."):
        return Outcome({"fault": code, "told": say(code), "do": remedy(code)}, status=CANNOT)
    return Outcome(None, status=CANNOT)


def _open_window(settings: Settings) -> int:
    from desktop.app import run_window

    return run_window(settings)


def _picture(file: Path, settings: Settings) -> Outcome:
    from desktop.app import picture_of_window

    seen = picture_of_window(settings, file)
    if not seen.saved:
        raise CannotBeDone(f"{file}：图存不下来。请检查文件夹、权限和后缀（.png、.jpg）。")
    return Outcome(seen, [f"{file}：{say(seen.fault) if seen.fault else f'{seen.ready} 秒后可以登录'}"], FOUND if seen.fault else DONE)
