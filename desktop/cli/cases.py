"""`oncedesk case …`: find cases, show one, masked or for a written reason in full, and take one out as files."""

import argparse
import json
from pathlib import Path

from desktop.cli.at_work import AS, anybody, at_work, signed_in
from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import CannotBeDone, Outcome, plain
from desktop.settings import Settings
from desktop.wording import say


def _case_status(text: str) -> str:
    from desktop.domain.case import CaseStatus

    if text not in set(CaseStatus):
        raise argparse.ArgumentTypeError(f"{text}: one of {', '.join(CaseStatus)}")
    return text


_FILTERS = (argument("--status", type=_case_status), argument("--limit", type=int, default=200))


@command("list", "列出", *_FILTERS)
def _list(args: argparse.Namespace, settings: Settings) -> Outcome:
    return _found(args, settings, "")


@command("search", "查找", argument("text"), *_FILTERS)
def _search(args: argparse.Namespace, settings: Settings) -> Outcome:
    return _found(args, settings, args.text)


def _found(args: argparse.Namespace, settings: Settings, text: str) -> Outcome:
    with at_work(settings) as place:
        rows = place.flows.search.cases(anybody(), text, args.status or "", args.limit)
    return Outcome(rows, [f"{row.case_number or '（草稿）':<26} {row.title}  {row.theme}  {say('case_status.' + row.status)}  {row.note}"
                          for row in rows])


@command("show", "一件", argument("case"), argument("--reveal", action="store_true"), argument("--reason", default=""), AS)
def _show(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.flows import export_case

    with at_work(settings) as place:
        session = anybody()
        if args.reveal:
            if not args.reason:
                raise CannotBeDone("看完整号码要写明原因：--reason")
            session = signed_in(place, args.login)
        document = export_case.shown(place.desk, session, args.case, reveal=args.reveal, reason=args.reason)
    return Outcome(document, [json.dumps(plain(document), ensure_ascii=False, indent=2)])


@command("export", "导出一件", argument("case"), argument("--out", required=True), argument("--reason", required=True), AS)
def _export(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.flows import export_case

    with at_work(settings) as place:
        session = signed_in(place, args.login)
        files = export_case.export(place.desk, session, args.case, Path(args.out), reason=args.reason)
    return Outcome({"files": files}, list(files))


add = group("case", "办件", _list, _search, _show, _export)
