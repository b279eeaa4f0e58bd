"""What stands where there is nothing yet: what this place is for and how to begin."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.look import Look
from desktop.ui.widgets.cards import Icon
from desktop.ui.widgets.text import Text


class EmptyState(QWidget):
    """Icon, one line, one sentence, and if it helps a button of the caller's."""

    def __init__(self, look: Look, icon: str, title: str, sentence: str = "", action: QWidget | None = None,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        look.lay(column, "lg", "sm")
        column.addStretch(1)
        self.icon = Icon(look, icon, "ink3", px=40)
        self.title = Text(title, "strong")
        self.sentence = Text(sentence, "muted", wrap=True)
        for label in (self.icon, self.title, self.sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        if action is not None:
            column.addSpacing(look.space("sm"))
            column.addWidget(action, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)

    def set(self, icon: str, title: str, sentence: str) -> None:
        """Say something else."""
        self.icon.set(icon, "ink3")
        self.title.setText(title)
        self.sentence.setText(sentence)
