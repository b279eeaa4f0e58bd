"""A4 papers as PDF through the system's own queue: CUPS draws them itself, for Windows they are drawn here, a folder keeps them.

What is handed over is the queue's to print. A queue that stands is told before anything is handed to it.
"""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hardware.faults import DeviceFault, FaultCode
from hardware.transports.cups_queue import CupsQueue
from hardware.transports.windows_queue import WindowsQueue

PDF = b"%PDF-"
COPIES = range(1, 100)
RESOLUTION = 300
PDFIUM = threading.Lock()
"""pdfium may be used by one thread at a time only, by whomever."""


class CupsPaper:
    """A queue of CUPS: `cups:office`."""

    def __init__(self, queue: CupsQueue) -> None:
        self._queue = queue

    def print(self, pdf: bytes, title: str, copies: int = 1) -> str:
        """See PaperPrinter; QUEUE_STOPPED (nothing handed over) when the queue is paused or refuses jobs."""
        _refuse_unless_pdf(pdf, copies)
        self._queue.alive()
        return self._queue.send(pdf, title, copies)

    def alive(self) -> str:
        """See PaperPrinter."""
        return self._queue.alive()

    def close(self) -> None:
        """Nothing is held."""


class WindowsPaper:
    """A queue of Windows: `winqueue:HP LaserJet`. The spooler draws no PDF and a PDF program would open windows and want
    a file on the disk, so the pages are drawn here at the printer's own resolution. Not proved here: needs Windows.
    """

    def __init__(self, queue: WindowsQueue, name: str) -> None:
        self._queue = queue
        self._name = name

    def print(self, pdf: bytes, title: str, copies: int = 1) -> str:
        """See PaperPrinter."""
        _refuse_unless_pdf(pdf, copies)
        self._queue.alive()
        import win32con  # type: ignore[import-untyped]
        import win32ui  # type: ignore[import-untyped]
        from PIL import ImageWin

        try:
            context = win32ui.CreateDC()
            context.CreatePrinterDC(self._name)
            across, down = context.GetDeviceCaps(win32con.HORZRES), context.GetDeviceCaps(win32con.VERTRES)
            number = context.StartDoc(title)
            for _ in range(copies):
                for page in pages(pdf):
                    fits = min(across / page.width, down / page.height)
                    context.StartPage()
                    ImageWin.Dib(page).draw(context.GetHandleOutput(), (0, 0, round(page.width * fits), round(page.height * fits)))
                    context.EndPage()
            context.EndDoc()
            context.DeleteDC()
        except win32ui.error as e:
            raise DeviceFault(FaultCode.QUEUE_STOPPED, str(e), sent=True) from e
        return str(number)

    def alive(self) -> str:
        """See PaperPrinter."""
        return self._queue.alive()

    def close(self) -> None:
        """Nothing is held."""


class FolderPaper:
    """A folder that takes the PDFs, for the demo and for tests: `file-folder:DIR`. 001-受理通知书.pdf, 002-…"""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taking = threading.Lock()
        self.alive()

    def print(self, pdf: bytes, title: str, copies: int = 1) -> str:
        """See PaperPrinter; as many files as copies."""
        _refuse_unless_pdf(pdf, copies)
        name = re.sub(r"[^\w-]+", "_", title)[:80] or "paper"
        with self._taking:
            try:
                taken = len(list(self._folder.glob("*.pdf")))
                for number in range(taken + 1, taken + copies + 1):
                    (self._folder / f"{number:03d}-{name}.pdf").write_bytes(pdf)
            except OSError as e:
                raise DeviceFault(FaultCode.QUEUE_STOPPED, str(e), sent=True) from e
        return f"{taken + copies:03d}-{name}.pdf"

    def alive(self) -> str:
        """The folder's path; NOT_CONNECTED when it cannot be made."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise DeviceFault(FaultCode.NOT_CONNECTED, str(e)) from e
        return str(self._folder)

    def close(self) -> None:
        """Nothing is held."""


def pages(pdf: bytes) -> Iterator[Any]:
    """Every page as a PIL picture at 300 dpi, one at a time; UNSUPPORTED when the bytes are no PDF."""
    import pypdfium2

    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as e:
            raise DeviceFault(FaultCode.UNSUPPORTED, f"no PDF: {e}") from e
        try:
            for page in document:
                yield page.render(scale=RESOLUTION / 72).to_pil()
        finally:
            document.close()


def _refuse_unless_pdf(pdf: bytes, copies: int) -> None:
    if not pdf.startswith(PDF):
        raise DeviceFault(FaultCode.UNSUPPORTED, "a paper printer takes PDF")
    if copies not in COPIES:
        raise DeviceFault(FaultCode.UNSUPPORTED, f"{copies} copies")
