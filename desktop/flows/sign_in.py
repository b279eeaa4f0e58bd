"""Who sits at the window: sign in with a PIN, add a user, and what a role may do."""

import time

from db import journal, users
from db.records import UserRecord
from desktop.domain.pin import weakness
from desktop.domain.roles import ROLES, Role
from desktop.flows.desk import Desk
from desktop.flows.views import Session

_MAY: dict[str, frozenset[Role]] = {
    "case.reveal": frozenset({"supervisor", "administrator"}),
    "case.export": frozenset({"supervisor", "administrator"}),
    "day.close": frozenset({"clerk", "supervisor", "administrator"}),
    "day.review": frozenset({"supervisor", "administrator"}),
    "users.add": frozenset({"administrator"}),
    "station.set_up": frozenset({"administrator"}),
    "county.take": frozenset({"administrator"}),
    "clock.confirm": frozenset({"supervisor", "administrator"}),
    "devices.choose": frozenset({"supervisor", "administrator"}),
    "backup.make": frozenset({"supervisor", "administrator"}),
    "rating.read": frozenset({"supervisor", "administrator"}),
    "themes.reread": frozenset({"supervisor", "administrator"}),
}
"""Who may do what; what is not listed is every clerk's work."""


class SignInRefused(Exception):
    """`code`: `sign_in.wrong`, `.locked`, `.pin_too_short`, `.taken`, `.no_such_role`; `seconds` to wait when locked."""

    def __init__(self, code: str, seconds: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.seconds = seconds


class NotAllowed(Exception):
    """This role may not do that."""

    code = "role.not_allowed"


def require(session: Session, what: str) -> None:
    """Raise NotAllowed unless the session's role may do `what` (deny by default)."""
    if session.role not in _MAY[what]:
        raise NotAllowed(what)


class SignIn:
    """Sign in, lock, unlock."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def users(self) -> tuple[tuple[str, str], ...]:
        """(login, name) of everybody who may sign in; empty at the very first start."""
        with self._desk.store.reading() as tx:
            return tuple((user.login, user.name) for user in users.everybody(tx))

    def enter(self, login: str, pin: str) -> Session:
        """The session; raises SignInRefused. Wrong tries delay the next one, and the delay survives a restart."""
        verdict = users.try_pin(self._desk.store, login, pin, time.monotonic())
        if verdict.user is None:
            raise SignInRefused("sign_in.locked" if verdict.seconds else "sign_in.wrong", verdict.seconds)
        with self._desk.store.transaction() as tx:
            journal.append(tx, self._desk.clock(), verdict.user.user_id, "user.signed_in")
        return _session(verdict.user)

    def add_user(self, by: Session | None, login: str, name: str, role: str, pin: str) -> Session:
        """Add somebody; the very first user is made without `by` and is an administrator.

        Raises SignInRefused for a PIN that is too short or a login that exists, NotAllowed for a role that may not.
        """
        if (code := weakness(pin, login)) is not None:
            raise SignInRefused(code)
        if role not in ROLES:
            raise SignInRefused("sign_in.no_such_role")
        with self._desk.store.transaction() as tx:
            known = users.everybody(tx, active_only=False)
            if by is None and known:
                raise NotAllowed("users.add")
            if by is not None:
                require(by, "users.add")
            if any(user.login == login for user in known):
                raise SignInRefused("sign_in.taken")
            user = UserRecord(user_id=self._desk.new_id(), login=login, name=name, role=role if known else "administrator")
            users.add(tx, user, pin)
            journal.append(tx, self._desk.clock(), by.user_id if by else user.user_id, "user.added", None,
                           {"user": user.user_id, "role": user.role})
        return _session(user)


def _session(user: UserRecord) -> Session:
    return Session(user_id=user.user_id, login=user.login, name=user.name, role=user.role)  # type: ignore[arg-type]
