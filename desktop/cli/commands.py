"""How a command is declared: its arguments stand above the function it runs, and a group names its commands. No command lives here."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from desktop.cli.outcome import Outcome
from desktop.settings import Settings

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where commands are added: below the top parser, or below a group's."""
Argument = Callable[[argparse.ArgumentParser], object]
Run = Callable[[argparse.Namespace, Settings], Outcome]


@dataclass(frozen=True)
class Command:
    """What a command is called, what it takes and what it does."""

    name: str
    told: str
    arguments: tuple[Argument, ...]
    run: Run

    def add(self, where: Commands) -> None:
        """Make its parser."""
        parser = where.add_parser(self.name, help=self.told, parents=[common()])
        parser.set_defaults(run=self.run)
        for put in self.arguments:
            put(parser)


def command(name: str, told: str, *arguments: Argument) -> Callable[[Run], Command]:
    """What the function below does, as a command."""
    return lambda run: Command(name, told, arguments, run)


def argument(*names: str, **how: Any) -> Argument:
    """One argument, said as argparse takes it; put on a parser when the program starts."""
    return lambda parser: parser.add_argument(*names, **how)


def group(name: str, told: str, *commands: Command) -> Callable[[Commands], None]:
    """What adds the commands under one name."""
    def add(top: Commands) -> None:
        where = top.add_parser(name, help=told, parents=[common()]).add_subparsers(dest="action", required=True)
        for one in commands:
            one.add(where)

    return add


def common() -> argparse.ArgumentParser:
    """What may stand before or after a command's name. Made anew for each parser: argparse shares a parent's actions."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--home", type=Path, default=argparse.SUPPRESS, help="数据文件夹")
    options.add_argument("--demo", action="store_true", default=argparse.SUPPRESS, help="演示模式：模拟设备，单独的数据")
    options.add_argument("--platform", default=argparse.SUPPRESS, metavar="URL", help="省平台地址")
    options.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="在标准输出上给出一个 JSON 文档")
    return options
