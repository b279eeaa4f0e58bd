"""A Recogniser whose reading is done in another process (read_child.py): half a second of Python would hold up the window's thread, and a
picture that crashes the models costs that process only. Live looks stay here; they need no model.
"""

import atexit
import pickle
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop.recognition import child
from desktop.recognition.engine import NoEngine
from desktop.recognition.read import Recogniser
from desktop.recognition.reading import Code, DocType, NotAPicture, Page
from hardware.faults import DeviceFault, FaultCode

_LOOK = 0.03
"""Seconds between two looks whether anybody still waits."""
_PATIENCE = 90.0
"""Seconds until the process is given up; loading the models and the largest picture take a few."""


@dataclass(frozen=True)
class Question:
    """What the far end is asked: `do` is warm, read or codes."""

    do: str
    picture: bytes = b""
    wanted: DocType | None = None
    sheet: int = 0
    desk: NDArray[np.uint8] | None = None
    """(height, width, 3): what the camera sees when nothing lies there."""


@dataclass(frozen=True)
class Answer:
    """What it answers, and how its Recogniser is."""

    value: Any
    fault: str | None
    missing: str
    refused: tuple[str, str] | None = None
    """Code and detail of the NotAPicture it raised."""


class ReadingProcess(Recogniser):
    """The same promise. One process serves the whole program; it starts with the first call, and anew after it ended."""

    def warm(self) -> None:
        """See Recogniser."""
        self._told(_far.ask(Question("warm")))
        if self.fault == NoEngine.code:
            raise NoEngine(self.missing)

    def read(self, picture: bytes, wanted: DocType | None = None, *, sheet: int = 0,
             cancelled: Callable[[], bool] = lambda: False) -> tuple[Page, ...]:
        """See Recogniser; who cancels is let go at once, though the page in hand is read to its end."""
        desk = self._watched.desk
        seen = None if desk is None else desk.mean.astype(np.uint8)
        pages: tuple[Page, ...] = self._told(_far.ask(Question("read", picture, wanted, sheet, seen), cancelled))
        return pages

    def codes(self, picture: bytes, *, sheet: int = 0) -> tuple[Code, ...]:
        """See Recogniser."""
        found: tuple[Code, ...] = self._told(_far.ask(Question("codes", picture, sheet=sheet)))
        return found

    def _told(self, told: Answer) -> Any:
        self.fault, self.missing = told.fault, told.missing
        if told.refused is not None:
            raise NotAPicture(*told.refused)
        return told.value


class _FarEnd:
    """The process, started when first needed and anew after it ended; one question at a time."""

    def __init__(self) -> None:
        self._one_by_one = ThreadPoolExecutor(1, "reading")
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, question: Question, cancelled: Callable[[], bool] = lambda: False) -> Answer:
        """Raises NotAPicture when the process ended over it, DeviceFault(CANCELLED) once nobody waits any more."""
        answer: Future[Answer] = self._one_by_one.submit(self._asked, question)
        while True:
            try:
                return answer.result(_LOOK)
            except NotYet:
                if cancelled():
                    answer.cancel()
                    raise DeviceFault(FaultCode.CANCELLED) from None

    @property
    def process_id(self) -> int | None:
        """Of the process that runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def _asked(self, question: Question) -> Answer:
        if self._process is None or self._process.poll() is not None:
            self.close()      # the pipes of one that ended by itself
            self._process = child.start("desktop.recognition.read_child")
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        watch = threading.Timer(_PATIENCE, process.kill)
        watch.daemon = True
        watch.start()
        try:
            pickle.dump(question, process.stdin)
            process.stdin.flush()
            told: Answer = pickle.load(process.stdout)  # noqa: S301 - our own process, that strangers' bytes reach as pixels only
        except (OSError, EOFError, pickle.UnpicklingError) as e:
            self.close()
            raise NotAPicture("picture.broken", "the reading process ended") from e
        finally:
            watch.cancel()
        return told


_far = _FarEnd()
atexit.register(_far.close)


def process_id() -> int | None:
    """Of the program's reading process, while it runs."""
    return _far.process_id
