"""`oncedesk scan`: pages of a scanner, or a camera's picture, as files in a folder."""

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from desktop.cli.commands import argument, command
from desktop.cli.outcome import CANNOT, FOUND, Json, Outcome
from desktop.settings import Settings
from desktop.wording import remedy, say

_log = logging.getLogger("desktop.cli")     # on standard error under one name, whichever file speaks


def _whole_number(least: int, most: int) -> Callable[[str], int]:
    def checked(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"应是 {least} 到 {most} 的整数，不是 {text}")
        return int(text)

    return checked


@command("scan", "扫描：每页一个文件（Ctrl+C 停下，扫好的页都在）",
         argument("--device", required=True, metavar="NAME", help="sane:test:0、sane:（只有一台时）、wia:名称、uvc:名称 …"),
         argument("--out", required=True, type=Path, metavar="DIR"),
         argument("--source", default="", help="feeder、flatbed 或扫描仪自己的叫法；不写就用进纸器，没有才用平板"),
         argument("--resolution", type=_whole_number(1, 4800), default=300, metavar="DPI"),
         argument("--mode", choices=("color", "gray"), default="color"),
         argument("--pages", type=_whole_number(0, 10_000), default=0, metavar="N", help="最多几页；0 是全部"),
         argument("--duplex", action="store_true", help="双面"))
def _scan(args: argparse.Namespace, settings: Settings) -> Outcome:
    """Pages of a scanner, or one picture of a camera, as files; each is whole or not there. What came before a fault is kept."""
    from hardware import registry
    from hardware.faults import DeviceFault, FaultCode
    from hardware.readings import ScanSettings

    args.out.mkdir(parents=True, exist_ok=True)
    before = max((int(path.stem[5:]) for path in args.out.glob("page-*.*") if path.stem[5:].isdecimal()), default=0)  # kept as they are
    wanted = ScanSettings(args.source, args.resolution, args.mode, args.duplex, args.pages)
    pages: list[dict[str, Json]] = []
    fault: FaultCode | None = None

    def keep(name: str, content: bytes, **told: Json) -> None:
        half = args.out / f"{name}.part"
        half.write_bytes(content)
        half.replace(args.out / name)
        pages.append({"file": str(args.out / name), **told})

    def progress(page: int, share: float) -> None:
        print(f"\r第 {page} 页 {share:4.0%}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)

    try:
        if args.device.partition(":")[0] in registry.CAMERAS:
            camera = registry.open_camera(args.device, demo=settings.demo)
            try:
                still = camera.still()
            finally:
                camera.close()
            keep(f"page-{before + 1:03}.jpg", still.jpeg, number=1, width=still.width, height=still.height, resolution=None)
        else:
            scanner = registry.open_scanner(args.device, demo=settings.demo)
            try:
                for page in scanner.scan(wanted, progress):
                    keep(f"page-{before + page.number:03}.png", page.png, number=page.number, width=page.width, height=page.height,
                         resolution=page.resolution)
            finally:
                scanner.close()
    except DeviceFault as e:
        fault = e.code
        _log.warning("scan: %s", e)
    except KeyboardInterrupt:
        fault = FaultCode.CANCELLED
    document: dict[str, Json] = {"device": args.device, "pages": pages, "fault": fault}
    lines = [str(page["file"]) for page in pages]
    if fault is None:
        return Outcome(document, lines)
    print(f"\n{say(fault)}。{remedy(fault)}", file=sys.stderr)
    # A jam is something found wrong with the paper; a device that is not there, or a scan given up, was not done.
    found = fault.partition(".")[0] in {"scanner", "camera"}
    return Outcome({**document, "told": say(fault), "do": remedy(fault)}, lines, FOUND if found else CANNOT)


add = _scan.add
