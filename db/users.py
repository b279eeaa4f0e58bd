"""Who may sign in: Argon2id digests of PINs, wrong tries and the delay they cost. What a role may do: the flows.

The delay is measured with the monotonic clock from the moment this process saw the wrong try or, after a restart, from
the first look at the user: putting the clock forward does not shorten it, putting it back does not lengthen it.
"""

import math
from dataclasses import dataclass

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlmodel import col, select

from db.models import UserRow, as_record
from db.records import UserRecord
from db.store import Store, Tx

FREE_TRIES = 5
"""Wrong tries before the first delay."""
FIRST_DELAY = 30.0
LONGEST_DELAY = 900.0
_HASHER = PasswordHasher()  # Argon2id, 64 MiB, t=3, p=4 (RFC 9106 low memory)
_NOBODY = _HASHER.hash("nobody has this login")


@dataclass(frozen=True)
class PinVerdict:
    """What a try came to: a user, or None and the seconds until the next try is looked at (0 = now)."""

    user: UserRecord | None
    seconds: int = 0


def add(tx: Tx, user: UserRecord, pin: str) -> None:
    """Add somebody; a login that exists raises IntegrityError."""
    tx.session.add(UserRow(user_id=user.user_id, login=user.login, name=user.name, role=user.role, active=user.active,
                           pin_hash=_HASHER.hash(pin), wrong_tries=0))
    tx.session.flush()


def everybody(tx: Tx, *, active_only: bool = True) -> tuple[UserRecord, ...]:
    """Users by login."""
    query = select(UserRow).order_by(col(UserRow.login))
    if active_only:
        query = query.where(col(UserRow.active).is_(True))
    return tuple(as_record(UserRecord, row) for row in tx.session.exec(query))


def get(tx: Tx, user_id: str) -> UserRecord | None:
    """One user, None when there is none."""
    row = tx.session.get(UserRow, user_id)
    return None if row is None else as_record(UserRecord, row)


def set_pin(tx: Tx, user_id: str, pin: str) -> None:
    """Give a user another PIN and forget the wrong tries; raises LookupError."""
    row = _row(tx, user_id)
    row.pin_hash, row.wrong_tries = _HASHER.hash(pin), 0
    tx.session.flush()


def set_active(tx: Tx, user_id: str, *, active: bool) -> None:
    """Let a user in or out; raises LookupError."""
    _row(tx, user_id).active = active
    tx.session.flush()


def try_pin(store: Store, login: str, pin: str, monotonic: float) -> PinVerdict:
    """Look at a PIN. `monotonic` is time.monotonic(). Makes its own transactions: call it outside of one.

    The try is counted and committed before the PIN is looked at, so that killing the process does not save a try.
    """
    with store.transaction() as tx:
        known = select(UserRow).where(UserRow.login == login, col(UserRow.active).is_(True))
        row = tx.session.exec(known).one_or_none()
        if row is not None:
            wait = _seconds_left(store, row, monotonic)
            if wait > 0:
                return PinVerdict(None, math.ceil(wait))
            row.wrong_tries += 1
            store.sign_in_waits[row.user_id] = (row.wrong_tries, monotonic)
            digest, user_id, tries = row.pin_hash, row.user_id, row.wrong_tries
    if row is None:
        _is_right(_NOBODY, pin)  # an unknown login takes as long as a wrong PIN
        return PinVerdict(None)
    if not _is_right(digest, pin):
        return PinVerdict(None, math.ceil(delay_after(tries)))
    with store.transaction() as tx:
        row = _row(tx, user_id)
        row.wrong_tries = 0
        store.sign_in_waits.pop(user_id, None)
        return PinVerdict(as_record(UserRecord, row))


def delay_after(wrong_tries: int) -> float:
    """Seconds to wait after so many wrong tries: none up to FREE_TRIES - 1, then 30, 60, 120 … 900."""
    doublings = min(wrong_tries - FREE_TRIES, 10)
    return 0.0 if doublings < 0 else min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** doublings)


def _seconds_left(store: Store, row: UserRow, monotonic: float) -> float:
    tries, since = store.sign_in_waits.get(row.user_id, (-1, 0.0))
    if tries != row.wrong_tries:  # a restart, or another process saw a wrong try: the whole delay begins now
        since = monotonic
        store.sign_in_waits[row.user_id] = (row.wrong_tries, since)
    return delay_after(row.wrong_tries) - (monotonic - since)


def _is_right(digest: str, pin: str) -> bool:
    try:
        return _HASHER.verify(digest, pin)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _row(tx: Tx, user_id: str) -> UserRow:
    row = tx.session.get(UserRow, user_id)
    if row is None:
        raise LookupError("no such user")
    return row


def hashed(pin: str) -> str:
    """What is kept of a PIN. Some 50 ms: call it outside of a transaction."""
    return _HASHER.hash(pin)


def is_hash(text: str) -> bool:
    """Whether a digest made elsewhere is one of ours and costs what ours cost: others could ask for all of this PC's memory."""
    try:
        return extract_parameters(text) == extract_parameters(_NOBODY)
    except (InvalidHashError, ValueError):
        return False


def enlist(tx: Tx, user: UserRecord, pin_hash: str) -> None:
    """Add somebody whose PIN was hashed before; a login that exists raises IntegrityError."""
    tx.session.add(UserRow(user_id=user.user_id, login=user.login, name=user.name, role=user.role, active=user.active,
                           pin_hash=pin_hash, wrong_tries=0))
    tx.session.flush()


def amend(tx: Tx, user: UserRecord) -> None:
    """Name, role and whether somebody may sign in, as given; PIN and login stay. Raises LookupError."""
    row = _row(tx, user.user_id)
    row.name, row.role, row.active = user.name, user.role, user.active
    tx.session.flush()
