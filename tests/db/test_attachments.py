import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from db import attachments, evidence
from db.records import EvidenceRecord
from db.store import DB_NAME, Store, StoreFault
from db.vault import Stored
from tests.db.conftest import KEY, NOW, MakeCase

_PAGE = b"\xff\xd8 a page of an invented household register " * 100


def _file(home: Path, stored: Stored) -> Path:
    return home / "attachments" / stored.file_name


def _keep(store: Store, plain: bytes = _PAGE) -> Stored:
    stored = attachments.put(store, plain)
    with store.transaction() as tx:
        attachments.record(tx, stored)
    return stored


def test_bytes_come_back_and_lie_encrypted_under_their_digest(store: Store, home: Path) -> None:
    stored = _keep(store)
    with store.reading() as tx:
        assert attachments.get(tx, stored.sha256) == _PAGE
    path = _file(home, stored)
    assert path.name.startswith(stored.sha256)
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"household" not in path.read_bytes()


def test_the_file_is_forced_to_the_disk_before_it_gets_its_name_and_the_folder_after(
        store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def seen_fsync(handle: int) -> None:
        done.append("fsync")
        fsync(handle)

    def seen_replace(path: Path, to: Path) -> Path:
        done.append("rename")
        return replace(path, to)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(Path, "replace", seen_replace)
    attachments.put(store, _PAGE)
    assert done == ["fsync", "rename", "fsync"]


def test_the_same_bytes_twice_are_one_file(store: Store, home: Path) -> None:
    first, second = _keep(store), _keep(store)
    assert first.file_name == second.file_name
    assert len(list((home / "attachments").iterdir())) == 1


def test_two_that_keep_the_same_bytes_at_once_both_find_them(store: Store) -> None:
    one, other = attachments.put(store, _PAGE), attachments.put(store, _PAGE)
    for stored in (one, other):
        with store.transaction() as tx:
            attachments.record(tx, stored)
            assert attachments.get(tx, stored.sha256) == _PAGE


@pytest.mark.parametrize("place", [0, 5, 40, -1])
def test_a_damaged_file_is_never_handed_out_and_goes_into_quarantine(store: Store, home: Path, place: int) -> None:
    stored = _keep(store)
    content = bytearray(_file(home, stored).read_bytes())
    content[place] ^= 1
    _file(home, stored).write_bytes(content)
    with pytest.raises(StoreFault) as fault, store.reading() as tx:
        attachments.get(tx, stored.sha256)
    assert fault.value.code == "evidence.damaged"
    assert (home / "attachments" / "quarantine" / stored.file_name).read_bytes() == content
    with pytest.raises(StoreFault, match=r"evidence\.missing"), store.reading() as tx:
        attachments.get(tx, stored.sha256)


@pytest.mark.parametrize("length", [0, 3, 30])
def test_a_file_cut_short_by_a_lying_disk_is_damaged_and_not_an_empty_page(
        store: Store, home: Path, length: int) -> None:
    stored = _keep(store)
    with _file(home, stored).open("rb+") as file:
        file.truncate(length)
    with pytest.raises(StoreFault, match=r"evidence\.damaged"), store.reading() as tx:
        attachments.get(tx, stored.sha256)


def test_a_page_captured_again_takes_the_place_of_its_damaged_file(store: Store, home: Path) -> None:
    stored = _keep(store)
    _file(home, stored).write_bytes(b"noise")
    again = _keep(store)
    assert again.file_name != stored.file_name
    with store.reading() as tx:
        assert attachments.get(tx, stored.sha256) == _PAGE


def test_another_stores_key_does_not_open_the_file(store: Store, home: Path, tmp_path: Path) -> None:
    stored = _keep(store)
    other = Store.create(tmp_path / "other" / DB_NAME, bytes(32))
    other.vault.folder = home / "attachments"
    with pytest.raises(StoreFault, match=r"evidence\.damaged"):
        other.vault.read(stored.sha256, stored.file_name, stored.wrapped_key)
    other.close()


def test_a_case_cannot_have_evidence_without_its_file(store: Store, make_case: MakeCase) -> None:
    case = make_case()
    with store.reading() as tx, pytest.raises(StoreFault, match=r"evidence\.missing"):
        attachments.get(tx, "0" * 64)
    stored = attachments.put(store, _PAGE)
    orphan = EvidenceRecord(evidence_id="e1", case_uuid="nobody's", slot="s", doc_type="other", sha256=stored.sha256,
                            size=stored.size, media_type="image/jpeg", at=NOW, by="u1")
    with pytest.raises(IntegrityError), store.transaction() as tx:
        evidence.add(tx, orphan, stored)
    assert case


def test_nothing_is_no_evidence(store: Store) -> None:
    with pytest.raises(ValueError, match="empty"):
        attachments.put(store, b"")


def test_a_full_disk_is_said_and_leaves_no_part(store: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_space)
        with pytest.raises(StoreFault, match=r"store\.full"):
            attachments.put(store, _PAGE)
    assert list((home / "attachments").iterdir()) == []
    _keep(store)


def test_the_sweep_puts_aside_what_a_crash_left_and_nothing_else(store: Store, home: Path) -> None:
    kept = _keep(store)
    unreferenced = attachments.put(store, b"never recorded")
    part = home / "attachments" / "unsynced.part"
    part.write_bytes(b"half")
    written = datetime.fromtimestamp(part.stat().st_mtime, UTC)
    aside = home / "aside" / "now"
    assert attachments.sweep(store, written + timedelta(minutes=1), aside) == attachments.Swept(0, 0)
    assert not aside.exists()
    assert attachments.sweep(store, written + timedelta(minutes=11), aside) == attachments.Swept(1, 0)
    assert attachments.sweep(store, written + timedelta(hours=25), aside) == attachments.Swept(0, 1)
    assert not _file(home, unreferenced).exists()
    assert {path.name for path in aside.iterdir()} == {"unsynced.part", unreferenced.file_name}
    with store.reading() as tx:
        assert attachments.get(tx, kept.sha256) == _PAGE


def test_many_files_without_a_row_stay_where_they_are_because_then_the_rows_are_gone(store: Store, home: Path) -> None:
    for number in range(11):
        attachments.put(store, bytes([number]) * 10)
    before = sorted(path.name for path in (home / "attachments").iterdir())
    swept = attachments.sweep(store, datetime.now(UTC) + timedelta(hours=25), home / "aside")
    assert swept == attachments.Swept(0, 0, left=11)
    assert sorted(path.name for path in (home / "attachments").iterdir()) == before


def test_a_key_must_have_its_length(home: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Store.create(home / DB_NAME, KEY[:16])
