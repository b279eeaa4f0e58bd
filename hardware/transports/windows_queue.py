"""One printer queue of Windows, through its spooler (pywin32): raw jobs in, the printer's status bits out.

Not proved here: needs Windows. The meaning of the bits is plain data and is tested (winspool.h).
"""

from contextlib import suppress
from typing import Any

from hardware.faults import DeviceFault, FaultCode
from hardware.readings import PrinterStatus

PAUSED, ERROR, DELETING, JAM, PAPER_OUT = 0x1, 0x2, 0x4, 0x8, 0x10
PAPER_PROBLEM, OFFLINE, NOT_AVAILABLE, USER = 0x40, 0x80, 0x1000, 0x100000
DOOR_OPEN = 0x400000
WORK_OFFLINE = 0x400
"""PRINTER_ATTRIBUTE_WORK_OFFLINE: what Windows sets for a USB printer that is unplugged."""
_DENIED = 5


class WindowsQueue:
    """The queue `name` as the control panel shows it; NOT_CONNECTED when there is none, UNSUPPORTED off Windows."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._spool = _spooler()
        self._bits()

    def send(self, data: bytes, title: str, copies: int = 1, *, raw: bool = True) -> str:
        """Hand over one raw job; returns the spooler's number for it."""
        if not raw:
            raise DeviceFault(FaultCode.UNSUPPORTED, "the spooler draws no PDF")
        handle = self._open()
        try:
            number = self._spool.StartDocPrinter(handle, 1, (title, "", "RAW"))
            self._spool.StartPagePrinter(handle)
            for _ in range(copies):
                self._spool.WritePrinter(handle, data)
            self._spool.EndPagePrinter(handle)
            self._spool.EndDocPrinter(handle)
        except self._spool.error as e:
            raise DeviceFault(FaultCode.NOT_CONNECTED, str(e), sent=True) from e
        finally:
            self._spool.ClosePrinter(handle)
        return str(number)

    def status(self) -> PrinterStatus:
        """What the spooler knows; QUEUE_STOPPED when it is paused."""
        return parse_bits(*self._bits())

    def alive(self) -> str:
        """The spooler's state in hexadecimal; QUEUE_STOPPED when it is paused or out of reach."""
        status, attributes = self._bits()
        if status & (PAUSED | DELETING | NOT_AVAILABLE | OFFLINE) or attributes & WORK_OFFLINE:
            raise DeviceFault(FaultCode.QUEUE_STOPPED, f"status {status:#x} attributes {attributes:#x}")
        return f"{self._name}: status {status:#x}"

    def holds(self, job: str) -> bool:
        """Whether a job has not left the queue yet."""
        handle = self._open()
        try:
            return any(str(one["JobId"]) == job for one in self._spool.EnumJobs(handle, 0, 999, 1))
        except self._spool.error as e:
            raise DeviceFault(FaultCode.NOT_CONNECTED, str(e)) from e
        finally:
            self._spool.ClosePrinter(handle)

    def cancel(self, job: str) -> None:
        """Take a job out again, if it is still there."""
        handle = self._open()
        try:
            with suppress(self._spool.error):
                self._spool.SetJob(handle, int(job), 0, None, 3)      # JOB_CONTROL_CANCEL
        finally:
            self._spool.ClosePrinter(handle)

    def _bits(self) -> tuple[int, int]:
        handle = self._open()
        try:
            told = self._spool.GetPrinter(handle, 2)
        except self._spool.error as e:
            raise DeviceFault(FaultCode.NOT_CONNECTED, str(e)) from e
        finally:
            self._spool.ClosePrinter(handle)
        return told["Status"], told["Attributes"]

    def _open(self) -> Any:
        try:
            return self._spool.OpenPrinter(self._name)
        except self._spool.error as e:
            code = FaultCode.DENIED if e.args and e.args[0] == _DENIED else FaultCode.NOT_CONNECTED
            raise DeviceFault(code, f"{self._name}: {e}") from e


def queues() -> tuple[str, ...]:
    """Every queue of this machine and user; empty off Windows."""
    try:
        spool = _spooler()
    except DeviceFault:
        return ()
    try:
        return tuple(name for _, _, name, _ in spool.EnumPrinters(2 | 4))      # local and connected
    except spool.error:
        return ()


def parse_bits(status: int, attributes: int) -> PrinterStatus:
    """PRINTER_INFO_2's Status and Attributes. Cheap drivers always say 0: that is no word of the printer's."""
    return PrinterStatus(
        online=not (status & (OFFLINE | NOT_AVAILABLE) or attributes & WORK_OFFLINE), cover_open=bool(status & DOOR_OPEN),
        paper_out=bool(status & PAPER_OUT), paper_near_end=False, error=bool(status & (ERROR | JAM | PAPER_PROBLEM | USER)),
        confirms=False)


def _spooler() -> Any:
    try:
        import win32print
    except ImportError as e:
        raise DeviceFault(FaultCode.UNSUPPORTED, "Windows queues need Windows and pywin32") from e
    return win32print
