"""Cards and the pages that scroll under them: white ground, hair-line border, spaces from the tokens."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QScrollArea, QScroller, QVBoxLayout, QWidget

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
        look.lay(self.body, (pad, "lg" if pad == "xl" else pad, pad, pad), gap)
        self.title = Text(title, "h3")
        self.head = QHBoxLayout()
        look.lay(self.head, gap="md")
        strut = QWidget()      # with a button in the head or without: titles side by side stand on one line
        strut.setFixedWidth(0)
        look.measure(strut, height="button")
        titled = QHBoxLayout()
        look.lay(titled)
        titled.addWidget(strut)
        titled.addWidget(self.title)
        self.head.addLayout(titled)
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
        if not self._px:      # as high as a line of text, so that it sits in the middle of one
            self.setMinimumHeight(QFontMetrics(self._look.font("body")).height())


def labelled(look: Look, label: str, field: QWidget) -> QWidget:
    """A field under its label, as one thing: the label stands nearer to its own field than to the next."""
    box = QWidget()
    column = QVBoxLayout(box)
    look.lay(column, gap="xs")
    words = Text(label, "label")
    words.setBuddy(field)
    field.setAccessibleName(label)
    field.setAccessibleDescription(label)      # a combo box reports its value as its name
    column.addWidget(words)
    column.addWidget(field)
    return box


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it, before it is filled anew."""
    while (item := layout.takeAt(0)) is not None:
        inner, widget = item.layout(), item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)
            inner.deleteLater()
