"""`oncedesk …` itself: the top parser, put together from the groups; one command run, its outcome printed, its failure told."""

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from desktop.cli import (
    backup,
    bench,
    cases,
    county,
    day,
    devices,
    doctor,
    idcard,
    printing,
    read,
    scan,
    station,
    sync,
    themes,
    users,
    working_days,
)
from desktop.cli.commands import common
from desktop.cli.outcome import CANNOT, FOUND, CannotBeDone, Outcome, plain
from desktop.cli.window import open_window, take_picture
from desktop.diagnostics import Discreet, failure_of, tell_without_window, way_of
from desktop.settings import load_settings
from desktop.version import VERSION
from desktop.wording import remedy, say

_GROUPS = (themes.add, bench.add, read.add, devices.add, doctor.add, idcard.add, scan.add, printing.add, cases.add, sync.add, day.add,
           backup.add, working_days.add, users.add, station.add, county.add)
"""In the order of `oncedesk --help`."""

_log = logging.getLogger("desktop.cli")     # on standard error under one name, whichever file speaks


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):    # a redirected stream on Windows is not UTF-8; a window has none at all
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    args = parser().parse_args(argv)
    _log_to_standard_error()
    try:
        if args.command is None and not args.self_check and args.picture is None:
            return open_window(args.home, demo=args.demo, kiosk=args.kiosk, platform_url=args.platform)
        outcome: Outcome = doctor.self_check() if args.self_check else _run(args)
    except CannotBeDone as e:
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


def _run(args: argparse.Namespace) -> Outcome:
    settings = load_settings(args.home, demo=args.demo, kiosk=args.kiosk, platform_url=args.platform)
    done: Outcome = args.run(args, settings) if args.command else take_picture(args.picture, settings)
    return done


def _log_to_standard_error() -> None:
    """Warnings, in the same discreet words as in the log file. A program without a console has no standard error."""
    if sys.stderr is not None and not logging.getLogger().handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setLevel(logging.WARNING)
        handler.setFormatter(Discreet("%(levelname)s %(name)s: %(message)s"))
        logging.getLogger().addHandler(handler)


class _Parser(argparse.ArgumentParser):
    """A mistake in a shortcut is said, too, where there is no console."""

    def error(self, message: str) -> NoReturn:
        if sys.stderr is None:
            tell_without_window((self.format_usage(), message))
        super().error(message)


def parser() -> argparse.ArgumentParser:
    """All that may be said to `oncedesk`."""
    whole: argparse.ArgumentParser = _Parser(prog="oncedesk", description="一次办窗口终端", parents=[common()])
    whole.add_argument("--kiosk", action="store_true", help="全屏")
    whole.add_argument("--self-check", action="store_true", help="检查安装本身：不需要数据文件夹和显示器")
    whole.add_argument("--version", action="version", version=VERSION)
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
    failure = failure_of(error)
    code = failure.code
    if code == "window.unexpected" and isinstance(error, OSError):
        print(f"{error.filename or ''}：读写文件出错（{error.strerror}）。请检查路径和权限。", file=sys.stderr)
        return Outcome(None, status=CANNOT)
    if code == "window.unexpected":
        _log.error("unexpected %s\n%s", failure.kind, way_of(error))
    print(f"{failure.say}。{failure.do}", file=sys.stderr)
    for problem in getattr(error, "problems", ()):
        print(say(problem.code, **problem.params), file=sys.stderr)
    if code.partition(".")[0] in {"printer", "reader", "camera", "scanner", "paper_printer"} or code == "print.maybe_printed":
        return Outcome({"fault": code, "told": say(code), "do": remedy(code)}, status=FOUND)
    if code.startswith("device."):
        return Outcome({"fault": code, "told": say(code), "do": remedy(code)}, status=CANNOT)
    return Outcome(None, status=CANNOT)
