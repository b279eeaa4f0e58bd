"""A sheet to choose one of the devices that were found; those that cannot be used stand there too, grey, with the reason."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from desktop import wording
from desktop.flows.views import Session
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.widgets.busy import BusyStrip
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.layer import Layer
from desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows
    from desktop.flows.tend_devices import DeviceCard

Found = Any
"""hardware.discovery.Found; a value of the devices flow."""
_ADDRESS = Qt.ItemDataRole.UserRole
_LINES = 9


class ChooseDevice(Layer):
    """`open_for` a device; `chosen` tells the new card."""

    chosen = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QWidget, flows: "Flows", lanes: Lanes, session_of: Callable[[], Session], look: Look) -> None:
        super().__init__(parent, look, width=680)
        self._flows, self._lanes, self._session_of = flows, lanes, session_of
        self._key, self._kind = "", ""
        self._title = Text("", "h2")
        self.body.addWidget(self._title)
        self.body.addWidget(Text("选好的设备记在 devices.toml 里，重启后还用它。灰色的是找到了但用不了的，写着原因。", "muted", wrap=True))
        self.list = QListWidget()
        self.list.setObjectName("list.found")
        self.list.setAccessibleName("找到的设备")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemActivated.connect(self._use)
        self.list.setSpacing(4)
        look.follow(self.list, lambda it: it.setMinimumHeight(round(look.text("body") * 2 * _LINES)))
        self.body.addWidget(self.list)
        self._busy = BusyStrip(look)
        self.body.addWidget(self._busy)
        buttons = QHBoxLayout()
        look.lay(buttons, gap="sm")
        self.search_button = Button(look, "搜索扫描仪（约 12 秒）", "ghost", "search")
        self.search_button.clicked.connect(partial(self._find, search=True))
        buttons.addWidget(self.search_button)
        buttons.addStretch(1)
        leave = Button(look, "取消")
        leave.clicked.connect(self.close_layer)
        buttons.addWidget(leave)
        self.use_button = Button(look, "使用", "primary")
        self.use_button.setObjectName("action.use")
        self.use_button.clicked.connect(lambda: self._use(self.list.currentItem()))
        buttons.addWidget(self.use_button)
        self.body.addLayout(buttons)

    def open_for(self, key: str, kind: str, *_: object) -> None:
        """Show what could take this device's place, and look again."""
        self._key, self._kind = key, kind
        self._title.setText(f"选择{wording.word('device_kind', kind)}")
        self.search_button.setVisible(kind == "scanner")
        self._show(self._flows.devices.found())
        self.open()
        self.list.setFocus()
        self._find()

    def _find(self, *_: object, search: bool = False) -> None:
        if self._busy.busy:
            return
        self._busy.begin("正在搜索扫描仪…" if search else "正在查找接着的设备…")
        self.search_button.setEnabled(False)
        devices = self._flows.devices
        self._lanes.search.run(devices.search if search else devices.look, self._came, self._find_failed, self)

    def _came(self, found: tuple[Found, ...]) -> None:
        self._settle()
        self._show(found)

    def _find_failed(self, error: Exception) -> None:
        self._settle()
        self.failed.emit(error)

    def _settle(self) -> None:
        self._busy.end()
        self.search_button.setEnabled(True)

    def _show(self, found: tuple[Found, ...]) -> None:
        held = self.list.currentItem()
        before = held.data(_ADDRESS) if held is not None else None
        now = next((card.light.address for card in self._flows.devices.cards() if card.key == self._key), "")
        self.list.clear()
        usable = [one for one in found if not one.reason and self._kind in one.kinds]
        if now and now not in {one.address for one in usable}:
            self._add(f"{now}\n现在用的", now)
        for one in usable:
            self._add(f"{one.name}\n{one.address}{'（现在用的）' if one.address == now else ''}", one.address)
        self._add("不使用" + ("（现在）" if not now else ""), "")
        self._add("按 settings.toml 的设置", None)
        for one in found:
            if one.reason and (self._kind in one.kinds or not one.kinds):
                self._add(f"{one.name} {one.address}\n{wording.say(one.reason, maker=one.maker)}。{wording.remedy(one.reason)}", None,
                          usable=False)
        rows = range(self.list.count())
        wanted = before if before is not None else now
        self.list.setCurrentRow(next((row for row in rows if self.list.item(row).data(_ADDRESS) == wanted), 0))

    def _add(self, words: str, address: str | None, *, usable: bool = True) -> None:
        item = QListWidgetItem(words)
        item.setData(_ADDRESS, address)
        if not usable:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setForeground(self._look.color("ink3"))
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, "不能使用")
        item.setIcon(self._look.icon("circle-check" if usable else "circle-x", "primary" if usable else "ink3"))
        self.list.addItem(item)

    def _use(self, item: QListWidgetItem | None) -> None:
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled or not self.use_button.isEnabled():
            return
        address, key, session = item.data(_ADDRESS), self._key, self._session_of()
        self.use_button.setEnabled(False)

        def done(card: "DeviceCard") -> None:
            self.use_button.setEnabled(True)
            self.close_layer()
            self.chosen.emit(card)

        def failed(error: Exception) -> None:
            self.use_button.setEnabled(True)
            self.failed.emit(error)

        self._lanes.search.run(lambda: self._flows.devices.choose(session, key, address), done, failed, self)
