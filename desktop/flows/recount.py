"""Counting provisional due dates anew once their year is officially published. Papers already given to the family stay as they are."""

from dataclasses import dataclass
from datetime import date

from db import cases, journal
from desktop.domain.case import CaseStatus
from desktop.domain.hall_time import day_of
from desktop.domain.working_days import NoCalendar, due_after_acceptance
from desktop.flows.desk import Desk
from desktop.shelf import UnknownPack

_OPEN = (CaseStatus.ACCEPTED, CaseStatus.IN_PROGRESS, CaseStatus.RETURNED)


@dataclass(frozen=True)
class Recounted:
    """One open case whose promised last day was provisional."""

    case_number: str
    was: date
    due: date
    provisional: bool
    """Still: another year it leans on is not published."""


def recount(desk: Desk) -> tuple[Recounted, ...]:
    """Count the provisional due dates of open cases with the desk's calendar; returns those that moved or are provisional no longer."""
    now, done = desk.clock(), []
    with desk.store.transaction() as tx:
        for record in cases.newest(tx, _OPEN, limit=100_000):
            if not record.due_is_provisional or record.accepted_at is None or record.due_date is None:
                continue
            try:
                pack = desk.packs.get(record.theme_id, record.theme_version)
                due = due_after_acceptance(day_of(record.accepted_at), pack.limit.working_days, desk.calendar)
            except (UnknownPack, NoCalendar):
                continue                                 # nothing better is known than what was promised
            if due.due == record.due_date and due.provisional:
                continue
            cases.update(tx, record.case_uuid, now, due_date=due.due, due_is_provisional=due.provisional)
            journal.append(tx, now, "system", "case.due_recounted", record.case_uuid,
                           {"was": record.due_date.isoformat(), "due": due.due.isoformat(), "provisional": due.provisional})
            done.append(Recounted(record.case_number or "", record.due_date, due.due, due.provisional))
    return tuple(done)
