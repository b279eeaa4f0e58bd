"""The applicant's own screen: a window that carries one page there, covered when nobody touches it. Knows no case."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QScreen
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.ui.look import Look
from desktop.ui.widgets.cards import Icon
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.text import Text

COVER_AFTER_MS = 90_000


def other_screen(mine: QWidget) -> QScreen | None:
    """A screen the clerk does not sit at; None when there is none."""
    return next((screen for screen in QGuiApplication.screens() if screen is not mine.screen()), None)


class ApplicantWindow(QWidget):
    """The applicant's own screen: full screen there, covered when nobody touches it for 90 s."""

    closed = Signal()

    def __init__(self, look: Look, title: str, icon: str, hint: str) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("applicant.window")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.setProperty("role", "cover")
        self._stack = QStackedWidget()
        shown = QWidget()
        column = QVBoxLayout(shown)
        look.lay(column, "xxl", "lg")
        head = QHBoxLayout()
        look.lay(head, gap="md")
        head.addWidget(Icon(look, icon, "primary", look.size("iconLarge")))
        head.addWidget(Text(title, "h1"))
        head.addStretch(1)
        head.addWidget(Text(hint, "caption"))
        column.addLayout(head)
        self._room = QVBoxLayout()
        look.lay(self._room)
        column.addLayout(self._room, 1)
        cover = EmptyState(look, "lock", "为保护您的信息，内容已遮挡", "点一下屏幕继续")
        self._stack.addWidget(shown)
        self._stack.addWidget(cover)
        outer = QVBoxLayout(self)
        look.lay(outer)
        outer.addWidget(self._stack)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(COVER_AFTER_MS)
        self._idle.timeout.connect(lambda: self._stack.setCurrentIndex(1))
        app = QGuiApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def take(self, page: QWidget, screen: QScreen | None, *, whole: bool = False) -> None:
        """Show the page, on `screen` when given; without one `whole` covers the screen it is on."""
        self._room.addWidget(page)
        page.show()
        self._stack.setCurrentIndex(0)
        if screen is not None:
            self.setGeometry(screen.geometry())
        if screen is not None or whole:
            self.showFullScreen()
        else:
            self.resize(page.sizeHint())
            self.show()
        self._idle.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        touched = event.type() in {QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.TabletPress,
                                   QEvent.Type.MouseMove, QEvent.Type.TouchUpdate}
        if touched and isinstance(watched, QWidget) and watched.window() is self:
            self._idle.start()
            if self._stack.currentIndex() == 1:
                self._stack.setCurrentIndex(0)
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        self._idle.stop()
        self.closed.emit()
        super().closeEvent(event)
