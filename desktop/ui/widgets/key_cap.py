"""A key cap: the small drawn key that tells which key does the same."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.widgets.text import Text


class KeyCap(Text):
    """`KeyCap("F5")`; screen readers hear it as part of the button, not of the cap."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(key, "key", parent=parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"快捷键 {key}")
