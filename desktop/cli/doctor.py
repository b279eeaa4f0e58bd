"""`oncedesk doctor`: everything the window needs, looked at once; a line for each, and what to do about it."""

import argparse
import shutil
from collections.abc import Iterator

from desktop.cli import clock
from desktop.cli.at_work import anybody, at_work
from desktop.cli.commands import command
from desktop.cli.outcome import DONE, FOUND, Json, Outcome
from desktop.cli.themes import packs
from desktop.settings import Settings
from desktop.wording import remedy, say, word

ENOUGH_DISK = 2_000_000_000
"""Bytes: some weeks of evidence."""
CLOCK_SKEW = 120
"""Seconds the clocks of this machine and the province may differ."""


@command("doctor", "检查这台机器")
def _doctor(_: argparse.Namespace, settings: Settings) -> Outcome:
    """Look at everything the window needs, one line each; what cannot be looked at is a finding, not an end."""
    import platform

    from desktop.app import open_devices
    from desktop.recognition.engine import NoEngine
    from desktop.recognition.read import Recogniser

    found: list[dict[str, Json]] = []

    def look(name: str, ok: bool, told: str, what_to_do: str = "") -> None:
        found.append({"name": name, "ok": ok, "told": told, "do": "" if ok else what_to_do})

    look("machine", ok=True, told=f"{platform.system()} {platform.release()}, Python {platform.python_version()}")
    folder = next(path for path in (settings.home.resolve(), *settings.home.resolve().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    look("disk", free > ENOUGH_DISK, f"{free / 1e9:.1f} GB", remedy("doctor.disk"))
    shelf = packs(settings)
    look("themes", not shelf.broken and bool(shelf.in_force(clock.today())), f"{len(shelf.packs)} 个主题包，{len(shelf.broken)} 个有错",
         remedy("doctor.themes"))
    try:
        Recogniser().warm()
        look("recognition", ok=True, told="识别引擎可用")
    except NoEngine as e:
        look("recognition", ok=False, told=say(e.code), what_to_do=remedy(e.code))
    devices = open_devices(settings)
    try:
        for key, attached in devices.every.items():
            light = attached.light(now=True)
            told = say(light.fault) if light.fault else word("light", light.state) if light.address else "没有设置"
            look(key, light.state in {"ok", "absent"}, f"{told} {light.address}".rstrip(),
                 remedy(light.fault) if light.fault else "")
    finally:
        devices.close()
    for name, told in _machinery():
        look(name, ok=True, told=told)
    look(*_store(settings))
    look(*_platform(settings))
    lines = [f"{'好' if row['ok'] else '！'} {row['name']}: {row['told']} {row['do']}".rstrip() for row in found]
    return Outcome(found, lines, DONE if all(row["ok"] for row in found) else FOUND)


def _machinery() -> Iterator[tuple[str, str]]:
    """The system's own programs that devices lean on; a window may do without any of them."""
    from hardware import discovery

    for name, told in discovery.machinery().items():
        yield name, f"{told}" if told else "这台电脑上没有"


def _store(settings: Settings) -> tuple[str, bool, str, str]:
    from db.faults import StoreFault
    from db.keys import key_place

    if not settings.store_path.exists():
        return "store", True, "还没有数据", ""
    try:
        with at_work(settings) as place:
            rows = place.flows.search.cases(anybody(), limit=1)
    except StoreFault as e:
        return "store", False, say(e.code), remedy(e.code)
    kept = {"keyring": "密钥在系统钥匙串", "file": "密钥在数据文件夹"}[key_place(settings.home)]
    return "store", True, f"{'有办件' if rows else '没有办件'}，{kept}", ""


def _platform(settings: Settings) -> tuple[str, bool, str, str]:
    """Whether the province answers, and whether both clocks agree: papers carry the time."""
    from desktop.sync.platform_client import PlatformClient, PlatformError

    if not settings.platform_url:
        return "platform", True, say("platform.not_set_up"), ""
    client = PlatformClient(settings.platform_url, settings.terminal_id, settings.terminal_token)
    try:
        health = client.health()
    except PlatformError as e:
        return "platform", False, say(e.code), remedy(e.code)
    finally:
        client.close()
    skew = abs((health.time - clock.now()).total_seconds())
    return "platform", skew < CLOCK_SKEW, f"已连通，时钟相差 {skew:.0f} 秒", remedy("doctor.clock")


add = _doctor.add
