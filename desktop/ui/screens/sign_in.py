"""Who sits here: the first administrator, sign-in by PIN, and unlocking. Trying a PIN is the flow's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop import wording
from desktop.ui.background import Lanes
from desktop.ui.checks_sheet import AttentionLine
from desktop.ui.look import Look, restyle
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import Icon, clear, labelled
from desktop.ui.widgets.layer import Layer
from desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows
    from desktop.flows.views import Session


class SaidLine(QWidget):
    """What went wrong and what to do, in two lines with an icon; keeps its place."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        look.lay(row, gap="sm")
        self._icon = Icon(look, "alert-circle", "danger")
        self._say = Text("", "", "danger", wrap=True)
        self._do = Text("", "caption", wrap=True)
        words = QVBoxLayout()
        look.lay(words, gap="xs")
        words.addWidget(self._say)
        words.addWidget(self._do)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.clear()

    @property
    def text(self) -> str:
        """The sentence that stands there."""
        return self._say.text()

    def show_code(self, code: str, **params: object) -> None:
        """The code's sentence and remedy."""
        self._say.setText(wording.say(code, **params))
        self._do.setText(wording.remedy(code, **params))
        self._do.setVisible(bool(self._do.text()))
        self.setAccessibleName(f"{self._say.text()} {self._do.text()}")
        self.show()

    def clear(self) -> None:
        """Nothing to say."""
        self._say.setText("")
        self.hide()


class SignInCover(Layer):
    """Covers the window until somebody is signed in."""

    entered = Signal(object)
    """Session"""
    asked = Signal()
    """Somebody may sign in now."""
    refused = Signal(str)
    """Nobody can sign in; the code of what is in the way."""

    def __init__(self, parent: QWidget, look: Look, lanes: Lanes, hall: str, window: str) -> None:
        super().__init__(parent, look, opaque=True, width=520)
        self._lanes = lanes
        self._flows: Flows | None = None
        self._locked_for: Session | None = None
        self._login = ""
        self._temporary = ""
        """The PIN that was entered, as long as it may turn out that it is to be changed."""
        head = QHBoxLayout()
        look.lay(head, gap="lg")
        self._mark = Icon(look, "lock", "primary", 40)
        words = QVBoxLayout()
        look.lay(words, gap="xs")
        self._title = Text("", "h2")
        self._hall_line = Text("", "muted", wrap=True)
        self.stand_at(hall, window)
        words.addWidget(self._title)
        words.addWidget(self._hall_line)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self.body.addLayout(head)
        self._middle = QVBoxLayout()
        look.lay(self._middle, gap="lg")
        self.body.addLayout(self._middle)
        self._said = SaidLine(look)
        self.body.addWidget(self._said)
        self.attention = AttentionLine(look)
        self.body.addWidget(self.attention)
        keys = Text("F11 换字号，Ctrl Shift D 换配色", "caption")
        keys.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.body.addWidget(keys)
        self._wait = QTimer(self)
        self._wait.setInterval(1000)
        self._wait.timeout.connect(self._count_down)
        self._left = 0
        self.prepare()

    def stand_at(self, hall: str, window: str) -> None:
        """Which window this is."""
        self._hall_line.setText(f"{hall}，{window} 号窗口" if window else hall)

    # -- what it shows ----------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Before the store is open."""
        self._fresh("一次办窗口终端", "home")
        self._middle.addWidget(Text("正在准备…", "muted"))

    def ask(self, flows: Flows) -> None:
        """Ask who it is; at the very first start make the administrator."""
        self._flows, self._locked_for = flows, None
        self._lanes.store.run(flows.sign_in.users, self._show_users, self._failed)

    def ask_again(self, flows: Flows, session: Session) -> None:
        """Locked: the same person comes back, or another takes over."""
        self._flows, self._locked_for, self._login = flows, session, session.login
        self._fresh("窗口已锁定", "lock")
        self._middle.addWidget(Text(f"{session.name} 的办件已保存，输入密码继续。", "muted", wrap=True))
        self._add_pin("解锁")
        self._offer_others(flows)
        self._pin.setFocus()

    def _fresh(self, title: str, icon: str) -> None:
        clear(self._middle)
        self._title.setText(title)
        self._mark.set(icon, "primary")
        self._said.clear()
        self._wait.stop()

    def _show_users(self, users: tuple[tuple[str, str], ...]) -> None:
        if not users:
            self._show_first()
            return
        self._fresh("请登录", "user")
        people = QWidget()
        grid = QGridLayout(people)
        self._look.lay(grid, gap="sm")
        self._people: dict[str, Button] = {}
        for index, (login, name) in enumerate(users):
            button = Button(self._look, name, icon="user")
            button.setObjectName(f"user-{login}")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.clicked.connect(lambda _=False, who=login: self._pick(who))
            grid.addWidget(button, index // 2, index % 2)
            self._people[login] = button
        self._put(labelled(self._look, "我是", people))
        self._add_pin("登录")
        self._pick(self._login if self._login in self._people else users[0][0])
        self.asked.emit()

    def _pick(self, login: str) -> None:
        self._login = login
        self._people[login].setChecked(True)
        self._said.clear()
        self._pin.clear()
        self._pin.setFocus()

    def _add_pin(self, verb: str) -> None:
        self._pin = self._field("密码", "pin", secret=True)
        self._pin.returnPressed.connect(self._enter)
        self._pin.textEdited.connect(self._typing)
        self._button = Button(self._look, verb, "primary", icon_right="arrow-right", large=True)
        self._button.setObjectName("enter")
        self._button.clicked.connect(self._enter)
        self._middle.addWidget(self._button)

    def _offer_others(self, flows: Flows) -> None:
        other = Button(self._look, "换人登录", "ghost", "users")
        other.setObjectName("other")
        other.clicked.connect(lambda: self.ask(flows))
        self._middle.addWidget(other, 0, Qt.AlignmentFlag.AlignHCenter)

    def _show_first(self) -> None:
        self._fresh("首次使用，先设管理员", "shield-check")
        self._middle.addWidget(Text("管理员可以再添加窗口人员和主管。日结需要两个人，请至少再添加一名主管。", "muted", wrap=True))
        self._name = self._field("姓名", "name")
        self._new_login = self._field("登录名（字母或工号）", "login")
        self._pin = self._field("密码（至少 6 位）", "pin", secret=True)
        self._again = self._field("再输一遍密码", "again", secret=True)
        self._again.returnPressed.connect(self._create)
        self._button = Button(self._look, "创建并登录", "primary", icon_right="arrow-right", large=True)
        self._button.setObjectName("enter")
        self._button.clicked.connect(self._create)
        self._middle.addWidget(self._button)
        for field, following in ((self._name, self._new_login), (self._new_login, self._pin), (self._pin, self._again)):
            field.returnPressed.connect(following.setFocus)
        self._name.setFocus()
        self.asked.emit()

    def _show_change(self) -> None:
        """The PIN was right and somebody else's choice: nothing else goes on before one's own."""
        self._fresh("先换成自己的密码", "lock")
        self._middle.addWidget(Text(wording.say("sign_in.temporary") + "。", "muted", wrap=True))
        self._pin = self._field("新密码（至少 6 位）", "new-pin", secret=True)
        self._again = self._field("再输一遍新密码", "again", secret=True)
        self._pin.returnPressed.connect(self._again.setFocus)
        self._again.returnPressed.connect(self._change)
        for field in (self._pin, self._again):
            field.textEdited.connect(self._typing)
        self._button = Button(self._look, "换密码并登录", "primary", icon_right="arrow-right", large=True)
        self._button.setObjectName("enter")
        self._button.clicked.connect(self._change)
        self._middle.addWidget(self._button)
        assert self._flows is not None
        self._offer_others(self._flows)
        self._pin.setFocus()

    def _field(self, label: str, name: str, *, secret: bool = False) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName(name)
        if secret:
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhPreferNumbers)
        self._put(labelled(self._look, label, field))
        return field

    def _put(self, box: QWidget) -> None:
        self._middle.addWidget(box)
        box.show()      # at once, not when Qt finds time: it is to take the keyboard

    def cannot_open(self, code: str, **params: object) -> None:
        """What lies behind the window could not be opened: say why, for there is nothing to sign in to."""
        self._fresh("暂时不能办理", "alert-circle")
        self._said.show_code(code, **params)
        self.refused.emit(code)

    # -- what it does -----------------------------------------------------------------------------------------------

    def _typing(self) -> None:
        restyle(self._pin, state="")
        if not self._wait.isActive():
            self._said.clear()

    def _enter(self) -> None:
        flows, login, pin = self._flows, self._login, self._pin.text()
        if flows is None or self._wait.isActive() or not self._button.isEnabled():
            return
        if not pin:
            self._pin.setFocus()
            return
        self._button.setEnabled(False)
        self._temporary = pin
        self._lanes.store.run(lambda: flows.sign_in.enter(login, pin), self._come_in, self._failed)

    def _filled(self, *fields: QLineEdit) -> bool:
        """Whether nothing is empty and both PINs are one."""
        empty = next((field for field in fields if not field.text().strip()), None)
        if empty is not None:
            self._said.show_code("window.fill_all")
            empty.setFocus()
        elif self._pin.text() != self._again.text():
            self._said.show_code("window.pins_differ")
            self._again.clear()
            self._again.setFocus()
        else:
            return True
        return False

    def _change(self) -> None:
        flows, login, old, pin = self._flows, self._login, self._temporary, self._pin.text()
        if flows is None or self._wait.isActive() or not self._button.isEnabled() or not self._filled(self._pin, self._again):
            return

        def change() -> Session:
            flows.sign_in.change_pin(login, old, pin)
            return flows.sign_in.enter(login, pin)

        self._button.setEnabled(False)
        self._lanes.store.run(change, self._come_in, self._failed)

    def _create(self) -> None:
        if not self._button.isEnabled() or not self._filled(self._name, self._new_login, self._pin, self._again):
            return
        flows, login, name, pin = self._flows, self._new_login.text().strip(), self._name.text().strip(), self._pin.text()
        assert flows is not None
        self._button.setEnabled(False)
        self._lanes.store.run(lambda: flows.sign_in.add_user(None, login, name, "administrator", pin),
                              self._come_in, self._failed)

    def _come_in(self, session: Session) -> None:
        self._button.setEnabled(True)
        self._temporary = ""
        self._login = session.login
        self._pin.clear()
        self._said.clear()
        self.close_layer()
        self.entered.emit(session)

    def _failed(self, error: Exception) -> None:
        if wording.fault_code(error) == "sign_in.temporary":
            self._show_change()
            return
        if hasattr(self, "_button"):
            self._button.setEnabled(True)
            self._pin.selectAll()
            self._pin.setFocus()
            restyle(self._pin, state="error")
        self._left = int(getattr(error, "seconds", 0))
        self._code = wording.fault_code(error)
        self._said.show_code(self._code, seconds=self._left)
        if not hasattr(self, "_button"):
            self.refused.emit(self._code)
        if self._left:
            self._button.setEnabled(False)
            self._wait.start()

    def _count_down(self) -> None:
        self._left -= 1
        if self._left > 0:
            self._said.show_code(self._code, seconds=self._left)
            return
        self._wait.stop()
        self._said.clear()
        self._button.setEnabled(True)
        self._pin.clear()
        restyle(self._pin, state="")
        self._pin.setFocus()
