"""The small window that says why the program does not open, and what ways there are. Plain Qt: neither style nor flows nor store."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

Choice = Path | Literal["again"] | None
"""Another data folder, try again, or close."""


@dataclass(frozen=True)
class Way:
    """One way on from a failure: a button when the program can go it, else the command an administrator gives."""

    label: str
    command: str = ""
    act: Callable[[QWidget], Choice] | None = None
    """Called with the face; None from it = nothing was chosen."""


class Face(QDialog):
    """`lines`: the sentence, what to do, then what helps whoever is asked. `choice` says what was chosen."""

    def __init__(self, lines: Sequence[str], ways: Sequence[Way] = ()) -> None:
        super().__init__(None)
        self.choice: Choice = None
        self._text = "\n".join((*lines, *(f"{way.label}：{way.command}" for way in ways if way.command)))
        self.setWindowTitle("一次办窗口终端")
        self._use_our_font()
        down = QVBoxLayout(self)
        down.setContentsMargins(24, 24, 24, 16)
        down.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(16)
        mark = QLabel()
        mark.setPixmap(self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning).pixmap(40, 40))
        head.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(8)
        for number, line in enumerate(lines):
            words.addWidget(self._line(line, "face.say" if number == 0 else "face.do" if number == 1 else "face.more", bold=number == 0))
        head.addLayout(words, 1)
        down.addLayout(head)
        for way in ways:
            self._add_way(down, way)
        self._add_buttons(down)
        self.setAccessibleName(lines[0])
        self.setAccessibleDescription(self._text)
        self.setMinimumWidth(560)

    def _use_our_font(self) -> None:
        """The system may have none for Chinese."""
        with suppress(OSError):
            number = QFontDatabase.addApplicationFont(str(resources.files("resources") / "fonts" / "NotoSansSC-Regular.ttf"))
            font = QFont(self.font())
            font.setFamilies([*QFontDatabase.applicationFontFamilies(number), *font.families()])
            font.setPointSize(11)
            self.setFont(font)

    def _line(self, text: str, name: str, *, bold: bool = False) -> QLabel:
        line = QLabel(text)
        line.setObjectName(name)
        line.setTextFormat(Qt.TextFormat.PlainText)
        line.setWordWrap(True)
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if bold:
            font = line.font()
            font.setBold(True)
            font.setPointSize(13)
            line.setFont(font)
        return line

    def _add_way(self, down: QVBoxLayout, way: Way) -> None:
        if way.act is not None:
            act = way.act
            button = QPushButton(way.label)
            button.setAutoDefault(False)
            button.clicked.connect(lambda: self._go(act))
            down.addWidget(button)
            return
        row = QHBoxLayout()
        row.addWidget(QLabel(f"{way.label}："))
        command = QLineEdit(way.command)
        command.setReadOnly(True)
        command.setAccessibleName(f"{way.label}的命令")
        row.addWidget(command, 1)
        down.addLayout(row)

    def _add_buttons(self, down: QVBoxLayout) -> None:
        box = QDialogButtonBox()
        for label, name, role, slot in (
                ("复制", "face.copy", QDialogButtonBox.ButtonRole.ActionRole, self.copy),
                ("再试一次", "face.again", QDialogButtonBox.ButtonRole.ActionRole, lambda: self._leave("again")),
                ("关闭", "face.close", QDialogButtonBox.ButtonRole.RejectRole, self.reject)):
            button = box.addButton(label, role)
            button.setObjectName(name)
            button.clicked.connect(slot)
        down.addWidget(box)

    def copy(self) -> None:
        """All that stands here, to be sent to somebody."""
        QGuiApplication.clipboard().setText(self._text)

    def _go(self, act: Callable[[QWidget], Choice]) -> None:
        if (choice := act(self)) is not None:
            self._leave(choice)

    def _leave(self, choice: Choice) -> None:
        self.choice = choice
        self.accept()


def ask_for_folder(parent: QWidget) -> Choice:
    """The data folder somebody points at."""
    folder = QFileDialog.getExistingDirectory(parent, "选择数据文件夹（里面有 cases.db）")
    return Path(folder) if folder else None
