"""The papers asked for, page by page: taken with a small picture, still missing, or not needed because the chip says it."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.flows.views import MaterialView, SlotView
from desktop.ui.look import Look
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import clear
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.picture import Pixels, as_qimage
from desktop.ui.widgets.text import Elided, Text, rule


class Thumb(QWidget):
    """A small page picture, or the dashed place for one."""

    pressed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._picture: QImage | None = None
        self._icon = "plus"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        height = self._look.size("touchMin")
        return QSize(height * 3 // 2, height)

    @property
    def has_picture(self) -> bool:
        """Whether a page is shown."""
        return self._picture is not None

    def show_page(self, image: Pixels) -> None:
        """The page."""
        small = as_qimage(image).scaled(self.sizeHint() * 2, Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                                        Qt.TransformationMode.SmoothTransformation)
        self._picture = small
        self.update()

    def show_place(self, icon: str) -> None:
        """No page: an icon in a dashed frame."""
        self._picture, self._icon = None, icon
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self._picture is not None:
            shape = QRectF(self._picture.rect())
            want = frame.width() / frame.height()
            if shape.width() / shape.height() > want:
                shape.setWidth(shape.height() * want)
            else:
                shape.setHeight(shape.width() / want)
            painter.drawImage(frame, self._picture, shape)
            painter.setPen(QPen(look.color("line"), 1))
            painter.drawRect(frame)
            return
        painter.setBrush(look.color("sunken"))
        painter.setPen(QPen(look.color("lineStrong"), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, look.size("radius") / 2, look.size("radius") / 2)
        px = look.size("icon")
        painter.drawPixmap(int((self.width() - px) / 2), int((self.height() - px) / 2), look.pixmap(self._icon, "ink3", px))


def each_page(asked: Iterable[MaterialView]) -> tuple[SlotView, ...]:
    """Every page of these materials once, as the first material that asks for it names it."""
    pages: dict[str, SlotView] = {}
    for material in asked:
        for slot in material.slots:
            pages.setdefault(slot.slot, slot)
    return tuple(pages.values())


class SlotRow(QWidget):
    """One page asked for."""

    def __init__(self, look: Look, slot: SlotView) -> None:
        super().__init__()
        self.slot = slot.slot
        self.setObjectName(f"slot.{slot.slot}")
        self.thumb = Thumb(look)
        self._name = Elided(slot.label)
        self._state = Text("", "caption")
        self._chip = Chip(look)
        self.again = Button(look, "重拍", "ghost")
        self.again.setObjectName(f"action.retake.{slot.slot}")
        words = QVBoxLayout()
        words.addWidget(self._name)
        words.addWidget(self._state)
        look.lay(words)
        row = QHBoxLayout(self)
        row.addWidget(self.thumb)
        row.addLayout(words, 1)
        row.addWidget(self._chip)
        row.addWidget(self.again)
        look.lay(row, gap="md")

    def show_slot(self, slot: SlotView, *, wanted: bool) -> None:
        """Its state; `wanted` when the next capture is for it."""
        match slot.status:
            case "captured":
                self._state.setText("已拍，已加密保存")
                self._state.set_tone("ok")
            case "chip_only":
                self._state.setText("已读芯片，还可补拍")
                self._state.set_tone("ok")
                self.thumb.show_place("id")
            case _:
                self._state.setText("按“拍照片”" if slot.photo else "请放到高拍仪下" if wanted else "待拍")
                self._state.set_tone("primary" if wanted else "")
                self.thumb.show_place("target" if wanted else "plus")
        self._chip.set("当前" if wanted else "待拍", "primary" if wanted else "neutral")
        self._chip.setVisible(wanted and slot.status != "captured")
        self.again.setText("重拍" if slot.status == "captured" else "拍照片" if slot.photo else "拍这份")
        self.again.setVisible(slot.status == "captured" or not wanted or bool(slot.photo))
        self.setAccessibleName(f"{slot.label}：{self._state.text()}")


class MaterialList(QWidget):
    """Every material with its pages, in the order of the document."""

    wanted = Signal(str)
    """A slot the clerk wants to take (again)."""
    page_needed = Signal(str, object)
    """evidence id and the Thumb that wants to show it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._rows: dict[str, SlotRow] = {}
        self._states: dict[str, Chip] = {}
        self._pages: dict[str, str] = {}
        self._shape: object = None
        self._column = QVBoxLayout(self)
        look.lay(self._column, gap="md")

    def show_materials(self, materials: tuple[MaterialView, ...], wanted_slot: str) -> None:
        """All that is asked for; the place for the next capture is marked."""
        asked = [material for material in materials if material.required != "no"]
        shape = [(material.material_id, [slot.slot for slot in material.slots]) for material in asked]
        if shape != self._shape:
            self._shape = shape
            self._build(asked)
        for material in asked:
            self._show_state(self._states[material.material_id], material)
        for slot in each_page(asked):
            self._rows[slot.slot].show_slot(slot, wanted=slot.slot == wanted_slot)
            if slot.evidence_id and self._pages.get(slot.slot) != slot.evidence_id:
                self._pages[slot.slot] = slot.evidence_id
                self.page_needed.emit(slot.evidence_id, self._rows[slot.slot].thumb)
            elif not slot.evidence_id:
                self._pages.pop(slot.slot, None)

    def forget(self) -> None:
        """Another case."""
        self._shape = None

    def _build(self, asked: list[MaterialView]) -> None:
        clear(self._column)
        self._rows, self._pages, self._states = {}, {}, {}
        shown_at: dict[str, str] = {}
        for number, material in enumerate(asked):
            if number:
                self._column.addWidget(rule())
            head = QHBoxLayout()
            self._look.lay(head, gap="sm")
            name = Elided(material.name, "strong")
            name.setToolTip(material.clause_text)
            head.addWidget(name)
            kind = "，".join(part for part in (material.form, material.copies, material.handling) if part)
            head.addWidget(Elided(kind, "caption"), 1)
            self._states[material.material_id] = Chip(self._look)
            head.addWidget(self._states[material.material_id])
            self._column.addLayout(head)
            known = [slot for slot in material.slots if slot.slot in shown_at]      # one paper may prove two materials
            if known:
                above = "、".join(dict.fromkeys(shown_at[slot.slot] for slot in known))
                some = "" if len(known) == len(material.slots) else "、".join(slot.label for slot in known)
                same = Text(f"{some}与“{above.strip('《》')}”是同一份，不重复收取", "caption", wrap=True)
                same.setObjectName(f"same.{material.material_id}")
                self._column.addWidget(same)
            for slot in material.slots:
                if slot in known:
                    continue
                shown_at[slot.slot] = material.name
                row = SlotRow(self._look, slot)
                self._rows[slot.slot] = row
                row.again.clicked.connect(partial(self.wanted.emit, slot.slot))
                row.thumb.pressed.connect(partial(self.wanted.emit, slot.slot))
                self._column.addWidget(row)

    @staticmethod
    def _show_state(chip: Chip, material: MaterialView) -> None:
        if material.complete:
            chip.set("已齐", "ok", "check")
        elif material.required == "unknown":
            chip.set("视情况", "neutral")
        else:
            chip.set("" if material.slots else "现场查看", "neutral")
        chip.setVisible(bool(chip.text))
