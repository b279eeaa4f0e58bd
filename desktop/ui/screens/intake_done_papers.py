"""The papers of a finished step: what there is, how it looks, and printing it on the A4 printer; each material as a department sees it."""

from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop import wording
from desktop.flows.views import CaseView, PrintView, Session
from desktop.ui.look import Look
from desktop.ui.screens.intake_case import OpenCase
from desktop.ui.screens.intake_fault import Fault
from desktop.ui.widgets.buttons import Button, keyed
from desktop.ui.widgets.cards import Scroll, clear
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.cutout import PaperView
from desktop.ui.widgets.picture import Pixels
from desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from desktop.flows.print_papers import PrintPapers

_CHOOSE = "看材料 PDF"


class PapersPanel(QWidget):
    """One line for each paper, the chosen one below."""

    def __init__(self, case: OpenCase, look: Look) -> None:
        super().__init__()
        self.case = case
        self.look = look
        self._only = ""
        self._shown_paper = ""
        self._in_doubt: tuple[str, ...] = ()
        self._said: object = None
        column = QVBoxLayout(self)
        look.lay(column, "xl", "md")
        head = QHBoxLayout()
        look.lay(head, gap="sm")
        head.addWidget(Text("文书", "h3"))
        head.addStretch(1)
        self._print_all = Button(look, "全部打印", icon="printer")
        self._print_all.setObjectName("action.print_papers")
        self._print_all.clicked.connect(self.print_all)
        self._print_all_box = keyed(look, self._print_all, "Ctrl P")
        head.addWidget(self._print_all_box)
        column.addLayout(head)
        self._handing = Text("", "muted", wrap=True)
        self._handing.hide()
        column.addWidget(self._handing)
        self._paper_fault = Fault(look, "fault.paper_printer")
        column.addWidget(self._paper_fault)
        self._paper_doubt = Doubt(look, "paper", self._paper_seen, self._paper_again)
        column.addWidget(self._paper_doubt)
        self._papers = QVBoxLayout()
        self._paper_buttons: dict[str, Button] = {}
        look.lay(self._papers, gap="sm")
        column.addLayout(self._papers)
        self._materials: dict[str, str] = {}
        """Id -> name of each material with a page."""
        self._material = QComboBox()
        self._material.setObjectName("choice.material_pdf")
        self._material.setAccessibleName("看材料 PDF：部门收到的样子")
        self._material.setToolTip("部门收到的样子，可以按文字查找")
        self._material.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)    # names may be long
        self._material.activated.connect(self._show_material)
        self._material.hide()
        column.addWidget(self._material)
        self._pages_scroll = Scroll(look, gap="md")
        self._pages_scroll.setObjectName("papers.preview")
        column.addWidget(self._pages_scroll, 1)

    def show_only(self, path: str) -> None:
        """From now on this one paper: a notice that was just made."""
        self._only = path

    def forget(self) -> None:
        """Another case."""
        self._only = self._shown_paper = ""
        self._said = None
        self._print_all.setEnabled(True)
        for shown in (self._handing, self._paper_doubt, self._print_all_box, self._material):
            shown.hide()
        self._paper_fault.clear()
        clear(self._papers)
        clear(self._pages_scroll.body)

    def show_case(self, view: CaseView) -> None:
        """The papers of a case, each with whether it was printed; the last one is shown."""
        materials = {material.material_id: material.name for material in view.materials
                     if material.required != "no" and any(slot.evidence_id for slot in material.slots)}
        if (says := (view.papers, self._only, view.prints, materials)) == self._said:
            return      # polling must not flicker or steal the focus
        self._said = says
        self._materials = materials
        self._material.clear()
        self._material.addItem(f"{_CHOOSE}（{len(materials)} 份）")
        for material, name in materials.items():
            self._material.addItem(name, material)
        self._material.setCurrentIndex(max(0, self._material.findData(self._shown_paper)))
        self._material.setVisible(bool(materials))
        clear(self._papers)
        self._paper_buttons = {}
        paths = (self._only,) if self._only else view.papers
        for path in paths:
            button = Button(self.look, PurePath(path).stem, "secondary", "eye" if path == self._shown_paper else "file-text")
            button.setObjectName(f"paper.{PurePath(path).stem}")
            button.clicked.connect(partial(self._preview, path))
            self._paper_buttons[path] = button
            row = QHBoxLayout()
            self.look.lay(row, gap="sm")
            row.addWidget(button, 1)
            if (job := self._job(view, path)) is not None:
                row.addWidget(_print_chip(self.look, job))
                one = Button(self.look, kind="ghost", icon="printer")
                one.setObjectName(f"action.print.{job.kind}")
                one.setAccessibleName(f"打印{PurePath(path).stem}")
                one.setToolTip(f"打印{PurePath(path).stem}")
                one.clicked.connect(partial(self._hand_over, (job.kind,)))
                row.addWidget(one)
            holder = QWidget()
            holder.setLayout(row)
            self._papers.addWidget(holder)
        self._print_all_box.setVisible(any(self._job(view, path) for path in paths))
        if not paths:
            self._papers.addWidget(Text("受理后，这里可以看受理通知书和申报表单。", "caption", wrap=True))
        elif self._shown_paper not in (*paths, *materials):
            self._preview(paths[-1])

    def _show_material(self, at: int) -> None:
        if material := self._material.itemData(at):
            self._preview(str(material))

    def _preview(self, path: str) -> None:
        """A paper by its path, or a material by its id."""
        self._shown_paper = path
        self._material.setCurrentIndex(max(0, self._material.findData(path)))
        for known, button in self._paper_buttons.items():
            button.set_icon("eye" if known == path else "file-text")
        width = max(self._pages_scroll.viewport().width(), 320) * 2
        flows, material = self.case.flows, path in self._materials
        self.case.ask(self.case.lanes.recognition,
                      lambda _, uuid: flows.material_papers.pages(uuid, path, width) if material else flows.print_papers.pages(path, width),
                      partial(self._show_pages, path))

    def _show_pages(self, path: str, pages: tuple[Pixels, ...]) -> None:
        if path != self._shown_paper:
            return
        clear(self._pages_scroll.body)
        title = self._materials.get(path) or PurePath(path).stem
        for number, image in enumerate(pages, start=1):
            page = PaperView(self.look, f"{title} 第 {number} 页", image.shape[0] / image.shape[1])
            page.show_paper(image)
            self._pages_scroll.body.addWidget(page)
        self._pages_scroll.body.addStretch(1)

    def print_all(self) -> None:
        """Hand every paper that was not printed yet to the A4 printer; all of them when all were."""
        if not self.case.is_open or not self._print_all.isEnabled():
            return
        papers = [one for one in self.case.view.prints if one.path]
        wanted = [one for one in papers if one.state != "done"] or papers
        self._hand_over(tuple(one.kind for one in wanted))

    def _hand_over(self, kinds: tuple[str, ...], at: int = 0, *, sure: bool = False) -> None:
        """One after another; the first fault ends it, and what is printed stays printed."""
        if at == 0 and not self._print_all.isEnabled():
            return
        self._paper_fault.clear()
        self._paper_doubt.hide()
        self._print_all.setEnabled(at == len(kinds))
        if at == len(kinds):
            self._handing.setText(f"{at} 份文书已交给打印机。")
            self._handing.setVisible(at > 0)
            return
        kind = kinds[at]
        title = PurePath(self.case.view.printing(kind).path).stem
        self._handing.setText(f"正在打印 {at + 1}/{len(kinds)}：{title}…")
        self._handing.show()

        def done(view: CaseView) -> None:
            self.case.show(view)
            self._hand_over(kinds, at + 1)

        def failed(error: Exception) -> None:
            self._print_all.setEnabled(True)
            self._handing.setText(f"{title}没有打印。" + (f"前面 {at} 份已交给打印机。" if at else ""))
            self._in_doubt = kinds[at:]
            maybe = getattr(error, "code", "") == "print.maybe_printed" or getattr(error, "sent", False)
            self._paper_doubt.setVisible(bool(maybe))
            if getattr(error, "code", "") != "print.maybe_printed":
                self._paper_fault.show_error(error)
            self.case.refresh()

        self.case.ask(self.case.lanes.printer, partial(_paper, self.case.flows.print_papers, kind, sure), done, failed)

    def _paper_again(self) -> None:
        self._hand_over(self._in_doubt, sure=True)

    def _paper_seen(self) -> None:
        kind, *left = self._in_doubt

        def done(view: CaseView) -> None:
            self.case.show(view)
            self._hand_over(tuple(left))

        self.case.ask(self.case.lanes.printer, lambda session, uuid: self.case.flows.print_papers.seen(session, uuid, kind), done)

    @staticmethod
    def _job(view: CaseView, path: str) -> PrintView | None:
        return next((one for one in view.prints if one.path == path), None)


def _paper(printing: "PrintPapers", kind: str, sure: bool, session: Session, uuid: str) -> CaseView:
    return printing.paper(session, uuid, kind, sure=sure)


def _print_chip(look: Look, job: PrintView) -> Chip:
    match job.state:
        case "done":
            return Chip(look, "已打印" if job.copies == 1 else f"已打印 {job.copies} 份", "ok", "check")
        case "unsure":
            return Chip(look, "可能已打出", "warn", "alert-triangle")
        case _:
            return Chip(look, "未打印")


class Doubt(QWidget):
    """上次可能已打出一部分: the clerk looks, and says which it is. Without `again` another button prints again."""

    def __init__(self, look: Look, name: str, seen: Callable[[], None], again: Callable[[], None] | None = None) -> None:
        super().__init__()
        self.setObjectName(f"doubt.{name}")
        column = QVBoxLayout(self)
        look.lay(column, gap="sm")
        column.addWidget(Text(wording.say("print.maybe_printed"), "strong", "warn", wrap=True))
        column.addWidget(Text(wording.remedy("print.maybe_printed"), "caption", wrap=True))
        row = QHBoxLayout()
        look.lay(row, gap="sm")
        for what, words, act, icon in (("seen", "已打好", seen, "check"), ("again", "重打", again, "printer")):
            if act is not None:
                button = Button(look, words, icon=icon)
                button.setObjectName(f"action.{name}_{what}")
                button.clicked.connect(lambda *_, act=act: act())
                row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self.hide()
