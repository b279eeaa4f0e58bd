"""The ledger of print jobs: noted before the bytes go out, marked after, so that nothing is printed twice unknowingly.

What a job's end means for the next one is decided here; the printing itself is print_papers'.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from db import journal, print_jobs
from db.records import PrintJobRecord
from db.store import Tx
from desktop.flows.desk import Desk
from desktop.flows.views import PrintView, Session
from hardware.faults import DeviceFault

RECEIPT = "receipt"
_UNSURE = frozenset({"sending", "unknown"})
"""A row that still says `sending` belongs to a program that ended in the middle."""


class MaybePrinted(Exception):
    """Some of the last try may be on paper: somebody has to look before it is printed again."""

    code = "print.maybe_printed"


class NothingInDoubt(Exception):
    """There is no print whose end is unknown."""

    code = "print.nothing_in_doubt"


@dataclass(frozen=True)
class Job:
    """A job that is going out."""

    record: PrintJobRecord

    @property
    def copy(self) -> int:
        """From 1; later ones are reprints (补打)."""
        return self.record.copy_number


@contextmanager
def recorded(desk: Desk, session: Session, case_uuid: str, kind: str, edition: str, *, sure: bool) -> Iterator[Job]:
    """Note the job, let it go out, and note the fault it ends with; that it was printed, the caller notes with `printed`.

    Raises MaybePrinted when the end of the last one is unknown, unless the clerk has looked and is `sure`.
    """
    now = desk.clock()
    with desk.store.transaction() as tx:
        if not sure and standing(print_jobs.for_case(tx, case_uuid), kind, edition).state == "unsure":
            raise MaybePrinted
        record = print_jobs.begin(tx, case_uuid, kind, edition, by=session.user_id, at=now)
    try:
        yield Job(record)
    except DeviceFault as fault:
        with desk.store.transaction() as tx:
            print_jobs.end(tx, record.id, "unknown" if fault.sent else "failed", desk.clock(), fault=fault.code.value)
            if fault.sent:
                journal.append(tx, desk.clock(), session.user_id, "print.unsure", case_uuid,
                               {"kind": kind, "copy": record.copy_number, "fault": fault.code.value})
        raise


def printed(desk: Desk, tx: Tx, session: Session, job: Job, *, queue_job: str = "") -> None:
    """Note that it was printed; for a paper, that the system's queue has it."""
    record, what = job.record, "receipt" if job.record.kind == RECEIPT else "paper"
    print_jobs.end(tx, record.id, "printed" if record.kind == RECEIPT else "handed_over", desk.clock(), queue_job=queue_job)
    journal.append(tx, desk.clock(), session.user_id, f"{what}.reprinted" if job.copy > 1 else f"{what}.printed", record.case_uuid,
                   {"kind": record.kind, "copy": job.copy})


def seen(desk: Desk, tx: Tx, session: Session, case_uuid: str, kind: str, edition: str) -> None:
    """The clerk looked: it is whole. Raises NothingInDoubt."""
    last = _last(print_jobs.for_case(tx, case_uuid), kind, edition)
    if last is None or last.state not in _UNSURE:
        raise NothingInDoubt
    print_jobs.end(tx, last.id, "seen", desk.clock(), fault=last.fault)
    journal.append(tx, desk.clock(), session.user_id, "print.seen", case_uuid, {"kind": kind, "copy": last.copy_number})


def standing(jobs: tuple[PrintJobRecord, ...], kind: str, edition: str) -> PrintView:
    """Where one edition of one paper stands."""
    out = _gone_out(jobs, kind, edition)
    state: Literal["none", "done", "unsure"] = "none" if not out else "unsure" if out[-1].state in _UNSURE else "done"
    return PrintView(kind=kind, state=state, copies=len(out), fault=out[-1].fault if out else "")


def _gone_out(jobs: tuple[PrintJobRecord, ...], kind: str, edition: str) -> list[PrintJobRecord]:
    """What may be on paper; a job that surely failed says nothing of those before it."""
    return [job for job in jobs if (job.kind, job.edition) == (kind, edition) and job.state != "failed"]


def _last(jobs: tuple[PrintJobRecord, ...], kind: str, edition: str) -> PrintJobRecord | None:
    return next(reversed(_gone_out(jobs, kind, edition)), None)
