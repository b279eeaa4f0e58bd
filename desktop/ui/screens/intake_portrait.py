"""The sheet on which a photo of people is taken: live picture, what keeps it from being a photo, take, import, or take a printed one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import wording
from desktop.flows.capture_page import LiveLook
from desktop.flows.take_portrait import PhotoTaken
from desktop.flows.views import Session, SlotView
from desktop.ui.background import Lane
from desktop.ui.look import Look
from desktop.ui.screens.intake_case import OpenCase
from desktop.ui.screens.intake_fault import Fault
from desktop.ui.screens.intake_pictures import CameraFeed
from desktop.ui.widgets.busy import BusyStrip
from desktop.ui.widgets.buttons import Button, keyed
from desktop.ui.widgets.camera_view import CameraView
from desktop.ui.widgets.file_dialog import ask_for_file
from desktop.ui.widgets.layer import Layer
from desktop.ui.widgets.picture import Pixels
from desktop.ui.widgets.segmented import Segmented
from desktop.ui.widgets.text import Text

PERSON, PRINT = "拍本人", "拍纸质照片"
SIZES = {"id": "26×32 毫米", "two_inch": "二寸，35×49 毫米", "couple": "二寸合影，53×35 毫米"}


class PortraitSheet(Layer):
    """`open_for` a slot that asks for a photo; the case shows it when the sheet is gone."""

    def __init__(self, parent: QWidget, case: OpenCase, look: Look) -> None:
        super().__init__(parent, look, width=470)
        self._case = case
        self._slot: SlotView | None = None
        self._uuid = ""
        self._busy = False
        self._title = Text("", "h2", wrap=True)
        self.body.addWidget(self._title)
        self._size = Text("", "caption", wrap=True)
        self.body.addWidget(self._size)
        self.source = Segmented(look, (PERSON, PRINT))
        self.source.setObjectName("choice.photo_source")
        self.source.setAccessibleName("用哪个摄像头拍")
        self.source.chosen.connect(self._choose_source)
        self.body.addWidget(self.source)
        self.view = CameraView(look)
        self.view.setAccessibleName("拍照画面")
        self.body.addWidget(self.view)
        self._verdict = Text("", "", wrap=True)
        self._verdict.setObjectName("portrait.verdict")
        self.body.addWidget(self._verdict)
        self._fault = Fault(look, "fault.portrait")
        self.body.addWidget(self._fault)
        self._taking = BusyStrip(look)
        self.body.addWidget(self._taking)
        buttons = QHBoxLayout()
        look.lay(buttons, gap="sm")
        self._import = Button(look, "导入照片", "secondary", "photo-plus")
        self._import.setObjectName("action.import_photo")
        self._import.clicked.connect(self._choose_file)
        buttons.addWidget(self._import)
        buttons.addStretch(1)
        leave = Button(look, "取消")
        leave.clicked.connect(self.close_layer)
        buttons.addWidget(leave)
        self._shoot = Button(look, "拍照", "primary", "camera")
        self._shoot.setObjectName("action.take_photo")
        self._shoot.clicked.connect(self.take)
        buttons.addWidget(keyed(look, self._shoot, "F4"))
        self.body.addLayout(buttons)
        self.feed = CameraFeed(case.flows, case.lanes, self)
        self.feed.frame_came.connect(self._frame)
        self.feed.seen.connect(self._seen)
        self.feed.trouble.connect(self._trouble)
        self.closed.connect(self.feed.stop)

    def open_for(self, slot: SlotView) -> None:
        """Take the photo this slot asks for."""
        self._slot, self._uuid, self._busy = slot, self._case.view.case_uuid, False
        self._title.setText(f"拍照：{slot.label}")
        who = "两个人" if slot.persons == 2 else "一个人"
        self._size.setText(f"{SIZES.get(slot.photo, slot.photo)}，{who}；自动摆正、按尺寸裁好，不美化")
        live = self._case.flows.take_portrait.has_camera
        self.source.setVisible(live)
        self.source.set_value(PERSON if live else PRINT)
        self._taking.end()
        self._fault.clear()
        self.open()
        self._choose_source()
        self._shoot.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The sheet has risen out of its step; with Qt 6.8 the step's own F4 does not reach in here, with a newer one no F4 comes."""
        if event.key() == Qt.Key.Key_F4 and not event.modifiers() and not event.isAutoRepeat():
            self.take()
        else:
            super().keyPressEvent(event)

    def take(self) -> None:
        """A still from the camera that is shown."""
        lanes, flow = self._case.lanes, self._case.flows.take_portrait
        slot = self._slot
        if slot is None:
            return
        if self.source.value() == PERSON:
            self._ask(lanes.portrait, lambda session, uuid: flow.take(session, uuid, slot.slot), "正在拍照，请看镜头…")
        else:
            self._ask(lanes.camera, lambda session, uuid: flow.take_print(session, uuid, slot.slot), "正在拍纸质照片…")

    def import_file(self, path: Path) -> None:
        """A picture the family brought."""
        slot = self._slot
        if slot is not None:
            flow = self._case.flows.take_portrait
            self._ask(self._case.lanes.recognition, lambda session, uuid: flow.import_file(session, uuid, slot.slot, path), "正在裁照片…")

    def _choose_file(self) -> None:
        ask_for_file(self, "导入照片", "图片 (*.jpg *.jpeg *.png *.bmp *.tif *.tiff *.webp)", self.import_file)

    def _ask(self, lane: Lane, flow: Callable[[Session, str], PhotoTaken], words: str) -> None:
        if self._busy or not self.isVisible() or not self._case.is_open or not self._case.view.editable:
            return
        self._busy = True
        self._arm()
        self.feed.stop()
        self._fault.clear()
        self._taking.begin(words)
        self._case.ask(lane, flow, self._taken, self._failed)

    def _taken(self, taken: PhotoTaken) -> None:
        self._settled()
        if taken.verdict is not None:
            self._tell(taken.verdict)
            self._start()
            return
        self._case.show(taken.view)
        self.close_layer()

    def _failed(self, error: Exception) -> None:
        self._settled()
        self._fault.show_error(error)
        self._start()

    def _settled(self) -> None:
        self._taking.end()
        self._busy = False
        self._arm()

    def _arm(self) -> None:
        for button in (self._shoot, self._import):
            button.setEnabled(not self._busy)
        if not self._busy and self.isVisible():
            self._shoot.setFocus()

    def _choose_source(self, *_: object) -> None:
        flow, lanes, slot = self._case.flows.take_portrait, self._case.lanes, self._slot
        if slot is None:
            return
        self.feed.stop()
        self._fault.clear()
        if self.source.value() == PERSON:
            self.feed.use(flow.preview, lambda frame: flow.look(frame, slot.photo, slot.persons), lanes.portrait)
            self._verdict.setText("请申请人正对镜头坐好，摘下帽子和口罩。")
        else:
            self.feed.use(self._case.flows.capture_page.preview, _nothing, lanes.camera)
            self._verdict.setText("把照片放到高拍仪下，脸朝上，哪个方向都可以。")
        self._verdict.set_tone("")
        self._start()

    def _start(self) -> None:
        if self.isVisible():
            self.feed.start(round(self.view.width() * self.devicePixelRatioF()))

    def _frame(self, image: Pixels) -> None:
        self.view.offer(image)

    def _seen(self, seen: LiveLook) -> None:
        if self.source.value() != PERSON or self._busy:
            return
        self.view.overlay(seen, "可以拍照，按 F4" if seen.verdict is None else "")
        if seen.verdict is None:
            self._verdict.setText("可以拍照。")
            self._verdict.set_tone("ok")
        else:
            self._tell(seen.verdict)

    def _tell(self, code: str) -> None:
        self._verdict.setText(f"{wording.say(code)}。{wording.remedy(code)}")
        self._verdict.set_tone("warn")

    def _trouble(self, error: Exception) -> None:
        self.view.trouble("没有画面")
        self._fault.show_error(error)


def _nothing(_: Any) -> LiveLook:
    """Of a printed photo nothing is told before it is taken."""
    return LiveLook((), None, 1.0, complete=True, light=1.0)
