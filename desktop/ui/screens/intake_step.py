"""What the five steps of the intake have in common: a headline, a scrolling middle, perhaps a panel at the right."""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.flows.views import CaseView
from desktop.ui.look import Look, restyle
from desktop.ui.screens.intake_case import OpenCase
from desktop.ui.widgets.cards import Scroll
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.text import Text


class Step(QWidget):
    """One step: shows the case, sends the clerk's wishes to it."""

    name = ""
    """eligibility, papers, form, applicant, done: as the flows remember it."""
    title = ""
    told = Signal(str, str)
    """tone (ok, warn, danger, info) and words, for a toast."""
    wanted = Signal(str, str)
    """Another step and, perhaps, a field there."""

    def __init__(self, case: OpenCase, look: Look) -> None:
        super().__init__()
        self.case = case
        self.look = look
        self.setObjectName(f"step.{self.name}")
        self._outer = QHBoxLayout(self)
        look.lay(self._outer)
        middle = QWidget()
        self._middle = QVBoxLayout(middle)
        look.lay(self._middle, ("xl", "xl", "lg", ""), "lg")
        self._outer.addWidget(middle, 1)

        self.head = head = QHBoxLayout()
        self.headline = Text(self.title, "h1")
        self.count = Chip(look, "", "neutral")
        self.count.hide()
        self.hint = Chip(look, "", "neutral")
        self.hint.hide()
        head.addWidget(self.headline)
        head.addWidget(self.count, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        head.addWidget(self.hint, 0, Qt.AlignmentFlag.AlignVCenter)
        look.lay(head, gap="md")
        self._middle.addLayout(head)

        self.area = Scroll(look, ("", "", "md", "xl"))
        self.content = self.area.body
        inner = self.area.widget()
        assert inner is not None
        self._inner = inner
        self._middle.addWidget(self.area, 1)

    def side(self, panel: QWidget, width: str = "camera") -> None:
        """Put a panel at the right."""
        frame = QFrame()
        restyle(frame, role="panel")
        room = QVBoxLayout(frame)
        room.addWidget(panel)
        self.look.lay(room)
        self.look.measure(frame, width=width)
        self._outer.addWidget(frame)

    def above(self, widget: QWidget) -> None:
        """Between headline and the scrolling part."""
        self._middle.insertWidget(1, widget)

    def bring_into_view(self, widget: QWidget) -> None:
        """Scroll just far enough, with some air."""
        air = self.look.space("xxxl")
        at = widget.mapTo(self._inner, QPoint(0, 0)).y()
        self.area.ensureVisible(0, at, 0, air)
        self.area.ensureVisible(0, at + widget.height(), 0, air)

    def show_case(self, view: CaseView) -> None:
        """Show what the case says now."""
        raise NotImplementedError

    def show_by_and_by(self, view: CaseView) -> Iterator[None]:
        """The same in pieces of a few milliseconds, while another step is in front; given up when a newer view comes."""
        self.show_case(view)
        yield

    def settle(self) -> None:
        """Let the scrolling part take its new height; Qt forgets it when a hidden page was changed."""
        self._inner.updateGeometry()

    def enter(self) -> None:
        """The step comes to the front."""

    def leave(self) -> None:
        """The step goes away; everything typed was sent."""

    def go_to(self, key: str) -> None:
        """Put the clerk at a field, when the step has it."""



def grid(look: Look, across: str, down: str) -> QGridLayout:
    """A grid with the named spaces between columns and between rows."""
    made = QGridLayout()

    def apply(item: QGridLayout) -> None:
        item.setHorizontalSpacing(look.space(across))
        item.setVerticalSpacing(look.space(down))

    look.follow(made, apply)
    return made
