"""`oncedesk county …`: one signed file for all windows of a county, made by whoever holds its key and taken in at each PC."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.cli import clock
from desktop.cli.at_work import AS, ask_pin, signed_in
from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import CannotBeDone, Outcome, plain
from desktop.domain.hall_time import local
from desktop.settings import Settings, SettingsError, read_table

if TYPE_CHECKING:
    from desktop.app import Workplace
    from desktop.domain.answers import Person
    from desktop.domain.county import CountyFile, Offer

PASSPHRASE = "ONCEDESK_COUNTY_PASSPHRASE"  # noqa: S105 - the variable's name
_SHORTEST = 12
_KINDS = {"new": "新增", "changed": "改动", "same": "不变", "barred": "停用"}


@command("key", "生成县里的签名密钥", argument("--out", type=Path, required=True, metavar="FILE", help="私钥写到这里；已有的不覆盖"))
def _key(args: argparse.Namespace, _: Settings) -> Outcome:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from desktop.domain.county import fingerprint
    from desktop.station.county_file import public_key, sealed

    phrase = ask_pin(PASSPHRASE, "给私钥设一个口令（不少于 12 位）: ")
    if len(phrase) < _SHORTEST:
        raise CannotBeDone(f"口令太短：不少于 {_SHORTEST} 位")
    key = Ed25519PrivateKey.generate()
    try:
        with os.fdopen(os.open(args.out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(sealed(key, phrase))
    except FileExistsError as e:
        raise CannotBeDone(f"{args.out} 已经有了，不覆盖：换一个名字") from e
    public = public_key(key)
    return Outcome({"file": args.out, "county_key": public, "fingerprint": fingerprint(public)},
                   [f"公钥（写进各窗口答案文件的 county_key）：{public}", f"指纹（印发给各窗口核对）：{fingerprint(public)}",
                    f"私钥在 {args.out}：另存一份在保险柜里，口令不要与它放在一起"])


@command("make", "做一个县级文件",
         argument("--packs", type=Path, metavar="DIR", help="主题包，按 id/版本.toml 放"),
         argument("--codes", type=Path, metavar="DIR", help="代码表"),
         argument("--calendar", type=Path, metavar="FILE", help="工作日历 china.toml"),
         argument("--settings", type=Path, metavar="FILE", help="各窗口共用的设置，TOML"),
         argument("--people", type=Path, metavar="FILE",
                  help="人员，TOML：[[people]] login、name、role，首个密码 pin；停用的写 active = false"),
         argument("--region", metavar="NNNNNN", help="县区代码；不写就用共用设置里的 region"),
         argument("--serial", type=int, metavar="N", help="编号，只能比以前的大；不写就在密钥旁记下的编号上加一"),
         argument("--key", type=Path, required=True, metavar="FILE"),
         argument("--out", type=Path, required=True, metavar="FILE"))
def _make(args: argparse.Namespace, _: Settings) -> Outcome:
    from desktop.domain.county import SETTINGS
    from desktop.station import county, county_file
    from desktop.station.files import write_whole

    pieces = dict(_pieces(args))
    people = _people(args.people) if args.people else ()
    if not pieces and not people:
        raise CannotBeDone("里面什么都没有：至少给出 --packs、--codes、--calendar、--settings、--people 中的一项")
    shared = read_table(args.settings) if args.settings else {}
    region = args.region or shared.get("region")
    if not isinstance(region, str):
        raise CannotBeDone(f"不知道是哪个县的：加上 --region，或在 {SETTINGS} 里写 region")
    count = args.key.with_name(f"{args.key.name}.serial")
    serial = _serial(args.serial, count)
    data = county_file.make(pieces, people, _private_key(args.key), serial, region, clock.now())
    file = county_file.parsed(data)
    county.check(file)
    write_whole(count, f"{serial}\n".encode())
    write_whole(args.out, data)
    return Outcome({"file": args.out, "serial": serial, "region": region, "fingerprint": file.fingerprint, "digest": file.digest,
                    "pieces": list(file.pieces), "people": len(people), "bytes": len(data)},
                   [f"第 {serial} 号县级文件：{args.out}，{len(file.pieces)} 个文件、{len(people)} 名人员，{len(data)} 字节",
                    f"县里公钥的指纹：{file.fingerprint}"])


@command("take", "导入县级文件",
         argument("file", nargs="?", type=Path, metavar="FILE", help="不写就把上次没做完的导入做完"),
         argument("--dry-run", action="store_true", help="只说会改动什么"),
         argument("--fingerprint", default="", metavar="XXXX-…", help="第一次导入时，照县里印发的输入公钥的指纹"),
         AS)
def _take(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.app import finish_county, open_workplace, take_county
    from desktop.flows.sign_in import require
    from desktop.station import county, county_file
    from desktop.station.owner import WINDOW, owning

    with ExitStack() as opened:
        broken_off = county.unfinished(settings.home)
        if broken_off or not args.dry_run:
            opened.enter_context(owning(settings.home, WINDOW))
        if broken_off and not args.dry_run:
            settings = finish_county(settings, clock.now)
        if args.file is None:
            return Outcome({"taken": broken_off and not args.dry_run}, ["上次没做完的导入已做完" if broken_off else "没有做到一半的导入"])
        file = county_file.read(args.file)
        place = opened.enter_context(open_workplace(settings, clock.now))
        offer = _offer(place, file)
        if args.dry_run:
            return Outcome({"taken": False, **plain(offer)}, [*_told(offer), "只是看看，没有改动"])
        session = signed_in(place, args.login)
        require(place.desk, session, "county.take")
        taken, recounted = take_county(place, file, session.user_id, args.fingerprint)
    aside = taken.aside if taken.aside.exists() else None
    done = f"已导入第 {taken.serial} 号" if taken.pieces or taken.people else "与导入过的一样，没有改动"
    lines = [*_told(offer), done, *([f"换下来的文件在 {aside}"] if aside else []),
             *(f"{case.case_number}：办结期限原暂定 {case.was}，现为 {case.due}" for case in recounted)]
    return Outcome({"taken": True, **plain(offer), "aside": aside, "recounted": recounted}, lines)


def _offer(place: "Workplace", file: "CountyFile") -> "Offer":
    from desktop.station import county

    with place.desk.store.reading() as tx:
        return county.offer(place.desk.settings.home, file, tx)


def _told(offer: "Offer") -> list[str]:
    lines = [f"{offer.region_name}第 {offer.serial} 号县级文件，{local(offer.made_at):%Y-%m-%d %H:%M} 做成",
             f"本机已导入过第 {offer.present} 号" if offer.present else "本机没有导入过县级文件", f"县里公钥的指纹：{offer.fingerprint}"]
    for piece in offer.pieces:
        lines += [f"{_KINDS[piece.kind]}  {piece.name}", *(f"    {note}" for note in piece.notes if piece.kind != "same")]
    lines += [f"{_KINDS[person.kind]}  人员 {person.login}" for person in offer.people]
    lines += [f"设置 {one.key}：“{one.before}”改为“{one.after}”" for one in offer.settings]
    return lines


def _pieces(args: argparse.Namespace) -> Iterator[tuple[str, bytes]]:
    """What the files hold, in UTF-8 however they were saved."""
    from desktop.domain.county import CALENDAR, SETTINGS

    for folder, under, pattern in ((args.packs, "themes", "[!.]*/[!.]*.toml"), (args.codes, "codes", "[!.]*.*")):
        if folder is None:
            continue
        found = sorted(path for path in folder.glob(pattern) if path.is_file())
        if not found:
            raise CannotBeDone(f"{folder} 里没有可用的文件")
        for path in found:
            yield f"{under}/{path.relative_to(folder).as_posix()}", _text(path)
    for path, name in ((args.calendar, CALENDAR), (args.settings, SETTINGS)):
        if path is not None:
            yield name, _text(path)


def _text(path: Path) -> bytes:
    from desktop.text_file import read_text

    try:
        return read_text(path).encode()
    except OSError as e:
        raise SettingsError("file.unreadable", path) from e


def _people(path: Path) -> "tuple[Person, ...]":
    """With digests in the place of the PINs: those never leave this PC."""
    from db import users
    from desktop.domain.answers import Person
    from desktop.domain.pin import weakness
    from desktop.wording import say

    people, wrong = [], []
    rows: Any = read_table(path).get("people", [])
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        active, pin = (row.get("active", True), row.get("pin", "")) if isinstance(row, dict) else (None, None)
        if not isinstance(row, dict) or set(row) - {"login", "name", "role", "pin", "active"} or not isinstance(active, bool) or not all(
                isinstance(row.get(key), str) and row[key] for key in ("login", "name", "role")) or not isinstance(pin, str):
            wrong.append(f"第 {number} 人：要有 login、name、role 和 pin（首个密码），停用的写 active = false")
        elif active and (code := weakness(pin, row["login"])) is not None:
            wrong.append(f"{row['login']}：{say(code)}")
        else:
            digest = users.hashed(pin) if active else ""
            people.append(Person(row["login"], row["name"], row["role"], active, digest, pin_is_temporary=True))
    if wrong or not people:
        raise CannotBeDone("\n".join(f"{path}：{one}" for one in wrong or ["没有 [[people]]"]))
    return tuple(people)


def _serial(asked: int | None, count: Path) -> int:
    try:
        last = int(count.read_text("ascii")) if count.exists() else 0
    except ValueError as e:
        raise CannotBeDone(f"{count} 里应只有上次的编号") from e
    if asked is not None and asked <= last:
        raise CannotBeDone(f"编号 {asked} 不比上次的 {last} 大，各窗口不会收")
    return asked if asked is not None else last + 1


def _private_key(path: Path) -> Any:
    from desktop.station.county_file import is_sealed, unsealed

    try:
        data = path.read_bytes()
    except OSError as e:
        raise SettingsError("file.unreadable", path) from e
    if not is_sealed(data):
        print(f"{path} 没有口令保护：谁拿到它都能冒充县里", file=sys.stderr)
    return unsealed(data, ask_pin(PASSPHRASE, "县里私钥的口令: ") if is_sealed(data) else None)


add = group("county", "县级文件", _key, _make, _take)
