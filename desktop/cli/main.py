"""`oncedesk …` itself: the commands and their words; one command run, its outcome printed, its failure told."""

import argparse
import dataclasses
import io
import json
import logging
import os
import platform
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.cli import clock
from desktop.cli.at_work import anybody, ask_pin, at_work, signed_in
from desktop.cli.outcome import CANNOT, DONE, FOUND, CannotBeDone, Json, Outcome, plain
from desktop.settings import Settings, SettingsError, load_settings
from desktop.wording import fault_code, known, remedy, say, word

if TYPE_CHECKING:
    from desktop.domain.replay import TakenCase
    from desktop.domain.themes import ThemePack
    from desktop.recognition.read import Recogniser
    from desktop.recognition.reading import Code, DocType, Page
    from desktop.shelf import Packs

ROLES = ("clerk", "supervisor", "administrator")
ENOUGH_DISK = 2_000_000_000
"""Bytes: some weeks of evidence."""
CLOCK_SKEW = 120
"""Seconds the clocks of this machine and the province may differ."""

_log = logging.getLogger("desktop.cli")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):    # a redirected stream on Windows is not UTF-8; a window has none at all
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    args = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = load_settings(args.home, demo=args.demo, kiosk=args.kiosk, platform_url=args.platform)
        if args.command is None:
            return _open_window(settings)
        outcome: Outcome = args.run(args, settings)
    except (CannotBeDone, SettingsError) as e:
        print(e, file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        return CANNOT
    except Exception as e:  # noqa: BLE001 - the edge of the process: whatever went wrong leaves as a sentence and a status
        outcome = _failed(e)
    try:
        _print(outcome, as_json=args.json)
    except BrokenPipeError:     # the reader of a pipe has seen enough; without this the interpreter complains at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return outcome.status


def _print(outcome: Outcome, *, as_json: bool) -> None:
    if as_json and outcome.document is not None:
        print(json.dumps(plain(outcome.document), ensure_ascii=False, indent=2))
    elif not as_json:
        for line in outcome.lines:
            print(line)
    sys.stdout.flush()


def _failed(error: Exception) -> Outcome:
    """What is said of an exception. A device that answered, but lacks paper or a card, was found wrong; all else cannot be done."""
    code = fault_code(error)
    code = code if known(code) else "window.unexpected"      # libraries put codes of their own on their exceptions
    if code == "window.unexpected" and isinstance(error, OSError):
        print(f"{error.filename or ''}：读写文件出错（{error.strerror}）。请检查路径和权限。", file=sys.stderr)
        return Outcome(None, status=CANNOT)
    if code == "window.unexpected":
        # where, not what: the message of somebody else's exception may hold a name or a number
        _log.error("unexpected %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    params = {key: value for key, value in vars(error).items() if key in {"seconds", "year"}}
    print(f"{say(code, **params)}。{remedy(code, **params)}", file=sys.stderr)
    for problem in getattr(error, "problems", ()):
        print(say(problem.code, **problem.params), file=sys.stderr)
    if code.partition(".")[0] in {"printer", "reader", "camera", "scanner", "paper_printer"} or code == "print.maybe_printed":
        return Outcome({"fault": code, "told": say(code), "do": remedy(code)}, status=FOUND)
    if code.startswith("device."):
        return Outcome({"fault": code, "told": say(code), "do": remedy(code)}, status=CANNOT)
    return Outcome(None, status=CANNOT)


def _open_window(settings: Settings) -> int:
    from desktop.app import run_window

    return run_window(settings)


# --- theme packs: need no store ---------------------------------------------------------------------------------------


def _packs(settings: Settings) -> "Packs":
    from desktop.shelf import RESOURCES, read_packs

    return read_packs(RESOURCES / "themes", settings.packs, switches=settings.switches)


def _pack(settings: Settings, name: str, on: date | None = None) -> "ThemePack":
    """By id and version, by id the version in force on a day (today), or a file that is on no shelf yet."""
    from desktop.domain.themes import PackError
    from desktop.shelf import UnknownPack, read_pack

    if name.endswith(".toml"):
        try:
            return read_pack(Path(name))
        except PackError as e:
            raise CannotBeDone(str(e)) from e
    theme_id, _, version = name.partition("@")
    try:
        return _packs(settings).get(theme_id, version or None, None if version else on or clock.today())
    except UnknownPack as e:
        raise CannotBeDone(f"没有这个主题包：{e}。`oncedesk themes list` 列出现有的。") from e


def _themes_list(_: argparse.Namespace, settings: Settings) -> Outcome:
    packs = _packs(settings)
    current = {(pack.id, pack.version) for pack in packs.in_force(clock.today())}
    rows = [{"id": pack.id, "version": pack.version, "title": pack.title, "region": pack.region.code,
             "effective_from": pack.effective_from, "effective_to": pack.effective_to,
             "in_force": (pack.id, pack.version) in current} for pack in packs.packs]
    for error in packs.broken:
        print(error, file=sys.stderr)
    lines = [f"{'●' if row['in_force'] else '○'} {row['id']}@{row['version']}  {row['title']}"
             f"{'（县里的，代替自带的）' if packs.replaces(pack) else '（县里的）' if packs.origin(pack) == 'county' else ''}"
             for row, pack in zip(rows, packs.packs, strict=True)]
    return Outcome(rows, lines, FOUND if packs.broken else DONE)


def _themes_show(args: argparse.Namespace, settings: Settings) -> Outcome:
    pack = _pack(settings, args.theme)
    # `conditions` are the ones printed under that heading, in their order.
    document = plain(pack) | {"conditions": [plain(rule) for rule in pack.conditions if not rule.elsewhere],
                              "conditions_elsewhere": [plain(rule) for rule in pack.conditions if rule.elsewhere]}
    lines = [f"{pack.title}（{pack.id}@{pack.version}）", f"承诺 {pack.limit.working_days} 个工作日",
             *(f"事项 {matter.name}" for matter in pack.matters),
             *(f"材料 {material.name}" for material in pack.materials),
             *(f"字段 {section.title} / {field.label}" for section in pack.sections for field in section.fields)]
    return Outcome(document, lines)


def _themes_check(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.domain.themes import PackError
    from desktop.shelf import RESOURCES, read_codes, read_pack

    codes = read_codes(RESOURCES / "codes", settings.home / "codes")
    found: list[Json] = []
    paths = args.files
    if not paths:       # all there are; what lies in the wrong place or bears the wrong name is told beside them
        paths = sorted((*(RESOURCES / "themes").glob("*/*.toml"), *settings.packs.glob("[!.]*/*.toml")))
        read = {str(path) for path in paths}
        for error in _packs(settings).broken:
            if not {mistake.origin for mistake in error.mistakes} & read:
                found.append({"file": error.mistakes[0].origin, "ok": False, "mistakes": plain(error.mistakes)})
                print(error, file=sys.stderr)
    for path in paths:
        try:
            pack = read_pack(path, codes)
        except PackError as error:
            found.append({"file": str(path), "ok": False, "mistakes": plain(error.mistakes)})
            print(error, file=sys.stderr)
        else:
            found.append({"file": str(path), "ok": True, "id": pack.id, "version": pack.version, "mistakes": []})
    wrong = [row for row in found if not row["ok"]]
    return Outcome(found, [f"{'好' if row['ok'] else '有错'}  {row['file']}" for row in found], FOUND if wrong else DONE)


def _themes_diff(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.domain.themes import change_note, diff

    changes = diff(_pack(settings, args.old), _pack(settings, args.new))
    note = change_note(changes)
    unsaid = len(changes) - len(note)
    return Outcome(changes, [*note, *([f"另有 {unsaid} 处版面和说明上的改动，见 --json"] if unsaid else [])] or ["两版没有不同"])


def _themes_replay(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.domain.replay import replay
    from desktop.flows import replay as stored_cases
    from desktop.shelf import RESOURCES, read_calendar, read_codes

    old, new = _pack(settings, args.old), _pack(settings, args.new)
    calendar = read_calendar(RESOURCES / "calendar", settings.home / "calendar")
    codes = read_codes(RESOURCES / "codes", settings.home / "codes")
    station = {"region": settings.region}
    if args.cases:
        seen = [replay(old, new, case, calendar, codes, station) for case in _taken_cases(Path(args.cases), old)]
    else:
        with at_work(settings) as place:
            seen = [replay(old, new, case, calendar, codes, station) for case in stored_cases.stored(place.desk, old)]
    changed = [one for one in seen if one.effects]
    lines = [*(f"{one.name}  {effect.text}" for one in changed for effect in one.effects), f"{len(seen)} 件中 {len(changed)} 件会有变化"]
    return Outcome({"old": f"{old.id}@{old.version}", "new": f"{new.id}@{new.version}", "cases": seen, "changed": len(changed)}, lines)


def _taken_cases(path: Path, pack: "ThemePack") -> "list[TakenCase]":
    """Cases of a file: a JSON array or JSON lines of {case, on, answers, facts, slots, deselected, accepted_on}."""
    from desktop.domain.prefill import Answer, Fact, Source
    from desktop.domain.replay import TakenCase

    try:
        text = path.read_text("utf-8").strip()
        rows = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines() if line.strip()]
        return [TakenCase(
            name=str(row.get("case", number)), on=date.fromisoformat(row["on"]),
            facts=tuple(Fact(name=name, value=value) for name, value in row.get("facts", {}).items()),
            hand={key: Answer(key=key, value=_as_text(value), source=Source.HAND) for key, value in row.get("answers", {}).items()
                  if key in pack.by_key},
            slots=frozenset(row.get("slots", ())), deselected=frozenset(row.get("deselected", ())),
            accepted_on=date.fromisoformat(row["accepted_on"]) if row.get("accepted_on") else None)
            for number, row in enumerate(rows, 1)]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as e:
        raise CannotBeDone(f'{path}：应是办件的 JSON 数组，或每行一个 {{"case", "on", "answers", …}}（{e!r}）') from e


def _bench(args: argparse.Namespace, _: Settings) -> Outcome:
    from desktop.bench import BENCHES

    timings = BENCHES[args.name](args.seconds)
    rows = [{"name": one.name, "ms": round(one.ms, 3), "ms_p95": round(one.ms_p95, 3), "against": one.against,
             "against_ms": round(one.against_ms, 3), "ratio": round(one.ratio, 3), "target_ms": one.target_ms, "ok": one.ok,
             **one.detail} for one in timings]
    lines = [f"{'好' if one.ok else '慢'}  {one.name}：{one.ms:.2f} 毫秒（{one.against} {one.against_ms:.2f} 毫秒，{one.ratio:.2f} 倍）"
             for one in timings]
    return Outcome(rows, lines, DONE if all(one.ok for one in timings) else FOUND)


def _themes_schema(_: argparse.Namespace, __: Settings) -> Outcome:
    from desktop.domain.themes import json_schema

    schema = json_schema()
    return Outcome(schema, [json.dumps(schema, ensure_ascii=False, indent=2)])


def _themes_evaluate(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.flows.judge_family import document, judge, read_family
    from desktop.shelf import RESOURCES, read_calendar, read_codes

    pack = _pack(settings, args.theme, args.on)
    try:
        family = read_family(Path(args.answers).read_text("utf-8-sig"), pack)
    except (OSError, ValueError) as e:
        raise CannotBeDone(f"{args.answers}：{e}") from e
    calendar = read_calendar(RESOURCES / "calendar", settings.home / "calendar")
    codes = read_codes(RESOURCES / "codes", settings.home / "codes")
    found = judge(family, args.on, calendar, codes, {"region": settings.region})
    told = document(family, args.on, found)
    notice = told["notice"]
    lines = [f"条件：{ {'yes': '符合', 'no': '不符合', 'unknown': '还不能判断'}[found.eligibility]}",
             *(f"还要问：{label}" for label in found.unknown_until),
             *(f"不能一并办理 {left['name']}：{left['text']}{left['open_path']}" for left in told["left_out"]),
             *(f"可走的路：{path}" for path in found.open_paths),
             *(f"第 {plan['step']} 步 {plan['name']}（{plan['department']}）→ {plan['result']}"
               for plan in told["matters"] if plan["chosen"]),
             *(f"要交 {paper['name']}（{paper['form']} {paper['copies']}）{'、'.join(paper['pages'])}" for paper in notice["bring"]),
             *(f"不用交 {paper['name']}：{paper['reason']}" for paper in notice["spared"]),
             *(f"也许要交 {paper['name']}，要看{'、'.join(paper['until'])}" for paper in notice["perhaps"]),
             *(line for clock in told["clocks"] for line in _clock_lines(clock)),
             *(say(problem.code, **problem.params) for problem in found.problems)]
    return Outcome(told, lines, DONE if found.eligibility == "yes" else FOUND)


def _clock_lines(clock: Json) -> list[str]:
    due = clock["due"] or "还算不出最后一天"
    unsure = "（用到了尚未公布的年份）" if clock["provisional"] else ""
    days = clock["days"] if clock["kind"] == "promised" else ()      # all of them stand in the JSON
    return [f"期限 {clock['text']}：{due}{unsure}",
            *(f"    {day.day} {f'第 {day.number} 天' if day.counts else '不计'} {day.reason}" for day in days)]


def _as_text(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _whole_number(least: int, most: int) -> Callable[[str], int]:
    def checked(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"应是 {least} 到 {most} 的整数，不是 {text}")
        return int(text)

    return checked


def _benches() -> tuple[str, ...]:
    from desktop.bench import BENCHES

    return tuple(BENCHES)


# --- recognition and devices: need no store ---------------------------------------------------------------------------


def _read(args: argparse.Namespace, _: Settings) -> Outcome:
    from desktop.recognition.apart import ReadingProcess

    recogniser = ReadingProcess()
    rows = [_file_json(recogniser, name, args.as_type) for name in args.images]
    if recogniser.fault:
        print(say(recogniser.fault), file=sys.stderr)
    bad = recogniser.fault is not None or any("error" in row for row in rows)
    lines = [f"{row['file']}: " + "；".join(filter(None, ("、".join(page["doc_type"] for page in row.get("pages", ())), row.get("error"))))
             for row in rows]
    return Outcome(rows, lines, FOUND if bad else DONE)


def _file_json(recogniser: "Recogniser", name: str, wanted: "DocType | None") -> Json:
    """One file's row. Pages and codes of a PDF or of a TIFF with several pictures have `sheet` (from 1), a PDF's corners are in points.

    `error` beside `pages` says what lacks.
    """
    from desktop.recognition import decoding
    from desktop.recognition.reading import NotAPicture

    start = time.perf_counter()
    pages: list[Json] = []
    codes: list[Json] = []
    error: dict[str, str] = {}
    try:
        picture = decoding.file_bytes(Path(name))
        sheets = decoding.sheets(picture)
        for sheet in range(sheets):
            found = recogniser.read(picture, wanted, sheet=sheet)
            loose = recogniser.codes(picture, sheet=sheet) if all(page.doc_type == "other" for page in found) else ()   # a phone, perhaps
            on_pages = {(code.kind, code.text) for page in found for code in page.codes}
            where = {"sheet": sheet + 1} if decoding.is_pdf(picture) or sheets > 1 else {}
            pages += [where | _page_json(page) for page in found]
            codes += [where | _code_json(code) for code in loose if (code.kind, code.text) not in on_pages]
    except NotAPicture as e:
        error = {"error": f"{say(e.code)}。{remedy(e.code)}"}
        if not pages:
            return {"file": name, **error}
    if not pages and not codes:
        error = {"error": f"{say('picture.no_page')}。{remedy('picture.no_page')}"}
    return {"file": name, "pages": pages, "codes": codes, "ms": round((time.perf_counter() - start) * 1000), **error}


def _page_json(page: "Page") -> Json:
    return {"quad": [list(point) for point in page.quad], "doc_type": page.doc_type,
            "fields": {key: {"value": field.value, "confidence": round(field.confidence, 4), "box": list(field.box)}
                       for key, field in page.fields.items()},
            "codes": [_code_json(code) for code in page.codes], "quality": plain(page.quality), "ms": round(page.ms)}


def _code_json(code: "Code") -> Json:
    return {"kind": code.kind, "text": code.text, "quad": [list(point) for point in code.quad]}


def _idcard_read(args: argparse.Namespace, settings: Settings) -> Outcome:
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


def _devices_list(args: argparse.Namespace, settings: Settings) -> Outcome:
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


def _devices_test(args: argparse.Namespace, settings: Settings) -> Outcome:
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


def _devices_record(args: argparse.Namespace, settings: Settings) -> Outcome:
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


def _doctor(_: argparse.Namespace, settings: Settings) -> Outcome:
    """Look at everything the window needs, one line each; what cannot be looked at is a finding, not an end."""
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
    packs = _packs(settings)
    look("themes", not packs.broken and bool(packs.in_force(clock.today())), f"{len(packs.packs)} 个主题包，{len(packs.broken)} 个有错",
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


# --- what needs the store ---------------------------------------------------------------------------------------------


def _case_list(args: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        rows = place.flows.search.cases(anybody(), getattr(args, "text", ""), args.status or "", args.limit)
    return Outcome(rows, [f"{row.case_number or '（草稿）':<24} {row.title}  {row.theme}  {say('case_status.' + row.status)}  {row.note}"
                          for row in rows])


def _case_show(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.flows import export_case

    with at_work(settings) as place:
        session = anybody()
        if args.reveal:
            if not args.reason:
                raise CannotBeDone("看完整号码要写明原因：--reason")
            session = signed_in(place, args.login)
        document = export_case.shown(place.desk, session, args.case, reveal=args.reveal, reason=args.reason)
    return Outcome(document, [json.dumps(plain(document), ensure_ascii=False, indent=2)])


def _case_export(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.flows import export_case

    with at_work(settings) as place:
        session = signed_in(place, args.login)
        files = export_case.export(place.desk, session, args.case, Path(args.out), reason=args.reason)
    return Outcome({"files": files}, list(files))


def _sync_status(_: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        pill, rows = place.flows.follow.pill(), place.flows.follow.rows()
    document = {"waiting": pill.waiting, "refused": pill.refused, "last_sync": pill.last_sync, "rows": [
        {**plain(row), "error_text": say(row.error) if row.error else "", "remedy": remedy(row.error) if row.error else ""}
        for row in rows]}
    lines = [f"待推送 {pill.waiting}，被退回 {pill.refused}",
             *(f"{row.case_number} {row.state} {say(row.error) if row.error else ''}" for row in rows)]
    return Outcome(document, lines, FOUND if pill.refused else DONE)


def _sync_once(_: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.sync.platform_client import PlatformError

    with at_work(settings) as place:
        if place.sender is None or place.puller is None:
            raise CannotBeDone(say("platform.not_set_up"))
        place.desk.wake()
        done = place.sender.round()
        try:
            pulled = place.puller.pull()
        except PlatformError as e:
            raise CannotBeDone(f"{say(e.code)} {remedy(e.code)}") from e
        pill = place.flows.follow.pill()
    return Outcome({**plain(done), "pulled": pulled, "waiting": pill.waiting, "refused": pill.refused},
                   [f"发出 {done.sent}，收到进度 {pulled}，还有 {pill.waiting} 件待推送，{pill.refused} 件被退回"],
                   FOUND if pill.waiting or pill.refused else DONE)


def _sync_watch(args: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        if place.loop is None:
            raise CannotBeDone(say("platform.not_set_up"))
        place.loop.start()
        first = max(place.flows.follow.pill().waiting, 1)
        end = time.monotonic() + args.seconds if args.seconds else None
        while (pill := place.flows.follow.pill()).waiting and (end is None or time.monotonic() < end):
            done = round(20 * (first - pill.waiting) / first)
            print(f"\r[{'#' * done}{'.' * (20 - done)}] 待推送 {pill.waiting} ", end="", file=sys.stderr, flush=True)
            time.sleep(0.5)
        print(file=sys.stderr)
    return Outcome({"waiting": pill.waiting, "refused": pill.refused}, [f"待推送 {pill.waiting}，被退回 {pill.refused}"],
                   FOUND if pill.waiting or pill.refused else DONE)


def _day_close(args: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        session = signed_in(place, args.login)
        pin = ask_pin("ONCEDESK_REVIEWER_PIN", f"{args.reviewer} PIN: ")
        closed = place.flows.close_day.close(session, args.reviewer, pin, args.note, args.day)
    return Outcome(closed, [closed.xlsx, closed.pdf, closed.sealed])


def _day_export(args: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        made = place.flows.close_day.export(anybody(), Path(args.out), args.day)
    return Outcome(made, [made.xlsx, made.pdf, made.sealed])


def _day_verify(args: argparse.Namespace, _: Settings) -> Outcome:
    from desktop.papers.sealed_log import verify_sealed

    try:
        verdict = verify_sealed(Path(args.file).read_bytes())
    except OSError as e:
        raise CannotBeDone(f"{args.file}：{e.strerror}") from e
    line = "没有改动" if verdict.ok else say(verdict.reason, line=verdict.first_bad_line)
    return Outcome(verdict, [line], DONE if verdict.ok else FOUND)


def _backup_make(args: argparse.Namespace, settings: Settings) -> Outcome:
    from db import backup
    from desktop.flows import sign_in

    with at_work(settings) as place:
        session = signed_in(place, args.login)
        sign_in.require(session, "backup.make")
        report = backup.make(place.desk.store, Path(args.file), clock.now())
    return Outcome(report, [f"{report.path}：{report.cases} 件，{report.attachments} 个影像"], FOUND if report.missing else DONE)


def _backup_check(args: argparse.Namespace, settings: Settings) -> Outcome:
    from db import backup

    report = backup.check(_backup_file(args), _key(args, settings))
    return Outcome(report, [f"完好：{report.cases} 件，{report.attachments} 个影像"], FOUND if report.missing else DONE)


def _backup_restore(args: argparse.Namespace, settings: Settings) -> Outcome:
    from db import backup
    from db.keys import install_key, key_place, load_or_create_key

    key = _key(args, settings)
    if key_place(settings.home) != "none" and load_or_create_key(settings.home, settings.keyring) != key:
        raise CannotBeDone(f"{settings.home} 里已有另一把密钥，恢复后会打不开：请恢复到空的文件夹")
    report = backup.restore(_backup_file(args), key, settings.home)
    install_key(settings.home, key, use_keyring=settings.keyring)
    return Outcome(report, [f"已恢复到 {settings.home}：{report.cases} 件"])


def _backup_file(args: argparse.Namespace) -> Path:
    path = Path(args.file)
    if not path.is_file():
        raise CannotBeDone(f"没有这个备份文件：{path}")
    return path


def _key(args: argparse.Namespace, settings: Settings) -> bytes:
    """The key of this home's store, or one kept elsewhere (64 hexadecimal characters in a file). Never makes one."""
    from db.keys import key_place, load_or_create_key

    if not args.key_file:
        if key_place(settings.home) == "none":
            raise CannotBeDone(f"{settings.home} 里没有密钥：加上 --key-file 文件")
        return load_or_create_key(settings.home, settings.keyring)
    try:
        key = bytes.fromhex(Path(args.key_file).read_text("ascii").strip())
    except (OSError, ValueError) as e:
        raise CannotBeDone(f"{args.key_file}：应是 64 个十六进制字符") from e
    if len(key) != 32:
        raise CannotBeDone(f"{args.key_file}：应是 64 个十六进制字符")
    return key


def _users_add(args: argparse.Namespace, settings: Settings) -> Outcome:
    """The one command that may begin a home: its first user is the administrator."""
    from desktop.app import open_workplace
    from desktop.flows.sign_in import SHORTEST_PIN, SignInRefused

    pin = ask_pin("ONCEDESK_NEW_PIN", f"{args.user} 的新 PIN: ")
    if len(pin) < SHORTEST_PIN:
        raise SignInRefused("sign_in.pin_too_short")     # the flow says so too, but by then an empty home would hold a store
    with open_workplace(settings, clock.now) as place:
        by = signed_in(place, args.login) if place.flows.sign_in.users() else None
        added = place.flows.sign_in.add_user(by, args.user, args.name, args.role, pin)
    return Outcome(added, [f"{added.login} {added.name} {added.role}"])


def _users_list(_: argparse.Namespace, settings: Settings) -> Outcome:
    with at_work(settings) as place:
        users = place.flows.sign_in.users()
    return Outcome([{"login": login, "name": name} for login, name in users], [f"{login} {name}" for login, name in users])


def _calendar_import(args: argparse.Namespace, settings: Settings) -> Outcome:
    """Imports the year, then counts open due dates anew; a store that is in use stops it before anything is written."""
    from desktop.domain.calendar_table import CalendarRefused
    from desktop.flows.import_calendar import import_calendar
    from desktop.flows.recount import Recounted, recount
    from desktop.shelf import RESOURCES, read_calendar

    moved: tuple[Recounted, ...] = ()
    shipped, county = RESOURCES / "calendar", settings.home / "calendar"
    try:
        if not settings.store_path.exists():
            done = import_calendar(args.file, args.year, args.source, shipped, county)
        else:
            with at_work(settings) as place:
                done = import_calendar(args.file, args.year, args.source, shipped, county)
                moved = recount(dataclasses.replace(place.desk, calendar=read_calendar(shipped, county)))
    except CalendarRefused as e:
        raise CannotBeDone("\n".join(f"{args.file}{f':{line}' if line else ''}：{what}" for line, what in e.mistakes)) from e
    lines = [f"{done.year} 年已按《{done.source}》写入 {done.file}：放假 {done.holidays} 天，调休上班 {done.workdays} 天",
             f"与原来不同的日子：{'、'.join(map(str, done.changed)) or '无'}",
             *(f"{case.case_number}：办结期限原暂定 {case.was}，现为 {case.due}" for case in moved)]
    return Outcome({**plain(done), "recounted": moved}, lines)


def _print_test(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.papers.receipt import test_slip
    from hardware import registry

    printer = registry.open_printer(args.printer, demo=settings.demo)
    try:
        printer.print(test_slip(settings.hall, settings.window, clock.now()))
        scarce = printer.status().paper_near_end
    finally:
        printer.close()
    if scarce:
        print(f"{say('printer.paper_near_end')}。{remedy('printer.paper_near_end')}", file=sys.stderr)
    warning = "printer.paper_near_end" if scarce else None
    return Outcome({"printed": True, "printer": args.printer, "warning": warning}, ["打印机说：已打印"])


def _print_reprint(args: argparse.Namespace, settings: Settings) -> Outcome:
    """Whoever asks for a reprint has looked at the paper: it is not asked whether the last try may be out."""
    from desktop.flows import export_case

    settings = dataclasses.replace(settings, printer=args.printer or settings.printer)
    with at_work(settings) as place:
        session = signed_in(place, args.login)
        view = place.flows.print_papers.receipt(session, export_case.uuid_of(place.desk, args.case), sure=True)
    copy = view.printing("receipt").copies
    return Outcome({"printed": True, "case": args.case, "copy": copy}, [f"打印机说：已打印（第 {copy} 份）"])


def _print_paper(args: argparse.Namespace, settings: Settings) -> Outcome:
    """Every paper of a case, or one kind of it, to the system's queue."""
    from desktop.flows import export_case
    from desktop.flows.print_papers import NoSuchPaper

    if args.printer:
        settings = dataclasses.replace(settings, paper_printer=args.printer, paper_printers={})
    done: list[Json] = []
    with at_work(settings) as place:
        session = signed_in(place, args.login)
        case = export_case.uuid_of(place.desk, args.case)
        kinds = [args.kind] if args.kind else [one.kind for one in place.flows.fill.open(session, case).prints if one.path]
        if not kinds:
            raise NoSuchPaper
        for kind in kinds:
            view = place.flows.print_papers.paper(session, case, kind, sure=args.again)
            paper = view.printing(kind)
            done.append({"kind": kind, "title": Path(paper.path).stem, "copy": paper.copies})
    return Outcome({"handed_over": done, "case": args.case}, [f"已交给打印机：{one['title']}" for one in done])


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


# --- the commands -----------------------------------------------------------------------------------------------------


def _common() -> argparse.ArgumentParser:
    """What may stand before or after a command's name. Made anew for each parser: argparse shares a parent's actions."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--home", type=Path, default=argparse.SUPPRESS, help="数据文件夹")
    common.add_argument("--demo", action="store_true", default=argparse.SUPPRESS, help="演示模式：模拟设备，单独的数据")
    common.add_argument("--platform", default=argparse.SUPPRESS, metavar="URL", help="省平台地址")
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="在标准输出上给出一个 JSON 文档")
    return common


def _doc_type(text: str) -> str:
    from desktop.recognition.reading import DOC_TYPES

    if text not in DOC_TYPES:
        raise argparse.ArgumentTypeError(f"{text}: one of {', '.join(DOC_TYPES)}")
    return text


def _case_status(text: str) -> str:
    from desktop.domain.case import CaseStatus

    if text not in set(CaseStatus):
        raise argparse.ArgumentTypeError(f"{text}: one of {', '.join(CaseStatus)}")
    return text


def parser() -> argparse.ArgumentParser:
    """All that may be said to `oncedesk`."""
    whole = argparse.ArgumentParser(prog="oncedesk", description="一次办窗口终端", parents=[_common()])
    whole.add_argument("--kiosk", action="store_true", help="全屏")
    whole.set_defaults(home=None, demo=False, platform=None, json=False, command=None)
    top = whole.add_subparsers(dest="command", metavar="COMMAND")

    def group(name: str, told: str) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
        return top.add_parser(name, help=told, parents=[_common()]).add_subparsers(dest="action", required=True)

    def add(where: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: Any, told: str) -> argparse.ArgumentParser:
        sub = where.add_parser(name, help=told, parents=[_common()])
        sub.set_defaults(run=run)
        return sub

    themes = group("themes", "主题包")
    add(themes, "list", _themes_list, "列出")
    add(themes, "show", _themes_show, "内容").add_argument("theme", metavar="ID[@VERSION]")
    add(themes, "check", _themes_check, "检查文件").add_argument("files", nargs="*", type=Path)
    two = add(themes, "diff", _themes_diff, "两版之间改了什么")
    two.add_argument("old")
    two.add_argument("new")
    dry = add(themes, "replay", _themes_replay, "换用新版后，已收的办件会有什么变化（只看不改）")
    dry.add_argument("old", metavar="OLD")
    dry.add_argument("new", metavar="NEW")
    dry.add_argument("--cases", metavar="FILE", help='办件文件：JSON 数组或每行一个 {"case": "编号", "on": "受理日", 其余同 evaluate 的 '
                                                     "--answers}；不写就看本机存的办件")
    add(themes, "schema", _themes_schema, "JSON Schema")
    evaluated = add(themes, "evaluate", _themes_evaluate, "按一组答案判断")
    evaluated.add_argument("theme", metavar="ID[@VERSION]")
    evaluated.add_argument("--answers", required=True, metavar="FILE",
                           help='JSON：{"字段或问题的 key": "值"}；或 {"answers": {…}, "facts": {"chip:mother.name": "…"}, '
                                '"slots": ["页面"], "deselected": ["不办的事项 id"], "confirmed": ["key"], "accepted_on": "受理日", '
                                '"pauses": [{"start": "…", "end": "…", "reason": "…"}], "switches": ["id"]}；各部分都可省。'
                                "key、选项和 id 见 themes show --json")
    evaluated.add_argument("--on", type=date.fromisoformat, default=clock.today(), metavar="DATE", help="哪一天来办；按这一天选版本")

    bench = add(top, "bench", _bench, "测速，与另一种做法在同一次运行中比较")
    bench.add_argument("name", choices=_benches())
    bench.add_argument("--seconds", type=float, default=2.0, help="每一项大约测多久；frames 另外总要跑满一百万条")

    read = add(top, "read", _read, "识别图片或 PDF")
    read.add_argument("images", nargs="+", metavar="IMAGE")
    read.add_argument("--as", dest="as_type", type=_doc_type, metavar="TYPE")

    devices = group("devices", "设备")
    add(devices, "list", _devices_list, "列出设好的和找到的").add_argument(
        "--search", dest="seconds", type=float, default=0, metavar="SECONDS", help="也到网上找扫描仪，最多找这么久")
    add(devices, "test", _devices_test, "测试").add_argument("name")
    record = add(devices, "record", _devices_record, "录下一次读卡或按键的线路，给写驱动和测试用（不含个人信息）")
    record.add_argument("name", help="reader、rating，或它们的地址")
    record.add_argument("--out", required=True, type=Path, metavar="FILE")
    record.add_argument("--seconds", type=float, default=10.0, help="最多等多久")
    add(top, "doctor", _doctor, "检查这台机器")
    card = add(group("idcard", "身份证"), "read", _idcard_read, "读一张卡")
    card.add_argument("--port", required=True)
    card.add_argument("--photo", metavar="OUT", help="把照片写到文件；没有配置厂家解码库，或文件名以 .wlt 结尾时，写卡内原始数据")
    card.add_argument("--newest", action="store_true", help="同时读追加住址（newest_address）和旧号码（old_number）")
    card.add_argument("--timeout", type=float, default=10.0)

    scan = add(top, "scan", _scan, "扫描：每页一个文件（Ctrl+C 停下，扫好的页都在）")
    scan.add_argument("--device", required=True, metavar="NAME", help="sane:test:0、sane:（只有一台时）、wia:名称、uvc:名称 …")
    scan.add_argument("--out", required=True, type=Path, metavar="DIR")
    scan.add_argument("--source", default="", help="feeder、flatbed 或扫描仪自己的叫法；不写就用进纸器，没有才用平板")
    scan.add_argument("--resolution", type=_whole_number(1, 4800), default=300, metavar="DPI")
    scan.add_argument("--mode", choices=("color", "gray"), default="color")
    scan.add_argument("--pages", type=_whole_number(0, 10_000), default=0, metavar="N", help="最多几页；0 是全部")
    scan.add_argument("--duplex", action="store_true", help="双面")

    printing = group("print", "打印")
    add(printing, "test", _print_test, "测试页").add_argument("--printer", required=True, metavar="ADDRESS")
    again = add(printing, "reprint", _print_reprint, "补打回执")
    again.add_argument("case")
    again.add_argument("--printer", metavar="ADDRESS")
    again.add_argument("--as", dest="login")
    paper = add(printing, "paper", _print_paper, "打印文书（A4）")
    paper.add_argument("case")
    paper.add_argument("--kind", choices=("acceptance_notice", "unified_form", "correction_notice"))
    paper.add_argument("--printer", metavar="ADDRESS")
    paper.add_argument("--again", action="store_true", help="上次可能已打出一部分，看过了，再打一份")
    paper.add_argument("--as", dest="login")

    cases = group("case", "办件")
    for name, told in (("list", "列出"), ("search", "查找")):
        listing = add(cases, name, _case_list, told)
        if name == "search":
            listing.add_argument("text")
        listing.add_argument("--status", type=_case_status)
        listing.add_argument("--limit", type=int, default=200)
    show = add(cases, "show", _case_show, "一件")
    show.add_argument("case")
    show.add_argument("--reveal", action="store_true")
    show.add_argument("--reason", default="")
    show.add_argument("--as", dest="login")
    out = add(cases, "export", _case_export, "导出一件")
    out.add_argument("case")
    out.add_argument("--out", required=True)
    out.add_argument("--reason", required=True)
    out.add_argument("--as", dest="login")

    sync = group("sync", "推送")
    add(sync, "status", _sync_status, "队列")
    add(sync, "once", _sync_once, "推送一轮")
    add(sync, "watch", _sync_watch, "推送到空").add_argument("--seconds", type=float, default=0, help="最多等多久")

    day = group("day", "日终")
    close = add(day, "close", _day_close, "结清")
    close.add_argument("--as", dest="login", required=True)
    close.add_argument("--reviewer", required=True)
    close.add_argument("--note", default="")
    close.add_argument("--day", type=date.fromisoformat)
    export = add(day, "export", _day_export, "导出")
    export.add_argument("--out", required=True)
    export.add_argument("--day", type=date.fromisoformat)
    add(day, "verify", _day_verify, "核验封存日志").add_argument("file")

    kept = group("backup", "备份")
    make = add(kept, "make", _backup_make, "备份")
    make.add_argument("file")
    make.add_argument("--as", dest="login", required=True)
    for name, run, told in (("check", _backup_check, "检查"), ("restore", _backup_restore, "恢复")):
        sub = add(kept, name, run, told)
        sub.add_argument("file")
        sub.add_argument("--key-file")

    year = add(group("calendar", "工作日历"), "import", _calendar_import, "导入一年的放假安排")
    year.add_argument("file", type=Path, metavar="FILE", help="CSV：day,kind,name，kind 为 holiday 或 workday")
    year.add_argument("--year", type=int, required=True)
    year.add_argument("--source", required=True, help="依据的通知")

    users = group("users", "人员")
    user = add(users, "add", _users_add, "添加")
    user.add_argument("user", metavar="LOGIN")
    user.add_argument("--name", required=True)
    user.add_argument("--role", choices=ROLES, default="clerk")
    user.add_argument("--as", dest="login")
    add(users, "list", _users_list, "列出")
    return whole
