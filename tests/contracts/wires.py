"""Wires the contract suites run over, beyond those the simulated devices have themselves."""

import os
import pty
import select
import socket
import threading
import time
import tty
from pathlib import Path

import numpy as np

from hardware.opencv import cv2


class SerialBridge:
    """A pseudo terminal in front of a TCP port: the TCP printer as a serial one. `path` is what a driver opens."""

    def __init__(self, port: int, link: Path | None = None) -> None:
        """`link`: a name that stays the same when the cable is pulled and put back."""
        self._port, self._link = port, link
        self.pulled_after: int | None = None
        """The cable is pulled when so many bytes more have passed."""
        self._plug()

    def plug(self) -> None:
        """The cable is in again."""
        self.close()
        self._plug()

    def _plug(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), 3)
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        if self._link:
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(self.path)
            self.path = str(self._link)
            os.close(self._slave)      # or a pulled cable would still have an end
            self._slave = -1
        self._stop_read, self._stop_write = os.pipe()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def _carry(self) -> None:
        watched: list[int | socket.socket] = [self._master, self._socket, self._stop_read]
        while True:
            ready, _, _ = select.select(watched, [], [])
            if self._stop_read in ready:
                return
            if self._master in ready:
                try:
                    said = os.read(self._master, 4096)
                except OSError:      # nobody has it open
                    time.sleep(0.01)
                    continue
                if self.pulled_after is not None:
                    said, self.pulled_after = said[: self.pulled_after], self.pulled_after - len(said)
                self._socket.sendall(said)
                if self.pulled_after is not None and self.pulled_after <= 0:
                    self.pulled_after = None
                    os.close(self._master)
                    self._master = -1
                    return
            if self._socket in ready:
                answer = self._socket.recv(4096)
                if not answer:
                    return
                os.write(self._master, answer)

    def close(self) -> None:
        os.write(self._stop_write, b"x")
        self._thread.join(2)
        self._socket.close()
        for descriptor in (self._master, self._slave, self._stop_read, self._stop_write):
            if descriptor >= 0:
                os.close(descriptor)


def film(path: Path, pictures: int = 20, kind: str = "MJPG") -> None:
    """A short film, 640 x 480, that grows brighter."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*kind), 20.0, (640, 480))
    for level in range(pictures):
        writer.write(np.full((480, 640, 3), 60 + 8 * level, np.uint8))
    writer.release()


class SavingProgram:
    """A camera maker's program that saves a new picture into a folder about six times a second, until stopped."""

    def __init__(self, folder: Path) -> None:
        self.saved: set[bytes] = set()
        self._folder = folder
        self._count = 0
        self._running, self._closed = threading.Event(), threading.Event()
        self._save()
        self._running.set()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._running.clear()

    def go_on(self) -> None:
        self._running.set()

    def close(self) -> None:
        self._closed.set()
        self._running.set()
        self._thread.join(2)

    def _work(self) -> None:
        while not self._closed.wait(0.15):
            self._running.wait()
            self._save()

    def _save(self) -> None:
        self._count += 1
        picture = cv2.imencode(".jpg", np.full((480, 640, 3), 40 + self._count % 200, np.uint8))[1].tobytes()
        self.saved.add(picture)
        (self._folder / f"{self._count:05}.jpg").write_bytes(picture)
