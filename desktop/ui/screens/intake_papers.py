"""Step 2, cards and papers: read a card, take pages under the camera, see what is still asked for."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop import wording
from desktop.domain.prefill import Role
from desktop.flows.capture_page import LiveLook, Scanned
from desktop.flows.views import CapturedPage, CaseView, Session, SlotView
from desktop.recognition.stillness import Stillness
from desktop.ui.look import Look
from desktop.ui.screens.intake_case import OpenCase
from desktop.ui.screens.intake_fault import Fault
from desktop.ui.screens.intake_pictures import CameraFeed, Pages
from desktop.ui.screens.intake_portrait import PortraitSheet
from desktop.ui.screens.intake_step import Step
from desktop.ui.widgets.busy import BusyStrip
from desktop.ui.widgets.buttons import Button, keyed
from desktop.ui.widgets.camera_view import CameraView
from desktop.ui.widgets.cards import TitledCard
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.file_dialog import ask_for_file
from desktop.ui.widgets.material_list import MaterialList, Thumb, each_page
from desktop.ui.widgets.meters import Meter
from desktop.ui.widgets.picture import Pixels
from desktop.ui.widgets.segmented import Segmented
from desktop.ui.widgets.text import Text, rule

_AUTOMATIC = "自动"
"""The card says itself whose it is."""
AHEAD = 0.25
"""Share of the ring from which what lies still is read, so that the fields are there soon after it closes."""
CODE_SHOWN = 80
"""Characters of what a code says that are shown."""
LINES_SHOWN = 5
"""Lines of what was taken last."""
Taken = tuple[CaseView, tuple[CapturedPage, ...]]
T = TypeVar("T")



def asked_pages(view: CaseView) -> tuple[SlotView, ...]:
    """Every page asked for, once: one paper may prove two materials."""
    return each_page(material for material in view.materials if material.required != "no")


class PapersStep(Step):
    """Cards at the left, camera at the right."""

    name = "papers"
    title = "证件与材料"
    scanned = Signal(int, float)
    """(page, share) of the scan that runs; emitted from the scanner's lane."""
    imported = Signal(int, int)
    """(page, of how many) of the file that is read; emitted from the camera's lane."""

    def __init__(self, case: OpenCase, look: Look, pages: Pages) -> None:
        super().__init__(case, look)
        self._pages = pages
        self._wanted = ""
        self._busy_reader = self._busy_camera = self._busy_scanner = False
        self._still = Stillness()
        self._ahead: float | None = None
        self.scanned.connect(self._scan_progress)
        self.imported.connect(self._import_progress)
        self.feed = CameraFeed(case.flows, case.lanes, self)
        self.feed.frame_came.connect(self._frame)
        self.feed.seen.connect(self._seen)
        self.feed.trouble.connect(self._camera_trouble)
        self.portrait = PortraitSheet(self, case, look)
        self.portrait.closed.connect(self._photo_done)
        self.content.addWidget(self._make_cards())
        papers = TitledCard(look, "材料")
        self._taken = Chip(look)
        papers.head.addWidget(self._taken)
        papers.head.addStretch(1)
        papers.head.addWidget(Text("不清楚可以重拍，原图保留", "caption"))
        self.list = MaterialList(look)
        self.list.wanted.connect(self._want)
        self.list.page_needed.connect(self._thumb)
        papers.body.addWidget(self.list)
        self.content.addWidget(papers)
        self.content.addStretch(1)
        self.side(self._make_camera())
        for keys, action in (("F2", self.read_card), ("F4", self.capture), ("Shift+F4", self.scan)):
            QShortcut(QKeySequence(keys), self, action, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # -- cards ------------------------------------------------------------------------------------------------------

    def _make_cards(self) -> TitledCard:
        look = self.look
        card = TitledCard(look, "身份证")
        card.head.addStretch(1)
        card.head.addWidget(Text("把身份证放在读卡器上，再按 F2", "caption"))
        row = QHBoxLayout()
        look.lay(row, gap="md")
        self._read = Button(look, "读卡", "primary", "id")
        self._read.setObjectName("action.read_card")
        self._read.clicked.connect(self.read_card)
        row.addWidget(keyed(look, self._read, "F2"))
        row.addWidget(Text("这是谁的", "label"))
        self._role = Segmented(look, (_AUTOMATIC,))
        self._role.setObjectName("choice.card_role")
        self._role.setAccessibleName("这张卡是谁的")
        self._role.set_value(_AUTOMATIC)
        row.addWidget(self._role, 1)
        card.body.addLayout(row)
        self._reading = BusyStrip(look)
        card.body.addWidget(self._reading)
        self._card_fault = Fault(look, "fault.reader")
        card.body.addWidget(self._card_fault)
        self._card_line = Text("", "", "ok", wrap=True)
        self._card_line.hide()
        card.body.addWidget(self._card_line)
        return card

    def read_card(self) -> None:
        """One card; whose it is, is decided by the flow unless the clerk said."""
        if self._busy_reader or not self.case.is_open or not self.case.view.editable:
            return
        role = next((person.role for person in self.case.view.people if person.name == self._role.value()), None)
        before = self.case.view.fields_automatic
        self._busy_reader = True
        self._arm()
        self._card_fault.clear()
        self._card_line.hide()
        self._reading.begin("正在读卡，请不要移动身份证…")

        def done(answer: tuple[CaseView, Role]) -> None:
            view, who = answer
            self._card_settled()
            self.case.show(view)
            filled = max(0, view.fields_automatic - before)
            name = next((person.name for person in view.people if person.role == who), "")
            self._card_line.setText(f"已读取{name}的身份证，自动填入 {filled} 项。可以放下一张。")
            self._card_line.show()
            self._role.set_value(_AUTOMATIC)

        def failed(error: Exception) -> None:
            self._card_settled()
            self._card_fault.show_error(error)
            if wording.fault_code(error) == "card.whose":
                self._role.setFocus(Qt.FocusReason.OtherFocusReason)

        self.case.ask(self.case.lanes.reader, lambda session, uuid: self.case.flows.read_card.read(session, uuid, role), done,
                      failed)

    def _card_settled(self) -> None:
        self._reading.end()
        self._busy_reader = False
        self._arm()
        if self.isVisible():
            self._read.setFocus(Qt.FocusReason.OtherFocusReason)      # disabled, it had lost the keyboard

    # -- camera -----------------------------------------------------------------------------------------------------

    def _make_camera(self) -> QWidget:
        look = self.look
        panel = QWidget()
        column = QVBoxLayout(panel)
        look.lay(column, "xl", "md")
        head = QHBoxLayout()
        look.lay(head, gap="sm")
        self._ask = Text("请放材料", "h3", wrap=True)
        head.addWidget(self._ask, 1)
        self._auto = Chip(look, "按材料自动归位", "primary")
        head.addWidget(self._auto)
        column.addLayout(head)
        self.view = CameraView(look)
        column.addWidget(self.view)
        meters = QHBoxLayout()
        look.lay(meters, gap="lg")
        self._sharp, self._whole, self._light = (Meter(look, name) for name in ("清晰度", "完整度", "光线"))
        for meter in (self._sharp, self._whole, self._light):
            meters.addWidget(meter, 1)
        column.addLayout(meters)
        self._verdict = Text("", "caption", wrap=True)
        column.addWidget(self._verdict)
        self._camera_fault = Fault(look, "fault.camera")
        column.addWidget(self._camera_fault)
        buttons = QHBoxLayout()
        look.lay(buttons, gap="sm")
        self._shoot = Button(look, "拍摄", "primary", "camera")
        self._shoot.setObjectName("action.capture")
        self._shoot.clicked.connect(self.capture)
        buttons.addWidget(keyed(look, self._shoot, "F4"))
        self._import = Button(look, "导入文件", "secondary", "photo-plus")
        self._import.setToolTip("图片，或者 PDF：每一页当一张材料")
        self._import.setObjectName("action.import")
        self._import.clicked.connect(self._choose_file)
        buttons.addWidget(self._import)
        buttons.addStretch(1)
        column.addLayout(buttons)
        self._by_itself = QCheckBox("放稳后自动拍摄")
        self._by_itself.setObjectName("choice.automatic")
        self._by_itself.setChecked(self.case.flows.capture_page.automatic)
        self._by_itself.clicked.connect(self._choose_automatic)
        column.addWidget(self._by_itself)
        self._scan = Button(look, "扫描", "secondary", "scan")
        self._scan.setObjectName("action.scan")
        self._scan.clicked.connect(self.scan)
        self._scan_box = keyed(look, self._scan, "Shift F4")
        column.addWidget(self._scan_box, 0, Qt.AlignmentFlag.AlignLeft)
        self._scanning = BusyStrip(look, can_cancel=True)
        self._scanning.cancelled.connect(self._stop_scan)
        column.addWidget(self._scanning)
        self._scan_line = Text("", "caption", wrap=True)
        self._scan_line.hide()
        column.addWidget(self._scan_line)
        self._scan_fault = Fault(look, "fault.scanner")
        column.addWidget(self._scan_fault)
        self._taking = BusyStrip(look)
        column.addWidget(self._taking)
        self._importing = BusyStrip(look, can_cancel=True)
        self._importing.cancelled.connect(self._stop_import)
        column.addWidget(self._importing)
        self._import_fault = Fault(look, "fault.import")
        column.addWidget(self._import_fault)
        self._reading_fault = Fault(look, "fault.reading")
        column.addWidget(self._reading_fault)
        column.addWidget(rule())
        self._last = QVBoxLayout()
        look.lay(self._last, gap="xs")
        self._last_words = Text("", "", wrap=True)
        self._last_words.setObjectName("last_taken")
        self._last_words.hide()
        column.addWidget(self._last_words)
        column.addStretch(1)
        return panel

    def capture(self) -> None:
        """A still of what lies there, for the slot in front or wherever it belongs; of the person while the photo's sheet is up."""
        if self.portrait.isVisible():
            self.portrait.take()
            return
        slot = self._wanted or None
        since = self._still.since if slot is None and self._still.since == self._ahead else None
        if not self._busy_camera:
            self._still = self._still.taken()
        self._take(lambda session, uuid: self.case.flows.capture_page.capture(session, uuid, slot, still_since=since), "正在拍摄和识别…",
                   self._taking, self._taken_pages, self._camera_fault)

    def import_file(self, path: Path) -> None:
        """The same from a file; a PDF page by page."""
        slot = self._wanted or None
        self._take(lambda session, uuid: self.case.flows.capture_page.import_file(session, uuid, path, slot, self.imported.emit),
                   "正在识别文件…", self._importing, self._imported_pages, self._import_fault)

    def _import_progress(self, page: int, pages: int) -> None:
        if self._importing.busy and pages > 1:
            words = f"正在识别第 {page} 页，共 {pages} 页…"
            self._importing.tell(words)
            self.view.overlay(None, words)

    def _stop_import(self) -> None:
        self._importing.tell("正在停下，识别好的页都留着…")
        self.case.flows.capture_page.cancel_import()

    def _imported_pages(self, done: Scanned) -> None:
        self._take_settled()
        self._wanted = ""
        self._show_taken(done.view, done.pages, f"{wording.say('picture.no_page')}。{wording.remedy('picture.no_page')}")
        if done.fault is not None:
            self._import_fault.show_error(done.fault)

    def scan(self) -> None:
        """All pages of the feeder, or the one on the glass; the camera goes on meanwhile."""
        if self._busy_scanner or not self._scan_box.isVisibleTo(self) or not self.case.is_open or not self.case.view.editable:
            return
        self._busy_scanner = True
        self._arm()
        self._scan_fault.clear()
        self._scanning.begin("正在扫描…")
        self._scan_progress(1, 0.0)
        self.case.ask(self.case.lanes.scanner, lambda session, uuid: self.case.flows.capture_page.scan(session, uuid, self.scanned.emit),
                      self._scan_done, self._not_scanned)

    def _scan_progress(self, page: int, share: float) -> None:
        if self._busy_scanner:
            self._scan_line.setText(f"正在扫描第 {page} 页 {share:.0%}" if share < 1 else f"第 {page} 页扫好了，正在识别…")
            self._scan_line.show()

    def _stop_scan(self) -> None:
        self._scan_line.setText("正在停下，扫好的页都留着…")
        self.case.lanes.watch.run(self.case.flows.capture_page.cancel_scan)

    def _scan_done(self, done: Scanned) -> None:
        self._scan_settled()
        self._scan_line.setText(f"扫描了 {done.sheets} 页")
        self._scan_line.show()
        self._show_taken(done.view, done.pages)
        if done.fault is not None:
            self._scan_fault.show_error(done.fault)

    def _not_scanned(self, error: Exception) -> None:
        self._scan_settled()
        self._scan_line.hide()
        self._scan_fault.show_error(error)

    def _scan_settled(self) -> None:
        self._scanning.end()
        self._busy_scanner = False
        self._arm()

    def _choose_file(self) -> None:
        ask_for_file(self, "导入文件", "图片或 PDF (*.jpg *.jpeg *.png *.bmp *.tif *.tiff *.webp *.pdf)", self.import_file)

    def _choose_automatic(self, on: bool) -> None:
        """Remembered at this window, for every case to come."""
        self.case.lanes.store.run(lambda: self.case.flows.capture_page.set_automatic(on=on))

    def _take(self, flow: Callable[[Session, str], T], words: str, strip: BusyStrip, done: Callable[[T], None],
              fault: "Fault") -> None:
        if self._busy_camera or not self.case.is_open or not self.case.view.editable:
            return
        self._busy_camera = True
        self._arm()
        self.feed.stop()
        for told in (self._camera_fault, self._import_fault):
            told.clear()
        self.view.overlay(None, words)
        strip.begin(words)

        def failed(error: Exception) -> None:
            self._take_settled()
            fault.show_error(error)

        self.case.ask(self.case.lanes.camera, flow, done, failed)

    def _taken_pages(self, answer: Taken) -> None:
        self._take_settled()
        self._wanted = ""
        self._show_taken(*answer)

    def _show_taken(self, view: CaseView, pages: tuple[CapturedPage, ...],
                    nothing: str = "画面里没有找到材料。请把材料整张放进画面，再拍一次。") -> None:
        labels = {slot.slot: slot.label for slot in each_page(view.materials)}
        lines, well, tone = [], [], "ok"
        for page in pages:
            kind = wording.word("doc_type", page.doc_type)
            name = labels.get(page.slot or "", kind)
            if page.code:
                said = " ".join(page.code.split())
                said = said if len(said) <= CODE_SHOWN else said[:CODE_SHOWN] + "…"
                became = "像是证件编号，已填到表里，请核对。" if page.fields else "没有填入，也不会打开。"
                lines.append(f"画面里有一个码，写着“{said}”。{became}")
                tone = tone if page.fields else "warn"
            elif page.slot is None and page.verdict in {None, "page.not_asked"}:
                lines.append(f"这是{kind}，本件不需要这份材料，没有归入。")
                tone = "warn"
            elif page.verdict is not None:
                lines.append(f"{name}：{wording.say(page.verdict)}。{wording.remedy(page.verdict)}")
                tone = "warn"
            else:
                well.append(f"{name}已拍，读到 {page.fields} 项。" if page.fields else f"{name}已拍，留作影像。")
        if not pages:
            lines, tone = [nothing], "warn"
        self._last_words.setText("\n".join(_shortened(lines, well)))
        self._last_words.set_tone(tone)
        self._last_words.show()
        self._tell_reading()
        self.case.show(view)

    def _tell_reading(self) -> None:
        if (code := self.case.flows.capture_page.reading_fault) is not None:
            self._reading_fault.show_code(code)

    def _take_settled(self) -> None:
        self._taking.end()
        self._importing.end()
        self._busy_camera = False
        self._arm()
        self.view.overlay(None)
        if self.isVisible():
            self._start_feed()

    def _frame(self, image: Pixels) -> None:
        self.view.offer(image)
        self._camera_fault.clear()

    def _seen(self, seen: LiveLook) -> None:
        good = seen.verdict is None
        line = "可以拍摄，按 F4" if good and seen.quads else ""
        self._still = still = self._still.after(seen.quads, good, time.monotonic())
        automatic = self._by_itself.isChecked() and not self._busy_camera and self.case.is_open and self.case.view.editable
        if automatic and still.take:
            self.capture()
            return
        if automatic and still.since is not None and still.since != self._ahead and still.ring >= AHEAD:
            self._ahead = still.since
            self.case.lanes.recognition.run(partial(self.case.flows.capture_page.read_ahead, still.since))
        if automatic and line:
            line = "请别动，马上拍摄" if still.since is not None else "已拍，可以换下一张" if still.all_done else line
        self.view.overlay(seen, line, still.ring if automatic else 0.0)
        # Good pages measure 0.3 to 0.5: on a square-root scale their line looks as good as they are.
        for meter, part, code, well, ill in ((self._sharp, seen.sharpness ** 0.5, "page.blurred", "良好", "模糊"),
                                             (self._whole, float(seen.complete), "page.cut_off", "四角齐全", "缺角"),
                                             (self._light, seen.light, "page.glare", "合适", "反光")):
            meter.set(part, ill if seen.verdict == code else well if seen.quads else "—",
                      "warn" if seen.verdict == code else "ok" if seen.quads else "neutral")
        if seen.verdict is None:
            self._verdict.setText("")
        else:
            self._verdict.setText(f"{wording.say(seen.verdict)}。{wording.remedy(seen.verdict)}")
        self._verdict.set_tone("" if good else "warn")

    def _camera_trouble(self, error: Exception) -> None:
        self.view.trouble("没有画面")
        self._camera_fault.show_error(error)

    def _photo_done(self) -> None:
        if self.isVisible():
            self._start_feed()

    def _start_feed(self) -> None:
        self.feed.start(round(self.view.width() * self.devicePixelRatioF()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._scan_box.setVisible(self.case.flows.capture_page.has_scanner)
        self._tell_reading()
        self._start_feed()

    def hideEvent(self, event: QHideEvent) -> None:
        self.feed.stop()
        super().hideEvent(event)

    # -- the case ---------------------------------------------------------------------------------------------------

    def show_case(self, view: CaseView) -> None:
        choices = (_AUTOMATIC, *(person.name for person in view.people))
        self._role.set_choices(choices)
        if self._role.value() not in choices:
            self._role.set_value(_AUTOMATIC)
        slots = asked_pages(view)
        known = {slot.slot for slot in slots}
        if self._wanted not in known:
            self._wanted = ""
        sure = [slot for material in view.materials if material.required == "yes" for slot in material.slots]
        missing = next((slot for slot in (*sure, *slots) if slot.status == "missing"), None)
        target = next((slot for slot in slots if slot.slot == self._wanted), missing)
        self._ask.setText(f"请{'拍照' if target.photo else '放'}：{target.label}" if target is not None else "材料已齐，可以补拍")
        self._auto.set("只拍这份" if self._wanted else "自动归位", "info" if self._wanted else "primary")
        done = sum(slot.status != "missing" for slot in slots)
        self._taken.set(f"{done} / {len(slots)}", "ok" if done == len(slots) else "neutral")
        self.count.set(f"{done} / {len(slots)} 页", "ok" if done == len(slots) else "neutral")
        self.count.show()
        self.list.show_materials(view.materials, target.slot if target is not None else "")
        self._arm()

    def _arm(self) -> None:
        """Buttons that can be pressed now."""
        able = self.case.is_open and self.case.view.editable
        self._read.setEnabled(able and not self._busy_reader)
        for button in (self._shoot, self._import):
            button.setEnabled(able and not self._busy_camera)
        self._scan.setEnabled(able and not self._busy_scanner)

    def forget(self) -> None:
        """Another case: nothing of the last one stays, and nobody waits for its answers."""
        if self._busy_scanner:
            self._stop_scan()
        if self._importing.busy:
            self._stop_import()
        self._busy_reader = self._busy_camera = self._busy_scanner = False
        self._still = self._still.taken()       # what still lies there was the last family's
        self._scanning.end()
        self._scan_line.hide()
        self._scan_fault.clear()
        self._reading.end()
        self._taking.end()
        self._importing.end()
        self._role.set_value(_AUTOMATIC)
        self._wanted = ""
        self._card_line.hide()
        self._last_words.hide()
        self._card_fault.clear()
        self._camera_fault.clear()
        self._import_fault.clear()
        self.list.forget()
        self.portrait.close_layer()

    def enter(self) -> None:
        self._read.setFocus(Qt.FocusReason.OtherFocusReason)

    def _want(self, slot: str) -> None:
        photo = next((one for one in asked_pages(self.case.view) if one.slot == slot and one.photo), None)
        if photo is not None:
            if self.case.view.editable and not self._busy_camera:
                self.feed.stop()
                self.portrait.open_for(photo)
            return
        self._wanted = slot
        self.show_case(self.case.view)

    def _thumb(self, evidence_id: str, thumb: Thumb) -> None:
        self._pages.page(evidence_id, thumb.show_page, thumb)


def _shortened(worries: list[str], well: list[str]) -> list[str]:
    """What went wrong first, and no more than the panel has room for: a PDF may bring forty pages."""
    room = LINES_SHOWN - 1
    if len(worries) + len(well) <= LINES_SHOWN:
        return worries + well
    shown = [*worries[:room], *well[:max(0, room - len(worries))]]
    rest = {"已拍": max(0, len(well) - max(0, room - len(worries))), "没有归入": max(0, len(worries) - room)}
    return [*shown, "，".join(f"另有 {count} 份{words}" for words, count in rest.items() if count) + "。"]
