"""主题包: the packs and their versions at the left, what the chosen one says at the right. Read only."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QCoreApplication, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPen, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from desktop.flows.theme_views import BrokenFile, PackList, PackView, VersionRow
from desktop.flows.views import Session
from desktop.ui.background import Ask, Lanes
from desktop.ui.look import Look
from desktop.ui.screens import theme_pages
from desktop.ui.screens.screen import Screen
from desktop.ui.widgets.busy import BusyStrip
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import Card, Scroll, clear
from desktop.ui.widgets.chips import Chip, Tone, chip_extent, paint_chip
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows

STATES: dict[str, tuple[str, Tone]] = {"in_force": ("生效中", "ok"), "earlier": ("早先的", "neutral"), "coming": ("待生效", "info"),
                                       "broken": ("有错", "danger")}
Row = VersionRow | BrokenFile
Index = QModelIndex | QPersistentModelIndex
_ROW = Qt.ItemDataRole.UserRole


def state_of(row: Row) -> tuple[str, Tone]:
    """The chip of a version or of a broken file."""
    return STATES["broken" if isinstance(row, BrokenFile) else row.state]


def lines_of(row: Row) -> tuple[str, str, str]:
    """What the list says of it."""
    if isinstance(row, BrokenFile):
        return row.file, f"{len(row.mistakes)} 处错误，没有启用", ""
    return f"{row.short_title}  {row.version} 版", row.region + ("，本县添加" if row.added else ""), row.days


class PackModel(QAbstractListModel):
    """Versions, then broken files."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()

    def show(self, rows: tuple[Row, ...]) -> None:
        """Other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == _ROW:
            return row
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return "，".join(filter(None, (*lines_of(row), state_of(row)[0])))
        return None


class _Painter(QStyledItemDelegate):
    """Name and state, region, days."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        lines = QFontMetrics(self._look.font("body")).height() + 2 * QFontMetrics(self._look.font("caption")).height()
        return QSize(80, lines + 2 * self._look.space("md"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, row, box = self._look, index.data(_ROW), QRectF(option.rect)
        on = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(box, look.color("primarySoft" if on else "surface"))
        painter.setPen(QPen(look.color("line"), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if on:
            painter.fillRect(QRectF(box.left(), box.top(), 4, box.height()), look.color("primary"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(look.color("focus"), 2))
            painter.drawRect(box.adjusted(1, 1, -1, -2))
        inner = box.adjusted(look.space("lg"), look.space("md"), -look.space("md"), -look.space("md"))
        word, tone = state_of(row)
        extent = chip_extent(look, word, icon=False)
        paint_chip(painter, look, QRectF(inner.right() - extent.width(), inner.top(), extent.width(), extent.height()), word, tone,
                   framed=on)
        for number, (text, name, ink) in enumerate(zip(lines_of(row), ("body", "caption", "caption"), ("ink1", "ink2", "ink3"),
                                                       strict=True)):
            font = look.font(name, bold=not number)
            metrics = QFontMetrics(font)
            room = inner.width() - (extent.width() + look.space("sm") if not number else 0)
            painter.setFont(font)
            painter.setPen(look.color(ink))
            painter.drawText(QRectF(inner.left(), inner.top(), room, metrics.height()), int(Qt.AlignmentFlag.AlignVCenter),
                             metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room)))
            inner.setTop(inner.top() + metrics.height())
        painter.restore()


class ThemesScreen(Screen):
    """The theme browser."""

    title = "主题包"

    def __init__(self, flows: "Flows", lanes: Lanes, session_of: Callable[[], Session], look: Look) -> None:
        super().__init__(flows, lanes, session_of, look)
        self._wanted = ""
        self._shown: Row | None = None
        self._view: PackView | None = None
        self._ask: Ask[PackView] | None = None
        outer = QVBoxLayout(self)
        look.lay(outer)
        self._busy = BusyStrip(look)
        outer.addWidget(self._busy)
        inside = QVBoxLayout()
        look.lay(inside, ("xxl", "lg", "xxl", "lg"), "md")
        outer.addLayout(inside, 1)
        inside.addLayout(self._head())
        across = QHBoxLayout()
        look.lay(across, gap="lg")
        across.addWidget(self._list_card())
        across.addWidget(self._pack_card(), 1)
        inside.addLayout(across, 1)
        for keys, step in (("Ctrl+Tab", 1), ("Ctrl+Shift+Tab", -1), ("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            self._shortcut(keys, partial(self._turn, step))
        for number in range(len(theme_pages.PAGES)):
            self._shortcut(f"Alt+{number + 1}", partial(self.tabs.setCurrentIndex, number))
        look.changed.connect(self._rebuild)

    def _shortcut(self, keys: str, action: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(action)

    # -- building ---------------------------------------------------------------------------------------------------

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        self.look.lay(head, gap="md")
        words = QVBoxLayout()
        self.look.lay(words, gap="xs")
        words.addWidget(Text("主题包", "h1"))
        words.addWidget(Text("窗口按这些规则办事。这里只能看；要改，请改文件。", "muted", wrap=True))
        head.addLayout(words, 1)
        self.again = Button(self.look, "重新读取", icon="refresh")
        self.again.setObjectName("reread-themes")
        self.again.clicked.connect(self._reread)
        head.addWidget(self.again, 0, Qt.AlignmentFlag.AlignVCenter)
        return head

    def _list_card(self) -> QWidget:
        card = Card(self.look, "sm", "sm")
        self.look.follow(card, lambda it: it.setFixedWidth(round(300 * (1 + (self.look.factor - 1) * 0.6))))
        self._model = PackModel()
        self.packs = QListView()
        self.packs.setObjectName("packs")
        self.packs.setModel(self._model)
        self.packs.setItemDelegate(_Painter(self.look, self.packs))
        self.packs.setAccessibleName("主题包列表，方向键选择")
        self.packs.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.packs.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.packs.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.packs.selectionModel().currentChanged.connect(self._chosen)
        self.packs.installEventFilter(self)
        card.body.addWidget(self.packs, 1)
        self._folder = Text("", "caption", wrap=True)
        self._folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        card.body.addWidget(self._folder)
        return card

    def _pack_card(self) -> QWidget:
        card = Card(self.look, gap="sm")
        self.look.lay(card.body, ("xl", "lg", "sm", "sm"), "sm")
        self._title = Text("", "h2", wrap=True)
        card.body.addWidget(self._title)
        chips = QHBoxLayout()
        self.look.lay(chips, gap="sm")
        self._state, self._version, self._region = Chip(self.look), Chip(self.look), Chip(self.look)
        self._mark = Chip(self.look, "表单为样式", "warn", "alert-triangle")
        for chip in (self._state, self._version, self._region, self._mark):
            chips.addWidget(chip)
        self._days = Text("", "caption")
        chips.addWidget(self._days)
        chips.addStretch(1)
        card.body.addLayout(chips)
        self.tabs = QTabBar()
        self.tabs.setObjectName("theme-tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setAccessibleName("主题包的各页")
        for number, (name, _) in enumerate(theme_pages.PAGES, 1):
            self.tabs.setTabToolTip(self.tabs.addTab(name), f"Alt+{number}")
        self.tabs.currentChanged.connect(self._rebuild)
        self.tabs.installEventFilter(self)
        card.body.addWidget(self.tabs)
        self.pane = Scroll(self.look, ("", "sm", "lg", "lg"), "sm")
        self.pane.setObjectName("theme-page")
        card.body.addWidget(self.pane, 1)
        return card

    # -- asking -----------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        self.packs.setFocus()

    def refresh(self) -> None:
        self.again.setVisible(self.session_of().role != "clerk")
        self.lanes.store.run(self.flows.browse_themes.packs, self._show, self.failed.emit, self)

    def look_for(self, text: str) -> None:
        """Choose the version in force of the theme with this id, as soon as the list is there."""
        self._wanted = text
        self._choose()

    def _reread(self) -> None:
        session = self.session_of()
        self._busy.begin("正在重新读取…")
        self.again.setEnabled(False)
        self.lanes.store.run(lambda: self.flows.browse_themes.reread(session), self._reread_done, self._fail, self)

    def _reread_done(self, found: PackList) -> None:
        self._busy.end()
        self.again.setEnabled(True)
        self._shown = None      # a file of the same name may say something else now
        self._show(found)
        if found.broken:
            self.told.emit(f"{len(found.broken)} 个文件有错，没有启用", "原来的版本继续有效；点列表里“有错”的一行看错在哪里。", "warn")
        else:
            self.told.emit("已重新读取", f"共 {len(found.versions)} 个版本，没有错误。正在办的件仍按原来的版本。", "ok")

    def _fail(self, error: Exception) -> None:
        self._busy.end()
        self.again.setEnabled(True)
        self.failed.emit(error)

    def _show(self, found: PackList) -> None:
        self._folder.setText("本县自己的主题包放在：\n" + found.folder.replace("/", "/\u200b").replace("\\", "\\\u200b"))
        rows: tuple[Row, ...] = (*found.versions, *found.broken)
        if rows == self._model.rows and self._shown is not None:
            return
        kept = self._shown if self._shown is not None else self._current()
        self._model.show(rows)
        name = lines_of(kept)[0] if kept is not None else ""
        at = next((place for place, row in enumerate(rows) if kept is not None and lines_of(row)[0] == name and (
            isinstance(row, BrokenFile) or isinstance(kept, BrokenFile) or row.theme_id == kept.theme_id)), 0)
        if rows:
            self.packs.setCurrentIndex(self._model.index(at))
        else:
            self._empty()
        self._choose()

    def _choose(self) -> None:
        if not self._wanted:
            return
        for place, row in enumerate(self._model.rows):
            if isinstance(row, VersionRow) and row.theme_id == self._wanted and row.state == "in_force":
                self.packs.setCurrentIndex(self._model.index(place))
                self._wanted = ""
                return

    def _current(self) -> Row | None:
        index = self.packs.currentIndex()
        return self._model.rows[index.row()] if index.isValid() else None

    def _chosen(self) -> None:
        row = self._current()
        if row is None or row == self._shown:
            return
        self._shown = row
        if self._ask is not None:
            self._ask.cancel()
        if isinstance(row, BrokenFile):
            self._view = None
            self._rebuild()
        else:
            self._ask = self.lanes.store.run(lambda: self.flows.browse_themes.pack(row.theme_id, row.version), self._show_pack,
                                             self._fail, self)

    def _show_pack(self, view: PackView) -> None:
        self._ask = None
        self._view = view
        self._rebuild()

    # -- showing ----------------------------------------------------------------------------------------------------

    def _rebuild(self) -> None:
        """The chosen tab of the chosen pack, or the broken file."""
        row, view = self._shown, self._view
        if row is None:
            return
        inner = self.pane.widget()
        assert inner is not None
        inner.hide()      # shown again when all is in it: the labels then learn their fonts at once, and nothing jumps
        clear(self.pane.body)
        self.tabs.setVisible(view is not None)
        word, tone = state_of(row)
        self._state.set(word, tone)
        for chip in (self._version, self._region):
            chip.setVisible(view is not None)
        self._mark.setVisible(view is not None and bool(view.form_proposed))
        if isinstance(row, BrokenFile):
            self._title.setText(row.file)
            self._days.setText("")
            theme_pages.broken(self.look, row, self.pane.body)
        elif view is not None:
            self._title.setText(view.title)
            self._version.set(f"{view.row.version} 版")
            self._region.set(view.row.region, "primary", "map-pin")
            self._days.setText(view.row.effective)
            theme_pages.PAGES[self.tabs.currentIndex()][1](self.look, view, self.pane.body)
        self.pane.body.addStretch(1)
        inner.show()
        self.pane.body.activate()
        QCoreApplication.sendEvent(self.pane, QEvent(QEvent.Type.LayoutRequest))
        self.pane.verticalScrollBar().setValue(0)

    def _empty(self) -> None:
        clear(self.pane.body)
        self._title.setText("")
        self.tabs.hide()
        self.pane.body.addWidget(EmptyState(self.look, "book", "没有主题包", "把主题包放进左下角写的文件夹，再点“重新读取”。"))

    # -- keys -------------------------------------------------------------------------------------------------------

    def _turn(self, step: int) -> None:
        if self.tabs.isVisible():
            self.tabs.setCurrentIndex((self.tabs.currentIndex() + step) % self.tabs.count())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the list and the tabs the page scrolls by PgUp and PgDn, from the tabs by up and down as well; Enter goes to the tabs."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and not event.modifiers():
            key, bar = Qt.Key(event.key()), self.pane.verticalScrollBar()
            steps = {Qt.Key.Key_PageDown: bar.pageStep(), Qt.Key.Key_PageUp: -bar.pageStep()}
            if watched is self.tabs:
                steps |= {Qt.Key.Key_Down: 3 * self.look.text("body"), Qt.Key.Key_Up: -3 * self.look.text("body")}
            if key in steps:
                bar.setValue(bar.value() + steps[key])
                return True
            if watched is self.packs and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right} and self.tabs.isVisible():
                self.tabs.setFocus()
                return True
        return super().eventFilter(watched, event)
