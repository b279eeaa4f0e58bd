"""What the family sees when it is invited to rate: five levels, reasons for a bad one, a way out. It never shows what was given."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.domain import rating
from desktop.ui.look import Look
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import Card, Scroll
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.level_button import LevelButton
from desktop.ui.widgets.text import Text

WAIT_MS = 60_000
"""Untouched so long: the family has gone, and nobody rated."""
THANKS_MS = 5_000


class RatingPage(QWidget):
    """Keys: 1 to 5 choose, Enter submits, Esc is no rating."""

    submitted = Signal(int, object, str)
    """level, reasons, text"""
    left = Signal()
    """Skipped, waited in vain, or thanked: the page may go."""

    def __init__(self, look: Look, keypad: bool = False) -> None:
        super().__init__()
        self.setObjectName("rating.page")
        self._stack = QStackedWidget()
        outer = QVBoxLayout(self)
        look.lay(outer)
        outer.addWidget(self._stack)
        asked = QWidget()
        whole = QVBoxLayout(asked)
        look.lay(whole, gap="md")
        self._stack.addWidget(asked)
        self._scroll = Scroll(look, gap="lg")
        whole.addWidget(self._scroll, 1)
        column = self._scroll.body
        column.addStretch(1)
        self._theme = Text("", "h2", wrap=True)
        column.addWidget(self._theme)
        hint = "评价自愿，不评也不影响办理。您选了什么，窗口工作人员看不到。"
        column.addWidget(Text(hint + ("也可以按评价器上的键。" if keypad else ""), "muted", wrap=True))
        levels = QHBoxLayout()
        look.lay(levels, gap="lg")
        self._levels = QButtonGroup(self)
        for level, word in rating.LEVELS.items():
            button = LevelButton(look, level, word)
            self._levels.addButton(button, level)
            levels.addWidget(button)
        self._levels.idToggled.connect(self._choose)
        column.addLayout(levels)

        self._why = Card(look, gap="md")
        self._why.body.addWidget(Text("哪里没有做好？可以选几项，也可以写几个字", "h3"))
        boxes = QGridLayout()
        look.lay(boxes)
        boxes.setHorizontalSpacing(look.space("xl"))
        boxes.setVerticalSpacing(look.space("md"))
        self._reasons: dict[str, QCheckBox] = {}
        for at, reason in enumerate(rating.REASONS):
            box = QCheckBox(reason)
            box.setObjectName(f"reason.{reason}")
            box.toggled.connect(self._update)
            self._reasons[reason] = box
            boxes.addWidget(box, at // 5, at % 5)
        for at in range(5):
            boxes.setColumnStretch(at, 1)
        self._why.body.addLayout(boxes)
        self._text = QPlainTextEdit()
        self._text.setObjectName("rating.text")
        self._text.setAccessibleName("想说的话")
        self._text.setPlaceholderText(f"想说的话，最多 {rating.LONGEST} 字")
        self._text.setTabChangesFocus(True)
        self._text.textChanged.connect(self._update)
        look.follow(self._text, lambda text: text.setFixedHeight(look.text("body") * 4))
        self._why.body.addWidget(self._text)
        column.addWidget(self._why)
        self._why.hide()
        column.addStretch(1)

        self._said = Text("", "strong", "warn", wrap=True)
        whole.addWidget(self._said)
        buttons = QHBoxLayout()
        look.lay(buttons, gap="md")
        self._skip = Button(look, "不评价", "secondary", large=True)
        self._skip.setObjectName("action.rating_skip")
        self._skip.clicked.connect(self.left)
        self.submit = Button(look, "提交评价", "primary", "check", large=True)
        self.submit.setObjectName("action.rating_submit")
        self.submit.clicked.connect(self._submit)
        buttons.addWidget(self._skip)
        buttons.addStretch(1)
        buttons.addWidget(self.submit)
        whole.addLayout(buttons)

        self._stack.addWidget(EmptyState(look, "heart-handshake", "谢谢您的评价", "我们会据此改进服务。"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self.left)
        self._update()

    def ask(self, theme: str) -> None:
        """Begin; nothing is chosen."""
        self._theme.setText(f"您刚办理的是{theme}，请您评价窗口的服务")
        self._patience.start(WAIT_MS)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)
        self.setFocus()

    def thank(self) -> None:
        """It is kept; what was given is on the screen no more."""
        self._stack.setCurrentIndex(1)
        self._patience.start(THANKS_MS)

    def say(self, words: str) -> None:
        """It was not kept: why, and what to do."""
        self._said.setText(words)
        self._update()

    def _level(self) -> int:
        return self._levels.checkedId()

    def _chosen(self) -> tuple[tuple[str, ...], str]:
        if self._level() not in rating.BAD:      # ticked, then thought better of it
            return (), ""
        return tuple(reason for reason, box in self._reasons.items() if box.isChecked()), self._text.toPlainText()

    def _choose(self, _level: int, on: bool) -> None:
        if on:
            self._why.setVisible(self._level() in rating.BAD)
            self._said.setText("")
            self._update()
            if self._level() in rating.BAD:      # once the page has grown by them
                QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(self._why, 0, 0))

    def _update(self) -> None:
        written = self._text.toPlainText()
        if len(written) > rating.LONGEST:
            self._text.setPlainText(written[:rating.LONGEST])
            self._text.moveCursor(self._text.textCursor().MoveOperation.End)
        level = self._level()
        self.submit.setEnabled(level in rating.LEVELS and not rating.lacks_reason(level, *self._chosen()))
        self.submit.setToolTip("" if level not in rating.BAD or self.submit.isEnabled() else "请选一个原因或写几个字")

    def _submit(self) -> None:
        self.submit.setEnabled(False)       # once
        reasons, text = self._chosen()
        self.submitted.emit(self._level(), reasons, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._stack.currentIndex() == 0 and event.text() in {str(level) for level in rating.LEVELS}:
            self._levels.button(int(event.text())).setChecked(True)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._stack.currentIndex() == 0:
            self.submit.click()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        touched = event.type() in {QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.KeyPress}
        if touched and self._stack.currentIndex() == 0 and isinstance(watched, QWidget) and watched.window() is self.window():
            self._patience.start(WAIT_MS)
        return False
