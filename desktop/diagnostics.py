"""Diagnostics: the log file of a home, and what a failure was, told without quoting anybody. No window lives here.

The message of somebody else's exception may hold a name or a number, so it is never kept: its kind, and where it came about, are.
"""

import copy
import errno
import logging
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

from desktop import wording
from desktop.domain import masking
from desktop.version import VERSION

_log = logging.getLogger(__name__)

_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file")
"""What the system's loader says; of its words only the library's name is kept."""


@dataclass(frozen=True)
class Failure:
    """What somebody is told of an exception."""

    code: str
    say: str
    do: str
    file: str = ""
    key: str = ""
    kind: str = ""
    """Type and place of what nobody foresaw; empty for what carries a code of ours."""

    def lines(self, log: Path | None) -> tuple[str, ...]:
        """All of it for a person who has no window; `log` is where it was written down."""
        told = (("file", self.file), ("key", self.key), ("kind", self.kind), ("log", str(log or "")), ("version", VERSION))
        return (self.say, self.do, *(f"{wording.word('failure', name)}：{value}" for name, value in told if value))


def failure_of(error: BaseException) -> Failure:
    """The failure behind an exception, whoever raised it."""
    code, params = wording.fault_code(error), wording.params_of(error)
    if not wording.known(code):         # libraries put codes of their own on their exceptions
        code = "window.unexpected"
    if isinstance(error, ImportError):
        library = _LIBRARY.search(str(error))
        code = "window.library_missing" if library else "window.part_missing"
        params = {"name": library[1] if library else error.name or ""}
    if isinstance(error, OSError) and error.filename:
        params |= {"file": str(error.filename)}
    foreseen = code != "window.unexpected" and not isinstance(error, ImportError)
    return Failure(code, wording.say(code, **params), wording.remedy(code, **params), params.get("file", ""), params.get("key", ""),
                   "" if foreseen else f"{kind_of(error)} {_place(error)}".rstrip())


def kind_of(error: BaseException) -> str:
    """An exception's type, with what can be told of it without its message."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    told = getattr(error, "code", None) if wording.known(wording.fault_code(error)) else None
    if isinstance(error, ImportError):
        told = error.name
    elif isinstance(error, OSError) and error.errno:
        told = errno.errorcode.get(error.errno)
    return f"{name}: {told}" if told else name


def _place(error: BaseException) -> str:
    frames = list(traceback.walk_tb(error.__traceback__))
    return f"{frames[-1][0].f_globals.get('__name__', '?')}:{frames[-1][1]}" if frames else ""


def way_of(error: BaseException) -> str:
    """How an exception came about: the way it took, line by line, and of each one on it the kind; oldest first."""
    told: list[str] = []
    one: BaseException | None = error
    while one is not None:
        told.insert(0, "".join(traceback.format_tb(one.__traceback__)) + kind_of(one))
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\n".join(told)


class Discreet(logging.Formatter):
    """No line keeps a number that could be somebody's, nor what an exception says."""

    def __init__(self, form: str = "%(asctime)s %(levelname)s %(name)s %(threadName)s: %(message)s") -> None:
        super().__init__(form)

    def format(self, record: logging.LogRecord) -> str:
        """See logging."""
        own = copy.copy(record)
        own.exc_text = None     # another handler may have put the whole text there
        return masking.mask_text(super().format(own))

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's own name
        """See way_of."""
        assert isinstance(ei, tuple)
        return way_of(ei[1])


class _LogFile(RotatingFileHandler):
    """Five files of 1 MB. What cannot be written is lost: a diagnosis is never a fault of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "oncedesk.log", maxBytes=1_000_000, backupCount=4, encoding="utf-8")
        self.setFormatter(Discreet())
        self.lost = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        self.lost = True

    def close(self) -> None:
        with suppress(OSError):
            super().close()


@contextmanager
def logging_to(home: Path) -> Iterator[Path | None]:
    """Write the log into HOME/logs, or into a folder of its own below the system's temporary one where the home takes nothing.

    Gives the file; None when nothing can be written anywhere.
    """
    try:
        handler = _opened(home)
    except OSError:
        yield None
        return
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for talkative in ("httpx", "alembic"):      # a line for every look at the province, and for each plugin, says nothing
        logging.getLogger(talkative).setLevel(logging.WARNING)
    try:
        yield Path(handler.baseFilename)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()


def _opened(home: Path) -> _LogFile:
    folder = home / "logs"
    with suppress(OSError):
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(exist_ok=True, mode=0o700)
        handler = _LogFile(folder)
        handler.handle(logging.makeLogRecord({"name": __name__, "levelno": logging.INFO, "levelname": "INFO",
                                              "msg": "oncedesk %s", "args": (VERSION,)}))
        if not handler.lost:
            return handler
        handler.close()
    return _LogFile(Path(tempfile.mkdtemp(prefix="oncedesk-logs-")))


def tell_without_window(lines: tuple[str, ...]) -> None:
    """Where no window of ours can stand: a box of Windows, else standard error."""
    text = "\n".join(lines)
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, "Oncedesk", 0x10)
    elif sys.stderr is not None:
        print(text, file=sys.stderr)  # noqa: T201 - the last way to say it
