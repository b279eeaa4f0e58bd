"""`oncedesk station …`: this PC itself."""

import argparse
from datetime import date

from desktop.cli import clock, recovery, set_up
from desktop.cli.at_work import AS_REQUIRED, at_work, signed_in
from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import DONE, FOUND, Outcome
from desktop.settings import Settings
from desktop.wording import remedy, say


@command("show", "本机是谁：安装编号、终端编号、窗口代码、数据编号、版本")
def _show(_: argparse.Namespace, settings: Settings) -> Outcome:
    """What the telephone call with the province's administrator needs, also when the store does not open."""
    from desktop.app import station_of

    shown = station_of(settings, clock.now)
    lines = [f"安装编号 {shown.installation_id or '还没有'}", f"终端编号 {shown.terminal_id}", f"窗口代码 {shown.window_code}",
             f"区划代码 {shown.region}", f"数据编号 {shown.store_id or '打不开'}", f"版本 {shown.version}",
             f"日志 {shown.journal_count if shown.journal_count is not None else '打不开'}"]
    if shown.fault:
        lines.append(f"！{say(shown.fault)}。{remedy(shown.fault)}")
    return Outcome(shown, lines, FOUND if shown.fault else DONE)


@command("renew", "换新的安装编号（这块硬盘是拷贝，或被拷贝过）", AS_REQUIRED)
def _renew(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.flows import sign_in

    with at_work(settings) as place:
        session = signed_in(place, args.login)
        sign_in.require(place.desk, session, "station.renew")
        place.terminal.renew(session.user_id)
        shown = place.terminal.shown()
    return Outcome(shown, [f"新的安装编号 {shown.installation_id}：请报给省平台管理员，登记到终端编号 {shown.terminal_id}"])


@command("clock", "确认今天的日期（本机时钟可疑时）",
         argument("--date", type=date.fromisoformat, required=True, metavar="DATE", help="照日历上的今天写"),
         argument("--reason", default="", help="由主管确认时写明原因"),
         AS_REQUIRED)
def _clock(args: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        session = signed_in(place, args.login)
        doubt = place.flows.confirm_date.doubt()
        place.flows.confirm_date.confirm(session, args.date, args.reason)
    return Outcome({"doubted": doubt is not None, "kind": doubt.kind if doubt else None, "date": args.date},
                   ["本机日期已确认" if doubt else "本机日期没有疑问"])


add = group("station", "本机", _show, _renew, _clock, *set_up.COMMANDS, *recovery.COMMANDS)
