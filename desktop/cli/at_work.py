"""The open store, and who gives the command: what commands on cases, the day and people begin with."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from desktop.cli import clock
from desktop.cli.commands import argument
from desktop.cli.outcome import CannotBeDone
from desktop.settings import Settings
from desktop.wording import say

if TYPE_CHECKING:
    from desktop.app import Workplace
    from desktop.flows.views import Session

AS = argument("--as", dest="login")
"""Who gives the command, where `signed_in` may turn out to be needed."""
AS_REQUIRED = argument("--as", dest="login", required=True)


@contextmanager
def at_work(settings: Settings) -> "Iterator[Workplace]":
    """An existing store; a command never makes one by accident."""
    from desktop.app import open_workplace

    with open_workplace(settings, clock.now, since_boot=clock.uptime) as place:
        yield place


def signed_in(place: "Workplace", login: str | None) -> "Session":
    """Who gives this command."""
    if not login:
        raise CannotBeDone("这个操作要登录：加上 --as 登录名")
    return place.flows.sign_in.enter(login, ask_pin("ONCEDESK_PIN", f"{login} PIN: "))


def ask_pin(variable: str, prompt: str) -> str:
    """From the environment variable, else asked on the terminal without showing it; never an argument others could see."""
    if given := os.environ.get(variable):
        return given
    if not sys.stdin.isatty():
        raise CannotBeDone(f"没有终端可以输入密码：请用环境变量 {variable} 给出")
    from getpass import getpass

    return getpass(prompt)


def ask_new_pin(prompt: str) -> str:
    """From the environment variable, else typed twice on the terminal."""
    pin = ask_pin("ONCEDESK_NEW_PIN", prompt)
    if not os.environ.get("ONCEDESK_NEW_PIN") and ask_pin("ONCEDESK_NEW_PIN", "再输一遍: ") != pin:
        raise CannotBeDone(say("window.pins_differ"))
    return pin


def anybody() -> "Session":
    """For what everybody at this computer may see: masked lists."""
    from desktop.flows.views import Session

    return Session(user_id="", login="", name="", role="clerk")
