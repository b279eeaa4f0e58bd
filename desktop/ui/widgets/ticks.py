"""Several choices of one list, each with its own box: Tab and space choose. Speaks like Segmented, with values joined by 、."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QVBoxLayout, QWidget

from desktop.ui.look import Look, restyle

_JOINT = "、"


class Ticks(QFrame):
    """A choice is kept in the order of the list, whatever was ticked first."""

    chosen = Signal(str)
    """By a person; not emitted by `set_value`."""

    def __init__(self, look: Look, choices: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._boxes: dict[str, QCheckBox] = {}
        self._column = QVBoxLayout(self)
        look.lay(self._column, gap="xs")
        self.set_choices(choices)

    def value(self) -> str:
        """The ticked choices, or empty."""
        return _JOINT.join(choice for choice, box in self._boxes.items() if box.isChecked())

    def set_value(self, value: str) -> None:
        """Show a choice; what is not in the list is not shown."""
        ticked = value.split(_JOINT)
        for choice, box in self._boxes.items():
            box.setChecked(choice in ticked)

    def set_choices(self, choices: tuple[str, ...]) -> None:
        """Other choices; those ticked stay if they are among them."""
        held = self.value()
        for box in self._boxes.values():
            box.hide()
            box.deleteLater()
        self._boxes = {choice: QCheckBox(choice) for choice in choices}
        for choice, box in self._boxes.items():
            box.setObjectName(f"tick.{choice}")
            box.clicked.connect(lambda: self.chosen.emit(self.value()))
            self._column.addWidget(box)
        for box in list(self._boxes.values())[:1]:
            self.setFocusProxy(box)
        self.set_value(held)

    def set_state(self, state: str) -> None:
        """State of the field: "", "error" or "review"."""
        restyle(self, state=state)
