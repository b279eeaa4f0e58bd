"""设置: how it looks, who may sit here, what this is. Changes apply at once."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop import wording
from desktop.flows.views import Session
from desktop.ui.background import Lanes
from desktop.ui.look import MODE_WORDS, MODES, SCALE_WORDS, SCALES, Look
from desktop.ui.screens.screen import Screen
from desktop.ui.screens.sign_in import SaidLine
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import Scroll, TitledCard, labelled
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.segmented import Segmented
from desktop.ui.widgets.text import Text, rule
from desktop.version import VERSION

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows

ROLES = ("clerk", "supervisor", "administrator")
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
        columns = QHBoxLayout()
        look.lay(columns, gap="lg")
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            look.lay(column, gap="lg")
        left.addWidget(self._looks())
        left.addWidget(self._people_card())
        left.addStretch(1)
        right.addWidget(self._about())
        right.addStretch(1)
        columns.addLayout(left, 3)
        columns.addLayout(right, 2)
        scroll.body.addLayout(columns)
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

    # -- people -----------------------------------------------------------------------------------------------------

    def _people_card(self) -> QWidget:
        self._card = TitledCard(self.look, "人员")
        self._count = Chip(self.look, "")
        self._card.head.addWidget(self._count)
        self._card.head.addStretch(1)
        self._names = Text("", "muted", wrap=True)
        self._card.body.addWidget(self._names)
        self._adding = QWidget()
        form = QVBoxLayout(self._adding)
        self.look.lay(form, gap="lg")
        form.addWidget(rule())
        grid = QGridLayout()
        self.look.lay(grid, gap="lg")
        self._fields: dict[str, QLineEdit] = {}
        for index, (key, words) in enumerate((("name", "姓名"), ("login", "登录名（字母或工号）"), ("pin", "密码（至少 6 位）"),
                                              ("again", "再输一遍密码"))):
            field = QLineEdit()
            field.setObjectName(f"new-{key}")
            if key in {"pin", "again"}:
                field.setEchoMode(QLineEdit.EchoMode.Password)
            grid.addWidget(labelled(self.look, words, field), index // 2, index % 2)
            self._fields[key] = field
        form.addLayout(grid)
        self._role = Segmented(self.look, tuple(wording.word("role", role) for role in ROLES))
        self._role.set_value(wording.word("role", "clerk"))
        form.addWidget(labelled(self.look, "角色", self._role))
        self._said = SaidLine(self.look)
        form.addWidget(self._said)
        self.add_button = Button(self.look, "添加", icon="plus")
        self.add_button.setObjectName("add-user")
        self.add_button.clicked.connect(self._add)
        form.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignRight)
        self._card.body.addWidget(self._adding)
        return self._card

    def enter(self) -> None:
        self._mode.setFocus()

    def refresh(self) -> None:
        self._adding.setVisible(self.session_of().role == "administrator")
        self.lanes.store.run(self.flows.sign_in.users, self._show_users, self.failed.emit, self)

    def _show_users(self, users: tuple[tuple[str, str], ...]) -> None:
        self._count.set(f"{len(users)} 人")
        self._names.setText("、".join(f"{name}（{login}）" for login, name in users) or "还没有人员")

    def _add(self) -> None:
        values = {key: field.text().strip() for key, field in self._fields.items()}
        if not all(values.values()):
            self._said.show_code("window.fill_all")
            return
        if values["pin"] != values["again"]:
            self._said.show_code("window.pins_differ")
            return
        role = next(role for role in ROLES if wording.word("role", role) == self._role.value())
        by = self.session_of()
        self.add_button.setEnabled(False)
        self.lanes.store.run(lambda: self.flows.sign_in.add_user(by, values["login"], values["name"], role, values["pin"]),
                             self._added, self._add_failed, self)

    def _added(self, user: Session) -> None:
        self.add_button.setEnabled(True)
        self._said.clear()
        for field in self._fields.values():
            field.clear()
        self.told.emit(f"已添加 {user.name}", wording.word("role", user.role), "ok")
        self.refresh()

    def _add_failed(self, error: Exception) -> None:
        self.add_button.setEnabled(True)
        self._said.show_code(wording.fault_code(error))

    # -- about ------------------------------------------------------------------------------------------------------

    def _about(self) -> QWidget:
        card = TitledCard(self.look, "关于")
        card.head.addStretch(1)
        grid = QGridLayout()
        self.look.lay(grid, gap="sm")
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate((("程序", f"一次办窗口终端 {VERSION}"), ("Qt", qVersion()),
                                             *LICENCES)):
            grid.addWidget(Text(name, "label"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Text(value, "", wrap=True), row, 1)
        grid.setHorizontalSpacing(self.look.space("xl"))
        card.body.addLayout(grid)
        return card
