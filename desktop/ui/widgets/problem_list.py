"""Everything that still stands in the way, as one list: Enter or a click goes there."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from desktop.domain.problem import Problem
from desktop.flows.views import CaseView
from desktop.ui.look import Look
from desktop.ui.widgets.field_row import LOOKS
from desktop.wording import problem_remedy, problem_words


class ProblemList(QListWidget):
    """Errors first, as the case gives them; rebuilt only when something changed."""

    jumped = Signal(object)
    """The Problem to go to."""

    def __init__(self, look: Look, *, grows: bool = False) -> None:
        """`grows` = as high as its lines, for a page that scrolls itself."""
        super().__init__()
        self._look = look
        self._grows = grows
        self._problems: tuple[Problem, ...] = ()
        self.setObjectName("list.problems")
        self.setAccessibleName("还差什么")
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._go)
        look.follow(self, ProblemList._redraw)

    def show_case(self, view: CaseView) -> None:
        """The problems of the case, named by their field."""
        if view.problems == self._problems:
            return
        self._problems = view.problems
        labels = {question.key: question.label for question in view.questions}
        labels |= {field.key: field.label for section in view.sections for field in section.fields}
        at = self.currentRow()
        self.clear()
        for problem in view.problems:
            label, words = labels.get(problem.key or "", ""), problem_words(problem)
            item = QListWidgetItem(words if not label or label in words else f"{label}：{words}")
            item.setToolTip(problem_remedy(problem))
            item.setData(Qt.ItemDataRole.UserRole, problem)
            self.addItem(item)
        self.setCurrentRow(min(at, self.count() - 1))
        self._redraw()

    def _redraw(self) -> None:
        for at, problem in enumerate(self._problems):
            error = problem.severity == "error" and problem.code not in LOOKS
            self.item(at).setIcon(self._look.icon("alert-circle" if error else "alert-triangle", "danger" if error else "warn"))
        self.setIconSize(QSize(self._look.text("body"), self._look.text("body")))
        self.setSpacing(self._look.space("xs") // 2)
        if self._grows:
            line = max((self.sizeHintForRow(row) for row in range(self.count())), default=0) + 2 * self.spacing()
            self.setFixedHeight(line * self.count() + self._look.space("xs"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and item is not None:
            self._go(item)
            return
        super().keyPressEvent(event)

    def _go(self, item: QListWidgetItem) -> None:
        self.jumped.emit(item.data(Qt.ItemDataRole.UserRole))
