import shutil
import stat
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

import db.schema
import db.store
from db import attachments, cases, evidence, models, settings
from db.faults import from_os
from db.records import CaseRecord, EvidenceRecord
from db.store import DB_NAME, Store, StoreFault, StoreLocked, connect
from tests.db.conftest import KEY, NOW, MakeCase, break_off

_HEAD = max(path.name[:4] for path in (db.schema.MIGRATIONS / "versions").glob("[0-9]*.py"))
_NEXT = f"{int(_HEAD) + 1:04d}"


def _sql(store: Store, statement: str) -> None:
    with store.transaction() as tx:
        tx.session.connection().execute(text(statement))


def test_a_new_store_is_private_and_unreadable_without_its_key(home: Path) -> None:
    store = Store.create(home / DB_NAME, KEY)
    assert stat.S_IMODE((home / DB_NAME).stat().st_mode) == 0o600
    assert not (home / DB_NAME).read_bytes().startswith(b"SQLite format 3")
    with store.reading() as tx:
        pragmas = {name: tx.session.connection().execute(text(f"PRAGMA {name}")).scalar()
                   for name in ("journal_mode", "synchronous", "foreign_keys", "temp_store", "secure_delete")}
    store.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "temp_store": 2, "secure_delete": 1}


def test_a_wrong_key_is_refused_and_the_file_stays_as_it_was(store: Store, make_case: MakeCase, home: Path) -> None:
    case = make_case()
    store.close()
    before = (home / DB_NAME).read_bytes()
    with pytest.raises(StoreLocked) as refused:
        Store.open(home / DB_NAME, bytes(32))
    assert refused.value.code == "store.wrong_key"
    assert (home / DB_NAME).read_bytes() == before
    reopened = Store.open(home / DB_NAME, KEY)
    with reopened.reading() as tx:
        assert cases.get(tx, case.case_uuid) == case
    reopened.close()


def test_a_file_that_is_no_store_is_refused_and_kept(home: Path) -> None:
    home.mkdir()
    (home / DB_NAME).write_bytes(b"something else" * 1000)
    with pytest.raises(StoreLocked):
        Store.open(home / DB_NAME, KEY)
    assert (home / DB_NAME).read_bytes() == b"something else" * 1000


def test_an_sqlite_with_the_wal_reset_race_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db.store, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(StoreFault, match=r"store\.too_old"):
        Store.open(home / DB_NAME, KEY)
    assert not home.exists()


def test_leaving_with_an_exception_rolls_back(store: Store) -> None:
    break_off(store, lambda tx: settings.put(tx, "kept", "yes"))
    with store.reading() as tx:
        assert settings.get(tx, "kept") is None


def test_reading_cannot_write(store: Store) -> None:
    with pytest.raises(StoreFault, match=r"store\.readonly"), store.reading() as tx:
        settings.put(tx, "kept", "yes")


def test_a_transaction_inside_a_transaction_is_a_mistake_and_not_a_deadlock(store: Store) -> None:
    with pytest.raises(RuntimeError, match="already inside"), store.transaction(), store.transaction():
        pass
    with store.transaction() as tx:
        settings.put(tx, "still", "works")


def test_several_threads_take_turns_and_no_count_is_lost(store: Store) -> None:
    def count_up() -> None:
        for _ in range(20):
            with store.transaction() as tx:
                settings.put(tx, "count", str(int(settings.get(tx, "count") or 0) + 1))
            with store.reading() as tx:
                assert settings.get(tx, "count")

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as tx:
        assert settings.get(tx, "count") == "80"


def test_another_program_may_use_the_store_too_and_sees_what_is_committed(store: Store, home: Path) -> None:
    other = Store.open(home / DB_NAME, KEY)
    with store.transaction() as tx:
        settings.put(tx, "said", "here")
    with other.transaction() as tx:
        assert settings.get(tx, "said") == "here"
        settings.put(tx, "said", "there")
    with store.reading() as tx:
        assert settings.get(tx, "said") == "there"
    other.close()


def test_a_program_that_writes_for_too_long_is_named_and_nothing_is_half_done(store: Store, home: Path) -> None:
    other = Store.open(home / DB_NAME, KEY)
    _sql(store, "PRAGMA busy_timeout = 50")
    with other.transaction() as tx:
        settings.put(tx, "busy", "yes")
        with pytest.raises(StoreFault, match=r"store\.locked"), store.transaction() as mine:
            settings.put(mine, "mine", "yes")
    with store.transaction() as tx:
        assert (settings.get(tx, "busy"), settings.get(tx, "mine")) == ("yes", None)
    other.close()


def test_a_full_disk_is_said_and_saving_goes_on_when_there_is_space(store: Store) -> None:
    with store.transaction() as tx:
        pages = tx.session.connection().execute(text("PRAGMA page_count")).scalar_one()
    _sql(store, f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFault) as full, store.transaction() as tx:
        settings.put(tx, "long", "x" * 200_000)
    assert full.value.code == "store.full"
    _sql(store, "PRAGMA max_page_count = 4294967294")
    with store.transaction() as tx:
        assert settings.get(tx, "long") is None
        settings.put(tx, "long", "x" * 200_000)


@pytest.mark.parametrize(("number", "code"), [(28, "store.full"), (5, "store.io"), (13, "store.readonly")])
def test_a_failed_file_operation_has_a_code(number: int, code: str) -> None:
    assert from_os(OSError(number, "")).code == code


def test_a_mistake_of_ours_is_not_called_a_fault_of_the_disk(store: Store, make_case: MakeCase) -> None:
    make_case(case_number="130529XS20261122000017")
    with pytest.raises(IntegrityError) as refused:
        make_case(case_number="130529XS20261122000017", applicant_name="林晓月")
    assert "林晓月" not in str(refused.value)


def test_the_migrations_make_exactly_the_tables_of_the_models(store: Store) -> None:
    assert models.CaseRow.metadata is SQLModel.metadata
    with store.reading() as tx:
        connection = tx.session.connection()
        context = MigrationContext.configure(connection, opts={
            "include_object": lambda _object, name, _type, _reflected, _other: not str(name).startswith("case_names")})
        assert compare_metadata(context, SQLModel.metadata) == []


def _scripts(folder: Path, body: str) -> Path:
    """A migrations folder with one migration more."""
    shutil.copytree(db.schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / f"{_NEXT}_next.py").write_text(
        f'"""Next."""\nfrom alembic import op\nimport sqlalchemy as sa\nrevision = "{_NEXT}"\ndown_revision = "{_HEAD}"\n'
        f"branch_labels = None\ndepends_on = None\n\n\ndef upgrade() -> None:\n{body}", "utf-8")
    return folder


_GOOD = """
    with op.batch_alter_table("settings") as batch:
        batch.add_column(sa.Column("note", sa.String(), nullable=True))
"""
_BAD = _GOOD + """
    op.execute("INSERT INTO settings (scope, key, value) VALUES ('m', 'half', 'done')")
    op.execute("SELECT * FROM no_such_table")
"""


def _columns(store: Store) -> list[str]:
    with store.reading() as tx:
        return [row[1] for row in tx.session.connection().execute(text("PRAGMA table_info(settings)"))]


def _revision(store: Store) -> str:
    with store.reading() as tx:
        return str(tx.session.connection().execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def test_a_failing_migration_rolls_back_and_leaves_what_was(
        store: Store, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.transaction() as tx:
        settings.put(tx, "before", "kept")
    store.close()
    with monkeypatch.context() as patch:
        patch.setattr(db.schema.bring_up_to_date, "__defaults__", (_scripts(tmp_path / "bad", _BAD),))
        with pytest.raises(StoreFault) as failed:
            Store.open(home / DB_NAME, KEY)
        assert failed.value.code == "store.migration"
    reopened = Store.open(home / DB_NAME, KEY)
    assert _revision(reopened) == _HEAD
    assert _columns(reopened) == ["scope", "key", "value"]
    with reopened.reading() as tx:
        assert settings.scoped(tx) == {"before": "kept"}
        assert settings.scoped(tx, "m") == {}
    reopened.close()
    copy = Store.open(home / "backups" / f"before-{_NEXT}.db", KEY)
    with copy.reading() as tx:
        assert settings.get(tx, "before") == "kept"
    copy.close()


def test_a_page_of_a_store_from_before_the_lines_of_text_is_kept_and_has_none(
        home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = tmp_path / "older"
    shutil.copytree(db.schema.MIGRATIONS, older, ignore=shutil.ignore_patterns("__pycache__"))
    for script in (older / "versions").glob("[0-9]*.py"):
        if script.name[:4] >= "0004":
            script.unlink()
    with monkeypatch.context() as patch:
        patch.setattr(db.schema.bring_up_to_date, "__defaults__", (older,))
        before = Store.create(home / DB_NAME, KEY)
    assert _revision(before) == "0003"
    safe = attachments.put(before, b"page")
    case = CaseRecord(case_uuid="u", theme_id="hebei-newborn", theme_version="2023", status="draft", revision=0, created_at=NOW,
                      updated_at=NOW, created_by="u1", window="3")
    page = EvidenceRecord(evidence_id="e1", case_uuid="u", slot="marriage_certificate", doc_type="marriage_certificate",
                          sha256=safe.sha256, size=safe.size, media_type="image/jpeg", at=NOW, by="u1", quad="[]")
    with before.transaction() as tx:
        cases.create(tx, case)
        attachments.record(tx, safe)
        row = {name: value for name, value in asdict(page).items() if name != "lines"}
        tx.session.connection().execute(insert(models.EvidenceRow).values(row))
    before.close()
    now = Store.open(home / DB_NAME, KEY)
    assert _revision(now) == _HEAD
    with now.reading() as tx:
        assert evidence.get(tx, "e1") == page
        assert attachments.get(tx, page.sha256) == b"page"
    now.close()


def test_a_good_migration_and_its_record_arrive_together_and_an_older_program_then_refuses(
        store: Store, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.close()
    with monkeypatch.context() as patch:
        patch.setattr(db.schema.bring_up_to_date, "__defaults__", (_scripts(tmp_path / "good", _GOOD),))
        newer = Store.open(home / DB_NAME, KEY)
        assert _revision(newer) == _NEXT
        assert "note" in _columns(newer)
        newer.close()
    with pytest.raises(StoreFault, match=r"store\.newer"):
        Store.open(home / DB_NAME, KEY)


_OPEN_AND_SAVE = """
import pathlib, sys
from db import settings
from db.store import Store
print("ready", flush=True)
sys.stdin.readline()
store = Store.create(pathlib.Path(sys.argv[1]), bytes(range(32)))
with store.transaction() as tx:
    settings.put(tx, sys.argv[2], "opened")
store.close()
"""


def test_programs_that_start_at_the_same_moment_make_one_store(home: Path) -> None:
    programs = [subprocess.Popen([sys.executable, "-c", _OPEN_AND_SAVE, str(home / DB_NAME), str(number)], bufsize=0,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE) for number in range(2)]
    pipes = [(program.stdin, program.stdout) for program in programs]
    for _, said in pipes:
        assert said is not None
        assert said.readline() == b"ready\n"
        said.close()
    for told, _ in pipes:
        assert told is not None
        told.write(b"go\n")
        told.close()
    assert [program.wait(60) for program in programs] == [0, 0]
    store = Store.open(home / DB_NAME, KEY)
    with store.reading() as tx:
        assert settings.scoped(tx) == {"0": "opened", "1": "opened"}
    store.close()


def test_threads_that_open_at_the_same_moment_make_one_store(home: Path) -> None:
    opened: list[Store] = []
    threads = [threading.Thread(target=lambda: opened.append(Store.create(home / DB_NAME, KEY))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 6
    for number, store in enumerate(opened):
        with store.transaction() as tx:
            settings.put(tx, "opened", str(number + 1))
    with opened[0].reading() as tx:
        assert settings.get(tx, "opened") == "6"
    for store in opened:
        store.close()


def test_a_damaged_page_is_found(store: Store, home: Path, make_case: MakeCase) -> None:
    make_case()
    assert store.damages() == ()
    store.close()
    with (home / DB_NAME).open("rb+") as file:
        file.seek(4096 * 20 + 100)
        file.write(b"!!!!")
    assert Store.open(home / DB_NAME, KEY).damages()


def test_a_new_store_needs_no_copy_of_nothing(home: Path) -> None:
    store = Store.create(home / DB_NAME, KEY)
    assert _revision(store) == _HEAD
    assert not (home / "backups").exists()
    store.close()


def test_a_copy_is_encrypted_with_the_same_key(store: Store, make_case: MakeCase, tmp_path: Path) -> None:
    case = make_case()
    store.copy_to(tmp_path / "copy.db")
    bare = connect(tmp_path / "copy.db")
    with pytest.raises(Exception, match="not a database"):
        bare.execute("SELECT * FROM cases")
    bare.close()
    copy = Store.open(tmp_path / "copy.db", KEY)
    with copy.reading() as tx:
        assert cases.get(tx, case.case_uuid) == case
    copy.close()


def test_times_come_back_aware_and_naive_ones_are_refused(store: Store, make_case: MakeCase) -> None:
    case = make_case()
    with store.reading() as tx:
        kept = cases.get(tx, case.case_uuid)
    assert (kept.created_at, kept.created_at.utcoffset()) == (NOW, NOW.utcoffset())
    with pytest.raises(Exception, match="timezone"):
        make_case(created_at=NOW.replace(tzinfo=None))
