"""`oncedesk station …`: this PC itself."""

import argparse
from datetime import date

from desktop.cli.at_work import AS_REQUIRED, at_work, signed_in
from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import Outcome
from desktop.settings import Settings


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


add = group("station", "本机", _clock)
