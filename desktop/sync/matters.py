"""How a case and its matters move by what the province says. The table of moves itself: domain/case.py."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from db.records import MatterRecord
from desktop.domain.case import CaseEvent, CaseStatus, IllegalMove, MatterState, next_status

_log = logging.getLogger(__name__)


def moved(status: str, event: CaseEvent) -> str:
    """The status after `event`; the same one, with a line in the log, where the table forbids the move.

    What the province did is a fact: a receipt must be kept even for a case that was taken up again meanwhile.
    """
    try:
        return next_status(CaseStatus(status), event).value
    except IllegalMove as error:
        _log.warning("the province moved a case that may not move: %s", error)
        return status


def pushed(matters: Iterable[MatterRecord], prerequisites: Mapping[str, tuple[str, ...]],
           now: datetime) -> tuple[MatterRecord, ...]:
    """Queued matters once the case is with the province: pushed, or waiting for a prerequisite that was asked for."""
    known = tuple(matters)
    unfinished = {matter.matter_id for matter in known if matter.selected and matter.state != MatterState.DONE}

    def after(matter: MatterRecord) -> MatterRecord:
        if not matter.selected or matter.state not in {MatterState.QUEUED, MatterState.WAITING}:
            return matter   # progress came before the receipt
        waits = unfinished & set(prerequisites.get(matter.matter_id, ()))
        return replace(matter, state=(MatterState.WAITING if waits else MatterState.PUSHED).value, updated_at=now)

    return tuple(map(after, known))


def finished(status: str, matters: Iterable[MatterRecord]) -> str:
    """The case's status when all selected matters are done, else the same one."""
    selected = [matter for matter in matters if matter.selected]
    if status == CaseStatus.IN_PROGRESS and selected and all(m.state == MatterState.DONE for m in selected):
        return moved(status, CaseEvent.ALL_MATTERS_DONE)
    return status
