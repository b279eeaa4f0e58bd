"""What the departments did comes back into the cases: one page of events and its cursor in one transaction.

An event may come twice, late or from a future version: it is kept once, never moves a matter back, and an unknown
state stays unknown. What a department gives back fills a blank only where no hand and no chip has.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from db import cases, journal, progress
from db.records import AnswerRecord, CaseRecord, FactRecord, ProgressRecord
from db.store import Store, Tx
from desktop.domain import spelling
from desktop.domain.case import MatterState
from desktop.domain.prefill import Fact, Source
from desktop.domain.themes import Field
from desktop.sync import matters, wire
from desktop.sync.platform_client import PlatformClient

_log = logging.getLogger(__name__)

_PAGES = 100
"""So many pages in one pull; the rest comes with the next."""
_STRONGER = frozenset({Source.HAND.value, Source.CHIP.value})

FormOf = Callable[[str, str], tuple[Field, ...]]
"""Theme id, version -> the fields of the form; raises LookupError when that pack is not here."""


class Puller:
    """Takes progress in. One at a time, like the sender."""

    def __init__(self, store: Store, client: PlatformClient, clock: Callable[[], datetime], form_of: FormOf) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._form_of = form_of

    def pull(self) -> int:
        """Take in all there is; how many events were new. Raises PlatformError, StoreFault."""
        new = 0
        for _ in range(_PAGES):
            with self._store.reading() as tx:
                cursor = progress.cursor(tx)
            page = self._client.progress(cursor)
            if page.events or page.next != cursor:
                with self._store.transaction() as tx:
                    new += self._take_in(tx, page)
                    progress.set_cursor(tx, page.next, self._clock())
            if not page.more or page.next == cursor:
                break
        return new

    def _take_in(self, tx: Tx, page: wire.Progress) -> int:
        known = [event for event in map(wire.event, page.events) if event is not None]
        if len(known) < len(page.events):
            _log.warning("%d progress events were not what the contract promises", len(page.events) - len(known))
        return sum(self._apply(tx, event) for event in sorted(known, key=lambda event: event.sequence))

    def _apply(self, tx: Tx, event: wire.ProgressEvent) -> bool:
        now, case_uuid = self._clock(), str(event.case_uuid)
        case = cases.find(tx, case_uuid)
        of_case = cases.matters(tx, case_uuid) if case else ()
        matter = next((one for one in of_case if one.matter_id == event.matter_id and one.selected), None)
        applies = matter is not None and event.sequence > progress.newest_sequence(tx, case_uuid, event.matter_id)
        noted = progress.note(tx, ProgressRecord(
            event_id=event.event_id, case_uuid=case_uuid, matter_id=event.matter_id, state=event.state,
            sequence=event.sequence, at=event.at, received_at=now, applied=applies,
            detail=json.dumps({"department": event.department, "text": event.text, "result_number": event.result_number,
                               "fields": event.fields}, ensure_ascii=False)))
        if not noted or case is None or matter is None:
            return noted
        self._give_back(tx, case, event, now, late=not applies)
        if applies:
            state = wire.matter_state(event.state)
            detail = f"{event.state}：{event.text}" if state is MatterState.UNKNOWN else event.text
            cases.put_matter(tx, case_uuid, replace(
                matter, state=state.value, detail=detail, updated_at=now,
                result_number=event.result_number or matter.result_number))
            status = matters.finished(case.status, cases.matters(tx, case_uuid))
            if status != case.status:
                cases.update(tx, case_uuid, now, status=status)
            journal.append(tx, now, "sync", "matter.moved", case_uuid,
                           {"matter": matter.matter_id, "state": state.value, "sequence": event.sequence})
        return True

    def _give_back(self, tx: Tx, case: CaseRecord, event: wire.ProgressEvent, now: datetime, *, late: bool) -> None:
        """Keep what the department made as facts, and as answers of the fields that wait for them."""
        before = {fact.name: fact.value for fact in cases.facts(tx, case.case_uuid)} if event.fields else {}
        pushed = (Fact(name=f"push:{event.matter_id}.{key}", value=value) for key, value in event.fields.items())
        said = {fact.name: fact.value for fact in pushed if before.get(fact.name) != fact.value and not (late and fact.name in before)}
        if not said:
            return
        cases.add_facts(tx, case.case_uuid, [
            FactRecord(name, value, confidence=1.0, evidence_id=None, box=None, at=now)
            for name, value in said.items()])
        held = {answer.key: answer.source for answer in cases.answers(tx, case.case_uuid)}
        try:
            fields = self._form_of(case.theme_id, case.theme_version)
        except LookupError:
            _log.warning("no theme pack for case %s: its facts are kept, its form is not filled", case.case_uuid)
            return
        cases.put_answers(tx, case.case_uuid, [
            AnswerRecord(field.key, spelling.spelled(spelling.kind_of(field), said[name]), Source.PLATFORM.value, 1.0, name, None, None, "",
                         now)
            for field in fields for name in field.sources if name in said and held.get(field.key) not in _STRONGER])
