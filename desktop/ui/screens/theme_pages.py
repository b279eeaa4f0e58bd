"""The pages of the theme browser: each makes the widgets that show one side of a PackView. They only lay out."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.flows.theme_views import BrokenFile, GraphMatter, MaterialRow, PackView, RuleRow
from desktop.ui.look import Look
from desktop.ui.widgets.cards import Well
from desktop.ui.widgets.chips import Chip, Tone
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.matrix import Matrix
from desktop.ui.widgets.matter_graph import MatterGraph, words_of
from desktop.ui.widgets.text import Text, rule

Page = Callable[[Look, PackView, QVBoxLayout], None]
PROPOSED = "样式"
"""The mark of what the document names without printing it."""
_MATERIAL = (10, 4, 8, 3)
_FIELD = (4, 5, 6)
"""Shares of the width."""
_KINDS: dict[str, tuple[str, Tone]] = {
    "new": ("新增", "ok"), "gone": ("取消", "danger"), "changed": ("改动", "info"), "moved": ("移动", "neutral")}


class Sideways(QScrollArea):
    """Something that may be wider than the page: it scrolls to the side and is as high as it needs."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = inner
        self.setWidget(inner)
        inner.setObjectName("inner")
        inner.installEventFilter(self)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._inner and event.type() in {QEvent.Type.Resize, QEvent.Type.LayoutRequest}:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        self.setFixedHeight(self._inner.minimumHeight() + self.horizontalScrollBar().sizeHint().height())


# --- parts --------------------------------------------------------------------------------------------------------------------

def _heading(look: Look, body: QVBoxLayout, text: str, *chips: Chip) -> None:
    row = QHBoxLayout()
    look.lay(row, gap="sm")
    row.addWidget(Text(text, "h3"))
    for chip in chips:
        row.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
    row.addStretch(1)
    if body.count():
        body.addSpacing(look.space("sm"))
    body.addLayout(row)


def _line(look: Look, body: QVBoxLayout, *texts: Text, chips: Iterable[Chip] = ()) -> None:
    """Texts one under the other, behind chips if there are any."""
    box = QWidget()
    row = QHBoxLayout(box)
    look.lay(row, ("", "sm", "", "sm"), "md")
    for chip in chips:
        row.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    look.lay(words, gap="xs")
    for text in texts:
        if text.text():
            words.addWidget(text)
        else:
            text.deleteLater()
    row.addLayout(words, 1)
    body.addWidget(box)


def _row(look: Look, body: QVBoxLayout, shares: tuple[int, ...], *cells: QWidget) -> None:
    """Cells side by side in fixed shares of the width. (One grid of many wrapped labels does not get the height it needs.)"""
    box = QWidget()
    row = QHBoxLayout(box)
    look.lay(row, ("", "xs", "", "xs"), "lg")
    for cell, share in zip(cells, shares, strict=True):
        row.addWidget(cell, share, Qt.AlignmentFlag.AlignTop)
    body.addWidget(box)


def _quoted(look: Look, clause: str) -> Well:
    """A passage of the document, word for word, on a sunken ground."""
    well = Well(look, "md", "xs")
    well.body.addWidget(Text("条文", "caption"))
    well.body.addWidget(Text(clause, "muted", wrap=True))
    return well


def _proposed(look: Look, reason: str) -> Well:
    """What the document does not print, and why it is here all the same."""
    well = Well(look, "md", "xs")
    row = QHBoxLayout()
    look.lay(row, gap="md")
    row.addWidget(Chip(look, PROPOSED, "warn", "alert-triangle"), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(Text(reason, "", wrap=True), 1)
    well.body.addLayout(row)
    return well


# --- pages --------------------------------------------------------------------------------------------------------------------

def conditions(look: Look, view: PackView, body: QVBoxLayout) -> None:
    """办理条件: what must hold, what must not, what is asked."""
    for word, exclusion in (("办理条件", False), ("不适用的情形", True)):
        rules = [one for one in view.conditions if one.exclusion is exclusion]
        if rules:
            _heading(look, body, word, Chip(look, str(len(rules))))
        for number, one in enumerate(rules, 1):
            if number > 1:
                body.addWidget(rule())
            _rule(look, body, number, one)
    if view.questions:
        _heading(look, body, "开头要问的", Chip(look, str(len(view.questions))))
        for question in view.questions:
            sources = f"有证件时自动得出：{'；'.join(question.sources)}" if question.sources else ""
            _line(look, body, Text(question.label, "strong", wrap=True), Text(question.takes, "muted", wrap=True),
                  Text(question.when and f"只在{question.when}时问", "caption", wrap=True), Text(sources, "caption", wrap=True))


def _rule(look: Look, body: QVBoxLayout, number: int, one: RuleRow) -> None:
    decided = Text(f"怎样判断：{one.decided}", "muted", wrap=True)
    decided.setToolTip(one.expression)
    path = f"不符合时还可以：{one.open_path}" if not one.exclusion else f"属于时还可以：{one.open_path}"
    _line(look, body, Text(one.text, "strong", wrap=True), decided, Text(one.on_fail, "", "warn", wrap=True),
          Text(path if one.open_path else "", "", wrap=True), chips=[Chip(look, str(number), "danger" if one.exclusion else "primary")])
    if one.clause and one.clause != one.text:
        body.addWidget(_quoted(look, one.clause))


def materials(look: Look, view: PackView, body: QVBoxLayout) -> None:
    """材料: each with form, copies, when it is asked for; then which matter uses it."""
    _heading(look, body, "一套材料", Chip(look, str(len(view.materials))))
    _row(look, body, _MATERIAL, *(Text(word, "caption", wrap=True) for word in ("材料", "形式和份数", "什么时候要", "怎样收")))
    for material in view.materials:
        body.addWidget(rule())
        _material(look, body, material)
    _heading(look, body, "材料与事项对照")
    body.addWidget(Text("圆点表示这个事项要用这份材料；同一份材料只收一次。", "caption", wrap=True))
    names = tuple(matter.name for matter in view.matters)
    body.addWidget(Sideways(Matrix(look, names, tuple((one.name, one.used_by) for one in view.materials))))


def _material(look: Look, body: QVBoxLayout, material: MaterialRow) -> None:
    named = QWidget()
    words = QVBoxLayout(named)
    look.lay(words, gap="xs")
    words.addWidget(Text(material.name, "strong", wrap=True))
    if material.proposed:
        words.addWidget(_proposed(look, material.reason))
    between = "\n" if any(page.endswith("时）") for page in material.pages) else "、"
    pages = f"要放到高拍仪下的：{between.strip('、')}{between.join(material.pages)}" if material.pages else ""
    for text in (material.note, pages):
        if text:
            words.addWidget(Text(text, "caption", wrap=True))
    when = material.when or "都要"
    if material.skipped:
        when += f"\n不用收：{material.skipped}"
    cells = [Text(text, "", wrap=True) for text in (f"{material.form}\n{material.copies}", when, material.handling)]
    for cell in cells:
        cell.setToolTip(material.clause)
    _row(look, body, _MATERIAL, named, *cells)


def form(look: Look, view: PackView, body: QVBoxLayout) -> None:
    """表单: sections and blanks as printed, with where each value comes from."""
    _heading(look, body, view.form_title, *([Chip(look, PROPOSED, "warn")] if view.form_proposed else []))
    if view.form_proposed:
        body.addWidget(_proposed(look, view.form_proposed))
    for section in view.sections:
        _heading(look, body, section.title, Chip(look, f"{len(section.fields)} 项"))
        _row(look, body, _FIELD, *(Text(word, "caption", wrap=True) for word in ("栏目", "填什么", "从哪里来（从强到弱）")))
        for field in section.fields:
            body.addWidget(rule())
            label = f"{field.heading}：{field.label}" if field.heading else field.label
            takes = "\n".join(filter(None, (field.takes, field.required if field.required != "必填" else "", field.note)))
            _row(look, body, _FIELD, *(Text(text, role, wrap=True) for text, role in (
                (label, "strong"), (takes, "muted"), ("\n".join(field.sources) or "窗口填写", "muted"))))
    if view.pledge:
        _heading(look, body, "申请人承诺")
        body.addWidget(Text(view.pledge, "", wrap=True))


def matters(look: Look, view: PackView, body: QVBoxLayout) -> None:
    """事项: the graph, the chosen matter, the same in sentences, what a county may switch."""
    _heading(look, body, "事项与先后", Chip(look, f"{len(view.matters)} 项"))
    hint = "箭头从先办的指向后办的。方向键或点一下看一项。"
    if any(matter.optional for matter in view.matters):
        hint += "虚线框是可选的事项。"
    if any(matter.loosened for matter in view.matters):
        hint += "虚线箭头是县里可以放开的先后。"
    body.addWidget(Text(hint, "caption", wrap=True))
    graph = MatterGraph(look, view.matters)
    graph.setObjectName("matter-graph")
    body.addWidget(Sideways(graph))
    chosen = _Chosen(look, view.matters)
    graph.chosen.connect(chosen.show_matter)
    body.addWidget(chosen)
    graph.choose(view.matters[0].matter_id)
    _heading(look, body, "用文字说")
    for sentence in words_of({matter.matter_id: matter for matter in view.matters}):
        body.addWidget(Text(f"{sentence}。", "muted", wrap=True))
    if view.switches:
        _heading(look, body, "县里可以另行决定")
        for switch in view.switches:
            _line(look, body, Text(switch.text, "strong", wrap=True), Text(switch.effect, "", wrap=True),
                  Text(f"依据：{switch.reason}" if switch.reason else "", "caption", wrap=True))
    if view.services:
        _heading(look, body, "随事项提供的服务")
        for service in view.services:
            _line(look, body, Text(service, "", wrap=True))


class _Chosen(Well):
    """What the graph's chosen matter is."""

    def __init__(self, look: Look, all_matters: tuple[GraphMatter, ...]) -> None:
        super().__init__(look, "lg", "xs")
        self._matters = {matter.matter_id: matter for matter in all_matters}
        self._name = Text("", "strong", wrap=True)
        self._more = Text("", "", wrap=True)
        self._clause = Text("", "muted", wrap=True)
        for text in (self._name, self._more, self._clause):
            self.body.addWidget(text)

    def show_matter(self, matter_id: str) -> None:
        """Name, department, limit, result, prerequisites, branches and the passage."""
        matter = self._matters[matter_id]
        waits = "、".join(self._matters[wanted].name for wanted in matter.prerequisites)
        self._name.setText(f"{matter.name}（{matter.department}）")
        self._more.setText("\n".join(filter(None, (
            f"办理时限：{matter.limit}" if matter.limit else "", f"结果：{matter.result}" if matter.result else "",
            f"要等：{waits}" if waits else "可以马上办", "家庭可以不办这一项" if matter.optional else "", *matter.detail))))
        self._clause.setText(f"条文：{matter.clause}" if matter.clause else "")
        self._clause.setVisible(bool(matter.clause))
        self.setAccessibleName(f"{self._name.text()} {self._more.text()}")


def clocks(look: Look, view: PackView, body: QVBoxLayout) -> None:
    """期限: the promise and what does not count, the statutory clocks, what the document says is spared, the fee."""
    _heading(look, body, "承诺办结时限")
    excluded = f"不计入的时间：{'；'.join(view.excluded)}" if view.excluded else "文件没有写明哪些时间不计入。"
    _line(look, body, Text(view.limit, "h2", wrap=True), Text(excluded, "", wrap=True),
          Text("自受理的下一个工作日起算；休息日受理的，视为下一个工作日受理。", "caption", wrap=True))
    if view.clocks:
        _heading(look, body, "法定和文件规定的期限", Chip(look, str(len(view.clocks))))
    for number, clock in enumerate(view.clocks):
        if number:
            body.addWidget(rule())
        _line(look, body, Text(clock.text, "strong", wrap=True), Text(clock.counted, "", wrap=True),
              Text(f"条文：{clock.clause}" if clock.clause not in {"", clock.text} else "", "muted", wrap=True))
    if view.reductions:
        _heading(look, body, "文件说的减负")
        for reduction in view.reductions:
            _line(look, body, Text(reduction, "", wrap=True))
    _heading(look, body, "收费")
    _line(look, body, Text(view.fee, "", wrap=True))


def clauses(look: Look, view: PackView, body: QVBoxLayout) -> None:
    """条文: the document, its passages word for word, what contradicts, what is not in it."""
    _heading(look, body, "依据的文件")
    for what, value in view.document:
        _row(look, body, (1, 6), Text(what, "label", wrap=True), Text(value, "", wrap=True))
    _heading(look, body, "逐字条文", Chip(look, str(len(view.clauses))))
    for number, clause in enumerate(view.clauses):
        if number:
            body.addWidget(rule())
        used = f"用于：{clause.cited_by}" if clause.cited_by else ""
        _line(look, body, Text(clause.text, "", wrap=True), Text(used, "caption", wrap=True))
    if view.contradictions:
        _heading(look, body, "文件里互相矛盾或没有说清的地方", Chip(look, str(len(view.contradictions))))
    for one in view.contradictions:
        well = Well(look, "md", "xs")
        for statement in one.statements:
            well.body.addWidget(Text(f"“{statement}”", "muted", wrap=True))
        well.body.addWidget(Text(f"窗口这样办：{one.resolution}", "", wrap=True))
        body.addWidget(well)
    if view.missing:
        _heading(look, body, "文件中没有的内容", Chip(look, str(len(view.missing))))
        for missing in view.missing:
            _line(look, body, Text(missing, "", wrap=True))


def changes(look: Look, view: PackView, body: QVBoxLayout) -> None:
    """与旧版的不同: what this version changes against the one before."""
    if not view.before:
        body.addWidget(EmptyState(look, "history", "没有更早的版本", "同一主题有了更早或更新的版本，这里会逐条列出不同。"))
        return
    _heading(look, body, f"与 {view.before} 版相比", Chip(look, f"{len(view.changes)} 处"))
    for number, change in enumerate(view.changes):
        if number:
            body.addWidget(rule())
        _line(look, body, Text(change.sentence, "", wrap=True), chips=[Chip(look, *_KINDS[change.kind])])


PAGES: tuple[tuple[str, Page], ...] = (("办理条件", conditions), ("材料", materials), ("表单", form), ("事项", matters), ("期限", clocks),
                                       ("条文", clauses), ("与旧版的不同", changes))
"""The tabs from left to right."""


def broken(look: Look, file: BrokenFile, body: QVBoxLayout) -> None:
    """A file that cannot be used: what holds instead, and every mistake with its place."""
    well = Well(look, "md", "xs")
    well.body.addWidget(Text(file.standing, "strong", wrap=True))
    well.body.addWidget(Text("改好以后点“重新读取”，不用重新打开程序。", "caption", wrap=True))
    body.addWidget(well)
    _heading(look, body, "错在哪里", Chip(look, f"{len(file.mistakes)} 处", "danger"))
    for number, mistake in enumerate(file.mistakes):
        if number:
            body.addWidget(rule())
        wanted = mistake.expected if mistake.expected.startswith("这里") else f"应当是：{mistake.expected}"
        place = "，".join(filter(None, (f"第 {mistake.line} 行" if mistake.line else "", mistake.path)))
        _line(look, body, Text(place, "strong", wrap=True), Text(wanted, "", wrap=True))
