"""Cards and the pages that scroll under them: white ground, hair-line border, spaces from the tokens."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QScroller, QVBoxLayout, QWidget

from desktop.ui.look import Look
from desktop.ui.widgets.text import Text


class Card(QFrame):
    """A white card; put things into `body`."""

    def __init__(self, look: Look, pad: str = "xl", gap: str = "md", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        look.lay(self.body, pad, gap)


class TitledCard(Card):
    """A card with a heading row: `head` takes chips and buttons after the title."""

    def __init__(self, look: Look, title: str, pad: str = "xl", gap: str = "md", parent: QWidget | None = None) -> None:
        super().__init__(look, pad, gap, parent)
        self.title = Text(title, "h3")
        self.head = QHBoxLayout()
        look.lay(self.head, gap="md")
        self.head.addWidget(self.title)
        self.body.addLayout(self.head)
        self.setAccessibleName(title)


class Well(QFrame):
    """A sunken ground inside a card."""

    def __init__(self, look: Look, pad: str = "lg", gap: str = "sm", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "sunken")
        self.body = QVBoxLayout(self)
        look.lay(self.body, pad, gap)


class Scroll(QScrollArea):
    """A page that scrolls up and down, by wheel, key and finger; put things into `body`."""

    def __init__(self, look: Look, margins: tuple[str, str, str, str] | str = "", gap: str = "lg",
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setObjectName("inner")
        self.viewport().setAutoFillBackground(False)
        self.body = QVBoxLayout(inner)
        look.lay(self.body, margins, gap)
        self.setWidget(inner)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)


class IconTile(QLabel):
    """An icon on a soft square, as on the theme cards."""

    def __init__(self, look: Look, icon: str, tone: str = "primary", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

        def apply(tile: QLabel) -> None:
            side = look.size("buttonLarge") + look.space("xs")
            tile.setFixedSize(side, side)
            tile.setPixmap(look.pixmap(icon, tone, look.size("iconLarge") + look.space("sm")))
            tile.setStyleSheet(f"background: {look.hex(tone + 'Soft')}; border-radius: {look.size('radiusCard')}px;")

        look.follow(self, apply)


class Icon(QLabel):
    """An icon alone; decoration, so screen readers pass over it."""

    def __init__(self, look: Look, icon: str, tone: str = "ink2", px: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._px = px
        self.set(icon, tone)
        look.follow(self, lambda label: label.set(label._icon, label._tone))

    def set(self, icon: str, tone: str = "ink2") -> None:
        """Another icon or colour."""
        self._icon, self._tone = icon, tone
        self.setPixmap(self._look.pixmap(icon, tone, self._px))


def clear(layout: QVBoxLayout | QHBoxLayout) -> None:
    """Take everything out of a layout and delete it, before it is filled anew."""
    while (item := layout.takeAt(0)) is not None:
        inner, widget = item.layout(), item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif isinstance(inner, QVBoxLayout | QHBoxLayout):
            clear(inner)
            inner.deleteLater()
