import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db import days, journal
from db.records import DayRecord, JournalRecord
from db.store import Store
from tests.db.conftest import NOW, break_off


def _fill(store: Store, count: int = 12) -> tuple[JournalRecord, ...]:
    with store.transaction() as tx:
        return tuple(journal.append(tx, NOW + timedelta(minutes=number), "u1", "answer.set", f"uuid-{number % 3}",
                                    {"key": "mother_name", "sources": ["chip", "hand"], "count": number})
                     for number in range(count))


def _tamper(store: Store, *statements: str) -> None:
    """As somebody would who has the key and knows SQL: the triggers are no hindrance to him."""
    with store.transaction() as tx:
        for trigger in ("journal_no_update", "journal_no_delete", "journal_head_no_delete", "journal_head_counts_up"):
            tx.session.connection().execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        for statement in statements:
            tx.session.connection().execute(text(statement))


def test_rows_are_chained_without_gaps_and_the_chain_holds(store: Store) -> None:
    rows = _fill(store)
    assert [row.seq for row in rows] == list(range(1, 13))
    assert [row.previous for row in rows] == [journal.START, *[row.digest for row in rows[:-1]]]
    with store.reading() as tx:
        assert journal.verify(tx) is None
        assert journal.head(tx) == (12, rows[-1].digest)
        assert journal.rows(tx, NOW + timedelta(minutes=2), NOW + timedelta(minutes=4)) == rows[2:4]
        assert journal.rows_from(tx, 3, 5) == rows[2:5]
        assert journal.for_case(tx, "uuid-1") == rows[1::3]


def test_an_empty_journal_holds(store: Store) -> None:
    with store.reading() as tx:
        assert journal.verify(tx) is None
        assert journal.head(tx) == (0, journal.START)


def test_the_digest_is_sm3_over_what_the_module_says() -> None:
    row = JournalRecord(seq=1, at=NOW, who="u1", what="day.closed", case_uuid=None, detail="{}", previous=journal.START,
                        digest="")
    assert journal.canonical(row) == ('{"at":"2026-11-22T02:30:00.000000+00:00","case_uuid":null,"detail":"{}","seq":1,'
                                      '"what":"day.closed","who":"u1"}')
    assert journal.digest_of(row) == (
        "2a08b0ba953cefc4f6cced31f48f76e88607abd31405950844be7e2dea7affd9")  # openssl dgst -sm3


def test_a_rolled_back_row_leaves_no_gap(store: Store) -> None:
    _fill(store, 2)
    break_off(store, lambda tx: journal.append(tx, NOW, "u1", "case.accepted"))
    assert [row.seq for row in _fill(store, 1)] == [3]
    with store.reading() as tx:
        assert journal.verify(tx) is None


@pytest.mark.parametrize("statement", [
    "UPDATE journal SET who = 'u2' WHERE seq = 3", "DELETE FROM journal WHERE seq = 3", "DELETE FROM journal",
    "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 3", "UPDATE journal_head SET count = 3",
    "DELETE FROM journal_head",
])
def test_the_store_refuses_to_change_a_row(store: Store, statement: str) -> None:
    _fill(store)
    with pytest.raises(DBAPIError, match="append only"), store.transaction() as tx:
        tx.session.connection().execute(text(statement))


@pytest.mark.parametrize("change", [
    "who = 'u2'", "what = 'case.refused'", "detail = '{}'", "case_uuid = 'uuid-9'", "at = '2026-11-22 02:31:00.000000'",
    "digest = previous", "previous = digest", "seq = 70",
])
def test_a_changed_row_is_found_and_located(store: Store, change: str) -> None:
    _fill(store)
    _tamper(store, f"UPDATE journal SET {change} WHERE seq = 7")
    with store.reading() as tx:
        assert journal.verify(tx) == 7


def test_a_row_taken_out_is_found(store: Store) -> None:
    _fill(store)
    _tamper(store, "DELETE FROM journal WHERE seq = 4")
    with store.reading() as tx:
        assert journal.verify(tx) == 4


def test_a_cut_tail_is_found_though_the_chain_holds(store: Store) -> None:
    _fill(store)
    _tamper(store, "DELETE FROM journal WHERE seq > 9")
    with store.reading() as tx:
        assert journal.verify(tx) == 10


def test_a_row_added_behind_the_head_is_found(store: Store) -> None:
    rows = _fill(store)
    more = dataclasses.replace(rows[-1], seq=13, previous=rows[-1].digest)
    digest = journal.digest_of(more)
    _tamper(store, "INSERT INTO journal SELECT 13, at, who, what, case_uuid, detail, digest, "
                   f"'{digest}' FROM journal WHERE seq = 12")
    with store.reading() as tx:
        assert journal.verify(tx) == 13


def test_a_tail_cut_together_with_its_head_is_found_by_what_was_kept_elsewhere(store: Store) -> None:
    rows = _fill(store)
    _tamper(store, "DELETE FROM journal WHERE seq > 9",
            f"UPDATE journal_head SET count = 9, digest = '{rows[8].digest}'")
    with store.reading() as tx:
        assert journal.verify(tx) is None
        assert journal.verify(tx, [(12, rows[-1].digest)]) == 10
        assert journal.verify(tx, [(9, rows[8].digest)]) is None


def test_a_tail_cut_behind_a_closed_day_is_found_by_the_day(store: Store) -> None:
    rows = _fill(store)
    with store.transaction() as tx:
        days.close(tx, DayRecord(day=date(2026, 11, 22), closed_at=NOW, closed_by="u1", reviewed_by="u2",
                                 journal_head=rows[-1].digest, journal_count=12))
    _tamper(store, "DELETE FROM journal WHERE seq > 9",
            f"UPDATE journal_head SET count = 9, digest = '{rows[8].digest}'")
    with store.reading() as tx:
        assert journal.verify(tx) == 10


def test_a_rewritten_tail_with_right_digests_is_found_by_the_kept_head(store: Store) -> None:
    rows = _fill(store)
    previous, statements = rows[8].digest, []
    for row in rows[9:]:
        forged = dataclasses.replace(row, who="somebody", previous=previous)
        previous = journal.digest_of(forged)
        statements.append(f"UPDATE journal SET who = 'somebody', previous = '{forged.previous}', digest = '{previous}' "
                          f"WHERE seq = {row.seq}")
    _tamper(store, *statements, f"UPDATE journal_head SET digest = '{previous}'")
    with store.reading() as tx:
        assert journal.verify(tx, [(12, rows[-1].digest)]) == 12


def _exported() -> list[JournalRecord]:
    rows, previous = [], journal.START
    for seq in range(1, 202):
        row = JournalRecord(seq=seq, at=NOW, who="u1", what="answer.set", case_uuid=None, detail="{}",
                            previous=previous, digest="")
        row = dataclasses.replace(row, digest=journal.digest_of(row))
        rows.append(row)
        previous = row.digest
    return rows


_EXPORTED = _exported()


@given(st.integers(0, 199), st.sampled_from(["who", "what", "detail", "previous", "digest", "drop", "swap", "double"]))
def test_exported_rows_show_every_tampering_at_its_place(place: int, kind: str) -> None:
    rows = list(_EXPORTED)
    assert journal.first_broken(rows) is None
    if kind == "drop":
        del rows[place]
    elif kind == "swap":
        rows[place], rows[place + 1] = rows[place + 1], rows[place]
    elif kind == "double":
        rows.insert(place, rows[place])
        place += 1
    else:
        rows[place] = dataclasses.replace(rows[place], **{kind: "x"})  # type: ignore[arg-type]
    assert journal.first_broken(rows) == place + 1


@pytest.mark.parametrize("detail", [
    {"name": "x"}, {"before": "x"}, {"field": {"value": "x"}}, {"applicant_phone": "x"}, {"note": "林晓月"},
    {"note": "number 130529199503150026 read"}, {"note": ["130529199503150026"]},
    {"林": 1}, {"ratio": 0.5}, {"note": "a\nb"},
])
def test_the_journal_takes_no_personal_data(store: Store, detail: dict[str, object]) -> None:
    with pytest.raises(journal.PersonalData), store.transaction() as tx:
        journal.append(tx, NOW, "u1", "answer.set", "uuid-1", detail)
    with store.reading() as tx:
        assert journal.head(tx) == (0, journal.START)


def test_a_fingerprint_tells_same_from_other_without_telling_what(store: Store) -> None:
    with store.transaction() as tx:
        one, same, other = (journal.fingerprint(tx, value) for value in ("林晓月", "林晓月", "林晓明"))
        journal.append(tx, NOW, "u1", "answer.set", "uuid-1", {"key": "mother_name", "digest": one})
    assert one == same != other
    assert len(one) == 32


def test_what_is_done_is_a_code(store: Store) -> None:
    with store.transaction() as tx, pytest.raises(ValueError, match="not a journal code"):
        journal.append(tx, NOW, "u1", "林晓月 came")


def test_a_closed_day_is_read_only(store: Store) -> None:
    day = DayRecord(day=date(2026, 11, 22), closed_at=NOW, closed_by="u1", reviewed_by="u2", journal_head=journal.START,
                    journal_count=0, sheet='{"day": "2026-11-22"}')
    with store.transaction() as tx:
        assert days.get(tx, day.day) is None
        days.close(tx, day)
    with store.reading() as tx:
        assert days.get(tx, day.day) == day
        assert days.closed(tx) == (day,)
    for statement in ("UPDATE days SET sheet = ''", "DELETE FROM days"):
        with pytest.raises(DBAPIError, match="append only"), store.transaction() as tx:
            tx.session.connection().execute(text(statement))
    with pytest.raises(DBAPIError), store.transaction() as tx:
        days.close(tx, day)
