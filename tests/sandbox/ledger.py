"""What the stand-in province keeps: one SQLite file, a folder of evidence, and the contract's rules that need memory.

Evidence is verified when its final file exists: there is no second record of that which could disagree.
"""

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from . import departments, terminals
from .messages import (
    Announced,
    CaseMessage,
    CaseState,
    EvidenceState,
    Progress,
    ProgressEvent,
    Receipt,
    Refused,
    RevisionState,
)
from .switches import Refusal, Switches

_TABLES = """
CREATE TABLE IF NOT EXISTS revisions (
    case_uuid TEXT NOT NULL, revision INTEGER NOT NULL, idempotency_key TEXT NOT NULL UNIQUE,
    terminal TEXT NOT NULL, body BLOB NOT NULL, body_sha256 TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'announced', receipt_no TEXT UNIQUE, received_at TEXT, reason_code TEXT, reason TEXT,
    PRIMARY KEY (case_uuid, revision));
CREATE TABLE IF NOT EXISTS matters (
    case_uuid TEXT NOT NULL, matter_id TEXT NOT NULL, steps_done INTEGER NOT NULL DEFAULT 0, since REAL NOT NULL,
    PRIMARY KEY (case_uuid, matter_id));
CREATE TABLE IF NOT EXISTS numbers (number TEXT PRIMARY KEY, case_uuid TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, terminal TEXT NOT NULL, event TEXT NOT NULL);
"""


class Ledger:
    """All that survives a restart. The server calls it from its one thread, so every public method is one step."""

    def __init__(self, folder: Path, delay: float) -> None:
        self._evidence = folder / "evidence"
        self._evidence.mkdir(parents=True, exist_ok=True)
        self._delay = delay
        self._db = sqlite3.connect(folder / "province.sqlite", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA synchronous=EXTRA")   # a rollback journal is only durable with EXTRA
        self._db.executescript(_TABLES + terminals.TABLES)
        self.terminals = terminals.Terminals(self._db, self._transaction)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # --- phase one

    def announce(self, case_uuid: UUID, revision: int, key: str, terminal: str, body: bytes,
                 case: CaseMessage) -> tuple[bool, Announced]:
        """Keep the case once; whether it is new, and what is still missing."""
        digest = hashlib.sha256(body).hexdigest()
        with self._transaction():
            other = self._db.execute("SELECT * FROM revisions WHERE idempotency_key = ?", (key,)).fetchone()
            known = self._revision(case_uuid, revision)
            if other is not None and (other["case_uuid"], other["revision"]) != (str(case_uuid), revision):
                raise Refused(422, "idempotency_mismatch", "this key belongs to another case")
            if known is not None and (known["body_sha256"] != digest or known["idempotency_key"] != key):
                raise Refused(422, "idempotency_mismatch", "this revision came with another body or key")
            if known is None:
                self._refuse_superseded(case_uuid, revision)
                self._take_numbers(case_uuid, case)
                self._db.execute(
                    "INSERT INTO revisions (case_uuid, revision, idempotency_key, terminal, body, body_sha256)"
                    " VALUES (?, ?, ?, ?, ?, ?)", (str(case_uuid), revision, key, terminal, body, digest))
            return known is None, Announced(case_uuid=case_uuid, revision=revision, body_sha256=digest,
                                            missing=self._missing(case))

    # --- phase two

    def evidence(self, case_uuid: UUID, sha256: str) -> EvidenceState:
        """How much of a piece is here."""
        size = self._announced_size(case_uuid, sha256)
        final, part = self._paths(case_uuid, sha256)
        complete = final.exists()
        offset = size if complete else part.stat().st_size if part.exists() else 0
        return EvidenceState(case_uuid=case_uuid, sha256=sha256, offset=offset, size=size, complete=complete)

    def put_whole(self, case_uuid: UUID, sha256: str, data: bytes) -> EvidenceState:
        """A small piece in one go, instead of whatever part of it came before."""
        state = self.evidence(case_uuid, sha256)
        if state.complete:
            return state
        self._paths(case_uuid, sha256)[1].unlink(missing_ok=True)
        return self.append(case_uuid, sha256, 0, data, must_finish=True)

    def append(self, case_uuid: UUID, sha256: str, offset: int, data: bytes, *,
               must_finish: bool = False) -> EvidenceState:
        """The next bytes, on the disk before the answer; the last ones are verified."""
        state = self.evidence(case_uuid, sha256)
        if offset != state.offset:
            raise Refused(409, "offset_mismatch", headers={"Upload-Offset": str(state.offset)}, offset=state.offset)
        if state.complete:
            return state
        final, part = self._paths(case_uuid, sha256)
        if offset + len(data) > state.size or (must_finish and len(data) != state.size):
            part.unlink(missing_ok=True)
            raise Refused(422, "digest_mismatch", "not the size the manifest announced")
        part.parent.mkdir(exist_ok=True)
        with part.open("ab") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if offset + len(data) == state.size:
            if hashlib.sha256(part.read_bytes()).hexdigest() != sha256:
                part.unlink()
                raise Refused(422, "digest_mismatch", "not the bytes the manifest announced")
            part.rename(final)
            _sync_folder(final.parent)
        return self.evidence(case_uuid, sha256)

    # --- phase three

    def complete(self, case_uuid: UUID, revision: int, body_sha256: str, switches: Switches,
                 now: datetime) -> tuple[bool, Receipt]:
        """Accept the case once; whether just now, and the receipt."""
        with self._transaction():
            row = self._revision(case_uuid, revision)
            if row is None:
                raise Refused(404, "not_found")
            if row["body_sha256"] != body_sha256:
                raise Refused(422, "idempotency_mismatch", "another body was announced")
            case = CaseMessage.model_validate_json(row["body"])
            if row["status"] == "accepted":
                return False, self._receipt(row, case)
            if row["status"] == "announced" and _is_for(switches.refuse, case_uuid) and switches.refuse is not None:
                self._db.execute("UPDATE revisions SET status = 'refused', reason_code = ?, reason = ?"
                                 " WHERE case_uuid = ? AND revision = ?",
                                 (switches.refuse.reason_code, switches.refuse.reason, str(case_uuid), revision))
                row = self._revision(case_uuid, revision) or row
            if row["status"] == "refused":
                self._db.execute("COMMIT")
                raise Refused(422, "case_refused", reason_code=row["reason_code"], reason=row["reason"])
            self._refuse_superseded(case_uuid, revision)
            if missing := self._missing(case):
                raise Refused(409, "evidence_missing", missing=missing)
            count = self._db.execute("SELECT count(*) FROM revisions WHERE status = 'accepted'").fetchone()[0]
            self._db.execute(
                "UPDATE revisions SET status = 'accepted', receipt_no = ?, received_at = ?"
                " WHERE case_uuid = ? AND revision = ?",
                (f"SL{case.region}{now:%Y%m%d}{count + 1:06d}", now.isoformat(), str(case_uuid), revision))
            for matter in case.matters:
                self._db.execute("INSERT OR IGNORE INTO matters (case_uuid, matter_id, since) VALUES (?, ?, ?)",
                                 (str(case_uuid), matter.matter_id, _seconds()))
            accepted = self._revision(case_uuid, revision)
            assert accepted is not None
            return True, self._receipt(accepted, case)

    def query(self, case_uuid: UUID) -> CaseState:
        """What is known of a case."""
        rows = self._db.execute("SELECT * FROM revisions WHERE case_uuid = ? ORDER BY revision",
                                (str(case_uuid),)).fetchall()
        if not rows:
            raise Refused(404, "not_found")
        states = []
        for row in rows:
            case = CaseMessage.model_validate_json(row["body"])
            states.append(RevisionState(
                revision=row["revision"], body_sha256=row["body_sha256"], status=row["status"],
                missing=self._missing(case), receipt=self._receipt(row, case) if row["status"] == "accepted" else None,
                reason_code=row["reason_code"], reason=row["reason"]))
        return CaseState(case_uuid=case_uuid, revisions=states)

    # --- progress

    def work(self, switches: Switches) -> None:
        """Let the departments do all that is due by now, in the order of their prerequisites."""
        offset = timedelta(seconds=switches.clock_offset_s)
        default = self._delay if switches.delay_s is None else switches.delay_s
        with self._transaction():
            moved = True
            while moved:
                moved = False
                rows = self._db.execute("SELECT * FROM matters WHERE steps_done < ?",
                                        (len(departments.STEPS),)).fetchall()
                for row in rows:
                    case, terminal = self._accepted(row["case_uuid"])
                    step_takes = switches.delays_s.get(row["matter_id"], default) / len(departments.STEPS)
                    started = self._may_start_at(case, row)
                    if started is None or (due := max(row["since"], started) + step_takes) > _seconds():
                        continue
                    self._take_step(case, terminal, row["matter_id"], row["steps_done"], due, offset)
                    moved = True

    def progress(self, terminal: str, after: str, limit: int, *, repeat: bool) -> Progress:
        """The events of this terminal after the cursor."""
        number = int(after.removeprefix("c")) if after else 0
        rows = self._db.execute("SELECT * FROM events WHERE terminal = ? AND number > ? ORDER BY number LIMIT ?",
                                (terminal, number, limit + 1)).fetchall()
        fresh, more = rows[:limit], len(rows) > limit
        old = self._db.execute("SELECT * FROM events WHERE terminal = ? AND number <= ? ORDER BY number DESC LIMIT 5",
                               (terminal, number)).fetchall() if repeat else []
        events = [ProgressEvent.model_validate_json(row["event"]) for row in [*old, *fresh]]
        last = fresh[-1]["number"] if fresh else number
        return Progress(events=events * 2 if repeat else events, next=f"c{last}", more=more)

    def put_event(self, event: ProgressEvent) -> None:
        """An event of the tester's own making."""
        with self._transaction():
            row = self._db.execute("SELECT terminal FROM revisions WHERE case_uuid = ?",
                                   (str(event.case_uuid),)).fetchone()
            self._db.execute("INSERT INTO events (terminal, event) VALUES (?, ?)",
                             (row["terminal"] if row else "", event.model_dump_json()))

    def next_sequence(self, case_uuid: str) -> int:
        """The next number in the order of one case's events."""
        found = self._db.execute("SELECT max(json_extract(event, '$.sequence')) FROM events"
                                 " WHERE json_extract(event, '$.case_uuid') = ?", (case_uuid,)).fetchone()[0]
        return int(found or 0) + 1

    def overview(self) -> list[dict[str, object]]:
        """Every revision with what became of it, for tests and the demo."""
        found: list[dict[str, object]] = []
        for row in self._db.execute("SELECT * FROM revisions ORDER BY rowid").fetchall():
            case = CaseMessage.model_validate_json(row["body"])
            steps = self._db.execute("SELECT * FROM matters WHERE case_uuid = ?", (row["case_uuid"],)).fetchall()
            found.append({
                "case_uuid": row["case_uuid"], **case.numbers, "revision": row["revision"],
                "status": row["status"], "receipt_no": row["receipt_no"], "body_sha256": row["body_sha256"],
                "evidence": len({piece.sha256 for piece in case.evidence}), "missing": self._missing(case),
                "matters": {step["matter_id"]: "waiting" if not step["steps_done"]
                            else departments.STEPS[step["steps_done"] - 1] for step in steps}})
        return found

    # --- inside

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _revision(self, case_uuid: UUID, revision: int) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(
            "SELECT * FROM revisions WHERE case_uuid = ? AND revision = ?", (str(case_uuid), revision)).fetchone()
        return row

    def _refuse_superseded(self, case_uuid: UUID, revision: int) -> None:
        if self._db.execute("SELECT 1 FROM revisions WHERE case_uuid = ? AND revision > ? AND status = 'accepted'",
                            (str(case_uuid), revision)).fetchone():
            raise Refused(409, "revision_superseded")

    def _take_numbers(self, case_uuid: UUID, case: CaseMessage) -> None:
        for member, number in case.numbers.items():
            self._db.execute("INSERT OR IGNORE INTO numbers (number, case_uuid) VALUES (?, ?)", (number, str(case_uuid)))
            [owner] = self._db.execute("SELECT case_uuid FROM numbers WHERE number = ?", (number,)).fetchone()
            if owner != str(case_uuid):
                raise Refused(409, "number_taken", member)

    def _receipt(self, row: sqlite3.Row, case: CaseMessage) -> Receipt:
        return Receipt(receipt_no=row["receipt_no"], case_uuid=case.case_uuid, revision=row["revision"],
                       body_sha256=row["body_sha256"], evidence=sorted({piece.sha256 for piece in case.evidence}),
                       received_at=datetime.fromisoformat(row["received_at"]))

    def _paths(self, case_uuid: UUID, sha256: str) -> tuple[Path, Path]:
        folder = self._evidence / str(case_uuid)
        return folder / sha256, folder / f"{sha256}.part"

    def _missing(self, case: CaseMessage) -> list[str]:
        return sorted({piece.sha256 for piece in case.evidence
                       if not self._paths(case.case_uuid, piece.sha256)[0].exists()})

    def _announced_size(self, case_uuid: UUID, sha256: str) -> int:
        for row in self._db.execute("SELECT body FROM revisions WHERE case_uuid = ?", (str(case_uuid),)):
            for piece in CaseMessage.model_validate_json(row["body"]).evidence:
                if piece.sha256 == sha256:
                    return piece.size
        raise Refused(404, "not_found", "no manifest names this piece")

    def _accepted(self, case_uuid: str) -> tuple[CaseMessage, str]:
        row = self._db.execute("SELECT body, terminal FROM revisions WHERE case_uuid = ? AND status = 'accepted'"
                               " ORDER BY revision DESC", (case_uuid,)).fetchone()
        return CaseMessage.model_validate_json(row["body"]), row["terminal"]

    def _may_start_at(self, case: CaseMessage, row: sqlite3.Row) -> float | None:
        """When the last prerequisite was done; None while one is not. One that was not asked for is not waited for."""
        matter = next(m for m in case.matters if m.matter_id == row["matter_id"])
        asked_for = {m.matter_id for m in case.matters}
        started = 0.0
        for other in set(matter.prerequisites) & asked_for:
            done, since = self._db.execute(
                "SELECT steps_done, since FROM matters WHERE case_uuid = ? AND matter_id = ?",
                (row["case_uuid"], other)).fetchone()
            if done < len(departments.STEPS):
                return None
            started = max(started, since)
        return started

    def _take_step(self, case: CaseMessage, terminal: str, matter_id: str, steps_done: int, due: float,
                   offset: timedelta) -> None:
        state = departments.STEPS[steps_done]
        matter = next(m for m in case.matters if m.matter_id == matter_id)
        sequence = self.next_sequence(str(case.case_uuid))
        event = ProgressEvent(
            event_id=f"{case.case_uuid}-{sequence}", sequence=sequence, case_uuid=case.case_uuid, matter_id=matter_id,
            state=state, at=datetime.fromtimestamp(due, UTC) + offset, department=matter.department,
            text=departments.TEXTS[state],
            result_number=departments.result_number(case, matter_id) if state == "done" else None,
            fields=departments.pushed(case, matter_id) if state == "done" else {})
        self._db.execute("INSERT INTO events (terminal, event) VALUES (?, ?)", (terminal, event.model_dump_json()))
        self._db.execute("UPDATE matters SET steps_done = ?, since = ? WHERE case_uuid = ? AND matter_id = ?",
                         (steps_done + 1, due, str(case.case_uuid), matter_id))


def _is_for(refusal: Refusal | None, case_uuid: UUID) -> bool:
    return refusal is not None and refusal.case_uuid in {None, str(case_uuid)}


def _seconds() -> float:
    return datetime.now(UTC).timestamp()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


