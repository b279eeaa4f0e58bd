"""`oncedesk print …`: a test slip, a receipt once more, a case's papers. What they say is `desktop.papers`'."""

import argparse
import dataclasses
import sys
from pathlib import Path

from desktop.cli import clock
from desktop.cli.at_work import AS, at_work, signed_in
from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import Json, Outcome
from desktop.settings import Settings
from desktop.wording import remedy, say


@command("test", "测试页", argument("--printer", required=True, metavar="ADDRESS"))
def _test(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.papers.receipt import test_slip
    from hardware import registry

    printer = registry.open_printer(args.printer, demo=settings.demo)
    try:
        printer.print(test_slip(settings.hall, settings.window, clock.now()))
        scarce = printer.status().paper_near_end
    finally:
        printer.close()
    if scarce:
        print(f"{say('printer.paper_near_end')}。{remedy('printer.paper_near_end')}", file=sys.stderr)
    warning = "printer.paper_near_end" if scarce else None
    return Outcome({"printed": True, "printer": args.printer, "warning": warning}, ["打印机说：已打印"])


@command("reprint", "补打回执", argument("case"), argument("--printer", metavar="ADDRESS"), AS)
def _reprint(args: argparse.Namespace, settings: Settings) -> Outcome:
    """Whoever asks for a reprint has looked at the paper: it is not asked whether the last try may be out."""
    from desktop.flows import export_case

    settings = dataclasses.replace(settings, printer=args.printer or settings.printer)
    with at_work(settings) as place:
        session = signed_in(place, args.login)
        view = place.flows.print_papers.receipt(session, export_case.uuid_of(place.desk, args.case), sure=True)
    copy = view.printing("receipt").copies
    return Outcome({"printed": True, "case": args.case, "copy": copy}, [f"打印机说：已打印（第 {copy} 份）"])


@command("paper", "打印文书（A4）",
         argument("case"),
         argument("--kind", choices=("acceptance_notice", "unified_form", "correction_notice")),
         argument("--printer", metavar="ADDRESS"),
         argument("--again", action="store_true", help="上次可能已打出一部分，看过了，再打一份"),
         AS)
def _paper(args: argparse.Namespace, settings: Settings) -> Outcome:
    """Every paper of a case, or one kind of it, to the system's queue."""
    from desktop.flows import export_case
    from desktop.flows.print_papers import NoSuchPaper

    if args.printer:
        settings = dataclasses.replace(settings, paper_printer=args.printer, paper_printers={})
    done: list[Json] = []
    with at_work(settings) as place:
        session = signed_in(place, args.login)
        case = export_case.uuid_of(place.desk, args.case)
        kinds = [args.kind] if args.kind else [one.kind for one in place.flows.fill.open(session, case).prints if one.path]
        if not kinds:
            raise NoSuchPaper
        for kind in kinds:
            view = place.flows.print_papers.paper(session, case, kind, sure=args.again)
            paper = view.printing(kind)
            done.append({"kind": kind, "title": Path(paper.path).stem, "copy": paper.copies})
    return Outcome({"handed_over": done, "case": args.case}, [f"已交给打印机：{one['title']}" for one in done])


add = group("print", "打印", _test, _reprint, _paper)
