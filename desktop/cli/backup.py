"""`oncedesk backup …`: the whole store in one file, made, checked, restored. The file itself is `db.backup`'s."""

import argparse
from datetime import date
from pathlib import Path

from desktop.cli import clock
from desktop.cli.at_work import AS, at_work, signed_in
from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import DONE, FOUND, CannotBeDone, Outcome, plain
from desktop.cli.slips import SLIPS, asked_for
from desktop.settings import Settings

TODAY = argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="时钟有疑问时，核对日历后确认今天的日期")
_FILE = argument("file")


@command("make", "备份", argument("file", nargs="?", help="不写：按设置备份到 backup_folder，不用登录"), AS)
def _make(args: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        safe = place.flows.keep_safe
        report = safe.back_up(signed_in(place, args.login), Path(args.file)) if args.file else safe.back_up_by_schedule()
    return Outcome(report, [f"{report.path}：{report.cases} 件，{report.attachments} 个影像"], FOUND if report.missing else DONE)


@command("check", "检查", _FILE, SLIPS)
def _check(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.station import restore

    report = restore.check(_file(args), settings.home, asked_for(args))
    return Outcome(report, [f"完好：{report.cases} 件，{report.attachments} 个影像"], FOUND if report.missing else DONE)


@command("restore", "恢复", _FILE, SLIPS, TODAY)
def _restore(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.app import clock_of
    from desktop.station import restore

    done = restore.restore(_file(args), settings.home, asked_for(args), clock_of(settings, clock.now), use_keyring=settings.keyring,
                           today=args.today)
    lines = [f"已恢复到 {settings.home}：{done.report.cases} 件"]
    if done.newer_rows:
        lines.append(f"这份备份之后还有 {done.newer_rows} 条操作记录，不在备份里")
    if done.earlier:
        lines.append("这是上一次没有做完的恢复，用的是那一份备份，不是这一份")
    return Outcome({**plain(done.report), "slips": done.slips, "newer_rows": done.newer_rows, "earlier": done.earlier}, lines,
                   FOUND if done.earlier or done.report.missing else DONE)


def _file(args: argparse.Namespace) -> Path:
    path = Path(args.file)
    if not path.is_file():
        raise CannotBeDone(f"没有这个备份文件：{path}")
    return path


add = group("backup", "备份", _make, _check, _restore)
