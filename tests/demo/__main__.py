"""`python -m tests.demo --out DIR`: one newborn case from ID card to province and day-end, through the real window.

Simulated devices answer at their wires (a pty, MJPEG and ESC/POS over TCP), the stand-in province over loopback HTTP. In a window
where there is a display, else off screen. Run again on the same DIR with --resume it goes on where a power cut left it.
"""

import argparse
import os
import sys
from pathlib import Path

if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from tests.demo.play import STAGES, play


def _tell(_: QtMsgType, __: QMessageLogContext, text: str | None) -> None:
    """Qt's warnings, but for what the off-screen platform says of itself at every turn."""
    if text and not text.startswith("This plugin does not support"):
        print(text, file=sys.stderr)


def main() -> int:
    """Parse the options and play."""
    qInstallMessageHandler(_tell)
    parser = argparse.ArgumentParser(prog="python -m tests.demo")
    parser.add_argument("--out", type=Path, default=Path("demo-out"))
    parser.add_argument("--resume", action="store_true", help="go on in DIR instead of beginning anew")
    parser.add_argument("--die-at", choices=STAGES, help="kill -9 this process in the middle of a stage")
    parser.add_argument("--province", metavar="URL", help="a stand-in that runs already; it is then left alone")
    parser.add_argument("--size", default="1366x768", help="of the window, e.g. 1920x1080")
    args = parser.parse_args()
    width, height = (int(part) for part in args.size.split("x"))
    summary = play(args.out.resolve(), resume=args.resume, die_at=args.die_at, province_url=args.province, size=(width, height))
    print(f"{summary['case_number']}: {summary['platform_status']}, {summary['fields_filled_automatically']} of {summary['fields_total']} "
          f"fields by themselves, {summary['fields_typed']} typed, {summary['keystrokes']} keys. See {args.out}/")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
