"""设置: how it looks, who may sit here, what this is. Changes apply at once."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.flows.views import Session
from desktop.ui.background import Lanes
from desktop.ui.look import MODE_WORDS, MODES, SCALE_WORDS, SCALES, Look
from desktop.ui.screens.people import AskSheet, OwnPinCard, PeopleCard
from desktop.ui.screens.safety_card import SafetyCard
from desktop.ui.screens.screen import Screen
from desktop.ui.widgets.cards import Scroll, TitledCard, labelled
from desktop.ui.widgets.segmented import Segmented
from desktop.ui.widgets.text import Text
from desktop.version import VERSION

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows

LICENCES = (("Qt 与 PySide6", "LGPL-3.0，动态链接，可替换"), ("Noto Sans SC 字体", "SIL OFL 1.1"), ("Tabler 图标", "MIT"),
            ("OpenCV", "Apache-2.0"), ("SQLCipher", "BSD"), ("ReportLab", "BSD"), ("Tesseract", "Apache-2.0"))


class SettingsScreen(Screen):
    """Look, people, about."""

    title = "设置"

    def __init__(self, flows: "Flows", lanes: Lanes, session_of: Callable[[], Session], look: Look) -> None:
        super().__init__(flows, lanes, session_of, look)
        outer = QVBoxLayout(self)
        look.lay(outer)
        scroll = Scroll(look, ("xxl", "xl", "xxl", "xl"), "lg")
        outer.addWidget(scroll)
        scroll.body.addWidget(Text("设置", "h1"))
        sheet = AskSheet(self, lanes, look)
        sheet.done.connect(self._done)
        self._own = OwnPinCard(flows, session_of, look, sheet)
        self._people = PeopleCard(flows, lanes, session_of, look, sheet)
        self._people.failed.connect(self.failed)
        columns = QHBoxLayout()
        look.lay(columns, gap="lg")
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            look.lay(column, gap="lg")
        left.addWidget(self._looks())
        self.safety = SafetyCard(self)
        left.addWidget(self.safety)
        left.addStretch(1)
        right.addWidget(self._own)
        right.addStretch(1)
        columns.addLayout(left, 3)
        columns.addLayout(right, 2)
        scroll.body.addLayout(columns)
        scroll.body.addWidget(self._people)
        scroll.body.addWidget(self._about())
        scroll.body.addStretch(1)
        look.changed.connect(self._show_look)
        self._show_look()

    def _looks(self) -> QWidget:
        card = TitledCard(self.look, "显示")
        self._mode = Segmented(self.look, tuple(MODE_WORDS[mode] for mode in MODES))
        self._scale = Segmented(self.look, tuple(SCALE_WORDS[scale] for scale in SCALES))
        for words, field, key in (("配色", self._mode, "Ctrl Shift D"), ("字号", self._scale, "F11")):
            card.body.addWidget(labelled(self.look, f"{words}（{key} 切换）", field))
        self._mode.chosen.connect(
            lambda word: self.look.wear(mode=next(mode for mode in MODES if MODE_WORDS[mode] == word)))
        self._scale.chosen.connect(
            lambda word: self.look.wear(scale=next(scale for scale in SCALES if SCALE_WORDS[scale] == word)))
        return card

    def _show_look(self) -> None:
        self._mode.set_value(MODE_WORDS[self.look.mode])
        self._scale.set_value(SCALE_WORDS[self.look.scale])

    def enter(self) -> None:
        self._mode.setFocus()

    def refresh(self) -> None:
        self._own.refresh()
        self._people.refresh()
        self.safety.refresh()

    def _done(self, words: str) -> None:
        self.told.emit(words, "", "ok")
        self.refresh()

    # -- about ------------------------------------------------------------------------------------------------------

    def _about(self) -> QWidget:
        card = TitledCard(self.look, "关于")
        card.head.addStretch(1)
        grid = QGridLayout()
        self.look.lay(grid, gap="sm")
        for column in (1, 3):
            grid.setColumnStretch(column, 1)
        lines = (("程序", f"一次办窗口终端 {VERSION}"), ("Qt", qVersion()), *LICENCES)
        half = (len(lines) + 1) // 2
        for index, (name, value) in enumerate(lines):
            grid.addWidget(Text(name, "label"), index % half, index // half * 2, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Text(value, "", wrap=True), index % half, index // half * 2 + 1, Qt.AlignmentFlag.AlignTop)
        grid.setHorizontalSpacing(self.look.space("xl"))
        card.body.addLayout(grid)
        return card
