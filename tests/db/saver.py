"""Saves cases until it is killed: `python -m tests.db.saver HOME KILLS SEED [--ack-too-early]`.

This process forks a saver with everything imported, ends it with SIGKILL, and again: every third one while it opens the
store, the others some milliseconds after their first save.
A saver writes the uuid and digest of what it saved to HOME/../acked, after the commit (or, as a control, before).
"""

import os
import random
import signal
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

from db import attachments, cases, evidence, journal, outbox
from db.records import CaseRecord, EvidenceRecord
from db.store import DB_NAME, Store

KEY = bytes(range(32))


def _save_for_ever(home: Path, acked: int, *, too_early: bool) -> None:
    store = Store.create(home / DB_NAME, KEY)
    while True:
        case_uuid, page, now = str(uuid.uuid4()), os.urandom(20_000), datetime.now(UTC)
        if too_early:
            os.write(acked, f"{case_uuid}\n".encode())
        stored = attachments.put(store, page)
        with store.transaction() as tx:
            cases.create(tx, CaseRecord(case_uuid=case_uuid, theme_id="t", theme_version="1", status="accepted", revision=1,
                                        created_at=now, updated_at=now, created_by="u1", window="3", applicant_name="林晓月"))
            evidence.add(tx, EvidenceRecord(evidence_id=case_uuid, case_uuid=case_uuid, slot="s", doc_type="other",
                                            sha256=stored.sha256, size=stored.size, media_type="image/jpeg", at=now,
                                            by="u1"), stored)
            outbox.put(tx, case_uuid=case_uuid, revision=1, idempotency_key=case_uuid, body="{}", now=now)
            journal.append(tx, now, "u1", "case.accepted", case_uuid)
        if not too_early:
            os.write(acked, f"{case_uuid}\n".encode())


def main(home: Path, kills: int, seed: int, *, too_early: bool) -> None:
    lives = random.Random(seed)
    acked = os.open(home.parent / "acked", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    for kill in range(kills):
        size = os.fstat(acked).st_size
        saver = os.fork()
        if saver == 0:
            try:
                _save_for_ever(home, acked, too_early=too_early)
            finally:
                os._exit(1)
        deadline = time.monotonic() + 20
        while kill % 3 and os.fstat(acked).st_size == size and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(lives.uniform(0, 0.03))
        os.kill(saver, signal.SIGKILL)
        _, status = os.waitpid(saver, 0)
        if not os.WIFSIGNALED(status):
            sys.exit("the saver ended by itself")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), too_early="--ack-too-early" in sys.argv)
