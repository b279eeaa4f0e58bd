"""`oncedesk sync …`: the queue to the province, seen and sent. When and how it is sent is `desktop.sync`'s."""

import argparse
import sys
import time

from desktop.cli.at_work import at_work
from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import DONE, FOUND, CannotBeDone, Outcome, plain
from desktop.settings import Settings
from desktop.wording import remedy, say


@command("status", "队列")
def _status(_: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        pill, rows = place.flows.follow.pill(), place.flows.follow.rows()
    document = {"waiting": pill.waiting, "refused": pill.refused, "last_sync": pill.last_sync, "rows": [
        {**plain(row), "error_text": say(row.error) if row.error else "", "remedy": remedy(row.error) if row.error else ""}
        for row in rows]}
    lines = [f"待推送 {pill.waiting}，被退回 {pill.refused}",
             *(f"{row.case_number} {row.state} {say(row.error) if row.error else ''}" for row in rows)]
    return Outcome(document, lines, FOUND if pill.refused else DONE)


@command("once", "推送一轮")
def _once(_: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.station.owner import SYNC, owning
    from desktop.sync.platform_client import PlatformError

    with at_work(settings) as place:
        if place.loop is None or place.sender is None or place.puller is None:
            raise CannotBeDone(say("platform.not_set_up"))
        try:
            with owning(settings.home, SYNC, place.desk.store.make_room):
                place.loop.connect()
                done = place.sender.round()
                pulled = place.puller.pull()
        except PlatformError as e:
            raise CannotBeDone(f"{say(e.code)} {remedy(e.code)}") from e
        pill = place.flows.follow.pill()
    return Outcome({**plain(done), "pulled": pulled, "waiting": pill.waiting, "refused": pill.refused},
                   [f"发出 {done.sent}，收到进度 {pulled}，还有 {pill.waiting} 件待推送，{pill.refused} 件被退回"],
                   FOUND if pill.waiting or pill.refused else DONE)


@command("watch", "推送到空", argument("--seconds", type=float, default=0, help="最多等多久"))
def _watch(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.station.owner import Owned

    with at_work(settings) as place:
        if place.loop is None:
            raise CannotBeDone(say("platform.not_set_up"))
        place.loop.start()
        first = max(place.flows.follow.pill().waiting, 1)
        end = time.monotonic() + args.seconds if args.seconds else None
        while (pill := place.flows.follow.pill()).waiting and not pill.stopped and (end is None or time.monotonic() < end):
            if place.loop.status().last_error == "sync.running":
                raise Owned("sync.running")
            done = round(20 * (first - pill.waiting) / first)
            print(f"\r[{'#' * done}{'.' * (20 - done)}] 待推送 {pill.waiting} ", end="", file=sys.stderr, flush=True)
            time.sleep(0.5)
        error = pill.stopped or (place.loop.status().last_error if pill.waiting else "")
        print(file=sys.stderr)
    if error:
        print(f"{say(error)}。{remedy(error)}", file=sys.stderr)
    return Outcome({"waiting": pill.waiting, "refused": pill.refused, "error": error}, [f"待推送 {pill.waiting}，被退回 {pill.refused}"],
                   FOUND if pill.waiting or pill.refused else DONE)


add = group("sync", "推送", _status, _once, _watch)
