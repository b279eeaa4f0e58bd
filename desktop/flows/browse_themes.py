"""The theme browser: which packs there are, what one version says, what it changes; and reading the folder again."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from db import journal
from desktop.domain import matters, mistake_words, pack_words, themes
from desktop.domain.cel_words import statement
from desktop.domain.themes import Field, Material, Matter, PackError, Question, Rule, Switch, ThemePack
from desktop.flows.desk import Desk
from desktop.flows.greet import on_home
from desktop.flows.sign_in import require
from desktop.flows.theme_views import (
    BrokenFile,
    ChangeRow,
    ClauseRow,
    ClockRow,
    ContradictionRow,
    FieldRow,
    FormSection,
    GraphMatter,
    MaterialRow,
    MistakeRow,
    PackList,
    PackView,
    QuestionRow,
    RuleRow,
    SwitchRow,
    VersionRow,
    VersionState,
)
from desktop.flows.views import Session

_HANDLING = {"keep": "收取", "return": "核验退还"}
_KINDS = {"visits": "跑动次数", "papers": "材料", "steps": "环节", "working_days": "工作日"}


class BrowseThemes:
    """Read packs; nothing of a pack is changed here."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def packs(self) -> PackList:
        """Every version and every broken file, as they were last read."""
        shelf, here = self._desk.packs, self._desk.settings.region
        newest_first = sorted(shelf.packs, key=lambda pack: pack.effective_from, reverse=True)
        order = on_home(newest_first, here)
        return PackList(tuple(self._row(pack) for pack in order), tuple(map(self._broken, shelf.broken)),
                        str(self._desk.settings.packs))

    def reread(self, session: Session) -> PackList:
        """Read both folders again; NotAllowed for a role that may not. Cases stay on the versions they are pinned to."""
        require(self._desk, session, "themes.reread")
        self._desk.packs.reread()
        found = self.packs()
        with self._desk.store.transaction() as tx:
            journal.append(tx, self._desk.clock(), session.user_id, "themes.reread", None,
                           {"versions": str(len(found.versions)), "broken": str(len(found.broken))})
        return found

    def pack(self, theme_id: str, version: str) -> PackView:
        """One version, whole. Raises UnknownPack."""
        pack = self._desk.packs.get(theme_id, version)
        earlier = max((other for other in self._desk.packs.packs
                       if other.id == pack.id and other.effective_from < pack.effective_from),
                      key=lambda other: other.effective_from, default=None)
        return view_of(pack, self._row(pack), earlier, self._desk.packs.file_of(pack).name)

    def _row(self, pack: ThemePack) -> VersionRow:
        return VersionRow(
            theme_id=pack.id, version=pack.version, short_title=pack.short_title, region=pack.region.name, icon=pack.icon,
            effective=pack_words.effective(pack), days=_days(pack),
            state=_state(self._desk.packs.in_force(self._desk.today()), pack, self._desk.today()),
            added=self._desk.settings.packs in self._desk.packs.file_of(pack).parents)

    def _broken(self, error: PackError) -> BrokenFile:
        path = Path(error.mistakes[0].origin)
        mistakes = tuple(MistakeRow(one.line, one.path, mistake_words.said(one.expected)) for one in error.mistakes)
        return BrokenFile(f"{path.parent.name}/{path.name}", mistakes, self._standing(path))

    def _standing(self, path: Path) -> str:
        shelf = self._desk.packs
        if held := shelf.held_by(path):
            return f"上一次读取时没有错的内容（{held.short_title} {held.version} 版）继续有效。"
        stands = next((pack for pack in shelf.in_force(self._desk.today()) if pack.id == path.parent.name), None)
        if stands:
            return f"这个文件没有启用，{stands.short_title} {stands.version} 版继续有效。"
        return "这个文件没有启用，也没有别的版本可以代替；改好之前不能按它受理。"


def _days(pack: ThemePack) -> str:
    return f"{pack.effective_from} 起" if pack.effective_to is None else f"{pack.effective_from} 至 {pack.effective_to}"


def _state(in_force: tuple[ThemePack, ...], pack: ThemePack, today: date) -> VersionState:
    if any((held.id, held.version) == (pack.id, pack.version) for held in in_force):
        return "in_force"
    return "coming" if pack.effective_from > today else "earlier"


def view_of(pack: ThemePack, row: VersionRow, earlier: ThemePack | None, file: str) -> PackView:
    """A pack in words."""
    clauses = pack.clause_texts
    form = next((paper for paper in pack.papers if paper.kind == "form" and paper.proposed), None)
    rules = [*((rule, False) for rule in pack.conditions), *((rule, True) for rule in pack.exclusions)]
    return PackView(
        row=row, title=pack.title, document=tuple(_document(pack, file)),
        conditions=tuple(_rule(pack, rule, exclusion) for rule, exclusion in rules),
        questions=tuple(_question(pack, question) for question in pack.questions if question.ask == "greeting"),
        materials=tuple(_material(pack, material) for material in pack.materials),
        form_title=pack.form_title, form_proposed=(form.reason or "文件点名但没有印发表样") if form else "",
        sections=tuple(FormSection(section.title, tuple(_field(pack, field) for field in section.fields)) for section in pack.sections),
        pledge=pack.pledge.text if pack.pledge else "", matters=_graph(pack),
        services=tuple(service.name + (f"：{service.text}" if service.text else "") for service in pack.services),
        switches=tuple(_switch(pack, switch) for switch in pack.switches),
        limit=pack.limit.text, excluded=pack.limit.excluded,
        clocks=tuple(ClockRow(one.text, pack_words.clock(pack, one), clauses.get(one.clause, "")) for one in pack.deadlines),
        fee=pack.fee.text,
        reductions=tuple(f"{one.text}（{_KINDS[one.kind]} {one.before} 减到 {one.after}）" for one in pack.reductions),
        clauses=tuple(ClauseRow(clause.id, clause.text, "、".join(_citing(pack, clause.id))) for clause in pack.clauses),
        contradictions=tuple(ContradictionRow(one.statements, one.resolution) for one in pack.contradictions),
        missing=pack.missing_in_document, before=earlier.version if earlier else "",
        changes=tuple(_changes(earlier, pack)) if earlier else ())


def _document(pack: ThemePack, file: str) -> Iterator[tuple[str, str]]:
    document = pack.document
    rows = (("文件", document.title), ("文号", document.number), ("发文机关", document.issuer), ("依据", document.basis),
            ("附件", document.attachment), ("印发日期", pack_words.day(document.published) if document.published else ""),
            ("试行", f"{pack_words.day(document.trial_from)}起" if document.trial_from else ""),
            ("正式实施", f"{pack_words.day(document.formal_from)}起" if document.formal_from else ""),
            ("窗口按它办", pack_words.effective(pack)), ("适用", f"{pack.region.name}，由{pack.county.name}实施"), ("收费", pack.fee.text),
            ("规则文件", f"{pack.id}/{file}"))
    return ((what, value) for what, value in rows if value)


def _rule(pack: ThemePack, rule: Rule, exclusion: bool) -> RuleRow:
    return RuleRow(text=rule.text, exclusion=exclusion, decided=statement(pack, rule.when), expression=rule.when,
                   clause=pack.clause_texts.get(rule.clause, ""), open_path=rule.open_path, on_fail=pack_words.on_fail(pack, rule))


def _question(pack: ThemePack, question: Question) -> QuestionRow:
    return QuestionRow(label=question.label, takes=_takes(question), when=pack_words.asked_when(pack, question.when),
                       sources=tuple(pack_words.source(pack, source) for source in question.sources))


def _takes(entry: Field | Question) -> str:
    kind = pack_words.TYPES[entry.type]
    if entry.choices:
        return f"{kind}：{'、'.join(entry.choices)}" + ("，可另填" if getattr(entry, "editable_choice", False) else "")
    return kind


def _material(pack: ThemePack, material: Material) -> MaterialRow:
    skipped = material.skip_reason or (pack_words.asked_when(pack, material.skip_when) if material.skip_when else "")
    pages = tuple(slot.label + (f"（{pack_words.asked_when(pack, slot.when)}时）" if slot.when != "true" else "")
                  for slot in material.slots)
    return MaterialRow(
        name=material.name, form=material.form, copies=material.copies, handling=_HANDLING[material.handling], note=material.note,
        when=pack_words.asked_when(pack, material.when), skipped=skipped, pages=pages,
        used_by=tuple(matter.id in material.used_by for matter in pack.matters),
        clause=pack.clause_texts.get(material.clause, ""), proposed=material.proposed, reason=material.reason)


def _field(pack: ThemePack, field: Field) -> FieldRow:
    notes = [field.help, "由部门推送，窗口不填" if field.locked else "",
             f"只在{statement(pack, field.show_when)}时显示" if field.show_when != "true" else ""]
    return FieldRow(label=field.label, takes=_takes(field), required=pack_words.required(pack, field),
                    sources=tuple(pack_words.source(pack, source) for source in field.sources),
                    note="；".join(filter(None, notes)), heading=field.row_heading)


def _graph(pack: ThemePack) -> tuple[GraphMatter, ...]:
    departments = {department.id: department for department in pack.departments}
    steps = {matter_id: number for number, step in enumerate(matters.order(pack.matters)) for matter_id in step}
    drops = {drop for switch in pack.switches for drop in switch.drops}
    return tuple(GraphMatter(
        matter_id=matter.id, name=matter.name, department=departments[matter.department].name, lead=departments[matter.department].lead,
        step=steps[matter.id], prerequisites=matter.prerequisites,
        loosened=tuple(wanted for wanted in matter.prerequisites if (matter.id, wanted) in drops), optional=matter.optional,
        limit=matter.limit or (f"{matter.working_days}个工作日" if matter.working_days else ""), result=matter.result,
        detail=tuple(_detail(pack, matter)), clause=pack.clause_texts.get(matter.clause or "", "")) for matter in pack.matters)


def _detail(pack: ThemePack, matter: Matter) -> Iterator[str]:
    names = {department.id: department for department in pack.departments}
    for branch in matter.branches:
        yield f"{statement(pack, branch.when)}时由{names[branch.department].name}办理，结果是{branch.result}"
    lead_when = names[matter.department].lead_when
    if lead_when:
        yield f"{names[matter.department].name}在{statement(pack, lead_when)}时牵头"
    if matter.delivery:
        yield f"送达：{'、'.join(matter.delivery)}"
    if matter.note:
        yield matter.note


def _switch(pack: ThemePack, switch: Switch) -> SwitchRow:
    names = {matter.id: matter.name for matter in pack.matters}
    papers = {material.id: material.name for material in pack.materials}
    effects = [f"“{names.get(one, one)}”不再等“{names.get(wanted, wanted)}”" for one, wanted in switch.drops]
    effects += [f"不再收“{papers.get(one, one)}”" for one in switch.waives]
    return SwitchRow(switch.text, "；".join(effects), switch.reason)


def _citing(pack: ThemePack, clause_id: str) -> Iterator[str]:
    """Which parts of the pack lean on a passage."""
    counted = (("办理条件", pack.conditions), ("不适用情形", pack.exclusions), ("开头的问题", pack.questions), ("法定期限", pack.deadlines))
    for word, parts in counted:
        if any(part.clause == clause_id for part in parts):
            yield word
    yield from (f"材料“{material.name}”" for material in pack.materials if material.clause == clause_id)
    yield from (f"事项“{matter.name}”" for matter in pack.matters if matter.clause == clause_id)
    if pack.limit.clause == clause_id:
        yield "承诺时限"
    if pack.fee.clause == clause_id:
        yield "收费"
    if pack.pledge and pack.pledge.clause == clause_id:
        yield "承诺"
    if any(clause_id in one.clauses for one in pack.contradictions):
        yield "矛盾处理"


def _changes(earlier: ThemePack, pack: ThemePack) -> Iterator[ChangeRow]:
    """The change note, each sentence with what kind of change it tells of."""
    found = themes.diff(earlier, pack)
    by_title = {change.title: change for change in reversed(found)}
    for title in themes.change_note(found):
        change = by_title[title]
        moved = change.path.endswith(".position")
        yield ChangeRow("moved" if moved else "new" if change.before is None else "gone" if change.after is None else "changed", title)
