"""Who may sign in: Argon2id digests of PINs and the wrong tries. How long those are waited for: desktop/domain/pin.py."""

from dataclasses import dataclass, field

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlmodel import col, select

from db.models import UserRow, as_record
from db.records import UserRecord
from db.store import Tx

_HASHER = PasswordHasher()  # Argon2id, 64 MiB, t=3, p=4 (RFC 9106 low memory)
_NOBODY = _HASHER.hash("nobody has this login")


@dataclass(frozen=True)
class Credentials:
    """A user as a sign-in needs it."""

    user: UserRecord
    wrong_tries: int
    tried_at: float
    """The PC's uptime at the last wrong try, in seconds."""
    pin_hash: str = field(repr=False)


def add(tx: Tx, user: UserRecord, pin: str) -> None:
    """Add somebody; a login that exists raises IntegrityError."""
    tx.session.add(UserRow(user_id=user.user_id, login=user.login, name=user.name, role=user.role, active=user.active,
                           pin_hash=_HASHER.hash(pin), wrong_tries=0, tried_at=0.0, pin_is_temporary=user.pin_is_temporary))
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


def credentials(tx: Tx, login: str) -> Credentials | None:
    """What signing in under this login asks for, also of somebody who is barred; None when nobody has it."""
    row = tx.session.exec(select(UserRow).where(UserRow.login == login)).one_or_none()
    return None if row is None else Credentials(as_record(UserRecord, row), row.wrong_tries, row.tried_at, row.pin_hash)


def is_right(known: Credentials | None, pin: str) -> bool:
    """Whether the PIN is right. Some 50 ms, for a login nobody has too: call it outside of a transaction."""
    try:
        return _HASHER.verify(_NOBODY if known is None else known.pin_hash, pin) and known is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def count_try(tx: Tx, user_id: str, uptime: float) -> None:
    """One more try, wrong until it is forgiven; raises LookupError."""
    row = _row(tx, user_id)
    row.wrong_tries, row.tried_at = row.wrong_tries + 1, uptime
    tx.session.flush()


def date_try(tx: Tx, user_id: str, uptime: float) -> None:
    """Date the last wrong try anew; raises LookupError."""
    _row(tx, user_id).tried_at = uptime
    tx.session.flush()


def forgive_tries(tx: Tx, user_id: str) -> None:
    """The PIN was right; raises LookupError."""
    _row(tx, user_id).wrong_tries = 0
    tx.session.flush()


def set_pin(tx: Tx, user_id: str, pin: str, *, temporary: bool = False) -> None:
    """Give a user another PIN and forget the wrong tries; raises LookupError."""
    row = _row(tx, user_id)
    row.pin_hash, row.wrong_tries, row.pin_is_temporary = _HASHER.hash(pin), 0, temporary
    tx.session.flush()


def set_active(tx: Tx, user_id: str, *, active: bool) -> None:
    """Let a user in or out; raises LookupError."""
    _row(tx, user_id).active = active
    tx.session.flush()


def set_role(tx: Tx, user_id: str, role: str) -> None:
    """Give a user another role; raises LookupError."""
    _row(tx, user_id).role = role
    tx.session.flush()


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
                           pin_hash=pin_hash, wrong_tries=0, tried_at=0.0, pin_is_temporary=user.pin_is_temporary))
    tx.session.flush()


def amend(tx: Tx, user: UserRecord) -> None:
    """Name, role and whether somebody may sign in, as given; PIN and login stay. Raises LookupError."""
    row = _row(tx, user.user_id)
    row.name, row.role, row.active = user.name, user.role, user.active
    tx.session.flush()
