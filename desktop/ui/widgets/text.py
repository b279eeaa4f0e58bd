"""Labels: a line of text in one of the style sheet's roles, one that shortens itself, and thin rules."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QStyle, QStyleOption, QStylePainter, QWidget

from desktop.ui.look import restyle


class Text(QLabel):
    """A label in a role (h1 h2 h3 display strong label value caption muted) and, for state, a tone."""

    def __init__(self, text: str = "", role: str = "", tone: str = "", *, wrap: bool = False,
                 parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)      # names may hold < or &
        self.setProperty("role", role)
        self.setProperty("tone", tone)
        if wrap:
            self.setWordWrap(True)
            policy = self.sizePolicy()
            policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
            self.setSizePolicy(policy)

    def set_tone(self, tone: str) -> None:
        """Colour of a state; the words and an icon must say it too."""
        restyle(self, tone=tone)


class Elided(Text):
    """One line that gives way: too long a text ends in … and stands whole in the tooltip."""

    def __init__(self, text: str = "", role: str = "", tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, role, tone, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        size = super().minimumSizeHint()
        return QSize(min(size.width(), 4 * self.fontMetrics().height()), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        whole = self.text()
        shown = self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, self.contentsRect().width())
        self.setToolTip("" if shown == whole else whole)
        painter = QStylePainter(self)
        option = QStyleOption()
        option.initFrom(self)
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option)
        self.style().drawItemText(painter, self.contentsRect(), int(self.alignment()), option.palette, self.isEnabled(),
                                  shown, self.foregroundRole())


def rule(*, upright: bool = False) -> QFrame:
    """A hair line."""
    line = QFrame()
    line.setProperty("role", "vr" if upright else "hr")
    return line
