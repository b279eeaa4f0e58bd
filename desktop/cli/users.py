"""`oncedesk users …`: who may sign in at this window, as what, with which PIN."""

import argparse
from typing import TYPE_CHECKING

from desktop.cli import clock
from desktop.cli.at_work import AS, AS_REQUIRED, ask_new_pin, ask_pin, at_work, signed_in
from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import Outcome
from desktop.domain.pin import weakness
from desktop.domain.roles import ROLES
from desktop.settings import Settings
from desktop.wording import word

if TYPE_CHECKING:
    from desktop.flows.people import Person

_LOGIN = argument("user", metavar="LOGIN")


@command("add", "添加",
         _LOGIN,
         argument("--name", required=True),
         argument("--role", choices=ROLES, default="clerk"),
         AS)
def _add(args: argparse.Namespace, settings: Settings) -> Outcome:
    """The one command that may begin a home: its first user is the administrator."""
    from db.faults import StoreFault
    from desktop.app import open_workplace
    from desktop.flows.sign_in import SignInRefused

    pin = ask_new_pin(f"{args.user} 的新 PIN: ")
    weak = weakness(pin, args.user)
    try:
        # The flow refuses a weak PIN too, but by then an empty home would hold a store.
        with open_workplace(settings, clock.now, since_boot=clock.uptime, begin=weak is None) as place:
            by = signed_in(place, args.login) if place.flows.sign_in.users() else None
            added = place.flows.sign_in.add_user(by, args.user, args.name, args.role, pin)
    except StoreFault as fault:
        if weak is None or fault.code != "store.none":
            raise
        raise SignInRefused(weak) from fault
    return Outcome(added, [f"{added.login} {added.name} {added.role}"])


@command("list", "列出")
def _list(_: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        people = place.flows.people.everybody()
    return Outcome([_document(person) for person in people], [_line(person) for person in people])


@command("bar", "停用", _LOGIN, AS_REQUIRED)
def _bar(args: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        return _told(place.flows.people.bar(signed_in(place, args.login), args.user))


@command("readmit", "恢复使用", _LOGIN, AS_REQUIRED)
def _readmit(args: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        return _told(place.flows.people.readmit(signed_in(place, args.login), args.user))


@command("role", "改角色", _LOGIN, argument("role", choices=ROLES), AS_REQUIRED)
def _role(args: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        return _told(place.flows.people.set_role(signed_in(place, args.login), args.user, args.role))


@command("pin", "改自己的密码，或由管理员重设别人的", argument("user", metavar="LOGIN", nargs="?"), AS_REQUIRED)
def _pin(args: argparse.Namespace, settings: Settings) -> Outcome:
    """One's own asks for the old one and needs no sign-in: a temporary PIN is good for nothing else."""
    with at_work(settings) as place:
        if args.user in {None, args.login}:
            old = ask_pin("ONCEDESK_PIN", f"{args.login} PIN: ")
            place.flows.sign_in.change_pin(args.login, old, ask_new_pin(f"{args.login} 的新 PIN: "))
            return _told(next(person for person in place.flows.people.everybody() if person.login == args.login))
        by = signed_in(place, args.login)
        return _told(place.flows.people.reset_pin(by, args.user, ask_new_pin(f"{args.user} 的临时 PIN: ")))


def _told(person: "Person") -> Outcome:
    return Outcome(_document(person), [_line(person)])


def _document(person: "Person") -> dict[str, object]:
    return {"login": person.login, "name": person.name, "role": person.role, "active": person.active}


def _line(person: "Person") -> str:
    return f"{person.login} {person.name} {word('role', person.role)} {word('user_state', person.state)}"


add = group("users", "人员", _add, _list, _bar, _readmit, _role, _pin)
