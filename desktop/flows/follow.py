"""What waits for the province, and what it said."""

from db import cases, journal, outbox
from desktop.domain.case import CaseStatus
from desktop.flows.desk import Desk
from desktop.flows.search import masked_title, sync_state
from desktop.flows.views import Session, SyncPill, SyncRow


class Follow:
    """The outbox as the clerk sees it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def pill(self) -> SyncPill:
        """For the top bar."""
        link = self._desk.link()
        with self._desk.store.reading() as tx:
            counts = outbox.counts(tx)
            last = outbox.last_sent_at(tx)
        return SyncPill(online=link.online, waiting=counts["waiting"], refused=counts["refused"],
                        last_sync=link.last_sync or last, stopped=self._desk.stopped())

    def rows(self) -> tuple[SyncRow, ...]:
        """Waiting and refused first, then the last sent ones."""
        # What keeps the terminal from sending keeps each case waiting, and says more than how the case's own last try ended.
        stopped, unsent = self._desk.stopped(), self._desk.link().error
        with self._desk.store.reading() as tx:
            found = []
            for row in outbox.rows(tx):
                case = cases.get(tx, row.case_uuid)
                found.append(SyncRow(
                    case_uuid=row.case_uuid, case_number=case.case_number or "", title=masked_title(case),
                    state=sync_state(row), attempts=row.attempts,
                    next_at=row.next_at if row.state == "waiting" else None, sent_at=row.sent_at,
                    error=stopped or row.last_error or unsent if row.state == "waiting" else row.last_error,
                    receipt=row.receipt or ""))
        return tuple(found)

    def retry(self, session: Session, case_uuid: str) -> None:
        """Due now instead of later; also what was put aside for a person, unless the province itself returned the case."""
        now = self._desk.clock()
        with self._desk.store.transaction() as tx:
            returned = cases.get(tx, case_uuid).status == CaseStatus.RETURNED
            outbox.make_due(tx, case_uuid, now, refused_too=not returned)
            journal.append(tx, now, session.user_id, "outbox.retry", case_uuid)
        self._desk.wake()
