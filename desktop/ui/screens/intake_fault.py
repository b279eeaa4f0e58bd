"""A fault shown in its place on the intake's pages."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop import wording
from desktop.ui.look import Look
from desktop.ui.widgets.cards import Icon
from desktop.ui.widgets.text import Text


class Fault(QWidget):
    """A device's fault where it happened: what is wrong and what to do, until the next try."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.say = Text("", "strong", "danger", wrap=True)
        self.do = Text("", "caption", wrap=True)
        words = QVBoxLayout()
        words.addWidget(self.say)
        words.addWidget(self.do)
        look.lay(words, gap="xs")
        row = QHBoxLayout(self)
        row.addWidget(Icon(look, "alert-circle", "danger"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        look.lay(row, gap="sm")
        self.hide()

    def show_error(self, error: Exception) -> None:
        """In words."""
        self.show_code(wording.fault_code(error))

    def show_code(self, code: str) -> None:
        """In words."""
        self.say.setText(wording.say(code))
        self.do.setText(wording.remedy(code))
        self.setAccessibleName(f"{self.say.text()} {self.do.text()}")
        self.show()

    def clear(self) -> None:
        """It works again."""
        self.hide()
