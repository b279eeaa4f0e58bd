import shutil
import zipfile
from pathlib import Path

import pytest

from db import attachments, backup, cases, evidence, journal
from db.records import EvidenceRecord
from db.store import DB_NAME, Store, StoreFault, StoreLocked
from tests.db.conftest import KEY, NOW, MakeCase


@pytest.fixture
def made(store: Store, make_case: MakeCase, tmp_path: Path) -> Path:
    case = make_case(applicant_name="林晓月")
    stored = attachments.put(store, b"a page" * 1000)
    with store.transaction() as tx:
        evidence.add(tx, EvidenceRecord(evidence_id="e1", case_uuid=case.case_uuid, slot="s", doc_type="other",
                                        sha256=stored.sha256, size=stored.size, media_type="image/jpeg", at=NOW, by="u1"),
                     stored)
        journal.append(tx, NOW, "u1", "case.created", case.case_uuid)
    out = tmp_path / "2026-11-22.backup"
    report = backup.make(store, out, NOW)
    assert (report.cases, report.attachments, report.journal_count, report.missing) == (1, 1, 1, ())
    assert report.size == out.stat().st_size
    return out


def test_a_backup_holds_and_is_restored_into_an_empty_home(made: Path, tmp_path: Path) -> None:
    assert backup.check(made, KEY).cases == 1
    report = backup.restore(made, KEY, tmp_path / "new")
    assert report.journal_count == 1
    store = Store.open(tmp_path / "new" / DB_NAME, KEY)
    with store.reading() as tx:
        (case,) = cases.find_text(tx, "lxy")
        (page,) = evidence.for_case(tx, case.case_uuid)
        assert attachments.get(tx, page.sha256) == b"a page" * 1000
        assert journal.verify(tx) is None
    store.close()
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["attachments", DB_NAME]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-11-22.backup", "home", "new"]


def test_a_store_is_never_overwritten_by_a_backup(made: Path, home: Path) -> None:
    before = (home / DB_NAME).read_bytes()
    with pytest.raises(StoreFault, match=r"store\.exists"):
        backup.restore(made, KEY, home)
    assert (home / DB_NAME).read_bytes() == before


def test_another_key_does_not_open_a_backup(made: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreLocked):
        backup.restore(made, bytes(32), tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


def _rewrite(made: Path, change: str) -> None:
    with zipfile.ZipFile(made) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    page = next(name for name in entries if name.startswith("attachments/"))
    if change == "page":
        entries[page] = entries[page][:-1] + bytes([entries[page][-1] ^ 1])
    elif change == "no page":
        del entries[page]
    elif change == "database":
        middle = len(entries[DB_NAME]) // 2
        entries[DB_NAME] = entries[DB_NAME][:middle] + b"!" + entries[DB_NAME][middle + 1:]
    elif change == "outside":
        entries["../outside"] = b"!"
    elif change == "manifest":
        entries["manifest.json"] = b"{}"
    with zipfile.ZipFile(made, "w") as new:
        for name, content in entries.items():
            new.writestr(name, content)


@pytest.mark.parametrize("change", ["page", "no page", "database", "outside", "manifest"])
def test_a_changed_backup_is_refused_and_leaves_nothing(made: Path, tmp_path: Path, change: str) -> None:
    _rewrite(made, change)
    with pytest.raises(StoreFault, match=r"backup\.damaged"):
        backup.restore(made, KEY, tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []
    assert not (tmp_path / "outside").exists()


def test_a_backup_cut_short_is_refused(made: Path) -> None:
    content = made.read_bytes()
    made.write_bytes(content[:len(content) // 2])
    with pytest.raises(StoreFault, match=r"backup\.damaged"):
        backup.check(made, KEY)


def test_a_backup_says_which_evidence_was_already_gone(made: Path, store: Store, home: Path, tmp_path: Path) -> None:
    shutil.rmtree(home / "attachments")
    report = backup.make(store, tmp_path / "later.backup", NOW)
    assert len(report.missing) == 1
    assert backup.check(tmp_path / "later.backup", KEY).missing == report.missing
