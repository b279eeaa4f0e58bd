"""设备: a card for every device of the window: how it is, what to do, try it out, choose another one."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from desktop import wording
from desktop.flows.views import Session
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.screens.choose_device import ChooseDevice
from desktop.ui.screens.screen import Screen, clock_text
from desktop.ui.widgets.busy import BusyStrip
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import Card, IconTile
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.picture import as_qimage
from desktop.ui.widgets.text import Elided, Text
from desktop.ui.widgets.top_bar import DEVICE_ICONS

if TYPE_CHECKING:
    from datetime import datetime

    from desktop.flows.bundle import Flows
    from desktop.flows.tend_devices import DeviceCard, Tried

Light = Any
"""hardware.readings.Light; a value of the devices flow (this room knows no hardware)."""
EVERY_MS = 5_000
TRY = {"reader": "试读", "camera": "试拍", "portrait": "试拍", "scanner": "试扫", "printer": "试打", "paper_printer": "试打",
       "signature": "试签", "rating": "试评价"}
_WAITING = {"reader": "正在读卡，请把身份证放在读卡器上…", "camera": "正在拍照…", "portrait": "正在拍照…", "scanner": "正在扫描…",
            "printer": "正在打印…", "paper_printer": "正在交给打印队列…", "signature": "请在签字屏上写几笔，再点确认…",
            "rating": "请按评价器上的任意一个键…"}
_WITHOUT = {
    "reader": "没有读卡器也能受理：把身份证放到高拍仪下拍照。", "camera": "没有高拍仪也能受理：可以扫描，也可以导入图片或 PDF。",
    "portrait": "没有人像摄像头：不拍经办人照片，不影响受理。", "scanner": "没有扫描仪：一页一页放到高拍仪下拍照。",
    "printer": "没有凭条打印机：受理照常，凭条可以以后补打。", "paper_printer": "没有 A4 打印机：受理照常，文书在屏幕上看，以后补打。",
    "signature": "没有签字屏：申请人在本机屏幕上签名。", "rating": "没有评价器：申请人在本机屏幕上评价。"}
_FEW = 3
_WIDE = 900
"""Pixels at the standard size from which two cards stand side by side."""


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
        actions = QWidget()
        row = QHBoxLayout(actions)
        look.lay(row, gap="sm")
        every = Button(look, "本机检查", "ghost", icon="list-check")
        every.setObjectName("show-checks")
        every.clicked.connect(lambda: self.page_asked.emit("checks"))
        row.addWidget(every)
        row.addWidget(self.again)
        outer, scroll = self.lay_headed("缺一台设备也能受理：身份证可拍照，材料可后补影像，回执可补打。", actions)
        self._busy = BusyStrip(look)
        outer.insertWidget(0, self._busy)
        self._empty = EmptyState(look, "device-desktop", "还没有设置任何设备",
                                 "主管或管理员点“选择设备”，从找到的设备里选；也可以请管理员写在 settings.toml 里。")
        scroll.body.addWidget(self._empty)
        self._grid = QGridLayout()
        look.lay(self._grid, gap="lg")
        scroll.body.addLayout(self._grid)
        scroll.body.addStretch(1)
        self.boxes: dict[str, DeviceBox] = {}
        self._columns = 0
        self.choosing = ChooseDevice(self, flows, lanes, session_of, look)
        self.choosing.chosen.connect(self._chosen)
        self.choosing.failed.connect(self.failed)
        self._soon = QTimer(self)
        self._soon.setInterval(EVERY_MS)
        self._soon.timeout.connect(self._show_known)
        look.changed.connect(self._place)

    def enter(self) -> None:
        first = next((box for box in self.boxes.values() if box.try_button.isEnabled()), None)
        (first.try_button if first else self.again).setFocus()

    def refresh(self) -> None:
        """Show what is known, then ask every device on its own lane; each card changes when its answer is there."""
        self._show_known()
        may_choose = self.session_of().role != "clerk"
        for box in self.boxes.values():
            box.choose_button.setVisible(may_choose)
        if self._busy.busy:
            return
        for box in self.boxes.values():
            if box.set_up:
                self._busy.begin("正在检查…")
                self.lanes.of(box.kind).run(partial(self.flows.devices.check, box.key), self._checked, self._check_failed, self)

    def _checked(self, card: "DeviceCard") -> None:
        self._busy.end()
        self.boxes[card.key].show_card(card)

    def _check_failed(self, error: Exception) -> None:
        self._busy.end()
        self.failed.emit(error)

    def _show_known(self) -> None:
        cards = self.flows.devices.cards()
        for card in cards:
            if card.key not in self.boxes:
                box = self.boxes[card.key] = DeviceBox(self.look, card.key, card.kind, card.name)
                box.try_button.clicked.connect(partial(self._try, box))
                box.busy.cancelled.connect(partial(self._cancel, box))
                box.choose_button.clicked.connect(partial(self.choosing.open_for, card.key, card.kind))
                self._columns = 0
            self.boxes[card.key].show_card(card)
        self._empty.setVisible(not any(box.set_up for box in self.boxes.values()))
        self._place()

    def _try(self, box: "DeviceBox", *_: object) -> None:
        if box.busy.busy:
            return
        box.begin()

        def failed(error: Exception) -> None:
            box.tried_in_vain(error)
            self.lanes.of(box.kind).run(partial(self.flows.devices.check, box.key), box.show_card, self.failed.emit, self)

        def done(tried: "Tried") -> None:
            box.tried(tried)
            self.lanes.of(box.kind).run(partial(self.flows.devices.check, box.key), box.show_card, self.failed.emit, self)

        self.lanes.of(box.kind).run(partial(self.flows.devices.try_out, box.key, box.progressed.emit), done, failed, self)

    def _cancel(self, box: "DeviceBox") -> None:
        self.lanes.watch.run(partial(self.flows.devices.cancel, box.key), None, self.failed.emit, self)

    def _chosen(self, card: "DeviceCard") -> None:
        self._show_known()
        box = self.boxes[card.key]
        box.show_card(card)
        self.told.emit(f"{card.name}：{'已换用' if card.light.address else '不再使用'}", card.light.address, "ok")
        if card.light.address:
            self._busy.begin("正在检查…")
            self.lanes.of(card.kind).run(partial(self.flows.devices.check, card.key), self._checked, self._check_failed, self)

    def _place(self) -> None:
        """Two cards side by side where there is room for their words."""
        columns = 2 if self.width() >= _WIDE * self.look.factor else 1
        if columns == self._columns:
            return
        self._columns = columns
        for number, box in enumerate(self.boxes.values()):
            self._grid.addWidget(box, number // columns, number % columns)
        for column in range(2):
            self._grid.setColumnStretch(column, int(column < columns))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._soon.stop()
        super().hideEvent(event)


class DeviceBox(Card):
    """One device. `show_card` says how it is; a try's result stays until the next."""

    progressed = Signal(int, float)
    """(page, share) of a try; may be emitted from the device's lane."""

    def __init__(self, look: Look, key: str, kind: str, name: str) -> None:
        super().__init__(look, "lg", "sm")
        self.key, self.kind = key, kind
        self.set_up = False
        self._tried_fault = ""
        self._look = look
        self.setObjectName(f"device.{key}")
        self.setAccessibleName(name)
        head = QHBoxLayout()
        look.lay(head, gap="md")
        head.addWidget(IconTile(look, DEVICE_ICONS.get(kind, "device-desktop")))
        head.addWidget(Text(name, "h3"))
        self.chip = Chip(look)
        head.addWidget(self.chip)
        self._simulated = Chip(look, "模拟设备")
        head.addWidget(self._simulated)
        head.addStretch(1)
        self.body.addLayout(head)
        self._address = Elided("", "caption")
        self.body.addWidget(self._address)
        self._say, self._do = Text("", "", wrap=True), Text("", "muted", wrap=True)
        self.body.addWidget(self._say)
        self.body.addWidget(self._do)
        buttons = QHBoxLayout()
        look.lay(buttons, gap="sm")
        self.try_button = Button(look, TRY[kind])
        self.try_button.setObjectName(f"try.{key}")
        self.try_button.setAccessibleDescription(name)
        self.choose_button = Button(look, "选择设备", "ghost")
        self.choose_button.setObjectName(f"choose.{key}")
        self.choose_button.setAccessibleDescription(name)
        buttons.addWidget(self.try_button)
        buttons.addWidget(self.choose_button)
        buttons.addStretch(1)
        self.body.addLayout(buttons)
        self.busy = BusyStrip(look, can_cancel=True)
        self.body.addWidget(self.busy)
        result = QHBoxLayout()
        look.lay(result, gap="md")
        self._picture = QLabel()
        self._picture.setAccessibleName("试用得到的图片")
        self._result = Text("", "", wrap=True)
        result.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        result.addWidget(self._result, 1)
        self.body.addLayout(result)
        self._faults = Text("", "caption", wrap=True)
        self.body.addWidget(self._faults)
        self.body.addStretch(1)
        for widget in (self._picture, self._result, self._faults):
            widget.hide()
        self.progressed.connect(self._progress)

    def show_card(self, card: "DeviceCard") -> None:
        """How it is."""
        light = card.light
        self.set_up = bool(light.address)
        if self.set_up and not card.asked:
            self.chip.set("正在检查…", "neutral", "clock")
        elif self.set_up:
            self.chip.set_state("light", light.state)
        else:
            self.chip.set("未设置", "neutral", "circle-dashed")
        self._simulated.setVisible(light.simulated)
        self._address.setText(light.address)
        self._address.setVisible(self.set_up)
        wrong = light.fault if self.set_up and card.asked else None
        self._say.setText(wording.say(wrong) if wrong else "" if self.set_up else _WITHOUT[self.kind])
        self._say.set_tone(("danger" if light.state == "fault" else "warn") if wrong else "muted" if not self.set_up else "")
        self._say.setVisible(bool(self._say.text()))
        self._do.setText(wording.remedy(wrong) if wrong else "")
        self._do.setVisible(bool(wrong))
        if wrong and wrong == self._tried_fault:      # it stands above already
            self._say_result("这次试用没有成功。", "muted")
        self.try_button.setEnabled(self.set_up and not self.busy.busy)
        lines = [f"{_clock(fault.at)} {wording.say(fault.code)}" for fault in card.faults[:_FEW]]
        more = f"（共 {len(card.faults)} 次）" if len(card.faults) > _FEW else ""
        self._faults.setText(f"最近故障{more}：" + "；".join(lines))
        self._faults.setVisible(bool(lines))

    def begin(self) -> None:
        """A try is under way."""
        had_focus = self.try_button.hasFocus()
        self.busy.begin(_WAITING[self.kind])
        self.try_button.setEnabled(False)
        if had_focus:
            self.choose_button.setFocus()
        self._picture.hide()
        self._tried_fault = ""
        self._say_result(_WAITING[self.kind], "muted")

    def tried(self, tried: "Tried") -> None:
        """It worked."""
        self._settle()
        self._say_result(f"{tried.told}（{tried.seconds:.1f} 秒）", "ok")
        if tried.picture is not None:
            side = round(160 * self._look.factor)
            self._picture.setPixmap(QPixmap.fromImage(as_qimage(tried.picture)).scaled(
                side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation))
            self._picture.show()

    def tried_in_vain(self, error: Exception) -> None:
        """It did not; why and what to do."""
        self._settle()
        code = self._tried_fault = wording.fault_code(error)
        self._say_result(f"{wording.say(code)}。{wording.remedy(code)}", "muted" if code == "device.cancelled" else "danger")

    def _settle(self) -> None:
        self.busy.end()
        self.try_button.setEnabled(self.set_up)
        if self.isVisible() and (self.choose_button.hasFocus() or self.window().focusWidget() is None):
            self.try_button.setFocus()

    def _progress(self, page: int, share: float) -> None:
        if self.busy.busy:
            self._say_result(f"第 {page} 页 {share:.0%}", "muted")

    def _say_result(self, words: str, tone: str) -> None:
        self._result.setText(words)
        self._result.set_tone(tone)
        self._result.setVisible(bool(words))


def _clock(at: "datetime") -> str:
    from datetime import UTC, datetime

    return clock_text(at, datetime.now(UTC))
