"""设备: every device's light in words, and what to do when it is not well."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.flows.views import Session
from desktop.ui import wording
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.screens.screen import Screen
from desktop.ui.widgets.busy import BusyStrip
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import IconTile, TitledCard, clear
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.text import Elided, Text, rule
from desktop.ui.widgets.top_bar import DEVICE_ICONS

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows

Light = Any
"""hardware.readings.Light; a value of the devices flow (this room knows no hardware)."""


def light_words(light: Light) -> str:
    """A light in one line: 正常, 缺纸 …, with 模拟 when it is not a real device."""
    words = wording.say(light.fault) if light.fault and light.state != "ok" else wording.word("light", light.state)
    return f"{words}（模拟设备）" if light.simulated else words


class DevicesScreen(Screen):
    """What is attached."""

    title = "设备"

    def __init__(self, flows: "Flows", lanes: Lanes, session_of: Callable[[], Session], look: Look) -> None:
        super().__init__(flows, lanes, session_of, look)
        self.again = Button(look, "重新检查", icon="refresh")
        self.again.clicked.connect(self.refresh)
        outer, scroll = self.lay_headed("缺一台设备也能受理：身份证可拍照，材料可后补影像，回执可补打。", self.again)
        self._busy = BusyStrip(look)
        outer.insertWidget(0, self._busy)
        card = TitledCard(look, "本窗口的设备", gap="")
        card.head.addStretch(1)
        self._rows = QVBoxLayout()
        look.lay(self._rows)
        card.body.addSpacing(8)
        card.body.addLayout(self._rows)
        scroll.body.addWidget(card)
        scroll.body.addStretch(1)

    def enter(self) -> None:
        self.again.setFocus()

    def refresh(self) -> None:
        if self._busy.busy:
            return
        self._busy.begin("正在逐台检查…")
        self.lanes.lights.run(self.flows.devices.lights, self._show, self._fail, self)

    def _fail(self, error: Exception) -> None:
        self._busy.end()
        self.failed.emit(error)

    def _show(self, lights: tuple[Light, ...]) -> None:
        self._busy.end()
        clear(self._rows)
        if not lights:
            self._rows.addWidget(EmptyState(self.look, "device-desktop", "还没有配置设备",
                                            "请管理员在 settings.toml 里写上读卡器、高拍仪和打印机的地址。"))
        for light in lights:
            self._rows.addWidget(rule())
            self._rows.addWidget(self._row(light))

    def _row(self, light: Light) -> QWidget:
        box = QWidget()
        line = QHBoxLayout(box)
        self.look.lay(line, ("", "lg", "", "lg"), "lg")
        line.addWidget(IconTile(self.look, DEVICE_ICONS.get(light.kind, "device-desktop")))
        words = QVBoxLayout()
        self.look.lay(words, gap="xs")
        top = QHBoxLayout()
        self.look.lay(top, gap="sm")
        top.addWidget(Text(wording.word("device_kind", light.kind), "h3"))
        chip = Chip(self.look)
        chip.set_state("light", light.state)
        top.addWidget(chip)
        if light.simulated:
            top.addWidget(Chip(self.look, "模拟设备"))
        top.addStretch(1)
        words.addLayout(top)
        words.addWidget(Elided("，".join(filter(None, (light.name, light.address))), "caption"))
        if light.state != "ok" and light.fault:
            tone = "danger" if light.state == "fault" else "warn"
            words.addWidget(Text(wording.say(light.fault), "", tone, wrap=True))
            words.addWidget(Text(wording.remedy(light.fault), "muted", wrap=True))
        line.addLayout(words, 1)
        return box
