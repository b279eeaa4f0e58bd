"""Who may work here, on the settings page: the administrator's list, everybody's own PIN, and the sheet both ask with.

Whether a PIN will do and who may do what is the flows' work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop import wording
from desktop.domain.roles import ROLES
from desktop.flows.views import Session
from desktop.ui.background import Lanes
from desktop.ui.look import Look, restyle
from desktop.ui.screens.sign_in import SaidLine
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import TitledCard, clear, labelled
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.layer import Layer
from desktop.ui.widgets.segmented import Segmented
from desktop.ui.widgets.text import Elided, Text, rule

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows
    from desktop.flows.people import Person

PIN_HINT = "至少 6 位；不用生日、连号、重复的数字，也不用登录名。"
Field = tuple[str, str, Literal["text", "pin", "role"]]
"""Name, label and kind."""
_NEW_PIN: tuple[Field, ...] = (("pin", "新密码", "pin"), ("again", "再输一遍", "pin"))


@dataclass(frozen=True)
class Question:
    """What a sheet asks before something is done."""

    title: str
    hint: str
    verb: str
    do: Callable[[dict[str, str]], object]
    """With the answers by name; on the store's lane."""
    done: str
    """What is told when it is done."""
    fields: tuple[Field, ...] = ()
    role: str = "clerk"
    kind: Literal["primary", "danger"] = "primary"


class AskSheet(Layer):
    """Asks, does it, and stays with the reason when it was refused."""

    done = Signal(str)

    def __init__(self, parent: QWidget, lanes: Lanes, look: Look) -> None:
        super().__init__(parent, look, width=560)
        self._lanes = lanes
        self._question: Question | None = None
        self._fields: dict[str, QLineEdit | Segmented] = {}
        self._boxes: list[QWidget] = []
        self._title = Text("", "h2")
        self._hint = Text("", "muted", wrap=True)
        self._middle = QGridLayout()
        look.lay(self._middle, gap="lg")
        self.said = SaidLine(look)
        row = QHBoxLayout()
        look.lay(row, gap="md")
        self._leave = Button(look, "取消")
        self._leave.clicked.connect(self.close_layer)
        self.agree = Button(look, "确定", "primary")
        self.agree.setObjectName("agree")
        self.agree.clicked.connect(self._agree)
        row.addWidget(self._leave)
        row.addStretch(1)
        row.addWidget(self.agree)
        self.body.addWidget(self._title)
        self.body.addWidget(self._hint)
        self.body.addLayout(self._middle)
        self.body.addWidget(self.said)
        self.body.addLayout(row)

    def ask(self, question: Question) -> None:
        """Come up with it."""
        self._question = question
        self._title.setText(question.title)
        self._hint.setText(question.hint)
        self.agree.setText(question.verb)
        self.agree.set_kind(question.kind)
        self.agree.setEnabled(True)
        self.said.clear()
        clear(self._middle)
        self._boxes.clear()
        self._fields = {name: self._field(name, label, kind, question.role) for name, label, kind in question.fields}
        self._lay_out()
        self.open()
        # What cannot be undone by a second Enter waits under the button that does nothing.
        (next(iter(self._fields.values()), None) or (self._leave if question.kind == "danger" else self.agree)).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next field, and from the last one does it."""
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
            return
        order, focused = list(self._fields.values()), self.window().focusWidget()
        if focused is self._leave:
            self.close_layer()
        elif focused in order[:-1]:
            order[order.index(focused) + 1].setFocus()
        else:
            self._agree()

    def _field(self, name: str, label: str, kind: str, role: str) -> QLineEdit | Segmented:
        field: QLineEdit | Segmented
        if kind == "role":
            field = Segmented(self._look, tuple(wording.word("role", one) for one in ROLES))
            field.set_value(wording.word("role", role))
        else:
            field = QLineEdit()
            field.textEdited.connect(self._typing)
            if kind == "pin":
                field.setEchoMode(QLineEdit.EchoMode.Password)
                field.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhPreferNumbers)
        field.setObjectName(f"ask-{name}")
        self._boxes.append(labelled(self._look, label, field))
        return field

    def _lay_out(self) -> None:
        """What belongs together side by side, or the longest sheet would not fit a small screen in large letters."""
        names, row, column = list(self._fields), 0, 0
        for name, box in zip(names, self._boxes, strict=True):
            pair = next((pair for pair in (("name", "login"), ("pin", "again")) if name in pair and set(pair) <= set(names)), (name,))
            self._middle.addWidget(box, row, column, 1, 2 // len(pair))
            box.show()      # at once: the first one is to take the keyboard
            row, column = (row + 1, 0) if name == pair[-1] else (row, 1)

    def _typing(self) -> None:
        for field in self._fields.values():
            if isinstance(field, QLineEdit):
                restyle(field, state="")
        self.said.clear()

    def _agree(self) -> None:
        question = self._question
        if question is None or not self.agree.isEnabled():
            return
        answers = {name: field.text() if isinstance(field, QLineEdit) else _role_of(field.value()) for name, field in self._fields.items()}
        answers = {name: text if name in {"old", "pin", "again"} else text.strip() for name, text in answers.items()}
        empty = next((name for name, text in answers.items() if not text), None)
        if empty is not None:
            self._say("window.fill_all", empty)
        elif "again" in answers and answers["again"] != answers["pin"]:
            self._say("window.pins_differ", "again")
        else:
            self.agree.setEnabled(False)
            self._lanes.store.run(lambda: question.do(answers), self._done, self._failed)

    def _done(self, _: object) -> None:
        self.agree.setEnabled(True)
        self._forget()
        self.close_layer()
        if self._question is not None:
            self.done.emit(self._question.done)

    def _failed(self, error: Exception) -> None:
        self.agree.setEnabled(True)
        code = wording.fault_code(error)
        at = {"sign_in.wrong": "old", "sign_in.locked": "old", "sign_in.taken": "login"}.get(code, "pin" if code.startswith("pin.") else "")
        self._say(code, at, **wording.params_of(error))

    def _say(self, code: str, at: str, **params: object) -> None:
        """What is wrong, with the keyboard where it can be mended."""
        self.said.show_code(code, **params)
        field = self._fields.get(at)
        if isinstance(field, QLineEdit):
            restyle(field, state="error")
            field.selectAll()
            field.setFocus()
        else:
            self.agree.setFocus()

    def _forget(self) -> None:
        """PINs do not stay in a sheet nobody sees."""
        for field in self._fields.values():
            if isinstance(field, QLineEdit):
                field.clear()

    def close_layer(self) -> None:
        """Go, and forget what was typed."""
        self._forget()
        super().close_layer()


class OwnPinCard(TitledCard):
    """Who sits here, and changing one's own PIN."""

    def __init__(self, flows: "Flows", session_of: Callable[[], Session], look: Look, sheet: AskSheet) -> None:
        super().__init__(look, "我的密码")
        self._flows, self._session_of, self._sheet = flows, session_of, sheet
        self._who, self._as = Text("", "strong", wrap=True), Text("", "muted", wrap=True)
        self.body.addWidget(self._who)
        self.body.addWidget(self._as)
        self.body.addStretch(1)
        button = Button(look, "改密码", icon="lock")
        button.setObjectName("own-pin")
        button.clicked.connect(self.ask)
        self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def refresh(self) -> None:
        """Say who it is."""
        session = self._session_of()
        self._who.setText(session.name)
        self._as.setText(f"{wording.word('role', session.role)}，登录名 {session.login}")

    def ask(self) -> None:
        """The old one, and the new one twice."""
        login = self._session_of().login
        self._sheet.ask(Question(
            "改密码", PIN_HINT, "改密码", lambda answers: self._flows.sign_in.change_pin(login, answers["old"], answers["pin"]),
            "密码已改好", (("old", "现在的密码", "pin"), *_NEW_PIN)))


class PeopleCard(TitledCard):
    """The administrator's list: everybody with role and state, and what can be done to them."""

    failed = Signal(object)

    def __init__(self, flows: "Flows", lanes: Lanes, session_of: Callable[[], Session], look: Look, sheet: AskSheet) -> None:
        super().__init__(look, "人员")
        self._flows, self._lanes, self._session_of, self._look, self._sheet = flows, lanes, session_of, look, sheet
        self._count = Chip(look, "")
        self.head.addWidget(self._count)
        self.head.addStretch(1)
        add = Button(look, "添加人员", icon="plus")
        add.setObjectName("add-user")
        add.clicked.connect(self._ask_new)
        self.head.addWidget(add)
        self._hint = Text("", "muted", wrap=True)
        self.body.addWidget(self._hint)
        self._rows = QGridLayout()
        look.lay(self._rows, gap="md")
        for column, share in enumerate((3, 1, 2)):
            self._rows.setColumnStretch(column, share)
        self.body.addLayout(self._rows)
        self._buttons: dict[str, Button] = {}

    def refresh(self) -> None:
        """Ask again; nobody but an administrator sees the list."""
        shown = self._session_of().role == "administrator"
        self.setVisible(shown)
        if shown:
            self._lanes.store.run(self._flows.people.everybody, self._show, self.failed.emit, self)

    def _show(self, people: "tuple[Person, ...]") -> None:
        focused = self.window().focusWidget()
        held = next((name for name, button in self._buttons.items() if button is focused), "")
        clear(self._rows)
        self._buttons.clear()
        active = [person for person in people if person.active]
        barred = f"，{len(people) - len(active)} 人已停用" if len(active) < len(people) else ""
        self._count.set(f"{len(active)} 人在用{barred}")
        alone = sum(person.role != "clerk" for person in active) < 2
        self._hint.setText("日结要由第二个人复核：请再添加一名主管。" if alone else "")
        self._hint.setVisible(alone)
        for number, person in enumerate(people):
            self._add_row(2 * number, person)
        if held in self._buttons:      # the list was made anew under the keyboard
            self._buttons[held].setFocus()

    def _add_row(self, row: int, person: "Person") -> None:
        look = self._look
        self._rows.addWidget(rule(), row, 0, 1, 6)
        words = QVBoxLayout()
        look.lay(words, gap="xs")
        words.addWidget(Elided(person.name, "strong"))
        words.addWidget(Elided(person.login, "caption"))
        self._rows.addLayout(words, row + 1, 0)
        state = Chip(look)
        state.set_state("user_state", person.state)
        self._rows.addWidget(Chip(look, wording.word("role", person.role), "primary" if person.role == "administrator" else "neutral"),
                             row + 1, 1, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._rows.addWidget(state, row + 1, 2, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if person.login == self._session_of().login:
            self._rows.addWidget(Text("本人", "caption"), row + 1, 3, 1, 3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            return
        for column, (name, word, ask) in enumerate((
                ("role", "改角色", self._ask_role), ("pin", "重设密码", self._ask_pin),
                ("bar", "停用" if person.active else "恢复使用", self._ask_bar if person.active else self._ask_readmit))):
            button = Button(look, word)
            button.setObjectName(f"{name}-{person.login}")
            button.setAccessibleName(f"{word} {person.name}")
            button.clicked.connect(partial(self._asked, ask, person))
            self._buttons[f"{name}-{person.login}"] = button
            self._rows.addWidget(button, row + 1, 3 + column)

    def _asked(self, ask: "Callable[[Session, Person], Question]", person: "Person", *_: object) -> None:
        self._sheet.ask(ask(self._session_of(), person))

    # -- what is asked ----------------------------------------------------------------------------------------------

    def _ask_new(self) -> None:
        by, add = self._session_of(), self._flows.sign_in.add_user
        self._sheet.ask(Question(
            "添加人员", f"密码请本人来输入。{PIN_HINT}", "添加",
            lambda answers: add(by, answers["login"], answers["name"], answers["role"], answers["pin"]), "已添加",
            (("name", "姓名", "text"), ("login", "登录名（字母或工号）", "text"), ("role", "角色", "role"), *_NEW_PIN)))

    def _ask_role(self, by: Session, person: "Person") -> Question:
        return Question(
            f"改{person.name}的角色", "下次登录起按新角色办理。", "改角色",
            lambda answers: self._flows.people.set_role(by, person.login, answers["role"]), f"{person.name}的角色已改好",
            (("role", "角色", "role"),), person.role)

    def _ask_pin(self, by: Session, person: "Person") -> Question:
        return Question(
            f"重设{person.name}的密码", f"这是临时密码：{person.name}下次登录时要换成自己的。{PIN_HINT}", "重设密码",
            lambda answers: self._flows.people.reset_pin(by, person.login, answers["pin"]), f"{person.name}的密码已重设", _NEW_PIN)

    def _ask_bar(self, by: Session, person: "Person") -> Question:
        return Question(
            f"停用{person.name}？", f"停用后{person.name}不能再登录；办过的件和操作日志都不变，以后可以恢复使用。", "停用",
            lambda _: self._flows.people.bar(by, person.login), f"已停用{person.name}", kind="danger")

    def _ask_readmit(self, by: Session, person: "Person") -> Question:
        return Question(
            f"恢复{person.name}使用？", f"恢复后{person.name}用原来的密码登录，角色仍是{wording.word('role', person.role)}。", "恢复使用",
            lambda _: self._flows.people.readmit(by, person.login), f"已恢复{person.name}")


def _role_of(word: str) -> str:
    return next((role for role in ROLES if wording.word("role", role) == word), "")
