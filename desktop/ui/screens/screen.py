"""What every screen is: a page that is handed its flows and tells the window what it wants. No window is reached for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.hall_time import local
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.widgets.cards import Scroll
from desktop.ui.widgets.text import Text

if TYPE_CHECKING:      # the flows load the store's libraries; the first paint must not wait for them
    from desktop.flows.bundle import Flows
    from desktop.flows.views import Session


class Screen(QWidget):
    """A page of the window."""

    theme_asked = Signal(str)
    """Begin a case of this theme."""
    case_asked = Signal(str)
    """Open this case in the intake."""
    page_asked = Signal(str)
    """Show another page."""
    told = Signal(str, str, str)
    """Say something: text, detail, tone."""
    failed = Signal(object)
    """An exception the clerk should hear of in words."""

    title = ""

    def __init__(self, flows: Flows, lanes: Lanes, session_of: Callable[[], Session], look: Look) -> None:
        super().__init__()
        self.setObjectName("page")
        self.flows = flows
        self.lanes = lanes
        self.session_of = session_of
        self.look = look

    def lay_headed(self, hint: str, action: QWidget) -> tuple[QVBoxLayout, Scroll]:
        """Title, one line and one action above a scrolling page; returns the page's layout and its scroll."""
        look = self.look
        outer = QVBoxLayout(self)
        look.lay(outer)
        scroll = Scroll(look, ("xxl", "xl", "xxl", "xl"), "lg")
        outer.addWidget(scroll)
        head = QHBoxLayout()
        look.lay(head, gap="md")
        words = QVBoxLayout()
        look.lay(words, gap="xs")
        words.addWidget(Text(self.title, "h1"))
        words.addWidget(Text(hint, "muted", wrap=True))
        head.addLayout(words, 1)
        head.addWidget(action, 0, Qt.AlignmentFlag.AlignVCenter)
        scroll.body.addLayout(head)
        return outer, scroll

    def refresh(self) -> None:
        """Ask the flows again; called when the page is shown and when something may have changed."""

    def enter(self) -> None:
        """The page has come to the front: put the keyboard where the work begins."""

    def look_for(self, text: str) -> None:
        """Show what was asked for together with the page (`page_asked` with `key?text`)."""

    def search(self) -> None:
        """Put the cursor into the search field, if there is one."""


def clock_text(at: datetime | None, now: datetime) -> str:
    """10:21 today, 8 月 12 日 10:21 on another day, — when never."""
    if at is None:
        return "—"
    here, today = local(at), local(now).date()
    if here.date() == today:
        return f"{here:%H:%M}"
    year = f"{here.year} 年 " if here.year != today.year else ""
    return f"{year}{here.month} 月 {here.day} 日 {here:%H:%M}"
