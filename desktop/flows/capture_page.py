"""A paper under the camera becomes evidence and answers."""

from dataclasses import dataclass
from pathlib import Path

from desktop.flows.desk import Desk
from desktop.flows.views import CapturedPage, CaseView, Cutout, Session
from hardware.readings import Frame, Image


@dataclass(frozen=True)
class LiveLook:
    """What the live preview shows over the picture."""

    quads: tuple[tuple[tuple[float, float], ...], ...]
    """Corners as fractions of the frame."""
    verdict: str | None
    """Wording code of what keeps it from being taken; None = good."""
    sharpness: float
    """0..1"""
    complete: bool
    light: float
    """0..1; low = glare or dark."""


class CapturePage:
    """Preview, capture, look again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def preview(self, width: int) -> Frame:
        """The newest frame for the screen; raises DeviceFault."""
        raise NotImplementedError

    def look(self, frame: Frame) -> LiveLook:
        """What is on it, quickly (<= 10 times a second, off the UI thread)."""
        raise NotImplementedError

    def capture(self, session: Session, case_uuid: str,
                wanted_slot: str | None = None) -> tuple[CaseView, tuple[CapturedPage, ...]]:
        """Take a still, keep it, read it, fill what it says."""
        raise NotImplementedError

    def import_file(self, session: Session, case_uuid: str, path: Path,
                    wanted_slot: str | None = None) -> tuple[CaseView, tuple[CapturedPage, ...]]:
        """The same for a picture from a file; raises NotAPicture."""
        raise NotImplementedError

    def discard(self, session: Session, case_uuid: str, evidence_id: str) -> CaseView:
        """Take a page out again (the file stays until the case is closed)."""
        raise NotImplementedError

    def page_image(self, evidence_id: str) -> Image:
        """The upright page picture, BGR."""
        raise NotImplementedError

    def cutout(self, cutout: Cutout) -> Image:
        """The strip of the page a value was read from, BGR, with a little margin."""
        raise NotImplementedError
