"""One blank on the screen: label as printed, editor, source badge, and a line that says what is wrong or where it is from.

It shows FieldViews and tells what was typed. Whether a value is right, and when it is sent, is decided elsewhere.
"""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QComboBox, QCompleter, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.flows.views import FieldView, QuestionView
from desktop.ui.look import Look, restyle
from desktop.ui.widgets.chips import Chip, Tone
from desktop.ui.widgets.segmented import Segmented
from desktop.ui.widgets.text import Elided, Text
from desktop.ui.widgets.ticks import Ticks
from desktop.wording import problem_words

BADGES: dict[str, tuple[str, Tone]] = {
    "hand": ("手填", "neutral"), "chip": ("读卡", "primary"), "platform": ("部门回传", "ok"), "recognised": ("识别", "info"),
    "derived": ("推算", "neutral"), "copied": ("同上", "neutral"), "default": ("默认", "neutral"),
}
"""What a source is called beside the field, and its tone."""

LOOKS = {"field.look", "sources.look"}
"""Codes of problems that ask for a look."""
_PLACEHOLDERS = {"date": "如 20261110", "datetime": "如 20261110 0826", "int": "数字", "image": "拍摄或签字后自动填入",
                 "region": "地名或 6 位代码", "id_number": "18 位", "phone": "手机或固定电话"}
_YES_NO = {"true": "是", "false": "否"}


def as_field(question: QuestionView) -> FieldView:
    """A question of the greeting drawn like a field."""
    return FieldView(
        key=question.key, label=question.label, type=question.type, choices=question.choices, editable_choice=False,
        required=question.ask == "greeting",
        locked=False, visible=True, width="half", help=question.help, value=question.value, shown=question.value,
        source=question.source, confidence=1.0, needs_look=False, cutout=None, origin_text="", problems=())


class FieldRow(QWidget):
    """Label, editor, badge, line."""

    typed = Signal(str, str)
    """key, text as it stands there: another keystroke may follow. In which spelling it is kept is the rules' business."""
    chosen = Signal(str, str)
    """key, value: complete."""
    entered = Signal(str)
    left = Signal(str)
    moved = Signal(str, int)
    """key and +1 (Enter) or -1 (Shift+Enter)."""
    undone = Signal()
    """Ctrl+Z with nothing of its own to take back."""

    def __init__(self, look: Look, field: FieldView, prefix: str = "field") -> None:
        super().__init__()
        self._look = look
        self.key = field.key
        self._prefix = prefix
        self._kind = field.type
        self._field = field
        self._touched = False
        self._visited = False
        self._composing = False
        """An input method holds letters that are not yet text: a new text under it would throw them away."""
        self._waiting: tuple[FieldView, bool] | None = None
        self.setObjectName(f"row.{field.key}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

        label = Elided(field.label, "label")
        self.label = label
        star = Text("*", "label", "danger")
        if not field.required:      # setHidden(False) would show it as a window of its own: it has no parent yet
            star.hide()
        self.badge = Chip(look, "", "neutral")
        self.line = Text("", "caption", wrap=True)

        self.editor = self._make_editor(field)

        head = QHBoxLayout()
        head.addWidget(label)
        head.addWidget(star)
        head.addStretch(1)
        head.addWidget(self.badge)
        look.lay(head, gap="sm")
        rows = QVBoxLayout(self)
        rows.addLayout(head)
        rows.addWidget(self.editor)
        rows.addWidget(self.line)
        look.lay(rows, gap="xs")
        look.follow(self, FieldRow._measure)
        self.show_field(field, held=False)

    # -- showing ----------------------------------------------------------------------------------------------------

    def show_field(self, field: FieldView, *, held: bool) -> None:
        """Show a newer view; the text stays the clerk's while `held`, or while the clerk is writing in it.

        While an input method composes nothing changes at all; the newest view is shown when it is done.
        """
        if self._composing:
            self._waiting = field, held
            return
        if field.choices != self._field.choices:
            self._take_choices(field)
        self._field = field
        if not held and not (self._touched and self.has_focus()):
            self._touched = False
            self._write(field)
        self._dress()

    def nag(self) -> None:
        """From now on an empty required field counts as forgotten."""
        self._visited = True
        self._dress()

    def forget(self) -> None:
        """Another case comes: empty, untouched, not yet visited."""
        self._touched = self._visited = self._composing = False
        self._waiting = None
        self._field = replace(self._field, value="", shown="", source="", needs_look=False, cutout=None, origin_text="",
                              problems=())
        self._write(self._field)
        self._dress()

    def has_focus(self) -> bool:
        """Whether the clerk is in it."""
        focus = QApplication.focusWidget()
        return self.editor.hasFocus() or (focus is not None and self.editor.isAncestorOf(focus))

    @property
    def writable(self) -> bool:
        """Whether Enter stops here."""
        return not self._field.locked and self._kind != "image" and self._field.visible and self.editor.isEnabled()

    def text(self) -> str:
        """What stands in it."""
        if isinstance(self.editor, QLineEdit):
            return self.editor.text()
        if isinstance(self.editor, QComboBox):
            return self.editor.currentText()
        return self._stored(self.editor.value())

    def focus(self) -> None:
        """Put the clerk here, ready to type over."""
        self.editor.setFocus(Qt.FocusReason.TabFocusReason)

    def _measure(self) -> None:
        """The head is as high as a badge even without one, the line as high as one line: the two columns stay level."""
        self.label.setMinimumHeight(self.badge.sizeHint().height())
        self.line.setMinimumHeight(self._look.text("caption") * 3 // 2)

    def _write(self, field: FieldView) -> None:
        editor = self.editor
        if isinstance(editor, QLineEdit):
            if editor.text() != field.shown:
                editor.setText(field.shown)
                editor.setCursorPosition(0 if not editor.hasFocus() else len(field.shown))
                if editor.hasFocus():
                    editor.selectAll()
        elif isinstance(editor, QComboBox):
            if editor.currentText() != field.shown:
                editor.setCurrentIndex(editor.findText(field.shown))
                editor.setEditText(field.shown)
        else:
            editor.set_value(_YES_NO.get(field.value, "") if field.type == "bool" else field.value)

    def _dress(self) -> None:
        field = self._field
        writing = self._touched and self.has_focus()
        badge: tuple[str, Tone] = BADGES.get(field.source, ("", "neutral"))
        if field.needs_look:
            badge = ("请核对", "warn")
        if self._prefix == "question" and field.required and field.source == "hand":
            badge = ("", "neutral")         # at the greeting everything is asked; saying so would only be noise
        word, tone = badge
        if field.locked and not field.value:
            word, tone = "部门回传", "neutral"
        self.badge.set(word, tone)
        self.badge.setVisible(bool(word))
        problems = [problem for problem in field.problems
                    if problem.code != "field.required" or (self._visited and not writing)]
        # What was only read without certainty is asked about, never called wrong.
        errors = [problem for problem in problems if problem.severity == "error" and problem.code not in LOOKS]
        if errors:
            state, words = ("plain" if writing else "error"), problem_words(errors[0])
        elif problems:
            state, words = "review", problem_words(problems[0])
        elif field.needs_look:
            state, words = "review", field.origin_text
        else:
            told = field.value and (field.source != "hand" or field.cutout is not None)
            state, words = "plain", field.origin_text if told else field.help
            if field.locked and not field.value:
                words = "由部门办理后回传，窗口不填"
        line_tone = {"error": "danger", "review": "warn"}.get(state, "")
        if errors and writing:
            line_tone = "danger"
        self.line.setText(words)
        self.line.setToolTip(words)
        restyle(self.line, tone=line_tone)
        state = "" if state == "plain" else state
        if isinstance(self.editor, Segmented | Ticks):
            self.editor.set_state(state)
        else:
            restyle(self.editor, state=state)
        self.editor.setAccessibleDescription("，".join(part for part in (word, words, self.text()) if part))

    # -- editors ----------------------------------------------------------------------------------------------------

    def _take_choices(self, field: FieldView) -> None:
        """Other choices (the outlets of another bank); what is being written stays."""
        text, editor = self.text(), self.editor
        if isinstance(editor, QComboBox) and field.choices:
            editor.blockSignals(True)  # noqa: FBT003 - Qt's own signature
            editor.clear()
            editor.addItems(list(field.choices))
            editor.setCurrentIndex(editor.findText(text))
            editor.setEditText(text)
            editor.blockSignals(False)  # noqa: FBT003
        elif isinstance(editor, Ticks) or (isinstance(editor, Segmented) and len(field.choices) in {2, 3}):
            editor.set_choices(field.choices)
        else:
            focused = self.has_focus()
            self.editor = self._make_editor(field)
            column = self.layout()
            assert column is not None
            column.replaceWidget(editor, self.editor)
            editor.removeEventFilter(self)
            editor.setObjectName("")
            editor.hide()
            editor.deleteLater()
            self._write(field)
            if focused:
                self.focus()

    def _make_editor(self, field: FieldView) -> QLineEdit | QComboBox | Segmented | Ticks:
        editor = self._new_editor(field)
        editor.setObjectName(f"{self._prefix}.{field.key}")
        editor.setAccessibleName(field.label)
        editor.installEventFilter(self)
        self.label.setBuddy(editor)
        return editor

    def _new_editor(self, field: FieldView) -> QLineEdit | QComboBox | Segmented | Ticks:
        if field.type == "multi" and field.choices:
            ticks = Ticks(self._look, field.choices)
            ticks.chosen.connect(self._chosen)
            return ticks
        if field.type == "bool":
            return self._segmented(tuple(_YES_NO.values()))
        if field.choices and len(field.choices) <= 3 and not field.editable_choice:
            return self._segmented(field.choices)
        if field.choices:
            return self._combo(field)
        line = QLineEdit()
        untyped = field.locked or field.type == "image"
        line.setReadOnly(untyped)
        if untyped:
            line.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        else:
            line.setPlaceholderText(_PLACEHOLDERS.get(field.type, ""))
        line.textEdited.connect(self._typed)
        return line

    def _segmented(self, choices: tuple[str, ...]) -> Segmented:
        segmented = Segmented(self._look, choices)
        segmented.chosen.connect(self._chosen)
        return segmented

    def _combo(self, field: FieldView) -> QComboBox:
        combo = QComboBox()
        combo.setEditable(True)        # so that a name can be typed, also through an input method
        combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        combo.addItems(list(field.choices))
        combo.setCurrentIndex(-1)
        combo.setMaxVisibleItems(9)
        completer, line = combo.completer(), combo.lineEdit()
        assert completer is not None      # an editable combo has both
        assert line is not None
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        line.textEdited.connect(self._typed)
        line.returnPressed.connect(lambda: self.moved.emit(self.key, 1))     # Enter while the words' list is open
        combo.textActivated.connect(self._chosen)
        return combo

    def _typed(self, text: str) -> None:
        self._touched = True
        if isinstance(self.editor, QComboBox) and not self._field.editable_choice and text and text not in self._field.choices:
            return      # half a word of a closed list is no answer yet; leaving the field settles it
        self.typed.emit(self.key, text)

    def _chosen(self, value: str) -> None:
        self._touched = True
        self.chosen.emit(self.key, self._stored(value))

    def _stored(self, choice: str) -> str:
        """A choice as the store keeps it."""
        if self._kind != "bool":
            return choice
        return {word: value for value, word in _YES_NO.items()}.get(choice, "")

    def settle(self) -> None:
        """Finish a half-typed choice."""
        if isinstance(self.editor, QComboBox) and not self._field.editable_choice:
            typed = self.editor.currentText().strip()
            alike = [choice for choice in self._field.choices if typed and typed in choice]
            if typed and typed not in self._field.choices:
                self._chosen(alike[0] if len(alike) == 1 else typed)
                self.editor.setEditText(alike[0] if len(alike) == 1 else typed)

    def _leave(self) -> None:
        """The clerk goes: finish a half-typed choice, then let the newest view be shown."""
        self.settle()
        self.left.emit(self.key)
        self._dress()

    # -- keys -------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.FocusIn:
                self.entered.emit(self.key)
            case QEvent.Type.InputMethod if isinstance(event, QInputMethodEvent):
                self._compose(composing=bool(event.preeditString()))
            case QEvent.Type.FocusOut:
                self._compose(composing=False)      # Qt commits or drops what was composed
                popup = isinstance(self.editor, QComboBox) and self.editor.view().isVisible()
                if not popup:
                    QTimer.singleShot(0, self, self._leave)     # after the editor itself has heard of it
            case QEvent.Type.Wheel if isinstance(self.editor, QComboBox):
                event.ignore()          # the page scrolls; a choice is never changed in passing
                return True
            case QEvent.Type.ShortcutOverride | QEvent.Type.KeyPress if isinstance(event, QKeyEvent):
                return self._key(event)
        return False

    def _compose(self, *, composing: bool) -> None:
        """The editor hears of it after us: what waited is shown once it has taken the text."""
        ended, self._composing = self._composing and not composing, composing
        if ended:
            QTimer.singleShot(0, self, self._show_waiting)

    def _show_waiting(self) -> None:
        if self._waiting is not None and not self._composing:
            (field, held), self._waiting = self._waiting, None
            self.show_field(field, held=held)

    @staticmethod
    def _close_words(combo: QComboBox) -> None:
        """The completer swallows the loss of focus while its list is open."""
        completer = combo.completer()
        words = completer.popup() if completer is not None else None
        if words is not None:
            words.hide()

    @staticmethod
    def _list_is_open(combo: QComboBox) -> bool:
        completer = combo.completer()
        words = completer.popup() if completer is not None else None
        return combo.view().isVisible() or (words is not None and words.isVisible())

    def _key(self, event: QKeyEvent) -> bool:
        press = event.type() == QEvent.Type.KeyPress
        if event.matches(QKeySequence.StandardKey.Undo):
            inner = self.editor if isinstance(self.editor, QLineEdit) else (
                self.editor.lineEdit() if isinstance(self.editor, QComboBox) else None)
            if inner is not None and self._touched and inner.isUndoAvailable():
                return False
            if press:
                self.undone.emit()
            event.accept()
            return True
        if press and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier):
                return False
            if isinstance(self.editor, QComboBox):
                self._close_words(self.editor)
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.moved.emit(self.key, -1 if back else 1)
            return True
        if press and isinstance(self.editor, QComboBox) and event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up} \
                and not self._list_is_open(self.editor):
            self.editor.showPopup()     # the list opens instead of a choice changing unseen
            return True
        return False

