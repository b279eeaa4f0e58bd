"""One of the five levels of a rating: a large button with a face over its word."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop.ui.look import Look

_FACES = {1: "mood-happy", 2: "mood-smile", 3: "mood-empty", 4: "mood-sad", 5: "mood-angry"}


class LevelButton(QAbstractButton):
    """Checkable; all five look alike until one is chosen, so that none is suggested."""

    def __init__(self, look: Look, level: int, word: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.level = level
        self.setText(word)
        self.setObjectName(f"level.{level}")
        self.setAccessibleName(word)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.follow(self, lambda button: button.updateGeometry())

    def sizeHint(self) -> QSize:
        look = self._look
        return QSize(look.text("h2") * 6, look.size("buttonLarge") + 2 * look.space("lg") + look.space("md") + look.text("h2") * 7 // 5)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.text("h3") * 5 + 2 * self._look.space("sm"), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, marked = self.isChecked(), self.hasFocus() or self.underMouse()
        wide = look.size("focusBorder") if chosen or marked else look.size("border")
        painter.setPen(QPen(look.color("primary" if chosen or marked else "lineStrong"), wide))
        painter.setBrush(look.color("primarySoft" if chosen else "surface"))
        edge = wide / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), look.size("radiusCard"), look.size("radiusCard"))
        ink = "primary" if chosen else "ink1"
        face = look.size("buttonLarge")
        top = (self.height() - face - look.space("md") - look.text("h2") * 1.4) / 2
        painter.drawPixmap(int((self.width() - face) / 2), int(top), look.pixmap(_FACES[self.level], ink, face))
        painter.setPen(look.color(ink))
        narrow = self.width() < look.text("h2") * (len(self.text()) + 1)
        painter.setFont(look.font("h3" if narrow else "h2", bold=chosen))
        painter.drawText(QRectF(0, top + face + look.space("md"), self.width(), look.text("h2") * 1.4), int(Qt.AlignmentFlag.AlignCenter),
                         self.text())
