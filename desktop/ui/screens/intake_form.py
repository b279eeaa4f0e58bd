"""Step 3, the one form: every section and blank as the case says, the paper beside the field, and the way to what is missing."""

from collections import deque
from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.problem import Problem
from desktop.flows.views import CaseView, Contradiction, FieldView, SectionView
from desktop.ui.look import Look
from desktop.ui.screens.intake_case import OpenCase
from desktop.ui.screens.intake_pictures import Pages
from desktop.ui.screens.intake_step import Step, grid
from desktop.ui.widgets.buttons import Button, keyed
from desktop.ui.widgets.cards import TitledCard, clear
from desktop.ui.widgets.chips import Chip, Tone
from desktop.ui.widgets.cutout import PaperView
from desktop.ui.widgets.field_row import BADGES, FieldRow
from desktop.ui.widgets.picture import Pixels
from desktop.ui.widgets.problem_list import ProblemList
from desktop.ui.widgets.text import Elided, Text
from desktop.ui.widgets.two_sides import TwoSides

_NOT_ON_FORM = "表上没有这一项，但两份材料应当一致。对照原件，确有出入的请申请人说明。"


class FormStep(Step):
    """The whole form on one page."""

    name = "form"
    title = "填表"

    finished = Signal()
    """Enter in the last field."""

    def __init__(self, case: OpenCase, look: Look, pages: Pages) -> None:
        super().__init__(case, look)
        self._rows: dict[str, FieldRow] = {}
        self._fields: dict[str, FieldView] = {}
        self._apart: dict[str, Contradiction] = {}
        self._sections: dict[str, FormSection] = {}
        self._unbuilt: deque[tuple[FormSection, FieldView]] = deque()
        self._shape: tuple[object, ...] = ()
        self._here = ""
        """The field the clerk is at, or the contradiction that no field takes."""
        self.hint.set("Enter 下一项，Shift+Enter 上一项", "neutral")
        self.hint.show()

        self._jumps = QHBoxLayout()
        look.lay(self._jumps, gap="xs")
        bar = QWidget()
        bar.setLayout(self._jumps)
        self.above(bar)

        self.panel = PaperPanel(look, pages)
        self.panel.confirmed.connect(self._confirm)
        self.panel.chosen.connect(self._choose)
        self.panel.jumped.connect(self._jump_to)
        self.side(self.panel)
        for keys, action in (("Ctrl+K", self._confirm_here), ("Ctrl+J", self._jump_on), ("Ctrl+1", partial(self.panel.take, 0)),
                             ("Ctrl+2", partial(self.panel.take, 1))):
            QShortcut(QKeySequence(keys), self, action, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # -- showing ----------------------------------------------------------------------------------------------------

    def show_case(self, view: CaseView) -> None:
        for _ in self._pieces(view, ahead=False):
            pass

    def show_by_and_by(self, view: CaseView) -> Iterator[None]:
        return self._pieces(view, ahead=True)

    def _pieces(self, view: CaseView, *, ahead: bool) -> Iterator[None]:
        # The same key may be another blank in another theme.
        sections = ((section.section_id, *(field.key for field in section.fields)) for section in view.sections)
        shape = (view.theme_id, view.theme_version, *sections)
        if shape != self._shape:
            self._begin(view)
            self._shape = shape
        fresh = ahead and bool(self._unbuilt)
        while self._unbuilt:
            row = self._build(*self._unbuilt.popleft())
            yield
            if ahead:
                row.grab()      # drawn once unseen: styles and the shapes of its characters are ready when the step comes to the front
                yield
        self._fields = {field.key: field for section in view.sections for field in section.fields}
        for section in view.sections:
            shown = self._sections[section.section_id]
            shown.show_section(section, self.case)
            yield
            if fresh:
                shown.grab()    # and laid out
                yield
        self._apart = {one.key: one for one in view.contradictions}
        looks = sum(field.needs_look and field.visible for field in self._fields.values()) + len(self._apart)
        self.count.set(f"{looks} 项请核对" if looks else f"{view.fields_filled} / {view.fields_total} 项",
                              "warn" if looks else "neutral")
        self.count.show()
        self.panel.show_problems(view)
        if self._here:
            self._show_here()
        yield

    def _begin(self, view: CaseView) -> None:
        """Another form: its parts, still without their rows."""
        for section in self._sections.values():
            section.jump.deleteLater()
        clear(self._jumps)
        clear(self.content)
        self._rows, self._sections = {}, {}
        self._unbuilt.clear()
        for view_section in view.sections:
            section = FormSection(self.look, view_section)
            self._sections[view_section.section_id] = section
            self.content.addWidget(section)
            section.jump.clicked.connect(partial(self._to_section, view_section.section_id))
            self._jumps.addWidget(section.jump)
            self._unbuilt += [(section, field) for field in view_section.fields]
        self._jumps.addStretch(1)
        self.content.addStretch(1)

    def _build(self, section: "FormSection", field: FieldView) -> FieldRow:
        row = self._rows[field.key] = section.add(field)
        row.typed.connect(self.case.type)
        row.chosen.connect(self.case.answer)
        row.entered.connect(self._entered)
        row.left.connect(self._left)
        row.moved.connect(self._move)
        row.undone.connect(self.case.undo)
        return row

    # -- moving -----------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        first = next((key for key, field in self._fields.items() if self._rows[key].writable and
                      (field.needs_look or any(problem.severity == "error" for problem in field.problems))), None)
        self.go_to(self._here or first or next((key for key, row in self._rows.items() if row.writable), ""))

    def go_to(self, key: str) -> None:
        row = self._rows.get(key)
        if row is not None:
            row.focus()
            self._entered(key)      # Qt says so by itself only in the active window
        elif key in self._apart:
            self._here = key
            self._show_here()
            self.panel.focus()

    def nag(self) -> None:
        """Mark every forgotten field."""
        for row in self._rows.values():
            row.nag()

    def forget(self) -> None:
        """Another case: start at its first wish, with nothing of the last one on the panel."""
        self._here = ""
        for row in self._rows.values():
            row.forget()
        self.panel.forget()

    def _to_section(self, section_id: str) -> None:
        section = self._sections[section_id]
        self.area.verticalScrollBar().setValue(section.y())
        row = next((row for row in section.rows if row.writable), None)
        if row is not None:
            self.go_to(row.key)

    def _entered(self, key: str) -> None:
        self._here = key
        self.bring_into_view(self._rows[key])
        self._show_here()

    def _show_here(self) -> None:
        if self._here in self._apart:
            self.panel.show_contradiction(self._apart[self._here])
        else:
            self.panel.show_field(self._fields.get(self._here))

    def _left(self, key: str) -> None:
        if not self.case.is_open:       # parked in the meantime; what was typed went out with it
            return
        self._rows[key].nag()
        self.case.flush()
        self._rows[key].show_field(self._fields[key], held=self.case.holds(key))

    def _move(self, key: str, step: int) -> None:
        order = [name for name, row in self._rows.items() if row.writable or name == key]
        if key not in order:            # a contradiction that no field takes
            self._jump_on()
            return
        at = order.index(key) + step
        if 0 <= at < len(order):
            self.go_to(order[at])
        elif step > 0:
            self.case.flush()
            self.finished.emit()

    def _jump_on(self) -> None:
        """To the next field that wants something, around the end."""
        order = [*self._rows, *self._apart]
        start = order.index(self._here) + 1 if self._here in order else 0
        for key in order[start:] + order[:start]:
            if key in self._apart:
                self.go_to(key)
                return
            field = self._fields[key]
            if self._rows[key].writable and (field.problems or field.needs_look):
                self._rows[key].nag()
                self.go_to(key)
                return

    def _jump_to(self, problem: Problem) -> None:
        if problem.key in self._rows:
            self._rows[problem.key].nag()
            self.go_to(problem.key)
        elif problem.key in self._apart:
            self.go_to(problem.key)
        else:
            self.wanted.emit(step_of(problem, self.case.view), problem.key or "")

    def _confirm_here(self) -> None:
        if self._here in self._apart or (self._here in self._fields and self._fields[self._here].needs_look):
            self._confirm(self._here)

    def _confirm(self, key: str) -> None:
        """Found right: on to the next that wants a look."""
        self.case.confirm(key)
        self._move(key, 1)

    def _choose(self, key: str, origin: str) -> None:
        """Of two places the clerk took this one."""
        self.case.choose(key, origin)
        self._move(key, 1)


def step_of(problem: Problem, view: CaseView) -> str:
    """Where a problem is mended."""
    if problem.sides or any(field.key == problem.key for section in view.sections for field in section.fields):
        return "form"
    if problem.code.startswith("material"):
        return "papers"
    if any(question.key == problem.key and question.ask == "greeting" for question in view.questions):
        return "eligibility"
    return "papers" if any(question.key == problem.key for question in view.questions) else "eligibility"


class FormSection(TitledCard):
    """One titled part: two columns, rows of equal height, no holes where a blank is not asked for."""

    def __init__(self, look: Look, section: SectionView) -> None:
        super().__init__(look, section.title)
        self.jump = Button(look, section.title, "ghost")
        self.jump.setObjectName(f"jump.{section.section_id}")
        self.jump.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._name = section.title.removesuffix("信息")
        self._chip = Chip(look)
        self.head.addWidget(self._chip)
        self.head.addStretch(1)
        self.rows: list[FieldRow] = []
        self._look = look
        self._grid = grid(look, "xl", "sm")
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self._placed: tuple[str, ...] | None = None

    def add(self, field: FieldView) -> FieldRow:
        """The next row, not yet in its place."""
        row = FieldRow(self._look, field)
        row.setParent(self)         # also one that is not asked for now
        self.rows.append(row)
        return row

    def show_section(self, section: SectionView, case: OpenCase) -> None:
        """New values; new places when blanks came or went."""
        for row, field in zip(self.rows, section.fields, strict=True):
            row.show_field(field, held=case.holds(field.key))
        self._place(section)
        asked = any(field.visible for field in section.fields)
        self.setVisible(asked)      # a part that only speaks of matters nobody wants, or a heading over other parts
        self.jump.setVisible(asked)
        required = [field for field in section.fields if field.required and field.visible]
        done = sum(bool(field.value) for field in required)
        looks = sum(field.needs_look for field in section.fields if field.visible)
        tone: Tone = "warn" if looks else "ok" if done == len(required) else "neutral"
        self._chip.set(f"{looks} 项请核对" if looks else f"{done} / {len(required)}", tone)
        self.jump.setText(f"{self._name} {done}/{len(required)}")

    def _place(self, section: SectionView) -> None:
        visible = tuple(field.key for field in section.fields if field.visible)
        if visible == self._placed:
            return
        self._placed = visible
        line, column = 0, 0
        for row, field in zip(self.rows, section.fields, strict=True):
            self._grid.removeWidget(row)
            if not field.visible:
                row.hide()
                continue
            wide = field.width == "full"
            if wide and column:
                line, column = line + 1, 0
            self._grid.addWidget(row, line, column, 1, 2 if wide else 1, Qt.AlignmentFlag.AlignTop)
            row.show()
            column += 2 if wide else 1
            if column > 1:
                line, column = line + 1, 0


class PaperPanel(QWidget):
    """At the right of the form: where this field's value stands on the paper, and everything that is still missing."""

    confirmed = Signal(str)
    chosen = Signal(str, str)
    """key, and the origin of the place taken."""
    jumped = Signal(object)
    """A Problem to go to."""

    def __init__(self, look: Look, pages: Pages) -> None:
        super().__init__()
        self._look = look
        self._pages = pages
        self._field: FieldView | Contradiction | None = None

        self._title = Elided("原件对照", "h3")
        self._badge = Chip(look)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._badge)
        look.lay(head, gap="sm")
        self._strip = PaperView(look, "原件上的这一处", 0.24)
        self._page = PaperView(look, "整页原件", 0.6)
        self._sides = TwoSides(look, pages.cutout)
        self._sides.taken.connect(self.take)
        self._origin = Text("", "caption", wrap=True)
        self._confirm = Button(look, "与原件一致，确认无误", icon="check")
        self._confirm.setObjectName("action.confirm_field")
        self._confirm.clicked.connect(self._confirm_shown)

        self._still_count = Chip(look)
        still = QHBoxLayout()
        still.addWidget(Text("还差", "h3"))
        still.addWidget(self._still_count)
        still.addStretch(1)
        still.addWidget(Chip(look, "Ctrl J 跳到下一处", "neutral"))
        look.lay(still, gap="sm")
        self.list = ProblemList(look)
        self.list.jumped.connect(self.jumped)

        upper = QWidget()
        upper.setObjectName("inner")
        top = QVBoxLayout(upper)
        top.addLayout(head)
        top.addWidget(self._strip)
        top.addWidget(self._page)
        top.addWidget(self._sides)
        top.addWidget(self._origin)
        self._confirming = keyed(look, self._confirm, "Ctrl K")
        top.addWidget(self._confirming, 0, Qt.AlignmentFlag.AlignLeft)
        look.lay(top, gap="md")
        rows = QVBoxLayout(self)
        rows.addWidget(upper)
        rows.addLayout(still)
        rows.addWidget(self.list, 1)
        look.lay(rows, "xl", "lg")

    def show_field(self, field: FieldView | None) -> None:
        """The paper behind a field; both, where two disagree."""
        before, self._field = self._field, field
        if field is None:           # it was settled, or went with its paper
            self._title.setText("原件对照")
            for part in (self._sides, self._confirming, self._strip, self._page):
                part.hide()
            self._badge.set("")
            self._origin.setText("")
            return
        badge: tuple[str, Tone] = ("请核对", "warn") if field.needs_look else BADGES.get(field.source, ("未填", "neutral"))
        self._dress(field, badge, "" if field.sides else self._origin_words(field), choosing=True)
        self._confirm.setText("与原件一致，确认无误")
        self._confirming.setVisible(field.needs_look and not field.sides)
        cutout = None if field.sides else field.cutout
        self._strip.setVisible(cutout is not None)
        self._page.setVisible(cutout is not None)
        if cutout is None or (isinstance(before, FieldView) and before.cutout == cutout and self._strip.has_picture):
            return
        self._strip.show_nothing("正在取原件…")
        self._page.show_nothing("")

        def strip(image: Pixels) -> None:
            if self._shows(field):
                self._strip.show_paper(image)

        def page(image: Pixels) -> None:
            if self._shows(field):
                self._page.show_paper(image, cutout.box)

        self._pages.cutout(cutout, strip, self)
        self._pages.page(cutout.evidence_id, page, self)

    def show_contradiction(self, one: Contradiction) -> None:
        """Both papers where no field of the form takes what they say."""
        self._field = one
        self._dress(one, ("请核对", "warn"), _NOT_ON_FORM, choosing=False)
        self._confirm.setText("两处都已对照，确认")
        self._confirming.show()
        self._strip.hide()
        self._page.hide()

    def _dress(self, shown: FieldView | Contradiction, badge: tuple[str, Tone], words: str, *, choosing: bool) -> None:
        self._title.setText(shown.label)
        self._badge.set(*badge)
        self._origin.setText(words)
        self._origin.setVisible(bool(words))
        self._sides.setVisible(bool(shown.sides))
        if shown.sides:
            self._sides.show_sides(shown.sides, choosing=choosing)

    def focus(self) -> None:
        """Put the clerk at what there is to decide."""
        self._confirm.setFocus(Qt.FocusReason.OtherFocusReason)

    def take(self, side: int) -> None:
        """The clerk takes one of the two places of the field that is shown."""
        field = self._field
        if isinstance(field, FieldView) and field.sides:
            origin = field.sides[side].origin
            if side == 0:           # what stands already
                self.confirmed.emit(field.key)
            elif origin:
                self.chosen.emit(field.key, origin)

    def forget(self) -> None:
        """Nothing of the last case."""
        self._field = None
        self._sides.forget()
        self._strip.show_nothing("")
        self._page.show_nothing("")

    def _confirm_shown(self) -> None:
        if self._field is not None:
            self.confirmed.emit(self._field.key)

    def _shows(self, field: FieldView) -> bool:
        return self._field is not None and self._field.key == field.key

    @staticmethod
    def _origin_words(field: FieldView) -> str:
        match field.source:
            case "":
                return field.help or "还没有值，请填写。"
            case "hand":
                return field.origin_text or "窗口人员手填。"
            case "recognised":
                return f"识别自{field.origin_text}，把握 {field.confidence:.0%}"
        return field.origin_text

    def show_problems(self, view: CaseView) -> None:
        """Everything that stands in the way, errors first."""
        errors = sum(problem.severity == "error" for problem in view.problems)
        self._still_count.set(str(len(view.problems)) if view.problems else "没有了",
                                     "danger" if errors else "warn" if view.problems else "ok")
        self.list.show_case(view)
