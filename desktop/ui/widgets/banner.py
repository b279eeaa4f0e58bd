"""A strip above everything, covers included: something holds for the whole window, now."""

from PySide6.QtWidgets import QFrame, QHBoxLayout

from desktop import wording
from desktop.ui.look import Look
from desktop.ui.widgets.cards import Icon
from desktop.ui.widgets.text import Text


class Banner(QFrame):
    """One strong line and a quieter one; hidden while there is nothing to say."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        row = QHBoxLayout(self)
        look.lay(row, ("xxl", "sm", "lg", "sm"), "sm")
        self._strong, self._more = Text("", "strong", "warn"), Text("", "caption", "warn", wrap=True)
        row.addWidget(Icon(look, "alert-triangle", "warn"))
        row.addWidget(self._strong)
        row.addWidget(self._more, 1)
        self.hide()

    def say(self, strong: str, more: str) -> None:
        """Stand there with this."""
        self._strong.setText(strong)
        self._more.setText(more)
        self.setAccessibleName(strong)
        self.setAccessibleDescription(more)
        self.show()

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return "" if self.isHidden() else self._strong.text()

    def show_code(self, code: str) -> None:
        """The code's sentence and remedy; an empty one takes the strip away."""
        if code:
            self.say(wording.say(code), wording.remedy(code))
        else:
            self.hide()
