"""The matters of a theme drawn as a graph: steps from left to right, an arrow from each prerequisite. Painted; arrow keys walk.

What a matter is comes from the flow (theme_views.GraphMatter); here is only where it stands and how it looks.
"""

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.flows.theme_views import GraphMatter
from desktop.ui.look import Look
from desktop.ui.widgets.chips import chip_extent, paint_chip

_WRAP = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignTop)


@dataclass(frozen=True)
class Arrow:
    """From a prerequisite to the matter that waits for it; `through` names the places it passes in the columns between."""

    start: str
    end: str
    through: tuple[str, ...]
    loosened: bool


def columns_of(matters: tuple[GraphMatter, ...]) -> tuple[list[list[str]], tuple[Arrow, ...]]:
    """What stands in each column from top to bottom, and the arrows.

    An arrow that skips a column keeps a place of its own there (`start>end@column`), so that it runs beside the boxes, not under them.
    Each column is ordered by the places its prerequisites have in the column before.
    """
    steps = {matter.matter_id: matter.step for matter in matters}
    arrows: list[Arrow] = []
    columns = [[matter.matter_id for matter in matters if matter.step == step] for step in range(max(steps.values(), default=-1) + 1)]
    before: dict[str, list[str]] = {matter.matter_id: [] for matter in matters}
    for matter in matters:
        for wanted in matter.prerequisites:
            through = tuple(f"{wanted}>{matter.matter_id}@{column}" for column in range(steps[wanted] + 1, matter.step))
            for number, place in enumerate(through, start=steps[wanted] + 1):
                columns[number].append(place)
            for one, other in pairwise((wanted, *through, matter.matter_id)):
                before.setdefault(other, []).append(one)
            arrows.append(Arrow(wanted, matter.matter_id, through, wanted in matter.loosened))
    for last, names in pairwise(columns):
        middle = {name: place / max(len(last) - 1, 1) for place, name in enumerate(last)}
        names.sort(key=lambda name: sum(middle[one] for one in before[name] if one in middle) / max(len(before[name]), 1))
    return columns, tuple(arrows)


class MatterGraph(QWidget):
    """Boxes and arrows; the chosen matter stands out with its arrows."""

    chosen = Signal(str)
    """A matter was pointed at or walked to."""

    def __init__(self, look: Look, matters: tuple[GraphMatter, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._matters = {matter.matter_id: matter for matter in matters}
        self._columns, self._arrows = columns_of(matters)
        self._boxes: dict[str, QRectF] = {}
        self._at = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("事项关系图，方向键逐项查看")
        self.setAccessibleDescription("；".join(words_of(self._matters)))
        look.follow(self, lambda graph: graph.place())

    @property
    def box_of(self) -> dict[str, QRectF]:
        """Where each matter (and each place an arrow passes) is drawn."""
        return dict(self._boxes)

    def choose(self, matter_id: str) -> None:
        """Make this matter stand out."""
        self._at = matter_id
        matter = self._matters[matter_id]
        self.setAccessibleDescription(word_of(matter, self._matters))
        self.update()
        self.chosen.emit(matter_id)

    # -- where ------------------------------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        narrow = 9 * self._look.text("body") + 2 * self._look.space("md")
        return QSize(len(self._columns) * narrow + max(len(self._columns) - 1, 0) * self._gap(), self.minimumHeight())

    def sizeHint(self) -> QSize:
        return QSize(self.minimumSizeHint().width(), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    def _gap(self) -> int:
        return self._look.space("xxxl") + self._look.space("lg")

    def place(self) -> None:
        """Put every box where it goes at this width, and become as high as that takes."""
        look = self._look
        if not self._columns:
            return
        count = len(self._columns)
        wide = min((max(self.width(), self.minimumSizeHint().width()) - (count - 1) * self._gap()) / count, 18.0 * look.text("body"))
        high = max(self._box_height(matter, wide) for matter in self._matters.values())
        between = look.space("lg")
        top = QFontMetrics(look.font("caption")).height() + look.space("md")
        heights = [[high if name in self._matters else 0.0 for name in column] for column in self._columns]
        full = max(sum(column) + between * (len(column) - 1) for column in heights)
        self._boxes = {}
        for number, (names, column) in enumerate(zip(self._columns, heights, strict=True)):
            room = full - sum(column) - between * (len(column) - 1)
            y = top + (room / 2 if room < 3 * high else 0)      # a lone box in the middle of a tall page would not be seen
            for name, own in zip(names, column, strict=True):
                self._boxes[name] = QRectF(2 + number * (wide + self._gap()), y, wide - 4, own)
                y += own + between
        self.setFixedHeight(round(top + full + look.space("sm")))
        self.update()

    def _box_height(self, matter: GraphMatter, wide: float) -> float:
        look, inner = self._look, round(wide - 4 - 2 * self._look.space("md"))
        height = 2 * look.space("md") + self._text_height(matter.name, inner, bold=True) + self._text_height(matter.department, inner)
        if self._marks(matter):
            height += look.space("sm") + chip_extent(look, "可选", icon=False).height()
        return height

    def _text_height(self, text: str, wide: int, *, bold: bool = False) -> int:
        font = self._look.font("body", bold=True) if bold else self._look.font("caption")
        return QFontMetrics(font).boundingRect(QRect(0, 0, wide, 10_000), _WRAP, text).height()

    @staticmethod
    def _marks(matter: GraphMatter) -> tuple[str, ...]:
        return tuple(word for word, on in (("牵头部门", matter.lead), ("可选", matter.optional)) if on)

    # -- how --------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_steps(painter)
        for arrow in sorted(self._arrows, key=lambda one: self._at in {one.start, one.end}):
            self._paint_arrow(painter, arrow, on=self._at in {arrow.start, arrow.end})
        for matter in self._matters.values():
            self._paint_box(painter, matter)

    def _paint_steps(self, painter: QPainter) -> None:
        font = self._look.font("caption")
        painter.setFont(font)
        painter.setPen(self._look.color("ink3"))
        for number, names in enumerate(self._columns):
            own = [self._boxes[name] for name in names if name in self._matters]
            words = f"第 {number + 1} 步" + ("，可同时办" if len(own) > 1 else "")
            painter.drawText(QRectF(own[0].left(), 0, own[0].width() + self._gap() / 2, QFontMetrics(font).height()),
                             int(Qt.AlignmentFlag.AlignLeft), words)

    def _paint_arrow(self, painter: QPainter, arrow: Arrow, *, on: bool) -> None:
        look = self._look
        boxes = [self._boxes[name] for name in (arrow.start, *arrow.through, arrow.end)]
        head = look.space("sm") + 2.0
        path = QPainterPath(QPointF(boxes[0].right(), boxes[0].center().y()))
        for box in boxes[1:]:
            start, end = path.currentPosition(), QPointF(box.left(), box.center().y())
            if box is boxes[-1]:
                end.setX(end.x() - head)
            bend = (end.x() - start.x()) / 2
            path.cubicTo(QPointF(start.x() + bend, start.y()), QPointF(end.x() - bend, end.y()), end)
            if box is not boxes[-1]:
                path.lineTo(QPointF(box.right(), box.center().y()))
        colour = look.color("primary" if on else "ink3")
        pen = QPen(colour, 2.4 if on else 1.6)
        if arrow.loosened:
            pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        tip = QPointF(boxes[-1].left() - 1, boxes[-1].center().y())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(-head, -head * 0.55), tip + QPointF(-head, head * 0.55)]))

    def _paint_box(self, painter: QPainter, matter: GraphMatter) -> None:
        look, box = self._look, self._boxes[matter.matter_id]
        on = matter.matter_id == self._at
        pen = QPen(look.color("primary" if on else "lineStrong"), 2.4 if on else 1.2)
        if matter.optional:
            pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.setBrush(look.color("primarySoft" if on else "surface"))
        painter.drawRoundedRect(box, look.size("radius"), look.size("radius"))
        inner = box.adjusted(look.space("md"), look.space("md"), -look.space("md"), -look.space("md"))
        wide = round(inner.width())
        for text, bold, ink in ((matter.name, True, "ink1"), (matter.department, False, "ink2")):
            painter.setFont(look.font("body", bold=True) if bold else look.font("caption"))
            painter.setPen(look.color(ink))
            high = self._text_height(text, wide, bold=bold)
            painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), high), _WRAP, text)
            inner.setTop(inner.top() + high)
        x, y = inner.left(), inner.top() + look.space("sm")
        for word in self._marks(matter):
            extent = chip_extent(look, word, icon=False)
            paint_chip(painter, look, QRectF(x, y, extent.width(), extent.height()), word,
                       "info" if word == "可选" else "primary", framed=on)
            x += extent.width() + look.space("xs")
        if on and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.color("focus"), 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(box.adjusted(4, 4, -4, -4), 5, 5)

    # -- choosing ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for name in self._matters:
            if self._boxes[name].contains(event.position()):
                self.choose(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        across = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        down = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if not (across or down) or not self._matters:
            super().keyPressEvent(event)
            return
        columns = [[name for name in names if name in self._matters] for names in self._columns]
        here = next((column for column, names in enumerate(columns) if self._at in names), None)
        if here is None:
            self.choose(columns[0][0])
        elif down:
            row = columns[here].index(self._at) + down
            self.choose(columns[here][max(0, min(row, len(columns[here]) - 1))])
        elif 0 <= here + across < len(columns):
            y = self._boxes[self._at].center().y()
            self.choose(min(columns[here + across], key=lambda name: abs(self._boxes[name].center().y() - y)))


def words_of(matters: dict[str, GraphMatter]) -> tuple[str, ...]:
    """The graph as sentences, one for each matter."""
    return tuple(word_of(matter, matters) for matter in matters.values())


def word_of(matter: GraphMatter, matters: dict[str, GraphMatter]) -> str:
    """第 2 步：户口登记（公安部门），等《出生医学证明》签发办完."""
    waits = "、".join(matters[wanted].name + ("（县里可以放开）" if wanted in matter.loosened else "") for wanted in matter.prerequisites)
    return "，".join(filter(None, (f"第 {matter.step + 1} 步：{matter.name}（{matter.department}）", "可选" if matter.optional else "",
                                   f"等{waits}办完" if waits else "不用等别的事项")))
