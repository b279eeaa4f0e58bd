"""Who sits at the window: sign in with a PIN, change one's own, and asking whether somebody may. Other people's: people.py.

Every try is counted before its PIN is looked at, and every wrong one and every refusal leaves a row in the journal.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import NoReturn, cast

from db import journal, users
from db.faults import UNWRITABLE, StoreFault
from db.records import UserRecord
from db.store import Tx
from db.users import Credentials
from desktop.domain.pin import wait_after, wait_left, weakness
from desktop.domain.roles import ROLES, Role, may
from desktop.flows.desk import Desk
from desktop.flows.views import Session

UNRECORDED_SECONDS = 3.0
"""What each try costs while the disk takes no count of it, and a new process would begin from none."""


class Refused(Exception):
    """Somebody may not do something; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SignInRefused(Refused):
    """`code`: `sign_in.wrong`, `.locked`, `.barred`, `.temporary`, or why a PIN is too weak; `seconds` to wait when locked."""

    def __init__(self, code: str, seconds: int = 0) -> None:
        super().__init__(code)
        self.seconds = seconds


class NotAllowed(Refused):
    """This role may not do that."""

    code = "role.not_allowed"

    def __init__(self, act: str) -> None:
        super().__init__(self.code)
        self.act = act


def require(desk: Desk, session: Session, act: str) -> None:
    """Raise NotAllowed unless the session's role may do it (deny by default). Not inside of a transaction."""
    if not may(session.role, act):
        note(desk, session.user_id or "system", "user.refused", {"code": NotAllowed.code, "act": act})
        raise NotAllowed(act)


@contextmanager
def acting(desk: Desk, by: Session | None, act: str, login: str) -> Iterator[Tx]:
    """The transaction of something done to whoever has this login. Raises NotAllowed; this and every Refused from inside is journalled.

    The actor is looked up anew: who was barred or given another role since signing in acts no more. `by` is None before there is anybody.
    """
    try:
        with desk.store.transaction() as tx:
            actor = users.get(tx, by.user_id) if by is not None else None
            first = by is None and act == "users.add" and not users.everybody(tx, active_only=False)
            if not first and (actor is None or not actor.active or not may(actor.role, act)):
                raise NotAllowed(act)
            yield tx
    except Refused as refusal:
        note(desk, by.user_id if by is not None else "system", "user.refused", {"code": refusal.code, "act": act, **whom(desk, login)})
        raise


def whom(desk: Desk, login: str) -> dict[str, str]:
    """Whose login that is, for the journal: the user, else only a fingerprint, for it may be what somebody typed into the wrong field."""
    with desk.store.reading() as tx:
        known = users.credentials(tx, login)
        return {"login": journal.fingerprint(tx, login)} if known is None else {"user": known.user.user_id}


def note(desk: Desk, who: str, what: str, detail: Mapping[str, object], also: Callable[[Tx], object] = lambda _: None) -> None:
    """A row of the journal by itself, with what belongs to it; on a disk that takes none it is owed, and then says since when."""
    at = desk.clock()

    def write(tx: Tx, **late: str) -> None:
        also(tx)
        journal.append(tx, desk.clock(), who, what, None, {**detail, **late})

    try:
        with desk.store.transaction() as tx:
            write(tx)
    except StoreFault as fault:
        if fault.code not in UNWRITABLE:
            raise
        desk.store.owe(lambda tx: write(tx, late=at.isoformat()))


class SignIn:
    """Sign in, unlock, change one's PIN."""

    def __init__(self, desk: Desk, pause: Callable[[float], None] = time.sleep) -> None:
        """`pause` lets so many seconds go by."""
        self._desk = desk
        self._pause = pause
        self._unwritten: dict[str, tuple[int, float]] = {}
        """Wrong tries and the uptime of the last one, by user, since the disk takes no count."""

    def users(self) -> tuple[tuple[str, str], ...]:
        """(login, name) of everybody who may sign in; empty at the very first start."""
        with self._desk.store.reading() as tx:
            return tuple((user.login, user.name) for user in users.everybody(tx))

    def enter(self, login: str, pin: str) -> Session:
        """The session; raises SignInRefused. Wrong tries delay the next one, whatever restarts and whatever the clock says.

        Where the disk cannot be written to it goes on with counts in memory, and a temporary PIN will do.
        """
        user, counted = self._whose(login, pin)
        if user.pin_is_temporary and counted:
            self._refuse(user, "sign_in.temporary")
        note(self._desk, user.user_id, "user.signed_in", {}, lambda tx: users.forgive_tries(tx, user.user_id))
        return _session(user)

    def change_pin(self, login: str, pin: str, new: str) -> None:
        """One's own PIN, the old one asked. Raises SignInRefused, StoreFault."""
        user, _ = self._whose(login, pin)
        code = "pin.same" if new == pin else weakness(new, login)
        if code is not None:
            self._refuse(user, code)
        with self._desk.store.transaction() as tx:
            users.set_pin(tx, user.user_id, new)
            journal.append(tx, self._desk.clock(), user.user_id, "user.pin_changed")

    def add_user(self, by: Session | None, login: str, name: str, role: str, pin: str) -> Session:
        """Add somebody; the very first user is made without `by` and is an administrator.

        Raises SignInRefused for a weak PIN, a login that exists or a role there is none of, NotAllowed for who may not.
        """
        with acting(self._desk, by, "users.add", login) as tx:
            if (code := weakness(pin, login)) is not None:
                raise SignInRefused(code)
            if role not in ROLES:
                raise SignInRefused("sign_in.no_such_role")
            if users.credentials(tx, login) is not None:
                raise SignInRefused("sign_in.taken")
            user = UserRecord(user_id=self._desk.new_id(), login=login, name=name, role=role if by is not None else "administrator")
            users.add(tx, user, pin)
            journal.append(tx, self._desk.clock(), by.user_id if by is not None else user.user_id, "user.added", None,
                           {"user": user.user_id, "role": user.role})
        return _session(user)

    def _whose(self, login: str, pin: str) -> tuple[UserRecord, bool]:
        """Whose PIN it is, and whether the disk took the count. Raises SignInRefused.

        The try stays counted: forgiving it is part of what the right PIN was for.
        """
        uptime, counted = self._desk.time.uptime(), True
        try:
            known, wait = self._count(login, uptime)
        except StoreFault as fault:
            if fault.code not in UNWRITABLE:
                raise
            counted = False
            self._pause(UNRECORDED_SECONDS)
            known, wait = self._remember(login, uptime)
        if known is not None and wait > 0:
            self._refuse(known.user, "sign_in.locked", math.ceil(wait))
        if not users.is_right(known, pin):      # a login nobody has takes as long as a wrong PIN
            raise self._wrong(known, login)
        assert known is not None, "nobody's PIN is never right"
        user = known.user
        if not counted:
            self._unwritten[user.user_id] = (0, uptime)
        if not user.active:
            self._refuse(user, "sign_in.barred")
        return user, counted

    def _count(self, login: str, uptime: float) -> tuple[Credentials | None, float]:
        """Who that is and how long to wait; with nothing to wait for the try is counted, and killing the process does not save it."""
        with self._desk.store.transaction() as tx:
            known = users.credentials(tx, login)
            wait = wait_left(known.wrong_tries, known.tried_at, uptime) if known is not None else 0.0
            if known is not None and wait <= 0:
                users.count_try(tx, known.user.user_id, uptime)
            elif known is not None and uptime < known.tried_at:
                # The PC was started anew. Noted now, or the wait would begin once more when the uptime comes past the old one.
                users.date_try(tx, known.user.user_id, 0.0)
        self._unwritten.clear()     # the disk has them: what is owed was written with this
        return known, wait

    def _remember(self, login: str, uptime: float) -> tuple[Credentials | None, float]:
        """The same on a disk that takes no count: kept here, and owed to it."""
        with self._desk.store.reading() as tx:
            known = users.credentials(tx, login)
        if known is None:
            return None, 0.0
        user_id = known.user.user_id
        tries, tried_at = self._unwritten.get(user_id, (known.wrong_tries, known.tried_at))
        wait = wait_left(tries, tried_at, uptime)
        if wait <= 0:
            self._unwritten[user_id] = (tries + 1, uptime)
            self._desk.store.owe(lambda tx: users.count_try(tx, user_id, uptime))
        return replace(known, wrong_tries=tries, tried_at=tried_at), wait

    def _wrong(self, known: Credentials | None, login: str) -> SignInRefused:
        """Journal a wrong try; what is said of it."""
        if known is None:
            note(self._desk, "system", "user.wrong_pin", whom(self._desk, login))
            return SignInRefused("sign_in.wrong")
        tries = known.wrong_tries + 1
        note(self._desk, "system", "user.wrong_pin", {"user": known.user.user_id, "tries": tries})
        wait = math.ceil(wait_after(tries))
        return SignInRefused("sign_in.locked" if wait else "sign_in.wrong", wait)

    def _refuse(self, user: UserRecord, code: str, seconds: int = 0) -> NoReturn:
        """Refuse whom we know: by the PIN, or with seconds by the login alone."""
        detail = {"code": code, "user": user.user_id}
        if seconds:
            note(self._desk, "system", "user.refused", {**detail, "seconds": seconds})
        else:
            note(self._desk, user.user_id, "user.refused", detail, lambda tx: users.forgive_tries(tx, user.user_id))
        raise SignInRefused(code, seconds)


def _session(user: UserRecord) -> Session:
    return Session(user_id=user.user_id, login=user.login, name=user.name, role=cast("Role", user.role))
