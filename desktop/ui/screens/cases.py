"""办件: search, filter, the list, Enter opens. Rows are painted from a model; ten thousand stay smooth."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop import wording
from desktop.domain import spelling
from desktop.flows.views import CaseRow, Session
from desktop.ui.background import Ask, Lanes
from desktop.ui.look import Look
from desktop.ui.screens.screen import Screen, clock_text
from desktop.ui.widgets.busy import BusyStrip
from desktop.ui.widgets.cards import Card
from desktop.ui.widgets.chips import STATES, Chip, Tone, chip_extent, paint_chip
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.key_cap import KeyCap
from desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows

COLUMNS = ("办件", "一件事", "状态", "进度", "承诺办结", "推送", "更新于")
STATUSES = ("draft", "correcting", "returned", "accepted", "in_progress", "finished", "delivered", "refused", "withdrawn")
MOST = 200
_CHIP = Qt.ItemDataRole.UserRole
_SECOND = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class CaseTable(QAbstractTableModel):
    """CaseRows as a table; display text, second line and chip per cell."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._clock = clock
        self.rows: tuple[CaseRow, ...] = ()

    def show(self, rows: tuple[CaseRow, ...]) -> None:
        """Other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, index.column())
            case Qt.ItemDataRole.AccessibleTextRole:
                state = {2: wording.word("case_status", row.status), 5: wording.word("sync", row.sync)}
                return f"{COLUMNS[index.column()]} {state.get(index.column()) or self._text(row, index.column())}"
            case Qt.ItemDataRole.ToolTipRole if index.column() == 0:
                return f"{row.title} {row.case_number} {row.note}".strip()
            case _ if role == _SECOND and index.column() == 0:
                return "，".join(filter(None, (row.case_number, row.note)))
            case _ if role == _CHIP:
                key = {1: "", 2: f"case_status.{row.status}", 5: f"sync.{row.sync}"}.get(index.column())
                if key is None:
                    return None
                if not key:
                    return row.theme, "primary", ""
                tone, icon = STATES.get(key, ("neutral", ""))
                group, value = key.split(".")
                return wording.word(group, value), tone, icon
        return None

    def _text(self, row: CaseRow, column: int) -> str:
        match column:
            case 0:
                return row.title
            case 3:
                return f"{row.done} / {row.of} 项"
            case 4:
                return f"{row.due_date.month} 月 {row.due_date.day} 日" if row.due_date else "—"
            case 6:
                return clock_text(row.saved_at, self._clock())
        return ""


class _Painter(QStyledItemDelegate):
    """Two lines in the first column, chips for states, hair lines between rows."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, row_height(self._look))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = self._look
        box = QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(box, look.color("primarySoft" if chosen else "surface"))
        painter.setPen(QPen(look.color("line"), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        inner = box.adjusted(look.space("md"), 0, -look.space("xs"), 0)
        chip: tuple[str, Tone, str] | None = index.data(_CHIP)
        if chip is not None:
            extent = chip_extent(look, chip[0], icon=bool(chip[2]))
            place = QRectF(inner.left(), inner.center().y() - extent.height() / 2,
                           min(extent.width(), inner.width()), extent.height())
            paint_chip(painter, look, place, *chip, framed=chosen)
        else:
            self._lines(painter, inner, str(index.data()), str(index.data(_SECOND) or ""), first=index.column() == 0)
        if chosen and index.column() == 0:
            painter.fillRect(QRectF(box.left(), box.top(), 3, box.height()), look.color("primary"))
        painter.restore()

    def _lines(self, painter: QPainter, box: QRectF, text: str, second: str, *, first: bool) -> None:
        look = self._look
        lines = [(text, look.font("body", bold=first), "ink1" if first else "ink2")]
        if second:
            lines.append((second, look.font("caption"), "ink3"))
        top = box.center().y() - sum(QFontMetrics(font).height() for _, font, _ in lines) / 2
        for words, font, ink in lines:
            metrics = QFontMetrics(font)
            painter.setFont(font)
            painter.setPen(look.color(ink))
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(QRectF(box.left(), top, box.width(), metrics.height()),
                             int(Qt.AlignmentFlag.AlignVCenter), shown)
            top += metrics.height()


def row_height(look: Look) -> int:
    """Two lines of text and air."""
    return look.text("body") + look.text("caption") + 2 * look.space("lg") + look.space("sm")


class CasesScreen(Screen):
    """The case list."""

    title = "办件"

    def __init__(self, flows: "Flows", lanes: Lanes, session_of: Callable[[], Session], look: Look,
                 clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(flows, lanes, session_of, look)
        self._ask: Ask[tuple[CaseRow, ...]] | None = None
        outer = QVBoxLayout(self)
        look.lay(outer, ("xxl", "xl", "xxl", "xl"), "lg")
        outer.addLayout(self._head())
        self._busy = BusyStrip(look)
        card = Card(look, pad="")
        card.body.addWidget(self._busy)
        self._model = CaseTable(clock)
        self.table = self._table()
        self._empty = EmptyState(look, "folder-open", "", "")
        stack_box = QWidget()
        self._stack = QStackedLayout(stack_box)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        card.body.addWidget(stack_box, 1)
        look.lay(card.body, ("sm", "", "sm", "sm"))
        outer.addWidget(card, 1)
        self._foot = Text("", "caption")
        outer.addWidget(self._foot)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(250)
        self._pause.timeout.connect(self.refresh)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        self.look.lay(head, gap="md")
        head.addWidget(Text("办件", "h1"))
        self._count = Chip(self.look, "")
        head.addWidget(self._count, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        self._status = QComboBox()
        self._status.setObjectName("status")
        self._status.addItem("全部状态", "")
        for status in STATUSES:
            self._status.addItem(wording.word("case_status", status), status)
        self._status.setAccessibleName("按状态筛选")
        self._status.setAccessibleDescription("按状态筛选")
        self._status.currentIndexChanged.connect(self.refresh)
        self.look.follow(self._status, lambda box: box.setFixedWidth(round(170 * self.look.factor)))
        head.addWidget(self._status)
        self._text = QLineEdit()
        self._text.setObjectName("case-search")
        self._text.setProperty("role", "search")
        self._text.setPlaceholderText("受理编号、姓名（可用拼音）、身份证号")
        self._text.setAccessibleName("查办件")
        self._text.setClearButtonEnabled(True)
        self._text.addAction(self.look.icon("search", "ink3"), QLineEdit.ActionPosition.LeadingPosition)
        self._text.textChanged.connect(self._restart_pause)
        self._text.installEventFilter(self)
        self.look.follow(self._text, lambda field: field.setFixedWidth(round(400 * (1 + (self.look.factor - 1) * 0.8))))
        head.addWidget(self._text)
        head.addWidget(KeyCap("F3"), 0, Qt.AlignmentFlag.AlignVCenter)
        return head

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._model)
        table.setItemDelegate(_Painter(self.look, table))
        table.setAccessibleName("办件列表，回车打开")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setSectionsClickable(False)
        table.installEventFilter(self)
        table.doubleClicked.connect(lambda index: self._open(index.row()))
        self.look.follow(table, self._fit)
        return table

    def _fit(self, table: QTableView) -> None:
        table.verticalHeader().setDefaultSectionSize(row_height(self.look))
        header = table.horizontalHeader()
        metrics = QFontMetrics(self.look.font("caption"))
        for column, widest in enumerate(("", "新生儿出生件", "平台退回图标", "38 / 38 项  ", "12 月 12 日   ", "未到推送图标",
                                         "12 月 12 日 12:12  ")):
            if widest:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
                wide = QFontMetrics(self.look.font("body")) if column in {3, 4, 6} else metrics
                header.resizeSection(column, wide.horizontalAdvance(widest) + 2 * self.look.space("lg"))
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    # -- asking -----------------------------------------------------------------------------------------------------

    def look_for(self, text: str) -> None:
        """Search for this text."""
        self._text.setText(text)
        self.refresh()

    def enter(self) -> None:
        self.table.setFocus()

    def search(self) -> None:
        self._text.setFocus()
        self._text.selectAll()

    def _restart_pause(self) -> None:
        self._pause.start()

    def refresh(self) -> None:
        self._pause.stop()
        if self._ask is not None:
            self._ask.cancel()
            self._busy.end()
        session, text, status = self.session_of(), self._text.text(), str(self._status.currentData())
        self._busy.begin("正在查找…")
        self._ask = self.lanes.store.run(lambda: self.flows.search.cases(session, text, status, MOST),
                                         self._show, self._fail, self)

    def _show(self, rows: tuple[CaseRow, ...]) -> None:
        self._ask = None
        self._busy.end()
        kept = self._model.rows[self.table.currentIndex().row()].case_uuid if self.table.currentIndex().isValid() else ""
        self._model.show(rows)
        self._count.set(str(len(rows)))
        self._foot.setText(f"只列出最近的 {MOST} 件，请输入更多内容缩小范围" if len(rows) >= MOST else "回车打开，↑↓ 选择")
        if rows:
            at = next((index for index, row in enumerate(rows) if row.case_uuid == kept), 0)
            self.table.selectRow(at)
            self._stack.setCurrentWidget(self.table)
        else:
            asked = bool(spelling.text(self._text.text()) or self._status.currentData())
            self._foot.setText("")
            self._empty.set("search" if asked else "folder-open", "没有符合的办件" if asked else "还没有办件",
                            "换一个说法，或把状态改回“全部状态”。" if asked else "从首页选择“一件事”开始受理。")
            self._stack.setCurrentWidget(self._empty)

    def _fail(self, error: Exception) -> None:
        self._ask = None
        self._busy.end()
        self.failed.emit(error)

    def _open(self, row: int) -> None:
        if 0 <= row < len(self._model.rows):
            self.case_asked.emit(self._model.rows[row].case_uuid)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter opens from the list and from the search field; up and down reach the list from the field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._ask is None and not self._pause.isActive():
                self._open(self.table.currentIndex().row())
                return True
            if watched is self._text and key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self.table.setFocus()
                return True
        return super().eventFilter(watched, event)
