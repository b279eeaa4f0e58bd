"""Who may work here, in the administrator's hands: bar, readmit, give a role, reset a PIN.

Adding somebody and changing one's own PIN: sign_in.py.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, cast

from db import journal, users
from db.records import UserRecord
from db.store import Tx
from desktop.domain.pin import weakness
from desktop.domain.roles import ROLES, Role
from desktop.flows.desk import Desk
from desktop.flows.sign_in import Refused, SignInRefused, acting, note, whom
from desktop.flows.views import Session

PersonState = Literal["active", "temporary", "barred"]


class PeopleRefused(Refused):
    """`code`: `people.unknown`, `.yourself`, `.last_administrator`, `.not_recovered`."""


@dataclass(frozen=True)
class Person:
    """Somebody who works here, or did."""

    login: str
    name: str
    role: Role
    active: bool
    pin_is_temporary: bool
    """An administrator chose the PIN: the next sign-in asks for one's own."""

    @property
    def state(self) -> PersonState:
        """In one word."""
        return "barred" if not self.active else "temporary" if self.pin_is_temporary else "active"


class People:
    """人员. Nobody bars himself or changes his own role, and one administrator always stays."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def everybody(self) -> tuple[Person, ...]:
        """By login, the barred too."""
        with self._desk.store.reading() as tx:
            return tuple(_person(user) for user in users.everybody(tx, active_only=False))

    def bar(self, by: Session, login: str) -> Person:
        """Let somebody in no more; what he did stays. Raises NotAllowed, PeopleRefused."""
        with self._about(by, "users.bar", login) as (tx, user):
            _keep_an_administrator(tx, user)
            _not_oneself(by, user)
            if user.active:
                users.set_active(tx, user.user_id, active=False)
                self._write(tx, by, "user.barred", user)
            return _now(tx, user)

    def readmit(self, by: Session, login: str) -> Person:
        """Let somebody in again, with the PIN he had. Raises NotAllowed, PeopleRefused."""
        with self._about(by, "users.readmit", login) as (tx, user):
            if not user.active:
                users.set_active(tx, user.user_id, active=True)
                self._write(tx, by, "user.readmitted", user)
            return _now(tx, user)

    def set_role(self, by: Session, login: str, role: str) -> Person:
        """From the next sign-in on. Raises NotAllowed, PeopleRefused, SignInRefused (`sign_in.no_such_role`)."""
        with self._about(by, "users.role", login) as (tx, user):
            if role not in ROLES:
                raise SignInRefused("sign_in.no_such_role")
            if role != user.role:
                _keep_an_administrator(tx, user)
                _not_oneself(by, user)
                users.set_role(tx, user.user_id, role)
                self._write(tx, by, "user.role_changed", user, role=role, was=user.role)
            return _now(tx, user)

    def reset_pin(self, by: Session, login: str, pin: str) -> Person:
        """A PIN for one sign-in, which asks for one's own; wrong tries are forgotten. Raises NotAllowed, PeopleRefused, SignInRefused."""
        with self._about(by, "users.reset_pin", login) as (tx, user):
            _not_oneself(by, user)
            return self._reset(tx, by.user_id, "user.pin_reset", user, pin)

    def reset_by_recovery(self, key: bytes, login: str, pin: str) -> Person:
        """The same for an administrator when there is none to ask: whoever puts the recovery slips together holds the store's key.

        Raises PeopleRefused, SignInRefused.
        """
        try:
            with self._desk.store.transaction() as tx:
                user = _of(tx, login)
                if not hmac.compare_digest(key, self._desk.store.key) or not user.active or user.role != "administrator":
                    raise PeopleRefused("people.not_recovered")
                return self._reset(tx, "system", "user.pin_recovered", user, pin)
        except Refused as refusal:
            note(self._desk, "system", "user.refused", {"code": refusal.code, "act": "users.recover", **whom(self._desk, login)})
            raise

    @contextmanager
    def _about(self, by: Session, act: str, login: str) -> Iterator[tuple[Tx, UserRecord]]:
        with acting(self._desk, by, act, login) as tx:
            yield tx, _of(tx, login)

    def _reset(self, tx: Tx, who: str, what: str, user: UserRecord, pin: str) -> Person:
        if (code := weakness(pin, user.login)) is not None:
            raise SignInRefused(code)
        users.set_pin(tx, user.user_id, pin, temporary=True)
        journal.append(tx, self._desk.clock(), who, what, None, {"user": user.user_id})
        return _now(tx, user)

    def _write(self, tx: Tx, by: Session, what: str, user: UserRecord, **detail: str) -> None:
        journal.append(tx, self._desk.clock(), by.user_id, what, None, {"user": user.user_id, **detail})


def _of(tx: Tx, login: str) -> UserRecord:
    known = users.credentials(tx, login)
    if known is None:
        raise PeopleRefused("people.unknown")
    return known.user


def _now(tx: Tx, user: UserRecord) -> Person:
    return _person(users.get(tx, user.user_id) or user)


def _not_oneself(by: Session, user: UserRecord) -> None:
    if user.user_id == by.user_id:
        raise PeopleRefused("people.yourself")


def _keep_an_administrator(tx: Tx, user: UserRecord) -> None:
    left = [other for other in users.everybody(tx) if other.role == "administrator" and other.user_id != user.user_id]
    if user.active and user.role == "administrator" and not left:
        raise PeopleRefused("people.last_administrator")


def _person(user: UserRecord) -> Person:
    return Person(user.login, user.name, cast("Role", user.role), user.active, user.pin_is_temporary)
