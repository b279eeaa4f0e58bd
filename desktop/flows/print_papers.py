"""Papers and receipts of a committed case."""

from desktop.flows.desk import Desk
from desktop.flows.views import CaseView, Session
from hardware.readings import Image


class PrintPapers:
    """Show PDFs, print receipts."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def receipt(self, session: Session, case_uuid: str) -> CaseView:
        """Print the receipt and note that it was; raises DeviceFault, and then it counts as not printed."""
        raise NotImplementedError

    def pages(self, path: str, width: int) -> tuple[Image, ...]:
        """The pages of a PDF as BGR pictures about `width` pixels wide."""
        raise NotImplementedError
