import shutil
import struct
import zipfile
from copy import copy
from dataclasses import replace
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


def unpacked(made: Path, folder: Path, key: bytes = KEY) -> backup.BackupReport:
    return backup.unpack(backup.look(made), key, folder).report


def test_a_backup_holds_and_is_unpacked_into_a_folder(made: Path, tmp_path: Path) -> None:
    report = unpacked(made, tmp_path / "new")
    assert (report.cases, report.journal_count) == (1, 1)
    store = Store.open(tmp_path / "new" / DB_NAME, KEY)
    with store.reading() as tx:
        (case,) = cases.find_text(tx, "lxy")
        (page,) = evidence.for_case(tx, case.case_uuid)
        assert attachments.get(tx, page.sha256) == b"a page" * 1000
        assert journal.verify(tx) is None
    store.close()
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["attachments", DB_NAME]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-11-22.backup", "home", "new"]


def test_another_key_does_not_open_a_backup(made: Path, tmp_path: Path) -> None:
    assert backup.opens_with(backup.look(made), KEY)
    assert not backup.opens_with(backup.look(made), bytes(32))
    with pytest.raises(StoreLocked):
        unpacked(made, tmp_path / "new", bytes(32))
    assert not (tmp_path / "new" / "attachments").exists()


def test_what_lies_beside_the_store_comes_back_and_is_not_to_be_read_without_the_key(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "settings.backup"
    backup.make(store, out, NOW, recovery=b"{}", beside={"settings.toml": b"terminal_token = 'a secret'"})
    contents = backup.look(out)
    assert contents.recovery == b"{}"
    assert b"a secret" not in out.read_bytes()
    assert backup.unpack(contents, KEY, tmp_path / "new").beside == {"settings.toml": b"terminal_token = 'a secret'"}


def test_a_backup_that_was_written_is_read_back(made: Path) -> None:
    backup.read_back(made)
    content = made.read_bytes()
    middle = len(content) // 3
    made.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1:])
    with pytest.raises(StoreFault, match=r"backup\.damaged"):
        backup.read_back(made)


def test_a_disk_without_room_is_said_before_anything_is_unpacked(made: Path, tmp_path: Path) -> None:
    contents = backup.look(made)
    assert contents.needs > made.stat().st_size
    with pytest.raises(StoreFault, match=r"backup\.no_room"):
        backup.unpack(replace(contents, needs=1 << 60), KEY, tmp_path / "new")
    assert not (tmp_path / "new").exists()


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
    elif change == "manifest":
        entries["manifest.json"] = b"{}"
    elif change == "nested":
        entries["manifest.json"] = b"[" * 20_000
    with zipfile.ZipFile(made, "w") as new:
        for name, content in entries.items():
            new.writestr(name, content)


@pytest.mark.parametrize("change", ["page", "no page", "database", "manifest"])
def test_a_changed_backup_is_refused(made: Path, tmp_path: Path, change: str) -> None:
    _rewrite(made, change)
    with pytest.raises(StoreFault, match=r"backup\.damaged"):
        unpacked(made, tmp_path / "new")


def test_a_backup_cut_short_is_refused(made: Path) -> None:
    content = made.read_bytes()
    made.write_bytes(content[:len(content) // 2])
    with pytest.raises(StoreFault, match=r"backup\.damaged"):
        backup.look(made)


def test_a_backup_says_which_evidence_was_already_gone(made: Path, store: Store, home: Path, tmp_path: Path) -> None:
    shutil.rmtree(home / "attachments")
    report = backup.make(store, tmp_path / "later.backup", NOW)
    assert len(report.missing) == 1
    assert unpacked(tmp_path / "later.backup", tmp_path / "new").missing == report.missing


def _bomb(made: Path, kind: str) -> None:
    """What a backup would be that a stranger made to fill the disk or to write elsewhere."""
    with zipfile.ZipFile(made) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    manifest = entries.pop("manifest.json")
    name = f"attachments/{'0' * 64}.00000000"
    if kind == "overlapping":       # many names for the same bytes
        with zipfile.ZipFile(made, "a") as new:
            entry = new.getinfo(next(name for name in entries if name.startswith("attachments/")))
            for number in range(2000):
                new.filelist.append(copy(entry))
                new.filelist[-1].filename = f"attachments/{number:064d}.00000000"
            new._didModify = True       # type: ignore[attr-defined]  # a bomb is made with force
        return
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as new:
        for known, content in entries.items():
            new.writestr(known, content)
        new.writestr("manifest.json", manifest + b" " * 10_000_000 if kind == "manifest" else manifest)
        if kind == "compressed":
            new.writestr(name, bytes(50_000_000), zipfile.ZIP_DEFLATED)
        elif kind == "settings":
            new.writestr("settings.sealed", bytes(17 * 1024 * 1024))
        elif kind == "recovery":
            new.writestr("recovery.json", bytes(65 * 1024))
        elif kind == "outside":
            new.writestr("../outside", b"!")
        elif kind == "elsewhere":
            new.writestr("attachments/../../outside", b"!")
    if kind == "claims":        # the directory says more than there is
        whole = made.read_bytes()
        at = whole.rindex(b"PK\1\2") + 20
        made.write_bytes(whole[:at] + (0x7FFFFFFF).to_bytes(4, "little") * 2 + whole[at + 8:])


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ["compressed", "overlapping", "manifest", "settings", "recovery", "outside", "elsewhere", "claims"])
def test_a_bomb_is_refused_before_a_key_is_asked(made: Path, tmp_path: Path, kind: str) -> None:
    _bomb(made, kind)
    with pytest.raises(StoreFault, match=r"backup\.not_ours"):
        backup.look(made)
    assert not (tmp_path / "outside").exists()


def test_a_directory_of_more_names_than_a_window_ever_fills_is_not_even_read(tmp_path: Path) -> None:
    bomb, length = tmp_path / "bomb.backup", 3_000_000_000
    with bomb.open("wb") as file:
        file.truncate(length)       # takes no room on the disk, and would take all of the memory
        file.seek(length)
        file.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, length, 0, 0))
    with pytest.raises(StoreFault, match=r"backup\.not_ours"):
        backup.look(bomb)


@pytest.mark.parametrize("content", [b"", b"PK\5\6", b"not much of a backup", b"PK\5\6" + bytes(18), bytes(200) + b"PK\5\6" + b"\xff" * 18])
def test_what_is_no_archive_is_refused_in_our_own_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "some.backup").write_bytes(content)
    with pytest.raises(StoreFault, match=r"backup\.(damaged|not_ours)"):
        backup.look(tmp_path / "some.backup")


def test_a_manifest_that_nests_without_end_is_a_damaged_backup(made: Path) -> None:
    _rewrite(made, "nested")
    with pytest.raises(StoreFault, match=r"backup\.damaged"):
        backup.look(made)
