"""`oncedesk day …`: close a day with two people, take its sheets out, verify a sealed log."""

import argparse
from datetime import date
from pathlib import Path

from desktop.cli.at_work import AS_REQUIRED, anybody, ask_pin, at_work, signed_in
from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import DONE, FOUND, CannotBeDone, Outcome
from desktop.settings import Settings
from desktop.wording import say

_DAY = argument("--day", type=date.fromisoformat)


@command("close", "结清", AS_REQUIRED, argument("--reviewer", required=True), argument("--note", default=""), _DAY)
def _close(args: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        session = signed_in(place, args.login)
        pin = ask_pin("ONCEDESK_REVIEWER_PIN", f"{args.reviewer} PIN: ")
        closed = place.flows.close_day.close(session, args.reviewer, pin, args.note, args.day)
    return Outcome(closed, [closed.xlsx, closed.pdf, closed.sealed])


@command("export", "导出", argument("--out", required=True), _DAY)
def _export(args: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        made = place.flows.close_day.export(anybody(), Path(args.out), args.day)
    return Outcome(made, [made.xlsx, made.pdf, made.sealed])


@command("verify", "核验封存日志", argument("file"))
def _verify(args: argparse.Namespace, _: Settings) -> Outcome:
    from desktop.papers.sealed_log import verify_sealed

    try:
        verdict = verify_sealed(Path(args.file).read_bytes())
    except OSError as e:
        raise CannotBeDone(f"{args.file}：{e.strerror}") from e
    line = "没有改动" if verdict.ok else say(verdict.reason, line=verdict.first_bad_line)
    return Outcome(verdict, [line], DONE if verdict.ok else FOUND)


add = group("day", "日终", _close, _export, _verify)
