"""备份与恢复纸条, a card of the settings page: what is missing, a backup now, and slips made and handed out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop import wording
from desktop.ui.screens.screen import Screen
from desktop.ui.screens.sign_in import SaidLine
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.cards import TitledCard, clear, labelled
from desktop.ui.widgets.text import Text, rule

if TYPE_CHECKING:
    from desktop.flows.keep_safe import BackedUp, NewSlips, Worry

PEOPLE = 3


class SafetyCard(TitledCard):
    """Clerks do not see it; slips are an administrator's."""

    def __init__(self, page: Screen) -> None:
        super().__init__(page.look, "备份与恢复纸条")
        self._page = page
        self.head.addStretch(1)
        self.backup_button = Button(page.look, "现在备份", icon="device-floppy")
        self.backup_button.setObjectName("back-up")
        self.backup_button.clicked.connect(self._back_up)
        self.head.addWidget(self.backup_button)
        self._worries = QVBoxLayout()
        page.look.lay(self._worries, gap="sm")
        self.body.addLayout(self._worries)
        self._slips = self._slips_part()
        self.body.addWidget(self._slips)

    def _slips_part(self) -> QWidget:
        look = self._page.look
        part = QWidget()
        column = QVBoxLayout(part)
        look.lay(column, gap="md")
        column.addWidget(rule())
        column.addWidget(Text("恢复纸条三张，由三个人分别保管；密钥丢了或换了电脑，任意两张合起来能打开数据和备份。", "muted", wrap=True))
        self.slips_button = Button(look, "制作恢复纸条", icon="printer")
        self.slips_button.setObjectName("make-slips")
        self.slips_button.clicked.connect(self._make_slips)
        column.addWidget(self.slips_button, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        look.lay(row, gap="md")
        self._words = []
        for which in range(1, PEOPLE + 1):
            field = QLineEdit()
            field.setObjectName(f"last-word-{which}")
            row.addWidget(labelled(look, f"第 {which} 张的第 33 个词", field))
            self._words.append(field)
        column.addLayout(row)
        self.said = SaidLine(look)
        column.addWidget(self.said)
        self.handed_button = Button(look, "登记：三张都已交给本人", icon="check")
        self.handed_button.setObjectName("slips-handed-out")
        self.handed_button.clicked.connect(self._hand_out)
        column.addWidget(self.handed_button, 0, Qt.AlignmentFlag.AlignRight)
        return part

    def refresh(self) -> None:
        """Ask again what is missing."""
        role = self._page.session_of().role
        self.setVisible(role != "clerk")
        self._slips.setVisible(role == "administrator")
        if role != "clerk":
            self._page.lanes.store.run(partial(self._page.flows.keep_safe.worries, self._page.session_of()), self._show_worries,
                                       self._page.failed.emit, self)

    def _show_worries(self, worries: tuple[Worry, ...]) -> None:
        clear(self._worries)
        for worry in worries:
            self._worries.addWidget(Text(worry.sentence, "strong", "warn", wrap=True))
            self._worries.addWidget(Text(worry.remedy, "caption", wrap=True))
        if not worries:
            self._worries.addWidget(Text("备份和恢复纸条都齐全", "muted", wrap=True))

    def _back_up(self) -> None:
        session = self._page.session_of()
        self.backup_button.setEnabled(False)
        self._page.lanes.backup.run(lambda: self._page.flows.keep_safe.back_up_now(session), self._backed_up, self._backup_failed, self)

    def _backed_up(self, made: BackedUp) -> None:
        self.backup_button.setEnabled(True)
        self._page.told.emit(f"已备份 {made.cases} 件", made.file, "ok")
        self.refresh()

    def _backup_failed(self, error: Exception) -> None:
        self.backup_button.setEnabled(True)
        self._page.failed.emit(error)

    def _make_slips(self) -> None:
        """To the A4 printer where there is one, else into a folder that somebody chooses."""
        if self._page.flows.keep_safe.can_print():
            self.make_slips(None)
            return
        dialog = QFileDialog(self, "三个 PDF 存到哪里")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.make_slips(Path(name)))
        dialog.open()

    def make_slips(self, folder: Path | None) -> None:
        """As chosen."""
        session = self._page.session_of()
        self.slips_button.setEnabled(False)
        self._page.lanes.paper_printer.run(lambda: self._page.flows.keep_safe.make_slips(session, folder), self._slips_made,
                                           self._slips_failed, self)

    def _slips_made(self, made: NewSlips) -> None:
        self.slips_button.setEnabled(True)
        done = "打印这三个 PDF，交给三个人，登记后删除文件。" if made.files else "已送去打印：交给三个人，再登记。"
        self._page.told.emit(f"第 {made.number} 套恢复纸条已做好", done, "ok")
        self.refresh()
        self._words[0].setFocus()

    def _slips_failed(self, error: Exception) -> None:
        self.slips_button.setEnabled(True)
        self._page.failed.emit(error)

    def _hand_out(self) -> None:
        words = [field.text().strip() for field in self._words]
        if not all(words):
            self.said.show_code("window.fill_all")
            return
        session = self._page.session_of()
        self.handed_button.setEnabled(False)
        self._page.lanes.store.run(lambda: self._page.flows.keep_safe.slips_handed_out(session, words), self._handed_out,
                                   self._not_handed_out, self)

    def _handed_out(self, number: int) -> None:
        self.handed_button.setEnabled(True)
        self.said.clear()
        for field in self._words:
            field.clear()
        self._page.told.emit(f"第 {number} 套恢复纸条已登记", "以前的纸条打不开今后的备份，请收回销毁。", "ok")
        self.refresh()

    def _not_handed_out(self, error: Exception) -> None:
        self.handed_button.setEnabled(True)
        self.said.show_code(wording.fault_code(error), **wording.params_of(error))
