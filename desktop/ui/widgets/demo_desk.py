"""The demo's own little window: which specimen card lies on the reader, which specimen papers under the camera. Demo mode only."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from desktop.ui.look import Look
from desktop.ui.widgets.text import Text


class DemoDesk(QWidget):
    """Two lists; choosing lays something down."""

    def __init__(self, look: Look, cards: Sequence[str], scenes: Sequence[str], lay_card: Callable[[str], None],
                 lay_papers: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("演示台")
        form = QFormLayout(self)
        look.lay(form, "lg", "md")
        for name, label, choices, lay in (("demo.card", "读卡器上", cards, lay_card), ("demo.papers", "高拍仪下", scenes, lay_papers)):
            box = QComboBox()
            box.setObjectName(name)
            box.setAccessibleName(label)
            box.addItems(list(choices))
            box.textActivated.connect(lay)
            form.addRow(Text(label, "label"), box)
