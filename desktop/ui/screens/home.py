"""首页: the themes to start, the cases to go on with, today in numbers."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop import wording
from desktop.domain.hall_time import local
from desktop.flows.views import CaseRow, Session, ThemeCard, Today
from desktop.ui.background import Lanes
from desktop.ui.checks_sheet import AttentionLine
from desktop.ui.look import Look
from desktop.ui.screens.screen import Screen, clock_text
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import Card, Icon, IconTile, Scroll, TitledCard, clear
from desktop.ui.widgets.chips import STATES, Chip
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.key_cap import KeyCap
from desktop.ui.widgets.meters import ProgressLine
from desktop.ui.widgets.text import Elided, Text, rule

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows

THEME_KEYS = ("F5", "F6", "F7")
_WEEKDAYS = "一二三四五六日"


class HomeScreen(Screen):
    """The first page of the day."""

    title = "综合受理窗口"

    def __init__(self, flows: "Flows", lanes: Lanes, session_of: Callable[[], Session], look: Look,
                 clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(flows, lanes, session_of, look)
        self._clock = clock
        self._themes: tuple[ThemeCard, ...] = ()
        self._themes_shown = False
        self._entering = False
        self._cards: list[_Theme] = []
        self._small: list[_Elsewhere] = []
        outer = QVBoxLayout(self)
        look.lay(outer)
        scroll = Scroll(look, ("xxl", "xl", "xxl", "xl"), "lg")
        outer.addWidget(scroll)
        scroll.body.addLayout(self._head())
        self._attention = AttentionLine(look)
        self._attention.asked.connect(lambda: self.page_asked.emit("checks"))
        scroll.body.addWidget(self._attention)
        self._grid = QGridLayout()
        look.lay(self._grid, gap="lg")
        scroll.body.addLayout(self._grid)
        self._elsewhere = QWidget()
        below = QVBoxLayout(self._elsewhere)
        look.lay(below, gap="md")
        below.addWidget(Text("其他地区的主题", "h3"))
        self._others = QGridLayout()
        look.lay(self._others, gap="lg")
        below.addLayout(self._others)
        self._lower = QHBoxLayout()
        look.lay(self._lower, gap="lg")
        self._lower.addWidget(self._resumable_card(), 5)
        self._lower.addWidget(self._today_card(), 2)
        scroll.body.addLayout(self._lower, 1)
        scroll.body.addWidget(self._elsewhere)
        look.changed.connect(self._spread)

    # -- building ---------------------------------------------------------------------------------------------------

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        self.look.lay(head, gap="md")
        words = QVBoxLayout()
        self.look.lay(words, gap="xs")
        self._hello = Text("", "h1")
        self._date = Text("", "muted")
        words.addWidget(self._hello)
        words.addWidget(self._date)
        head.addLayout(words)
        head.addStretch(1)
        self._search = QLineEdit()
        self._search.setObjectName("home-search")
        self._search.setProperty("role", "search")
        self._search.setPlaceholderText("受理编号、姓名或身份证号")
        self._search.setAccessibleName("查办件：受理编号、姓名或身份证号，按回车查找")
        self._search.addAction(self.look.icon("search", "ink3"), QLineEdit.ActionPosition.LeadingPosition)
        self.look.follow(self._search, lambda field: field.setFixedWidth(
            round(340 * (1 + (self.look.factor - 1) * 0.6))))
        self._search.returnPressed.connect(lambda: self.page_asked.emit(f"cases?{self._search.text()}"))
        head.addWidget(self._search, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(KeyCap("F3"), 0, Qt.AlignmentFlag.AlignVCenter)
        return head

    def _resumable_card(self) -> QWidget:
        card = TitledCard(self.look, "接着办", gap="")
        card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._count = Chip(self.look, "0")
        card.head.addWidget(self._count)
        card.head.addStretch(1)
        everything = Button(self.look, "全部办件", "ghost", icon_right="chevron-right")
        everything.setObjectName("all-cases")
        everything.clicked.connect(lambda: self.page_asked.emit("cases"))
        card.head.addWidget(everything)
        self._rows = QVBoxLayout()
        self.look.lay(self._rows)
        card.body.addSpacing(4)
        card.body.addLayout(self._rows)
        card.body.addStretch(1)
        return card

    def _today_card(self) -> QWidget:
        card = TitledCard(self.look, "今天")
        grid = QGridLayout()
        self.look.lay(grid, gap="lg")
        self._numbers: dict[str, Text] = {}
        for index, (key, word) in enumerate((("accepted", "已受理"), ("waiting", "待推送"), ("correcting", "待补正"),
                                             ("mean", "平均用时"))):
            cell = QVBoxLayout()
            self.look.lay(cell)
            number = Text("—", "display")
            cell.addWidget(number)
            cell.addWidget(Text(word, "muted"))
            self._numbers[key] = number
            grid.addLayout(cell, index // 2, index % 2)
            grid.setColumnStretch(index % 2, 1)
        card.body.addLayout(grid)
        self._hint_rule = rule()
        card.body.addWidget(self._hint_rule)
        self._hints = QVBoxLayout()
        self.look.lay(self._hints, gap="md")
        card.body.addLayout(self._hints)
        card.body.addStretch(1)
        return card

    # -- filling ----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        self._greet(None)
        session = self.session_of()
        self.lanes.store.run(self.flows.greet.themes, self._show_themes, self.failed.emit, self)
        self.lanes.store.run(lambda: self.flows.greet.resumable(session), self._show_rows, self.failed.emit, self)
        self.lanes.store.run(self.flows.greet.today, self._show_today, self.failed.emit, self)
        self.lanes.search.run(self.flows.upkeep.at_first, self._attention.show_found, self.failed.emit, self)

    def enter(self) -> None:
        self._entering = not self._cards      # they are still being asked for
        if self._cards:
            self._cards[0].button.setFocus()

    def search(self) -> None:
        self._search.setFocus()
        self._search.selectAll()

    def start(self, index: int) -> None:
        """Start the theme with this F-key (0 = F5); nothing when there is none."""
        if index < len(self._cards):
            self.theme_asked.emit(self._cards[index].theme.theme_id)

    def _greet(self, accepted: int | None) -> None:
        now = local(self._clock())
        part = "早上好" if now.hour < 9 else "上午好" if now.hour < 12 else "中午好" if now.hour < 14 else "下午好"
        self._hello.setText(f"{part}，请选择要办理的“一件事”")
        done = "" if accepted is None else f"，今日已受理 {accepted} 件"
        self._date.setText(f"{now.month} 月 {now.day} 日 星期{_WEEKDAYS[now.weekday()]}{done}")

    def _show_themes(self, themes: tuple[ThemeCard, ...]) -> None:
        if self._themes_shown and themes == self._themes:
            return
        self._themes, self._themes_shown = themes, True
        clear(self._grid)
        clear(self._others)
        if not themes:
            self._grid.addWidget(EmptyState(
                self.look, "alert-triangle", "今天没有可以受理的主题",
                "主题包都不在有效期内，或者没有通过检查。请管理员在“主题包”里查看，或运行 oncedesk themes check。"), 0, 0)
        own = [theme for theme in themes if theme.own_region] or list(themes)      # a window far from every pack shows them all alike
        self._cards = [_Theme(self.look, theme, THEME_KEYS[index] if index < len(THEME_KEYS) else "", first=index == 0)
                       for index, theme in enumerate(own)]
        self._small = [_Elsewhere(self.look, theme) for theme in themes if theme not in own]
        self._elsewhere.setVisible(bool(self._small))
        for theme, button, rules in [(card.theme, card.button, card.rules) for card in self._cards] + [
                (card.theme, card.button, card.rules) for card in self._small]:
            button.clicked.connect(partial(self.theme_asked.emit, theme.theme_id))
            rules.clicked.connect(partial(self.page_asked.emit, f"themes?{theme.theme_id}"))
            button.installEventFilter(self)
        self._spread()
        if self._entering:
            self.enter()

    def _spread(self) -> None:
        """As many cards in a row as can be read; a lone theme spreads its matters wide instead of standing lost in a corner."""
        look, every = self.look, [*self._cards, *self._small]
        narrowest = max([14 * look.text("h3"), *(card.minimumSizeHint().width() for card in every)])
        room = self.width() - 2 * look.space("xxl") - look.space("lg")      # margins of the page and its scroll bar
        across = max(1, min(3, (room + look.space("lg")) // (narrowest + look.space("lg"))))
        self._lower.setDirection(QHBoxLayout.Direction.LeftToRight if across == 3 else QHBoxLayout.Direction.TopToBottom)
        columns = 2 if across == 3 and len(self._cards) == 4 else min(len(self._cards), across)
        for index, card in enumerate(self._cards):
            self._grid.addWidget(card, index // columns, index % columns)
            card.spread(3 if columns == 1 and across > 1 else 2 if room / columns > 20 * look.text("body") else 1)
        for index, small in enumerate(self._small):
            self._others.addWidget(small, index // across, index % across)
        for column in range(3):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
            self._others.setColumnStretch(column, 1 if column < across else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._themes_shown:
            self._spread()

    def _show_rows(self, rows: tuple[CaseRow, ...]) -> None:
        clear(self._rows)
        self._count.set(str(len(rows)))
        if not rows:
            self._rows.addWidget(EmptyState(self.look, "folder-open", "没有要接着办的件",
                                            "新开的草稿、退回和补正的件会出现在这里。"))
        for row in rows:
            self._rows.addWidget(rule())
            self._rows.addWidget(self._row(row))

    def _row(self, row: CaseRow) -> QWidget:
        box = QWidget()
        line = QHBoxLayout(box)
        self.look.lay(line, ("", "md", "", "md"), "md")
        words = QVBoxLayout()
        self.look.lay(words, gap="xs")
        top = QHBoxLayout()
        self.look.lay(top, gap="sm")
        top.addWidget(Elided(row.title, "strong"))
        top.addWidget(Chip(self.look, row.theme, "primary"))
        top.addStretch(1)
        words.addLayout(top)
        words.addWidget(Elided(row.note or f"停在：{wording.word('case_step', row.step)}", "caption"))
        line.addLayout(words, 5)
        progress = ProgressLine(self.look, "填报进度")
        progress.set(row.done / row.of if row.of else 0.0)
        progress.setMinimumWidth(90)
        progress.setMaximumWidth(180)
        progress.setToolTip(f"已填 {row.done} / {row.of} 项")
        line.addWidget(progress, 2)
        state = Chip(self.look)
        if row.status == "draft":
            state.set(f"已保存 {clock_text(row.saved_at, self._clock())}", "neutral", "device-floppy")
        else:
            tone, icon = STATES.get(f"case_status.{row.status}", ("neutral", ""))
            state.set(wording.word("case_status", row.status), tone, icon)
        holder = QHBoxLayout()
        self.look.lay(holder)
        holder.addWidget(state)
        holder.addStretch(1)
        line.addLayout(holder, 2)
        button = Button(self.look, "继续")
        button.setObjectName(f"resume-{row.case_uuid}")
        button.setAccessibleName(f"继续 {row.title} {row.theme}")
        button.clicked.connect(lambda: self.case_asked.emit(row.case_uuid))
        line.addWidget(button)
        return box

    def _show_today(self, today: Today) -> None:
        self._greet(today.accepted)
        mean = "—"
        if today.mean_minutes is not None:
            seconds = round(today.mean_minutes * 60)
            mean = f"{seconds // 60}′{seconds % 60:02}″"
        for key, text, tone in (("accepted", str(today.accepted), ""),
                                ("waiting", str(today.waiting_to_send), "warn" if today.waiting_to_send else ""),
                                ("correcting", str(today.correcting), "danger" if today.correcting else ""),
                                ("mean", mean, "")):
            self._numbers[key].setText(text)
            self._numbers[key].set_tone(tone)
        clear(self._hints)
        self._hint_rule.setVisible(bool(today.hints))
        for hint in today.hints:
            box = QWidget()
            line = QHBoxLayout(box)
            self.look.lay(line, gap="sm")
            line.addWidget(Icon(self.look, "info-circle", "info"), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(Text(hint, "muted", wrap=True), 1)
            self._hints.addWidget(box)

    # -- keys -------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows walk along the theme cards."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
            buttons = [card.button for card in self._cards] + [card.button for card in self._small]
            if step is not None and isinstance(watched, Button) and watched in buttons:
                buttons[(buttons.index(watched) + step) % len(buttons)].setFocus()
                return True
        return super().eventFilter(watched, event)



class _Theme(Card):
    """One 一件事: what it holds, and the button that starts it."""

    def __init__(self, look: Look, theme: ThemeCard, key: str, *, first: bool) -> None:
        super().__init__(look, gap="lg")
        self.theme = theme
        self._look = look
        self.setAccessibleName(theme.short_title)
        head = QHBoxLayout()
        look.lay(head, gap="lg")
        head.addWidget(IconTile(look, look.known_icon(theme.icon, "clipboard-list")))
        words = QVBoxLayout()
        look.lay(words, gap="xs")
        words.addStretch(1)
        words.addWidget(Text(theme.short_title, "h2"))
        words.addWidget(Text(f"{theme.materials} 份材料，承诺 {theme.working_days} 个工作日办结", "muted", wrap=True))
        words.addStretch(1)
        head.addLayout(words, 1)
        if key:
            head.addWidget(KeyCap(key), 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(head)
        self._matters = QGridLayout()
        look.lay(self._matters, gap="sm")
        self.body.addLayout(self._matters)
        self._labels = [self._matter(name) for name in theme.matters]
        self.body.addStretch(1)
        self.button = Button(look, "开始受理", "primary" if first else "secondary", icon_right="arrow-right")
        self.button.setObjectName(f"start-{theme.theme_id}")
        self.button.setAccessibleName(f"开始受理 {theme.short_title}")
        self.button.setAccessibleDescription(f"快捷键 {key}" if key else "")
        self.rules = _rules(look, theme)
        self._foot = QHBoxLayout()
        look.lay(self._foot, gap="sm")
        self._foot.addWidget(self.button, 1)
        self._foot.addWidget(self.rules)
        self.body.addLayout(self._foot)

    def spread(self, columns: int) -> None:
        """The matters in so many columns; a lone card's button does not run across the whole window."""
        for index, label in enumerate(self._labels):
            self._matters.addWidget(label, index // columns, index % columns)
        for column in range(3):
            self._matters.setColumnStretch(column, 1 if column < columns else 0)
        self._foot.setAlignment(Qt.AlignmentFlag.AlignLeft if columns == 3 else Qt.AlignmentFlag(0))
        self.button.setMinimumWidth(320 if columns == 3 else 0)

    def _matter(self, name: str) -> QWidget:
        box = QWidget()
        line = QHBoxLayout(box)
        self._look.lay(line, gap="sm")
        line.addWidget(Icon(self._look, "check", "ok", 18))
        line.addWidget(Elided(name), 1)
        return box


class _Elsewhere(Card):
    """A theme of another region: whose it is, the button that starts it, its rules."""

    def __init__(self, look: Look, theme: ThemeCard) -> None:
        super().__init__(look, "lg", "md")
        self.theme = theme
        where = theme.region_name or theme.region
        self.setAccessibleName(f"{theme.short_title} {where}")
        top = QHBoxLayout()
        look.lay(top, gap="sm")
        top.addWidget(Text(theme.short_title, "strong"))
        top.addWidget(Chip(look, where, "info", "map-pin"))
        top.addStretch(1)
        self.body.addLayout(top)
        self.body.addWidget(Text(f"{theme.materials} 份材料，{theme.working_days} 个工作日办结", "caption", wrap=True))
        foot = QHBoxLayout()
        look.lay(foot, gap="sm")
        self.button = Button(look, "开始受理", icon_right="arrow-right")
        self.button.setObjectName(f"start-{theme.theme_id}")
        self.button.setAccessibleName(f"开始受理 {theme.short_title} {where}")
        self.rules = _rules(look, theme)
        foot.addWidget(self.button, 1)
        foot.addWidget(self.rules)
        self.body.addLayout(foot)


def _rules(look: Look, theme: ThemeCard) -> Button:
    """Leads to the pack in the browser."""
    button = Button(look, "规则", "ghost", icon="book")
    button.setObjectName(f"rules-{theme.theme_id}")
    button.setAccessibleName(f"查看规则 {theme.short_title} {theme.region_name}".strip())
    button.setToolTip("查看规则：条件、材料、表单、事项、期限和条文")
    return button
