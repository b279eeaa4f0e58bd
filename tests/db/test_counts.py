from datetime import UTC, datetime, timedelta

from db import counts, outbox, progress, settings
from db.records import ProgressRecord
from db.store import Store, Tx
from tests.db.conftest import NOW, MakeCase, break_off

_MIDNIGHT = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)  # of 22 November in the hall


def test_a_day_is_counted_from_the_halls_midnight(store: Store, make_case: MakeCase) -> None:
    make_case()
    make_case(accepted_at=_MIDNIGHT - timedelta(seconds=1), status="accepted")
    make_case(accepted_at=_MIDNIGHT + timedelta(days=1), status="accepted")
    make_case(corrected_at=NOW, status="correcting")
    make_case(refused_at=NOW, status="refused")
    accepted = [make_case(accepted_at=_MIDNIGHT + timedelta(hours=hour), created_at=_MIDNIGHT + timedelta(hours=hour - 1),
                          receipt_printed_at=NOW if hour == 9 else None, theme_id=theme)
                for hour, theme in ((0, "a"), (9, "a"), (9, "b"), (23, "a"))]
    with store.transaction() as tx:
        for case, mark in zip(accepted, ("sent", "refused", "waiting", ""), strict=True):
            row = outbox.put(tx, case_uuid=case.case_uuid, revision=1, idempotency_key=case.case_uuid, body="{}", now=NOW)
            if mark == "sent":
                outbox.mark_sent(tx, row.outbox_id, "R", NOW)
            elif mark == "refused":
                outbox.mark_refused(tx, row.outbox_id, "platform.refused")
    with store.reading() as tx:
        day = counts.of_day(tx, _MIDNIGHT)
    assert (day.accepted, day.corrected, day.refused, day.receipts_printed) == (4, 1, 1, 2)
    assert day.mean_seconds == 3600
    assert day.by_hour == ((0, 1), (9, 2), (23, 1))
    a, b = day.by_theme
    assert (a.theme_id, a.accepted, a.receipts_printed, a.sent, a.waiting, a.returned) == ("a", 3, 1, 1, 1, 1)
    assert (b.theme_id, b.accepted, b.receipts_printed, b.sent, b.waiting, b.returned) == ("b", 1, 1, 0, 1, 0)


def test_a_day_without_cases_is_a_day_of_zeros(store: Store) -> None:
    with store.reading() as tx:
        day = counts.of_day(tx, _MIDNIGHT)
    assert (day.accepted, day.mean_seconds, day.by_theme, day.by_hour) == (0, None, (), ())


def _event(number: int, sequence: int, *, applied: bool = True) -> ProgressRecord:
    return ProgressRecord(event_id=f"p{number}", case_uuid="c1", matter_id="m1", state="done", sequence=sequence, at=NOW,
                          received_at=NOW, applied=applied)


def test_a_repeated_event_is_taken_in_once(store: Store) -> None:
    with store.transaction() as tx:
        assert progress.note(tx, _event(1, 4))
        assert not progress.note(tx, _event(1, 4))
        assert progress.events(tx, "c1") == (_event(1, 4),)


def test_an_event_that_comes_too_late_does_not_count_as_the_newest(store: Store) -> None:
    with store.transaction() as tx:
        assert progress.newest_sequence(tx, "c1", "m1") == -1
        progress.note(tx, _event(2, 7))
        progress.note(tx, _event(1, 3, applied=False))
        assert progress.newest_sequence(tx, "c1", "m1") == 7
        assert [event.event_id for event in progress.events(tx, "c1")] == ["p1", "p2"]


def test_the_cursor_moves_with_its_events_or_not_at_all(store: Store) -> None:
    with store.transaction() as tx:
        assert progress.cursor(tx) == ""
        progress.set_cursor(tx, "page-1", NOW)

    def second_page(tx: Tx) -> None:
        progress.note(tx, _event(1, 1))
        progress.set_cursor(tx, "page-2", NOW)

    break_off(store, second_page)
    with store.reading() as tx:
        assert (progress.cursor(tx), progress.seen(tx, "p1")) == ("page-1", False)


def test_settings_belong_to_the_machine_or_to_a_user(store: Store) -> None:
    with store.transaction() as tx:
        settings.put(tx, "printer", "tcp://127.0.0.1:9100")
        settings.put(tx, "printer", "file:out.bin")
        settings.put(tx, "theme", "dark", "u1")
    with store.reading() as tx:
        assert (settings.get(tx, "printer"), settings.get(tx, "printer", "u1")) == ("file:out.bin", None)
        assert (settings.scoped(tx), settings.scoped(tx, "u1")) == ({"printer": "file:out.bin"}, {"theme": "dark"})
