"""A maker's library (DLL, .so) in a helper process of its own: called with a time limit, killed when it hangs, started anew after a
crash. What the functions mean is the driver's business. ctypes is met in vendor_helper.py only.

Not proved here: Windows, 32-bit libraries, a real maker's library. The tests compile C libraries that export the same functions.
"""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from hardware.faults import DeviceFault, FaultCode

START = 15.0
"""Seconds for an interpreter to start and the library to load (a virus scanner looks at both)."""
HELPER = Path(__file__).with_name("vendor_helper.py")


@dataclass(frozen=True)
class Out:
    """A buffer of `size` bytes that the function fills."""

    size: int


@dataclass(frozen=True)
class Number:
    """An int the function reads and overwrites (`int *len`)."""

    value: int = 0


@dataclass(frozen=True)
class Returned:
    """What a call gave: its int, and what stood in each Out (bytes) and Number (int) afterwards, in order."""

    status: int
    out: tuple[Any, ...]


class VendorLibrary:
    """The library at `path`, loaded when first used, by the interpreter `python` (default: our own).

    A 32-bit library needs a 32-bit interpreter; it needs nothing installed. Faults: DLL_MISSING (not there, or not for this
    interpreter), DLL_CRASHED, TIMEOUT (it hung and was killed), UNSUPPORTED (no such function), CANCELLED (closed meanwhile).
    """

    def __init__(self, path: str, python: str = "") -> None:
        self.path = path
        self._python = python
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._closed = False
        self._starting = threading.Lock()
        self.session = 0
        """How many times the helper was started: when it changes, the library has forgotten everything."""

    def start(self) -> int:
        """Make sure that the helper runs; returns `session`."""
        if self._process is None or self._process.poll() is not None:
            self._launch()
        return self.session

    def names(self, asked: Iterable[str]) -> frozenset[str]:
        """Which of these functions the library exports."""
        self.start()
        return frozenset(self._exchange({"names": list(asked)}, START)["names"])

    def call(self, name: str, *args: int | bytes | Out | Number, timeout: float) -> Returned:
        """Call one function. int goes as int, bytes as `char *` with a zero behind them."""
        self.start()
        told = self._exchange({"call": name, "args": [_written(arg) for arg in args]}, timeout)
        if "missing" in told:
            raise DeviceFault(FaultCode.UNSUPPORTED, f"{Path(self.path).name} has no {name}")
        kept = [arg for arg in args if isinstance(arg, Out | Number)]
        return Returned(told["returned"], tuple(bytes.fromhex(value) if isinstance(arg, Out) else value
                                                for arg, value in zip(kept, told["out"], strict=True)))

    def close(self) -> None:
        """Stop the helper; a call that waits ends with CANCELLED. Safe to call twice and from any thread."""
        with self._starting:
            self._closed = True
            self._kill()

    def _launch(self) -> None:
        with self._starting:
            self._kill()
            if self._closed:
                raise DeviceFault(FaultCode.CANCELLED, "the library was closed")
            try:
                self._process = subprocess.Popen(      # noqa: S603 - interpreter and library are the administrator's settings
                    [*self._helper(), self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, text=True, encoding="ascii", creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0))
            except OSError as e:
                raise DeviceFault(FaultCode.DLL_MISSING, f"{self._helper()[0]}: {e}") from e
            # A queue of its own, so that the last words of an earlier helper are not taken for this one's.
            self._answers = queue.SimpleQueue()
            assert self._process.stdout is not None
            threading.Thread(target=_listen, args=(self._process.stdout, self._answers), name="vendor library", daemon=True).start()
            self.session += 1
        if "missing" in (told := self._answer(START)):
            self._kill()
            raise DeviceFault(FaultCode.DLL_MISSING, told["missing"])

    def _helper(self) -> list[str]:
        if not self._python and getattr(sys, "frozen", False):
            return [sys.executable, "--child", "hardware.transports.vendor_helper"]      # see desktop/__main__.py
        # -I: neither our packages nor the user's settings; the helper needs none.
        return [self._python or sys.executable, "-I", str(HELPER)]

    def _exchange(self, asked: dict[str, Any], timeout: float) -> dict[str, Any]:
        if self._closed or self._process is None or self._process.stdin is None:
            raise DeviceFault(FaultCode.CANCELLED, "the library was closed")
        try:
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as e:
            raise self._gone() from e
        return self._answer(timeout)

    def _answer(self, timeout: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=timeout)
        except queue.Empty:
            self._kill()
            raise DeviceFault(FaultCode.TIMEOUT, f"{Path(self.path).name} hung for {timeout:g} s") from None
        if line is None:
            raise self._gone()
        told: dict[str, Any] = json.loads(line)
        return told

    def _gone(self) -> DeviceFault:
        if self._closed:
            return DeviceFault(FaultCode.CANCELLED, "the library was closed")
        self._kill()
        return DeviceFault(FaultCode.DLL_CRASHED, f"{Path(self.path).name} took its helper down")

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        # stdout is the listening thread's to close.
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()


def _listen(lines: IO[str], answers: "queue.SimpleQueue[str | None]") -> None:
    with lines:
        for line in lines:
            answers.put(line)
    answers.put(None)


def _written(arg: int | bytes | Out | Number) -> Any:
    match arg:
        case bytes():
            return {"in": arg.hex()}
        case Out(size):
            return {"out": size}
        case Number(value):
            return {"number": value}
        case _:
            return arg
