"""`python -m tests.ui.shots OUT`: every screen in every size and mode as a PNG, to be looked at by eye before a release."""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from desktop.ui.background import Lanes
from desktop.ui.look import Look, Mode, Scale
from desktop.ui.main_window import MainWindow
from tests.ui.stand_in import NEWBORN, NOW, PIN, StandIn

SHAPES: tuple[tuple[str, int, int, Scale, Mode], ...] = (
    ("1366-compact", 1366, 768, "compact", "light"), ("1920-standard", 1920, 1080, "standard", "light"),
    ("1920-elder", 1920, 1080, "elder", "light"), ("1920-dark", 1920, 1080, "standard", "dark"),
    ("1920-contrast", 1920, 1080, "standard", "contrast"))
PAGES = ("home", "cases", "sync", "day_end", "themes", "devices", "settings")


def settle(app: QApplication, seconds: float = 0.25) -> None:
    """Let lanes answer and layouts rest."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        app.processEvents()
        time.sleep(0.005)


def main(out: Path) -> None:
    """Take them all."""
    out.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    look = Look()
    for name, width, height, scale, mode in SHAPES:
        look.wear(mode=mode, scale=scale)
        lanes = Lanes()
        stand_in = StandIn(people=(), themes_in_force=(NEWBORN,) if scale == "elder" else StandIn.themes_in_force)
        window = MainWindow(stand_in.flows(), lanes, look=look, demo=True, hall="示例县政务服务中心", window="3", clock=lambda: NOW)
        window.resize(width, height)
        window.show()
        settle(app, 0.6)
        window.grab().save(str(out / f"first-{name}.png"))
        stand_in.people = StandIn.people
        window.cover.ask(stand_in.flows())
        settle(app)
        window.grab().save(str(out / f"sign-in-{name}.png"))
        people = [button for button in window.cover.findChildren(QPushButton) if button.objectName() == "user-admin"]
        people[0].click()
        window.cover.findChild(QLineEdit, "pin").setText(PIN)  # type: ignore[union-attr]
        window.cover.findChild(QPushButton, "enter").click()  # type: ignore[union-attr]
        settle(app)
        for page in PAGES:
            window.show_page(page)
            settle(app)
            window.grab().save(str(out / f"{page}-{name}.png"))
        if name == "1920-standard":
            window.show_page("day_end")
            window.page("day_end").close_button.click()  # type: ignore[attr-defined]
            settle(app)
            window.grab().save(str(out / f"review-{name}.png"))
            window.page("day_end").sheet.close_layer()  # type: ignore[attr-defined]
            window.help.open()
            window.tell_failure(RuntimeError("x"))
            settle(app)
            window.grab().save(str(out / f"help-{name}.png"))
            window.help.close_layer()
            stand_in.rows_to_go_on = stand_in.listed = stand_in.outbox = ()
            for page in ("home", "cases", "sync"):
                window.show_page(page)
                settle(app)
                window.grab().save(str(out / f"{page}-empty.png"))
            window.lock()
            settle(app)
            window.grab().save(str(out / f"lock-{name}.png"))
        window.close()
        window.deleteLater()
        settle(app, 0.05)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "shots"))
