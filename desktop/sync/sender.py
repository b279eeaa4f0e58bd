"""The outbox in motion: due rows go to the province, each once. Its table: db/outbox.py; requests: platform_client.py.

"Sent" is written only with a receipt in hand. No request is made inside a transaction.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from pydantic import ValidationError

from db import attachments, cases, journal, outbox
from db.faults import StoreFault
from db.records import OutboxRecord
from db.store import Store
from desktop.domain.case import CaseEvent
from desktop.domain.snapshot import CaseSnapshot
from desktop.domain.terminal import NUMBER_TAKEN
from desktop.sync import matters, wire
from desktop.sync.backoff import next_try
from desktop.sync.platform_client import Offset, PlatformClient, PlatformError
from desktop.wording import say

_log = logging.getLogger(__name__)

_SILENCES = 3
"""So many requests in a row without an answer, and the round ends: the next one would only wait as well."""
_HALVINGS = 8


@dataclass(frozen=True)
class Round:
    """What one round did."""

    sent: int = 0
    refused: int = 0
    """Rows that now need a person."""
    put_off: int = 0
    halted: str = ""
    """Why the round ended before its rows did (a wording code): nothing can go out now, for any case."""
    retry_after: float | None = None
    """Seconds the province asked to be left alone."""


class Sender:
    """Sends what is due. One at a time: the loop's thread, or `oncedesk sync once`."""

    def __init__(self, store: Store, client: PlatformClient, clock: Callable[[], datetime],
                 rng: Random | None = None) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._rng = rng or Random()

    def round(self, stop: Callable[[], bool] = lambda: False) -> Round:
        """Try every due row once, oldest first; a row that fails waits for its own time and holds up no other."""
        sent = refused = put_off = silences = 0
        with self._store.reading() as tx:
            rows = outbox.due(tx, self._clock())
        for row in rows:
            if stop():
                break
            try:
                self._send(row)
            except PlatformError as error:
                if error.remedy == "person":
                    self._hand_over(row, error)
                    refused += 1
                    continue
                self._put_off(row, error)
                put_off += 1
                silences = silences + 1 if error.code == "platform.no_answer" else 0
                if error.remedy == "wait" or silences == _SILENCES:
                    return Round(sent, refused, put_off, error.code, error.retry_after)
            except StoreFault as fault:
                if not fault.code.startswith("evidence."):
                    raise
                # A missing or damaged scan is never sent, and no second try mends it.
                with self._store.transaction() as tx:
                    outbox.mark_refused(tx, row.outbox_id, fault.code, fault.detail)
                    journal.append(tx, self._clock(), "sync", "case.not_sent", row.case_uuid,
                                   {"revision": row.revision, "code": fault.code})
                refused += 1
            else:
                sent, silences = sent + 1, 0
        return Round(sent, refused, put_off)

    # --- one case

    def _send(self, row: OutboxRecord) -> None:
        try:
            snapshot = CaseSnapshot.model_validate_json(row.body)
        except ValidationError:   # its text holds personal data: from None
            raise PlatformError("platform.unsendable", "the queued message cannot be read") from None
        message = wire.message(snapshot)
        receipt = self._receipt_of_an_earlier_try(message) if row.attempts else None
        if receipt is None:
            for sha256 in self._client.announce(message, row.idempotency_key):
                self._send_piece(message, sha256)
            receipt = self._client.complete(message)
        self._keep(row, snapshot, message, receipt)

    def _receipt_of_an_earlier_try(self, message: wire.Message) -> wire.Receipt | None:
        """Ask before sending again: the answer to an earlier try may have been lost."""
        state = self._client.query(message.case_uuid)
        for known in state.revisions if state else ():
            if known.revision == message.revision and known.receipt is not None:
                if known.body_sha256 != message.sha256:
                    raise PlatformError("platform.key_reused", "accepted with another body")
                return self._client.checked(known.receipt, message)
        return None

    def _send_piece(self, message: wire.Message, sha256: str) -> None:
        size = message.evidence[sha256]
        with self._store.reading() as tx:
            data = attachments.get(tx, sha256)   # reads and hashes it again
        if len(data) != size:
            raise StoreFault("evidence.damaged", sha256[:12])
        chunk = wire.CHUNK
        if size <= wire.CHUNK:
            try:
                if self._client.put_evidence(message.case_uuid, sha256, data).complete:
                    return
            except PlatformError as error:
                if error.code != "platform.no_answer":
                    raise
                chunk = _smaller(size)
        self._send_in_chunks(message.case_uuid, sha256, data, chunk)

    def _send_in_chunks(self, case_uuid: str, sha256: str, data: bytes, chunk: int) -> None:
        """Append until complete. A fixed size never gets through a line that breaks every 30 kB: it adapts."""
        place: Offset | None = None   # None = ask where to go on
        failures = furthest = 0
        while place is None or not place.complete:
            try:
                if place is None:
                    place = self._client.evidence_offset(case_uuid, sha256, len(data))
                    failures, furthest = (0 if place.offset > furthest else failures), max(furthest, place.offset)
                    continue
                part = data[place.offset:place.offset + chunk]
                place = self._client.append_evidence(case_uuid, sha256, len(data), place.offset, part)
                chunk = min(wire.CHUNK, chunk * 2)
            except PlatformError as error:
                failures += 1
                if error.code not in {"platform.no_answer", "platform.offset_mismatch"} or failures > _HALVINGS:
                    raise
                place, chunk = None, _smaller(chunk)

    # --- what became of it

    def _keep(self, row: OutboxRecord, snapshot: CaseSnapshot, message: wire.Message, receipt: wire.Receipt) -> None:
        now = self._clock()
        with self._store.transaction() as tx:
            outbox.mark_sent(tx, row.outbox_id, receipt.receipt_no, now)
            status = matters.moved(cases.get(tx, row.case_uuid).status, CaseEvent.PLATFORM_ACCEPTED)
            now_pushed = matters.pushed(cases.matters(tx, row.case_uuid),
                                        {matter.id: matter.prerequisites for matter in snapshot.matters}, now)
            for matter in now_pushed:
                cases.put_matter(tx, row.case_uuid, matter)
            # Progress may have come before the receipt did.
            cases.update(tx, row.case_uuid, now, status=matters.finished(status, now_pushed),
                         platform_receipt=receipt.receipt_no, return_reason="")
            journal.append(tx, now, "sync", "case.sent", row.case_uuid,
                           {"revision": row.revision, "sha256": message.sha256, "evidence": len(message.evidence)})

    def _hand_over(self, row: OutboxRecord, error: PlatformError) -> None:
        """It needs a person; when the province refused the case itself or its number, the case goes back to the window."""
        now = self._clock()
        with self._store.transaction() as tx:
            reason = ""
            if error.code in {"platform.refused", NUMBER_TAKEN} and error.problem is not None:
                reason = error.problem.reason or error.problem.reason_code or error.problem.detail
                if error.code == NUMBER_TAKEN:
                    reason = say(NUMBER_TAKEN)
                status = matters.moved(cases.get(tx, row.case_uuid).status, CaseEvent.PLATFORM_REFUSED)
                cases.update(tx, row.case_uuid, now, status=status, return_reason=reason)
            outbox.mark_refused(tx, row.outbox_id, error.code, reason or error.detail)
            journal.append(tx, now, "sync", "case.returned" if reason else "case.not_sent", row.case_uuid,
                           {"revision": row.revision, "code": error.code})
        _log.warning("case %s revision %d needs a person: %s", row.case_uuid, row.revision, error.code)

    def _put_off(self, row: OutboxRecord, error: PlatformError) -> None:
        now = self._clock()
        with self._store.transaction() as tx:
            outbox.mark_tried(tx, row.outbox_id, next_try(row.attempts + 1, now, self._rng, error.retry_after),
                              error.code, error.detail)


def _smaller(chunk: int) -> int:
    return max(wire.SMALLEST_CHUNK, chunk // 2)
