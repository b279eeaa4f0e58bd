"""`oncedesk devices …`: which devices are set up and attached, whether one works, and its wire on record."""

import argparse
import sys
import time
from pathlib import Path

from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import DONE, FOUND, CannotBeDone, Outcome, plain
from desktop.settings import Settings
from desktop.wording import remedy, say


@command("list", "列出设好的和找到的",
         argument("--search", dest="seconds", type=float, default=0, metavar="SECONDS", help="也到网上找扫描仪，最多找这么久"))
def _list(args: argparse.Namespace, settings: Settings) -> Outcome:
    """What is set up, each asked now; then what else is attached. What cannot be used says why."""
    from desktop.app import open_devices
    from hardware import discovery

    configured = open_devices(settings)
    try:
        lights = [light for light in configured.lights(now=True) if light.address]
    finally:
        configured.close()
    seen = {light.address.partition("?")[0] for light in lights}
    found = discovery.search(args.seconds) if args.seconds else discovery.look()
    others = [one for one in found if one.address.partition("?")[0] not in seen]
    rows = [*({**plain(light), "set_up": True, "kinds": [light.kind], "reason": None} for light in lights),
            *({"kind": next(iter(one.kinds), None), "name": one.name, "address": one.address, "state": "fault" if one.reason else "found",
               "fault": None, "simulated": False, "set_up": False, "kinds": one.kinds, "reason": one.reason or None} for one in others)]
    lines = [*(f"{light.name}  {light.address}  {say(light.fault) if light.fault else '正常'}" for light in lights),
             *(f"未使用  {one.name}  {one.address}  {say(one.reason, maker=one.maker) if one.reason else '可以选用'}" for one in others)]
    return Outcome(rows, lines or ["没有找到设备。在 settings.toml 里写上 reader、camera、printer 的地址。"])


@command("test", "测试", argument("name"))
def _test(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.app import open_devices
    from desktop.flows.devices import NAMES

    configured = open_devices(settings)
    try:
        named = [one for one in configured.every.values() if args.name in {one.key, one.address, NAMES[one.kind]}]
        if not named:
            raise CannotBeDone(f"没有叫“{args.name}”的设备：{'、'.join(configured.every)}，或它们的地址")
        light = named[0].light(now=True)
    finally:
        configured.close()
    if light.state == "absent":
        raise CannotBeDone(f"{light.name}还没有设置地址")
    lines = [f"{light.name} {light.address}: " + (f"{say(light.fault)}。{remedy(light.fault)}" if light.fault else "正常")]
    return Outcome(light, lines, FOUND if light.fault else DONE)


@command("record", "录下一次读卡或按键的线路，给写驱动和测试用（不含个人信息）",
         argument("name", help="reader、rating，或它们的地址"),
         argument("--out", required=True, type=Path, metavar="FILE"),
         argument("--seconds", type=float, default=10.0, help="最多等多久"))
def _record(args: argparse.Namespace, settings: Settings) -> Outcome:
    """One read of a card, or the keys pressed meanwhile, as the wire carried them. People are taken out before anything is written."""
    from hardware import registry
    from hardware.faults import DeviceFault, FaultCode
    from hardware.transports import recorded

    address = settings.devices.get(args.name, args.name)
    rating = args.name == "rating" or address.startswith("serial-rating:")
    if not rating and not registry.knows("reader", address):
        raise CannotBeDone(f"只能录读卡器（reader）和评价器（rating）的线路，“{args.name}”不是，或者还没有设置地址")
    if args.out.exists():
        raise CannotBeDone(f"{args.out} 已经有了；录制不覆盖旧文件，请换一个名字")
    fault: FaultCode | None = None
    try:
        if rating:
            line = registry.record_keypad(address, args.out, settings.demo)
            try:
                print(f"请把每个键从“非常满意”到“非常不满意”各按一次，{args.seconds:g} 秒后结束", file=sys.stderr)
                until = time.monotonic() + args.seconds
                while (left := until - time.monotonic()) > 0:
                    line.read(256, left)
            finally:
                line.close()
        else:
            reader = registry.record_reader(address, args.out, settings.demo)
            try:
                print("请放一张测试卡", file=sys.stderr)
                reader.serial_number()
                reader.read(args.seconds)
            finally:
                reader.close()
    except DeviceFault as e:
        if not args.out.exists():
            raise
        fault = e.code      # what went wrong is on the recording, which is often what it is made for
        print(f"{say(fault)}。{remedy(fault)}", file=sys.stderr)
    what, pieces = recorded.load(args.out)
    document = {"file": str(args.out), "recording": what, "pieces": len(pieces), "fault": fault}
    return Outcome(document, [f"{args.out}：{what}，{len(pieces)} 段"], FOUND if fault or not pieces else DONE)


add = group("devices", "设备", _list, _test, _record)
