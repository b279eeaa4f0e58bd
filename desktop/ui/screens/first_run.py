"""The first start: which window this is, who runs it, what is still missing. One cover, three steps; each but the second may wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop import wording
from desktop.domain.answers import Answers, Person
from desktop.domain.county import same_fingerprint
from desktop.ui.look import restyle
from desktop.ui.screens.sign_in import SaidLine
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import Icon, Scroll, clear, labelled
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.file_dialog import ask_for_file
from desktop.ui.widgets.layer import Layer
from desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from desktop.domain.county import Offer
    from desktop.domain.problem import Problem
    from desktop.flows.bundle import Flows
    from desktop.flows.set_up import Looked, SetUp
    from desktop.flows.views import Session
    from desktop.ui.background import Lanes
    from desktop.ui.look import Look

STEPS = ("本窗口", "管理员", "检查")
FIELDS = (("hall", "大厅名称"), ("window", "窗口号"), ("window_code", "窗口代码（三位，全县不重复）"), ("region", "县区代码（六位）"))
PERSON = (("name", "姓名"), ("login", "登录名（字母或工号）"), ("pin", "密码（至少 6 位）"), ("again", "再输一遍密码"))
_SHARE_OF_CHECKS = 0.36
"""Of the window's height; the list scrolls."""


class FirstRunCover(Layer):
    """Stands over the sign-in cover until somebody is signed in and has seen the checks."""

    kept = Signal()
    """All that was answered is kept: the store may be opened."""
    entered = Signal(object)
    """Session"""

    def __init__(self, parent: QWidget, look: Look, lanes: Lanes, verbs: SetUp) -> None:
        super().__init__(parent, look, opaque=True, width=880)
        self._lanes, self._verbs = lanes, verbs
        self._answers = Answers({})
        self._county: tuple[Path, Offer] | None = None
        self._not_taken: Problem | None = None
        self._fields: dict[str, QLineEdit] = {}
        self._boxes: list[QWidget] = []
        """The fields with their labels."""
        self._typed: dict[str, str] = {}
        """What stood in the fields of the steps that were left."""
        self._heading()
        self._middle = QVBoxLayout()
        look.lay(self._middle, gap="lg")
        self.body.addLayout(self._middle)
        self._said = SaidLine(look)
        self.body.addWidget(self._said)
        self._row = QHBoxLayout()
        look.lay(self._row, gap="md")
        self.body.addLayout(self._row)

    def open(self) -> None:
        """Come up and ask what is asked first."""
        super().open()
        if self._verbs.asks_window:
            self.ask_window()
        else:
            self.ask_administrator()

    def _heading(self) -> None:
        head = QHBoxLayout()
        self._look.lay(head, gap="lg")
        words = QVBoxLayout()
        self._look.lay(words, gap="xs")
        self._title, self._why = Text("", "h2"), Text("", "muted", wrap=True)
        words.addWidget(self._title)
        words.addWidget(self._why)
        head.addLayout(words, 1)
        self._marks = [Chip(self._look, f"{number} {step}") for number, step in enumerate(STEPS, 1)]
        for mark in self._marks:
            head.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(head)

    def _step(self, number: int, title: str, why: str) -> None:
        self._typed |= {key: field.text() for key, field in self._fields.items()}
        self._fields, self._boxes = {}, []
        clear(self._middle)
        clear(self._row)
        self._said.clear()
        self._title.setText(title)
        self._why.setText(why)
        for index, mark in enumerate(self._marks):
            mark.set(f"{index + 1} {STEPS[index]}", "primary" if index == number else "neutral", "check" if index < number else "")
        self.setAccessibleName(f"首次使用，第 {number + 1} 步，共 {len(STEPS)} 步：{STEPS[number]}")

    # -- this window ------------------------------------------------------------------------------------------------

    def ask_window(self) -> None:
        """Which window this is."""
        self._step(0, "首次使用：这是哪个窗口？", "印在凭条和办件编号里，用起来以后不要再改。")
        grid = QGridLayout()
        self._look.lay(grid, gap="lg")
        for column, (key, words) in enumerate(FIELDS, -1):
            grid.addWidget(self._field(key, words), min(column + 1, 1), max(column, 0), 1, 3 if key == "hall" else 1)
        self._middle.addLayout(grid)
        self._region = Text("", "caption")
        self._fields["region"].textChanged.connect(self._name_region)
        self._files = QWidget()
        files = QHBoxLayout(self._files)
        self._look.lay(files, gap="md")
        files.addWidget(self._button("导入县级文件", "county-file", lambda: self._ask_for(self.look_at_county), "ghost", "folder-open"))
        files.addWidget(self._button("用答案文件", "answers-file", lambda: self._ask_for(self.read_answers), "ghost", "folder-open"))
        files.addStretch(1)
        files.addWidget(self._region)
        self._middle.addWidget(self._files)
        self._offered = Text("", "", wrap=True)
        self._middle.addWidget(self._offered)
        self._mark = self._field("fingerprint", "照县里印发的输入公钥的指纹")
        self._middle.addWidget(self._mark)
        self._show_offer()
        self._row.addWidget(self._button("以后再填", "later", self._skip_window))
        self._row.addStretch(1)
        self._row.addWidget(self._button("下一步", "next", self._check_window, "primary", right="arrow-right"))
        self._in_turn(("hall", "window", "window_code", "region"), self._check_window)
        self._name_region(self._fields["region"].text())
        self._begin_at("hall")

    def _name_region(self, code: str) -> None:
        name = self._verbs.region_name(code)
        self._region.setText(name if name != code else "")

    def _ask_for(self, chosen: Callable[[Path], None]) -> None:
        ask_for_file(self, "选择文件", "所有文件 (*)", chosen)

    def look_at_county(self, path: Path) -> None:
        """What a county's file holds; it is taken when there is an administrator."""
        self._wait()
        key = self._answers.county_key
        self._lanes.store.run(lambda: (path, self._verbs.offer(path, key)), self._offer_seen, self._failed)

    def _offer_seen(self, seen: tuple[Path, Offer]) -> None:
        self._ready()
        self._said.clear()
        self._county = seen
        if not self._fields["region"].text():
            self._fields["region"].setText(seen[1].region)
        self._show_offer()
        (self._fields["fingerprint"] if self._mark.isVisibleTo(self) else self._fields["hall"]).setFocus()

    def _show_offer(self) -> None:
        offer = self._county[1] if self._county else None
        self._files.setVisible(offer is None)
        self._offered.setVisible(offer is not None)
        self._mark.setVisible(offer is not None and not offer.trusted)
        if offer is not None:
            packs = sum(piece.name.startswith("themes/") for piece in offer.pieces)
            self._offered.setText(f"{offer.region_name}第 {offer.serial} 号县级文件：主题包 {packs} 个，"
                                  f"其他文件 {len(offer.pieces) - packs} 个。设好管理员以后导入。")

    def read_answers(self, path: Path) -> None:
        """Fill in what a file of answers says."""
        self._wait()
        self._lanes.store.run(lambda: self._verbs.read(path), self._answers_read, self._failed)

    def _answers_read(self, answers: Answers) -> None:
        self._ready()
        self._said.clear()
        self._answers = answers
        for key, _ in FIELDS:
            self._fields[key].setText(str(answers.settings.get(key, self._fields[key].text())))
        if answers.administrator is not None:
            self._typed |= {"name": answers.administrator.name, "login": answers.administrator.login}
        self._fields["hall"].setFocus()

    def _skip_window(self) -> None:
        self._answers = replace(self._answers, settings={})
        self._county = None
        self.ask_administrator()

    def _check_window(self) -> None:
        if self._lacking([key for key, _ in FIELDS]):
            return
        offer = self._county[1] if self._county else None
        if offer is not None and not offer.trusted and not same_fingerprint(self._fields["fingerprint"].text(), offer.fingerprint):
            self._said.show_code("county.fingerprint" if self._fields["fingerprint"].text() else "county.unknown_key",
                                 fingerprint=offer.fingerprint)
            self._fields["fingerprint"].setFocus()
            return
        said = {key: self._fields[key].text().strip() for key, _ in FIELDS}
        self._answers = replace(self._answers, settings={**self._answers.settings, **said})
        self._check(self._answers, self.ask_administrator)

    # -- the administrator ------------------------------------------------------------------------------------------

    def ask_administrator(self) -> None:
        """Who runs it; without somebody nothing can be done."""
        self._step(1, "先设一位管理员", "管理员可以再添加窗口人员和主管。日结需要两个人，请至少再添加一名主管。")
        grid = QGridLayout()
        self._look.lay(grid, gap="lg")
        for index, (key, words) in enumerate(PERSON):
            grid.addWidget(self._field(key, words, secret=key in {"pin", "again"}), index // 2, index % 2)
        self._middle.addLayout(grid)
        if self._verbs.asks_window:
            self._row.addWidget(self._button("上一步", "back", self.ask_window))
        self._row.addStretch(1)
        self._row.addWidget(self._button("创建并登录", "enter", self._create, "primary", right="arrow-right"))
        self._in_turn(("name", "login", "pin", "again"), self._create)
        self._begin_at("name")

    def _create(self) -> None:
        if self._lacking([key for key, _ in PERSON]):
            return
        login, name, pin = (self._fields[key].text().strip() for key in ("login", "name", "pin"))
        if pin != self._fields["again"].text().strip():
            self._said.show_code("window.pins_differ")
            self._fields["again"].clear()
            self._fields["again"].setFocus()
            return
        answers = replace(self._answers, administrator=Person(login, name, "administrator"), pins={**self._answers.pins, login: pin})
        self._check(answers, lambda: self._keep(answers))

    def _keep(self, answers: Answers) -> None:
        self._answers = answers
        path = self._county[0] if self._county else None
        mark = self._typed.get("fingerprint", "")
        self._wait()
        self._lanes.store.run(lambda: self._verbs.keep(answers, path, mark), self._all_kept, self._failed)

    def _all_kept(self, not_taken: Problem | None) -> None:
        self._not_taken = not_taken
        self.kept.emit()

    def go_on(self, flows: Flows) -> None:
        """The store is open: sign in whoever was made administrator."""
        first = self._answers.administrator
        assert first is not None, "made before"
        pin = self._answers.pins[first.login]
        self._lanes.store.run(lambda: flows.sign_in.enter(first.login, pin), self.ask_checks, self._failed)

    # -- the checks -------------------------------------------------------------------------------------------------

    def ask_checks(self, session: Session) -> None:
        """What is still missing."""
        self._answers, self._typed = Answers({}), {}
        self._step(2, "已经设好，看看还缺什么", "随时可以开始；以后用 oncedesk doctor 再看。")
        self._list = Scroll(self._look, gap="md")
        self._list.setObjectName("checks")
        self._list.setFixedHeight(round(self.height() * _SHARE_OF_CHECKS))
        self._middle.addWidget(self._list)
        self._lines = QVBoxLayout()
        self._look.lay(self._lines, gap="md")
        self._list.body.addLayout(self._lines)
        if self._not_taken is not None:
            self._line("alert-triangle", "warn", wording.problem_words(self._not_taken), wording.problem_remedy(self._not_taken))
        self._line("alert-triangle", "warn", "恢复密钥还没有打印成纸条",
                   "本机的密钥丢了，没有它数据就再也打不开。请按手册“恢复密钥”打印，分给三个人保管。")
        self._looking = Text("正在检查…", "muted")
        self._list.body.addWidget(self._looking)
        self._list.body.addStretch(1)
        self._row.addStretch(1)
        begin = self._button("开始使用", "begin", lambda: self._leave(session), "primary", right="arrow-right")
        self._row.addWidget(begin)
        begin.setFocus()
        self._lanes.search.run(self._verbs.checks, self._show_checks, self._checks_failed)

    def _show_checks(self, found: tuple[Looked, ...]) -> None:
        self._looking.hide()
        for one in found:
            if not one.ok:
                self._line("alert-circle", "danger", one.sentence, one.remedy)
        good = sum(one.ok for one in found)
        self._line("circle-check", "ok", f"另外 {good} 项正常" if good < len(found) else f"{good} 项都正常", "")

    def _checks_failed(self, error: Exception) -> None:
        code = wording.fault_code(error)
        self._looking.setText(wording.say(code, **wording.params_of(error)))

    def _line(self, icon: str, tone: str, say: str, remedy: str) -> None:
        line = QWidget()
        row = QHBoxLayout(line)
        self._look.lay(row, gap="sm")
        row.addWidget(Icon(self._look, icon, tone), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        self._look.lay(words, gap="xs")
        words.addWidget(Text(say, "strong", wrap=True))
        if remedy:
            words.addWidget(Text(remedy, "caption", wrap=True))
        row.addLayout(words, 1)
        line.setAccessibleName(f"{say} {remedy}".strip())
        self._lines.addWidget(line)

    def _leave(self, session: Session) -> None:
        self.close_layer()
        self.entered.emit(session)

    # -- fields and buttons -----------------------------------------------------------------------------------------

    def _field(self, key: str, words: str, *, secret: bool = False) -> QWidget:
        field = QLineEdit(self._typed.get(key, ""))
        field.setObjectName(key)
        if secret:
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhPreferNumbers)
        field.textChanged.connect(lambda: restyle(field, state=""))
        self._fields[key] = field
        self._boxes.append(labelled(self._look, words, field))
        return self._boxes[-1]

    def _button(self, text: str, name: str, act: Callable[[], object], kind: str = "secondary", icon: str = "", right: str = "") -> Button:
        button = Button(self._look, text, kind, icon, right, large=kind == "primary")  # type: ignore[arg-type]
        button.setObjectName(name)
        button.clicked.connect(lambda _=False: act())
        return button

    def _in_turn(self, keys: tuple[str, ...], last: Callable[[], object]) -> None:
        """Enter goes to the next field, from the last one on."""
        for key, following in pairwise(keys):
            self._fields[key].returnPressed.connect(self._fields[following].setFocus)
        for key in (keys[-1], *({"fingerprint"} & set(self._fields))):
            self._fields[key].returnPressed.connect(last)

    def _begin_at(self, key: str) -> None:
        """At the first field that is empty."""
        for box in self._boxes:
            box.show()      # at once, not when Qt finds time: one of them is to take the keyboard
        if "fingerprint" in self._fields:
            self._show_offer()
        self._fields[next((one for one, field in self._fields.items() if not field.text() and field.isVisibleTo(self)), key)].setFocus()

    def _lacking(self, keys: list[str]) -> bool:
        empty = [key for key in keys if not self._fields[key].text().strip()]
        for key in empty:
            restyle(self._fields[key], state="error")
        if empty:
            self._said.show_code("window.fill_all")
            self._fields[empty[0]].setFocus()
        return bool(empty)

    def _wait(self) -> None:
        for button in self.findChildren(Button):
            button.setEnabled(False)

    def _ready(self) -> None:
        for button in self.findChildren(Button):
            button.setEnabled(True)

    # -- asking -----------------------------------------------------------------------------------------------------

    def _check(self, answers: Answers, good: Callable[[], object]) -> None:
        """Everything that is wrong is looked for before anything is kept; of a step that is to come, nothing."""
        self._wait()
        self._lanes.store.run(lambda: self._verbs.mistakes(answers), lambda found: self._checked(found, good), self._failed, self)

    def _checked(self, found: tuple[Problem, ...], good: Callable[[], object]) -> None:
        self._ready()
        if not found:
            good()
            return
        self._show_problems(found)

    def _show_problems(self, found: tuple[Problem, ...]) -> None:
        first = found[0]
        self._said.show_code(first.code, **first.params)
        keys = [str(problem.key).rpartition(".")[2] if str(problem.key).startswith("people.") else str(problem.key) for problem in found]
        wrong = [self._fields[key] for key in keys if key in self._fields]
        for field in wrong:
            restyle(field, state="error")
        if wrong:
            wrong[0].setFocus()

    def _failed(self, error: Exception) -> None:
        self._ready()
        problems: tuple[Problem, ...] = getattr(error, "problems", ())
        if problems:
            self._show_problems(problems)
            return
        self._said.show_code(wording.fault_code(error), **wording.params_of(error))
