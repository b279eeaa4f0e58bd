"""Keeping answers: settings.toml, the first people, the county's key; so that the same answers again change nothing.

Who may change what stands already: the caller asks. What may be answered: answers.py.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from db import journal, users
from db import settings as kept
from db.faults import from_os
from db.records import UserRecord
from db.store import Store, Tx
from desktop.domain.answers import Answers, Difference, Person
from desktop.settings import SETTINGS, read_table
from desktop.station.answers import settings_text
from desktop.station.files import write_whole

COUNTY_KEY = "county.key"
"""Where the store keeps the county's public key."""


def differences(home: Path, answers: Answers, tx: Tx | None) -> tuple[Difference, ...]:
    """What stands here otherwise than it was answered; `tx` None = there is no store yet. Raises SettingsError."""
    written = _written(home)
    found = [Difference(key, _shown(key, written.get(key)), _shown(key, value)) for key, value in answers.settings.items()
             if written.get(key) != value]
    known = {user.login: user for user in users.everybody(tx, active_only=False)} if tx is not None else {}
    for person in answers.everybody:
        user = known.get(person.login)
        if user is None or (user.name, user.role, user.active) != (person.name, person.role, person.active):
            found.append(Difference(f"people.{person.login}", f"{user.name} {user.role}" if user else "", f"{person.name} {person.role}"))
    trusted = (kept.get(tx, COUNTY_KEY) if tx is not None else None) or ""
    if answers.county_key and answers.county_key != trusted:
        found.append(Difference("county_key", trusted, answers.county_key))
    return tuple(found)


def keep_settings(home: Path, table: Mapping[str, object], aside: Path) -> None:
    """Write settings.toml whole; what stands there and was not answered stays. The file as it was goes to `aside`. Raises StoreFault."""
    path, before = home / SETTINGS, _written(home)
    text = settings_text({**before, **table})
    if {**before, **table} == before:
        return
    try:
        if path.exists():
            write_whole(aside / SETTINGS, path.read_bytes())
    except OSError as error:
        raise from_os(error) from error
    write_whole(path, text.encode())


def hashed(answers: Answers) -> Answers:
    """The answers with a digest for each PIN they hold; some 50 ms each."""
    digests = {login: users.hashed(pin) for login, pin in answers.pins.items()}

    def of(person: Person) -> Person:
        return replace(person, pin_hash=digests.get(person.login, ""))

    return replace(answers, administrator=of(answers.administrator) if answers.administrator else None,
                   people=tuple(map(of, answers.people)))


def keep_people(store: Store, answers: Answers, by: str | None, changed: Iterable[str], at: datetime, new_id: Callable[[], str]) -> str:
    """Everybody who was answered, and the county's key, in one transaction. `by` None = the first administrator, before there is anybody.

    `changed`: keys of the settings that are otherwise from now on. Returns the user id of who answers for it. Raises NoAdministrator.
    """
    with store.transaction() as tx:
        who = by or _first(tx, answers, at, new_id)
        enlist(tx, answers.everybody, who, at, new_id)
        if answers.county_key:
            kept.put(tx, COUNTY_KEY, answers.county_key)
        journal.append(tx, at, who, "station.set_up", None, {"keys": sorted(changed), "county_key": answers.county_key})
    return who


def enlist(tx: Tx, people: Iterable[Person], by: str, at: datetime, new_id: Callable[[], str]) -> tuple[str, ...]:
    """Add those who are not here yet, and give the others name, role and leave to sign in. Returns the logins that changed.

    Raises NoAdministrator when nobody would be left to run this window.
    """
    known = {user.login: user for user in users.everybody(tx, active_only=False)}
    done = []
    for person in people:
        user = known.get(person.login)
        if user is None and person.active:
            added = UserRecord(user_id=new_id(), login=person.login, name=person.name, role=person.role,
                               pin_is_temporary=person.pin_is_temporary)
            users.enlist(tx, added, person.pin_hash)
            journal.append(tx, at, by, "user.added", None, {"user": added.user_id, "role": added.role})
            done.append(person.login)
        elif user is not None and (user.name, user.role, user.active) != (person.name, person.role, person.active):
            amended = replace(user, name=person.name, role=person.role, active=person.active)
            users.amend(tx, amended)
            journal.append(tx, at, by, "user.amended", None, {"user": user.user_id, "role": amended.role, "active": amended.active})
            done.append(person.login)
    if not any(user.role == "administrator" for user in users.everybody(tx)):
        raise NoAdministrator
    return tuple(done)


class NoAdministrator(Exception):
    """Nobody would be left who may run this window."""

    code = "setup.no_administrator"


def _first(tx: Tx, answers: Answers, at: datetime, new_id: Callable[[], str]) -> str:
    """The very first person: who answers for all that follows."""
    if answers.administrator is None or users.everybody(tx, active_only=False):
        raise NoAdministrator
    first = answers.administrator
    user = UserRecord(user_id=new_id(), login=first.login, name=first.name, role=first.role)
    users.enlist(tx, user, first.pin_hash)
    journal.append(tx, at, user.user_id, "user.added", None, {"user": user.user_id, "role": user.role})
    return user.user_id


def _written(home: Path) -> dict[str, Any]:
    return read_table(home / SETTINGS) if (home / SETTINGS).exists() else {}


def _shown(key: str, value: object) -> str:
    return "" if value is None else "…" if key == "terminal_token" else str(value)
