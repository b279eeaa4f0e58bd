"""Qt tried in a process of its own: prints, as JSON, its version, what it draws on, and the fonts of ours it takes. A failure ends it."""

import json
import sys
from importlib import resources

from PySide6.QtCore import qVersion
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication, QLabel


def tried() -> dict[str, str | list[str]]:
    """Start, load our fonts, lay out a label."""
    application = QApplication(["oncedesk"])
    fonts = resources.files("resources") / "fonts"
    families = [family for file in ("NotoSansSC-Regular.ttf", "NotoSansSC-SemiBold.ttf")
                for family in QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(fonts / file)))]
    QLabel("示例").sizeHint()
    return {"qt": qVersion(), "platform": application.platformName(), "families": families}


if __name__ == "__main__":
    json.dump(tried(), sys.stdout)
