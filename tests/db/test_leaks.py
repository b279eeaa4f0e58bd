"""Nothing personal lies readable in any file of the home, while it is open and after it is closed."""

import base64
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from db import attachments, backup, cases, evidence, journal, outbox, progress, settings, users
from db.records import (
    AnswerRecord,
    CaseRecord,
    EvidenceRecord,
    FactRecord,
    MatterRecord,
    ProgressRecord,
    UserRecord,
)
from db.store import DB_NAME, Store
from tests.db.conftest import NOW

_CANARY = "金丝雀鸣于示例镇"
_NUMBER = "990529199503150029"


def _traces() -> dict[str, bytes]:
    """What the canaries look like in a file; base64 in its three shifts, without the ends that depend on neighbours."""
    found = {_CANARY + encoding: _CANARY.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")}
    found |= {_NUMBER + encoding: _NUMBER.encode(encoding) for encoding in ("ascii", "utf-16-le")}
    for name, plain in list(found.items()):
        found[f"{name} hex"] = plain.hex().encode()
        for shift in range(3):
            found[f"{name} base64 {shift}"] = base64.b64encode(bytes(shift) + plain)[4:-4]
    return found


def _hits(folder: Path) -> set[str]:
    contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return {name for name, trace in _traces().items() for content in contents if trace in content}


def _fill(store: Store) -> None:
    for number in range(40):
        said = f"{_CANARY}{number}"
        stored = attachments.put(store, f"{said} {_NUMBER}".encode() * 50)
        with store.transaction() as tx:
            case = CaseRecord(case_uuid=f"c{number}", theme_id="t", theme_version="1", status="draft", revision=1,
                              created_at=NOW, updated_at=NOW, created_by="u1", window="3", applicant_name=said,
                              applicant_number=_NUMBER, title=said, return_reason=said)
            cases.create(tx, case)
            cases.put_answer(tx, case.case_uuid, AnswerRecord(
                key="k", value=said, source="hand", confidence=1, origin=said, evidence_id=None, box=None, by="u1", at=NOW))
            cases.add_facts(tx, case.case_uuid, [FactRecord(name="n", value=_NUMBER, confidence=1, evidence_id=None,
                                                            box=None, at=NOW)])
            cases.put_matters(tx, case.case_uuid, [MatterRecord(matter_id="m", name="m", department="d",
                                                                state="waiting", detail=said)])
            cases.undo_push(tx, case.case_uuid, said)
            evidence.add(tx, EvidenceRecord(
                evidence_id=f"e{number}", case_uuid=case.case_uuid, slot="s", doc_type="other", sha256=stored.sha256,
                size=stored.size, media_type="image/jpeg", at=NOW, by="u1"), stored)
            outbox.put(tx, case_uuid=case.case_uuid, revision=1, idempotency_key=case.case_uuid, body=said + _NUMBER,
                       now=NOW)
            progress.note(tx, ProgressRecord(event_id=f"p{number}", case_uuid=case.case_uuid, matter_id="m",
                                             state="done", sequence=1, at=NOW, received_at=NOW, detail=said))
            journal.append(tx, NOW, "u1", "answer.set", case.case_uuid, {"digest": journal.fingerprint(tx, said)})
            settings.put(tx, f"s{number}", said)
            cases.update(tx, case.case_uuid, NOW, applicant_name="")
    with store.transaction() as tx:
        users.add(tx, UserRecord(user_id="u1", login=_CANARY, name=_CANARY, role="clerk"), _NUMBER)


def test_no_file_of_the_home_nor_a_backup_shows_a_canary(store: Store, home: Path) -> None:
    _fill(store)
    backup.make(store, home / "day.backup", datetime.now(UTC))
    assert (home / f"{DB_NAME}-wal").exists(), "the files of an open store are looked at too"
    assert _hits(home) == set()
    store.close()
    assert _hits(home) == set()


def test_the_same_rows_in_a_plain_database_are_found_at_once(tmp_path: Path) -> None:
    plain = sqlite3.connect(tmp_path / "plain.db")
    plain.execute("CREATE TABLE t (said)")
    plain.execute("INSERT INTO t VALUES (?)", (_CANARY + _NUMBER,))
    plain.execute("INSERT INTO t VALUES (?)", (base64.b64encode(b"ab" + (_CANARY + _NUMBER).encode()).decode(),))
    plain.commit()
    plain.close()
    assert {name.replace(_CANARY, "").replace(_NUMBER, "") for name in _hits(tmp_path)} >= {"utf-8", "ascii"}
    assert any("base64" in name for name in _hits(tmp_path))
