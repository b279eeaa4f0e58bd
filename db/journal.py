"""The journal: who did what to which case, chained with SM3, append only. Diagnosis is `logging`'s, not this.

digest = SM3(previous digest in hexadecimal + canonical JSON of {at, case_uuid, detail, seq, what, who}), UTF-8;
the first previous digest is 64 zeros. `detail` holds keys, counts, codes and digests, never personal data.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC
from sqlmodel import col, func, select

from db.models import DayRow, JournalHeadRow, JournalRow, as_record
from db.records import JournalRecord
from db.store import Tx

START = "0" * 64
_CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_PLAIN = re.compile(r"[\x20-\x7e]{0,200}")
_PERSON_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])"
                            r"[0-9]{3}[0-9Xx](?![0-9A-Za-z])")
_PERSONAL_KEYS = frozenset({
    "name", "number", "value", "before", "after", "address", "phone", "mobile", "birth", "birth_date", "id_number",
    "text", "old", "new", "answer", "applicant", "applicant_name", "applicant_number", "applicant_phone", "body", "pin",
})


class PersonalData(ValueError):
    """Something that may be personal was about to be written into the journal."""


def append(tx: Tx, at: datetime, who: str, what: str, case_uuid: str | None = None,
           detail: Mapping[str, Any] | None = None) -> JournalRecord:
    """Add a row: `who` a user id (or `sync`, `system`), `what` a dotted code, `detail` plain ASCII values.

    Raises PersonalData for keys like `name` or `before` and for text that could be somebody's: use `fingerprint`.
    """
    if not _CODE.fullmatch(what):
        raise ValueError(f"not a journal code: {what!r}")
    _refuse_personal(detail or {})
    head = tx.session.get(JournalHeadRow, 1)
    if head is None:
        head = JournalHeadRow(id=1, count=0, digest=START)
        tx.session.add(head)
        tx.session.flush()
    row = JournalRecord(seq=head.count + 1, at=at.astimezone(UTC), who=who, what=what, case_uuid=case_uuid,
                        detail=_canonical(detail or {}), previous=head.digest, digest="")
    row = JournalRecord(**{**vars(row), "digest": digest_of(row)})
    tx.session.add(JournalRow(**vars(row)))
    head.count, head.digest = row.seq, row.digest
    tx.session.flush()
    tx.journalled.append(row)
    return row


def fingerprint(tx: Tx, personal: str) -> str:
    """What may stand in the journal for a personal value: 32 hex characters, keyed so that nobody can guess it back."""
    mac = HMAC(tx.salt, SM3())
    mac.update(personal.encode())
    return mac.finalize().hex()[:32]


def canonical(row: JournalRecord) -> str:
    """The text of a row that its digest covers."""
    return _canonical({"at": row.at.astimezone(UTC).isoformat(timespec="microseconds"), "case_uuid": row.case_uuid,
                       "detail": row.detail, "seq": row.seq, "what": row.what, "who": row.who})


def digest_of(row: JournalRecord) -> str:
    """The digest a row must have, from its content and `previous`."""
    sm3 = Hash(SM3())
    sm3.update((row.previous + canonical(row)).encode())
    return sm3.finalize().hex()


def first_broken(rows_in_order: Iterable[JournalRecord], previous: str = START, seq: int = 1) -> int | None:
    """The first seq at which a chain is not what was written; None when it holds. Pure: also for exported rows."""
    for row in rows_in_order:
        if row.seq != seq or row.previous != previous or row.digest != digest_of(row):
            return seq
        previous, seq = row.digest, seq + 1
    return None


def verify(tx: Tx, anchors: Sequence[tuple[int, str]] = ()) -> int | None:
    """The first broken seq, None when the journal holds.

    A chain alone does not show a cut or rewritten tail, so count and head are compared with the head row, with every
    closed day and with `anchors` (count, digest) that were kept elsewhere: on the province, on the printed day-end.
    """
    digests = {0: START}

    def checked() -> Iterable[JournalRecord]:
        columns = [getattr(JournalRow, each.name) for each in fields(JournalRecord)]
        for row in tx.session.connection().execute(sqlalchemy.select(*columns).order_by(col(JournalRow.seq))):
            record = JournalRecord(*row)
            digests[record.seq] = record.digest
            yield record

    if (broken := first_broken(checked())) is not None:
        return broken
    count, digest = head(tx)
    days = [(day.journal_count, day.journal_head) for day in tx.session.exec(select(DayRow))]
    wrong = [kept for kept, kept_digest in [(count, digest), *days, *anchors] if digests.get(kept) != kept_digest]
    if wrong:
        return min(*wrong, len(digests))
    return None if count == len(digests) - 1 else count + 1


def head(tx: Tx) -> tuple[int, str]:
    """How many rows there are and the digest of the last one; (0, 64 zeros) at the beginning."""
    row = tx.session.get(JournalHeadRow, 1)
    return (0, START) if row is None else (row.count, row.digest)


def row(tx: Tx, seq: int) -> JournalRecord | None:
    """One row by its number."""
    found = tx.session.get(JournalRow, seq)
    return None if found is None else as_record(JournalRecord, found)


def rows(tx: Tx, start: datetime, end: datetime) -> tuple[JournalRecord, ...]:
    """Rows of a day or another span [start, end), in order."""
    query = (select(JournalRow).where(col(JournalRow.at) >= start, col(JournalRow.at) < end)
             .order_by(col(JournalRow.seq)))
    return tuple(as_record(JournalRecord, row) for row in tx.session.exec(query))


def rows_from(tx: Tx, seq: int, until: int | None = None) -> tuple[JournalRecord, ...]:
    """Rows by number, `seq` to `until` both included: what a day's seal covers, whatever the clock did."""
    query = select(JournalRow).where(col(JournalRow.seq) >= seq).order_by(col(JournalRow.seq))
    if until is not None:
        query = query.where(col(JournalRow.seq) <= until)
    return tuple(as_record(JournalRecord, row) for row in tx.session.exec(query))


def last_before(tx: Tx, end: datetime, after: int) -> int:
    """The number of the last row before the first one after `after` that is dated `end` or later."""
    later = tx.session.exec(select(func.min(JournalRow.seq)).where(col(JournalRow.seq) > after, col(JournalRow.at) >= end)).one()
    return head(tx)[0] if later is None else int(later) - 1


def cases_of(tx: Tx, what: str, after: int, until: int) -> tuple[str, ...]:
    """The cases a code was written about in a range (after, until] of rows, each once, in order."""
    query = (select(JournalRow.case_uuid).where(col(JournalRow.seq) > after, col(JournalRow.seq) <= until, JournalRow.what == what)
             .order_by(col(JournalRow.seq)))
    return tuple(dict.fromkeys(uuid for uuid in tx.session.exec(query) if uuid is not None))


def for_case(tx: Tx, case_uuid: str) -> tuple[JournalRecord, ...]:
    """What was done to one case."""
    query = select(JournalRow).where(JournalRow.case_uuid == case_uuid).order_by(col(JournalRow.seq))
    return tuple(as_record(JournalRecord, row) for row in tx.session.exec(query))


def _refuse_personal(value: Any, key: str = "") -> None:
    if key.lower() in _PERSONAL_KEYS:
        raise PersonalData(f"the journal takes no {key!r}: write a fingerprint or a count")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str) or not _PLAIN.fullmatch(name):
                raise PersonalData("keys of a journal detail are plain words")
            _refuse_personal(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_personal(inner)
    elif isinstance(value, str):
        if not _PLAIN.fullmatch(value) or _PERSON_NUMBER.search(value):
            raise PersonalData(f"the text under {key!r} could be somebody's: write a fingerprint or a code")
    elif value is not None and not isinstance(value, bool | int | date):
        raise PersonalData(f"the journal takes no {type(value).__name__}")


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"),
                      default=lambda day: day.isoformat())
