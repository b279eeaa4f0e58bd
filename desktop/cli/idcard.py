"""`oncedesk idcard …`: what the chip of one card holds, read at a port."""

import argparse
from pathlib import Path

from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import Outcome, plain
from desktop.settings import Settings


@command("read", "读一张卡",
         argument("--port", required=True),
         argument("--photo", metavar="OUT", help="把照片写到文件；没有配置厂家解码库，或文件名以 .wlt 结尾时，写卡内原始数据"),
         argument("--newest", action="store_true", help="同时读追加住址（newest_address）和旧号码（old_number）"),
         argument("--timeout", type=float, default=10.0))
def _read(args: argparse.Namespace, settings: Settings) -> Outcome:
    from hardware import registry

    address = args.port if ":" in args.port else f"serial:{args.port}"
    if not args.newest:
        address += f"{'&' if '?' in address else '?'}newest=no"
    reader = registry.open_reader(address, demo=settings.demo)
    try:
        card = reader.read(args.timeout)
    finally:
        reader.close()
    raw = card.photo_wlt if args.photo and args.photo.endswith(".wlt") else card.photo or card.photo_wlt
    if args.photo and raw:
        Path(args.photo).write_bytes(raw)
    document = {
        "type": card.type, "name": card.name, "english_name": card.english_name, "sex": card.sex, "nation": card.nation,
        "birth_date": card.birth_date, "address": card.address, "number": card.number, "authority": card.authority,
        "valid_from": card.valid_from, "valid_to": "长期" if card.long_term else card.valid_to, "country": card.country,
        "pass_number": card.pass_number, "times_issued": card.times_issued,
        **({"newest_address": card.newest_address, "old_number": card.old_number} if args.newest else {}),
    }
    return Outcome(document, [f"{key}: {value}" for key, value in plain(document).items() if value is not None])


add = group("idcard", "身份证", _read)
