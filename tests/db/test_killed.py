"""kill -9 in the middle of saving: what was acknowledged is there, and nothing is there by half."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from db import attachments, cases, evidence, journal, outbox
from db.store import DB_NAME, Store
from tests.db.saver import KEY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")


def _play(home: Path, kills: int, *options: str) -> set[str]:
    subprocess.run([sys.executable, "-m", "tests.db.saver", str(home), str(kills), "7", *options], check=True, timeout=100)
    return set((home.parent / "acked").read_text("ascii").split())


def _kept(store: Store) -> set[str]:
    with store.reading() as tx:
        return {case.case_uuid for case in cases.newest(tx, limit=100_000)}


def test_thirty_kills_lose_nothing_that_was_acknowledged(home: Path) -> None:
    acked = _play(home, 30)
    assert len(acked) >= 20, "the savers must have come to saving"
    store = Store.open(home / DB_NAME, KEY)
    kept = _kept(store)
    assert acked <= kept
    assert len(kept - acked) <= 30, "committed, killed before the acknowledgement: one a kill at most"
    with store.reading() as tx:
        assert tx.session.connection().execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert tx.session.connection().execute(text("PRAGMA cipher_integrity_check")).all() == []
        assert journal.verify(tx) is None
        assert journal.head(tx)[0] == len(kept) == outbox.counts(tx)["waiting"]
        assert set(outbox.latest(tx, kept)) == kept
        for case_uuid in kept:
            (page,) = evidence.for_case(tx, case_uuid)
            assert len(attachments.get(tx, page.sha256)) == page.size
        assert len(cases.find_text(tx, "lxy", limit=100_000)) == len(kept)
    attachments.sweep(store, datetime.now(UTC) + timedelta(days=2), home / "aside")
    assert len(list((home / "attachments").iterdir())) == len(kept)
    store.close()


def test_the_test_above_would_notice_a_loss(home: Path) -> None:
    acked = _play(home, 8, "--ack-too-early")
    store = Store.open(home / DB_NAME, KEY)
    assert acked - _kept(store), "an acknowledgement before the commit must show as lost"
    store.close()


def _migrate(folder: Path, *options: str) -> list[str]:
    folder.mkdir()
    done = subprocess.run([sys.executable, "-m", "tests.db.migrator", str(folder), *options], check=True, timeout=100,
                          capture_output=True, text=True)
    *states, last = done.stdout.split()
    assert last == "finished"
    return states


def test_a_migration_killed_at_any_statement_leaves_the_old_store_or_the_new_one(tmp_path: Path) -> None:
    states = _migrate(tmp_path / "ours")
    assert states.count("old") >= 10, "the migration must have had something to be killed in"
    assert states == ["old"] * states.count("old") + ["new"] * states.count("new")


def test_without_begin_immediate_the_same_kills_break_stores(tmp_path: Path) -> None:
    assert "broken" in _migrate(tmp_path / "control", "--driver-transactions")
