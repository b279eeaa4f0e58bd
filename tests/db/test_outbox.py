from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from db import cases, outbox
from db.records import OutboxRecord
from db.store import Store, Tx
from tests.db.conftest import NOW, MakeCase, break_off


def _put(tx: Tx, case_uuid: str, revision: int = 1) -> OutboxRecord:
    return outbox.put(tx, case_uuid=case_uuid, revision=revision, idempotency_key=f"{case_uuid}:{revision}",
                      body="{}", now=NOW)


def test_what_is_put_is_due_at_once_and_comes_back_as_it_was(store: Store, make_case: MakeCase) -> None:
    case = make_case()
    with store.transaction() as tx:
        put = _put(tx, case.case_uuid)
    with store.reading() as tx:
        assert outbox.due(tx, NOW) == (put,)
        assert outbox.get(tx, put.outbox_id) == put
        assert put.next_at == NOW
        assert put.next_at.utcoffset() == timedelta(0)


def test_if_the_case_is_rolled_back_nothing_waits_for_the_province(store: Store, make_case: MakeCase) -> None:
    case = make_case()

    def accept(tx: Tx) -> None:
        cases.update(tx, case.case_uuid, NOW, status="accepted")
        _put(tx, case.case_uuid)

    break_off(store, accept)
    with store.reading() as tx:
        assert outbox.counts(tx) == {"waiting": 0, "sent": 0, "refused": 0, "replaced": 0}
        assert cases.get(tx, case.case_uuid).status == "draft"


def test_one_revision_cannot_be_queued_twice(store: Store, make_case: MakeCase) -> None:
    case = make_case()
    with store.transaction() as tx:
        _put(tx, case.case_uuid)
    with pytest.raises(IntegrityError), store.transaction() as tx:
        outbox.put(tx, case_uuid=case.case_uuid, revision=1, idempotency_key="another", body="{}", now=NOW)


def test_a_failed_try_waits_for_its_time_and_does_not_block_the_others(store: Store, make_case: MakeCase) -> None:
    poison, good = make_case(), make_case()
    with store.transaction() as tx:
        first, second = _put(tx, poison.case_uuid), _put(tx, good.case_uuid)
        outbox.mark_tried(tx, first.outbox_id, NOW + timedelta(seconds=40), "platform.down", "connect")
    with store.reading() as tx:
        assert [row.outbox_id for row in outbox.due(tx, NOW + timedelta(seconds=39))] == [second.outbox_id]
        assert len(outbox.due(tx, NOW + timedelta(seconds=40))) == 2
        tried = outbox.get(tx, first.outbox_id)
        assert (tried.attempts, tried.last_error, tried.last_detail) == (1, "platform.down", "connect")
        assert outbox.next_due(tx) == NOW


def test_a_clock_that_is_put_back_does_not_make_a_row_wait_for_years(store: Store, make_case: MakeCase) -> None:
    case = make_case()
    with store.transaction() as tx:
        row = _put(tx, case.case_uuid)
        outbox.mark_tried(tx, row.outbox_id, NOW + timedelta(days=3650), "platform.down")
    with store.reading() as tx:
        assert [due.outbox_id for due in outbox.due(tx, NOW)] == [row.outbox_id]


def test_revisions_of_one_case_are_sent_in_their_order(store: Store, make_case: MakeCase) -> None:
    case = make_case()
    with store.transaction() as tx:
        first, second = _put(tx, case.case_uuid, 1), _put(tx, case.case_uuid, 2)
        assert [row.outbox_id for row in outbox.due(tx, NOW)] == [first.outbox_id]
        outbox.mark_sent(tx, first.outbox_id, "R-1", NOW)
        assert [row.outbox_id for row in outbox.due(tx, NOW)] == [second.outbox_id]
        assert outbox.latest(tx, [case.case_uuid])[case.case_uuid].outbox_id == second.outbox_id


def test_the_first_receipt_stays_whatever_comes_after(store: Store, make_case: MakeCase) -> None:
    case = make_case()
    with store.transaction() as tx:
        row = _put(tx, case.case_uuid)
        outbox.mark_sent(tx, row.outbox_id, "R-1", NOW)
        outbox.mark_sent(tx, row.outbox_id, "R-2", NOW + timedelta(hours=1))
        outbox.mark_tried(tx, row.outbox_id, NOW, "platform.down")
        outbox.mark_refused(tx, row.outbox_id, "platform.refused")
        kept = outbox.get(tx, row.outbox_id)
        assert (kept.state, kept.receipt, kept.sent_at, kept.attempts) == ("sent", "R-1", NOW, 1)
        assert outbox.last_sent_at(tx) == NOW


def test_a_refused_row_stays_with_its_reason_until_a_new_revision_takes_its_place(
        store: Store, make_case: MakeCase) -> None:
    case = make_case()
    with store.transaction() as tx:
        row = _put(tx, case.case_uuid)
        outbox.mark_refused(tx, row.outbox_id, "platform.refused", "number of the mother")
        assert outbox.due(tx, NOW) == ()
        assert [(kept.state, kept.last_detail) for kept in outbox.rows(tx)] == [("refused", "number of the mother")]
        later = _put(tx, case.case_uuid, 2)
        assert [kept.outbox_id for kept in outbox.rows(tx)] == [later.outbox_id]
        assert outbox.counts(tx) == {"waiting": 1, "sent": 0, "refused": 0, "replaced": 1}


def test_the_clerk_can_send_now_what_waits(store: Store, make_case: MakeCase) -> None:
    one, other = make_case(), make_case()
    later = NOW + timedelta(seconds=60)
    with store.transaction() as tx:
        for case in (one, other):
            outbox.mark_tried(tx, _put(tx, case.case_uuid).outbox_id, later, "platform.down")
        assert outbox.due(tx, NOW) == ()
        assert outbox.make_due(tx, one.case_uuid, NOW) == 1
        assert [row.case_uuid for row in outbox.due(tx, NOW)] == [one.case_uuid]
        assert outbox.make_all_due(tx, NOW) == 2
        assert len(outbox.due(tx, NOW)) == 2


def test_the_list_shows_refused_then_waiting_then_the_last_sent(store: Store, make_case: MakeCase) -> None:
    uuids = [make_case().case_uuid for _ in range(4)]
    with store.transaction() as tx:
        rows = [_put(tx, uuid) for uuid in uuids]
        outbox.mark_sent(tx, rows[0].outbox_id, "R-0", NOW)
        outbox.mark_sent(tx, rows[1].outbox_id, "R-1", NOW + timedelta(minutes=1))
        outbox.mark_refused(tx, rows[3].outbox_id, "platform.refused")
        assert [row.case_uuid for row in outbox.rows(tx)] == [uuids[3], uuids[2], uuids[1], uuids[0]]
        assert [row.case_uuid for row in outbox.rows(tx, limit=2)] == [uuids[3], uuids[2]]
