"""One queue of CUPS, asked through its own programs (`lp`, `lpstat`): a job goes in whole, the queue says how it is.

What the queue does not know (whether paper came out) is not known here either. Which server: CUPS's own settings.
"""

import os
import re
import subprocess

from hardware.faults import DeviceFault, FaultCode
from hardware.readings import PrinterStatus

ANSWER = 10.0
"""Seconds for one answer of the scheduler."""
_NAME = re.compile(r"[^\s#/-][^\s#/]{0,126}")
_ENGLISH = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "LANGUAGE": "en"}


class CupsQueue:
    """The queue `name`; NOT_CONNECTED when this machine has no such queue, UNSUPPORTED when it has no CUPS."""

    def __init__(self, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise DeviceFault(FaultCode.UNSUPPORTED, f"no name of a queue: {name!r}")
        self._name = name
        self._words()

    def send(self, data: bytes, title: str, copies: int = 1, *, raw: bool = False) -> str:
        """Hand over one job; returns the queue's name for it. QUEUE_STOPPED when the queue takes none now.

        `raw`: the bytes are the printer's own language and must reach it untouched.
        """
        options = ["-o", "raw"] if raw else ["-o", "media=iso_a4_210x297mm"]
        answer = _run("lp", "-d", self._name, "-t", title, "-n", str(copies), *options, "-", data=data)
        told = re.search(r"request id is (\S+)", answer.stdout)
        if answer.returncode == 0 and told:
            return told.group(1)
        if "not accepting" in answer.stderr:
            raise DeviceFault(FaultCode.QUEUE_STOPPED, answer.stderr)
        raise DeviceFault(FaultCode.NOT_CONNECTED if "does not exist" in answer.stderr else FaultCode.BAD_ANSWER, answer.stderr)

    def status(self) -> PrinterStatus:
        """What the queue knows of its printer; QUEUE_STOPPED when it is paused or takes no jobs."""
        return parse_alerts(self._words())

    def holds(self, job: str) -> bool:
        """Whether a job has not left the queue yet."""
        return any(line.split(maxsplit=1)[0] == job for line in _run("lpstat", "-o", self._name).stdout.splitlines() if line.strip())

    def alive(self) -> str:
        """The queue's own first line about itself, when it works and takes jobs; QUEUE_STOPPED otherwise."""
        words = self._words()
        if (stopped := stopped_by(words)) is not None:
            raise DeviceFault(FaultCode.QUEUE_STOPPED, stopped)
        accepting = _run("lpstat", "-a", self._name).stdout
        if "not accepting" in accepting:
            raise DeviceFault(FaultCode.QUEUE_STOPPED, " ".join(accepting.split()))
        return words.splitlines()[0]

    def cancel(self, job: str) -> None:
        """Take a job out again, if it is still there."""
        _run("cancel", job)

    def _words(self) -> str:
        answer = _run("lpstat", "-l", "-p", self._name)
        if answer.returncode != 0 or not answer.stdout.startswith("printer "):
            raise DeviceFault(FaultCode.NOT_CONNECTED, answer.stderr or answer.stdout)
        return answer.stdout


def queues() -> tuple[str, ...]:
    """Every queue this machine's CUPS knows; empty without CUPS."""
    try:
        return tuple(_run("lpstat", "-e").stdout.split())
    except DeviceFault:
        return ()


def stopped_by(words: str) -> str | None:
    """Why the queue stands, from `lpstat -l -p`; None while it works."""
    first, _, rest = words.partition("\n")
    return f"{first} {rest.splitlines()[0].strip() if rest else ''}" if " disabled " in f"{first} " else None


def parse_alerts(words: str) -> PrinterStatus:
    """`lpstat -l -p`: its Alerts line holds the printer-state-reasons of RFC 8011 (media-empty-error, cover-open …)."""
    found = re.search(r"^\s*Alerts:(.*)$", words, re.MULTILINE)
    alerts = found.group(1) if found else ""

    def one_of(*reasons: str) -> bool:
        return any(reason in alerts for reason in reasons)

    return PrinterStatus(
        online=not one_of("offline", "connecting-to-device", "timed-out"), cover_open=one_of("cover-open", "door-open"),
        paper_out=one_of("media-empty", "media-needed"), paper_near_end=one_of("media-low"),
        error=one_of("media-jam", "other-error", "cutter"), cutter=one_of("cutter"), confirms=False)


def _run(*command: str, data: bytes = b"") -> "_Answer":
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=ANSWER, check=False,  # noqa: S603 - no shell, fixed names
                              env={**os.environ, **_ENGLISH})
    except FileNotFoundError as e:
        raise DeviceFault(FaultCode.UNSUPPORTED, f"no program {command[0]}: CUPS is not installed") from e
    except subprocess.TimeoutExpired as e:
        # lp may have handed its job over before it fell silent
        raise DeviceFault(FaultCode.TIMEOUT, f"{command[0]} gave no answer", sent=command[0] == "lp") from e
    return _Answer(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace").strip())


class _Answer:
    def __init__(self, returncode: int, stdout: str, stderr: str) -> None:
        self.returncode, self.stdout, self.stderr = returncode, stdout, stderr
