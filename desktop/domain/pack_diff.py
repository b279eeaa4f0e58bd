"""What one version of a pack changes against another, told as a change note: parts by what is printed, moved ones as moved.

Expressions and sources are put into words by pack_words and cel_words; which version holds is themes.py's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from desktop.domain import cel_words, pack_words
from desktop.domain.pack import Department, Material, Matter, ThemePack


@dataclass(frozen=True)
class Change:
    """One thing that differs between two packs."""

    path: str
    """`materials[mat_poa].when`: parts are named by id or key, not by place; `.position` = it stands elsewhere in its list."""
    before: str | None
    """None = new."""
    after: str | None
    """None = gone."""
    title: str
    """The change as a Chinese sentence: 字段“籍贯省市县”→“籍贯省市区”."""


def diff(a: ThemePack, b: ThemePack) -> tuple[Change, ...]:
    """What `b` changes against `a`, in the order of the pack."""
    return tuple(_differences(_Place(a, b), a.model_dump(mode="json"), b.model_dump(mode="json")))


def change_note(changes: Iterable[Change]) -> tuple[str, ...]:
    """The changes as sentences for those who work by the pack, without how screens lay things out and without notes about the document.

    A passage that is told as condition, material or fee already is not told again as a clause.
    """
    kept = [change for change in changes if not change.path.startswith(_OF_THE_MAKER) and not change.path.endswith(_OF_THE_SCREEN)]
    told = {(change.before, change.after) for change in kept if not change.path.startswith("clauses")}
    return tuple(dict.fromkeys(change.title for change in kept
                               if not (change.path.startswith("clauses") and (change.before, change.after) in told)))


_OF_THE_MAKER = ("contradictions", "missing_in_document", "icon", "home_place", "effective_to")
_OF_THE_SCREEN = (".width", ".help", ".row_heading", ".spoken", ".masked", ".codeset")
_PARTS = {
    "clauses": "条文", "departments": "部门", "people": "人", "aliases": "称呼", "matters": "事项", "conditions": "办理条件",
    "exclusions": "不予办理的情形", "questions": "问题", "materials": "材料", "slots": "要采集的", "sections": "表单部分", "fields": "字段",
    "deadlines": "期限", "switches": "县里可以放宽的", "services": "附带服务", "reductions": "减负数字", "papers": "文书",
    "delivery": "送达", "contradictions": "文件中的矛盾",
}
_KEYS = {
    "options": "方式", "version": "版本", "title": "标题", "short_title": "简称", "form_title": "表单标题", "effective_from": "施行日期",
    "effective_to": "停用日期", "case_letters": "办件编号字母", "icon": "图标", "home_place": "首页位置", "document": "文件",
    "number": "文号",
    "issuer": "发文机关", "basis": "依据", "attachment": "附件", "published": "发布日期", "trial_from": "试行日期",
    "formal_from": "正式实施日期", "region": "地区", "county": "县", "code": "代码", "limit": "承诺时限", "working_days": "工作日数",
    "excluded": "不计入时限的时间", "fee": "收费", "amount": "金额", "pledge": "承诺书", "applicant": "申报人", "name": "名称",
    "label": "名称", "text": "文字", "type": "类型", "required": "是否必填", "choices": "选项", "offered": "选项的条件",
    "codeset": "代码表", "editable_choice": "是否可填列表以外的", "sources": "来源", "checks": "校验", "used_by": "用到的事项",
    "show_when": "何时显示", "locked": "是否只由部门回传", "when": "何时", "clause": "依据", "clauses": "依据", "department": "办理部门",
    "prerequisites": "前置事项", "optional": "是否可选", "result": "办理结果", "delivery": "送达方式", "note": "说明",
    "ticked_as": "表单上的叫法", "branches": "分情形办理", "lead": "是否牵头", "lead_when": "何时牵头", "on_fail": "不符合时",
    "open_path": "可走的路", "reasons": "不符合的原因", "matters": "涉及的事项", "form": "形式", "copies": "份数", "handling": "退还或收取",
    "skip_when": "何时免交", "skip_reason": "免交原因", "slots": "要采集的页面", "proposed": "是否样式", "reason": "原因",
    "start": "起算日", "days": "天数", "months": "月数", "hours": "小时数", "first_day_counts": "首日是否计入",
    "rolls": "遇休息日是否顺延", "severity": "超过时", "help": "提示", "spoken": "屏幕上的叫法", "width": "宽度",
    "row_heading": "行标题", "masked": "是否遮盖", "slot": "影像", "ask": "何时问", "drops": "不再要求的前置",
    "waives": "不再要求的材料", "spares": "不再要求材料的事项", "before": "原来", "after": "现在", "kind": "种类",
    "greeting_fields": "开头就问的栏目", "resolution": "处理", "statements": "说法", "missing_in_document": "文件中没有的内容",
    "rating": "受理后是否请家属评价",
    "position": "位置", "or_chip": "刷卡是否可代替", "role": "谁的", "tag": "纸件", "doc_type": "纸件", "means": "各是谁",
    "photo": "照片规格", "persons": "照片人数",
}
_NAMES = frozenset({"label", "name", "text", "title"})
"""Keys that hold what a part is called in print."""
_EXPRESSIONS = frozenset({"when", "required", "show_when", "skip_when", "lead_when", "claims"})
_WORDS = {
    "True": "是", "False": "否", "yes": "必填", "no": "可空", "return": "核验退还", "keep": "收取", "refuse": "不予办理", "warn": "提醒",
    "correct": "请改正", "error": "不能受理", "warning": "提醒", "notice": "只告知", "greeting": "开头就问", "papers": "从纸件得到",
    "offer": "请家属评价", "on_request": "家属提出时才评",
}
_INSIDE = frozenset({"slots", "branches"})
"""Parts that are only understood together with what they belong to."""
_LONG = 36


@dataclass(frozen=True)
class _Place:
    """Where a difference was found, and how that place is called."""

    a: ThemePack
    b: ThemePack
    path: str = ""
    called: str = ""
    kind: str = ""
    """The list the nearest named part stands in."""
    key: str = ""

    def part(self, name: str, kind: str, part: Mapping[str, Any]) -> "_Place":
        called = f"{self.called if kind in _INSIDE else _PARTS.get(kind, kind)}{_quoted(_called(part))}"
        return _Place(self.a, self.b, f"{self.path}[{name}]", called, kind)

    def below(self, key: str) -> "_Place":
        word = _KEYS.get(key, key)
        return _Place(self.a, self.b, f"{self.path}.{key}" if self.path else key, f"{self.called}的{word}" if self.called else word,
                      self.kind, key)


def _differences(place: _Place, a: Any, b: Any) -> Iterator[Change]:
    if a == b:
        return
    if isinstance(a, list) and isinstance(b, list) and (named := _named(a)) is not None and (other := _named(b)) is not None:
        yield from _of_parts(place, named, other)
    elif isinstance(a, dict) and isinstance(b, dict):
        for key in (*a, *(key for key in b if key not in a)):
            yield from _differences(place.below(key), a.get(key), b.get(key))
    else:
        yield Change(place.path, _shown(a), _shown(b), _title(place, a, b))


def _of_parts(place: _Place, a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Change]:
    kind = place.key
    stayed = _longest_in_order([name for name in a if name in b], list(b))
    for name, part in a.items():
        here = place.part(name, kind, part)
        if name not in b:
            yield Change(here.path, _shown(part), None, f"{here.called}：取消")
        else:
            yield from _differences(here, part, b[name])
            if name not in stayed:
                before, after = _follows(a, name), _follows(b, name)
                yield Change(f"{here.path}.position", before, after, f"{here.called}：移到{after}")
    for name, part in b.items():
        if name not in a:
            here = place.part(name, kind, part)
            yield Change(here.path, None, _shown(part), f"{here.called}：新增")


def _longest_in_order(names: list[str], order: list[str]) -> set[str]:
    """The most names that can stay where they are; the fewest others are told as moved."""
    best: list[list[str]] = []
    for name in names:
        ahead = [run for run in best if order.index(run[-1]) < order.index(name)]
        best.append([*_longest(ahead), name])
    return set(_longest(best))


def _longest(runs: list[list[str]]) -> list[str]:
    longest: list[str] = []
    for run in runs:
        longest = run if len(run) > len(longest) else longest
    return longest


def _follows(parts: Mapping[str, Any], name: str) -> str:
    names = list(parts)
    place = names.index(name)
    return f"{_quoted(_called(parts[names[place - 1]]))}之后" if place else "最前"


def _title(place: _Place, a: Any, b: Any) -> str:
    if place.key in _NAMES and place.kind and a and b:
        rewritten = "改为" if len(a) > _LONG or len(b) > _LONG else "→"
        return f"{_PARTS.get(place.kind, place.kind)}{_quoted(a)}{rewritten}{_quoted(b)}"
    if isinstance(a, list) and isinstance(b, list) and a and b and all(isinstance(item, str) for item in (*a, *b)):
        gone, new = ([_word(pack, place.key, item) for item in items if item not in others]
                     for pack, items, others in ((place.a, a, b), (place.b, b, a)))
        changes = [f"{word}{'、'.join(map(_quoted, items))}" for word, items in (("增加", new), ("去掉", gone)) if items]
        return f"{place.called}：{'；'.join(changes) or '次序改变'}"
    before, after = _words(place.a, place.key, a), _words(place.b, place.key, b)
    if not after:
        return f"{place.called}：不再写明（原为{_quoted(before)}）"
    return f"{place.called}：{_quoted(before)}改为{_quoted(after)}" if before else f"{place.called}：{_quoted(after)}（原来没有）"


def _words(pack: ThemePack, key: str, value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_word(pack, key, item) if isinstance(item, str) else _shown(item) or "" for item in value)
    if isinstance(value, dict):
        return "；".join(f"{name}：{_word(pack, 'when', str(what))}" for name, what in value.items())
    return _word(pack, key, value if isinstance(value, str) else "" if value is None else str(value))


def _word(pack: ThemePack, key: str, value: str) -> str:
    """One value as people say it."""
    if key == "sources":
        return pack_words.source(pack, value)
    if key in _EXPRESSIONS and value not in {"", "yes", "no"}:
        return "总是" if value == "true" else cel_words.statement(pack, value)
    if key in {"clause", "clauses"}:
        return _cut(pack.clause_texts.get(value, value))
    if key == "greeting_fields":
        return pack_words.called(pack, value)
    parts: list[Matter | Material | Department] = [*pack.matters, *pack.materials, *pack.departments]
    return next((part.name for part in parts if part.id == value), _WORDS.get(value, value))


def _named(parts: list[Any]) -> dict[str, Any] | None:
    """Parts by what tells them apart: id, key, role, or the document of a delivery."""
    found: dict[str, Any] = {}
    for part in parts:
        if not isinstance(part, dict):
            return None
        name = ".".join(filter(None, (part.get("doc_type"), part.get("role"), part.get("tag")))) if "doc_type" in part else (
            part.get("id") or part.get("key") or part.get("role") or part.get("document"))
        if not name or name in found:
            return None
        found[name] = part
    return found


def _called(part: Mapping[str, Any]) -> str:
    """What a part is called in print."""
    return _cut(str(part.get("spoken") or part.get("label") or part.get("name") or part.get("text") or part.get("title")
                    or part.get("document") or part.get("resolution") or part.get("id")))


def _quoted(text: str) -> str:
    """In quotation marks; those inside become single ones."""
    return f"“{text.replace('“', '‘').replace('”', '’')}”"


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def _shown(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict):
        return str(value.get("label") or value.get("name") or value.get("text") or value.get("title") or value)
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
