"""The program started twice: the second start asks the first window to come forward. They meet at a local socket named by the home."""

import sys
from hashlib import sha256
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_ASK, _ANSWER = b"come forward\n", b"here\n"
_CONNECT_MS = 500
SILENCE_MS = 5_000
"""How long a window may do something else before it counts as one that hangs."""


def name_of(home: Path) -> str:
    """What the socket of a home is called."""
    return f"oncedesk-{sha256(str(home.resolve()).encode()).hexdigest()[:24]}"


class Doorbell(QObject):
    """The first window's end: whoever holds the lock of the home listens."""

    rung = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(name)     # left behind by one that was killed; nobody else listens while we hold the lock
        self._server.newConnection.connect(self._came)
        self._server.listen(name)

    @property
    def trouble(self) -> str:
        """Why nobody can be heard, in Qt's words; empty when all is well."""
        return "" if self._server.isListening() else self._server.errorString()

    def _came(self) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.readyRead.connect(lambda caller=caller: self._asked(caller))
            caller.disconnected.connect(caller.deleteLater)
            if caller.canReadLine():
                self._asked(caller)

    def _asked(self, caller: QLocalSocket) -> None:
        if caller.canReadLine() and caller.readLine().data() == _ASK:
            self.rung.emit()
            caller.write(_ANSWER)
            caller.flush()

    def close(self) -> None:
        """Listen no more."""
        self._server.close()


def ring(name: str, silence_ms: int = SILENCE_MS) -> Literal["came", "silent", "nobody"]:
    """Ask the first window to come forward. Silent: it is there and does not answer."""
    if sys.platform == "win32":     # only who has the foreground may give it away
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_CONNECT_MS):
        return "nobody"
    socket.write(_ASK)
    socket.waitForBytesWritten(_CONNECT_MS)
    heard = socket.waitForReadyRead(silence_ms) and socket.readLine().data() == _ANSWER
    left = socket.state() == QLocalSocket.LocalSocketState.UnconnectedState
    socket.abort()
    return "came" if heard else "nobody" if left else "silent"
