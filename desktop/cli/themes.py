"""`oncedesk themes …`: what the theme packs hold, whether they are right, and what they decide. Only replay may need the store."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli import clock
from desktop.cli.at_work import at_work
from desktop.cli.commands import argument, command, group
from desktop.cli.outcome import DONE, FOUND, CannotBeDone, Json, Outcome, plain
from desktop.settings import Settings
from desktop.wording import say

if TYPE_CHECKING:
    from desktop.domain.replay import TakenCase
    from desktop.domain.themes import ThemePack
    from desktop.shelf import Packs


def packs(settings: Settings) -> "Packs":
    """All that ship and all of the county's."""
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
        return packs(settings).get(theme_id, version or None, None if version else on or clock.today())
    except UnknownPack as e:
        raise CannotBeDone(f"没有这个主题包：{e}。`oncedesk themes list` 列出现有的。") from e


@command("list", "列出")
def _list(_: argparse.Namespace, settings: Settings) -> Outcome:
    shelf = packs(settings)
    current = {(pack.id, pack.version) for pack in shelf.in_force(clock.today())}
    rows = [{"id": pack.id, "version": pack.version, "title": pack.title, "region": pack.region.code,
             "effective_from": pack.effective_from, "effective_to": pack.effective_to,
             "in_force": (pack.id, pack.version) in current} for pack in shelf.packs]
    for error in shelf.broken:
        print(error, file=sys.stderr)
    lines = [f"{'●' if row['in_force'] else '○'} {row['id']}@{row['version']}  {row['title']}"
             f"{'（县里的，代替自带的）' if shelf.replaces(pack) else '（县里的）' if shelf.origin(pack) == 'county' else ''}"
             for row, pack in zip(rows, shelf.packs, strict=True)]
    return Outcome(rows, lines, FOUND if shelf.broken else DONE)


@command("show", "内容", argument("theme", metavar="ID[@VERSION]"))
def _show(args: argparse.Namespace, settings: Settings) -> Outcome:
    pack = _pack(settings, args.theme)
    # `conditions` are the ones printed under that heading, in their order.
    document = plain(pack) | {"conditions": [plain(rule) for rule in pack.conditions if not rule.elsewhere],
                              "conditions_elsewhere": [plain(rule) for rule in pack.conditions if rule.elsewhere]}
    lines = [f"{pack.title}（{pack.id}@{pack.version}）", f"承诺 {pack.limit.working_days} 个工作日",
             *(f"事项 {matter.name}" for matter in pack.matters),
             *(f"材料 {material.name}" for material in pack.materials),
             *(f"字段 {section.title} / {field.label}" for section in pack.sections for field in section.fields)]
    return Outcome(document, lines)


@command("check", "检查文件", argument("files", nargs="*", type=Path))
def _check(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.domain.themes import PackError
    from desktop.shelf import RESOURCES, read_codes, read_pack

    codes = read_codes(RESOURCES / "codes", settings.home / "codes")
    found: list[Json] = []
    paths = args.files
    if not paths:       # all there are; what lies in the wrong place or bears the wrong name is told beside them
        paths = sorted((*(RESOURCES / "themes").glob("*/*.toml"), *settings.packs.glob("[!.]*/*.toml")))
        read = {str(path) for path in paths}
        for error in packs(settings).broken:
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


@command("diff", "两版之间改了什么", argument("old"), argument("new"))
def _diff(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.domain.themes import change_note, diff

    changes = diff(_pack(settings, args.old), _pack(settings, args.new))
    note = change_note(changes)
    unsaid = len(changes) - len(note)
    return Outcome(changes, [*note, *([f"另有 {unsaid} 处版面和说明上的改动，见 --json"] if unsaid else [])] or ["两版没有不同"])


@command("replay", "换用新版后，已收的办件会有什么变化（只看不改）",
         argument("old", metavar="OLD"),
         argument("new", metavar="NEW"),
         argument("--cases", metavar="FILE", help='办件文件：JSON 数组或每行一个 {"case": "编号", "on": "受理日", 其余同 evaluate 的 '
                                                  "--answers}；不写就看本机存的办件"))
def _replay(args: argparse.Namespace, settings: Settings) -> Outcome:
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


def _as_text(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


@command("schema", "JSON Schema")
def _schema(_: argparse.Namespace, __: Settings) -> Outcome:
    from desktop.domain.themes import json_schema

    schema = json_schema()
    return Outcome(schema, [json.dumps(schema, ensure_ascii=False, indent=2)])


@command("evaluate", "按一组答案判断",
         argument("theme", metavar="ID[@VERSION]"),
         argument("--answers", required=True, metavar="FILE",
                  help='JSON：{"字段或问题的 key": "值"}；或 {"answers": {…}, "facts": {"chip:mother.name": "…"}, '
                       '"slots": ["页面"], "deselected": ["不办的事项 id"], "confirmed": ["key"], "accepted_on": "受理日", '
                       '"pauses": [{"start": "…", "end": "…", "reason": "…"}], "switches": ["id"]}；各部分都可省。'
                       "key、选项和 id 见 themes show --json"),
         argument("--on", type=date.fromisoformat, metavar="DATE", help="哪一天来办；按这一天选版本"))
def _evaluate(args: argparse.Namespace, settings: Settings) -> Outcome:
    from desktop.flows.judge_family import document, judge, read_family
    from desktop.shelf import RESOURCES, read_calendar, read_codes

    on = args.on or clock.today()
    pack = _pack(settings, args.theme, on)
    try:
        family = read_family(Path(args.answers).read_text("utf-8-sig"), pack)
    except (OSError, ValueError) as e:
        raise CannotBeDone(f"{args.answers}：{e}") from e
    calendar = read_calendar(RESOURCES / "calendar", settings.home / "calendar")
    codes = read_codes(RESOURCES / "codes", settings.home / "codes")
    found = judge(family, on, calendar, codes, {"region": settings.region})
    told = document(family, on, found)
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
             *(line for limit in told["clocks"] for line in _clock_lines(limit)),
             *(say(problem.code, **problem.params) for problem in found.problems)]
    return Outcome(told, lines, DONE if found.eligibility == "yes" else FOUND)


def _clock_lines(limit: Json) -> list[str]:
    due = limit["due"] or "还算不出最后一天"
    unsure = "（用到了尚未公布的年份）" if limit["provisional"] else ""
    days = limit["days"] if limit["kind"] == "promised" else ()      # all of them stand in the JSON
    return [f"期限 {limit['text']}：{due}{unsure}",
            *(f"    {day.day} {f'第 {day.number} 天' if day.counts else '不计'} {day.reason}" for day in days)]


add = group("themes", "主题包", _list, _show, _check, _diff, _replay, _schema, _evaluate)
