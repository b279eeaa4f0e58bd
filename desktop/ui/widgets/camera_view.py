"""The live picture from above the desk with what was seen on it. It is given pictures and asks for none."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.flows.capture_page import LiveLook
from desktop.ui.look import Look, read_tokens
from desktop.ui.widgets.picture import Pixels, as_qimage

_LIVE: dict[str, str] = read_tokens()["modes"]["dark"]
"""The picture's ground is dark in every mode, so what is drawn over it takes the dark mode's inks."""
_ALIKE = 0.03
"""Share of a side that may fall outside the view so that no margin is left."""


class CameraView(QWidget):
    """Newest frame wins; a frame that comes before the last was painted replaces it."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._picture: QImage | None = None
        self._seen: LiveLook | None = None
        self._line = ""
        self._ring = 0.0
        self._trouble = ""
        self.painted = 0
        self.setObjectName("camera.view")
        self.setAccessibleName("高拍仪画面")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        width = self._look.size("camera")
        return QSize(width, width * 3 // 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.size("stepper"), self._look.size("stepper") * 3 // 4)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return width * 3 // 4

    def offer(self, image: Pixels) -> None:
        """Show this frame (BGR or grey) instead of the last."""
        self._picture = as_qimage(image)
        self._trouble = ""
        self.update()

    def overlay(self, seen: LiveLook | None, line: str = "", ring: float = 0.0) -> None:
        """Draw the pages seen, one line of words and how far the ring before a picture has closed (0..1) over the picture."""
        self._seen = seen
        self._line = line
        self._ring = ring
        self.update()

    def trouble(self, sentence: str) -> None:
        """No picture, and why."""
        self._trouble = sentence
        self._picture = None
        self._seen = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.color("surface"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        well = QRectF(self.rect())
        rounded = QPainterPath()
        rounded.addRoundedRect(well, look.size("radius"), look.size("radius"))
        if self._picture is None or not self._place(self._picture).contains(well):     # else the picture hides it all
            painter.fillPath(rounded, QColor(_LIVE["canvas"]))
        if self._picture is None:
            self._words(painter, well, self._trouble or "正在打开高拍仪…")
            return
        area = self._place(self._picture)
        painter.setClipPath(rounded)
        if area.size().toSize() == self._picture.size():
            painter.drawImage(area.topLeft(), self._picture)      # 1:1, the cheap way
        else:
            painter.drawImage(area, self._picture)
        if self._seen is not None:
            self._corners(painter, area, self._seen)
        if self._line:
            self._pill(painter)
        if self._ring > 0:
            self._closing(painter)
        self.painted += 1

    def _place(self, picture: QImage) -> QRectF:
        """Where the picture goes: over the whole view when its shape is all but the same, else with margins."""
        size = picture.size()
        across, down = self.width() / size.width(), self.height() / size.height()
        if abs(across - down) < _ALIKE * max(across, down):
            if not (0 <= size.width() - self.width() <= 2 and 0 <= size.height() - self.height() <= 2):
                size = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        else:
            size = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, size.width(), size.height())

    def _corners(self, painter: QPainter, area: QRectF, seen: LiveLook) -> None:
        """The outline thin, its corners thick: seen from the corner of an eye."""
        look = self._look
        colour = QColor(_LIVE["primary" if seen.verdict is None else "warn"])
        thin, thick = QPen(colour, look.size("focusBorder")), QPen(colour, look.space("xs") + look.size("border"))
        thick.setCapStyle(Qt.PenCapStyle.RoundCap)
        for quad in seen.quads:
            corners = [QPointF(area.x() + x * area.width(), area.y() + y * area.height()) for x, y in quad]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(thin)
            painter.drawPolygon(QPolygonF(corners))
            painter.setPen(thick)
            for index, corner in enumerate(corners):
                for other in (corners[index - 1], corners[(index + 1) % len(corners)]):
                    painter.drawLine(corner, corner + (other - corner) * 0.12)

    def _words(self, painter: QPainter, area: QRectF, words: str) -> None:
        gap = self._look.space("xl")
        painter.setPen(QColor(_LIVE["ink1"]))
        painter.drawText(area.adjusted(gap, gap, -gap, -gap), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)

    def _pill(self, painter: QPainter) -> None:
        look = self._look
        words = painter.fontMetrics().horizontalAdvance(self._line)
        height = look.size("touchMin")
        box = QRectF(look.space("lg"), self.height() - height - look.space("lg"), words + 2 * look.space("lg"), height)
        ground = QColor(_LIVE["canvas"])
        ground.setAlphaF(0.82)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setPen(QColor(_LIVE["ink1"]))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._line)

    def _closing(self, painter: QPainter) -> None:
        """The ring at the lower right: closed, the picture is taken."""
        look = self._look
        side, gap, width = look.size("touchMin"), look.space("lg"), look.space("xs")
        box = QRectF(self.width() - side - gap, self.height() - side - gap, side, side)
        ground = QColor(_LIVE["canvas"])
        ground.setAlphaF(0.82)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(box)
        pen = QPen(QColor(_LIVE["primary"]), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawArc(box.adjusted(width, width, -width, -width), 90 * 16, -round(self._ring * 360 * 16))
