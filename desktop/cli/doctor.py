"""`oncedesk doctor`: the station's checks, looked at once; a line for each, and what to do about it."""

import argparse
from typing import TYPE_CHECKING

from desktop.cli import clock
from desktop.cli.commands import command
from desktop.cli.outcome import DONE, FOUND, Outcome, plain
from desktop.settings import Settings

if TYPE_CHECKING:
    from desktop.domain.station_check import Checked


@command("doctor", "检查这台机器")
def _doctor(_: argparse.Namespace, settings: Settings) -> Outcome:
    """What cannot be looked at is a finding, not an end."""
    from desktop.app import checks_of
    from desktop.station import checks

    return _told(checks.run(checks_of(settings, clock.now)))


def self_check() -> Outcome:
    """`oncedesk --self-check`: the installation alone, on a PC that has no home yet and perhaps no screen."""
    from desktop.domain.hall_time import day_of
    from desktop.installed import self_checks
    from desktop.station import checks

    return _told(checks.run(self_checks(day_of(clock.now()))))


def _told(found: "tuple[Checked, ...]") -> Outcome:
    lines = [f"{'好' if one.ok else '！'} {one.id}: {one.sentence} {one.saw} {one.remedy}".rstrip() for one in found]
    return Outcome([{**plain(one), "ok": one.ok} for one in found], lines, DONE if all(one.ok for one in found) else FOUND)


add = _doctor.add
