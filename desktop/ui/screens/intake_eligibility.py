"""Step 1, greeting: a few questions, the conditions judged while they are answered, the one-time notice, the matters wanted."""


from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout

from desktop.flows.views import CaseView, MatterView, QuestionView
from desktop.ui.look import Look
from desktop.ui.screens.intake_case import OpenCase
from desktop.ui.screens.intake_step import Step, grid
from desktop.ui.widgets.cards import TitledCard, clear
from desktop.ui.widgets.chips import Chip, Tone
from desktop.ui.widgets.field_row import FieldRow, as_field
from desktop.ui.widgets.notice_card import ConditionRow, NoticeCard
from desktop.ui.widgets.text import Elided, Text


class EligibilityStep(Step):
    """What the clerk asks first, and what the family is told."""

    name = "eligibility"
    title = "告知与条件"

    finished = Signal()
    """Enter after the last question."""

    def __init__(self, case: OpenCase, look: Look) -> None:
        super().__init__(case, look)
        self._rows: dict[str, FieldRow] = {}
        self._conditions: list[ConditionRow] = []
        self._boxes: dict[str, QCheckBox] = {}
        self._chips: dict[str, Chip] = {}
        self._left_out: dict[str, Text] = {}
        self._theme_shown = ("", "")
        self._asked: list[str] = []
        self._papers_told = False

        self._theme = Text("", "muted", wrap=True)
        self.content.addWidget(self._theme)
        columns = QHBoxLayout()
        look.lay(columns, gap="lg")
        self.content.addLayout(columns)
        self.content.addStretch(1)
        left, right = QVBoxLayout(), QVBoxLayout()
        for side in (left, right):
            look.lay(side, gap="lg")
        columns.addLayout(left, 3)
        columns.addLayout(right, 2)

        asked = TitledCard(look, "先问几句")
        self._questions = grid(look, "xl", "sm")
        self._questions.setColumnStretch(0, 1)
        self._questions.setColumnStretch(1, 1)
        asked.body.addLayout(self._questions)
        left.addWidget(asked)
        self._from_papers = TitledCard(look, "由证件和材料得出")
        self._from_papers.head.addStretch(1)
        self._from_papers.head.addWidget(Elided("读卡、拍照后自动填入，缺的可以手填", "caption"))
        self._found = grid(look, "xl", "sm")
        self._found.setColumnStretch(0, 1)
        self._found.setColumnStretch(1, 1)
        self._from_papers.body.addLayout(self._found)

        judged = TitledCard(look, "办理条件")
        self._verdict = Chip(look)
        judged.head.addWidget(self._verdict)
        judged.head.addStretch(1)
        self._judged = QVBoxLayout()
        look.lay(self._judged, gap="lg")
        judged.body.addLayout(self._judged)
        left.addWidget(judged)
        left.addWidget(self._from_papers)
        left.addStretch(1)

        self._notice = NoticeCard(look)
        right.addWidget(self._notice)
        wanted = TitledCard(look, "一并办理的事项")
        self._matters = QVBoxLayout()
        look.lay(self._matters, gap="xs")
        wanted.body.addLayout(self._matters)
        right.addWidget(wanted)
        right.addStretch(1)

    def show_case(self, view: CaseView) -> None:
        self._theme.setText(f"{view.theme_title}，{view.theme_version} 版")
        self._show_questions(view)
        self._show_conditions(view)
        self._notice.show_case(view)
        self._show_matters(view.matters, view.editable)

    def _show_questions(self, view: CaseView) -> None:
        theme = (view.theme_id, view.theme_version)
        if theme != self._theme_shown:      # the same key may be another question in another theme
            self._theme_shown = theme
            self._drop(list(self._rows))
            self._drop_matters()
        keys = [question.key for question in view.questions]
        if keys != list(self._rows):
            self._place(view)
        for question in view.questions:
            self._rows[question.key].show_field(as_field(question), held=self.case.holds(question.key))
        told = [question for question in view.questions if question.ask == "papers"]
        self._papers_told = self._papers_told or view.step != self.name or any(question.value for question in told)
        self._from_papers.setVisible(self._papers_told and bool(told))

    def _place(self, view: CaseView) -> None:
        """Questions come and go with the answers; a row that stays is only moved, so that nobody loses the keyboard."""
        old = self._rows
        self._drop([key for key in old if key not in {question.key for question in view.questions}])
        self._rows = {}
        places = {"greeting": 0, "papers": 0}
        for question in view.questions:
            wide = question.type == "multi"
            place = places[question.ask] + (places[question.ask] % 2 if wide else 0)
            places[question.ask] = place + (2 if wide else 1)
            row = self._rows[question.key] = old.get(question.key) or self._row(question)
            room = self._questions if question.ask == "greeting" else self._found
            room.removeWidget(row)
            room.addWidget(row, place // 2, place % 2, 1, 2 if wide else 1, Qt.AlignmentFlag.AlignTop)
        self._asked = [question.key for question in view.questions if question.ask == "greeting"]

    def _row(self, question: QuestionView) -> FieldRow:
        row = FieldRow(self.look, as_field(question), "question")
        row.typed.connect(self.case.type)
        row.chosen.connect(self.case.answer)
        row.left.connect(self._left)
        row.entered.connect(lambda key: self.bring_into_view(self._rows[key]))
        row.moved.connect(self._move)
        row.undone.connect(self.case.undo)
        return row

    def _drop(self, keys: list[str]) -> None:
        for key in keys:
            row = self._rows.pop(key)
            row.hide()
            row.deleteLater()

    def _drop_matters(self) -> None:
        clear(self._matters)
        self._boxes, self._left_out, self._chips = {}, {}, {}

    def _show_conditions(self, view: CaseView) -> None:
        while len(self._conditions) < len(view.conditions):
            row = ConditionRow(self.look)
            self._conditions.append(row)
            self._judged.addWidget(row)
        for row in self._conditions[len(view.conditions):]:
            row.hide()
        for row, rule in zip(self._conditions, view.conditions, strict=False):
            row.show()
            row.show_rule(rule)
        words = {"yes": "符合条件", "no": "不符合条件", "unknown": "还有条件待定"}[view.eligibility]
        tones: dict[str, Tone] = {"yes": "ok", "no": "danger", "unknown": "neutral"}
        self._verdict.set(words, tones[view.eligibility])

    def _show_matters(self, matters: tuple[MatterView, ...], editable: bool) -> None:
        names = {matter.matter_id: matter.name for matter in matters}
        for matter in matters:
            box = self._boxes.get(matter.matter_id)
            if box is None:
                box = QCheckBox()
                box.setObjectName(f"matter.{matter.matter_id}")
                box.clicked.connect(lambda selected, matter_id=matter.matter_id: self._select(matter_id, selected))
                self._boxes[matter.matter_id] = box
                line = QHBoxLayout()
                self.look.lay(line, gap="sm")
                line.addWidget(box)
                line.addWidget(Elided(matter.department, "caption"), 1)
                chip = self._chips[matter.matter_id] = Chip(self.look)
                line.addWidget(chip)
                self._matters.addLayout(line)
                why = self._left_out[matter.matter_id] = Text("", "caption", "warn", wrap=True)
                self._matters.addWidget(why)
            box.setText(matter.name)
            before = "、".join(names.get(matter_id, matter_id) for matter_id in matter.prerequisites)
            box.setToolTip(f"先办{before}" if before else "")
            gone = matter.left_out
            box.setChecked(matter.selected and gone is None)
            box.setEnabled(matter.optional and editable and gone is None)
            free = matter.optional and gone is None
            self._chips[matter.matter_id].set("本次不能办" if gone else "可不办" if free else "必办",
                                              "warn" if gone else "info" if free else "neutral")
            why = self._left_out[matter.matter_id]
            why.setText(f"不符合：{gone.text.rstrip('；。')}。{gone.open_path}" if gone else "")
            why.setToolTip(gone.clause_text if gone else "")
            why.setVisible(gone is not None)

    def enter(self) -> None:
        key = next((key for key in self._asked if not self._rows[key].text()), next(iter(self._asked), ""))
        self.go_to(key)

    def leave(self) -> None:
        self._papers_told = True      # whoever comes back from the papers may type what they did not say

    def forget(self) -> None:
        """Another case: nothing of the last one stays in the editors."""
        self._papers_told = False
        for row in self._rows.values():
            row.forget()

    def go_to(self, key: str) -> None:
        if key in self._rows:
            self._rows[key].focus()
        elif key in self._boxes:
            self._boxes[key].setFocus(Qt.FocusReason.OtherFocusReason)

    def _select(self, matter_id: str, selected: bool) -> None:
        self.case.select_matter(matter_id, selected=selected)

    def _left(self, key: str) -> None:
        if not self.case.is_open or key not in self._rows:
            return
        self._rows[key].nag()
        self.case.flush()
        field = next((as_field(question) for question in self.case.view.questions if question.key == key), None)
        if field is not None:
            self._rows[key].show_field(field, held=self.case.holds(key))

    def _move(self, key: str, step: int) -> None:
        if key not in self._rows:
            return
        order = self._asked if key in self._asked else [key for key in self._rows if key not in self._asked]
        at = order.index(key) + step
        if 0 <= at < len(order):
            self._rows[order[at]].focus()
            self.bring_into_view(self._rows[order[at]])
        elif step > 0:
            self.case.flush()
            self.finished.emit()

