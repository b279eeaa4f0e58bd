"""Two places that say different things, next to each other: which paper, its cut-out, what was read there, and a button to take it.

It shows SideViews and says which one was taken. What taking one means is decided elsewhere.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from desktop.flows.views import Cutout, SideView
from desktop.ui.look import Look
from desktop.ui.widgets.buttons import Button, keyed
from desktop.ui.widgets.cutout import PaperView
from desktop.ui.widgets.picture import Pixels
from desktop.ui.widgets.text import Elided, Text

LONG = 10
"""Characters; what is longer stands one above the other, so that each character is over its fellow."""
Fetch = Callable[[Cutout, Callable[[Pixels], None], QWidget], None]


class TwoSides(QWidget):
    """What stands now, and what speaks against it."""

    taken = Signal(int)
    """0 = what stands, 1 = the other."""

    def __init__(self, look: Look, fetch: Fetch) -> None:
        super().__init__()
        self._shown: tuple[SideView, ...] = ()
        self._halves = tuple(_Half(look, fetch, key) for key in ("Ctrl 1", "Ctrl 2"))
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        look.lay(self._row, gap="md")
        for at, half in enumerate(self._halves):
            self._row.addWidget(half, 1)
            half.take.setObjectName(f"action.take_{at + 1}")
            half.take.clicked.connect(partial(self.taken.emit, at))

    def show_sides(self, sides: tuple[SideView, ...], *, choosing: bool) -> None:
        """`choosing`: one of them may be taken; else they are only there to be compared."""
        if sides != self._shown:
            self._shown = sides
            long = any(len(side.shown) > LONG for side in sides)
            self._row.setDirection(QBoxLayout.Direction.TopToBottom if long else QBoxLayout.Direction.LeftToRight)
            for half, side in zip(self._halves, sides, strict=True):
                half.show_side(side, share=0.16 if long else 0.34)
        for half in self._halves:
            half.taking.setVisible(choosing)

    def forget(self) -> None:
        """Nothing of the last case."""
        self._shown = ()
        for half in self._halves:
            half.forget()


class _Half(QWidget):
    def __init__(self, look: Look, fetch: Fetch, key: str) -> None:
        super().__init__()
        self._fetch = fetch
        self._side: SideView | None = None
        self._paper = Elided("", "label")
        self._strip = PaperView(look, "原件上的这一处", 0.34)
        self._value = Text("", "strong", wrap=True)
        self._doubt = Text("这一处读得不够清楚", "caption", "warn")
        self.take = Button(look, "用这一处", icon="check")
        self.taking = keyed(look, self.take, key)
        rows = QVBoxLayout(self)
        for widget in (self._paper, self._strip, self._value, self._doubt, self.taking):
            rows.addWidget(widget)
        rows.addStretch(1)
        look.lay(rows, gap="xs")

    def show_side(self, side: SideView, share: float) -> None:
        self._side = side
        self._paper.setText(side.origin_text)
        self._value.setText(side.shown)
        self._doubt.setVisible(side.doubtful)
        self.take.setAccessibleName(f"用{side.origin_text}的这一处：{side.shown}")
        self._strip.set_share(share)
        if side.cutout is None:
            self._strip.show_nothing("没有图像，看文字")
            return
        self._strip.show_nothing("正在取原件…")

        def came(image: Pixels) -> None:
            if self._side is side:
                self._strip.show_paper(image)

        self._fetch(side.cutout, came, self)

    def forget(self) -> None:
        self._side = None
        self._value.setText("")
        self._strip.show_nothing("")
