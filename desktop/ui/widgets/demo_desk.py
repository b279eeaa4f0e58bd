"""The demo's own little window: what lies on the reader and under the camera, which key the family presses. Demo mode only."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from desktop.ui.look import Look
from desktop.ui.widgets.text import Text


class DemoDesk(QWidget):
    """Three lists; choosing lays something down or presses a key."""

    def __init__(self, look: Look, cards: Sequence[str], scenes: Sequence[str], lay_card: Callable[[str], None],
                 lay_papers: Callable[[str], None], keys: Sequence[str], press: Callable[[str], None],
                 parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("演示台")
        form = QFormLayout(self)
        look.lay(form, "lg", "md")
        for name, label, choices, lay in (("demo.card", "读卡器上", cards, lay_card), ("demo.papers", "高拍仪下", scenes, lay_papers),
                                          ("demo.keys", "评价器按键", keys, press)):
            box = QComboBox()
            box.setObjectName(name)
            box.setAccessibleName(label)
            box.addItems(list(choices))
            box.textActivated.connect(lay)
            form.addRow(Text(label, "label"), box)
