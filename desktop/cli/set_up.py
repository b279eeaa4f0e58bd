"""`oncedesk station …`: this PC itself."""

import argparse
import os
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli import clock
from desktop.cli.at_work import AS, ask_pin, at_work, signed_in
from desktop.cli.commands import argument, command
from desktop.cli.outcome import CANNOT, CannotBeDone, Outcome
from desktop.settings import SETTINGS, Settings, load_settings
from desktop.wording import problem_remedy, problem_words

if TYPE_CHECKING:
    from desktop.app import Workplace
    from desktop.domain.answers import Answers, Difference
    from desktop.domain.problem import Problem
    from desktop.flows.views import Session

TOKEN = "ONCEDESK_TERMINAL_TOKEN"  # noqa: S105 - the variable's name
_NEW_PIN = "ONCEDESK_NEW_PIN"


@command("setup", "按答案文件设置本机",
         argument("--answers", type=Path, metavar="FILE", help="答案文件，TOML 或 JSON"),
         argument("--blank", action="store_true", help="给出一份空白的答案文件"),
         argument("--change", action="store_true", help="已经设置过的，改成答案文件里的样子；要管理员登录"),
         argument("--new-installation", action="store_true", help="磁盘是从别的电脑克隆来的：给本机新的安装编号"),
         argument("--terminal-id", metavar="ID", help="与 --new-installation 一起用：省平台给本机的终端编号"),
         argument("--window-code", metavar="NNN", help="与 --new-installation 一起用：本机的窗口代码"),
         AS)
def _setup(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.station.answers import AnswersRefused, blank, read_answers

    if args.blank:
        return Outcome({"answers": blank()}, [blank()])
    try:
        answers = read_answers(args.answers, settings, os.environ.get(TOKEN, "")) if args.answers else None
        if args.new_installation:
            return _new_installation(args, settings, answers)
        if answers is None:
            raise CannotBeDone("要加上 --answers 文件；空白的答案文件用 --blank 得到")
        return _set_up(args, settings, answers)
    except AnswersRefused as refused:
        return _refused(refused.problems)


def _set_up(args: argparse.Namespace, settings: Settings, answers: "Answers") -> Outcome:
    from desktop.app import set_up
    from desktop.station import setup
    from desktop.station.files import aside_of
    from desktop.station.ground import never_begun
    from desktop.station.identity import identity_of
    from desktop.station.owner import WINDOW, owning

    with ExitStack() as opened:
        place = None if never_begun(settings.home, use_keyring=settings.keyring) else opened.enter_context(at_work(settings))
        differs, known = _differences(settings, answers, place)
        if known and not differs:
            return _told("unchanged", settings, (), ["与答案文件一致，没有改动"])
        if known and not args.change:
            lines = [*_lines(differs), "没有改动。要改成答案文件里的样子，加上 --change --as 管理员登录名"]
            print("\n".join(lines), file=sys.stderr)
            return replace(_told("differs", settings, differs, ()), status=CANNOT)
        answers = _with_pins(args, answers, known)
        if place is not None and known:
            session = _administrator(place, args.login)
            opened.enter_context(owning(settings.home, WINDOW))
            changed = [one.key for one in differs if one.key in answers.settings]
            at = place.desk.clock()
            setup.keep_people(place.desk.store, setup.hashed(answers), session.user_id, changed, at, place.desk.new_id)
            setup.keep_settings(settings.home, answers.settings, aside_of(settings.home, at))
            return _told("changed", load_settings(settings.home), differs, [*_lines(differs), "已改好"])
    with owning(settings.home, WINDOW):
        settings = set_up(settings, answers, clock.now)
    lines = [f"已设置：{settings.hall}，{settings.window} 号窗口，窗口代码 {settings.number_code}，县区 {settings.region}",
             f"安装编号 {identity_of(settings.home).installation_id}，数据在 {settings.home}",
             "还要打印恢复密钥的纸条，并运行一次 oncedesk doctor"]
    return _told("set_up", settings, differs, lines)


def _differences(settings: Settings, answers: "Answers", place: "Workplace | None") -> "tuple[tuple[Difference, ...], tuple[str, ...]]":
    """What is otherwise than answered, and the logins of those who may work here already."""
    from db import users
    from desktop.station.setup import differences

    if place is None:
        return differences(settings.home, answers, None), ()
    with place.desk.store.reading() as tx:
        return differences(settings.home, answers, tx), tuple(user.login for user in users.everybody(tx, active_only=False))


def _with_pins(args: argparse.Namespace, answers: "Answers", known: Iterable[str]) -> "Answers":
    """The first administrator's PIN may come from outside the files; whoever still has none is named. Raises AnswersRefused."""
    from desktop.domain.pin import weakness
    from desktop.domain.problem import Problem
    from desktop.station.answers import AnswersRefused, without_pin

    first = answers.administrator
    if first is not None and first.login not in {*known, *answers.pins} and (os.environ.get(_NEW_PIN) or sys.stdin.isatty()):
        pin = ask_pin(_NEW_PIN, f"{first.login} 的新 PIN: ")
        if (code := weakness(pin, first.login)) is not None:
            raise AnswersRefused(args.answers, (Problem(code=code, key=f"people.{first.login}.pin"), *without_pin(answers, {first.login})))
        answers = replace(answers, pins={**answers.pins, first.login: pin})
    if lacking := without_pin(answers, known):
        raise AnswersRefused(args.answers, tuple(lacking))
    return answers


def _new_installation(args: argparse.Namespace, settings: Settings, answers: "Answers | None") -> Outcome:
    """For a copy of another PC's disk: it must not go on under the other one's names."""
    from db import journal, users
    from desktop.domain.problem import Problem
    from desktop.settings import mistakes_of, own_keys
    from desktop.station import setup
    from desktop.station.answers import AnswersRefused, problem_of
    from desktop.station.files import aside_of
    from desktop.station.ground import never_begun
    from desktop.station.identity import renewed
    from desktop.station.owner import WINDOW, owning

    table = dict(answers.settings) if answers else {"terminal_id": _asked(args.terminal_id, "终端编号"),
                                                    "window_code": _asked(args.window_code, "窗口代码")}
    if token := os.environ.get(TOKEN):
        table["terminal_token"] = token
    before = {"terminal_id": settings.terminal_id, "window_code": settings.number_code}
    found = [*map(problem_of, mistakes_of(table, settings.home / SETTINGS, settings, own_keys())),
             *(Problem(code="setup.still_the_other", key=key, params={"key": key, "value": value}) for key, value in before.items()
               if table.get(key, value) == value)]
    if found:
        raise AnswersRefused(settings.home / SETTINGS, tuple(found))
    with ExitStack() as opened:
        place = None if never_begun(settings.home, use_keyring=settings.keyring) else opened.enter_context(at_work(settings))
        by, at = "system", clock.now()
        if place is not None:
            at = place.desk.clock()
            with place.desk.store.reading() as tx:
                staffed = bool(users.everybody(tx))
            by = _administrator(place, args.login).user_id if staffed else by
        opened.enter_context(owning(settings.home, WINDOW))
        setup.keep_settings(settings.home, table, aside_of(settings.home, at))
        identity = renewed(settings.home)
        if place is not None:
            with place.desk.store.transaction() as tx:
                journal.append(tx, at, by, "station.renewed", None, {
                    "installation": identity.installation_id, "window_code": str(table["window_code"])})
    return Outcome({"done": "renewed", "installation_id": identity.installation_id, "terminal_id": table["terminal_id"],
                    "window_code": table["window_code"], "home": settings.home},
                   [f"本机有了新的安装编号 {identity.installation_id}，窗口代码 {table['window_code']}，终端编号 {table['terminal_id']}"])


def _asked(given: str | None, what: str) -> str:
    if given is None and not sys.stdin.isatty():
        raise CannotBeDone(f"克隆来的电脑要换{what}：加上 --terminal-id 和 --window-code，或用 --answers 文件")
    return (given if given is not None else input(f"本机的{what}: ")).strip()


def _administrator(place: "Workplace", login: str | None) -> "Session":
    from desktop.flows.sign_in import require

    session = signed_in(place, login)
    require(place.desk, session, "station.set_up")
    return session


def _told(done: str, settings: Settings, differs: "Iterable[Difference]", lines: Iterable[str]) -> Outcome:
    from desktop.station.identity import read_identity

    identity = read_identity(settings.home)
    return Outcome({"done": done, "differences": list(differs), "home": settings.home, "window_code": settings.number_code,
                    "terminal_id": settings.terminal_id, "installation_id": identity.installation_id if identity else None}, tuple(lines))


def _lines(differs: "Iterable[Difference]") -> list[str]:
    return [f"{one.key}：现在是“{one.before}”，答案是“{one.after}”" for one in differs]


def _refused(problems: "tuple[Problem, ...]") -> Outcome:
    """Nothing was written. All mistakes at once."""
    rows = [{"key": one.key, "code": one.code, "sentence": problem_words(one), "remedy": problem_remedy(one)} for one in problems]
    for row in rows:
        place = "" if str(row["key"]) in str(row["sentence"]) else f"{row['key']}："
        print(f"{place}{row['sentence']}。{row['remedy']}", file=sys.stderr)
    return Outcome({"done": "refused", "mistakes": rows}, (), CANNOT)


COMMANDS = (_setup,)
