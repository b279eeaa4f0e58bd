"""The ledger of print jobs: copies, what a failed try leaves, and receipts from before there was a ledger."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

import db.schema
from db import cases, print_jobs
from db.models import PrintJobRow
from db.records import CaseRecord
from db.store import DB_NAME, Store
from tests.db.conftest import KEY, NOW, MakeCase


def test_copies_are_counted_for_each_edition_of_each_paper(store: Store, make_case: MakeCase) -> None:
    case = make_case().case_uuid
    with store.transaction() as tx:
        numbers = []
        for kind, edition in (("receipt", "1"), ("receipt", "1"), ("receipt", "2"), ("unified_form", "1")):
            job = print_jobs.begin(tx, case, kind, edition, by="wang", at=NOW)
            print_jobs.end(tx, job.id, "printed", NOW)
            numbers.append(job.copy_number)
    assert numbers == [1, 2, 1, 1]


def test_a_try_that_surely_printed_nothing_gives_its_number_back(store: Store, make_case: MakeCase) -> None:
    case = make_case().case_uuid
    with store.transaction() as tx:
        first = print_jobs.begin(tx, case, "receipt", "1", by="wang", at=NOW)
        print_jobs.end(tx, first.id, "failed", NOW, fault="printer.paper_out")
        again = print_jobs.begin(tx, case, "receipt", "1", by="zhao", at=NOW)
        print_jobs.end(tx, again.id, "unknown", NOW, fault="printer.not_confirmed")
        after = print_jobs.begin(tx, case, "receipt", "1", by="zhao", at=NOW)
    assert (again.id, again.copy_number, again.by, again.fault) == (first.id, 1, "zhao", "")
    assert after.copy_number == 2
    with store.reading() as tx:
        assert [(job.copy_number, job.state) for job in print_jobs.for_case(tx, case)] == [(1, "unknown"), (2, "sending")]


def test_the_store_itself_refuses_the_same_copy_twice(store: Store, make_case: MakeCase) -> None:
    case = make_case().case_uuid

    def put() -> None:
        with store.transaction() as tx:
            tx.session.add(PrintJobRow(id=None, case_uuid=case, kind="receipt", edition="1", copy_number=1, state="sending", fault="",
                                       queue_job="", by="wang", at=NOW, ended_at=None))

    put()
    with pytest.raises(IntegrityError):
        put()


def test_a_receipt_printed_before_there_was_a_ledger_is_in_it(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "old"
    shutil.copytree(db.schema.MIGRATIONS, old, ignore=shutil.ignore_patterns("__pycache__", "000[2-9]*"))
    with monkeypatch.context() as patch:
        patch.setattr(db.schema.bring_up_to_date, "__defaults__", (old,))
        store = Store.create(home / DB_NAME, KEY)
    with store.transaction() as tx:
        for name, printed in (("printed", NOW), ("not", None)):
            cases.create(tx, CaseRecord(case_uuid=name, theme_id="t", theme_version="1", status="accepted", revision=2, created_at=NOW,
                                        updated_at=NOW, created_by="wang", window="3", receipt_printed_at=printed))
    store.close()
    store = Store.open(home / DB_NAME, KEY)
    with store.reading() as tx:
        [job] = print_jobs.for_case(tx, "printed")
        assert print_jobs.for_case(tx, "not") == ()
    store.close()
    assert (job.kind, job.edition, job.copy_number, job.state, job.at) == ("receipt", "2", 1, "printed", NOW)
