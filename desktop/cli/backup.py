"""`oncedesk backup …`: the whole store in one file, made, checked, restored. The file itself is `db.backup`'s."""

import argparse
from pathlib import Path

from desktop.cli import clock
from desktop.cli.at_work import AS_REQUIRED, at_work, signed_in
from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import DONE, FOUND, CannotBeDone, Outcome
from desktop.settings import Settings

_FILE_AND_KEY = (argument("file"), argument("--key-file"))


@command("make", "备份", argument("file"), AS_REQUIRED)
def _make(args: argparse.Namespace, settings: Settings) -> Outcome:
    from db import backup
    from desktop.flows import sign_in

    with at_work(settings) as place:
        session = signed_in(place, args.login)
        sign_in.require(place.desk, session, "backup.make")
        report = backup.make(place.desk.store, Path(args.file), clock.now())
    return Outcome(report, [f"{report.path}：{report.cases} 件，{report.attachments} 个影像"], FOUND if report.missing else DONE)


@command("check", "检查", *_FILE_AND_KEY)
def _check(args: argparse.Namespace, settings: Settings) -> Outcome:
    from db import backup

    report = backup.check(_file(args), _key(args, settings))
    return Outcome(report, [f"完好：{report.cases} 件，{report.attachments} 个影像"], FOUND if report.missing else DONE)


@command("restore", "恢复", *_FILE_AND_KEY)
def _restore(args: argparse.Namespace, settings: Settings) -> Outcome:
    from db import backup
    from desktop.station.keys import keep_key, load_key, real_keyring
    from desktop.station.owner import WINDOW, owning

    key, file = _key(args, settings), _file(args)
    if load_key(settings.home) not in {None, key}:
        raise CannotBeDone(f"{settings.home} 里已有另一把密钥，恢复后会打不开：请恢复到空的文件夹")
    with owning(settings.home, WINDOW):
        report = backup.restore(file, key, settings.home)
        keep_key(settings.home, key, ring=settings.keyring and real_keyring())
    return Outcome(report, [f"已恢复到 {settings.home}：{report.cases} 件"])


def _file(args: argparse.Namespace) -> Path:
    path = Path(args.file)
    if not path.is_file():
        raise CannotBeDone(f"没有这个备份文件：{path}")
    return path


def _key(args: argparse.Namespace, settings: Settings) -> bytes:
    """The key of this home's store, or one kept elsewhere (64 hexadecimal characters in a file). Never makes one."""
    from desktop.station.keys import load_key

    if not args.key_file:
        kept = load_key(settings.home)
        if kept is None:
            raise CannotBeDone(f"{settings.home} 里没有密钥：加上 --key-file 文件")
        return kept
    try:
        key = bytes.fromhex(Path(args.key_file).read_text("ascii").strip())
    except (OSError, ValueError) as e:
        raise CannotBeDone(f"{args.key_file}：应是 64 个十六进制字符") from e
    if len(key) != 32:
        raise CannotBeDone(f"{args.key_file}：应是 64 个十六进制字符")
    return key


add = group("backup", "备份", _make, _check, _restore)
