"""`oncedesk station slips|handed-out|recover|begin-anew`: recovery slips, the key given back by them, and a new beginning."""

import argparse
from pathlib import Path

from desktop.cli import clock
from desktop.cli.at_work import AS, AS_REQUIRED, ask_pin, at_work, signed_in
from desktop.cli.backup import TODAY
from desktop.cli.commands import argument, command
from desktop.cli.outcome import CannotBeDone, Outcome
from desktop.cli.slips import SLIPS, asked_for
from desktop.settings import Settings


@command("slips", "制作恢复纸条",
         argument("--out", type=Path, metavar="DIR", help="三个 PDF 存到哪里，打印后请删除；不写就送到 A4 打印机"), AS_REQUIRED)
def _slips(args: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        made = place.flows.keep_safe.make_slips(signed_in(place, args.login), args.out)
    todo = ("打印，交给三个人，再用 oncedesk station handed-out 登记；登记之后删除这三个文件" if made.files
            else "已送去打印：交给三个人，再用 oncedesk station handed-out 登记")
    return Outcome(made, [*map(str, made.files), f"第 {made.number} 套：{todo}"])


@command("handed-out", "登记恢复纸条已交给三个人",
         argument("words", nargs=3, metavar="WORD", help="三张纸条各自的最后一个词（第 33 个），照着纸念"), AS_REQUIRED)
def _handed_out(args: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        number = place.flows.keep_safe.slips_handed_out(signed_in(place, args.login), args.words)
    return Outcome({"number": number}, [f"第 {number} 套已登记；以前的纸条打不开今后的备份，请收回销毁"])


@command("recover", "用两张恢复纸条找回密钥", SLIPS,
         argument("--backup", type=Path, metavar="FILE", help="本机的 recovery.json 也丢了时，从这份备份里取"),
         argument("--new-pin", metavar="LOGIN", help="另外给这位管理员重设密码"))
def _recover(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.app import clock_of
    from desktop.domain.pin import weakness
    from desktop.flows.sign_in import SignInRefused
    from desktop.station.recover import recover

    pin = ask_pin("ONCEDESK_NEW_PIN", f"{args.new_pin} 的新 PIN: ") if args.new_pin else ""
    if args.new_pin and (code := weakness(pin, args.new_pin)) is not None:
        raise SignInRefused(code)       # before anything is put together
    if args.backup and not args.backup.is_file():
        raise CannotBeDone(f"没有这个备份文件：{args.backup}")
    done = recover(settings.home, asked_for(args), clock_of(settings, clock.now), use_keyring=settings.keyring, copy_in=args.backup)
    lines = ["密钥已找回，可以打开程序了" if done.given_back else "密钥完好，纸条也对"]
    if args.new_pin:
        with at_work(settings) as place:
            place.flows.people.reset_by_recovery(done.key, args.new_pin, pin)
        lines.append(f"{args.new_pin} 的密码已重设")
    return Outcome({"slips": done.slips, "given_back": done.given_back, "pin_of": args.new_pin or ""}, lines)


@command("begin-anew", "数据确实找不回来时，全部移到一边，重新开始", argument("--reason", required=True, metavar="TEXT"), AS, TODAY)
def _begin_anew(args: argparse.Namespace, settings: Settings) -> Outcome:
    """A store that still opens is an administrator's to give up; one that does not lets nobody sign in."""
    from db.faults import StoreFault
    from desktop.app import clock_of
    from desktop.flows.sign_in import require
    from desktop.station import anew

    if not anew.given_up(settings.home):
        try:
            with at_work(settings) as place:
                require(place.desk, signed_in(place, args.login), "station.begin_anew")
        except StoreFault as fault:
            if fault.code not in anew.LOST:
                raise
    put = anew.begin_anew(settings.home, args.reason, clock_of(settings, clock.now), today=args.today)
    return Outcome(put, [f"原有的数据已移到 {put.folder}，没有删除；下次打开程序重新设置，或恢复备份"])


COMMANDS = (_slips, _handed_out, _recover, _begin_anew)
