"""`oncedesk users …`: who may sign in at this window."""

import argparse

from desktop.cli import clock
from desktop.cli.at_work import AS, ask_pin, at_work, signed_in
from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import Outcome
from desktop.domain.pin import weakness
from desktop.domain.roles import ROLES
from desktop.settings import Settings


@command("add", "添加",
         argument("user", metavar="LOGIN"),
         argument("--name", required=True),
         argument("--role", choices=ROLES, default="clerk"),
         AS)
def _add(args: argparse.Namespace, settings: Settings) -> Outcome:
    """The one command that may begin a home: its first user is the administrator."""
    from desktop.app import open_workplace
    from desktop.flows.sign_in import SignInRefused

    pin = ask_pin("ONCEDESK_NEW_PIN", f"{args.user} 的新 PIN: ")
    if (code := weakness(pin, args.user)) is not None:
        raise SignInRefused(code)     # the flow says so too, but by then an empty home would hold a store
    with open_workplace(settings, clock.now, begin=True) as place:
        by = signed_in(place, args.login) if place.flows.sign_in.users() else None
        added = place.flows.sign_in.add_user(by, args.user, args.name, args.role, pin)
    return Outcome(added, [f"{added.login} {added.name} {added.role}"])


@command("list", "列出")
def _list(_: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        users = place.flows.sign_in.users()
    return Outcome([{"login": login, "name": name} for login, name in users], [f"{login} {name}" for login, name in users])


add = group("users", "人员", _add, _list)
