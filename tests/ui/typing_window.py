"""One blank of the form on a real display, its input method chosen as the window does; what is typed is written to a file."""

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.flows.views import FieldView
from desktop.ui import input_method
from desktop.ui.look import Look
from desktop.ui.widgets.field_row import FieldRow


def main(folder: Path) -> int:
    with input_method.ready(input_method.told()):
        application = QApplication(["typing"])
    look = Look()
    look.apply()
    row = FieldRow(look, FieldView(
        key="name", label="姓名", type="text", choices=(), editable_choice=False, required=True, locked=False, visible=True, width="half",
        help="", value="", shown="", source="", confidence=1.0, needs_look=False, cutout=None, origin_text="", problems=()))
    row.setWindowTitle("typing")
    row.typed.connect(lambda _, text: (folder / "typed").write_text(text, "utf-8"))
    row.show()
    row.focus()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
