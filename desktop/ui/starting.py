"""Qt's start. Where it cannot start it ends the program without asking, so its last words are caught here and told in ours."""

import ctypes
import logging
import os
import sys
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from desktop.diagnostics import failure_of, tell_without_window

_log = logging.getLogger(__name__)
_CANNOT = 2
_kept: list[QApplication] = []
"""Qt's application ends with its last reference; one that is made anew in the same process is not to be relied on."""


class NoScreen(Exception):
    """Qt found nothing to draw on. `code`: `window.no_display`, or `window.library_missing`; `name` is then the library's."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.name = name


def application(log: Path | None = None) -> QApplication:
    """Qt's application, made when there is none yet. Where Qt cannot start, says why and ends the program with status 2."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running

    def heard(kind: QtMsgType, _: QMessageLogContext, words: str | None) -> None:
        _log.log(logging.CRITICAL if kind == QtMsgType.QtFatalMsg else logging.WARNING, "Qt: %s", words)
        if kind == QtMsgType.QtFatalMsg:        # it aborts as soon as this returns
            failure = failure_of(_why())
            _log.critical("no window: %s", failure.code)
            tell_without_window(failure.lines(log))
            logging.shutdown()
            os._exit(_CANNOT)

    qInstallMessageHandler(heard)
    try:
        _kept.append(QApplication(["oncedesk"]))
    finally:
        qInstallMessageHandler(None)
    return _kept[-1]


def _why() -> NoScreen:
    """By loading Qt's plugin for this kind of screen ourselves: the system's loader names the library it lacks."""
    if sys.platform.startswith("linux"):
        folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
        name = "libqwayland.so" if os.environ.get("QT_QPA_PLATFORM", "").startswith("wayland") else "libqxcb.so"
        try:
            ctypes.CDLL(str(folder / name))
        except OSError as error:
            library = failure_of(ImportError(str(error)))
            if library.code == "window.library_missing":
                return NoScreen(library.code, str(error).partition(":")[0])
    return NoScreen("window.no_display")
