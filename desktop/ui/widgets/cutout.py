"""The paper beside the field: the strip a value was read from, enlarged, and the whole page with the place marked."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.look import Look, read_tokens
from desktop.ui.widgets.picture import Pixels, as_qimage

_PAPER: dict[str, str] = read_tokens()["modes"]["light"]
"""Paper is light in every mode; what is drawn over it takes the light mode's inks."""


class PaperView(QWidget):
    """A picture of a page or of a part of one, as large as fits; with `mark` a place on it outlined."""

    def __init__(self, look: Look, name: str, share: float) -> None:
        """`share` is the height as a part of the width."""
        super().__init__()
        self._look = look
        self._share = share
        self._picture: QImage | None = None
        self._mark: tuple[float, float, float, float] | None = None
        self._empty = ""
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        width = self._look.size("stepper")
        return QSize(width, self.heightForWidth(width))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(width * self._share)

    def set_share(self, share: float) -> None:
        """Another height as a part of the width."""
        self._share = share
        self.updateGeometry()

    @property
    def has_picture(self) -> bool:
        """Whether a paper is shown."""
        return self._picture is not None

    def show_paper(self, image: Pixels, mark: tuple[float, float, float, float] | None = None) -> None:
        """Show `image` (BGR or grey); `mark` is x, y, width, height as fractions."""
        self._picture, self._mark = as_qimage(image), mark
        self.update()

    def show_nothing(self, words: str) -> None:
        """No paper, and why."""
        self._picture, self._mark, self._empty = None, None, words
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        well = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("sunken"))
        painter.drawRoundedRect(well, look.size("radius"), look.size("radius"))
        if self._picture is None:
            gap = look.space("lg")
            painter.setPen(look.color("ink3"))
            painter.setFont(look.font("caption"))
            painter.drawText(well.adjusted(gap, gap, -gap, -gap), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                             self._empty)
            return
        gap = look.space("sm")
        room = well.adjusted(gap, gap, -gap, -gap)
        size = self._picture.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(room.center().x() - size.width() / 2, room.center().y() - size.height() / 2, size.width(), size.height())
        painter.drawImage(area, self._picture)
        if self._mark is None:
            return
        x, y, width, height = self._mark
        place = QRectF(area.x() + x * area.width(), area.y() + y * area.height(), width * area.width(), height * area.height())
        place.adjust(-look.space("xs"), -look.space("xs"), look.space("xs"), look.space("xs"))
        wash = QColor(_PAPER["primary"])
        wash.setAlphaF(0.14)
        painter.setBrush(wash)
        painter.setPen(QPen(QColor(_PAPER["primary"]), look.size("focusBorder")))
        painter.drawRoundedRect(place, look.space("xs"), look.space("xs"))
